//! Scalars without the field: quotients, powers, roots and functions of parameters and the time.

use super::{Reader, Unsupported, Value, unsupported};
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Meaning};
use crate::trees::exponents::constant_value;
use crate::trees::expression::{mentions, substitute};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

impl Reader<'_> {
    pub(super) fn inverse(&mut self, expr: &Expr) -> Result<Fraction, Unsupported> {
        let Value::Scalar(value) = self.value(expr)? else {
            return Err(unsupported("division by the field or by a vector", expr));
        };
        if value.num.is_zero() {
            return Err(unsupported("division by zero", expr));
        }
        self.reciprocal(&value, expr)
    }

    /// 1/value for a value that is not zero identically.
    fn reciprocal(&mut self, value: &Fraction, expr: &Expr) -> Result<Fraction, Unsupported> {
        if !value.num.is_real() && value.terms().saturating_mul(value.terms()) > MOST_TERMS {
            return Err(unsupported("division by an expression of this size", expr));
        }
        // A real number and its square vanish together.
        let norm = if value.num.is_real() { value.num.re.clone() } else { value.num.norm() };
        let num = if value.num.is_real() { CPoly::real(value.den.clone()) } else { value.num.conj().scale(&value.den) };
        if !norm.is_constant() {
            self.non_zero.push(norm.clone());
        }
        Ok(Fraction { num, den: norm }.cancelled())
    }

    pub(super) fn power(&mut self, base: &Expr, exponent: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let Some(power) = constant_value(exponent) else {
            return self.opaque(expr);
        };
        if let Some(sum) = self.multiple_angles(base, &power) {
            return self.value(&sum);
        }
        let value = match self.value(base)? {
            Value::Scalar(value) => value,
            Value::Field(f) if power.is_one() => return Ok(Value::Field(f)),
            _ => return Err(unsupported("a power of the field", expr)),
        };
        let (Some(n), Some(d)) = (power.numerator().to_i64(), power.denominator().to_i64()) else {
            return Err(unsupported("an exponent of this size", exponent));
        };
        let value = match d {
            1 => value,
            2 if is_number(&value) => match self.square_root(&value, expr)? {
                Value::Scalar(root) => root,
                _ => return Err(unsupported("this root", expr)),
            },
            _ => return self.opaque(expr),
        };
        if let Some(known) = self.kept(expr) {
            return Ok(known);
        }
        let value = match self.kept(base) {
            Some(Value::Scalar(short)) if d == 1 => short,
            _ => value,
        };
        let value = if is_long(&value, n.unsigned_abs()) {
            // A power of one variable that stands for the base: compact, and it does not cancel as its terms do.
            match self.unexpanded(base) {
                Ok(Value::Scalar(short)) if d == 1 => short,
                _ if too_large(&value, n.unsigned_abs()) => return self.unexpanded(expr),
                _ => value,
            }
        } else {
            value
        };
        let positive = (0..n.unsigned_abs())
            .fold(None::<Fraction>, |product, _| Some(product.map_or_else(|| value.clone(), |p| p.mul(&value))));
        let positive = positive.unwrap_or_else(|| Fraction::whole(CPoly::real(self.ring.integer(1))));
        if n >= 0 {
            return Ok(Value::Scalar(positive));
        }
        if positive.num.is_zero() {
            return Err(unsupported("division by zero", expr));
        }
        Ok(Value::Scalar(self.reciprocal(&positive, expr)?))
    }

    /// sin² a = (1 − cos 2a)/2 and its kin, where the time occurs and has no end: sums have integrals term by term.
    fn multiple_angles(&self, base: &Expr, power: &Rational) -> Option<Expr> {
        use crate::trees::expression::{add, exact, mul, number, sub};
        let ExprKind::Function { function, argument } = &base.kind else { return None };
        let n =
            power.is_integer().then(|| power.numerator().to_i64())?.filter(|n| (2..=6).contains(n) && n % 2 == 0)?;
        let endless = crate::equation::declared::time_range(self.pde).upper.is_none();
        if !endless || !mentions(argument, &self.pde.time.name) {
            return None;
        }
        let sine = match function {
            ScalarFunction::Sin => true,
            ScalarFunction::Cos => false,
            _ => return None,
        };
        let twice = crate::trees::expression::function(ScalarFunction::Cos, &mul(&number(2), argument));
        let square = if sine { sub(&number(1), &twice) } else { add(&number(1), &twice) };
        let square = mul(&exact(&Rational::new(1, 2)), &square);
        let four = crate::trees::expression::function(ScalarFunction::Cos, &mul(&number(4), argument));
        let quarter = exact(&Rational::new(1, 4));
        match n {
            2 => Some(square),
            4 => {
                // (1 ∓ cos 2a)²/4 = (3 ∓ 4 cos 2a + cos 4a)/8.
                let linear = mul(&number(2), &twice);
                let one = if sine { sub(&number(1), &linear) } else { add(&number(1), &linear) };
                let half = mul(&exact(&Rational::new(1, 2)), &add(&number(1), &four));
                Some(mul(&quarter, &add(&one, &half)))
            }
            _ => None,
        }
    }

    /// A product of which one factor, the one with more terms, is kept as it stands where multiplying out would take
    /// more terms than a polynomial may have.
    pub(super) fn product(&mut self, a: &Expr, b: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let (mut left, mut right) = (self.value(a)?, self.value(b)?);
        let terms = |value: &Value| match value {
            Value::Scalar(f) | Value::Field(f) | Value::Gradient(f) => f.terms(),
            _ => 1,
        };
        if terms(&left).saturating_mul(terms(&right)) > MOST_TERMS {
            let left_is_longer = terms(&left) >= terms(&right);
            match (&left, &right) {
                (Value::Scalar(_), other) if left_is_longer || !matches!(other, Value::Scalar(_)) => {
                    left = self.unexpanded(a)?;
                }
                (_, Value::Scalar(_)) => right = self.unexpanded(b)?,
                _ => {}
            }
        }
        self.multiply(left, right, expr)
    }

    /// What the ring already has a variable for, as it stands.
    fn kept(&self, expr: &Expr) -> Option<Value> {
        let functions = |m: &Meaning| matches!(m, Meaning::Function { .. });
        if !self.ring.meanings.iter().any(functions) {
            return None;
        }
        let text = crate::algebra::print::grouped(&genphys_pde::print_expr(expr));
        let same = |m: &Meaning| matches!(m, Meaning::Function { text: known, .. } if *known == text);
        self.ring.meanings.iter().position(same).map(|i| self.real(self.ring.variable(i)))
    }

    /// An expression in real parameters that is too long when multiplied out: a variable with a proved sign.
    fn unexpanded(&mut self, expr: &Expr) -> Result<Value, Unsupported> {
        let (pde, fixed) = (self.pde, self.fixed);
        let names = |name: &str| super::enclosure(pde, fixed, name);
        let numbers = |name: &str| fixed.get(name).map(crate::trees::expression::exact);
        let simple = substitute(expr, &numbers, &names);
        let long = || unsupported("an expression of this size", expr);
        // A power says more as one of a variable for its base.
        if let ExprKind::Pow(base, power) = &simple.kind
            && let Some(n) = constant_value(power).filter(|n| n.is_integer()).and_then(|n| n.numerator().to_i64())
            && (2..=64).contains(&n)
            && let Value::Scalar(base) = self.unexpanded(base)?
        {
            return Ok(Value::Scalar((1..n).fold(base.clone(), |product, _| product.mul(&base))));
        }
        if constant_value(&simple).is_some() || !(crate::trees::bernstein::Prover { names: &names }).has_value(&simple)
        {
            return Err(long());
        }
        let mut interval = enclose(&simple, &names).unwrap_or(Interval::REAL);
        if let ExprKind::Pow(_, power) = &simple.kind
            && let Some(power) = constant_value(power).filter(|p| p.is_integer())
            && power.numerator().to_i64().is_some_and(|n| n % 2 == 0)
        {
            interval.lo = interval.lo.max(0.0);
        }
        let text = crate::algebra::print::grouped(&genphys_pde::print_expr(&simple));
        let in_time = mentions(&simple, &self.pde.time.name);
        self.adjoined(Meaning::Function { text, expr: simple, interval, square: None, in_time }, expr)
    }

    /// A function of parameters and the time that is no polynomial, kept as a variable with a proved sign.
    fn opaque(&mut self, expr: &Expr) -> Result<Value, Unsupported> {
        let (pde, fixed) = (self.pde, self.fixed);
        let names = |name: &str| super::enclosure(pde, fixed, name);
        let numbers = |name: &str| fixed.get(name).map(crate::trees::expression::exact);
        let simple = substitute(expr, &numbers, &names);
        let is_root = |e: &Expr| matches!(&e.kind, ExprKind::Function { .. } | ExprKind::Pow(..));
        // With a fixed value it may be of another kind, as t^a with a = 2 is.
        let fixed_here = fixed.keys().any(|name| mentions(expr, name));
        if !is_root(&simple) || fixed_here || (simple != *expr && constant_value(&simple).is_some()) {
            return self.value(&simple);
        }
        let prover = crate::trees::bernstein::Prover { names: &names };
        let interval = match self.vanishing_base(&simple, &names) {
            Some(positive) => positive,
            None if prover.has_value(&simple) => enclose(&simple, &names).unwrap_or(Interval::REAL),
            None => return Err(unsupported("a function that is not real and finite for all parameter values", expr)),
        };
        let square = match &simple.kind {
            ExprKind::Function { function: ScalarFunction::Sqrt, argument } => match self.value(argument)? {
                Value::Scalar(v) if v.num.is_real() && v.den.is_constant() => {
                    Some(v.num.re.clone().mul_coeff(v.den.get_constant().inv()))
                }
                _ => None,
            },
            _ => None,
        };
        let text = genphys_pde::print_expr(&simple);
        let in_time = mentions(&simple, &self.pde.time.name);
        self.adjoined(Meaning::Function { text, expr: simple, interval, square, in_time }, expr)
    }

    /// log x or x^a of a linear function x of the time that vanishes at an end of its interval only, and so has a value
    /// inside.
    fn vanishing_base(&self, e: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> Option<Interval> {
        let time = &self.pde.time.name;
        let inside = |base: &Expr| {
            let slope = crate::trees::calculus::differentiate(base, time).filter(|d| !mentions(d, time));
            let moves = slope.and_then(|d| enclose(&d, names)).is_some_and(|v| v.nonzero);
            moves && enclose(base, names).is_some_and(Interval::non_negative)
        };
        match &e.kind {
            ExprKind::Pow(base, power) if !mentions(power, time) && mentions(base, time) => {
                let real = crate::trees::bernstein::Prover { names }.has_value(power);
                (real && inside(base)).then_some(Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true })
            }
            ExprKind::Function { function: ScalarFunction::Log, argument } if mentions(argument, time) => {
                inside(argument).then(|| enclose(e, names).unwrap_or(Interval::REAL))
            }
            _ => None,
        }
    }

    /// √ of a positive number, kept as an algebraic constant with its square.
    fn square_root(&mut self, value: &Fraction, expr: &Expr) -> Result<Value, Unsupported> {
        if !(value.num.is_real() && value.num.re.is_constant() && value.den.is_constant()) {
            return self.opaque(expr);
        }
        let number = &value.num.re.get_constant() / &value.den.get_constant();
        if number.is_negative() {
            return Err(unsupported("the square root of a negative number", expr));
        }
        let (n, d) = (number.numerator(), number.denominator());
        let (root_n, root_d) = (n.root(2), d.root(2));
        if &root_n * &root_n == n && &root_d * &root_d == d {
            return Ok(self.real(self.ring.constant(&Rational::from(root_n) / &Rational::from(root_d))));
        }
        let approximate = number.to_f64().sqrt();
        let scale = 1_u64 << 40;
        #[allow(clippy::cast_possible_truncation, reason = "an enclosure; it is widened below")]
        let centre = (approximate * scale as f64) as i64;
        let bound = |offset: i64| Rational::new(centre.saturating_add(offset), scale as i64);
        let (lower, upper) = (bound(-4096), bound(4096));
        let inside = |l: &Rational, u: &Rational| {
            (&(l * l) - &number).is_negative() && (&number - &(u * u)).is_negative() && !l.is_negative()
        };
        if !inside(&lower, &upper) {
            return Err(unsupported("a square root of this size", expr));
        }
        let meaning = Meaning::Constant {
            text: format!("sqrt({number})"),
            expr: crate::trees::expression::function(ScalarFunction::Sqrt, &crate::trees::expression::exact(&number)),
            lower,
            upper,
            value: approximate,
            square: Some(self.ring.constant(number)),
        };
        self.adjoined(meaning, expr)
    }

    pub(super) fn function(
        &mut self,
        function: ScalarFunction,
        argument: &Expr,
        expr: &Expr,
    ) -> Result<Value, Unsupported> {
        let Value::Scalar(value) = self.value(argument)? else {
            return Err(unsupported("a function of the field", expr));
        };
        match function {
            ScalarFunction::Sqrt => self.square_root(&value, expr),
            ScalarFunction::Exp if value.num.is_zero() => Ok(self.real(self.ring.integer(1))),
            ScalarFunction::Log if value.num.is_real() && value.num.re == value.den => Ok(self.real(self.ring.zero())),
            ScalarFunction::Sin if value.num.is_zero() => Ok(self.real(self.ring.zero())),
            ScalarFunction::Cos if value.num.is_zero() => Ok(self.real(self.ring.integer(1))),
            _ => self.opaque(expr),
        }
    }
}

/// Polynomials with more terms than this are not multiplied out.
const MOST_TERMS: usize = 256;

/// Whether a power of a sum is better written as one of a variable than multiplied out.
fn is_long(value: &Fraction, n: u64) -> bool {
    const MOST_TERMS: u64 = 20;
    too_large(value, n) || super::power_of_sum(value.terms(), n).is_none_or(|terms| terms > MOST_TERMS)
}

/// Whether a power has more terms, a higher degree or longer numbers than a polynomial may: predicted, before it is
/// made.
fn too_large(value: &Fraction, n: u64) -> bool {
    const HIGHEST_DEGREE: u64 = 512;
    const LONGEST: u64 = 4096;
    let parts = [&value.num.re, &value.num.im, &value.den];
    let degree = parts.iter().flat_map(|p| (0..p.nvars()).map(|i| p.degree(i))).max().unwrap_or(0);
    let digits =
        parts.iter().flat_map(|p| crate::algebra::ring::terms(p)).map(|(c, _)| c.to_string().len()).max().unwrap_or(1);
    super::power_of_sum(value.terms(), n).is_none()
        || u64::from(degree).saturating_mul(n) > HIGHEST_DEGREE
        || (digits as u64).saturating_mul(n) > LONGEST
}

fn is_number(value: &Fraction) -> bool {
    value.num.is_real() && value.num.re.is_constant() && value.den.is_constant()
}
