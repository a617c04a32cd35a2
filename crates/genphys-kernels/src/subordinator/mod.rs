//! Subordinators: positive random times u(t) with E exp(−λu) = exp(−t B(λ)), B a Bernstein function with B(0) = 0.
//!
//! With them a kernel is a Gaussian scale mixture, z = √(2u) ξ in every dimension (Bochner; Schilling, Song, Vondraček,
//! *Bernstein functions*, chapters 5 and 13). [`exponent`] holds B, [`inversion`] turns transforms back into densities,
//! [`law`] is the law of u(t) at one time as weighted nodes, for draws and training. Densities and velocities to nearly
//! all digits come from [`radial`], which integrates over [`continuous`], the law at single u, and far out over
//! [`right`], how it goes on, and is tried by [`trust`]. [`removable`] has exponents that are 0/0 at 0.

mod continuous;
mod exponent;
mod inversion;
mod law;
mod radial;
mod removable;
mod right;
mod trust;

pub use exponent::LaplaceExponent;
pub(crate) use law::Law;
pub(crate) use radial::{Estimate, Radial};
