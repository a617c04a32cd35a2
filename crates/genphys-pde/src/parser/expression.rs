//! Sums, products, powers and what stands between the operators.

use super::call::call;
use super::derivative::{dotted, fraction, partial, subscript, total};
use super::functions::{WRITTEN_OUT, unknown, written_out};
use super::node::Node;
use super::notation::{delta, laplacian_in_parentheses, laplacian_to_a_power, nabla, root_of_laplacian, spelled_out};
use super::stream::{Parsed, Tokens, fail};
use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::printer::print_expr;
use crate::span::Span;
use crate::words::{coordinate, is_function, is_keyword};

/// Makes the tree of an operator with two operands.
type MakeBinary = fn(Box<Expr>, Box<Expr>) -> ExprKind;

/// A whole expression.
pub(super) fn expression(input: Tokens<'_>) -> Parsed<'_, Node> {
    let (mut input, mut sum) = term(input)?;
    while let Some((rest, sign)) = operator(input, &[Sign::Plus, Sign::Minus]) {
        let (rest, right) = term(rest)?;
        sum = Node::binary(if sign == Sign::Plus { ExprKind::Add } else { ExprKind::Sub }, sum, right)?;
        input = rest;
    }
    Ok((input, sum))
}

/// A product, or minus a term: `-a*b` is -(a*b).
fn term(input: Tokens<'_>) -> Parsed<'_, Node> {
    if input.is(Sign::Minus) { negated(input, term) } else { product(input) }
}

fn negated<'a>(input: Tokens<'a>, operand: fn(Tokens<'a>) -> Parsed<'a, Node>) -> Parsed<'a, Node> {
    let minus = input.head().span;
    let (input, operand) = input.advance().nested(operand)?;
    let span = minus.to(operand.span());
    Ok((input, Node::unary(ExprKind::Neg, operand, span)?))
}

fn product(input: Tokens<'_>) -> Parsed<'_, Node> {
    let (mut input, mut product) = power(input)?;
    let mut juxtaposed = false;
    loop {
        input = skip_bad(input);
        if let Some((rest, sign)) = operator(input, &[Sign::Star, Sign::Slash]) {
            let make: MakeBinary = if sign == Sign::Star { ExprKind::Mul } else { ExprKind::Div };
            let (rest, factor) = factor(rest)?;
            product = Node::binary(make, product, factor)?;
            input = rest;
        } else if starts_operand(input) {
            let result = factor(input);
            // After a bad character, which may have been meant as an operator, there is nothing to add.
            if !input.after_bad() && !input.context.is_full() {
                let next = result.as_ref().map_or(input.head().span, |(_, factor)| factor.span());
                missing_multiplication(input, &product, next, juxtaposed);
            }
            let (rest, factor) = result?;
            product = Node::binary(ExprKind::Mul, product, factor)?;
            juxtaposed = true;
            input = rest;
        } else {
            return Ok((input, product));
        }
    }
}

/// A factor after the first may carry a minus: `a*-b`.
fn factor(input: Tokens<'_>) -> Parsed<'_, Node> {
    if input.is(Sign::Minus) { negated(input, factor) } else { power(input) }
}

/// A power, right-associative; superscripts bind first. Also the operand of `∂t`, `∇`, `Δ` and `√`.
pub(super) fn power(input: Tokens<'_>) -> Parsed<'_, Node> {
    let (mut input, mut base) = primary(input)?;
    while let TokenKind::Superscript { number, minus } = &input.head().kind {
        let span = input.head().span;
        let mut exponent = Node::leaf(ExprKind::Number(number.clone()), span);
        if *minus {
            exponent = Node::unary(ExprKind::Neg, exponent, span)?;
        }
        base = Node::binary(ExprKind::Pow, base, exponent)?;
        input = input.advance();
    }
    let Some((rest, _)) = operator(input, &[Sign::Caret]) else { return Ok((input, base)) };
    let (rest, exponent) = rest.nested(factor)?;
    Ok((rest, Node::binary(ExprKind::Pow, base, exponent)?))
}

/// One of the operators, here or, with an error, at the start of the next line.
fn operator<'a>(input: Tokens<'a>, wanted: &[Sign]) -> Option<(Tokens<'a>, Sign)> {
    let one_of = |token: &crate::lexer::Token| match token.kind {
        TokenKind::Sign(sign) if wanted.contains(&sign) => Some(sign),
        _ => None,
    };
    if let Some(sign) = one_of(input.head()) {
        return Some((input.advance(), sign));
    }
    let sign = one_of(input.second()).filter(|_| input.head().kind == TokenKind::Newline)?;
    if sign == Sign::Minus && !input.context.in_equation.get() {
        return None;
    }
    let span = input.second().span;
    let written = input.written(span);
    input.context.report(
        Diagnostic::new(
            Code::LeadingOperator,
            format!("the line starts with `{written}`, but the expression has ended"),
        )
        .label(span, "at the start of a line")
        .help(format!("put `{written}` at the end of the line before, or parentheses around the whole side")),
    );
    Some((input.advance().advance(), sign))
}

/// Whether an operand begins here.
pub(super) fn starts_operand(input: Tokens<'_>) -> bool {
    match &input.head().kind {
        TokenKind::Name(name) => !is_keyword(name),
        TokenKind::Number(_) => true,
        TokenKind::Sign(sign) => {
            use Sign::{Delta, Dot, Fraction, LeftBracket, LeftParen, Nabla, Partial, Root, TwoDots};
            matches!(sign, LeftParen | LeftBracket | Partial | Nabla | Delta | Root | Fraction | Dot | TwoDots)
        }
        _ => false,
    }
}

/// Steps over characters without a meaning, which are reported already.
fn skip_bad(mut input: Tokens<'_>) -> Tokens<'_> {
    while input.head().kind == TokenKind::Bad {
        input = input.advance();
    }
    input
}

/// `2 D`: reported. `next` is what stands behind the gap.
fn missing_multiplication(input: Tokens<'_>, product: &Node, next: Span, juxtaposed: bool) {
    let (left, right) = (product.span(), input.head().span);
    let shown = |text: &str, at_end: bool| -> String {
        let letters: Vec<char> = text.chars().collect();
        let kept = letters.len().min(30);
        let part = if at_end { &letters[letters.len() - kept..] } else { &letters[..kept] };
        let cut = if kept < letters.len() { "…" } else { "" };
        let part: String = part.iter().collect();
        if at_end { format!("{cut}{part}") } else { format!("{part}{cut}") }
    };
    let next = shown(input.written(next).lines().next().unwrap_or_default().trim_end(), false);
    let previous = if juxtaposed {
        shown(&print_expr(&product.expr), true)
    } else {
        shown(input.written(left).lines().next_back().unwrap_or_default().trim(), true)
    };
    input.context.report(
        Diagnostic::new(Code::ImplicitMultiplication, format!("an operator is missing before `{next}`"))
            .label(right, "expected an operator before this")
            .help(format!("a product is written with `*`: `{previous}*{next}`"))
            .instead(Span::new(right.start, right.start), "*"),
    );
}

/// What stands between two operators.
pub(super) fn primary(input: Tokens<'_>) -> Parsed<'_, Node> {
    let input = skip_bad(input);
    let token = input.head();
    let rest = input.advance();
    if let Some((rest, minus)) = laplacian_in_parentheses(input) {
        return laplacian_to_a_power(input, rest, minus);
    }
    match &token.kind {
        TokenKind::Number(number) => Ok((rest, Node::leaf(ExprKind::Number(number.clone()), token.span))),
        TokenKind::Name(name) if !is_keyword(name) => named(input, name),
        TokenKind::Sign(Sign::LeftParen) => {
            let (input, mut inner) = rest.nested(expression)?;
            let (input, close) = closing(input, Sign::RightParen, token.span)?;
            inner.expr.span = token.span.to(close);
            Ok((input, inner))
        }
        TokenKind::Sign(Sign::LeftBracket) => vector(input),
        TokenKind::Sign(Sign::Partial) => partial(input),
        TokenKind::Sign(Sign::Nabla) => nabla(input),
        TokenKind::Sign(Sign::Delta) => delta(input),
        TokenKind::Sign(Sign::Fraction) => fraction(input),
        TokenKind::Sign(Sign::Dot) => dotted(input, 1),
        TokenKind::Sign(Sign::TwoDots) => dotted(input, 2),
        TokenKind::Sign(Sign::Root) => {
            if let Some(found) = root_of_laplacian(rest, token.span) {
                return found;
            }
            let (input, operand) = rest.nested(power)?;
            let span = token.span.to(operand.span());
            let root = |argument| ExprKind::Function { function: ScalarFunction::Sqrt, argument };
            Ok((input, Node::unary(root, operand, span)?))
        }
        _ => Err(fail(not_an_operand(input))),
    }
}

fn not_an_operand(input: Tokens<'_>) -> Diagnostic {
    let problem = input.unexpected("an expression");
    match &input.head().kind {
        TokenKind::Sign(Sign::Plus) => problem.help("there is no unary plus; leave it out"),
        TokenKind::Name(name) if name == "inf" => problem.help("infinity stands only in intervals"),
        TokenKind::Superscript { .. } => problem.help("an exponent needs something before it: `m²`"),
        TokenKind::Title(_) => problem.help("a title stands behind the name: `pde NAME \"title\" {`"),
        _ => problem,
    }
}

/// The closing sign of a bracket that was opened at `open`.
pub(super) fn closing(
    input: Tokens<'_>,
    sign: Sign,
    open: Span,
) -> Result<(Tokens<'_>, Span), nom::Err<super::stream::Problem>> {
    if input.is(sign) {
        return Ok((input.advance(), input.head().span));
    }
    let close = if sign == Sign::RightParen { ")" } else { "]" };
    let mut problem = input.unexpected(&format!("an operator or `{close}`"));
    problem.code = Code::UnclosedBracket;
    Err(fail(problem.label(open, "opened here")))
}

fn vector(input: Tokens<'_>) -> Parsed<'_, Node> {
    let open = input.head().span;
    let mut input = input.advance();
    let (mut entries, mut height) = (Vec::new(), 0);
    loop {
        let (rest, entry) = input.nested(expression)?;
        height = height.max(entry.height);
        entries.push(entry.expr);
        if !rest.is(Sign::Comma) {
            let (rest, close) = closing(rest, Sign::RightBracket, open)?;
            return Ok((rest, Node::over(height, open.to(close), ExprKind::Vector(entries))?));
        }
        input = rest.advance();
    }
}

/// A name, or what begins with one.
fn named<'a>(input: Tokens<'a>, name: &'a str) -> Parsed<'a, Node> {
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
    if name == context.field
        && let Some(after) = arguments_of_field(rest)
    {
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
    if rest.is(Sign::LeftParen) && !declared && !["pi", "I", "x", "k"].contains(&name) {
        return if WRITTEN_OUT.contains(&name) { written_out(input, name) } else { unknown(input, name) };
    }
    if let Some(derivative) = subscript(input, name)? {
        return Ok((rest, derivative));
    }
    let kind = match name {
        "pi" => ExprKind::Pi,
        "I" => ExprKind::Imaginary,
        "x" => ExprKind::Position,
        _ if coordinate(name).is_some() => {
            context.report(
                Diagnostic::new(Code::CoordinateAsValue, format!("the coordinate `{name}` is used as a value"))
                    .label(span, "names a direction only")
                    .help("coordinates stand in `d(phi, x1)`; the position vector is `x`, as in `div(x*phi)`"),
            );
            // A stand-in of the right shape, so that the rest can be checked.
            ExprKind::Number(Number::integer(1))
        }
        _ => ExprKind::Symbol(name.to_owned()),
    };
    Ok((rest, Node::leaf(kind, span)))
}

/// `(x, t)`, and what follows.
fn arguments_of_field(input: Tokens<'_>) -> Option<Tokens<'_>> {
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
