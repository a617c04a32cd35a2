//! The numbers of a witness: parameters inside their domains, and growth rates that are those of the equation at its
//! wave vector. They are for the reader, and are compared as floating-point numbers; what refutes a claim is its
//! certificate.

use super::{Claim, Level, Report};
use crate::numeric::Model;
use genphys_pde::certificate::Certificate;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, Witness};
use std::collections::BTreeMap;

/// How far rounding may take a growth rate, in comparison.
const TOLERANCE: f64 = 1e-6;

pub(super) fn check(claim: &Claim, report: &mut Report) {
    for (part, condition) in [("c1 witness", &claim.derivation.c1), ("c2 witness", &claim.derivation.c2)] {
        let Some(witness) = &condition.witness else { continue };
        match difference(claim, condition, witness) {
            None => report.add(part, Level::Proved, "its numbers are those of the equation, up to rounding"),
            Some(why) => report.add(part, Level::Rejected, why),
        }
    }
}

fn difference(claim: &Claim, condition: &ConditionReport, witness: &Witness) -> Option<String> {
    let linear = linear_equation(condition);
    let pde = linear.as_ref().unwrap_or(claim.pde);
    for (name, value) in &witness.params {
        let plain = name.trim_start_matches("re(").trim_start_matches("im(").trim_end_matches(')');
        match pde.param(plain).or_else(|| claim.pde.param(plain)) {
            Some(param) if param.complex || param.domain.contains(*value) => {}
            Some(_) => return Some(format!("{name} = {value} lies outside of its domain")),
            // The level of a background, of which nothing else is known.
            None if !claim.pde.nonlinear.is_empty() => {}
            None => return Some(format!("there is no parameter `{name}`")),
        }
    }
    let (Some(rate), Some(at_zero)) = (witness.growth_rate, witness.growth_rate_at_zero) else {
        let alone = witness.growth_rate.is_none() && witness.growth_rate_at_zero.is_none();
        return (!alone).then(|| "one growth rate without the other".into());
    };
    if rate < at_zero {
        return Some(format!("the growth rate {rate} is below that at k = 0, {at_zero}"));
    }
    if witness.k.is_empty() {
        return Some("there is no wave vector".into());
    }
    let fixed = claim.derivation.pde.params.iter().filter(|p| p.fixed);
    let mut values: BTreeMap<String, f64> = fixed.filter_map(|p| Some((p.name.clone(), p.value?))).collect();
    values.extend(witness.params.clone());
    let model = Model::new(pde, &values).ok()?;
    let mut k = witness.k.clone();
    k.resize(k.len().max(model.least_dimension()), 0.0);
    let among = |k: &[f64], rate: f64| {
        let [roots, later] = [0.25, 0.5].map(|t| model.roots(k, model.start() + t));
        // Rounding takes n equal roots apart by the n-th root of it.
        let size = roots.iter().map(|s| s.abs()).fold(0.0, f64::max);
        let rounding = 20.0 * size * 1e-15_f64.powf(1.0 / roots.len().max(1) as f64);
        let near = |x: f64, y: f64| (x - y).abs() <= TOLERANCE * (1.0 + x.abs() + y.abs()) + rounding;
        let changes = roots.iter().zip(&later).any(|(x, y)| !near(x.re, y.re));
        // What is out of reach of the numbers, or changes in time, is not contradicted by them.
        roots.is_empty() || changes || roots.iter().any(|s| near(s.re, rate))
    };
    if !among(&k, rate) {
        return Some(format!("{rate} is no growth rate at k = {:?}", witness.k));
    }
    let rest = vec![0.0; k.len()];
    (!among(&rest, at_zero)).then(|| format!("{at_zero} is no growth rate at k = 0"))
}

/// The equation that a claim about small disturbances is about.
fn linear_equation(condition: &ConditionReport) -> Option<Pde> {
    let Some(Certificate::Linearised { equation, .. }) = &condition.certificate else { return None };
    genphys_pde::read(equation.as_bytes()).ok().map(|checked| checked.pde)
}
