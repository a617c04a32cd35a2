//! What does not come from the input: parameters and constants.

use std::sync::OnceLock;

use candle_core::{Result, Tensor};

use super::on_gpu::{BackOnGpu, OnGpu, floats};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder};
use crate::network::parameter_store::Initial;
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, count};
use genphys_numeric::add_rows;

impl LayersBuilder {
    /// A row of `width` parameters for all examples, `(1, width)` named `name`. They start at zero.
    pub fn learned(&mut self, name: &str, width: usize) -> Activation {
        let parameter = self.parameter(name.to_owned(), &[1, width], Initial::Zeros);
        self.add(Learned { parameter }, Size { positions: 1, width }, true)
    }

    /// Rows of `width` values that are the same for all examples and do not change.
    pub fn constant(&mut self, width: usize, values: Vec<f32>) -> Activation {
        let size = Size { positions: values.len() / width.max(1), width };
        self.expect(size.values() == values.len(), "a constant is not made of whole rows");
        self.add(Constant { size, values, tensor: OnceLock::new() }, size, false)
    }
}

#[derive(Debug)]
struct Learned {
    parameter: usize,
}

impl Layer for Learned {
    fn sources(&self) -> Vec<usize> {
        Vec::new()
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        out.clear();
        out.extend_from_slice(given.parameter(self.parameter));
        Ok(())
    }

    fn backward(&self, _given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        if let Some(sum) = back.parameter(self.parameter) {
            add_rows(sum, &gradient);
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let row = given.parameter(self.parameter);
        repeated(given, row, given.graph.values_of(self.parameter).len())
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        match back.parameter(self.parameter) {
            Some(sum) => {
                given.column_sums(gradient.pointer(), given.examples, given.graph.values_of(self.parameter).len(), sum)
            }
            None => Ok(()),
        }
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let row = given.parameter(self.parameter)?;
        let width = row.dim(1)?;
        row.broadcast_as((given.batch, width))
    }
}

#[derive(Debug)]
struct Constant {
    size: Size,
    values: Vec<f32>,
    tensor: OnceLock<Tensor>,
}

impl Layer for Constant {
    fn sources(&self) -> Vec<usize> {
        Vec::new()
    }

    fn forward(&self, _given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        out.clear();
        out.extend_from_slice(&self.values);
        Ok(())
    }

    fn backward(&self, _given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let [row] = given.constants(0, || [floats(&self.values)])?;
        repeated(given, Pointer::new(row), self.values.len())
    }

    fn backward_on_gpu(&self, _given: &OnGpu<'_>, _gradient: Memory, _back: &mut BackOnGpu<'_>) -> Result<()> {
        Ok(())
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let Size { positions, width } = self.size;
        let shape = (1, positions, width);
        let one = given.constant(&self.tensor, |device| Tensor::from_slice(&self.values, shape, device))?;
        one.broadcast_as((given.batch, positions, width))?.contiguous()?.reshape((given.batch * positions, width))
    }
}

/// `values` values, `f32`, for every example.
fn repeated(given: &OnGpu<'_>, row: Pointer<f32>, values: usize) -> Result<Memory> {
    let out = given.room(given.examples * values)?;
    let (of_example, examples) = (count(values)?, count(given.examples)?);
    given.each(given.examples * values, kernels::Repeat { row, out: out.pointer(), values: of_example, examples })?;
    Ok(out)
}
