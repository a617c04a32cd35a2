//! Characters of Unicode that are several tokens: exponents, fractions, letters with dots.

use super::token::{Sign, TokenKind};
use super::{Lexer, unicode};
use crate::ast::Number;
use crate::codes::Code;

impl<'a> Lexer<'a> {
    /// An exponent in superscripts: `²` and `⁻¹`, which also are orders of derivatives, or letters and products of them,
    /// as in `eᵗ` and `e⁻²ᵗ`.
    pub(super) fn superscript(&mut self, start: &'a str) -> Option<&'a str> {
        let digits_start = start.strip_prefix('⁻').unwrap_or(start);
        let digits: String = digits_start.chars().map_while(unicode::superscript_digit).collect();
        let length: usize = digits_start.chars().take(digits.len()).map(char::len_utf8).sum();
        let mut rest = &digits_start[length..];
        let letter = |text: &str| text.chars().next().and_then(unicode::superscript_letter);
        if digits.is_empty() && letter(rest).is_none() {
            return None;
        }
        let number = Number::from_decimal(if digits.is_empty() { "1" } else { &digits }).unwrap_or_else(|| {
            self.problem(start, rest, Code::NumberOutOfRange, "this exponent is too long".into(), "");
            Number::integer(1)
        });
        let minus = digits_start.len() < start.len();
        if letter(rest).is_none() {
            self.push(TokenKind::Superscript { number, minus }, start, rest);
            return Some(rest);
        }
        self.push(TokenKind::Sign(Sign::Caret), start, start);
        self.push(TokenKind::Sign(Sign::LeftParen), start, start);
        if minus {
            self.push(TokenKind::Sign(Sign::Minus), start, digits_start);
        }
        if !digits.is_empty() {
            self.push(TokenKind::Number(number), digits_start, rest);
        }
        let mut follows = !digits.is_empty();
        while let Some(name) = letter(rest) {
            let after = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
            if follows {
                self.push(TokenKind::Sign(Sign::Star), rest, rest);
            }
            self.push(TokenKind::Name(name.to_owned()), rest, after);
            (rest, follows) = (after, true);
        }
        self.push(TokenKind::Sign(Sign::RightParen), rest, rest);
        Some(rest)
    }

    /// `½`, but not `2½`, which is a sum.
    pub(super) fn vulgar_fraction(&mut self, start: &'a str) -> Option<&'a str> {
        let first = start.chars().next()?;
        let (above, below) = unicode::fraction(first)?;
        let last = self.raw.last().map(|token| &token.kind);
        if matches!(last, Some(TokenKind::Number(_) | TokenKind::Superscript { .. })) {
            return None;
        }
        let rest = &start[first.len_utf8()..];
        self.push(TokenKind::Sign(Sign::LeftParen), start, start);
        self.push(TokenKind::Number(Number::from_decimal(&above)?), start, rest);
        self.push(TokenKind::Sign(Sign::Slash), start, rest);
        self.push(TokenKind::Number(Number::from_decimal(&below)?), start, rest);
        self.push(TokenKind::Sign(Sign::RightParen), rest, rest);
        Some(rest)
    }

    /// `u̇` and `φ̈`: the derivative of a letter in time.
    pub(super) fn dotted(&mut self, start: &'a str) -> Option<&'a str> {
        let (letter, dots, rest) = unicode::dotted(start)?;
        let name = unicode::letter_name(letter).map_or_else(|| letter.to_string(), str::to_owned);
        let sign = if dots == 1 { Sign::Dot } else { Sign::TwoDots };
        self.push(TokenKind::Sign(sign), start, start);
        self.push(TokenKind::Name(name), start, rest);
        Some(rest)
    }
}
