//! Transformer for images.

use candle_core::Tensor;

use super::Network;
use super::attention::attended;
use super::config::{ImageSize, NetworkConfig};
use super::head::{NetworkOutput, Outputs};
use super::layers::{Activation, Dense, Grid, Layers, LayersBuilder, Modulation};
use super::noise_embedding::{Condition, Told, embedded_noise};
use super::parameter_store::ParameterStore;
use crate::error::Result;

/// Width of the two layers of a block over the width of a token.
const EXPANSION: usize = 4;

/// Squares of pixels as tokens, blocks of attention and two layers (DiT, Peebles and Xie, arXiv 2212.09748).
///
/// A block's two branches are normalised, scaled, shifted and let in through a gate by the embedded noise level; gates
/// start at zero (adaLN-zero), and so does the output. Places are told by sines and cosines. Images whose sides are not
/// multiples of the squares are continued by zeros.
#[derive(Clone, Debug)]
pub struct Dit {
    told: Told,
    layers: Layers,
    outputs: Outputs,
}

impl Dit {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero, or the data are not images.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        let (network, outputs) = Self::layers(config)?;
        Ok(Self {
            layers: network.build(store, "dit", config.precision)?,
            told: Told::new(store, config.embedding, config.classes)?,
            outputs,
        })
    }

    /// The layers before they have parameters.
    pub(super) fn layers(config: &NetworkConfig) -> Result<(LayersBuilder, Outputs)> {
        config.check()?;
        let image = config.image_size()?;
        let NetworkConfig { width, embedding, classes, .. } = *config;
        let patches = Patches::new(image, config.patch.max(1));
        let outputs = Outputs::of_images(config);
        let mut network = LayersBuilder::default();
        let x = network.input(image.dim());
        let noise = embedded_noise(&mut network, embedding, classes);

        let squares = network.rearrange(x, patches.values, patches.cutting());
        let places = network.constant(width, places(patches.grid, width));
        let mut hidden = network.dense(Dense { residual: Some(places), ..Dense::new("input", squares, width) });
        for i in 0..config.depth {
            hidden = block(&mut network, &format!("block{i}"), hidden, noise);
        }
        let last = network.dense(Dense { zeros: true, ..Dense::new("last", noise, 2 * width) });
        let hidden = network.norm(hidden, modulation(last, 0, width));
        let output = Dense::new("output", hidden, patches.values * outputs.images());
        let squares = network.dense(Dense { zeros: true, ..output });
        let images = network.rearrange(squares, image.dim() * outputs.images(), patches.joining(outputs.images()));
        network.output(images);
        outputs.add_heads(&mut network, hidden);
        Ok((network, outputs))
    }
}

impl Network for Dit {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        self.outputs.split(&self.layers.forward(&self.told.input(x, condition)?)?)
    }
}

/// Scale and shift side by side from the column `first` on.
fn modulation(of: Activation, first: usize, width: usize) -> Modulation {
    Modulation { scale: of.from_column(first), shift: of.from_column(first + width) }
}

/// Attention and two layers, each normalised before and gated after.
fn block(network: &mut LayersBuilder, name: &str, hidden: Activation, noise: Activation) -> Activation {
    let width = network.size(hidden).width;
    let told = network.dense(Dense { zeros: true, ..Dense::new(format!("{name}.modulation"), noise, 6 * width) });
    let normed = network.norm(hidden, modulation(told, 0, width));
    let mixed = attended(network, &format!("{name}.attention"), normed);
    let attended = network.dense(Dense::new(format!("{name}.attention.projection"), mixed, width));
    let hidden = network.gated_sum(hidden, attended, told.from_column(2 * width));
    let normed = network.norm(hidden, modulation(told, 3 * width, width));
    let inner = network.dense(Dense::new(format!("{name}.inner"), normed, EXPANSION * width));
    let outer = network.dense(Dense { silu: true, ..Dense::new(format!("{name}.outer"), inner, width) });
    network.gated_sum(hidden, outer, told.from_column(5 * width))
}

/// The squares that images are cut into.
#[derive(Clone, Debug)]
struct Patches {
    image: ImageSize,
    /// Squares per column and row.
    grid: Grid,
    side: usize,
    /// Values per square.
    values: usize,
}

impl Patches {
    fn new(image: ImageSize, side: usize) -> Self {
        let grid = Grid { height: image.height.div_ceil(side), width: image.width.div_ceil(side) };
        Self { image, grid, side, values: side * side * image.channels }
    }

    /// For each value of each square its place in the image; one beyond the last for zeros.
    fn cutting(&self) -> Vec<u32> {
        let Self { image, grid, side, .. } = *self;
        let ImageSize { height, width, channels } = image;
        let mut places = Vec::with_capacity(grid.positions() * self.values);
        for square in 0..grid.positions() {
            let (top, left) = (square / grid.width * side, square % grid.width * side);
            for inside in 0..side * side {
                let (row, column) = (top + inside / side, left + inside % side);
                for channel in 0..channels {
                    let inside = row < height && column < width;
                    let place = if inside { (channel * height + row) * width + column } else { image.dim() };
                    places.push(place as u32);
                }
            }
        }
        places
    }

    /// For each value of each image its place in squares of all images' values.
    fn joining(&self, images: usize) -> Vec<u32> {
        let mut places = vec![0; images * self.image.dim()];
        for (place, value) in self.cutting().into_iter().enumerate() {
            for i in 0..images {
                if (value as usize) < self.image.dim() {
                    let (square, inside) = (place / self.values, place % self.values);
                    let place = (square * images + i) * self.values + inside;
                    places[i * self.image.dim() + value as usize] = place as u32;
                }
            }
        }
        places
    }
}

/// Sines and cosines of row and column at frequencies from 1 to 1/10,000 (Vaswani et al., arXiv 1706.03762, section
/// 3.5), `(tokens, width)`.
fn places(grid: Grid, width: usize) -> Vec<f32> {
    let count = width.div_ceil(4) as f64;
    let value = |token: usize, channel: usize| {
        let place = if (channel / 2).is_multiple_of(2) { token / grid.width } else { token % grid.width };
        let phase = place as f64 * 1e4f64.powf(-((channel / 4) as f64) / count);
        (if channel.is_multiple_of(2) { phase.sin() } else { phase.cos() }) as f32
    };
    (0..grid.positions()).flat_map(|token| (0..width).map(move |channel| value(token, channel))).collect()
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
    fn squares_are_cut_and_joined() {
        let image = ImageSize { height: 3, width: 5, channels: 2 };
        let patches = Patches::new(image, 2);
        assert_eq!((patches.grid.height, patches.grid.width, patches.values), (2, 3, 8));
        let x: Vec<u32> = (1..31).collect();
        let value = |place: &u32| x.get(*place as usize).copied().unwrap_or(0);
        let squares: Vec<u32> = patches.cutting().iter().map(value).collect();
        // The first square: pixels (0, 0), (0, 1), (1, 0), (1, 1), each with both channels.
        assert_eq!(squares[..8], [1, 16, 2, 17, 6, 21, 7, 22]);
        // The last has one pixel inside.
        assert_eq!(squares[40..], [15, 30, 0, 0, 0, 0, 0, 0]);
        // Two images whose squares lie side by side.
        let both: Vec<u32> = squares.chunks(8).flat_map(|square| square.repeat(2)).collect();
        let joined: Vec<u32> = patches.joining(2).into_iter().map(|place| both[place as usize]).collect();
        assert_eq!(joined, x.repeat(2));
    }

    #[test]
    fn no_two_places_look_alike() {
        let places = places(Grid { height: 4, width: 3 }, 16);
        let places: Vec<&[f32]> = places.chunks(16).collect();
        for (i, a) in places.iter().enumerate() {
            for b in &places[..i] {
                assert!(a.iter().zip(*b).map(|(a, b)| (a - b).powi(2)).sum::<f32>() > 0.1);
            }
        }
    }
}
