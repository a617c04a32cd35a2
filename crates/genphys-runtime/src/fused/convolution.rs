//! Convolution with a 3x3 kernel as matrix products.
//!
//! Pixels are the rows of a matrix, channels its columns. The nine neighbours of every pixel are gathered side by side,
//! for a few rows of an image at a time so that they stay in the cache, and multiplied with the kernel by the same thread; the
//! backward pass gathers again instead of keeping nine times the activations.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Error, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::column_sums::{column_sums, sum_in_order};
use super::{Before, Matrix, matrix, multiply, values};

/// Most values gathered at a time: 512 KiB, half of a second-level cache.
const GATHERED: usize = 1 << 17;

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

/// Convolution of `x`, `(batch * positions, inputs)`, with `kernel`, `(9 * inputs, outputs)`, plus `bias`, `(outputs,)`, to
/// `(batch * positions, outputs)`; pixels beyond the edge are zero. Rows of the kernel are ordered (row, column, input). Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn convolve(x: &Tensor, kernel: &Tensor, bias: &Tensor, grid: Grid) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&kernel.contiguous()?, bias, Convolution { grid });
    }
    neighbours(x, grid)?.matmul(kernel)?.broadcast_add(bias)
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

/// The same for some rows of pixels, counted through all images, into `out`.
fn gather(images: &[f32], grid: Grid, channels: usize, rows: std::ops::Range<usize>, out: &mut Vec<f32>) {
    let Grid { height, width } = grid;
    let line = width * channels;
    out.clear();
    out.reserve(9 * rows.len() * line);
    for line_of_pixels in rows {
        let row = line_of_pixels % height;
        // The rows above, at and below, where they are in the image.
        let lines = [0, 1, 2].map(|y| {
            let inside = row + y > 0 && row + y <= height;
            inside.then(|| &images[(line_of_pixels + y - 1) * line..][..line])
        });
        for column in 0..width {
            for pixels in &lines {
                let (Some(pixels), true) = (pixels, column > 0 && column + 1 < width) else {
                    for x in column..column + 3 {
                        // Shifted by one: column x − 1.
                        match pixels {
                            Some(pixels) if x > 0 && x <= width => {
                                out.extend_from_slice(&pixels[(x - 1) * channels..x * channels]);
                            }
                            _ => out.resize(out.len() + channels, 0.0),
                        }
                    }
                    continue;
                };
                out.extend_from_slice(&pixels[(column - 1) * channels..(column + 2) * channels]);
            }
        }
    }
}

struct Convolution {
    grid: Grid,
}

impl Convolution {
    /// Rows of pixels gathered at a time.
    fn lines_per_block(&self, channels: usize) -> usize {
        (GATHERED / (9 * self.grid.width * channels).max(1)).max(1)
    }

    /// The convolution of some images with a kernel, onto what is in `out`.
    fn onto(&self, out: &mut [f32], x: &[f32], kernel: &[f32], (inputs, outputs): (usize, usize)) -> Result<()> {
        let (width, lines) = (self.grid.width, self.lines_per_block(inputs));
        let kernel = Matrix::rows_of(outputs, kernel);
        out.par_chunks_mut(lines * width * outputs).enumerate().try_for_each_init(Vec::new, |gathered, (i, out)| {
            let first = i * lines;
            gather(x, self.grid, inputs, first..first + out.len() / (width * outputs), gathered);
            multiply(out, Matrix::rows_of(9 * inputs, gathered), kernel, Before::Kept)
        })
    }

    /// Checks the shapes: rows, inputs, outputs.
    fn sizes(&self, x: &Layout, kernel: &Layout) -> Result<(usize, usize, usize)> {
        let ((rows, inputs), (taps, outputs)) = (matrix("convolution", x)?, matrix("convolution", kernel)?);
        let positions = self.grid.positions();
        if taps != 9 * inputs || positions == 0 || rows % positions != 0 || outputs == 0 {
            let message =
                format!("convolution: {rows} rows of {inputs} with a kernel of {taps} rows on {:?}", self.grid);
            return Err(Error::Msg(message));
        }
        Ok((rows, inputs, outputs))
    }
}

impl CustomOp3 for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (rows, inputs, outputs) = self.sizes(l1, l2)?;
        let (x, kernel) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let bias = values(self.name(), s3, l3)?;
        if bias.len() != outputs {
            return Err(Error::Msg(format!("convolution: {} biases for {outputs} outputs", bias.len())));
        }
        let mut out = bias.repeat(rows);
        self.onto(&mut out, x, kernel, (inputs, outputs))?;
        Ok((CpuStorage::F32(out), Shape::from((rows, outputs))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        kernel: &Tensor,
        _bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let (taps, outputs) = kernel.dims2()?;
        let of_x = if x.track_op() {
            // The transpose of a convolution is one with the kernel turned by half a turn and its channels exchanged.
            let turned = kernel.reshape((9, taps / 9, outputs))?.flip(&[0])?.transpose(1, 2)?.contiguous()?;
            let turned = turned.reshape((9 * outputs, taps / 9))?;
            Some(grad.apply_op2_no_bwd(&turned, &InputGradient(Convolution { grid: self.grid }))?)
        } else {
            None
        };
        let of_kernel = x.apply_op2_no_bwd(&grad, &KernelGradient { grid: self.grid })?;
        Ok((of_x, Some(of_kernel), Some(column_sums(&grad)?)))
    }
}

/// The convolution of the gradient with the turned kernel.
struct InputGradient(Convolution);

impl CustomOp2 for InputGradient {
    fn name(&self) -> &'static str {
        "convolution-input-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, inputs, outputs) = self.0.sizes(l1, l2)?;
        let mut out = vec![0f32; rows * outputs];
        self.0.onto(&mut out, values(self.name(), s1, l1)?, values(self.name(), s2, l2)?, (inputs, outputs))?;
        Ok((CpuStorage::F32(out), Shape::from((rows, outputs))))
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
        let lines_per_block = Convolution { grid: self.grid }.lines_per_block(inputs);
        let line = self.grid.width * outputs;
        let share = (rows / self.grid.width).div_ceil(PARTIAL_SUMS).max(1);
        let partial = |share_of: usize, grad: &[f32]| -> Result<Vec<f32>> {
            let (mut sum, mut gathered) = (vec![0f32; 9 * inputs * outputs], Vec::new());
            for (block, grad) in grad.chunks(lines_per_block * line).enumerate() {
                let first = share_of * share + block * lines_per_block;
                gather(x, self.grid, inputs, first..first + grad.len() / line, &mut gathered);
                let neighbours = Matrix::rows_of(9 * inputs, &gathered).transposed();
                multiply(&mut sum, neighbours, Matrix::rows_of(outputs, grad), Before::Kept)?;
            }
            Ok(sum)
        };
        let sums: Vec<Vec<f32>> =
            grad.par_chunks(share * line).enumerate().map(|(i, grad)| partial(i, grad)).collect::<Result<_>>()?;
        let total = sum_in_order(&sums, 9 * inputs * outputs);
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
        let bias = wave(0.3, (1, 6))?.flatten_all()?;
        let ours = convolve(&x, &kernel, &bias, GRID)?;
        let images = x.reshape((2, 5, 3, 4))?.permute((0, 3, 1, 2))?.contiguous()?;
        let weights = kernel.reshape((3, 3, 4, 6))?.permute((3, 2, 0, 1))?.contiguous()?;
        let theirs = images.conv2d(&weights, 1, 1, 1, 1)?.permute((0, 2, 3, 1))?.reshape((30, 6))?;
        let theirs = theirs.broadcast_add(&bias)?;
        assert!(difference(&ours, &theirs)? < 1e-5);
        Ok(())
    }

    #[test]
    fn gradients_are_those_of_the_composed_operation() -> Result<()> {
        // Small images, and large ones of which a block is a part.
        for (images, grid, tolerance) in [(40, GRID, 1e-4), (2, Grid { height: 70, width: 65 }, 5e-4)] {
            let x = Var::from_tensor(&wave(1.3, (images * grid.positions(), 4))?)?;
            let kernel = Var::from_tensor(&wave(0.7, (36, 6))?)?;
            let bias = Var::from_tensor(&wave(0.3, (1, 6))?.flatten_all()?)?;
            let fused = convolve(&x, &kernel, &bias, grid)?;
            let composed = neighbours(&x, grid)?.matmul(&kernel)?.broadcast_add(&bias)?;
            gradients_agree(&fused, &composed, &[&x, &kernel, &bias], tolerance)?;
        }
        Ok(())
    }
}
