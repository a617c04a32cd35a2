//! Point-source kernels of s-generative equations, as plain `f64` mathematics.
//!
//! A kernel p(x, t | y) is the density at time t that a unit point source at y leaves behind. Each family is one file
//! and implements [`PointSourceKernel`]: density, flux velocity J/p, growth rate R/p, characteristic function and an
//! exact sampler of the displacement z = x − y, in any dimension N from 1 to 200,000. Everything works on logarithms
//! and on *ratios* of Bessel functions, so that nothing overflows where the answer itself is an ordinary number.
//!
//! | family | equation | p̂(k, t) |
//! |---|---|---|
//! | [`Heat`] | φ_t = D∇²φ | exp(−D k² t) |
//! | [`Poisson`] | φ_tt + c²∇²φ = 0 | exp(−c\|k\|t) |
//! | [`Yukawa`] | φ_tt + c²∇²φ − m²φ = 0 | exp(−t √(c²k² + m²)) |
//! | [`PfgmPlusPlus`] | φ_tt + (D−1)/t φ_t + c²∇²φ = 0 | 2^{1−D/2} (ckt)^{D/2} K_{D/2}(ckt) / Γ(D/2) |
//! | [`ScreenedPfgmPlusPlus`] | φ_tt + (D−1)/t φ_t + c²∇²φ − m²φ = 0 | the same with κt for ckt, κ = √(c²k² + m²) |
//! | [`Stable`] | φ_t = −c(−∇²)^{α/2}φ | exp(−c\|k\|^α t) |
//! | [`SpaceTimeFractional`] | ∂ᵇφ/∂tᵇ = −c(−∇²)^{α/2}φ | E_b(−c\|k\|^α t^b) |
//! | [`Subordinated`] | any with a Bernstein exponent | exp(−B(k²) t) |
//! | [`Gaussian`] | φ_t = ∇·(A(t)∇φ) + θ(t)∇·(xφ) − b(t)·∇φ | exp(−k·Σ(t)k/2), with drift and scale |
//! | [`Telegraph`] | φ_tt + 2εφ_t − c²φ_xx = 0 | e^{−εt} (cosh wt + ε sinh(wt)/w), w² = ε² − c²k² |
//! | [`Clocked`] | any of them with coefficients that share a function of the time | p̂ at τ(t) |
//! | [`Shaped`] | any of them with a matrix, ∇·A∇ for ∇² | p̂ at √(k·Ak) |
//! | [`Killed`] | any of them with a constant death rate | p̂ e^{−decay t} |
//!
//! Sources: Liu, Luo, Xu, Jaakkola, Tegmark, *GenPhys*, arXiv 2304.02637; Xu et al., *PFGM++*, arXiv 2302.04265.

mod accumulated;
mod accuracy;
mod clocked;
mod conservative;
mod error;
mod gaussian;
mod gaussian_along_axis;
mod heat;
mod inverse_gaussian;
mod kernel;
mod killed;
mod of_time;
mod one_sided_stable;
mod pfgm_plus_plus;
mod poisson;
mod quadrature;
mod screened_pfgm_plus_plus;
mod shape;
mod space_time_fractional;
pub mod special;
mod stable;
mod student;
mod subordinated;
mod subordinator;
mod telegraph;
mod yukawa;

pub use accuracy::{Accuracy, Precise};
pub use clocked::Clocked;
pub use conservative::{RadialLaw, RadialSource, conservative_velocity_over_r};
pub use error::KernelError;
pub use gaussian::Gaussian;
pub use gaussian_along_axis::GaussianAlongAxis;
pub use heat::Heat;
pub use inverse_gaussian::sample_inverse_gaussian;
pub use kernel::PointSourceKernel;
pub use killed::Killed;
pub use of_time::Span;
pub use pfgm_plus_plus::PfgmPlusPlus;
pub use poisson::Poisson;
pub use screened_pfgm_plus_plus::ScreenedPfgmPlusPlus;
pub use shape::Shaped;
pub use space_time_fractional::SpaceTimeFractional;
pub use stable::Stable;
pub use subordinated::Subordinated;
pub use subordinator::LaplaceExponent;
pub use telegraph::Telegraph;
pub use yukawa::Yukawa;

/// The complex numbers that a [`LaplaceExponent`] is a function of.
pub use num_complex::Complex64;
