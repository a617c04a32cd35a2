//! Stage 1: equation -> operator symbol. The plane wave exp(s t + i k·x) turns every linear operator into
//! multiplication by a polynomial in s, k and what else the coefficients are made of: parameters, the time, Fourier
//! multipliers. `div(x·)` is a variable of its own.

mod motion;
mod multiplier;
mod scalar;
mod space;

use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, K1, Meaning, Poly, Ring};
use crate::algebra::steps::Workspace;
use crate::trees::exponents::common_root;
use crate::trees::interval::Interval;
use crate::trees::number::rational;
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;
use std::rc::Rc;
use symbolica::domains::rational::Rational;

/// Why an equation has no symbol here.
#[derive(Clone, Debug)]
pub(crate) struct Unsupported {
    pub(crate) what: String,
}

/// The value of an expression under the plane wave.
enum Value {
    /// Free of the field.
    Scalar(Fraction),
    Vector(Vec<Fraction>),
    /// Linear in the field: its operator symbol.
    Field(Fraction),
    /// ∇ of something, in any number of dimensions: i k times the symbol.
    Gradient(Fraction),
    FieldVector(Vec<Fraction>),
    /// The position vector times a scalar without the field.
    Position(Fraction),
    /// The position vector times a scalar times the field.
    PositionField(Fraction),
    /// A sum of vectors of different kinds.
    VectorSum(Vec<Value>),
}

/// The symbol of an equation with everything that was met on the way.
pub(crate) struct Symbol {
    pub(crate) ring: Ring,
    pub(crate) fraction: Fraction,
    /// Polynomials in the parameters that must not vanish (denominators).
    pub(crate) non_zero: Vec<Poly>,
    /// Exponents of fractional powers that must be positive.
    pub(crate) positive: Vec<Poly>,
}

/// Reads `left - right`.
pub(crate) fn of_equation(
    pde: &Pde,
    fixed: &BTreeMap<String, Rational>,
    components: u32,
    work: &Rc<Workspace>,
) -> Result<Symbol, Unsupported> {
    let params = parameter_variables(pde, fixed);
    let root = common_root(&[&pde.left, &pde.right]);
    let mut reader = Reader::new(pde, fixed, Ring::new(&params, components, root, &pde.time.name, work));
    let left = reader.side(&pde.left)?;
    let right = reader.side(&pde.right)?;
    let fraction = left.add(&right.neg());
    let num = fraction.num.map(|p| reader.ring.reduce(p));
    Ok(Symbol {
        fraction: Fraction { num, den: fraction.den },
        ring: reader.ring,
        non_zero: reader.non_zero,
        positive: reader.positive,
    })
}

/// Reads another expression linear in the field in the ring of an equation already read.
pub(crate) fn of_expression(
    pde: &Pde,
    fixed: &BTreeMap<String, Rational>,
    ring: &Ring,
    expr: &Expr,
) -> Result<Fraction, Unsupported> {
    let mut reader = Reader::new(pde, fixed, ring.clone());
    let fraction = reader.side(expr)?;
    if reader.ring.meanings.len() != ring.meanings.len() {
        return Err(unsupported("a constant or power that the equation itself does not contain", expr));
    }
    Ok(fraction)
}

/// A real scalar in the ring of an equation already read; `None` where it needs another variable.
pub(crate) fn scalar_in(
    pde: &Pde,
    fixed: &BTreeMap<String, Rational>,
    ring: &Ring,
    expr: &Expr,
) -> Option<(Poly, Poly)> {
    let mut reader = Reader::new(pde, fixed, ring.clone());
    let Value::Scalar(f) = reader.value(expr).ok()? else { return None };
    let known = reader.ring.meanings.len() == ring.meanings.len();
    (known && f.num.is_real()).then(|| (ring.reduce(&f.num.re), f.den))
}

/// The derivative of a coefficient by the time, and the ring with the functions that it brings in.
pub(crate) fn rate_of_change(
    pde: &Pde,
    fixed: &BTreeMap<String, Rational>,
    ring: &Ring,
    coefficient: &Fraction,
) -> Result<(Fraction, Ring), Unsupported> {
    let mut reader = Reader::new(pde, fixed, ring.clone());
    let rate = reader.rate_of_change(coefficient, &pde.left)?;
    let rate = Fraction { num: rate.num.map(|p| reader.ring.reduce(p)), den: rate.den };
    Ok((rate.cancelled(), reader.ring))
}

/// One real variable per real parameter that is not fixed, two per complex one.
fn parameter_variables(pde: &Pde, fixed: &BTreeMap<String, Rational>) -> Vec<String> {
    let free = pde.params.iter().filter(|p| !fixed.contains_key(&p.name));
    free.flat_map(|p| {
        if p.complex { vec![format!("re({})", p.name), format!("im({})", p.name)] } else { vec![p.name.clone()] }
    })
    .collect()
}

fn unsupported(what: impl Into<String>, expr: &Expr) -> Unsupported {
    Unsupported { what: format!("{} (`{}`)", what.into(), genphys_pde::print_expr(expr)) }
}

struct Reader<'a> {
    pde: &'a Pde,
    fixed: &'a BTreeMap<String, Rational>,
    ring: Ring,
    non_zero: Vec<Poly>,
    positive: Vec<Poly>,
    /// Whether the components are all the dimensions there are.
    dims_are_components: bool,
}

impl<'a> Reader<'a> {
    fn new(pde: &'a Pde, fixed: &'a BTreeMap<String, Rational>, ring: Ring) -> Self {
        let dims_are_components = ring.components > 0 && pde.explicit_dim == Some(ring.components);
        Self { pde, fixed, ring, non_zero: Vec::new(), positive: Vec::new(), dims_are_components }
    }
}

/// Enclosure of a parameter or the time over its domain.
pub(crate) fn enclosure(pde: &Pde, fixed: &BTreeMap<String, Rational>, name: &str) -> Option<Interval> {
    if let Some(value) = fixed.get(name) {
        let close = value.to_f64();
        return Some(if value.is_integer() { Interval::exactly(close) } else { Interval::about(close) });
    }
    if name == pde.time.name {
        return Some(Interval::of_range(&crate::equation::declared::time_range(pde)));
    }
    let param = pde.params.iter().find(|p| p.name == name && !p.complex)?;
    Some(Interval::of_range(&crate::equation::declared::range_of(param)))
}

impl Reader<'_> {
    /// A side of the equation: linear in the field, or the number zero.
    fn side(&mut self, expr: &Expr) -> Result<Fraction, Unsupported> {
        match self.value(expr)? {
            Value::Field(f) => Ok(f),
            Value::Scalar(f) if f.num.is_zero() => Ok(f),
            Value::Scalar(_) => Err(unsupported("a term without the field (a source that is given)", expr)),
            _ => Err(unsupported("a vector where a scalar is expected", expr)),
        }
    }

    fn value(&mut self, expr: &Expr) -> Result<Value, Unsupported> {
        match &expr.kind {
            ExprKind::Number(n) => Ok(self.real(self.ring.constant(rational(n)))),
            ExprKind::Imaginary => {
                Ok(Value::Scalar(Fraction::whole(CPoly { re: self.ring.zero(), im: self.ring.integer(1) })))
            }
            ExprKind::Pi => self.pi(expr),
            ExprKind::Symbol(name) => self.symbol(name, expr),
            ExprKind::Coordinate(_) => Err(unsupported("a coordinate as a coefficient", expr)),
            ExprKind::Position => Ok(Value::Position(Fraction::whole(CPoly::real(self.ring.integer(1))))),
            ExprKind::Vector(items) => {
                let mut parts = Vec::with_capacity(items.len());
                let mut field = false;
                for item in items {
                    match self.value(item)? {
                        Value::Scalar(f) => parts.push(f),
                        Value::Field(f) => {
                            field = true;
                            parts.push(f);
                        }
                        _ => return Err(unsupported("a vector inside a vector", item)),
                    }
                }
                Ok(if field { Value::FieldVector(parts) } else { Value::Vector(parts) })
            }
            ExprKind::Neg(a) => Ok(map_value(self.value(a)?, &|f| f.neg())),
            ExprKind::Add(a, b) => self.sum(a, b, false),
            ExprKind::Sub(a, b) => self.sum(a, b, true),
            ExprKind::Mul(a, b) => self.product(a, b, expr),
            ExprKind::Div(a, b) => {
                let numerator = self.value(a)?;
                let inverse = self.inverse(b)?;
                Ok(map_value(numerator, &|f| f.mul(&inverse)))
            }
            ExprKind::Pow(a, b) => self.power(a, b, expr),
            ExprKind::TimeDerivative { operand, order } => {
                let mut value = self.value(operand)?;
                for _ in 0..*order {
                    value = self.time_derivative(value, operand)?;
                }
                Ok(value)
            }
            // The equation without memory is what is looked at.
            ExprKind::Caputo { .. } => Err(unsupported("Caputo's derivative", expr)),
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let index = K1 + *axis as usize - 1;
                if *axis > self.ring.components {
                    return Err(unsupported(
                        format!("coordinate x{axis} in {} dimensions", self.ring.components),
                        expr,
                    ));
                }
                let k = CPoly::real(self.ring.power(index, exponent(*order, expr)?));
                let factor = Fraction::whole(k.mul_i(*order));
                Ok(self.derivative(operand, &factor)?)
            }
            ExprKind::Laplacian { operand, order } => {
                let factor = self.laplacian(*order, expr)?;
                Ok(self.derivative(operand, &factor)?)
            }
            ExprKind::FractionalLaplacian { operand, exponent } => {
                let factor = self.fractional(exponent)?;
                Ok(self.derivative(operand, &factor)?)
            }
            ExprKind::Gradient(a) => match self.value(a)? {
                Value::Field(f) if self.ring.components == 0 => Ok(Value::Gradient(f)),
                Value::Field(f) => Ok(Value::FieldVector(
                    (0..self.ring.components as usize).map(|i| f.mul(&self.component(i))).collect(),
                )),
                Value::Scalar(_) => Err(unsupported("the gradient of a constant", expr)),
                _ => Err(unsupported("the gradient of a vector", expr)),
            },
            ExprKind::Divergence(a) => self.divergence(a, expr),
            ExprKind::Dot(a, b) => self.dot(a, b, expr),
            ExprKind::Anisotropic { matrix, operand } => {
                let form = self.quadratic_form(matrix, expr)?;
                Ok(self.derivative(operand, &form)?)
            }
            ExprKind::FourierMultiplier { symbol, operand } => {
                let factor = self.multiplier(symbol)?;
                Ok(self.derivative(operand, &factor)?)
            }
            ExprKind::Function { function, argument } => self.function(*function, argument, expr),
        }
    }

    fn real(&self, poly: Poly) -> Value {
        Value::Scalar(Fraction::whole(CPoly::real(poly)))
    }

    fn symbol(&mut self, name: &str, expr: &Expr) -> Result<Value, Unsupported> {
        if name == self.pde.field {
            return Ok(Value::Field(Fraction::whole(CPoly::real(self.ring.integer(1)))));
        }
        if name == self.pde.time.name {
            return self.adjoined(Meaning::Time, expr);
        }
        if let Some(value) = self.fixed.get(name) {
            return Ok(self.real(self.ring.constant(value.clone())));
        }
        let complex = self.pde.params.iter().any(|p| p.name == name && p.complex);
        let lookup = |ring: &Ring, n: &str| ring.param(n).map(|i| ring.variable(i));
        let value = if complex {
            match (lookup(&self.ring, &format!("re({name})")), lookup(&self.ring, &format!("im({name})"))) {
                (Some(re), Some(im)) => Some(CPoly { re, im }),
                _ => None,
            }
        } else {
            lookup(&self.ring, name).map(CPoly::real)
        };
        value.map(|v| Value::Scalar(Fraction::whole(v))).ok_or_else(|| unsupported(format!("the name `{name}`"), expr))
    }

    fn pi(&mut self, expr: &Expr) -> Result<Value, Unsupported> {
        let meaning = Meaning::Constant {
            text: "pi".into(),
            expr: expr.clone(),
            lower: Rational::new(3_141_592_653_589_793_i64, 1_000_000_000_000_000),
            upper: Rational::new(3_141_592_653_589_794_i64, 1_000_000_000_000_000),
            value: std::f64::consts::PI,
            square: None,
        };
        self.adjoined(meaning, expr)
    }

    fn adjoined(&mut self, meaning: Meaning, expr: &Expr) -> Result<Value, Unsupported> {
        let index = self.ring.adjoin(meaning).ok_or_else(|| unsupported("too many different constants", expr))?;
        Ok(self.real(self.ring.variable(index)))
    }

    fn sum(&mut self, a: &Expr, b: &Expr, minus: bool) -> Result<Value, Unsupported> {
        let left = self.value(a)?;
        let right = self.value(b)?;
        let right = if minus { map_value(right, &|f| f.neg()) } else { right };
        let zip = |a: Vec<Fraction>, b: Vec<Fraction>| a.iter().zip(&b).map(|(x, y)| x.add(y)).collect();
        match (left, right) {
            (Value::Scalar(x), Value::Scalar(y)) => Ok(Value::Scalar(x.add(&y))),
            (Value::Field(x), Value::Field(y)) => Ok(Value::Field(x.add(&y))),
            (Value::Scalar(x), Value::Field(y)) | (Value::Field(y), Value::Scalar(x)) if x.num.is_zero() => {
                Ok(Value::Field(y))
            }
            (Value::Gradient(x), Value::Gradient(y)) => Ok(Value::Gradient(x.add(&y))),
            (Value::Vector(x), Value::Vector(y)) if x.len() == y.len() => Ok(Value::Vector(zip(x, y))),
            (Value::FieldVector(x), Value::FieldVector(y)) if x.len() == y.len() => Ok(Value::FieldVector(zip(x, y))),
            (Value::Position(x), Value::Position(y)) => Ok(Value::Position(x.add(&y))),
            (Value::PositionField(x), Value::PositionField(y)) => Ok(Value::PositionField(x.add(&y))),
            (Value::VectorSum(mut x), y) if is_flow(&y) => {
                x.push(y);
                Ok(Value::VectorSum(x))
            }
            (x, y) if is_flow(&x) && is_flow(&y) => Ok(Value::VectorSum(vec![x, y])),
            _ => Err(unsupported("a sum of terms with and without the field", a)),
        }
    }
}

/// The number of terms that a power of a sum may have, C(n + terms − 1, n); `None` above the limit.
pub(crate) fn power_of_sum(terms: usize, n: u64) -> Option<u64> {
    const MOST_TERMS: u64 = 1024;
    let mut count = 1_u64;
    for i in 1..terms as u64 {
        // C(n + i, i) from C(n + i − 1, i − 1).
        count = count.checked_mul(n.checked_add(i)?)? / i;
        if count > MOST_TERMS {
            return None;
        }
    }
    Some(count)
}

fn exponent(order: u32, expr: &Expr) -> Result<u16, Unsupported> {
    u16::try_from(order).map_err(|_| unsupported("an order of this size", expr))
}

fn is_flow(value: &Value) -> bool {
    matches!(value, Value::Gradient(_) | Value::FieldVector(_) | Value::PositionField(_) | Value::VectorSum(_))
}

fn map_value(value: Value, f: &impl Fn(&Fraction) -> Fraction) -> Value {
    match value {
        Value::Scalar(x) => Value::Scalar(f(&x)),
        Value::Field(x) => Value::Field(f(&x)),
        Value::Gradient(x) => Value::Gradient(f(&x)),
        Value::Position(x) => Value::Position(f(&x)),
        Value::PositionField(x) => Value::PositionField(f(&x)),
        Value::Vector(v) => Value::Vector(v.iter().map(f).collect()),
        Value::FieldVector(v) => Value::FieldVector(v.iter().map(f).collect()),
        Value::VectorSum(list) => Value::VectorSum(list.into_iter().map(|v| map_value(v, f)).collect()),
    }
}

/// Scalars in the parameters, read in one ring.
pub(crate) struct Scalars<'a> {
    reader: Reader<'a>,
}

impl<'a> Scalars<'a> {
    pub(crate) fn new(pde: &'a Pde, fixed: &'a BTreeMap<String, Rational>, work: &Rc<Workspace>) -> Self {
        let ring = Ring::new(&parameter_variables(pde, fixed), 0, 1, &pde.time.name, work);
        Self { reader: Reader::new(pde, fixed, ring) }
    }

    /// Numerator and denominator; `None` for what is no scalar.
    pub(crate) fn read(&mut self, expr: &Expr) -> Option<(CPoly, Poly)> {
        match self.reader.value(expr).ok()? {
            Value::Scalar(f) => Some((f.num.map(|p| self.reader.ring.reduce(p)), f.den)),
            _ => None,
        }
    }

    pub(crate) fn ring(&self) -> &Ring {
        &self.reader.ring
    }
}
