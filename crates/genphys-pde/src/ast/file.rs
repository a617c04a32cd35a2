//! The tree of a whole file: declarations, the equation, and the comments around them.

use super::{Dim, Domain, Expr, Interval, Number};
use crate::span::Span;

/// A comment, kept so that formatting loses none.
#[derive(Clone, Debug)]
pub struct Comment {
    /// The text after `#`, without space at its end.
    pub text: String,
    /// Where it is, from `#` to the end of the line.
    pub span: Span,
    /// Whether it stands on a line of its own.
    pub own_line: bool,
    /// Whether an empty line comes before it.
    pub blank_before: bool,
}

/// The comments that belong to a declaration or to the equation.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    /// Those on the lines before it, and those inside it.
    pub leading: Vec<Comment>,
    /// The one behind it on the same line.
    pub trailing: Option<Comment>,
    /// Whether an empty line comes before it (before its first comment, if it has any).
    pub blank_before: bool,
}

/// A name that is declared.
#[derive(Clone, Debug)]
pub struct Name {
    /// In ASCII (`eps` for `ε`).
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// What is declared.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// `param [complex] NAME [domain] [= NUMBER]`.
    Param {
        /// Its name.
        name: Name,
        /// Whether it may be complex.
        complex: bool,
        /// The declared domain.
        domain: Domain,
        /// The default value.
        default: Option<Number>,
    },
    /// `field NAME`.
    Field(Name),
    /// `dim …`.
    Dim(Dim),
    /// `time NAME in interval`.
    Time {
        /// Name of the time variable.
        name: Name,
        /// The interval it runs over.
        interval: Interval,
    },
    /// `let NAME = expr`.
    Let {
        /// The abbreviation.
        name: Name,
        /// What it stands for.
        value: Expr,
    },
    /// `density expr`.
    Density(Expr),
}

/// A declaration.
#[derive(Clone, Debug)]
pub struct Item {
    /// What is declared.
    pub kind: ItemKind,
    /// Where it stands.
    pub span: Span,
    /// Its comments.
    pub comments: Comments,
}

/// `left = right`.
#[derive(Clone, Debug)]
pub struct Equation {
    /// Left side.
    pub left: Expr,
    /// Right side.
    pub right: Expr,
    /// Where it stands.
    pub span: Span,
    /// Its comments.
    pub comments: Comments,
}

/// A whole `.pde` file. Equality ignores spans and comments.
#[derive(Clone, Debug)]
pub struct File {
    /// Name of the equation.
    pub name: Name,
    /// Title in quotes.
    pub title: Option<String>,
    /// Declarations in the order they are written.
    pub items: Vec<Item>,
    /// The equation.
    pub equation: Equation,
    /// Comments before `pde`.
    pub leading: Vec<Comment>,
    /// Comments after the equation, before the closing brace.
    pub closing: Vec<Comment>,
    /// Comments after the closing brace.
    pub after: Vec<Comment>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Equation {
    fn eq(&self, other: &Self) -> bool {
        self.left == other.left && self.right == other.right
    }
}

impl PartialEq for File {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.title == other.title
            && self.items == other.items
            && self.equation == other.equation
    }
}

impl File {
    /// All comments, in the order in which they are printed.
    pub fn comments(&self) -> impl Iterator<Item = &Comment> {
        let items = self.items.iter().map(|item| &item.comments).chain([&self.equation.comments]);
        let inner = items.flat_map(|comments| comments.leading.iter().chain(&comments.trailing));
        self.leading.iter().chain(inner).chain(&self.closing).chain(&self.after)
    }
}
