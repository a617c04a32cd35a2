//! Trains the classifier whose features `eval` measures the Fréchet distance of images in, and writes it:
//!
//! ```sh
//! cargo run -p genphys-train --example image_features -- crates/genphys-train/assets/image_features.safetensors
//! ```
//!
//! The data are the 1,797 digits of the library, four fifths of them (seed 0). Every step takes 64 of them, enlarged to
//! 8, 16 or 28 pixels by linear interpolation, with the contrast scaled by a factor from 0.7 to 1, so that images of
//! other sizes are seen much as the digits are. Adam, 600 steps, cross entropy. It prints the accuracy on the other
//! fifth, at every size.

use std::collections::HashMap;
use std::io::Write;

use candle_core::{Device, Tensor};
use genphys_data::{Dataset, digits};
use genphys_nn::gradients::Gradients;
use genphys_nn::network::ParameterStore;
use genphys_nn::optimizer::{Adam, AdamConfig};
use genphys_numeric::seed::{Purpose, stream};
use genphys_train::Result;
use genphys_train::image_features::ImageFeatures;
use rand::Rng;

const STEPS: u64 = 600;
const BATCH: usize = 64;
const SIDE: usize = 8;
const SIZES: [usize; 3] = [8, 16, 28];

/// A square image of 8 pixels, enlarged to `side` by linear interpolation between the centres of pixels.
fn enlarged(image: &[f32], side: usize) -> Vec<f32> {
    let place = |at: usize| {
        let x = ((at as f32 + 0.5) * SIDE as f32 / side as f32 - 0.5).clamp(0.0, (SIDE - 1) as f32);
        let low = (x as usize).min(SIDE - 2);
        (low, x - low as f32)
    };
    let mut pixels = Vec::with_capacity(side * side);
    for (row, down) in (0..side).map(place) {
        for (column, right) in (0..side).map(place) {
            let line = |row: usize| {
                let at = row * SIDE + column;
                image[at] * (1.0 - right) + image[at + 1] * right
            };
            pixels.push(line(row) * (1.0 - down) + line(row + 1) * down);
        }
    }
    pixels
}

fn images(data: &Dataset, rows: &[usize], side: usize, contrast: f32) -> Result<Tensor> {
    let row = |row: &usize| enlarged(&data.points[row * SIDE * SIDE..(row + 1) * SIDE * SIDE], side);
    let pixels: Vec<f32> = rows.iter().flat_map(row).map(|value| (value + 1.0) * contrast - 1.0).collect();
    Ok(Tensor::from_vec(pixels, (rows.len(), 1, side, side), &Device::Cpu)?)
}

fn labels(data: &Dataset, rows: &[usize]) -> Result<Tensor> {
    let labels = data.labels.as_deref().unwrap_or_default();
    let labels: Vec<u32> = rows.iter().filter_map(|row| labels.get(*row)).copied().collect();
    Ok(Tensor::from_vec(labels, rows.len(), &Device::Cpu)?)
}

fn accuracy(network: &ImageFeatures, data: &Dataset, side: usize) -> Result<f64> {
    let rows: Vec<usize> = (0..data.len()).collect();
    let found = network.scores(&network.features(&images(data, &rows, side, 1.0)?)?)?.argmax(1)?.to_vec1::<u32>()?;
    let labels = labels(data, &rows)?.to_vec1::<u32>()?;
    Ok(found.iter().zip(&labels).filter(|(a, b)| a == b).count() as f64 / labels.len() as f64)
}

fn train(out: &mut impl Write) -> Result<HashMap<String, Tensor>> {
    let (data, held_out) = digits()?.split(0.2, 0)?;
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let network = ImageFeatures::new(&mut store)?;
    let mut adam = Adam::new(AdamConfig::default(), &store)?;
    for step in 0..STEPS {
        let mut rng = stream(0, Purpose::TrainingStep, step);
        let rows: Vec<usize> = (0..BATCH).map(|_| rng.random_range(0..data.len())).collect();
        let (side, contrast) = (SIZES[rng.random_range(0..SIZES.len())], rng.random_range(0.7..1.0));
        let scores = network.scores(&network.features(&images(&data, &rows, side, contrast)?)?)?;
        let loss = candle_nn::loss::cross_entropy(&scores, &labels(&data, &rows)?)?;
        let rate = 2e-3 * (1.0 - step as f64 / STEPS as f64);
        adam.update(&store, &Gradients::of(&loss, &store)?, rate)?;
        if step % 100 == 0 {
            let _ = writeln!(out, "step {step}: loss {:.4}", loss.to_scalar::<f32>()?);
        }
    }
    for side in SIZES {
        let (seen, new) = (accuracy(&network, &data, side)?, accuracy(&network, &held_out, side)?);
        let _ = writeln!(
            out,
            "{side}x{side}: {:.1} % of the held-out digits right, {:.1} % of the others",
            100.0 * new,
            100.0 * seen
        );
    }
    Ok(store.export("")?)
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("expected the file to write")?;
    let tensors = train(&mut std::io::stdout())?;
    candle_core::safetensors::save(&tensors, path)?;
    Ok(())
}
