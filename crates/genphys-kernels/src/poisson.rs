//! Poisson flow: φ_tt + c²∇²φ = 0 in t > 0, p = −φ_t, J = −c²∇φ, R = 0.

use crate::error::{KernelError, positive};
use crate::kernel::{PointSourceKernel, chi_squared_one};
use crate::student;
use rand::Rng;

/// The Poisson kernel of the half-space, Γ((N+1)/2) π^{−(N+1)/2} τ (r² + τ²)^{−(N+1)/2} with τ = ct; p̂ = exp(−c|k|t).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson {
    speed: f64,
}

impl Poisson {
    /// `speed` c in length per time.
    ///
    /// # Errors
    /// Unless c is finite and positive.
    pub fn new(speed: f64) -> Result<Self, KernelError> {
        Ok(Self { speed: positive("Poisson", "speed", speed)? })
    }

    /// c.
    pub fn speed(&self) -> f64 {
        self.speed
    }
}

impl PointSourceKernel for Poisson {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        student::log_density(dim, 1.0, self.speed * t, r)
    }

    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        1.0 / t
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        -self.speed * t * k
    }

    /// u = (ct)²/(2χ²₁): the Lévy law.
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let tau = self.speed * t;
        0.5 * tau * (tau / chi_squared_one(rng))
    }

    /// ct; the variance is infinite.
    fn sigma(&self, t: f64) -> f64 {
        self.speed * t
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma / self.speed
    }

    /// p̂ is a power of t: what comes in the time between.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.sample_displacement(t[1] - t[0], rng, z);
        true
    }
}
