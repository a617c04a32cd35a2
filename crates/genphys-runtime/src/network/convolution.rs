//! Convolution and bias.

use candle_core::Tensor;

use super::parameter_store::{Initial, ParameterStore};
use crate::error::Result;
use crate::fused::{Grid, convolve};

/// A 3x3 convolution of the rows `(batch * positions, inputs)` to `(batch * positions, outputs)`.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
    kernel: Tensor,
    bias: Tensor,
}

impl Convolution {
    /// Weights of variance `1 / (9 inputs)` and zero biases.
    pub(super) fn new(store: &mut ParameterStore, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        let deviation = 1.0 / ((9 * inputs.max(1)) as f64).sqrt();
        Self::with_initial(store, name, inputs, outputs, Initial::Normal(deviation))
    }

    /// Starts as zero.
    pub(super) fn zeros(store: &mut ParameterStore, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        Self::with_initial(store, name, inputs, outputs, Initial::Zeros)
    }

    fn with_initial(
        store: &mut ParameterStore,
        name: &str,
        inputs: usize,
        outputs: usize,
        initial: Initial,
    ) -> Result<Self> {
        Ok(Self {
            kernel: store.create(&format!("{name}.kernel"), &[9 * inputs, outputs], initial)?,
            bias: store.create(&format!("{name}.bias"), &[outputs], Initial::Zeros)?,
        })
    }

    pub(super) fn forward(&self, x: &Tensor, grid: Grid) -> Result<Tensor> {
        Ok(convolve(x, &self.kernel, &self.bias, grid)?)
    }
}
