//! Particles on the flow, and what a solver remembers of them.

use crate::error::Result;
use crate::field::velocity_field::{FieldValues, VelocityField};

/// Particles on the flow, in `f64`.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowState {
    /// Positions, row-major `(count, dim)`.
    pub x: Vec<f64>,
    /// What the last step added to `ln` of each particle's mass, `(count,)`: `∫ g dt` along its path, in the direction
    /// of travel. Backward in time a dying particle gains.
    pub log_growth: Vec<f64>,
    dim: usize,
    /// The field at the particles, with the flow scale, where it has been evaluated there already.
    pub(super) here: Option<(f64, FieldValues)>,
    /// The field at the beginning of the last step, with the flow scale.
    pub(super) before: Option<(f64, FieldValues)>,
    /// Length in σ of the step that an adaptive solver means to take next.
    pub(super) next: Option<f64>,
}

impl FlowState {
    /// Particles at `x`, `(count, dim)`.
    pub fn new(x: Vec<f64>, dim: usize) -> Self {
        let count = x.len() / dim.max(1);
        Self { x, log_growth: vec![0.0; count], dim, here: None, before: None, next: None }
    }

    /// The positions, to be changed by something else than the flow: what was evaluated at them holds no more.
    pub fn disturb(&mut self) -> &mut [f64] {
        self.here = None;
        &mut self.x
    }

    /// Remembers the field at the particles and flow scale `sigma`, so that the next step need not evaluate it again.
    pub(crate) fn know(&mut self, sigma: f64, values: FieldValues) {
        self.here = Some((sigma, values));
    }

    /// The field at the particles and flow scale `sigma`, evaluated unless it is known.
    pub(super) fn field(&mut self, field: &dyn VelocityField, sigma: f64) -> Result<FieldValues> {
        match self.here.take() {
            Some((known, values)) if known == sigma => Ok(values),
            _ => Ok(field.evaluate(&self.x, sigma)?),
        }
    }

    /// Keeps the particles numbered `rows`, in this order; a number may come several times.
    pub fn select(&mut self, rows: &[usize]) {
        self.x = pick(&self.x, rows, self.dim);
        self.log_growth = pick(&self.log_growth, rows, 1);
        for (_, values) in self.here.iter_mut().chain(&mut self.before) {
            values.clean = pick(&values.clean, rows, self.dim);
            values.growth = pick(&values.growth, rows, 1);
            values.pace = values.pace.take().map(|pace| pick(&pace, rows, self.dim));
        }
    }
}

fn pick(values: &[f64], rows: &[usize], columns: usize) -> Vec<f64> {
    let mut picked = Vec::with_capacity(rows.len() * columns);
    rows.iter().for_each(|row| picked.extend_from_slice(&values[row * columns..(row + 1) * columns]));
    picked
}
