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
use crate::stack::with_room;
pub(crate) use call::takes;
pub(crate) use file::{Draft, draft};
pub(crate) use functions::WRITTEN_OUT;
use stream::{Context, into_diagnostic};

/// Parses a whole file.
///
/// # Errors
/// All syntax errors of the text, in the order of the text.
pub fn parse(text: &str) -> Result<ast::File, Vec<Diagnostic>> {
    let Draft { file, problems, .. } = with_room(|| draft(text, None));
    match file {
        Some(file) if !problems.iter().any(Diagnostic::is_error) => Ok(file),
        _ => Err(sorted(problems)),
    }
}

/// Expressions of so many bytes fit on any stack.
const SHORT: usize = 8;

/// Parses a single expression, in which `phi` is the field and `t` the time.
///
/// # Errors
/// All syntax errors of the text. Names are not checked.
pub fn parse_expression(text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    // What is short cannot be high, and needs no thread of its own.
    if text.len() <= SHORT {
        return single_expression(text);
    }
    with_room(|| single_expression(text))
}

fn single_expression(text: &str) -> Result<ast::Expr, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    if text.len() > crate::limits::MAX_SOURCE_BYTES {
        let message = format!("the expression has {} bytes; at most 1 MiB are read", text.len());
        return Err(vec![Diagnostic::new(Code::SourceTooLarge, message)]);
    }
    let lexed = lex(text, &mut problems);
    let context = Context::new(text, &lexed.tokens, false, false);
    context.in_equation.set(true);
    let start = context.tokens();
    let expr = match expression::expression(start) {
        Ok((rest, node)) => {
            let rest = if rest.head().kind == TokenKind::Newline { rest.advance() } else { rest };
            if rest.head().kind != TokenKind::End {
                context.report(rest.unexpected("an operator or the end of the expression"));
            }
            Some(node.expr)
        }
        Err(error) => {
            context.report(into_diagnostic(error, start));
            None
        }
    };
    problems.extend(context.take_problems());
    match expr {
        Some(expr) if !problems.iter().any(Diagnostic::is_error) => Ok(expr),
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
