//! Sums, products, powers and what stands between the operators.

use super::bare::bare_function;
use super::call::call;
use super::derivative::{dotted, fraction, partial, subscript, total};
use super::functions::{WRITTEN_OUT, absolute_value, unknown, written_out};
use super::matrix::{inverse_fourier, matrix};
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

/// The last factor of a product times another.
fn print_product(product: &Expr, factor: &Expr) -> String {
    let last = match &product.kind {
        ExprKind::Mul(_, last) => last,
        _ => product,
    };
    let (last, factor) = (Box::new(last.clone()), Box::new(factor.clone()));
    print_expr(&Expr::new(ExprKind::Mul(last, factor), Span::default()))
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
    let subscript = start.head().name().and_then(|name| name.strip_prefix(context.field)).and_then(|s| s.strip_prefix('_'));
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
                Bar, BeginMatrix, Delta, Dot, Fraction, InverseFourier, LeftBracket, LeftParen, Nabla, Partial, Root, TwoDots,
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

/// What the last factor before a gap is.
#[derive(Debug)]
enum Factor {
    /// A name by itself, which may be meant to be called.
    Name,
    /// A sign in front of what it acts on, which may be meant to act on more: `∂ₓ u`. What it acts on.
    Operator(Span),
    Other,
}

impl Factor {
    fn between(start: Tokens<'_>, end: Tokens<'_>, node: &Node) -> Self {
        if start.head().name().is_some() && start.advance().head().span == end.head().span {
            return Self::Name;
        }
        let operand = match &node.expr.kind {
            ExprKind::TimeDerivative { operand, .. }
            | ExprKind::SpaceDerivative { operand, .. }
            | ExprKind::Laplacian { operand, .. }
            | ExprKind::FractionalLaplacian { operand, .. }
            | ExprKind::Gradient(operand)
            | ExprKind::Divergence(operand) => operand,
            _ => return Self::Other,
        };
        let open = end.written(operand.span).starts_with(['(', '[']);
        let accent = start.is(Sign::Dot) || start.is(Sign::TwoDots);
        let prefix = operand.span.end == node.span().end && operand.span.start > node.span().start;
        if prefix && !open && !accent { Self::Operator(operand.span) } else { Self::Other }
    }
}

/// What is wrong with a product without its sign that may be read in two ways. `next` is its right factor.
fn doubt(input: Tokens<'_>, product: &Node, last: &Factor, divided: bool, next: Span) -> Option<Diagnostic> {
    let context = input.context;
    let (left, right) = (input.written(product.span()).trim(), input.written(next).trim());
    let opens = input.is(Sign::LeftParen) || input.is(Sign::LeftBracket);
    let acts = has_field(input, next);
    let place = Span::new(input.head().span.start, input.head().span.start);
    let short = left.len() + right.len() < 80 && !left.contains('\n') && !right.contains('\n');
    let message = format!("an operator is missing before `{}`", if short { right } else { "this" });
    let problem = Diagnostic::new(Code::ImplicitMultiplication, message).label(next, "this can be read in two ways");
    if divided && !acts && short {
        let ExprKind::Div(above, below) = &product.expr.kind else { return None };
        let (above, below) = (input.written(above.span).trim(), input.written(below.span).trim());
        let help = format!("write `{left}*{right}` for the quotient times it, or `{above}/({below}*{right})` to divide by it too");
        return Some(problem.help(help).instead(place, "*"));
    }
    if !context.paper.get() {
        return None;
    }
    match last {
        Factor::Operator(operand) if short => {
            let more = Span::new(operand.start, next.end);
            let (first, all) = (input.written(*operand), input.written(more));
            let help = format!("put parentheses around all that it acts on: `({all})`, or around `{first}` alone");
            Some(problem.help(help).instead(more, format!("({all})")))
        }
        Factor::Name if opens && !acts => {
            let name = left.rsplit(|c: char| c.is_whitespace()).next().unwrap_or(left);
            let help = format!("a product is written with its sign, `{name}*{right}`; a function of the time is written out, as \
                                in `let a = exp(-{})`, and stands without its argument", context.time);
            let problem = problem.help(help);
            let variables = arguments_of_field(input).is_some();
            Some(if variables { problem } else { problem.instead(place, "*") })
        }
        _ if matches!(input.head().kind, TokenKind::Number(_)) => {
            Some(problem.help("a product is written with its sign, `*`").instead(place, "*"))
        }
        _ => None,
    }
}

/// Whether the field or a sign that acts on it stands in these tokens.
pub(super) fn has_field(input: Tokens<'_>, place: Span) -> bool {
    let mut rest = input;
    while rest.head().kind != TokenKind::End && rest.head().span.start < place.end {
        let found = match &rest.head().kind {
            TokenKind::Name(name) => {
                let context = input.context;
                name == context.field || crate::subscript::of_field(name, context.field, context.time).is_some()
            }
            TokenKind::Sign(sign) => {
                matches!(sign, Sign::Partial | Sign::Nabla | Sign::Delta | Sign::Dot | Sign::TwoDots | Sign::InverseFourier)
            }
            _ => false,
        };
        if found {
            return true;
        }
        rest = rest.advance();
    }
    false
}

/// Whether an expression is a vector, as far as its signs tell.
fn is_vector(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Position | ExprKind::Vector(_) | ExprKind::Gradient(_) => true,
        ExprKind::Neg(a) | ExprKind::Div(a, _) => is_vector(a),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => is_vector(a) || is_vector(b),
        _ => false,
    }
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
    if applied && !(context.paper.get() && has_field_inside(rest)) {
        return unknown(input, name);
    }
    if let Some(derivative) = subscript(input, name)? {
        return Ok((rest, derivative));
    }
    let kind = match name {
        "pi" => ExprKind::Pi,
        "I" => ExprKind::Imaginary,
        "i" if context.paper.get() && !declared => {
            if !input.written(span).starts_with('\\') {
                let note = Diagnostic::new(Code::TakenAs, "`i` is read as the imaginary unit").label(span, "");
                context.report(note.instead(span, "I"));
            }
            ExprKind::Imaginary
        }
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

/// `log_{10}` is `log10`.
fn written_as(name: &str) -> &str {
    match name {
        "log_10" => "log10",
        "log_2" => "log2",
        other => other,
    }
}

/// Whether the field stands in the parentheses that open here.
fn has_field_inside(input: Tokens<'_>) -> bool {
    let mut depth = 0;
    let mut rest = input;
    loop {
        match rest.head().kind {
            TokenKind::Sign(Sign::LeftParen) => depth += 1,
            TokenKind::Sign(Sign::RightParen) if depth == 1 => return has_field(input, rest.head().span),
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
