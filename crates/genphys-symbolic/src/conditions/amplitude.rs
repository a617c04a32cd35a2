//! C2 with coefficients that depend on the time, or with linear drift in x (theory, section 3): the amplitude of a
//! mode takes the place of exp(s t). First order in time, φ̂_t = −ψ(k, t) φ̂, so that
//!
//!   |p̂(k, t)/p̂(0, t)| = exp(−∫ Re(ψ(k, τ) − ψ(0, τ)) dτ),
//!
//! which must lie below 1 for every k ≠ 0 and tend to 0 at the end of the time interval. Linear drift φ_t = θ ∇·(x φ)
//! is a change of scale, y = x e^{Θ}, Θ = ∫θ, in which ψ(k, τ) becomes ψ(e^{Θ(τ)} k, τ).

use super::c2::C2;
use crate::equation::{Equation, time_range};
use crate::formula::Formula;
use crate::petrovsky::{self, Kind};
use crate::positivity::{Space, monomials};
use crate::print;
use crate::ring::{CPoly, Poly, lowest_terms};
use crate::time::{Total, at_all_times, integrable_at_start, integral, total};
use crate::{operator, time};

pub(super) const RULE: &str = "mode-amplitude";

/// Decides C2 for an equation of first order in time.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C2 {
    let (difference, denominator) = rate_difference(eq, a0, a1);
    let definite = if eq.ring.has_wave(&denominator) {
        Formula::all([Formula::positive(&eq.ring.at_zero(&denominator)), eq.positive(&denominator)])
    } else {
        Formula::positive(&denominator)
    };
    let definite = at_all_times(eq, &definite.simplify(&eq.oracle));
    let (evolution, falls) = match at_all_times(eq, &eq.positive(&difference)) {
        Formula::True => (Formula::True, Formula::True),
        _ if rarely_zero(eq, &difference) => (Formula::True, Formula::True),
        at_each => {
            let bounded = petrovsky::first_order(eq, &real_part(a0, a1), &denominator, &Formula::False).evolution;
            (at_all_times(eq, &bounded), accumulated(eq, &difference, &denominator, at_each))
        }
    };
    let kind = Kind { evolution, half_space: Formula::False };
    let (forgets, further) = forgets(eq, &difference, &denominator);
    let started = integrable_at_start(eq, &difference, &denominator);
    let started = match started {
        Some(true) => Formula::True,
        Some(false) => Formula::False,
        None => Formula::Unknown("whether the decay rate is integrable at the start".into()),
    };
    let formula = Formula::all([definite, kind.evolution.clone(), started.clone(), falls.clone(), forgets.clone()])
        .simplify(&eq.oracle);
    if started == Formula::False {
        let why = "the decay rate is not integrable at the start: every wave is gone at once, and with it the data";
        return C2::new(RULE, Formula::False, kind, why);
    }
    let rate = print::fraction(&eq.ring, &CPoly::real(difference.clone()), &denominator);
    let because = match (&formula, &falls, &forgets) {
        (Formula::False, Formula::False, _) => {
            format!(
                "the rate {rate} at which the amplitude of a mode decays is not positive for every wave at all times"
            )
        }
        (Formula::False, _, Formula::False) => {
            "the integral of the decay rate of a wave stays finite: its amplitude does not tend to 0, and the data are \
             never forgotten"
                .to_string()
        }
        _ => {
            let moving = if eq.motion.is_some() { ", in coordinates that move with the drift" } else { "" };
            format!(
                "the amplitude of a mode decays at the rate {rate}, which is positive at all times and has a divergent \
                 integral{moving}"
            )
        }
    };
    let mut c2 = C2::new(RULE, formula, kind, because);
    c2.further = further;
    c2
}

fn real_part(a0: &CPoly, a1: &CPoly) -> Poly {
    a0.mul(&a1.conj()).re
}

/// Re(ψ(k) − ψ(0)) as numerator and positive denominator.
fn rate_difference(eq: &Equation, a0: &CPoly, a1: &CPoly) -> (Poly, Poly) {
    if a1.is_real() && !eq.ring.has_wave(&a1.re) {
        let numerator = &a0.re * &a1.re;
        return (&numerator - &eq.ring.at_zero(&numerator), &a1.re * &a1.re);
    }
    let (numerator, denominator) = (real_part(a0, a1), a1.norm());
    let (n0, d0) = (eq.ring.at_zero(&numerator), eq.ring.at_zero(&denominator));
    (&(&numerator * &d0) - &(&n0 * &denominator), &denominator * &d0)
}

/// The integral of the rate from the start is positive at every later time: exact where it is a polynomial in t.
fn accumulated(eq: &Equation, difference: &Poly, denominator: &Poly, at_each: Formula) -> Formula {
    let exact = if eq.motion.is_none() && !eq.ring.has_time(denominator) { integral(eq, difference) } else { None };
    match exact {
        Some(sum) => at_all_times(eq, &eq.positive(&sum)),
        None if at_each == Formula::False && !eq.ring.has_time(difference) => Formula::False,
        None => Formula::any([at_each, Formula::Unknown("the sign of an integral over the time".into())]),
    }
}

/// A rate Σ c_j(t) |k|^{a_j} with c_j ≥ 0 that are analytic in t and hence zero at isolated times at most, as 1 + sin(t).
fn rarely_zero(eq: &Equation, difference: &Poly) -> bool {
    let weights = monomials(difference, &eq.ring);
    eq.motion.is_none()
        && eq.space == Space::Radial
        && !eq.ring.has_atom(difference)
        && !eq.has_parameters()
        && !weights.is_empty()
        && weights
            .iter()
            .all(|(_, c)| at_all_times(eq, &Formula::non_negative(c)).simplify(&eq.oracle) == Formula::True)
}

/// Whether the amplitude tends to 0 at the end of the interval, for every k ≠ 0, given that it falls.
fn forgets(eq: &Equation, difference: &Poly, denominator: &Poly) -> (Formula, Vec<String>) {
    let modes = monomials(difference, &eq.ring);
    let totals: Vec<Total> = modes.iter().map(|(_, c)| total(eq, c, denominator)).collect();
    if eq.motion.is_none() && totals.iter().all(|t| *t == Total::Converges) {
        return finite(eq);
    }
    // Every mode rises with |k| when all weights are non-negative, or when the form is semidefinite.
    let rising = Formula::all(modes.iter().map(|(_, c)| at_all_times(eq, &Formula::non_negative(c))));
    let (enough, monotone) = match eq.space {
        Space::Radial => (totals.contains(&Total::Diverges), rising.simplify(&eq.oracle)),
        // A diagonal form, or one constant form times a function of the time; anything else is left open.
        Space::Components(_) => {
            let diagonal = modes.iter().all(|(key, _)| key.iter().filter(|e| **e > 0).count() == 1);
            let proportional = modes.first().is_some_and(|(_, first)| {
                modes.iter().all(|(_, c)| {
                    let (first, c) = lowest_terms(first, c);
                    !eq.ring.has_time(&first) && !eq.ring.has_time(&c)
                })
            });
            let enough = (diagonal || proportional) && totals.iter().all(|t| *t == Total::Diverges);
            (enough, Formula::True)
        }
    };
    let open = || Formula::Unknown("whether the amplitude tends to 0 at the end of the time interval".into());
    let answer = match &eq.motion {
        None if enough => monotone,
        // φ_t = −(c/a1) ∇·(x φ): contracting where c/a1 ≤ 0. Constant θ < 0 gives ∫ e^{−aΘ} < ∞.
        Some(c) if enough => {
            let contracting = at_all_times(eq, &Formula::non_negative(&-(c * &eq.a[1].re))).simplify(&eq.oracle);
            match contracting {
                Formula::True => monotone,
                contracting if !eq.depends_on_time() => Formula::all([contracting, monotone]),
                _ => open(),
            }
        }
        _ => open(),
    };
    (answer, Vec::new())
}

/// All integrals are finite: at the end of an infinite interval the data are never forgotten; a finite interval can
/// only promise what is left at its end.
fn finite(eq: &Equation) -> (Formula, Vec<String>) {
    match time_range(eq.pde).upper {
        None => (Formula::False, Vec::new()),
        Some((end, _)) => {
            let end = print::number(&end);
            let name = &eq.pde.time.name;
            (Formula::True, vec![format!("data whose waves have decayed by {name} = {end}")])
        }
    }
}

/// The amplitude as text, where the integrals have one.
pub(crate) fn amplitude(eq: &Equation) -> Option<String> {
    Some(format!("exp(-{})", print::grouped(&exponent(eq)?)))
}

/// E in the amplitude e^{−E}.
pub(crate) fn exponent(eq: &Equation) -> Option<String> {
    let [a0, a1] = eq.a.as_slice() else { return None };
    if !eq.depends_on_time() && eq.motion.is_none() {
        return None;
    }
    let (difference, denominator) = rate_difference(eq, a0, a1);
    if eq.ring.has_wave(&denominator) {
        return None;
    }
    let mut parts = Vec::new();
    for (key, c) in monomials(&difference, &eq.ring).into_iter().rev() {
        let sum = accumulated_text(eq, &key, &c, &denominator)?;
        let wave = wave_text(eq, &key);
        parts.push(match sum.as_str() {
            "1" => wave,
            "0" => continue,
            _ => format!("{}*{wave}", print::grouped(&sum)),
        });
    }
    Some(operator::join(parts))
}

fn wave_text(eq: &Equation, key: &[u16]) -> String {
    let mut monomial = vec![0; eq.ring.vars.len()];
    for (index, e) in eq.ring.wave_variables().into_iter().zip(key) {
        monomial[index] = *e;
    }
    print::poly(&eq.ring, &eq.ring.zero().monomial(1.into(), monomial))
}

/// ∫ c e^{aΘ} dτ for a monomial of degree a in |k|, as text.
pub(crate) fn accumulated_text(eq: &Equation, key: &[u16], c: &Poly, denominator: &Poly) -> Option<String> {
    if eq.motion.is_none() {
        return time::integral_text(eq, c, denominator);
    }
    let degree = degree(eq, key)?;
    let (theta, theta_den) = drift_rate(eq)?;
    // c/den = ratio·θ with a ratio free of the time: ∫ θ e^{aΘ} = (e^{aΘ} − 1)/a.
    let (top, bottom) = (c * &theta_den, denominator * &theta);
    let ratio = lowest_terms(&top, &bottom);
    if eq.ring.has_time(&ratio.0) || eq.ring.has_time(&ratio.1) {
        return None;
    }
    let ratio = print::fraction(&eq.ring, &CPoly::real(ratio.0), &ratio.1);
    let theta = drift_text(eq)?;
    Some(format!("{}/{degree}*(exp({degree}*{}) - 1)", print::grouped(&ratio), print::grouped(&theta)))
}

/// The degree in |k| of a monomial, as text of a whole or decimal number.
fn degree(eq: &Equation, key: &[u16]) -> Option<String> {
    let mut total = symbolica::domains::rational::Rational::from(0);
    for (index, e) in eq.ring.wave_variables().into_iter().zip(key).filter(|(_, e)| **e > 0) {
        let one = match eq.ring.meanings[index] {
            crate::ring::Meaning::Radial => (1, i64::from(eq.ring.root)).into(),
            crate::ring::Meaning::Component(_) => symbolica::domains::rational::Rational::from(1),
            _ => return None,
        };
        total = &total + &(&one * &symbolica::domains::rational::Rational::from(i64::from(*e)));
    }
    Some(print::number(&total))
}

/// θ in φ_t = θ ∇·(x φ) + …, as a quotient.
fn drift_rate(eq: &Equation) -> Option<(Poly, Poly)> {
    let c = eq.motion.as_ref()?;
    let a1 = eq.a.get(1)?;
    a1.is_real().then(|| (-c.clone(), a1.re.clone()))
}

/// Θ(t) = ∫θ as text.
pub(crate) fn drift_text(eq: &Equation) -> Option<String> {
    let (theta, den) = drift_rate(eq)?;
    time::integral_text(eq, &theta, &den)
}

/// |p̂(k, t)/p̂(0, t)| as a number, for parameters at a point; `None` where two numbers of steps do not agree, as for an
/// integral that diverges.
pub(crate) fn mode_amplitude(
    eq: &Equation,
    params: &std::collections::BTreeMap<String, f64>,
    k: f64,
    t: f64,
) -> Option<f64> {
    let [coarse, fine] = [125, 250].map(|steps| log_amplitude(eq, params, k, t, steps));
    let (coarse, fine) = (coarse?, fine?);
    ((fine - coarse).abs() <= 1e-5 * (1.0 + fine.abs())).then(|| fine.exp()).filter(|a| a.is_finite())
}

/// By Gauss's rule with two points a step; the drift is followed by the Runge-Kutta method of the same points.
fn log_amplitude(
    eq: &Equation,
    params: &std::collections::BTreeMap<String, f64>,
    k: f64,
    t: f64,
    steps: u32,
) -> Option<f64> {
    let start = time_range(eq.pde).lower.map_or(0.0, |(l, _)| l.to_f64());
    let mut at = params.clone();
    let mut point_at = |time: f64| {
        at.insert(eq.pde.time.name.clone(), time);
        eq.point(&at)
    };
    let rate = |point: &mut [f64], wave: f64| -> Option<f64> {
        let mut decay = |k: f64| {
            eq.set_wave_vector(point, &[k]);
            crate::dispersion::growth_rates(eq, point).first().map(|s| -s.0)
        };
        Some(decay(wave)? - decay(0.0)?)
    };
    let drift = |point: &[f64]| match (&eq.motion, eq.a.get(1)) {
        (Some(c), Some(a1)) => -crate::ring::evaluate(c, point).0 / crate::ring::evaluate(&a1.re, point).0,
        _ => 0.0,
    };
    // τ = start + (t − start) u⁴ softens an integrable singularity at the start.
    let (mut sum, mut theta) = (0.0, 0.0);
    let offset = 3.0_f64.sqrt() / 6.0;
    for step in (0..steps).map(f64::from) {
        let nodes = [0.5 - offset, 0.5 + offset].map(|c| {
            let u = (step + c) / f64::from(steps);
            let weight = 4.0 * (t - start) * u.powi(3) / f64::from(steps);
            (point_at(start + (t - start) * u.powi(4)), weight)
        });
        let moved = [0, 1].map(|i| drift(&nodes[i].0) * nodes[i].1);
        let thetas = [
            theta + 0.25 * moved[0] + (0.25 - offset) * moved[1],
            theta + (0.25 + offset) * moved[0] + 0.25 * moved[1],
        ];
        for ((mut point, weight), theta) in nodes.into_iter().zip(thetas) {
            sum += 0.5 * rate(&mut point, k * theta.exp())? * weight;
        }
        theta += 0.5 * (moved[0] + moved[1]);
    }
    Some(-sum)
}
