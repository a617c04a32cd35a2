//! Residual network of matrix products, each block steered by the noise level.

use candle_core::Tensor;

use super::Network;
use super::config::NetworkConfig;
use super::head::{Head, NetworkOutput};
use super::linear::Linear;
use super::noise_embedding::{Condition, NoiseEmbedding};
use super::parameter_store::ParameterStore;
use crate::error::Result;
use crate::fused::{modulated_norm, silu};

/// `dim → width → … → dim` with `depth` residual blocks.
///
/// A block normalises, scales and shifts its input by the embedded noise level (adaptive layer norm, Peebles and Xie,
/// arXiv 2212.09748), and adds two matrix products with a SiLU between. The last product of a block and the outputs
/// start at zero: the untrained network returns zero, and the untrained denoiser is the best linear one.
#[derive(Clone, Debug)]
pub struct ResidualMlp {
    embedding: NoiseEmbedding,
    octaves: usize,
    input: Linear,
    blocks: Vec<Block>,
    last: Modulation,
    output: Linear,
    growth: Option<Head>,
    pace: Option<Head>,
}

impl ResidualMlp {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        config.check()?;
        let NetworkConfig { dim, width, depth, octaves, embedding, classes, growth, pace, .. } = *config;
        let blocks =
            (0..depth).map(|i| Block::new(store, &format!("block{i}"), width, embedding)).collect::<Result<_>>()?;
        Ok(Self {
            embedding: NoiseEmbedding::new(store, "embedding", embedding, classes)?,
            octaves,
            input: Linear::new(store, "input", dim * (1 + 2 * octaves), width)?,
            blocks,
            last: Modulation::new(store, "last", width, embedding)?,
            output: Linear::zeros(store, "output", width, dim)?,
            growth: if growth { Some(Head::new(store, "growth", width, 1)?) } else { None },
            pace: if pace > 0 { Some(Head::new(store, "pace", width, pace)?) } else { None },
        })
    }
}

impl Network for ResidualMlp {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        let noise = self.embedding.forward(condition)?;
        let mut hidden = self.input.forward(&fourier_features(x, self.octaves)?)?;
        for block in &self.blocks {
            hidden = (block.forward(&hidden, &noise)? + hidden)?;
        }
        let hidden = silu(&self.last.forward(&hidden, &noise)?)?;
        let growth = match &self.growth {
            Some(head) => Some(head.forward(&hidden)?.squeeze(1)?),
            None => None,
        };
        let pace = self.pace.as_ref().map(|head| head.forward(&hidden)).transpose()?;
        Ok(NetworkOutput { point: self.output.forward(&hidden)?, growth, pace })
    }
}

/// `(batch, dim)` to `(batch, dim (1 + 2 octaves))`: x, and cos and sin of `2^j π x / 2`, which has the period of the
/// data's extent for `j = 0`.
fn fourier_features(x: &Tensor, octaves: usize) -> Result<Tensor> {
    if octaves == 0 {
        return Ok(x.clone());
    }
    let mut features = vec![x.clone()];
    let mut frequency = std::f64::consts::FRAC_PI_2;
    for _ in 0..octaves {
        let phase = x.affine(frequency, 0.0)?;
        features.extend([phase.cos()?, phase.sin()?]);
        frequency *= 2.0;
    }
    Ok(Tensor::cat(&features, 1)?)
}

#[derive(Clone, Debug)]
struct Block {
    modulation: Modulation,
    inner: Linear,
    outer: Linear,
}

impl Block {
    fn new(store: &mut ParameterStore, name: &str, width: usize, embedding: usize) -> Result<Self> {
        Ok(Self {
            modulation: Modulation::new(store, name, width, embedding)?,
            inner: Linear::new(store, &format!("{name}.inner"), width, width)?,
            outer: Linear::zeros(store, &format!("{name}.outer"), width, width)?,
        })
    }

    fn forward(&self, hidden: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let steered = self.modulation.forward(hidden, noise)?;
        self.outer.forward_silu(&self.inner.forward(&steered)?)
    }
}

/// Normalisation with scale and shift from the embedded noise level.
#[derive(Clone, Debug)]
struct Modulation {
    scale: Linear,
    shift: Linear,
}

impl Modulation {
    fn new(store: &mut ParameterStore, name: &str, width: usize, embedding: usize) -> Result<Self> {
        Ok(Self {
            scale: Linear::zeros(store, &format!("{name}.scale"), embedding, width)?,
            shift: Linear::zeros(store, &format!("{name}.shift"), embedding, width)?,
        })
    }

    fn forward(&self, hidden: &Tensor, noise: &Tensor) -> Result<Tensor> {
        Ok(modulated_norm(hidden, &self.scale.forward(noise)?, &self.shift.forward(noise)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::test_support::{check, image_config};
    use crate::network::{ImageSize, NetworkKind};

    #[test]
    fn starts_at_zero_and_learns_through_every_parameter() -> Result<()> {
        let image = ImageSize { height: 3, width: 1, channels: 1 };
        let config = NetworkConfig { image: None, octaves: 2, ..image_config(NetworkKind::Mlp, image, 3) };
        check(&config)?;
        check(&NetworkConfig { classes: 0, growth: false, pace: 0, ..config })
    }
}
