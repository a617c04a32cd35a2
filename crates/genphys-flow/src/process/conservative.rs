//! The conservative rewrite of an equation with births and deaths: the same densities, carried by another velocity.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError, RwLock};

use rand::{Rng, RngCore};

use crate::error::{FlowError, Result};
use crate::process::generative_pde::{GenerativePde, Spreading};
use genphys_kernels::{RadialLaw, RadialSource};

/// A flow scale at which nothing has died yet.
const EARLY: f64 = 1e-6;

/// Times kept, about 15 kB each.
const KEPT: usize = 4096;

/// An equation without its births and deaths (GenPhys, arXiv 2304.02637, section 4, done exactly for a point source).
///
/// Density and flow scale are those of the equation, normalised to mass one; the velocity is the one that carries this
/// density without a source, `v_r = −∂ₜF/∂ᵣF` with F the distribution function of the distance. It depends on the
/// distance, so a model of it learns the `pace` of genphys-train, and a population is not needed.
///
/// What the network of the equation itself learns does not determine this field: that is the mean of `v_r z/r` over the
/// data that may have come to a point, and the posterior mean and the mean growth do not contain it. Hence it has to be
/// trained for.
pub struct ConservativeRewrite<'a> {
    pde: &'a dyn GenerativePde,
    /// By dimension and the bits of the time.
    laws: RwLock<HashMap<(usize, u64), Arc<RadialLaw>>>,
}

impl<'a> ConservativeRewrite<'a> {
    /// The rewrite of `pde`.
    ///
    /// # Errors
    /// When there is nothing to rewrite, or its velocity depends on the distance already.
    pub fn new(pde: &'a dyn GenerativePde) -> Result<Self> {
        let name = pde.name();
        if pde.growth_is_uniform() {
            return Err(FlowError::Setting(format!(
                "`{name}` has no births and deaths that depend on the place: there is nothing to rewrite conservatively"
            )));
        }
        if pde.spreading() != Spreading::SelfSimilar {
            return Err(FlowError::Setting(format!(
                "`{name}` has births and deaths and a velocity that depends on the distance; its conservative rewrite is not \
                 known here"
            )));
        }
        Ok(Self { pde, laws: RwLock::default() })
    }

    fn law(&self, dim: usize, t: f64) -> Arc<RadialLaw> {
        let key = (dim, t.to_bits());
        if let Some(law) = self.laws.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Arc::clone(law);
        }
        let law = Arc::new(radial_law(self.pde, dim, t));
        let mut laws = self.laws.write().unwrap_or_else(PoisonError::into_inner);
        if laws.len() >= KEPT {
            laws.clear();
        }
        Arc::clone(laws.entry(key).or_insert(law))
    }
}

/// The law of the distance of a point source at time `t` in `dim` dimensions.
pub(crate) fn radial_law(pde: &dyn GenerativePde, dim: usize, t: f64) -> RadialLaw {
    RadialLaw::new(&RadialSource {
        dim,
        spread: pde.spread(t),
        log_density: &|r| pde.log_density(dim, t, r),
        velocity_over_r: &|r| pde.velocity_over_r(dim, t, r),
        growth_rate: &|r| pde.growth_rate(dim, t, r),
    })
}

impl GenerativePde for ConservativeRewrite<'_> {
    fn name(&self) -> &str {
        self.pde.name()
    }

    fn equation(&self) -> &str {
        self.pde.equation()
    }

    fn params(&self) -> Vec<(&'static str, f64)> {
        self.pde.params()
    }

    fn dims(&self) -> RangeInclusive<usize> {
        self.pde.dims()
    }

    fn spreading(&self) -> Spreading {
        Spreading::Radial
    }

    fn distance(&self, z: &[f64]) -> f64 {
        self.pde.distance(z)
    }

    /// That of the equation, over its mass.
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.pde.log_density(dim, t, r) - self.law(dim, t).log_mass() + self.law(dim, self.pde.time(EARLY)).log_mass()
    }

    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.law(dim, t).velocity_over_r(r)
    }

    fn growth_rate(&self, _dim: usize, _t: f64, _r: f64) -> f64 {
        0.0
    }

    fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.pde.displacement(t, rng, z);
    }

    fn increment(&self, t: [f64; 2], rng: &mut dyn RngCore, z: &mut [f64]) -> bool {
        self.pde.increment(t, rng, z)
    }

    /// Rejection from the plain law; the velocity is bounded.
    fn moving_displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        let law = self.law(z.len(), t);
        loop {
            self.pde.displacement(t, rng, z);
            let share: f64 = rng.random();
            if share * law.greatest_velocity() <= law.velocity_over_r(self.pde.distance(z)) {
                return;
            }
        }
    }

    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.law(dim, t).mean_velocity()
    }

    fn sigma(&self, t: f64) -> f64 {
        self.pde.sigma(t)
    }

    fn time(&self, sigma: f64) -> f64 {
        self.pde.time(sigma)
    }

    fn spread(&self, t: f64) -> f64 {
        self.pde.spread(t)
    }

    fn conserves_particles(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Heat, Yukawa};
    use genphys_numeric::seed::{Purpose, stream};

    #[test]
    fn moving_displacements_have_the_density_of_the_flux() -> Result<()> {
        let pde = Yukawa { m: 2.0 };
        let rewrite = ConservativeRewrite::new(&pde)?;
        let (t, draws) = (0.8, 40_000);
        let mut rng = stream(3, Purpose::Calibration, 0);
        let mut z = [0.0; 3];
        // E[f a]/E[a] over plain draws against E[f] over moving ones, f = 1/(1 + r).
        let (mut weighted, mut weights, mut moving) = (0.0, 0.0, 0.0);
        let f = |z: &[f64]| 1.0 / (1.0 + pde.distance(z));
        for _ in 0..draws {
            pde.displacement(t, &mut rng, &mut z);
            let rate = rewrite.velocity_over_r(3, t, pde.distance(&z));
            (weighted, weights) = (weighted + rate * f(&z), weights + rate);
            rewrite.moving_displacement(t, &mut rng, &mut z);
            moving += f(&z) / f64::from(draws);
        }
        assert!((weighted / weights - moving).abs() < 0.004, "{} and {moving}", weighted / weights);
        let mean = weights / f64::from(draws);
        assert!((mean / rewrite.mean_velocity_over_r(3, t) - 1.0).abs() < 0.005, "{mean}");
        Ok(())
    }

    #[test]
    fn nothing_to_rewrite_is_said() {
        let message = ConservativeRewrite::new(&Heat).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("nothing to rewrite"), "{message}");
    }
}
