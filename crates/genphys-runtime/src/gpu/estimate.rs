//! What stands around a network, as kernels: preconditioning, the estimate of the clean point, and its weighted squared error.

use std::sync::Arc;

use candle_core::Result;

use super::training::{MOST_SUMS, launch};
use super::{Argument, Gpu, Pool, THREADS, blocks, count};

/// The noise level of a batch of points. All are addresses of `f32`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preconditioning {
    /// `(6, examples)`: factors of input and output, level, ratio, and weight.
    pub(crate) scales: u64,
    /// What the network is shown, `(examples, dim)`.
    pub(crate) input: u64,
    pub(crate) x: u64,
    pub(crate) mean: u64,
    /// One for each example.
    pub(crate) spread: u64,
    /// What coordinates are multiplied by to read the noise off an example, or zero.
    pub(crate) whitener: u64,
    /// What a matrix has made of the points for that, `(examples, dim)`, or zero.
    pub(crate) whitened: u64,
    /// What is read off where there is no noise, and the factor and power of the spread of what may be hidden.
    pub(crate) offset: f64,
    pub(crate) factor: f64,
    pub(crate) power: f64,
    pub(crate) sigma_data: f64,
    pub(crate) examples: usize,
    pub(crate) dim: usize,
}

/// Two points for each example, `(examples, dim)`, and how much their difference counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighted {
    pub(crate) x: u64,
    pub(crate) target: u64,
    /// One for each example.
    pub(crate) weight1: u64,
    /// One for each example, or for each value where `columns` is `dim`.
    pub(crate) weight2: u64,
    pub(crate) columns: usize,
    pub(crate) examples: usize,
    pub(crate) dim: usize,
}

/// Noise levels, and what the network is shown.
pub(crate) fn precondition(gpu: &dyn Gpu, at: Preconditioning) -> Result<()> {
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
pub(crate) fn denoised(gpu: &dyn Gpu, tensors: [u64; 6], examples: usize, dim: usize) -> Result<()> {
    let [clean, output, x, mean, skip, out] = tensors.map(Argument::Address);
    let arguments = [clean, output, x, mean, skip, out, count(examples * dim)?, count(dim)?];
    launch(gpu, "denoised", blocks(examples * dim), &arguments)
}

/// `y`, every row of `x` times its scale.
pub(crate) fn scale_rows(gpu: &dyn Gpu, [y, x, scales]: [u64; 3], examples: usize, dim: usize) -> Result<()> {
    let [y, x, scales] = [y, x, scales].map(Argument::Address);
    launch(gpu, "scale_rows", blocks(examples * dim), &[y, x, scales, count(examples * dim)?, count(dim)?])
}

/// The mean of weighted squared errors.
pub(crate) fn weighted_error(pool: &Arc<Pool>, error: u64, at: Weighted) -> Result<()> {
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
pub(crate) fn weighted_error_gradient(gpu: &dyn Gpu, gradient: u64, of_mean: u64, at: Weighted) -> Result<()> {
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
