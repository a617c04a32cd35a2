//! Names, and what begins with one: calls, derivatives in subscripts, words that stand for signs.

use super::bare::bare_function;
use super::call::call;
use super::derivative::{subscript, total};
use super::expression::starts_operand;
use super::functions::{WRITTEN_OUT, unknown, written_out};
use super::juxtaposed::has_operator;
use super::node::Node;
use super::notation::spelled_out;
use super::stream::{Parsed, Tokens};
use crate::ast::ExprKind;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::limits::MAX_DIMENSION;
use crate::span::Span;
use crate::words::{coordinate, is_function};

/// A name, or what begins with one.
pub(super) fn named<'a>(input: Tokens<'a>, name: &'a str) -> Parsed<'a, Node> {
    let span = input.head().span;
    let rest = input.advance();
    let context = input.context;
    if context.whole
        && let Some(derivative) = total(input)
    {
        return derivative;
    }
    if is_function(name) {
        return call(input, name);
    }
    let declared = context.declared.contains(name);
    let derived = context.paper.get() && crate::subscript::of_field(name, context.field, context.time).is_some();
    if let (true, Some(after)) = (derived, arguments_of_field(rest))
        && let Some(derivative) = subscript(input, name)?
    {
        return Ok((after, derivative));
    }
    if name == context.field
        && let Some(after) = arguments_of_field(rest)
    {
        if context.paper.get() {
            return Ok((after, Node::leaf(ExprKind::Symbol(name.to_owned()), span)));
        }
        let whole = span.to(Span::new(span.start, after.previous_end()));
        let message = format!("the field `{name}` is written without its arguments");
        let written = input.written(span);
        context.report(
            Diagnostic::new(Code::UnknownFunction, message)
                .label(whole, "a value at one place")
                .instead(whole, written),
        );
        return Ok((after, Node::leaf(ExprKind::Symbol(name.to_owned()), span)));
    }
    if context.whole
        && !declared
        && let Some(laplacian) = spelled_out(input, name)
    {
        return laplacian;
    }
    let known = |name: &str| WRITTEN_OUT.iter().find(|known| **known == name).copied();
    if !declared && let Some(function) = known(written_as(name)) {
        if rest.is(Sign::LeftParen) {
            return written_out(input, function);
        }
        if context.whole && (starts_operand(rest) || !ends_operand(rest)) {
            return bare_function(input, name);
        }
    }
    let applied = rest.is(Sign::LeftParen) && !declared && !["pi", "I", "x", "k", "e", "i"].contains(&name);
    if applied && !(context.paper.get() && has_operator_inside(rest)) {
        return unknown(input, name);
    }
    if let Some(derivative) = subscript(input, name)? {
        return Ok((rest, derivative));
    }
    let kind = match name {
        "pi" => ExprKind::Pi,
        "I" => ExprKind::Imaginary,
        "i" if context.paper.get() && !declared => {
            let note = Diagnostic::new(Code::TakenAs, "`i` is read as the imaginary unit").label(span, "");
            context.report(note.instead(span, "I"));
            ExprKind::Imaginary
        }
        "x" => ExprKind::Position,
        // `x_{2}` is the LaTeX of `x2`.
        _ if let Some(axis) = coordinate(name).or_else(|| coordinate_in_latex(name).filter(|_| !declared)) => {
            if axis == 0 {
                let message = format!("`{name}` is no coordinate");
                let help = format!("coordinates are x1, x2, … up to x{MAX_DIMENSION}");
                context.report(Diagnostic::new(Code::CoordinateExpected, message).label(span, "").help(help));
            }
            ExprKind::Coordinate(axis.max(1))
        }
        // `k_{0}` is the LaTeX of `k0`.
        _ => {
            let plain = name.replacen('_', "", 1);
            let index = name.split_once('_').is_some_and(|(_, index)| index.bytes().all(|byte| byte.is_ascii_digit()));
            let known = index && !declared && context.declared.contains(plain.as_str());
            ExprKind::Symbol(if known { plain } else { name.to_owned() })
        }
    };
    Ok((rest, Node::leaf(kind, span)))
}

/// The index of `x_2`.
fn coordinate_in_latex(name: &str) -> Option<u32> {
    let index = name.strip_prefix("x_").filter(|index| index.starts_with(|c: char| c.is_ascii_digit()))?;
    coordinate(&format!("x{index}"))
}

/// `log_{10}` is `log10`.
fn written_as(name: &str) -> &str {
    match name {
        "log_10" => "log10",
        "log_2" => "log2",
        other => other,
    }
}

/// Whether an operator on the field stands in the parentheses that open here.
fn has_operator_inside(input: Tokens<'_>) -> bool {
    let mut depth = 0;
    let mut rest = input;
    loop {
        match rest.head().kind {
            TokenKind::Sign(Sign::LeftParen) => depth += 1,
            TokenKind::Sign(Sign::RightParen) if depth == 1 => return has_operator(input, rest.head().span),
            TokenKind::Sign(Sign::RightParen) => depth -= 1,
            TokenKind::End | TokenKind::Newline => return false,
            _ => {}
        }
        rest = rest.advance();
    }
}

/// Whether an operator or the end stands here.
fn ends_operand(input: Tokens<'_>) -> bool {
    !matches!(input.head().kind, TokenKind::Superscript { .. } | TokenKind::Sign(Sign::Caret))
}

/// `(x, t)`, and what follows.
pub(super) fn arguments_of_field(input: Tokens<'_>) -> Option<Tokens<'_>> {
    let mut rest = input;
    let mut open = Sign::LeftParen;
    loop {
        rest = Some(rest.advance()).filter(|_| rest.is(open))?;
        crate::subscript::variable(rest.head().name()?, input.context.time)?;
        rest = rest.advance();
        if rest.is(Sign::RightParen) {
            return Some(rest.advance());
        }
        open = Sign::Comma;
    }
}
