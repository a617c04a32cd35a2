//! Networks of layers that treat every row by itself.

use std::sync::Arc;

use candle_core::Tensor;

use super::parameter_store::{Initial, Parameter, ParameterStore};
use crate::error::Result;
use crate::fused::{Activation, RowLayers};

/// A network under construction: layers with the names and initial values of their parameters.
#[derive(Clone, Debug, Default)]
pub struct RowNetworkBuilder {
    layers: RowLayers,
    parameters: Vec<Parameter>,
}

/// A network of layers that treat every row by itself. Its parameters are one vector of the store.
#[derive(Clone, Debug)]
pub struct RowNetwork {
    layers: Arc<RowLayers>,
    parameters: Tensor,
}

/// A matrix product with bias: `f(x) W + b`.
#[derive(Clone, Debug)]
pub struct Dense {
    /// The parameters are `name.weight` and `name.bias`.
    pub name: String,
    /// x.
    pub from: Activation,
    /// Columns of the result.
    pub outputs: usize,
    /// Whether f is SiLU.
    pub silu: bool,
    /// What is added.
    pub residual: Option<Activation>,
    /// Whether the weights start at zero. Otherwise they have the variance `1 / inputs`. Biases start at zero.
    pub zeros: bool,
}

impl Dense {
    /// Without activation, residual, and zeros.
    pub fn new(name: impl Into<String>, from: Activation, outputs: usize) -> Self {
        Self { name: name.into(), from, outputs, silu: false, residual: None, zeros: false }
    }
}

impl RowNetworkBuilder {
    /// The next `width` columns of the input.
    pub fn input(&mut self, width: usize) -> Activation {
        self.layers.input(width)
    }

    /// A matrix product with bias.
    pub fn dense(&mut self, layer: Dense) -> Activation {
        let Dense { name, from, outputs, silu, residual, zeros } = layer;
        let inputs = self.layers.width(from);
        let deviation = 1.0 / (inputs.max(1) as f64).sqrt();
        let initial = if zeros { Initial::Zeros } else { Initial::Normal(deviation) };
        self.parameters.push(Parameter { name: format!("{name}.weight"), shape: vec![inputs, outputs], initial });
        self.parameters.push(Parameter { name: format!("{name}.bias"), shape: vec![outputs], initial: Initial::Zeros });
        self.layers.dense(from, outputs, silu, residual)
    }

    /// Layer normalisation, scaled by `1 + scale` and shifted.
    pub fn norm(&mut self, from: Activation, scale: Activation, shift: Activation) -> Activation {
        self.layers.norm(from, scale, shift)
    }

    /// SiLU of every value.
    pub fn silu(&mut self, from: Activation) -> Activation {
        self.layers.silu(from)
    }

    /// `cos(f x)` of every value, for one frequency f after the other, then `sin(f x)`.
    pub fn waves(&mut self, from: Activation, frequencies: &[f32]) -> Activation {
        self.layers.waves(from, frequencies)
    }

    /// Activations side by side.
    pub fn join(&mut self, from: &[Activation]) -> Activation {
        self.layers.join(from)
    }

    /// Makes an activation the next columns of the output.
    pub fn output(&mut self, from: Activation) {
        self.layers.output(from);
    }

    /// Creates the parameters, as the vector `name` of the store.
    ///
    /// # Errors
    /// When the name of a parameter is taken.
    pub fn build(self, store: &mut ParameterStore, name: &str) -> Result<RowNetwork> {
        let parameters = store.create_vector(name, self.parameters)?;
        Ok(RowNetwork { layers: Arc::new(self.layers), parameters })
    }
}

impl RowNetwork {
    /// `(batch, inputs)` to `(batch, outputs)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(self.layers.apply(x, &self.parameters)?)
    }
}
