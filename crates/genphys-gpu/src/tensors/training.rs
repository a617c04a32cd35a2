//! Steps of a training on candle's tensors. Nothing waits for the device.

use candle_core::{Result, Tensor};

use super::pool;
use crate::training::{self, AdamUpdate, AdamVectors, Norm, Perturbation, Values};
use crate::{Pointer, address_of, unset};

fn values(tensor: &Tensor) -> Result<Values> {
    Ok(Values { address: address_of(tensor)?, count: tensor.elem_count() })
}

fn noted(norm: &Tensor, failure: &Tensor) -> Result<Norm> {
    Ok(Norm { norm: address_of(norm)?, failure: address_of(failure)? })
}

/// The norm of the gradient of step number `step`, counted from one. `failure` is a `u32`.
pub fn gradient_norm(gradient: &[Tensor], failure: &Tensor, step: u64) -> Result<Tensor> {
    let norm = unset(failure.device(), ())?;
    let gradient = gradient.iter().map(values).collect::<Result<Vec<_>>>()?;
    let step = u32::try_from(step).unwrap_or(u32::MAX);
    training::gradient_norm(&pool(failure)?, &gradient, noted(&norm, failure)?, step)?;
    Ok(norm)
}

/// Adam's update of a parameter, its two moments and its gradient, in that order.
pub fn adam(tensors: [&Tensor; 4], norm: &Tensor, failure: &Tensor, clip_norm: f64, update: AdamUpdate) -> Result<()> {
    let [parameter, first, second, gradient] = tensors.map(address_of);
    let count = tensors[0].elem_count();
    let vectors = AdamVectors { parameter: parameter?, first: first?, second: second?, gradient: gradient?, count };
    training::adam(pool(norm)?.gpu(), vectors, noted(norm, failure)?, clip_norm, update)
}

/// `target += weight (source − target)`, unless a gradient failed.
pub fn blend(target: &Tensor, source: &Tensor, failure: &Tensor, weight: f64) -> Result<()> {
    training::blend(pool(target)?.gpu(), values(target)?, address_of(source)?, address_of(failure)?, weight)
}

/// Draws rows of `data`, `(rows, dim)`, and perturbs them: see [`Perturbation`]. Clean and perturbed points,
/// `(examples, dim)`. `rows` and `scales` are vectors, one number for each example.
pub fn perturb(data: &Tensor, rows: &Tensor, scales: &Tensor, width: usize, key: [u32; 4]) -> Result<(Tensor, Tensor)> {
    let (examples, dim) = (rows.elem_count(), data.dim(1)?);
    let (y, x) = (unset(data.device(), (examples, dim))?, unset(data.device(), (examples, dim))?);
    let perturbation = Perturbation {
        y: address_of(&y)?,
        x: address_of(&x)?,
        data: address_of(data)?,
        // A row's number is kept as the bits of an `f32`.
        rows: Pointer::new(address_of::<f32>(rows)?.address()),
        scales: address_of(scales)?,
        examples,
        dim,
        width,
        key,
    };
    training::perturb(pool(data)?.gpu(), perturbation)?;
    Ok((y, x))
}
