//! Whether the integral of a coefficient over the time is finite: from the start, and up to the end of the interval.

use crate::algebra::ring::{Meaning, Poly, lowest_terms};
use crate::equation::clock::by_time;
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// How a function of the time behaves towards the end of the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Total {
    /// Its integral grows without bound.
    Diverges,
    /// Its integral stays finite.
    Converges,
    Unknown,
}

/// Whether ∫ num/den from the start of the interval is finite, so that data can be put in there.
pub(crate) fn integrable_at_start(eq: &Equation, num: &Poly, den: &Poly) -> Option<bool> {
    let (num, den) = &lowest_terms(num, den);
    let Some((start, _)) = time_range(eq.pde).lower else { return Some(true) };
    // The lowest power of (t − start) in a polynomial with functions of the time that behave like powers at 0.
    let lowest = |p: &Poly| -> Option<Rational> {
        let moved = match eq.ring.time() {
            Some(time) if !start.is_zero() => {
                let shifted = &eq.ring.variable(time) + &eq.ring.constant(start.clone());
                p.replace_with_poly(time, &shifted)
            }
            _ => p.clone(),
        };
        let mut least: Option<Rational> = None;
        for (key, _) in by_time(eq, &moved) {
            let mut power = Rational::from(0);
            for (i, e) in key.iter().enumerate().filter(|(_, e)| **e > 0) {
                let one = match &eq.ring.meanings[i] {
                    Meaning::Time => Rational::from(1),
                    Meaning::Function { expr, .. } => match function_growth(eq, expr) {
                        Some((0, p)) if start.is_zero() => p,
                        // Finite at the start; whether it vanishes there does not matter for convergence.
                        _ if is_bounded_after(eq, expr, start.to_f64()) => Rational::from(0),
                        _ => return None,
                    },
                    _ => continue,
                };
                power = &power + &(&one * &Rational::from(i64::from(*e)));
            }
            if least.as_ref().is_none_or(|l| (&power - l).is_negative()) {
                least = Some(power);
            }
        }
        least
    };
    let (top, bottom) = (lowest(num)?, lowest(den)?);
    Some(!(&(&bottom - &top) - &Rational::from(1)).is_negative()).map(|pole| !pole)
}

/// Whether a function of the time is bounded close after a time for every value of the parameters, or grows like a
/// logarithm only.
fn is_bounded_after(eq: &Equation, expr: &Expr, start: f64) -> bool {
    let time = &eq.pde.time.name;
    let of = |e: &Expr| is_bounded_after(eq, e, start);
    let still = |e: &Expr| !crate::trees::expression::mentions(e, time);
    let close = crate::trees::interval::Interval::between(start, start + 1e-3 * (1.0 + start.abs()));
    let names = |name: &str| {
        if name == time { Some(close) } else { crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name) }
    };
    let away_from_zero =
        |e: &Expr| still(e) || crate::trees::interval::enclose(e, &names).is_some_and(|v| v.lo > 0.0 || v.hi < 0.0);
    match &expr.kind {
        _ if still(expr) => true,
        ExprKind::Symbol(_) => true,
        ExprKind::Neg(a) => of(a),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => of(a) && of(b),
        ExprKind::Div(a, b) => of(a) && away_from_zero(b),
        ExprKind::Pow(a, b) if still(b) => {
            of(a) && (away_from_zero(a) || crate::trees::exponents::constant_value(b).is_some_and(|p| !p.is_negative()))
        }
        ExprKind::Pow(a, b) => still(a) && of(b),
        ExprKind::Function { function, argument } => match function {
            ScalarFunction::Sin | ScalarFunction::Cos => true,
            ScalarFunction::Exp | ScalarFunction::Sqrt => of(argument),
            ScalarFunction::Log => {
                of(argument) && (away_from_zero(argument) || matches!(&argument.kind, ExprKind::Symbol(_)))
            }
        },
        _ => false,
    }
}

/// The integral of |num/den| up to the end of the interval, for a quotient that does not change sign.
pub(crate) fn total(eq: &Equation, num: &Poly, den: &Poly) -> Total {
    if num.is_zero() {
        return Total::Converges;
    }
    let (num, den) = &lowest_terms(num, den);
    let range = time_range(eq.pde);
    match &range.upper {
        None => at_infinity(eq, num, den),
        Some((end, _)) => at_end(eq, num, den, end),
    }
}

/// Order of growth of one monomial: e^{rate t} t^power, as the sign of the rate and the power.
fn growth(eq: &Equation, key: &[u16]) -> Option<(i8, Rational)> {
    let (mut rate, mut power) = (0_i8, Rational::from(0));
    for (i, e) in key.iter().enumerate().filter(|(_, e)| **e > 0) {
        let times = Rational::from(i64::from(*e));
        match &eq.ring.meanings[i] {
            Meaning::Time => power = &power + &times,
            Meaning::Function { expr, .. } => match function_growth(eq, expr)? {
                (0, p) => power = &power + &(&p * &times),
                (sign, p) => {
                    if rate != 0 && rate != sign {
                        return None;
                    }
                    rate = sign;
                    power = &power + &(&p * &times);
                }
            },
            _ => {}
        }
    }
    Some((rate, power))
}

fn function_growth(eq: &Equation, expr: &Expr) -> Option<(i8, Rational)> {
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let time = &eq.pde.time.name;
    match &expr.kind {
        ExprKind::Function { function: ScalarFunction::Exp, argument } => {
            let rate = crate::trees::calculus::differentiate(argument, time)?;
            if crate::trees::expression::mentions(&rate, time) {
                return None;
            }
            let sign = crate::trees::interval::enclose(&rate, &names)?;
            if sign.positive() {
                Some((1, Rational::from(0)))
            } else if sign.neg().positive() {
                Some((-1, Rational::from(0)))
            } else {
                None
            }
        }
        ExprKind::Function { function: ScalarFunction::Sqrt, argument } => {
            let is_time = matches!(&argument.kind, ExprKind::Symbol(n) if n == time);
            is_time.then(|| (0, Rational::new(1, 2)))
        }
        ExprKind::Pow(base, exponent) if matches!(&base.kind, ExprKind::Symbol(n) if n == time) => {
            Some((0, crate::trees::exponents::constant_value(exponent)?))
        }
        ExprKind::Pow(base, exponent) if !crate::trees::expression::mentions(base, time) => {
            // b^{q t}
            let rate = crate::trees::calculus::differentiate(exponent, time)?;
            let (base, rate) =
                (crate::trees::interval::enclose(base, &names)?, crate::trees::interval::enclose(&rate, &names)?);
            let large = base.lo > 1.0;
            let small = base.positive() && base.hi < 1.0;
            match (large, small, rate.positive(), rate.neg().positive()) {
                (true, _, true, _) | (_, true, _, true) => Some((1, Rational::from(0))),
                (true, _, _, true) | (_, true, true, _) => Some((-1, Rational::from(0))),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether the integral of a monomial stays bounded since it is sin or cos of a linear function of the time.
fn oscillates(eq: &Equation, key: &[u16]) -> bool {
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let mut factors = key.iter().enumerate().filter(|(_, e)| **e > 0);
    let (Some((i, 1)), None) = (factors.next(), factors.next()) else { return false };
    match &eq.ring.meanings[i] {
        Meaning::Function { expr, .. } => match &expr.kind {
            ExprKind::Function { function: ScalarFunction::Sin | ScalarFunction::Cos, argument } => {
                let rate = crate::trees::calculus::differentiate(argument, &eq.pde.time.name);
                let rate = rate.filter(|r| !crate::trees::expression::mentions(r, &eq.pde.time.name));
                rate.and_then(|r| crate::trees::interval::enclose(&r, &names)).is_some_and(|r| r.nonzero)
            }
            _ => false,
        },
        _ => false,
    }
}

fn at_infinity(eq: &Equation, num: &Poly, den: &Poly) -> Total {
    let by_key = by_time(eq, num);
    let (still, moving): (Vec<_>, Vec<_>) = by_key.iter().partition(|(key, _)| key.iter().all(|e| *e == 0));
    if let [(_, mean)] = still[..]
        && !moving.is_empty()
        && !eq.ring.has_time(den)
        && moving.iter().all(|(key, _)| oscillates(eq, key))
        && eq.oracle.signs(mean).never_zero()
    {
        return Total::Diverges;
    }
    let order = |p: &Poly| -> Option<Vec<(i8, Rational)>> {
        by_time(eq, p)
            .iter()
            .map(|(key, c)| {
                // A leading coefficient that may vanish says nothing.
                eq.oracle.signs(c).never_zero().then(|| growth(eq, key)).flatten()
            })
            .collect()
    };
    let compare = |a: &(i8, Rational), b: &(i8, Rational)| {
        a.0.cmp(&b.0).then_with(|| {
            if (&a.1 - &b.1).is_negative() {
                std::cmp::Ordering::Less
            } else if a.1 == b.1 {
                std::cmp::Ordering::Equal
            } else {
                std::cmp::Ordering::Greater
            }
        })
    };
    let Some(bottom) = order(den).and_then(|list| list.into_iter().max_by(compare)) else { return Total::Unknown };
    let top = match order(num) {
        Some(list) => list.into_iter().max_by(compare),
        // Of terms that are not negative, one that certainly diverges is enough.
        None => {
            let certain = by_time(eq, num);
            let certain = certain.iter().filter(|(_, c)| eq.oracle.signs(c).never_zero());
            let list: Option<Vec<_>> = certain.map(|(key, _)| growth(eq, key)).collect();
            let found = list.and_then(|list| list.into_iter().max_by(compare));
            match found.map(|top| of_orders(&top, &bottom)) {
                Some(Total::Diverges) => return Total::Diverges,
                _ => return Total::Unknown,
            }
        }
    };
    top.map_or(Total::Unknown, |top| of_orders(&top, &bottom))
}

/// ∫ e^{rt} t^p towards infinity, for the quotient of two orders of growth.
fn of_orders(top: &(i8, Rational), bottom: &(i8, Rational)) -> Total {
    match top.0 - bottom.0 {
        rate if rate > 0 && bottom.0 <= 0 => Total::Diverges,
        rate if rate < 0 && top.0 <= 0 => Total::Converges,
        0 if top.0 == 0 => {
            let power = &top.1 - &bottom.1;
            if (&power + &Rational::from(1)).is_negative() { Total::Converges } else { Total::Diverges }
        }
        _ => Total::Unknown,
    }
}

fn at_end(eq: &Equation, num: &Poly, den: &Poly, end: &Rational) -> Total {
    let time = eq.ring.time();
    let functions = (0..eq.ring.meanings.len())
        .any(|i| Some(i) != time && eq.ring.changes_in_time(i) && (num.degree(i) > 0 || den.degree(i) > 0));
    // Functions whose only enclosure is without bounds may grow towards the end, as log(1 - t) does, and those that are not
    // enclosed away from 0 may vanish there, as (1 - t)^a does.
    let bounded = eq.ring.meanings.iter().enumerate().all(|(i, meaning)| match meaning {
        Meaning::Function { interval, in_time: true, .. } => {
            let above = num.degree(i) == 0 || interval.lo.is_finite() && interval.hi.is_finite();
            above && (den.degree(i) == 0 || interval.lo > 0.0 || interval.hi < 0.0)
        }
        _ => true,
    });
    let at = |p: &Poly| time.map_or_else(|| p.clone(), |time| p.replace(time, end));
    if bounded && eq.oracle.signs(&at(den)).never_zero() {
        return Total::Converges;
    }
    if functions || !at(den).is_zero() {
        return Total::Unknown;
    }
    // A pole of order one or more at the end.
    if eq.oracle.signs(&at(num)).never_zero() { Total::Diverges } else { Total::Unknown }
}
