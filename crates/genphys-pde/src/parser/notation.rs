//! The signs of vector calculus: `∂t φ`, `∂²φ/∂t²`, `∇²φ`, `Δφ`, `∇·(…)`, `∇φ`, and `phi_tt`.

use super::call::{checked_order, not_a_coordinate};
use super::expression::power;
use super::node::Node;
use super::stream::{Parsed, Problem, Tokens, fail};
use crate::ast::{ExprKind, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::span::Span;
use crate::subscript::{Variable, directions, of_field, variable};

const FORMS: &str = "derivatives are written `∂t φ`, `∂²t φ`, `∂φ/∂t`, `∂²φ/∂t²`, or `dt(phi, 2)`, `d(phi, x1, 2)`";

/// `²` or `^2` after a sign, with its place.
fn sign_power(input: Tokens<'_>) -> (Tokens<'_>, Option<(Number, Span)>) {
    let span = input.head().span;
    match (&input.head().kind, &input.second().kind) {
        (TokenKind::Superscript { number, minus: false }, _) => (input.advance(), Some((number.clone(), span))),
        (TokenKind::Sign(Sign::Caret), TokenKind::Number(number)) => {
            (input.advance().advance(), Some((number.clone(), span.to(input.second().span))))
        }
        _ => (input, None),
    }
}

fn order_of(input: Tokens<'_>, power: Option<&(Number, Span)>) -> u32 {
    power.map_or(1, |(number, span)| checked_order(input, Some(number), *span))
}

/// A derivative in one variable.
fn derivative(operand: Node, variable: Variable, order: u32, span: Span) -> Result<Node, nom::Err<Problem>> {
    let make = |operand| match variable {
        Variable::Time => ExprKind::TimeDerivative { operand, order },
        Variable::Axis(axis) => ExprKind::SpaceDerivative { operand, axis, order },
    };
    Node::unary(make, operand, span)
}

/// `phi_tt`, if the name is a derivative of the field.
pub(super) fn subscript(input: Tokens<'_>, name: &str) -> Result<Option<Node>, nom::Err<Problem>> {
    let Some(found) = of_field(name, input.context.field, input.context.time) else { return Ok(None) };
    let span = input.head().span;
    let mut node = Node::leaf(ExprKind::Symbol(input.context.field.to_owned()), span);
    for (variable, order) in found {
        let order = checked_order(input, Some(&Number::integer(order)), span);
        node = derivative(node, variable, order, span)?;
    }
    Ok(Some(node))
}

/// All forms that begin with `∂`.
pub(super) fn partial(input: Tokens<'_>) -> Parsed<'_, Node> {
    let start = input.head().span;
    let (rest, before) = sign_power(input.advance());
    if let Some((rest, variables)) = subscript_variables(rest) {
        return prefix(rest, start, before, variables);
    }
    if rest.is(Sign::Slash) && rest.second().is(Sign::Partial) {
        let (rest, variable) = denominator(rest, start, before.as_ref(), false)?;
        let (rest, operand) = rest.nested(power)?;
        let span = start.to(operand.span());
        return Ok((rest, derivative(operand, variable, order_of(input, before.as_ref()), span)?));
    }
    let (rest, operand) = rest.nested(power)?;
    if !(rest.is(Sign::Slash) && rest.second().is(Sign::Partial)) {
        let time = input.context.time;
        let help = match &operand.expr.kind {
            ExprKind::Symbol(name) if name == "t" && time != "t" => format!("the time is called `{time}` here"),
            ExprKind::Symbol(name) if name == "y" => "y is `x2`".into(),
            ExprKind::Symbol(name) if name == "z" => "z is `x3`".into(),
            _ => FORMS.into(),
        };
        return Err(fail(
            Diagnostic::new(Code::DerivativeNotation, format!("`∂` without its variable, such as `∂{time}`"))
                .label(start.to(operand.span()), "derivative in which variable?")
                .help(help),
        ));
    }
    let (rest, variable) = denominator(rest, start, before.as_ref(), true)?;
    let span = Span::new(start.start, rest.previous_end());
    Ok((rest, derivative(operand, variable, order_of(input, before.as_ref()), span)?))
}

/// The variables right behind `∂`: `t`, `x1`, `_t`, `_xx`.
fn subscript_variables(input: Tokens<'_>) -> Option<(Tokens<'_>, Vec<(Variable, u32)>)> {
    let name = input.head().name()?;
    let found = match name.strip_prefix('_') {
        Some(subscript) => directions(subscript, input.context.time)?,
        None => vec![(variable(name, input.context.time)?, 1)],
    };
    Some((input.advance(), found))
}

/// `∂t φ`, `∂²t φ`, `∂t² φ`, `∂_xx φ`, after the variables.
fn prefix<'a>(
    input: Tokens<'a>,
    start: Span,
    before: Option<(Number, Span)>,
    variables: Vec<(Variable, u32)>,
) -> Parsed<'a, Node> {
    let (rest, after) = match input.head().kind {
        TokenKind::Superscript { .. } => sign_power(input),
        _ => (input, None),
    };
    let repeated = variables.len() > 1 || variables.iter().any(|(_, order)| *order > 1);
    if before.is_some() && after.is_some() || repeated && (before.is_some() || after.is_some()) {
        let span = Span::new(start.start, rest.previous_end());
        input.context.report(
            Diagnostic::new(Code::DerivativeNotation, "the order of this derivative is given twice")
                .label(span, "")
                .help(FORMS),
        );
    }
    let given = before.or(after);
    let (rest, mut node) = rest.nested(power)?;
    let span = start.to(node.span());
    for (variable, count) in variables {
        let order = match &given {
            Some(power) => order_of(input, Some(power)),
            None => checked_order(input, Some(&Number::integer(count)), span),
        };
        node = derivative(node, variable, order, span)?;
    }
    Ok((rest, node))
}

/// `/∂t²`: the variable, whose order must be that of the numerator. `fraction` is false for `∂/∂t φ`.
fn denominator<'a>(
    input: Tokens<'a>,
    start: Span,
    numerator: Option<&(Number, Span)>,
    fraction: bool,
) -> Result<(Tokens<'a>, Variable), nom::Err<Problem>> {
    let rest = input.advance().advance();
    let (place, name) = (rest.head().span, rest.head().name());
    let Some(name) = name else {
        let expected = format!("a variable, such as `{}`", input.context.time);
        return Err(fail(rest.unexpected(&expected).help(FORMS)));
    };
    let (rest, power) = sign_power(rest.advance());
    // Behind `∂/∂t` another `∂` begins the operand; behind `∂²φ/∂t` it would be a second variable.
    if rest.is(Sign::Partial) && fraction {
        return Err(fail(
            Diagnostic::new(Code::DerivativeNotation, "a mixed derivative cannot be written as one fraction")
                .label(start.to(rest.head().span), "")
                .help("write `d(d(phi, x1), x2)`"),
        ));
    }
    let written =
        |power: Option<&(Number, Span)>| power.map_or_else(|| Number::integer(1), |(number, _)| number.clone());
    let (above, below) = (written(numerator), written(power.as_ref()));
    if above != below {
        input.context.report(
            Diagnostic::new(Code::DerivativeNotation, "the two orders of this derivative differ")
                .label(power.map_or(place, |(_, span)| span), format!("order {below}"))
                .label(numerator.map_or(start, |(_, span)| *span), format!("order {above}"))
                .help(FORMS),
        );
    }
    let variable = variable(name, input.context.time).unwrap_or_else(|| {
        let mut problem = not_a_coordinate(name, place);
        if name == "t" {
            problem = problem.help(format!("the time is called `{}` here", input.context.time));
        }
        input.context.report(problem);
        Variable::Axis(1)
    });
    Ok((rest, variable))
}

/// `∇²φ`, `∇·F`, `∇φ`.
pub(super) fn nabla(input: Tokens<'_>) -> Parsed<'_, Node> {
    let start = input.head().span;
    let (rest, power_of) = sign_power(input.advance());
    if let Some((number, span)) = power_of {
        let half = number.to_u32().filter(|order| *order > 0 && order.is_multiple_of(2)).map(|order| order / 2);
        let order = match half {
            Some(half) => checked_order(input, Some(&Number::integer(half)), span),
            None => {
                input.context.report(
                    Diagnostic::new(Code::DerivativeNotation, "only even powers of `∇` have a meaning")
                        .label(span, "not even")
                        .help("`∇²` is the Laplacian, `∇⁴` its square"),
                );
                1
            }
        };
        let (rest, operand) = rest.nested(power)?;
        let span = start.to(operand.span());
        return Ok((rest, Node::unary(|operand| ExprKind::Laplacian { operand, order }, operand, span)?));
    }
    let divergence = rest.is(Sign::Star);
    if divergence && rest.written(rest.head().span) == "×" {
        return Err(fail(
            Diagnostic::new(Code::DerivativeNotation, "the curl `∇×` is not part of the language")
                .label(start.to(rest.head().span), "")
                .help("the equation is for one scalar field; the divergence is `∇·`"),
        ));
    }
    let (rest, operand) = if divergence { rest.advance() } else { rest }.nested(power)?;
    let span = start.to(operand.span());
    let make = if divergence { ExprKind::Divergence } else { ExprKind::Gradient };
    Ok((rest, Node::unary(make, operand, span)?))
}

/// `Δφ`, `Δ²φ`.
pub(super) fn delta(input: Tokens<'_>) -> Parsed<'_, Node> {
    let start = input.head().span;
    let (rest, power_of) = sign_power(input.advance());
    let order = order_of(input, power_of.as_ref());
    let (rest, operand) = rest.nested(power)?;
    let span = start.to(operand.span());
    Ok((rest, Node::unary(|operand| ExprKind::Laplacian { operand, order }, operand, span)?))
}
