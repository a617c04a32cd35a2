//! Convolution with a 3x3 kernel as matrix products.
//!
//! Positions are the rows of a matrix, channels its columns. The nine neighbours of every pixel are gathered side by
//! side, for a few rows of an image at a time so that they stay in the cache, and multiplied with the kernel. The
//! backward pass gathers again instead of keeping nine times the activations, and scatters the gradients of the
//! neighbours.

use std::ops::Range;

use candle_core::{Result, Tensor};
use candle_nn::{Conv2d, Conv2dConfig, Module};

use super::dense::fill;
use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use crate::fused::multiply;
use crate::network::parameter_store::Initial;
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{ConvolutionShape, ConvolutionTensors, Convolved, Factor, Memory, Pointer, Product, Value, count};
use genphys_numeric::{Before, Matrix, add_rows, add_to};

/// Most values gathered at a time: 512 KiB, half of a second-level cache.
const GATHERED: usize = 1 << 17;

/// The same on a GPU, where they should stay in its cache too.
const GATHERED_ON_GPU: usize = 1 << 23;

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

/// A 3x3 convolution with bias; pixels beyond the edge are zero.
#[derive(Clone, Debug)]
pub struct Convolution {
    /// The parameters are `name.kernel`, `(9 inputs, outputs)` with rows ordered (row, column, input), and `name.bias`.
    pub name: String,
    /// An image: as many positions as pixels.
    pub from: Activation,
    /// Height and width of the image.
    pub grid: Grid,
    /// Channels of the result.
    pub outputs: usize,
    /// What is added, of the size of the result.
    pub residual: Option<Activation>,
    /// Whether the kernel starts at zero. Otherwise its values have the variance `1 / (9 inputs)`. Biases start at
    /// zero.
    pub zeros: bool,
}

impl Convolution {
    /// Without residual, not from zero.
    pub fn new(name: impl Into<String>, from: Activation, grid: Grid, outputs: usize) -> Self {
        Self { name: name.into(), from, grid, outputs, residual: None, zeros: false }
    }
}

impl LayersBuilder {
    /// A 3x3 convolution with bias.
    pub fn convolution(&mut self, layer: Convolution) -> Activation {
        let Convolution { name, from, grid, outputs, residual, zeros } = layer;
        let Size { positions, width: inputs } = self.size(from);
        let deviation = 1.0 / ((9 * inputs.max(1)) as f64).sqrt();
        let initial = if zeros { Initial::Zeros } else { Initial::Normal(deviation) };
        let kernel = self.parameter(format!("{name}.kernel"), &[9 * inputs, outputs], initial);
        self.graph.kernels.push((kernel, outputs));
        let bias = self.parameter(format!("{name}.bias"), &[outputs], Initial::Zeros);
        let size = Size { positions, width: outputs };
        let fits = positions == grid.positions() && residual.is_none_or(|residual| self.size(residual) == size);
        self.expect(fits, &format!("{name} on {} x {} pixels, and what is added to it", grid.height, grid.width));
        let residual = residual.map(|residual| residual.0);
        self.add(ConvolutionLayer { from: from.0, grid, kernel, bias, residual }, size, true)
    }
}

#[derive(Debug)]
struct ConvolutionLayer {
    from: usize,
    grid: Grid,
    kernel: usize,
    bias: usize,
    residual: Option<usize>,
}

impl ConvolutionLayer {
    /// Rows of pixels gathered at a time.
    fn lines(&self, channels: usize) -> usize {
        (GATHERED / (9 * self.grid.width * channels)).max(1)
    }

    fn shape(&self, given: &OnGpu<'_>) -> ConvolutionShape {
        ConvolutionShape {
            examples: given.examples,
            height: self.grid.height,
            width: self.grid.width,
            inputs: given.size(self.from).width,
            outputs: given.graph.values_of(self.bias).len(),
            precision: given.precision,
        }
    }

    /// Whole images whose neighbours are gathered at a time on a GPU: the first pixel, and how many.
    fn parts(&self, given: &OnGpu<'_>) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (pixels, all) = (self.grid.positions(), given.rows(self.from));
        let images = (GATHERED_ON_GPU / (9 * pixels * given.size(self.from).width)).max(1);
        (0..all).step_by(images * pixels).map(move |first| (first, (images * pixels).min(all - first)))
    }

    fn gathered(&self, given: &OnGpu<'_>, x: Pointer<Value>, first: usize, pixels: usize) -> Result<Memory> {
        let Grid { height, width } = self.grid;
        let channels = given.size(self.from).width;
        let room = given.room(pixels * 9 * channels)?;
        let kernel = kernels::Gather {
            x,
            out: room.pointer(),
            height: count(height)?,
            width: count(width)?,
            channels: count(channels)?,
            start: count(first)?,
            pixels: count(pixels)?,
        };
        given.each(pixels * 9 * channels, kernel)?;
        Ok(room)
    }

    /// Writes the gradient of the kernel, `(9 inputs, outputs)` of `f32`, given that of the output.
    fn kernel_gradient(&self, given: &OnGpu<'_>, gradient: Pointer<Value>, sum: Pointer<f32>) -> Result<()> {
        let (shape, x) = (self.shape(given), given.values(self.from)?);
        let (inner, outputs) = (9 * shape.inputs, shape.outputs);
        if given.gpu().convolves(shape, Convolved::Kernel) {
            let room = given.room(inner * outputs)?;
            let tensors = ConvolutionTensors { input: x.address(), kernel: room.address(), output: gradient.address() };
            given.gpu().convolve(shape, Convolved::Kernel, tensors, false)?;
            let (rows, columns) = (count(inner)?, count(outputs)?);
            return given.each(inner * outputs, kernels::Transpose { x: room.pointer(), out: sum, rows, columns });
        }
        for (first, pixels) in self.parts(given) {
            let neighbours = self.gathered(given, x, first, pixels)?;
            let neighbours = Factor::rows_of(inner, neighbours.address()).transposed();
            let of = Factor::rows_of(outputs, gradient.after(first * outputs, given.precision).address());
            let product = given.plain([inner, pixels, outputs], neighbours, of, sum.address(), first > 0);
            given.gpu().multiply(&Product { exact: true, ..product })?;
        }
        Ok(())
    }

    /// Writes the gradient of the input, or adds it.
    fn input_gradient(
        &self,
        given: &OnGpu<'_>,
        gradient: Pointer<Value>,
        sum: Pointer<Value>,
        add: bool,
    ) -> Result<()> {
        let (shape, kernel) = (self.shape(given), given.weight(self.kernel).address());
        let (inner, outputs) = (9 * shape.inputs, shape.outputs);
        if given.gpu().convolves(shape, Convolved::Input) {
            let tensors = ConvolutionTensors { input: sum.address(), kernel, output: gradient.address() };
            return given.gpu().convolve(shape, Convolved::Input, tensors, add);
        }
        let kernel = Factor::rows_of(inner, kernel);
        for (first, pixels) in self.parts(given) {
            let neighbours = given.room(pixels * inner)?;
            let of = Factor::rows_of(outputs, gradient.after(first * outputs, given.precision).address());
            given.product([pixels, outputs, inner], of, kernel, neighbours.address(), false)?;
            let fold = kernels::Fold {
                neighbours: neighbours.pointer(),
                sum: sum.after(first * shape.inputs, given.precision),
                height: count(shape.height)?,
                width: count(shape.width)?,
                channels: count(shape.inputs)?,
                pixels: count(pixels)?,
                add: flag(add),
            };
            given.each(pixels * shape.inputs, fold)?;
        }
        Ok(())
    }
}

impl Layer for ConvolutionLayer {
    fn sources(&self) -> Vec<usize> {
        [self.from].into_iter().chain(self.residual).collect()
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, scratch: &mut Scratch) -> Result<()> {
        let (kernel, bias) = (given.parameter(self.kernel), given.parameter(self.bias));
        let (inputs, outputs) = (given.size(self.from).width, bias.len());
        let count = given.count(&self.sources());
        let x = given.repeated(self.from, count);
        out.resize(count * self.grid.positions() * outputs, 0.0);
        fill(out, bias, self.residual.map(|residual| given.values(residual)));
        let lines = self.lines(inputs);
        let mut room = scratch.take(lines.min(count * self.grid.height) * self.grid.width * 9 * inputs);
        for (i, out) in out.chunks_mut(lines * self.grid.width * outputs).enumerate() {
            let first = i * lines;
            let neighbours = &mut room[..out.len() / outputs * 9 * inputs];
            gather(&x, self.grid, inputs, first..first + out.len() / (self.grid.width * outputs), neighbours);
            multiply(out, Matrix::rows_of(9 * inputs, neighbours), Matrix::rows_of(outputs, kernel), Before::Kept)?;
        }
        scratch.give(room);
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let (kernel, x) = (given.parameter(self.kernel), given.values(self.from));
        let (inputs, outputs) = (given.size(self.from).width, given.parameter(self.bias).len());
        if let Some(sum) = back.parameter(self.bias) {
            add_rows(sum, &gradient);
        }
        let lines = self.lines(inputs);
        let mut room = back.scratch.take(lines.min(back.examples * self.grid.height) * self.grid.width * 9 * inputs);
        for (i, gradient) in gradient.chunks(lines * self.grid.width * outputs).enumerate() {
            let first = i * lines;
            let rows = first..first + gradient.len() / (self.grid.width * outputs);
            let pixels = Matrix::rows_of(outputs, gradient);
            let neighbours = &mut room[..gradient.len() / outputs * 9 * inputs];
            if let Some(sum) = back.parameter(self.kernel) {
                gather(x, self.grid, inputs, rows.clone(), neighbours);
                multiply(sum, Matrix::rows_of(9 * inputs, neighbours).transposed(), pixels, Before::Kept)?;
            }
            if back.wants(self.from) {
                let kernel = Matrix::rows_of(outputs, kernel).transposed();
                multiply(neighbours, pixels, kernel, Before::Forgotten)?;
                scatter(neighbours, self.grid, inputs, rows, back.sum(self.from));
            }
        }
        back.scratch.give(room);
        match self.residual {
            Some(residual) => back.add(residual, gradient),
            None => back.scratch.give(gradient),
        }
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (rows, shape) = (given.rows(self.from), self.shape(given));
        let (inputs, outputs) = (shape.inputs, shape.outputs);
        let (x, kernel) = (given.values(self.from)?, given.weight(self.kernel).address());
        let out = given.room(rows * outputs)?;
        let residual = self.residual.map_or(Ok(Pointer::NONE), |residual| given.values(residual))?;
        let (bias, columns, count) = (given.parameter(self.bias), count(outputs)?, count(rows * outputs)?);
        given.each(rows * outputs, kernels::Fill { out: out.pointer(), bias, residual, columns, count })?;
        if given.gpu().convolves(shape, Convolved::Output) {
            let tensors = ConvolutionTensors { input: x.address(), kernel, output: out.address() };
            given.gpu().convolve(shape, Convolved::Output, tensors, true)?;
            return Ok(out);
        }
        let kernel = Factor::rows_of(9 * inputs, kernel).transposed();
        for (first, pixels) in self.parts(given) {
            let neighbours = self.gathered(given, x, first, pixels)?;
            let to = out.address() + (first * outputs * given.precision.bytes()) as u64;
            let neighbours = Factor::rows_of(9 * inputs, neighbours.address());
            given.product([pixels, 9 * inputs, outputs], neighbours, kernel, to, true)?;
        }
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let (rows, shape) = (given.rows(self.from), self.shape(given));
        let outputs = shape.outputs;
        if let Some(sum) = back.parameter(self.bias) {
            given.column_sums(gradient.pointer(), rows, outputs, sum)?;
        }
        if let Some(sum) = back.parameter(self.kernel) {
            self.kernel_gradient(given, gradient.pointer(), sum)?;
        }
        if back.wants(self.from) {
            let (sum, begun) = back.begun(given, self.from)?;
            self.input_gradient(given, gradient.pointer(), sum, begun)?;
        }
        match self.residual {
            Some(residual) => back.add(given, residual, gradient),
            None => Ok(()),
        }
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let Grid { height, width } = self.grid;
        let Size { positions, width: channels } = given.size(self.from);
        // candle-nn has the channels of images and kernels first.
        let images = given.get(self.from)?.reshape((given.batch, height, width, channels))?.permute((0, 3, 1, 2))?;
        let (kernel, bias) = (given.parameter(self.kernel)?, given.parameter(self.bias)?);
        let outputs = bias.elem_count();
        let kernel = kernel.reshape((3, 3, channels, outputs))?.permute((3, 2, 0, 1))?.contiguous()?;
        let config = Conv2dConfig { padding: 1, ..Conv2dConfig::default() };
        let out = Conv2d::new(kernel, Some(bias), config).forward(&images.contiguous()?)?;
        let out = out.permute((0, 2, 3, 1))?.contiguous()?.reshape((given.batch * positions, outputs))?;
        if let Some(residual) = self.residual { out + given.get(residual)? } else { Ok(out) }
    }
}

/// The part of a line of pixels that a pixel's three neighbours are, and where among the three they begin.
fn neighbours_in_line(column: usize, width: usize) -> (Range<usize>, usize) {
    (column.saturating_sub(1)..(column + 2).min(width), usize::from(column == 0))
}

/// The lines above, at and below a line of pixels, counted through all images; none beyond the edge.
fn lines_around(line: usize, height: usize) -> [Option<usize>; 3] {
    let row = line % height;
    [0, 1, 2].map(|y| (row + y > 0 && row + y <= height).then(|| line + y - 1))
}

/// The nine neighbours of every pixel side by side, `(pixels, 9 channels)`, for some lines of pixels.
fn gather(images: &[f32], grid: Grid, channels: usize, lines: Range<usize>, out: &mut [f32]) {
    let Grid { height, width } = grid;
    let line = width * channels;
    for (this, out) in lines.zip(out.chunks_exact_mut(9 * line)) {
        let around = lines_around(this, height).map(|i| i.map(|i| &images[i * line..][..line]));
        for (column, out) in out.chunks_exact_mut(9 * channels).enumerate() {
            let (inside, before) = neighbours_in_line(column, width);
            for (out, pixels) in out.chunks_exact_mut(3 * channels).zip(around) {
                let Some(pixels) = pixels else {
                    out.fill(0.0);
                    continue;
                };
                let (outside, out) = out.split_at_mut(before * channels);
                outside.fill(0.0);
                let (out, outside) = out.split_at_mut(inside.len() * channels);
                outside.fill(0.0);
                out.copy_from_slice(&pixels[inside.start * channels..inside.end * channels]);
            }
        }
    }
}

/// The transpose of [`gather`]: adds the neighbours' values to the pixels they are.
fn scatter(neighbours: &[f32], grid: Grid, channels: usize, lines: Range<usize>, images: &mut [f32]) {
    let Grid { height, width } = grid;
    let line = width * channels;
    for (this, neighbours) in lines.zip(neighbours.chunks_exact(9 * line)) {
        for (around, y) in lines_around(this, height).into_iter().zip(0..3) {
            let Some(around) = around else { continue };
            let pixels = &mut images[around * line..][..line];
            for (column, neighbours) in neighbours.chunks_exact(9 * channels).enumerate() {
                let (inside, before) = neighbours_in_line(column, width);
                let pixels = &mut pixels[inside.start * channels..inside.end * channels];
                let count = pixels.len();
                add_to(pixels, &neighbours[(3 * y + before) * channels..][..count]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;
    use crate::network::layers::test_support::built;

    fn network(grid: Grid) -> impl FnOnce(&mut LayersBuilder) {
        move |network| {
            let count = 4 * grid.positions();
            let x = network.input(count);
            let image = network.rearrange(x, 4, (0..count as u32).collect());
            let hidden = network.convolution(Convolution::new("first", image, grid, 6));
            let second = Convolution::new("second", hidden, grid, 6);
            let out = network.convolution(Convolution { residual: Some(hidden), ..second });
            output(network, out);
        }
    }

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        agrees(network(Grid { height: 5, width: 3 }), &[1, 40], 1e-4)?;
        agrees(network(Grid { height: 1, width: 1 }), &[3], 1e-4)?;
        // A block is a part of an image.
        agrees(network(Grid { height: 70, width: 65 }), &[2], 2e-3)
    }

    #[test]
    fn is_the_convolution_of_candle() -> Result<()> {
        let grid = Grid { height: 5, width: 3 };
        let (layers, store) = built(|network| {
            let x = network.input(60);
            let image = network.rearrange(x, 4, (0..60).collect());
            let out = network.convolution(Convolution::new("only", image, grid, 6));
            output(network, out);
        })?;
        let data: Vec<f32> = (0..120).map(|i| (i as f32 * 1.3).sin()).collect();
        let x = Tensor::from_vec(data, (2, 60), store.device())?;
        let ours = layers.forward(&x)?;
        let parameters = store.parameters()?;
        let images = x.reshape((2, 5, 3, 4))?.permute((0, 3, 1, 2))?.contiguous()?;
        let kernel = parameters[0].1.reshape((3, 3, 4, 6))?.permute((3, 2, 0, 1))?.contiguous()?;
        let theirs = images.conv2d(&kernel, 1, 1, 1, 1)?.permute((0, 2, 3, 1))?.broadcast_add(&parameters[1].1)?;
        let distance = (ours - theirs.reshape((2, 90))?)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
        assert!(distance < 1e-5, "{distance}");
        Ok(())
    }
}
