//! Residual network of matrix products, each block steered by the noise level.

use candle_core::Tensor;

use super::Network;
use super::config::NetworkConfig;
use super::head::NetworkOutput;
use super::noise_embedding::{Condition, frequencies, refuse_labels, rows_of_labels};
use super::parameter_store::{Initial, ParameterStore};
use super::row_network::{Dense, RowNetwork, RowNetworkBuilder};
use crate::error::Result;
use crate::fused::Activation;

/// Width of the small layer in front of the growth rate and the pace.
const HEAD: usize = 64;

/// `dim → width → … → dim` with `depth` residual blocks.
///
/// A block normalises, scales and shifts its input by the embedded noise level (adaptive layer norm, Peebles and Xie,
/// arXiv 2212.09748), and adds two matrix products with a SiLU between. The last product of a block and the outputs
/// start at zero: the untrained network returns zero, and the untrained denoiser is the best linear one.
#[derive(Clone, Debug)]
pub struct ResidualMlp {
    /// One row per class and one for "not told", if the network knows classes.
    labels: Option<Tensor>,
    network: RowNetwork,
    dim: usize,
    growth: bool,
    pace: usize,
}

impl ResidualMlp {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        config.check()?;
        let NetworkConfig { dim, width, depth, octaves, embedding, classes, growth, pace, .. } = *config;
        let mut network = RowNetworkBuilder::default();
        let (point, level, ratio) = (network.input(dim), network.input(1), network.input(1));
        let class = (classes > 0).then(|| network.input(embedding));

        // The octaves start with the period of the data's extent.
        let frequency = |octave: usize| std::f32::consts::FRAC_PI_2 * 2f32.powi(octave as i32);
        let mut features = vec![point];
        features.extend((0..octaves).map(|octave| network.waves(point, &[frequency(octave)])));
        let point = network.join(&features);
        let [of_level, of_ratio] = [level, ratio].map(|told| network.waves(told, &frequencies()));
        let noise = network.join(&[level, of_level, ratio, of_ratio]);

        let noise = network.dense(Dense::new("embedding.inner", noise, embedding));
        let told = Dense { silu: true, residual: class, ..Dense::new("embedding.outer", noise, embedding) };
        let noise = network.dense(told);
        let noise = network.silu(noise);
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
        for (name, values) in [("growth", usize::from(growth)), ("pace", pace)] {
            if values > 0 {
                let inner = network.dense(Dense::new(format!("{name}.inner"), hidden, HEAD));
                let outer = Dense::new(format!("{name}.outer"), inner, values);
                let head = network.dense(Dense { silu: true, zeros: true, ..outer });
                network.output(head);
            }
        }
        Ok(Self {
            network: network.build(store, "mlp")?,
            labels: if classes > 0 {
                Some(store.create("embedding.labels", &[classes + 1, embedding], Initial::Normal(0.1))?)
            } else {
                None
            },
            dim,
            growth,
            pace,
        })
    }
}

/// Normalisation with scale and shift from the embedded noise level, neither of them at first.
fn modulated(
    network: &mut RowNetworkBuilder,
    name: &str,
    hidden: Activation,
    noise: Activation,
    width: usize,
) -> Activation {
    let [scale, shift] = ["scale", "shift"]
        .map(|part| network.dense(Dense { zeros: true, ..Dense::new(format!("{name}.{part}"), noise, width) }));
    network.norm(hidden, scale, shift)
}

impl Network for ResidualMlp {
    fn points_at_once(&self) -> usize {
        4096
    }

    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        let mut input = vec![x.clone(), condition.level.clone(), condition.ratio.clone()];
        match &self.labels {
            Some(table) => input.push(rows_of_labels(table, condition)?),
            None => refuse_labels(condition)?,
        }
        let output = self.network.forward(&Tensor::cat(&input, 1)?)?;
        let heads = self.dim + usize::from(self.growth);
        Ok(NetworkOutput {
            point: output.narrow(1, 0, self.dim)?,
            growth: if self.growth { Some(output.narrow(1, self.dim, 1)?.squeeze(1)?) } else { None },
            pace: if self.pace > 0 { Some(output.narrow(1, heads, self.pace)?) } else { None },
        })
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
