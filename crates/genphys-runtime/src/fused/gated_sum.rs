//! Adding a branch through a gate that belongs to the image.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Error, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{matrix, values};

/// `x + gate * branch` for `x` and `branch` of shape `(batch * positions, channels)` and `gate` of shape `(batch,
/// channels)`. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn gated_sum(x: &Tensor, branch: &Tensor, gate: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&branch.contiguous()?, &gate.contiguous()?, GatedSum);
    }
    composed(x, branch, gate)
}

fn composed(x: &Tensor, branch: &Tensor, gate: &Tensor) -> Result<Tensor> {
    let (batch, channels) = gate.dims2()?;
    let images = branch.reshape((batch, x.dim(0)? / batch, channels))?;
    images.broadcast_mul(&gate.unsqueeze(1)?)?.reshape(x.shape())?.add(x)
}

/// Channels, and values per image.
fn sizes(op: &'static str, x: &Layout, gate: &Layout) -> Result<(usize, usize)> {
    let (rows, channels) = matrix(op, x)?;
    let (batch, columns) = matrix(op, gate)?;
    if batch == 0 || channels == 0 || columns != channels || rows % batch != 0 {
        return Err(Error::Msg(format!("{op}: {rows} rows of {channels} with {batch} gates of {columns}")));
    }
    Ok((channels, rows / batch * channels))
}

struct GatedSum;

impl CustomOp3 for GatedSum {
    fn name(&self) -> &'static str {
        "gated-sum"
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
        let (channels, block) = sizes(self.name(), l1, l3)?;
        if l1.shape() != l2.shape() {
            return Err(Error::Msg("gated-sum: expected two tensors of one shape".to_owned()));
        }
        let (branch, gate) = (values(self.name(), s2, l2)?, values(self.name(), s3, l3)?);
        let mut out = values(self.name(), s1, l1)?.to_vec();
        let images = out.par_chunks_mut(block).zip(branch.par_chunks(block)).zip(gate.par_chunks(channels));
        images.for_each(|((out, branch), gate)| {
            for (out, branch) in out.chunks_exact_mut(channels).zip(branch.chunks_exact(channels)) {
                for ((out, branch), gate) in out.iter_mut().zip(branch).zip(gate) {
                    *out += gate * branch;
                }
            }
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        _x: &Tensor,
        branch: &Tensor,
        gate: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let of_branch = grad.apply_op2_no_bwd(gate, &Gated)?;
        let of_gate = grad.apply_op2_no_bwd(branch, &SumOfProducts { batch: gate.dim(0)? })?;
        Ok((Some(grad), Some(of_branch), Some(of_gate)))
    }
}

/// Every row times the gate of its image.
struct Gated;

impl CustomOp2 for Gated {
    fn name(&self) -> &'static str {
        "gated"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (channels, block) = sizes(self.name(), l1, l2)?;
        let gate = values(self.name(), s2, l2)?;
        let mut out = values(self.name(), s1, l1)?.to_vec();
        out.par_chunks_mut(block).zip(gate.par_chunks(channels)).for_each(|(out, gate)| {
            for out in out.chunks_exact_mut(channels) {
                for (out, gate) in out.iter_mut().zip(gate) {
                    *out *= gate;
                }
            }
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

/// Products of two tensors, summed over the positions of every image.
struct SumOfProducts {
    batch: usize,
}

impl CustomOp2 for SumOfProducts {
    fn name(&self) -> &'static str {
        "sum-of-products"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (rows, channels) = matrix(self.name(), l1)?;
        let (a, b) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        let block = rows / self.batch * channels;
        let mut out = vec![0f32; self.batch * channels];
        let images = out.par_chunks_mut(channels).zip(a.par_chunks(block)).zip(b.par_chunks(block));
        images.for_each(|((out, a), b)| {
            for (a, b) in a.chunks_exact(channels).zip(b.chunks_exact(channels)) {
                for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                    *out += a * b;
                }
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((self.batch, channels))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::test_support::{gradients_agree, gradients_are_differences, wave};
    use candle_core::Var;

    #[test]
    fn agrees_with_the_composed_operation_and_with_differences() -> Result<()> {
        let x = Var::from_tensor(&wave(1.3, (3 * 5, 4))?)?;
        let branch = Var::from_tensor(&wave(0.7, (3 * 5, 4))?)?;
        let gate = Var::from_tensor(&wave(2.1, (3, 4))?)?;
        let vars = [&x, &branch, &gate];
        gradients_agree(&gated_sum(&x, &branch, &gate)?, &composed(&x, &branch, &gate)?, &vars, 1e-6)?;
        gradients_are_differences(|| gated_sum(&x, &branch, &gate), &vars, 1e-3)?;
        assert!(gated_sum(&x, &branch, &wave(1.0, (2, 4))?).is_err());
        Ok(())
    }
}
