//! C1 fails: p̂(−k, t) is computed again beside p̂(k, t), whose complex conjugate it is not.

use super::{Claim, Level, Report, numbers};
use genphys_pde::Complex;
use std::collections::BTreeMap;

/// Relative tolerance between their numbers and ours.
const CLOSE: f64 = 1e-6;

pub(super) fn check(
    claim: &Claim,
    params: &BTreeMap<String, f64>,
    time: f64,
    k: &[f64],
    transform: &[[f64; 2]; 2],
    report: &mut Report,
) {
    match recompute(claim, params, time, k, transform) {
        Ok(text) => report.add("c1", Level::Proved, text),
        Err(text) => report.add("c1", Level::Rejected, text),
    }
}

fn recompute(
    claim: &Claim,
    params: &BTreeMap<String, f64>,
    time: f64,
    k: &[f64],
    stated: &[[f64; 2]; 2],
) -> Result<String, String> {
    numbers::inside(claim, params)?;
    let mut params = params.clone();
    for fixed in claim.derivation.pde.params.iter().filter(|p| p.fixed) {
        params.extend(fixed.value.map(|v| (fixed.name.clone(), v)));
    }
    let model = claim.model(&params).ok_or("the equation is out of reach")?;
    let at = |sign: f64| {
        let mut k: Vec<f64> = k.iter().map(|x| sign * x).collect();
        k.resize(k.len().max(model.least_dimension()), 0.0);
        model.transform(&k, time, claim.problem).ok_or("a number cannot be computed")
    };
    let found = [at(1.0)?, at(-1.0)?];
    let size = found[0].abs() + found[1].abs();
    for (value, [re, im]) in found.iter().zip(stated) {
        if (*value - Complex::new(*re, *im)).abs() > CLOSE * size {
            return Err(format!("p-hat is {} + {} i, not {re} + {im} i", value.re, value.im));
        }
    }
    let apart = (found[0] - Complex::new(found[1].re, -found[1].im)).abs();
    if apart <= 10.0 * CLOSE * size {
        return Err("p-hat at -k is the complex conjugate of p-hat at k: nothing is violated".into());
    }
    Ok(format!("p is not real: p-hat at k and at -k are {apart} from complex conjugates"))
}
