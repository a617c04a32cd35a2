//! The plane wave exp(s t + i k·x) in an equation, exactly: Σ_j a_j s^j + θ div(x·), and scalar expressions.

mod linearise;

use super::algebra::Algebra;
use super::fraction::{Complex, Fraction};
use super::poly::Var;
use super::range::rational;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use num_traits::ToPrimitive;
use std::collections::BTreeMap;

/// Coefficients by rising power of s.
type Series = Vec<Complex>;

/// Σ_j a_j s^j + θ div(x·).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Symbol {
    /// a_0, a_1, …, never empty; the last one is not zero unless it is the only one.
    pub(crate) a: Series,
    /// θ.
    pub(crate) drift: Complex,
}

/// An expression under the plane wave.
#[derive(Clone, Debug)]
enum Value {
    Scalar(Complex),
    Vector(Vec<Complex>),
    /// x times a scalar.
    Position(Complex),
    Field(Symbol),
    Flow(Flow),
}

/// A vector with the field: `along`·i k + `list` + `position`·x φ.
#[derive(Clone, Debug)]
struct Flow {
    along: Series,
    /// Components; empty where all are zero.
    list: Vec<Series>,
    position: Complex,
}

/// Orders of derivatives beyond this are not expanded.
const LARGEST_ORDER: u32 = 64;

/// Reads expressions of an equation as elements of an algebra. A `None` anywhere means out of reach.
pub(crate) struct Reader<'a> {
    pub(crate) algebra: &'a mut Algebra,
    pub(crate) pde: &'a Pde,
    /// Values of names that take precedence over those of the algebra.
    pub(crate) names: BTreeMap<String, Complex>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(algebra: &'a mut Algebra, pde: &'a Pde) -> Self {
        Self { algebra, pde, names: BTreeMap::new() }
    }

    /// The same with a value for a name.
    pub(crate) fn with(mut self, name: &str, value: Complex) -> Self {
        self.names.insert(name.into(), value);
        self
    }

    /// The symbol of `left − right` of the equation.
    pub(crate) fn equation(&mut self) -> Option<Symbol> {
        if !self.pde.nonlinear.is_empty() {
            return None;
        }
        let (left, right) = (self.linear(&self.pde.left)?, self.linear(&self.pde.right)?);
        let a = sum(&left.a, &negated(&right.a))?;
        self.trimmed(Symbol { a, drift: left.drift.minus(&right.drift)? })
    }

    /// The symbol of an expression that is linear in the field.
    pub(crate) fn linear(&mut self, expr: &Expr) -> Option<Symbol> {
        match self.value(expr)? {
            Value::Field(symbol) => self.trimmed(symbol),
            Value::Scalar(c) if c.is_zero() => Some(Symbol { a: vec![c], drift: Complex::zero() }),
            _ => None,
        }
    }

    /// The value of a scalar expression.
    pub(crate) fn scalar(&mut self, expr: &Expr) -> Option<Complex> {
        match self.value(expr)? {
            Value::Scalar(z) => self.algebra.reduced_pair(&z),
            _ => None,
        }
    }

    fn trimmed(&self, symbol: Symbol) -> Option<Symbol> {
        let mut a: Series = symbol.a.iter().map(|c| self.algebra.reduced_pair(c)).collect::<Option<_>>()?;
        while a.len() > 1 && a.last().is_some_and(Complex::is_zero) {
            a.pop();
        }
        Some(Symbol { a, drift: self.algebra.reduced_pair(&symbol.drift)? })
    }

    fn k(&self) -> Complex {
        self.algebra.variable(self.algebra.k()).into()
    }

    fn dimension(&self) -> Option<Complex> {
        Some(self.algebra.dimension().clone())
    }

    /// i times a component of k, the one beyond all others included.
    fn component(&self, axis: usize) -> Option<Complex> {
        let list = self.algebra.components();
        let beyond = self.algebra.beyond().filter(|_| !list.is_empty());
        let var: Var = list.iter().copied().chain(beyond).nth(axis.checked_sub(1)?)?;
        Some(Complex { re: Fraction::zero(), im: self.algebra.variable(var) })
    }

    fn value(&mut self, expr: &Expr) -> Option<Value> {
        Some(match &expr.kind {
            ExprKind::Number(n) => Value::Scalar(Fraction::constant(rational(n)?).into()),
            ExprKind::Imaginary => Value::Scalar(Complex::i()),
            ExprKind::Pi => Value::Scalar(self.algebra.value("pi")?.clone()),
            ExprKind::Position => Value::Position(Complex::one()),
            ExprKind::Coordinate(_) => return None,
            ExprKind::Symbol(name) => {
                if let Some(value) = self.names.get(name) {
                    Value::Scalar(value.clone())
                } else if *name == self.pde.field {
                    Value::Field(Symbol { a: vec![Complex::one()], drift: Complex::zero() })
                } else {
                    Value::Scalar(self.algebra.value(name)?.clone())
                }
            }
            ExprKind::Vector(items) => self.vector(items)?,
            ExprKind::Neg(a) => {
                let value = self.value(a)?;
                self.times(&Complex::one().negated(), value)?
            }
            ExprKind::Add(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.sum(a, b)?
            }
            ExprKind::Sub(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                let minus = self.times(&Complex::one().negated(), b)?;
                self.sum(a, minus)?
            }
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.product(a, b)?
            }
            ExprKind::Div(a, b) => {
                let (a, Value::Scalar(c)) = (self.value(a)?, self.value(b)?) else { return None };
                let inverse = self.algebra.over(&Complex::one(), &c)?;
                self.times(&inverse, a)?
            }
            ExprKind::Pow(a, b) => match (self.value(a)?, self.value(b)?) {
                (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(self.algebra.power(&a, b.as_real()?)?),
                (Value::Field(s), Value::Scalar(b)) if b == Complex::one() => Value::Field(s),
                _ => return None,
            },
            ExprKind::TimeDerivative { operand, order } => {
                let mut value = self.value(operand)?;
                for _ in 0..*order {
                    value = self.time_derivative(value)?;
                }
                value
            }
            // The equation without memory is what is looked at.
            ExprKind::Caputo { .. } => return None,
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let factor = self.component(*axis as usize)?;
                let factor = self.algebra.pow(&factor, i32::try_from(*order).ok()?)?;
                self.operator(&factor, operand)?
            }
            ExprKind::Laplacian { operand, order } if *order <= LARGEST_ORDER => {
                let square = self.algebra.pow(&self.k(), 2)?.negated();
                let factor = self.algebra.pow(&square, i32::try_from(*order).ok()?)?;
                self.operator(&factor, operand)?
            }
            ExprKind::Laplacian { .. } => return None,
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let Value::Scalar(exponent) = self.value(exponent)? else { return None };
                let factor = self.algebra.power(&self.k(), exponent.as_real()?)?;
                self.operator(&factor, operand)?
            }
            ExprKind::FourierMultiplier { symbol, operand } => {
                let Value::Scalar(factor) = self.value(symbol)? else { return None };
                self.operator(&factor, operand)?
            }
            ExprKind::Anisotropic { matrix, operand } => {
                if matrix.len() != self.algebra.components().len() || self.algebra.beyond().is_some() {
                    return None;
                }
                let mut form = Complex::zero();
                for (i, row) in matrix.iter().enumerate() {
                    for (j, entry) in row.iter().enumerate() {
                        let Value::Scalar(c) = self.value(entry)? else { return None };
                        let product = self.component(i + 1)?.times(&self.component(j + 1)?)?;
                        form = form.plus(&c.times(&product)?)?;
                    }
                }
                self.operator(&form, operand)?
            }
            ExprKind::Gradient(a) => match self.value(a)? {
                Value::Field(s) if s.drift.is_zero() => {
                    Value::Flow(Flow { along: s.a, list: Vec::new(), position: Complex::zero() })
                }
                _ => return None,
            },
            ExprKind::Divergence(a) => match self.value(a)? {
                Value::Flow(flow) => self.divergence(flow)?,
                Value::Position(c) => Value::Scalar(c.times(&self.dimension()?)?),
                _ => return None,
            },
            ExprKind::Dot(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                self.dot(a, b)?
            }
            ExprKind::Function { function, argument } => {
                let Value::Scalar(z) = self.value(argument)? else { return None };
                Value::Scalar(match function {
                    ScalarFunction::Sqrt => self.algebra.sqrt(&z)?,
                    ScalarFunction::Exp => self.algebra.exp(&z)?,
                    ScalarFunction::Log => self.algebra.log(&z)?,
                    ScalarFunction::Sin => self.algebra.sin(&z)?,
                    ScalarFunction::Cos => self.algebra.cos(&z)?,
                })
            }
        })
    }

    /// A multiplier on the field.
    fn operator(&mut self, factor: &Complex, operand: &Expr) -> Option<Value> {
        match self.value(operand)? {
            Value::Field(s) if s.drift.is_zero() => {
                Some(Value::Field(Symbol { a: self.scaled(&s.a, factor)?, drift: s.drift }))
            }
            Value::Flow(f) if f.position.is_zero() => self.times(factor, Value::Flow(f)),
            _ => None,
        }
    }

    fn scaled(&self, series: &[Complex], factor: &Complex) -> Option<Series> {
        series.iter().map(|c| self.algebra.times(c, factor)).collect()
    }

    fn times(&self, c: &Complex, value: Value) -> Option<Value> {
        let by = |x: &Complex| self.algebra.times(x, c);
        Some(match value {
            Value::Scalar(x) => Value::Scalar(by(&x)?),
            Value::Vector(v) => Value::Vector(v.iter().map(by).collect::<Option<_>>()?),
            Value::Position(x) => Value::Position(by(&x)?),
            Value::Field(s) => Value::Field(Symbol { a: self.scaled(&s.a, c)?, drift: by(&s.drift)? }),
            Value::Flow(f) => Value::Flow(Flow {
                along: self.scaled(&f.along, c)?,
                list: f.list.iter().map(|p| self.scaled(p, c)).collect::<Option<_>>()?,
                position: by(&f.position)?,
            }),
        })
    }

    fn vector(&mut self, items: &[Expr]) -> Option<Value> {
        let values: Vec<Value> = items.iter().map(|e| self.value(e)).collect::<Option<_>>()?;
        if values.iter().all(|v| matches!(v, Value::Scalar(_))) {
            let list = values.into_iter().filter_map(|v| if let Value::Scalar(c) = v { Some(c) } else { None });
            return Some(Value::Vector(list.collect()));
        }
        let mut list = Vec::new();
        for value in values {
            list.push(match value {
                Value::Scalar(c) if c.is_zero() => vec![c],
                Value::Field(s) if s.drift.is_zero() => s.a,
                _ => return None,
            });
        }
        // In more dimensions than components the vector has none there.
        Some(Value::Flow(Flow { along: vec![Complex::zero()], list, position: Complex::zero() }))
    }

    fn product(&self, a: Value, b: Value) -> Option<Value> {
        match (a, b) {
            (Value::Scalar(c), other) | (other, Value::Scalar(c)) => self.times(&c, other),
            (Value::Vector(v), Value::Field(s)) | (Value::Field(s), Value::Vector(v)) if s.drift.is_zero() => {
                let list = v.iter().map(|c| self.scaled(&s.a, c)).collect::<Option<_>>()?;
                Some(Value::Flow(Flow { along: vec![Complex::zero()], list, position: Complex::zero() }))
            }
            (Value::Position(c), Value::Field(s)) | (Value::Field(s), Value::Position(c))
                if s.a.len() == 1 && s.drift.is_zero() =>
            {
                // x times a multiplier of φ is no multiple of x φ.
                let factor = s.a.first()?;
                if self.depends_on_k(factor) {
                    return None;
                }
                let position = self.algebra.times(&c, factor)?;
                Some(Value::Flow(Flow { along: vec![Complex::zero()], list: Vec::new(), position }))
            }
            _ => None,
        }
    }

    fn depends_on_k(&self, value: &Complex) -> bool {
        let algebra = &*self.algebra;
        algebra
            .components()
            .iter()
            .chain(algebra.beyond().as_ref())
            .chain([&algebra.k()])
            .any(|v| algebra.depends(&value.re, *v) || algebra.depends(&value.im, *v))
    }

    fn sum(&self, a: Value, b: Value) -> Option<Value> {
        Some(match (a, b) {
            (Value::Scalar(x), Value::Scalar(y)) => Value::Scalar(x.plus(&y)?),
            (Value::Scalar(z), other) | (other, Value::Scalar(z)) if z.is_zero() => other,
            (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => Value::Vector(sum(&x, &y)?),
            (Value::Position(x), Value::Position(y)) => Value::Position(x.plus(&y)?),
            (Value::Field(x), Value::Field(y)) => {
                Value::Field(Symbol { a: sum(&x.a, &y.a)?, drift: x.drift.plus(&y.drift)? })
            }
            (Value::Flow(x), Value::Flow(y)) => Value::Flow(add_flows(&x, &y)?),
            // On the line a vector may be written as a number.
            (Value::Flow(x), Value::Field(y)) | (Value::Field(y), Value::Flow(x))
                if y.drift.is_zero() && self.algebra.components().len() == 1 && self.algebra.beyond().is_none() =>
            {
                let y = Flow { along: vec![Complex::zero()], list: vec![y.a], position: Complex::zero() };
                Value::Flow(add_flows(&x, &y)?)
            }
            _ => return None,
        })
    }

    fn divergence(&self, flow: Flow) -> Option<Value> {
        let square = self.algebra.pow(&self.k(), 2)?.negated();
        let mut a = self.scaled(&flow.along, &square)?;
        for (j, part) in flow.list.iter().enumerate() {
            if part.iter().all(Complex::is_zero) {
                continue;
            }
            a = sum(&a, &self.scaled(part, &self.component(j + 1)?)?)?;
        }
        Some(Value::Field(Symbol { a, drift: flow.position }))
    }

    fn dot(&self, a: Value, b: Value) -> Option<Value> {
        Some(match (a, b) {
            (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => {
                let mut total = Complex::zero();
                for (x, y) in x.iter().zip(&y) {
                    total = total.plus(&self.algebra.times(x, y)?)?;
                }
                Value::Scalar(total)
            }
            (Value::Vector(v), Value::Flow(f)) | (Value::Flow(f), Value::Vector(v)) if f.position.is_zero() => {
                let mut a = vec![Complex::zero()];
                for (j, c) in v.iter().enumerate() {
                    let gradient = self.scaled(&f.along, &self.component(j + 1)?)?;
                    let whole = match f.list.get(j) {
                        Some(part) => sum(&gradient, part)?,
                        None => gradient,
                    };
                    a = sum(&a, &self.scaled(&whole, c)?)?;
                }
                Value::Field(Symbol { a, drift: Complex::zero() })
            }
            (Value::Position(c), Value::Flow(f)) | (Value::Flow(f), Value::Position(c))
                if f.position.is_zero() && f.list.is_empty() && f.along.len() == 1 =>
            {
                // x·(g ∇φ) = g (div(x φ) − N φ).
                let g = f.along.first()?;
                if self.depends_on_k(g) {
                    return None;
                }
                let rate = self.algebra.times(g, &c)?;
                let a = self.algebra.times(&rate, &self.dimension()?)?.negated();
                Value::Field(Symbol { a: vec![a], drift: rate })
            }
            _ => return None,
        })
    }

    /// s times the value plus the change of its coefficients.
    fn time_derivative(&mut self, value: Value) -> Option<Value> {
        Some(match value {
            Value::Field(s) if s.drift.is_zero() => {
                Value::Field(Symbol { a: self.raised(&s.a)?, drift: Complex::zero() })
            }
            Value::Flow(f) if f.position.is_zero() => Value::Flow(Flow {
                along: self.raised(&f.along)?,
                list: f.list.iter().map(|p| self.raised(p)).collect::<Option<_>>()?,
                position: f.position,
            }),
            Value::Scalar(c) => {
                let time = self.algebra.time();
                Value::Scalar(self.algebra.derivative_of_pair(&c, time)?)
            }
            _ => return None,
        })
    }

    fn raised(&mut self, series: &[Complex]) -> Option<Series> {
        let time = self.algebra.time();
        let mut higher = vec![Complex::zero()];
        higher.extend(series.iter().cloned());
        let change: Series = series.iter().map(|c| self.algebra.derivative_of_pair(c, time)).collect::<Option<_>>()?;
        sum(&higher, &change)
    }
}

fn sum(a: &[Complex], b: &[Complex]) -> Option<Series> {
    let (long, short) = if a.len() < b.len() { (b, a) } else { (a, b) };
    long.iter().enumerate().map(|(i, x)| short.get(i).map_or_else(|| Some(x.clone()), |y| x.plus(y))).collect()
}

fn negated(a: &[Complex]) -> Series {
    a.iter().map(Complex::negated).collect()
}

fn add_flows(x: &Flow, y: &Flow) -> Option<Flow> {
    let list = match (x.list.is_empty(), y.list.is_empty()) {
        (true, _) => y.list.clone(),
        (_, true) => x.list.clone(),
        _ if x.list.len() == y.list.len() => {
            x.list.iter().zip(&y.list).map(|(a, b)| sum(a, b)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some(Flow { along: sum(&x.along, &y.along)?, list, position: x.position.plus(&y.position)? })
}

/// The whole number that a constant is.
pub(crate) fn whole(value: &Fraction) -> Option<i64> {
    let value = value.as_constant()?;
    value.is_integer().then(|| value.to_integer().to_i64())?
}
