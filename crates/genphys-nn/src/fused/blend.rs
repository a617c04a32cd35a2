//! Moving one tensor towards another, in place.

use candle_core::{CpuStorage, InplaceOp2, Layout, Result, Tensor, Var};
use rayon::prelude::*;

use super::{values, values_mut};
use genphys_gpu::Kernels;
use genphys_numeric::{BLOCK, vectorised};

/// `target ← target + weight (source − target)`, for tensors of one shape: in place with our own loops on a CPU,
/// otherwise by candle's operations.
///
/// # Errors
/// When shapes differ or a device operation fails.
pub fn blend_into(target: &Var, source: &Tensor, weight: f64, kernels: Kernels) -> Result<()> {
    if kernels == Kernels::Own && target.device().is_cpu() {
        return target.inplace_op2(source, &Blend { weight: weight as f32 });
    }
    target.set(&(target.affine(1.0 - weight, 0.0)? + source.affine(weight, 0.0)?)?)
}

struct Blend {
    weight: f32,
}

impl InplaceOp2 for Blend {
    fn name(&self) -> &'static str {
        "blend"
    }

    fn cpu_fwd(&self, s1: &mut CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<()> {
        let target = values_mut(self.name(), s1, l1)?;
        let source = values(self.name(), s2, l2)?;
        target.par_chunks_mut(BLOCK).zip(source.par_chunks(BLOCK)).for_each(|(target, source)| {
            vectorised(
                #[inline(always)]
                || {
                    for (target, source) in target.iter_mut().zip(source) {
                        *target += self.weight * (source - *target);
                    }
                },
            );
        });
        Ok(())
    }
}
