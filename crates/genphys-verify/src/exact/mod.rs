//! Exact arithmetic of the checker: polynomials over the rationals and what is built on them.

mod algebra;
mod approximate;
mod compose;
mod derivative;
pub(crate) mod fraction;
mod functions;
pub(crate) mod poly;
pub(crate) mod range;
mod symbol;
#[cfg(test)]
mod tests;
mod turns;

pub(crate) use algebra::{Algebra, Atom, DIMENSION, decimal};
pub(crate) use symbol::{Reader, Symbol};
