//! Sums, products, powers and what stands between the operators.

use super::derivative::{dotted, fraction, partial};
use super::functions::absolute_value;
use super::juxtaposed::{Factor, doubt, is_vector, missing_multiplication, print_product};
use super::matrix::{inverse_fourier, matrix};
use super::named::named;
use super::node::Node;
use super::notation::{delta, laplacian_in_parentheses, laplacian_to_a_power, nabla, root_of_laplacian};
use super::stream::{Parsed, Tokens, fail};
use crate::ast::{Expr, ExprKind, Number, ScalarFunction};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::printer::print_expr;
use crate::span::Span;
use crate::words::is_keyword;

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
    let start = input;
    let (mut input, mut product) = power(input)?;
    let mut last = Factor::between(start, input, &product);
    let (mut juxtaposed, mut divided) = (false, false);
    loop {
        input = skip_bad(input);
        if let Some((rest, sign)) = operator(input, &[Sign::Star, Sign::Slash]) {
            let (start, dot) = (rest, ["·", "⋅", "\\cdot"].contains(&input.written(input.head().span)));
            let (rest, factor) = factor(rest)?;
            last = Factor::between(start, rest, &factor);
            divided = sign == Sign::Slash;
            let make: MakeBinary = match sign {
                Sign::Slash => ExprKind::Div,
                // The point between two vectors.
                _ if dot && is_vector(&product.expr) && is_vector(&factor.expr) => ExprKind::Dot,
                _ => ExprKind::Mul,
            };
            product = Node::binary(make, product, factor)?;
            input = rest;
        } else if starts_operand(input) {
            let result = factor(input);
            // After a bad character, which may have been meant as an operator, there is nothing to add.
            if !input.after_bad() && !input.context.is_full() {
                let next = result.as_ref().map_or(input.head().span, |(_, factor)| factor.span());
                match (&result, doubt(input, &product, &last, divided, next)) {
                    (Ok((_, factor)), None) if input.context.paper.get() => {
                        input.context.read_product(next, || print_product(&product.expr, &factor.expr));
                    }
                    (_, Some(doubt)) => input.context.report(doubt),
                    _ => missing_multiplication(input, &product, next, juxtaposed),
                }
            }
            let (rest, factor) = result?;
            last = Factor::between(input, rest, &factor);
            product = Node::binary(ExprKind::Mul, product, factor)?;
            (juxtaposed, divided) = (true, false);
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
    let start = input;
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
    let Some((rest, _)) = operator(input, &[Sign::Caret]) else {
        return Ok((input, square_of_derivative(start, exponential(start, base)?)));
    };
    let (rest, exponent) = rest.nested(factor)?;
    let power = exponential(start, Node::binary(ExprKind::Pow, base, exponent)?)?;
    Ok((rest, square_of_derivative(start, power)))
}

/// `e^{-t}` is the exponential where nobody declares `e`.
fn exponential(start: Tokens<'_>, power: Node) -> Result<Node, nom::Err<super::stream::Problem>> {
    let is_e = start.is_name("e") && start.context.whole && !start.context.declared.contains("e");
    match power.expr.kind {
        ExprKind::Pow(base, argument) if is_e && base.kind == ExprKind::Symbol("e".into()) => {
            let kind = ExprKind::Function { function: ScalarFunction::Exp, argument };
            Ok(Node { expr: Expr::new(kind, power.expr.span), height: power.height })
        }
        kind => Ok(Node { expr: Expr::new(kind, power.expr.span), height: power.height }),
    }
}

/// Says of `u_x^2` that it is no second derivative.
fn square_of_derivative(start: Tokens<'_>, power: Node) -> Node {
    let context = start.context;
    let subscript =
        start.head().name().and_then(|name| name.strip_prefix(context.field)).and_then(|s| s.strip_prefix('_'));
    if let (ExprKind::Pow(base, exponent), Some(letters)) = (&power.expr.kind, subscript)
        && matches!(base.kind, ExprKind::TimeDerivative { .. } | ExprKind::SpaceDerivative { .. })
        && exponent.kind == ExprKind::Number(Number::integer(2))
    {
        let field = context.field;
        let message = format!("this is the square of a derivative, `{}`", print_expr(&power.expr));
        let help = format!("the second derivative is written `{field}_{letters}{letters}`; the square is never linear");
        context.report(Diagnostic::new(Code::TakenAs, message).label(power.span(), "").help(help));
    }
    power
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
            use Sign::{
                Bar, BeginMatrix, Delta, Dot, Fraction, InverseFourier, LeftBracket, LeftParen, Nabla, Partial, Root,
                TwoDots,
            };
            matches!(sign, LeftParen | LeftBracket | Partial | Nabla | Delta | Root | Fraction | Dot | TwoDots)
                || matches!(sign, BeginMatrix | InverseFourier)
                || *sign == Bar && !input.context.in_bars.get()
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
            let bars = input.context.in_bars.replace(false);
            let result = rest.nested(expression);
            input.context.in_bars.set(bars);
            let (input, mut inner) = result?;
            let (input, close) = closing(input, Sign::RightParen, token.span)?;
            inner.expr.span = token.span.to(close);
            Ok((input, inner))
        }
        TokenKind::Sign(Sign::Bar) if !input.context.in_bars.get() => absolute_value(input),
        TokenKind::Sign(Sign::BeginMatrix) => matrix(input),
        TokenKind::Sign(Sign::InverseFourier) => inverse_fourier(input),
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
            if rest.is(Sign::LeftBracket) && input.written(token.span).starts_with('\\') {
                return higher_root(rest, token.span);
            }
            let (input, operand) = rest.nested(power)?;
            let span = token.span.to(operand.span());
            let root = |argument| ExprKind::Function { function: ScalarFunction::Sqrt, argument };
            Ok((input, Node::unary(root, operand, span)?))
        }
        _ => Err(fail(not_an_operand(input))),
    }
}

/// `\sqrt[3]{a}`, at the bracket.
fn higher_root(open: Tokens<'_>, start: Span) -> Parsed<'_, Node> {
    let (rest, degree) = open.advance().nested(expression)?;
    let (rest, close) = closing(rest, Sign::RightBracket, open.head().span)?;
    let (rest, operand) = rest.nested(primary)?;
    let one = Node::leaf(ExprKind::Number(Number::integer(1)), close);
    let mut root = Node::binary(ExprKind::Pow, operand, Node::binary(ExprKind::Div, one, degree)?)?;
    root.expr.span = Span::new(start.start, rest.previous_end());
    Ok((rest, root))
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
            // Brackets of a paper are parentheses.
            if input.context.paper.get()
                && entries.len() == 1
                && let Some(mut inner) = entries.pop()
            {
                inner.span = open.to(close);
                return Ok((rest, Node { expr: inner, height }));
            }
            return Ok((rest, Node::over(height, open.to(close), ExprKind::Vector(entries))?));
        }
        input = rest.advance();
    }
}
