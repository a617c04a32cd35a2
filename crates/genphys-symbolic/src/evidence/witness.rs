//! Numbers that show a failure: parameter values and a wave vector that anyone can put in.

use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::K1;
use crate::equation::dispersion::growth_rates;
use crate::equation::linear::Equation;
use crate::evidence::refute;
use crate::evidence::refute::Refutation;
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::{Problem, Witness};
use std::collections::BTreeMap;

/// Wave numbers along which unbounded growth is shown.
const RISING: [f64; 5] = [1.0, 10.0, 100.0, 1e3, 1e4];

/// What re-checks that C2 fails.
pub(crate) fn certificate_against_c2(eq: &Equation, problem: Problem, witness: &Witness) -> Option<Certificate> {
    let params = witness.params.clone();
    let time = eq.depends_on_time().then(|| eq.moment(&params));
    if problem == Problem::IllPosed {
        let norm = witness.k.iter().map(|x| x * x).sum::<f64>().sqrt();
        let direction: Vec<f64> = witness.k.iter().map(|x| x / norm).collect();
        let mut point = eq.point(&params);
        let largest: Vec<f64> = RISING
            .iter()
            .map(|k| {
                let vector: Vec<f64> = direction.iter().map(|d| d * k).collect();
                eq.set_wave_vector(&mut point, &vector);
                growth_rates(eq, &point).iter().map(|s| s.0).fold(f64::NEG_INFINITY, f64::max)
            })
            .collect();
        let rising = largest.windows(2).skip(1).all(|w| w[1] > 1.5 * w[0].max(1e-9));
        // Along this direction as many may fall: the problem is ill posed by what happens along another one.
        let last = RISING.last().map_or(1.0, |k| *k);
        eq.set_wave_vector(&mut point, &direction.iter().map(|d| d * last).collect::<Vec<f64>>());
        let rates = growth_rates(eq, &point);
        let half = 0.5 * largest.last().copied().unwrap_or(0.0);
        let paired = rates.iter().filter(|s| s.0 > half).count() == rates.iter().filter(|s| s.0 < -half).count();
        if time.is_none() && rising && !paired {
            return Some(Certificate::IllPosed { params, direction, k: RISING.to_vec(), largest });
        }
    }
    let (Some(rate), Some(rate_at_zero)) = (witness.growth_rate, witness.growth_rate_at_zero) else { return None };
    Some(Certificate::GrowthRate { params, k: witness.k.clone(), time, rate, rate_at_zero })
}

/// The amplitude of one mode that does not tend to 0, as far as four times show it; the checker proves it by the form.
pub(crate) fn not_forgotten(eq: &Equation) -> Option<Witness> {
    let range = crate::equation::declared::time_range(eq.pde);
    // Four times each four times as late as the one before say nothing of a time that ends.
    if range.upper.is_some() {
        return None;
    }
    let start = range.lower.as_ref().map_or(0.0, |(l, _)| l.to_f64());
    let times: Vec<f64> = [1.0, 4.0, 16.0, 64.0].map(|t| start + t).to_vec();
    for (params, k) in
        crate::equation::samples::samples(eq).take(8).flat_map(|p| [1.0, 0.25, 4.0, 0.0625].map(|k| (p.clone(), k)))
    {
        if eq.ring.work.budget.is_spent() {
            return None;
        }
        let amplitude: Option<Vec<f64>> =
            times.iter().map(|t| crate::claims::c2::amplitude::mode_amplitude(eq, &params, k, *t)).collect();
        let Some(amplitude) = amplitude else { continue };
        if levels_off(&amplitude) {
            let name = &eq.pde.time.name;
            let size = |a: f64| if a > 1e4 { format!("{a:.3e}") } else { format!("{a:.6}") };
            let text = format!(
                "the amplitude of the wave k = {k}{} is {} at {name} = {} and {} at {name} = {}",
                assignments(&params),
                size(amplitude[2]),
                times[2],
                size(amplitude[3]),
                times[3]
            );
            return Some(Witness { k: vec![k], params, text, ..Witness::default() });
        }
    }
    None
}

/// Whether amplitudes at times each four times as late as the one before look like ones that do not tend to 0: the last
/// one is not clearly below the one before, or −Δ ln a shrinks, as it does where the integral of the decay rate
/// converges.
fn levels_off(amplitude: &[f64]) -> bool {
    let [.., first, second, third] = amplitude else { return false };
    let (before, after) = ((first / second).ln(), (second / third).ln());
    *third > 1e-9 && (after <= 1e-5 || after < 0.95 * before)
}

/// A sample where the formula has the given truth, as far as the budget allows.
pub(crate) fn sample_where(eq: &Equation, formula: &Formula, truth: bool) -> Option<BTreeMap<String, f64>> {
    within_budget(eq, crate::equation::samples::samples(eq)).find(|params| formula.at(&eq.point(params)) == Some(truth))
}

/// The first few of a list in any case, the others while the budget lasts.
fn within_budget<T>(eq: &Equation, list: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    list.enumerate().take_while(|(i, _)| i % 32 != 31 || !eq.ring.work.budget.is_spent()).map(|(_, item)| item)
}

/// The largest growth rate among the branches that count: all of an evolution equation, the lower half of a half-space
/// problem.
fn growth(eq: &Equation, point: &[f64], problem: Problem) -> Option<f64> {
    let mut rates: Vec<f64> = growth_rates(eq, point).iter().map(|(re, _)| *re).collect();
    rates.sort_by(f64::total_cmp);
    let counted = if problem == Problem::HalfSpace { rates.len().div_ceil(2) } else { rates.len() };
    rates.get(..counted)?.last().copied().filter(|r| r.is_finite())
}

/// Directions searched: the axes, and some between pairs of axes that the equation names.
fn directions(eq: &Equation) -> Vec<Vec<f64>> {
    let Space::Components(n) = eq.space else { return vec![vec![1.0]] };
    let n = n as usize;
    let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let mut list: Vec<Vec<f64>> = (0..n).map(unit).collect();
    let occurs = |i: usize| eq.a.iter().any(|c| c.re.degree(K1 + i) > 0 || c.im.degree(K1 + i) > 0);
    let named: Vec<usize> = (0..n).filter(|i| n <= 3 || occurs(*i)).collect();
    let slopes: &[f64] =
        if named.len() <= 3 { &[1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 0.25, -0.25, 4.0, -4.0] } else { &[1.0, -1.0] };
    for (position, i) in named.iter().copied().enumerate() {
        for j in named[position + 1..].iter().copied() {
            for slope in slopes.iter().copied() {
                let mut direction = unit(i);
                direction[j] = slope;
                list.push(direction);
            }
        }
    }
    let mirrored: Vec<Vec<f64>> = list.iter().map(|d| d.iter().map(|x| -x).collect()).collect();
    list.extend(mirrored);
    list
}

/// Wave numbers tried; cos(k) comes back to 1 at 2π.
const MAGNITUDES: [f64; 16] =
    [1.0, 2.0, 0.5, 4.0, 0.25, 8.0, 0.1, 10.0, 0.01, 100.0, 1.5, 0.75, 3.0, 1e-3, 1e3, std::f64::consts::TAU];

/// A wave vector whose growth rate is not below that at k = 0, for parameters where C2 is false; one that is
/// clearly above is preferred to one that is equal.
pub(crate) fn against_c2(eq: &Equation, problem: Problem, formula: &Formula) -> Option<Witness> {
    let mut equal = None;
    let directions = directions(eq);
    let candidates = within_budget(eq, crate::equation::samples::samples(eq))
        .filter(|p| formula.at(&eq.point(p)) != Some(true))
        .take(200);
    for params in candidates {
        let mut point = eq.point(&params);
        eq.set_wave_vector(&mut point, &[]);
        let Some(at_zero) = growth(eq, &point, problem) else { continue };
        for magnitude in MAGNITUDES {
            if eq.ring.work.budget.is_spent() && magnitude != MAGNITUDES[0] {
                return equal;
            }
            for direction in &directions {
                let k: Vec<f64> = direction.iter().map(|x| x * magnitude).collect();
                eq.set_wave_vector(&mut point, &k);
                let Some(rate) = growth(eq, &point, problem) else { continue };
                let size = rate.abs() + at_zero.abs();
                if rate > at_zero + 1e-9 * size {
                    return Some(growing(k, params, rate, at_zero));
                }
                if rate >= at_zero - 1e-12 * size && equal.is_none() {
                    equal = Some(growing(k, params.clone(), at_zero, at_zero));
                }
            }
        }
    }
    equal.or_else(|| touching(eq, problem, formula))
}

/// A wave that decays as slowly as k = 0 between others that decay faster: the largest growth rate along a ray.
fn touching(eq: &Equation, problem: Problem, formula: &Formula) -> Option<Witness> {
    let candidates = within_budget(eq, crate::equation::samples::samples(eq))
        .filter(|p| formula.at(&eq.point(p)) != Some(true))
        .take(3);
    for params in candidates {
        let mut point = eq.point(&params);
        eq.set_wave_vector(&mut point, &[]);
        let at_zero = growth(eq, &point, problem)?;
        for direction in directions(eq) {
            if eq.ring.work.budget.is_spent() {
                return None;
            }
            let mut rate = |exponent: f64| {
                let k: Vec<f64> = direction.iter().map(|x| x * 10.0_f64.powf(exponent)).collect();
                eq.set_wave_vector(&mut point, &k);
                growth(eq, &point, problem).unwrap_or(f64::NAN)
            };
            let grid: Vec<(f64, f64)> = (-16..=16).map(|i| f64::from(i) / 8.0).map(|e| (e, rate(e))).collect();
            for window in grid.windows(3).filter(|w| w[1].1 >= w[0].1 && w[1].1 >= w[2].1) {
                // Golden section.
                let shrink = 0.5 * (5.0_f64.sqrt() - 1.0);
                let (mut low, mut high) = (window[0].0, window[2].0);
                for _ in 0..60 {
                    let (left, right) = (high - shrink * (high - low), low + shrink * (high - low));
                    if rate(left) >= rate(right) { high = right } else { low = left }
                }
                let best = 0.5 * (low + high);
                let found = rate(best);
                if found >= at_zero - 1e-12 * (found.abs() + at_zero.abs()) {
                    let k = direction.iter().map(|x| x * 10.0_f64.powf(best)).collect();
                    return Some(growing(k, params.clone(), at_zero, at_zero));
                }
            }
        }
    }
    None
}

/// Whether the growth rate of a witness is above the one at k = 0 beyond all rounding: m roots that coincide are known
/// to the m-th root of the rounding only.
pub(crate) fn is_clear(eq: &Equation, witness: &Witness) -> bool {
    let mut point = eq.point(&witness.params);
    let mut largest = |k: &[f64]| {
        eq.set_wave_vector(&mut point, k);
        growth_rates(eq, &point).iter().map(|(re, im)| re.hypot(*im)).fold(0.0, f64::max)
    };
    let size = largest(&witness.k).max(largest(&[]));
    let rounding = 1e-6_f64.max(10.0 * 1e-15_f64.powf(1.0 / eq.order().max(1) as f64));
    match (witness.growth_rate, witness.growth_rate_at_zero) {
        (Some(rate), Some(at_zero)) => rate > at_zero + rounding * (1e-6 + size),
        _ => false,
    }
}

fn growing(k: Vec<f64>, params: BTreeMap<String, f64>, rate: f64, at_zero: f64) -> Witness {
    // Rounding of numerical roots is no growth.
    let clean = |x: f64| if x.abs() < 1e-14 { 0.0 } else { x };
    let (rate, at_zero) = (clean(rate), clean(at_zero));
    let text = format!(
        "at k = {}{} the growth rate Im omega is {rate}, not below Im omega(0) = {at_zero}",
        vector(&k),
        assignments(&params),
    );
    Witness { k, params, growth_rate: Some(rate), growth_rate_at_zero: Some(at_zero), text }
}

/// The wave k = 0 oscillates instead of decaying.
pub(crate) fn at_band(eq: &Equation) -> Option<Witness> {
    for params in crate::equation::samples::samples(eq) {
        let mut point = eq.point(&params);
        eq.set_wave_vector(&mut point, &[]);
        let rates = growth_rates(eq, &point);
        if let Some((re, im)) = rates.iter().copied().find(|(_, im)| *im != 0.0) {
            let text = format!(
                "at k = 0{} omega = {} is real: the longest waves oscillate and do not decay",
                assignments(&params),
                im.abs()
            );
            return Some(Witness {
                k: vec![0.0],
                params,
                growth_rate: Some(re + 0.0),
                growth_rate_at_zero: Some(re + 0.0),
                text,
            });
        }
    }
    None
}

/// Numbers that contradict p ≥ 0, for parameters where the condition of C1 is false.
pub(crate) fn against_c1(eq: &Equation, problem: Problem, formula: &Formula, most: u32) -> Option<Refutation> {
    let most = eq.dims.most.unwrap_or(u32::MAX).min(most);
    let candidates = within_budget(eq, crate::equation::samples::samples(eq))
        .filter(|p| formula.at(&eq.point(p)) == Some(false))
        .take(4);
    candidates.into_iter().find_map(|params| refute::search(eq, problem, &params, most))
}

/// Numbers that contradict p ≥ 0 where no rule decides, at the first parameter values.
pub(crate) fn where_undecided(eq: &Equation, problem: Problem) -> Option<Refutation> {
    let most = eq.dims.least.min(3);
    let tried = if eq.has_parameters() { 2 } else { 1 };
    crate::equation::samples::samples(eq).take(tried).find_map(|params| refute::search(eq, problem, &params, most))
}

pub(crate) fn vector(k: &[f64]) -> String {
    match k {
        [single] => single.to_string(),
        _ => format!("({})", k.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// `, eps = 1, m = 2`, or nothing.
pub(crate) fn assignments(params: &BTreeMap<String, f64>) -> String {
    params.iter().map(|(name, value)| format!(", {name} = {value}")).collect()
}
