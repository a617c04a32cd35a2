//! What stands around a network, as kernels: preconditioning, the estimate of the clean point, and its weighted squared
//! error.

use std::sync::Arc;

use candle_core::Result;

use super::launches::training as kernels;
use super::training::MOST_SUMS;
use super::{Gpu, Grid, Pointer, Pool, THREADS, blocks, count, start};

/// The noise level of a batch of points. All are addresses of `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Preconditioning {
    /// `(6, examples)`: factors of input and output, level, ratio, and weight.
    pub scales: Pointer<f32>,
    /// What the network is shown, `(examples, dim)`.
    pub input: Pointer<f32>,
    /// The points, `(examples, dim)`.
    pub x: Pointer<f32>,
    /// Mean of the data, `(dim,)`.
    pub mean: Pointer<f32>,
    /// One for each example.
    pub spread: Pointer<f32>,
    /// What coordinates are multiplied by to read the noise off an example, or zero.
    pub whitener: Pointer<f32>,
    /// What a matrix has made of the points for that, `(examples, dim)`, or zero.
    pub whitened: Pointer<f32>,
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
    pub x: Pointer<f32>,
    /// What it should be.
    pub target: Pointer<f32>,
    /// One for each example.
    pub weight1: Pointer<f32>,
    /// One for each example, or for each value where `columns` is `dim`.
    pub weight2: Pointer<f32>,
    /// Second weights of an example: one or `dim`.
    pub columns: usize,
    /// Pairs.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
}

/// Noise levels, and what the network is shown.
pub fn precondition(gpu: &dyn Gpu, at: Preconditioning) -> Result<()> {
    let Preconditioning { scales, input, x, mean, spread, whitener, whitened, .. } = at;
    let kernel = kernels::Precondition {
        scales,
        input,
        x,
        mean,
        spread,
        whitener,
        whitened,
        offset: at.offset as f32,
        factor: at.factor as f32,
        power: at.power as f32,
        sigma_data: at.sigma_data as f32,
        examples: count(at.examples)?,
        dim: count(at.dim)?,
    };
    // A warp of 32 threads for each.
    start(gpu, Grid::of(blocks(32 * at.examples)), kernel)
}

/// Where an estimate is formed: `clean = out output + skip (x − mean) + mean`.
#[derive(Clone, Copy, Debug)]
pub struct Denoising {
    /// The estimate, `(examples, dim)`.
    pub clean: Pointer<f32>,
    /// What the network has returned, `(examples, dim)`.
    pub output: Pointer<f32>,
    /// The points, `(examples, dim)`.
    pub x: Pointer<f32>,
    /// Mean of the data, `(dim,)`.
    pub mean: Pointer<f32>,
    /// One for each example.
    pub skip: Pointer<f32>,
    /// One for each example.
    pub out: Pointer<f32>,
    /// Points.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
}

/// The estimate.
pub fn denoised(gpu: &dyn Gpu, at: Denoising) -> Result<()> {
    let Denoising { clean, output, x, mean, skip, out, examples, dim } = at;
    let kernel =
        kernels::Denoised { clean, output, x, mean, skip, out, count: count(examples * dim)?, dim: count(dim)? };
    start(gpu, Grid::of(blocks(examples * dim)), kernel)
}

/// `y`, every row of `x` times its scale.
pub fn scale_rows(gpu: &dyn Gpu, [y, x, scales]: [Pointer<f32>; 3], examples: usize, dim: usize) -> Result<()> {
    let kernel = kernels::ScaleRows { y, x, scales, count: count(examples * dim)?, dim: count(dim)? };
    start(gpu, Grid::of(blocks(examples * dim)), kernel)
}

/// The mean of weighted squared errors.
pub fn weighted_error(pool: &Arc<Pool>, error: Pointer<f32>, at: Weighted) -> Result<()> {
    let values = at.examples * at.dim;
    let pieces = blocks(values).min(MOST_SUMS);
    let memory = pool.take(4 * pieces as usize)?;
    let sums = memory.pointer();
    let Weighted { x, target, weight1, weight2, .. } = at;
    let (dim, columns) = (count(at.dim)?, count(at.columns)?);
    let kernel = kernels::WeightedError { sums, x, target, weight1, weight2, count: count(values)?, dim, columns };
    start(pool.gpu(), Grid::of(pieces), kernel)?;
    let kernel = kernels::Total { result: error, sums, count: count(pieces as usize)?, factor: 1.0 / values as f32 };
    start(pool.gpu(), Grid::of(1), kernel)
}

/// The gradient of that mean with respect to `x`, times the number at `of_sum`.
pub fn weighted_error_gradient(
    gpu: &dyn Gpu,
    gradient: Pointer<f32>,
    of_sum: Pointer<f32>,
    at: Weighted,
) -> Result<()> {
    let values = at.examples * at.dim;
    let Weighted { x, target, weight1, weight2, .. } = at;
    let kernel = kernels::WeightedErrorGradient {
        gradient,
        of_sum,
        x,
        target,
        weight1,
        weight2,
        count: count(values)?,
        dim: count(at.dim)?,
        columns: count(at.columns)?,
        factor: 1.0 / values as f32,
    };
    start(gpu, Grid::of(blocks(values)), kernel)
}

const _: () = assert!(THREADS.is_multiple_of(32));
