//! Polynomials over the rationals in the growth rate, the wave vector and the parameters: signs, roots, positivity,
//! conditions.

pub(crate) mod cells;
pub(crate) mod components;
pub(crate) mod decomposition;
pub(crate) mod formula;
pub(crate) mod fraction;
pub(crate) mod homogeneous;
pub(crate) mod hurwitz;
pub(crate) mod implication;
pub(crate) mod polynomial;
pub(crate) mod positivity;
pub(crate) mod print;
pub(crate) mod ring;
pub(crate) mod roots;
pub(crate) mod sign;
pub(crate) mod steps;
pub(crate) mod tree;
