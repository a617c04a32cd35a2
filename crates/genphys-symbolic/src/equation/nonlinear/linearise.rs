//! F[φ₀ + εψ] to first order in ε, for backgrounds φ₀ that are constant in space and time and satisfy the equation.

use crate::algebra::ring::{CPoly, Poly, coefficient};
use crate::algebra::steps::Workspace;
use crate::algebra::tree;
use crate::equation::symbol::Scalars;
use crate::trees::expression::{add, div, function, mul, name, neg, node, number, pow, sub, substitute, visit};
use genphys_pde::ast::{Dim, Domain, Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::pde::{Param, Pde};
use genphys_pde::span::Span;
use std::collections::BTreeMap;
use std::rc::Rc;
use symbolica::domains::rational::Rational;

/// A uniform solution and the linear equation of small disturbances of it.
pub(crate) struct Background {
    /// `phi = 0`, or `phi = phi0 for any phi0 > 0`.
    pub(crate) text: String,
    /// The linear equation; it has the parameter `phi0` where the background is free.
    pub(crate) pde: Pde,
}

/// The background value and the part that is linear in the disturbance.
struct Expansion {
    zero: Expr,
    part: Option<Expr>,
}

/// All backgrounds, the empty one first.
pub(crate) fn linearise(
    pde: &Pde,
    fixed: &BTreeMap<String, Rational>,
    work: &Rc<Workspace>,
) -> Result<Vec<Background>, String> {
    let mut level = format!("{}0", pde.field);
    while pde.params.iter().any(|p| p.name == level) {
        level.push('0');
    }
    let dimension = match pde.dim {
        Dim::Exactly(n) | Dim::Range(n, _) => n,
        Dim::Any => pde.explicit_dim.unwrap_or(1),
    };
    let walk = Walk { field: &pde.field, background: name(&level), dimension };
    let (left, right) = (walk.expand(&pde.left)?, walk.expand(&pde.right)?);
    let residual = sub(&left.zero, &right.zero);
    let linear = difference(left.part, right.part).ok_or("no part of the equation is linear about a background")?;
    let free = with_level(pde, &level, needs_positive(pde));
    let mut scalars = Scalars::new(&free, fixed, work);
    let value = scalars.read(&residual);
    if value.as_ref().is_some_and(|(num, _)| num.is_zero()) {
        let domain = if needs_positive(pde) { format!(" for any {level} > 0") } else { format!(" for any {level}") };
        return Ok(vec![Background {
            text: format!("{} = {level}{domain}", pde.field),
            pde: linear_pde(&free, linear),
        }]);
    }
    let mut values: Vec<Expr> = value.and_then(|(num, _)| roots(&scalars, &num, &level)).unwrap_or_default();
    if values.is_empty() {
        // No polynomial: a few values are tried exactly.
        for candidate in [number(0), number(1), neg(&number(1))] {
            let at = put(&residual, &level, &candidate);
            if scalars.read(&at).is_some_and(|(num, _)| num.is_zero()) {
                values.push(candidate);
            }
        }
    }
    values.sort_by_key(|v| (*v != number(0), genphys_pde::print_expr(v)));
    if values.is_empty() {
        return Err(format!(
            "no uniform background is known: {} has no root that can be written down",
            print(&residual)
        ));
    }
    Ok(values
        .into_iter()
        .map(|value| Background {
            text: format!("{} = {}", pde.field, print(&value)),
            pde: linear_pde(pde, put(&linear, &level, &value)),
        })
        .collect())
}

fn print(e: &Expr) -> String {
    genphys_pde::print_expr(e)
}

fn put(e: &Expr, level: &str, value: &Expr) -> Expr {
    replace(e, &|n| (n == level).then(|| value.clone()))
}

/// Like `substitute`, also under operators.
fn replace(e: &Expr, value: &dyn Fn(&str) -> Option<Expr>) -> Expr {
    let go = |x: &Expr| Box::new(replace(x, value));
    // Operators on what vanishes on the background.
    let operand = match &e.kind {
        ExprKind::TimeDerivative { operand, .. }
        | ExprKind::SpaceDerivative { operand, .. }
        | ExprKind::Laplacian { operand, .. }
        | ExprKind::FractionalLaplacian { operand, .. }
        | ExprKind::FourierMultiplier { operand, .. }
        | ExprKind::Anisotropic { operand, .. }
        | ExprKind::Gradient(operand)
        | ExprKind::Divergence(operand) => Some(operand),
        _ => None,
    };
    if operand.is_some_and(|operand| *go(operand) == number(0)) {
        return number(0);
    }
    match &e.kind {
        ExprKind::Add(a, b) => add(&go(a), &go(b)),
        ExprKind::Sub(a, b) => sub(&go(a), &go(b)),
        ExprKind::Mul(a, b) => mul(&go(a), &go(b)),
        ExprKind::Neg(a) => neg(&go(a)),
        ExprKind::Div(a, b) => div(&go(a), &go(b)),
        ExprKind::TimeDerivative { operand, order } => {
            node(ExprKind::TimeDerivative { operand: go(operand), order: *order })
        }
        ExprKind::SpaceDerivative { operand, axis, order } => {
            node(ExprKind::SpaceDerivative { operand: go(operand), axis: *axis, order: *order })
        }
        ExprKind::Laplacian { operand, order } => node(ExprKind::Laplacian { operand: go(operand), order: *order }),
        ExprKind::FractionalLaplacian { operand, exponent } => {
            node(ExprKind::FractionalLaplacian { operand: go(operand), exponent: exponent.clone() })
        }
        ExprKind::FourierMultiplier { symbol, operand } => {
            node(ExprKind::FourierMultiplier { symbol: symbol.clone(), operand: go(operand) })
        }
        ExprKind::Gradient(a) => node(ExprKind::Gradient(go(a))),
        ExprKind::Divergence(a) => node(ExprKind::Divergence(go(a))),
        ExprKind::Dot(a, b) => node(ExprKind::Dot(go(a), go(b))),
        ExprKind::Vector(items) => node(ExprKind::Vector(items.iter().map(|i| *go(i)).collect())),
        ExprKind::Anisotropic { matrix, operand } => {
            node(ExprKind::Anisotropic { matrix: matrix.clone(), operand: go(operand) })
        }
        _ => substitute(e, value, &|_| None),
    }
}

/// Density-dependent diffusion and roots need a positive background.
fn needs_positive(pde: &Pde) -> bool {
    fn nonlinear_in(e: &Expr, field: &str) -> bool {
        match &e.kind {
            // An odd whole power has a slope that is not negative anywhere.
            ExprKind::Pow(a, n) => {
                let odd = crate::trees::exponents::constant_value(n)
                    .is_some_and(|v| v.is_integer() && v.numerator().to_i64().is_some_and(|n| n % 2 == 1));
                crate::trees::expression::mentions(a, field) && !odd
            }
            ExprKind::Function { argument, .. } => crate::trees::expression::mentions(argument, field),
            ExprKind::Mul(a, b) => {
                let (a_has, b_has) =
                    (crate::trees::expression::mentions(a, field), crate::trees::expression::mentions(b, field));
                (a_has && b_has) || nonlinear_in(a, field) || nonlinear_in(b, field)
            }
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Div(a, b) => {
                nonlinear_in(a, field) || nonlinear_in(b, field)
            }
            ExprKind::Neg(a) => nonlinear_in(a, field),
            _ => false,
        }
    }
    fn walk(e: &Expr, field: &str) -> bool {
        match &e.kind {
            ExprKind::Laplacian { operand, .. }
            | ExprKind::FractionalLaplacian { operand, .. }
            | ExprKind::Anisotropic { operand, .. } => nonlinear_in(operand, field) || walk(operand, field),
            ExprKind::Divergence(a) => match &a.kind {
                ExprKind::Mul(x, y) => {
                    [x, y].iter().any(|z| crate::trees::expression::mentions(z, field) || nonlinear_in(z, field))
                }
                _ => walk(a, field),
            },
            ExprKind::Neg(a) => walk(a, field),
            ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) => {
                walk(a, field) || walk(b, field)
            }
            _ => false,
        }
    }
    walk(&pde.left, &pde.field) || walk(&pde.right, &pde.field)
}

fn with_level(pde: &Pde, level: &str, positive: bool) -> Pde {
    let mut free = pde.clone();
    free.params.push(Param {
        name: level.into(),
        complex: false,
        domain: if positive { Domain::Greater(Number::integer(0)) } else { Domain::Unrestricted },
        default: Some(Number::integer(1)),
        span: Span::new(0, 0),
    });
    free
}

fn linear_pde(pde: &Pde, linear: Expr) -> Pde {
    let equation = format!("{} = 0", print(&linear));
    Pde { left: linear, right: number(0), nonlinear: Vec::new(), density: None, equation, ..pde.clone() }
}

/// Values of φ₀ from the linear factors of the residual.
fn roots(scalars: &Scalars, residual: &CPoly, level: &str) -> Option<Vec<Expr>> {
    let index = scalars.ring().param(level)?;
    if !residual.is_real() {
        return None;
    }
    let mut list = Vec::new();
    for (factor, _) in scalars.ring().work.factors(&residual.re)? {
        if factor.degree(index) != 1 {
            continue;
        }
        let (slope, constant): (Poly, Poly) = (coefficient(&factor, index, 1), coefficient(&factor, index, 0));
        list.push(tree::fraction(scalars.ring(), &CPoly::real(-constant), &slope)?);
    }
    Some(list)
}

struct Walk<'a> {
    field: &'a str,
    background: Expr,
    /// The least N; where a background depends on N the checker accepts none.
    dimension: u32,
}

/// a·b of values on the background.
fn scalar_product(a: &Expr, b: &Expr) -> Result<Expr, String> {
    match (&a.kind, &b.kind) {
        _ if *a == number(0) || *b == number(0) => Ok(number(0)),
        (ExprKind::Vector(x), ExprKind::Vector(y)) if x.len() == y.len() => {
            Ok(x.iter().zip(y).fold(number(0), |sum, (x, y)| add(&sum, &mul(x, y))))
        }
        _ => Err("a scalar product that does not vanish on the background".into()),
    }
}

fn has_position(e: &Expr) -> bool {
    let mut found = false;
    visit(e, &mut |e| found |= matches!(&e.kind, ExprKind::Position));
    found
}

fn plus(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(add(&a, &b)),
        (a, b) => a.or(b),
    }
}

fn difference(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    plus(a, b.map(|b| neg(&b)))
}

/// `factor·part`, nothing where the factor vanishes.
fn scaled(factor: &Expr, part: Option<Expr>) -> Option<Expr> {
    if *factor == number(0) { None } else { part.map(|p| mul(factor, &p)) }
}

impl Walk<'_> {
    fn expand(&self, e: &Expr) -> Result<Expansion, String> {
        let under = |operand: &Expr, build: &dyn Fn(Box<Expr>) -> ExprKind| -> Result<Expansion, String> {
            let inner = self.expand(operand)?;
            if has_position(&inner.zero) {
                return Err("a function of x beside the field".into());
            }
            Ok(Expansion { zero: number(0), part: inner.part.map(|p| node(build(Box::new(p)))) })
        };
        Ok(match &e.kind {
            ExprKind::Symbol(n) if n == self.field => {
                Expansion { zero: self.background.clone(), part: Some(e.clone()) }
            }
            ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) | ExprKind::Position => {
                Expansion { zero: e.clone(), part: None }
            }
            ExprKind::Coordinate(_) => return Err("a coordinate as a coefficient".into()),
            ExprKind::Neg(a) => {
                let a = self.expand(a)?;
                Expansion { zero: neg(&a.zero), part: a.part.map(|p| neg(&p)) }
            }
            ExprKind::Add(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                Expansion { zero: add(&a.zero, &b.zero), part: plus(a.part, b.part) }
            }
            ExprKind::Sub(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                Expansion { zero: sub(&a.zero, &b.zero), part: difference(a.part, b.part) }
            }
            ExprKind::Mul(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                let part = plus(scaled(&a.zero, b.part), scaled(&b.zero, a.part));
                Expansion { zero: mul(&a.zero, &b.zero), part }
            }
            ExprKind::Div(a, b) => {
                let (a, b) = (self.expand(a)?, self.expand(b)?);
                let first = a.part.map(|p| div(&p, &b.zero));
                let second = scaled(&div(&a.zero, &pow(&b.zero, &number(2))), b.part);
                Expansion { zero: div(&a.zero, &b.zero), part: difference(first, second) }
            }
            ExprKind::Pow(a, n) => self.power(a, n)?,
            ExprKind::Function { function: f, argument } => {
                let a = self.expand(argument)?;
                let value = function(*f, &a.zero);
                let Some(part) = a.part else { return Ok(Expansion { zero: value, part: None }) };
                let slope = match f {
                    ScalarFunction::Exp => value.clone(),
                    ScalarFunction::Log => div(&number(1), &a.zero),
                    ScalarFunction::Sqrt => div(&number(1), &mul(&number(2), &value)),
                    ScalarFunction::Sin => function(ScalarFunction::Cos, &a.zero),
                    ScalarFunction::Cos => neg(&function(ScalarFunction::Sin, &a.zero)),
                };
                Expansion { zero: value, part: scaled(&slope, Some(part)) }
            }
            ExprKind::Caputo { .. } => return Err("Caputo's derivative".into()),
            ExprKind::TimeDerivative { operand, order } => {
                under(operand, &|operand| ExprKind::TimeDerivative { operand, order: *order })?
            }
            ExprKind::SpaceDerivative { operand, axis, order } => {
                under(operand, &|operand| ExprKind::SpaceDerivative { operand, axis: *axis, order: *order })?
            }
            ExprKind::Laplacian { operand, order } => {
                under(operand, &|operand| ExprKind::Laplacian { operand, order: *order })?
            }
            ExprKind::FractionalLaplacian { operand, exponent } => {
                under(operand, &|operand| ExprKind::FractionalLaplacian { operand, exponent: exponent.clone() })?
            }
            ExprKind::FourierMultiplier { symbol, operand } => {
                let inner = self.expand(operand)?;
                // g(0) acts on the background.
                let at = |n: &str| (n == "k").then(|| number(0));
                let zero = mul(&substitute(symbol, &at, &|_| None), &inner.zero);
                let part = inner
                    .part
                    .map(|p| node(ExprKind::FourierMultiplier { symbol: symbol.clone(), operand: Box::new(p) }));
                Expansion { zero, part }
            }
            ExprKind::Anisotropic { matrix, operand } => {
                under(operand, &|operand| ExprKind::Anisotropic { matrix: matrix.clone(), operand })?
            }
            ExprKind::Gradient(a) => under(a, &ExprKind::Gradient)?,
            ExprKind::Divergence(a) => {
                let a = self.expand(a)?;
                let part = a.part.map(|p| node(ExprKind::Divergence(Box::new(p))));
                Expansion { zero: self.divergence(&a.zero)?, part }
            }
            ExprKind::Dot(a, b) => {
                let (x, y) = (self.expand(a)?, self.expand(b)?);
                let dot = |u: &Expr, v: Option<Expr>| {
                    v.filter(|_| *u != number(0)).map(|v| node(ExprKind::Dot(Box::new(u.clone()), Box::new(v))))
                };
                let zero = scalar_product(&x.zero, &y.zero)?;
                Expansion { zero, part: plus(dot(&x.zero, y.part), dot(&y.zero, x.part)) }
            }
            ExprKind::Vector(items) => {
                let parts: Vec<Expansion> = items.iter().map(|i| self.expand(i)).collect::<Result<_, _>>()?;
                let zeros: Vec<Expr> = parts.iter().map(|p| p.zero.clone()).collect();
                let moves = parts.iter().any(|p| p.part.is_some());
                let zero = match zeros.iter().all(|z| *z == number(0)) {
                    true if moves => number(0),
                    _ => node(ExprKind::Vector(zeros)),
                };
                let list = parts.into_iter().map(|p| p.part.unwrap_or_else(|| number(0))).collect();
                Expansion { zero, part: moves.then(|| node(ExprKind::Vector(list))) }
            }
        })
    }

    /// ∇·(c x) = N c; the divergence of what is uniform is zero.
    fn divergence(&self, e: &Expr) -> Result<Expr, String> {
        Ok(match &e.kind {
            ExprKind::Position => number(self.dimension),
            ExprKind::Neg(a) => neg(&self.divergence(a)?),
            ExprKind::Add(a, b) => add(&self.divergence(a)?, &self.divergence(b)?),
            ExprKind::Sub(a, b) => sub(&self.divergence(a)?, &self.divergence(b)?),
            ExprKind::Mul(a, b) if has_position(a) => mul(&self.divergence(a)?, b),
            ExprKind::Mul(a, b) if has_position(b) => mul(a, &self.divergence(b)?),
            ExprKind::Div(a, b) if has_position(a) && !has_position(b) => div(&self.divergence(a)?, b),
            _ if has_position(e) => return Err("a function of x beside the field".into()),
            _ => number(0),
        })
    }

    /// a^n with an exponent free of the field.
    fn power(&self, base: &Expr, exponent: &Expr) -> Result<Expansion, String> {
        let a = self.expand(base)?;
        if self.expand(exponent)?.part.is_some() {
            return Err("the field in an exponent".into());
        }
        let Some(part) = a.part else {
            return Ok(Expansion { zero: pow(&a.zero, exponent), part: None });
        };
        if a.zero == number(0) {
            // Powers of what vanishes on the background.
            let whole = crate::trees::exponents::constant_value(exponent);
            let above_one = whole.is_some_and(|v| !(&v - &Rational::from(1)).is_negative() && !v.is_one());
            return if above_one {
                Ok(Expansion { zero: number(0), part: None })
            } else {
                Err("a power of a derivative that is not analytic".into())
            };
        }
        let lower = match crate::trees::exponents::constant_value(exponent) {
            Some(v) if v == 2 => a.zero.clone(),
            _ => pow(&a.zero, &sub(exponent, &number(1))),
        };
        let slope = mul(exponent, &lower);
        Ok(Expansion { zero: pow(&a.zero, exponent), part: scaled(&slope, Some(part)) })
    }
}
