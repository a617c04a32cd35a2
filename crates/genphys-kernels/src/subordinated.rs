//! Any Bernstein exponent: p̂ = exp(−t B(|k|²)), z = √(2u) ξ with the subordinator u(t) of B.

use crate::accuracy::{Accuracy, Precise};
use crate::error::KernelError;
use crate::kernel::{PointSourceKernel, fill_normal};
use crate::subordinator::{Estimate, LaplaceExponent, Law, Radial};
use rand::Rng;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

const NAME: &str = "Subordinated";

/// The error of e^{−tB} beyond which a law is refused. Most are good to 1e-6; very narrow ones to 1e-3, and those with
/// steps inside a function, such as √(√λ + 1 − e^{−λ}), to 1e-2. A lattice inside a function, √(1 − e^{−λ}), is
/// refused.
const ACCURACY: f64 = 1e-2;

/// Displacements below this length, in units of the data, are not told from none.
const RESOLUTION: f64 = 1e-3;

/// The kernel of p̂ = exp(−t B(|k|²)) for any Bernstein function B with B(0) = 0.
///
/// The law of u(t) is computed from B when a time is first asked for, by numerical inversion of e^{−tB(λ)}, as a table
/// of nodes that reaches as far as draws do. Beyond its reach the values are those of
/// [`precise`](PointSourceKernel::precise). Bounded exponents leave a share of the mass where it was; it is given the
/// width of the resolution, one thousandth of a unit of length, as is everything that has moved less: the kernel is
/// that of max(u, 5·10⁻⁷). `precise` integrates over the law itself, most places to 11 digits and more, and says how
/// many; there only the share at rest has that width. Clones share what was computed.
#[derive(Clone)]
pub struct Subordinated {
    exponent: Arc<LaplaceExponent>,
    floor: f64,
    flow: FlowScale,
    laws: Arc<RwLock<Laws>>,
    radials: Arc<RwLock<HashMap<u64, Arc<Radial>>>>,
}

/// Laws by the bits of the time and of the distance of their nodes.
type Laws = HashMap<(u64, u64), Arc<Law>>;

/// σ(t) with t B(2/σ²) = 1 where B still grows, and t ∝ σ² below that.
#[derive(Clone, Copy, Debug, PartialEq)]
struct FlowScale {
    /// The λ above which B grows too slowly for its inverse to be a scale.
    largest: f64,
    /// 1/B there.
    time: f64,
}

/// Laws kept, about 10 kB each.
const KEPT: usize = 4096;

/// Times kept at which densities were asked for, of 100 kB and more.
const KEPT_RADIALS: usize = 64;

impl Subordinated {
    /// The kernel with this exponent.
    ///
    /// # Errors
    /// When the law of u(t) cannot be computed: its inversion does not give back e^{−tB}.
    pub fn new(exponent: LaplaceExponent) -> Result<Self, KernelError> {
        let (floor, flow) = (0.5 * RESOLUTION * RESOLUTION, FlowScale::of(&exponent));
        let kernel = Self { exponent: Arc::new(exponent), floor, flow, laws: Arc::default(), radials: Arc::default() };
        for sigma in [0.3, 3.0] {
            let t = kernel.time(sigma);
            let law = kernel.law(1, t);
            for lambda in [0.1, 1.0, 10.0] {
                let lambda = lambda / (sigma * sigma);
                let error = law.transform(lambda) - (-t * kernel.exponent.value(lambda)).exp();
                if error.is_nan() || error.abs() > ACCURACY {
                    let expected = "a Bernstein function whose law of u has a density (error of exp(-t*B))";
                    return Err(KernelError { kernel: NAME, parameter: "exponent", expected, found: error });
                }
            }
        }
        Ok(kernel)
    }

    /// B.
    pub fn exponent(&self) -> &LaplaceExponent {
        &self.exponent
    }

    /// The law of u(t), with nodes close enough for `dim` dimensions.
    pub(crate) fn law(&self, dim: usize, t: f64) -> Arc<Law> {
        // |z|²/2N tells u to a relative √(2/N).
        let step = (0.8 * (2.0 / dim as f64).sqrt()).min(0.1);
        let key = (t.to_bits(), step.to_bits());
        if let Some(law) = self.laws.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(law);
        }
        let law = Arc::new(Law::new(&self.exponent, t, step, self.floor));
        let mut laws = self.laws.write().unwrap_or_else(PoisonError::into_inner);
        if laws.len() >= KEPT {
            laws.clear();
        }
        Arc::clone(laws.entry(key).or_insert(law))
    }

    /// The kernel at time t.
    fn radial(&self, t: f64) -> Arc<Radial> {
        let key = t.to_bits();
        if let Some(radial) = self.radials.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(radial);
        }
        let radial = Arc::new(Radial::new(&self.exponent, t, self.floor));
        let mut radials = self.radials.write().unwrap_or_else(PoisonError::into_inner);
        if radials.len() >= KEPT_RADIALS {
            radials.clear();
        }
        Arc::clone(radials.entry(key).or_insert(radial))
    }

    /// ln p, with the relative error of p.
    fn density(&self, dim: usize, t: f64, r: f64) -> Estimate {
        self.radial(t).density(dim, r)
    }
}

impl FlowScale {
    /// Elasticity d ln B/d ln λ below which B grows too slowly.
    const LEAST_ELASTICITY: f64 = 0.2;

    fn of(exponent: &LaplaceExponent) -> Self {
        let mut largest = 1e12f64;
        for i in -270..=270 {
            let lambda = (0.1 * f64::from(i)).exp();
            let elasticity = (exponent.value(lambda * 1.01) / exponent.value(lambda)).ln() / 1.01f64.ln();
            if elasticity < Self::LEAST_ELASTICITY && lambda > 1e-8 {
                largest = lambda;
                break;
            }
        }
        Self { largest, time: 1.0 / exponent.value(largest) }
    }
}

impl PointSourceKernel for Subordinated {
    /// From the table, and beyond its reach as [`precise`](Self::precise).
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        let law = self.law(dim, t);
        law.log_density(dim, r).unwrap_or_else(|| {
            let (found, error) = self.density(dim, t, r);
            if error < 1.0 && found.is_finite() { found } else { law.by_nodes(dim, r).0 }
        })
    }

    /// From the table, and beyond its reach as [`precise`](Self::precise).
    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        let law = self.law(dim, t);
        law.velocity_over_r(dim, r).unwrap_or_else(|| {
            let found = self.precise(dim, t, r);
            let known = found.accuracy.velocity_over_r < 1.0 && found.velocity_over_r.is_finite();
            if known { found.velocity_over_r } else { law.by_nodes(dim, r).1 }
        })
    }

    /// By integrals over the law of u(t) at single u, which cost a thousand times what the table does.
    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let radial = self.radial(t);
        let (density, density_error) = radial.density(dim, r);
        let (flux, flux_error) = if density_error < 1.0 { radial.flux_over_r(dim, r) } else { (f64::NAN, 1.0) };
        Precise {
            log_density: density,
            // Where the density is infinite, so is the pace: of what has hardly moved most is just leaving.
            velocity_over_r: if density == f64::INFINITY { density } else { (flux - density).exp() },
            growth_rate: 0.0,
            accuracy: Accuracy {
                log_density: density_error,
                velocity_over_r: (density_error + flux_error).min(1.0),
                growth_rate: 0.0,
            },
        }
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        -t * self.exponent.value(k * k)
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.law(1, t).sample(rng)
    }

    /// √(2/λ) where tB(λ) = 1; where B is nearly constant in λ, in proportion to √t instead.
    fn sigma(&self, t: f64) -> f64 {
        if t <= self.flow.time {
            return (2.0 * t / (self.flow.time * self.flow.largest)).sqrt();
        }
        let (mut low, mut high) = (-200.0f64, self.flow.largest.ln());
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if t * self.exponent.value(middle.exp()) > 1.0 { high = middle } else { low = middle }
        }
        (2.0 * (-0.5 * (low + high)).exp()).sqrt()
    }

    fn time(&self, sigma: f64) -> f64 {
        let lambda = 2.0 / (sigma * sigma);
        if lambda >= self.flow.largest {
            self.flow.time * self.flow.largest / lambda
        } else {
            1.0 / self.exponent.value(lambda)
        }
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        let u = self.law(z.len(), t).sample(rng);
        fill_normal((2.0 * u).sqrt(), rng, z);
    }

    fn sample_scales<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, scales: &mut [f64]) -> bool {
        let law = self.law(dim, t);
        scales.iter_mut().for_each(|scale| *scale = (2.0 * law.sample(rng)).sqrt());
        true
    }

    fn is_self_similar(&self) -> bool {
        false
    }

    fn sample_moving_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        let u = self.law(z.len(), t).sample_flux(rng);
        fill_normal((2.0 * u).sqrt(), rng, z);
    }

    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.law(dim, t).mean_velocity_over_r()
    }

    /// p̂ is a power of t: what comes in the time between.
    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.sample_displacement(t[1] - t[0], rng, z);
        true
    }
}

impl fmt::Debug for Subordinated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Subordinated").field("exponent", &self.exponent).finish_non_exhaustive()
    }
}
