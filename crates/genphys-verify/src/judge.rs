//! From a proposal of the engine to claims that are proved: what the checker does not accept becomes undecided.
//!
//! [`Judged`] and [`SGenerative`] can only be made here, so that every report and every generated model rests on
//! certificates that were accepted.

use crate::check::{Report, verify};
use genphys_pde::condition::StatedCondition;
use genphys_pde::derivation::{Derivation, ParamSummary, PdeSummary, Proposal, Repair, SCHEMA};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Belief, ConditionReport, PRIOR_ERROR, Problem, Proof, Status, Verdict};

/// Reason of an undecided condition whose certificate was not accepted.
pub const NO_CERTIFICATE: &str = "no certificate";
/// Reason of a condition that no rule of the engine decides.
pub const NO_RULE: &str = "no rule";
/// Reason of a condition that would have taken more work than the engine may do.
pub const WORK_LIMIT: &str = "work limit";
/// Reason of a condition that was not decided because the engine was stopped by the clock.
pub const TIME: &str = "time";

/// A derivation in which every claim is proved.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    derivation: Derivation,
    report: Report,
}

/// A derivation of which a model can be made, with every claim proved: it is s-generative, or would be if the time did
/// not end.
#[derive(Clone, Debug, PartialEq)]
pub struct SGenerative(Derivation);

impl SGenerative {
    /// The derivation.
    pub fn derivation(&self) -> &Derivation {
        &self.0
    }

    /// For tests of what is done with a proof: any derivation whose verdict is s-generative.
    #[cfg(feature = "unchecked")]
    pub fn unchecked(derivation: Derivation) -> Option<Self> {
        derivation.makes_a_model().then_some(Self(derivation))
    }
}

impl Judged {
    /// The derivation.
    pub fn derivation(&self) -> &Derivation {
        &self.derivation
    }

    /// How each claim was checked.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The proof that the equation is s-generative, without which no code is generated.
    pub fn s_generative(&self) -> Option<SGenerative> {
        self.derivation.makes_a_model().then(|| SGenerative(self.derivation.clone()))
    }

    /// With other repairs, each of them judged by its own derivation.
    #[must_use]
    pub fn with_repairs(mut self, repairs: Vec<genphys_pde::derivation::Repair>) -> Self {
        self.derivation.repairs = repairs;
        self.derivation.words = Some(self.derivation.hash_of_words());
        self
    }
}

impl std::ops::Deref for Judged {
    type Target = Derivation;

    fn deref(&self) -> &Derivation {
        &self.derivation
    }
}

/// Looks at every claim of a proposal. What is not accepted becomes undecided, with what the engine believes; a
/// continuity form, a kernel, or branches that are not proved are left out.
pub fn judge(pde: &Pde, proposal: Proposal) -> Judged {
    let Proposal(mut derivation) = proposal;
    let report = verify(pde, &derivation);
    let source_is_right = report.is_proved("source");
    for (part, condition) in [("c1", &mut derivation.c1), ("c2", &mut derivation.c2)] {
        let proved = source_is_right && report.is_proved(part);
        settle(condition, proved, report.is_exact(part));
    }
    if let Some(form) = &mut derivation.continuity {
        form.verified = form.verified && report.is_proved("continuity");
    }
    if derivation.kernel.is_some() && !report.is_proved("kernel") || derivation.c1.status == Status::Undecided {
        derivation.kernel = None;
        derivation.c2.conditions.iter_mut().for_each(without_bound);
    }
    if derivation.dispersion.is_some() && !report.is_proved("dispersion") {
        derivation.dispersion = None;
    }
    if let Some(dispersion) = derivation.dispersion.as_mut().filter(|_| !report.is_proved("amplitude")) {
        dispersion.amplitude = None;
    }
    for (part, condition) in [("c1 witness", &mut derivation.c1), ("c2 witness", &mut derivation.c2)] {
        condition.witness = condition.witness.take().filter(|_| report.is_proved(part));
    }
    // A background is looked at where something is said about it.
    let about = |c: &ConditionReport| c.proof == Proof::Proved;
    if derivation.dispersion.is_none() && !about(&derivation.c1) && !about(&derivation.c2) {
        derivation.background = None;
    }
    derivation.verdict = verdict(&derivation, &report);
    derivation.words = Some(derivation.hash_of_words());
    Judged { derivation, report }
}

/// A bound on the prior error is one of the kernel.
fn without_bound(condition: &mut StatedCondition) {
    if condition.starts_with(PRIOR_ERROR)
        && let Some((before, _)) = condition.split_once(": ")
    {
        *condition = before.into();
    }
}

/// One condition after the checker's answer about it.
fn settle(condition: &mut ConditionReport, proved: bool, exact: bool) {
    condition.proof = Proof::None;
    let exact = condition.exact && exact;
    condition.exact = false;
    if condition.status == Status::Undecided {
        let because = condition.undecided_because.take();
        let out_of_work = condition.tried.iter().any(|t| t == WORK_LIMIT);
        let default = if out_of_work { WORK_LIMIT } else { NO_RULE };
        condition.undecided_because = Some(because.unwrap_or_else(|| default.into()));
    } else if proved {
        condition.proof = Proof::Proved;
        condition.exact = exact;
        condition.undecided_because = None;
        condition.believed = None;
    } else {
        condition.believed =
            Some(Belief { status: condition.status, rule: condition.rule.clone(), because: condition.because.clone() });
        condition.status = Status::Undecided;
        condition.because = "the checker found no proof in the certificate of the engine".into();
        condition.undecided_because = Some(NO_CERTIFICATE.into());
        condition.conditions.clear();
        condition.witness = None;
    }
}

/// What C1, C2 and the continuity form add up to.
fn verdict(derivation: &Derivation, report: &Report) -> Verdict {
    let both = [derivation.c1.status, derivation.c2.status];
    let verified = derivation.continuity.as_ref().is_some_and(|form| form.verified);
    if both.contains(&Status::Fails) {
        Verdict::NotSGenerative
    } else if both.contains(&Status::Undecided) || !verified {
        Verdict::Undecided
    } else if both.contains(&Status::Conditional) {
        match derivation.verdict {
            // Conditions that exclude each other refute, conditions that can be met together do not.
            stated @ (Verdict::NotSGenerative | Verdict::Conditional) if report.is_proved("verdict") => stated,
            _ => Verdict::Undecided,
        }
    } else {
        Verdict::SGenerative
    }
}

/// The answer about an equation of which nothing was found out, for this reason.
pub fn undecided(pde: &Pde, because: &str) -> Judged {
    let condition = || ConditionReport {
        undecided_because: Some(because.into()),
        ..ConditionReport::proposed(Status::Undecided, "none", "the engine gave no answer")
    };
    let params = pde.params.iter().map(|param| ParamSummary {
        name: param.name.clone(),
        domain: param.declared(),
        value: param.default.as_ref().map(genphys_pde::ast::Number::to_f64),
        fixed: false,
    });
    let derivation = Derivation {
        schema: SCHEMA,
        pde: PdeSummary {
            name: pde.name.clone(),
            title: pde.title.clone(),
            equation: pde.equation.clone(),
            hash: pde.hash.clone(),
            params: params.collect(),
            dim: pde.dim,
        },
        verdict: Verdict::Undecided,
        c1: condition(),
        c2: condition(),
        problem: Problem::Undetermined,
        dispersion: None,
        continuity: None,
        kernel: None,
        repairs: Vec::new(),
        background: None,
        words: None,
    };
    let mut judged = Judged { derivation, report: Report::default() };
    judged.derivation.words = Some(judged.derivation.hash_of_words());
    judged
}

/// Looks again at a derivation that was stored, such as one in a file.
///
/// # Errors
/// What the checker rejects, and every part that is not as it would be accepted today: a claim, a certificate or a
/// kernel that was changed, or that belongs to another equation.
pub fn recheck(pde: &Pde, stored: &Derivation) -> Result<Judged, Vec<String>> {
    let judged = judge(pde, Proposal(stored.clone()));
    let mut wrong: Vec<String> = judged.report.rejections().map(|f| format!("{}: {}", f.part, f.text)).collect();
    let found = &judged.derivation;
    for (name, theirs, ours) in [("C1", &stored.c1, &found.c1), ("C2", &stored.c2, &found.c2)] {
        if theirs.witness != ours.witness && theirs.status == ours.status {
            wrong.push(format!("{name}: the numbers of the witness are not those of the equation"));
        } else if theirs.status != ours.status {
            wrong.push(format!(
                "{name}: it is said that it {}, and the certificate does not prove it",
                word(theirs.status)
            ));
        } else if theirs != ours {
            wrong.push(format!("{name}: how it was proved is not as stated"));
        }
    }
    if stored.verdict != found.verdict {
        wrong.push(format!("verdict: {:?} is stated, {:?} is proved", stored.verdict, found.verdict));
    }
    if stored.continuity != found.continuity {
        wrong.push("continuity: the form is not that of the equation".into());
    }
    if stored.kernel != found.kernel {
        wrong.push("kernel: it is not the kernel of the equation".into());
    }
    if stored.dispersion != found.dispersion {
        wrong.push("dispersion: the branches are not those of the equation".into());
    }
    if stored.background != found.background {
        wrong.push("background: nothing that is proved is about it".into());
    }
    if stored.words.as_ref() != Some(&stored.hash_of_words()) {
        wrong.push("words: reasons, rules or texts are not as they were written".into());
    }
    for repair in &stored.repairs {
        wrong.extend(wrong_repair(repair).map(|why| format!("repair `{}`: {why}", repair.change)));
    }
    if wrong.is_empty() { Ok(judged) } else { Err(wrong) }
}

/// What is wrong with a repair: it is an equation with a derivation of its own, which proves its verdict.
fn wrong_repair(repair: &Repair) -> Option<String> {
    let Ok(checked) = genphys_pde::read(repair.source.as_bytes()) else {
        return Some("its source cannot be read".into());
    };
    let Some(derivation) = repair.derivation.as_deref() else {
        return Some("its verdict comes without a proof".into());
    };
    if repair.equation != checked.pde.equation {
        return Some("its equation is not that of its source".into());
    }
    match recheck(&checked.pde, derivation) {
        Err(wrong) => Some(wrong.join("; ")),
        Ok(judged) if judged.verdict != repair.verdict => Some("its verdict is another one".into()),
        Ok(judged) if judged.model().ok() != repair.model => Some("its model is another one".into()),
        Ok(_) => None,
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Holds => "holds",
        Status::Conditional => "holds under conditions",
        Status::Fails => "fails",
        Status::Undecided => "is undecided",
    }
}
