//! Heun's method.

use super::{Euler, FlowState, Solver};
use crate::error::Result;
use crate::velocity_field::VelocityField;

/// Heun's method in the variable σ (EDM, arXiv 2206.00364, algorithm 1): second order, two evaluations per step.
///
/// A step to zero is a step of Euler's method, because the direction has no value there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heun;

impl Solver for Heun {
    fn order(&self) -> u32 {
        2
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<usize> {
        if to <= 0.0 {
            return Euler.step(field, state, from, to);
        }
        let mut clean = vec![0.0; state.x.len()];
        field.evaluate(&state.x, from, &mut clean, &mut state.log_growth)?;
        // Lines 4 and 5: direction here, and a step of Euler's method along it.
        let direction: Vec<f64> = state.x.iter().zip(&clean).map(|(x, clean)| (x - clean) / from).collect();
        let ahead: Vec<f64> = state.x.iter().zip(&direction).map(|(x, d)| x + (to - from) * d).collect();
        // Lines 7 and 8: direction there, and a step along the mean of both.
        let mut growth = vec![0.0; state.log_growth.len()];
        field.evaluate(&ahead, to, &mut clean, &mut growth)?;
        for (((x, direction), ahead), clean) in state.x.iter_mut().zip(&direction).zip(&ahead).zip(&clean) {
            *x += (to - from) * 0.5 * (direction + (ahead - clean) / to);
        }
        let span = (to / from).ln();
        for (here, there) in state.log_growth.iter_mut().zip(&growth) {
            *here = 0.5 * (*here + there) * span;
        }
        Ok(2)
    }

    fn steps_for(&self, nfe: usize) -> usize {
        // The last step costs one evaluation, every other step two.
        nfe.saturating_sub(1) / 2 + 1
    }
}
