//! The midpoint rule.

use super::{Euler, FlowState, Solver, Step, relax};
use crate::error::Result;
use crate::field::velocity_field::VelocityField;

/// The midpoint rule in `ln σ`: posterior mean and pace halfway, held over the step, for which the flow has a closed
/// solution. Second order, two evaluations per step (DPM-Solver-2, Lu et al., arXiv 2206.00927, in its form for the
/// posterior mean).
///
/// A step to zero is a step of Euler's method, because there is no halfway to zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Midpoint;

impl Solver for Midpoint {
    fn order(&self) -> u32 {
        2
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        if to <= 0.0 {
            return Euler.step(field, state, from, to);
        }
        let here = state.field(field, from)?;
        let halfway = (from * to).sqrt();
        let mut x = state.x.clone();
        relax(&mut x, &here.clean, here.pace.as_deref(), from, halfway);
        let middle = field.evaluate(&x, halfway)?;
        relax(&mut state.x, &middle.clean, middle.pace.as_deref(), from, to);
        let span = (to / from).ln();
        state.log_growth = middle.growth.iter().map(|rate| rate * span).collect();
        Ok(Step::to(to))
    }

    fn steps_for(&self, nfe: usize) -> usize {
        // The last step costs one evaluation, every other step two.
        nfe.saturating_sub(1) / 2 + 1
    }
}
