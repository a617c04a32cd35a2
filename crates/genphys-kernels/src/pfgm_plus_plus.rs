//! PFGM++: Laplace's equation in N + D dimensions, radial in the last D: φ_tt + (D−1)/t φ_t + c²∇²φ = 0.

use crate::error::{KernelError, positive};
use crate::kernel::PointSourceKernel;
use crate::special::log_bessel_k_normalised;
use crate::student;
use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma};

/// The kernel Γ((N+D)/2) / (π^{N/2} Γ(D/2)) τ^D (r² + τ²)^{−(N+D)/2}, τ = ct, for real D > 0.
///
/// D = 1 is the Poisson kernel; D → ∞ with t = σ√D is the Gaussian of standard deviation cσ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PfgmPlusPlus {
    speed: f64,
    augmented_dim: f64,
    gamma: Gamma<f64>,
}

impl PfgmPlusPlus {
    /// `speed` c in length per time; `augmented_dim` D: the number of extra dimensions, not necessarily whole.
    ///
    /// # Errors
    /// Unless c and D are finite and positive.
    pub fn new(speed: f64, augmented_dim: f64) -> Result<Self, KernelError> {
        let speed = positive("PFGM++", "speed", speed)?;
        let augmented_dim = positive("PFGM++", "D", augmented_dim)?;
        // Shapes below one are drawn one higher and brought down in log domain.
        let shape = if augmented_dim < 2.0 { 0.5 * augmented_dim + 1.0 } else { 0.5 * augmented_dim };
        let gamma = Gamma::new(shape, 1.0).map_err(|_| KernelError {
            kernel: "PFGM++",
            parameter: "D",
            expected: "finite and > 0",
            found: augmented_dim,
        })?;
        Ok(Self { speed, augmented_dim, gamma })
    }

    /// c.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// D.
    pub fn augmented_dim(&self) -> f64 {
        self.augmented_dim
    }

    /// ln u with u = τ²/(2χ²_D) = τ²/(4G), τ = ct, G ~ Gamma(D/2). In log domain because small D makes G underflow:
    /// G(a) = G(a+1) U^{1/a}.
    fn sample_log_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let mut log_gamma = self.gamma.sample(rng).ln();
        if self.augmented_dim < 2.0 {
            let exponential: f64 = rng.sample(Exp1);
            log_gamma -= exponential / (0.5 * self.augmented_dim);
        }
        2.0 * (0.5 * self.speed * t).ln() - log_gamma
    }
}

impl PointSourceKernel for PfgmPlusPlus {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        student::log_density(dim, self.augmented_dim, self.speed * t, r)
    }

    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        1.0 / t
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        log_bessel_k_normalised(0.5 * self.augmented_dim, self.speed * k * t)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.sample_log_subordinator(t, rng).exp()
    }

    /// ct/√D.
    fn sigma(&self, t: f64) -> f64 {
        self.speed * t / self.augmented_dim.sqrt()
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma * self.augmented_dim.sqrt() / self.speed
    }

    /// τ/√(2G); for small D halves the exponent before leaving the log domain, which doubles the range of u within
    /// reach.
    fn sample_scale<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        if self.augmented_dim < 2.0 {
            (0.5 * (std::f64::consts::LN_2 + self.sample_log_subordinator(t, rng))).exp()
        } else {
            self.speed * t / (2.0 * self.gamma.sample(rng)).sqrt()
        }
    }

    /// Known for D = 1, the Poisson kernel.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        let known = self.augmented_dim == 1.0;
        if known {
            self.sample_displacement(t[1] - t[0], rng, z);
        }
        known
    }
}
