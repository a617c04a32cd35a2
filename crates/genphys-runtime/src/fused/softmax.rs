//! Softmax of rows, with its derivative in one pass.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, D, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{exp, rows_per_block, values, vectorised};

/// `e^x / Σ e^x` over the last dimension. Differentiable once.
///
/// # Errors
/// When the tensor is not `f32`, or a device operation fails.
pub fn softmax(x: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op1(Softmax) } else { candle_nn::ops::softmax(x, D::Minus1) }
}

/// Lanes of a running sum: one vector register.
const LANES: usize = 16;

/// Replaces logarithms by `e^(value − top)`, and returns their sum.
#[inline(always)]
pub(crate) fn exponentials(logarithms: &mut [f32], top: f32) -> f32 {
    logarithms.iter_mut().for_each(|value| *value = exp(*value - top));
    let (pieces, rest) = logarithms.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for piece in pieces {
        for i in 0..LANES {
            sums[i] += piece[i];
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

struct Softmax;

impl CustomOp1 for Softmax {
    fn name(&self) -> &'static str {
        "softmax"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let columns = layout.shape().dim(D::Minus1)?.max(1);
        let mut out = values(self.name(), storage, layout)?.to_vec();
        out.par_chunks_mut(rows_per_block(columns) * columns).for_each(|rows| {
            vectorised(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact_mut(columns) {
                        let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                        let inverse = 1.0 / exponentials(row, highest);
                        row.iter_mut().for_each(|value| *value *= inverse);
                    }
                },
            );
        });
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, _arg: &Tensor, res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(res.apply_op2_no_bwd(&grad.contiguous()?, &SoftmaxGradient)?))
    }
}

/// `p (g − Σ p g)`.
struct SoftmaxGradient;

impl CustomOp2 for SoftmaxGradient {
    fn name(&self) -> &'static str {
        "softmax-gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let columns = l1.shape().dim(D::Minus1)?.max(1);
        let (shares, grad) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let mut out = vec![0f32; shares.len()];
        let block = rows_per_block(columns) * columns;
        out.par_chunks_mut(block).zip(shares.par_chunks(block)).zip(grad.par_chunks(block)).for_each(
            |((out, shares), grad)| {
                let rows = shares.chunks_exact(columns).zip(grad.chunks_exact(columns));
                for (out, (shares, grad)) in out.chunks_exact_mut(columns).zip(rows) {
                    let mean: f32 = shares.iter().zip(grad).map(|(share, grad)| share * grad).sum();
                    for ((out, share), grad) in out.iter_mut().zip(shares).zip(grad) {
                        *out = share * (grad - mean);
                    }
                }
            },
        );
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::test_support::{gradients_agree, gradients_are_differences, wave};
    use candle_core::Var;

    #[test]
    fn agrees_with_the_composed_operation_and_with_differences() -> Result<()> {
        let x = Var::from_tensor(&wave(1.3, (3, 4, 7))?.affine(5.0, 0.0)?)?;
        gradients_agree(&softmax(&x)?, &candle_nn::ops::softmax(&x, 2)?, &[&x], 1e-5)?;
        gradients_are_differences(|| softmax(&x), &[&x], 1e-3)
    }
}
