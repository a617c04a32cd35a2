//! Functions without parentheses: `\sin^2(t)`, which is read, and `\sin t`, of which an error asks where the argument
//! ends.

use super::derivative::sign_power;
use super::expression::{closing, expression, power, starts_operand};
use super::functions::{apply, formula_grows};
use super::juxtaposed::has_field;
use super::node::Node;
use super::stream::{Parsed, Tokens};
use crate::ast::{ExprKind, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::span::Span;

/// A scalar function, at its name, behind which no parenthesis stands.
pub(super) fn bare_function<'a>(input: Tokens<'a>, name: &str) -> Parsed<'a, Node> {
    let (start, rest) = (input.head().span, input.advance());
    let (rest, exponent) = sign_power(rest);
    let squared = exponent.as_ref().filter(|(number, _)| number.to_u32().is_some_and(|power| power > 1));
    if let (Some((number, _)), true) = (squared, rest.is(Sign::LeftParen)) {
        let (inside, argument) = rest.advance().nested(expression)?;
        let (after, close) = closing(inside, Sign::RightParen, rest.head().span)?;
        let span = start.to(close);
        formula_grows(input.context, name, &argument, span)?;
        let function = apply(name, argument, span)?;
        let number = Node::leaf(ExprKind::Number(number.clone()), span);
        return Ok((after, Node::binary(ExprKind::Pow, function, number)?));
    }
    let mut problem =
        Diagnostic::new(Code::FunctionWithoutArgument, format!("`{name}` is a function and needs its argument"))
            .label(start, "a function");
    let inverse = matches!(rest.head().kind, TokenKind::Superscript { .. } | TokenKind::Sign(Sign::Caret));
    if !starts_operand(rest) || inverse {
        problem = problem.help(if inverse {
            format!("a power stands behind the call: `{name}(a)^b`; there are no inverse functions")
        } else {
            format!("it is written `{name}(a)`")
        });
        input.context.report(problem);
        return Ok((rest, Node::leaf(ExprKind::Number(Number::integer(1)), start)));
    }
    // The argument goes on to an operator or to what acts on the field.
    let (mut after, mut argument) = rest.nested(power)?;
    while starts_operand(after) {
        let (further, factor) = after.nested(power)?;
        if has_field(after, factor.span()) {
            break;
        }
        argument = Node::binary(ExprKind::Mul, argument, factor)?;
        after = further;
    }
    let whole = Span::new(start.start, after.previous_end());
    let written = input.written(Span::new(rest.head().span.start, whole.end)).trim();
    let called = input.written(start);
    let behind = squared.map_or_else(String::new, |(number, _)| format!("^{number}"));
    input.context.report(problem.instead(whole, format!("{called}({written}){behind}")));
    Ok((after, apply(name, argument, whole)?))
}
