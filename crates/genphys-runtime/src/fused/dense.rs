//! A layer of a network in one node: activation, matrix product, bias.
//!
//! candle's backward pass gives every node a gradient of zeros and adds to it, three passes over memory beside the node's
//! own work. One node instead of four or five, each pass done while the values are in cache, is what makes a training step
//! spend its time in matrix products.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Error, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::column_sums::column_sums;
use super::product::product;
use super::silu::{activate, slope_of};
use super::{matrix, rows_per_block, silu, values, vectorised};

/// What a layer does besides `x W + b`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dense {
    /// Apply SiLU to `x` before the product.
    pub silu: bool,
}

/// `f(x) W + b`: `(batch, inputs)` to `(batch, outputs)` with `weight` of shape
/// `(inputs, outputs)` and `bias` of shape `(outputs,)`. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn dense(x: &Tensor, weight: &Tensor, bias: &Tensor, layer: Dense) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&weight.contiguous()?, bias, layer);
    }
    let activated = if layer.silu { silu(x)? } else { x.clone() };
    activated.matmul(weight)?.broadcast_add(bias)
}

/// SiLU of every value, in a new vector.
fn activated(x: &[f32]) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    out.par_chunks_mut(super::BLOCK).zip(x.par_chunks(super::BLOCK)).for_each(|(out, x)| activate(x, out));
    out
}

impl CustomOp3 for Dense {
    fn name(&self) -> &'static str {
        "dense"
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
        let ((batch, inputs), (rows, outputs)) = (matrix("dense", l1)?, matrix("dense", l2)?);
        let (x, bias) = (values("dense", s1, l1)?, values("dense", s3, l3)?);
        if rows != inputs || bias.len() != outputs {
            let found = format!("({batch}, {inputs}) with weights ({rows}, {outputs}) and {} biases", bias.len());
            return Err(Error::Msg(format!("dense: shapes do not fit: {found}")));
        }
        let size = (batch, outputs, inputs);
        let mut out = if self.silu {
            let layout = Layout::contiguous(Shape::from((batch, inputs)));
            product(&CpuStorage::F32(activated(x)), s2, size, &layout, l2)?
        } else {
            product(s1, s2, size, l1, l2)?
        };
        let block = rows_per_block(outputs) * outputs;
        out.par_chunks_mut(block).for_each(|rows| {
            vectorised(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact_mut(outputs) {
                        row.iter_mut().zip(bias).for_each(|(out, bias)| *out += bias);
                    }
                },
            );
        });
        Ok((CpuStorage::F32(out), Shape::from((batch, outputs))))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        _bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        // Data that no parameter stands behind need no gradient.
        let of_input =
            if x.track_op() { Some(x.apply_op3_no_bwd(weight, &grad, &GradientOfInput(*self))?) } else { None };
        let of_weight = x.apply_op2_no_bwd(&grad, &GradientOfWeight(*self))?;
        Ok((of_input, Some(of_weight), Some(column_sums(&grad)?)))
    }
}

/// `∂/∂x`: `(grad Wᵀ) f′(x)`.
struct GradientOfInput(Dense);

impl CustomOp3 for GradientOfInput {
    fn name(&self) -> &'static str {
        "dense-input-gradient"
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
        let ((batch, inputs), (_, outputs)) = (matrix(self.name(), l1)?, matrix(self.name(), l3)?);
        let x = values(self.name(), s1, l1)?;
        let mut out = product(s3, s2, (batch, inputs, outputs), l3, &l2.transpose(0, 1)?)?;
        if self.0.silu {
            out.par_chunks_mut(super::BLOCK).zip(x.par_chunks(super::BLOCK)).for_each(|(out, x)| {
                vectorised(
                    #[inline(always)]
                    || out.iter_mut().zip(x).for_each(|(out, x)| *out *= slope_of(*x)),
                );
            });
        }
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

/// `∂/∂W`: `f(x)ᵀ grad`.
struct GradientOfWeight(Dense);

impl CustomOp2 for GradientOfWeight {
    fn name(&self) -> &'static str {
        "dense-weight-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let ((batch, inputs), (_, outputs)) = (matrix(self.name(), l1)?, matrix(self.name(), l2)?);
        let size = (inputs, outputs, batch);
        let out = if self.0.silu {
            let columns = Layout::contiguous(Shape::from((batch, inputs))).transpose(0, 1)?;
            let activated = CpuStorage::F32(activated(values(self.name(), s1, l1)?));
            product(&activated, s2, size, &columns, l2)?
        } else {
            product(s1, s2, size, &l1.transpose(0, 1)?, l2)?
        };
        Ok((CpuStorage::F32(out), Shape::from((inputs, outputs))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    fn wave(count: usize, frequency: f32) -> Vec<f32> {
        (0..count).map(|i| (i as f32 * frequency).sin()).collect()
    }

    #[test]
    fn value_and_gradients_agree_with_the_composed_layer() -> Result<()> {
        let outputs = 11;
        for silu in [false, true] {
            let x = Var::from_vec(wave(300 * 19, 1.3), (300, 19), &Device::Cpu)?;
            let weight = Var::from_vec(wave(19 * outputs, 0.7), (19, outputs), &Device::Cpu)?;
            let bias = Var::from_vec(wave(outputs, 2.1), outputs, &Device::Cpu)?;
            let scale = Tensor::from_vec(wave(300 * outputs, 0.37), (300, outputs), &Device::Cpu)?;
            let fused = dense(&x, &weight, &bias, Dense { silu })?;
            let activated = if silu { x.silu()? } else { x.as_tensor().clone() };
            let composed = activated.matmul(&weight)?.broadcast_add(&bias)?;
            let distance = |a: &Tensor, b: &Tensor| (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>();
            assert!(distance(&fused, &composed)? < 1e-4);
            let ours = (fused * &scale)?.sum_all()?.backward()?;
            let theirs = (composed * &scale)?.sum_all()?.backward()?;
            for var in [&x, &weight, &bias] {
                let (Some(a), Some(b)) = (ours.get(var), theirs.get(var)) else {
                    return Err(Error::Msg("a gradient is missing".into()));
                };
                assert!(distance(a, b)? < 2e-4, "{silu}: {}", distance(a, b)?);
            }
        }
        Ok(())
    }

    #[test]
    fn shapes_that_do_not_fit_are_errors() -> Result<()> {
        let x = Tensor::zeros((4, 3), candle_core::DType::F32, &Device::Cpu)?;
        let (weight, bias) = (Tensor::zeros((3, 2), x.dtype(), x.device())?, Tensor::zeros(2, x.dtype(), x.device())?);
        assert!(dense(&x, &weight.t()?, &bias, Dense::default()).is_err());
        Ok(())
    }
}
