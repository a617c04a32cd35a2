//! Coefficients that depend on the time: statements for every t of the interval, antiderivatives, and whether an
//! integral up to the end of the interval diverges.

use crate::algebra::formula::{Formula, Relation};
use crate::algebra::positivity;
use crate::algebra::ring::{Meaning, Poly, coefficients, lowest_terms, terms};
use crate::algebra::sign::on_pieces;
use crate::equation::clock::by_time;
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// The formula for every time of the interval, as a condition on the parameters alone.
pub(crate) fn at_all_times(eq: &Equation, formula: &Formula) -> Formula {
    let depends = |f: &Formula| mentions_time(eq, f);
    if !depends(formula) {
        return formula.clone();
    }
    let result = match formula {
        Formula::And(parts) => Formula::all(parts.iter().map(|p| at_all_times(eq, p))),
        Formula::Or(parts) => {
            let (changing, fixed): (Vec<_>, Vec<_>) = parts.iter().partition(|p| depends(p));
            let each: Vec<Formula> = changing.iter().map(|p| at_all_times(eq, p)).collect();
            let exact = each.len() <= 1;
            let sufficient = Formula::any(fixed.into_iter().cloned().chain(each)).simplify(&eq.oracle);
            match sufficient {
                Formula::True => Formula::True,
                other if exact => other,
                other => Formula::any([other, Formula::Unknown("alternatives that change with the time".into())]),
            }
        }
        Formula::Atom(poly, relation) => atom(eq, poly, *relation),
        other => other.clone(),
    };
    result.simplify(&eq.oracle)
}

/// The formula with log(x) > 0 written as x > 1.
pub(crate) fn without_logarithms(eq: &Equation, formula: &Formula) -> Formula {
    let log = |p: &Poly| {
        let i = (0..eq.ring.meanings.len()).find(|i| *p == eq.ring.variable(*i))?;
        let Meaning::Function { expr, .. } = &eq.ring.meanings[i] else { return None };
        let ExprKind::Function { function: ScalarFunction::Log, argument } = &expr.kind else { return None };
        let above_one = crate::trees::expression::sub(argument, &crate::trees::expression::number(1));
        let (num, den) = crate::equation::symbol::scalar_in(eq.pde, &eq.fixed, &eq.ring, &above_one)?;
        Some(&num * &den)
    };
    let replaced = |p: &Poly, relation: Relation| -> Formula {
        let Some(factors) = crate::algebra::steps::factors(p) else { return Formula::Atom(p.clone(), relation) };
        let put = |product: Poly, (factor, power): &(Poly, usize)| {
            let factor = log(factor).or_else(|| log(&-factor.clone()).map(|p| -p)).unwrap_or_else(|| factor.clone());
            (0..*power).fold(product, |product, _| &product * &factor)
        };
        Formula::Atom(factors.iter().fold(p.one(), put), relation)
    };
    formula.map_atoms(&replaced).simplify(&eq.oracle)
}

fn mentions_time(eq: &Equation, formula: &Formula) -> bool {
    match formula {
        Formula::And(parts) | Formula::Or(parts) => parts.iter().any(|p| mentions_time(eq, p)),
        Formula::Atom(poly, _) => eq.ring.has_time(poly),
        _ => false,
    }
}

fn atom(eq: &Equation, poly: &Poly, relation: Relation) -> Formula {
    match relation {
        Relation::Zero => {
            let each = Formula::all(by_time(eq, poly).values().map(Formula::zero).collect::<Vec<_>>());
            if are_independent(eq, poly) {
                return each;
            }
            Formula::any([each, Formula::Unknown("whether functions of the time cancel".into())])
        }
        Relation::NonZero => {
            Formula::any([atom(eq, poly, Relation::Positive), atom(eq, &-poly.clone(), Relation::Positive)])
        }
        Relation::Positive | Relation::NonNegative => sign(eq, poly, relation == Relation::Positive),
    }
}

/// Whether the powers of the time and of its functions in a polynomial are known to be linearly independent: at most
/// one function occurs, in one power, or it is transcendental.
fn are_independent(eq: &Equation, poly: &Poly) -> bool {
    let functions: Vec<(usize, &Expr)> = (0..eq.ring.meanings.len())
        .filter(|i| poly.degree(*i) > 0)
        .filter_map(|i| match &eq.ring.meanings[i] {
            Meaning::Function { expr, in_time: true, .. } => Some((i, expr)),
            _ => None,
        })
        .collect();
    let time = &eq.pde.time.name;
    match functions.as_slice() {
        [] => true,
        [(index, expr)] => {
            let powers: std::collections::BTreeSet<u16> = terms(poly).map(|(_, e)| e[*index]).collect();
            let of_time = |e: &Expr| matches!(&e.kind, ExprKind::Symbol(n) if n == time);
            powers.len() == 1
                || match &expr.kind {
                    ExprKind::Function { function: ScalarFunction::Sqrt, .. } => poly.degree(*index) < 2,
                    ExprKind::Function { function: ScalarFunction::Exp, argument } => {
                        crate::trees::calculus::differentiate(argument, time)
                            .is_some_and(|rate| !crate::trees::expression::mentions(&rate, time))
                    }
                    ExprKind::Function { argument, .. } => of_time(argument),
                    ExprKind::Pow(base, _) => !crate::trees::expression::mentions(base, time),
                    _ => false,
                }
        }
        _ => false,
    }
}

fn sign(eq: &Equation, poly: &Poly, strict: bool) -> Formula {
    let grouped = by_time(eq, poly);
    let all = Formula::all(grouped.values().map(Formula::non_negative).collect::<Vec<_>>());
    let one = Formula::any(grouped.values().map(Formula::positive).collect::<Vec<_>>());
    let range = time_range(eq.pde);
    let only_time = eq
        .ring
        .time()
        .filter(|t| (0..eq.ring.meanings.len()).all(|i| i == *t || poly.degree(i) == 0 || !eq.ring.changes_in_time(i)));
    if let Some(time) = only_time {
        let pieces = on_pieces(poly, time, &range);
        return Formula::all(pieces.iter().map(|p| {
            let open = positivity::on_half_line(p, time, &eq.oracle);
            if strict || open == Formula::True {
                return open;
            }
            // p ≥ 0: exact where at most two powers of the time occur.
            let list: Vec<Poly> = coefficients(p, time).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
            let weak = Formula::all(list.iter().map(Formula::non_negative).collect::<Vec<_>>());
            if list.len() <= 2 {
                weak
            } else {
                Formula::any([weak, open, Formula::Unknown("a polynomial in the time that touches zero".into())])
            }
        }));
    }
    let positive_time = grouped.keys().all(|key| is_positive(eq, key));
    let sufficient = if strict { Formula::all([all, one]) } else { all };
    let sufficient = if positive_time { sufficient } else { Formula::False };
    if grouped.len() == 1 && positive_time {
        return sufficient;
    }
    // As of 1 + sin(t), which is an interval without its signs.
    let expr = crate::algebra::tree::poly(&eq.ring, poly);
    let values = expr.as_ref().and_then(|expr| {
        let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
        crate::trees::interval::enclose(expr, &names)
    });
    if values.is_some_and(|v| if strict { v.positive() } else { v.non_negative() }) {
        return Formula::True;
    }
    match expr.and_then(|expr| crate::equation::clock::positive_inside(eq, &expr)) {
        Some(true) => return Formula::True,
        Some(false) => return Formula::False,
        None => {}
    }
    Formula::any([sufficient, Formula::Unknown("the sign of a coefficient that changes with the time".into())])
}

/// Whether a monomial in the time and its functions is positive throughout.
pub(crate) fn is_positive(eq: &Equation, key: &[u16]) -> bool {
    key.iter()
        .enumerate()
        .filter(|(_, e)| **e > 0)
        .all(|(i, _)| eq.oracle.signs(&eq.ring.variable(i)).always_positive())
}

/// ∫ of a polynomial in the time alone, from the start of the interval to t, times nothing else; `None` where other
/// functions of the time occur or the interval has no start.
pub(crate) fn integral(eq: &Equation, poly: &Poly) -> Option<Poly> {
    let start = time_range(eq.pde).lower?.0;
    let time = eq.ring.time()?;
    if (0..eq.ring.meanings.len()).any(|i| i != time && poly.degree(i) > 0 && eq.ring.changes_in_time(i)) {
        return None;
    }
    let mut sum = poly.zero();
    for (coefficient, exponent) in coefficients(poly, time) {
        let weight = Rational::new(1, i64::from(exponent) + 1);
        sum = &sum + &(&coefficient * &eq.ring.power(time, exponent + 1)).mul_coeff(weight);
    }
    let at_start = sum.replace(time, &start);
    Some(&sum - &at_start)
}

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

/// ∫ num/den dt from the start of the interval to t, as text, where a rule for the terms is known.
pub(crate) fn integral_text(eq: &Equation, num: &Poly, den: &Poly) -> Option<String> {
    let name = &eq.pde.time.name;
    if num.is_zero() {
        return Some("0".into());
    }
    let start = time_range(eq.pde).lower?.0;
    let (num, den) = &crate::algebra::ring::lowest_terms(num, den);
    if let Some(text) = logarithm(eq, num, den, &start) {
        return Some(text);
    }
    let den_time = by_time(eq, den);
    let [(den_key, den_constant)] = &den_time.iter().collect::<Vec<_>>()[..] else { return None };
    let den_power = single_power(eq, den_key)?;
    let mut parts = Vec::new();
    for (key, c) in by_time(eq, num) {
        let factor = crate::algebra::print::fraction(&eq.ring, &crate::algebra::ring::CPoly::real(c), den_constant);
        let functions: Vec<usize> = (0..key.len())
            .filter(|i| key[*i] > 0 && matches!(eq.ring.meanings[*i], Meaning::Function { .. }))
            .collect();
        let power = eq.ring.time().map_or(0, |t| i64::from(key[t])) - den_power;
        let text = match functions.as_slice() {
            [] if power == -1 => {
                if start.is_zero() {
                    return None;
                }
                format!("log({name}/{})", crate::algebra::print::operand(&crate::algebra::print::number(&start)))
            }
            [] => {
                let next = power + 1;
                if start.is_zero() && next < 0 {
                    return None;
                }
                let at = |x: &str| match next {
                    1 => x.to_string(),
                    _ => format!("{x}^{next}/{next}"),
                };
                if start.is_zero() {
                    at(name)
                } else {
                    format!(
                        "({} - {})",
                        at(name),
                        at(&crate::algebra::print::operand(&crate::algebra::print::number(&start)))
                    )
                }
            }
            [single] if power == 0 && key[*single] == 1 => {
                let Meaning::Function { expr, .. } = &eq.ring.meanings[*single] else { return None };
                exponential_integral(expr, name, &start)?
            }
            _ => return None,
        };
        parts.push(match factor.as_str() {
            "1" => text,
            "-1" => format!("-{}", crate::algebra::print::operand(&text)),
            _ => format!("{}*{}", crate::algebra::print::grouped(&factor), crate::algebra::print::operand(&text)),
        });
    }
    Some(crate::algebra::print::join(parts))
}

/// ∫₀ c/(a + b t) = (c/b) log((a + b t)/a).
fn logarithm(eq: &Equation, num: &Poly, den: &Poly, start: &Rational) -> Option<String> {
    let time = eq.ring.time()?;
    let others = (0..eq.ring.meanings.len()).any(|i| i != time && den.degree(i) > 0 && eq.ring.changes_in_time(i));
    if others || eq.ring.has_time(num) || !start.is_zero() || den.degree(time) != 1 {
        return None;
    }
    let [a, b] = [0, 1].map(|power| crate::algebra::ring::coefficient(den, time, power));
    if a.is_zero() {
        return None;
    }
    let text = |num: &Poly, den: &Poly| {
        crate::algebra::print::fraction(&eq.ring, &crate::algebra::ring::CPoly::real(num.clone()), den)
    };
    let log = format!("log({})", text(den, &a));
    Some(match text(num, &b).as_str() {
        "1" => log,
        factor => format!("{}*{log}", crate::algebra::print::grouped(factor)),
    })
}

fn single_power(eq: &Equation, key: &[u16]) -> Option<i64> {
    let mut power = 0;
    for (i, e) in key.iter().enumerate().filter(|(_, e)| **e > 0) {
        match eq.ring.meanings[i] {
            Meaning::Time => power = i64::from(*e),
            _ => return None,
        }
    }
    Some(power)
}

/// ∫ e^{q t}, ∫ t^p and ∫ b^{q t} from the start to t.
fn exponential_integral(expr: &Expr, name: &str, start: &Rational) -> Option<String> {
    use crate::trees::expression::{function, mentions, substitute};
    let at_start = |e: &Expr| {
        let value = |n: &str| (n == name).then(|| crate::trees::expression::exact(start));
        genphys_pde::print_expr(&substitute(e, &value, &|_| None))
    };
    let rate_text = |rate: &Expr| crate::algebra::print::grouped(&genphys_pde::print_expr(rate));
    let text = genphys_pde::print_expr(expr);
    match &expr.kind {
        ExprKind::Function { function: ScalarFunction::Exp, argument } => {
            let rate = crate::trees::calculus::differentiate(argument, name).filter(|r| !mentions(r, name))?;
            Some(format!("({text} - {})/({})", at_start(expr), rate_text(&rate)))
        }
        ExprKind::Pow(base, exponent) if !mentions(base, name) => {
            let rate = crate::trees::calculus::differentiate(exponent, name).filter(|r| !mentions(r, name))?;
            let log = genphys_pde::print_expr(&function(ScalarFunction::Log, base));
            Some(format!("({text} - {})/({}*{log})", at_start(expr), rate_text(&rate)))
        }
        ExprKind::Pow(base, exponent) if matches!(&base.kind, ExprKind::Symbol(n) if n == name) && start.is_zero() => {
            let e = genphys_pde::print_expr(exponent);
            Some(format!("{name}^({e} + 1)/({e} + 1)"))
        }
        ExprKind::Function { function: ScalarFunction::Sqrt, argument }
            if matches!(&argument.kind, ExprKind::Symbol(n) if n == name) && start.is_zero() =>
        {
            Some(format!("{name}^(3/2)*2/3"))
        }
        _ => None,
    }
}

/// Where the leading coefficient vanishes at every k although it is not zero identically.
pub(crate) fn order_drops(eq: &Equation) -> Formula {
    let Some(lead) = eq.a.last() else { return Formula::False };
    if eq.ring.has_time(&lead.re) && lead.is_real() && at_all_times(eq, &Formula::non_zero(&lead.re)) == Formula::True {
        return Formula::False;
    }
    let parts = [&lead.re, &lead.im].into_iter().flat_map(|p| crate::algebra::polynomial::monomials(p, &eq.ring));
    Formula::all(parts.map(|(_, c)| Formula::zero(&c)).collect::<Vec<_>>()).simplify(&eq.oracle)
}
