//! Values of a kernel's constants and of their derivatives in time to all digits of an `f64`, whatever cancels in them:
//! they are computed with as many bits as that takes, from the decimal numbers that the user wrote, with bounds on
//! their errors.

mod ball;

use ball::{Arithmetic, Ball, Found, Trouble};
use genphys_pde::EvaluateError;
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use std::collections::BTreeMap;

/// Bits tried, one after the other.
const BITS: [usize; 4] = [192, 576, 1728, 4608];

/// How far, as a power of two, a value is shifted to see whether a singularity can be removed.
const SHIFT: i32 = -400;

/// A value and its derivative in time, where that has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) value: f64,
    pub(crate) slope: f64,
}

/// The values of the names in an expression.
#[derive(Clone, Debug)]
pub(crate) struct Point<'a> {
    pub(crate) values: &'a BTreeMap<String, Number>,
    /// Name and value of the time.
    pub(crate) time: (&'a str, &'a Number),
}

impl Point<'_> {
    /// The value of an expression, right to the last digit but one of an `f64`. At a removable singularity of a
    /// parameter or of the time it is the limit.
    ///
    /// # Errors
    /// Where it has none; it is never infinite or NaN.
    pub(crate) fn value(&self, expr: &Expr) -> Result<f64, EvaluateError> {
        self.settled(expr, false).map(|(value, _)| value)
    }

    /// The same with the derivative in time.
    ///
    /// # Errors
    /// Where one of them has no value.
    pub(crate) fn moment(&self, expr: &Expr) -> Result<Moment, EvaluateError> {
        self.settled(expr, true).map(|(value, slope)| Moment { value, slope })
    }

    /// With more and more bits, until both are known.
    fn settled(&self, expr: &Expr, with_slope: bool) -> Result<(f64, f64), EvaluateError> {
        let mut trouble = EvaluateError::DivisionByZero;
        for bits in BITS {
            let mut at = At::new(self, bits).ok_or(EvaluateError::Overflow)?;
            match at.evaluate(expr).and_then(|found| at.digits(&found, with_slope)) {
                Ok(found) => return Ok(found),
                Err(Trouble::Bits) => {}
                Err(Trouble::None(error)) => {
                    trouble = error;
                    break;
                }
            }
        }
        // Zero divided by zero, or what no number of bits tells from it.
        if trouble == EvaluateError::DivisionByZero { self.limit(expr, with_slope) } else { Err(trouble) }
    }

    /// The limit from both sides in every name in turn, and in all at once; those that have one must agree.
    fn limit(&self, expr: &Expr, with_slope: bool) -> Result<(f64, f64), EvaluateError> {
        let none = EvaluateError::DivisionByZero;
        let mut limit: Option<Dual> = None;
        let bits = BITS[BITS.len() - 1];
        for name in self.values.keys().map(|name| Some(name.as_str())).chain([Some(self.time.0), None]) {
            let mut sides = [false, true].into_iter().filter_map(|below| {
                let mut at = At::new(self, bits)?;
                at.shifted = Some((name, below));
                at.evaluate(expr).ok()
            });
            let (Some(above), Some(below)) = (sides.next(), sides.next()) else { continue };
            let same = |a: &Dual, b: &Dual| {
                let slopes = !with_slope || matches!((&a.slope, &b.slope), (Some(a), Some(b)) if a.agrees(b));
                a.value.agrees(&b.value) && slopes
            };
            if !same(&above, &below) || limit.as_ref().is_some_and(|limit| !same(limit, &above)) {
                return Err(none);
            }
            limit = Some(above);
        }
        let (limit, at) = (limit.ok_or(none.clone())?, At::new(self, bits).ok_or(EvaluateError::Overflow)?);
        at.digits(&limit, with_slope).map_err(|trouble| match trouble {
            Trouble::None(error) => error,
            Trouble::Bits => none,
        })
    }
}

/// A value and its derivative in time.
struct Dual {
    value: Ball,
    slope: Option<Ball>,
}

/// An evaluation with so many bits.
struct At<'a> {
    point: &'a Point<'a>,
    arithmetic: Arithmetic,
    /// A name, or all of them, whose value is taken a little above or below.
    shifted: Option<(Option<&'a str>, bool)>,
}

impl<'a> At<'a> {
    fn new(point: &'a Point<'a>, bits: usize) -> Option<Self> {
        Some(Self { point, arithmetic: Arithmetic::new(bits)?, shifted: None })
    }

    /// Both as numbers of 53 bits, where they are known to that.
    fn digits(&self, found: &Dual, with_slope: bool) -> Result<(f64, f64), Trouble> {
        let number = |ball: &Ball| match ball.relative_error() < -60.0 || ball.is_nothing() {
            true => self.arithmetic.nearest(ball),
            false => Err(Trouble::Bits),
        };
        let value = number(&found.value)?;
        let slope = match (&found.slope, with_slope) {
            (_, false) => 0.0,
            (Some(slope), true) => number(slope)?,
            (None, true) => return Err(Trouble::None(EvaluateError::DivisionByZero)),
        };
        Ok((value, slope))
    }

    fn name(&mut self, name: &str) -> Result<Dual, Trouble> {
        let (of_time, at) = self.point.time;
        let number = if name == of_time { Some(at) } else { self.point.values.get(name) };
        let number = number.ok_or_else(|| Trouble::None(EvaluateError::UnknownName(name.to_owned())))?;
        let mut value = self.arithmetic.number(number)?;
        if let Some((_, below)) = self.shifted.filter(|(shifted, _)| shifted.is_none_or(|shifted| shifted == name)) {
            // Each by a step of its own.
            let place = self.point.values.keys().position(|other| other == name).map_or(1, |place| place as i32 + 2);
            let shift = self.arithmetic.times(&self.arithmetic.whole(place), &self.arithmetic.power_of_two(SHIFT))?;
            value = self.arithmetic.plus(&value, &if below { shift.negated() } else { shift })?;
        }
        Ok(Dual { value, slope: Some(self.arithmetic.whole(i32::from(name == of_time))) })
    }

    fn constant(&self, value: Ball) -> Dual {
        Dual { value, slope: Some(self.arithmetic.whole(0)) }
    }

    fn evaluate(&mut self, expr: &Expr) -> Result<Dual, Trouble> {
        Ok(match &expr.kind {
            ExprKind::Number(number) => {
                let value = self.arithmetic.number(number)?;
                self.constant(value)
            }
            ExprKind::Pi => {
                let value = self.arithmetic.pi()?;
                self.constant(value)
            }
            ExprKind::Symbol(name) => self.name(name)?,
            ExprKind::Neg(a) => {
                let a = self.evaluate(a)?;
                Dual { value: a.value.negated(), slope: a.slope.map(|slope| slope.negated()) }
            }
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
                let (a, mut b) = (self.evaluate(a)?, self.evaluate(b)?);
                if matches!(expr.kind, ExprKind::Sub(..)) {
                    b = Dual { value: b.value.negated(), slope: b.slope.map(|slope| slope.negated()) };
                }
                let plus = |a: &Ball, b: &Ball| self.arithmetic.plus(a, b);
                Dual { value: plus(&a.value, &b.value)?, slope: both(&a.slope, &b.slope, plus)? }
            }
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.evaluate(a)?, self.evaluate(b)?);
                self.product(&a, &b)?
            }
            ExprKind::Div(a, b) => {
                let (a, b) = (self.evaluate(a)?, self.evaluate(b)?);
                let value = self.arithmetic.over(&a.value, &b.value)?;
                // (a′ − (a/b) b′)/b.
                let slope = both(&a.slope, &b.slope, |rise, fall| {
                    let left = self.arithmetic.minus(rise, &self.arithmetic.times(&value, fall)?)?;
                    self.arithmetic.over(&left, &b.value)
                })?;
                Dual { value, slope }
            }
            ExprKind::Pow(base, exponent) => {
                let (base, exponent) = (self.evaluate(base)?, self.evaluate(exponent)?);
                self.power(&base, &exponent)?
            }
            ExprKind::Function { function, argument } => {
                let argument = self.evaluate(argument)?;
                self.function(*function, &argument)?
            }
            _ => return Err(Trouble::None(EvaluateError::NotScalar("a derivative or a vector"))),
        })
    }

    fn product(&self, a: &Dual, b: &Dual) -> Result<Dual, Trouble> {
        let times = |a: &Ball, b: &Ball| self.arithmetic.times(a, b);
        let slope = both(&a.slope, &b.slope, |rise, fall| {
            self.arithmetic.plus(&times(rise, &b.value)?, &times(&a.value, fall)?)
        })?;
        Ok(Dual { value: times(&a.value, &b.value)?, slope })
    }

    /// A function with its derivative, which may have no value where the function has one.
    fn function(&mut self, function: ScalarFunction, of: &Dual) -> Result<Dual, Trouble> {
        let value = self.arithmetic.apply(function, &of.value)?;
        let derivative = match function {
            ScalarFunction::Exp => Ok(value.clone()),
            ScalarFunction::Log => self.arithmetic.over(&self.arithmetic.whole(1), &of.value),
            ScalarFunction::Sqrt => {
                let double = self.arithmetic.times(&self.arithmetic.whole(2), &value)?;
                self.arithmetic.over(&self.arithmetic.whole(1), &double)
            }
            ScalarFunction::Sin => self.arithmetic.apply(ScalarFunction::Cos, &of.value),
            ScalarFunction::Cos => self.arithmetic.apply(ScalarFunction::Sin, &of.value).map(|sin| sin.negated()),
        };
        let slope = self.chain(derivative, of.slope.as_ref())?;
        Ok(Dual { value, slope })
    }

    /// f′ times the derivative of what f is of; a constant has none, whatever f′ is.
    fn chain(&self, derivative: Found, slope: Option<&Ball>) -> Result<Option<Ball>, Trouble> {
        match (derivative, slope) {
            (_, Some(slope)) if slope.is_zero() => Ok(Some(slope.clone())),
            (Err(Trouble::Bits), Some(_)) => Err(Trouble::Bits),
            (Ok(derivative), Some(slope)) => self.arithmetic.times(&derivative, slope).map(Some),
            _ => Ok(None),
        }
    }

    /// `a^b`, by multiplication where b is a whole number.
    fn power(&mut self, base: &Dual, exponent: &Dual) -> Result<Dual, Trouble> {
        let is_constant = exponent.slope.as_ref().is_some_and(Ball::is_zero);
        if let Some(whole) = self.arithmetic.as_whole(&exponent.value).filter(|_| is_constant) {
            let value = self.arithmetic.powi(&base.value, whole)?;
            let derivative = match whole {
                0 => Ok(self.arithmetic.whole(0)),
                n => self
                    .arithmetic
                    .powi(&base.value, n - 1)
                    .and_then(|power| self.arithmetic.times(&self.arithmetic.whole(n), &power)),
            };
            let slope = self.chain(derivative, base.slope.as_ref())?;
            return Ok(Dual { value, slope });
        }
        if base.value.is_zero() {
            let positive = self.arithmetic.nearest(&exponent.value)? > 0.0;
            let outside = EvaluateError::OutsideDomain { function: "^", argument: 0.0 };
            let value = if positive { self.arithmetic.whole(0) } else { return Err(Trouble::None(outside)) };
            return Ok(Dual { value, slope: None });
        }
        let log = self.function(ScalarFunction::Log, base).map_err(|trouble| match trouble {
            Trouble::None(EvaluateError::OutsideDomain { argument, .. }) => {
                Trouble::None(EvaluateError::OutsideDomain { function: "^", argument })
            }
            other => other,
        })?;
        let product = self.product(&log, exponent)?;
        self.function(ScalarFunction::Exp, &product)
    }
}

/// Of two derivatives, where there are both.
fn both(a: &Option<Ball>, b: &Option<Ball>, of: impl Fn(&Ball, &Ball) -> Found) -> Result<Option<Ball>, Trouble> {
    match (a, b) {
        (Some(a), Some(b)) => of(a, b).map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
