//! Sums over the rows of a matrix, such as the gradient of a bias, and over partial sums.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{BLOCK, matrix, rows_per_block, values, vectorised};

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
        // Fixed blocks of rows, so that the result is the same for any number of threads.
        let partial: Vec<Vec<f32>> = x
            .par_chunks(rows_per_block(columns) * columns)
            .map(|rows| {
                let mut sums = vec![0f32; columns];
                add_rows(&mut sums, rows);
                sums
            })
            .collect();
        Ok((CpuStorage::F32(sum_in_order(&partial, columns)), Shape::from(columns)))
    }
}

/// Adds all rows to `sum`.
pub(super) fn add_rows(sum: &mut [f32], rows: &[f32]) {
    vectorised(
        #[inline(always)]
        || {
            for row in rows.chunks_exact(sum.len()) {
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        },
    );
}

/// The sum of partial sums of `count` values each, added in their order: the same for any number of threads.
pub(super) fn sum_in_order(partial: &[Vec<f32>], count: usize) -> Vec<f32> {
    let mut total = vec![0f32; count];
    total.par_chunks_mut(BLOCK).enumerate().for_each(|(i, total)| {
        for sums in partial {
            add_rows(total, &sums[i * BLOCK..][..total.len()]);
        }
    });
    total
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
