//! SiLU, `x / (1 + e^{-x})`, with its derivative in one pass.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{BLOCK, exp, values, vectorised};

/// SiLU of every element. Differentiable once.
///
/// # Errors
/// When the tensor is not `f32`, or a device operation fails.
pub fn silu(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op1(Silu) } else { x.silu() }
}

#[inline(always)]
fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

#[inline(always)]
pub(super) fn silu_of(x: f32) -> f32 {
    x * sigmoid(x)
}

/// The derivative of SiLU.
#[inline(always)]
pub(super) fn slope_of(x: f32) -> f32 {
    let s = sigmoid(x);
    s * (1.0 + x * (1.0 - s))
}

/// SiLU of every value, in this thread.
pub(super) fn activate(x: &[f32], out: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || out.iter_mut().zip(x).for_each(|(out, x)| *out = silu_of(*x)),
    );
}

struct Silu;

impl CustomOp1 for Silu {
    fn name(&self) -> &'static str {
        "silu"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(self.name(), storage, layout)?;
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(BLOCK).zip(x.par_chunks(BLOCK)).for_each(|(out, x)| activate(x, out));
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, arg: &Tensor, _res: &Tensor, grad_res: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(arg.apply_op2_no_bwd(&grad_res.contiguous()?, &SiluGradient)?))
    }
}

struct SiluGradient;

impl CustomOp2 for SiluGradient {
    fn name(&self) -> &'static str {
        "silu-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (x, grad) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let mut out = vec![0f32; x.len()];
        out.par_chunks_mut(BLOCK).zip(x.par_chunks(BLOCK)).zip(grad.par_chunks(BLOCK)).for_each(|((out, x), grad)| {
            vectorised(
                #[inline(always)]
                || {
                    for ((out, &x), &grad) in out.iter_mut().zip(x).zip(grad) {
                        *out = grad * slope_of(x);
                    }
                },
            );
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::{Device, Var};

    #[test]
    fn value_and_gradient_agree_with_the_composed_operation() -> Result<()> {
        let data: Vec<f32> = (0..200).map(|i| (i as f32 - 100.0) * 0.11).collect();
        let x = Var::from_vec(data, (20, 10), &Device::Cpu)?;
        let weights = Tensor::arange(0f32, 200f32, &Device::Cpu)?.reshape((20, 10))?;
        let fused = silu(&x)?;
        let composed = x.as_tensor().silu()?;
        let difference = (&fused - &composed)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
        assert!(difference < 1e-5, "{difference}");
        let of = |y: Tensor| -> Result<Tensor> {
            let gradients = (y * &weights)?.sum_all()?.backward()?;
            Ok(gradients.get(&x).cloned().unwrap_or(x.zeros_like()?))
        };
        let difference = (of(fused)? - of(composed)?)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>()?;
        assert!(difference < 1e-3, "{difference}");
        Ok(())
    }
}
