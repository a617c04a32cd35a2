//! Coefficients that depend on the time, and linear drift in x: `div(x*phi)` is a variable of the symbol, and
//! `dot(x, grad(phi))` = div(x φ) − N φ.

use super::{Reader, Unsupported, Value, map_value, unsupported};
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Meaning, Poly, S, coefficients};
use crate::trees::calculus::differentiate;
use genphys_pde::ast::Expr;

impl Reader<'_> {
    /// ∂/∂t of a value: s times it, plus the derivative of its coefficients.
    pub(super) fn time_derivative(&mut self, value: Value, operand: &Expr) -> Result<Value, Unsupported> {
        let with = |reader: &mut Self, f: &Fraction| -> Result<Fraction, Unsupported> {
            let growth = f.mul(&Fraction::whole(CPoly::real(reader.ring.variable(S))));
            Ok(growth.add(&reader.rate_of_change(f, operand)?))
        };
        match value {
            Value::Field(f) => Ok(Value::Field(with(self, &f)?)),
            Value::Gradient(f) => Ok(Value::Gradient(with(self, &f)?)),
            Value::FieldVector(v) => Ok(Value::FieldVector(v.iter().map(|f| with(self, f)).collect::<Result<_, _>>()?)),
            Value::Scalar(_) | Value::Vector(_) => Err(unsupported("the derivative of a constant", operand)),
            Value::Position(_) | Value::PositionField(_) | Value::VectorSum(_) => {
                Err(unsupported("an operator on a vector with the position x", operand))
            }
        }
    }

    /// The derivative of the coefficients of a fraction by the time.
    pub(super) fn rate_of_change(&mut self, f: &Fraction, operand: &Expr) -> Result<Fraction, Unsupported> {
        let changes = (0..self.ring.meanings.len()).any(|i| {
            self.ring.changes_in_time(i) && (f.num.re.degree(i) > 0 || f.num.im.degree(i) > 0 || f.den.degree(i) > 0)
        });
        if !changes {
            return Ok(Fraction::whole(CPoly::real(self.ring.zero())));
        }
        // (n/d)' = n'/d − n d'/d².
        let num = self.polynomial_rate(&f.num, operand)?;
        let den = self.polynomial_rate(&CPoly::real(f.den.clone()), operand)?;
        let inverse = |den: &Poly| Fraction { num: CPoly::real(den.one()), den: den.clone() };
        let first = num.mul(&inverse(&f.den));
        let second = den.mul(&Fraction::whole(f.num.clone())).mul(&inverse(&(&f.den * &f.den)));
        Ok(first.add(&second.neg()))
    }

    fn polynomial_rate(&mut self, p: &CPoly, operand: &Expr) -> Result<Fraction, Unsupported> {
        let mut sum = Fraction::whole(CPoly::real(self.ring.zero()));
        for index in 0..self.ring.meanings.len() {
            // The derivative of a function that does not occur would only bring others in.
            let partial = p.map(|q| derivative(q, index));
            if partial.is_zero() {
                continue;
            }
            let inner = match &self.ring.meanings[index] {
                Meaning::Time => Fraction::whole(CPoly::real(self.ring.integer(1))),
                Meaning::Function { expr, .. } if self.ring.changes_in_time(index) => {
                    let expr = expr.clone();
                    let rate = differentiate(&expr, &self.pde.time.name)
                        .ok_or_else(|| unsupported("a coefficient whose time derivative is not known", operand))?;
                    match self.value(&rate)? {
                        Value::Scalar(f) => f,
                        _ => return Err(unsupported("a coefficient that is not a scalar", operand)),
                    }
                }
                _ => continue,
            };
            sum = sum.add(&Fraction::whole(partial).mul(&inner));
        }
        Ok(sum)
    }

    /// Whether the symbol contains `div(x·)`.
    pub(super) fn moves(&self, f: &Fraction) -> bool {
        self.ring.motion().is_some_and(|i| f.num.re.degree(i) > 0 || f.num.im.degree(i) > 0)
    }

    /// The variable that stands for `div(x·)`.
    pub(super) fn motion(&mut self, expr: &Expr) -> Result<Fraction, Unsupported> {
        let index =
            self.ring.adjoin(Meaning::Motion).ok_or_else(|| unsupported("too many different constants", expr))?;
        Ok(Fraction::whole(CPoly::real(self.ring.variable(index))))
    }

    /// N, as a number where the equation names its coordinates.
    pub(super) fn dimension(&mut self, expr: &Expr) -> Result<Fraction, Unsupported> {
        if self.ring.components > 0 && self.dims_are_components {
            return Ok(Fraction::whole(CPoly::real(self.ring.integer(i64::from(self.ring.components)))));
        }
        let index =
            self.ring.adjoin(Meaning::Dimension).ok_or_else(|| unsupported("too many different constants", expr))?;
        Ok(Fraction::whole(CPoly::real(self.ring.variable(index))))
    }

    /// f x·flow.
    pub(super) fn along_position(&mut self, f: &Fraction, flow: Value, expr: &Expr) -> Result<Value, Unsupported> {
        let free = |g: &Fraction| !self.ring.has_wave(&g.num.re) && !self.ring.has_wave(&g.num.im);
        let symbol = match flow {
            Value::Gradient(g) if free(&g) => g,
            Value::FieldVector(v) => {
                // ∇φ in components: i k_j times one common factor.
                let common =
                    v.iter().enumerate().map(|(j, g)| self.without_component(g, j)).collect::<Option<Vec<_>>>();
                match common.as_deref() {
                    Some([first, rest @ ..]) if rest.iter().all(|g| same(g, first)) && free(first) => first.clone(),
                    _ => return Err(unsupported("a scalar product of the position x with this vector", expr)),
                }
            }
            _ => return Err(unsupported("a scalar product of the position x with this vector", expr)),
        };
        let dilation = self.motion(expr)?.add(&self.dimension(expr)?.neg());
        Ok(Value::Field(symbol.mul(f).mul(&dilation)))
    }

    /// g/(i k_j).
    fn without_component(&self, g: &Fraction, j: usize) -> Option<Fraction> {
        let variable = self.ring.variable(crate::algebra::ring::K1 + j);
        let divided = |p: &Poly| if p.is_zero() { Some(p.clone()) } else { p.try_div(&variable) };
        let num = CPoly { re: divided(&g.num.re)?, im: divided(&g.num.im)? }.mul_i(3);
        Some(Fraction { num, den: g.den.clone() })
    }

    /// The product; an error for a product of two factors that both contain the field, or of two vectors.
    pub(super) fn multiply(&mut self, a: Value, b: Value, expr: &Expr) -> Result<Value, Unsupported> {
        match (a, b) {
            (Value::Scalar(x), other) | (other, Value::Scalar(x)) => Ok(map_value(other, &|f| f.mul(&x))),
            (Value::Vector(v), Value::Field(x)) | (Value::Field(x), Value::Vector(v)) => {
                Ok(Value::FieldVector(v.iter().map(|f| f.mul(&x)).collect()))
            }
            (Value::Position(x), Value::Field(f)) | (Value::Field(f), Value::Position(x)) => {
                let plain = !self.ring.has_wave(&f.num.re)
                    && !self.ring.has_wave(&f.num.im)
                    && f.num.re.degree(S) == 0
                    && f.num.im.degree(S) == 0
                    && !self.moves(&f);
                if plain {
                    Ok(Value::PositionField(x.mul(&f)))
                } else {
                    Err(unsupported("the position x times a derivative of the field", expr))
                }
            }
            _ => Err(unsupported("a term that is not linear in the field", expr)),
        }
    }
}

fn same(a: &Fraction, b: &Fraction) -> bool {
    a.num.scale(&b.den).sub(&b.num.scale(&a.den)).is_zero()
}

fn derivative(p: &Poly, index: usize) -> Poly {
    let mut sum = p.zero();
    for (coefficient, exponent) in coefficients(p, index) {
        if exponent > 0 {
            let mut exponents = vec![0; p.nvars()];
            exponents[index] = exponent - 1;
            let power = p.zero().monomial(i64::from(exponent).into(), exponents);
            sum = &sum + &(&coefficient * &power);
        }
    }
    sum
}
