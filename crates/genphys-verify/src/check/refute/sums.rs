//! C1 fails at one point: sums over wave vectors that no density p ≥ 0 can have, enclosed in intervals.

use super::Refuted;
use crate::enclosure::{Enclosed, Interval, Rect, weights};
use genphys_pde::verdict::Problem;

/// Relative tolerance between a stated number and ours: what is wrong beyond it was not computed from this equation.
const CLOSE: f64 = 1e-5;

/// Whether a stated number is the one that was found.
pub(super) fn agrees(stated: f64, found: Interval) -> bool {
    let slack = CLOSE * stated.abs() + 1e-12;
    stated.is_finite() && found.lo() - slack <= stated && stated <= found.hi() + slack
}

pub(super) fn points(k: &[f64]) -> Vec<Interval> {
    k.iter().map(|x| Interval::point(*x)).collect()
}

/// Points of one length with a weight each; their length is the least dimension they say something about.
fn fitting(points: &[Vec<f64>], weights: &[[f64; 2]]) -> Result<u32, String> {
    let dim = points.first().map_or(0, Vec::len);
    if points.iter().any(|p| p.len() != dim) || points.len() != weights.len() || dim == 0 || points.len() > 200 {
        return Err("points and weights do not fit".into());
    }
    u32::try_from(dim).map_err(|_| "too many dimensions".into())
}

/// Σ conj(w_i) w_j p̂(k_i − k_j, t) < 0 (Bochner).
pub(super) fn bochner(
    model: &Enclosed,
    problem: Problem,
    time: f64,
    k: &[Vec<f64>],
    w: &[[f64; 2]],
    value: f64,
) -> Result<Option<Refuted>, String> {
    let from_dimension = fitting(k, w)?;
    if time.is_nan() || time <= 0.0 || time.is_infinite() {
        return Err("the time is not positive".into());
    }
    let t = Interval::point(time);
    let Some(sum) = model.form(k, &weights(w), &|k| model.transform(k, t, problem)) else { return Ok(None) };
    if !agrees(value, sum) {
        return Err(format!("the sum is {:e}, not {value:e}", sum.middle()));
    }
    if sum.lo() >= 0.0 {
        return Err("the sum is not negative".into());
    }
    let text = format!("a Bochner sum over {} points is at most {:e} < 0 (enclosed)", k.len(), sum.hi());
    Ok((sum.hi() < 0.0).then_some(Refuted { text, from_dimension }))
}

/// Σ conj(w_i) w_j ψ(k_i − k_j) > 0 with Σ w_i = 0, ψ = s(0) − s of the one branch that counts (Schoenberg). The first
/// weight is taken to be minus the sum of the others.
pub(super) fn negative_definite(
    model: &Enclosed,
    problem: Problem,
    k: &[Vec<f64>],
    w: &[[f64; 2]],
    value: f64,
) -> Result<Option<Refuted>, String> {
    let from_dimension = fitting(k, w)?;
    let mut list = weights(w);
    let others = list.iter().skip(1).fold(Rect::ZERO, |sum, w| sum + *w);
    let size: f64 = w.iter().map(|[re, im]| re.hypot(*im)).sum();
    let total = list[0] + others;
    if total.abs().lo() > 1e-12 * size {
        return Err("the weights do not sum to 0".into());
    }
    list[0] = -others;
    let Some(zero) = model.one_branch(&vec![Interval::ZERO; k[0].len()], problem) else { return Ok(None) };
    let psi = |k: &[Interval]| {
        Some(if k.iter().all(|x| x.is_zero()) { Rect::ZERO } else { zero - model.one_branch(k, problem)? })
    };
    let Some(sum) = model.form(k, &list, &psi) else { return Ok(None) };
    if !agrees(value, sum) {
        return Err(format!("the sum is {:e}, not {value:e}", sum.middle()));
    }
    if sum.hi() <= 0.0 {
        return Err("the sum is not positive".into());
    }
    let text = format!(
        "psi is not conditionally negative definite: a sum over {} points is at least {:e} > 0 (enclosed)",
        k.len(),
        sum.lo()
    );
    Ok((sum.lo() > 0.0).then_some(Refuted { text, from_dimension }))
}

/// √|ψ(k + q)| > √|ψ(k)| + √|ψ(q)|, which no negative-definite function has (Berg, Forst).
pub(super) fn subadditivity(
    model: &Enclosed,
    problem: Problem,
    k: &[f64],
    q: &[f64],
    size: [f64; 3],
) -> Result<Option<Refuted>, String> {
    if k.len() != q.len() || k.is_empty() {
        return Err("the wave vectors do not fit".into());
    }
    let (k, q) = (points(k), points(q));
    let sum: Vec<Interval> = k.iter().zip(&q).map(|(x, y)| *x + *y).collect();
    let Some(zero) = model.one_branch(&vec![Interval::ZERO; k.len()], problem) else { return Ok(None) };
    let mut found = Vec::new();
    for (vector, stated) in [&k, &q, &sum].into_iter().zip(size) {
        let Some(s) = model.one_branch(vector, problem) else { return Ok(None) };
        let size = (s - zero).abs();
        if !agrees(stated, size) {
            return Err(format!("|psi| is {:e}, not {stated:e}", size.middle()));
        }
        found.push(size.sqrt().unwrap_or(Interval::WHOLE));
    }
    let excess = found[2] - (found[0] + found[1]);
    if excess.hi() <= 0.0 {
        return Err("the square root of |psi| is subadditive there: nothing is violated".into());
    }
    let text = format!("sqrt|psi(k + q)| exceeds sqrt|psi(k)| + sqrt|psi(q)| by at least {:e} (enclosed)", excess.lo());
    let from_dimension = u32::try_from(k.len()).unwrap_or(u32::MAX);
    Ok((excess.lo() > 0.0).then_some(Refuted { text, from_dimension }))
}

/// p̂(−k, t) ≠ p̂(k, t)*: the density of a real source is not real.
pub(super) fn not_real(
    model: &Enclosed,
    problem: Problem,
    time: f64,
    k: &[f64],
    stated: &[[f64; 2]; 2],
) -> Result<Option<Refuted>, String> {
    if k.iter().all(|x| *x == 0.0) || time.is_nan() || time <= 0.0 || time.is_infinite() {
        return Err("no wave vector, or a time that is not positive".into());
    }
    let t = Interval::point(time);
    let opposite: Vec<Interval> = points(k).iter().map(|x| -*x).collect();
    let values = (model.transform(&points(k), t, problem), model.transform(&opposite, t, problem));
    let (Some(here), Some(there)) = values else { return Ok(None) };
    for (value, [re, im]) in [here, there].iter().zip(stated) {
        if !agrees(*re, value.re) || !agrees(*im, value.im) {
            return Err(format!("p-hat is {:e} + {:e} i, not {re} + {im} i", value.re.middle(), value.im.middle()));
        }
    }
    let apart = here - there.conj();
    if apart.re.is_zero() && apart.im.is_zero() {
        return Err("p-hat at -k is the complex conjugate of p-hat at k: nothing is violated".into());
    }
    let text = "p is not real: p-hat at -k is not the complex conjugate of p-hat at k (enclosed)".to_string();
    let from_dimension = u32::try_from(k.len()).unwrap_or(u32::MAX);
    Ok((!apart.may_vanish()).then_some(Refuted { text, from_dimension }))
}
