//! C2 with coefficients that depend on the time, or with linear drift in x (theory, section 3): the amplitude of a
//! mode takes the place of exp(s t). First order in time, φ̂_t = −ψ(k, t) φ̂, so that
//!
//!   |p̂(k, t)/p̂(0, t)| = exp(−∫ Re(ψ(k, τ) − ψ(0, τ)) dτ),
//!
//! which must lie below 1 for every k ≠ 0 and tend to 0 at the end of the time interval. Linear drift φ_t = θ ∇·(x φ)
//! is a change of scale, y = x e^{Θ}, Θ = ∫θ, in which ψ(k, τ) becomes ψ(e^{Θ(τ)} k, τ).

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, lowest_terms};
use crate::claims::answer::C2;
use crate::claims::schedule;
use crate::claims::schedule::Schedule;
use crate::equation::clock::{Clocks, Group};
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use crate::equation::petrovsky::Kind;
use crate::equation::time;
use crate::equation::time::{Total, at_all_times, integrable_at_start, integral, total, without_logarithms};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::PRIOR_ERROR;
use symbolica::domains::rational::Rational;

pub(super) const RULE: &str = "mode-amplitude";

/// Decides C2 for an equation of first order in time.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C2 {
    if !has_rate_at_rest(eq, a1) {
        let open = || Formula::Unknown("no growth rate at k = 0".into());
        return C2::new(RULE, open(), Kind { evolution: open(), half_space: Formula::False }, "");
    }
    let (difference, denominator) = rate_difference(eq, a0, a1);
    let definite = if eq.ring.has_wave(&denominator) {
        Formula::all([Formula::positive(&eq.ring.at_zero(&denominator)), eq.positive(&denominator)])
    } else {
        Formula::positive(&denominator)
    };
    let definite = at_all_times(eq, &definite.simplify(&eq.oracle));
    let schedule = Schedule::new(eq, &difference, &denominator);
    let started = match &schedule {
        // The mass, k = 0, is left out of what C2 compares with it.
        Some(schedule) if a1.is_real() && !eq.ring.has_wave(&a1.re) => {
            let moving = &a0.re - &eq.ring.at_zero(&a0.re);
            schedule::starts(eq, &schedule.clocks, [&moving, &eq.ring.zero()], &a1.re)
        }
        Some(schedule) => schedule::starts(eq, &schedule.clocks, [&a0.re, &a0.im], &a1.re),
        None => match integrable_at_start(eq, &difference, &denominator) {
            Some(true) => Formula::True,
            Some(false) => Formula::False,
            None => Formula::Unknown("whether the decay rate is integrable at the start".into()),
        },
    };
    let (evolution, falls, forgets, further) = match schedule.as_ref().and_then(|s| Some((s, s.single()?))) {
        Some((schedule, group)) => of_one_clock(eq, schedule, group),
        None => of_several_clocks(eq, a0, a1, &difference, &denominator, schedule.as_ref()),
    };
    let kind = Kind { evolution, half_space: Formula::False };
    let formula = Formula::all([definite, kind.evolution.clone(), started.clone(), falls.clone(), forgets.clone()])
        .simplify(&eq.oracle);
    let formula = without_logarithms(eq, &formula);
    if started == Formula::False {
        let why = "the decay rate is not integrable at the start: every wave is gone at once, and with it the data";
        return C2::new(RULE, Formula::False, kind, why);
    }
    let rate = print::fraction(&eq.ring, &CPoly::real(difference.clone()), &denominator);
    let moving = if eq.motion.is_some() { ", in coordinates that move with the drift" } else { "" };
    let because = match (&formula, &falls, &forgets) {
        (Formula::False, Formula::False, _) => {
            format!(
                "the integral of the rate {rate} at which the amplitude of a mode decays is not positive for every wave at \
                 all times"
            )
        }
        (Formula::False, _, Formula::False) if time_range(eq.pde).upper.is_some() => {
            format!("the amplitude of a mode is back at its first value at the end of the time interval{moving}")
        }
        (Formula::False, _, Formula::False) => {
            "the integral of the decay rate of a wave stays finite: its amplitude does not tend to 0, and the data are \
             never forgotten"
                .to_string()
        }
        _ if !further.is_empty() => {
            format!(
                "the amplitude of a mode decays at the rate {rate}, whose integral is positive at all times but finite at the \
                 end of the interval{moving}: the data are smoothed, and what is left of them is the prior error"
            )
        }
        _ => {
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

/// Evolution, falling and forgetting, and the further condition of a finite interval.
type Parts = (Formula, Formula, Formula, Vec<String>);

/// exp(−C(t) Q(k)): exact.
fn of_one_clock(eq: &Equation, schedule: &Schedule<'_>, group: &Group) -> Parts {
    let signs = schedule.signs(group, true);
    let one = eq.ring.integer(1);
    let minus = -group.form.clone();
    let either = |of: &dyn Fn(&Poly) -> Formula| {
        let parts = [(&signs.positive, &group.form), (&signs.negative, &minus)];
        Formula::any(parts.map(|(sign, form)| match sign {
            Formula::False => Formula::False,
            sign => Formula::all([sign.clone(), of(form)]),
        }))
        .simplify(&eq.oracle)
    };
    let falls = either(&|form| eq.positive(form));
    let evolution = match &falls {
        Formula::True => Formula::True,
        _ => either(&|form| petrovsky::first_order(eq, form, &one, &Formula::False).evolution),
    };
    let diverges = schedule.diverges(group);
    if time_range(eq.pde).upper.is_none() || diverges == Formula::True || !diverges.unknowns().is_empty() {
        return (evolution, falls, diverges, Vec::new());
    }
    // A finite clock: what is left must not be all of it.
    let rate = &group.num * &group.den;
    let keeps = |p: &Poly| schedule::keeps_sign(eq, p) == Formula::True;
    let left = if keeps(&rate) || keeps(&-rate.clone()) {
        Formula::True
    } else {
        let end = schedule.value_at_end(group);
        let sign = |relation: fn(&Poly) -> Formula| match &end {
            Some(value) => relation(value).simplify(&eq.oracle),
            None => Formula::Unknown("the value of a clock at the end of the interval".into()),
        };
        either(&|form| {
            let relation = if *form == group.form { Formula::positive } else { Formula::negative };
            sign(relation)
        })
    };
    let further = finite(eq, &diverges);
    (evolution, falls, Formula::any([diverges, left]).simplify(&eq.oracle), further)
}

/// exp(−Σ C_i(t) Q_i(k)).
fn of_several_clocks(
    eq: &Equation,
    a0: &CPoly,
    a1: &CPoly,
    difference: &Poly,
    denominator: &Poly,
    schedule: Option<&Schedule<'_>>,
) -> Parts {
    if schedule.is_some_and(|s| comes_back_on_an_axis(eq, s)) {
        return (Formula::True, Formula::False, Formula::True, Vec::new());
    }
    let rising: Option<Vec<(&Group, Formula)>> = schedule.and_then(|s| {
        let grows = |g: &Group| s.signs(g, true).positive == Formula::True && is_non_negative(eq, &g.form);
        s.groups.iter().map(|g| grows(g).then(|| (g, s.diverges(g)))).collect()
    });
    let sum = |list: &mut dyn Iterator<Item = &Group>| list.fold(eq.ring.zero(), |sum, g| &sum + &g.form);
    let (evolution, falls) = match at_all_times(eq, &eq.positive(difference)) {
        Formula::True => (Formula::True, Formula::True),
        _ if rarely_zero(eq, difference) => (Formula::True, Formula::True),
        _ if rising.as_ref().is_some_and(|list| {
            eq.positive(&sum(&mut list.iter().map(|(g, _)| *g))).simplify(&eq.oracle) == Formula::True
        }) =>
        {
            (Formula::True, Formula::True)
        }
        at_each => {
            let bounded = petrovsky::first_order(eq, &real_part(a0, a1), denominator, &Formula::False).evolution;
            (at_all_times(eq, &bounded), accumulated(eq, difference, denominator, at_each))
        }
    };
    if let Some(list) = &rising {
        let spreading = sum(&mut list.iter().filter(|(_, d)| *d == Formula::True).map(|(g, _)| *g));
        if !spreading.is_zero() && eq.positive(&spreading).simplify(&eq.oracle) == Formula::True {
            return (evolution, falls, Formula::True, Vec::new());
        }
        // What is bounded in some direction: at the end of a finite interval something is left there.
        if let (true, Some(schedule)) = (time_range(eq.pde).upper.is_some(), schedule) {
            let left = |g: &Group| {
                never_falls(eq, g) || schedule.value_at_end(g).is_some_and(|v| eq.oracle.signs(&v).always_positive())
            };
            if list.iter().all(|(g, d)| left(g) && d.unknowns().is_empty()) {
                return (evolution, falls, Formula::True, finite(eq, &Formula::False));
            }
            let open = "what is left of each clock at the end of the interval";
            return (evolution, falls, Formula::Unknown(open.into()), Vec::new());
        }
        // Exact: at a k where no form with a divergent clock is positive the amplitude stays away from 0.
        if list.iter().all(|(_, d)| matches!(d, Formula::True | Formula::False)) {
            return (evolution, falls, eq.positive(&spreading).simplify(&eq.oracle), Vec::new());
        }
    }
    let modes = monomials(difference, &eq.ring);
    let bounded = modes.iter().all(|(_, c)| total(eq, c, denominator) == Total::Converges);
    match (bounded && eq.motion.is_none(), time_range(eq.pde).upper.is_some()) {
        (true, false) => (evolution, falls, Formula::False, Vec::new()),
        (true, true) if at_all_times(eq, &eq.positive(difference)) == Formula::True => {
            (evolution, falls, Formula::True, finite(eq, &Formula::False))
        }
        _ => (evolution, falls, forgets(eq, difference, denominator), Vec::new()),
    }
}

/// Along an axis one clock counts, and that one is back at 0 after a period.
fn comes_back_on_an_axis(eq: &Equation, schedule: &Schedule<'_>) -> bool {
    let Space::Components(n) = eq.space else { return false };
    (0..n as usize).any(|axis| {
        let on_axis = |form: &Poly| {
            let others = (0..n as usize).filter(|i| *i != axis);
            others.fold(form.clone(), |form, i| form.replace(crate::algebra::ring::K1 + i, &Rational::from(0)))
        };
        let mut counting = schedule.groups.iter().filter(|g| !on_axis(&g.form).is_zero());
        matches!((counting.next(), counting.next()), (Some(group), None) if schedule.comes_back(group))
    })
}

/// The rate is not negative at any time.
fn never_falls(eq: &Equation, group: &Group) -> bool {
    schedule::keeps_sign(eq, &(&group.num * &group.den)) == Formula::True
}

/// Q ≥ 0 for every k: definite, or even powers with weights that are not negative.
fn is_non_negative(eq: &Equation, form: &Poly) -> bool {
    let even = monomials(form, &eq.ring).iter().all(|(key, c)| {
        let components = eq.ring.wave_variables();
        let even = key.iter().zip(components).all(|(e, i)| !is_component(eq, i) || e % 2 == 0);
        even && eq.oracle.signs(c).never_negative()
    });
    even || eq.positive(form).simplify(&eq.oracle) == Formula::True
}

fn is_component(eq: &Equation, index: usize) -> bool {
    matches!(eq.ring.meanings[index], crate::algebra::ring::Meaning::Component(_))
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

/// A rate Σ c_j(t) |k|^{a_j} with c_j ≥ 0 that are analytic in t and hence zero at isolated times at most, as 1 +
/// sin(t).
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
fn forgets(eq: &Equation, difference: &Poly, denominator: &Poly) -> Formula {
    let modes = monomials(difference, &eq.ring);
    let totals: Vec<Total> = modes.iter().map(|(_, c)| total(eq, c, denominator)).collect();
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
    match &eq.motion {
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
    }
}

/// The further condition where a finite interval ends with a finite clock: it can only promise what is left at its end.
/// `diverges` says for which parameters it is not finite.
fn finite(eq: &Equation, diverges: &Formula) -> Vec<String> {
    let at_end = prior_error_at_end(eq.pde);
    let unless = match diverges {
        Formula::False | Formula::Unknown(_) => None,
        other => Some(print::conditions(&eq.ring, &without_logarithms(eq, other)).join(" and ")),
    };
    at_end.map(|text| unless.map_or(text.clone(), |unless| format!("{text}, unless {unless}"))).into_iter().collect()
}

/// The condition that what is left of the data at the end of a finite interval is accepted.
pub(crate) fn prior_error_at_end(pde: &Pde) -> Option<String> {
    let (end, _) = time_range(pde).upper?;
    Some(format!("{PRIOR_ERROR}{} = {}", pde.time.name, print::number(&end)))
}

/// The amplitude as text, where the integrals have one.
pub(crate) fn amplitude(eq: &Equation) -> Option<String> {
    Some(format!("exp(-{})", print::operand(&exponent(eq)?)))
}

/// Whether the equation is of first order in time at k = 0 as well.
fn has_rate_at_rest(eq: &Equation, a1: &CPoly) -> bool {
    !eq.ring.at_zero(&a1.norm()).is_zero()
}

/// E in the amplitude e^{−E}.
pub(crate) fn exponent(eq: &Equation) -> Option<String> {
    let [a0, a1] = eq.a.as_slice() else { return None };
    if !eq.depends_on_time() && eq.motion.is_none() || !has_rate_at_rest(eq, a1) {
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
    Some(print::join(parts))
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
    in_step_with_the_drift(eq, key, c, denominator).or_else(|| {
        let degree = if eq.motion.is_some() { crate::equation::clock::degree(eq, key)? } else { Rational::from(0) };
        let rate = crate::equation::clock::Rate { num: c, den: denominator, degree };
        Some(genphys_pde::print_expr(&Clocks::new(eq).carried(&rate, 0, 1)?))
    })
}

/// ∫ c dτ of a coefficient that no wave multiplies, as text.
pub(crate) fn mass_text(eq: &Equation, c: &Poly, denominator: &Poly) -> Option<String> {
    time::integral_text(eq, c, denominator).or_else(|| {
        let rate = crate::equation::clock::Rate { num: c, den: denominator, degree: Rational::from(0) };
        Some(genphys_pde::print_expr(&Clocks::new(eq).carried(&rate, 0, 1)?))
    })
}

/// Where the drift has a closed form of its own and the weight changes like it.
pub(crate) fn in_step_with_the_drift(eq: &Equation, key: &[u16], c: &Poly, denominator: &Poly) -> Option<String> {
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
    let over = if degree.contains('/') { format!("({degree})") } else { degree.clone() };
    let ratio = print::grouped(&ratio);
    Some(format!("{ratio}/{over}*(exp({degree}*{}) - 1)", print::operand(&theta)))
}

/// The degree in |k| of a monomial, as text of a whole or decimal number.
fn degree(eq: &Equation, key: &[u16]) -> Option<String> {
    crate::equation::clock::degree(eq, key).map(|total| print::number(&total))
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
    time::integral_text(eq, &theta, &den).or_else(|| Some(genphys_pde::print_expr(&Clocks::new(eq).moving()?)))
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
            crate::equation::dispersion::growth_rates(eq, point).first().map(|s| -s.0)
        };
        Some(decay(wave)? - decay(0.0)?)
    };
    let drift = |point: &[f64]| match (&eq.motion, eq.a.get(1)) {
        (Some(c), Some(a1)) => {
            -crate::algebra::ring::evaluate(c, point).0 / crate::algebra::ring::evaluate(&a1.re, point).0
        }
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
