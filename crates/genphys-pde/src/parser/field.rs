//! The field that nobody declares: in `u_t = u_xx` it can only be `u`.

use crate::lexer::{Sign, Token, TokenKind};
use crate::span::Span;
use crate::subscript::{Variable, directions, of_field, variable};
use crate::words::reserved_for;
use std::collections::BTreeSet;

/// The one name that a derivative in the time is taken of, with its first place, if nobody declares it and the default
/// name of the field does not occur.
pub(super) fn implied<'a>(tokens: &'a [Token], time: &str, declared: &BTreeSet<&str>) -> Option<(&'a str, Span)> {
    let mut found: Option<(&str, Span)> = None;
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = token.name() else { continue };
        if name == "phi" || of_field(name, "phi", time).is_some() {
            return None;
        }
        // `D_t u` is a derivative of `u`.
        let operator = name.starts_with(['D', 'd']) && name.get(1..2) == Some("_");
        if operator && tokens.get(at + 1).is_some_and(|next| next.name().is_some() || next.is(Sign::Caret)) {
            continue;
        }
        let Some(field) = with_subscript(name, time).or_else(|| is_derived(tokens, at, name, time)) else { continue };
        let free =
            reserved_for(field).is_none() && !declared.contains(field) && field != time && !field.starts_with('_');
        match found {
            Some((first, _)) if first != field && free => return None,
            None if free => found = Some((field, token.span)),
            _ => {}
        }
    }
    found
}

/// Whether the field occurs as `p_t` only, and a derivative in the time is taken of that: then the subscript is the time
/// that the field is taken at, as in `∂_t p_t = Δ p_t`.
pub(super) fn at_its_time(tokens: &[Token], field: &str, time: &str) -> bool {
    let mut derived = false;
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = token.name() else { continue };
        // The line that declares it.
        let declares = at.checked_sub(1).and_then(|at| tokens.get(at)).and_then(Token::name) == Some("field");
        if !declares && name == field {
            return false;
        }
        if let Some(variables) = of_field(name, field, time) {
            if variables != [(Variable::Time, 1)] {
                return false;
            }
            // In `dt(p_t)` of this language it is a derivative.
            let called = at.checked_sub(2).and_then(|at| tokens.get(at)).and_then(Token::name) == Some("dt");
            derived |= !called && is_derived(tokens, at, name, time).is_some();
        }
    }
    derived
}

fn is_time(variables: &[(Variable, u32)]) -> bool {
    variables.iter().any(|(variable, _)| *variable == Variable::Time)
}

/// `u_tt`.
fn with_subscript<'a>(name: &'a str, time: &str) -> Option<&'a str> {
    let (field, subscript) = name.rsplit_once('_')?;
    (!field.is_empty() && directions(subscript, time).is_some_and(|variables| is_time(&variables))).then_some(field)
}

/// The name at this place, if a derivative in the time acts on it: `dt(u`, `∂t u`, `∂²u/∂t²`, `\dot{u}`, `du/dt`.
fn is_derived<'a>(tokens: &[Token], at: usize, name: &'a str, time: &str) -> Option<&'a str> {
    let sign = |at: Option<usize>, sign: Sign| at.and_then(|at| tokens.get(at)).is_some_and(|token| token.is(sign));
    let name_at = |at: Option<usize>| at.and_then(|at| tokens.get(at)).and_then(Token::name);
    let before = at.checked_sub(1);
    let two_before = at.checked_sub(2);
    if sign(before, Sign::LeftParen) {
        let open = name_at(two_before) == Some("dt") || sign(two_before, Sign::Dot) || sign(two_before, Sign::TwoDots);
        if open {
            return Some(name);
        }
    }
    if sign(before, Sign::Dot) || sign(before, Sign::TwoDots) {
        return Some(name);
    }
    // Behind the name, perhaps with a parenthesis of LaTeX between: `/∂t`, `/dt`, `)(∂t`; and behind its arguments.
    let mut next = behind_arguments(tokens, at + 1, time);
    let fraction =
        sign(Some(next), Sign::Slash) || sign(Some(next), Sign::RightParen) && sign(Some(next + 1), Sign::LeftParen);
    next += if sign(Some(next), Sign::RightParen) { 2 } else { 1 };
    let in_time = if sign(Some(next), Sign::Partial) {
        // `∂x∂t` too.
        let mut variables = (next..).step_by(2).take_while(|at| sign(Some(*at), Sign::Partial));
        variables.any(|at| name_at(Some(at + 1)) == Some(time))
    } else {
        name_at(Some(next))
            .and_then(|name| name.strip_prefix('d'))
            .is_some_and(|rest| rest == time || rest.is_empty() && name_at(Some(next + 1)) == Some(time))
    };
    let start = without_power(tokens, before);
    if fraction && in_time {
        if sign(start, Sign::Partial) || name_at(start) == Some("d") {
            return Some(name);
        }
        return name.strip_prefix('d').filter(|field| !field.is_empty());
    }
    // `∂t u`, `∂²_t u`.
    let direction = name_at(start)?;
    let variables = match direction.strip_prefix('_') {
        Some(subscript) => directions(subscript, time)?,
        None => vec![(variable(direction, time)?, 1)],
    };
    let sign_before = without_power(tokens, start.and_then(|at| at.checked_sub(1)));
    (is_time(&variables) && sign(sign_before, Sign::Partial)).then_some(name)
}

/// The place behind `(x, t)`, if that stands here.
fn behind_arguments(tokens: &[Token], at: usize, time: &str) -> usize {
    let mut next = at;
    let mut open = Sign::LeftParen;
    loop {
        let is_variable = tokens.get(next + 1).and_then(Token::name).is_some_and(|name| variable(name, time).is_some());
        if !is_variable || !tokens.get(next).is_some_and(|token| token.is(open)) {
            return at;
        }
        next += 2;
        if tokens.get(next).is_some_and(|token| token.is(Sign::RightParen)) {
            return next + 1;
        }
        open = Sign::Comma;
    }
}

/// The token before `²`, `^2` or `^{2}`, if that stands here.
fn without_power(tokens: &[Token], at: Option<usize>) -> Option<usize> {
    let at = at?;
    let back = |by: usize| at.checked_sub(by).and_then(|at| tokens.get(at));
    let number = |token: Option<&Token>| token.is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
    let is = |token: Option<&Token>, sign: Sign| token.is_some_and(|token| token.is(sign));
    let length = match &back(0)?.kind {
        TokenKind::Superscript { .. } => 1,
        TokenKind::Number(_) if is(back(1), Sign::Caret) => 2,
        TokenKind::Sign(Sign::RightParen) if number(back(1)) && is(back(3), Sign::Caret) => 4,
        _ => 0,
    };
    at.checked_sub(length)
}
