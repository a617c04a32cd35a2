//! Outputs beside the main one.

use candle_core::Tensor;

use super::config::NetworkConfig;
use super::layers::{Activation, Dense, LayersBuilder};
use crate::error::Result;

/// Width of the small layer in front of the growth rate and the pace.
const WIDTH: usize = 64;

/// What a network returns, before it is scaled.
#[derive(Clone, Debug)]
pub struct NetworkOutput {
    /// One value per coordinate, `(batch, dim)`.
    pub point: Tensor,
    /// One value per example, `(batch,)`, if the network has a growth head.
    pub growth: Option<Tensor>,
    /// `(batch, pace)`, if the network has a head for the pace.
    pub pace: Option<Tensor>,
}

/// Which outputs a network has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outputs {
    dim: usize,
    growth: bool,
    pace: usize,
    /// Whether the pace is a second image, beside the point.
    second_image: bool,
}

impl Outputs {
    /// Of a network whose outputs are all read off the same features.
    pub(super) fn of_vectors(config: &NetworkConfig) -> Self {
        Self { dim: config.dim, growth: config.growth, pace: config.pace, second_image: false }
    }

    /// Of a network that returns images: a pace per coordinate is one of them.
    pub(super) fn of_images(config: &NetworkConfig) -> Self {
        Self { second_image: config.pace > 1, ..Self::of_vectors(config) }
    }

    /// Images the network returns.
    pub(super) fn images(self) -> usize {
        1 + usize::from(self.second_image)
    }

    /// Adds the outputs that are not images, each with a small layer of its own that starts at zero. They are read off
    /// the mean of the features over an example's positions.
    pub(super) fn add_heads(self, network: &mut LayersBuilder, features: Activation) {
        let growth = self.growth.then_some(("growth", 1));
        let pace = (self.pace > 0 && !self.second_image).then_some(("pace", self.pace));
        let mut mean = None;
        for (name, values) in [growth, pace].into_iter().flatten() {
            let features = match mean {
                Some(mean) => mean,
                None if network.size(features).positions == 1 => features,
                None => *mean.insert(network.mean(features)),
            };
            let inner = network.dense(Dense::new(format!("{name}.inner"), features, WIDTH));
            let outer = Dense::new(format!("{name}.outer"), inner, values);
            let head = network.dense(Dense { silu: true, zeros: true, ..outer });
            network.output(head);
        }
    }

    /// The parts of what the layers return: images or the point, then the others.
    pub(super) fn split(self, output: &Tensor) -> Result<NetworkOutput> {
        let mut column = 0;
        let mut next = |count: usize| {
            column += count;
            output.narrow(1, column - count, count)
        };
        let point = next(self.dim)?;
        let image = if self.second_image { Some(next(self.pace)?) } else { None };
        let growth = if self.growth { Some(next(1)?.squeeze(1)?) } else { None };
        let pace = if image.is_none() && self.pace > 0 { Some(next(self.pace)?) } else { image };
        Ok(NetworkOutput { point, growth, pace })
    }
}
