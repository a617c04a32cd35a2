//! Stage 1: equation -> operator symbol. The plane wave exp(s t + i k·x) turns every linear operator with constant
//! coefficients into multiplication by a polynomial in s and k.

use crate::exponents::{common_root, constant_value, small_fraction};
use crate::fraction::Fraction;
use crate::ring::{CPoly, K1, Meaning, Poly, RADIAL, Ring, S, rational};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;
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
) -> Result<Symbol, Unsupported> {
    let params = parameter_variables(pde, fixed);
    let root = common_root(&[&pde.left, &pde.right]);
    let mut reader =
        Reader { pde, fixed, ring: Ring::new(&params, components, root), non_zero: Vec::new(), positive: Vec::new() };
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
    let mut reader = Reader { pde, fixed, ring: ring.clone(), non_zero: Vec::new(), positive: Vec::new() };
    let fraction = reader.side(expr)?;
    if reader.ring.meanings.len() != ring.meanings.len() {
        return Err(unsupported("a constant or power that the equation itself does not contain", expr));
    }
    Ok(fraction)
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
            ExprKind::Position => Err(unsupported("a coefficient that depends on the position x", expr)),
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
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                multiply(a, b).ok_or_else(|| unsupported("a term that is not linear in the field", expr))
            }
            ExprKind::Div(a, b) => {
                let numerator = self.value(a)?;
                let inverse = self.inverse(b)?;
                Ok(map_value(numerator, &|f| f.mul(&inverse)))
            }
            ExprKind::Pow(a, b) => self.power(a, b, expr),
            ExprKind::TimeDerivative { operand, order } => {
                let factor = Fraction::whole(CPoly::real(self.ring.power(S, exponent(*order, expr)?)));
                Ok(self.derivative(operand, &factor)?)
            }
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
            ExprKind::FourierMultiplier { .. } => Err(unsupported("a general Fourier multiplier", expr)),
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
            return Err(unsupported("a coefficient that depends on the time", expr));
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
            _ => Err(unsupported("a sum of terms with and without the field", a)),
        }
    }

    fn inverse(&mut self, expr: &Expr) -> Result<Fraction, Unsupported> {
        let Value::Scalar(value) = self.value(expr)? else {
            return Err(unsupported("division by the field or by a vector", expr));
        };
        if value.num.is_zero() {
            return Err(unsupported("division by zero", expr));
        }
        let norm = value.num.norm();
        let (num, den) = if value.num.is_real() {
            (CPoly::real(value.den.clone()), value.num.re.clone())
        } else {
            (value.num.conj().scale(&value.den), norm.clone())
        };
        if !norm.is_constant() {
            self.non_zero.push(norm);
        }
        Ok(Fraction { num, den }.cancelled())
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let Some(power) = constant_value(exponent) else {
            return Err(unsupported("a power with an exponent that is not a number", exponent));
        };
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
            2 => match self.square_root(&value, expr)? {
                Value::Scalar(root) => root,
                _ => return Err(unsupported("this root", expr)),
            },
            _ => return Err(unsupported("a root other than the square root", expr)),
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
        let norm = positive.num.norm();
        if !norm.is_constant() {
            self.non_zero.push(norm.clone());
        }
        Ok(Value::Scalar(Fraction { num: positive.num.conj().scale(&positive.den), den: norm }.cancelled()))
    }

    /// √ of a positive number, kept as an algebraic constant with its square.
    fn square_root(&mut self, value: &Fraction, expr: &Expr) -> Result<Value, Unsupported> {
        if !(value.num.is_real() && value.num.re.is_constant() && value.den.is_constant()) {
            return Err(unsupported("the square root of a parameter (square the parameter instead)", expr));
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
            lower,
            upper,
            value: approximate,
            square: Some(self.ring.constant(number)),
        };
        self.adjoined(meaning, expr)
    }

    fn function(&mut self, function: ScalarFunction, argument: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let Value::Scalar(value) = self.value(argument)? else {
            return Err(unsupported("a function of the field", expr));
        };
        match function {
            ScalarFunction::Sqrt => self.square_root(&value, expr),
            ScalarFunction::Exp if value.num.is_zero() => Ok(self.real(self.ring.integer(1))),
            ScalarFunction::Log if value.num.is_real() && value.num.re == value.den => Ok(self.real(self.ring.zero())),
            ScalarFunction::Sin if value.num.is_zero() => Ok(self.real(self.ring.zero())),
            ScalarFunction::Cos if value.num.is_zero() => Ok(self.real(self.ring.integer(1))),
            _ => Err(unsupported("a coefficient with exp, log, sin or cos", expr)),
        }
    }

    fn derivative(&mut self, operand: &Expr, factor: &Fraction) -> Result<Value, Unsupported> {
        match self.value(operand)? {
            Value::Field(f) => Ok(Value::Field(f.mul(factor))),
            Value::Gradient(f) => Ok(Value::Gradient(f.mul(factor))),
            Value::FieldVector(v) => Ok(Value::FieldVector(v.iter().map(|f| f.mul(factor)).collect())),
            Value::Scalar(_) | Value::Vector(_) => Err(unsupported("the derivative of a constant", operand)),
        }
    }

    /// i k_j.
    fn component(&self, index: usize) -> Fraction {
        Fraction::whole(CPoly::real(self.ring.variable(K1 + index)).mul_i(1))
    }

    /// (−|k|²)ⁿ.
    fn laplacian(&self, order: u32, expr: &Expr) -> Result<Fraction, Unsupported> {
        let order = exponent(order, expr)?;
        let squared = self.squared_wave_number();
        let minus = if order % 2 == 1 { self.ring.integer(-1) } else { self.ring.integer(1) };
        Ok(Fraction::whole(CPoly::real(&squared.pow(usize::from(order)) * &minus)))
    }

    /// |k|², in components where the equation has any.
    fn squared_wave_number(&self) -> Poly {
        if self.ring.components == 0 {
            return self.ring.power(RADIAL, 2 * self.ring.root as u16);
        }
        (0..self.ring.components as usize).fold(self.ring.zero(), |sum, i| &sum + &self.ring.power(K1 + i, 2))
    }

    /// |k|^a.
    fn fractional(&mut self, exponent: &Expr) -> Result<Fraction, Unsupported> {
        if let Some((n, d)) = small_fraction(exponent) {
            if d == 1 && n % 2 == 0 {
                let half = u16::try_from(n / 2).map_err(|_| unsupported("an exponent of this size", exponent))?;
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
            .adjoin(Meaning::SymbolicPower { exponent: poly, text })
            .ok_or_else(|| unsupported("too many different exponents", exponent))?;
        Ok(Fraction::whole(CPoly::real(self.ring.variable(index))))
    }

    fn divergence(&mut self, operand: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        match self.value(operand)? {
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

    fn dot(&mut self, a: &Expr, b: &Expr, expr: &Expr) -> Result<Value, Unsupported> {
        let (left, right) = (self.value(a)?, self.value(b)?);
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
    fn quadratic_form(&mut self, matrix: &[Vec<Expr>], expr: &Expr) -> Result<Fraction, Unsupported> {
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

fn exponent(order: u32, expr: &Expr) -> Result<u16, Unsupported> {
    u16::try_from(order).map_err(|_| unsupported("an order of this size", expr))
}

fn map_value(value: Value, f: &impl Fn(&Fraction) -> Fraction) -> Value {
    match value {
        Value::Scalar(x) => Value::Scalar(f(&x)),
        Value::Field(x) => Value::Field(f(&x)),
        Value::Gradient(x) => Value::Gradient(f(&x)),
        Value::Vector(v) => Value::Vector(v.iter().map(f).collect()),
        Value::FieldVector(v) => Value::FieldVector(v.iter().map(f).collect()),
    }
}

/// The product; `None` for a product of two factors that both contain the field, or of two vectors.
fn multiply(a: Value, b: Value) -> Option<Value> {
    match (a, b) {
        (Value::Scalar(x), other) | (other, Value::Scalar(x)) => Some(map_value(other, &|f| f.mul(&x))),
        (Value::Vector(v), Value::Field(x)) | (Value::Field(x), Value::Vector(v)) => {
            Some(Value::FieldVector(v.iter().map(|f| f.mul(&x)).collect()))
        }
        _ => None,
    }
}
