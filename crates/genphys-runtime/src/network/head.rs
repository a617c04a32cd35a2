//! Outputs beside the main one.

use candle_core::Tensor;

use super::config::NetworkConfig;
use super::linear::Linear;
use super::parameter_store::ParameterStore;
use crate::error::Result;

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

/// A second output, with a small layer of its own. It starts at zero.
#[derive(Clone, Debug)]
pub(super) struct Head {
    inner: Linear,
    outer: Linear,
}

impl Head {
    pub(super) fn new(store: &mut ParameterStore, name: &str, width: usize, values: usize) -> Result<Self> {
        Ok(Self {
            inner: Linear::new(store, &format!("{name}.inner"), width, 64)?,
            outer: Linear::zeros(store, &format!("{name}.outer"), 64, values)?,
        })
    }

    pub(super) fn forward(&self, hidden: &Tensor) -> Result<Tensor> {
        self.outer.forward_silu(&self.inner.forward(hidden)?)
    }
}

/// The outputs of a network for images, from features `(batch * positions, width)`.
///
/// The growth rate and a pace of the whole image are read off the mean features. A pace per coordinate is a second image.
#[derive(Clone, Debug)]
pub(super) struct ImageHeads {
    growth: Option<Head>,
    pace: Option<Head>,
    /// Whether the network returns a second image.
    pub(super) second_image: bool,
}

impl ImageHeads {
    pub(super) fn new(store: &mut ParameterStore, config: &NetworkConfig, width: usize) -> Result<Self> {
        Ok(Self {
            growth: if config.growth { Some(Head::new(store, "growth", width, 1)?) } else { None },
            pace: if config.pace == 1 { Some(Head::new(store, "pace", width, 1)?) } else { None },
            second_image: config.pace > 1,
        })
    }

    /// Images the network returns.
    pub(super) fn images(&self) -> usize {
        1 + usize::from(self.second_image)
    }

    /// `images` are `(batch, dim)`, as many as [`images`](Self::images) says.
    pub(super) fn output(&self, hidden: &Tensor, batch: usize, images: &[Tensor]) -> Result<NetworkOutput> {
        let (rows, width) = hidden.dims2()?;
        let mean = || hidden.reshape((batch, rows / batch, width))?.mean(1);
        let growth = match &self.growth {
            Some(head) => Some(head.forward(&mean()?)?.squeeze(1)?),
            None => None,
        };
        let pace = match &self.pace {
            Some(head) => Some(head.forward(&mean()?)?),
            None => images.get(1).cloned(),
        };
        let point = images[0].clone();
        Ok(NetworkOutput { point, growth, pace })
    }
}
