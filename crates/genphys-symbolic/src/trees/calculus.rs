//! d/dt of coefficients that depend on the time, on the syntax tree.

use crate::trees::expression::{add, div, function, mentions, mul, neg, number, pow, sub};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

/// The derivative of a scalar without the field by the variable; `None` where no rule applies.
pub(crate) fn differentiate(e: &Expr, variable: &str) -> Option<Expr> {
    if !mentions(e, variable) {
        return Some(number(0));
    }
    let d = |x: &Expr| differentiate(x, variable);
    Some(match &e.kind {
        ExprKind::Symbol(_) => number(1),
        ExprKind::Neg(a) => neg(&d(a)?),
        ExprKind::Add(a, b) => add(&d(a)?, &d(b)?),
        ExprKind::Sub(a, b) => sub(&d(a)?, &d(b)?),
        ExprKind::Mul(a, b) => add(&mul(&d(a)?, b), &mul(a, &d(b)?)),
        ExprKind::Div(a, b) => {
            let top = sub(&mul(&d(a)?, b), &mul(a, &d(b)?));
            div(&top, &pow(b, &number(2)))
        }
        ExprKind::Pow(a, b) if !mentions(b, variable) => {
            let lower = pow(a, &sub(b, &number(1)));
            mul(&mul(b, &lower), &d(a)?)
        }
        ExprKind::Pow(a, b) if !mentions(a, variable) => mul(&mul(e, &function(ScalarFunction::Log, a)), &d(b)?),
        ExprKind::Function { function: f, argument } => {
            let inner = d(argument)?;
            match f {
                ScalarFunction::Exp => mul(e, &inner),
                ScalarFunction::Log => div(&inner, argument),
                ScalarFunction::Sqrt => div(&inner, &mul(&number(2), e)),
                ScalarFunction::Sin => mul(&function(ScalarFunction::Cos, argument), &inner),
                ScalarFunction::Cos => neg(&mul(&function(ScalarFunction::Sin, argument), &inner)),
            }
        }
        _ => return None,
    })
}
