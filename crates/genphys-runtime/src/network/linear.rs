//! Matrix product and bias, with an activation before.

use candle_core::Tensor;

use super::parameter_store::{Initial, ParameterStore};
use crate::error::Result;
use crate::fused::{Dense, dense};

/// `x W + b`: `(batch, inputs)` to `(batch, outputs)`.
#[derive(Clone, Debug)]
pub struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// A layer with weights of variance `1 / inputs` and zero biases.
    ///
    /// # Errors
    /// When the name is taken.
    pub fn new(store: &mut ParameterStore, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        let deviation = 1.0 / (inputs.max(1) as f64).sqrt();
        Self::with_initial(store, name, inputs, outputs, Initial::Normal(deviation))
    }

    /// A layer that starts as zero, so that what follows starts as if it were not there.
    ///
    /// # Errors
    /// When the name is taken.
    pub fn zeros(store: &mut ParameterStore, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
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
            weight: store.create(&format!("{name}.weight"), &[inputs, outputs], initial)?,
            bias: store.create(&format!("{name}.bias"), &[outputs], Initial::Zeros)?,
        })
    }

    /// Applies the layer to `(batch, inputs)`.
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(dense(x, &self.weight, &self.bias, Dense::default())?)
    }

    /// `silu(x) W + b`.
    ///
    /// # Errors
    /// When the shape does not fit.
    pub fn forward_silu(&self, x: &Tensor) -> Result<Tensor> {
        Ok(dense(x, &self.weight, &self.bias, Dense { silu: true })?)
    }
}
