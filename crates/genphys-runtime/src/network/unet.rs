//! U-Net of convolutions for images.

use candle_core::Tensor;

use super::Network;
use super::attention::Attention;
use super::config::{ImageSize, NetworkConfig};
use super::convolution::Convolution;
use super::head::{ImageHeads, NetworkOutput};
use super::linear::Linear;
use super::noise_embedding::{Condition, NoiseEmbedding};
use super::parameter_store::{Initial, ParameterStore};
use crate::error::Result;
use crate::fused::{Grid, PositionMap, group_norm_silu, token_norm};

/// Images are halved until their longer side is at most this, but at least once.
const SMALLEST: usize = 8;
/// Shorter side below which nothing is halved.
const LEAST: usize = 3;
/// Most positions between which there is attention.
const ATTENTION_POSITIONS: usize = 256;

/// Encoder and decoder with skip connections, after DDPM++ (Song et al., arXiv 2011.13456; `SongUNet` of EDM).
///
/// A residual block normalises in groups, applies SiLU and a 3x3 convolution, twice; the second normalisation is scaled
/// and shifted by the embedded noise level, and its convolution starts at zero. Between sizes the image is halved by means
/// and doubled by copies; odd sizes are rounded up and cut. The smaller sizes have twice the channels, and attention where
/// there are few positions. The output starts at zero.
#[derive(Clone, Debug)]
pub struct Unet {
    image: ImageSize,
    embedding: NoiseEmbedding,
    input: Convolution,
    encoder: Vec<Level>,
    middle: Vec<Block>,
    decoder: Vec<Level>,
    last: Tensor,
    output: Convolution,
    heads: ImageHeads,
}

/// All blocks at one size of the image.
#[derive(Clone, Debug)]
struct Level {
    grid: Grid,
    /// From the next larger size (encoder) or to it (decoder).
    resampling: Option<PositionMap>,
    blocks: Vec<Block>,
}

impl Unet {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero, or the data are not images.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        config.check()?;
        let image = config.image_size()?;
        let NetworkConfig { width, embedding, .. } = *config;
        let depth = config.depth.max(1);
        let sizes = sizes(image.grid());
        let channels = |level: usize| if level == 0 { width } else { 2 * width };
        let attends = |level: usize| level > 0 && sizes[level].positions() <= ATTENTION_POSITIONS;
        let noise = NoiseEmbedding::new(store, "embedding", embedding, config.classes)?;
        let input = Convolution::new(store, "input", image.channels, width)?;

        let mut encoder = Vec::with_capacity(sizes.len());
        let mut present = width;
        for (level, grid) in sizes.iter().copied().enumerate() {
            let mut blocks = Vec::with_capacity(depth);
            for i in 0..depth {
                let name = format!("encoder{level}.block{i}");
                blocks.push(Block::new(store, &name, [present, channels(level), embedding], attends(level))?);
                present = channels(level);
            }
            let resampling = if level > 0 { Some(PositionMap::halve(sizes[level - 1]).0) } else { None };
            encoder.push(Level { grid, resampling, blocks });
        }
        let middle = vec![
            Block::new(store, "middle0", [present, present, embedding], true)?,
            Block::new(store, "middle1", [present, present, embedding], false)?,
        ];
        let mut decoder = Vec::with_capacity(sizes.len());
        for (level, grid) in sizes.iter().copied().enumerate().rev() {
            let mut blocks = Vec::with_capacity(depth);
            for i in 0..depth {
                let name = format!("decoder{level}.block{i}");
                // What comes from below, beside what the encoder had at this size.
                let inputs = present + channels(level);
                blocks.push(Block::new(store, &name, [inputs, channels(level), embedding], attends(level))?);
                present = channels(level);
            }
            let resampling = if level > 0 { Some(PositionMap::double(sizes[level - 1])) } else { None };
            decoder.push(Level { grid, resampling, blocks });
        }
        let heads = ImageHeads::new(store, config, width)?;
        Ok(Self {
            image,
            embedding: noise,
            input,
            encoder,
            middle,
            decoder,
            last: store.create("last.modulation", &[1, 2 * width], Initial::Zeros)?,
            output: Convolution::zeros(store, "output", width, image.channels * heads.images())?,
            heads,
        })
    }
}

impl Network for Unet {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        let (batch, grid) = (x.dim(0)?, self.image.grid());
        let noise = self.embedding.forward(condition)?;
        let mut hidden = self.input.forward(&pixel_rows(x, self.image.channels)?, grid)?;
        let mut skipped = Vec::new();
        for level in &self.encoder {
            if let Some(halve) = &level.resampling {
                hidden = halve.apply(&hidden)?;
            }
            for block in &level.blocks {
                hidden = block.forward(&hidden, &noise, level.grid)?;
                skipped.push(hidden.clone());
            }
        }
        let smallest = self.encoder.last().map_or(grid, |level| level.grid);
        for block in &self.middle {
            hidden = block.forward(&hidden, &noise, smallest)?;
        }
        for level in &self.decoder {
            for block in &level.blocks {
                if let Some(skip) = skipped.pop() {
                    hidden = Tensor::cat(&[&hidden, &skip], 1)?;
                }
                hidden = block.forward(&hidden, &noise, level.grid)?;
            }
            if let Some(double) = &level.resampling {
                hidden = double.apply(&hidden)?;
            }
        }
        let hidden = group_norm_silu(&hidden, &self.last, grid.positions(), groups(hidden.dim(1)?))?;
        let output = self.output.forward(&hidden, grid)?;
        let channels = self.image.channels;
        let images = (0..self.heads.images())
            .map(|i| channel_planes(&output.narrow(1, i * channels, channels)?, batch))
            .collect::<Result<Vec<_>>>()?;
        self.heads.output(&hidden, batch, &images)
    }
}

/// The sizes of the image, from the full one to the smallest.
fn sizes(full: Grid) -> Vec<Grid> {
    let mut sizes = vec![full];
    let mut last = full;
    while last.height.min(last.width) >= LEAST && (sizes.len() == 1 || last.height.max(last.width) > SMALLEST) {
        last = PositionMap::halve(last).1;
        sizes.push(last);
    }
    sizes
}

/// Groups of four channels or more, at most 32 of them (EDM).
fn groups(channels: usize) -> usize {
    (1..=(channels / 4).clamp(1, 32)).rev().find(|groups| channels.is_multiple_of(*groups)).unwrap_or(1)
}

/// `(batch, channels * positions)` to `(batch * positions, channels)`.
fn pixel_rows(x: &Tensor, channels: usize) -> Result<Tensor> {
    let (batch, dim) = x.dims2()?;
    let positions = dim / channels;
    Ok(x.reshape((batch, channels, positions))?
        .transpose(1, 2)?
        .contiguous()?
        .reshape((batch * positions, channels))?)
}

/// `(batch * positions, channels)` to `(batch, channels * positions)`.
fn channel_planes(rows: &Tensor, batch: usize) -> Result<Tensor> {
    let (count, channels) = rows.dims2()?;
    let positions = count / batch;
    let images = rows.reshape((batch, positions, channels))?.transpose(1, 2)?.contiguous()?;
    Ok(images.reshape((batch, channels * positions))?)
}

/// Two convolutions beside a skip connection, and attention where asked for.
#[derive(Clone, Debug)]
struct Block {
    first_norm: Tensor,
    first: Convolution,
    modulation: Linear,
    second: Convolution,
    skip: Option<Linear>,
    attention: Option<(Tensor, Attention)>,
}

impl Block {
    /// Sizes are inputs, outputs, and the width of the embedded noise level.
    fn new(store: &mut ParameterStore, name: &str, sizes: [usize; 3], attends: bool) -> Result<Self> {
        let [inputs, outputs, embedding] = sizes;
        let norm = |store: &mut ParameterStore, part: &str, channels: usize| {
            store.create(&format!("{name}.{part}"), &[1, 2 * channels], Initial::Zeros)
        };
        let first_norm = norm(store, "norm", inputs)?;
        let attention = if attends {
            let norm = norm(store, "attention.norm", outputs)?;
            Some((norm, Attention::new(store, &format!("{name}.attention"), outputs, true)?))
        } else {
            None
        };
        Ok(Self {
            first_norm,
            first: Convolution::new(store, &format!("{name}.first"), inputs, outputs)?,
            modulation: Linear::zeros(store, &format!("{name}.modulation"), embedding, 2 * outputs)?,
            second: Convolution::zeros(store, &format!("{name}.second"), outputs, outputs)?,
            skip: if inputs == outputs {
                None
            } else {
                Some(Linear::new(store, &format!("{name}.skip"), inputs, outputs)?)
            },
            attention,
        })
    }

    /// `(batch * positions, inputs)` to `(batch * positions, outputs)`.
    fn forward(&self, x: &Tensor, noise: &Tensor, grid: Grid) -> Result<Tensor> {
        let positions = grid.positions();
        let hidden = group_norm_silu(x, &self.first_norm, positions, groups(x.dim(1)?))?;
        let hidden = self.first.forward(&hidden, grid)?;
        let modulation = self.modulation.forward(noise)?;
        let hidden = group_norm_silu(&hidden, &modulation, positions, groups(hidden.dim(1)?))?;
        let hidden = self.second.forward(&hidden, grid)?;
        let hidden = match &self.skip {
            Some(skip) => (skip.forward(x)? + hidden)?,
            None => (x + hidden)?,
        };
        match &self.attention {
            Some((norm, attention)) => {
                Ok((attention.forward(&token_norm(&hidden, norm, positions)?, positions)? + hidden)?)
            }
            None => Ok(hidden),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::test_support::{check, image_config};
    use crate::network::{NetworkKind, build};
    use candle_core::Device;

    #[test]
    fn starts_at_zero_and_learns_through_every_parameter() -> Result<()> {
        for (height, width, channels) in [(8, 8, 1), (7, 5, 3), (1, 1, 4), (9, 20, 2)] {
            let image = ImageSize { height, width, channels };
            for pace in [0, 1, image.dim()] {
                check(&image_config(NetworkKind::Unet, image, pace))?;
            }
        }
        Ok(())
    }

    #[test]
    fn sizes_end_at_eight_or_below() {
        let of = |height, width| sizes(Grid { height, width }).len();
        assert_eq!(
            [of(8, 8), of(7, 5), of(28, 28), of(32, 32), of(64, 40), of(1, 1), of(2, 30)],
            [2, 2, 3, 3, 4, 1, 1]
        );
        assert_eq!((groups(32), groups(96), groups(6), groups(2), groups(256)), (8, 24, 1, 1, 32));
    }

    #[test]
    fn pixels_and_planes_are_inverse() -> Result<()> {
        let x = Tensor::arange(0f32, 36f32, &Device::Cpu)?.reshape((2, 18))?;
        let rows = pixel_rows(&x, 3)?;
        assert_eq!(rows.get(1)?.to_vec1::<f32>()?, [1.0, 7.0, 13.0]);
        assert_eq!(channel_planes(&rows, 2)?.to_vec2::<f32>()?, x.to_vec2::<f32>()?);
        Ok(())
    }

    #[test]
    fn vectors_are_refused() {
        let image = ImageSize { height: 2, width: 2, channels: 1 };
        let config = NetworkConfig { image: None, ..image_config(NetworkKind::Unet, image, 0) };
        let error = build(&mut ParameterStore::new(&Device::Cpu, 0), &config).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("unet") && error.contains("use mlp"), "{error}");
    }
}
