//! LaTeX in the text: groups in braces, commands, matrices, and the marks around a formula.

use super::token::{Sign, Token, TokenKind};
use super::{Lexer, latex, name};
use crate::ast::Number;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

impl<'a> Lexer<'a> {
    /// Braces behind `^`, a root or a fraction of LaTeX are parentheses.
    pub(super) fn group(&mut self, start: &'a str) -> Option<&'a str> {
        let last = self.raw.last().map(|token| &token.kind);
        if let Some(rest) = start.strip_prefix('{') {
            let opens = matches!(
                last,
                Some(TokenKind::Sign(
                    Sign::Caret | Sign::Fraction | Sign::Root | Sign::Dot | Sign::TwoDots | Sign::Hat
                ))
            );
            if !opens && (self.numerator_end == 0 || self.numerator_end != self.raw.len()) && !self.in_body() {
                return None;
            }
            self.groups.push(last == Some(&TokenKind::Sign(Sign::Fraction)));
            self.push(TokenKind::Sign(Sign::LeftParen), start, rest);
            return Some(rest);
        }
        let rest = start.strip_prefix('}')?;
        let numerator = self.groups.pop()?;
        self.push(TokenKind::Sign(Sign::RightParen), start, rest);
        if numerator {
            self.numerator_end = self.raw.len();
        }
        Some(rest)
    }

    /// Whether the brace of the body is open, so that another one holds a group of LaTeX.
    fn in_body(&self) -> bool {
        let name_at =
            |back: usize| self.raw.len().checked_sub(back).and_then(|at| self.raw.get(at)).and_then(Token::name);
        let header = name_at(2) == Some("pde") || name_at(3) == Some("pde");
        !header && self.raw.iter().any(|token| token.is(Sign::LeftBrace))
    }

    /// A numerator, denominator or argument of a root without braces, which is one character: `\frac12`, `\sqrt2`.
    pub(super) fn short_argument(&mut self, start: &'a str) -> Option<&'a str> {
        let last = self.raw.last()?;
        let numerator = last.is(Sign::Fraction);
        let root = last.is(Sign::Root) && self.text.get(last.span.start..).is_some_and(|text| text.starts_with('\\'));
        let denominator = self.numerator_end != 0 && self.numerator_end == self.raw.len();
        if !numerator && !root && !denominator {
            return None;
        }
        let first = start.chars().next()?;
        let (kind, rest) = match (first.to_digit(10), name::greek(start)) {
            (Some(digit), _) => (TokenKind::Number(Number::integer(digit)), &start[1..]),
            (None, Some((name, rest))) => (TokenKind::Name(name), rest),
            (None, None) if first.is_ascii_alphabetic() => (TokenKind::Name(first.to_string()), &start[1..]),
            (None, None) => return None,
        };
        self.push(TokenKind::Sign(Sign::LeftParen), start, start);
        self.push(kind, start, rest);
        self.push(TokenKind::Sign(Sign::RightParen), rest, rest);
        if numerator {
            self.numerator_end = self.raw.len();
        }
        Some(rest)
    }

    /// What stands around a formula and aligns it: `$`, `\begin{equation}`, `&=`, `\\`, the full stop at its end; and
    /// what marks a matrix.
    pub(super) fn around(&mut self, start: &'a str) -> Option<&'a str> {
        if let Some(rest) = latex::wrapper(start) {
            let begins = self.raw.last().is_none_or(|last| {
                last.kind == TokenKind::Newline || last.is(Sign::Semicolon) || last.is(Sign::LeftBrace)
            });
            if begins || !start.starts_with('$') || latex::is_end(rest, true) {
                self.wrapped = true;
                return Some(rest);
            }
        }
        if let Some((sign, rest)) = latex::matrix(start) {
            self.matrices = if sign == Sign::BeginMatrix { self.matrices + 1 } else { self.matrices.saturating_sub(1) };
            self.push(TokenKind::Sign(sign), start, rest);
            return Some(rest);
        }
        if let Some(rest) = start.strip_prefix("\\\\") {
            if self.matrices > 0 {
                self.push(TokenKind::Sign(Sign::Row), start, rest);
                return Some(rest);
            }
            self.wrapped = true;
            if let Some(after) = latex::continued(rest) {
                return Some(after);
            }
            self.push(TokenKind::Newline, start, rest);
            return Some(rest);
        }
        if let Some(rest) = start.strip_prefix('&') {
            if self.matrices > 0 {
                self.push(TokenKind::Sign(Sign::Ampersand), start, rest);
                return Some(rest);
            }
            let aligns = rest.trim_start_matches([' ', '\t']).starts_with(['=', '+', '-', '−', '<', '>'])
                || self.raw.last().is_none_or(|last| last.kind == TokenKind::Newline || last.is(Sign::Equals));
            self.wrapped |= aligns;
            return aligns.then_some(rest);
        }
        if let Some(rest) = start.strip_prefix('~') {
            return Some(rest);
        }
        for (brace, sign) in [("\\{", Sign::LeftParen), ("\\}", Sign::RightParen)] {
            if let Some(rest) = start.strip_prefix(brace) {
                self.push(TokenKind::Sign(sign), start, rest);
                return Some(rest);
            }
        }
        let after = start.strip_prefix(',').filter(|after| latex::is_end(after, false));
        after.or_else(|| start.strip_prefix('.').filter(|after| latex::is_end(after, true)))
    }

    /// A command of LaTeX that is no name.
    pub(super) fn command(&mut self, start: &'a str) -> Option<&'a str> {
        let spaces = ["\\,", "\\;", "\\:", "\\>", "\\!", "\\ "];
        if spaces.iter().any(|space| start.starts_with(space)) {
            return Some(&start[2..]);
        }
        if let Some(rest) = latex::inverse_fourier(start) {
            self.transforms = true;
            self.push(TokenKind::Sign(Sign::InverseFourier), start, rest);
            return Some(rest);
        }
        let (letters, rest) = latex::letters(start)?;
        if self.transforms && ["hat", "widehat"].contains(&letters) {
            self.push(TokenKind::Sign(Sign::Hat), start, rest);
            return Some(rest);
        }
        match latex::command(letters) {
            Some(latex::Command::Space) => {}
            Some(latex::Command::Vector) if latex::vector(rest).is_some_and(|(inside, _)| inside == "\\nabla") => {
                let after = latex::vector(rest).map_or(rest, |(_, after)| after);
                self.push(TokenKind::Sign(Sign::Nabla), start, after);
                return Some(after);
            }
            Some(latex::Command::Sign(sign)) => self.push(TokenKind::Sign(sign), start, rest),
            None if ["begin", "end", "label", "tag"].contains(&letters) => {
                let after = latex::braced(rest).map_or(rest, |(_, after)| after);
                let span = self.span(start, after);
                let message = format!("the command `\\{letters}` of LaTeX is not part of a formula");
                let problem = Diagnostic::new(Code::UnexpectedCharacter, message).label(span, "");
                self.problems.push(problem.help("leave it out: only the formula stands here").instead(span, ""));
                return Some(after);
            }
            _ => {
                let message = format!("the command `\\{letters}` of LaTeX is not read");
                let (inside, after) = latex::braced(rest.trim_start()).unwrap_or(("", rest));
                if inside.is_empty() || after.trim_start().starts_with('{') {
                    self.problem(start, rest, Code::UnexpectedCharacter, message, "").help =
                        Some("letters, `\\partial`, `\\nabla`, `\\Delta`, `\\frac`, `\\sqrt` and the like are".into());
                } else {
                    self.wrong(start, after, Code::UnexpectedCharacter, message, inside);
                    // What is marked, accented or set in another type goes on plainly.
                    return self.name(&rest.trim_start()[1..]).map(|_| after).or(Some(after));
                }
                self.push(TokenKind::Bad, start, rest);
            }
        }
        Some(rest)
    }
}
