//! SiLU of every value.

use candle_core::{Result, Tensor};
use candle_nn::ops;

use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch};
use super::{Activation, Layer, LayersBuilder};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, Value, count};
use genphys_numeric::{activate, add_silu_gradient};

impl LayersBuilder {
    /// SiLU of every value.
    pub fn silu(&mut self, from: Activation) -> Activation {
        self.add(Silu { from: from.0 }, self.size(from), false)
    }
}

#[derive(Debug)]
struct Silu {
    from: usize,
}

impl Layer for Silu {
    fn sources(&self) -> Vec<usize> {
        vec![self.from]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let x = given.values(self.from);
        out.resize(x.len(), 0.0);
        activate(x, out);
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        if back.wants(self.from) {
            add_silu_gradient(back.sum(self.from), given.values(self.from), &gradient);
        }
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        activated(given, self.from)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        if back.wants(self.from) { silu_gradient(given, back, self.from, gradient.pointer()) } else { Ok(()) }
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        ops::silu(&given.get(self.from)?)
    }
}

/// SiLU of an activation.
pub(super) fn activated(given: &OnGpu<'_>, of: usize) -> Result<Memory> {
    let values = given.count(of);
    let out = given.room(values)?;
    given.each(values, kernels::Silu { x: given.values(of)?, out: out.pointer(), count: count(values)? })?;
    Ok(out)
}

/// Adds the gradient of an activation, given that of its SiLU.
pub(super) fn silu_gradient(
    given: &OnGpu<'_>,
    back: &mut BackOnGpu<'_>,
    of: usize,
    gradient: Pointer<Value>,
) -> Result<()> {
    let values = given.count(of);
    let (sum, begun) = back.begun(given, of)?;
    let (x, count, add) = (given.values(of)?, count(values)?, flag(begun));
    given.each(values, kernels::SiluGradient { x, gradient, sum, count, add })
}
