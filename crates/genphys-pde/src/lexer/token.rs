//! What the lexer makes of the text.

use crate::ast::{Comment, Number};
use crate::span::Span;

/// A sign of the language; Unicode variants are already folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    LeftParen,
    RightParen,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    Comma,
    Semicolon,
    Equals,
    Plus,
    Minus,
    Star,
    Slash,
    Caret,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    NotEqual,
    Dots,
    Partial,
    Nabla,
    Delta,
    Root,
    /// `\frac`, with both parts in parentheses behind it.
    Fraction,
    /// `\dot`, a derivative in time.
    Dot,
    /// `\ddot`.
    TwoDots,
    /// `|`, on either side of an absolute value.
    Bar,
    /// `&` of a matrix.
    Ampersand,
    /// `\\` of a matrix.
    Row,
    /// `\begin{pmatrix}` and `\end{pmatrix}`.
    BeginMatrix,
    EndMatrix,
    /// `\mathcal{F}^{-1}`, and `\hat` of what is transformed.
    InverseFourier,
    Hat,
}

impl Sign {
    /// Whether an expression goes on after it, on the next line if need be.
    pub(crate) fn dangles(self) -> bool {
        use Sign::{
            Caret, Comma, Delta, Dot, Equals, Fraction, Minus, Nabla, Partial, Plus, Root, Slash, Star, TwoDots,
        };
        matches!(
            self,
            Plus | Minus
                | Star
                | Slash
                | Caret
                | Equals
                | Comma
                | Partial
                | Nabla
                | Delta
                | Root
                | Fraction
                | Dot
                | TwoDots
        )
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// A name in ASCII.
    Name(String),
    Number(Number),
    /// A title, quotes removed.
    Title(String),
    /// Superscript digits, perhaps with a minus.
    Superscript {
        number: Number,
        minus: bool,
    },
    Sign(Sign),
    /// Something without a meaning, which is reported already.
    Bad,
    /// The end of a line that ends an item.
    Newline,
    /// The end of the file; always the last token.
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

impl Token {
    pub(crate) fn name(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is(&self, sign: Sign) -> bool {
        self.kind == TokenKind::Sign(sign)
    }
}

/// Tokens and comments of a text, in order.
#[derive(Debug, Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) comments: Vec<Comment>,
    /// Whether a formula stands in the marks of LaTeX, `$` or `\begin{equation}`.
    pub(crate) wrapped: bool,
}
