//! What stands around a network, on candle's tensors.

use candle_core::{CpuStorage, CudaStorage, CustomOp1, Error, Layout, Result, Shape, Tensor};

use super::pool;
use crate::estimate::{self, Denoising, Preconditioning, Weighted};
use crate::{Pointer, address, address_of, pool_of_storage, unset, unset_storage};

/// How the noise is read off an example: by a vector that coordinates are multiplied by or by a matrix.
#[derive(Debug)]
pub struct Reading<'a> {
    /// Vector `(1, dim)` or matrix `(dim, dim)`.
    pub whitener: &'a Tensor,
    /// What is read off where there is no noise.
    pub offset: f64,
    /// Factor of the spread of what may be hidden.
    pub factor: f64,
    /// Exponent of the spread.
    pub power: f64,
}

/// Scales, `(6, batch)`, and what the network is shown, `(batch, dim)`, for points that need no gradient.
pub fn precondition(
    x: &Tensor,
    mean: &Tensor,
    spread: &Tensor,
    sigma_data: f64,
    reading: Option<Reading<'_>>,
) -> Result<(Tensor, Tensor)> {
    let (device, (examples, dim)) = (x.device(), x.dims2()?);
    let (x, spread) = (x.contiguous()?, spread.contiguous()?);
    let (scales, input) = (unset(device, (6, examples))?, unset(device, (examples, dim))?);
    let whitened = match &reading {
        Some(reading) if reading.whitener.dim(0)? > 1 => Some(x.broadcast_sub(mean)?.matmul(reading.whitener)?),
        _ => None,
    };
    let (mut whitener, mut whitened_at) = (Pointer::NONE, Pointer::NONE);
    match (&reading, &whitened) {
        (_, Some(whitened)) => whitened_at = address_of(whitened)?,
        (Some(reading), None) => whitener = address_of(reading.whitener)?,
        (None, None) => {}
    }
    let preconditioning = Preconditioning {
        scales: address_of(&scales)?,
        input: address_of(&input)?,
        x: address_of(&x)?,
        mean: address_of(mean)?,
        spread: address_of(&spread)?,
        whitener,
        whitened: whitened_at,
        offset: reading.as_ref().map_or(0.0, |reading| reading.offset),
        factor: reading.as_ref().map_or(0.0, |reading| reading.factor),
        power: reading.as_ref().map_or(0.0, |reading| reading.power),
        sigma_data,
        examples,
        dim,
    };
    estimate::precondition(pool(&x)?.gpu(), preconditioning)?;
    Ok((scales, input))
}

/// `out output + skip (x − mean) + mean` as a function of the output, `(batch, dim)`.
pub fn denoised(output: &Tensor, x: &Tensor, mean: &Tensor, skip: &Tensor, out: &Tensor) -> Result<Tensor> {
    let [x, mean, skip, out] = [x, mean, skip, out].map(Tensor::contiguous);
    output.contiguous()?.apply_op1(Denoised { x: x?, mean: mean?, skip: skip?, out: out? })
}

struct Denoised {
    x: Tensor,
    mean: Tensor,
    skip: Tensor,
    out: Tensor,
}

fn not_here<T>(name: &str) -> Result<T> {
    Err(Error::Msg(format!("{name} is computed on a CUDA device only")))
}

impl CustomOp1 for Denoised {
    fn name(&self) -> &'static str {
        "denoised"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        not_here(self.name())
    }

    fn cuda_fwd(&self, storage: &CudaStorage, layout: &Layout) -> Result<(CudaStorage, Shape)> {
        let (examples, dim) = self.x.dims2()?;
        let (clean, clean_at) = unset_storage(storage, examples * dim)?;
        let [x, mean, skip, out] = [&self.x, &self.mean, &self.skip, &self.out].map(address_of);
        let (output, x, mean, skip, out) = (address(storage, layout)?, x?, mean?, skip?, out?);
        let denoising = Denoising { clean: clean_at, output, x, mean, skip, out, examples, dim };
        estimate::denoised(pool_of_storage(storage)?.gpu(), denoising)?;
        Ok((clean, layout.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let ((examples, dim), gradient) = (self.x.dims2()?, gradient.contiguous()?);
        let result = unset(gradient.device(), (examples, dim))?;
        let tensors = [address_of(&result)?, address_of(&gradient)?, address_of(&self.out)?];
        estimate::scale_rows(pool(&gradient)?.gpu(), tensors, examples, dim)?;
        Ok(Some(result))
    }
}

/// The mean of weighted squared errors as a function of `x`, `(batch, dim)`; the weights are `(batch, 1)`, the second
/// perhaps `(batch, dim)`.
pub fn weighted_error(x: &Tensor, target: &Tensor, weights: [&Tensor; 2]) -> Result<Tensor> {
    let [target, weight1, weight2] = [target, weights[0], weights[1]].map(Tensor::contiguous);
    x.contiguous()?.apply_op1(WeightedError { target: target?, weight1: weight1?, weight2: weight2? })
}

struct WeightedError {
    target: Tensor,
    weight1: Tensor,
    weight2: Tensor,
}

impl WeightedError {
    fn at(&self, x: Pointer<f32>) -> Result<Weighted> {
        let (examples, dim) = self.target.dims2()?;
        let [target, weight1, weight2] = [&self.target, &self.weight1, &self.weight2].map(address_of);
        let columns = self.weight2.dim(1)?;
        Ok(Weighted { x, target: target?, weight1: weight1?, weight2: weight2?, columns, examples, dim })
    }
}

impl CustomOp1 for WeightedError {
    fn name(&self) -> &'static str {
        "weighted-error"
    }

    fn cpu_fwd(&self, _: &CpuStorage, _: &Layout) -> Result<(CpuStorage, Shape)> {
        not_here(self.name())
    }

    fn cuda_fwd(&self, storage: &CudaStorage, layout: &Layout) -> Result<(CudaStorage, Shape)> {
        if layout.shape() != self.target.shape() {
            return Err(Error::Msg(format!("points of {:?} and of {:?}", layout.shape(), self.target.shape())));
        }
        let (error, error_at) = unset_storage(storage, 1)?;
        estimate::weighted_error(&pool_of_storage(storage)?, error_at, self.at(address(storage, layout)?)?)?;
        Ok((error, Shape::from(())))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        let result = unset(x.device(), x.shape())?;
        let (result_at, of_mean) = (address_of(&result)?, address_of(&gradient)?);
        estimate::weighted_error_gradient(pool(x)?.gpu(), result_at, of_mean, self.at(address_of(x)?)?)?;
        Ok(Some(result))
    }
}
