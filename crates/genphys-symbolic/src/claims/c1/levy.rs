//! One branch s = −ψ(k): whether ψ is a Lévy exponent, by the rule for its kind.

use super::{bernstein, local};
use crate::algebra::ring::CPoly;
use crate::claims::answer::C1;
use crate::equation::linear::Equation;

/// Whether ψ − ψ(0) is a Lévy exponent with real ψ(0), for ψ up to a positive factor.
pub(crate) fn levy_exponent(eq: &Equation, psi: &CPoly) -> C1 {
    if local::is_local(eq, psi) { local::decide(eq, psi) } else { bernstein::powers(eq, psi) }
}
