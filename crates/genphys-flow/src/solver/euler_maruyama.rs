//! The Euler–Maruyama method.

use super::{FlowState, Solver, Step};
use crate::error::Result;
use crate::field::velocity_field::VelocityField;

/// The Euler–Maruyama method for the reverse stochastic equation of a diffusion,
/// `dx = 2 (x − E[y | x, σ]) dσ/σ + √(2σ) dw̄` (Song et al., arXiv 2011.13456, eq. 6, for noise of variance σ²): the
/// baseline that the deterministic flow is compared with. One evaluation per step, weak order one.
///
/// A step moves the particles with twice the velocity of the flow; the noise of variance `from² − to²` that belongs
/// after it is the caller's, see [`Solver::noise`]. A step to zero lands on the denoised point, without noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EulerMaruyama;

impl Solver for EulerMaruyama {
    fn order(&self) -> u32 {
        1
    }

    fn step(&self, field: &dyn VelocityField, state: &mut FlowState, from: f64, to: f64) -> Result<Step> {
        let values = state.field(field, from)?;
        let factor = if to > 0.0 { 2.0 * (to - from) / from } else { -1.0 };
        for (x, clean) in state.x.iter_mut().zip(&values.clean) {
            *x += factor * (*x - clean);
        }
        state.log_growth.fill(0.0);
        Ok(Step::to(to))
    }

    fn steps_for(&self, nfe: usize) -> usize {
        nfe.max(1)
    }

    fn noise(&self, from: f64, to: f64) -> f64 {
        if to > 0.0 { (from * from - to * to).max(0.0).sqrt() } else { 0.0 }
    }
}
