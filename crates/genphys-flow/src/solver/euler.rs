//! Euler's method.

use super::{FlowState, Solver, Step, relax};
use crate::error::Result;
use crate::field::velocity_field::VelocityField;

/// Euler's method: first order, one evaluation per step. In the variable σ where the pace is one; otherwise with the
/// posterior mean and the pace held, for which the flow has the solution `x − E[y] ∝ σ^pace`. It cannot overshoot.
///
/// A step to zero lands on the denoised point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Euler;

impl Solver for Euler {
    fn order(&self) -> u32 {
        1
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        let values = state.field(field, from)?;
        relax(&mut state.x, &values.clean, values.pace.as_deref(), from, to);
        // What grows between the smallest flow scale and zero is below the resolution of the samples.
        let span = if to > 0.0 { (to / from).ln() } else { 0.0 };
        state.log_growth = values.growth.iter().map(|rate| rate * span).collect();
        Ok(Step::to(to))
    }

    fn steps_for(&self, nfe: usize) -> usize {
        nfe.max(1)
    }
}
