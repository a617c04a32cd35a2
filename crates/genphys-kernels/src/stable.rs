//! Fractional diffusion (Lévy flights): φ_t = −c(−∇²)^{α/2}φ, p = φ, R = 0: the isotropic α-stable law.
//!
//! The subordinator u(t) = (ct)^{2/α} S has the positive a-stable law S of Laplace transform exp(−λ^a), a = α/2.
//! Kanter, *Annals of Probability* 3 (1975) 697: S = (A(θ)/E)^{(1−a)/a} with θ uniform on (0, π), E exponential and
//! A(θ) = sin((1−a)θ) sin(aθ)^{a/(1−a)} / sin(θ)^{1/(1−a)}.

use crate::accuracy::{Accuracy, Precise};
use crate::error::{KernelError, positive};
use crate::kernel::PointSourceKernel;
use crate::one_sided_stable::OneSidedStable;
use rand::Rng;
use rand_distr::Exp1;
use std::f64::consts::PI;

const NAME: &str = "Stable";

/// The kernel of p̂ = exp(−c|k|^α t), 0 < α ≤ 2: [`Poisson`](crate::Poisson) at α = 1, [`Heat`](crate::Heat) at α = 2.
///
/// Draws are exact. The density, which has no closed form, is an integral of positive terms over the law of S, to 12
/// digits and more at any distance; it keeps its shape, p = s^{−N} f(z/s) with s = (ct)^{1/α}, so that J/p = z/(αt).
#[derive(Clone, Debug)]
pub struct Stable {
    rate: f64,
    index: f64,
    /// The law of S; none where it is not random.
    law: Option<OneSidedStable>,
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
        Ok(Self { rate, index, law: (index < 2.0).then(|| OneSidedStable::new(0.5 * index)) })
    }

    /// c.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// α.
    pub fn index(&self) -> f64 {
        self.index
    }

    /// The same law at rate one.
    pub(crate) fn unit(other: &Self) -> Self {
        Self { rate: 1.0, ..other.clone() }
    }

    /// ln p, and the relative error of p. The scale itself may be beyond all numbers.
    pub(crate) fn density(&self, dim: usize, t: f64, r: f64) -> (f64, f64) {
        let log_scale = (self.rate * t).ln() / self.index;
        let (unit, error) = match &self.law {
            Some(law) => law.density(dim, r.ln() - log_scale),
            None => {
                let quarter = 0.25 * (2.0 * (r.ln() - log_scale)).exp();
                let area = 0.5 * dim as f64 * (4.0 * PI).ln();
                (-area - quarter, 8.0 * f64::EPSILON * (1.0 + area + quarter * (1.0 + log_scale.abs())))
            }
        };
        let moved = dim as f64 * log_scale;
        (unit - moved, error + 4.0 * f64::EPSILON * moved.abs())
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
        self.density(dim, t, r).0
    }

    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let (log_density, error) = self.density(dim, t, r);
        Precise {
            log_density,
            velocity_over_r: self.velocity_over_r(dim, t, r),
            growth_rate: 0.0,
            accuracy: Accuracy { log_density: error, velocity_over_r: 1e-15, growth_rate: 0.0 },
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
