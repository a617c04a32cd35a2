//! The syntax tree of a `.pde` file. Equality of two trees ignores spans and comments.

mod file;

use crate::span::Span;
use serde::{Deserialize, Serialize};

pub use file::{Comment, Comments, Equation, File, Item, ItemKind, Name};

/// An exact decimal number as written (`2`, `0.5`, `1e-3`): digits and a power of ten, no rounding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    /// Decimal digits without sign, point, exponent or leading zeros (`"5"` for `0.5`; `"0"` for zero).
    pub digits: String,
    /// Power of ten that multiplies `digits` (`-1` for `0.5`); no trailing zeros are kept in `digits`.
    pub exponent: i32,
    /// Whether a minus sign precedes it. Only bounds and defaults carry one; in expressions minus is an operator.
    pub negative: bool,
}

/// A scalar function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarFunction {
    /// Square root.
    Sqrt,
    /// Exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
}

impl ScalarFunction {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sqrt, Self::Exp, Self::Log, Self::Sin, Self::Cos];

    /// The name in the language, such as `sqrt`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqrt => "sqrt",
            Self::Exp => "exp",
            Self::Log => "log",
            Self::Sin => "sin",
            Self::Cos => "cos",
        }
    }
}

/// An expression with the place it was written at.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands in the source.
    pub span: Span,
}

impl Expr {
    /// An expression at a place.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The expressions that this one is directly made of.
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Number(_)
            | ExprKind::Imaginary
            | ExprKind::Pi
            | ExprKind::Symbol(_)
            | ExprKind::Position
            | ExprKind::Coordinate(_) => Vec::new(),
            ExprKind::Vector(items) => items.iter().collect(),
            ExprKind::Neg(a) | ExprKind::Gradient(a) | ExprKind::Divergence(a) => vec![a],
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b)
            | ExprKind::Dot(a, b)
            | ExprKind::FractionalLaplacian { operand: a, exponent: b }
            | ExprKind::Caputo { operand: a, order: b }
            | ExprKind::FourierMultiplier { symbol: a, operand: b } => vec![a, b],
            ExprKind::TimeDerivative { operand, .. }
            | ExprKind::SpaceDerivative { operand, .. }
            | ExprKind::Laplacian { operand, .. } => vec![operand],
            ExprKind::Anisotropic { matrix, operand } => matrix.iter().flatten().chain([&**operand]).collect(),
            ExprKind::Function { argument, .. } => vec![argument],
        }
    }
}

impl Expr {
    /// The same to change.
    pub fn children_mut(&mut self) -> Vec<&mut Self> {
        match &mut self.kind {
            ExprKind::Number(_)
            | ExprKind::Imaginary
            | ExprKind::Pi
            | ExprKind::Symbol(_)
            | ExprKind::Position
            | ExprKind::Coordinate(_) => Vec::new(),
            ExprKind::Vector(items) => items.iter_mut().collect(),
            ExprKind::Neg(a) | ExprKind::Gradient(a) | ExprKind::Divergence(a) => vec![a],
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b)
            | ExprKind::Dot(a, b)
            | ExprKind::FractionalLaplacian { operand: a, exponent: b }
            | ExprKind::Caputo { operand: a, order: b }
            | ExprKind::FourierMultiplier { symbol: a, operand: b } => vec![a, b],
            ExprKind::TimeDerivative { operand, .. }
            | ExprKind::SpaceDerivative { operand, .. }
            | ExprKind::Laplacian { operand, .. } => vec![operand],
            ExprKind::Anisotropic { matrix, operand } => matrix.iter_mut().flatten().chain([&mut **operand]).collect(),
            ExprKind::Function { argument, .. } => vec![argument],
        }
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The kinds of expression. Sugar (`phi_tt`, `∂²t φ`, `dx`) is already resolved to the operators below.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A non-negative decimal number.
    Number(Number),
    /// The imaginary unit `I`.
    Imaginary,
    /// The constant `pi`.
    Pi,
    /// A name: the field, a parameter, the time, an abbreviation, or `k` inside `fourier`.
    Symbol(String),
    /// The position vector `x`.
    Position,
    /// `xi`, i ≥ 1: a coordinate as a value, as in `x2*d(phi, x1)`.
    Coordinate(u32),
    /// `[a, b, …]`.
    Vector(Vec<Expr>),
    /// `-a`.
    Neg(Box<Expr>),
    /// `a + b`.
    Add(Box<Expr>, Box<Expr>),
    /// `a - b`.
    Sub(Box<Expr>, Box<Expr>),
    /// `a*b`.
    Mul(Box<Expr>, Box<Expr>),
    /// `a/b`.
    Div(Box<Expr>, Box<Expr>),
    /// `a^b`, right-associative.
    Pow(Box<Expr>, Box<Expr>),
    /// `dt(f, n)`: ∂ⁿf/∂tⁿ.
    TimeDerivative {
        /// f.
        operand: Box<Expr>,
        /// n ≥ 1.
        order: u32,
    },
    /// `dt(f, b)` with b that is no whole number, or `caputo(f, b)`: Caputo's derivative from t = 0 on,
    /// 1/Γ(n−b) ∫₀ᵗ (t−s)^{n−b−1} f⁽ⁿ⁾(s) ds with n − 1 < b < n.
    Caputo {
        /// f.
        operand: Box<Expr>,
        /// b: a number, a quotient of whole numbers, or a parameter, between 0 and 2.
        order: Box<Expr>,
    },
    /// `d(f, xi, n)`: ∂ⁿf/∂xᵢⁿ; `dx(f)` is axis 1, order 1.
    SpaceDerivative {
        /// f.
        operand: Box<Expr>,
        /// i ≥ 1.
        axis: u32,
        /// n ≥ 1.
        order: u32,
    },
    /// `grad(f)`: ∇f.
    Gradient(Box<Expr>),
    /// `div(F)`: ∇·F.
    Divergence(Box<Expr>),
    /// `lap(f, n)`: (∇²)ⁿ f.
    Laplacian {
        /// f.
        operand: Box<Expr>,
        /// n ≥ 1.
        order: u32,
    },
    /// `fraclap(f, a)`: (−∇²)^{a/2} f.
    FractionalLaplacian {
        /// f.
        operand: Box<Expr>,
        /// a > 0, built from numbers and parameters.
        exponent: Box<Expr>,
    },
    /// `fourier(g, f)`: f̂(k) times g(k).
    FourierMultiplier {
        /// g, built from `k` = |k|, parameters and scalar functions.
        symbol: Box<Expr>,
        /// f.
        operand: Box<Expr>,
    },
    /// `dot(a, b)`: scalar product of two vectors.
    Dot(Box<Expr>, Box<Expr>),
    /// `aniso(A, f)`: ∇·(A∇f).
    Anisotropic {
        /// The rows of A.
        matrix: Vec<Vec<Expr>>,
        /// f.
        operand: Box<Expr>,
    },
    /// `sqrt(a)`, `exp(a)`, ….
    Function {
        /// Which function.
        function: ScalarFunction,
        /// Its argument, a scalar.
        argument: Box<Expr>,
    },
}

/// A finite or infinite end of an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `-inf`.
    MinusInfinity,
    /// A number.
    Finite(Number),
    /// `inf`.
    Infinity,
}

/// The declared domain of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// No domain declared: all real numbers (all complex numbers for a complex parameter).
    Unrestricted,
    /// `> a`.
    Greater(Number),
    /// `>= a`.
    GreaterEqual(Number),
    /// `< a`.
    Less(Number),
    /// `<= a`.
    LessEqual(Number),
    /// `!= a`.
    NotEqual(Number),
    /// `in (a, b]`.
    Interval(Interval),
}

/// `(a, b)`, `[a, b]` and the half-open forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Lower end.
    pub lower: Bound,
    /// Whether the lower end belongs to it.
    pub lower_closed: bool,
    /// Upper end.
    pub upper: Bound,
    /// Whether the upper end belongs to it.
    pub upper_closed: bool,
}

/// The space dimensions an equation is meant for; serialised as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Dim {
    /// Every N ≥ 1.
    Any,
    /// Exactly N.
    Exactly(u32),
    /// `a..b` (inclusive) or `a..`.
    Range(u32, Option<u32>),
}
