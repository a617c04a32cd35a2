//! The telegraph equation on a line: φ_tt + 2εφ_t − c²φ_xx = 0, p = φ_t + 2εφ, J = −c²φ_x, R = 0.
//!
//! Kac's persistent random walk (*Rocky Mountain Journal of Mathematics* 4 (1974) 497): a walker of speed c that turns
//! round at the rate ε. In N dimensions every coordinate walks by itself.
//!
//! With a mass m ≤ ε, φ_tt + 2εφ_t − c²φ_xx + m²φ = 0 and R = −m²φ: walkers turn round at the rate w = √(ε² − m²),
//! paths with an odd number of turns count ε/w times, and all die at the rate ε − w.

use crate::accuracy::{Accuracy, Precise};
use crate::error::{KernelError, non_negative, positive};
use crate::kernel::{PointSourceKernel, ordinary};
use crate::special::{bessel_i_ratio, log_bessel_i0};
use rand::Rng;
use rand_distr::{Beta, Distribution, Poisson};

const NAME: &str = "Telegraph";

/// The kernel p = e^{−εt}/2 {δ(z − ct) + δ(z + ct) + [εI₀(η) + w²t I₁(η)/η]/c}, η = (w/c) √(c²t² − z²), |z| < ct, w² =
/// ε² − m².
///
/// Density and velocity are those of one coordinate; in several dimensions they hold for each. The two travelling
/// points, which have no density, move with J/p = ±c.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Telegraph {
    damping: f64,
    speed: f64,
    mass: f64,
    /// w.
    turning: f64,
}

impl Telegraph {
    /// `damping` ε per time, `speed` c in length per time.
    ///
    /// # Errors
    /// Unless both are finite and positive.
    pub fn new(damping: f64, speed: f64) -> Result<Self, KernelError> {
        Self::with_mass(damping, speed, 0.0)
    }

    /// With a `mass` m per time besides.
    ///
    /// # Errors
    /// Unless ε and c are finite and positive and 0 ≤ m ≤ ε.
    pub fn with_mass(damping: f64, speed: f64, mass: f64) -> Result<Self, KernelError> {
        let (damping, speed) = (positive(NAME, "damping", damping)?, positive(NAME, "speed", speed)?);
        let mass = non_negative(NAME, "mass", mass)?;
        if mass > damping {
            return Err(KernelError { kernel: NAME, parameter: "mass", expected: "at most the damping", found: mass });
        }
        Ok(Self { damping, speed, mass, turning: ((damping - mass) * (damping + mass)).sqrt() })
    }

    /// The variance over c²: [tS + ε(tC − S)/w²]/(C + εS) with C = cosh wt and S = sinh(wt)/w.
    fn variance_with_mass(&self, t: f64) -> f64 {
        let (cosh, sinh) = self.hyperbolic(t);
        let x = self.turning * t;
        let third = if x < 0.03 {
            // (tC − S)/w² = t³ (1/3 + x²/30 + x⁴/840 + …).
            let square = x * x;
            t.powi(3) * (1.0 / 3.0 + square * (1.0 / 30.0 + square / 840.0)) * (-x).exp()
        } else {
            (t * cosh - sinh) / self.turning.powi(2)
        };
        (t * sinh + self.damping * third) / (cosh + self.damping * sinh)
    }

    /// e^{−wt} cosh(wt) and e^{−wt} sinh(wt)/w.
    fn hyperbolic(&self, t: f64) -> (f64, f64) {
        let x = 2.0 * self.turning * t;
        let falling = -(-x).exp_m1();
        (1.0 - 0.5 * falling, if x < 1e-8 { t * (1.0 - 0.5 * x) } else { 0.5 * falling / self.turning })
    }

    /// ε.
    pub fn damping(&self) -> f64 {
        self.damping
    }

    /// c.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// η, zero on the front and beyond.
    fn argument(&self, t: f64, r: f64) -> f64 {
        let front = self.speed * t;
        self.turning / self.speed * ((front - r).max(0.0) * (front + r)).sqrt()
    }

    /// A draw of one coordinate: with n turns the share of the time spent in the first direction is a Beta variate, the
    /// sum of every other spacing of n uniform points.
    fn walk<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let front = self.speed * t;
        let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
        let turns = self.turns(t, rng);
        if turns < 1.0 {
            return sign * front;
        }
        let first = (0.5 * turns).floor() + 1.0;
        let share = Beta::new(first, turns + 1.0 - first).map_or(0.5, |law| law.sample(rng));
        sign * front * (2.0 * share - 1.0)
    }
}

impl Telegraph {
    /// The number of turns, odd ones weighted with ε/w. Without turning, w → 0, there is none or one.
    fn turns<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        if self.turning == 0.0 {
            let odd = self.damping * t;
            return if rng.random::<f64>() * (1.0 + odd) < odd { 1.0 } else { 0.0 };
        }
        loop {
            let turns: f64 = Poisson::new(self.turning * t).map_or(0.0, |law| law.sample(rng));
            if turns % 2.0 == 1.0 || self.mass == 0.0 || rng.random::<f64>() * self.damping < self.turning {
                return turns;
            }
        }
    }
}

impl PointSourceKernel for Telegraph {
    /// Of one coordinate, whatever `dim`; of the part between the travelling points.
    fn log_density(&self, _dim: usize, t: f64, r: f64) -> f64 {
        if r > self.speed * t {
            return f64::NEG_INFINITY;
        }
        let eta = self.argument(t, r);
        let inside = self.damping + self.turning.powi(2) * t * bessel_i_ratio(eta);
        (0.5 / self.speed).ln() - self.damping * t + log_bessel_i0(eta) + inside.ln()
    }

    /// w² I₁(η)/η / (ε I₀(η) + w²t I₁(η)/η) between the travelling points, 1/t at them.
    fn velocity_over_r(&self, _dim: usize, t: f64, r: f64) -> f64 {
        if r >= self.speed * t {
            return 1.0 / t;
        }
        let turned = self.turning.powi(2) * bessel_i_ratio(self.argument(t, r));
        turned / (self.damping + t * turned)
    }

    /// −m² I₀(η)/(ε I₀(η) + w²t I₁(η)/η) between the travelling points, which lose none.
    fn growth_rate(&self, _dim: usize, t: f64, r: f64) -> f64 {
        if self.mass == 0.0 || r >= self.speed * t {
            return 0.0;
        }
        let turned = self.turning.powi(2) * bessel_i_ratio(self.argument(t, r));
        -self.mass.powi(2) / (self.damping + t * turned)
    }

    /// At the travelling points, r = ct, the density is infinite.
    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let found = ordinary(self, dim, t, r);
        if r != self.speed * t {
            return found;
        }
        let accuracy = Accuracy { log_density: 0.0, ..found.accuracy };
        Precise { log_density: f64::INFINITY, accuracy, ..found }
    }

    /// ln of e^{−εt} (cosh wt + ε sinh(wt)/w).
    fn log_mass(&self, t: f64) -> f64 {
        if self.mass == 0.0 {
            return 0.0;
        }
        let (cosh, sinh) = self.hyperbolic(t);
        (self.turning - self.damping) * t + (cosh + self.damping * sinh).ln()
    }

    fn mean_growth_rate(&self, t: f64) -> f64 {
        if self.mass == 0.0 {
            return 0.0;
        }
        let (cosh, sinh) = self.hyperbolic(t);
        -self.mass.powi(2) * sinh / (cosh + self.damping * sinh)
    }

    /// ln of e^{−εt} [cosh wt + ε sinh(wt)/w], w² = ε² − m² − c²k². Not a number where long waves have been turned
    /// over, p̂ < 0.
    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        let square = self.turning * self.turning - (self.speed * k).powi(2);
        let w = square.abs().sqrt();
        if square > 0.0 {
            let (grown, shrunk) = (1.0 + self.damping / w, (1.0 - self.damping / w) * (-2.0 * w * t).exp());
            (w - self.damping) * t + (0.5 * (grown + shrunk)).ln()
        } else {
            let sine = if w * t < 1e-8 { t } else { (w * t).sin() / w };
            ((w * t).cos() + self.damping * sine).ln() - self.damping * t
        }
    }

    /// z²/2 of one coordinate has no such law; half the variance stands in for it.
    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, _rng: &mut R) -> f64 {
        0.5 * self.sigma(t).powi(2)
    }

    /// The standard deviation: σ² = (c/ε)² (2εt − 1 + e^{−2εt})/2.
    fn sigma(&self, t: f64) -> f64 {
        if self.mass > 0.0 {
            return self.speed * self.variance_with_mass(t).sqrt();
        }
        let x = 2.0 * self.damping * t;
        let rest = if x < 1e-3 { x * x * (0.5 - x * (1.0 / 6.0 - x / 24.0)) } else { x + (-x).exp_m1() };
        self.speed / self.damping * (0.5 * rest).sqrt()
    }

    /// By bisection: between σ/c, all walkers still on their way, and the time that diffusion takes.
    fn time(&self, sigma: f64) -> f64 {
        let straight = sigma / self.speed;
        let (mut low, mut high) = (straight, 2.0 * straight + 2.0 * self.damping * straight * straight);
        while self.sigma(high) < sigma {
            high *= 2.0;
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if self.sigma(middle) < sigma { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        for z in z {
            *z = self.walk(t, rng);
        }
    }

    /// No mixture of Gaussians.
    fn sample_scales<R: Rng + ?Sized>(&self, _t: f64, _dim: usize, _rng: &mut R, _scales: &mut [f64]) -> bool {
        false
    }

    fn is_self_similar(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn walkers_have_the_variance_and_the_transform_of_the_equation() {
        for (damping, speed, t) in [(1.3, 0.8, 0.4), (1.3, 0.8, 3.0), (20.0, 2.0, 5.0)] {
            let kernel = Telegraph::new(damping, speed).unwrap();
            let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(11);
            let mut z = vec![0.0; 100_000];
            kernel.sample_displacement(t, &mut rng, &mut z);
            let count = z.len() as f64;
            let variance = z.iter().map(|z| z * z).sum::<f64>() / count;
            assert!((variance.sqrt() / kernel.sigma(t) - 1.0).abs() < 0.01, "{damping} {t}");
            for factor in [0.3, 1.0] {
                let k = factor / kernel.sigma(t);
                let found = z.iter().map(|z| (k * z).cos()).sum::<f64>() / count;
                assert!((found - kernel.log_characteristic(t, k).exp()).abs() < 0.01, "{damping} {t} {k}: {found}");
            }
            let atoms = z.iter().filter(|z| z.abs() >= speed * t).count() as f64 / count;
            assert!((atoms - (-damping * t).exp()).abs() < 0.01, "{atoms}");
            assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn walkers_that_die() {
        for (damping, speed, mass, t) in
            [(1.5, 1.0, 1.25_f64.sqrt(), 5.0), (1.5, 0.7, 1.499, 2.0), (0.8, 1.0, 0.8, 1.5)]
        {
            let kernel = Telegraph::with_mass(damping, speed, mass).unwrap();
            let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(5);
            let mut z = vec![0.0; 100_000];
            kernel.sample_displacement(t, &mut rng, &mut z);
            let count = z.len() as f64;
            let variance = z.iter().map(|z| z * z).sum::<f64>() / count;
            assert!((variance.sqrt() / kernel.sigma(t) - 1.0).abs() < 0.01, "{damping} {t}");
            let k = 0.9 / kernel.sigma(t);
            let found = z.iter().map(|z| (k * z).cos()).sum::<f64>() / count;
            let expected = (kernel.log_characteristic(t, k) - kernel.log_mass(t)).exp();
            assert!((found - expected).abs() < 0.01, "{damping} {t} {k}: {found}, not {expected}");
            let atoms = z.iter().filter(|z| z.abs() >= speed * t).count() as f64 / count;
            assert!((atoms - (-damping * t - kernel.log_mass(t)).exp()).abs() < 0.01, "{atoms}");
            assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-10);
            // p_t + (J)_z = R between the travelling points.
            let p = |t: f64, z: f64| kernel.log_density(1, t, z.abs()).exp();
            let flux = |z: f64| p(t, z) * kernel.velocity_over_r(1, t, z.abs()) * z;
            let (h, z) = (1e-4, 0.4);
            let rate = (p(t + h, z) - p(t - h, z)) / (2.0 * h) + (flux(z + h) - flux(z - h)) / (2.0 * h);
            let source = p(t, z) * kernel.growth_rate(1, t, z);
            assert!((rate / source - 1.0).abs() < 1e-5, "{rate} {source}");
        }
        // c = 0.5, eps = 1: the share of the atoms at t = 5, and the variance that grows like t.
        let kernel = Telegraph::with_mass(1.5, 1.0, 1.25_f64.sqrt()).unwrap();
        assert!(((-7.5 - kernel.log_mass(5.0)).exp() / 5.390e-3 - 1.0).abs() < 1e-3);
        assert!((kernel.sigma(1e4).powi(2) / 1e4 - 1.0).abs() < 1e-3);
        assert!(Telegraph::with_mass(1.0, 1.0, 1.1).is_err());
    }

    #[test]
    fn inside_mass_and_flux_balance() {
        let kernel = Telegraph::new(1.3, 0.8).unwrap();
        let p = |t: f64, z: f64| kernel.log_density(1, t, z.abs()).exp();
        let flux = |t: f64, z: f64| p(t, z) * kernel.velocity_over_r(1, t, z.abs()) * z;
        let h = 1e-4;
        for (t, z) in [(1.0, 0.1), (1.0, 0.5), (4.0, 2.0), (40.0, 5.0)] {
            let rate = (p(t + h, z) - p(t - h, z)) / (2.0 * h);
            let divergence = (flux(t, z + h) - flux(t, z - h)) / (2.0 * h);
            assert!((rate + divergence).abs() < 1e-6 * rate.abs().max(1e-3), "{t} {z}: {rate} {divergence}");
        }
        // The rest of the mass is between the travelling points.
        let (t, steps) = (2.0, 20_000);
        let front = kernel.speed() * t;
        let inside: f64 =
            (0..steps).map(|i| p(t, front * (2.0 * (f64::from(i) + 0.5) / f64::from(steps) - 1.0))).sum::<f64>()
                * 2.0
                * front
                / f64::from(steps);
        assert!((inside + (-kernel.damping() * t).exp() - 1.0).abs() < 1e-6, "{inside}");
    }
}
