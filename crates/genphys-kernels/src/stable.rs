//! Fractional diffusion (Lévy flights): φ_t = −c(−∇²)^{α/2}φ, p = φ, R = 0: the isotropic α-stable law.
//!
//! The subordinator u(t) = (ct)^{2/α} S has the positive a-stable law S of Laplace transform exp(−λ^a), a = α/2. Kanter,
//! *Annals of Probability* 3 (1975) 697: S = (A(θ)/E)^{(1−a)/a} with θ uniform on (0, π), E exponential and
//! A(θ) = sin((1−a)θ) sin(aθ)^{a/(1−a)} / sin(θ)^{1/(1−a)}.

use crate::accuracy::{Accuracy, Precise};
use crate::error::{KernelError, positive};
use crate::kernel::PointSourceKernel;
use crate::subordinated::Subordinated;
use crate::subordinator::LaplaceExponent;
use rand::Rng;
use rand_distr::Exp1;
use std::f64::consts::PI;

const NAME: &str = "Stable";

/// The kernel of p̂ = exp(−c|k|^α t), 0 < α ≤ 2: [`Poisson`](crate::Poisson) at α = 1, [`Heat`](crate::Heat) at α = 2.
///
/// Draws are exact. The density, which has no closed form, is that of the law of S inverted numerically, good to about
/// 1e-7, and [`precise`](PointSourceKernel::precise) to what it says; it keeps its shape, p = s^{−N} f(z/s) with
/// s = (ct)^{1/α}, so that J/p = z/(αt).
#[derive(Clone, Debug)]
pub struct Stable {
    rate: f64,
    index: f64,
    /// The kernel of λ^{α/2}, asked for its density at time one only.
    unit: Subordinated,
}

impl Stable {
    /// `rate` c in length^α per time; `index` α.
    ///
    /// # Errors
    /// Unless c is finite and positive and α lies in (0, 2].
    pub fn new(rate: f64, index: f64) -> Result<Self, KernelError> {
        if !(index > 0.0 && index <= 2.0) {
            return Err(KernelError { kernel: NAME, parameter: "index", expected: "> 0 and <= 2", found: index });
        }
        let rate = positive(NAME, "rate", rate)?;
        let exponent = match index {
            2.0 => LaplaceExponent::drift(1.0)?,
            _ => LaplaceExponent::function(move |lambda| lambda.powf(0.5 * index))?,
        };
        Ok(Self { rate, index, unit: Subordinated::with_floor(exponent, f64::MIN_POSITIVE) })
    }

    /// c.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// α.
    pub fn index(&self) -> f64 {
        self.index
    }

    /// ln u(t).
    fn sample_log_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let log_scale = 2.0 * self.sigma(t).ln();
        if self.index >= 2.0 {
            return log_scale;
        }
        let (a, power) = (0.5 * self.index, 2.0 / self.index - 1.0);
        let theta = PI * (1.0 - rng.random::<f64>());
        let exponential: f64 = rng.sample(Exp1);
        // θ = π comes once in 2^53 draws.
        let rest = (PI - theta).max(f64::EPSILON);
        let angle = power * ((1.0 - a) * theta).sin().ln() + (a * theta).sin().ln() - theta.min(rest).sin().ln() / a;
        log_scale + angle - power * exponential.max(f64::MIN_POSITIVE).ln()
    }
}

impl PointSourceKernel for Stable {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let scale = self.sigma(t);
        self.unit.log_density(dim, 1.0, r / scale) - dim as f64 * scale.ln()
    }

    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let scale = self.sigma(t);
        let rounding = 4.0 * f64::EPSILON * dim as f64 * (1.0 + scale.ln().abs());
        let (unit, error) = self.unit.density(dim, 1.0, r / scale);
        Precise {
            log_density: unit - dim as f64 * scale.ln(),
            velocity_over_r: self.velocity_over_r(dim, t, r),
            growth_rate: 0.0,
            accuracy: Accuracy { log_density: error + rounding, velocity_over_r: 1e-15, growth_rate: 0.0 },
        }
    }

    /// The law keeps its shape: p = t^{−N/α} f(z t^{−1/α}), which is carried by z/(αt).
    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        1.0 / (self.index * t)
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        -self.rate * t * k.powf(self.index)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.sample_log_subordinator(t, rng).exp()
    }

    /// (ct)^{1/α}.
    fn sigma(&self, t: f64) -> f64 {
        (self.rate * t).powf(1.0 / self.index)
    }

    fn time(&self, sigma: f64) -> f64 {
        sigma.powf(self.index) / self.rate
    }

    /// Halves the exponent before leaving the log domain, which doubles the range that a small α can reach.
    fn sample_scale<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        (0.5 * (std::f64::consts::LN_2 + self.sample_log_subordinator(t, rng))).exp()
    }

    /// p̂ is a power of t: what comes in the time between.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.sample_displacement(t[1] - t[0], rng, z);
        true
    }
}
