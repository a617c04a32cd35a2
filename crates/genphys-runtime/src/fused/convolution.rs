//! Convolution with a 3x3 kernel as matrix products.
//!
//! Pixels are the rows of a matrix, channels its columns. The nine neighbours of every pixel are gathered side by side,
//! for a few images at a time so that they stay in the cache, and multiplied with the kernel; the backward pass gathers
//! again instead of keeping nine times the activations.

use candle_core::{CpuStorage, CustomOp2, Device, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::{matrix, values};

/// Most values gathered at a time: 2 MiB.
const GATHERED: usize = 1 << 19;

/// Partial sums of the kernel's gradient: a fixed number, so that it does not depend on the number of threads.
const PARTIAL_SUMS: usize = 8;

/// Height and width of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
}

impl Grid {
    /// Number of pixels.
    pub fn positions(self) -> usize {
        self.height * self.width
    }
}

/// Convolution of `x`, `(batch * positions, inputs)`, with `kernel`, `(9 * inputs, outputs)`, to `(batch * positions,
/// outputs)`; pixels beyond the edge are zero. Rows of the kernel are ordered (row, column, input). Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn convolve(x: &Tensor, kernel: &Tensor, grid: Grid) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op2(&kernel.contiguous()?, Convolution { grid });
    }
    neighbours(x, grid)?.matmul(kernel)
}

/// The nine neighbours of every pixel side by side, `(batch * positions, 9 * channels)`, composed of candle's operations.
fn neighbours(x: &Tensor, grid: Grid) -> Result<Tensor> {
    let Grid { height, width } = grid;
    let (rows, channels) = x.dims2()?;
    let images = x.reshape((rows / grid.positions(), height, width, channels))?;
    let padded = images.pad_with_zeros(1, 1, 1)?.pad_with_zeros(2, 1, 1)?;
    let mut shifted = Vec::with_capacity(9);
    for row in 0..3 {
        for column in 0..3 {
            shifted.push(padded.narrow(1, row, height)?.narrow(2, column, width)?);
        }
    }
    Tensor::cat(&shifted, 3)?.reshape((rows, 9 * channels))
}

/// The same for whole images in memory.
fn gather(images: &[f32], grid: Grid, channels: usize) -> Vec<f32> {
    let Grid { height, width } = grid;
    let mut out = Vec::with_capacity(9 * images.len());
    for image in images.chunks_exact(grid.positions() * channels) {
        for row in 0..height {
            for column in 0..width {
                for y in row..row + 3 {
                    for x in column..column + 3 {
                        // Shifted by one: pixel (y − 1, x − 1).
                        if y == 0 || x == 0 || y > height || x > width {
                            out.resize(out.len() + channels, 0.0);
                        } else {
                            let start = ((y - 1) * width + x - 1) * channels;
                            out.extend_from_slice(&image[start..start + channels]);
                        }
                    }
                }
            }
        }
    }
    out
}

/// Hands the values of a tensor on the CPU to `then`.
fn with_values(tensor: &Tensor, then: impl FnOnce(&[f32])) -> Result<()> {
    let (storage, layout) = tensor.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else {
        return Err(Error::Msg("convolution: expected a tensor on the CPU".to_owned()));
    };
    then(values("convolution", storage, layout)?);
    Ok(())
}

struct Convolution {
    grid: Grid,
}

impl Convolution {
    /// Images gathered at a time.
    fn images_per_block(&self, channels: usize) -> usize {
        (GATHERED / (9 * self.grid.positions() * channels).max(1)).max(1)
    }
}

impl CustomOp2 for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, inputs) = matrix(self.name(), l1)?;
        let (taps, outputs) = matrix(self.name(), l2)?;
        let positions = self.grid.positions();
        if taps != 9 * inputs || positions == 0 || rows % positions != 0 {
            let message =
                format!("convolution: {rows} rows of {inputs} with a kernel of {taps} rows on {:?}", self.grid);
            return Err(Error::Msg(message));
        }
        let x = values(self.name(), s1, l1)?;
        let kernel = Tensor::from_slice(values(self.name(), s2, l2)?, (taps, outputs), &Device::Cpu)?;
        let block = self.images_per_block(inputs) * positions;
        let mut out = vec![0f32; rows * outputs];
        out.par_chunks_mut(block * outputs).zip(x.par_chunks(block * inputs)).try_for_each(|(out, x)| {
            let gathered = Tensor::from_vec(gather(x, self.grid, inputs), (x.len() / inputs, taps), &Device::Cpu)?;
            with_values(&gathered.matmul(&kernel)?, |product| out.copy_from_slice(product))
        })?;
        Ok((CpuStorage::F32(out), Shape::from((rows, outputs))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        kernel: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let (taps, outputs) = kernel.dims2()?;
        // The transpose of a convolution is one with the kernel turned by half a turn and its channels exchanged.
        let turned = kernel.reshape((9, taps / 9, outputs))?.flip(&[0])?.transpose(1, 2)?.contiguous()?;
        let turned = turned.reshape((9 * outputs, taps / 9))?;
        let grad_x = grad.apply_op2_no_bwd(&turned, &Convolution { grid: self.grid })?;
        let grad_kernel = x.apply_op2_no_bwd(&grad, &KernelGradient { grid: self.grid })?;
        Ok((Some(grad_x), Some(grad_kernel)))
    }
}

/// Gathered neighbours, transposed, times the gradient.
struct KernelGradient {
    grid: Grid,
}

impl CustomOp2 for KernelGradient {
    fn name(&self) -> &'static str {
        "convolution-kernel-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, inputs) = matrix(self.name(), l1)?;
        let (_, outputs) = matrix(self.name(), l2)?;
        let (x, grad) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let positions = self.grid.positions();
        let images = Convolution { grid: self.grid }.images_per_block(inputs);
        let share = (rows / positions).div_ceil(PARTIAL_SUMS).max(1) * positions;
        let partial = |x: &[f32], grad: &[f32]| -> Result<Vec<f32>> {
            let mut sum = vec![0f32; 9 * inputs * outputs];
            let blocks = x.chunks(images * positions * inputs).zip(grad.chunks(images * positions * outputs));
            for (x, grad) in blocks {
                let rows = x.len() / inputs;
                let gathered = Tensor::from_vec(gather(x, self.grid, inputs), (rows, 9 * inputs), &Device::Cpu)?;
                let product = gathered.t()?.matmul(&Tensor::from_slice(grad, (rows, outputs), &Device::Cpu)?)?;
                with_values(&product, |product| sum.iter_mut().zip(product).for_each(|(sum, value)| *sum += value))?;
            }
            Ok(sum)
        };
        let sums: Vec<Vec<f32>> = x
            .par_chunks(share * inputs)
            .zip(grad.par_chunks(share * outputs))
            .map(|(x, grad)| partial(x, grad))
            .collect::<Result<_>>()?;
        let mut total = vec![0f32; 9 * inputs * outputs];
        for sum in &sums {
            for (total, value) in total.iter_mut().zip(sum) {
                *total += value;
            }
        }
        Ok((CpuStorage::F32(total), Shape::from((9 * inputs, outputs))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::test_support::{difference, gradients_agree, wave};
    use candle_core::Var;

    const GRID: Grid = Grid { height: 5, width: 3 };

    #[test]
    fn is_the_convolution_of_candle() -> Result<()> {
        let (x, kernel) = (wave(1.3, (2 * 15, 4))?, wave(0.7, (36, 6))?);
        let ours = convolve(&x, &kernel, GRID)?;
        let images = x.reshape((2, 5, 3, 4))?.permute((0, 3, 1, 2))?.contiguous()?;
        let weights = kernel.reshape((3, 3, 4, 6))?.permute((3, 2, 0, 1))?.contiguous()?;
        let theirs = images.conv2d(&weights, 1, 1, 1, 1)?.permute((0, 2, 3, 1))?.reshape((30, 6))?;
        assert!(difference(&ours, &theirs)? < 1e-5);
        Ok(())
    }

    #[test]
    fn gradients_are_those_of_the_composed_operation() -> Result<()> {
        // Many images, so that several blocks and partial sums occur.
        let x = Var::from_tensor(&wave(1.3, (40 * 15, 4))?)?;
        let kernel = Var::from_tensor(&wave(0.7, (36, 6))?)?;
        let fused = convolve(&x, &kernel, GRID)?;
        let composed = neighbours(&x, GRID)?.matmul(&kernel)?;
        gradients_agree(&fused, &composed, &[&x, &kernel], 1e-4)
    }
}
