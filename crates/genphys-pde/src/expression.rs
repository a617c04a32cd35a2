//! An expression together with the text that it is written as in a derivation.

use crate::ast::{Expr, ExprKind};
use crate::{parse_expression, print_expr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An expression as a derivation has it: serialised as its text, handed on as its tree. The text need not be the
/// canonical one; both say the same by construction.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    text: String,
    tree: Expr,
}

impl Expression {
    /// Reads a text.
    ///
    /// # Errors
    /// A sentence that names the text, where it is no expression of the language.
    pub fn read(text: impl Into<String>) -> Result<Self, String> {
        let text = text.into();
        match parse_expression(&text) {
            Ok(tree) => Ok(Self { text, tree }),
            Err(_) => Err(format!("`{text}` is no expression of the language")),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree.
    pub fn tree(&self) -> &Expr {
        &self.tree
    }

    /// Whether it is the number 0, or a vector of zeros.
    pub fn is_zero(&self) -> bool {
        fn zero(tree: &Expr) -> bool {
            match &tree.kind {
                ExprKind::Number(number) => number.is_zero(),
                ExprKind::Vector(entries) => entries.iter().all(zero),
                _ => false,
            }
        }
        zero(&self.tree)
    }

    /// Whether it is the number 1.
    pub fn is_one(&self) -> bool {
        matches!(&self.tree.kind, ExprKind::Number(number) if number.to_u32() == Some(1))
    }
}

/// In canonical form.
impl From<Expr> for Expression {
    fn from(tree: Expr) -> Self {
        Self { text: print_expr(&tree), tree }
    }
}

impl TryFrom<String> for Expression {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::read(text)
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.text
    }
}

/// Two that are written in the same way.
impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
