//! Constant exponents of `fraclap`, and the root M that makes every |k|^a a power of q with |k| = q^M.

use crate::trees::expression::visit;
use crate::trees::number::rational;
use genphys_pde::ast::{Expr, ExprKind};
use num_integer::gcd;
use symbolica::domains::rational::Rational;

/// The smallest M ≤ 64 such that every constant exponent of `fraclap` is a multiple of 1/M.
pub(crate) fn common_root(exprs: &[&Expr]) -> u32 {
    let mut root = 1u32;
    for expr in exprs {
        visit(expr, &mut |e| {
            let exponent = match &e.kind {
                ExprKind::FractionalLaplacian { exponent, .. } => exponent,
                // A power of |k| inside `fourier`; elsewhere `k` is no name of a wave number, which does no harm here.
                ExprKind::Pow(base, exponent) if matches!(&base.kind, ExprKind::Symbol(n) if n == "k") => exponent,
                _ => return,
            };
            if let Some((_, denominator)) = small_fraction(exponent) {
                let lcm = root / gcd(root, denominator) * denominator;
                if lcm <= 64 {
                    root = lcm;
                }
            }
        });
    }
    root
}

/// A constant exponent as a small fraction.
pub(crate) fn small_fraction(expr: &Expr) -> Option<(u32, u32)> {
    small(&constant_value(expr)?)
}

/// A number as a small fraction.
pub(crate) fn small(value: &Rational) -> Option<(u32, u32)> {
    let (n, d) = (value.numerator().to_i64()?, value.denominator().to_i64()?);
    Some((u32::try_from(n).ok()?, u32::try_from(d).ok().filter(|d| *d <= 64)?))
}

/// The rational value of an expression of numbers.
pub(crate) fn constant_value(expr: &Expr) -> Option<Rational> {
    match &expr.kind {
        ExprKind::Number(n) => Some(rational(n)),
        ExprKind::Neg(a) => constant_value(a).map(|v| v.neg()),
        ExprKind::Add(a, b) => Some(&constant_value(a)? + &constant_value(b)?),
        ExprKind::Sub(a, b) => Some(&constant_value(a)? - &constant_value(b)?),
        ExprKind::Mul(a, b) => Some(&constant_value(a)? * &constant_value(b)?),
        ExprKind::Div(a, b) => {
            let b = constant_value(b).filter(|b| !b.is_zero())?;
            Some(&constant_value(a)? / &b)
        }
        _ => None,
    }
}
