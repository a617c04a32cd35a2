//! F[φ₀ + εψ] to first order in ε, for a uniform φ₀ and a plane wave ψ: the value at φ₀ and the symbol of Fréchet's
//! derivative.
//!
//! Derivatives of a uniform field vanish, a multiplier g acts on it as g(0), and products, powers and functions follow
//! their ordinary rules of differentiation at the value they have at φ₀, where they must be differentiable.

use super::{Reader, Symbol, Value};
use crate::exact::fraction::{Complex, Fraction};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use num_rational::BigRational;
use num_traits::{One, Signed};

/// A value at φ₀, uniform in space up to a factor x, and the part that is linear in ψ.
struct Dual {
    rest: Value,
    part: Option<Value>,
}

fn zero() -> Value {
    Value::Scalar(Complex::zero())
}

fn is_zero(value: &Value) -> bool {
    matches!(value, Value::Scalar(c) if c.is_zero())
}

impl Reader<'_> {
    /// The symbol of the part of `left − right` that is linear in ψ, and the value of `left − right` at φ₀.
    pub(crate) fn linearised(&mut self, background: &Complex) -> Option<(Symbol, Complex)> {
        let pde = self.pde;
        let (left, right) = (self.dual(&pde.left, background)?, self.dual(&pde.right, background)?);
        let whole = self.dual_sum(left, right, true)?;
        let Value::Scalar(rest) = whole.rest else { return None };
        let symbol = match whole.part {
            Some(Value::Field(symbol)) => self.trimmed(symbol)?,
            _ => return None,
        };
        Some((symbol, self.algebra.reduced_pair(&rest)?))
    }

    fn dual(&mut self, e: &Expr, at: &Complex) -> Option<Dual> {
        Some(match &e.kind {
            ExprKind::Symbol(name) if *name == self.pde.field => {
                let one = Symbol { a: vec![Complex::one()], drift: Complex::zero() };
                Dual { rest: Value::Scalar(at.clone()), part: Some(Value::Field(one)) }
            }
            ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) | ExprKind::Position => {
                Dual { rest: self.value(e)?, part: None }
            }
            ExprKind::Coordinate(_) => return None,
            ExprKind::Vector(items) => self.dual_vector(items, at)?,
            ExprKind::Neg(a) => {
                let a = self.dual(a, at)?;
                self.dual_scaled(a, &Complex::one().negated())?
            }
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
                let minus = matches!(&e.kind, ExprKind::Sub(..));
                let (a, b) = (self.dual(a, at)?, self.dual(b, at)?);
                self.dual_sum(a, b, minus)?
            }
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.dual(a, at)?, self.dual(b, at)?);
                let part = self.joined(self.crossed(&a.rest, b.part)?, self.crossed(&b.rest, a.part)?)?;
                Dual { rest: self.at_rest(a.rest, b.rest)?, part }
            }
            ExprKind::Div(a, b) => {
                let (a, b) = (self.dual(a, at)?, self.dual(b, at)?);
                let Value::Scalar(divisor) = &b.rest else { return None };
                let inverse = self.algebra.over(&Complex::one(), divisor)?;
                // (a/b)' = a'/b − a b'/b².
                let second = match b.part {
                    None => None,
                    Some(part) => {
                        let factor = self.algebra.times(&inverse, &inverse)?.negated();
                        let scaled = self.times(&factor, part)?;
                        self.crossed(&a.rest, Some(scaled))?
                    }
                };
                let first = a.part.map(|part| self.times(&inverse, part)).map_or(Some(None), |p| p.map(Some))?;
                Dual { rest: self.times(&inverse, a.rest)?, part: self.joined(first, second)? }
            }
            ExprKind::Pow(a, n) => {
                let (a, n) = (self.dual(a, at)?, self.dual(n, at)?);
                let (Value::Scalar(n), None) = (n.rest, n.part) else { return None };
                self.dual_power(a, n.as_real()?)?
            }
            ExprKind::Function { function, argument } => {
                let a = self.dual(argument, at)?;
                let Value::Scalar(z) = a.rest else { return None };
                let (value, slope) = self.function_and_slope(*function, &z)?;
                let part = a.part.map(|part| self.times(&slope, part)).map_or(Some(None), |p| p.map(Some))?;
                Dual { rest: Value::Scalar(value), part }
            }
            ExprKind::Caputo { .. } => return None,
            ExprKind::TimeDerivative { operand, order } => {
                let mut a = self.dual(operand, at)?;
                for _ in 0..*order {
                    a.rest = self.time_derivative(a.rest)?;
                    a.part = match a.part {
                        Some(part) => Some(self.time_derivative(part)?),
                        None => None,
                    };
                }
                a
            }
            ExprKind::Gradient(a) => {
                let a = self.dual(a, at)?;
                if !matches!(a.rest, Value::Scalar(_)) {
                    return None;
                }
                let part = match a.part {
                    Some(Value::Field(s)) if s.drift.is_zero() => {
                        Some(Value::Flow(super::Flow { along: s.a, list: Vec::new(), position: Complex::zero() }))
                    }
                    None => None,
                    Some(_) => return None,
                };
                Dual { rest: zero(), part }
            }
            ExprKind::Divergence(a) => {
                let a = self.dual(a, at)?;
                let rest = match a.rest {
                    Value::Position(c) => Value::Scalar(self.algebra.times(&c, &self.dimension()?)?),
                    _ => zero(),
                };
                let part = match a.part {
                    Some(Value::Flow(flow)) => Some(self.divergence(flow)?),
                    None => None,
                    Some(_) => return None,
                };
                Dual { rest, part }
            }
            ExprKind::Dot(a, b) => {
                let (a, b) = (self.dual(a, at)?, self.dual(b, at)?);
                let part = self.joined(self.dotted(&a.rest, b.part)?, self.dotted(&b.rest, a.part)?)?;
                let rest = if is_zero(&a.rest) || is_zero(&b.rest) { zero() } else { self.dot(a.rest, b.rest)? };
                Dual { rest, part }
            }
            ExprKind::SpaceDerivative { operand, .. }
            | ExprKind::Laplacian { operand, .. }
            | ExprKind::FractionalLaplacian { operand, .. }
            | ExprKind::Anisotropic { operand, .. } => self.dual_operator(e, operand, at, None)?,
            ExprKind::FourierMultiplier { symbol, operand } => {
                let before = self.names.insert("k".into(), Complex::zero());
                let at_zero = self.scalar(symbol);
                match before {
                    Some(value) => self.names.insert("k".into(), value),
                    None => self.names.remove("k"),
                };
                self.dual_operator(e, operand, at, at_zero)?
            }
        })
    }

    /// An operator that is a multiplier: on what is uniform it is its value at k = 0, which is zero for derivatives.
    fn dual_operator(&mut self, e: &Expr, operand: &Expr, at: &Complex, at_zero: Option<Complex>) -> Option<Dual> {
        let is_fourier = matches!(&e.kind, ExprKind::FourierMultiplier { .. });
        let a = self.dual(operand, at)?;
        let rest = match a.rest {
            Value::Scalar(c) if c.is_zero() || !is_fourier => zero(),
            Value::Scalar(c) => Value::Scalar(self.algebra.times(&c, &at_zero?)?),
            // What depends on x is left alone.
            _ => return None,
        };
        let part = match a.part {
            None => None,
            Some(part) => {
                let factor = self.multiplier(e)?;
                match &part {
                    Value::Field(s) if s.drift.is_zero() => Some(self.times(&factor, part)?),
                    Value::Flow(f) if f.position.is_zero() => Some(self.times(&factor, part)?),
                    _ => return None,
                }
            }
        };
        Some(Dual { rest, part })
    }

    /// The symbol of an operator: that of its effect on the field.
    fn multiplier(&mut self, e: &Expr) -> Option<Complex> {
        let field = || Box::new(Expr::new(ExprKind::Symbol(self.pde.field.clone()), e.span));
        let kind = match &e.kind {
            ExprKind::SpaceDerivative { axis, order, .. } => {
                ExprKind::SpaceDerivative { operand: field(), axis: *axis, order: *order }
            }
            ExprKind::Laplacian { order, .. } => ExprKind::Laplacian { operand: field(), order: *order },
            ExprKind::FractionalLaplacian { exponent, .. } => {
                ExprKind::FractionalLaplacian { operand: field(), exponent: exponent.clone() }
            }
            ExprKind::Anisotropic { matrix, .. } => ExprKind::Anisotropic { matrix: matrix.clone(), operand: field() },
            ExprKind::FourierMultiplier { symbol, .. } => {
                ExprKind::FourierMultiplier { symbol: symbol.clone(), operand: field() }
            }
            _ => return None,
        };
        match self.value(&Expr::new(kind, e.span))? {
            Value::Field(Symbol { a, drift }) if drift.is_zero() && a.len() == 1 => a.into_iter().next(),
            _ => None,
        }
    }

    fn dual_vector(&mut self, items: &[Expr], at: &Complex) -> Option<Dual> {
        let (mut rests, mut list, mut moves) = (Vec::new(), Vec::new(), false);
        for item in items {
            let a = self.dual(item, at)?;
            let Value::Scalar(rest) = a.rest else { return None };
            rests.push(rest);
            list.push(match a.part {
                None => vec![Complex::zero()],
                Some(Value::Field(s)) if s.drift.is_zero() => {
                    moves = true;
                    s.a
                }
                Some(_) => return None,
            });
        }
        let flow = super::Flow { along: vec![Complex::zero()], list, position: Complex::zero() };
        Some(Dual { rest: Value::Vector(rests), part: moves.then_some(Value::Flow(flow)) })
    }

    fn dual_scaled(&self, a: Dual, factor: &Complex) -> Option<Dual> {
        let part = a.part.map(|part| self.times(factor, part)).map_or(Some(None), |p| p.map(Some))?;
        Some(Dual { rest: self.times(factor, a.rest)?, part })
    }

    fn dual_sum(&self, a: Dual, b: Dual, minus: bool) -> Option<Dual> {
        let b = if minus { self.dual_scaled(b, &Complex::one().negated())? } else { b };
        Some(Dual { rest: self.sum(a.rest, b.rest)?, part: self.joined(a.part, b.part)? })
    }

    fn joined(&self, a: Option<Value>, b: Option<Value>) -> Option<Option<Value>> {
        Some(match (a, b) {
            (Some(a), Some(b)) => Some(self.sum(a, b)?),
            (a, b) => a.or(b),
        })
    }

    /// rest · part.
    fn crossed(&self, rest: &Value, part: Option<Value>) -> Option<Option<Value>> {
        match part {
            Some(part) if !is_zero(rest) => self.product(rest.clone(), part).map(Some),
            _ => Some(None),
        }
    }

    fn dotted(&self, rest: &Value, part: Option<Value>) -> Option<Option<Value>> {
        match part {
            Some(part) if !is_zero(rest) => self.dot(rest.clone(), part).map(Some),
            _ => Some(None),
        }
    }

    /// The product of two values at φ₀, of which one is a number.
    fn at_rest(&self, a: Value, b: Value) -> Option<Value> {
        match (a, b) {
            (Value::Scalar(c), other) | (other, Value::Scalar(c)) => self.times(&c, other),
            _ => None,
        }
    }

    /// a^n: n a^{n−1} a', which is 0 where a = 0 and n > 1.
    fn dual_power(&mut self, a: Dual, n: &Fraction) -> Option<Dual> {
        let Value::Scalar(base) = &a.rest else { return None };
        let Some(part) = a.part else {
            return Some(Dual { rest: Value::Scalar(self.algebra.power(base, n)?), part: None });
        };
        let number = n.as_constant();
        if number.as_ref().is_some_and(One::is_one) {
            return Some(Dual { rest: a.rest, part: Some(part) });
        }
        let less = n.minus(&Fraction::one())?;
        if base.is_zero() {
            let above_one = number.is_some_and(|n| (n - BigRational::one()).is_positive());
            return above_one.then(|| Dual { rest: zero(), part: None });
        }
        let slope = self.algebra.power(base, &less)?.scaled(n)?;
        let rest = Value::Scalar(self.algebra.power(base, n)?);
        Some(Dual { rest, part: Some(self.times(&slope, part)?) })
    }

    fn function_and_slope(&mut self, function: ScalarFunction, z: &Complex) -> Option<(Complex, Complex)> {
        let algebra = &mut *self.algebra;
        Some(match function {
            ScalarFunction::Exp => {
                let value = algebra.exp(z)?;
                (value.clone(), value)
            }
            ScalarFunction::Log => (algebra.log(z)?, algebra.over(&Complex::one(), z)?),
            ScalarFunction::Sqrt => {
                let value = algebra.sqrt(z)?;
                let twice = value.plus(&value)?;
                let slope = algebra.over(&Complex::one(), &twice)?;
                (value, slope)
            }
            ScalarFunction::Sin => (algebra.sin(z)?, algebra.cos(z)?),
            ScalarFunction::Cos => (algebra.cos(z)?, algebra.sin(z)?.negated()),
        })
    }
}
