//! Names: ASCII letters, Greek letters and their LaTeX commands, subscripts.

use super::latex::{self, Command};
use super::token::TokenKind;
use super::{Lexer, is_letter, unicode};
use crate::codes::Code;

impl<'a> Lexer<'a> {
    /// ASCII letters run on; a Greek letter stands for itself, so that `mφ` is two names and `φ_t` one. Subscripts in
    /// Unicode end a name: `φₜₜ` is `phi_tt`, and `∂ₜu` is `∂`, `_t` and `u`.
    pub(super) fn name(&mut self, start: &'a str) -> Option<&'a str> {
        let first = unicode::plain(start.chars().next()?);
        let (mut name, mut rest) = greek(start).unwrap_or((String::new(), start));
        let greek_first = !name.is_empty();
        if !greek_first && first != '_' && !is_letter(first) && unicode::subscript_letter(first).is_none() {
            return None;
        }
        let (mut lowered, mut foreign) = (false, None);
        while let Some(written) = rest.chars().next() {
            let letter = unicode::plain(written);
            if let Some(digit) = unicode::subscript_digit(letter) {
                name.push(digit);
                lowered = true;
            } else if let Some(subscript) = unicode::subscript_letter(letter) {
                if !lowered || name.ends_with(|last: char| last.is_ascii_digit()) && !name.contains('_') {
                    name.push_str(if name.ends_with('_') { "" } else { "_" });
                }
                name.push_str(subscript);
                lowered = true;
            } else if letter == '_' {
                name.push('_');
                lowered = false;
            } else if let Some((inside, after)) = subscript_in_braces(rest).filter(|_| name.ends_with('_')) {
                name.push_str(&inside);
                rest = after;
                lowered = true;
                continue;
            } else if let Some((greek, after)) = greek(rest).filter(|_| name.ends_with('_') && !lowered) {
                name.push_str(&greek);
                rest = after;
                continue;
            } else if lowered {
                break;
            } else if letter.is_ascii_digit() || letter.is_ascii_alphabetic() && (!greek_first || name.contains('_')) {
                name.push(letter);
            } else if is_letter(letter) && !greek_first && unicode::letter_name(letter).is_none() {
                foreign.get_or_insert((rest, written));
                name.push(letter);
            } else {
                break;
            }
            rest = &rest[written.len_utf8()..];
        }
        if let Some((place, letter)) = foreign {
            self.foreign_letter(place, letter);
        }
        self.push(TokenKind::Name(name), start, rest);
        Some(rest)
    }

    /// A letter that no name has, with the one that it looks like.
    fn foreign_letter(&mut self, start: &'a str, letter: char) {
        let rest = &start[letter.len_utf8()..];
        let span = self.span(start, rest);
        let message = format!("unexpected character `{letter}` in a name");
        let meant = unicode::meant(letter).filter(|meant| meant.chars().all(|c| c.is_ascii_alphanumeric()));
        let label = meant.as_ref().map(|_| format!("U+{:04X}, another letter than it looks like", u32::from(letter)));
        let problem = self.problem(start, rest, Code::UnexpectedCharacter, message, &label.unwrap_or_default());
        match meant {
            Some(meant) => *problem = problem.clone().instead(span, meant),
            None => problem.help = Some("names have ASCII letters, Greek letters, digits and `_`".into()),
        }
    }
}

/// The name that a Greek letter or a command stands for by itself, and what follows.
pub(super) fn greek(text: &str) -> Option<(String, &str)> {
    let first = text.chars().next()?;
    if let Some(name) = unicode::letter_name(unicode::plain(first)) {
        return Some((name.to_owned(), &text[first.len_utf8()..]));
    }
    let (letters, rest) = latex::letters(text)?;
    match latex::command(letters)? {
        Command::Name(name) => Some((name.to_owned(), rest)),
        Command::Upright => {
            // `\mathrm d` is one letter.
            let short = rest.trim_start();
            let (inside, rest) = match latex::braced(rest) {
                Some(found) => found,
                None => (short.get(..1)?, short.get(1..)?),
            };
            let inside = inside.trim().replace("\\_", "_");
            let plain = !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            // An upright `i` is the imaginary unit.
            let name = if inside == "i" { "I".to_owned() } else { inside };
            plain.then_some((name, rest))
        }
        Command::Vector => latex::vector(rest).filter(|(inside, _)| *inside == "x").map(|(_, rest)| ("x".into(), rest)),
        _ => None,
    }
}

/// `{xx}`, `{x_1}`, `{\tau}` or `{max}` behind an underscore.
fn subscript_in_braces(text: &str) -> Option<(String, &str)> {
    let (mut inside, rest) = latex::braced(text)?;
    let mut subscript = String::new();
    while let Some(first) = inside.chars().next() {
        if let Some((greek, after)) = greek(inside) {
            subscript.push_str(&greek);
            inside = after;
            continue;
        }
        match unicode::plain(first) {
            letter if letter.is_ascii_alphanumeric() => subscript.push(letter),
            // The index of an index, and space.
            '_' | ' ' | '{' | '}' => {}
            _ => return None,
        }
        inside = &inside[first.len_utf8()..];
    }
    (!subscript.is_empty()).then_some((subscript, rest))
}
