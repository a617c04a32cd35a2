//! Expressions of a derivation as a person would write them: no factor one, no quotient or difference of equals. Clippy
//! refuses some of these, and none is of use to a reader.

use genphys_pde::ast::{Expr, ExprKind, Number};

/// The same number wherever the expression has one: a/a is 1 and a − a is 0, as in the algebra of the derivation.
pub(crate) fn tidy(expr: &Expr) -> Expr {
    let pair = |a: &Expr, b: &Expr| (tidy(a), tidy(b));
    let kind = match &expr.kind {
        ExprKind::Neg(a) => return negated(tidy(a)),
        ExprKind::Add(a, b) => ExprKind::Add(Box::new(tidy(a)), Box::new(tidy(b))),
        ExprKind::Sub(a, b) => match pair(a, b) {
            (a, b) if same(&a, &b) => ExprKind::Number(Number::integer(0)),
            (a, b) => ExprKind::Sub(Box::new(a), Box::new(b)),
        },
        ExprKind::Mul(a, b) => match pair(a, b) {
            (a, b) if is(&a, 1.0) => return b,
            (a, b) if is(&b, 1.0) => return a,
            (a, b) if is(&a, -1.0) => return negated(b),
            (a, b) if is(&b, -1.0) => return negated(a),
            (a, b) => ExprKind::Mul(Box::new(a), Box::new(b)),
        },
        ExprKind::Div(a, b) => match pair(a, b) {
            (a, b) if is(&b, 1.0) => return a,
            (a, b) if is(&b, -1.0) => return negated(a),
            (a, b) if same(&a, &b) && !is(&a, 0.0) => ExprKind::Number(Number::integer(1)),
            (a, b) => ExprKind::Div(Box::new(a), Box::new(b)),
        },
        ExprKind::Pow(a, b) => match pair(a, b) {
            (a, b) if is(&b, 1.0) => return a,
            (a, b) => ExprKind::Pow(Box::new(a), Box::new(b)),
        },
        ExprKind::Function { function, argument } => {
            ExprKind::Function { function: *function, argument: Box::new(tidy(argument)) }
        }
        ExprKind::Vector(entries) => ExprKind::Vector(entries.iter().map(tidy).collect()),
        other => other.clone(),
    };
    Expr::new(kind, expr.span)
}

fn negated(a: Expr) -> Expr {
    let span = a.span;
    match a.kind {
        ExprKind::Neg(inner) => *inner,
        kind => Expr::new(ExprKind::Neg(Box::new(Expr::new(kind, span))), span),
    }
}

/// Whether it is this number, with a sign before it or in it.
fn is(expr: &Expr, number: f64) -> bool {
    value(expr).is_some_and(|value| value == number)
}

/// The value of an expression without names, as the compiler would compute it.
fn value(expr: &Expr) -> Option<f64> {
    Some(match &expr.kind {
        ExprKind::Number(number) => number.to_f64(),
        ExprKind::Neg(a) => -value(a)?,
        ExprKind::Add(a, b) => value(a)? + value(b)?,
        ExprKind::Sub(a, b) => value(a)? - value(b)?,
        ExprKind::Mul(a, b) => value(a)? * value(b)?,
        ExprKind::Div(a, b) => value(a)? / value(b)?,
        _ => return None,
    })
}

/// Whether both say the same, as clippy sees it.
fn same(a: &Expr, b: &Expr) -> bool {
    if let (Some(a), Some(b)) = (value(a), value(b)) {
        return a == b;
    }
    match (&a.kind, &b.kind) {
        (ExprKind::Pi, ExprKind::Pi) => true,
        (ExprKind::Symbol(a), ExprKind::Symbol(b)) => a == b,
        (ExprKind::Neg(a), ExprKind::Neg(b)) => same(a, b),
        (ExprKind::Add(a, b), ExprKind::Add(c, d)) | (ExprKind::Mul(a, b), ExprKind::Mul(c, d)) => {
            same(a, c) && same(b, d) || same(a, d) && same(b, c)
        }
        (ExprKind::Sub(a, b), ExprKind::Sub(c, d))
        | (ExprKind::Div(a, b), ExprKind::Div(c, d))
        | (ExprKind::Pow(a, b), ExprKind::Pow(c, d)) => same(a, c) && same(b, d),
        (ExprKind::Function { function: f, argument: a }, ExprKind::Function { function: g, argument: b }) => {
            f == g && same(a, b)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn nothing_needless_is_left() {
        for (text, expected) in [
            ("1/1*(exp(1*-(1*log(-t + 1))) - 1)", "exp(-log(-t + 1)) - 1"),
            ("m/m*D", "D"),
            ("(m + D)/(D + m) + D", "1 + D"),
            ("2*m - m*2 + D", "0 + D"),
            ("(1 + 1)/2*m", "m"),
            ("-1*m*-1", "m"),
            ("--m/1", "m"),
            ("m^1/-1", "-m"),
            ("m/2 - 2/m", "m/2 - 2/m"),
            ("0/0", "0/0"),
            ("1/3*m", "1/3*m"),
        ] {
            let tree = genphys_pde::parse_expression(text).unwrap();
            assert_eq!(genphys_pde::print_expr(&tidy(&tree)), expected, "{text}");
        }
    }
}
