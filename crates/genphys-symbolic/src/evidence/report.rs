//! Formulas -> reports: statuses, conditions in words, witnesses, and the verdict they add up to.

use crate::algebra::formula::{Formula, Relation};
use crate::algebra::ring::Meaning;
use crate::algebra::{implication, print};
use crate::base::budget::WORK;
use crate::claims::answer;
use crate::claims::answer::{C1, C2};
use crate::claims::c2::rates_certificate;
use crate::claims::{c1 as c1_rules, c2 as c2_rules};
use crate::equation::linear::Equation;
use crate::evidence::witness;
use genphys_pde::certificate::{Case, Certificate};
use genphys_pde::condition::StatedCondition;
use genphys_pde::derivation::Kernel;
use genphys_pde::verdict::{ConditionReport, PRIOR_ERROR, Problem, Status, Verdict};
use symbolica::domains::rational::Rational;

/// Why nothing is claimed where each part of a domain has a proof of its own.
const MIXED: &str = "an equation that is a half-space problem for some of its parameter values and evolves for others; declare a \
                     domain for each";

/// Status of a formula that is simplified over the domains.
fn status(eq: &Equation, formula: &Formula) -> (Status, Vec<String>, Vec<String>) {
    match formula {
        Formula::True => (Status::Holds, Vec::new(), Vec::new()),
        Formula::False => (Status::Fails, Vec::new(), Vec::new()),
        _ => {
            let mut tried = formula.unknowns();
            if eq.ring.work.budget.was_exceeded() && !tried.iter().any(|t| t == WORK) && !tried.is_empty() {
                tried.push(WORK.into());
            }
            let conditions = print::conditions(&eq.ring, formula);
            if !tried.is_empty() {
                return (Status::Undecided, Vec::new(), tried);
            }
            // "Conditional" promises that the condition can be met, and that it can be violated.
            let said = conditions.join(" and ");
            if !can_be(eq, formula, true) {
                tried.push(format!("whether any parameter values satisfy {said}"));
            } else if !can_be(eq, formula, false) {
                tried.push(format!("whether any parameter values violate {said}"));
            } else {
                return (Status::Conditional, conditions, tried);
            }
            (Status::Undecided, Vec::new(), tried)
        }
    }
}

/// Whether a condition has this truth somewhere in the domains: at a sample, in a cell, or, for an equation, between
/// points where its sides compare either way (the domains are connected but for values that are left out).
fn can_be(eq: &Equation, formula: &Formula, truth: bool) -> bool {
    let asked = if truth { formula.clone() } else { formula.negate() };
    let has = |formula: &Formula| witness::sample_where(eq, formula, true).is_some();
    let all_vary = eq.ring.meanings.iter().all(|m| !matches!(m, Meaning::Constant { .. } | Meaning::Function { .. }));
    if has(&asked) || (all_vary && implication::example(&asked, &eq.oracle)) {
        return true;
    }
    let connected = |p: &crate::algebra::ring::Poly| {
        let holes = |i: usize| eq.oracle.range(i).is_some_and(|range| range.excluded.is_some());
        (0..p.nvars()).all(|i| p.degree(i) == 0 || !holes(i))
    };
    let options = match &asked {
        Formula::Or(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    options.iter().any(|option| match option {
        Formula::Atom(p, Relation::Zero) => connected(p) && has(&Formula::positive(p)) && has(&Formula::negative(p)),
        _ => false,
    })
}

/// The condition of C1 in words, where N = 1 has one of its own: that for N >= 2, or the other and N = 1.
fn with_line(eq: &Equation, (status, conditions, tried): Standing, c1: &C1) -> Standing {
    let Some(line) = &c1.line else { return (status, conditions, tried) };
    if status != Status::Conditional {
        return (status, conditions, tried);
    }
    let joined = |list: &[String]| match list {
        [single] if !single.contains(" or ") && !single.contains(" and ") => single.clone(),
        list => list.iter().map(|c| format!("({c})")).collect::<Vec<_>>().join(" and "),
    };
    // What holds for N >= 2 is not said again.
    let line = &match line {
        Formula::Or(parts) => Formula::any(
            parts
                .iter()
                .filter(|part| match &c1.formula {
                    Formula::Or(known) => !known.contains(part),
                    known => *part != known,
                })
                .cloned(),
        ),
        other => other.clone(),
    };
    // What both ask for stands by itself.
    let shared = print::conditions(&eq.ring, line);
    if *line != Formula::True && shared.iter().all(|c| conditions.contains(c)) {
        let more: Vec<String> = conditions.iter().filter(|c| !shared.contains(c)).cloned().collect();
        let more = match more.as_slice() {
            [single] if !single.contains(" and ") => single.clone(),
            list => joined(list),
        };
        return (status, [shared, vec![format!("{more} or N = 1")]].concat(), tried);
    }
    let on_the_line = match line {
        Formula::True => "N = 1".to_string(),
        line => format!("({} and N = 1)", joined(&print::conditions(&eq.ring, line))),
    };
    (status, vec![format!("{} or {on_the_line}", joined(&conditions))], tried)
}

/// A status with the conditions under which it holds and what was tried in vain.
type Standing = (Status, Vec<String>, Vec<String>);

/// The status of a formula that holds under further conditions only.
fn limited((status, mut conditions, tried): Standing, further: &[String]) -> Standing {
    if further.is_empty() || !matches!(status, Status::Holds | Status::Conditional) {
        return (status, conditions, tried);
    }
    conditions.extend(further.iter().cloned());
    (Status::Conditional, conditions, tried)
}

/// The status of C2 before numbers are asked, and the certificate of one that holds.
fn standing_of_c2(eq: &Equation, c2: &C2) -> (Standing, Option<Certificate>) {
    let (status, conditions, tried) = limited(status(eq, &c2.formula), &c2.further);
    let problem = c2.problem();
    let mut certificate = None;
    match &c2.band {
        Some(band) if status == Status::Fails => {
            return ((Status::Conditional, vec![band.clone()], tried), Some(Certificate::Band));
        }
        _ if matches!(status, Status::Holds | Status::Conditional) => {
            certificate = c2.certificate.clone().or_else(|| rates_certificate::certificate(eq, problem));
        }
        _ => {}
    }
    if status == Status::Holds && problem == Problem::Undetermined && certificate.is_none() {
        return ((Status::Undecided, conditions, vec![MIXED.into()]), None);
    }
    ((status, conditions, tried), certificate)
}

/// The status of C2, "undecided" also where numbers refute what no rule decides.
pub(crate) fn status_of_c2(eq: &Equation, c2: &C2) -> Status {
    standing_of_c2(eq, c2).0.0
}

/// The status of C1, "undecided" also where numbers refute what no rule decides.
pub(crate) fn status_of_c1(eq: &Equation, c1: &C1, c2: &C2) -> Status {
    let (status, ..) = limited(with_line(eq, status(eq, &c1.formula), c1), &c1.further);
    let by_certificate = status == Status::Holds && c2.problem() == Problem::Undetermined && eq.order() > 1;
    let by_numbers = matches!(status, Status::Fails | Status::Undecided) && c2.band.is_some();
    if by_certificate || by_numbers { self::c1(eq, c1, c2).status } else { status }
}

/// The report on C1 or C2 of an equation with coefficients that are linear in the coordinates.
pub(crate) fn by_matrices(
    eq: &Equation,
    formula: &Formula,
    further: &[String],
    certificate: Certificate,
    is_c1: bool,
) -> ConditionReport {
    let (status, conditions, tried) = limited(status(eq, formula), further);
    let because = match (status, is_c1) {
        (Status::Undecided, _) => "no method of this version decides it",
        (Status::Fails, true) => {
            "the matrix of second derivatives is not positive semidefinite, so that some waves grow"
        }
        (_, true) => "a Gaussian carried along by the drift: the matrix of second derivatives is positive semidefinite",
        (Status::Fails, false) => {
            "the noise does not reach every direction (Kalman's rank), or some direction of the data is pulled apart \
             faster than noise can blur it (an eigenvalue with a positive real part)"
        }
        (_, false) => {
            "noise and drift reach every direction (Kalman's rank), and no eigenvalue of the drift has a positive real \
             part, so that the spread outgrows the data in every direction"
        }
    };
    let certificate = (status != Status::Undecided).then_some(certificate);
    let rule = crate::claims::linear_coefficients::RULE;
    ConditionReport {
        conditions: stated(conditions),
        tried,
        certificate,
        ..ConditionReport::proposed(status, rule, because)
    }
}

/// The report on C2.
pub(crate) fn c2(eq: &Equation, c2: &C2) -> ConditionReport {
    let ((mut status, conditions, mut tried), mut certificate) = standing_of_c2(eq, c2);
    let mut because = c2.because.clone();
    let problem = c2.problem();
    let changing = eq.depends_on_time() || eq.motion.is_some();
    // Beyond a band it fails as well.
    let fails = c2.formula == Formula::False;
    let mut found = None;
    if fails && changing && eq.order() == 1 && problem != Problem::IllPosed {
        found = witness::not_forgotten(eq);
    } else if (fails && !(changing && eq.order() > 1)) || (!fails && status == Status::Conditional && !changing) {
        // Growth rates at one moment say little where coefficients change in time.
        found = witness::against_c2(eq, problem, &c2.formula);
    }
    if status == Status::Fails && certificate.is_none() {
        certificate = found.as_ref().and_then(|w| witness::certificate_against_c2(eq, problem, w));
    }
    if status == Status::Fails && changing && eq.order() == 1 {
        // The closed form of the amplitude, where there is one.
        let closed = rates_certificate::certificate(eq, problem);
        if matches!(closed, Some(Certificate::Amplitude { exponent: Some(_), .. })) {
            certificate = closed;
        }
    }
    if let Some(band) = &c2.band {
        because = format!("waves with {band} decay, longer waves oscillate with real omega");
        found = witness::at_band(eq).or(found);
    }
    let has_params = eq.ring.meanings.iter().any(|m| matches!(m, Meaning::Param(_)));
    let all_count = eq.order() == 1 || problem == Problem::Evolution || c2.kind.half_space == Formula::False;
    if status == Status::Undecided && !changing && all_count {
        // Numbers decide where they clearly violate the condition: every branch counts, or the problem is ill posed.
        found = witness::against_c2(eq, problem, &c2.formula).filter(|w| witness::is_clear(eq, w));
        if found.is_some() && !has_params {
            status = Status::Fails;
            tried.clear();
            because = "the growth rate of some wave is above the one at k = 0".into();
            certificate = found.as_ref().and_then(|w| witness::certificate_against_c2(eq, problem, w));
        }
    }
    if status == Status::Undecided {
        because = "no method of this version decides it".into();
    }
    ConditionReport {
        conditions: stated(conditions),
        witness: found,
        tried,
        certificate,
        exact: c2.exact,
        ..ConditionReport::proposed(status, c2.rule, because)
    }
}

/// The report on C1.
pub(crate) fn c1(eq: &Equation, c1: &C1, c2: &C2) -> ConditionReport {
    let standing = with_line(eq, status(eq, &c1.formula), c1);
    let (mut status, mut conditions, mut tried) = limited(standing, &c1.further);
    let (mut because, mut rule) = (c1.because.clone(), c1.rule.to_string());
    let problem = c2.problem();
    let (mut found, mut certificate) = (None, None);
    match status {
        Status::Holds => {
            certificate = c1_rules::certificate(eq, c1, problem);
            if problem == Problem::Undetermined && eq.order() > 1 && certificate.is_none() {
                (status, tried) = (Status::Undecided, vec![MIXED.into()]);
                because = "no rule of this version decides it".into();
            }
        }
        Status::Conditional => {
            // A condition under which the equation is one of lower order is not about the form of this order.
            if !c1.further.is_empty() || crate::equation::time::order_drops(eq) == Formula::False {
                certificate = conditional_certificate(eq, c1, problem);
            }
            found = witness::against_c1(eq, problem, &c1.formula, 1).map(|r| r.witness);
        }
        Status::Fails => {
            // A rule that says "fails" without a dimension may do so by what happens in the plane.
            if let Some(refutation) = witness::against_c1(eq, problem, &c1.formula, 3) {
                (found, certificate) = (Some(refutation.witness), Some(refutation.certificate));
            }
        }
        Status::Undecided => {
            because = "no rule of this version decides it".into();
            if let Some(refutation) = witness::where_undecided(eq, problem) {
                if !eq.has_parameters() && refutation.from_dimension <= eq.dims.least {
                    status = Status::Fails;
                    rule = refutation.rule.into();
                    because = "numbers that no density with p >= 0 can have, computed beyond rounding".into();
                    tried.clear();
                    certificate = Some(refutation.certificate);
                } else {
                    tried.push(format!("numbers: p is negative, since {}", refutation.witness.text));
                }
                found = Some(refutation.witness);
            }
        }
    }
    if let (Some(band), Status::Fails, Problem::HalfSpace) = (&c2.band, status, problem) {
        status = Status::Conditional;
        conditions = vec![band.clone()];
        because = format!("the decaying branch carries a density only for {band}; longer waves oscillate");
        found = witness::at_band(eq);
        certificate = Some(Certificate::Band);
    }
    ConditionReport {
        conditions: stated(conditions),
        witness: found,
        tried,
        certificate,
        exact: c1.exact,
        ..ConditionReport::proposed(status, rule, because)
    }
}

fn stated(conditions: Vec<String>) -> Vec<StatedCondition> {
    conditions.into_iter().map(Into::into).collect()
}

/// The certificate of a conditional C1: where parameters that the condition fixes have their values, and one for each
/// alternative that fixes others.
fn conditional_certificate(eq: &Equation, c1: &C1, problem: Problem) -> Option<Certificate> {
    let whole = || match fixed_by(eq, &c1.formula).as_slice() {
        [] => c1_rules::certificate(eq, c1, problem),
        values => at_values(eq, values),
    };
    let Formula::Or(parts) = &c1.formula else { return whole() };
    if c1.line.is_some() || !c1.further.is_empty() || parts.iter().all(|part| fixed_by(eq, part).is_empty()) {
        return whole();
    }
    let case = |part: &Formula| -> Option<Case> {
        let certificate = match fixed_by(eq, part).as_slice() {
            [] => c1_rules::certificate(eq, c1, problem)?,
            values => at_values(eq, values)?,
        };
        Some(Case { conditions: stated(print::conditions(&eq.ring, part)), certificate })
    };
    Some(Certificate::Cases { of: parts.iter().map(case).collect::<Option<_>>()? })
}

/// Parameters with the values that a condition asks of them.
fn fixed_by(eq: &Equation, formula: &Formula) -> Vec<(String, Rational)> {
    let one = |formula: &Formula| {
        let Formula::Atom(p, Relation::Zero) = formula else { return None };
        let mut occurring = (0..p.nvars()).filter(|i| p.degree(*i) > 0);
        let (Some(i), None) = (occurring.next(), occurring.next()) else { return None };
        let Meaning::Param(name) = &eq.ring.meanings[i] else { return None };
        let (slope, rest) = (crate::algebra::ring::coefficient(p, i, 1), crate::algebra::ring::coefficient(p, i, 0));
        (p.degree(i) == 1).then(|| (name.clone(), &-rest.get_constant() / &slope.get_constant()))
    };
    match formula {
        Formula::And(parts) => parts.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// The certificate of the equation with these values of parameters.
fn at_values(eq: &Equation, values: &[(String, Rational)]) -> Option<Certificate> {
    let mut fixed = eq.fixed.clone();
    fixed.extend(values.iter().cloned());
    let eq = Equation::read(eq.pde, fixed, eq.dims, &eq.ring.work).ok().filter(|eq| eq.order() > 0)?;
    let kind = c2_rules::decide(&eq).kind;
    let c1 = c1_rules::decide(&eq, &kind);
    c1_rules::certificate(&eq, &c1, kind.problem())
}

/// What the linear equation, a `.pde` file, says about one that is not linear: never better than conditional. That
/// small disturbances may turn negative does not refute p ≥ 0 for the density itself.
pub(crate) fn linearised(
    report: ConditionReport,
    background: &str,
    others: &str,
    equation: &str,
    is_c1: bool,
) -> ConditionReport {
    let about = format!("linearised about {background}");
    let certificate = Certificate::Linearised {
        background: background.into(),
        equation: equation.into(),
        status: report.status,
        conditions: report.conditions.clone(),
        of: report.certificate.clone().map(Box::new),
    };
    let mut report = ConditionReport {
        rule: format!("linearised-{}", report.rule),
        because: format!("{about}{others}: {}", report.because),
        certificate: report.certificate.filter(|_| !is_c1),
        ..report
    };
    match report.status {
        Status::Holds | Status::Conditional => {
            report.status = Status::Conditional;
            report.conditions.push(about.into());
            report.certificate = Some(certificate);
        }
        Status::Fails if is_c1 => {
            report.status = Status::Undecided;
            report.tried = vec![format!("{about}, where it fails, which decides nothing about the density as a whole")];
        }
        Status::Fails => report.certificate = Some(certificate),
        Status::Undecided => {}
    }
    report
}

/// The condition of a time that ends, with the bound that the kernel gives.
pub(crate) fn bound_prior_error(c2: &mut ConditionReport, kernel: Option<&Kernel>) {
    let Some(bound) = kernel.and_then(|kernel| kernel.prior_error.as_ref()) else { return };
    for condition in c2.conditions.iter_mut().filter(|condition| condition.starts_with(PRIOR_ERROR)) {
        *condition = format!("{condition}: {bound}").into();
    }
}

/// A condition that could not be looked at.
pub(crate) fn not_reached(what: &str) -> ConditionReport {
    let because = format!("the equation contains {what}, which no rule of this version reaches");
    ConditionReport { tried: vec![what.to_string()], ..ConditionReport::proposed(Status::Undecided, "none", because) }
}

/// Whether the conditions of C1 and C2, which have this status, can be met together: `Some(false)` is proved, `None` is
/// not known or not asked.
pub(crate) fn compatible(eq: &Equation, c1: &C1, c2: &C2, both: [Status; 2]) -> Option<bool> {
    if both.iter().any(|status| matches!(status, Status::Fails | Status::Undecided)) {
        return None;
    }
    match answer::both(eq, c1, c2) {
        Formula::False if c2.band.is_none() => Some(false),
        Formula::True | Formula::False => Some(true),
        other => witness::sample_where(eq, &other, true).map(|_| true),
    }
}

/// What the statuses of C1 and C2 add up to.
pub(crate) fn verdict(both: [Status; 2], compatible: Option<bool>, verified: bool) -> Verdict {
    if both.contains(&Status::Fails) {
        Verdict::NotSGenerative
    } else if both.contains(&Status::Undecided) || !verified {
        Verdict::Undecided
    } else if both.contains(&Status::Conditional) {
        match compatible {
            Some(true) => Verdict::Conditional,
            Some(false) => Verdict::NotSGenerative,
            None => Verdict::Undecided,
        }
    } else {
        Verdict::SGenerative
    }
}
