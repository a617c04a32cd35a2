//! What stands around a network, as kernels: preconditioning, the estimate of the clean point, and its weighted squared
//! error.

use std::sync::Arc;

use candle_core::Result;

use super::training::{MOST_SUMS, launch};
use super::{Argument, Gpu, Pool, THREADS, blocks, count};

/// The noise level of a batch of points. All are addresses of `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Preconditioning {
    /// `(6, examples)`: factors of input and output, level, ratio, and weight.
    pub scales: u64,
    /// What the network is shown, `(examples, dim)`.
    pub input: u64,
    /// The points, `(examples, dim)`.
    pub x: u64,
    /// Mean of the data, `(dim,)`.
    pub mean: u64,
    /// One for each example.
    pub spread: u64,
    /// What coordinates are multiplied by to read the noise off an example, or zero.
    pub whitener: u64,
    /// What a matrix has made of the points for that, `(examples, dim)`, or zero.
    pub whitened: u64,
    /// What is read off where there is no noise, and the factor and power of the spread of what may be hidden.
    pub offset: f64,
    /// Factor of the power of the spread.
    pub factor: f64,
    /// Exponent of the spread.
    pub power: f64,
    /// Deviation of the data.
    pub sigma_data: f64,
    /// Points.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
}

/// Two points for each example, `(examples, dim)`, and how much their difference counts.
#[derive(Clone, Copy, Debug)]
pub struct Weighted {
    /// The estimate.
    pub x: u64,
    /// What it should be.
    pub target: u64,
    /// One for each example.
    pub weight1: u64,
    /// One for each example, or for each value where `columns` is `dim`.
    pub weight2: u64,
    /// Second weights of an example: one or `dim`.
    pub columns: usize,
    /// Pairs.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
}

/// Noise levels, and what the network is shown.
pub fn precondition(gpu: &dyn Gpu, at: Preconditioning) -> Result<()> {
    let arguments = [
        Argument::Address(at.scales),
        Argument::Address(at.input),
        Argument::Address(at.x),
        Argument::Address(at.mean),
        Argument::Address(at.spread),
        Argument::Address(at.whitener),
        Argument::Address(at.whitened),
        Argument::Number(at.offset as f32),
        Argument::Number(at.factor as f32),
        Argument::Number(at.power as f32),
        Argument::Number(at.sigma_data as f32),
        count(at.examples)?,
        count(at.dim)?,
    ];
    // A warp of 32 threads for each.
    launch(gpu, "precondition", blocks(32 * at.examples), &arguments)
}

/// `clean = out output + skip (x − mean) + mean`, in the order of `tensors`: clean, output, x, mean, skip, out.
pub fn denoised(gpu: &dyn Gpu, tensors: [u64; 6], examples: usize, dim: usize) -> Result<()> {
    let [clean, output, x, mean, skip, out] = tensors.map(Argument::Address);
    let arguments = [clean, output, x, mean, skip, out, count(examples * dim)?, count(dim)?];
    launch(gpu, "denoised", blocks(examples * dim), &arguments)
}

/// `y`, every row of `x` times its scale.
pub fn scale_rows(gpu: &dyn Gpu, [y, x, scales]: [u64; 3], examples: usize, dim: usize) -> Result<()> {
    let [y, x, scales] = [y, x, scales].map(Argument::Address);
    launch(gpu, "scale_rows", blocks(examples * dim), &[y, x, scales, count(examples * dim)?, count(dim)?])
}

/// The mean of weighted squared errors.
pub fn weighted_error(pool: &Arc<Pool>, error: u64, at: Weighted) -> Result<()> {
    let values = at.examples * at.dim;
    let pieces = blocks(values).min(MOST_SUMS);
    let sums = pool.take(4 * pieces as usize)?;
    let arguments = [
        Argument::Address(sums.address()),
        Argument::Address(at.x),
        Argument::Address(at.target),
        Argument::Address(at.weight1),
        Argument::Address(at.weight2),
        count(values)?,
        count(at.dim)?,
        count(at.columns)?,
    ];
    launch(pool.gpu(), "weighted_error", pieces, &arguments)?;
    let share = Argument::Number(1.0 / values as f32);
    let arguments = [Argument::Address(error), Argument::Address(sums.address()), count(pieces as usize)?, share];
    launch(pool.gpu(), "total", 1, &arguments)
}

/// The gradient of that mean with respect to `x`, times the number at `of_mean`.
pub fn weighted_error_gradient(gpu: &dyn Gpu, gradient: u64, of_mean: u64, at: Weighted) -> Result<()> {
    let values = at.examples * at.dim;
    let arguments = [
        Argument::Address(gradient),
        Argument::Address(of_mean),
        Argument::Address(at.x),
        Argument::Address(at.target),
        Argument::Address(at.weight1),
        Argument::Address(at.weight2),
        count(values)?,
        count(at.dim)?,
        count(at.columns)?,
        Argument::Number(1.0 / values as f32),
    ];
    launch(gpu, "weighted_error_gradient", blocks(values), &arguments)
}

const _: () = assert!(THREADS.is_multiple_of(32));
