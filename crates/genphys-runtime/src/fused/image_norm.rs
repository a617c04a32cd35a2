//! Normalisation of images with scale and shift: group normalisation followed by SiLU, and layer normalisation of tokens.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, D, Error, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::silu::{silu_of, slope_of};
use super::{matrix, silu, values, vectorised};

/// Added to the variance, so that a constant image stays finite.
const EPSILON: f32 = 1e-5;

/// `silu(normalise(x) * (1 + scale) + shift)`, with mean 0 and variance 1 over the positions and the channels of a group
/// (Wu and He, arXiv 1803.08494).
///
/// `x` is `(batch * positions, channels)`. `modulation` holds scale and shift side by side, `(batch, 2 * channels)`, or
/// `(1, 2 * channels)` for all images. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn group_norm_silu(x: &Tensor, modulation: &Tensor, positions: usize, groups: usize) -> Result<Tensor> {
    if x.device().is_cpu() {
        let norm = ImageNorm { positions, span: positions, groups, activated: true };
        return x.contiguous()?.apply_op2(&modulation.contiguous()?, norm);
    }
    silu(&composed(x, modulation, positions, positions, groups)?)
}

/// `normalise(x) * (1 + scale) + shift`, with mean 0 and variance 1 over the channels of every token; scale and shift are
/// those of the token's image (adaptive layer norm, Peebles and Xie, arXiv 2212.09748).
///
/// Shapes as in [`group_norm_silu`]. Differentiable once.
///
/// # Errors
/// When the shapes do not fit, or a device operation fails.
pub fn token_norm(x: &Tensor, modulation: &Tensor, positions: usize) -> Result<Tensor> {
    if x.device().is_cpu() {
        let norm = ImageNorm { positions, span: 1, groups: 1, activated: false };
        return x.contiguous()?.apply_op2(&modulation.contiguous()?, norm);
    }
    composed(x, modulation, positions, 1, 1)
}

/// Without the activation, of candle's operations.
fn composed(x: &Tensor, modulation: &Tensor, positions: usize, span: usize, groups: usize) -> Result<Tensor> {
    let (rows, channels) = x.dims2()?;
    let sets = x.reshape((rows / span, span, groups, channels / groups))?.transpose(1, 2)?.contiguous()?;
    let sets = sets.reshape((rows / span, groups, span * channels / groups))?;
    let centred = sets.broadcast_sub(&sets.mean_keepdim(D::Minus1)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(D::Minus1)? + f64::from(EPSILON))?.sqrt()?;
    let normal = centred.broadcast_div(&deviation)?.reshape((rows / span, groups, span, channels / groups))?;
    let normal = normal.transpose(1, 2)?.contiguous()?.reshape((rows / positions, positions, channels))?;
    let scale = (modulation.narrow(1, 0, channels)?.unsqueeze(1)? + 1.0)?;
    let shift = modulation.narrow(1, channels, channels)?.unsqueeze(1)?;
    normal.broadcast_mul(&scale)?.broadcast_add(&shift)?.reshape((rows, channels))
}

/// Rows `span` at a time share mean and variance, rows `positions` at a time scale and shift.
#[derive(Clone, Copy)]
struct ImageNorm {
    positions: usize,
    span: usize,
    groups: usize,
    activated: bool,
}

/// Mean and inverse deviation of every channel's group.
struct Statistics {
    mean: Vec<f32>,
    inverse: Vec<f32>,
}

impl ImageNorm {
    const NAME: &'static str = "image-norm";

    /// Batch and channels.
    fn check(&self, x: &Layout, modulation: &Layout) -> Result<(usize, usize)> {
        let (rows, channels) = matrix(Self::NAME, x)?;
        let (sets, columns) = matrix(Self::NAME, modulation)?;
        let fits = self.positions > 0 && rows % self.positions == 0 && self.groups > 0 && channels % self.groups == 0;
        if !fits || columns != 2 * channels || (sets != 1 && sets * self.positions != rows) {
            return Err(Error::Msg(format!(
                "{}: {rows} rows of {channels} in {} groups with {sets} rows of {columns} for {} positions",
                Self::NAME,
                self.groups,
                self.positions
            )));
        }
        Ok((rows / self.positions, channels))
    }

    #[inline(always)]
    fn statistics(&self, rows: &[f32], channels: usize) -> Statistics {
        let (mut sums, mut squares) = (vec![0f32; channels], vec![0f32; channels]);
        for row in rows.chunks_exact(channels) {
            for ((sum, square), value) in sums.iter_mut().zip(&mut squares).zip(row) {
                *sum += value;
                *square += value * value;
            }
        }
        let size = channels / self.groups;
        let count = (rows.len() / self.groups) as f64;
        for (sums, squares) in sums.chunks_exact_mut(size).zip(squares.chunks_exact_mut(size)) {
            let mean = sums.iter().map(|sum| f64::from(*sum)).sum::<f64>() / count;
            let square = squares.iter().map(|square| f64::from(*square)).sum::<f64>() / count;
            let variance = (square - mean * mean).max(0.0);
            sums.fill(mean as f32);
            squares.fill((1.0 / (variance + f64::from(EPSILON)).sqrt()) as f32);
        }
        Statistics { mean: sums, inverse: squares }
    }

    #[inline(always)]
    fn forward(&self, x: &[f32], modulation: &[f32], out: &mut [f32]) {
        let channels = modulation.len() / 2;
        let (scale, shift) = modulation.split_at(channels);
        for (x, out) in x.chunks_exact(self.span * channels).zip(out.chunks_exact_mut(self.span * channels)) {
            let statistics = self.statistics(x, channels);
            let factor: Vec<f32> = statistics.inverse.iter().zip(scale).map(|(i, s)| i * (1.0 + s)).collect();
            let term: Vec<f32> =
                shift.iter().zip(statistics.mean.iter().zip(&factor)).map(|(shift, (m, f))| shift - m * f).collect();
            for (x, out) in x.chunks_exact(channels).zip(out.chunks_exact_mut(channels)) {
                for ((x, out), (factor, term)) in x.iter().zip(out).zip(factor.iter().zip(&term)) {
                    let value = x * factor + term;
                    *out = if self.activated { silu_of(value) } else { value };
                }
            }
        }
    }

    /// With n the normalised value, y = n (1 + scale) + shift and h = grad · silu′(y): the gradient of scale is Σ h n,
    /// that of shift Σ h, and that of x `(h (1 + scale) − mean(h (1 + scale)) − n mean(h (1 + scale) n)) / deviation`.
    #[inline(always)]
    fn backward(&self, x: &[f32], modulation: &[f32], grad: &[f32], out: &mut [f32], of_modulation: &mut [f32]) {
        let channels = modulation.len() / 2;
        let (scale, shift) = modulation.split_at(channels);
        let block = self.span * channels;
        let sets = x.chunks_exact(block).zip(grad.chunks_exact(block)).zip(out.chunks_exact_mut(block));
        for ((x, grad), out) in sets {
            let Statistics { mean, inverse } = self.statistics(x, channels);
            let factor: Vec<f32> = inverse.iter().zip(scale).map(|(i, s)| i * (1.0 + s)).collect();
            let term: Vec<f32> = shift.iter().zip(mean.iter().zip(&factor)).map(|(s, (m, f))| s - m * f).collect();
            // Σ h (x − mean) and Σ h; h stays in `out`. Short loops, each of which compilers turn into vector instructions.
            let (mut products, mut sums) = (vec![0f32; channels], vec![0f32; channels]);
            let rows = x.chunks_exact(channels).zip(grad.chunks_exact(channels));
            for ((x, grad), out) in rows.zip(out.chunks_exact_mut(channels)) {
                if self.activated {
                    let given = x.iter().zip(grad).zip(factor.iter().zip(&term));
                    for (out, ((x, grad), (factor, term))) in out.iter_mut().zip(given) {
                        *out = grad * slope_of(x * factor + term);
                    }
                } else {
                    out.copy_from_slice(grad);
                }
                for ((product, h), (x, mean)) in products.iter_mut().zip(&*out).zip(x.iter().zip(&mean)) {
                    *product += h * (x - mean);
                }
                sums.iter_mut().zip(&*out).for_each(|(sum, h)| *sum += h);
            }
            products.iter_mut().zip(&inverse).for_each(|(product, inverse)| *product *= inverse);
            let (of_scale, of_shift) = of_modulation.split_at_mut(channels);
            of_scale.iter_mut().zip(&products).for_each(|(of_scale, product)| *of_scale += product);
            of_shift.iter_mut().zip(&sums).for_each(|(of_shift, sum)| *of_shift += sum);
            let size = channels / self.groups;
            let count = (size * self.span) as f32;
            for values in [&mut products, &mut sums] {
                values.iter_mut().zip(scale).for_each(|(value, scale)| *value *= 1.0 + scale);
                for group in values.chunks_exact_mut(size) {
                    let mean = group.iter().sum::<f32>() / count;
                    group.fill(mean);
                }
            }
            // With a = inverse² mean(h (1 + scale) n): h factor − (a x + b).
            let a: Vec<f32> = products.iter().zip(&inverse).map(|(product, i)| product * i * i).collect();
            let b: Vec<f32> =
                sums.iter().zip(&inverse).zip(mean.iter().zip(&a)).map(|((sum, i), (m, a))| sum * i - m * a).collect();
            for (x, out) in x.chunks_exact(channels).zip(out.chunks_exact_mut(channels)) {
                for ((out, x), (factor, (a, b))) in out.iter_mut().zip(x).zip(factor.iter().zip(a.iter().zip(&b))) {
                    *out = *out * factor - (x * a + b);
                }
            }
        }
    }
}

impl CustomOp2 for ImageNorm {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, channels) = self.check(l1, l2)?;
        let (x, modulation) = (values(Self::NAME, s1, l1)?, values(Self::NAME, s2, l2)?);
        let mut out = vec![0f32; x.len()];
        let block = self.positions * channels;
        out.par_chunks_mut(block).zip(x.par_chunks(block)).enumerate().for_each(|(image, (out, x))| {
            vectorised(
                #[inline(always)]
                || self.forward(x, row_of(modulation, image, 2 * channels), out),
            );
        });
        Ok((CpuStorage::F32(out), l1.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        modulation: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let (rows, channels) = x.dims2()?;
        let images = rows / self.positions;
        let both = x.apply_op3_no_bwd(modulation, &grad.contiguous()?, &Gradient(*self))?;
        let of_x = both.narrow(0, 0, rows * channels)?.reshape((rows, channels))?;
        let of_modulation = both.narrow(0, rows * channels, images * 2 * channels)?.reshape((images, 2 * channels))?;
        let of_modulation = if modulation.dim(0)? == 1 { of_modulation.sum_keepdim(0)? } else { of_modulation };
        Ok((Some(of_x), Some(of_modulation)))
    }
}

/// The row of an image, or the only one.
fn row_of(modulation: &[f32], image: usize, columns: usize) -> &[f32] {
    if modulation.len() == columns { modulation } else { &modulation[image * columns..(image + 1) * columns] }
}

/// The gradient of `x`, followed by that of the modulation image by image, in one vector.
struct Gradient(ImageNorm);

impl CustomOp3 for Gradient {
    fn name(&self) -> &'static str {
        "image-norm-gradient"
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
        let (images, channels) = self.0.check(l1, l2)?;
        let x = values(self.name(), s1, l1)?;
        let (modulation, grad) = (values(self.name(), s2, l2)?, values(self.name(), s3, l3)?);
        let mut out = vec![0f32; x.len() + images * 2 * channels];
        let (of_x, of_modulation) = out.split_at_mut(x.len());
        let block = self.0.positions * channels;
        of_x.par_chunks_mut(block)
            .zip(of_modulation.par_chunks_mut(2 * channels))
            .zip(x.par_chunks(block).zip(grad.par_chunks(block)))
            .enumerate()
            .for_each(|(image, ((of_x, of_modulation), (x, grad)))| {
                let modulation = row_of(modulation, image, 2 * channels);
                vectorised(
                    #[inline(always)]
                    || self.0.backward(x, modulation, grad, of_x, of_modulation),
                );
            });
        let count = out.len();
        Ok((CpuStorage::F32(out), Shape::from(count)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fused::test_support::{gradients_agree, gradients_are_differences, wave};
    use candle_core::Var;

    #[test]
    fn group_norm_agrees_with_the_composed_operation_and_with_differences() -> Result<()> {
        let x = Var::from_tensor(&wave(1.3, (3 * 6, 8))?)?;
        for sets in [1, 3] {
            let modulation = Var::from_tensor(&wave(0.7, (sets, 16))?)?;
            let fused = group_norm_silu(&x, &modulation, 6, 4)?;
            let reference = composed(&x, &modulation, 6, 6, 4)?.silu()?;
            gradients_agree(&fused, &reference, &[&x, &modulation], 2e-5)?;
            gradients_are_differences(|| group_norm_silu(&x, &modulation, 6, 4), &[&x, &modulation], 2e-3)?;
        }
        Ok(())
    }

    #[test]
    fn token_norm_agrees_with_the_composed_operation_and_with_differences() -> Result<()> {
        let x = Var::from_tensor(&wave(1.3, (3 * 6, 8))?)?;
        let modulation = Var::from_tensor(&wave(0.7, (3, 16))?)?;
        let fused = token_norm(&x, &modulation, 6)?;
        gradients_agree(&fused, &composed(&x, &modulation, 6, 1, 1)?, &[&x, &modulation], 2e-5)?;
        gradients_are_differences(|| token_norm(&x, &modulation, 6), &[&x, &modulation], 2e-3)
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() -> Result<()> {
        let (x, modulation) = (wave(1.0, (12, 8))?, wave(1.0, (2, 16))?);
        assert!(group_norm_silu(&x, &modulation, 6, 3).is_err(), "8 channels are not 3 groups");
        assert!(group_norm_silu(&x, &modulation, 4, 4).is_err(), "3 images and 2 rows");
        assert!(group_norm_silu(&x, &modulation.narrow(1, 0, 8)?, 6, 4).is_err(), "no shift");
        Ok(())
    }
}
