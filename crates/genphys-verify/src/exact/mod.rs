//! Exact arithmetic of the checker: polynomials over the rationals and what is built on them.

pub(crate) mod fraction;
pub(crate) mod poly;
pub(crate) mod range;
