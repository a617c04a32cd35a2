//! Along the flow without births: data to latents and back.

use crate::error::{Advice, FlowError, Result, Setting};
use crate::field::velocity_field::{Metered, VelocityField};
use crate::process::noise_schedule::NoiseSchedule;
use crate::sampling::sampler::SamplerConfig;
use crate::solver::{FlowState, Particles, Passed, Solver, Taken, integrate};

/// Which way along the flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the smallest flow scale to the largest: data to latents.
    Forward,
    /// From the largest flow scale to the smallest, and on to zero: latents to data.
    Backward,
}

/// Where particles came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Transported {
    /// Positions, row-major `(count, dim)`.
    pub x: Vec<f64>,
    /// `∫ g dt` along every particle's way, `(count,)`, of the field's growth.
    pub log_growth: Vec<f64>,
    /// Steps of the solver.
    pub steps: usize,
    /// Attempts at a step that were thrown away.
    pub rejected: usize,
}

/// Carries particles along the flow with the solver, grid and tolerance of `config`. Where particles are born or die
/// they follow the same paths; nobody is added or removed.
///
/// # Errors
/// When the configuration adds noise, which has no way back, or the field cannot be evaluated.
pub fn transport(
    field: &dyn VelocityField,
    x: Vec<f64>,
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
    direction: Direction,
) -> Result<Transported> {
    let solver = deterministic_solver(config)?;
    let mut scales = config.scales(schedule, solver.as_ref(), config.nfe);
    let least = if direction == Direction::Forward { solver.least_evaluations() } else { 1 };
    if config.nfe < least {
        return Err(FlowError::Setting(format!(
            "{} takes at least {least} evaluations on the way from data to latents",
            config.solver.name()
        ))
        .about([Advice::value(Setting::Evaluations, least)]));
    }
    let field = Metered::new(field).at_most(if solver.is_adaptive() { config.nfe } else { usize::MAX });
    if direction == Direction::Forward {
        scales.pop();
        scales.reverse();
    }
    let state = FlowState::new(x, field.dim());
    let mut carried = Carried { log_growth: vec![0.0; state.log_growth.len()], state };
    let Taken { steps, rejected } = integrate(solver.as_ref(), &field, &scales, &mut carried)?;
    Ok(Transported { x: carried.state.x, log_growth: carried.log_growth, steps, rejected })
}

/// Particles with what they gain on the whole way.
struct Carried {
    state: FlowState,
    log_growth: Vec<f64>,
}

impl Particles for Carried {
    fn state(&mut self) -> &mut FlowState {
        &mut self.state
    }

    fn after(&mut self, passed: &Passed) -> Result<f64> {
        self.log_growth.iter_mut().zip(&self.state.log_growth).for_each(|(sum, growth)| *sum += growth);
        Ok(passed.reached)
    }
}

/// The solver of a configuration in which nothing is random.
pub(crate) fn deterministic_solver(config: &SamplerConfig) -> Result<Box<dyn Solver>> {
    config.check_numbers()?;
    let solver = config.solver.solver(config.tolerance);
    if solver.noise(2.0, 1.0) > 0.0 || config.churn.amount > 0.0 || config.disturbance > 0.0 {
        let message = "this follows single paths of the flow: no euler-maruyama, churn or injected noise";
        return Err(FlowError::Setting(message.into()));
    }
    Ok(solver)
}
