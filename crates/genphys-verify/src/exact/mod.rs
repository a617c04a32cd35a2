//! Exact arithmetic of the checker: polynomials over the rationals and what is built on them.

mod algebra;
pub(crate) mod fraction;
mod functions;
pub(crate) mod poly;
pub(crate) mod range;

pub(crate) use algebra::{Algebra, Atom};
