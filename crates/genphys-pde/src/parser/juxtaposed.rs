//! Things that stand side by side: in the notation of papers a product without its sign, where that has one meaning.

use super::named::arguments_of_field;
use super::node::Node;
use super::stream::Tokens;
use crate::ast::{Expr, ExprKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::printer::print_expr;
use crate::span::Span;

/// The last factor of a product times another.
pub(super) fn print_product(product: &Expr, factor: &Expr) -> String {
    let last = match &product.kind {
        ExprKind::Mul(_, last) => last,
        _ => product,
    };
    let (last, factor) = (Box::new(last.clone()), Box::new(factor.clone()));
    print_expr(&Expr::new(ExprKind::Mul(last, factor), Span::default()))
}

/// `2 D`: reported. `next` is what stands behind the gap.
pub(super) fn missing_multiplication(input: Tokens<'_>, product: &Node, next: Span, juxtaposed: bool) {
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
pub(super) enum Factor {
    /// A name by itself, which may be meant to be called.
    Name,
    /// A sign in front of what it acts on, which may be meant to act on more: `∂ₓ u`. What it acts on.
    Operator(Span),
    Other,
}

impl Factor {
    pub(super) fn between(start: Tokens<'_>, end: Tokens<'_>, node: &Node) -> Self {
        if start.head().name().is_some() && start.advance().head().span == end.head().span {
            return Self::Name;
        }
        let operand = match &node.expr.kind {
            ExprKind::TimeDerivative { operand, .. }
            | ExprKind::Caputo { operand, .. }
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
pub(super) fn doubt(input: Tokens<'_>, product: &Node, last: &Factor, divided: bool, next: Span) -> Option<Diagnostic> {
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
        let help = format!(
            "write `{left}*{right}` for the quotient times it, or `{above}/({below}*{right})` to divide by it too"
        );
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
        Factor::Name if opens && !has_operator(input, next) => {
            let name = left.rsplit(|c: char| c.is_whitespace()).next().unwrap_or(left);
            let help = format!(
                "a product is written with its sign, `{name}*{right}`; a function of the time is written out, as \
                                in `let a = exp(-{})`, and stands without its argument",
                context.time
            );
            let problem = problem.help(help);
            // `f(u)` is a function of the field, unless it says otherwise.
            let variables = arguments_of_field(input).is_some() || right == format!("({})", context.field);
            Some(if variables { problem } else { problem.instead(place, "*") })
        }
        _ if matches!(input.head().kind, TokenKind::Number(_)) => {
            Some(problem.help("a product is written with its sign, `*`").instead(place, "*"))
        }
        _ => None,
    }
}

/// Whether the field or an operator on it stands in the tokens up to the end of a place.
pub(super) fn has_field(input: Tokens<'_>, place: Span) -> bool {
    has(input, place, |name| name == input.context.field)
}

/// Whether an operator on the field stands there, a derivative in a subscript among them.
pub(super) fn has_operator(input: Tokens<'_>, place: Span) -> bool {
    has(input, place, |_| false)
}

fn has(input: Tokens<'_>, place: Span, wanted: impl Fn(&str) -> bool) -> bool {
    use Sign::{Delta, Dot, InverseFourier, Nabla, Partial, TwoDots};
    let context = input.context;
    let mut rest = input;
    while rest.head().kind != TokenKind::End && rest.head().span.start < place.end {
        let found = match &rest.head().kind {
            TokenKind::Name(name) => {
                wanted(name) || crate::subscript::of_field(name, context.field, context.time).is_some()
            }
            TokenKind::Sign(sign) => matches!(sign, Partial | Nabla | Delta | Dot | TwoDots | InverseFourier),
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
pub(super) fn is_vector(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Position | ExprKind::Vector(_) | ExprKind::Gradient(_) => true,
        ExprKind::Neg(a) | ExprKind::Div(a, _) => is_vector(a),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => is_vector(a) || is_vector(b),
        _ => false,
    }
}
