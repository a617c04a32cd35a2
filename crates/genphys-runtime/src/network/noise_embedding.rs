//! What the network is told beside the point: Fourier features of the noise level, then a small network, and the class.

use std::f64::consts::TAU;

use candle_core::Tensor;

use super::linear::Linear;
use super::parameter_store::{Initial, ParameterStore};
use crate::error::{Result, RuntimeError};
use crate::fused::silu;

/// Frequencies of each number that the network is told, in turns per unit: from an eighth to two.
const FREQUENCIES: usize = 12;

/// The frequencies of level and ratio, in radians.
pub(super) fn frequencies() -> Vec<f32> {
    let last = (FREQUENCIES - 1) as f64;
    (0..FREQUENCIES).map(|i| (TAU * 0.125 * 16f64.powf(i as f64 / last)) as f32).collect()
}

/// What the network is told about a batch, beside the points.
#[derive(Clone, Copy, Debug)]
pub struct Condition<'a> {
    /// `ln s / 4` with `s` the noise level in units of the data's deviation, `(batch, 1)`.
    pub level: &'a Tensor,
    /// Ratio of the process's typical spread to `s`, `(batch, 1)`: one unless the radius proves a larger displacement.
    pub ratio: &'a Tensor,
    /// Class of each example, `(batch,)` of `u32`; the number of classes stands for "not told". `None` tells nothing.
    pub labels: Option<&'a Tensor>,
}

/// Maps the condition of an example to a vector of `width` values.
#[derive(Clone, Debug)]
pub struct NoiseEmbedding {
    frequencies: Tensor,
    inner: Linear,
    outer: Linear,
    /// One row per class and one for "not told", if the network knows classes.
    labels: Option<Tensor>,
}

impl NoiseEmbedding {
    /// An embedding of the given width, for a number of classes that may be zero.
    ///
    /// # Errors
    /// When a parameter's name is taken.
    pub fn new(store: &mut ParameterStore, name: &str, width: usize, classes: usize) -> Result<Self> {
        Ok(Self {
            frequencies: Tensor::from_vec(frequencies(), (1, FREQUENCIES), store.device())?,
            inner: Linear::new(store, &format!("{name}.inner"), 2 * (1 + 2 * FREQUENCIES), width)?,
            outer: Linear::new(store, &format!("{name}.outer"), width, width)?,
            labels: if classes > 0 {
                Some(store.create(&format!("{name}.labels"), &[classes + 1, width], Initial::Normal(0.1))?)
            } else {
                None
            },
        })
    }

    /// Embeds the condition as `(batch, width)`.
    ///
    /// # Errors
    /// When the shapes do not fit, or there are labels and the network knows no classes.
    pub fn forward(&self, condition: &Condition<'_>) -> Result<Tensor> {
        let mut features = Vec::with_capacity(6);
        for value in [condition.level, condition.ratio] {
            let phases = value.matmul(&self.frequencies)?;
            features.extend([value.clone(), phases.cos()?, phases.sin()?]);
        }
        let hidden = self.inner.forward(&Tensor::cat(&features, 1)?)?;
        let mut embedded = self.outer.forward_silu(&hidden)?;
        if let Some(table) = &self.labels {
            embedded = (embedded + rows_of_labels(table, condition)?)?;
        } else {
            refuse_labels(condition)?;
        }
        Ok(silu(&embedded)?)
    }
}

/// What the table says of every example's class, `(batch, width)`.
pub(super) fn rows_of_labels(table: &Tensor, condition: &Condition<'_>) -> Result<Tensor> {
    let (rows, width) = table.dims2()?;
    match condition.labels {
        Some(labels) => Ok(table.index_select(labels, 0)?),
        None => Ok(table.narrow(0, rows - 1, 1)?.broadcast_as((condition.level.dim(0)?, width))?),
    }
}

/// An error where a network that knows no classes is told some.
pub(super) fn refuse_labels(condition: &Condition<'_>) -> Result<()> {
    match condition.labels {
        Some(_) => Err(RuntimeError::Setting("this network was not trained with classes".into())),
        None => Ok(()),
    }
}
