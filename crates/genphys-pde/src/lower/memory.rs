//! The conditions of Caputo's derivative: its order, what may stand beside it, and the time that it starts from.

use crate::ast::{Bound, Expr, ExprKind, Interval};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::memory::{in_time, orders_in, orders_of};
use crate::pde::Param;
use crate::printer::print_expr;
use crate::span::Span;

/// What an equation is made of.
pub(super) struct Equation<'a> {
    pub(super) sides: [&'a Expr; 2],
    pub(super) params: &'a [Param],
    pub(super) field: &'a str,
    pub(super) time: &'a str,
    pub(super) interval: &'a Interval,
    pub(super) density: Option<&'a Expr>,
    /// Terms that are not linear in the field, or have none.
    pub(super) nonlinear: &'a [Span],
}

/// Reports what Caputo's derivatives of an equation cannot have.
pub(super) fn check(equation: &Equation<'_>, problems: &mut Vec<Diagnostic>) {
    let mut all = Vec::new();
    equation.sides.into_iter().for_each(|side| derivatives(side, &mut all));
    let memories: Vec<(&Expr, &Expr, &Expr)> = all
        .iter()
        .filter_map(|expr| match &expr.kind {
            ExprKind::Caputo { operand, order } => Some((*expr, &**operand, &**order)),
            _ => None,
        })
        .collect();
    let Some((first, _, order)) = memories.first().copied() else { return };
    for (_, _, order) in &memories {
        if let Some(problem) = wrong_order(equation, order)
            && !problems.contains(&problem)
        {
            problems.push(problem);
        }
    }
    let field = equation.field;
    let beside = |what: &Expr, message: &str, label: &str, help: String| {
        Diagnostic::new(Code::BesideMemory, message).label(what.span, label).label(first.span, "Caputo's").help(help)
    };
    let alone = format!("one derivative in the time is Caputo's alone: `dt({field}, b) = …`");
    let problem = if let Some((expr, ..)) = memories.iter().find(|(_, operand, _)| in_time(operand)) {
        Some(beside(expr, "Caputo's derivative of a derivative in the time", "taken twice", alone))
    } else if let Some((expr, ..)) = memories.iter().find(|(_, _, other)| *other != order) {
        Some(beside(expr, "Caputo's derivatives of several orders in one equation", "another order", alone))
    } else if let Some(expr) = all.iter().find(|expr| matches!(expr.kind, ExprKind::TimeDerivative { .. })) {
        Some(beside(expr, "another derivative in the time beside Caputo's", "of another order", alone))
    } else if let Some(expr) = equation.sides.iter().find_map(|side| value(side, equation.time)) {
        let help = "beside Caputo's derivative coefficients are constant: numbers and parameters".to_owned();
        Some(beside(expr, "a coefficient that is not constant beside Caputo's derivative", "changes", help))
    } else if let Some(span) = equation.nonlinear.first() {
        let message = "Caputo's derivative in an equation that is not linear in the field";
        let help = "with memory the equation is linear, and every term has the field in it";
        Some(Diagnostic::new(Code::BesideMemory, message).label(*span, "not linear").help(help))
    } else {
        let help = format!("leave out `density`: the density is derived, `{field}` where it stands alone");
        equation
            .density
            .map(|density| beside(density, "a declared density beside Caputo's derivative", "declared", help))
    };
    problems.extend(problem);
    if !matches!(&equation.interval.lower, Bound::Finite(start) if start.is_zero()) {
        let time = equation.time;
        let message =
            format!("Caputo's derivative starts at 0, and the time does not: {time} in {}", equation.interval);
        let help = format!("write `time {time} in (0, inf)`, and count the time from there");
        problems.push(Diagnostic::new(Code::BesideMemory, message).label(first.span, "remembers from 0 on").help(help));
    }
}

fn derivatives<'a>(expr: &'a Expr, found: &mut Vec<&'a Expr>) {
    if matches!(expr.kind, ExprKind::Caputo { .. } | ExprKind::TimeDerivative { .. }) {
        found.push(expr);
    }
    let inside = match &expr.kind {
        ExprKind::Caputo { operand, .. } => vec![&**operand],
        _ => expr.children(),
    };
    inside.into_iter().for_each(|child| derivatives(child, found));
}

/// Where the time or the position is a value, but in an order, which is looked at by itself.
fn value<'a>(expr: &'a Expr, time: &str) -> Option<&'a Expr> {
    match &expr.kind {
        ExprKind::Position | ExprKind::Coordinate(_) => Some(expr),
        ExprKind::Symbol(name) if name == time => Some(expr),
        ExprKind::Caputo { operand, .. } => value(operand, time),
        _ => expr.children().into_iter().find_map(|child| value(child, time)),
    }
}

/// What is wrong with an order.
fn wrong_order(equation: &Equation<'_>, order: &Expr) -> Option<Diagnostic> {
    let (field, text) = (equation.field, print_expr(order));
    let report = |wrong: String, help: String| {
        let message = format!("the order of Caputo's derivative {wrong}");
        Some(Diagnostic::new(Code::CaputoOrder, message).label(order.span, "the order").help(help))
    };
    let between =
        || format!("an order lies between 0 and 2: `dt({field}, 0.5)`; a whole one is the ordinary derivative");
    let declare = |name: &str| {
        format!("give it a domain between 0 and 2: `param {name} in (0, 1] = 0.5`, or `param {name} in (1, 2) = 1.5`")
    };
    let param = |name: &str| equation.params.iter().find(|param| param.name == name);
    match &order.kind {
        ExprKind::Symbol(name) if name == equation.time => {
            return report("depends on the time".into(), "an order is constant".into());
        }
        ExprKind::Symbol(name) => match param(name) {
            Some(param) if param.complex => return report(format!("is complex: `{name}`"), declare(name)),
            // An unknown name is reported as such.
            None if name != equation.field => return None,
            _ => {}
        },
        ExprKind::Neg(_) => return report(format!("is not positive: {text}"), between()),
        _ => {}
    }
    let Some(orders) = orders_of(order, |name| orders_in(&param(name)?.domain)) else {
        let (wrong, help) = match &order.kind {
            ExprKind::Symbol(name) if *name != equation.field => (format!("`{name}` has no bounds"), declare(name)),
            ExprKind::Imaginary => ("is complex".into(), between()),
            _ => (
                "is no number, quotient of whole numbers or parameter".into(),
                "write `0.5` or `1/2`, or declare a parameter: `param b in (0, 1] = 0.5`".into(),
            ),
        };
        return report(wrong, help);
    };
    let ([low, high], [low_closed, high_closed]) = (orders.interval, orders.closed);
    let help = match &order.kind {
        ExprKind::Symbol(name) => declare(name),
        _ => between(),
    };
    if low < 0.0 || low == 0.0 && low_closed {
        return report("is not positive".into(), help);
    }
    if high > 2.0 || high == 2.0 && high_closed && low < high {
        return report("is 2 and more, or may be".into(), help);
    }
    // A number that is whole, or is not told from one.
    if low == high && low.fract() == 0.0 {
        let counted = if low == 1.0 { String::new() } else { format!(", {low}") };
        return report(format!("is a whole number: {text}"), format!("write `dt({field}{counted})`"));
    }
    None
}
