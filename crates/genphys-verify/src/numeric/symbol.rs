//! The plane wave exp(s t + i k·x) in an equation, as numbers: polynomials in s.

use super::Symbol;
use genphys_pde::Complex;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;

/// Why an equation has no numbers here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported(pub String);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is out of reach of the checker", self.0)
    }
}

type Poly = Vec<Complex>;

/// An expression under the plane wave.
#[derive(Clone, Debug)]
enum Value {
    Scalar(Complex),
    Vector(Vec<Complex>),
    /// x times a scalar.
    Position(Complex),
    Field(Symbol),
    /// A vector with the field: components, and the factor of x φ.
    Flow(Vec<Poly>, Complex),
}

/// Reads expressions at one wave vector.
pub(super) struct Reader<'a> {
    pub(super) pde: &'a Pde,
    pub(super) values: &'a BTreeMap<String, Complex>,
    pub(super) k: &'a [f64],
}

fn fail<T>(what: impl Into<String>) -> Result<T, Unsupported> {
    Err(Unsupported(what.into()))
}

fn add(a: &[Complex], b: &[Complex]) -> Poly {
    let at = |p: &[Complex], i: usize| p.get(i).copied().unwrap_or_default();
    (0..a.len().max(b.len())).map(|i| at(a, i) + at(b, i)).collect()
}

fn scale(a: &[Complex], c: Complex) -> Poly {
    a.iter().map(|x| *x * c).collect()
}

impl Reader<'_> {
    pub(super) fn equation(&self, t: f64) -> Result<Symbol, Unsupported> {
        let (left, right) = (self.side(&self.pde.left, t)?, self.side(&self.pde.right, t)?);
        let minus = Complex::real(-1.0);
        Ok(Symbol { a: add(&left.a, &scale(&right.a, minus)), drift: left.drift - right.drift })
    }

    /// The symbol of an expression that is linear in the field.
    pub(super) fn side(&self, expr: &Expr, t: f64) -> Result<Symbol, Unsupported> {
        match self.value(expr, t)? {
            Value::Field(symbol) => Ok(symbol),
            Value::Scalar(c) if c.abs() == 0.0 => Ok(Symbol { a: vec![Complex::default()], drift: Complex::default() }),
            _ => fail("a term without the field"),
        }
    }

    /// The value of a scalar.
    pub(super) fn number(&self, expr: &Expr, t: f64) -> Option<Complex> {
        match self.value(expr, t) {
            Ok(Value::Scalar(z)) if z.is_finite() => Some(z),
            _ => None,
        }
    }

    fn dimension(&self) -> f64 {
        self.k.len() as f64
    }

    fn norm(&self) -> f64 {
        self.k.iter().map(|x| x * x).sum::<f64>().sqrt()
    }

    fn value(&self, expr: &Expr, t: f64) -> Result<Value, Unsupported> {
        let field = |factor: Complex, operand: &Expr| -> Result<Value, Unsupported> {
            Ok(match self.value(operand, t)? {
                Value::Field(s) if s.drift.abs() == 0.0 => {
                    Value::Field(Symbol { a: scale(&s.a, factor), drift: s.drift })
                }
                Value::Flow(v, x) if x.abs() == 0.0 => Value::Flow(v.iter().map(|p| scale(p, factor)).collect(), x),
                _ => return fail("an operator on this"),
            })
        };
        Ok(match &expr.kind {
            ExprKind::Number(n) => Value::Scalar(Complex::real(n.to_f64())),
            ExprKind::Imaginary => Value::Scalar(Complex::I),
            ExprKind::Pi => Value::Scalar(Complex::real(std::f64::consts::PI)),
            ExprKind::Position => Value::Position(Complex::real(1.0)),
            ExprKind::Coordinate(_) => return fail("a coordinate as a coefficient"),
            ExprKind::Symbol(name) if *name == self.pde.field => {
                Value::Field(Symbol { a: vec![Complex::real(1.0)], drift: Complex::default() })
            }
            ExprKind::Symbol(name) if *name == self.pde.time.name => Value::Scalar(Complex::real(t)),
            ExprKind::Symbol(name) => match self.values.get(name) {
                Some(value) => Value::Scalar(*value),
                None => return fail(format!("the name `{name}`")),
            },
            ExprKind::Vector(items) => self.vector(items, t)?,
            ExprKind::Neg(a) => times(Complex::real(-1.0), self.value(a, t)?),
            ExprKind::Add(a, b) => self.sum(self.value(a, t)?, self.value(b, t)?)?,
            ExprKind::Sub(a, b) => {
                let right = times(Complex::real(-1.0), self.value(b, t)?);
                self.sum(self.value(a, t)?, right)?
            }
            ExprKind::Mul(a, b) => match (self.value(a, t)?, self.value(b, t)?) {
                (Value::Scalar(c), other) | (other, Value::Scalar(c)) => times(c, other),
                (Value::Vector(v), Value::Field(s)) | (Value::Field(s), Value::Vector(v)) if s.drift.abs() == 0.0 => {
                    Value::Flow(v.iter().map(|c| scale(&s.a, *c)).collect(), Complex::default())
                }
                (Value::Position(c), Value::Field(s)) | (Value::Field(s), Value::Position(c))
                    if s.a.len() == 1 && s.drift.abs() == 0.0 =>
                {
                    Value::Flow(vec![vec![Complex::default()]; self.k.len()], c * s.a[0])
                }
                _ => return fail("this product"),
            },
            ExprKind::Div(a, b) => match self.value(b, t)? {
                Value::Scalar(c) if c.abs() > 0.0 => times(Complex::real(1.0) / c, self.value(a, t)?),
                _ => return fail("this quotient"),
            },
            ExprKind::Pow(a, b) => match (self.value(a, t)?, self.value(b, t)?) {
                (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(power(a, b)),
                (Value::Field(s), Value::Scalar(b)) if b == Complex::real(1.0) => Value::Field(s),
                _ => return fail("this power"),
            },
            ExprKind::TimeDerivative { operand, order } => {
                let mut value: Box<dyn Fn(f64) -> Result<Value, Unsupported>> = Box::new(|t| self.value(operand, t));
                for _ in 0..*order {
                    let inner = value;
                    value = Box::new(move |t| self.time_derivative(&inner, t));
                }
                value(t)?
            }
            ExprKind::Caputo { .. } => return fail("Caputo's derivative"),
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let Some(k) = self.k.get(*axis as usize - 1) else { return fail("this coordinate") };
                let factor = (Complex::I * Complex::real(*k)).powi(i32::try_from(*order).unwrap_or(i32::MAX));
                field(factor, operand)?
            }
            ExprKind::Laplacian { operand, order } => {
                let square = Complex::real(-self.norm().powi(2));
                field(square.powi(i32::try_from(*order).unwrap_or(i32::MAX)), operand)?
            }
            ExprKind::FractionalLaplacian { operand, exponent } => match self.value(exponent, t)? {
                Value::Scalar(a) => field(Complex::real(self.norm().powf(a.re)), operand)?,
                _ => return fail("this exponent"),
            },
            ExprKind::FourierMultiplier { symbol, operand } => {
                let at = |k: f64| {
                    let mut values = self.values.clone();
                    values.insert("k".into(), Complex::real(k));
                    values.insert(self.pde.time.name.clone(), Complex::real(t));
                    genphys_pde::evaluate_at(symbol, &values)
                };
                // A removable singularity such as sin(k)/k at 0 is looked at beside it.
                match at(self.norm()).or_else(|_| at(self.norm().max(1e-7))) {
                    Ok(factor) => field(factor, operand)?,
                    Err(error) => return fail(format!("a Fourier multiplier ({error})")),
                }
            }
            ExprKind::Anisotropic { matrix, operand } => {
                let mut form = Complex::default();
                for (row, ki) in matrix.iter().zip(self.k) {
                    for (entry, kj) in row.iter().zip(self.k) {
                        match self.value(entry, t)? {
                            Value::Scalar(c) => form = form - c * Complex::real(ki * kj),
                            _ => return fail("this matrix"),
                        }
                    }
                }
                if matrix.len() != self.k.len() {
                    return fail("a matrix of another size");
                }
                field(form, operand)?
            }
            ExprKind::Gradient(a) => match self.value(a, t)? {
                Value::Field(s) if s.drift.abs() == 0.0 => Value::Flow(
                    self.k.iter().map(|k| scale(&s.a, Complex::I * Complex::real(*k))).collect(),
                    Complex::default(),
                ),
                _ => return fail("this gradient"),
            },
            ExprKind::Divergence(a) => match self.value(a, t)? {
                Value::Flow(v, x) if v.len() == self.k.len() => {
                    let sum = v.iter().zip(self.k).fold(vec![Complex::default()], |sum, (p, k)| {
                        add(&sum, &scale(p, Complex::I * Complex::real(*k)))
                    });
                    Value::Field(Symbol { a: sum, drift: x })
                }
                Value::Position(c) => Value::Scalar(c * Complex::real(self.dimension())),
                _ => return fail("this divergence"),
            },
            ExprKind::Dot(a, b) => self.dot(self.value(a, t)?, self.value(b, t)?)?,
            ExprKind::Function { function, argument } => match self.value(argument, t)? {
                Value::Scalar(z) => Value::Scalar(match function {
                    ScalarFunction::Sqrt => z.sqrt(),
                    ScalarFunction::Exp => z.exp(),
                    ScalarFunction::Log => z.ln(),
                    ScalarFunction::Sin => z.sin(),
                    ScalarFunction::Cos => z.cos(),
                }),
                _ => return fail("a function of the field"),
            },
        })
    }

    fn vector(&self, items: &[Expr], t: f64) -> Result<Value, Unsupported> {
        let values: Vec<Value> = items.iter().map(|e| self.value(e, t)).collect::<Result<_, _>>()?;
        if values.iter().all(|v| matches!(v, Value::Scalar(_))) {
            let list = values.iter().filter_map(|v| if let Value::Scalar(c) = v { Some(*c) } else { None }).collect();
            return Ok(Value::Vector(list));
        }
        let mut list = Vec::new();
        for value in values {
            list.push(match value {
                Value::Scalar(c) if c.abs() == 0.0 => vec![Complex::default()],
                Value::Field(s) if s.drift.abs() == 0.0 => s.a,
                _ => return fail("this vector"),
            });
        }
        Ok(Value::Flow(list, Complex::default()))
    }

    fn sum(&self, a: Value, b: Value) -> Result<Value, Unsupported> {
        Ok(match (a, b) {
            (Value::Scalar(x), Value::Scalar(y)) => Value::Scalar(x + y),
            (Value::Scalar(z), other) | (other, Value::Scalar(z)) if z.abs() == 0.0 => other,
            (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => Value::Vector(add(&x, &y)),
            (Value::Position(x), Value::Position(y)) => Value::Position(x + y),
            (Value::Field(x), Value::Field(y)) => Value::Field(Symbol { a: add(&x.a, &y.a), drift: x.drift + y.drift }),
            (Value::Flow(x, c), Value::Flow(y, d)) if x.len() == y.len() => {
                Value::Flow(x.iter().zip(&y).map(|(p, q)| add(p, q)).collect(), c + d)
            }
            _ => return fail("this sum"),
        })
    }

    fn dot(&self, a: Value, b: Value) -> Result<Value, Unsupported> {
        Ok(match (a, b) {
            (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => {
                Value::Scalar(x.iter().zip(&y).fold(Complex::default(), |sum, (x, y)| sum + *x * *y))
            }
            (Value::Vector(v), Value::Flow(f, x)) | (Value::Flow(f, x), Value::Vector(v))
                if v.len() == f.len() && x.abs() == 0.0 =>
            {
                let sum = v.iter().zip(&f).fold(vec![Complex::default()], |sum, (c, p)| add(&sum, &scale(p, *c)));
                Value::Field(Symbol { a: sum, drift: Complex::default() })
            }
            (Value::Position(c), Value::Flow(f, x)) | (Value::Flow(f, x), Value::Position(c)) if x.abs() == 0.0 => {
                // x·(g ∇φ) = g (div(x φ) − N φ), recognised by the components i k_j g.
                let along = self.k.iter().position(|k| k.abs() > 1e-12);
                let Some(along) = along else { return fail("a drift at k = 0") };
                let g = f[along].first().copied().unwrap_or_default() / (Complex::I * Complex::real(self.k[along]));
                let fits = f.iter().zip(self.k).all(|(p, k)| {
                    p.len() <= 1
                        && (p.first().copied().unwrap_or_default() - Complex::I * Complex::real(*k) * g).abs()
                            <= 1e-9 * (1.0 + g.abs())
                });
                if !fits {
                    return fail("this scalar product with x");
                }
                let rate = g * c;
                Value::Field(Symbol { a: vec![rate * Complex::real(-self.dimension())], drift: rate })
            }
            _ => return fail("this scalar product"),
        })
    }

    /// s times the value plus the change of its coefficients, by a central difference.
    fn time_derivative(&self, value: &dyn Fn(f64) -> Result<Value, Unsupported>, t: f64) -> Result<Value, Unsupported> {
        let step = 1e-5 * (1e-3 + t.abs());
        let (here, before, after) = (value(t)?, value(t - step)?, value(t + step)?);
        let slope = |x: &Poly, y: &Poly| scale(&add(y, &scale(x, Complex::real(-1.0))), Complex::real(0.5 / step));
        let raised = |p: &Poly| {
            let mut q = vec![Complex::default()];
            q.extend(p);
            q
        };
        Ok(match (here, before, after) {
            (Value::Field(h), Value::Field(b), Value::Field(a)) if h.drift.abs() == 0.0 => {
                Value::Field(Symbol { a: add(&raised(&h.a), &slope(&b.a, &a.a)), drift: Complex::default() })
            }
            (Value::Flow(h, x), Value::Flow(b, _), Value::Flow(a, _)) if x.abs() == 0.0 => {
                let list = h.iter().zip(b.iter().zip(&a)).map(|(h, (b, a))| add(&raised(h), &slope(b, a)));
                Value::Flow(list.collect(), x)
            }
            _ => return fail("this time derivative"),
        })
    }
}

fn power(base: Complex, exponent: Complex) -> Complex {
    if exponent.im == 0.0 && exponent.re.fract() == 0.0 && exponent.re.abs() < 64.0 {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 64")]
        return base.powi(exponent.re as i32);
    }
    base.powc(exponent)
}

fn times(c: Complex, value: Value) -> Value {
    match value {
        Value::Scalar(x) => Value::Scalar(c * x),
        Value::Vector(v) => Value::Vector(scale(&v, c)),
        Value::Position(x) => Value::Position(c * x),
        Value::Field(s) => Value::Field(Symbol { a: scale(&s.a, c), drift: s.drift * c }),
        Value::Flow(v, x) => Value::Flow(v.iter().map(|p| scale(p, c)).collect(), x * c),
    }
}
