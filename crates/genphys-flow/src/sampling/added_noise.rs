//! Noise that is added on the way: churn, the noise of a stochastic solver, and disturbances for tests of robustness.

use rand::Rng;
use rand_distr::StandardNormal;
use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result, Setting};
use crate::process::generative_pde::GenerativePde;
use crate::process::is_gaussian;
use crate::solver::{FlowState, Solver};
use genphys_numeric::seed::{Purpose, stream};

/// The stochastic sampler of EDM (Karras et al., arXiv 2206.00364, algorithm 2): before a step the process runs forward
/// for a little, from σ to `σ̂ = (1 + γ) σ` with `γ = min(S_churn/steps, √2 − 1)`, and the step leads back from there.
///
/// For a Gaussian that adds noise of variance `σ̂² − σ²`; for any other process it adds what
/// [`GenerativePde::increment`] draws, so that the density is that of the process at every time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Churn {
    /// S_churn. Zero: none.
    pub amount: f64,
    /// S_tmin: below this flow scale there is none.
    pub least: f64,
    /// S_tmax: above this flow scale there is none.
    pub most: f64,
    /// S_noise: factor of the noise; what is not one is not exact.
    pub noise: f64,
}

impl Default for Churn {
    fn default() -> Self {
        Self { amount: 0.0, least: 0.0, most: f64::MAX, noise: 1.0 }
    }
}

/// All noise of one run of the sampler.
pub(crate) struct AddedNoise<'a> {
    pde: &'a dyn GenerativePde,
    dim: usize,
    seed: u64,
    churn: Churn,
    /// α: Gaussian noise of deviation α σ before every step (PFGM++, arXiv 2302.04265, section 6).
    disturbance: f64,
    /// γ.
    rise: f64,
    /// Number of the first particle.
    first: usize,
}

impl<'a> AddedNoise<'a> {
    /// Noise for `steps` steps of `solver`.
    ///
    /// # Errors
    /// When a number is out of range, or the process or the solver does not allow this noise.
    pub(crate) fn new(
        pde: &'a dyn GenerativePde,
        dim: usize,
        seed: u64,
        (churn, disturbance): (Churn, f64),
        (solver, steps): (&dyn Solver, usize),
    ) -> Result<Self> {
        let refuse = |message: String| Err(FlowError::Setting(message));
        let numbers = [churn.amount, churn.least, churn.most, churn.noise, disturbance];
        if let Some(found) = numbers.iter().find(|value| !value.is_finite() || **value < 0.0) {
            return refuse(format!("churn and injected noise must be finite and not negative, found {found}"));
        }
        let stochastic = solver.noise(2.0, 1.0) > 0.0;
        if solver.is_adaptive() && (churn.amount > 0.0 || disturbance > 0.0) {
            return refuse(
                "an adaptive solver would take added noise for an error; use heun for churn or injected noise".into(),
            );
        }
        if stochastic && churn.amount > 0.0 {
            return refuse("euler-maruyama adds the noise of its equation already; use heun for churn".into());
        }
        if stochastic && !is_gaussian(pde, dim, 1.0) {
            return refuse(format!(
                "euler-maruyama solves the reverse stochastic equation of a diffusion, and `{}` is none: its point source is \
                 no Gaussian; use heun",
                pde.name()
            ));
        }
        if churn.amount > 0.0 && !pde.growth_is_uniform() {
            return Err(FlowError::Setting(format!(
                "churn would have to be weighed against the births and deaths of `{}`, and the weights would be uneven; train \
                 its conservative rewrite",
                pde.name()
            ))
            .about([Setting::Rewrite]));
        }
        let mut rng = stream(seed, Purpose::Noise, 0);
        let known = pde.increment([pde.time(1.0), pde.time(1.1)], &mut rng, &mut vec![0.0; dim]);
        if churn.amount > 0.0 && !known {
            return refuse(format!(
                "churn runs the process forward from one time to another, and for `{}` that step is not known in closed \
                 form; leave churn out",
                pde.name()
            ));
        }
        let rise = (churn.amount / steps.max(1) as f64).min(std::f64::consts::SQRT_2 - 1.0);
        Ok(Self { pde, dim, seed, churn, disturbance, rise, first: 0 })
    }

    /// The same for particles numbered from `first` on.
    pub(crate) fn numbered_from(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// What happens before step number `step` at flow scale `sigma`. Returns the flow scale after it.
    pub(crate) fn before(&self, state: &mut FlowState, sigma: f64, step: usize) -> f64 {
        if self.disturbance > 0.0 {
            let deviation = self.disturbance * sigma;
            self.each(state, step, 0, |rng, z| {
                z.iter_mut().for_each(|z| *z = deviation * rng.sample::<f64, _>(StandardNormal));
            });
        }
        if self.rise <= 0.0 || !(self.churn.least..=self.churn.most).contains(&sigma) {
            return sigma;
        }
        let raised = sigma * (1.0 + self.rise);
        let t = [self.pde.time(sigma), self.pde.time(raised)];
        self.each(state, step, 1, |rng, z| {
            self.pde.increment(t, rng, z);
            z.iter_mut().for_each(|z| *z *= self.churn.noise);
        });
        raised
    }

    /// The noise of a stochastic equation after step number `step`: a Gaussian of flow scale `sigma`.
    pub(crate) fn after(&self, state: &mut FlowState, sigma: f64, step: usize) {
        if sigma > 0.0 {
            let t = self.pde.time(sigma);
            self.each(state, step, 2, |rng, z| self.pde.displacement(t, rng, z));
        }
    }

    /// Adds a draw to every particle, each from a stream of its own.
    fn each(&self, state: &mut FlowState, step: usize, kind: u64, draw: impl Fn(&mut dyn rand::RngCore, &mut [f64])) {
        let mut z = vec![0.0; self.dim];
        for (i, point) in state.disturb().chunks_exact_mut(self.dim).enumerate() {
            // 34 bits for the particle, 20 for the step.
            let index = (((self.first + i) as u64) << 22) | ((step as u64 & 0xF_FFFF) << 2) | kind;
            draw(&mut stream(self.seed, Purpose::Noise, index), &mut z);
            point.iter_mut().zip(&z).for_each(|(x, z)| *x += z);
        }
    }
}
