//! Steps of a training as kernels: optimiser, averages, and perturbed data.

use std::sync::Arc;

use candle_core::Result;

use super::launches::training as kernels;
use super::{Gpu, Grid, Pointer, Pool, blocks, count, start};

/// Most blocks that a sum is divided among: enough to fill a GPU.
pub(super) const MOST_SUMS: u32 = 512;

/// Values in the GPU's memory.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// Of the first.
    pub address: Pointer<f32>,
    /// How many.
    pub count: usize,
}

/// Where the GPU notes how gradients are.
#[derive(Clone, Copy, Debug)]
pub struct Norm {
    /// The norm of this step's gradient, an `f32`.
    pub norm: Pointer<f32>,
    /// A `u32`: the first step whose gradient was not finite, counted from one, or zero. Once it is set nothing changes
    /// any more.
    pub failure: Pointer<u32>,
}

/// The values of a network, one vector of them, and what Adam keeps beside.
#[derive(Clone, Copy, Debug)]
pub struct AdamVectors {
    /// Parameters.
    pub parameter: Pointer<f32>,
    /// Mean gradients.
    pub first: Pointer<f32>,
    /// Mean squared gradients.
    pub second: Pointer<f32>,
    /// This step's gradient.
    pub gradient: Pointer<f32>,
    /// Values of each.
    pub count: usize,
}

/// The numbers of one Adam step (Kingma and Ba, arXiv 1412.6980, algorithm 1).
#[derive(Clone, Copy, Debug)]
pub struct AdamUpdate {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Number of this step, counted from one; it sets the bias correction.
    pub step: u64,
    /// Factor on the gradient, below one when it is clipped.
    pub gradient_scale: f64,
}

impl AdamUpdate {
    /// Step size and epsilon with the bias corrections folded in: `p −= a m / (√v + e)`.
    pub fn corrected(&self) -> (f64, f64) {
        let count = i32::try_from(self.step).unwrap_or(i32::MAX);
        let first = 1.0 - self.beta1.powi(count);
        let second = (1.0 - self.beta2.powi(count)).sqrt();
        (self.learning_rate * second / first, self.epsilon * second)
    }
}

/// Rows of data that are drawn and perturbed.
#[derive(Clone, Copy, Debug)]
pub struct Perturbation {
    /// Clean and perturbed points, `(examples, dim)`.
    pub y: Pointer<f32>,
    /// The perturbed ones.
    pub x: Pointer<f32>,
    /// All data, `(rows, dim)`.
    pub data: Pointer<f32>,
    /// The row of each example as a `u32`, its highest bit set where it is mirrored.
    pub rows: Pointer<u32>,
    /// What each example's normal numbers are multiplied by.
    pub scales: Pointer<f32>,
    /// Points of the batch.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
    /// Values of a line of an image, which are reversed where it is mirrored; at least one.
    pub width: usize,
    /// Of the normal numbers: the same key, the same numbers.
    pub key: [u32; 4],
}

/// Writes the norm of a gradient of several vectors, the gradient of step number `step`.
pub fn gradient_norm(pool: &Arc<Pool>, gradient: &[Values], norm: Norm, step: u32) -> Result<()> {
    let pieces = |values: &Values| blocks(values.count).min(MOST_SUMS);
    let all: u32 = gradient.iter().map(pieces).sum();
    let memory = pool.take(4 * all as usize)?;
    let mut sums = memory.pointer::<f32>();
    for values in gradient {
        let kernel = kernels::SumSquares { sums, x: values.address, count: count(values.count)? };
        start(pool.gpu(), Grid::of(pieces(values)), kernel)?;
        sums = sums.after_words(pieces(values) as usize);
    }
    let (sums, count, Norm { norm, failure }) = (memory.pointer(), count(all as usize)?, norm);
    start(pool.gpu(), Grid::of(1), kernels::GradientNorm { norm, failure, sums, count, step })
}

/// Adam's update; the gradient is shortened to `clip_norm` instead of by the update's factor.
pub fn adam(gpu: &dyn Gpu, at: AdamVectors, norm: Norm, clip_norm: f64, update: AdamUpdate) -> Result<()> {
    let (rate, epsilon) = update.corrected();
    let kernel = kernels::Adam {
        parameter: at.parameter,
        first: at.first,
        second: at.second,
        gradient: at.gradient,
        norm: norm.norm,
        failure: norm.failure,
        clip_norm: clip_norm as f32,
        decay1: update.beta1 as f32,
        fresh1: (1.0 - update.beta1) as f32,
        decay2: update.beta2 as f32,
        fresh2: (1.0 - update.beta2) as f32,
        rate: rate as f32,
        epsilon: epsilon as f32,
        count: count(at.count)?,
    };
    start(gpu, Grid::of(blocks(at.count)), kernel)
}

/// `target += weight (source − target)`, unless a gradient failed.
pub fn blend(gpu: &dyn Gpu, target: Values, source: Pointer<f32>, failure: Pointer<u32>, weight: f64) -> Result<()> {
    let Values { address: target, count: values } = target;
    let kernel = kernels::Blend { target, source, failure, weight: weight as f32, count: count(values)? };
    start(gpu, Grid::of(blocks(values)), kernel)
}

/// Draws a batch and perturbs it.
pub fn perturb(gpu: &dyn Gpu, at: Perturbation) -> Result<()> {
    let [key0, key1, stream0, stream1] = at.key;
    let Perturbation { y, x, data, rows, scales, .. } = at;
    // Checked here, where all values of the batch are counted.
    count(at.examples * at.dim)?;
    let (examples, dim, width) = (count(at.examples)?, count(at.dim)?, count(at.width)?);
    let kernel = kernels::Perturb { y, x, data, rows, scales, examples, dim, width, key0, key1, stream0, stream1 };
    start(gpu, Grid::of(blocks((at.examples * at.dim).div_ceil(4))), kernel)
}
