//! One branch s = −ψ(k): whether ψ is a Lévy exponent, by the rule for its kind.

use super::{bernstein, local};
use crate::conditions::answer::C1;
use crate::equation::Equation;
use crate::ring::CPoly;

/// Whether ψ − ψ(0) is a Lévy exponent with real ψ(0), for ψ up to a positive factor.
pub(crate) fn levy_exponent(eq: &Equation, psi: &CPoly) -> C1 {
    if local::is_local(eq, psi) { local::decide(eq, psi) } else { bernstein::powers(eq, psi) }
}
