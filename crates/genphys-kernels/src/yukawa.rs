//! Yukawa flow: φ_tt + c²∇²φ − m²φ = 0 in t > 0, p = −φ_t, J = −c²∇φ, R = −m²φ.

use crate::error::{KernelError, non_negative, positive};
use crate::inverse_gaussian::sample_inverse_gaussian;
use crate::kernel::PointSourceKernel;
use crate::special::{log_bessel_k_normalised, scaled_bessel_k_ratio};
use crate::student;
use rand::Rng;

/// The screened Poisson kernel 2τ (2π)^{−ν} (μ/ρ)^ν K_ν(μρ) with ν = (N+1)/2, τ = ct, μ = m/c, ρ² = r² + τ²;
/// p̂ = exp(−t √(c²k² + m²)).
///
/// `mass` m is the decay rate at k = 0, so that ∫p = e^{−mt}; the inverse screening length is m/c.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Yukawa {
    speed: f64,
    mass: f64,
}

impl Yukawa {
    /// `speed` c in length per time, `mass` m per time. m = 0 is the Poisson kernel.
    ///
    /// # Errors
    /// Unless c is finite and positive and m finite and not negative.
    pub fn new(speed: f64, mass: f64) -> Result<Self, KernelError> {
        Ok(Self { speed: positive("Yukawa", "speed", speed)?, mass: non_negative("Yukawa", "mass", mass)? })
    }

    /// c.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// m.
    pub fn mass(&self) -> f64 {
        self.mass
    }

    /// ν and the argument μρ of the Bessel function.
    fn order_and_argument(&self, dim: usize, t: f64, r: f64) -> (f64, f64) {
        let rho = r.hypot(self.speed * t);
        (0.5 * (dim as f64 + 1.0), self.mass / self.speed * rho)
    }
}

impl PointSourceKernel for Yukawa {
    /// The Poisson density times x^ν K_ν(x) / (2^{ν−1} Γ(ν)), x = μρ: no cancellation as m → 0.
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let (order, x) = self.order_and_argument(dim, t, r);
        student::log_density(dim, 1.0, self.speed * t, r) + log_bessel_k_normalised(order, x)
    }

    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        1.0 / t
    }

    /// −μρ K_{ν−1}(μρ) / (t K_ν(μρ)); with J/p = z/t it is the paper's R/p of the Yukawa equation.
    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        let (order, x) = self.order_and_argument(dim, t, r);
        -scaled_bessel_k_ratio(order, x) / t
    }

    fn log_mass(&self, t: f64) -> f64 {
        -self.mass * t
    }

    fn mean_growth_rate(&self, _t: f64) -> f64 {
        -self.mass
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        -t * (self.speed * k).hypot(self.mass)
    }

    /// u is inverse Gaussian with mean c²t/2m and shape c²t²/2.
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let tau = self.speed * t;
        sample_inverse_gaussian(0.5 * tau * tau, self.mass * t, rng)
    }

    /// ct.
    fn sigma(&self, t: f64) -> f64 {
        self.speed * t
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma / self.speed
    }

    /// ct/√(1 + mt): the Poisson scale while mt ≪ 1, the standard deviation √(c²t/m) when mt ≫ 1.
    fn spread(&self, t: f64) -> f64 {
        self.speed * t / (1.0 + self.mass * t).sqrt()
    }

    /// p̂ is a power of t: what comes in the time between.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.sample_displacement(t[1] - t[0], rng, z);
        true
    }
}
