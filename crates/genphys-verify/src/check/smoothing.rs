//! C2 that holds, everywhere or under conditions on parameters: from its certificate to statements about signs.

use super::condition::Condition;
use super::decay::{Shift, Waves};
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::sign::logic::Formula;
use crate::sign::{Proof, Region, both};
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::Problem;

/// A claim about the parameter values of a region.
pub(super) type Statement<'a> = &'a dyn Fn(&Region) -> Option<Proof>;

/// Checks a C2 that holds under conditions (none for "everywhere").
pub(super) fn check(claim: &Claim, conditions: &[Condition], certificate: &Certificate, report: &mut Report) {
    let Some(mut model) = Model::new(claim) else {
        report.add("c2", Level::Unchecked, "the equation is out of reach of the checker");
        return;
    };
    let done = match certificate {
        Certificate::Rates { rates, root } => {
            let algebraic = root.as_ref().map(|root| model.algebraic(root));
            if let Some(None) = algebraic {
                report.add("c2", Level::Rejected, "r is no root of its polynomial between the numbers given");
                return;
            }
            let algebraic = algebraic.flatten();
            let Some((mut waves, shifts)) =
                model.waves().and_then(|w| Some((w, model.shifts(rates, algebraic.as_ref().map(|(r, ..)| *r))?)))
            else {
                report.add("c2", Level::Unchecked, "the symbol or a rate is out of reach of the checker");
                return;
            };
            if let Some((r, range, polynomial)) = algebraic {
                waves.region = waves.region.with_algebraic(r, range, polynomial);
            }
            by_rates(&mut model, conditions, &waves, &shifts, report)
        }
        Certificate::Factors { factors } => super::factors::product(&mut model, conditions, factors, report),
        Certificate::EvenInTime => super::factors::even_in_time(&mut model, conditions, report),
        _ => None,
    };
    if done.is_none() {
        report.add("c2", Level::Unchecked, "the certificate does not prove it");
    }
}

fn by_rates(
    model: &mut Model,
    conditions: &[Condition],
    waves: &Waves,
    shifts: &[Shift],
    report: &mut Report,
) -> Option<()> {
    let problem = model.claim.problem;
    let holds = |part: &Region| match problem {
        Problem::Evolution => waves.decay(part, shifts),
        Problem::HalfSpace => waves.half_space(part, shifts),
        _ => waves.decay(part, shifts).or_else(|| waves.half_space(part, shifts)),
    };
    let fails = |part: &Region| waves.violated(part, shifts);
    under_conditions(model, conditions, &waves.region, &holds, &fails, report)
}

/// A claim that holds where conditions do; whether it fails where they do not is said in the finding.
pub(super) fn under_conditions(
    model: &mut Model,
    conditions: &[Condition],
    region: &Region,
    holds: Statement,
    fails: Statement,
    report: &mut Report,
) -> Option<()> {
    let about_params: Vec<&Condition> = conditions.iter().filter(|c| c.unreadable().is_none()).collect();
    if about_params.is_empty() {
        let proof = holds(region)?;
        report.add("c2", Level::Proved, words(&proof));
        return Some(());
    }
    let list = about_params.iter().map(|c| model.formula(c)).collect::<Option<Vec<_>>>()?;
    let formula = Formula::All(list);
    if formula.holds_in(region).is_some() {
        report.add("c2", Level::Rejected, "the condition always holds in the declared domains");
        return Some(());
    }
    let parts = formula.parts(region)?;
    if parts.is_empty() {
        report.add("c2", Level::Rejected, "no parameter values satisfy the condition");
        return Some(());
    }
    let proof = parts.iter().try_fold(Proof::new(), |proof, part| Some(both(proof, holds(part)?)))?;
    let converse = formula.negated().parts(region).is_some_and(|parts| parts.iter().all(|part| fails(part).is_some()));
    let scope =
        if converse { "if and only if the condition holds" } else { "where the condition holds (sufficient only)" };
    report.add("c2", Level::Proved, format!("{scope}: {}", words(&proof)));
    Some(())
}

fn words(proof: &Proof) -> String {
    let methods: Vec<&str> = proof.iter().copied().collect();
    format!("every wave decays faster than the one at k = 0, by {}", methods.join(", "))
}
