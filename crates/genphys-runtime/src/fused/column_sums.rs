//! Sums over the rows of a matrix: the gradient of a bias.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{matrix, rows_per_block, values, vectorised};

/// Sums of the columns of a contiguous matrix.
pub(super) fn column_sums(x: &Tensor) -> Result<Tensor> {
    x.apply_op1_no_bwd(&ColumnSums)
}

struct ColumnSums;

impl CustomOp1 for ColumnSums {
    fn name(&self) -> &'static str {
        "column-sums"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, columns) = matrix(self.name(), layout)?;
        let x = values(self.name(), storage, layout)?;
        // Partial sums over fixed blocks of rows, added in order: the result is the same for any number of threads.
        let partial: Vec<Vec<f32>> = x
            .par_chunks(rows_per_block(columns) * columns)
            .map(|rows| {
                let mut sums = vec![0f32; columns];
                vectorised(
                    #[inline(always)]
                    || {
                        for row in rows.chunks_exact(columns) {
                            for (sum, value) in sums.iter_mut().zip(row) {
                                *sum += value;
                            }
                        }
                    },
                );
                sums
            })
            .collect();
        let mut total = vec![0f32; columns];
        for sums in &partial {
            for (total, sum) in total.iter_mut().zip(sums) {
                *total += sum;
            }
        }
        Ok((CpuStorage::F32(total), Shape::from(columns)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use candle_core::Device;

    #[test]
    fn agrees_with_a_plain_sum() -> Result<()> {
        let x = (Tensor::arange(0f32, 60_000f32, &Device::Cpu)?.reshape((3000, 20))? / 6e4)?;
        let expected = x.sum(0)?.to_vec1::<f32>()?;
        for (a, b) in column_sums(&x)?.to_vec1::<f32>()?.iter().zip(expected) {
            assert!((a - b).abs() < 1e-4 * b.abs(), "{a} {b}");
        }
        Ok(())
    }
}
