//! Functions of k that rise: monotonicity read off the tree, with enclosures of the parameters.

use crate::trees::expression::{K, mentions};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

/// Whether f rises strictly with k on [0, ∞), for all parameter values.
pub(crate) fn rises(f: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> bool {
    slope(f, names) == Some(true)
}

/// `Some(true)`: strictly rising, `Some(false)`: strictly falling.
fn slope(f: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> Option<bool> {
    // k > 0.
    let wave = Interval { lo: 0.0, hi: f64::INFINITY, nonzero: true };
    let known = |n: &str| if n == K { Some(wave) } else { names(n) };
    let sign = |e: &Expr| enclose(e, &known).unwrap_or(Interval::REAL);
    let depends = |e: &Expr| mentions(e, K);
    let weighted = |factor: &Expr, of: bool| match () {
        () if sign(factor).positive() => Some(of),
        () if sign(&crate::trees::expression::neg(factor)).positive() => Some(!of),
        () => None,
    };
    match &f.kind {
        ExprKind::Symbol(n) if n == K => Some(true),
        ExprKind::Neg(a) => slope(a, names).map(|s| !s),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) => {
            let turned = matches!(f.kind, ExprKind::Sub(..));
            match (depends(a), depends(b)) {
                (true, false) => slope(a, names),
                (false, true) => slope(b, names).map(|s| s != turned),
                _ => {
                    let (x, y) = (slope(a, names)?, slope(b, names)? != turned);
                    (x == y).then_some(x)
                }
            }
        }
        ExprKind::Mul(a, b) if !depends(a) => weighted(a, slope(b, names)?),
        ExprKind::Mul(a, b) if !depends(b) => weighted(b, slope(a, names)?),
        ExprKind::Div(a, b) if !depends(b) => weighted(b, slope(a, names)?),
        // h/(c + h) = 1 − c/(c + h).
        ExprKind::Div(a, b) => match &b.kind {
            ExprKind::Add(c, h) if h == a && !depends(c) => weighted(c, slope(a, names)?),
            ExprKind::Add(h, c) if h == a && !depends(c) => weighted(c, slope(a, names)?),
            _ if !depends(a) && sign(b).positive() => weighted(a, !slope(b, names)?),
            _ => None,
        },
        ExprKind::Pow(base, x) if !depends(x) && matches!(&base.kind, ExprKind::Symbol(n) if n == K) => {
            weighted(x, true)
        }
        ExprKind::Pow(base, x) if !depends(x) && sign(base).non_negative() => weighted(x, slope(base, names)?),
        ExprKind::Function { function, argument } => match function {
            ScalarFunction::Exp => slope(argument, names),
            // Real where the symbol is: the argument is positive.
            ScalarFunction::Log | ScalarFunction::Sqrt => slope(argument, names),
            ScalarFunction::Sin | ScalarFunction::Cos => None,
        },
        _ => None,
    }
}
