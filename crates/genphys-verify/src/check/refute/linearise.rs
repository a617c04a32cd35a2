//! Small disturbances of φ = 0 in an equation that is not linear: the terms of first order, as an equation of their own.

use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::pde::Pde;

/// The value at φ = 0 and the part of first order; absent where they are zero.
struct Parts {
    value: Option<Expr>,
    linear: Option<Expr>,
}

/// The linear equation; `None` where φ = 0 is no solution, or a term has no first order here.
pub(super) fn about_zero(pde: &Pde) -> Option<Pde> {
    let (left, right) = (parts(pde, &pde.left)?, parts(pde, &pde.right)?);
    if left.value.is_some() || right.value.is_some() {
        return None;
    }
    let zero = || number(&pde.left, 0);
    Some(Pde {
        left: left.linear.unwrap_or_else(zero),
        right: right.linear.unwrap_or_else(zero),
        nonlinear: Vec::new(),
        density: None,
        ..pde.clone()
    })
}

fn number(like: &Expr, value: u32) -> Expr {
    Expr::new(ExprKind::Number(Number::integer(value)), like.span)
}

fn parts(pde: &Pde, e: &Expr) -> Option<Parts> {
    let made = |kind: ExprKind| Expr::new(kind, e.span);
    let pair = |a: &Expr, b: &Expr, make: fn(Box<Expr>, Box<Expr>) -> ExprKind| {
        made(make(Box::new(a.clone()), Box::new(b.clone())))
    };
    // A linear operator; constants are left alone by none but multiplications.
    let operator = |operand: &Expr, make: &dyn Fn(Box<Expr>) -> ExprKind| {
        let inner = parts(pde, operand)?;
        inner.value.is_none().then(|| Parts { value: None, linear: inner.linear.map(|l| made(make(Box::new(l)))) })
    };
    let product = |a: &Expr, b: &Expr, make: fn(Box<Expr>, Box<Expr>) -> ExprKind| {
        let (a, b) = (parts(pde, a)?, parts(pde, b)?);
        let times = |x: &Option<Expr>, y: &Option<Expr>| Some(pair(x.as_ref()?, y.as_ref()?, make));
        let (first, second) = (times(&a.linear, &b.value), times(&a.value, &b.linear));
        let linear = match (first, second) {
            (Some(x), Some(y)) => Some(pair(&x, &y, ExprKind::Add)),
            (x, y) => x.or(y),
        };
        Some(Parts { value: times(&a.value, &b.value), linear })
    };
    Some(match &e.kind {
        ExprKind::Number(n) if n.is_zero() => Parts { value: None, linear: None },
        ExprKind::Symbol(name) if *name == pde.field => Parts { value: None, linear: Some(e.clone()) },
        ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) | ExprKind::Position => {
            Parts { value: Some(e.clone()), linear: None }
        }
        ExprKind::Neg(a) => {
            let turned = |x: Option<Expr>| x.map(|x| made(ExprKind::Neg(Box::new(x))));
            let inner = parts(pde, a)?;
            Parts { value: turned(inner.value), linear: turned(inner.linear) }
        }
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
            let minus = matches!(e.kind, ExprKind::Sub(..));
            let (a, b) = (parts(pde, a)?, parts(pde, b)?);
            let sum = |x: Option<Expr>, y: Option<Expr>| match (x, y) {
                (Some(x), Some(y)) => Some(pair(&x, &y, if minus { ExprKind::Sub } else { ExprKind::Add })),
                (None, Some(y)) if minus => Some(made(ExprKind::Neg(Box::new(y)))),
                (x, y) => x.or(y),
            };
            Parts { value: sum(a.value, b.value), linear: sum(a.linear, b.linear) }
        }
        ExprKind::Mul(a, b) => product(a, b, ExprKind::Mul)?,
        ExprKind::Dot(a, b) => product(a, b, ExprKind::Dot)?,
        ExprKind::Div(a, b) => {
            let (a, b) = (parts(pde, a)?, parts(pde, b)?);
            let (Some(divisor), None) = (b.value, b.linear) else { return None };
            let over = |x: Option<Expr>| x.map(|x| pair(&x, &divisor, ExprKind::Div));
            Parts { value: over(a.value), linear: over(a.linear) }
        }
        ExprKind::Pow(a, b) => {
            let (base, exponent) = (parts(pde, a)?, parts(pde, b)?);
            match (base.value, base.linear, &b.kind) {
                (_, _, _) if exponent.linear.is_some() => return None,
                (Some(_), None, _) => Parts { value: Some(e.clone()), linear: None },
                (None, linear, ExprKind::Number(n)) => match n.to_u32()? {
                    0 => return None,
                    1 => Parts { value: None, linear },
                    _ => Parts { value: None, linear: None },
                },
                _ => return None,
            }
        }
        ExprKind::TimeDerivative { operand, order } => {
            operator(operand, &|operand| ExprKind::TimeDerivative { operand, order: *order })?
        }
        ExprKind::SpaceDerivative { operand, axis, order } => {
            operator(operand, &|operand| ExprKind::SpaceDerivative { operand, axis: *axis, order: *order })?
        }
        ExprKind::Laplacian { operand, order } => {
            operator(operand, &|operand| ExprKind::Laplacian { operand, order: *order })?
        }
        ExprKind::FractionalLaplacian { operand, exponent } => {
            operator(operand, &|operand| ExprKind::FractionalLaplacian { operand, exponent: exponent.clone() })?
        }
        ExprKind::FourierMultiplier { symbol, operand } => {
            operator(operand, &|operand| ExprKind::FourierMultiplier { symbol: symbol.clone(), operand })?
        }
        ExprKind::Anisotropic { matrix, operand } => {
            operator(operand, &|operand| ExprKind::Anisotropic { matrix: matrix.clone(), operand })?
        }
        ExprKind::Gradient(operand) => operator(operand, &ExprKind::Gradient)?,
        ExprKind::Divergence(operand) => operator(operand, &ExprKind::Divergence)?,
        ExprKind::Vector(items) => {
            let list: Vec<Parts> = items.iter().map(|item| parts(pde, item)).collect::<Option<_>>()?;
            let vector = |part: &dyn Fn(&Parts) -> Option<Expr>| {
                let filled = list.iter().any(|p| part(p).is_some());
                let items = list.iter().map(|p| part(p).unwrap_or_else(|| number(e, 0))).collect();
                filled.then(|| made(ExprKind::Vector(items)))
            };
            Parts { value: vector(&|p| p.value.clone()), linear: vector(&|p| p.linear.clone()) }
        }
        ExprKind::Function { function, argument } => {
            let inner = parts(pde, argument)?;
            match (function, inner.value, inner.linear) {
                (_, Some(_), None) => Parts { value: Some(e.clone()), linear: None },
                (ScalarFunction::Sin, None, linear) => Parts { value: None, linear },
                _ => return None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::about_zero;

    #[test]
    fn terms_of_first_order() {
        let of = |text: &str| {
            let pde = genphys_pde::inline(text).unwrap().pde;
            about_zero(&pde).map(|linear| {
                let model = crate::numeric::Model::new(&linear, &std::collections::BTreeMap::new()).unwrap();
                let symbol = model.symbol(&[2.0], 1.0).unwrap();
                symbol.a.iter().map(|c| (c.re, c.im)).collect::<Vec<_>>()
            })
        };
        assert_eq!(of("dt(phi) + 6*phi*dx(phi) + d(phi, x1, 3) = 0"), Some(vec![(0.0, -8.0), (1.0, 0.0)]));
        assert_eq!(of("dt(phi) = lap(phi) + 3*phi*(1 - phi)"), Some(vec![(1.0, 0.0), (1.0, 0.0)]));
        assert_eq!(of("dt(phi) = lap(phi^2)"), Some(vec![(0.0, 0.0), (1.0, 0.0)]));
        assert_eq!(of("dt(phi, 2) + sin(phi) - lap(phi) = 0"), Some(vec![(5.0, 0.0), (0.0, 0.0), (1.0, 0.0)]));
        assert_eq!(of("dt(phi) = lap(phi) + 1 - phi^2"), None);
    }
}
