//! Complete Bernstein and completely monotone functions of λ = |k|² that are made of exponentials of k, by the products
//! and series of cosh and sinh over their zeros (Euler): with d > 0
//!
//!   log cosh(dk) = Σ log(1 + λ d²/((n − ½)²π²)),   log(sinh(dk)/(dk)) = Σ log(1 + λ d²/(n²π²)),
//!   k tanh(dk) = Σ (2/d) λ/(λ + (n − ½)²π²/d²),     k coth(dk) − 1/d = Σ (2/d) λ/(λ + n²π²/d²),
//!
//! n = 1, 2, …, are complete Bernstein; 1/cosh(dk) and dk/sinh(dk) = exp(−the first two) and tanh(dk)/k, the third over
//! λ, are completely monotone.

use super::prove::{Prover, leaf, step};
use crate::trees::exponents::constant_value;
use crate::trees::expression::{Term, add, div, function, mul, neg, number, sub, summands, wave_number};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};
use symbolica::domains::rational::Rational;

/// Pairs with their powers, a power of |k|, and what is left.
type Factors = (Vec<(Pair, i32)>, i32, Expr);

/// Σ c e^{d k} + c e^{−d k} or c e^{d k} − c e^{−d k}, times e^{shift}.
struct Pair {
    /// 2 cosh(dk) or 2 sinh(dk).
    even: bool,
    /// c.
    weight: Expr,
    /// d k, d > 0.
    argument: Expr,
    /// e^{shift} stands before it, as 1 for e^{−dk}: whether the exponents were 0 and −2dk.
    shifted: bool,
}

/// What a function is, up to a factor.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    LogCosh,
    LogSinh,
    Tanh,
    Coth,
    Sech,
    Csch,
    TanhOverK,
}

/// A function that is a multiple of a shape.
pub(super) struct Hyperbolic {
    shape: Shape,
    /// The factor; of logarithms the constant that is added.
    factor: Expr,
    /// d k.
    argument: Expr,
}

impl Hyperbolic {
    /// d.
    fn scale(&self) -> Option<Expr> {
        Some(Term::of(&self.argument)?.coefficient)
    }

    /// The value at k = 0.
    pub(super) fn at_zero(&self) -> Option<Expr> {
        Some(match self.shape {
            Shape::LogCosh if self.factor == number(1) => number(0),
            Shape::LogCosh => function(ScalarFunction::Log, &self.factor),
            Shape::LogSinh => {
                let at_zero = mul(&self.factor, &self.scale()?);
                if constant_value(&at_zero).is_some_and(|v| (&v - &Rational::from(1)).is_zero()) {
                    number(0)
                } else {
                    function(ScalarFunction::Log, &at_zero)
                }
            }
            Shape::Tanh => number(0),
            Shape::Coth | Shape::Csch => div(&self.factor, &self.scale()?),
            Shape::Sech => self.factor.clone(),
            Shape::TanhOverK => mul(&self.factor, &self.scale()?),
        })
    }

    /// The shape itself, 0 at k = 0 where it is a Bernstein function.
    fn plain(&self) -> Option<(Expr, Class)> {
        let up = function(ScalarFunction::Exp, &self.argument);
        let down = function(ScalarFunction::Exp, &neg(&self.argument));
        let (cosh, sinh) = (add(&up, &down), sub(&up, &down));
        let log = |e: &Expr| function(ScalarFunction::Log, e);
        let k = wave_number();
        let two = number(2);
        Some(match self.shape {
            Shape::LogCosh => (log(&div(&cosh, &two)), Class::Bernstein),
            Shape::LogSinh => (log(&div(&sinh, &mul(&two, &self.argument))), Class::Bernstein),
            Shape::Tanh => (div(&mul(&k, &sinh), &cosh), Class::Bernstein),
            Shape::Coth => {
                let one = div(&number(1), &self.scale()?);
                (sub(&div(&mul(&k, &cosh), &sinh), &one), Class::Bernstein)
            }
            Shape::Sech => (div(&two, &cosh), Class::CompletelyMonotone),
            Shape::Csch => (div(&mul(&two, &k), &sinh), Class::CompletelyMonotone),
            Shape::TanhOverK => (div(&sinh, &mul(&k, &cosh)), Class::CompletelyMonotone),
        })
    }

    fn is_logarithm(&self) -> bool {
        matches!(self.shape, Shape::LogCosh | Shape::LogSinh)
    }
}

impl Prover<'_> {
    /// f as one of these functions with a factor that is not negative.
    pub(super) fn hyperbolic(&self, f: &Expr) -> Option<Hyperbolic> {
        if let ExprKind::Function { function: ScalarFunction::Log, argument } = &f.kind {
            let (pairs, power, coefficient) = self.factors(argument)?;
            let [(pair, 1)] = pairs.as_slice() else { return None };
            if pair.shifted || !self.sign(&coefficient).positive() {
                return None;
            }
            let shape = match (pair.even, power) {
                (true, 0) => Shape::LogCosh,
                (false, -1) => Shape::LogSinh,
                _ => return None,
            };
            return Some(Hyperbolic {
                shape,
                factor: mul(&number(2), &coefficient).folded(),
                argument: pair.argument.clone(),
            });
        }
        let (pairs, power, coefficient) = self.factors(f)?;
        if !self.sign(&coefficient).non_negative() {
            return None;
        }
        let (shape, factor, argument) = match pairs.as_slice() {
            [(one, -1)] if !one.shifted && one.even && power == 0 => {
                (Shape::Sech, div(&coefficient, &number(2)), &one.argument)
            }
            [(one, -1)] if !one.shifted && !one.even && power == 1 => {
                (Shape::Csch, div(&coefficient, &number(2)), &one.argument)
            }
            [(a, n), (b, m)] if n + m == 0 && a.argument == b.argument && a.shifted == b.shifted => {
                let (top, bottom) = if *n == 1 { (a, b) } else { (b, a) };
                let shape = match (top.even, bottom.even, power) {
                    (false, true, 1) => Shape::Tanh,
                    (true, false, 1) => Shape::Coth,
                    (false, true, -1) => Shape::TanhOverK,
                    _ => return None,
                };
                (shape, coefficient.clone(), &a.argument)
            }
            _ => return None,
        };
        Some(Hyperbolic { shape, factor: factor.folded(), argument: argument.clone() })
    }

    /// Pairs of exponentials with powers ±1, the power of k, and what is left.
    fn factors(&self, f: &Expr) -> Option<Factors> {
        let term = Term::of(f)?;
        let (mut pairs, mut power, mut coefficient) = (Vec::new(), 0, term.coefficient.clone());
        for (base, exponent) in &term.factors {
            let exponent = constant_value(exponent).filter(|v| v.is_integer())?.numerator().to_i64()?;
            let exponent = i32::try_from(exponent).ok()?;
            if *base == wave_number() {
                power += exponent;
                continue;
            }
            let pair = self.pair(base)?;
            if exponent.abs() != 1 {
                return None;
            }
            coefficient = if exponent == 1 { mul(&coefficient, &pair.weight) } else { div(&coefficient, &pair.weight) };
            pairs.push((pair, exponent));
        }
        Some((pairs, power, coefficient))
    }

    fn pair(&self, base: &Expr) -> Option<Pair> {
        let list = summands(base);
        let [(minus_a, a), (minus_b, b)] = list.as_slice() else { return None };
        let one = |negative: bool, e: &Expr| {
            let (weight, argument) = exponential(e)?;
            Some((if negative { neg(&weight) } else { weight }, argument))
        };
        let (mut x, mut y) = (one(*minus_a, a)?, one(*minus_b, b)?);
        // The larger exponent first.
        let rate =
            |argument: &Option<Expr>| argument.as_ref().map_or(Some(number(0)), |e| Some(Term::of(e)?.coefficient));
        let (dx, dy) = (rate(&x.1)?, rate(&y.1)?);
        let first = if self.sign(&dx).positive() || self.sign(&neg(&dy)).positive() {
            dx
        } else {
            std::mem::swap(&mut x, &mut y);
            dy
        };
        let (a, b) = (unsigned(&x.0), unsigned(&y.0));
        if a.1 != b.1 {
            return None;
        }
        let even = a.0 == b.0;
        match (x.1, y.1) {
            (Some(up), Some(down)) if self.sign(&first).positive() && is_opposite(&up, &down) => {
                Some(Pair { even, weight: x.0, argument: up, shifted: false })
            }
            (None, Some(down)) => {
                let half = half_of_opposite(&down)?;
                let positive = self.sign(&Term::of(&half)?.coefficient).positive();
                positive.then_some(Pair { even, weight: x.0, argument: half, shifted: true })
            }
            _ => None,
        }
    }

    /// f − f(0) for the Bernstein functions among them.
    pub(super) fn hyperbolic_rise(&self, f: &Expr) -> Option<Closure> {
        let found = self.hyperbolic(f)?;
        let (plain, class) = found.plain()?;
        let at_zero = self.at_zero(f);
        let rise = if at_zero == number(0) { f.clone() } else { sub(f, &at_zero) };
        (class == Class::Bernstein).then(|| named(&rise, &plain, class))
    }

    /// The completely monotone functions among them.
    pub(super) fn hyperbolic_fall(&self, f: &Expr) -> Option<Closure> {
        let found = self.hyperbolic(f)?;
        let (plain, class) = found.plain()?;
        (class == Class::CompletelyMonotone && !found.is_logarithm()).then(|| named(f, &plain, class))
    }
}

/// The shape as a leaf, and f as a multiple of it.
fn named(f: &Expr, plain: &Expr, class: Class) -> Closure {
    let shape = leaf(plain, class, ClosureRule::Hyperbolic);
    if f == plain { shape } else { step(f, class, ClosureRule::Scale, vec![shape]) }
}

/// c e^{d k} as (c, d k), or c as (c, nothing).
fn exponential(e: &Expr) -> Option<(Expr, Option<Expr>)> {
    let term = Term::of(e)?;
    match term.factors.as_slice() {
        [] => Some((term.coefficient, None)),
        [(base, exponent)] if *exponent == number(1) => {
            let ExprKind::Function { function: ScalarFunction::Exp, argument } = &base.kind else { return None };
            let inner = Term::of(argument)?;
            let linear = matches!(inner.factors.as_slice(), [(b, e)] if *b == wave_number() && *e == number(1));
            linear.then(|| (term.coefficient.clone(), Some((**argument).clone())))
        }
        _ => None,
    }
}

/// Whether two multiples of k are opposite: a k and −a k, for numbers or one expression.
fn is_opposite(up: &Expr, down: &Expr) -> bool {
    let (Some(a), Some(b)) = (Term::of(up), Term::of(down)) else { return false };
    let (a, b) = (a.coefficient, b.coefficient);
    match (constant_value(&a), constant_value(&b)) {
        (Some(x), Some(y)) => (&x + &y).is_zero(),
        _ => {
            let (x, y) = (unsigned(&a), unsigned(&b));
            x.0 != y.0 && x.1 == y.1
        }
    }
}

/// Whether a minus sign stands before a product, and the product without it.
fn unsigned(e: &Expr) -> (bool, Expr) {
    match &e.kind {
        ExprKind::Neg(a) => {
            let (negative, a) = unsigned(a);
            (!negative, a)
        }
        ExprKind::Mul(a, b) => {
            let ((x, a), (y, b)) = (unsigned(a), unsigned(b));
            (x != y, mul(&a, &b))
        }
        ExprKind::Div(a, b) => {
            let ((x, a), (y, b)) = (unsigned(a), unsigned(b));
            (x != y, div(&a, &b))
        }
        _ => (false, e.clone()),
    }
}

/// d k where e is −2 d k with a number or a leading number: (−2 d) k.
fn half_of_opposite(e: &Expr) -> Option<Expr> {
    let rate = Term::of(e)?.coefficient;
    let positive = match constant_value(&rate) {
        Some(value) => crate::trees::expression::exact(&value.neg()),
        None => Some(unsigned(&rate)).filter(|(negative, _)| *negative)?.1,
    };
    let half = match &positive.kind {
        ExprKind::Mul(two, rest) if **two == number(2) => (**rest).clone(),
        _ => div(&positive, &number(2)).folded(),
    };
    Some(mul(&half, &wave_number()))
}

trait Folded {
    /// Numbers multiplied out.
    fn folded(self) -> Self;
}

impl Folded for Expr {
    fn folded(self) -> Self {
        match constant_value(&self) {
            Some(value) => crate::trees::expression::exact(&value),
            None => self,
        }
    }
}
