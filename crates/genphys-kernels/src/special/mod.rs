//! Special functions in the logarithmic and ratio forms that the kernels need.
//!
//! Published crates were measured first: statrs 0.19 gives ln Γ to 4e-11 relative near its zeros at 1 and 2, puruspe
//! 0.4 to 8e-7, and puruspe's K_ν is infinite from ν ≈ 200 on. What follows is good to about 1e-14 and never overflows.

mod bessel_i;
mod bessel_k;
mod debye;
mod elementary;
mod gamma;

pub use bessel_i::{bessel_i_ratio, log_bessel_i0};
pub use bessel_k::{bessel_k_ratio, log_bessel_k_normalised, scaled_bessel_k_ratio};
pub use elementary::{ln_one_plus_minus, ln_one_plus_square};
pub use gamma::{ln_gamma, ln_gamma_ratio, stirling_correction};
