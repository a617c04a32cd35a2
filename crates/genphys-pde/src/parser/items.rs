//! Declarations: `param`, `field`, `dim`, `time`, `let`, `density`.

use super::expression::expression;
use super::functions::may_be_complex;
use super::stream::{Parsed, Tokens, fail, require, sign};
use crate::ast::{Bound, Dim, Domain, Interval, ItemKind, Name, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Sign, TokenKind};
use crate::limits::MAX_DIMENSION;
use crate::span::Span;
use crate::words::reserved_for;
use nom::Parser;
use nom::branch::alt;
use nom::combinator::{map, opt, value};
use nom::sequence::{pair, preceded};

/// The declaration that begins with the keyword that stands here.
pub(super) fn item<'a>(input: Tokens<'a>, keyword: &str) -> Parsed<'a, ItemKind> {
    let rest = input.advance();
    match keyword {
        "param" => param(rest),
        "field" => map(name("the name of the field"), ItemKind::Field).parse(rest),
        "dim" => map(dim, ItemKind::Dim).parse(rest),
        "time" => time(rest),
        "let" => abbreviation(rest),
        _ => map(expression, |density| ItemKind::Density(density.expr)).parse(rest),
    }
}

/// A name that is declared. Reserved words are taken here and refused later, together with all other bad names.
pub(super) fn name<'a>(expected: &str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Name> {
    move |input| match input.head().name() {
        Some(text) => Ok((input.advance(), Name { text: text.to_owned(), span: input.head().span })),
        None => Err(fail(input.unexpected(expected))),
    }
}

/// Runs the rest of a declaration; if it fails, its name is remembered as declared all the same.
fn declared<'a, T>(input: Tokens<'a>, name: &Name, result: Parsed<'a, T>) -> Parsed<'a, T> {
    if result.is_err() {
        input.context.broken.borrow_mut().insert(name.text.clone());
    }
    result
}

fn param(input: Tokens<'_>) -> Parsed<'_, ItemKind> {
    let complex = input.is_name("complex");
    let (input, name) = name("the name of the parameter")(if complex { input.advance() } else { input })?;
    let tail = pair(opt(domain), opt(preceded(sign(Sign::Equals), number))).parse(input);
    let (rest, (domain, default)) = declared(input, &name, tail)?;
    let domain = domain.unwrap_or(Domain::Unrestricted);
    Ok((rest, ItemKind::Param { name, complex, domain, default }))
}

pub(super) fn domain(input: Tokens<'_>) -> Parsed<'_, Domain> {
    if input.is_name("in") {
        return map(interval, Domain::Interval).parse(input.advance());
    }
    let relation = alt((
        value(Domain::Greater as fn(Number) -> Domain, sign(Sign::Greater)),
        value(Domain::GreaterEqual as fn(Number) -> Domain, sign(Sign::GreaterEqual)),
        value(Domain::Less as fn(Number) -> Domain, sign(Sign::Less)),
        value(Domain::LessEqual as fn(Number) -> Domain, sign(Sign::LessEqual)),
        value(Domain::NotEqual as fn(Number) -> Domain, sign(Sign::NotEqual)),
    ));
    let (rest, make) = { relation }.parse(input)?;
    map(number, make).parse(rest)
}

/// A number with an optional minus; bounds and defaults are numbers, not expressions.
fn number(input: Tokens<'_>) -> Parsed<'_, Number> {
    let (rest, minus) = opt(sign(Sign::Minus)).parse(input)?;
    match &rest.head().kind {
        TokenKind::Number(number) => {
            Ok((rest.advance(), Number { negative: minus.is_some() && !number.is_zero(), ..number.clone() }))
        }
        _ => {
            Err(fail(rest.unexpected("a number").help("bounds and defaults are plain numbers, such as `0.5` or `-2`")))
        }
    }
}

fn interval(input: Tokens<'_>) -> Parsed<'_, Interval> {
    let (input, lower_closed) = match input.head().kind {
        TokenKind::Sign(Sign::LeftParen) => (input.advance(), false),
        TokenKind::Sign(Sign::LeftBracket) => (input.advance(), true),
        _ => return Err(fail(input.unexpected("an interval").help("write it like `in (0, 2]` or `in (0, inf)`"))),
    };
    let (input, lower) = bound(input)?;
    let (input, _) = require(Sign::Comma, "`,` between the ends of the interval")(input)?;
    let (input, upper) = bound(input)?;
    let (input, upper_closed) = match input.head().kind {
        TokenKind::Sign(Sign::RightParen) => (input.advance(), false),
        TokenKind::Sign(Sign::RightBracket) => (input.advance(), true),
        _ => return Err(fail(input.unexpected("`)` or `]`"))),
    };
    Ok((input, Interval { lower, lower_closed, upper, upper_closed }))
}

fn bound(input: Tokens<'_>) -> Parsed<'_, Bound> {
    if input.is_name("inf") {
        return Ok((input.advance(), Bound::Infinity));
    }
    if input.is(Sign::Minus) && input.second().name() == Some("inf") {
        return Ok((input.advance().advance(), Bound::MinusInfinity));
    }
    map(number, Bound::Finite).parse(input)
}

pub(super) fn dim(input: Tokens<'_>) -> Parsed<'_, Dim> {
    if input.is_name("any") {
        return Ok((input.advance(), Dim::Any));
    }
    let start = input.head().span;
    let (rest, lower) = dimension(input)?;
    if !rest.is(Sign::Dots) {
        return Ok((rest, Dim::Exactly(lower)));
    }
    let rest = rest.advance();
    if !matches!(rest.head().kind, TokenKind::Number(_)) {
        return Ok((rest, Dim::Range(lower, None)));
    }
    let (rest, upper) = dimension(rest)?;
    if upper < lower {
        let span = Span::new(start.start, rest.previous_end());
        return Err(fail(
            Diagnostic::new(Code::WrongDimension, format!("no dimension lies between {lower} and {upper}"))
                .label(span, "empty range")
                .help(format!("write `dim {upper}..{lower}`")),
        ));
    }
    Ok((rest, Dim::Range(lower, Some(upper))))
}

fn dimension(input: Tokens<'_>) -> Parsed<'_, u32> {
    let TokenKind::Number(number) = &input.head().kind else {
        return Err(fail(
            input.unexpected("`any` or a number of dimensions").help("write `dim 2`, `dim 1..3` or `dim 2..`"),
        ));
    };
    match number.to_u32().filter(|dimension| (1..=MAX_DIMENSION).contains(dimension)) {
        Some(dimension) => Ok((input.advance(), dimension)),
        None => Err(fail(
            Diagnostic::new(Code::WrongDimension, format!("{} is not a number of dimensions", input.found()))
                .label(input.head().span, format!("expected a whole number from 1 to {MAX_DIMENSION}")),
        )),
    }
}

fn time(input: Tokens<'_>) -> Parsed<'_, ItemKind> {
    let (input, name) = name("the name of the time")(input)?;
    let tail = if input.is_name("in") {
        interval(input.advance())
    } else {
        Err(fail(input.unexpected("`in` and an interval").help(format!("write `time {} in (0, inf)`", name.text))))
    };
    let (rest, interval) = declared(input, &name, tail)?;
    Ok((rest, ItemKind::Time { name, interval }))
}

fn abbreviation(input: Tokens<'_>) -> Parsed<'_, ItemKind> {
    let (input, name) = name("the name of the abbreviation")(input)?;
    let tail = preceded(require(Sign::Equals, "`=`"), expression).parse(input);
    let (rest, value) = declared(input, &name, tail)?;
    if may_be_complex(&value.expr, &input.context.complex.borrow()) {
        input.context.complex.borrow_mut().insert(name.text.clone());
    }
    Ok((rest, ItemKind::Let { name, value: value.expr }))
}

/// What to say when a line begins with a keyword that is misspelled, such as `parm D > 0`.
pub(super) fn misspelled_keyword(input: Tokens<'_>) -> Option<Diagnostic> {
    let word = input.head().name()?;
    // Two words in a row at the start of a line are never an expression.
    let two_words = match &input.second().kind {
        TokenKind::Name(next) => reserved_for(next) != Some("a keyword") || ["complex", "any"].contains(&next.as_str()),
        TokenKind::Number(_) => true,
        _ => false,
    };
    if !two_words || input.context.declared.contains(word) {
        return None;
    }
    let keyword = genphys_suggest::nearest(word, crate::words::ITEM_KEYWORDS)?;
    Some(
        Diagnostic::new(Code::UnexpectedToken, format!("`{word}` is not a keyword"))
            .label(input.head().span, "expected a declaration or the equation")
            .help(format!("did you mean `{keyword}`?")),
    )
}
