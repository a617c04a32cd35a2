//! C2 that holds: the claims are positive, and they are true together exactly where brute force says that waves decay.

use super::condition::{Condition, all_hold};
use super::{Claim, Level, Report, exact};
use crate::numeric::Model;
use genphys_pde::Complex;
use genphys_pde::ast::{Bound, Domain, Expr};
use genphys_pde::certificate::AlgebraicNumber;
use std::collections::BTreeMap;

/// Random points per statement.
const POINTS: usize = 300;

/// Whether the wave decays faster than the slowest at k = 0; `None` where numbers are too close to call.
fn decays(claim: &Claim, model: &Model, k: &[f64], t: f64) -> Option<bool> {
    if model.bessel(k, t).is_some() || model.changes_in_time(k, t) {
        let later = t + 0.5;
        let at = |k: &[f64]| model.transform(k, later, claim.problem).map(|z| z.abs());
        let (here, zero) = (at(k)?, at(&vec![0.0; k.len()])?);
        let close = (here - zero).abs() <= 1e-9 * zero;
        return (!close).then_some(here < zero);
    }
    let (here, zero) =
        (model.growth_rate(k, t, claim.problem)?, model.growth_rate(&vec![0.0; k.len()], t, claim.problem)?);
    let size = here.abs() + zero.abs() + model.roots(k, t).iter().map(|s| s.abs()).fold(0.0, f64::max);
    let close = (here - zero).abs() <= 1e-8 * size;
    (!close).then_some(here < zero)
}

/// Names that are positive over their whole domain.
fn is_positive_name(claim: &Claim, name: &str) -> bool {
    let zero_or_more = |n: &genphys_pde::ast::Number| n.to_f64() >= 0.0;
    if name == claim.pde.time.name {
        return matches!(&claim.pde.time.interval.lower, Bound::Finite(n) if zero_or_more(n));
    }
    claim.pde.params.iter().any(|p| {
        p.name == name
            && match &p.domain {
                Domain::Greater(n) => zero_or_more(n),
                Domain::GreaterEqual(n) => n.to_f64() > 0.0,
                Domain::Interval(i) => matches!(&i.lower, Bound::Finite(n) if zero_or_more(n) && !i.lower_closed),
                _ => false,
            }
    })
}

/// The root, by bisection; `None` where the polynomial does not change its sign.
fn value_of(root: &AlgebraicNumber) -> Option<f64> {
    let polynomial = genphys_pde::parse_expression(&root.polynomial).ok()?;
    let at = |r: f64| genphys_pde::evaluate_real(&polynomial, &BTreeMap::from([("r".to_string(), r)])).ok();
    // The ends were rounded.
    let slack = 1e-14 * (root.lower.abs() + root.upper.abs());
    let (mut lower, mut upper) = (root.lower - slack, root.upper + slack);
    let rising = at(lower)? < 0.0;
    if (at(upper)? < 0.0) == rising {
        return None;
    }
    for _ in 0..80 {
        let middle = 0.5 * (lower + upper);
        if (at(middle)? < 0.0) == rising {
            lower = middle;
        } else {
            upper = middle;
        }
    }
    Some(0.5 * (lower + upper))
}

/// Whether a value that is zero at `k` is one too small for a number, as k^2*exp(-k^2) at k = 30: towards longer waves the
/// last value that is not zero is as small as numbers are.
fn underflows(model: &Model, expr: &Expr, k: &[f64], t: f64, named: &[(&str, Complex)]) -> bool {
    let at = |share: f64| {
        let k: Vec<f64> = k.iter().map(|k| share * k).collect();
        model.scalar(expr, &k, t, named).map_or(0.0, |value| value.re)
    };
    let (mut low, mut high) = (0.01, 1.0);
    let mut last = at(low);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let value = at(middle);
        if value > 0.0 { (low, last) = (middle, value) } else { high = middle }
    }
    last > 0.0 && last < 1e-280
}

/// Checks the claims of a C2 that holds.
pub(super) fn check(
    claim: &Claim,
    conditions: &[Condition],
    positive: &[String],
    root: Option<&AlgebraicNumber>,
    report: &mut Report,
) {
    let named = match root.map(value_of) {
        None => Vec::new(),
        Some(Some(value)) => vec![("r", Complex::real(value))],
        Some(None) => {
            report.add("c2", Level::Rejected, "r is no root of its polynomial between the numbers given");
            return;
        }
    };
    let mut parsed = Vec::new();
    for text in positive {
        match genphys_pde::parse_expression(text) {
            Ok(expr) => parsed.push((text, expr)),
            Err(_) => {
                report.add("c2", Level::Rejected, format!("`{text}` cannot be read"));
                return;
            }
        }
    }
    if parsed.is_empty() {
        report.add("c2", Level::Rejected, "it is said to hold for no reason");
        return;
    }
    let shown: Vec<bool> =
        parsed.iter().map(|(_, e)| exact::is_positive(e, &|name| is_positive_name(claim, name))).collect();
    let mut samples = claim.samples(29);
    let mut looked_at = 0;
    for _ in 0..POINTS * 10 {
        if looked_at == POINTS {
            break;
        }
        let params = samples.next_point();
        if !all_hold(conditions, &params) {
            continue;
        }
        let Some(model) = claim.model(&params) else { continue };
        let dim = claim.dimension(&model);
        let (k, t) = (samples.wave_vector(dim), samples.time());
        // r is the rate at k = 0 that the others are compared with; a larger one would prove too little.
        if let (Some((_, r)), Some(zero)) = (named.first(), model.growth_rate(&vec![0.0; dim], t, claim.problem))
            && (r.re - zero).abs() > 1e-5 * (1.0 + zero.abs())
        {
            report.add("c2", Level::Rejected, format!("r = {} is not the growth rate {zero} at k = 0", r.re));
            return;
        }
        let (mut all, mut too_small) = (true, false);
        for (text, expr) in &parsed {
            let Some(value) = model.scalar(expr, &k, t, &named) else { continue };
            all &= value.re > 0.0;
            if value.re == 0.0 && value.im == 0.0 && underflows(&model, expr, &k, t, &named) {
                too_small = true;
                continue;
            }
            // Zero or no real number is not positive; a tiny negative number may be rounding.
            let clearly = value.re == 0.0 || value.re.abs() > 1e-9 || value.im.abs() > 1e-9;
            if value.re <= 0.0 && clearly {
                report.add("c2", Level::Rejected, format!("`{text}` = {} at k = {k:?}, {params:?}", value.re));
                return;
            }
        }
        if too_small {
            continue;
        }
        let Some(truth) = decays(claim, &model, &k, t) else { continue };
        if truth != all {
            let text = format!("the claims say {all}, the growth rates {truth} at k = {k:?}, {params:?}");
            report.add("c2", Level::Rejected, text);
            return;
        }
        looked_at += 1;
    }
    if looked_at < POINTS / 6 {
        report.add("c2", Level::Unchecked, "too few points satisfy the conditions to compare with growth rates");
        return;
    }
    report.add("c2", Level::Probed(looked_at), "the claims agree with the growth rates");
    if shown.iter().all(|s| *s) {
        report.add("c2", Level::Proved, "every claim is a polynomial that is positive, by its signs or by Sturm");
    } else {
        report.add("c2", Level::Probed(looked_at), "claims that are no polynomials with one sign were positive");
    }
}

/// Whether the waves between those of a grid that decay most slowly decay as well.
fn decay_at_every_peak(claim: &Claim, model: &Model, t: f64) -> bool {
    let rate = |exponent: f64| model.growth_rate(&[10.0_f64.powf(exponent)], t, claim.problem).unwrap_or(f64::NAN);
    let grid: Vec<(f64, f64)> = (-60_i32..=60).map(|i| f64::from(i) / 20.0).map(|e| (e, rate(e))).collect();
    grid.windows(3).filter(|w| w[1].1 >= w[0].1 && w[1].1 >= w[2].1).all(|peak| {
        let (mut low, mut high) = (peak[0].0, peak[2].0);
        for _ in 0..60 {
            let (left, right) = (low + 0.4 * (high - low), low + 0.6 * (high - low));
            if rate(left) >= rate(right) { high = right } else { low = left }
        }
        decays(claim, model, &[10.0_f64.powf(0.5 * (low + high))], t).unwrap_or(true)
    })
}

/// A conditional C2 must fail where its conditions about parameters are violated.
pub(super) fn only_if(claim: &Claim, conditions: &[Condition], report: &mut Report) {
    let about_params: Vec<&Condition> = conditions.iter().filter(|c| c.unreadable().is_none()).collect();
    let mentions_k = claim.derivation.c2.conditions.iter().any(|c| {
        genphys_pde::parse_expression(c.split(['<', '>', '=']).next().unwrap_or_default())
            .is_ok_and(|e| genphys_pde::print_expr(&e).split(|c: char| !c.is_alphanumeric()).any(|w| w == "k"))
    });
    if about_params.is_empty() || mentions_k {
        return;
    }
    // A fractional power may win against another one only among waves so long that nothing is left to see of it.
    let equation = &claim.pde.equation;
    let fractional = ["fraclap", "fourier"].iter().any(|word| equation.contains(word));
    let mut samples = claim.samples(31);
    let (mut looked_at, mut hidden, mut contradicted): (usize, bool, Option<BTreeMap<String, f64>>) = (0, false, None);
    for _ in 0..2000 {
        if looked_at == 60 {
            break;
        }
        let params = samples.next_point();
        if about_params.iter().all(|c| c.holds(&params) != Some(false)) {
            continue;
        }
        let Some(model) = claim.model(&params) else { continue };
        if model.least_dimension() > 1 {
            report.add("c2", Level::Unchecked, "the converse would need waves in every direction");
            return;
        }
        let t = samples.time();
        let drifts = model.symbol(&[1.0], t).is_ok_and(|s| s.drift.abs() > 0.0);
        if drifts || model.changes_in_time(&[1.0], t) {
            // What fails may be the limit in time, which growth rates at one moment do not show.
            report.add("c2", Level::Unchecked, "the converse is a statement about the limit in time");
            return;
        }
        looked_at += 1;
        // Far out a wave may be too close to the one at k = 0 to tell that it decays, but not that it does not.
        let clearly_holds = (-90_i32..=90).all(|i| {
            let k = 10.0_f64.powf(f64::from(i) / 10.0);
            // A long wave that oscillates may do nothing else.
            let oscillates = || model.roots(&[k], t).iter().any(|s| s.im.abs() > s.re.abs());
            decays(claim, &model, &[k], t).unwrap_or_else(|| i > 30 || (i < -30 && !oscillates()))
        });
        if clearly_holds && decay_at_every_peak(claim, &model, t) {
            if fractional {
                hidden = true;
            } else {
                contradicted = Some(params);
            }
            break;
        }
    }
    match contradicted {
        Some(params) => {
            let text = format!("the condition is not met at {params:?}, and yet every wave looked at decays");
            report.add("c2", Level::Rejected, text);
        }
        None if hidden => report.add("c2", Level::Unchecked, "rounding hides the long waves that would not decay"),
        None if looked_at > 0 => {
            report.add("c2", Level::Probed(looked_at), "where the condition is not met some wave does not decay");
        }
        None => {}
    }
}
