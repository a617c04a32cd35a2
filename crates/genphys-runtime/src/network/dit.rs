//! Transformer for images.

use candle_core::{Device, Tensor};

use super::Network;
use super::attention::Attention;
use super::config::{ImageSize, NetworkConfig};
use super::head::{ImageHeads, NetworkOutput};
use super::linear::Linear;
use super::noise_embedding::{Condition, NoiseEmbedding};
use super::parameter_store::ParameterStore;
use crate::error::Result;
use crate::fused::{Grid, gated_sum, token_norm};

/// Width of the two layers of a block over the width of a token.
const EXPANSION: usize = 4;

/// Squares of pixels as tokens, blocks of attention and two layers (DiT, Peebles and Xie, arXiv 2212.09748).
///
/// A block's two branches are normalised, scaled, shifted and let in through a gate by the embedded noise level; gates
/// start at zero (adaLN-zero), and so does the output. Places are told by sines and cosines. Images whose sides are not
/// multiples of the squares are continued by zeros.
#[derive(Clone, Debug)]
pub struct Dit {
    patches: Patches,
    embedding: NoiseEmbedding,
    input: Linear,
    /// `(tokens, width)`.
    places: Tensor,
    blocks: Vec<Block>,
    last: Linear,
    output: Linear,
    heads: ImageHeads,
}

impl Dit {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero, or the data are not images.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        config.check()?;
        let image = config.image_size()?;
        let NetworkConfig { width, embedding, .. } = *config;
        let patches = Patches::new(image, config.patch.max(1), store.device())?;
        let noise = NoiseEmbedding::new(store, "embedding", embedding, config.classes)?;
        let input = Linear::new(store, "input", patches.values, width)?;
        let blocks = (0..config.depth)
            .map(|i| Block::new(store, &format!("block{i}"), width, embedding))
            .collect::<Result<_>>()?;
        let heads = ImageHeads::new(store, config, width)?;
        Ok(Self {
            embedding: noise,
            input,
            places: places(patches.grid, width, store.device())?,
            blocks,
            last: Linear::zeros(store, "last", embedding, 2 * width)?,
            output: Linear::zeros(store, "output", width, patches.values * heads.images())?,
            patches,
            heads,
        })
    }
}

impl Network for Dit {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        let (batch, tokens) = (x.dim(0)?, self.patches.grid.positions());
        let noise = self.embedding.forward(condition)?;
        let hidden = self.input.forward(&self.patches.cut(x)?)?;
        let width = hidden.dim(1)?;
        let placed = hidden.reshape((batch, tokens, width))?.broadcast_add(&self.places)?;
        let mut hidden = placed.reshape((batch * tokens, width))?;
        for block in &self.blocks {
            hidden = block.forward(&hidden, &noise, tokens)?;
        }
        let hidden = token_norm(&hidden, &self.last.forward(&noise)?, tokens)?;
        let output = self.output.forward(&hidden)?;
        let values = self.patches.values;
        let images = (0..self.heads.images())
            .map(|i| self.patches.join(&output.narrow(1, i * values, values)?, batch))
            .collect::<Result<Vec<_>>>()?;
        self.heads.output(&hidden, batch, &images)
    }
}

/// The way between images and the squares they are cut into.
#[derive(Clone, Debug)]
struct Patches {
    /// Squares per column and row.
    grid: Grid,
    /// Values per square.
    values: usize,
    /// For each value of each square its place in the image; one beyond the last for zeros.
    cutting: Tensor,
    /// For each value of the image its place in the squares.
    joining: Tensor,
}

impl Patches {
    fn new(image: ImageSize, side: usize, device: &Device) -> Result<Self> {
        let ImageSize { height, width, channels } = image;
        let grid = Grid { height: height.div_ceil(side), width: width.div_ceil(side) };
        let values = side * side * channels;
        let mut cutting = Vec::with_capacity(grid.positions() * values);
        let mut joining = vec![0u32; image.dim()];
        for square in 0..grid.positions() {
            let (top, left) = (square / grid.width * side, square % grid.width * side);
            for inside in 0..side * side {
                let (row, column) = (top + inside / side, left + inside % side);
                for channel in 0..channels {
                    let place = if row < height && column < width {
                        let place = (channel * height + row) * width + column;
                        joining[place] = cutting.len() as u32;
                        place
                    } else {
                        image.dim()
                    };
                    cutting.push(place as u32);
                }
            }
        }
        let tensor = |list: Vec<u32>| {
            let count = list.len();
            Tensor::from_vec(list, count, device)
        };
        Ok(Self { grid, values, cutting: tensor(cutting)?, joining: tensor(joining)? })
    }

    /// `(batch, dim)` to `(batch * tokens, values)`.
    fn cut(&self, x: &Tensor) -> Result<Tensor> {
        let rows = x.dim(0)? * self.grid.positions();
        Ok(x.pad_with_zeros(1, 0, 1)?.index_select(&self.cutting, 1)?.reshape((rows, self.values))?)
    }

    /// `(batch * tokens, values)` to `(batch, dim)`.
    fn join(&self, squares: &Tensor, batch: usize) -> Result<Tensor> {
        let rows = squares.contiguous()?.reshape((batch, self.grid.positions() * self.values))?;
        Ok(rows.index_select(&self.joining, 1)?)
    }
}

/// Sines and cosines of row and column at frequencies from 1 to 1/10,000 (Vaswani et al., arXiv 1706.03762, section 3.5).
fn places(grid: Grid, width: usize, device: &Device) -> Result<Tensor> {
    let count = width.div_ceil(4) as f64;
    let value = |token: usize, channel: usize| {
        let place = if (channel / 2).is_multiple_of(2) { token / grid.width } else { token % grid.width };
        let phase = place as f64 * 1e4f64.powf(-((channel / 4) as f64) / count);
        (if channel.is_multiple_of(2) { phase.sin() } else { phase.cos() }) as f32
    };
    let values = (0..grid.positions()).flat_map(|token| (0..width).map(move |channel| value(token, channel))).collect();
    Ok(Tensor::from_vec::<_, f32>(values, (grid.positions(), width), device)?)
}

#[derive(Clone, Debug)]
struct Block {
    modulation: Linear,
    attention: Attention,
    inner: Linear,
    outer: Linear,
}

impl Block {
    fn new(store: &mut ParameterStore, name: &str, width: usize, embedding: usize) -> Result<Self> {
        Ok(Self {
            modulation: Linear::zeros(store, &format!("{name}.modulation"), embedding, 6 * width)?,
            attention: Attention::new(store, &format!("{name}.attention"), width, false)?,
            inner: Linear::new(store, &format!("{name}.inner"), width, EXPANSION * width)?,
            outer: Linear::new(store, &format!("{name}.outer"), EXPANSION * width, width)?,
        })
    }

    fn forward(&self, hidden: &Tensor, noise: &Tensor, tokens: usize) -> Result<Tensor> {
        let width = hidden.dim(1)?;
        let modulation = self.modulation.forward(noise)?;
        let norm = |index: usize| modulation.narrow(1, index * width, 2 * width);
        let gate = |index: usize| modulation.narrow(1, index * width, width);
        let attended = self.attention.forward(&token_norm(hidden, &norm(0)?, tokens)?, tokens)?;
        let hidden = gated_sum(hidden, &attended, &gate(2)?)?;
        let inner = self.inner.forward(&token_norm(&hidden, &norm(3)?, tokens)?)?;
        Ok(gated_sum(&hidden, &self.outer.forward_silu(&inner)?, &gate(5)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::NetworkKind;
    use crate::network::test_support::{check, image_config};

    #[test]
    fn starts_at_zero_and_learns_through_every_parameter() -> Result<()> {
        for (height, width, channels) in [(8, 8, 1), (7, 5, 3), (1, 1, 4)] {
            let image = ImageSize { height, width, channels };
            for pace in [0, 1, image.dim()] {
                check(&image_config(NetworkKind::Dit, image, pace))?;
            }
        }
        Ok(())
    }

    #[test]
    fn squares_are_cut_and_joined() -> Result<()> {
        let image = ImageSize { height: 3, width: 5, channels: 2 };
        let patches = Patches::new(image, 2, &Device::Cpu)?;
        assert_eq!((patches.grid.height, patches.grid.width, patches.values), (2, 3, 8));
        let x = Tensor::arange(1f32, 61f32, &Device::Cpu)?.reshape((2, 30))?;
        let squares = patches.cut(&x)?;
        // The first square: pixels (0, 0), (0, 1), (1, 0), (1, 1), each with both channels.
        assert_eq!(squares.get(0)?.to_vec1::<f32>()?, [1.0, 16.0, 2.0, 17.0, 6.0, 21.0, 7.0, 22.0]);
        // The last of the first image has one pixel inside.
        assert_eq!(squares.get(5)?.to_vec1::<f32>()?, [15.0, 30.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(patches.join(&squares, 2)?.to_vec2::<f32>()?, x.to_vec2::<f32>()?);
        Ok(())
    }

    #[test]
    fn no_two_places_look_alike() -> Result<()> {
        let places = places(Grid { height: 4, width: 3 }, 16, &Device::Cpu)?.to_vec2::<f32>()?;
        for (i, a) in places.iter().enumerate() {
            for b in &places[..i] {
                assert!(a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>() > 0.1);
            }
        }
        Ok(())
    }
}
