//! Proofs that a function of the wave number is a Bernstein function of λ = |k|², completely monotone, positive
//! definite, or a Lévy exponent, by the closure rules of these classes (Schilling, Song, Vondraček, *Bernstein
//! Functions*, 2012, chapters 1, 3, 4, 6, 7). The proof is a tree that anyone can check step by step.

mod at_rest;
mod hyperbolic;
mod monotone;
mod prove;
mod rules;
mod sector;
mod slow;

pub(crate) use prove::{Proof, Prover};
pub(crate) use slow::rises;
