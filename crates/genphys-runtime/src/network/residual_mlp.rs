//! Residual network of matrix products, each block steered by the noise level.

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::linear::Linear;
use super::noise_embedding::NoiseEmbedding;
use super::parameter_store::ParameterStore;
use crate::error::{Result, RuntimeError};
use crate::fused::{modulated_norm, silu};

/// Size of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// Values per example: the dimension of the data.
    pub dim: usize,
    /// Values per example inside.
    pub width: usize,
    /// Number of residual blocks.
    pub depth: usize,
    /// Octaves of Fourier features of each coordinate, beside the coordinate itself. A network of this kind learns fine
    /// structure in few dimensions very slowly without them (Tancik et al., arXiv 2006.10739).
    pub octaves: usize,
    /// Values that describe the noise level inside.
    pub embedding: usize,
    /// Whether there is a second output, for the growth rate.
    pub growth: bool,
    /// Values of another output, for the pace of the flow: none, one, or one per coordinate.
    #[serde(default)]
    pub pace: usize,
}

/// What the network returns, before it is scaled.
#[derive(Clone, Debug)]
pub struct NetworkOutput {
    /// One value per coordinate, `(batch, dim)`.
    pub point: Tensor,
    /// One value per example, `(batch,)`, if the network has a growth head.
    pub growth: Option<Tensor>,
    /// `(batch, pace)`, if the network has a head for the pace.
    pub pace: Option<Tensor>,
}

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
        let NetworkConfig { dim, width, depth, octaves, embedding, growth, pace } = *config;
        if dim == 0 || width == 0 || embedding == 0 {
            return Err(RuntimeError::Setting("a network needs a positive dimension and width".into()));
        }
        let blocks =
            (0..depth).map(|i| Block::new(store, &format!("block{i}"), width, embedding)).collect::<Result<_>>()?;
        Ok(Self {
            embedding: NoiseEmbedding::new(store, "embedding", embedding)?,
            octaves,
            input: Linear::new(store, "input", dim * (1 + 2 * octaves), width)?,
            blocks,
            last: Modulation::new(store, "last", width, embedding)?,
            output: Linear::zeros(store, "output", width, dim)?,
            growth: if growth { Some(Head::new(store, "growth", width, 1)?) } else { None },
            pace: if pace > 0 { Some(Head::new(store, "pace", width, pace)?) } else { None },
        })
    }

    /// Applies the network: `x` is `(batch, dim)`, `level` and `ratio` are `(batch, 1)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn forward(&self, x: &Tensor, level: &Tensor, ratio: &Tensor) -> Result<NetworkOutput> {
        let noise = self.embedding.forward(level, ratio)?;
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

/// A second output, with a small layer of its own.
#[derive(Clone, Debug)]
struct Head {
    inner: Linear,
    outer: Linear,
}

impl Head {
    fn new(store: &mut ParameterStore, name: &str, width: usize, values: usize) -> Result<Self> {
        Ok(Self {
            inner: Linear::new(store, &format!("{name}.inner"), width, 64)?,
            outer: Linear::zeros(store, &format!("{name}.outer"), 64, values)?,
        })
    }

    fn forward(&self, hidden: &Tensor) -> Result<Tensor> {
        self.outer.forward_silu(&self.inner.forward(hidden)?)
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
    use candle_core::{DType, Device};

    #[test]
    fn starts_at_zero_and_learns_through_every_parameter() -> Result<()> {
        let device = Device::Cpu;
        let mut store = ParameterStore::new(&device, 3);
        let config = NetworkConfig { dim: 3, width: 16, depth: 2, octaves: 2, embedding: 8, growth: true, pace: 3 };
        let network = ResidualMlp::new(&mut store, &config)?;
        let x = Tensor::arange(0f32, 12f32, &device)?.reshape((4, 3))?;
        let ones = Tensor::ones((4, 1), DType::F32, &device)?;
        let output = network.forward(&x, &ones, &ones)?;
        assert_eq!(output.point.abs()?.sum_all()?.to_scalar::<f32>()?, 0.0);
        // With every parameter away from zero, the loss depends on each of them.
        for (_, var) in store.iter() {
            var.set(&var.as_tensor().affine(1.0, 0.05)?)?;
        }
        let output = network.forward(&x, &ones, &ones)?;
        let growth = output.growth.ok_or_else(|| RuntimeError::Setting("no growth".into()))?;
        let weights = Tensor::arange(1f32, 13f32, &device)?.reshape((4, 3))?;
        let pace = output.pace.ok_or_else(|| RuntimeError::Setting("no pace".into()))?;
        assert_eq!(pace.dims(), [4, 3]);
        let heads = (growth.sqr()?.sum_all()? + pace.sqr()?.sum_all()?)?;
        let loss = ((output.point.sqr()? * weights)?.sum_all()? + heads)?;
        let gradients = loss.backward()?;
        for (name, var) in store.iter() {
            let gradient = gradients.get(var).ok_or_else(|| RuntimeError::Setting(format!("{name}: none")))?;
            assert!(gradient.abs()?.sum_all()?.to_scalar::<f32>()? > 0.0, "{name} has no gradient");
        }
        Ok(())
    }
}
