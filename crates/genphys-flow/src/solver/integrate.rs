//! The loop over the steps of a solver, for everything that follows the flow.

use super::{FlowState, Solver};
use crate::error::Result;
use crate::field::velocity_field::VelocityField;

/// Particles that follow the flow, and what happens to them between steps.
pub(crate) trait Particles {
    /// Where they are.
    fn state(&mut self) -> &mut FlowState;

    /// Before step number `step` at flow scale `at`. Returns the flow scale that the step goes from.
    fn before(&mut self, step: usize, at: f64) -> f64 {
        let _ = step;
        at
    }

    /// After a step. Returns the flow scale at which the particles are then: the one reached, or where they were
    /// brought back to.
    ///
    /// # Errors
    /// When the process does not allow what happens here.
    fn after(&mut self, passed: &Passed) -> Result<f64>;
}

/// A step that was taken.
pub(crate) struct Passed {
    /// Its number, from zero.
    pub(crate) step: usize,
    /// The flow scale before it and before what happened then.
    pub(crate) at: f64,
    /// The flow scale that it went from.
    pub(crate) from: f64,
    /// The flow scale that it reached.
    pub(crate) reached: f64,
}

/// How many steps a way took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Steps.
    pub(crate) steps: usize,
    /// Attempts at a step that were thrown away.
    pub(crate) rejected: usize,
}

/// Carries particles through the flow scales, with as many steps from one to the next as the solver wants.
///
/// # Errors
/// When the field cannot be evaluated, no step is short enough, or those of `particles`.
pub(crate) fn integrate(
    solver: &dyn Solver,
    field: &dyn VelocityField,
    scales: &[f64],
    particles: &mut dyn Particles,
) -> Result<Taken> {
    let mut taken = Taken::default();
    for pair in scales.windows(2) {
        let (mut at, to) = (pair[0], pair[1]);
        while at != to {
            let from = particles.before(taken.steps, at);
            let step = solver.step(field, particles.state(), from, to)?;
            let passed = Passed { step: taken.steps, at, from, reached: step.reached };
            at = particles.after(&passed)?;
            taken = Taken { steps: taken.steps + 1, rejected: taken.rejected + step.rejected };
        }
    }
    Ok(taken)
}
