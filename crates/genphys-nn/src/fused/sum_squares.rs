//! Sum of squares, for the norm of a gradient.

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::values;
use genphys_numeric::BLOCK;

/// Sum of the squares of all elements, accumulated in `f64`.
///
/// # Errors
/// When a device operation fails.
pub fn sum_squares(x: &Tensor) -> Result<f64> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op1_no_bwd(&SumSquares)?.to_scalar::<f64>();
    }
    x.sqr()?.sum_all()?.to_dtype(DType::F64)?.to_scalar::<f64>()
}

struct SumSquares;

impl CustomOp1 for SumSquares {
    fn name(&self) -> &'static str {
        "sum-squares"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let x = values(self.name(), storage, layout)?;
        let blocks: Vec<f64> = x
            .par_chunks(BLOCK)
            .map(|block| {
                // Short f32 sums, long f64 sums: fast and accurate.
                block.chunks(64).map(|piece| f64::from(piece.iter().map(|x| x * x).sum::<f32>())).sum()
            })
            .collect();
        Ok((CpuStorage::F64(vec![blocks.iter().sum()]), Shape::from(())))
    }
}
