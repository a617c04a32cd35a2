//! What the network is told beside the point: Fourier features of the noise level, then a small network, and the class.

use std::f64::consts::TAU;

use candle_core::Tensor;

use super::layers::{Activation, Dense, LayersBuilder};
use super::parameter_store::{Initial, ParameterStore};
use crate::error::{NnError, Result};

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

/// The columns of a network's input: the point, the condition, and what is told of the class.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// One row per class and one for "not told", if the network knows classes.
    labels: Option<Tensor>,
}

impl Told {
    /// The classes' parameters `embedding.labels`, if there are any.
    pub(super) fn new(store: &mut ParameterStore, width: usize, classes: usize) -> Result<Self> {
        let initial = Initial::Normal(0.1);
        let labels =
            if classes > 0 { Some(store.create("embedding.labels", &[classes + 1, width], initial)?) } else { None };
        Ok(Self { labels })
    }

    /// The input of a network that begins with [`embedded_noise`]'s columns after those of the point.
    pub(super) fn input(&self, x: &Tensor, condition: &Condition<'_>) -> Result<Tensor> {
        let mut input = vec![x.clone(), condition.level.clone(), condition.ratio.clone()];
        input.extend(self.class(x.dim(0)?, condition.labels)?);
        Ok(Tensor::cat(&input, 1)?)
    }

    /// What is told of the class of every example, `(batch, width)`, if the network knows classes.
    pub(super) fn class(&self, batch: usize, labels: Option<&Tensor>) -> Result<Option<Tensor>> {
        match (&self.labels, labels) {
            (Some(table), Some(labels)) => Ok(Some(table.index_select(labels, 0)?)),
            (Some(table), None) => {
                let (rows, width) = table.dims2()?;
                Ok(Some(table.narrow(0, rows - 1, 1)?.broadcast_as((batch, width))?))
            }
            (None, Some(_)) => Err(NnError::Setting("this network was not trained with classes".into())),
            (None, None) => Ok(None),
        }
    }
}

/// The next columns of the input, level, ratio and what is told of the class, as a vector of `width` values.
pub(super) fn embedded_noise(network: &mut LayersBuilder, width: usize, classes: usize) -> Activation {
    let (level, ratio) = (network.input(1), network.input(1));
    let class = (classes > 0).then(|| network.input(width));
    let [of_level, of_ratio] = [level, ratio].map(|told| network.waves(told, &frequencies()));
    let noise = network.join(&[level, of_level, ratio, of_ratio]);
    let noise = network.dense(Dense::new("embedding.inner", noise, width));
    let noise = network.dense(Dense { silu: true, residual: class, ..Dense::new("embedding.outer", noise, width) });
    network.silu(noise)
}
