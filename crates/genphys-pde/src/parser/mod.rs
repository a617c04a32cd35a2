//! Stage 1: text -> tree. Every problem of a file is found in one go: after an error inside a declaration or the
//! equation, parsing goes on with the next line.

mod bare;
mod call;
mod comments;
mod derivative;
mod expression;
mod field;
mod file;
mod functions;
mod items;
mod juxtaposed;
mod matrix;
mod named;
mod node;
mod notation;
mod stream;

use crate::ast;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{TokenKind, lex};
use crate::limits::MAX_PROBLEMS;
use crate::span::Span;
use crate::stack::on_large_stack;
pub(crate) use call::takes;
pub(crate) use file::{Draft, draft};
pub(crate) use functions::WRITTEN_OUT;
use stream::{Context, Parsed, Tokens, into_diagnostic};

/// Parses a whole file.
///
/// # Errors
/// All syntax errors of the text, in the order of the text.
pub fn parse(text: &str) -> Result<ast::File, Vec<Diagnostic>> {
    let Draft { file, problems, .. } = on_large_stack(|| draft(text, None));
    match file {
        Some(file) if !problems.iter().any(Diagnostic::is_error) => Ok(file),
        _ => Err(sorted(problems)),
    }
}

/// Expressions of so many bytes, of which so many begin a level, need less than 256 KiB of stack without optimisation.
const SHORT: usize = 96;
const MOST_LEVELS: usize = 8;

/// Parses a single expression, in which `phi` is the field and `t` the time.
///
/// # Errors
/// All syntax errors of the text. Names are not checked.
pub fn parse_expression(text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    // What is short and flat needs no thread of its own.
    let levels = text.bytes().filter(|byte| b"([{+-^".contains(byte)).count();
    if text.len() <= SHORT && levels <= MOST_LEVELS {
        return single_expression(text);
    }
    on_large_stack(|| single_expression(text))
}

/// Parses a domain, such as `> 0`.
pub(crate) fn parse_domain(text: &str) -> Option<ast::Domain> {
    single(text, items::domain).ok()
}

/// Parses dimensions, such as `1..3`.
pub(crate) fn parse_dim(text: &str) -> Option<ast::Dim> {
    single(text, items::dim).ok()
}

fn single_expression(text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    single(text, |tokens| expression::expression(tokens).map(|(rest, node)| (rest, node.expr)))
}

/// The whole text as one piece of the language.
fn single<T>(text: &str, parser: impl for<'a> Fn(Tokens<'a>) -> Parsed<'a, T>) -> Result<T, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    if text.len() > crate::limits::MAX_SOURCE_BYTES {
        let message = format!("the expression has {} bytes; at most 1 MiB are read", text.len());
        return Err(vec![Diagnostic::new(Code::SourceTooLarge, message)]);
    }
    let lexed = lex(text, &mut problems);
    let context = Context::new(text, &lexed.tokens, false, false);
    context.in_equation.set(true);
    let start = context.tokens();
    let found = match parser(start) {
        Ok((rest, found)) => {
            let rest = if rest.head().kind == TokenKind::Newline { rest.advance() } else { rest };
            if rest.head().kind != TokenKind::End {
                context.report(rest.unexpected("an operator or the end of the expression"));
            }
            Some(found)
        }
        Err(error) => {
            context.report(into_diagnostic(error, start));
            None
        }
    };
    problems.extend(context.take_problems());
    match found {
        Some(found) if !problems.iter().any(Diagnostic::is_error) => Ok(found),
        _ => Err(sorted(problems)),
    }
}

/// Puts problems in the order of the text and cuts the list at the limit.
pub(crate) fn sorted(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| (problem.span().start, problem.span().end));
    problems.dedup();
    // What the parser says about a character that the lexer has reported adds nothing.
    let bad: Vec<Span> =
        problems.iter().filter(|problem| problem.code == Code::UnexpectedCharacter).map(Diagnostic::span).collect();
    problems.retain(|problem| problem.code != Code::UnexpectedToken || bad.binary_search(&problem.span()).is_err());
    if problems.len() > MAX_PROBLEMS {
        problems.truncate(MAX_PROBLEMS);
        let last = problems.last().map_or_else(Span::default, Diagnostic::span);
        let message = format!("there are more problems; the first {MAX_PROBLEMS} are shown");
        problems.push(Diagnostic::new(Code::TooManyProblems, message).label(last, "stopped here"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where short expressions need more, it overflows, and the test ends.
    const STACK: usize = 256 << 10;

    #[test]
    fn short_expressions_fit_on_a_small_stack() {
        let nested = |open: &str, close: &str| {
            let n = (SHORT - 1) / (open.len() + close.len()).max(SHORT / MOST_LEVELS);
            format!("{}k{}", open.repeat(n), close.repeat(n))
        };
        let texts = [
            nested("(", ")"),
            nested("-", ""),
            nested("k^", ""),
            nested("1-", ""),
            nested("[", "]"),
            nested("exp(", ")"),
            nested("fraclap(", ",1)"),
            nested("(", ""),
            nested("dot([", "])"),
            format!("{}k", "k*".repeat(SHORT / 2 - 1)),
        ];
        for text in texts {
            assert!(text.len() <= SHORT, "{text}");
            let small = std::thread::Builder::new().stack_size(STACK);
            small.spawn(move || drop(parse_expression(&text))).unwrap().join().unwrap();
        }
    }
}
