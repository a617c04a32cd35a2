//! What a small classifier of digits sees in images.

use std::path::Path;
use std::sync::Arc;

use candle_core::{Device, Tensor};
use genphys_data::{DataShape, Dataset};
use genphys_metrics::{FeatureMap, MetricError, Yardstick};

use crate::error::{Result, RuntimeError};
use genphys_nn::network::{Initial, ParameterStore};

/// The trained classifier: written by the example `image_features` of this crate, which also says how it was trained.
const TRAINED: &[u8] = include_bytes!("../assets/image_features.safetensors");

/// Features of an image of one channel.
pub const FEATURES: usize = 128;
/// Classes it was trained to tell apart: the digits.
pub const CLASSES: usize = 10;
/// Least height and width of an image.
pub const LEAST_SIDE: usize = 8;

/// Channels after each convolution.
const CHANNELS: [usize; 4] = [1, 16, 32, 32];
/// Images per pass.
const CHUNK: usize = 256;

/// A convolutional classifier of grey images of any size from 8x8: three layers of 3x3 with SiLU, the second and third
/// of stride 2, means over the four quarters of the image, and a linear layer.
///
/// Its purpose is the Fréchet distance in the space of the means. **It is not the Inception network** of the published
/// FID, has seen nothing but handwritten digits, and its distances can be compared with each other only, at the same
/// number of images.
#[derive(Clone, Debug)]
pub struct ImageFeatures {
    convolutions: Vec<(Tensor, Tensor)>,
    output: (Tensor, Tensor),
}

impl ImageFeatures {
    /// An untrained network with its parameters in `store`.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn new(store: &mut ParameterStore) -> Result<Self> {
        let mut convolutions = Vec::new();
        for (layer, sizes) in CHANNELS.windows(2).enumerate() {
            let [inputs, outputs] = [sizes[0], sizes[1]];
            let initial = Initial::Normal((2.0 / (9 * inputs) as f64).sqrt());
            let weight = store.create(&format!("convolution{layer}.weight"), &[outputs, inputs, 3, 3], initial)?;
            let bias = store.create(&format!("convolution{layer}.bias"), &[outputs], Initial::Zeros)?;
            convolutions.push((weight, bias));
        }
        let initial = Initial::Normal(1.0 / (FEATURES as f64).sqrt());
        let weight = store.create("output.weight", &[FEATURES, CLASSES], initial)?;
        let bias = store.create("output.bias", &[CLASSES], Initial::Zeros)?;
        Ok(Self { convolutions, output: (weight, bias) })
    }

    /// The network that comes with the library.
    ///
    /// # Errors
    /// Only if the embedded bytes were damaged.
    pub fn trained() -> Result<Self> {
        let mut store = ParameterStore::new(&Device::Cpu, 0);
        let network = Self::new(&mut store)?;
        let tensors = candle_core::safetensors::load_buffer(TRAINED, &Device::Cpu)?;
        store.import(&tensors, "", Path::new("embedded image features"))?;
        Ok(network)
    }

    /// Features `(batch, 128)` of grey images `(batch, 1, height, width)` in [−1, 1].
    ///
    /// # Errors
    /// For images smaller than 8x8.
    pub fn features(&self, images: &Tensor) -> Result<Tensor> {
        let mut hidden = images.clone();
        for (layer, (weight, bias)) in self.convolutions.iter().enumerate() {
            let stride = if layer == 0 { 1 } else { 2 };
            hidden = hidden.conv2d(weight, 1, stride, 1, 1)?;
            hidden = hidden.broadcast_add(&bias.reshape((1, bias.elem_count(), 1, 1))?)?.silu()?;
        }
        let (_, _, height, width) = hidden.dims4()?;
        let mut quarters = Vec::new();
        for rows in [0..height / 2, height / 2..height] {
            for columns in [0..width / 2, width / 2..width] {
                let quarter = hidden.narrow(2, rows.start, rows.len())?.narrow(3, columns.start, columns.len())?;
                quarters.push(quarter.mean(3)?.mean(2)?);
            }
        }
        Ok(Tensor::cat(&quarters, 1)?)
    }

    /// Scores of the ten digits, `(batch, 10)`, from features.
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn scores(&self, features: &Tensor) -> Result<Tensor> {
        let (weight, bias) = &self.output;
        Ok(features.matmul(weight)?.broadcast_add(bias)?)
    }
}

impl FeatureMap for ImageFeatures {
    /// Of images, row-major `(len, channels, height, width)`: `(len, 128 channels)`, every channel by itself. `None`
    /// for vectors and for images that are too small.
    fn of(&self, points: &[f32], shape: &DataShape) -> Result<Option<Vec<f32>>, MetricError> {
        let DataShape::Image { height, width, .. } = *shape else { return Ok(None) };
        if height < LEAST_SIDE || width < LEAST_SIDE {
            return Ok(None);
        }
        let chunk = |points: &[f32]| -> Result<Vec<f32>> {
            let images = Tensor::from_slice(points, (points.len() / (height * width), 1, height, width), &Device::Cpu)?;
            Ok(self.features(&images)?.flatten_all()?.to_vec1()?)
        };
        let mut features = Vec::with_capacity(points.len() / (height * width) * FEATURES);
        for points in points.chunks(CHUNK * height * width) {
            features.extend(chunk(points).map_err(|error: RuntimeError| MetricError::Features(error.to_string()))?);
        }
        Ok(Some(features))
    }

    fn count(&self, shape: &DataShape) -> usize {
        FEATURES * if let DataShape::Image { channels, .. } = shape { *channels } else { 1 }
    }
}

/// Comparison with `real` points of the kind of `data`, of images by their features, too.
///
/// # Errors
/// See [`MetricError`].
pub fn yardstick<'a>(data: &'a Dataset, real: &'a [f32], seed: u64) -> Result<Yardstick<'a>, MetricError> {
    let yardstick = Yardstick::new(data, real, seed)?;
    if matches!(data.shape, DataShape::Vector { .. }) {
        return Ok(yardstick);
    }
    let network = ImageFeatures::trained().map_err(|error| MetricError::Features(error.to_string()))?;
    yardstick.with_features(Arc::new(network), &data.shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::digits;
    use genphys_metrics::frechet_distance;

    #[test]
    fn the_trained_network_reads_digits_it_has_not_seen() {
        let (_, held_out) = digits().unwrap().split(0.2, 0).unwrap();
        let network = ImageFeatures::trained().unwrap();
        let images = Tensor::from_slice(&held_out.points, (held_out.len(), 1, 8, 8), &Device::Cpu).unwrap();
        let scores = network.scores(&network.features(&images).unwrap()).unwrap();
        let found = scores.argmax(1).unwrap().to_vec1::<u32>().unwrap();
        let labels = held_out.labels.unwrap();
        let right = found.iter().zip(&labels).filter(|(a, b)| a == b).count() as f64 / labels.len() as f64;
        assert!(right > 0.95, "{right}");
        assert!(TRAINED.len() < 200_000);
    }

    #[test]
    fn distances_grow_with_what_is_wrong() {
        let (train, held_out) = digits().unwrap().split(0.2, 0).unwrap();
        let network = ImageFeatures::trained().unwrap();
        let features = |points: &[f32]| network.of(points, &held_out.shape).unwrap().unwrap();
        let real = features(&held_out.points);
        let length = held_out.points.len();
        let distance = |points: &[f32]| frechet_distance(&features(points), &real, FEATURES).unwrap();
        let fresh = distance(&train.points[..length]);
        let mut values = genphys_data::ToySet::Moons.draw(length, 1).into_iter().cycle();
        let mut noisy = |size: f32| -> Vec<f32> {
            train.points[..length].iter().map(|x| x + size * values.next().unwrap_or(0.0)).collect()
        };
        let (little, much) = (distance(&noisy(0.1)), distance(&noisy(0.3)));
        assert!(fresh < little && little < much, "{fresh} {little} {much}");
        // One class only: nothing is wrong with a single image.
        let labels = train.labels.as_ref().unwrap();
        let ones: Vec<f32> = train
            .points
            .chunks_exact(64)
            .zip(labels)
            .filter(|(_, label)| **label == 1)
            .flat_map(|(point, _)| point)
            .copied()
            .collect();
        assert!(distance(&ones) > 5.0 * fresh, "{} {fresh}", distance(&ones));
    }

    #[test]
    fn what_is_no_image_has_no_features() {
        let network = ImageFeatures::trained().unwrap();
        assert_eq!(network.of(&[0.0; 4], &DataShape::Vector { dim: 2, names: None }).unwrap(), None);
        assert_eq!(network.of(&[0.0; 49], &DataShape::Image { height: 7, width: 7, channels: 1 }).unwrap(), None);
        let colour = network.of(&[0.0; 3 * 9 * 13], &DataShape::Image { height: 9, width: 13, channels: 3 }).unwrap();
        assert_eq!(colour.unwrap().len(), 3 * FEATURES);
    }
}
