//! Whether a process is a diffusion.

use crate::process::generative_pde::GenerativePde;

/// Whether the log density falls as `r²` over the range that matters, so that time alone sets the noise level.
pub fn is_gaussian(pde: &dyn GenerativePde, dim: usize, sigma_data: f64) -> bool {
    [0.1, 1.0, 10.0].iter().all(|factor| {
        let t = pde.time(sigma_data * factor);
        let r = pde.spread(t) * (dim as f64).sqrt();
        let top = pde.log_density(dim, t, 0.0);
        let fall = |r: f64| top - pde.log_density(dim, t, r);
        (fall(3.0 * r) / fall(r) - 9.0).abs() < 1e-6
    })
}

#[cfg(test)]
mod tests {
    use super::is_gaussian;
    use crate::fixture::{Heat, Poisson};

    #[test]
    fn gaussian_kernels_are_recognised() {
        assert!(is_gaussian(&Heat, 7, 0.5));
        assert!(!is_gaussian(&Poisson, 7, 0.5));
    }
}
