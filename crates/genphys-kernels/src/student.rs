//! The density that Poisson and PFGM++ share: a multivariate Student law with D degrees of freedom.

use crate::special::{ln_gamma_ratio, ln_one_plus_square};
use std::f64::consts::PI;

/// ln[Γ((N+D)/2) / (π^{N/2} Γ(D/2)) · t^D (r² + t²)^{−(N+D)/2}] (PFGM++, equation 3, normalised).
///
/// Written with ρ^{−N} (t/ρ)^D, ρ = √(r² + t²), so that neither large D nor r ≫ t makes big terms cancel.
pub(crate) fn log_density(dim: usize, degrees: f64, t: f64, r: f64) -> f64 {
    let half_dim = 0.5 * dim as f64;
    let half_degrees = 0.5 * degrees;
    ln_gamma_ratio(half_degrees, half_dim)
        - half_dim * (PI.ln() + 2.0 * r.hypot(t).ln())
        - half_degrees * ln_one_plus_square(r / t)
}
