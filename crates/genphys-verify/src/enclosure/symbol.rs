//! The plane wave exp(s t + i k·x) in an equation, as rectangles: polynomials in s. Coefficients may depend on the time
//! where no time derivative acts on them; linear drift in x is out of reach.

use super::{Interval, Rect};
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::pde::Pde;
use num_rational::BigRational;
use std::collections::BTreeMap;

/// An equation at fixed parameter values.
pub(crate) struct Enclosed<'a> {
    pde: &'a Pde,
    values: BTreeMap<String, Rect>,
}

type Poly = Vec<Rect>;

/// An expression under the plane wave.
enum Value {
    Scalar(Rect),
    Vector(Vec<Rect>),
    Field(Poly),
    Flow(Vec<Poly>),
}

struct Reader<'a> {
    pde: &'a Pde,
    values: &'a BTreeMap<String, Rect>,
    k: &'a [Interval],
    time: Option<Interval>,
}

/// The exact value of a decimal number.
pub(crate) fn decimal(n: &Number) -> Option<BigRational> {
    let (top, bottom) = n.ratio();
    Some(BigRational::new(top.parse().ok()?, bottom.parse().ok()?))
}

fn number(n: &Number) -> Option<Rect> {
    Some(Rect::real(Interval::rational(&decimal(n)?)))
}

impl<'a> Enclosed<'a> {
    /// `values` by name, `re(c)` and `im(c)` for a complex parameter; defaults for the others.
    pub(crate) fn new(pde: &'a Pde, params: &BTreeMap<String, Interval>) -> Option<Self> {
        if !pde.nonlinear.is_empty() {
            return None;
        }
        let mut values: BTreeMap<String, Rect> =
            params.iter().map(|(name, value)| (name.clone(), Rect::real(*value))).collect();
        for param in &pde.params {
            let part = |which: &str| params.get(&format!("{which}({})", param.name)).copied();
            if let (Some(re), im) = (part("re"), part("im").unwrap_or(Interval::ZERO)) {
                values.insert(param.name.clone(), Rect::new(re, im));
            } else if let (Some(default), false) = (&param.default, values.contains_key(&param.name)) {
                values.insert(param.name.clone(), number(default)?);
            }
        }
        Some(Self { pde, values })
    }

    /// The dimension that named coordinates ask for, at least 1.
    pub(crate) fn least_dimension(&self) -> usize {
        self.pde.explicit_dim.unwrap_or(1).max(1) as usize
    }

    /// a_0, a_1, … of `left − right` at a wave vector, which is filled up with zeros; the last one is not exactly zero.
    pub(crate) fn symbol(&self, k: &[Interval], time: Option<Interval>) -> Option<Vec<Rect>> {
        let mut k = k.to_vec();
        k.resize(k.len().max(self.least_dimension()), Interval::ZERO);
        let reader = Reader { pde: self.pde, values: &self.values, k: &k, time };
        let (left, right) = (reader.side(&self.pde.left)?, reader.side(&self.pde.right)?);
        let mut a = add(&left, &scale(&right, -Rect::ONE));
        while a.len() > 1 && a.last().is_some_and(|c| c.is_zero()) {
            a.pop();
        }
        a.iter().all(|c| c.is_finite()).then_some(a)
    }
}

fn add(a: &[Rect], b: &[Rect]) -> Poly {
    let at = |p: &[Rect], i: usize| p.get(i).copied().unwrap_or(Rect::ZERO);
    (0..a.len().max(b.len())).map(|i| at(a, i) + at(b, i)).collect()
}

fn scale(a: &[Rect], c: Rect) -> Poly {
    a.iter().map(|x| *x * c).collect()
}

fn times(c: Rect, value: Value) -> Value {
    match value {
        Value::Scalar(x) => Value::Scalar(c * x),
        Value::Vector(v) => Value::Vector(scale(&v, c)),
        Value::Field(s) => Value::Field(scale(&s, c)),
        Value::Flow(v) => Value::Flow(v.iter().map(|p| scale(p, c)).collect()),
    }
}

impl Reader<'_> {
    fn side(&self, expr: &Expr) -> Option<Poly> {
        match self.value(expr)? {
            Value::Field(symbol) => Some(symbol),
            Value::Scalar(c) if c.is_zero() => Some(vec![Rect::ZERO]),
            _ => None,
        }
    }

    /// |k|².
    fn square(&self) -> Interval {
        self.k.iter().fold(Interval::ZERO, |sum, x| sum + x.square())
    }

    fn norm(&self) -> Interval {
        self.square().sqrt().unwrap_or(Interval::WHOLE)
    }

    fn scalar(&self, expr: &Expr) -> Option<Rect> {
        match self.value(expr)? {
            Value::Scalar(z) => Some(z),
            _ => None,
        }
    }

    fn operator(&self, factor: Rect, operand: &Expr) -> Option<Value> {
        match self.value(operand)? {
            value @ (Value::Field(_) | Value::Flow(_)) => Some(times(factor, value)),
            _ => None,
        }
    }

    fn value(&self, expr: &Expr) -> Option<Value> {
        Some(match &expr.kind {
            ExprKind::Number(n) => Value::Scalar(number(n)?),
            ExprKind::Imaginary => Value::Scalar(Rect::I),
            ExprKind::Pi => Value::Scalar(Rect::real(Interval::PI)),
            ExprKind::Position | ExprKind::Coordinate(_) => return None,
            ExprKind::Symbol(name) if *name == self.pde.field => Value::Field(vec![Rect::ONE]),
            ExprKind::Symbol(name) if *name == self.pde.time.name => Value::Scalar(Rect::real(self.time?)),
            ExprKind::Symbol(name) => Value::Scalar(*self.values.get(name)?),
            ExprKind::Vector(items) => self.vector(items)?,
            ExprKind::Neg(a) => times(-Rect::ONE, self.value(a)?),
            ExprKind::Add(a, b) => sum(self.value(a)?, self.value(b)?)?,
            ExprKind::Sub(a, b) => sum(self.value(a)?, times(-Rect::ONE, self.value(b)?))?,
            ExprKind::Mul(a, b) => match (self.value(a)?, self.value(b)?) {
                (Value::Scalar(c), other) | (other, Value::Scalar(c)) => times(c, other),
                (Value::Vector(v), Value::Field(s)) | (Value::Field(s), Value::Vector(v)) => {
                    Value::Flow(v.iter().map(|c| scale(&s, *c)).collect())
                }
                _ => return None,
            },
            ExprKind::Div(a, b) => match self.value(b)? {
                Value::Scalar(c) if !c.may_vanish() => match self.value(a)? {
                    Value::Scalar(x) => Value::Scalar(x / c),
                    other => times(Rect::ONE / c, other),
                },
                _ => return None,
            },
            ExprKind::Pow(a, b) => match (self.value(a)?, self.value(b)?) {
                (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(a.power(b)?),
                (Value::Field(s), Value::Scalar(b)) if b == Rect::ONE => Value::Field(s),
                _ => return None,
            },
            ExprKind::TimeDerivative { operand, order } => {
                if mentions(operand, &self.pde.time.name) {
                    return None;
                }
                let raise = |p: Poly| std::iter::repeat_n(Rect::ZERO, *order as usize).chain(p).collect::<Poly>();
                match self.value(operand)? {
                    Value::Field(p) => Value::Field(raise(p)),
                    Value::Flow(v) => Value::Flow(v.into_iter().map(raise).collect()),
                    _ => return None,
                }
            }
            ExprKind::Caputo { .. } => return None,
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let k = self.k.get((*axis as usize).checked_sub(1)?)?;
                let turn = [Rect::ONE, Rect::I, -Rect::ONE, -Rect::I][*order as usize % 4];
                self.operator(turn.scale(k.powi(i32::try_from(*order).ok()?)), operand)?
            }
            ExprKind::Laplacian { operand, order } => {
                let factor = (-self.square()).powi(i32::try_from(*order).ok()?);
                self.operator(Rect::real(factor), operand)?
            }
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let half = self.scalar(exponent)?.scale(Interval::point(0.5));
                self.operator(Rect::real(self.square()).power(half)?, operand)?
            }
            ExprKind::FourierMultiplier { symbol, operand } => {
                let mut values = self.values.clone();
                values.insert("k".into(), Rect::real(self.norm()));
                let inner = Reader { values: &values, ..*self };
                let factor = match inner.scalar(symbol) {
                    Some(factor) => factor,
                    // A removable singularity, as of sin(k)/k.
                    None if self.norm().is_zero() => super::limit::at_zero(symbol, self.values)?,
                    None => return None,
                };
                self.operator(factor, operand)?
            }
            ExprKind::Anisotropic { matrix, operand } => {
                if matrix.len() != self.k.len() {
                    return None;
                }
                let mut form = Rect::ZERO;
                for (i, row) in matrix.iter().enumerate() {
                    for (j, entry) in row.iter().enumerate() {
                        let product = if i == j { self.k[i].square() } else { self.k[i] * *self.k.get(j)? };
                        form = form - self.scalar(entry)?.scale(product);
                    }
                }
                self.operator(form, operand)?
            }
            ExprKind::Gradient(a) => match self.value(a)? {
                Value::Field(s) => Value::Flow(self.k.iter().map(|k| scale(&s, Rect::I.scale(*k))).collect()),
                _ => return None,
            },
            ExprKind::Divergence(a) => match self.value(a)? {
                Value::Flow(v) if v.len() == self.k.len() => {
                    let parts = v.iter().zip(self.k).map(|(p, k)| scale(p, Rect::I.scale(*k)));
                    Value::Field(parts.fold(vec![Rect::ZERO], |sum, p| add(&sum, &p)))
                }
                _ => return None,
            },
            ExprKind::Dot(a, b) => match (self.value(a)?, self.value(b)?) {
                (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => {
                    Value::Scalar(x.iter().zip(&y).fold(Rect::ZERO, |sum, (x, y)| sum + *x * *y))
                }
                (Value::Vector(v), Value::Flow(f)) | (Value::Flow(f), Value::Vector(v)) if v.len() == f.len() => {
                    let parts = v.iter().zip(&f).map(|(c, p)| scale(p, *c));
                    Value::Field(parts.fold(vec![Rect::ZERO], |sum, p| add(&sum, &p)))
                }
                _ => return None,
            },
            ExprKind::Function { function, argument } => Value::Scalar(apply(*function, self.scalar(argument)?)?),
        })
    }

    fn vector(&self, items: &[Expr]) -> Option<Value> {
        let values: Vec<Value> = items.iter().map(|e| self.value(e)).collect::<Option<_>>()?;
        if values.iter().all(|v| matches!(v, Value::Scalar(_))) {
            let list = values.iter().filter_map(|v| if let Value::Scalar(c) = v { Some(*c) } else { None });
            return Some(Value::Vector(list.collect()));
        }
        let part = |value| match value {
            Value::Scalar(c) if Rect::is_zero(c) => Some(vec![Rect::ZERO]),
            Value::Field(s) => Some(s),
            _ => None,
        };
        Some(Value::Flow(values.into_iter().map(part).collect::<Option<_>>()?))
    }
}

fn sum(a: Value, b: Value) -> Option<Value> {
    Some(match (a, b) {
        (Value::Scalar(x), Value::Scalar(y)) => Value::Scalar(x + y),
        (Value::Scalar(z), other) | (other, Value::Scalar(z)) if z.is_zero() => other,
        (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => Value::Vector(add(&x, &y)),
        (Value::Field(x), Value::Field(y)) => Value::Field(add(&x, &y)),
        (Value::Flow(x), Value::Flow(y)) if x.len() == y.len() => {
            Value::Flow(x.iter().zip(&y).map(|(p, q)| add(p, q)).collect())
        }
        _ => return None,
    })
}

pub(super) fn apply(function: ScalarFunction, z: Rect) -> Option<Rect> {
    Some(match function {
        ScalarFunction::Sqrt => z.sqrt(),
        ScalarFunction::Exp => z.exp(),
        ScalarFunction::Log => z.ln()?,
        ScalarFunction::Sin => z.sin(),
        ScalarFunction::Cos => z.cos(),
    })
}

/// Whether a name occurs.
fn mentions(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Symbol(other) if other == name)
        || expr.children().into_iter().any(|child| mentions(child, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(text: &str, k: &[f64]) -> Vec<Rect> {
        let pde = genphys_pde::inline(text).unwrap().pde;
        let k: Vec<Interval> = k.iter().map(|x| Interval::point(*x)).collect();
        Enclosed::new(&pde, &BTreeMap::new()).unwrap().symbol(&k, None).unwrap()
    }

    #[test]
    fn symbols_enclose_those_of_the_plane_wave() {
        let wave = symbol("param m > 0 = 2; dt(phi, 2) + 3*dt(phi) - lap(phi) + m^2*phi = 0", &[2.0]);
        assert_eq!(wave, [8.0, 3.0, 1.0].map(|x| Rect::point(x, 0.0)));
        let drift = symbol("dt(phi) + dot([1, 0.5], grad(phi)) = aniso([[2, 1], [1, 1]], phi)", &[1.0, 2.0]);
        assert_eq!(drift, [Rect::point(10.0, 2.0), Rect::ONE]);
        let jumps = symbol("dt(phi) = fraclap(phi, 0.5) + fourier(1 - exp(-k^2), phi) + d(phi, x1, 3)", &[4.0]);
        let expected = -2.0 - 1.0 + (-16.0_f64).exp();
        assert!((jumps[0].re.middle() - expected).abs() < 1e-14 && jumps[0].im == Interval::point(64.0));
        assert!(symbol("dt(phi) = fourier(1 - sin(k)/k, phi)", &[0.0])[0].re.contains(0.0));
    }
}
