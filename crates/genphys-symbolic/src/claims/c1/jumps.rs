//! Compound Poisson exponents f(0) − f(k) with a positive-definite f, recognised by their proofs.

use genphys_pde::certificate::{Class, Closure, ClosureRule};

/// f where the function is f(0) − f.
pub(super) fn jumps(proof: &Closure) -> Option<Closure> {
    match (proof.rule, proof.of.as_slice()) {
        (ClosureRule::Complement, [of]) if of.class == Class::PositiveDefinite => Some(of.clone()),
        (ClosureRule::Complement, [of]) => {
            Some(Closure::step(of.function.clone(), Class::PositiveDefinite, ClosureRule::Schoenberg, vec![of.clone()]))
        }
        // The Bernstein function read as a Lévy exponent.
        (ClosureRule::Shift, [of]) if of.function == proof.function => jumps(of),
        _ => None,
    }
}

/// Whether the proof is that of a compound Poisson exponent.
pub(super) fn is_bounded(proof: &Closure) -> bool {
    jumps(proof).is_some()
}
