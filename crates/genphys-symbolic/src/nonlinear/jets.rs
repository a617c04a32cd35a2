//! Differential polynomials: sums of products of derivatives of φ with coefficients in the parameters. Two expressions
//! are equal for every φ exactly when their differential polynomials are.

use crate::fraction::Fraction;
use crate::ring::{CPoly, S};
use crate::symbol::Scalars;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;

/// φ^power · functions of φ · derivatives, each with its multiplicity. Derivatives are multi-indices (t, x1, …, xn).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Monomial {
    /// Exponent of φ itself: a rational number as (numerator, denominator).
    power: (i64, i64),
    /// Powers φ^m with a parameter m, sin φ, cos φ, exp φ.
    functions: BTreeMap<String, u32>,
    jets: BTreeMap<Vec<u32>, u32>,
}

type Sum = BTreeMap<Monomial, Fraction>;

enum Value {
    Scalar(Sum),
    Vector(Vec<Sum>),
}

/// Expands expressions over one set of coefficients.
pub(super) struct Jets<'a> {
    scalars: Scalars<'a>,
    field: &'a str,
    /// Number of space coordinates.
    n: usize,
}

fn one() -> Monomial {
    Monomial { power: (0, 1), functions: BTreeMap::new(), jets: BTreeMap::new() }
}

fn reduced(n: i64, d: i64) -> (i64, i64) {
    fn gcd(a: i64, b: i64) -> i64 {
        if b == 0 { a.abs() } else { gcd(b, a % b) }
    }
    let g = gcd(n, d).max(1);
    (n / g, d / g)
}

impl<'a> Jets<'a> {
    pub(super) fn new(pde: &'a Pde, scalars: Scalars<'a>) -> Self {
        Self { scalars, field: &pde.field, n: pde.explicit_dim.unwrap_or(2) as usize }
    }

    /// Whether two scalar expressions are the same for every φ; `None` where one cannot be expanded.
    pub(super) fn equal(&mut self, a: &Expr, b: &Expr) -> Option<bool> {
        let (Value::Scalar(a), Value::Scalar(b)) = (self.expand(a)?, self.expand(b)?) else { return None };
        let difference = self.add(a, b, true);
        Some(difference.values().all(|c| c.num.is_zero()))
    }

    fn add(&self, mut a: Sum, b: Sum, minus: bool) -> Sum {
        for (monomial, c) in b {
            let c = if minus { c.neg() } else { c };
            let sum = match a.get(&monomial) {
                Some(there) => there.add(&c),
                None => c,
            };
            if sum.num.is_zero() {
                a.remove(&monomial);
            } else {
                a.insert(monomial, sum);
            }
        }
        a
    }

    fn multiply(&self, a: &Sum, b: &Sum) -> Sum {
        let mut result = Sum::new();
        for (m, c) in a {
            for (n, d) in b {
                let mut product = m.clone();
                product.power = reduced(m.power.0 * n.power.1 + n.power.0 * m.power.1, m.power.1 * n.power.1);
                for (jet, e) in &n.jets {
                    *product.jets.entry(jet.clone()).or_insert(0) += e;
                }
                for (f, e) in &n.functions {
                    *product.functions.entry(f.clone()).or_insert(0) += e;
                }
                result = self.add(result, Sum::from([(product, c.mul(d))]), false);
            }
        }
        result
    }

    fn scalar(&mut self, e: &Expr) -> Option<Sum> {
        let (num, den) = self.scalars.read(e)?;
        if num.is_zero() {
            return Some(Sum::new());
        }
        Some(Sum::from([(one(), Fraction { num, den })]))
    }

    fn jet(&self, index: Vec<u32>) -> Monomial {
        if index.iter().all(|i| *i == 0) {
            return Monomial { power: (1, 1), ..one() };
        }
        Monomial { jets: BTreeMap::from([(index, 1)]), ..one() }
    }

    /// The total derivative by coordinate `axis` (0 is the time).
    fn derivative(&mut self, sum: &Sum, axis: usize) -> Option<Sum> {
        let mut result = Sum::new();
        let mut first = vec![0; self.n + 1];
        first[axis] = 1;
        let slope = self.jet(first);
        let unit = self.scalars.number(1);
        for (m, c) in sum {
            let mut terms: Vec<(Monomial, Fraction)> = Vec::new();
            if m.power.0 != 0 {
                let mut lower = m.clone();
                lower.power = reduced(m.power.0 - m.power.1, m.power.1);
                let factor = self.scalars.ratio(m.power.0, m.power.1);
                terms.push((lower, c.mul(&factor)));
            }
            for (f, e) in &m.functions {
                let mut changed = m.clone();
                let times = self.scalars.ratio(i64::from(*e), 1);
                let without = |changed: &mut Monomial| {
                    if *e == 1 {
                        changed.functions.remove(f)
                    } else {
                        changed.functions.insert(f.clone(), e - 1)
                    };
                };
                let factor = match f.as_str() {
                    "exp" => times,
                    "sin" => {
                        without(&mut changed);
                        *changed.functions.entry("cos".into()).or_insert(0) += 1;
                        times
                    }
                    "cos" => {
                        without(&mut changed);
                        *changed.functions.entry("sin".into()).or_insert(0) += 1;
                        times.neg()
                    }
                    power => {
                        // d φ^m = m φ^m φ^{−1} dφ
                        let exponent = genphys_pde::parse_expression(power).ok()?;
                        let (num, den) = self.scalars.read(&exponent)?;
                        changed.power = reduced(m.power.0 - m.power.1, m.power.1);
                        times.mul(&Fraction { num, den })
                    }
                };
                terms.push((changed, c.mul(&factor)));
            }
            for (lower, c) in terms {
                let product = self.multiply(&Sum::from([(lower, c)]), &Sum::from([(slope.clone(), unit.clone())]));
                result = self.add(result, product, false);
            }
            for (jet, e) in &m.jets {
                let mut raised = jet.clone();
                raised[axis] += 1;
                let mut rest = m.clone();
                if *e == 1 {
                    rest.jets.remove(jet)
                } else {
                    rest.jets.insert(jet.clone(), e - 1)
                };
                let factor = self.scalars.ratio(i64::from(*e), 1);
                let product =
                    self.multiply(&Sum::from([(rest, c.mul(&factor))]), &Sum::from([(self.jet(raised), unit.clone())]));
                result = self.add(result, product, false);
            }
        }
        Some(result)
    }

    fn repeated(&mut self, mut sum: Sum, axis: usize, order: u32) -> Option<Sum> {
        for _ in 0..order {
            sum = self.derivative(&sum, axis)?;
        }
        Some(sum)
    }

    fn laplacian(&mut self, sum: &Sum) -> Option<Sum> {
        let mut result = Sum::new();
        for axis in 1..=self.n {
            let term = self.repeated(sum.clone(), axis, 2)?;
            result = self.add(result, term, false);
        }
        Some(result)
    }

    fn scalar_of(&mut self, e: &Expr) -> Option<Sum> {
        match self.expand(e)? {
            Value::Scalar(sum) => Some(sum),
            Value::Vector(_) => None,
        }
    }

    fn expand(&mut self, e: &Expr) -> Option<Value> {
        let field = self.field;
        if !super::continuity::has_field(e, field)
            && !matches!(e.kind, ExprKind::Vector(_) | ExprKind::Neg(_) | ExprKind::Add(..) | ExprKind::Sub(..))
        {
            return self.scalar(e).map(Value::Scalar);
        }
        Some(match &e.kind {
            ExprKind::Symbol(_) => {
                let unit = self.scalars.number(1);
                let monomial = self.jet(vec![0; self.n + 1]);
                if super::continuity::has_field(e, field) {
                    Value::Scalar(Sum::from([(monomial, unit)]))
                } else {
                    Value::Scalar(self.scalar(e)?)
                }
            }
            ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi => Value::Scalar(self.scalar(e)?),
            ExprKind::Neg(a) => match self.expand(a)? {
                Value::Scalar(a) => Value::Scalar(self.add(Sum::new(), a, true)),
                Value::Vector(v) => Value::Vector(v.into_iter().map(|a| self.add(Sum::new(), a, true)).collect()),
            },
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
                let minus = matches!(e.kind, ExprKind::Sub(..));
                match (self.expand(a)?, self.expand(b)?) {
                    (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(self.add(a, b, minus)),
                    (Value::Vector(a), Value::Vector(b)) if a.len() == b.len() => {
                        Value::Vector(a.into_iter().zip(b).map(|(a, b)| self.add(a, b, minus)).collect())
                    }
                    _ => return None,
                }
            }
            ExprKind::Mul(a, b) => match (self.expand(a)?, self.expand(b)?) {
                (Value::Scalar(a), Value::Scalar(b)) => Value::Scalar(self.multiply(&a, &b)),
                (Value::Scalar(a), Value::Vector(v)) | (Value::Vector(v), Value::Scalar(a)) => {
                    Value::Vector(v.iter().map(|b| self.multiply(&a, b)).collect())
                }
                (Value::Vector(_), Value::Vector(_)) => return None,
            },
            ExprKind::Div(a, b) => {
                let one = crate::expression::number(1);
                let inverse = self.scalar(&crate::expression::div(&one, b))?;
                match self.expand(a)? {
                    Value::Scalar(a) => Value::Scalar(self.multiply(&a, &inverse)),
                    Value::Vector(v) => Value::Vector(v.iter().map(|a| self.multiply(a, &inverse)).collect()),
                }
            }
            ExprKind::Pow(a, n) => Value::Scalar(self.power(a, n)?),
            ExprKind::Function { function, argument } => {
                let is_field = matches!(&argument.kind, ExprKind::Symbol(n) if n == field);
                if !is_field {
                    return None;
                }
                let monomial = match function {
                    ScalarFunction::Sqrt => Monomial { power: (1, 2), ..one() },
                    ScalarFunction::Log => return None,
                    other => Monomial { functions: BTreeMap::from([(other.name().to_string(), 1)]), ..one() },
                };
                let unit = self.scalars.number(1);
                Value::Scalar(Sum::from([(monomial, unit)]))
            }
            ExprKind::TimeDerivative { operand, order } => {
                let inner = self.scalar_of(operand)?;
                Value::Scalar(self.repeated(inner, 0, *order)?)
            }
            ExprKind::SpaceDerivative { operand, axis, order } => {
                let inner = self.scalar_of(operand)?;
                Value::Scalar(self.repeated(inner, *axis as usize, *order)?)
            }
            ExprKind::Laplacian { operand, order } => {
                let mut sum = self.scalar_of(operand)?;
                for _ in 0..*order {
                    sum = self.laplacian(&sum)?;
                }
                Value::Scalar(sum)
            }
            ExprKind::Gradient(a) => {
                let inner = self.scalar_of(a)?;
                Value::Vector((1..=self.n).map(|axis| self.derivative(&inner, axis)).collect::<Option<_>>()?)
            }
            ExprKind::Divergence(a) => {
                let Value::Vector(v) = self.expand(a)? else { return None };
                let mut sum = Sum::new();
                for (i, part) in v.iter().enumerate() {
                    let term = self.derivative(part, i + 1)?;
                    sum = self.add(sum, term, false);
                }
                Value::Scalar(sum)
            }
            ExprKind::Dot(a, b) => {
                let (Value::Vector(a), Value::Vector(b)) = (self.expand(a)?, self.expand(b)?) else { return None };
                let mut sum = Sum::new();
                for (x, y) in a.iter().zip(&b) {
                    let term = self.multiply(x, y);
                    sum = self.add(sum, term, false);
                }
                Value::Scalar(sum)
            }
            ExprKind::Vector(items) => Value::Vector(items.iter().map(|i| self.scalar_of(i)).collect::<Option<_>>()?),
            ExprKind::Anisotropic { matrix, operand } => {
                let inner = self.scalar_of(operand)?;
                let mut sum = Sum::new();
                for (i, row) in matrix.iter().enumerate() {
                    for (j, entry) in row.iter().enumerate() {
                        let c = self.scalar(entry)?;
                        let once = self.derivative(&inner, i + 1)?;
                        let second = self.derivative(&once, j + 1)?;
                        let term = self.multiply(&c, &second);
                        sum = self.add(sum, term, false);
                    }
                }
                Value::Scalar(sum)
            }
            _ => return None,
        })
    }

    fn power(&mut self, base: &Expr, exponent: &Expr) -> Option<Sum> {
        let is_field = matches!(&base.kind, ExprKind::Symbol(n) if n == self.field);
        match crate::exponents::constant_value(exponent) {
            Some(value) if is_field => {
                let (n, d) = (value.numerator().to_i64()?, value.denominator().to_i64()?);
                Some(Sum::from([(Monomial { power: (n, d), ..one() }, self.scalars.number(1))]))
            }
            Some(value) if value.is_integer() && !value.is_negative() => {
                let base = self.scalar_of(base)?;
                let n = value.numerator().to_i64()?;
                let unit = Sum::from([(one(), self.scalars.number(1))]);
                Some((0..n).fold(unit, |product, _| self.multiply(&product, &base)))
            }
            None if is_field => {
                let text = genphys_pde::print_expr(exponent);
                let monomial = Monomial { functions: BTreeMap::from([(text, 1)]), ..one() };
                Some(Sum::from([(monomial, self.scalars.number(1))]))
            }
            _ => None,
        }
    }
}

impl Scalars<'_> {
    /// A whole number as a coefficient.
    fn number(&self, value: i64) -> Fraction {
        self.ratio(value, 1)
    }

    fn ratio(&self, n: i64, d: i64) -> Fraction {
        debug_assert_eq!(S, 0, "coefficients never hold the growth rate");
        Fraction::whole(CPoly::real(self.ring().constant((n, d).into())))
    }
}
