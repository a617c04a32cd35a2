//! The signs of vector calculus: `∇²φ`, `Δφ`, `∇·(…)`, `∇φ`, and the fractional Laplacian `(−Δ)^(a/2) φ`.

use super::call::checked_order;
use super::derivative::{operand_follows, order_of, sign_power};
use super::expression::{power, primary, starts_operand};
use super::matrix::anisotropic;
use super::node::Node;
use super::stream::{Parsed, Problem, Tokens, fail};
use crate::ast::{Expr, ExprKind, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::span::Span;

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
        let (rest, operand) = operand_follows(rest, start, "∇²")?.nested(power)?;
        let span = start.to(operand.span());
        return Ok((rest, Node::unary(|operand| ExprKind::Laplacian { operand, order }, operand, span)?));
    }
    let divergence = rest.is(Sign::Star);
    if divergence && ["×", "\\times"].contains(&rest.written(rest.head().span)) {
        return Err(fail(
            Diagnostic::new(Code::DerivativeNotation, "the curl `∇×` is not part of the language")
                .label(start.to(rest.head().span), "")
                .help("the equation is for one scalar field; the divergence is `∇·`"),
        ));
    }
    // `∇·∇φ`: what the divergence acts on is the gradient.
    let (rest, operand) = operand_follows(if divergence { rest.advance() } else { rest }, start, "∇")?.nested(power)?;
    let span = start.to(operand.span());
    if !divergence {
        return Ok((rest, Node::unary(ExprKind::Gradient, operand, span)?));
    }
    match anisotropic(operand) {
        Ok(mut node) => {
            node.expr.span = span;
            Ok((rest, node))
        }
        Err(operand) => Ok((rest, Node::unary(ExprKind::Divergence, operand, span)?)),
    }
}

/// `Δφ`, `Δ²φ`.
pub(super) fn delta(input: Tokens<'_>) -> Parsed<'_, Node> {
    let start = input.head().span;
    let (rest, power_of) = sign_power(input.advance());
    let order = order_of(input, &power_of);
    let (rest, operand) = operand_follows(rest, start, "Δ")?.nested(power)?;
    let span = start.to(operand.span());
    Ok((rest, Node::unary(|operand| ExprKind::Laplacian { operand, order }, operand, span)?))
}

/// `nabla^2 phi` and `Delta phi`, where nobody declares these names.
pub(super) fn spelled_out<'a>(input: Tokens<'a>, name: &str) -> Option<Parsed<'a, Node>> {
    let (rest, order) = sign_power(input.advance());
    let acts = starts_operand(rest) && !(order.is_none() && rest.is(Sign::LeftParen));
    match name {
        "nabla" | "del" if acts => Some(nabla(input)),
        "Delta" if acts => Some(delta(input)),
        _ => None,
    }
}

/// Whether the Laplacian alone stands in the parentheses that open here (`(−Δ)`, `(∇²)`, `(-lap)`); what follows, and
/// whether it has a minus.
pub(super) fn laplacian_in_parentheses(input: Tokens<'_>) -> Option<(Tokens<'_>, bool)> {
    if !input.is(Sign::LeftParen) {
        return None;
    }
    let inside = input.advance();
    let minus = inside.is(Sign::Minus);
    let sign = if minus { inside.advance() } else { inside };
    let is_word = |word| input.context.whole && sign.is_name(word) && !input.context.declared.contains(word);
    let rest = if sign.is(Sign::Delta) || sign.is_name("lap") || is_word("Delta") {
        sign.advance()
    } else if sign.is(Sign::Nabla) || is_word("nabla") || is_word("del") {
        let (rest, power) = sign_power(sign.advance());
        power.filter(|(number, _)| number.to_u32() == Some(2))?;
        rest
    } else {
        return None;
    };
    rest.is(Sign::RightParen).then(|| (rest.advance(), minus))
}

/// `(−Δ)^(a/2) φ`, `(−Δ) φ`, `(∇²)² φ`, behind the parentheses.
pub(super) fn laplacian_to_a_power<'a>(input: Tokens<'a>, rest: Tokens<'a>, minus: bool) -> Parsed<'a, Node> {
    let start = input.head().span;
    let (rest, exponent) = exponent(rest)?;
    let rest = operand_follows(rest, Span::new(start.start, rest.previous_end()), "Δ")?;
    let (rest, operand) = rest.nested(power)?;
    let span = start.to(operand.span());
    let whole = match &exponent {
        None => Some(1),
        Some(Node { expr, .. }) => match &expr.kind {
            ExprKind::Number(number) if number.exponent >= 0 => Some(checked_order(input, Some(number), expr.span)),
            _ => None,
        },
    };
    if let Some(order) = whole {
        let node = Node::unary(|operand| ExprKind::Laplacian { operand, order }, operand, span)?;
        let odd = minus && !order.is_multiple_of(2);
        return Ok((rest, if odd { Node::unary(ExprKind::Neg, node, span)? } else { node }));
    }
    let Some(exponent) = exponent else { return Err(fail(rest.unexpected("an exponent"))) };
    if !minus {
        let inside = input.second().span;
        input.context.report(
            Diagnostic::new(Code::DerivativeNotation, "only whole powers of `Δ` have a meaning")
                .label(exponent.span(), "not a whole number")
                .help("the fractional Laplacian is a power of `−Δ`")
                .instead(Span::new(inside.start, inside.start), "-"),
        );
    }
    fractional(operand, doubled(exponent)?, span).map(|node| (rest, node))
}

/// `√(−Δ) φ`, at the parentheses.
pub(super) fn root_of_laplacian<'a>(input: Tokens<'a>, start: Span) -> Option<Parsed<'a, Node>> {
    let (rest, _) = laplacian_in_parentheses(input).filter(|(rest, minus)| *minus && starts_operand(*rest))?;
    let exponent = Node::leaf(ExprKind::Number(Number::integer(1)), start);
    Some(rest.nested(power).and_then(|(rest, operand)| {
        let span = start.to(operand.span());
        Ok((rest, fractional(operand, exponent, span)?))
    }))
}

fn fractional(operand: Node, exponent: Node, span: Span) -> Result<Node, nom::Err<Problem>> {
    let make = |operand, exponent| ExprKind::FractionalLaplacian { operand, exponent };
    let mut node = Node::binary(make, operand, exponent)?;
    node.expr.span = span;
    Ok(node)
}

/// `²`, `^s` or `^(a/2)`, which is not a product with what follows.
fn exponent(input: Tokens<'_>) -> Parsed<'_, Option<Node>> {
    if let (rest, Some((number, span))) = sign_power(input) {
        let node = Node::leaf(ExprKind::Number(number), span);
        return quotient_in_exponent(input, rest, node);
    }
    if !input.is(Sign::Caret) {
        return Ok((input, None));
    }
    let base = input.advance();
    if let TokenKind::Name(name) = &base.head().kind {
        // Not `named`: in `(−Δ)^s(φ)` no function is called.
        let node = Node::leaf(ExprKind::Symbol(name.clone()), base.head().span);
        return quotient_in_exponent(input, base.advance(), node);
    }
    let (rest, node) = base.nested(primary)?;
    quotient_in_exponent(input, rest, node)
}

/// `(−Δ)^a/2 φ`: reported, and read as what is meant.
fn quotient_in_exponent<'a>(input: Tokens<'a>, rest: Tokens<'a>, above: Node) -> Parsed<'a, Option<Node>> {
    let below = rest.advance();
    let (true, TokenKind::Number(number)) = (rest.is(Sign::Slash), &below.head().kind) else {
        return Ok((rest, Some(above)));
    };
    let span = above.span().to(below.head().span);
    // The place of `^2` includes the sign.
    let start = if input.is(Sign::Caret) { input.second().span.start } else { span.start };
    let span = Span::new(start, span.end);
    let written = input.written(span);
    let message = "an exponent with a quotient stands in parentheses";
    let problem = Diagnostic::new(Code::DerivativeNotation, message).label(span, "");
    input.context.report(problem.instead(span, format!("({written})")));
    let below_node = Node::leaf(ExprKind::Number(number.clone()), below.head().span);
    Ok((below.advance(), Some(Node::binary(ExprKind::Div, above, below_node)?)))
}

/// Twice an exponent: `a` for `a/2`.
fn doubled(exponent: Node) -> Result<Node, nom::Err<Problem>> {
    let (span, height) = (exponent.span(), exponent.height);
    let two = Number::integer(2);
    let number = match &exponent.expr.kind {
        ExprKind::Number(number) => number.doubled(),
        _ => None,
    };
    match (number, exponent.expr.kind) {
        (Some(number), _) => Ok(Node::leaf(ExprKind::Number(number), span)),
        (_, ExprKind::Div(above, below)) if below.kind == ExprKind::Number(two.clone()) => {
            Ok(Node { expr: *above, height })
        }
        (_, kind) => {
            let exponent = Node { expr: Expr::new(kind, span), height };
            Node::binary(ExprKind::Mul, Node::leaf(ExprKind::Number(two), span), exponent)
        }
    }
}
