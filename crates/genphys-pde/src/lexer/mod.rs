//! Text to tokens. Unicode is folded to ASCII here; the parser sees one spelling only.

mod formula;
mod latex;
mod layout;
mod marks;
mod name;
mod token;
mod unicode;

pub(crate) use token::{Lexed, Sign, Token, TokenKind};
pub use unicode::is_invisible;

use crate::ast::{Comment, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_PROBLEMS;
use crate::span::Span;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{digit1, one_of};
use nom::combinator::{opt, recognize, value};
use nom::{IResult, Parser};

/// Splits a text into tokens. Problems are added to `problems`; what they concern is left out or put right.
pub(crate) fn lex(text: &str, problems: &mut Vec<Diagnostic>) -> Lexed {
    let mut lexer = Lexer {
        text,
        raw: Vec::new(),
        comments: Vec::new(),
        blank: BlankLines::default(),
        groups: Vec::new(),
        numerator_end: 0,
        matrices: 0,
        transforms: false,
        wrapped: false,
        problems,
    };
    let mut rest = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    // A file of garbage has enough problems before its end.
    while !rest.is_empty() && lexer.problems.len() <= MAX_PROBLEMS {
        rest = lexer.step(rest);
    }
    lexer.push(TokenKind::End, "", "");
    Lexed { tokens: layout::significant_newlines(lexer.raw), comments: lexer.comments, wrapped: lexer.wrapped }
}

struct Lexer<'a> {
    text: &'a str,
    raw: Vec<Token>,
    comments: Vec<Comment>,
    blank: BlankLines,
    /// Braces of LaTeX that are open: whether each is the first of a fraction.
    groups: Vec<bool>,
    /// The number of tokens at which the first brace of a fraction was closed.
    numerator_end: usize,
    /// Matrices that are open.
    matrices: usize,
    /// Whether an inverse Fourier transform has begun, so that `\hat` marks what it is of.
    transforms: bool,
    wrapped: bool,
    problems: &'a mut Vec<Diagnostic>,
}

/// Counts line ends since the last token or comment.
#[derive(Default)]
struct BlankLines {
    line_ends: usize,
    token_on_line: bool,
}

impl<'a> Lexer<'a> {
    /// Takes one token, comment or stretch of white space off the front and returns the rest.
    fn step(&mut self, start: &'a str) -> &'a str {
        let first = start.chars().next().unwrap_or(' ');
        if let Some(rest) = line_end(start) {
            self.push(TokenKind::Newline, start, rest);
            self.blank.line_ends += 1;
            self.blank.token_on_line = false;
            return rest;
        }
        if is_blank(first) {
            return start.trim_start_matches(is_blank);
        }
        if first == '#' {
            return self.comment(start);
        }
        if first == '"' {
            return self.title(start);
        }
        if let Some(rest) = self.short_argument(start).or_else(|| self.around(start)).or_else(|| self.dotted(start)) {
            return rest;
        }
        if let Some(rest) = self.name(start).or_else(|| self.group(start)).or_else(|| self.command(start)) {
            return rest;
        }
        if first.is_ascii_digit() || first == '.' && start[1..].starts_with(|next: char| next.is_ascii_digit()) {
            return self.number(start);
        }
        if let Some(rest) = self.superscript(start).or_else(|| self.vulgar_fraction(start)) {
            return rest;
        }
        if let Ok((rest, (sign, foreign))) = sign(start) {
            if let Some(instead) = foreign {
                let written = &start[..start.len() - rest.len()];
                let message = format!("`{written}` is not an operator here");
                self.wrong(start, rest, Code::ForeignOperator, message, instead);
            }
            self.push(TokenKind::Sign(sign), start, rest);
            return rest;
        }
        self.unexpected(start)
    }

    fn span(&self, start: &str, rest: &str) -> Span {
        Span::new(self.text.len() - start.len(), self.text.len() - rest.len())
    }

    fn push(&mut self, kind: TokenKind, start: &str, rest: &str) {
        let newline = kind == TokenKind::Newline;
        self.raw.push(Token { kind, span: self.span(start, rest) });
        if !newline {
            self.blank = BlankLines { line_ends: 0, token_on_line: true };
        }
    }

    fn problem(&mut self, start: &str, rest: &str, code: Code, message: String, label: &str) -> &mut Diagnostic {
        let span = self.span(start, rest);
        let at = self.problems.len();
        self.problems.push(Diagnostic::new(code, message).label(span, label));
        &mut self.problems[at]
    }

    /// A problem that is mended by writing something else in this place.
    fn wrong(&mut self, start: &str, rest: &str, code: Code, message: String, instead: &str) {
        let span = self.span(start, rest);
        self.problems.push(Diagnostic::new(code, message).label(span, "").instead(span, instead));
    }

    fn comment(&mut self, start: &'a str) -> &'a str {
        let end = start.find(['\n', '\r']).unwrap_or(start.len());
        let hidden = start[..end].char_indices().find(|(_, letter)| is_invisible(*letter) && *letter != '\t');
        if let Some((at, letter)) = hidden {
            self.invisible(&start[at..], letter, "a comment");
        }
        self.comments.push(Comment {
            text: start[1..end].trim_end().to_owned(),
            span: self.span(start, &start[end..]),
            own_line: !self.blank.token_on_line,
            blank_before: self.blank.line_ends > 1,
        });
        self.blank.line_ends = 0;
        &start[end..]
    }

    fn title(&mut self, start: &'a str) -> &'a str {
        let mut title = String::new();
        let mut letters = start[1..].char_indices();
        while let Some((at, letter)) = letters.next() {
            let rest = &start[1 + at + letter.len_utf8()..];
            match letter {
                '"' => {
                    self.push(TokenKind::Title(title), start, rest);
                    return rest;
                }
                '\\' if rest.starts_with(['"', '\\']) => title.extend(letters.next().map(|(_, escaped)| escaped)),
                '\n' | '\r' => break,
                letter if is_invisible(letter) => self.invisible(&start[1 + at..], letter, "a title"),
                letter => title.push(letter),
            }
        }
        let line = &start[..start.find(['\n', '\r']).unwrap_or(start.len())];
        // A brace at the end of the line is the one of the header.
        let end = line.trim_end().strip_suffix('{').map_or(line.len(), str::len);
        let rest = &start[end..];
        self.problem(start, rest, Code::UnterminatedTitle, "the title has no closing quote".into(), "starts here")
            .help = Some("close it with `\"` on the same line".into());
        self.push(TokenKind::Title(title), start, rest);
        rest
    }

    /// A character that cannot be seen where any other may stand.
    fn invisible(&mut self, start: &str, letter: char, place: &str) {
        let message = format!("{place} cannot have the character U+{:04X} in it", u32::from(letter));
        self.problem(start, &start[letter.len_utf8()..], Code::UnexpectedCharacter, message, "").help =
            Some("delete it: it cannot be seen, or changes how the text is shown".into());
    }

    fn number(&mut self, start: &'a str) -> &'a str {
        let (mut rest, written) = decimal(start).unwrap_or((&start[1..], &start[..1]));
        let mut repaired = written.to_owned();
        let bare_point = rest.starts_with('.') && !rest.starts_with("..") && !written.contains(['.', 'e', 'E']);
        if written.starts_with('.') || bare_point {
            rest = if bare_point { &rest[1..] } else { rest };
            repaired = if bare_point { format!("{written}.0") } else { format!("0{written}") };
            let message = "a decimal point needs digits on both sides".into();
            self.wrong(start, rest, Code::MalformedNumber, message, &repaired);
        }
        let number = Number::from_decimal(&repaired).unwrap_or_else(|| {
            let message = if written.len() > 40 {
                "this number is too long or out of range".into()
            } else {
                format!("the number {written} is out of range")
            };
            self.problem(start, rest, Code::NumberOutOfRange, message, "at most 100 digits, between 1e-300 and 1e300");
            Number::integer(1)
        });
        self.push(TokenKind::Number(number), start, rest);
        rest
    }

    /// What to do about a character that has a meaning elsewhere.
    fn help_with(&self, letter: char, span: Span) -> Option<String> {
        let behind = self.raw.last().filter(|token| token.span.end == span.start).and_then(Token::name);
        Some(match (letter, behind) {
            ('\'' | '’' | '′' | '″', Some(name)) => {
                format!("derivatives are written `dx({name})`, `dt({name}, 2)`")
            }
            ('\u{307}', Some(name)) => format!("the derivative in time is written `dt({name})`"),
            ('\u{308}', Some(name)) => format!("the second derivative in time is written `dt({name}, 2)`"),
            ('□' | '⎕' | '☐', _) => "write `dt(phi, 2) - lap(phi)`".into(),
            (hidden, _) if is_invisible(hidden) => "delete this invisible character".into(),
            _ => return None,
        })
    }

    /// A run of characters without a meaning is one problem.
    fn unexpected(&mut self, start: &'a str) -> &'a str {
        let first = start.chars().next().unwrap_or(' ');
        if first == '.' && self.raw.last().is_some_and(|token| token.is(Sign::Nabla)) {
            let rest = &start[1..];
            self.wrong(start, rest, Code::UnexpectedCharacter, "the divergence has another point".into(), "·");
            self.push(TokenKind::Sign(Sign::Star), start, rest);
            return rest;
        }
        let lookalike = unicode::lookalike(first);
        let run = if matches!(lookalike, Some((_, Some(_)))) { 1 } else { usize::MAX };
        let length: usize = start.chars().take(run).take_while(|letter| *letter == first).map(char::len_utf8).sum();
        let rest = &start[length..];
        let shown = if is_invisible(first) {
            format!("U+{:04X}", u32::from(first))
        } else if !first.is_ascii() && !first.is_alphanumeric() {
            format!("`{}` (U+{:04X})", first.escape_debug(), u32::from(first))
        } else {
            format!("`{first}`")
        };
        let span = self.span(start, rest);
        let help = self.help_with(first, span);
        if let (Some((above, below)), Some(last)) = (unicode::fraction(first), self.raw.last()) {
            let whole = last.span.to(span);
            let number = &self.text[last.span.start..last.span.end];
            let message = format!("a number with a fraction, `{number}{first}`, is a sum");
            let problem = Diagnostic::new(Code::UnexpectedCharacter, message).label(whole, "");
            self.problems.push(problem.instead(whole, format!("({number} + {above}/{below})")));
            return rest;
        }
        let meant = lookalike.map(|(instead, _)| instead.to_owned()).or_else(|| unicode::meant(first));
        let mut problem =
            Diagnostic::new(Code::UnexpectedCharacter, format!("unexpected character {shown}")).label(span, "");
        problem = match (help, meant) {
            (Some(help), _) => problem.help(help),
            (None, Some(meant)) => problem.instead(span, meant.repeat(start[..length].chars().count())),
            (None, None) if "$\\".contains(first) => problem.help("delete it").instead(span, ""),
            (None, None) if first == '%' => problem.help("a comment begins with `#`").instead(span, "#"),
            (None, None) => problem,
        };
        self.problems.push(problem);
        // What was probably meant goes on, so that one character is one problem.
        match lookalike {
            Some((_, Some(sign))) => self.push(TokenKind::Sign(sign), start, rest),
            _ => self.push(TokenKind::Bad, start, rest),
        }
        rest
    }
}

/// Space between tokens. What other programs show as a line end and is none here would be read as it is not meant.
fn is_blank(letter: char) -> bool {
    matches!(letter, '\t' | '\u{B}' | '\u{C}') || letter.is_whitespace() && !is_invisible(letter)
}

/// A letter of any alphabet, so that a name with a wrong letter in it is still one name.
fn is_letter(letter: char) -> bool {
    letter.is_alphabetic()
        && !is_invisible(letter)
        && unicode::sign(letter).is_none()
        && unicode::superscript_letter(letter).is_none()
}

fn line_end(text: &str) -> Option<&str> {
    text.strip_prefix("\r\n").or_else(|| text.strip_prefix(['\n', '\r']))
}

/// `12`, `0.5`, `1e-3`, `.5`; `1..3` is the number 1 with what follows.
fn decimal(text: &str) -> IResult<&str, &str> {
    let fraction = recognize((tag("."), digit1));
    let exponent = recognize((one_of("eE"), opt(one_of("+-")), digit1));
    recognize((take_while(|letter: char| letter.is_ascii_digit()), opt(fraction), opt(exponent))).parse(text)
}

/// A sign, and what to write instead where it is not one of this language.
fn sign(text: &str) -> IResult<&str, (Sign, Option<&'static str>)> {
    let foreign = alt((
        value((Sign::Caret, Some("^")), tag("**")),
        value((Sign::Equals, Some("=")), tag("==")),
        value((Sign::Equals, Some("=")), tag(":=")),
        value((Sign::NotEqual, Some("!=")), tag("<>")),
        value((Sign::GreaterEqual, Some(">=")), tag("=>")),
        value((Sign::LessEqual, Some("<=")), tag("=<")),
    ));
    let double = alt((
        value((Sign::GreaterEqual, None), tag(">=")),
        value((Sign::LessEqual, None), tag("<=")),
        value((Sign::NotEqual, None), tag("!=")),
        value((Sign::Dots, None), recognize((tag(".."), opt(take_while1(|letter| letter == '.'))))),
    ));
    alt((foreign, double, single)).parse(text)
}

fn single(text: &str) -> IResult<&str, (Sign, Option<&'static str>)> {
    let (rest, letter) = nom::character::complete::anychar(text)?;
    let sign = match letter {
        '(' => Sign::LeftParen,
        ')' => Sign::RightParen,
        '[' => Sign::LeftBracket,
        ']' => Sign::RightBracket,
        '{' => Sign::LeftBrace,
        '}' => Sign::RightBrace,
        ',' => Sign::Comma,
        ';' => Sign::Semicolon,
        '=' => Sign::Equals,
        '+' => Sign::Plus,
        '-' => Sign::Minus,
        '*' => Sign::Star,
        '/' => Sign::Slash,
        '^' => Sign::Caret,
        '>' => Sign::Greater,
        '<' => Sign::Less,
        '|' => Sign::Bar,
        other => match unicode::sign(other) {
            Some(sign) => sign,
            None => return Err(nom::Err::Error(nom::error::Error::new(text, nom::error::ErrorKind::OneOf))),
        },
    };
    Ok((rest, (sign, None)))
}
