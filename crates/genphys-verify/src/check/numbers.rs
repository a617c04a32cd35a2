//! Certificates that refute: every number is computed again, and the inequality that they violate is put to them.

use super::{Claim, Level, Report};
use crate::numeric::slowest;
use genphys_pde::Complex;
use genphys_pde::ast::Domain;
use genphys_pde::certificate::{Certificate, levels_off};
use std::collections::BTreeMap;

/// Relative tolerance between their numbers and ours.
const CLOSE: f64 = 1e-6;

fn close(x: f64, y: f64, size: f64) -> bool {
    (x - y).abs() <= CLOSE * (x.abs() + y.abs() + 1e-3 * size)
}

/// Checks one refutation.
pub(super) fn check(claim: &Claim, part: &'static str, certificate: &Certificate, is_c1: bool, report: &mut Report) {
    let params = match certificate {
        Certificate::GrowthRate { params, .. }
        | Certificate::IllPosed { params, .. }
        | Certificate::NotForgotten { params, .. }
        | Certificate::Subadditivity { params, .. }
        | Certificate::NegativeDefinite { params, .. }
        | Certificate::Bochner { params, .. }
        | Certificate::NegativeDensity { params, .. } => params,
        _ => return,
    };
    let about_c1 = matches!(
        certificate,
        Certificate::Subadditivity { .. }
            | Certificate::NegativeDefinite { .. }
            | Certificate::Bochner { .. }
            | Certificate::NegativeDensity { .. }
    );
    let result = if about_c1 != is_c1 {
        Err("the numbers are about the other condition".to_string())
    } else {
        inside(claim, params).and_then(|()| recompute(claim, params, certificate))
    };
    match result {
        // Four moments say little about a limit.
        Ok(None) => report.add(part, Level::Unchecked, "rounding hides the numbers"),
        Ok(Some(text)) if matches!(certificate, Certificate::NotForgotten { .. }) => {
            report.add(part, Level::Probed(4), text);
        }
        Ok(Some(text)) => report.add(part, Level::Proved, text),
        Err(text) => report.add(part, Level::Rejected, text),
    }
}

/// Parameter values must lie in their domains, and be the fixed ones.
pub(super) fn inside(claim: &Claim, params: &BTreeMap<String, f64>) -> Result<(), String> {
    for param in claim.pde.params.iter().filter(|p| !p.complex) {
        let stated = claim.derivation.pde.params.iter().find(|p| p.name == param.name);
        if let Some((fixed, value)) = stated.filter(|p| p.fixed).and_then(|p| Some((p.value?, params.get(&param.name))))
        {
            if value.is_some_and(|v| !close(*v, fixed, 0.0)) {
                return Err(format!("{} is not at its fixed value", param.name));
            }
            continue;
        }
        let Some(value) = params.get(&param.name) else { return Err(format!("{} has no value", param.name)) };
        let within = match &param.domain {
            Domain::Unrestricted => true,
            Domain::Greater(n) => *value > n.to_f64(),
            Domain::GreaterEqual(n) => *value >= n.to_f64(),
            Domain::Less(n) => *value < n.to_f64(),
            Domain::LessEqual(n) => *value <= n.to_f64(),
            Domain::NotEqual(n) => *value != n.to_f64(),
            Domain::Interval(i) => i.contains(*value),
        };
        if !within {
            return Err(format!("{} = {value} lies outside its domain", param.name));
        }
    }
    Ok(())
}

/// Points of one length, not longer than the dimension, with a weight each.
fn fitting(claim: &Claim, points: &[Vec<f64>], weights: &[[f64; 2]]) -> Result<(), String> {
    let dim = points.first().map_or(0, Vec::len);
    if points.iter().any(|p| p.len() != dim) || points.len() != weights.len() || dim == 0 {
        return Err("points and weights do not fit".into());
    }
    if claim.dims.1.is_some_and(|most| dim as u32 > most) {
        return Err(format!("points in {dim} dimensions say nothing about N = {:?}", claim.dims.1));
    }
    Ok(())
}

/// How far a root that coincides with `together` − 1 others may be off, relative to the largest root: each is known to
/// that root of the rounding of the symbol only.
fn coincidence(together: usize) -> f64 {
    10.0 * 1e-15_f64.powf(1.0 / together.max(1) as f64)
}

fn largest(roots: &[Complex]) -> f64 {
    roots.iter().map(|s| s.abs()).fold(0.0, f64::max)
}

/// The rounding of a growth rate among the roots at one k. Terms that cancel, as in 1 - sin(k)/k, leave the rounding of
/// waves of length one, whose largest root is `usual`.
fn rounding(rate: f64, roots: &[Complex], usual: f64) -> f64 {
    let largest = largest(roots).max(usual);
    let together = roots.iter().filter(|s| (s.re - rate).abs() <= 1e-3 * largest).count();
    if together > 1 { coincidence(together) * largest } else { 0.0 }
}

/// What the numbers show; nothing where rounding hides it.
fn recompute(
    claim: &Claim,
    params: &BTreeMap<String, f64>,
    certificate: &Certificate,
) -> Result<Option<String>, String> {
    let mut params = params.clone();
    for fixed in claim.derivation.pde.params.iter().filter(|p| p.fixed) {
        params.extend(fixed.value.map(|v| (fixed.name.clone(), v)));
    }
    let model = claim.model(&params).ok_or("the equation is out of reach")?;
    let problem = claim.problem;
    let pad = |k: &[f64]| {
        let mut k = k.to_vec();
        k.resize(k.len().max(model.least_dimension()), 0.0);
        k
    };
    let lost = || "a number cannot be computed".to_string();
    match certificate {
        Certificate::GrowthRate { k, time, rate, rate_at_zero, .. } => {
            let t = time.unwrap_or(model.start() + 1.0);
            let [here, at_rest, unit] = [k, &vec![0.0; k.len()], &vec![1.0; k.len()]].map(|k| model.roots(&pad(k), t));
            let counted = |roots: &[Complex]| slowest(roots, problem).ok_or_else(lost);
            let (found, zero) = (counted(&here)?, counted(&at_rest)?);
            let size = found.abs() + zero.abs() + 1e-6;
            let usual = largest(&unit);
            let (here, at_zero) = (rounding(found, &here, usual), rounding(zero, &at_rest, usual));
            let differ = |x: f64, y: f64, rounding: f64| !close(x, y, size) && (x - y).abs() > rounding;
            if differ(found, *rate, here) || differ(zero, *rate_at_zero, at_zero) {
                return Err(format!("the growth rates are {found} and {zero}, not {rate} and {rate_at_zero}"));
            }
            if found < zero - 1e-9 * size - here.max(at_zero) {
                return Err(format!("{found} is below {zero}: nothing is violated"));
            }
            Ok(Some(format!("growth rate {found} at k is not below {zero} at 0")))
        }
        Certificate::IllPosed { direction, k, largest: rising_to, .. } => {
            let mut rates = Vec::new();
            for (size, stated) in k.iter().zip(rising_to) {
                let vector: Vec<f64> = direction.iter().map(|d| d * size).collect();
                let roots = model.roots(&pad(&vector), model.start() + 1.0);
                let found = roots.last().map(|s| s.re).ok_or_else(lost)?;
                // All of them may coincide.
                if (found - stated).abs() > coincidence(roots.len()).max(1e-5) * (largest(&roots) + 1e-6) {
                    return Err(format!("the largest growth rate at |k| = {size} is {found}, not {stated}"));
                }
                rates.push((found, roots));
            }
            let rising = rates.len() >= 3 && rates.windows(2).skip(1).all(|w| w[1].0 > 1.5 * w[0].0.max(1e-9));
            // A half-space problem pairs rising and falling branches in every direction.
            let paired = |roots: &[Complex]| {
                let big = roots.iter().map(|s| s.re.abs()).fold(0.0, f64::max);
                let up = roots.iter().filter(|s| s.re > 1e-3 * big).count();
                let down = roots.iter().filter(|s| s.re < -1e-3 * big).count();
                up == down && big > 0.01 * largest(roots)
            };
            let dim = model.least_dimension();
            let everywhere = (0..1_usize << dim.min(4)).chain(16..16 + dim).all(|pattern| {
                let direction: Vec<f64> = (0..dim)
                    .map(|i| match pattern {
                        signs if signs < 16 => {
                            if signs >> i & 1 == 1 {
                                -1e4
                            } else {
                                1e4
                            }
                        }
                        axis => {
                            if axis - 16 == i {
                                1e4
                            } else {
                                0.0
                            }
                        }
                    })
                    .collect();
                paired(&model.roots(&direction, model.start() + 1.0))
            });
            let paired = everywhere && rates.last().is_some_and(|(_, roots)| paired(roots));
            if !rising {
                Err("the growth rates do not rise without bound".into())
            } else if paired {
                Err("as many branches fall as rise: a half-space problem".into())
            } else {
                Ok(Some("growth rates rise without bound, and not as many fall".into()))
            }
        }
        Certificate::NotForgotten { k, times, amplitude, .. } => {
            if times.len() != amplitude.len() {
                return Err("times and amplitudes do not fit".into());
            }
            let mut found = Vec::new();
            for (t, stated) in times.iter().zip(amplitude) {
                let (exponent, rounding) = model.log_amplitude(&pad(&[*k]), *t).ok_or_else(lost)?;
                if rounding > 1e-4 * (1.0 + exponent.abs()) {
                    return Ok(None);
                }
                let ratio = exponent.exp();
                // A rule of quadrature errs relative to the exponent.
                let apart = (exponent - stated.ln()).abs();
                if apart.is_nan() || apart > 1e-4 * (1.0 + exponent.abs()) {
                    return Err(format!("the amplitude at t = {t} is {ratio}, not {stated}"));
                }
                found.push(ratio);
            }
            if times.windows(2).any(|w| w[1] - model.start() < 4.0 * (w[0] - model.start()) * (1.0 - 1e-9)) {
                Err("the times are not four times as late as the ones before".into())
            } else if levels_off(&found) {
                Ok(Some(format!("the amplitude does not tend to 0: it is {:?}", found)))
            } else {
                Err("the amplitude still falls".into())
            }
        }
        Certificate::Subadditivity { k, q, size, time, .. } => {
            let t = time.unwrap_or(model.start() + 1.0);
            let branch = |k: &[f64]| model.one_branch(&pad(k), t, problem);
            let zero = branch(&vec![0.0; k.len()]).ok_or_else(lost)?;
            let sum: Vec<f64> = k.iter().zip(q).map(|(x, y)| x + y).collect();
            let mut found = [0.0; 3];
            for (value, vector) in found.iter_mut().zip([k, q, &sum]) {
                *value = (branch(vector).ok_or_else(lost)? - zero).abs();
            }
            let largest = found.iter().copied().fold(0.0, f64::max);
            if found.iter().zip(size).any(|(x, y)| !close(*x, *y, largest)) {
                return Err(format!("|psi| is {found:?}, not {size:?}"));
            }
            let roots = found.map(f64::sqrt);
            if roots[2] <= (roots[0] + roots[1]) * (1.0 + 1e-9) {
                return Err("the square root of |psi| is subadditive there: nothing is violated".into());
            }
            Ok(Some(format!("sqrt|psi(k + q)| = {} exceeds {}", roots[2], roots[0] + roots[1])))
        }
        Certificate::NegativeDefinite { points, weights, value, .. } => {
            fitting(claim, points, weights)?;
            let weights: Vec<Complex> = weights.iter().map(|[re, im]| Complex::new(*re, *im)).collect();
            let total = weights.iter().fold(Complex::default(), |sum, w| sum + *w);
            if total.abs() > 1e-12 * weights.iter().map(|w| w.abs()).sum::<f64>() {
                return Err("the weights do not sum to 0".into());
            }
            let branch = |k: &[f64]| model.one_branch(&pad(k), model.start() + 1.0, problem).ok_or_else(lost);
            let zero = branch(&vec![0.0; points[0].len()])?;
            let (mut found, mut size) = (0.0, 0.0);
            for (a, w) in points.iter().zip(&weights) {
                for (b, v) in points.iter().zip(&weights) {
                    let difference: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
                    let term = Complex::new(w.re, -w.im) * *v * (zero - branch(&difference)?);
                    found += term.re;
                    size += term.abs();
                }
            }
            if (found - value).abs() > 1e-5 * value.abs() + 1e-10 * size {
                return Err(format!("the sum is {found}, not {value}"));
            }
            if found <= 1e-10 * size {
                return Err(format!("the sum {found} is not positive beyond rounding"));
            }
            Ok(Some(format!(
                "psi is not conditionally negative definite: a sum over {} points is {found} > 0",
                points.len()
            )))
        }
        Certificate::Bochner { time, points, weights, value, .. } => {
            fitting(claim, points, weights)?;
            let weights: Vec<Complex> = weights.iter().map(|[re, im]| Complex::new(*re, *im)).collect();
            let (found, error) = model.bochner_sum(points, &weights, *time, problem).ok_or_else(lost)?;
            // Terms of the symbol that cancel leave rounding that a neighbour of the points shows.
            let mut noise = 0.0_f64;
            for factor in [1.0 - 1e-8, 1.0 + 1e-8] {
                let moved: Vec<Vec<f64>> = points.iter().map(|k| k.iter().map(|x| x * factor).collect()).collect();
                let (beside, _) = model.bochner_sum(&moved, &weights, *time, problem).ok_or_else(lost)?;
                noise = noise.max((beside - found).abs());
            }
            let error = error + 20.0 * noise;
            if (found - value).abs() > 1e-5 * value.abs() + error {
                return Err(format!("the sum is {found}, not {value}"));
            }
            if found >= -error {
                return Err(format!("the sum {found} is not negative beyond rounding"));
            }
            Ok(Some(format!("a Bochner sum over {} points is {found} < 0", points.len())))
        }
        Certificate::NegativeDensity { dim, time, r, value, .. } => {
            if claim.dims.1.is_some_and(|most| *dim > most) {
                return Err(format!("a density in N = {dim} says nothing about the dimension claimed"));
            }
            let (found, error) = model.density(*dim, *time, *r, problem).ok_or_else(lost)?;
            if (found - value).abs() > 1e-4 * value.abs() + error {
                return Err(format!("the density is {found}, not {value}"));
            }
            if found >= -error {
                Err("the density is not negative beyond the error".into())
            } else {
                Ok(Some(format!("p({r}, {time}) = {found} in N = {dim}")))
            }
        }
        _ => Err("not a refutation".into()),
    }
}
