//! Diffusion: φ_t = D∇²φ, p = φ, J = −D∇φ, R = 0.

use crate::error::{KernelError, positive};
use crate::kernel::PointSourceKernel;
use rand::Rng;
use std::f64::consts::PI;

/// The Gaussian kernel (4πDt)^{−N/2} exp(−r²/4Dt), p̂ = exp(−D k² t).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heat {
    diffusivity: f64,
}

impl Heat {
    /// `diffusivity` D in length² per time.
    ///
    /// # Errors
    /// Unless D is finite and positive.
    pub fn new(diffusivity: f64) -> Result<Self, KernelError> {
        Ok(Self { diffusivity: positive("Heat", "diffusivity", diffusivity)? })
    }

    /// D.
    pub fn diffusivity(&self) -> f64 {
        self.diffusivity
    }
}

impl PointSourceKernel for Heat {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let spread = 4.0 * self.diffusivity * t;
        -0.5 * dim as f64 * (PI * spread).ln() - r * (r / spread)
    }

    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        0.5 / t
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        -self.diffusivity * t * k * k
    }

    /// u = Dt, not random.
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, _rng: &mut R) -> f64 {
        self.diffusivity * t
    }

    /// √(2Dt).
    fn sigma(&self, t: f64) -> f64 {
        (2.0 * self.diffusivity * t).sqrt()
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma * (sigma / (2.0 * self.diffusivity))
    }

    /// p̂ is a power of t: what comes in the time between.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.sample_displacement(t[1] - t[0], rng, z);
        true
    }
}
