//! Heun's method.

use super::{Euler, FlowState, Solver, Step, relax};
use crate::error::Result;
use crate::field::velocity_field::VelocityField;

/// Heun's method in the variable σ (EDM, arXiv 2206.00364, algorithm 1): second order, two evaluations per step. Where
/// the pace is not one, the trapezoidal rule for posterior mean and pace inside the solution for constant ones.
///
/// A step to zero is a step of Euler's method, because the direction has no value there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heun;

impl Solver for Heun {
    fn order(&self) -> u32 {
        2
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        if to <= 0.0 {
            return Euler.step(field, state, from, to);
        }
        let here = state.field(field, from)?;
        let mut ahead = state.x.clone();
        relax(&mut ahead, &here.clean, here.pace.as_deref(), from, to);
        let there = field.evaluate(&ahead, to)?;
        match (&here.pace, &there.pace) {
            (Some(first), Some(second)) => {
                // The exact solution with the means of both ends.
                let mean = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| 0.5 * (a + b)).collect::<Vec<f64>>();
                let (clean, pace) = (mean(&here.clean, &there.clean), mean(first, second));
                relax(&mut state.x, &clean, Some(&pace), from, to);
            }
            _ => {
                // Algorithm 1 of EDM, lines 4 to 8: a step along the mean of the directions here and there.
                let ends = state.x.iter_mut().zip(&here.clean).zip(ahead.iter().zip(&there.clean));
                for ((x, clean), (ahead, clean_ahead)) in ends {
                    *x += (to - from) * 0.5 * ((*x - clean) / from + (ahead - clean_ahead) / to);
                }
            }
        }
        let span = (to / from).ln();
        state.log_growth = here.growth.iter().zip(&there.growth).map(|(a, b)| 0.5 * (a + b) * span).collect();
        Ok(Step::to(to))
    }

    fn steps_for(&self, nfe: usize) -> usize {
        // The last step costs one evaluation, every other step two.
        nfe.saturating_sub(1) / 2 + 1
    }
}
