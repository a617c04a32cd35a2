//! Adding a bias to every row, with its gradient as one blocked column sum.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{matrix, rows_per_block, values, vectorised};

/// `x + bias` for `x` of shape `(batch, width)` and `bias` of shape `(width,)`. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn add_bias(x: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() { x.contiguous()?.apply_op2(bias, AddBias) } else { x.broadcast_add(bias) }
}

struct AddBias;

impl CustomOp2 for AddBias {
    fn name(&self) -> &'static str {
        "add-bias"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, columns) = matrix(self.name(), l1)?;
        let (x, bias) = (values(self.name(), s1, l1)?, values(self.name(), s2, l2)?);
        if bias.len() != columns {
            return Err(candle_core::Error::Msg(format!("add-bias: {} biases for {columns} columns", bias.len())));
        }
        let mut out = x.to_vec();
        out.par_chunks_mut(rows_per_block(columns) * columns).for_each(|rows| {
            vectorised(
                #[inline(always)]
                || {
                    for row in rows.chunks_exact_mut(columns) {
                        for (value, bias) in row.iter_mut().zip(bias) {
                            *value += bias;
                        }
                    }
                },
            );
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        _x: &Tensor,
        _bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(grad.clone()), Some(column_sums(&grad.contiguous()?)?)))
    }
}

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
    use candle_core::{Device, Var};

    #[test]
    fn value_and_gradients_agree_with_broadcasting() -> Result<()> {
        let x = Tensor::arange(0f32, 6000f32, &Device::Cpu)?.reshape((300, 20))?;
        let bias = Var::from_vec((0..20).map(|i| i as f32).collect(), 20, &Device::Cpu)?;
        let fused = add_bias(&x, &bias)?;
        let composed = x.broadcast_add(&bias)?;
        assert_eq!(fused.to_vec2::<f32>()?, composed.to_vec2::<f32>()?);
        let weights = (x / 6000.0)?;
        let gradient = |y: &Tensor| -> Result<Vec<f32>> {
            let gradients = (y * &weights)?.sum_all()?.backward()?;
            gradients.get(&bias).map_or(Ok(Vec::new()), Tensor::to_vec1)
        };
        for (a, b) in gradient(&fused)?.iter().zip(gradient(&composed)?) {
            assert!((a - b).abs() < 1e-3 * b.abs(), "{a} {b}");
        }
        assert_eq!(gradient(&fused)?.len(), 20);
        Ok(())
    }
}
