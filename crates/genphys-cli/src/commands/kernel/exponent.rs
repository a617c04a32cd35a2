//! Exponents of subordinators at single λ, with the digits of small ones: 1 + z takes none from log(1 + z).

use genphys_kernels::Complex64;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::{Complex, EvaluateError, evaluate_at};
use std::collections::BTreeMap;

/// The value of an expression.
///
/// # Errors
/// As those of [`evaluate_at`].
pub(super) fn value(expr: &Expr, values: &BTreeMap<String, Complex>) -> Result<Complex64, EvaluateError> {
    let of = |part: &Expr| value(part, values);
    let found = match &expr.kind {
        ExprKind::Add(left, right) => of(left)? + of(right)?,
        ExprKind::Sub(left, right) => of(left)? - of(right)?,
        ExprKind::Mul(left, right) => of(left)? * of(right)?,
        ExprKind::Neg(operand) => -of(operand)?,
        ExprKind::Function { function: ScalarFunction::Log, argument } => match beyond_one(argument) {
            Some(rest) => ln_1p(of(rest)?),
            None => plain(expr, values)?,
        },
        _ => plain(expr, values)?,
    };
    let finite = found.re.is_finite() && found.im.is_finite();
    if finite { Ok(found) } else { Err(EvaluateError::Overflow) }
}

fn plain(expr: &Expr, values: &BTreeMap<String, Complex>) -> Result<Complex64, EvaluateError> {
    evaluate_at(expr, values).map(|value| Complex64::new(value.re, value.im))
}

/// z of 1 + z.
fn beyond_one(expr: &Expr) -> Option<&Expr> {
    let ExprKind::Add(left, right) = &expr.kind else { return None };
    let is_one = |part: &Expr| matches!(&part.kind, ExprKind::Number(number) if number.to_f64() == 1.0);
    match (is_one(left), is_one(right)) {
        (true, _) => Some(right),
        (_, true) => Some(left),
        _ => None,
    }
}

/// log(1 + z).
fn ln_1p(z: Complex64) -> Complex64 {
    if z.norm() > 0.5 {
        return (z + 1.0).ln();
    }
    Complex64::new(0.5 * (2.0 * z.re + z.norm_sqr()).ln_1p(), z.im.atan2(1.0 + z.re))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_logarithms_keep_their_digits() {
        let expr = genphys_pde::parse_expression("2*log(1 + lambda^(1/2)) - log(lambda + 1)").unwrap();
        for lambda in [1e-40f64, 1e-20, 1e-3, 0.7, 30.0] {
            let values = BTreeMap::from([("lambda".to_owned(), Complex::real(lambda))]);
            let expected = 2.0 * lambda.sqrt().ln_1p() - lambda.ln_1p();
            let found = value(&expr, &values).unwrap();
            assert!((found.re / expected - 1.0).abs() < 1e-14 && found.im == 0.0, "{lambda}: {found} {expected}");
        }
        // Beside the branch point, and left of it.
        for z in [Complex64::new(-0.3, 0.2), Complex64::new(-0.49, -0.01), Complex64::new(-3.0, 0.5)] {
            assert!((ln_1p(z) - (z + 1.0).ln()).norm() < 1e-15);
        }
    }
}
