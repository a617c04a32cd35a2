//! The gradient of a loss with respect to the parameters.

use candle_core::Tensor;

use crate::error::Result;
use crate::fused::sum_squares;
use crate::network::ParameterStore;

/// Gradients in the order of the parameters' names. A parameter the loss does not depend on has none.
#[derive(Clone, Debug)]
pub struct Gradients {
    tensors: Vec<Option<Tensor>>,
}

impl Gradients {
    /// Differentiates a scalar loss.
    ///
    /// # Errors
    /// When the loss is not a scalar or an operation in it cannot be differentiated.
    pub fn of(loss: &Tensor, parameters: &ParameterStore) -> Result<Self> {
        let mut gradients = loss.backward()?;
        Ok(Self { tensors: parameters.iter().map(|(_, var)| gradients.remove(var)).collect() })
    }

    /// Adds other gradients of the same parameters.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn add(&mut self, other: Self) -> Result<()> {
        for (sum, tensor) in self.tensors.iter_mut().zip(other.tensors) {
            *sum = match (sum.take(), tensor) {
                (Some(sum), Some(tensor)) => Some((sum + tensor)?),
                (sum, tensor) => sum.or(tensor),
            };
        }
        Ok(())
    }

    /// Euclidean norm over all parameters.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn norm(&self) -> Result<f64> {
        let squares =
            self.tensors.iter().flatten().map(|tensor| Ok(sum_squares(tensor)?)).collect::<Result<Vec<f64>>>()?;
        Ok(squares.iter().sum::<f64>().sqrt())
    }

    /// The gradients, one entry per parameter in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = Option<&Tensor>> {
        self.tensors.iter().map(Option::as_ref)
    }
}
