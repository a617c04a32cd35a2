//! The layers as a node of candle's graph on a GPU: between tensors there and the layers' kernels.

use std::sync::{Arc, PoisonError};

use candle_core::{CudaStorage, Error, Layout, Result, Shape, Tensor};

use super::gpu_pass::{Inputs, Network};
use super::pass::Pass;
use crate::fused::matrix;
use genphys_gpu::{Pool, address, address_of, pool_of_storage, unset, unset_storage};

impl Pass {
    fn network<'a>(&'a self, pool: &'a Arc<Pool>) -> Network<'a> {
        Network { graph: &self.graph, constants: &self.rooms.constants, pool, precision: self.on_gpu.0 }
    }

    /// The outputs of a batch.
    pub(super) fn forward_on_gpu(
        &self,
        (s1, l1): (&CudaStorage, &Layout),
        (s2, l2): (&CudaStorage, &Layout),
    ) -> Result<(CudaStorage, Shape)> {
        let (examples, _) = matrix("layers", l1)?;
        let pool = pool_of_storage(s1)?;
        let shape = Shape::from((examples, self.graph.width(&self.graph.outputs)));
        let (out, to) = unset_storage(s1, shape.elem_count())?;
        let inputs = Inputs { examples, x: address(s1, l1)?, parameters: address(s2, l2)? };
        if examples > 0 {
            let kept = self.network(&pool).forward(inputs, to, self.keep)?;
            *self.on_gpu.1.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
        Ok((out, shape))
    }

    /// The gradients of inputs and parameters, those that are wanted, from inputs, parameters, and the gradient of the
    /// outputs.
    pub(super) fn gradients_on_gpu(
        &self,
        pool: &Arc<Pool>,
        [x, parameters, gradient]: [&Tensor; 3],
        wanted: (bool, bool),
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let new = |wanted: bool, of: &Tensor| if wanted { unset(of.device(), of.shape()).map(Some) } else { Ok(None) };
        let (of_input, of_parameters) = (new(wanted.0, x)?, new(wanted.1, parameters)?);
        let kept = self.on_gpu.1.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = |tensor: &Option<Tensor>| tensor.as_ref().map(address_of).transpose();
        match kept {
            Some(kept) => {
                let x = x.contiguous()?;
                let inputs = Inputs { examples: x.dim(0)?, x: address_of(&x)?, parameters: address_of(parameters)? };
                let places = (place(&of_input)?, place(&of_parameters)?);
                self.network(pool).backward(kept, inputs, address_of(gradient)?, places.0, places.1)?;
                Ok((of_input, of_parameters))
            }
            None if x.dim(0)? == 0 => {
                let zeros = |of: Option<Tensor>| of.map(|of| of.zeros_like()).transpose();
                Ok((zeros(of_input)?, zeros(of_parameters)?))
            }
            None => Err(Error::Msg("the gradient of a network is asked for twice, or was not announced".into())),
        }
    }
}
