//! Numbers that show a failure: parameter values and a wave vector that anyone can put in.

use crate::dispersion::growth_rates;
use crate::equation::{Equation, range_of};
use crate::formula::Formula;
use crate::positivity::Space;
use crate::ring::{K1, Meaning, RADIAL, evaluate, rational};
use genphys_pde::verdict::{Problem, Witness};
use std::collections::BTreeMap;

/// Parameter values tried when a condition is looked for or refuted.
const TRIED: [f64; 17] =
    [1.0, 0.5, 2.0, 0.25, 4.0, 0.125, 8.0, 0.0, -1.0, -0.5, -2.0, -0.25, -4.0, 0.01, 100.0, -0.01, -100.0];

/// At most this many combinations of parameter values are tried.
const MOST_SAMPLES: usize = 4_000;

/// Parameter points inside the domains: the defaults first, then a grid.
pub(crate) fn samples(eq: &Equation) -> Vec<BTreeMap<String, f64>> {
    let mut free: Vec<(String, Vec<f64>)> = Vec::new();
    for meaning in &eq.ring.meanings {
        let Meaning::Param(name) = meaning else { continue };
        let declared = eq.pde.params.iter().find(|p| p.name == *name);
        let range = declared.map(range_of).unwrap_or_default();
        let mut values: Vec<f64> =
            declared.and_then(|p| p.default.as_ref()).map(|n| rational(n).to_f64()).into_iter().collect();
        values.extend(TRIED);
        if let (Some((l, _)), Some((u, _))) = (&range.lower, &range.upper) {
            let (l, u) = (l.to_f64(), u.to_f64());
            values.extend([0.5, 0.25, 0.75, 0.0, 1.0, 0.0625, 0.9375].map(|f| l + f * (u - l)));
        } else if let Some((l, _)) = &range.lower {
            values.extend(TRIED.map(|v| l.to_f64() + v));
        } else if let Some((u, _)) = &range.upper {
            values.extend(TRIED.map(|v| u.to_f64() + v));
        }
        values.retain(|v| range.contains(*v));
        let mut distinct: Vec<f64> = Vec::new();
        for v in values {
            if !distinct.contains(&v) {
                distinct.push(v);
            }
        }
        free.push((name.clone(), distinct));
    }
    let mut points = vec![BTreeMap::new()];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and MOST_SAMPLES")]
    let most = (MOST_SAMPLES as f64).powf(1.0 / free.len().max(1) as f64).max(1.0) as usize;
    for (name, values) in &free {
        points = points
            .iter()
            .flat_map(|p: &BTreeMap<String, f64>| {
                values.iter().take(most).map(move |v| {
                    let mut extended = p.clone();
                    extended.insert(name.clone(), *v);
                    extended
                })
            })
            .collect();
    }
    points
}

/// A sample where the formula has the given truth.
pub(crate) fn sample_where(eq: &Equation, formula: &Formula, truth: bool) -> Option<BTreeMap<String, f64>> {
    samples(eq).into_iter().find(|params| formula.at(&eq.point(params)) == Some(truth))
}

/// Which of the growth rates at one k count.
pub(crate) fn branches_that_count(rates: &[(f64, f64)], problem: Problem) -> Vec<bool> {
    if problem != Problem::HalfSpace {
        return vec![true; rates.len()];
    }
    let size = rates.iter().map(|(re, im)| re.hypot(*im)).fold(0.0, f64::max);
    rates.iter().map(|(re, _)| *re <= 1e-12 * size).collect()
}

/// The largest growth rate among the branches that count; where every branch grows, the smallest there is.
fn growth(eq: &Equation, point: &[f64], problem: Problem) -> Option<f64> {
    let rates = growth_rates(eq, point);
    let counts = branches_that_count(&rates, problem);
    if !counts.contains(&true) {
        return rates.iter().map(|(re, _)| *re).reduce(f64::min).filter(|r| r.is_finite());
    }
    rates.iter().zip(counts).filter(|(_, c)| *c).map(|((re, _), _)| *re).reduce(f64::max).filter(|r| r.is_finite())
}

/// Directions searched: the axes and the diagonals of pairs of axes.
fn directions(eq: &Equation) -> Vec<Vec<f64>> {
    let Space::Components(n) = eq.space else { return vec![vec![1.0]] };
    let n = n as usize;
    let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let mut list: Vec<Vec<f64>> = (0..n).map(unit).collect();
    for i in 0..n {
        for j in i + 1..n {
            for sign in [1.0, -1.0] {
                let mut direction = unit(i);
                direction[j] = sign;
                list.push(direction);
            }
        }
    }
    let mirrored: Vec<Vec<f64>> = list.iter().map(|d| d.iter().map(|x| -x).collect()).collect();
    list.extend(mirrored);
    list
}

/// Writes a wave vector into a point of all ring variables.
fn set_wave_vector(eq: &Equation, point: &mut [f64], k: &[f64]) {
    let norm = k.iter().map(|x| x * x).sum::<f64>().sqrt();
    for index in 0..eq.ring.meanings.len() {
        match &eq.ring.meanings[index] {
            Meaning::Radial => point[RADIAL] = norm.powf(1.0 / f64::from(eq.ring.root)),
            Meaning::Component(axis) => {
                point[K1 + *axis as usize - 1] = k.get(*axis as usize - 1).copied().unwrap_or(0.0)
            }
            Meaning::SymbolicPower { exponent, .. } => point[index] = norm.powf(evaluate(exponent, point).0),
            _ => {}
        }
    }
}

/// A wave vector whose growth rate is not below that at k = 0, for parameters where C2 is false; one that is
/// clearly above is preferred to one that is equal.
pub(crate) fn against_c2(eq: &Equation, problem: Problem, formula: &Formula) -> Option<Witness> {
    let mut equal = None;
    let candidates = samples(eq).into_iter().filter(|p| formula.at(&eq.point(p)) != Some(true)).take(200);
    for params in candidates {
        let mut point = eq.point(&params);
        set_wave_vector(eq, &mut point, &[]);
        let Some(at_zero) = growth(eq, &point, problem) else { continue };
        for magnitude in [1.0, 2.0, 0.5, 4.0, 0.25, 8.0, 0.1, 10.0, 0.01, 100.0, 1.5, 0.75, 3.0, 1e-3, 1e3] {
            for direction in directions(eq) {
                let k: Vec<f64> = direction.iter().map(|x| x * magnitude).collect();
                set_wave_vector(eq, &mut point, &k);
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
    equal
}

fn growing(k: Vec<f64>, params: BTreeMap<String, f64>, rate: f64, at_zero: f64) -> Witness {
    let (rate, at_zero) = (rate + 0.0, at_zero + 0.0);
    let text = format!(
        "at k = {}{} the growth rate Im omega is {rate}, not below Im omega(0) = {at_zero}",
        vector(&k),
        assignments(&params),
    );
    Witness { k, params, growth_rate: Some(rate), growth_rate_at_zero: Some(at_zero), text }
}

/// The wave k = 0 oscillates instead of decaying.
pub(crate) fn at_band(eq: &Equation) -> Option<Witness> {
    for params in samples(eq) {
        let mut point = eq.point(&params);
        set_wave_vector(eq, &mut point, &[]);
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
///
/// With p̂ = exp(−ψ t) a non-negative density needs Re ψ(k) ≥ Re ψ(0), and √|ψ(2k) − ψ(0)| ≤ 2 √|ψ(k) − ψ(0)| (the
/// square root of a negative-definite function is subadditive). The density of two wave branches in N ≥ 2 needs
/// p̂(k) ≥ −0.403 p̂(0), the least value of the mean of a plane wave over a circle.
pub(crate) fn against_c1(eq: &Equation, problem: Problem, formula: &Formula) -> Option<Witness> {
    let candidates = samples(eq).into_iter().filter(|p| formula.at(&eq.point(p)) == Some(false)).take(200);
    for params in candidates {
        let mut point = eq.point(&params);
        let found = match eq.order() {
            1 => against_levy_exponent(eq, &mut point),
            2 if problem == Problem::Evolution && eq.dims.only() != Some(1) => against_wave_front(eq, &mut point),
            _ => None,
        };
        if let Some((k, text)) = found {
            let text = format!("{text}{}", assignments(&params));
            return Some(Witness { k, params, text, ..Witness::default() });
        }
    }
    None
}

fn against_levy_exponent(eq: &Equation, point: &mut [f64]) -> Option<(Vec<f64>, String)> {
    let mut psi = |k: &[f64]| {
        set_wave_vector(eq, point, k);
        growth_rates(eq, point).first().map(|(re, im)| (-re, -im))
    };
    let zero = psi(&[])?;
    for direction in directions(eq) {
        for magnitude in [1.0, 2.0, 4.0, 10.0, 0.5, 0.1] {
            let k: Vec<f64> = direction.iter().map(|x| x * magnitude).collect();
            let twice: Vec<f64> = k.iter().map(|x| 2.0 * x).collect();
            let (one, two) = (psi(&k)?, psi(&twice)?);
            if one.0 < zero.0 - 1e-9 * (one.0.abs() + zero.0.abs()) {
                let text = format!(
                    "|p-hat(k, t)| = exp({} t) exceeds p-hat(0, t) = exp({} t) at k = {}",
                    -one.0 + 0.0,
                    -zero.0 + 0.0,
                    vector(&k)
                );
                return Some((k, text));
            }
            let size = |z: (f64, f64)| (z.0 - zero.0).hypot(z.1 - zero.1).sqrt();
            if size(two) > 2.0 * size(one) * (1.0 + 1e-9) {
                let text = format!(
                    "sqrt|psi(2k)| = {} exceeds 2 sqrt|psi(k)| = {} at k = {} (psi = -s, psi(0) subtracted)",
                    size(two),
                    2.0 * size(one),
                    vector(&k)
                );
                return Some((k, text));
            }
        }
    }
    None
}

/// p̂(k, t) of p = a φ_t + b φ with φ = 0, a φ_t = 1 is (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂); looked at half a period.
fn against_wave_front(eq: &Equation, point: &mut [f64]) -> Option<(Vec<f64>, String)> {
    const LEAST_MEAN: f64 = -0.402_759_4;
    for magnitude in [1.0, 10.0, 100.0, 1e3, 1e4, 1e6] {
        set_wave_vector(eq, point, &[magnitude]);
        let rates = growth_rates(eq, point);
        let [(re, im), _] = rates[..] else { return None };
        if im == 0.0 {
            continue;
        }
        let t = std::f64::consts::PI / im.abs();
        // The sine vanishes at half a period and leaves −e^{re t}.
        let value = -(re * t).exp();
        set_wave_vector(eq, point, &[]);
        let at_zero = two_branch_mass(&growth_rates(eq, point), t)?;
        if value < LEAST_MEAN * at_zero {
            let text = format!(
                "in N >= 2 a density needs p-hat(k, t) >= -0.403 p-hat(0, t), but it is {value:.6} against \
                 p-hat(0, t) = {at_zero:.6} at k = {magnitude}, t = {t:.6}"
            );
            return Some((vec![magnitude], text));
        }
    }
    None
}

/// (s₁ e^{s₂t} − s₂ e^{s₁t})/(s₁ − s₂) for two real or two conjugate growth rates.
fn two_branch_mass(rates: &[(f64, f64)], t: f64) -> Option<f64> {
    let [(x, u), (y, _)] = rates[..] else { return None };
    if u != 0.0 {
        return Some((x * t).exp() * ((u * t).cos() - x / u * (u * t).sin()));
    }
    if (x - y).abs() < 1e-9 * (1.0 + x.abs()) {
        return Some((x * t).exp() * (1.0 - x * t));
    }
    Some((x * (y * t).exp() - y * (x * t).exp()) / (x - y))
}

fn vector(k: &[f64]) -> String {
    match k {
        [single] => single.to_string(),
        _ => format!("({})", k.iter().map(f64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// `, eps = 1, m = 2`, or nothing.
fn assignments(params: &BTreeMap<String, f64>) -> String {
    params.iter().map(|(name, value)| format!(", {name} = {value}")).collect()
}
