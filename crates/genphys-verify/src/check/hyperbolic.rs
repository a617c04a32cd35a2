//! Functions made of exponentials of k that Euler's products and series show to be complete Bernstein or completely
//! monotone.

use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::Class;

/// The class of a function that is written as one of the seven shapes, e^{dk} with a product d k for its argument.
pub(super) fn class(text: &str) -> Option<Class> {
    let function = genphys_pde::parse_expression(text).ok()?;
    let argument = genphys_pde::print_expr(&exponent(&function)?);
    let rate = rate(&exponent(&function)?)?;
    let (up, down) = (format!("exp({argument})"), format!("exp(-{argument})"));
    let (cosh, sinh) = (format!("({up} + {down})"), format!("({up} - {down})"));
    let shapes = [
        (format!("log({cosh}/2)"), Class::Bernstein),
        (format!("log({sinh}/(2*({argument})))"), Class::Bernstein),
        (format!("k*{sinh}/{cosh}"), Class::Bernstein),
        (format!("k*{cosh}/{sinh} - 1/({rate})"), Class::Bernstein),
        (format!("k*{cosh}/{sinh} - {}", if rate == "1" { "1" } else { "1/1" }), Class::Bernstein),
        (format!("2/{cosh}"), Class::CompletelyMonotone),
        (format!("2*k/{sinh}"), Class::CompletelyMonotone),
        (format!("{sinh}/(k*{cosh})"), Class::CompletelyMonotone),
    ];
    let written = |text: &str| genphys_pde::parse_expression(text).ok().map(|e| genphys_pde::print_expr(&e));
    let stated = written(text)?;
    shapes.into_iter().find(|(shape, _)| written(shape).as_ref() == Some(&stated)).map(|(_, class)| class)
}

/// The positive rate d of the exponentials, where the text is one of the shapes.
pub(super) fn rate_of(text: &str) -> Option<Expr> {
    let function = genphys_pde::parse_expression(text).ok()?;
    genphys_pde::parse_expression(&rate(&exponent(&function)?)?).ok()
}

/// What stands in the first exponential.
fn exponent(e: &Expr) -> Option<Expr> {
    match &e.kind {
        ExprKind::Function { function: ScalarFunction::Exp, argument } => Some((**argument).clone()),
        ExprKind::Function { argument, .. } | ExprKind::Neg(argument) => exponent(argument),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) => {
            exponent(a).or_else(|| exponent(b))
        }
        _ => None,
    }
}

/// d as text where the argument is d k, a product or quotient with one factor k.
fn rate(argument: &Expr) -> Option<String> {
    let text = genphys_pde::print_expr;
    match &argument.kind {
        ExprKind::Symbol(name) if name == "k" => Some("1".into()),
        ExprKind::Mul(k, d) | ExprKind::Mul(d, k) if is_k(k) && !has_k(d) => Some(text(d)),
        ExprKind::Mul(a, b) if !has_k(b) => Some(format!("({})*({})", rate(a)?, text(b))),
        ExprKind::Mul(a, b) if !has_k(a) => Some(format!("({})*({})", text(a), rate(b)?)),
        ExprKind::Div(a, b) if !has_k(b) => Some(format!("({})/({})", rate(a)?, text(b))),
        _ => None,
    }
}

fn is_k(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Symbol(name) if name == "k")
}

fn has_k(e: &Expr) -> bool {
    is_k(e) || e.children().iter().any(|child| has_k(child))
}

#[cfg(test)]
mod tests {
    use super::class;
    use genphys_pde::certificate::Class;

    #[test]
    fn shapes_are_recognised() {
        assert_eq!(class("log((exp(a*k) + exp(-a*k))/2)"), Some(Class::Bernstein));
        assert_eq!(class("k*(exp(k) - exp(-k))/(exp(k) + exp(-k))"), Some(Class::Bernstein));
        assert_eq!(class("2/(exp(3*k) + exp(-3*k))"), Some(Class::CompletelyMonotone));
        assert_eq!(class("log((exp(a*k/2) + exp(-a*k/2))/2)"), Some(Class::Bernstein));
        assert_eq!(class("log((exp(k*a*b) + exp(-k*a*b))/2)"), Some(Class::Bernstein));
        assert_eq!(class("log((exp(a*k) + exp(-b*k))/2)"), None);
        assert_eq!(class("log((exp(a*k/b) + exp(-a*k*b))/2)"), None);
        assert_eq!(class("log((exp(k*k) + exp(-k*k))/2)"), None);
        assert_eq!(class("k*(exp(k) - exp(-k))"), None);
    }
}
