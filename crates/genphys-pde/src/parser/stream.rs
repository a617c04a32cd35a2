//! The token stream as a nom input, with what the parsers share: names known in advance, nesting, problems found.

use super::field::{at_its_time, implied};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, Token, TokenKind};
use crate::limits::{MAX_NESTING, MAX_NODES, MAX_PROBLEMS};
use crate::span::Span;
use crate::words::{OPERATORS, is_item_keyword};
use nom::error::{ErrorKind, ParseError};
use nom::{IResult, Input, Needed};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::iter::Enumerate;
use std::slice::Iter;

/// What a parser leaves and what it found.
pub(super) type Parsed<'a, T> = IResult<Tokens<'a>, T, Problem>;

/// A syntax error on its way to the next place where parsing can go on.
#[derive(Debug)]
pub(super) struct Problem(pub(super) Box<Diagnostic>);

impl ParseError<Tokens<'_>> for Problem {
    fn from_error_kind(input: Tokens<'_>, _: ErrorKind) -> Self {
        Self(Box::new(input.unexpected("something else")))
    }

    fn append(_: Tokens<'_>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// Products without a sign of which is said how they are read.
const SHOWN_PRODUCTS: usize = 3;

/// What all parsers of one source share.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) text: &'a str,
    tokens: &'a [Token],
    /// The field's name, found before parsing, so that `phi_t` is understood wherever `field` stands.
    pub(super) field: &'a str,
    /// Whether names are declared in the text, so that what nobody declares may be notation.
    pub(super) whole: bool,
    /// Where the field occurs first, if nobody declares it and it is not called phi.
    pub(super) implied: Option<Span>,
    /// The name of the time.
    pub(super) time: &'a str,
    /// Whether `p_t` is the field at the time t, as a derivative in the time of it and no other form of the field say.
    pub(super) timed: bool,
    /// Whether that is said already.
    pub(super) told: Cell<bool>,
    /// All names that are declared somewhere.
    pub(super) declared: BTreeSet<&'a str>,
    /// Names whose declaration has a syntax error; they are not reported as unknown.
    pub(super) broken: RefCell<BTreeSet<String>>,
    /// Whether a minus sign on a new line would continue the expression (and is an error) or may begin an equation.
    pub(super) in_equation: Cell<bool>,
    /// Whether the statement is written as papers write, so that a product may go without its sign.
    pub(super) paper: Cell<bool>,
    /// Whether `|` closes an absolute value here.
    pub(super) in_bars: Cell<bool>,
    /// Names that may not be real.
    pub(super) complex: RefCell<BTreeSet<String>>,
    /// Whether a formula stands in the marks of LaTeX.
    wrapped: bool,
    /// Places of products without a sign, and how the first ones are read.
    products: RefCell<Vec<(Span, String)>>,
    depth: Cell<usize>,
    /// Parts of functions that were written out.
    grown: Cell<usize>,
    problems: RefCell<Vec<Diagnostic>>,
}

impl<'a> Context<'a> {
    /// `whole` texts may leave the field undeclared.
    pub(super) fn new(text: &'a str, tokens: &'a [Token], whole: bool, wrapped: bool) -> Self {
        let mut named = false;
        let mut complex = BTreeSet::new();
        let (mut field, mut time, mut declared) = ("phi", "t", BTreeSet::new());
        let mut fresh = true;
        for (at, token) in tokens.iter().enumerate() {
            if let Some(keyword) = token.name().filter(|name| fresh && is_item_keyword(name)) {
                let name_at = |at: usize| tokens.get(at).and_then(Token::name);
                let name = name_at(at + 1).filter(|name| *name != "complex").or_else(|| name_at(at + 2));
                if let (true, Some(name)) = (name_at(at + 1) == Some("complex"), name_at(at + 2)) {
                    complex.insert(name.to_owned());
                }
                match (keyword, name) {
                    ("field", Some(name)) => (field, named) = (name, true),
                    ("time", Some(name)) => time = name,
                    ("param" | "let", Some(name)) => _ = declared.insert(name),
                    _ => {}
                }
            }
            fresh =
                token.kind == TokenKind::Newline || token.is(Sign::Semicolon) || token.is(Sign::LeftBrace) || at == 0;
        }
        let implied = if whole && !named { implied(tokens, time, &declared) } else { None };
        field = implied.map_or(field, |(name, _)| name);
        declared.extend([field, time]);
        Self {
            text,
            tokens,
            field,
            whole,
            implied: implied.map(|(_, place)| place),
            time,
            timed: whole && at_its_time(tokens, field, time),
            told: Cell::new(false),
            declared,
            broken: RefCell::default(),
            in_equation: Cell::new(false),
            paper: Cell::new(false),
            in_bars: Cell::new(false),
            complex: RefCell::new(complex),
            wrapped,
            products: RefCell::default(),
            depth: Cell::new(0),
            grown: Cell::new(0),
            problems: RefCell::default(),
        }
    }

    pub(super) fn tokens(&'a self) -> Tokens<'a> {
        Tokens { rest: self.tokens, context: self }
    }

    /// Notes a problem that parsing can go on after.
    pub(super) fn report(&self, problem: Diagnostic) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() <= MAX_PROBLEMS {
            problems.push(problem);
        }
    }

    /// Whether a further problem would not be shown anyway.
    pub(super) fn is_full(&self) -> bool {
        self.problems.borrow().len() > MAX_PROBLEMS
    }

    /// Whether so many parts more may be made of a function that is written out.
    pub(super) fn may_grow(&self, by: usize) -> bool {
        self.grown.set(self.grown.get().saturating_add(by));
        self.grown.get() <= MAX_NODES
    }

    pub(super) fn take_problems(&self) -> Vec<Diagnostic> {
        let mut problems = self.problems.take();
        let products = self.products.take();
        if let Some((first, _)) = products.first() {
            let read: Vec<String> = products.iter().take(SHOWN_PRODUCTS).map(|(_, read)| format!("`{read}`")).collect();
            let more = if products.len() > SHOWN_PRODUCTS { ", …" } else { "" };
            let help = format!("it is read as {}{more}; `genphys fmt` writes the signs", read.join(", "));
            let mut note = Diagnostic::new(Code::TakenAs, "a product is written without its sign").help(help);
            for (place, _) in products.iter().take(SHOWN_PRODUCTS) {
                note = note.label(Span::new(place.start, place.end), "");
            }
            problems.push(note.instead(Span::new(first.start, first.start), "*"));
        }
        problems
    }

    /// Notes that a product is read where no sign stands.
    pub(super) fn read_product(&self, place: Span, read: impl FnOnce() -> String) {
        let mut products = self.products.borrow_mut();
        let text = if products.len() < SHOWN_PRODUCTS { read() } else { String::new() };
        if products.len() <= SHOWN_PRODUCTS {
            products.push((place, text));
        }
    }

    /// Begins a statement: decides whether it is in the notation of papers, LaTeX or signs beyond ASCII, or in the
    /// language itself, whose operators are called.
    pub(super) fn begin_statement(&self, input: Tokens<'_>) {
        let mut paper = self.wrapped;
        let mut rest = input;
        while !matches!(
            rest.head().kind,
            TokenKind::Newline | TokenKind::End | TokenKind::Sign(Sign::Semicolon | Sign::RightBrace)
        ) {
            let written = rest.written(rest.head().span);
            if OPERATORS.contains(&written) && rest.second().is(Sign::LeftParen) {
                paper = false;
                break;
            }
            paper |= !written.is_ascii() || written.contains(['\\', '{']);
            rest = rest.advance();
        }
        self.paper.set(self.whole && paper);
    }
}

/// A position in the token stream. The last token is always `End` and is never taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a [Token],
    pub(super) context: &'a Context<'a>,
}

static END: Token = Token { kind: TokenKind::End, span: Span { start: 0, end: 0 } };

impl<'a> Tokens<'a> {
    pub(super) fn head(&self) -> &'a Token {
        self.rest.first().unwrap_or(&END)
    }

    pub(super) fn second(&self) -> &'a Token {
        self.rest.get(1).unwrap_or(&END)
    }

    pub(super) fn advance(self) -> Self {
        if self.rest.len() > 1 { Self { rest: &self.rest[1..], ..self } } else { self }
    }

    /// End of the last thing before this position.
    pub(super) fn previous_end(&self) -> usize {
        let before = &self.context.tokens[..self.context.tokens.len() - self.rest.len()];
        before.iter().rev().find(|token| token.kind != TokenKind::Newline).map_or(0, |token| token.span.end)
    }

    /// Whether a bad character stands right before this position.
    pub(super) fn after_bad(&self) -> bool {
        let at = self.context.tokens.len() - self.rest.len();
        at > 0 && self.context.tokens[at - 1].kind == TokenKind::Bad
    }

    pub(super) fn is(&self, sign: Sign) -> bool {
        self.head().is(sign)
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        self.head().name() == Some(name)
    }

    /// The text of a span.
    pub(super) fn written(&self, span: Span) -> &'a str {
        self.context.text.get(span.start..span.end).unwrap_or_default()
    }

    /// What stands here, in words.
    pub(super) fn found(&self) -> String {
        match &self.head().kind {
            TokenKind::Newline => "the end of the line".into(),
            TokenKind::End => "the end of the file".into(),
            TokenKind::Title(_) => "a text in quotes".into(),
            TokenKind::Name(name) if is_item_keyword(name) => format!("the keyword `{name}`"),
            _ => {
                let written = self.written(self.head().span);
                let short: String = written.chars().take(40).collect();
                format!("`{short}{}`", if short.len() < written.len() { "…" } else { "" })
            }
        }
    }

    /// "Expected this, found that".
    pub(super) fn unexpected(&self, expected: &str) -> Diagnostic {
        let span = match self.head().kind {
            // Point behind the last thing on the line, not at its invisible end.
            TokenKind::Newline | TokenKind::End => Span::new(self.previous_end(), self.previous_end()),
            _ => self.head().span,
        };
        Diagnostic::new(Code::UnexpectedToken, format!("expected {expected}, found {}", self.found()))
            .label(span, format!("expected {expected}"))
    }

    /// Runs a parser one level deeper; at the limit it fails instead.
    pub(super) fn nested<T>(self, parser: impl FnOnce(Self) -> Parsed<'a, T>) -> Parsed<'a, T> {
        let depth = self.context.depth.get();
        if depth >= MAX_NESTING {
            let message = format!("this is nested more than {MAX_NESTING} deep");
            return Err(fail(
                Diagnostic::new(Code::NestingTooDeep, message)
                    .label(self.head().span, "too deep")
                    .help("name parts of the expression with `let`"),
            ));
        }
        self.context.depth.set(depth + 1);
        let result = parser(self);
        self.context.depth.set(depth);
        result
    }
}

/// A problem that ends the item.
pub(super) fn fail(problem: Diagnostic) -> nom::Err<Problem> {
    nom::Err::Failure(Problem(Box::new(problem)))
}

/// The diagnostic inside an error.
pub(super) fn into_diagnostic(error: nom::Err<Problem>, input: Tokens<'_>) -> Diagnostic {
    match error {
        nom::Err::Error(problem) | nom::Err::Failure(problem) => *problem.0,
        nom::Err::Incomplete(_) => input.unexpected("more"),
    }
}

/// Takes a sign, or backtracks.
pub(super) fn sign<'a>(wanted: Sign) -> impl Fn(Tokens<'a>) -> Parsed<'a, &'a Token> {
    move |input| {
        if input.is(wanted) {
            Ok((input.advance(), input.head()))
        } else {
            Err(nom::Err::Error(Problem(Box::new(input.unexpected("a sign")))))
        }
    }
}

/// Takes a sign, or fails with what was expected in words.
pub(super) fn require<'a>(wanted: Sign, words: &str) -> impl Fn(Tokens<'a>) -> Parsed<'a, &'a Token> {
    move |input| {
        if input.is(wanted) { Ok((input.advance(), input.head())) } else { Err(fail(input.unexpected(words))) }
    }
}

impl<'a> Input for Tokens<'a> {
    type Item = &'a Token;
    type Iter = Iter<'a, Token>;
    type IterIndices = Enumerate<Iter<'a, Token>>;

    fn input_len(&self) -> usize {
        self.rest.len()
    }

    fn take(&self, index: usize) -> Self {
        Self { rest: &self.rest[..index], ..*self }
    }

    fn take_from(&self, index: usize) -> Self {
        Self { rest: &self.rest[index..], ..*self }
    }

    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.take_from(index), self.take(index))
    }

    fn position<P: Fn(Self::Item) -> bool>(&self, predicate: P) -> Option<usize> {
        self.rest.iter().position(predicate)
    }

    fn iter_elements(&self) -> Self::Iter {
        self.rest.iter()
    }

    fn iter_indices(&self) -> Self::IterIndices {
        self.rest.iter().enumerate()
    }

    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        if count <= self.rest.len() { Ok(count) } else { Err(Needed::new(count - self.rest.len())) }
    }
}
