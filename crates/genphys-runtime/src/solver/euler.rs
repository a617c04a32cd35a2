//! Euler's method.

use super::{FlowState, Solver};
use crate::error::Result;
use crate::velocity_field::VelocityField;

/// Euler's method in the variable σ: first order, one evaluation per step.
///
/// A step to zero lands on the denoised point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Euler;

impl Solver for Euler {
    fn order(&self) -> u32 {
        1
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<usize> {
        let mut clean = vec![0.0; state.x.len()];
        field.evaluate(&state.x, from, &mut clean, &mut state.log_growth)?;
        for (x, clean) in state.x.iter_mut().zip(&clean) {
            let direction = (*x - clean) / from;
            *x += (to - from) * direction;
        }
        // What grows between the smallest flow scale and zero is below the resolution of the samples.
        let span = if to > 0.0 { (to / from).ln() } else { 0.0 };
        state.log_growth.iter_mut().for_each(|rate| *rate *= span);
        Ok(1)
    }

    fn steps_for(&self, nfe: usize) -> usize {
        nfe.max(1)
    }
}
