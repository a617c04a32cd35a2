//! Operators in space as factors of the symbol: lap, fraclap, div, dot, aniso.

use super::{Reader, Unsupported, Value, exponent, unsupported};
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, K1, Meaning, Poly, RADIAL};
use crate::trees::exponents::{small, small_fraction};
use genphys_pde::ast::Expr;

/// Symbols with more terms than this are not multiplied out.
const MOST_TERMS: usize = 16_384;

impl Reader<'_> {
    pub(super) fn derivative(&mut self, operand: &Expr, factor: &Fraction) -> Result<Value, Unsupported> {
        let value = self.value(operand)?;
        let terms = match &value {
            Value::Field(f) | Value::Gradient(f) => f.terms(),
            _ => 1,
        };
        if terms.saturating_mul(factor.terms()) > MOST_TERMS {
            return Err(unsupported("operators whose product has this many terms", operand));
        }
        match value {
            Value::Field(f) if self.moves(&f) => Err(unsupported("an operator on a term with the position x", operand)),
            Value::Field(f) => Ok(Value::Field(f.mul(factor))),
            Value::Gradient(f) => Ok(Value::Gradient(f.mul(factor))),
            Value::FieldVector(v) => Ok(Value::FieldVector(v.iter().map(|f| f.mul(factor)).collect())),
            Value::Scalar(_) | Value::Vector(_) => Err(unsupported("the derivative of a constant", operand)),
            Value::Position(_) | Value::PositionField(_) | Value::VectorSum(_) => {
                Err(unsupported("an operator on a vector with the position x", operand))
            }
        }
    }

    /// i k_j.
    pub(super) fn component(&self, index: usize) -> Fraction {
        Fraction::whole(CPoly::real(self.ring.variable(K1 + index)).mul_i(1))
    }

    /// (−|k|²)ⁿ.
    pub(super) fn laplacian(&self, order: u32, expr: &Expr) -> Result<Fraction, Unsupported> {
        let order = exponent(order, expr)?;
        if super::power_of_sum(self.ring.components as usize, u64::from(order)).is_none() {
            return Err(unsupported("a power of the Laplacian with this many terms", expr));
        }
        let squared = self.squared_wave_number();
        let minus = if order % 2 == 1 { self.ring.integer(-1) } else { self.ring.integer(1) };
        Ok(Fraction::whole(CPoly::real(&squared.pow(usize::from(order)) * &minus)))
    }

    /// |k|², in components where the equation has any.
    pub(super) fn squared_wave_number(&self) -> Poly {
        if self.ring.components == 0 {
            return self.ring.power(RADIAL, 2 * self.ring.root as u16);
        }
        (0..self.ring.components as usize).fold(self.ring.zero(), |sum, i| &sum + &self.ring.power(K1 + i, 2))
    }

    /// |k|^a.
    pub(super) fn fractional(&mut self, exponent: &Expr) -> Result<Fraction, Unsupported> {
        if let Some((n, d)) = small_fraction(exponent).or_else(|| self.fixed_fraction(exponent)) {
            if d == 1 && n % 2 == 0 {
                let half = u16::try_from(n / 2).map_err(|_| unsupported("an exponent of this size", exponent))?;
                if super::power_of_sum(self.ring.components as usize, u64::from(half)).is_none() {
                    return Err(unsupported("a power of the Laplacian with this many terms", exponent));
                }
                return Ok(Fraction::whole(CPoly::real(self.squared_wave_number().pow(usize::from(half)))));
            }
            if self.ring.root.is_multiple_of(d) {
                let power = u16::try_from(n * (self.ring.root / d))
                    .map_err(|_| unsupported("an exponent of this size", exponent))?;
                return Ok(Fraction::whole(CPoly::real(self.ring.power(RADIAL, power))));
            }
        }
        let Value::Scalar(value) = self.value(exponent)? else {
            return Err(unsupported("an exponent that is not a number", exponent));
        };
        if !value.num.is_real() || !value.den.is_constant() {
            return Err(unsupported("an exponent that is not a polynomial in real parameters", exponent));
        }
        let poly = value.num.re.clone().mul_coeff(value.den.get_constant().inv());
        let text = genphys_pde::print_expr(exponent);
        self.positive.push(poly.clone());
        let index = self
            .ring
            .adjoin(Meaning::SymbolicPower { exponent: poly, text, expr: exponent.clone() })
            .ok_or_else(|| unsupported("too many different exponents", exponent))?;
        Ok(Fraction::whole(CPoly::real(self.ring.variable(index))))
    }

    /// An exponent that is a number because its parameters are fixed.
    fn fixed_fraction(&mut self, exponent: &Expr) -> Option<(u32, u32)> {
        let Ok(Value::Scalar(value)) = self.value(exponent) else { return None };
        let number = value.num.is_real() && value.num.re.is_constant() && value.den.is_constant();
        number.then(|| small(&(&value.num.re.get_constant() / &value.den.get_constant())))?
    }

    pub(super) fn divergence(&mut self, operand: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let value = self.value(operand)?;
        self.divergence_of(value, operand, expr)
    }

    fn divergence_of(&mut self, value: Value, operand: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        match value {
            Value::VectorSum(list) => {
                let mut sum = Fraction::whole(CPoly::real(self.ring.zero()));
                for part in list {
                    match self.divergence_of(part, operand, expr)? {
                        Value::Field(f) => sum = sum.add(&f),
                        _ => return Err(unsupported("the divergence of a vector with and without the field", expr)),
                    }
                }
                Ok(Value::Field(sum))
            }
            Value::Position(f) => Ok(Value::Scalar(f.mul(&self.dimension(expr)?))),
            Value::PositionField(f) => Ok(Value::Field(f.mul(&self.motion(expr)?))),
            Value::Gradient(f) => {
                let minus = CPoly::real(-self.squared_wave_number());
                Ok(Value::Field(f.mul(&Fraction::whole(minus))))
            }
            Value::FieldVector(v) if v.len() == self.ring.components as usize => {
                let zero = Fraction::whole(CPoly::real(self.ring.zero()));
                Ok(Value::Field(v.iter().enumerate().fold(zero, |sum, (i, f)| sum.add(&f.mul(&self.component(i))))))
            }
            Value::FieldVector(v) => Err(unsupported(
                format!("a vector of length {} in {} dimensions", v.len(), self.ring.components),
                operand,
            )),
            Value::Vector(_) => Err(unsupported("the divergence of a constant", expr)),
            Value::Scalar(_) | Value::Field(_) => Err(unsupported("the divergence of a scalar", expr)),
        }
    }

    pub(super) fn dot(&mut self, a: &Expr, b: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let (left, right) = (self.value(a)?, self.value(b)?);
        let (left, right) = match (left, right) {
            (Value::Position(f), flow) | (flow, Value::Position(f)) => return self.along_position(&f, flow, expr),
            other => other,
        };
        let (constant, field) = match (left, right) {
            (Value::Vector(c), Value::FieldVector(f)) | (Value::FieldVector(f), Value::Vector(c)) => (c, f),
            (Value::Vector(c), Value::Vector(d)) if c.len() == d.len() => {
                let zero = Fraction::whole(CPoly::real(self.ring.zero()));
                let sum = c.iter().zip(&d).fold(zero, |sum, (x, y)| sum.add(&x.mul(y)));
                return Ok(Value::Scalar(sum));
            }
            _ => return Err(unsupported("this scalar product", expr)),
        };
        if constant.len() != field.len() {
            return Err(unsupported(format!("vectors of lengths {} and {}", constant.len(), field.len()), expr));
        }
        let zero = Fraction::whole(CPoly::real(self.ring.zero()));
        Ok(Value::Field(constant.iter().zip(&field).fold(zero, |sum, (c, f)| sum.add(&c.mul(f)))))
    }

    /// −k·A k.
    pub(super) fn quadratic_form(&mut self, matrix: &[Vec<Expr>], expr: &Expr) -> Result<Fraction, Unsupported> {
        if matrix.len() != self.ring.components as usize {
            return Err(unsupported(
                format!("a {0} x {0} matrix in {1} dimensions", matrix.len(), self.ring.components),
                expr,
            ));
        }
        let mut form = Fraction::whole(CPoly::real(self.ring.zero()));
        for (i, row) in matrix.iter().enumerate() {
            for (j, entry) in row.iter().enumerate() {
                let Value::Scalar(value) = self.value(entry)? else {
                    return Err(unsupported("a matrix entry that is not a constant", entry));
                };
                form = form.add(&value.mul(&self.component(i)).mul(&self.component(j)));
            }
        }
        Ok(form)
    }
}
