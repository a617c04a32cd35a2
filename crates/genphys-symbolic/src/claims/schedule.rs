//! First order in time with coefficients in the time or linear drift, φ̂_t = −Σ_i c_i(t) Q_i(k) φ̂ in coordinates that
//! move with the drift: p̂(k, t) = exp(−Σ_i C_i(t) Q_i(k)) with the clocks C_i = ∫ c_i e^{a_iΘ} from the start of the
//! interval. What counts for the density that is put in there is the sign of the clock at each later time, not that of
//! its rate.
//!
//! *C1.* Data can be put in only where every coefficient is integrable at the start. For one clock C that keeps its
//! sign, exp(−C(t) Q) is positive definite at every t exactly where ±Q is a Lévy exponent: C takes all small values,
//! and powers of positive-definite functions are (Schoenberg). For several, sums of such are Lévy exponents, which is
//! sufficient; a local symbol of order above two is refuted in any case (Marcinkiewicz).

use super::c1::closure;
use super::c1::levy::levy_exponent;
use crate::algebra::formula::Formula;
use crate::algebra::ring::{CPoly, Meaning, Poly, lowest_terms};
use crate::claims::answer::C1;
use crate::equation::clock::{Clocks, Group, Rate, by_time, groups};
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use crate::equation::time::{Total, at_all_times, integrable_at_start, integral, is_positive, total};
use crate::trees::calculus::differentiate;
use crate::trees::expression::{mentions, visit};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use std::collections::BTreeMap;

/// Clocks with what is known about their signs.
pub(super) struct Schedule<'a> {
    eq: &'a Equation<'a>,
    pub(super) clocks: Clocks<'a>,
    pub(super) groups: Vec<Group>,
}

/// The clock is (strictly) positive, or negative, at every time inside of the interval.
pub(super) struct Signs {
    pub(super) positive: Formula,
    pub(super) negative: Formula,
}

impl<'a> Schedule<'a> {
    /// `symbol`/`den` is the part of the exponent that changes with k.
    pub(super) fn new(eq: &'a Equation<'a>, symbol: &Poly, den: &Poly) -> Option<Self> {
        if eq.ring.has_wave(den) {
            return None;
        }
        Some(Self { eq, clocks: Clocks::new(eq), groups: groups(eq, symbol, den)? })
    }

    pub(super) fn single(&self) -> Option<&Group> {
        if let [group] = self.groups.as_slice() { Some(group) } else { None }
    }

    /// The sign of the clock of a group; "positive" includes zero where `strict` is false.
    pub(super) fn signs(&self, group: &Group, strict: bool) -> Signs {
        let eq = self.eq;
        let relation = |p: &Poly| if strict { Formula::positive(p) } else { Formula::non_negative(p) };
        let pair = |p: &Poly| Signs {
            positive: relation(p).simplify(&eq.oracle),
            negative: relation(&-p.clone()).simplify(&eq.oracle),
        };
        let rate = &group.num * &group.den;
        let grouped = by_time(eq, &rate);
        if let Some((key, weight)) = grouped.iter().next()
            && grouped.len() == 1
            && is_positive(eq, key)
        {
            return pair(weight);
        }
        if let Some(theta) = self.in_step(group) {
            // ∫ κθ e^{aΘ} = κ (e^{aΘ} − 1)/a has the sign of κΘ.
            let always = |p: &Poly| at_all_times(eq, &relation(p)).simplify(&eq.oracle);
            return Signs { positive: always(&theta), negative: always(&-theta) };
        }
        let keeps = |p: &Poly| keeps_sign(eq, p);
        let (rises, falls) = (keeps(&rate), keeps(&-rate.clone()));
        match (&rises, &falls) {
            (Formula::True, _) => return Signs { positive: Formula::True, negative: Formula::False },
            (_, Formula::True) => return Signs { positive: Formula::False, negative: Formula::True },
            _ => {}
        }
        if eq.motion.is_none()
            && !eq.ring.has_time(&group.den)
            && let Some(sum) = integral(eq, &group.num)
        {
            let sum = &sum * &group.den;
            let always = |p: &Poly| at_all_times(eq, &relation(p)).simplify(&eq.oracle);
            return Signs { positive: always(&sum), negative: always(&-sum) };
        }
        // (e^P − 1)²/e^P, with P ≠ 0.
        if let Some(exponent) = self.clocks.squared(&group.rate()) {
            let always = |p: &Poly| at_all_times(eq, &Formula::positive(p)).simplify(&eq.oracle);
            let moves =
                if strict { Formula::any([always(&exponent), always(&-exponent.clone())]) } else { Formula::True };
            if moves.simplify(&eq.oracle) == Formula::True {
                return Signs { positive: Formula::True, negative: Formula::False };
            }
        }
        if strict && self.comes_back(group) {
            return Signs { positive: Formula::False, negative: Formula::False };
        }
        // A clock that comes back to zero now and then, as 1 − cos t does.
        if !strict {
            let never_below = |factor: i64| self.clocks.is_bounded_below(&group.rate(), factor);
            match (never_below(1), never_below(-1)) {
                (true, _) => return Signs { positive: Formula::True, negative: Formula::False },
                (_, true) => return Signs { positive: Formula::False, negative: Formula::True },
                _ => {}
            }
        }
        match self.clocks.is_positive(&group.rate()) {
            Some(true) => Signs { positive: Formula::True, negative: Formula::False },
            Some(false) => match self.clocks.is_negative(&group.rate()) {
                Some(true) => Signs { positive: Formula::False, negative: Formula::True },
                Some(false) => Signs { positive: Formula::False, negative: Formula::False },
                None => Signs { positive: Formula::False, negative: unknown_sign() },
            },
            None => {
                let or_open = |f: Formula| Formula::any([f, unknown_sign()]);
                Signs { positive: or_open(rises), negative: or_open(falls) }
            }
        }
    }

    /// Whether a clock is 0 again, or on the other side of 0, after a period of a sine or cosine in it, by numbers; the
    /// checker proves it.
    pub(super) fn comes_back(&self, group: &Group) -> bool {
        let (eq, time) = (self.eq, &self.eq.pde.time.name);
        let Some(clock) = self.clocks.carried(&group.rate(), 0, 1) else { return false };
        let mut speeds = Vec::new();
        visit(&clock, &mut |e| {
            if let ExprKind::Function { function: ScalarFunction::Sin | ScalarFunction::Cos, argument } = &e.kind
                && let Some(speed) = differentiate(argument, time).filter(|w| !mentions(w, time))
            {
                speeds.push(speed);
            }
        });
        let range = time_range(eq.pde);
        let Some(start) = range.lower.map(|(l, _)| l.to_f64()) else { return false };
        let value = |point: &BTreeMap<String, f64>, t: f64| {
            let mut point = point.clone();
            point.insert(time.clone(), t);
            eq.number(&clock, &point, None)
        };
        let back = |point: &BTreeMap<String, f64>, speed: &Expr| -> Option<bool> {
            let period = std::f64::consts::TAU / eq.number(speed, point, None)?.abs();
            let inside = range.upper.as_ref().is_none_or(|(end, _)| start + period < end.to_f64());
            let (once, half) = (value(point, start + period)?, value(point, start + 0.5 * period)?);
            Some(inside && (once.abs() <= 1e-9 * half.abs() || once * half < 0.0))
        };
        speeds
            .iter()
            .any(|speed| crate::equation::samples::samples(eq).take(3).all(|point| back(&point, speed) == Some(true)))
    }

    /// κΘ times a positive factor for a coefficient c = κθ of Q, θ that of the linear drift and a polynomial in the
    /// time.
    fn in_step(&self, group: &Group) -> Option<Poly> {
        let eq = self.eq;
        let (c, a1) = (eq.motion.as_ref()?, eq.a.get(1)?);
        let theta = -c.clone();
        let (num, den) = lowest_terms(&(&group.num * &a1.re), &(&group.den * &theta));
        if eq.ring.has_time(&num) || eq.ring.has_time(&den) || eq.ring.has_time(&a1.re) {
            return None;
        }
        let sum = integral(eq, &theta)?;
        Some(&(&sum * &a1.re) * &(&num * &den))
    }

    /// A polynomial with the sign of the clock at the finite end of the interval.
    pub(super) fn value_at_end(&self, group: &Group) -> Option<Poly> {
        let (end, _) = crate::equation::declared::time_range(self.eq.pde).upper?;
        match (self.in_step(group), self.eq.ring.time()) {
            (Some(theta), Some(time)) => Some(theta.replace(time, &end)),
            (_, Some(time)) if let Some(exponent) = self.clocks.squared(&group.rate()) => {
                let there = exponent.replace(time, &end);
                Some(&there * &there)
            }
            _ => self.clocks.value_at_end(&group.rate()),
        }
    }

    /// Whether a clock diverges at the end of the interval.
    pub(super) fn diverges(&self, group: &Group) -> Formula {
        if self.eq.motion.is_none() {
            match total(self.eq, &group.num, &group.den) {
                Total::Diverges => return Formula::True,
                Total::Converges => return Formula::False,
                Total::Unknown => {}
            }
        }
        let found = self.clocks.diverges(&group.rate());
        if found.unknowns().is_empty() {
            return found;
        }
        // Where the drift contracts, e^{aΘ} only adds.
        let contracts = self.eq.motion.as_ref().is_some_and(|c| {
            let theta = -(c * &self.eq.a[1].re);
            at_all_times(self.eq, &Formula::non_negative(&theta)).simplify(&self.eq.oracle) == Formula::True
        });
        let diverges = total(self.eq, &group.num, &group.den) == Total::Diverges;
        if contracts && diverges { Formula::True } else { found }
    }
}

/// Whether p ≥ 0 at all times, as a condition; factor by factor where the whole does not say.
pub(super) fn keeps_sign(eq: &Equation, p: &Poly) -> Formula {
    let whole = |p: &Poly| at_all_times(eq, &Formula::non_negative(p)).simplify(&eq.oracle);
    let direct = whole(p);
    if direct.unknowns().is_empty() {
        return direct;
    }
    let Some(factors) = eq.ring.work.factors(p) else { return direct };
    let mut negative = false;
    for (factor, _) in factors.iter().filter(|(_, power)| power % 2 == 1) {
        let minus = -factor.clone();
        if whole(factor) == Formula::True {
            continue;
        }
        if whole(&minus) != Formula::True {
            return direct;
        }
        negative = !negative;
    }
    // A rate that is not zero throughout.
    if negative { Formula::False } else { Formula::True }
}

fn unknown_sign() -> Formula {
    Formula::Unknown("the sign of an integral over the time".into())
}

/// Whether a sum over `a1` can start with the time: every coefficient is integrable there, that of the drift in x too.
pub(super) fn starts(eq: &Equation, clocks: &Clocks<'_>, sum: [&Poly; 2], a1: &Poly) -> Formula {
    let coefficients = sum
        .into_iter()
        .flat_map(|p| crate::algebra::polynomial::monomials(p, &eq.ring))
        .map(|(_, c)| c)
        .chain(eq.motion.iter().map(|c| -c.clone()));
    let one = |c: Poly| {
        if !eq.ring.has_time(&c) && !eq.ring.has_time(a1) {
            return Formula::True;
        }
        let found = clocks.starts(&c, a1);
        let functions = (0..eq.ring.meanings.len())
            .any(|i| a1.degree(i) > 0 && Some(i) != eq.ring.time() && eq.ring.changes_in_time(i));
        if found.unknowns().is_empty() || functions {
            return found;
        }
        match integrable_at_start(eq, &c, a1) {
            Some(true) => Formula::True,
            // Terms that grow may cancel.
            Some(false) if by_time(eq, &c).len() == 1 => Formula::False,
            _ => found,
        }
    };
    Formula::all(coefficients.map(one)).simplify(&eq.oracle)
}

/// C1, where the symbol at each time by itself does not decide it.
pub(super) fn c1(eq: &Equation, a0: &CPoly, a1: &CPoly, at_each: C1) -> C1 {
    let psi = a0.mul(&a1.conj());
    let constant = eq.ring.at_zero(&psi.re);
    let Some(schedule) = Schedule::new(eq, &(&psi.re - &constant), &(&a1.re * &a1.re)) else { return at_each };
    let started = starts(eq, &schedule.clocks, [&a0.re, &a0.im], &a1.re);
    if started == Formula::False {
        let why = "a coefficient is not integrable at the start of the time: nothing starts from the data";
        return C1::new("clock-start", Formula::False, why);
    }
    let always = at_all_times(eq, &at_each.formula).simplify(&eq.oracle);
    if always == Formula::True {
        return C1 { formula: started, ..at_each };
    }
    let imaginary = psi.im.clone();
    let admissible = |group: &Group| {
        let of = |sign: i64| {
            let form = CPoly { re: crate::algebra::ring::scale(&group.form, sign), im: imaginary.clone() };
            levy_exponent(eq, &form)
        };
        let signs = schedule.signs(group, false);
        let (up, down) = (of(1), of(-1));
        let formula = Formula::any([
            Formula::all([signs.positive, up.formula.clone()]),
            Formula::all([signs.negative, down.formula.clone()]),
        ]);
        (formula, if up.formula.simplify(&eq.oracle) == Formula::False { down } else { up })
    };
    let over_time = |formula: Formula| at_all_times(eq, &formula).simplify(&eq.oracle);
    if let Some(group) = schedule.single() {
        let (formula, rule) = admissible(group);
        let formula = Formula::all([started.clone(), over_time(formula)]).simplify(&eq.oracle);
        if formula == Formula::all([started, always]).simplify(&eq.oracle) {
            // What holds is true of each time by itself.
            return C1 { formula, ..at_each };
        }
        let because = if formula == Formula::False {
            rule.because
        } else {
            format!("{}; the clock, the integral of its coefficient from the start, keeps its sign", rule.because)
        };
        return C1 { formula, because, by_clock: true, ..rule };
    }
    let each = Formula::all(schedule.groups.iter().map(|g| over_time(admissible(g).0)));
    let necessary = over_time(highest_orders_vanish(eq, &psi));
    let open = Formula::Unknown("several clocks, some with a sign that changes".into());
    let formula = Formula::all([started, necessary, Formula::any([each, always, open])]).simplify(&eq.oracle);
    C1 { formula, by_clock: true, ..at_each }
}

/// p̂ = exp(−c − ψ) with c and ψ the integrals from the start, in coordinates that move with the drift: the proof that
/// ψ is a Lévy exponent at every time.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1] = eq.a.as_slice() else { return None };
    let psi = a0.mul(&a1.conj());
    let (constant, den) = (eq.ring.at_zero(&psi.re), &a1.re * &a1.re);
    let schedule = Schedule::new(eq, &(&psi.re - &constant), &den)?;
    let mut parts = Vec::new();
    for group in &schedule.groups {
        let falls = schedule.signs(group, false).positive == Formula::False;
        let clock = genphys_pde::print_expr(&schedule.clocks.carried(&group.rate(), 0, if falls { -1 } else { 1 })?);
        let form = CPoly::real(crate::algebra::ring::scale(&group.form, if falls { -1 } else { 1 }));
        let of = closure::levy(eq, &form, &eq.ring.integer(1))?;
        let function = format!("({clock})*({})", of.function);
        parts.push(Closure::step(function, Class::LevyExponent, ClosureRule::Scale, vec![of]));
    }
    // Drift along the axes.
    let mut drift = Vec::new();
    for (key, c) in crate::algebra::polynomial::monomials(&psi.im, &eq.ring) {
        let rate = Rate { num: &c, den: &den, degree: crate::equation::clock::degree(eq, &key)? };
        // An odd power that vanishes only under a condition is no drift.
        if rate.degree != 1 {
            return None;
        }
        let mean = genphys_pde::print_expr(&schedule.clocks.carried(&rate, 0, 1)?);
        let component = eq.ring.wave_variables().into_iter().zip(&key).find(|(_, e)| **e > 0).map(|(i, _)| i)?;
        let wave = crate::algebra::print::poly(&eq.ring, &eq.ring.variable(component));
        drift.push(format!("I*({mean})*{wave}"));
    }
    if !drift.is_empty() {
        let function = crate::algebra::print::join(drift);
        parts.push(Closure::leaf(function, Class::LevyExponent, ClosureRule::Drift));
    }
    let closure = match parts.len() {
        1 => parts.pop()?,
        _ => {
            let function = crate::algebra::print::join(parts.iter().map(|p| p.function.clone()));
            Closure::step(function, Class::LevyExponent, ClosureRule::Sum, parts)
        }
    };
    let mass = Rate { num: &constant, den: &den, degree: 0.into() };
    let decay = genphys_pde::print_expr(&schedule.clocks.carried(&mass, 0, 1)?);
    Some(Certificate::LevyExponent { branch: BranchForm::Clock, decay, closure })
}

/// No power of |k| above two occurs, nor a product of more than two components.
fn highest_orders_vanish(eq: &Equation, psi: &CPoly) -> Formula {
    let wave = eq.ring.wave_variables();
    let order = |key: &[u16]| -> u32 {
        let one = |(e, i): (&u16, &usize)| match eq.ring.meanings[*i] {
            // In units of 1/root.
            Meaning::Radial => u32::from(*e),
            Meaning::Component(_) => u32::from(*e) * eq.ring.root,
            _ => 0,
        };
        key.iter().zip(&wave).map(one).sum()
    };
    let parts = [&psi.re, &psi.im].into_iter().flat_map(|p| crate::algebra::polynomial::monomials(p, &eq.ring));
    Formula::all(parts.filter(|(key, _)| order(key) > 2 * eq.ring.root).map(|(_, c)| Formula::zero(&c)))
}
