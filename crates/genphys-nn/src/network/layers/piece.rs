//! What a layer sees of a piece of examples: their activations on the way forward, and the gradients on the way back.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use candle_core::{Device, Error, Result, Tensor};

use super::{Columns, Graph, Modulation};
use genphys_numeric::add_to;

/// Rows and columns that an example has in an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Rows: one, or the positions of an image.
    pub positions: usize,
    /// Values of a row.
    pub width: usize,
}

impl Size {
    pub(super) fn values(self) -> usize {
        self.positions * self.width
    }
}

/// Values for a while, in memory that is used again. Without values, nothing stands for zero.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    room: Vec<f32>,
    count: usize,
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.room[..self.count]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.room[..self.count]
    }
}

/// Buffers that nobody uses.
#[derive(Debug, Default)]
pub(super) struct Scratch(Vec<Buffer>);

impl Scratch {
    /// `count` values of any kind.
    pub(super) fn take(&mut self, count: usize) -> Buffer {
        let mut buffer = self.0.pop().unwrap_or_default();
        buffer.count = count;
        if buffer.room.len() < count {
            buffer.room.resize(count, 0.0);
        }
        buffer
    }

    pub(super) fn give(&mut self, buffer: Buffer) {
        self.0.push(buffer);
    }
}

/// The activations of a piece, and the parameters.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) graph: &'a Graph,
    pub(super) activations: &'a [Vec<f32>],
    pub(super) parameters: &'a [f32],
    pub(super) examples: usize,
}

impl<'a> Given<'a> {
    pub(super) fn size(&self, of: usize) -> Size {
        self.graph.sizes[of]
    }

    /// An activation, example by example; one example stands for all that are the same.
    pub(super) fn values(&self, of: usize) -> &'a [f32] {
        &self.activations[of]
    }

    /// Whether one example stands for all.
    pub(super) fn is_shared(&self, of: usize) -> bool {
        self.values(of).len() == self.size(of).values()
    }

    /// Examples of what follows from these.
    pub(super) fn count(&self, of: &[usize]) -> usize {
        if of.iter().all(|i| self.is_shared(*i)) { 1 } else { self.examples }
    }

    /// The values of one example.
    pub(super) fn example(&self, of: usize, example: usize) -> &'a [f32] {
        let (values, size) = (self.values(of), self.size(of).values());
        if values.len() == size { values } else { &values[example * size..][..size] }
    }

    /// An activation with as many examples as asked for.
    pub(super) fn repeated(&self, of: usize, count: usize) -> Cow<'a, [f32]> {
        let values = self.values(of);
        if count > 1 && self.is_shared(of) { Cow::Owned(values.repeat(count)) } else { Cow::Borrowed(values) }
    }

    /// Scales and shifts of an example.
    pub(super) fn modulation(&self, of: Modulation, example: usize, width: usize) -> (&'a [f32], &'a [f32]) {
        let columns = |columns: Columns| &self.example(columns.of, example)[columns.first..][..width];
        (columns(of.scale), columns(of.shift))
    }

    pub(super) fn parameter(&self, index: usize) -> &'a [f32] {
        &self.parameters[self.graph.values_of(index)]
    }
}

/// Gradients of a piece on the way back. No activation is shared here.
pub(super) struct Back<'a> {
    pub(super) graph: &'a Graph,
    pub(super) examples: usize,
    /// Those of the activations; empty where there is none yet.
    pub(super) gradients: &'a mut [Buffer],
    /// Those of the parameters, if they are wanted.
    pub(super) of_parameters: Option<&'a mut [f32]>,
    /// Whether those of the inputs are wanted.
    pub(super) of_inputs: bool,
    pub(super) scratch: &'a mut Scratch,
}

impl Back<'_> {
    /// Whether anything wanted stands behind an activation.
    pub(super) fn wants(&self, of: usize) -> bool {
        self.graph.behind[of].has(self.of_parameters.is_some(), self.of_inputs)
    }

    /// The sum of gradients so far, to add to.
    pub(super) fn sum(&mut self, of: usize) -> &mut [f32] {
        if self.gradients[of].is_empty() {
            let mut sum = self.scratch.take(self.examples * self.graph.sizes[of].values());
            sum.fill(0.0);
            self.gradients[of] = sum;
        }
        &mut self.gradients[of]
    }

    /// The sum so far, and whether there was one: without, anything may be in it.
    pub(super) fn begun(&mut self, of: usize) -> (&mut [f32], bool) {
        let begun = !self.gradients[of].is_empty();
        if !begun {
            self.gradients[of] = self.scratch.take(self.examples * self.graph.sizes[of].values());
        }
        (&mut self.gradients[of], begun)
    }

    /// Adds to the sum, if it is wanted.
    pub(super) fn add(&mut self, of: usize, values: Buffer) {
        if !self.wants(of) {
            self.scratch.give(values);
        } else if self.gradients[of].is_empty() {
            self.gradients[of] = values;
        } else {
            add_to(&mut self.gradients[of], &values);
            self.scratch.give(values);
        }
    }

    /// The sum of a parameter's gradients, if it is wanted.
    pub(super) fn parameter(&mut self, index: usize) -> Option<&mut [f32]> {
        let range = self.graph.values_of(index);
        self.of_parameters.as_deref_mut().map(|sum| &mut sum[range])
    }
}

/// The activations of a batch as tensors `(batch * positions, width)`, for devices that the layers are composed for of
/// candle's operations.
pub(super) struct Composed<'a> {
    pub(super) graph: &'a Graph,
    pub(super) activations: Vec<Option<Tensor>>,
    pub(super) parameters: &'a [Tensor],
    pub(super) batch: usize,
    pub(super) device: Device,
}

impl Composed<'_> {
    pub(super) fn size(&self, of: usize) -> Size {
        self.graph.sizes[of]
    }

    pub(super) fn get(&self, of: usize) -> Result<Tensor> {
        self.activations[of].clone().ok_or_else(|| Error::Msg("a layer uses what is computed after it".into()))
    }

    /// `(batch, positions, width)`.
    pub(super) fn images(&self, of: usize) -> Result<Tensor> {
        let Size { positions, width } = self.size(of);
        self.get(of)?.reshape((self.batch, positions, width))
    }

    /// Columns of every example's row, `(batch, 1, count)`.
    pub(super) fn columns(&self, columns: Columns, count: usize) -> Result<Tensor> {
        self.get(columns.of)?.narrow(1, columns.first, count)?.unsqueeze(1)
    }

    /// `x (1 + scale) + shift` for `(batch, positions, width)`.
    pub(super) fn modulate(&self, x: &Tensor, modulation: Modulation) -> Result<Tensor> {
        let width = x.dim(2)?;
        let scale = (self.columns(modulation.scale, width)? + 1.0)?;
        x.broadcast_mul(&scale)?.broadcast_add(&self.columns(modulation.shift, width)?)
    }

    pub(super) fn parameter(&self, index: usize) -> Result<Tensor> {
        self.parameters.get(index).cloned().ok_or_else(|| Error::Msg(format!("there is no parameter {index}")))
    }

    /// What does not change, made once and kept on the device.
    pub(super) fn constant(
        &self,
        kept: &OnceLock<Tensor>,
        make: impl FnOnce(&Device) -> Result<Tensor>,
    ) -> Result<Tensor> {
        match kept.get() {
            Some(tensor) if tensor.device().same_device(&self.device) => Ok(tensor.clone()),
            Some(_) => make(&self.device),
            None => {
                let tensor = make(&self.device)?;
                Ok(kept.get_or_init(|| tensor).clone())
            }
        }
    }
}
