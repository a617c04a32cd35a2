//! A 3x3 convolution, forward and backward: this crate's lowering to matrix products beside candle's `conv2d`.
//!
//! ```text
//! cargo run --release --example convolution_speed
//! ```

use std::io::Write;
use std::time::Instant;

use candle_core::{Device, Tensor, Var};
use genphys_nn::Result;
use genphys_nn::network::{Convolution, Grid, Layers, LayersBuilder, ParameterStore, Precision};

const BATCH: usize = 64;
const REPEATS: usize = 5;

/// Milliseconds at best of several tries.
fn time(mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..REPEATS {
        let begun = Instant::now();
        run()?;
        best = best.min(1e3 * begun.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A network of one convolution.
fn convolution(store: &mut ParameterStore, grid: Grid, channels: usize) -> Result<Layers> {
    let count = grid.positions() * channels;
    let unchanged: Vec<u32> = (0..count as u32).collect();
    let mut network = LayersBuilder::default();
    let x = network.input(count);
    let image = network.rearrange(x, channels, unchanged.clone());
    let image = network.convolution(Convolution::new("convolution", image, grid, channels));
    let row = network.rearrange(image, count, unchanged);
    network.output(row);
    network.build(store, "convolution", Precision::F32)
}

fn main() -> Result<()> {
    let mut out = std::io::stdout();
    for (side, channels) in [(8, 32), (32, 32), (8, 64), (32, 64)] {
        let grid = Grid { height: side, width: side };
        let network = convolution(&mut ParameterStore::new(&Device::Cpu, 0), grid, channels)?;
        let x = Var::randn(0f32, 1.0, (BATCH, grid.positions() * channels), &Device::Cpu)?;
        let images = Var::randn(0f32, 1.0, (BATCH, channels, side, side), &Device::Cpu)?;
        let weights = Var::randn(0f32, 0.1, (channels, channels, 3, 3), &Device::Cpu)?;
        let kernel = Tensor::randn(0f32, 0.1, (9 * channels, channels), &Device::Cpu)?;
        let gathered = Tensor::randn(0f32, 1.0, (BATCH * grid.positions(), 9 * channels), &Device::Cpu)?;

        let product = time(|| Ok(gathered.matmul(&kernel).map(|_| ())?))?;
        let ours = time(|| network.forward(&x).map(|_| ()))?;
        let ours_both = time(|| Ok(network.forward(&x)?.sum_all()?.backward().map(|_| ())?))?;
        let candle = time(|| Ok(images.conv2d(&weights, 1, 1, 1, 1).map(|_| ())?))?;
        let candle_both = time(|| Ok(images.conv2d(&weights, 1, 1, 1, 1)?.sum_all()?.backward().map(|_| ())?))?;
        let _ = writeln!(
            out,
            "{side}x{side}x{channels}, batch {BATCH}: forward {ours:.2} ms (candle {candle:.2}, the product alone \
             {product:.2}), with backward {ours_both:.2} ms (candle {candle_both:.2})"
        );
    }
    Ok(())
}
