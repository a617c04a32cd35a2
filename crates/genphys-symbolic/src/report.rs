//! Formulas -> reports: statuses, conditions in words, witnesses, and the verdict they add up to.

use crate::conditions::c1::C1;
use crate::conditions::c2::C2;
use crate::equation::Equation;
use crate::formula::Formula;
use crate::{print, witness};
use genphys_pde::verdict::{ConditionReport, Problem, Status, Verdict};

/// Status of a formula that is simplified over the domains.
fn status(eq: &Equation, formula: &Formula) -> (Status, Vec<String>, Vec<String>) {
    match formula {
        Formula::True => (Status::Holds, Vec::new(), Vec::new()),
        Formula::False => (Status::Fails, Vec::new(), Vec::new()),
        _ => {
            let mut tried = formula.unknowns();
            let conditions = print::conditions(&eq.ring, formula);
            if !tried.is_empty() {
                return (Status::Undecided, Vec::new(), tried);
            }
            // "Conditional" promises that the condition can be met.
            if witness::sample_where(eq, formula, true).is_some() {
                return (Status::Conditional, conditions, tried);
            }
            tried.push(format!("whether any parameter values satisfy {}", conditions.join(" and ")));
            (Status::Undecided, Vec::new(), tried)
        }
    }
}

/// The report on C2.
pub(crate) fn c2(eq: &Equation, c2: &C2) -> ConditionReport {
    let (mut status, mut conditions, tried) = status(eq, &c2.formula);
    let mut because = c2.because.clone();
    let mut found = match status {
        Status::Fails | Status::Conditional => witness::against_c2(eq, c2.problem(), &c2.formula),
        _ => None,
    };
    if let Some(band) = &c2.band {
        because = format!("waves with {band} decay, longer waves oscillate with real omega");
        found = witness::at_band(eq).or(found);
        if status == Status::Fails {
            status = Status::Conditional;
            conditions = vec![band.clone()];
        }
    }
    if status == Status::Undecided {
        because = "no method of this version decides it".into();
    }
    ConditionReport { status, rule: c2.rule.into(), because, conditions, witness: found, tried }
}

/// The report on C1.
pub(crate) fn c1(eq: &Equation, c1: &C1, c2: &C2) -> ConditionReport {
    let (mut status, mut conditions, tried) = status(eq, &c1.formula);
    let mut because = c1.because.clone();
    if matches!(status, Status::Holds | Status::Conditional) && !c1.further.is_empty() {
        status = Status::Conditional;
        conditions.extend(c1.further.iter().cloned());
    }
    let mut found = match status {
        Status::Fails | Status::Conditional => witness::against_c1(eq, c2.problem(), &c1.formula),
        _ => None,
    };
    if status == Status::Undecided {
        because = "no rule of this version decides it".into();
    }
    if let (Some(band), Status::Fails, Problem::HalfSpace) = (&c2.band, status, c2.problem()) {
        status = Status::Conditional;
        conditions = vec![band.clone()];
        because = format!("the decaying branch carries a density only for {band}; longer waves oscillate");
        found = witness::at_band(eq);
    }
    ConditionReport { status, rule: c1.rule.into(), because, conditions, witness: found, tried }
}

/// A condition that could not be looked at.
pub(crate) fn not_reached(what: &str) -> ConditionReport {
    ConditionReport {
        status: Status::Undecided,
        rule: "none".into(),
        because: format!("the equation contains {what}, which no rule of this version reaches"),
        conditions: Vec::new(),
        witness: None,
        tried: vec![what.to_string()],
    }
}

/// Whether the conditions of C1 and C2 can be met together: `Some(false)` is proved, `None` is not known.
pub(crate) fn compatible(eq: &Equation, c1: &C1, c2: &C2) -> Option<bool> {
    let both = Formula::all([c1.formula.clone(), c2.formula.clone()]).simplify(&eq.oracle);
    match both {
        Formula::False if c2.band.is_none() => Some(false),
        Formula::True | Formula::False => Some(true),
        other => witness::sample_where(eq, &other, true).map(|_| true),
    }
}

/// C1 and C2 together.
pub(crate) fn verdict(c1: &ConditionReport, c2: &ConditionReport, compatible: Option<bool>, verified: bool) -> Verdict {
    let both = [c1.status, c2.status];
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
