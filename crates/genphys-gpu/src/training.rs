//! Steps of a training as kernels: optimiser, averages, and perturbed data.

use std::sync::Arc;

use candle_core::Result;

use super::{Argument, Gpu, Launch, Module, Pool, THREADS, blocks, count};

/// Most blocks that a sum is divided among: enough to fill a GPU.
pub(super) const MOST_SUMS: u32 = 512;

/// Values in the GPU's memory.
#[derive(Clone, Copy, Debug)]
pub struct Values {
    /// Of the first.
    pub address: u64,
    /// How many.
    pub count: usize,
}

/// Where the GPU notes how gradients are.
#[derive(Clone, Copy, Debug)]
pub struct Norm {
    /// The norm of this step's gradient, an `f32`.
    pub norm: u64,
    /// A `u32`: the first step whose gradient was not finite, counted from one, or zero. Once it is set nothing changes
    /// any more.
    pub failure: u64,
}

/// The values of a network, one vector of them, and what Adam keeps beside.
#[derive(Clone, Copy, Debug)]
pub struct AdamVectors {
    /// Parameters.
    pub parameter: u64,
    /// Mean gradients.
    pub first: u64,
    /// Mean squared gradients.
    pub second: u64,
    /// This step's gradient.
    pub gradient: u64,
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
    pub y: u64,
    /// The perturbed ones.
    pub x: u64,
    /// All data, `(rows, dim)`.
    pub data: u64,
    /// The row of each example as a `u32`, its highest bit set where it is mirrored.
    pub rows: u64,
    /// What each example's normal numbers are multiplied by.
    pub scales: u64,
    /// Points of the batch.
    pub examples: usize,
    /// Coordinates of a point.
    pub dim: usize,
    /// Values of a line of an image, which are reversed where it is mirrored; at least one.
    pub width: usize,
    /// Of the normal numbers: the same key, the same numbers.
    pub key: [u32; 4],
}

pub(super) fn launch(gpu: &dyn Gpu, kernel: &'static str, blocks: u32, arguments: &[Argument]) -> Result<()> {
    gpu.launch(Launch { module: Module::Training, kernel, blocks, threads: THREADS, shared: 0, arguments })
}

/// Writes the norm of a gradient of several vectors, the gradient of step number `step`.
pub fn gradient_norm(pool: &Arc<Pool>, gradient: &[Values], norm: Norm, step: u32) -> Result<()> {
    let pieces = |values: &Values| blocks(values.count).min(MOST_SUMS);
    let all: u32 = gradient.iter().map(pieces).sum();
    let sums = pool.take(4 * all as usize)?;
    let mut first = sums.address();
    for values in gradient {
        let arguments = [Argument::Address(first), Argument::Address(values.address), count(values.count)?];
        launch(pool.gpu(), "sum_squares", pieces(values), &arguments)?;
        first += 4 * u64::from(pieces(values));
    }
    let arguments = [
        Argument::Address(norm.norm),
        Argument::Address(norm.failure),
        Argument::Address(sums.address()),
        count(all as usize)?,
        Argument::Word(step),
    ];
    launch(pool.gpu(), "gradient_norm", 1, &arguments)
}

/// Adam's update; the gradient is shortened to `clip_norm` instead of by the update's factor.
pub fn adam(gpu: &dyn Gpu, at: AdamVectors, norm: Norm, clip_norm: f64, update: AdamUpdate) -> Result<()> {
    let (rate, epsilon) = update.corrected();
    let arguments = [
        Argument::Address(at.parameter),
        Argument::Address(at.first),
        Argument::Address(at.second),
        Argument::Address(at.gradient),
        Argument::Address(norm.norm),
        Argument::Address(norm.failure),
        Argument::Number(clip_norm as f32),
        Argument::Number(update.beta1 as f32),
        Argument::Number((1.0 - update.beta1) as f32),
        Argument::Number(update.beta2 as f32),
        Argument::Number((1.0 - update.beta2) as f32),
        Argument::Number(rate as f32),
        Argument::Number(epsilon as f32),
        count(at.count)?,
    ];
    launch(gpu, "adam", blocks(at.count), &arguments)
}

/// `target += weight (source − target)`, unless a gradient failed.
pub fn blend(gpu: &dyn Gpu, target: Values, source: u64, failure: u64, weight: f64) -> Result<()> {
    let arguments = [
        Argument::Address(target.address),
        Argument::Address(source),
        Argument::Address(failure),
        Argument::Number(weight as f32),
        count(target.count)?,
    ];
    launch(gpu, "blend", blocks(target.count), &arguments)
}

/// Draws a batch and perturbs it.
pub fn perturb(gpu: &dyn Gpu, at: Perturbation) -> Result<()> {
    let [key0, key1, stream0, stream1] = at.key.map(Argument::Word);
    // Checked here, where all values of the batch are counted.
    count(at.examples * at.dim)?;
    let arguments = [
        Argument::Address(at.y),
        Argument::Address(at.x),
        Argument::Address(at.data),
        Argument::Address(at.rows),
        Argument::Address(at.scales),
        count(at.examples)?,
        count(at.dim)?,
        count(at.width)?,
        key0,
        key1,
        stream0,
        stream1,
    ];
    launch(gpu, "perturb", blocks((at.examples * at.dim).div_ceil(4)), &arguments)
}
