//! The value of a scalar expression that has no field in it: coefficients, dispersion relations, conditions.

mod complex;

pub use complex::Complex;

use crate::ast::{Expr, ExprKind, ScalarFunction};
use std::collections::BTreeMap;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluateError {
    /// A name has no value in the map.
    #[error("`{0}` has no value")]
    UnknownName(String),
    /// A derivative, vector or other thing that is not a scalar without the field.
    #[error("{0} is not a number")]
    NotScalar(&'static str),
    /// The imaginary unit where a real number is asked for.
    #[error("the value is not real")]
    NotReal,
    /// A function at a point where it has no real (or no) value.
    #[error("{function}({argument}) has no value")]
    OutsideDomain {
        /// Its name; `^` for a power.
        function: &'static str,
        /// The argument, or the base of the power.
        argument: f64,
    },
    /// A divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
    /// Too large for an `f64`.
    #[error("the value is too large")]
    Overflow,
}

/// The real value of an expression at the given values of its names.
///
/// # Errors
/// See [`EvaluateError`]; no value is ever infinite or NaN. Every intermediate value must be real too: √(−1)·√(−1) is
/// an error here, and −1 in [`evaluate_complex`].
pub fn evaluate_real(expr: &Expr, values: &BTreeMap<String, f64>) -> Result<f64, EvaluateError> {
    evaluate(expr, &|name| values.get(name).copied())
}

/// The complex value of an expression at the given real values of its names; roots, logarithms and powers are
/// principal.
///
/// # Errors
/// See [`EvaluateError`]; [`EvaluateError::NotReal`] does not occur.
pub fn evaluate_complex(expr: &Expr, values: &BTreeMap<String, f64>) -> Result<Complex, EvaluateError> {
    evaluate(expr, &|name| values.get(name).copied().map(Complex::real))
}

/// The complex value of an expression whose names have complex values.
///
/// # Errors
/// As [`evaluate_complex`].
pub fn evaluate_at(expr: &Expr, values: &BTreeMap<String, Complex>) -> Result<Complex, EvaluateError> {
    evaluate(expr, &|name| values.get(name).copied())
}

/// The arithmetic that real and complex evaluation share.
trait Scalar: Copy {
    fn from_real(value: f64) -> Self;
    fn imaginary() -> Result<Self, EvaluateError>;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn neg(self) -> Self;
    /// The divisor is not zero.
    fn div(self, other: Self) -> Self;
    fn is_zero(self) -> bool;
    fn is_finite(self) -> bool;
    /// The value as a whole number, if it is one between −1024 and 1024.
    fn whole(self) -> Option<i32>;
    fn powi(self, exponent: i32) -> Self;
    fn power(self, exponent: Self) -> Result<Self, EvaluateError>;
    fn apply(self, function: ScalarFunction) -> Result<Self, EvaluateError>;
}

fn whole_part(value: f64) -> Option<i32> {
    // The range makes the conversion exact.
    (value.fract() == 0.0 && value.abs() <= 1024.0).then_some(value as i32)
}

fn evaluate<T: Scalar>(expr: &Expr, value_of: &dyn Fn(&str) -> Option<T>) -> Result<T, EvaluateError> {
    let both = |left, right| Ok((evaluate(left, value_of)?, evaluate(right, value_of)?));
    let value = match &expr.kind {
        ExprKind::Number(number) => T::from_real(number.to_f64()),
        ExprKind::Pi => T::from_real(std::f64::consts::PI),
        ExprKind::Imaginary => T::imaginary()?,
        ExprKind::Symbol(name) => value_of(name).ok_or_else(|| EvaluateError::UnknownName(name.clone()))?,
        ExprKind::Neg(operand) => evaluate(operand, value_of)?.neg(),
        ExprKind::Add(left, right) => both(left, right).map(|(left, right): (T, T)| left.add(right))?,
        ExprKind::Sub(left, right) => both(left, right).map(|(left, right): (T, T)| left.sub(right))?,
        ExprKind::Mul(left, right) => both(left, right).map(|(left, right): (T, T)| left.mul(right))?,
        ExprKind::Div(left, right) => {
            let (left, right): (T, T) = both(left, right)?;
            if right.is_zero() {
                return Err(EvaluateError::DivisionByZero);
            }
            left.div(right)
        }
        ExprKind::Pow(base, exponent) => {
            let (base, exponent): (T, T) = both(base, exponent)?;
            match exponent.whole() {
                Some(whole) if whole < 0 && base.is_zero() => return Err(EvaluateError::DivisionByZero),
                Some(whole) => base.powi(whole),
                None => base.power(exponent)?,
            }
        }
        ExprKind::Function { function, argument } => evaluate(argument, value_of)?.apply(*function)?,
        other => return Err(EvaluateError::NotScalar(what(other))),
    };
    if value.is_finite() { Ok(value) } else { Err(EvaluateError::Overflow) }
}

fn what(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Position => "the position vector",
        ExprKind::Coordinate(_) => "a coordinate",
        ExprKind::Vector(_) => "a vector",
        ExprKind::Dot(..) => "a scalar product",
        _ => "a derivative",
    }
}

impl Scalar for f64 {
    fn from_real(value: f64) -> Self {
        value
    }
    fn imaginary() -> Result<Self, EvaluateError> {
        Err(EvaluateError::NotReal)
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn mul(self, other: Self) -> Self {
        self * other
    }
    fn neg(self) -> Self {
        -self
    }
    fn div(self, other: Self) -> Self {
        self / other
    }
    fn is_zero(self) -> bool {
        self == 0.0
    }
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
    fn whole(self) -> Option<i32> {
        whole_part(self)
    }
    fn powi(self, exponent: i32) -> Self {
        f64::powi(self, exponent)
    }
    fn power(self, exponent: Self) -> Result<Self, EvaluateError> {
        if self < 0.0 || self == 0.0 && exponent < 0.0 {
            return Err(EvaluateError::OutsideDomain { function: "^", argument: self });
        }
        Ok(self.powf(exponent))
    }
    fn apply(self, function: ScalarFunction) -> Result<Self, EvaluateError> {
        let outside = match function {
            ScalarFunction::Sqrt => self < 0.0,
            ScalarFunction::Log => self <= 0.0,
            _ => false,
        };
        if outside {
            return Err(EvaluateError::OutsideDomain { function: function.name(), argument: self });
        }
        Ok(match function {
            ScalarFunction::Sqrt => self.sqrt(),
            ScalarFunction::Exp => self.exp(),
            ScalarFunction::Log => self.ln(),
            ScalarFunction::Sin => self.sin(),
            ScalarFunction::Cos => self.cos(),
        })
    }
}

impl Scalar for Complex {
    fn from_real(value: f64) -> Self {
        Self::real(value)
    }
    fn imaginary() -> Result<Self, EvaluateError> {
        Ok(Self::I)
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn mul(self, other: Self) -> Self {
        self * other
    }
    fn neg(self) -> Self {
        -self
    }
    fn div(self, other: Self) -> Self {
        self / other
    }
    fn is_zero(self) -> bool {
        self.re == 0.0 && self.im == 0.0
    }
    fn is_finite(self) -> bool {
        Self::is_finite(self)
    }
    fn whole(self) -> Option<i32> {
        if self.im == 0.0 { whole_part(self.re) } else { None }
    }
    fn powi(self, exponent: i32) -> Self {
        Self::powi(self, exponent)
    }
    fn power(self, exponent: Self) -> Result<Self, EvaluateError> {
        if Scalar::is_zero(self) && exponent.re <= 0.0 {
            return Err(EvaluateError::OutsideDomain { function: "^", argument: 0.0 });
        }
        Ok(self.powc(exponent))
    }
    fn apply(self, function: ScalarFunction) -> Result<Self, EvaluateError> {
        Ok(match function {
            ScalarFunction::Sqrt => self.sqrt(),
            ScalarFunction::Exp => self.exp(),
            ScalarFunction::Log if Scalar::is_zero(self) => {
                return Err(EvaluateError::OutsideDomain { function: "log", argument: 0.0 });
            }
            ScalarFunction::Log => self.ln(),
            ScalarFunction::Sin => self.sin(),
            ScalarFunction::Cos => self.cos(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_expression;

    fn real(text: &str) -> Result<f64, EvaluateError> {
        let values = BTreeMap::from([("m".to_owned(), 2.0), ("k".to_owned(), 3.0)]);
        evaluate_real(&parse_expression(text).unwrap(), &values)
    }

    fn complex(text: &str) -> Result<Complex, EvaluateError> {
        let values = BTreeMap::from([("m".to_owned(), 2.0), ("k".to_owned(), 3.0)]);
        evaluate_complex(&parse_expression(text).unwrap(), &values)
    }

    #[test]
    fn real_values() {
        assert_eq!(real("-m^2 + 2*k"), Ok(2.0));
        assert_eq!(real("2^-3"), Ok(0.125));
        assert_eq!(real("2^3^2"), Ok(512.0));
        assert_eq!(real("sqrt(k^2 + m^2) - m"), Ok(13f64.sqrt() - 2.0));
        assert_eq!(real("(-2)^3 + 4^0.5"), Ok(-6.0));
        assert_eq!(real("sin(pi/2) + cos(0) + exp(0) + log(1)"), Ok(3.0));
    }

    #[test]
    fn what_has_no_value_says_why() {
        assert_eq!(real("I"), Err(EvaluateError::NotReal));
        assert_eq!(real("q"), Err(EvaluateError::UnknownName("q".into())));
        assert_eq!(real("1/(m - 2)"), Err(EvaluateError::DivisionByZero));
        assert_eq!(real("0^-1"), Err(EvaluateError::DivisionByZero));
        assert_eq!(real("sqrt(-m)"), Err(EvaluateError::OutsideDomain { function: "sqrt", argument: -2.0 }));
        assert_eq!(real("exp(10^6)"), Err(EvaluateError::Overflow));
        assert_eq!(real("lap(phi)"), Err(EvaluateError::NotScalar("a derivative")));
        assert_eq!(complex("log(0)"), Err(EvaluateError::OutsideDomain { function: "log", argument: 0.0 }));
    }

    #[test]
    fn complex_values() {
        assert_eq!(complex("I^2"), Ok(Complex::real(-1.0)));
        assert_eq!(complex("-I*sqrt(m^2 - k^2)"), Ok(Complex::new(5f64.sqrt(), 0.0)));
        assert_eq!(complex("1/I"), Ok(Complex::new(0.0, -1.0)));
    }
}
