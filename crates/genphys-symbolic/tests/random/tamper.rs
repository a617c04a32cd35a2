//! Claims that were proved, turned into others with the same certificate: none of them may be proved.

use super::brute::Question;
use genphys_pde::derivation::{Derivation, Proposal};
use genphys_pde::verdict::{ConditionReport, Problem, Status};
use genphys_verify::{Judged, judge};
use std::collections::BTreeMap;

/// Whether a condition names the wave number or a component of it.
fn is_about_waves(condition: &str) -> bool {
    let is_wave = |word: &str| word.strip_prefix('k').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    condition.split(|c: char| !c.is_alphanumeric() && c != '_').any(is_wave)
}

/// The claims that this one excludes. `line_is_open`: where C2 fails, "C1 fails" claims nothing in N = 1.
fn others(report: &ConditionReport, parameter: Option<&String>, line_is_open: bool) -> Vec<ConditionReport> {
    let with = |status: Status, conditions: Vec<String>| {
        let conditions = conditions.into_iter().map(Into::into).collect();
        ConditionReport { status, conditions, exact: true, ..report.clone() }
    };
    // Nothing but the equation: every theorem that refutes is tried on what holds.
    let bare = || ConditionReport { certificate: None, ..with(Status::Fails, vec![]) };
    // True for some values of the parameter at most, whatever its domain.
    let some = parameter.map(|a| format!("{a} > 0.75"));
    let mut list = Vec::new();
    match report.status {
        Status::Holds => {
            list.push(with(Status::Fails, vec![]));
            list.push(bare());
            list.extend(some.map(|c| with(Status::Conditional, vec![c])));
        }
        Status::Fails => {
            list.push(with(Status::Holds, vec![]));
            list.extend(some.map(|c| with(Status::Conditional, vec![c])));
        }
        Status::Conditional => {
            // A condition that is only enough says nothing of other values.
            if report.exact {
                list.push(with(Status::Holds, vec![]));
            }
            // A condition on k leaves waves out; that the claim fails for all of them together is true as well.
            let on_a_line = line_is_open && report.conditions.iter().any(|condition| &**condition == "N = 1");
            if !on_a_line && !report.conditions.iter().any(|condition| is_about_waves(condition)) {
                list.push(with(Status::Fails, vec![]));
                list.push(bare());
            }
            if let [single] = &report.conditions[..]
                && report.exact
                && ![" or ", " and ", "N ", "prior error"].iter().any(|word| single.contains(word))
            {
                for (from, to) in [(" > ", " < "), (" < ", " > "), (" >= ", " <= "), (" <= ", " >= ")] {
                    if single.contains(from) {
                        list.push(with(Status::Conditional, vec![single.replacen(from, to, 1)]));
                    }
                }
            }
        }
        Status::Undecided => {}
    }
    list
}

/// The words of the checker about one claim.
fn said(judged: &Judged, is_c1: bool) -> String {
    let part = if is_c1 { "c1" } else { "c2" };
    let found = judged.report().findings.iter().filter(|f| f.part == part).map(|f| f.text.as_str());
    found.collect::<Vec<_>>().join("; ")
}

impl Question {
    /// Asks the checker about what was tampered with.
    pub(crate) fn check_tampered(&self) {
        let parameter = self.pde.params.first().map(|p| &p.name);
        for (is_c1, report) in [(true, &self.found.c1), (false, &self.found.c2)] {
            for other in others(report, parameter, is_c1 && self.found.c2.status == Status::Fails) {
                let mut derivation = self.found.derivation().clone();
                *(if is_c1 { &mut derivation.c1 } else { &mut derivation.c2 }) = other.clone();
                // The same where nothing is said of the kind of problem.
                if other.certificate.is_none() {
                    let open = Derivation { problem: Problem::Undetermined, ..derivation.clone() };
                    let judged = judge(&self.pde, Proposal(open));
                    if (if is_c1 { &judged.c1 } else { &judged.c2 }).status == Status::Fails {
                        let name = if is_c1 { "C1" } else { "C2" };
                        let text = format!(
                            "tampered: {name} of no kind of problem is refuted in place of {:?}: {}",
                            report.status,
                            said(&judged, is_c1)
                        );
                        self.contradicts(&text, &BTreeMap::new());
                    }
                }
                let judged = judge(&self.pde, Proposal(derivation));
                let found = if is_c1 { &judged.c1 } else { &judged.c2 };
                // A condition may be enough without being necessary, where the claim holds without it.
                let claims = match (report.status, found.status) {
                    (_, Status::Undecided) => false,
                    (Status::Holds, Status::Conditional) => found.exact,
                    _ => true,
                };
                if claims {
                    let text = format!(
                        "tampered: {} {:?} {:?} is proved in place of {:?}: {}",
                        if is_c1 { "C1" } else { "C2" },
                        other.status,
                        other.conditions,
                        report.status,
                        said(&judged, is_c1)
                    );
                    self.contradicts(&text, &BTreeMap::new());
                }
            }
        }
    }
}
