//! The whole file: header, declarations, equation; and how parsing goes on after an error.

use super::comments::{Place, attach};
use super::expression::expression;
use super::items::{item, misspelled_keyword, name};
use super::stream::{Context, Parsed, Tokens, fail, into_diagnostic};
use crate::ast::{Comment, Comments, Equation, File, Item, ItemKind, Name};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Lexed, Sign, TokenKind, lex};
use crate::span::Span;
use crate::words::is_item_keyword;
use std::collections::BTreeSet;

/// What could be read of a file, and all problems found on the way.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The whole file, where it has a header and an equation.
    pub(crate) file: Option<File>,
    /// The declarations of a file without an equation; else they are in the file.
    pub(crate) items: Vec<Item>,
    /// Names whose declaration could not be read.
    pub(crate) broken: BTreeSet<String>,
    /// Where the field occurs first, if it is declared by no line of the text.
    pub(crate) implied: Option<Span>,
    /// Problems, in no order.
    pub(crate) problems: Vec<Diagnostic>,
}

/// Parses a file, or with a name given the bare body of one.
pub(crate) fn draft(text: &str, bare: Option<&str>) -> Draft {
    let mut problems = Vec::new();
    if text.len() > crate::limits::MAX_SOURCE_BYTES {
        let message = "the file has more than 1 MiB, which is the most that is read";
        return Draft { problems: vec![Diagnostic::new(Code::SourceTooLarge, message)], ..Draft::default() };
    }
    let Lexed { tokens, comments, wrapped } = lex(text, &mut problems);
    let context = Context::new(text, &tokens, true, wrapped);
    let mut draft = match bare {
        None => whole(&context, comments),
        Some(name) => {
            let name = Name { text: name.to_owned(), span: Span::default() };
            let mut body = Body::default();
            let end = body.parse(context.tokens());
            if end.head().kind != TokenKind::End {
                context.report(end.unexpected("the end of the equation"));
            }
            body.finish(&context, name, None, comments, 0, text.len())
        }
    };
    draft.broken = context.broken.take();
    problems.extend(context.take_problems());
    draft.problems = problems;
    draft
}

fn whole(context: &Context<'_>, comments: Vec<Comment>) -> Draft {
    let input = skip_separators(context.tokens());
    let start = input.head().span.start;
    let (inside, name, title, open) = match header(input) {
        Ok((rest, header)) => (rest, header.0, header.1, Some(header.2)),
        Err(error) => {
            let problem = into_diagnostic(error, input);
            let unrelated = !input.is_name("pde");
            context.report(problem);
            let Some(inside) = after_brace(input, unrelated) else { return Draft::default() };
            (inside, Name { text: "unnamed".into(), span: input.head().span }, None, None)
        }
    };
    let mut body = Body::default();
    let rest = body.parse(inside);
    let mut end = context.text.len();
    if rest.is(Sign::RightBrace) {
        end = rest.head().span.start;
        let after = skip_separators(rest.advance());
        if after.head().kind != TokenKind::End {
            context.report(
                Diagnostic::new(
                    Code::TrailingText,
                    format!("the file goes on after its closing brace, with {}", after.found()),
                )
                .label(after.head().span, "expected the end of the file")
                .help("one file holds one equation"),
            );
        }
    } else if let Some(open) = open {
        let mut problem = rest.unexpected("`}`");
        problem.code = Code::UnclosedBracket;
        context.report(problem.label(open, "opened here"));
    }
    body.finish(context, name, title, comments, start, end)
}

/// `pde NAME "title" {`: name, title, place of the brace.
fn header(input: Tokens<'_>) -> Parsed<'_, (Name, Option<String>, Span)> {
    if !input.is_name("pde") {
        let message = format!("a file begins with `pde NAME {{`; this one begins with {}", input.found());
        return Err(fail(
            Diagnostic::new(Code::NoHeader, message)
                .label(input.head().span, "expected `pde`")
                .help("write `pde NAME { … }` around the equation"),
        ));
    }
    let (rest, name) = name("the name of the equation")(input.advance())?;
    let rest = skip_newline(rest);
    let (rest, title) = match &rest.head().kind {
        TokenKind::Title(title) => (skip_newline(rest.advance()), Some(title.clone())),
        _ => (rest, None),
    };
    if !rest.is(Sign::LeftBrace) {
        let mut problem = rest.unexpected("`{`");
        if rest.is(Sign::Minus) {
            problem = problem.help("names have letters, digits and `_`; write `_` for the hyphen");
        }
        return Err(fail(problem));
    }
    Ok((rest.advance(), (name, title, rest.head().span)))
}

/// Where to go on after a bad header: behind its brace, or, if nothing looks like a header, right here.
fn after_brace(input: Tokens<'_>, bare: bool) -> Option<Tokens<'_>> {
    let mut rest = input;
    while rest.head().kind != TokenKind::End {
        if rest.is(Sign::LeftBrace) {
            return Some(rest.advance());
        }
        rest = rest.advance();
    }
    (bare && input.head().kind != TokenKind::End).then_some(input)
}

fn skip_newline(input: Tokens<'_>) -> Tokens<'_> {
    if input.head().kind == TokenKind::Newline { input.advance() } else { input }
}

fn skip_separators(mut input: Tokens<'_>) -> Tokens<'_> {
    while input.head().kind == TokenKind::Newline || input.is(Sign::Semicolon) {
        input = input.advance();
    }
    input
}

fn at_end(input: Tokens<'_>) -> bool {
    input.is(Sign::RightBrace) || input.head().kind == TokenKind::End
}

/// What stands between the braces.
#[derive(Default)]
struct Body {
    items: Vec<Item>,
    equation: Option<Equation>,
    /// The first equation, even if it could not be read.
    equation_span: Option<Span>,
    /// A line that could not be read and may have been the equation.
    unreadable: bool,
    /// Whether a declaration after the equation is reported already.
    late_item: bool,
}

impl Body {
    /// Parses up to the closing brace or the end, reporting problems on the way.
    fn parse<'a>(&mut self, input: Tokens<'a>) -> Tokens<'a> {
        let mut input = skip_separators(input);
        while !at_end(input) {
            let start = input.head().span.start;
            input = match self.line(input) {
                Ok((rest, ())) => match end_of_line(rest) {
                    None => rest,
                    Some(problem) => {
                        rest.context.report(problem);
                        recover(rest)
                    }
                },
                Err(error) => {
                    input.context.report(into_diagnostic(error, input));
                    recover(input)
                }
            };
            // A line that begins with a sign no line can begin with.
            if input.head().span.start == start && !at_end(input) {
                input = input.advance();
            }
            input = skip_separators(input);
        }
        if self.equation_span.is_none() && !self.unreadable {
            let place = Span::new(input.head().span.start, input.head().span.end);
            input.context.report(
                Diagnostic::new(Code::NoEquation, "there is no equation")
                    .label(place, "expected an equation before this")
                    .help("an equation looks like `dt(phi) = lap(phi)`"),
            );
        }
        input
    }

    fn line<'a>(&mut self, input: Tokens<'a>) -> Parsed<'a, ()> {
        let start = input.head().span.start;
        input.context.begin_statement(input);
        if let Some(keyword) = input.head().name().filter(|name| is_item_keyword(name)) {
            input.context.in_equation.set(false);
            if let Some(equation) = self.equation_span.filter(|_| !std::mem::replace(&mut self.late_item, true)) {
                input.context.report(
                    Diagnostic::new(Code::ItemAfterEquation, format!("`{keyword}` stands after the equation"))
                        .label(input.head().span, "move this up")
                        .label(equation, "the equation comes last"),
                );
            }
            let (rest, kind) = item(input, keyword)?;
            let span = Span::new(start, rest.previous_end());
            self.items.push(Item { kind, span, comments: Comments::default() });
            return Ok((rest, ()));
        }
        if let Some(problem) = misspelled_keyword(input) {
            if let Some(name) = input.second().name() {
                input.context.broken.borrow_mut().insert(name.to_owned());
            }
            return Err(fail(problem));
        }
        self.equation(input)
    }

    fn equation<'a>(&mut self, input: Tokens<'a>) -> Parsed<'a, ()> {
        let start = input.head().span;
        input.context.in_equation.set(true);
        let first = self.equation_span;
        let (rest, left) = expression(input).inspect_err(|_| self.unreadable = true)?;
        self.equation_span = first.or(Some(start.to(left.span())));
        // The only sign a line may start with: no equation is complete without it.
        let rest = if rest.second().is(Sign::Equals) { skip_newline(rest) } else { rest };
        if !rest.is(Sign::Equals) {
            let mut problem = rest.unexpected("`=`");
            if end_of_line(rest).is_none() {
                problem = problem.help("an equation has two sides; write `… = 0`");
            }
            return Err(fail(problem));
        }
        let (rest, right) = expression(rest.advance())?;
        let span = Span::new(start.start, rest.previous_end());
        if let Some(first) = first {
            input.context.report(
                Diagnostic::new(Code::SeveralEquations, "a second equation")
                    .label(span, "the second equation")
                    .label(first, "the first equation")
                    .help("one file holds one equation for one field"),
            );
            return Ok((rest, ()));
        }
        self.equation_span = Some(span);
        let comments = Comments::default();
        self.equation = Some(Equation { left: left.expr, right: right.expr, span, comments });
        Ok((rest, ()))
    }

    fn finish(
        mut self,
        context: &Context<'_>,
        name: Name,
        title: Option<String>,
        comments: Vec<Comment>,
        start: usize,
        end: usize,
    ) -> Draft {
        let Some(mut equation) = self.equation else { return Draft { items: self.items, ..Draft::default() } };
        let mut places: Vec<Place<'_>> =
            self.items.iter_mut().map(|item| Place { span: item.span, comments: &mut item.comments }).collect();
        places.push(Place { span: equation.span, comments: &mut equation.comments });
        places.sort_by_key(|place| place.span.start);
        let loose = attach(context.text, comments, &mut places, start, end);
        let (leading, closing, after) = (loose.leading, loose.closing, loose.after);
        if let Some(span) = context.implied {
            let kind = ItemKind::Field(Name { text: context.field.to_owned(), span });
            self.items.insert(0, Item { kind, span, comments: Comments::default() });
        }
        let file = File { name, title, items: self.items, equation, leading, closing, after };
        Draft { file: Some(file), implied: context.implied, ..Draft::default() }
    }
}

/// What is wrong if the item does not end here.
fn end_of_line(input: Tokens<'_>) -> Option<Diagnostic> {
    if at_end(input) || input.is(Sign::Semicolon) || input.head().kind == TokenKind::Newline {
        return None;
    }
    let problem = input.unexpected("an operator or the end of the line");
    Some(match &input.head().kind {
        TokenKind::Sign(Sign::RightParen | Sign::RightBracket) => problem.help("no bracket is open here"),
        TokenKind::Sign(Sign::Equals) => problem.help("an equation has one `=`"),
        TokenKind::Name(name) if is_item_keyword(name) => {
            problem.help("put each declaration on a line of its own, or `;` between them")
        }
        _ => problem,
    })
}

/// Skips to where the next item can begin.
fn recover(mut input: Tokens<'_>) -> Tokens<'_> {
    while !at_end(input) && input.head().kind != TokenKind::Newline && !input.is(Sign::Semicolon) {
        input = input.advance();
    }
    input
}
