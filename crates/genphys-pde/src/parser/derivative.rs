//! Derivatives as papers write them: `∂t φ`, `∂²φ/∂t²`, `∂/∂t φ`, `∂²φ/∂x∂y`, `dφ/dt`,
//! `\frac{\partial \phi}{\partial t}`, `\dot{\phi}`, `phi_tt`.

use super::call::{checked_order, not_a_coordinate};
use super::expression::{closing, expression, power, primary, starts_operand};
use super::node::Node;
use super::stream::{Parsed, Problem, Tokens, fail, require};
use crate::ast::{ExprKind, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::span::Span;
use crate::subscript::{Variable, directions, of_field, variable};
use crate::words::is_function;

/// An order or power as it is written, with its place.
pub(super) type Power = Option<(Number, Span)>;

pub(super) const FORMS: &str =
    "derivatives are written `∂t φ`, `∂²t φ`, `∂φ/∂t`, `∂²φ/∂t²`, or `dt(phi, 2)`, `d(phi, x1, 2)`";

/// `²` or `^2` after a sign, with its place.
pub(super) fn sign_power(input: Tokens<'_>) -> (Tokens<'_>, Power) {
    let span = input.head().span;
    match (&input.head().kind, &input.second().kind) {
        (TokenKind::Superscript { number, minus: false }, _) => (input.advance(), Some((number.clone(), span))),
        (TokenKind::Sign(Sign::Caret), TokenKind::Number(number)) => {
            (input.advance().advance(), Some((number.clone(), span.to(input.second().span))))
        }
        (TokenKind::Sign(Sign::Caret), TokenKind::Sign(Sign::LeftParen)) => {
            // `^{2}` of LaTeX.
            let inside = input.advance().advance();
            match (&inside.head().kind, inside.second().is(Sign::RightParen)) {
                (TokenKind::Number(number), true) => {
                    (inside.advance().advance(), Some((number.clone(), span.to(inside.second().span))))
                }
                _ => (input, None),
            }
        }
        _ => (input, None),
    }
}

pub(super) fn order_of(input: Tokens<'_>, power: &Power) -> u32 {
    power.as_ref().map_or(1, |(number, span)| checked_order(input, Some(number), *span))
}

/// A derivative in one variable.
fn derivative(operand: Node, variable: Variable, order: u32, span: Span) -> Result<Node, nom::Err<Problem>> {
    let make = |operand| match variable {
        Variable::Time => ExprKind::TimeDerivative { operand, order },
        Variable::Axis(axis) => ExprKind::SpaceDerivative { operand, axis, order },
    };
    Node::unary(make, operand, span)
}

/// Says of `∂_t u_t`, where `u` stands elsewhere too, that it is a second derivative.
fn note_twice(input: Tokens<'_>, operand: &Node, variables: &[(Variable, u32)]) {
    let in_time = variables.iter().any(|(variable, _)| *variable == Variable::Time);
    let subscript = match &operand.expr.kind {
        ExprKind::TimeDerivative { operand: inner, .. } => inner.span == operand.span(),
        _ => false,
    };
    if in_time && subscript {
        let written = input.written(operand.span());
        let message = format!("`{written}` is read as a derivative in the time, of which another one is taken");
        let field = input.context.field;
        let note = Diagnostic::new(Code::TakenAs, message).label(operand.span(), "");
        input.context.report(note.help(format!("if it is the field at that time, write `{field}`")));
    }
}

/// Derivatives in several variables, the innermost last.
fn derivatives(operand: Node, variables: &[(Variable, u32)], span: Span) -> Result<Node, nom::Err<Problem>> {
    variables.iter().rev().try_fold(operand, |node, (variable, order)| derivative(node, *variable, *order, span))
}

/// `phi_tt`, if the name is a derivative of the field.
pub(super) fn subscript(input: Tokens<'_>, name: &str) -> Result<Option<Node>, nom::Err<Problem>> {
    let Some(found) = of_field(name, input.context.field, input.context.time) else { return Ok(None) };
    let span = input.head().span;
    let mut node = Node::leaf(ExprKind::Symbol(input.context.field.to_owned()), span);
    if input.context.timed {
        let message = format!("`{name}` is read as the field at the time, not as its derivative");
        let field = input.context.field;
        let note = Diagnostic::new(Code::TakenAs, message).label(span, format!("`{field}`"));
        if !input.context.told.replace(true) {
            let help = format!("write `{field}` for the field and `dt({field})` for its derivative");
            input.context.report(note.help(help));
        }
        return Ok(Some(node));
    }
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
        return operator_of_fraction(rest.advance(), start, before);
    }
    let (rest, operand) = rest.nested(power)?;
    if !(rest.is(Sign::Slash) && rest.second().is(Sign::Partial)) {
        return Err(fail(without_variable(input, &operand, start.to(operand.span()))));
    }
    fraction_of(rest.advance(), operand, start, before)
}

fn without_variable(input: Tokens<'_>, operand: &Node, span: Span) -> Diagnostic {
    let time = input.context.time;
    let help = match &operand.expr.kind {
        ExprKind::Symbol(name) if name == "t" && time != "t" => format!("the time is called `{time}` here"),
        _ => FORMS.into(),
    };
    Diagnostic::new(Code::DerivativeNotation, format!("`∂` without its variable, such as `∂{time}`"))
        .label(span, "derivative in which variable?")
        .help(help)
}

/// The variables right behind `∂`: `t`, `x1`, `_t`, `_xx`.
fn subscript_variables(input: Tokens<'_>) -> Option<(Tokens<'_>, Vec<(Variable, u32)>)> {
    let name = input.head().name().filter(|name| *name != input.context.field)?;
    let found = match name.strip_prefix('_') {
        Some(subscript) => directions(subscript, input.context.time)?,
        None => vec![(variable(name, input.context.time)?, 1)],
    };
    Some((input.advance(), found))
}

/// `^β`, `^0.5` or `^(1/2)` behind `∂t`, or a number that stands before it: the order of Caputo's derivative. `None` where
/// the order is a whole number, or is given twice.
fn fractional<'a>(input: Tokens<'a>, before: &Power) -> Result<Option<(Tokens<'a>, Node)>, nom::Err<Problem>> {
    let broken = |power: &Power| {
        let (number, span) = power.clone().filter(|(number, _)| number.exponent < 0)?;
        Some(Node::leaf(ExprKind::Number(number), span))
    };
    let (rest, after) = sign_power(input);
    if before.is_some() {
        return Ok(broken(before).filter(|_| after.is_none() && !input.is(Sign::Caret)).map(|order| (input, order)));
    }
    if after.is_some() {
        return Ok(broken(&after).map(|order| (rest, order)));
    }
    if !input.is(Sign::Caret) {
        return Ok(None);
    }
    let (order, rest) = (input.advance(), input.advance().advance());
    if let Some(name) = order.head().name().filter(|name| !is_function(name)) {
        return Ok(Some((rest, Node::leaf(ExprKind::Symbol(name.to_owned()), order.head().span))));
    }
    if !order.is(Sign::LeftParen) {
        return Ok(None);
    }
    let (rest, order) = order.nested(primary)?;
    Ok(Some((rest, order)))
}

/// `∂t φ`, `∂²t φ`, `∂t² φ`, `∂_xx φ`, after the variables.
fn prefix<'a>(input: Tokens<'a>, start: Span, before: Power, variables: Vec<(Variable, u32)>) -> Parsed<'a, Node> {
    if let ([(Variable::Time, 1)], Some((rest, order))) = (variables.as_slice(), fractional(input, &before)?) {
        let (rest, operand) = operand_follows(rest, start, "∂")?.nested(power)?;
        let span = start.to(operand.span());
        let mut both = Node::binary(|operand, order| ExprKind::Caputo { operand, order }, operand, order)?;
        both.expr.span = span;
        return Ok((rest, both));
    }
    let (rest, after) = match input.head().kind {
        TokenKind::Superscript { .. } | TokenKind::Sign(Sign::Caret) => sign_power(input),
        _ => (input, None),
    };
    if after.is_none() && rest.is(Sign::Caret) {
        let message = "the order of this derivative is not a whole number";
        let problem =
            Diagnostic::new(Code::OrderNotWhole, message).label(Span::new(start.start, rest.previous_end()), "");
        return Err(fail(problem.help(
            "derivatives in space have whole orders; a fractional Laplacian is `(−Δ)^(a/2) φ`, and a fractional derivative in \
             the time `∂t^(1/2) φ`",
        )));
    }
    let repeated = variables.len() > 1 || variables.iter().any(|(_, order)| *order > 1);
    // `∂²_xx` says the same thing twice.
    let total = Number::integer(variables.iter().map(|(_, order)| order).sum());
    let agrees = after.is_none() && before.as_ref().is_some_and(|(number, _)| *number == total);
    if before.is_some() && after.is_some() || repeated && (before.is_some() || after.is_some()) && !agrees {
        let span = Span::new(start.start, rest.previous_end());
        input.context.report(
            Diagnostic::new(Code::DerivativeNotation, "the order of this derivative is given twice")
                .label(span, "")
                .help(FORMS),
        );
    }
    let given = if agrees { None } else { before.or(after) };
    let rest = operand_follows(rest, start, "∂")?;
    let (rest, mut node) = rest.nested(power)?;
    note_twice(input, &node, &variables);
    let span = start.to(node.span());
    for (variable, count) in variables {
        let order = match &given {
            Some(_) => order_of(input, &given),
            None => checked_order(input, Some(&Number::integer(count)), span),
        };
        node = derivative(node, variable, order, span)?;
    }
    Ok((rest, node))
}

/// Fails where nothing stands that an operator could act on.
pub(super) fn operand_follows<'a>(input: Tokens<'a>, start: Span, sign: &str) -> Result<Tokens<'a>, nom::Err<Problem>> {
    if starts_operand(input) || input.head().kind == TokenKind::Bad {
        return Ok(input);
    }
    let problem = input.unexpected(&format!("what `{sign}` acts on"));
    Err(fail(Diagnostic { code: Code::DerivativeNotation, ..problem }.label(start, "this operator").help(
        "write what it acts on behind it, as in `Δφ`; a function of the Laplacian, such as √(m² − Δ), is written \
         `fourier(sqrt(m^2 + k^2), phi)`",
    )))
}

/// `∂/∂t φ`, at what stands behind the slash.
fn operator_of_fraction<'a>(input: Tokens<'a>, start: Span, order: Power) -> Parsed<'a, Node> {
    let (rest, variables) = denominator(input, start, order.as_ref(), false)?;
    let (rest, operand) = operand_follows(rest, start, "∂/∂t")?.nested(power)?;
    note_twice(input, &operand, &variables);
    let span = start.to(operand.span());
    Ok((rest, derivatives(operand, &variables, span)?))
}

/// `∂φ/∂t`, at what stands behind the slash.
fn fraction_of<'a>(input: Tokens<'a>, operand: Node, start: Span, order: Power) -> Parsed<'a, Node> {
    let (rest, variables) = denominator(input, start, order.as_ref(), true)?;
    note_twice(input, &operand, &variables);
    let span = Span::new(start.start, rest.previous_end());
    Ok((rest, derivatives(operand, &variables, span)?))
}

/// A sign of a derivative: `∂`, or `d`, which may be one word with what follows (`dt`); then that and its place.
fn differential<'a>(input: Tokens<'a>) -> Option<(Tokens<'a>, Option<&'a str>)> {
    if input.is(Sign::Partial) {
        return Some((input.advance(), None));
    }
    let follows = input.head().name()?.strip_prefix('d')?;
    Some((input.advance(), (!follows.is_empty()).then_some(follows)))
}

/// Whether the variable of a derivative stands here: `∂t`, `dt`, `d t`.
fn is_denominator(input: Tokens<'_>) -> bool {
    let Some((rest, follows)) = differential(input) else { return false };
    let name = follows.or_else(|| rest.head().name());
    name.is_some_and(|name| variable(name, input.context.time).is_some())
}

/// What follows a denominator, and its variables with their orders.
type Below<'a> = (Tokens<'a>, Vec<(Variable, u32)>);

/// `∂t²` or `∂x∂y` behind the slash: the variables, whose orders add up to that of the numerator. `fraction` is false
/// for `∂/∂t φ`, where a further `∂` begins the operand.
fn denominator<'a>(
    input: Tokens<'a>,
    start: Span,
    numerator: Option<&(Number, Span)>,
    fraction: bool,
) -> Result<Below<'a>, nom::Err<Problem>> {
    let (mut rest, mut variables, mut place) = (input, Vec::new(), input.head().span);
    while let Some((after, follows)) = differential(rest) {
        let span = if follows.is_some() { rest.head().span } else { after.head().span };
        let (after, name) = match follows {
            Some(name) => (after, name),
            None => match after.head().name() {
                Some(name) => (after.advance(), name),
                None => {
                    let expected = format!("a variable, such as `{}`", input.context.time);
                    return Err(fail(after.unexpected(&expected).help(FORMS)));
                }
            },
        };
        let found = variable(name, input.context.time).unwrap_or_else(|| {
            let mut problem = not_a_coordinate(input, name, span);
            if name == "t" {
                problem = problem.help(format!("the time is called `{}` here", input.context.time));
            }
            input.context.report(problem);
            Variable::Axis(1)
        });
        let (after, power) = sign_power(after);
        place = power.as_ref().map_or(span, |(_, span)| *span);
        variables.push((found, order_of(input, &power)));
        rest = after;
        if !(fraction && is_denominator(rest)) {
            break;
        }
    }
    let below: u32 = variables.iter().map(|(_, order)| order).sum();
    let above = numerator.map_or(Some(1), |(number, _)| number.to_u32());
    if above != Some(below) {
        let above = numerator.map_or_else(|| "1".to_owned(), |(number, _)| number.to_string());
        input.context.report(
            Diagnostic::new(Code::DerivativeNotation, "the two orders of this derivative differ")
                .label(place, format!("order {below}"))
                .label(numerator.map_or(start, |(_, span)| *span), format!("order {above}"))
                .help(FORMS),
        );
    }
    Ok((rest, variables))
}

/// `dφ/dt`, `d²φ/dt²` and `d/dt φ`, where a name begins with `d`; `None` where something else stands.
pub(super) fn total<'a>(input: Tokens<'a>) -> Option<Parsed<'a, Node>> {
    let start = input.head().span;
    let (rest, follows) = differential(input)?;
    if input.head().name().is_none_or(|name| input.context.declared.contains(name)) {
        return None;
    }
    if let Some(name) = follows {
        let divided = name == input.context.field && rest.is(Sign::Slash) && is_denominator(rest.advance());
        let operand = Node::leaf(ExprKind::Symbol(name.to_owned()), start);
        return divided.then(|| fraction_of(rest.advance(), operand, start, None));
    }
    let (rest, order) = sign_power(rest);
    if rest.is(Sign::Slash) && is_denominator(rest.advance()) {
        return Some(operator_of_fraction(rest.advance(), start, order));
    }
    let after = rest.advance();
    let divided = rest.is_name(input.context.field) && after.is(Sign::Slash) && is_denominator(after.advance());
    let operand = Node::leaf(ExprKind::Symbol(input.context.field.to_owned()), rest.head().span);
    divided.then(|| fraction_of(after.advance(), operand, start, order))
}

/// The denominator behind the closed numerator of `\frac`, if it is that of a derivative.
fn second(close: Tokens<'_>) -> Option<Tokens<'_>> {
    let open = close.advance();
    (close.is(Sign::RightParen) && open.is(Sign::LeftParen) && is_denominator(open.advance())).then(|| open.advance())
}

/// `\frac{…}{…}`: a derivative or a quotient.
pub(super) fn fraction(input: Tokens<'_>) -> Parsed<'_, Node> {
    let (start, open) = (input.head().span, input.advance());
    let (inside, _) = require(Sign::LeftParen, "`{` and the numerator of the fraction")(open)?;
    if let Some((rest, follows)) = differential(inside) {
        let (rest, order) = if follows.is_none() { sign_power(rest) } else { (rest, None) };
        if let Some(below) = second(rest) {
            let (after, variables) = denominator(below, start, order.as_ref(), true)?;
            let (after, close) = closing(after, Sign::RightParen, below.head().span)?;
            let (after, operand) = match follows {
                Some(name) => (after, Node::leaf(ExprKind::Symbol(name.to_owned()), inside.head().span)),
                None => operand_follows(after, start, "∂/∂t")?.nested(power)?,
            };
            note_twice(input, &operand, &variables);
            let span = start.to(close).to(operand.span());
            return Ok((after, derivatives(operand, &variables, span)?));
        }
        // `\frac{\partial_x u}{2}` is a quotient.
        let subscript = rest.head().name().is_some_and(|name| name.starts_with('_'));
        let named = follows.is_none() && !subscript && (inside.is(Sign::Partial) || !rest.is(Sign::LeftParen));
        if named && starts_operand(rest) {
            let (rest, operand) = rest.nested(power)?;
            let Some(below) = second(rest) else {
                return Err(fail(without_variable(input, &operand, start.to(operand.span()))));
            };
            let (after, variables) = denominator(below, start, order.as_ref(), true)?;
            let (after, close) = closing(after, Sign::RightParen, below.head().span)?;
            note_twice(input, &operand, &variables);
            return Ok((after, derivatives(operand, &variables, start.to(close))?));
        }
    }
    let (rest, above) = inside.nested(expression)?;
    let (rest, _) = closing(rest, Sign::RightParen, open.head().span)?;
    let (below, _) = require(Sign::LeftParen, "`{` and the denominator of the fraction")(rest)?;
    let (after, below) = below.nested(expression)?;
    let (after, close) = closing(after, Sign::RightParen, rest.head().span)?;
    let mut node = Node::binary(ExprKind::Div, above, below)?;
    node.expr.span = start.to(close);
    Ok((after, node))
}

/// `\dot{\phi}` and `\ddot{\phi}`.
pub(super) fn dotted(input: Tokens<'_>, order: u32) -> Parsed<'_, Node> {
    let start = input.head().span;
    let (rest, operand) = input.advance().nested(primary)?;
    let span = start.to(operand.span());
    Ok((rest, derivative(operand, Variable::Time, order, span)?))
}
