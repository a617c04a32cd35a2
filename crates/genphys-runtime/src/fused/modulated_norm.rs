//! Layer normalisation followed by a scale and shift that depend on the noise level (adaptive layer norm).

use candle_core::{CpuStorage, CustomOp3, D, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::{matrix, rows_per_block, values, vectorised};

/// Added to the variance, so that a constant row stays finite.
const EPSILON: f32 = 1e-5;

/// `normalise(x) * (1 + scale) + shift`, every row of `x` brought to mean 0 and variance 1 first.
///
/// All three tensors have the shape `(batch, width)`. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn modulated_norm(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
    if x.device().is_cpu() {
        return x.contiguous()?.apply_op3(&scale.contiguous()?, &shift.contiguous()?, ModulatedNorm);
    }
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + f64::from(EPSILON))?.sqrt()?;
    centred.broadcast_div(&deviation)?.mul(&(scale + 1.0)?)?.add(shift)
}

/// Mean and inverse standard deviation of a row. Eight running sums let the compiler use vector instructions.
#[inline(always)]
fn statistics(row: &[f32]) -> (f32, f32) {
    let mut sums = [0f32; 8];
    let mut squares = [0f32; 8];
    let pieces = row.chunks_exact(8);
    let rest = pieces.remainder();
    for piece in pieces {
        for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(piece) {
            *sum += value;
            *square += value * value;
        }
    }
    let mut sum: f32 = sums.iter().sum();
    let mut square: f32 = squares.iter().sum();
    for value in rest {
        sum += value;
        square += value * value;
    }
    let count = row.len() as f32;
    let mean = sum / count;
    let variance = (square / count - mean * mean).max(0.0);
    (mean, 1.0 / (variance + EPSILON).sqrt())
}

fn check(op: &'static str, layouts: [&Layout; 3]) -> Result<usize> {
    let (_, columns) = matrix(op, layouts[0])?;
    if layouts.iter().any(|layout| layout.shape() != layouts[0].shape()) || columns == 0 {
        return Err(candle_core::Error::Msg(format!("{op}: expected three tensors of one shape")));
    }
    Ok(columns)
}

struct ModulatedNorm;

impl CustomOp3 for ModulatedNorm {
    fn name(&self) -> &'static str {
        "modulated-norm"
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
        let columns = check(self.name(), [l1, l2, l3])?;
        let x = values(self.name(), s1, l1)?;
        let (scale, shift) = (values(self.name(), s2, l2)?, values(self.name(), s3, l3)?);
        let mut out = vec![0f32; x.len()];
        let block = rows_per_block(columns) * columns;
        out.par_chunks_mut(block)
            .zip(x.par_chunks(block))
            .zip(scale.par_chunks(block).zip(shift.par_chunks(block)))
            .for_each(|((out, x), (scale, shift))| {
                let rows = out.chunks_exact_mut(columns).zip(x.chunks_exact(columns));
                let modulation = scale.chunks_exact(columns).zip(shift.chunks_exact(columns));
                vectorised(
                    #[inline(always)]
                    || {
                        for ((out, x), (scale, shift)) in rows.zip(modulation) {
                            let (mean, inverse) = statistics(x);
                            for (((out, x), scale), shift) in out.iter_mut().zip(x).zip(scale).zip(shift) {
                                *out = (x - mean) * inverse * (1.0 + scale) + shift;
                            }
                        }
                    },
                );
            });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scale: &Tensor,
        _shift: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let grad_x = x.apply_op3_no_bwd(scale, &grad, &GradientOfInput)?;
        let grad_scale = x.apply_op3_no_bwd(scale, &grad, &GradientOfScale)?;
        Ok((Some(grad_x), Some(grad_scale), Some(grad)))
    }
}

/// `∂/∂x`: with n the normalised row and h = grad (1 + scale): `(h − mean(h) − n mean(h n)) / deviation`.
struct GradientOfInput;

impl CustomOp3 for GradientOfInput {
    fn name(&self) -> &'static str {
        "modulated-norm-gradient"
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
        let columns = check(self.name(), [l1, l2, l3])?;
        let x = values(self.name(), s1, l1)?;
        let (scale, grad) = (values(self.name(), s2, l2)?, values(self.name(), s3, l3)?);
        let mut out = vec![0f32; x.len()];
        let block = rows_per_block(columns) * columns;
        out.par_chunks_mut(block)
            .zip(x.par_chunks(block))
            .zip(scale.par_chunks(block).zip(grad.par_chunks(block)))
            .for_each(|((out, x), (scale, grad))| {
                let rows = out.chunks_exact_mut(columns).zip(x.chunks_exact(columns));
                let given = scale.chunks_exact(columns).zip(grad.chunks_exact(columns));
                vectorised(
                    #[inline(always)]
                    || {
                        for ((out, x), (scale, grad)) in rows.zip(given) {
                            input_gradient_of_row(out, x, scale, grad);
                        }
                    },
                );
            });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }
}

#[inline(always)]
fn input_gradient_of_row(out: &mut [f32], x: &[f32], scale: &[f32], grad: &[f32]) {
    let (mean, inverse) = statistics(x);
    for ((out, grad), scale) in out.iter_mut().zip(grad).zip(scale) {
        *out = grad * (1.0 + scale);
    }
    let mut sums = [0f32; 8];
    let mut products = [0f32; 8];
    for (out, x) in out.chunks(8).zip(x.chunks(8)) {
        for ((sum, product), (h, x)) in sums.iter_mut().zip(&mut products).zip(out.iter().zip(x)) {
            *sum += h;
            *product += h * (x - mean);
        }
    }
    let count = x.len() as f32;
    let mean_h = sums.iter().sum::<f32>() / count;
    let mean_product = products.iter().sum::<f32>() / count * inverse;
    for (out, x) in out.iter_mut().zip(x) {
        *out = (*out - mean_h - (x - mean) * inverse * mean_product) * inverse;
    }
}

/// `∂/∂scale`: the gradient times the normalised row.
struct GradientOfScale;

impl CustomOp3 for GradientOfScale {
    fn name(&self) -> &'static str {
        "modulated-norm-scale-gradient"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        _s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let columns = check(self.name(), [l1, l2, l3])?;
        let (x, grad) = (values(self.name(), s1, l1)?, values(self.name(), s3, l3)?);
        let mut out = vec![0f32; x.len()];
        let block = rows_per_block(columns) * columns;
        out.par_chunks_mut(block).zip(x.par_chunks(block)).zip(grad.par_chunks(block)).for_each(|((out, x), grad)| {
            let rows = out.chunks_exact_mut(columns).zip(x.chunks_exact(columns)).zip(grad.chunks_exact(columns));
            vectorised(
                #[inline(always)]
                || {
                    for ((out, x), grad) in rows {
                        let (mean, inverse) = statistics(x);
                        for ((out, x), grad) in out.iter_mut().zip(x).zip(grad) {
                            *out = (x - mean) * inverse * grad;
                        }
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

    fn composed(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
        let centred = x.broadcast_sub(&x.mean_keepdim(1)?)?;
        let deviation = (centred.sqr()?.mean_keepdim(1)? + f64::from(EPSILON))?.sqrt()?;
        centred.broadcast_div(&deviation)?.mul(&(scale + 1.0)?)?.add(shift)
    }

    #[test]
    fn value_and_gradients_agree_with_the_composed_operation() -> Result<()> {
        let wave = |f: f32| (0..7 * 13).map(|i| (i as f32 * f).sin()).collect::<Vec<f32>>();
        let x = Var::from_vec(wave(1.3), (7, 13), &Device::Cpu)?;
        let scale = Var::from_vec(wave(0.7), (7, 13), &Device::Cpu)?;
        let shift = Var::from_vec(wave(2.1), (7, 13), &Device::Cpu)?;
        let weights = Tensor::from_vec(wave(0.37), (7, 13), &Device::Cpu)?;
        let fused = modulated_norm(&x, &scale, &shift)?;
        let reference = composed(&x, &scale, &shift)?;
        let distance = |a: &Tensor, b: &Tensor| (a - b)?.abs()?.flatten_all()?.max(0)?.to_scalar::<f32>();
        assert!(distance(&fused, &reference)? < 1e-5);
        let ours = (fused * &weights)?.sum_all()?.backward()?;
        let theirs = (reference * &weights)?.sum_all()?.backward()?;
        for var in [&x, &scale, &shift] {
            let (Some(a), Some(b)) = (ours.get(var), theirs.get(var)) else {
                return Err(candle_core::Error::Msg("a gradient is missing".into()));
            };
            assert!(distance(a, b)? < 2e-5, "{}", distance(a, b)?);
        }
        Ok(())
    }
}
