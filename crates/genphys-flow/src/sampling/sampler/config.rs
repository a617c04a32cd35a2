//! How samples are drawn: solver, grid, noise, births and deaths.

use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result, Setting};
use crate::process::generative_pde::GenerativePde;
use crate::process::noise_schedule::NoiseSchedule;
use crate::sampling::added_noise::Churn;
use crate::sampling::birth_death::BirthDeath;
use crate::solver::time_grid::TimeGrid;
use crate::solver::{Solver, SolverKind};

/// How births and deaths are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branching {
    /// Relative to what a point source at the data mean still grows by: few births, many distinct ancestors. Both
    /// ways sample the same distribution; see [`PointSource`](crate::point_source::PointSource).
    LookAhead,
    /// As the equation says. When `m T` is large, all samples descend from a few particles.
    Plain,
}

/// How samples are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamplerConfig {
    /// Number of samples.
    pub count: usize,
    /// Seed of all randomness.
    pub seed: u64,
    /// The solver.
    pub solver: SolverKind,
    /// Most evaluations of the field per sample. A solver that does not choose its steps itself uses them up; for one
    /// that does it is an error to need more.
    pub nfe: usize,
    /// Error per step of a solver that chooses its steps itself, see [`DormandPrince`](crate::solver::DormandPrince).
    pub tolerance: f64,
    /// Where a solver that does not stops on its way.
    pub grid: TimeGrid,
    /// Exponent ρ of the grid; `None`: that of the schedule.
    pub rho: Option<f64>,
    /// Noise that is added and taken away again.
    pub churn: Churn,
    /// α: deviation, in units of σ, of Gaussian noise that disturbs every step. A test of robustness.
    pub disturbance: f64,
    /// What becomes of births and deaths; `None`: branching where there are any.
    pub birth_death: Option<BirthDeath>,
    /// How births and deaths are counted, where there are any.
    pub branching: Branching,
    /// Particles in the population per sample, where particles are born or die. Samples are drawn from it.
    pub crowd: usize,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self {
            count: 64,
            seed: 1,
            solver: SolverKind::Heun,
            nfe: 35,
            tolerance: 1e-3,
            grid: TimeGrid::Edm,
            rho: None,
            churn: Churn::default(),
            disturbance: 0.0,
            birth_death: None,
            branching: Branching::LookAhead,
            crowd: 4,
        }
    }
}

impl SamplerConfig {
    /// Checks what does not depend on the equation.
    pub(crate) fn check_numbers(&self) -> Result<()> {
        if self.nfe == 0 || self.count == 0 {
            let message = "the number of samples and of evaluations must be positive";
            return Err(FlowError::Setting(message.into()).about([Setting::Count, Setting::Evaluations]));
        }
        for (name, setting, value) in [
            ("tolerance", Setting::Tolerance, Some(self.tolerance)),
            ("exponent rho of the grid", Setting::Rho, self.rho),
        ] {
            if let Some(found) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return Err(
                    FlowError::Setting(format!("the {name} must be a positive number, found {found}")).about([setting])
                );
            }
        }
        Ok(())
    }

    pub(super) fn check(&self, pde: &dyn GenerativePde) -> Result<()> {
        self.check_numbers()?;
        match self.birth_death {
            Some(BirthDeath::Conservative) if !pde.growth_is_uniform() => Err(FlowError::Setting(format!(
                "the conservative flow of `{}` is another field than this run has learned; it has to be trained for",
                pde.name()
            ))
            .about([Setting::Rewrite])),
            Some(BirthDeath::Branching | BirthDeath::Weights) if pde.conserves_particles() => {
                Err(FlowError::Setting(format!("`{}` has no births and deaths here to be treated", pde.name()))
                    .about([Setting::BirthDeath]))
            }
            _ => Ok(()),
        }
    }

    /// The flow scales at which `solver` stops with `nfe` evaluations; an adaptive one at the ends only.
    pub(crate) fn scales(&self, schedule: &NoiseSchedule, solver: &dyn Solver, nfe: usize) -> Vec<f64> {
        let steps = if solver.is_adaptive() { 2 } else { solver.steps_for(nfe) };
        self.grid.scales(schedule, self.rho.unwrap_or(schedule.rho), steps)
    }
}
