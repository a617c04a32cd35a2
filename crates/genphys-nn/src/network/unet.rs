//! U-Net of convolutions for images.

use candle_core::Tensor;

use super::Network;
use super::attention::attended;
use super::config::{ImageSize, NetworkConfig};
use super::head::{NetworkOutput, Outputs};
use super::layers::{Activation, Convolution, Dense, Grid, Layers, LayersBuilder, Modulation, PositionMap};
use super::noise_embedding::{Condition, Told, embedded_noise};
use super::parameter_store::ParameterStore;
use crate::error::Result;

/// Images are halved until their longer side is at most this, but at least once.
const SMALLEST: usize = 8;
/// Shorter side below which nothing is halved.
const LEAST: usize = 3;
/// Most positions between which there is attention.
const ATTENTION_POSITIONS: usize = 256;

/// Encoder and decoder with skip connections, after DDPM++ (Song et al., arXiv 2011.13456; `SongUNet` of EDM).
///
/// A residual block normalises in groups, applies SiLU and a 3x3 convolution, twice; the second normalisation is scaled
/// and shifted by the embedded noise level, and its convolution starts at zero. Between sizes the image is halved by
/// means and doubled by copies; odd sizes are rounded up and cut. The smaller sizes have twice the channels, and
/// attention where there are few positions. The output starts at zero.
#[derive(Clone, Debug)]
pub struct Unet {
    told: Told,
    layers: Layers,
    outputs: Outputs,
}

impl Unet {
    /// Builds the network and creates its parameters in `store`.
    ///
    /// # Errors
    /// When a size is zero, or the data are not images.
    pub fn new(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Self> {
        let (network, outputs) = Self::layers(config)?;
        Ok(Self {
            layers: network.build(store, "unet", config.precision)?,
            told: Told::new(store, config.embedding, config.classes)?,
            outputs,
        })
    }

    /// The layers before they have parameters.
    pub(super) fn layers(config: &NetworkConfig) -> Result<(LayersBuilder, Outputs)> {
        config.check()?;
        let image = config.image_size()?;
        let NetworkConfig { width, embedding, classes, .. } = *config;
        let depth = config.depth.max(1);
        let sizes = sizes(image.grid());
        let smallest = sizes[sizes.len() - 1];
        let channels = |level: usize| if level == 0 { width } else { 2 * width };
        let attends = |level: usize| level > 0 && sizes[level].positions() <= ATTENTION_POSITIONS;
        let outputs = Outputs::of_images(config);

        let mut network = LayersBuilder::default();
        let x = network.input(image.dim());
        let noise = embedded_noise(&mut network, embedding, classes);
        let pixels = network.rearrange(x, image.channels, pixel_places(image));
        let mut hidden = network.convolution(Convolution::new("input", pixels, sizes[0], width));
        let mut skipped = Vec::new();
        for (level, grid) in sizes.iter().copied().enumerate() {
            if level > 0 {
                hidden = network.resample(hidden, &PositionMap::halve(sizes[level - 1]).0);
            }
            for i in 0..depth {
                let block = Block { name: format!("encoder{level}.block{i}"), grid, attends: attends(level) };
                hidden = block.add(&mut network, hidden, noise, channels(level));
                skipped.push(hidden);
            }
        }
        for (name, attends) in [("middle0", true), ("middle1", false)] {
            let outputs = network.size(hidden).width;
            hidden = Block { name: name.to_owned(), grid: smallest, attends }.add(&mut network, hidden, noise, outputs);
        }
        for (level, grid) in sizes.iter().copied().enumerate().rev() {
            for i in 0..depth {
                // What comes from below, beside what the encoder had at this size.
                if let Some(skip) = skipped.pop() {
                    hidden = network.join(&[hidden, skip]);
                }
                let block = Block { name: format!("decoder{level}.block{i}"), grid, attends: attends(level) };
                hidden = block.add(&mut network, hidden, noise, channels(level));
            }
            if level > 0 {
                hidden = network.resample(hidden, &PositionMap::double(sizes[level - 1]));
            }
        }
        let hidden = group_norm(&mut network, "last.modulation", hidden);
        let output = Convolution::new("output", hidden, sizes[0], image.channels * outputs.images());
        let pixels = network.convolution(Convolution { zeros: true, ..output });
        let images = network.rearrange(pixels, image.dim() * outputs.images(), plane_places(image, outputs.images()));
        network.output(images);
        outputs.add_heads(&mut network, hidden);
        Ok((network, outputs))
    }
}

impl Network for Unet {
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput> {
        self.outputs.split(&self.layers.forward(&self.told.input(x, condition)?)?)
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

/// For the channels of every pixel their places in an image, whose values are ordered (channel, row, column).
fn pixel_places(image: ImageSize) -> Vec<u32> {
    let pixels = image.height * image.width;
    (0..pixels).flat_map(|pixel| (0..image.channels).map(move |channel| (channel * pixels + pixel) as u32)).collect()
}

/// For the values of several images their places where the channels of all of them lie side by side for every pixel.
fn plane_places(image: ImageSize, images: usize) -> Vec<u32> {
    let (pixels, channels) = (image.height * image.width, image.channels * images);
    (0..channels).flat_map(|channel| (0..pixels).map(move |pixel| (pixel * channels + channel) as u32)).collect()
}

/// Normalisation in groups with a scale and a shift that are learned, `name`, then SiLU.
fn group_norm(network: &mut LayersBuilder, name: &str, from: Activation) -> Activation {
    let channels = network.size(from).width;
    let modulation = network.learned(name, 2 * channels);
    network.group_norm_silu(from, both(modulation, channels), groups(channels))
}

/// Scale and shift side by side.
fn both(of: Activation, channels: usize) -> Modulation {
    Modulation { scale: of.from_column(0), shift: of.from_column(channels) }
}

/// Two convolutions beside a skip connection, and attention where asked for.
struct Block {
    name: String,
    grid: Grid,
    attends: bool,
}

impl Block {
    fn add(self, network: &mut LayersBuilder, x: Activation, noise: Activation, outputs: usize) -> Activation {
        let Self { name, grid, attends } = self;
        let hidden = group_norm(network, &format!("{name}.norm"), x);
        let hidden = network.convolution(Convolution::new(format!("{name}.first"), hidden, grid, outputs));
        let modulation = Dense::new(format!("{name}.modulation"), noise, 2 * outputs);
        let modulation = network.dense(Dense { zeros: true, ..modulation });
        let hidden = network.group_norm_silu(hidden, both(modulation, outputs), groups(outputs));
        let skip = if network.size(x).width == outputs {
            x
        } else {
            network.dense(Dense::new(format!("{name}.skip"), x, outputs))
        };
        let second = Convolution::new(format!("{name}.second"), hidden, grid, outputs);
        let hidden = network.convolution(Convolution { zeros: true, residual: Some(skip), ..second });
        if !attends {
            return hidden;
        }
        let modulation = network.learned(&format!("{name}.attention.norm"), 2 * outputs);
        let normed = network.norm(hidden, both(modulation, outputs));
        let mixed = attended(network, &format!("{name}.attention"), normed);
        let projection = Dense::new(format!("{name}.attention.projection"), mixed, outputs);
        network.dense(Dense { zeros: true, residual: Some(hidden), ..projection })
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
    fn pixels_and_planes_are_inverse() {
        let image = ImageSize { height: 3, width: 2, channels: 3 };
        let x: Vec<u32> = (0..18).collect();
        let pixels: Vec<u32> = pixel_places(image).into_iter().map(|place| x[place as usize]).collect();
        assert_eq!(pixels[3..6], [1, 7, 13]);
        let planes: Vec<u32> = plane_places(image, 1).into_iter().map(|place| pixels[place as usize]).collect();
        assert_eq!(planes, x);
        // Two images.
        let both: Vec<u32> = pixels.chunks(3).flat_map(|pixel| pixel.repeat(2)).collect();
        let planes: Vec<u32> = plane_places(image, 2).into_iter().map(|place| both[place as usize]).collect();
        assert_eq!(planes, x.repeat(2));
    }

    #[test]
    fn vectors_are_refused() {
        let image = ImageSize { height: 2, width: 2, channels: 1 };
        let config = NetworkConfig { image: None, ..image_config(NetworkKind::Unet, image, 0) };
        let error = build(&mut ParameterStore::new(&Device::Cpu, 0), &config).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("unet") && error.contains("use mlp"), "{error}");
    }
}
