//! Diffusion with memory: ∂ᵇφ/∂tᵇ = −c(−∇²)^{α/2}φ with Caputo's derivative of order b ≤ 1: p̂ = E_b(−c|k|^α t^b), E_b
//! Mittag and Leffler's function (Mainardi, Luchko, Pagnini, *Fractional Calculus and Applied Analysis* 4 (2001) 153).
//!
//! It is the stable law at the random time τ = (t/S)^b, S positive b-stable (Pollard 1948): a Gaussian scale mixture, z =
//! √(2u) ξ with u = (cτ)^{2/α} S′, S′ positive (α/2)-stable; for α = 2 u = cτ. E τ = t^b/Γ(1+b).

use crate::accuracy::{Accuracy, Precise};
use crate::error::{KernelError, positive};
use crate::kernel::PointSourceKernel;
use crate::one_sided_stable::OneSidedStable;
use crate::special::ln_gamma;
use crate::stable::Stable;
use rand::Rng;

const NAME: &str = "SpaceTimeFractional";

/// The kernel of p̂ = E_b(−c|k|^α t^b), 0 < b ≤ 1 and 0 < α ≤ 2: [`Stable`] at b = 1.
///
/// Draws are exact. The density is an integral of positive terms over the law of τ, for α < 2 one over such integrals; it
/// is infinite at the source where N ≥ α (a logarithm where N = α). It keeps its shape, p = s^{−N} f(z/s) with s ∝
/// t^{b/α}, so that J/p = b z/(αt) at every distance, the source included.
#[derive(Clone, Debug)]
pub struct SpaceTimeFractional {
    stable: Stable,
    order: f64,
    /// The law of S; none where it is not random.
    law: Option<OneSidedStable>,
}

impl SpaceTimeFractional {
    /// `rate` c in length^α per time^b; `index` α; `order` b.
    ///
    /// # Errors
    /// Unless c is finite and positive, α lies in (0, 2] and b in (0, 1].
    pub fn new(rate: f64, index: f64, order: f64) -> Result<Self, KernelError> {
        if !(index > 0.0 && index <= 2.0) {
            return Err(KernelError { kernel: NAME, parameter: "index", expected: "> 0 and <= 2", found: index });
        }
        if !(order > 0.0 && order <= 1.0) {
            return Err(KernelError { kernel: NAME, parameter: "order", expected: "> 0 and <= 1", found: order });
        }
        let stable = Stable::new(positive(NAME, "rate", rate)?, index)?;
        Ok(Self { stable, order, law: (order < 1.0).then(|| OneSidedStable::new(order)) })
    }

    /// c.
    pub fn rate(&self) -> f64 {
        self.stable.rate()
    }

    /// α.
    pub fn index(&self) -> f64 {
        self.stable.index()
    }

    /// b.
    pub fn order(&self) -> f64 {
        self.order
    }

    /// ln of the length s = (c t^b)^{1/α}.
    fn log_scale(&self, t: f64) -> f64 {
        (self.rate().ln() + self.order * t.ln()) / self.index()
    }

    /// ln p, and the relative error of p.
    fn density(&self, dim: usize, t: f64, r: f64) -> (f64, f64) {
        let Some(law) = &self.law else {
            let found = self.stable.precise(dim, t, r);
            return (found.log_density, found.accuracy.log_density);
        };
        let (log_scale, n) = (self.log_scale(t), dim as f64);
        let log_r = r.ln() - log_scale;
        let (unit, error) = if r == 0.0 {
            self.at_the_source(dim)
        } else if self.index() == 2.0 {
            law.density_of_inverse(dim, log_r)
        } else {
            let (stable, index) = (Stable::unit(&self.stable), self.index());
            let inner = |log_tau: f64| {
                let moved = log_tau / index;
                let (log, error) = stable.density(dim, 1.0, (log_r - moved).exp());
                (log - n * moved, error)
            };
            law.mean_over_inverse(&inner, index * log_r)
        };
        let moved = n * log_scale;
        (unit - moved, error + 4.0 * f64::EPSILON * moved.abs())
    }

    /// ln of E τ^{−N/α} times the density of the stable law at its source.
    fn at_the_source(&self, dim: usize) -> (f64, f64) {
        let power = dim as f64 / self.index();
        if power >= 1.0 {
            return (f64::INFINITY, 0.0);
        }
        let (log, error) = Stable::unit(&self.stable).density(dim, 1.0, 0.0);
        (log + ln_gamma(1.0 - power) - ln_gamma(1.0 - self.order * power), error + 1e-14)
    }

    /// ln τ.
    fn sample_log_time<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let random = self.law.as_ref().map_or(0.0, |law| law.sample_log_inverse(rng));
        self.order * t.ln() + random
    }
}

impl PointSourceKernel for SpaceTimeFractional {
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

    /// The law keeps its shape: p = t^{−Nb/α} f(z t^{−b/α}), which is carried by b z/(αt).
    fn velocity_over_r(&self, _dim: usize, t: f64, _r: f64) -> f64 {
        self.order / (self.index() * t)
    }

    /// By the law of S: E exp(−c k^α τ).
    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        let log_rate = self.index() * (k.ln() + self.log_scale(t));
        match &self.law {
            _ if k == 0.0 => 0.0,
            None => -log_rate.exp(),
            Some(law) => law.mean_over_inverse(&|log_tau| (-(log_rate + log_tau).exp(), 0.0), -log_rate).0,
        }
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let tau = self.sample_log_time(t, rng).exp();
        self.stable.sample_subordinator(tau.max(f64::MIN_POSITIVE), rng)
    }

    fn sample_scale<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        let tau = self.sample_log_time(t, rng).exp();
        self.stable.sample_scale(tau.max(f64::MIN_POSITIVE), rng)
    }

    /// (c t^b/Γ(1+b))^{1/α}: that of the stable law at the mean of τ.
    fn sigma(&self, t: f64) -> f64 {
        (self.log_scale(t) - ln_gamma(1.0 + self.order) / self.index()).exp()
    }

    fn time(&self, sigma: f64) -> f64 {
        let log = self.index() * sigma.ln() + ln_gamma(1.0 + self.order) - self.rate().ln();
        (log / self.order).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_one_is_the_stable_law_and_orders_near_it_are_near() {
        let (without, with) = (Stable::new(0.7, 1.5).unwrap(), SpaceTimeFractional::new(0.7, 1.5, 1.0).unwrap());
        assert!((without.log_density(3, 0.4, 1.2) - with.log_density(3, 0.4, 1.2)).abs() < 1e-14);
        assert!((without.sigma(0.4) / with.sigma(0.4) - 1.0).abs() < 1e-14);
        let near = SpaceTimeFractional::new(0.7, 2.0, 0.999).unwrap();
        let heat = crate::Heat::new(0.7).unwrap();
        assert!((near.log_density(2, 0.4, 1.2) - heat.log_density(2, 0.4, 1.2)).abs() < 5e-3);
        assert!(SpaceTimeFractional::new(1.0, 2.0, 1.1).is_err() && SpaceTimeFractional::new(1.0, 2.1, 0.5).is_err());
    }

    /// E_½(−x) = e^{x²} erfc(x): 0.427583576155807 at 1.
    #[test]
    fn transform_of_order_one_half() {
        let kernel = SpaceTimeFractional::new(1.0, 2.0, 0.5).unwrap();
        assert!((kernel.log_characteristic(1.0, 1.0).exp() - 0.427_583_576_155_807).abs() < 1e-12);
        assert!((kernel.time(kernel.sigma(0.37)) - 0.37).abs() < 1e-13);
    }

    #[test]
    fn at_the_source() {
        let kernel = SpaceTimeFractional::new(1.0, 2.0, 0.5).unwrap();
        // (4π)^{−½} Γ(½)/Γ(¾) on the line, and infinite beyond, where the velocity is finite all the same.
        let expected = 0.5 / 1.225_416_702_465_177_6;
        assert!((kernel.log_density(1, 1.0, 0.0).exp() - expected).abs() < 1e-13);
        assert!((kernel.log_density(1, 1.0, 1e-9).exp() - expected).abs() < 1e-8);
        assert_eq!(kernel.log_density(3, 1.0, 0.0), f64::INFINITY);
        assert_eq!(kernel.velocity_over_r(3, 2.0, 0.0), 0.125);
    }
}
