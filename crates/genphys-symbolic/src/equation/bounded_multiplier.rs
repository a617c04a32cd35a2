//! u |k|² + v m(k) > 0 for every k ≠ 0, m = ∫(1 − cos k·x) ν(dx) a Lévy exponent without Gaussian part, with the
//! variance 2κ = ∫x₁²ν: 0 ≤ m < κ|k|² since 1 − cos y < y²/2, m/|k|² → κ for long waves and → 0 for short ones. So the
//! sum is positive exactly if u + κv ≥ 0 and u > 0, or u = 0 and v > 0 where m does not vanish off k = 0.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{Meaning, Poly, RADIAL};
use crate::equation::linear::Equation;
use crate::trees::calculus::differentiate;
use crate::trees::exponents::constant_value;
use crate::trees::expression::{K, Term, mentions, number, wave_number};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};
use symbolica::domains::rational::Rational;

/// `None` where the polynomial is not of this form.
pub(crate) fn positive(eq: &Equation, poly: &Poly) -> Option<Formula> {
    let wave = eq.ring.wave_variables();
    let list = monomials(poly, &eq.ring);
    let square = u16::try_from(2 * eq.ring.root).ok()?;
    let (mut gaussian, mut jumps) = (None, None);
    for (key, weight) in &list {
        let occurring: Vec<(usize, u16)> =
            wave.iter().copied().zip(key.iter().copied()).filter(|(_, e)| *e > 0).collect();
        match occurring[..] {
            [(RADIAL, e)] if e == square => gaussian = Some(weight),
            [(index, 1)] if eq.ring.is_atom(index) => jumps = Some((index, weight)),
            _ => return None,
        }
    }
    let (Some(u), Some((index, v)), 2) = (gaussian, jumps, list.len()) else { return None };
    let Meaning::Multiplier { proof: Some(proof), expr, .. } = &eq.ring.meanings[index] else { return None };
    if !is_bounded(&proof.closure) && !falls_behind(expr) {
        return None;
    }
    let curvature = value_at_zero(&differentiate(&differentiate(expr, K)?, K)?)?;
    let kappa = &curvature / &Rational::from(2);
    let long = Formula::non_negative(&(u + &v.clone().mul_coeff(kappa)));
    let both = Formula::all([Formula::positive(u), long]);
    let formula = match () {
        () if proof.strict => Formula::any([both, Formula::all([Formula::zero(u), Formula::positive(v)])]),
        () if is_periodic(expr) => both,
        () => return None,
    };
    Some(formula.simplify(&eq.oracle))
}

/// Whether a function of k alone is small beside k² at short waves, as far as numbers say.
fn falls_behind(expr: &Expr) -> bool {
    let quotient = |k: f64| {
        let values = std::collections::BTreeMap::from([(K.to_string(), k)]);
        genphys_pde::evaluate_real(expr, &values).ok().filter(|m| m.is_finite()).map(|m| m.abs() / (k * k))
    };
    matches!((quotient(1e3), quotient(1e6)), (Some(near), Some(far)) if far < 0.1 * near && far < 1e-3)
}

/// f(0) − f with a positive-definite f.
fn is_bounded(proof: &Closure) -> bool {
    match (proof.rule, proof.of.as_slice()) {
        (ClosureRule::Complement, [of]) => matches!(of.class, Class::PositiveDefinite | Class::CompletelyMonotone),
        (ClosureRule::Shift, [of]) => of.function == proof.function && is_bounded(of),
        _ => false,
    }
}

/// The value at k = 0 of an expression of numbers and k.
fn value_at_zero(e: &Expr) -> Option<Rational> {
    if !mentions(e, K)
        && let Some(value) = constant_value(e)
    {
        return Some(value);
    }
    Some(match &e.kind {
        ExprKind::Symbol(name) if name == K => Rational::from(0),
        ExprKind::Neg(a) => value_at_zero(a)?.neg(),
        ExprKind::Add(a, b) => &value_at_zero(a)? + &value_at_zero(b)?,
        ExprKind::Sub(a, b) => &value_at_zero(a)? - &value_at_zero(b)?,
        ExprKind::Mul(a, b) => &value_at_zero(a)? * &value_at_zero(b)?,
        ExprKind::Div(a, b) => {
            let below = value_at_zero(b).filter(|b| !b.is_zero())?;
            &value_at_zero(a)? / &below
        }
        ExprKind::Pow(a, b) => {
            let (base, power) = (value_at_zero(a)?, constant_value(b)?);
            if power.is_zero() {
                return Some(Rational::from(1));
            }
            let power = power.is_integer().then(|| power.numerator().to_i64())??;
            let power = u64::try_from(power).ok()?;
            (0..power.min(64)).fold(Rational::from(1), |product, _| &product * &base)
        }
        ExprKind::Function { function, argument } if value_at_zero(argument)?.is_zero() => match function {
            ScalarFunction::Exp | ScalarFunction::Cos => Rational::from(1),
            ScalarFunction::Sin | ScalarFunction::Sqrt => Rational::from(0),
            ScalarFunction::Log => return None,
        },
        _ => return None,
    })
}

/// Whether k occurs in nothing but cosines of multiples of k that have a common period: rational multiples of one.
pub(crate) fn is_periodic(e: &Expr) -> bool {
    let mut arguments = Vec::new();
    only_in_cosines(e, &mut arguments) && have_a_common_period(&arguments)
}

/// Whether a k, b k, … are rational multiples of one of them.
pub(crate) fn have_a_common_period(arguments: &[Expr]) -> bool {
    let mut units = arguments.iter().map(|argument| {
        let mut factors = Vec::new();
        symbols(&Term::of(argument)?.coefficient, &mut factors);
        factors.sort_unstable();
        Some(factors)
    });
    let first = units.next().flatten();
    first.is_some() && units.all(|unit| unit == first)
}

/// The factors of a product that are no numbers, as text.
fn symbols(e: &Expr, list: &mut Vec<String>) {
    match &e.kind {
        _ if constant_value(e).is_some() => {}
        ExprKind::Mul(a, b) => {
            symbols(a, list);
            symbols(b, list);
        }
        ExprKind::Neg(a) => symbols(a, list),
        ExprKind::Div(a, b) if constant_value(b).is_some() => symbols(a, list),
        _ => list.push(genphys_pde::print_expr(e)),
    }
}

/// Collects what stands in cosines with k, multiples of k; `false` where k occurs elsewhere.
pub(crate) fn only_in_cosines(e: &Expr, arguments: &mut Vec<Expr>) -> bool {
    match &e.kind {
        _ if !mentions(e, K) => true,
        ExprKind::Neg(a) => only_in_cosines(a, arguments),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            only_in_cosines(a, arguments) && only_in_cosines(b, arguments)
        }
        ExprKind::Function { function: ScalarFunction::Cos, argument } => {
            let linear = Term::of(argument).is_some_and(|t| {
                let plain = |(b, e): &(Expr, Expr)| *b == wave_number() && *e == number(1);
                t.factors.len() == 1 && t.factors.iter().all(plain)
            });
            if linear && !arguments.contains(argument) {
                arguments.push((**argument).clone());
            }
            linear
        }
        ExprKind::Function { argument, .. } => only_in_cosines(argument, arguments),
        _ => false,
    }
}
