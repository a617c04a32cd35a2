//! The checked equation: what the parser's tree means, with names resolved and abbreviations expanded.

use crate::ast::{Dim, Domain, Expr, ExprKind, Interval, Number};
use crate::span::Span;
use serde::{Deserialize, Serialize};

/// A scalar parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name in ASCII (`eps` for `ε`).
    pub name: String,
    /// Whether it may be complex.
    pub complex: bool,
    /// The declared domain.
    pub domain: Domain,
    /// The default value.
    pub default: Option<Number>,
    /// Where it is declared.
    pub span: Span,
}

/// The values that a parameter may take; serialised as it is written: `> 0`, `in (0, 2]`, `real`, `complex != 0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ParamDomain {
    /// Whether they may be complex.
    pub complex: bool,
    /// The domain.
    pub domain: Domain,
}

/// The time variable and the interval it runs over.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// Its name, `t` by default.
    pub name: String,
    /// `(0, inf)` by default.
    pub interval: Interval,
}

/// One checked equation `left = right` for one scalar field.
///
/// Every [`crate::ast::ExprKind::Symbol`] in the expressions is the field, a parameter, the time, or `k` inside
/// `fourier`; abbreviations (`let`) are expanded. The invariants checked by [`mod@crate::lower`] hold: the field and a
/// time derivative occur, dimensions agree, orders and exponents are within the limits of [`crate::limits`].
#[derive(Clone, Debug, PartialEq)]
pub struct Pde {
    /// Name of the equation.
    pub name: String,
    /// The title in quotes, if any.
    pub title: Option<String>,
    /// Parameters in the order they are declared.
    pub params: Vec<Param>,
    /// Name of the field, `phi` by default.
    pub field: String,
    /// Space dimensions as declared.
    pub dim: Dim,
    /// Time variable.
    pub time: Time,
    /// Left side of the equation.
    pub left: Expr,
    /// Right side of the equation.
    pub right: Expr,
    /// Density that overrides the derived one.
    pub density: Option<Expr>,
    /// Terms that are not linear in the field; empty for a linear equation.
    pub nonlinear: Vec<Span>,
    /// The largest coordinate index, vector length or matrix size that occurs, if any: the equation then lives in
    /// that many dimensions unless `dim` says more.
    pub explicit_dim: Option<u32>,
    /// The equation in canonical form, abbreviations expanded: `dt(phi, 2) + lap(phi) - m^2*phi = 0`.
    pub equation: String,
    /// SHA-256, in hex, of the canonical text of the whole file without comments.
    pub hash: String,
}

impl Pde {
    /// The parameter of this name.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// Whether a coordinate occurs as a value: coefficients of first derivatives are linear in the position then.
    pub fn has_coordinates(&self) -> bool {
        fn occurs(e: &Expr) -> bool {
            matches!(e.kind, ExprKind::Coordinate(_)) || e.children().into_iter().any(occurs)
        }
        occurs(&self.left) || occurs(&self.right)
    }
}
