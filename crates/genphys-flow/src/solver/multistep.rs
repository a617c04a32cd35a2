//! A multistep method, for few evaluations.

use super::{FlowState, Solver, Step, relax};
use crate::error::Result;
use crate::field::velocity_field::{FieldValues, VelocityField};

/// The method of Adams and Bashforth in `ln σ` on the posterior mean, inside the solution for constant ones: second
/// order, one evaluation per step (DPM-Solver++(2M), Lu et al., arXiv 2211.01095, algorithm 2). Pace and growth are
/// extrapolated in the same way.
///
/// The first step, which has nothing to extrapolate from, and a step to zero are steps of Euler's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multistep;

impl Solver for Multistep {
    fn order(&self) -> u32 {
        2
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        let here = state.field(field, from)?;
        let span = if to > 0.0 { (to / from).ln() } else { 0.0 };
        let middle = match state.before.take() {
            Some((earlier, before)) if to > 0.0 => {
                // Half a step ahead, in units of the step before.
                let ahead = 0.5 * span / (from / earlier).ln();
                Some(extrapolate(before, &here, ahead))
            }
            _ => None,
        };
        let values = middle.as_ref().unwrap_or(&here);
        relax(&mut state.x, &values.clean, values.pace.as_deref(), from, to);
        state.log_growth = values.growth.iter().map(|rate| rate * span).collect();
        state.before = Some((from, here));
        Ok(Step::to(to))
    }

    fn steps_for(&self, nfe: usize) -> usize {
        nfe.max(1)
    }
}

/// `here + ahead (here − before)`; a pace does not fall below zero, where the flow would turn round.
fn extrapolate(mut before: FieldValues, here: &FieldValues, ahead: f64) -> FieldValues {
    let line = |values: &mut [f64], here: &[f64], least: f64| {
        for (value, here) in values.iter_mut().zip(here) {
            *value = (here + ahead * (here - *value)).max(least);
        }
    };
    line(&mut before.clean, &here.clean, f64::NEG_INFINITY);
    line(&mut before.growth, &here.growth, f64::NEG_INFINITY);
    if let (Some(pace), Some(here)) = (&mut before.pace, &here.pace) {
        line(pace, here, 0.0);
    }
    before
}
