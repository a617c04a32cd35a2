//! Expressions of the language as trees: calculus, enclosures in intervals, series, and proofs that functions of k
//! belong to a class.

pub(crate) mod bernstein;
pub(crate) mod calculus;
pub(crate) mod enclosure;
pub(crate) mod exponents;
pub(crate) mod expression;
pub(crate) mod interval;
pub(crate) mod number;
pub(crate) mod range;
pub(crate) mod series;
