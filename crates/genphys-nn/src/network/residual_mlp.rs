//! Residual network of matrix products, each block steered by the noise level.

use candle_core::Tensor;

use super::Network;
use super::config::NetworkConfig;
use super::head::{NetworkOutput, Outputs};
use super::layers::{Activation, Dense, Layers, LayersBuilder, Modulation};
use super::noise_embedding::{Condition, Told, embedded_noise};
use super::parameter_store::ParameterStore;
use crate::error::Result;

/// `dim → width → … → dim` with `depth` residual blocks.
///
/// A block normalises, scales and shifts its input by the embedded noise level (adaptive layer norm, Peebles and Xie,
/// arXiv 2212.09748), and adds two matrix products with a SiLU between. The last product of a block and the outputs
/// start at zero: the untrained network returns zero, and the untrained denoiser is the best linear one.
#[derive(Clone, Debug)]
pub struct ResidualMlp {
    told: Told,
    layers: Layers,
    outputs: Outputs,
}

impl ResidualMlp {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        let (network, outputs) = Self::layers(config)?;
        Ok(Self {
            layers: network.build(store, "mlp", config.precision)?,
            told: Told::new(store, config.embedding, config.classes)?,
            outputs,
        })
    }

    /// The layers before they have parameters.
    pub(super) fn layers(config: &NetworkConfig) -> Result<(LayersBuilder, Outputs)> {
        config.check()?;
        let NetworkConfig { dim, width, depth, octaves, embedding, classes, .. } = *config;
        let mut network = LayersBuilder::default();
        let point = network.input(dim);
        let noise = embedded_noise(&mut network, embedding, classes);

        // The octaves start with the period of the data's extent.
        let frequency = |octave: usize| std::f32::consts::FRAC_PI_2 * 2f32.powi(octave as i32);
        let mut features = vec![point];
        features.extend((0..octaves).map(|octave| network.waves(point, &[frequency(octave)])));
        let point = network.join(&features);
        let mut hidden = network.dense(Dense::new("input", point, width));
        for i in 0..depth {
            let name = format!("block{i}");
            let steered = modulated(&mut network, &name, hidden, noise, width);
            let inner = network.dense(Dense::new(format!("{name}.inner"), steered, width));
            let outer = Dense::new(format!("{name}.outer"), inner, width);
            hidden = network.dense(Dense { silu: true, residual: Some(hidden), zeros: true, ..outer });
        }
        let last = modulated(&mut network, "last", hidden, noise, width);
        let hidden = network.silu(last);
        let point = network.dense(Dense { zeros: true, ..Dense::new("output", hidden, dim) });
        network.output(point);
        let outputs = Outputs::of_vectors(config);
        outputs.add_heads(&mut network, hidden);
        Ok((network, outputs))
    }
}

/// Normalisation with scale and shift from the embedded noise level, neither of them at first.
fn modulated(
    network: &mut LayersBuilder,
    name: &str,
    hidden: Activation,
    noise: Activation,
    width: usize,
) -> Activation {
    let [scale, shift] = ["scale", "shift"]
        .map(|part| network.dense(Dense { zeros: true, ..Dense::new(format!("{name}.{part}"), noise, width) }))
        .map(|part| part.from_column(0));
    network.norm(hidden, Modulation { scale, shift })
}

impl Network for ResidualMlp {
    fn points_at_once(&self) -> usize {
        4096
    }

    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        self.outputs.split(&self.layers.forward(&self.told.input(x, condition)?)?)
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
