//! Group normalisation with scale and shift, then SiLU.

use candle_core::{Result, Tensor};
use candle_nn::{Module, ops};

use super::norm::EPSILON;
use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch, Size};
use super::{Activation, Layer, LayersBuilder, Modulation};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Kernel, Memory, Pointer, THREADS, count};
use genphys_numeric::{silu_of, slope_of, vectorised};

impl LayersBuilder {
    /// `silu(normalise(x) (1 + scale) + shift)`, with mean 0 and variance 1 over the positions and the columns of a
    /// group (Wu and He, arXiv 1803.08494).
    pub fn group_norm_silu(&mut self, from: Activation, modulation: Modulation, groups: usize) -> Activation {
        let size = self.size(from);
        self.expect(groups > 0 && size.width.is_multiple_of(groups), "the columns are not a multiple of the groups");
        self.expect_modulation(modulation, size.width);
        self.add(GroupNorm { from: from.0, modulation, groups }, size, false)
    }
}

#[derive(Debug)]
struct GroupNorm {
    from: usize,
    modulation: Modulation,
    groups: usize,
}

/// How an image is normalised, column by column: `x factor + term` is what SiLU is taken of.
struct Normalisation {
    mean: Vec<f32>,
    inverse: Vec<f32>,
    factor: Vec<f32>,
    term: Vec<f32>,
}

impl GroupNorm {
    #[inline(always)]
    fn normalisation(&self, x: &[f32], scale: &[f32], shift: &[f32]) -> Normalisation {
        let columns = scale.len();
        let (mut mean, mut inverse) = (vec![0f32; columns], vec![0f32; columns]);
        for row in x.chunks_exact(columns) {
            for ((sum, square), value) in mean.iter_mut().zip(&mut inverse).zip(row) {
                *sum += value;
                *square += value * value;
            }
        }
        let size = columns / self.groups;
        let count = (x.len() / self.groups) as f64;
        for (sums, squares) in mean.chunks_exact_mut(size).zip(inverse.chunks_exact_mut(size)) {
            let mean = sums.iter().map(|sum| f64::from(*sum)).sum::<f64>() / count;
            let square = squares.iter().map(|square| f64::from(*square)).sum::<f64>() / count;
            let variance = (square - mean * mean).max(0.0);
            sums.fill(mean as f32);
            squares.fill((1.0 / (variance + f64::from(EPSILON)).sqrt()) as f32);
        }
        let factor: Vec<f32> = inverse.iter().zip(scale).map(|(inverse, scale)| inverse * (1.0 + scale)).collect();
        let term = shift.iter().zip(mean.iter().zip(&factor)).map(|(shift, (m, f))| shift - m * f).collect();
        Normalisation { mean, inverse, factor, term }
    }

    /// Adds the gradients of one image.
    ///
    /// With n the normalised value, y = n (1 + scale) + shift and h = gradient · silu′(y): the gradient of scale is Σ h
    /// n, that of shift Σ h, and that of x `(h (1 + scale) − mean(h (1 + scale)) − n mean(h (1 + scale) n)) / deviation`.
    #[inline(always)]
    fn backward_image(
        &self,
        (x, scale, shift): (&[f32], &[f32], &[f32]),
        gradient: &[f32],
        h: &mut [f32],
        of_modulation: &mut [f32],
    ) {
        let columns = scale.len();
        let Normalisation { mean, inverse, factor, term } = self.normalisation(x, scale, shift);
        // Σ h (x − mean) and Σ h. Short loops, each of which compilers turn into vector instructions.
        let (products, sums) = of_modulation.split_at_mut(columns);
        let rows = x.chunks_exact(columns).zip(gradient.chunks_exact(columns));
        for ((x, gradient), h) in rows.zip(h.chunks_exact_mut(columns)) {
            let given = x.iter().zip(gradient).zip(factor.iter().zip(&term));
            for (h, ((x, gradient), (factor, term))) in h.iter_mut().zip(given) {
                *h = gradient * slope_of(x * factor + term);
            }
            for ((product, h), (x, mean)) in products.iter_mut().zip(&*h).zip(x.iter().zip(&mean)) {
                *product += h * (x - mean);
            }
            sums.iter_mut().zip(&*h).for_each(|(sum, h)| *sum += h);
        }
        products.iter_mut().zip(&inverse).for_each(|(product, inverse)| *product *= inverse);
        let size = columns / self.groups;
        let count = (x.len() / self.groups) as f32;
        let means = |values: &[f32]| -> Vec<f32> {
            let mut means: Vec<f32> = values.iter().zip(scale).map(|(value, scale)| value * (1.0 + scale)).collect();
            for group in means.chunks_exact_mut(size) {
                let mean = group.iter().sum::<f32>() / count;
                group.fill(mean);
            }
            means
        };
        let (mean_product, mean_sum) = (means(products), means(sums));
        // With a = inverse² mean(h (1 + scale) n): h factor − (a x + b).
        let a: Vec<f32> = mean_product.iter().zip(&inverse).map(|(product, i)| product * i * i).collect();
        let b: Vec<f32> =
            mean_sum.iter().zip(&inverse).zip(mean.iter().zip(&a)).map(|((sum, i), (m, a))| sum * i - m * a).collect();
        for (x, h) in x.chunks_exact(columns).zip(h.chunks_exact_mut(columns)) {
            for ((h, x), (factor, (a, b))) in h.iter_mut().zip(x).zip(factor.iter().zip(a.iter().zip(&b))) {
                *h = *h * factor - (x * a + b);
            }
        }
    }
}

impl GroupNorm {
    /// Starts a kernel that has a block for each image.
    fn each_image(&self, given: &OnGpu<'_>, width: usize, kernel: impl Kernel) -> Result<()> {
        // Two sums for each value a thread takes at once, for every column, and for every group.
        let sums = THREADS as usize * (16 / given.precision.bytes()) + width + self.groups;
        let blocks = u32::try_from(given.examples).unwrap_or(u32::MAX);
        given.start(blocks, (2 * sums * 4) as u32, kernel)
    }
}

impl Layer for GroupNorm {
    fn sources(&self) -> Vec<usize> {
        vec![self.from, self.modulation.scale.of, self.modulation.shift.of]
    }

    fn forward(&self, given: &Given<'_>, out: &mut Vec<f32>, _scratch: &mut Scratch) -> Result<()> {
        let size = given.size(self.from);
        out.resize(given.count(&self.sources()) * size.values(), 0.0);
        vectorised(
            #[inline(always)]
            || {
                for (example, out) in out.chunks_exact_mut(size.values()).enumerate() {
                    let x = given.example(self.from, example);
                    let (scale, shift) = given.modulation(self.modulation, example, size.width);
                    let Normalisation { factor, term, .. } = self.normalisation(x, scale, shift);
                    for (x, out) in x.chunks_exact(size.width).zip(out.chunks_exact_mut(size.width)) {
                        for ((x, out), (factor, term)) in x.iter().zip(out).zip(factor.iter().zip(&term)) {
                            *out = silu_of(x * factor + term);
                        }
                    }
                }
            },
        );
        Ok(())
    }

    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let (size, Modulation { scale, shift }) = (given.size(self.from), self.modulation);
        let width = size.width;
        let mut of_x = back.scratch.take(gradient.len());
        let mut of_modulation = back.scratch.take(back.examples * 2 * width);
        of_modulation.fill(0.0);
        vectorised(
            #[inline(always)]
            || {
                let examples = of_x.chunks_exact_mut(size.values()).zip(of_modulation.chunks_exact_mut(2 * width));
                for (example, (of_x, of_modulation)) in examples.enumerate() {
                    let (scale, shift) = given.modulation(self.modulation, example, width);
                    let gradient = &gradient[example * size.values()..][..size.values()];
                    self.backward_image(
                        (given.example(self.from, example), scale, shift),
                        gradient,
                        of_x,
                        of_modulation,
                    );
                }
            },
        );
        for (columns, part) in [(scale, 0), (shift, width)] {
            if back.wants(columns.of) {
                let row = given.size(columns.of).width;
                for (sum, values) in
                    back.sum(columns.of).chunks_exact_mut(row).zip(of_modulation.chunks_exact(2 * width))
                {
                    let sum = &mut sum[columns.first..][..width];
                    sum.iter_mut().zip(&values[part..]).for_each(|(sum, value)| *sum += value);
                }
            }
        }
        back.add(self.from, of_x);
        back.scratch.give(of_modulation);
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let size = given.size(self.from);
        let out = given.room(given.count(self.from))?;
        let statistics = given.numbers(2 * given.examples * self.groups)?;
        let ((scale, scale_row), (shift, shift_row)) =
            (given.columns(self.modulation.scale)?, given.columns(self.modulation.shift)?);
        let kernel = kernels::GroupNorm {
            x: given.values(self.from)?,
            scale,
            scale_row,
            shift,
            shift_row,
            out: out.pointer(),
            statistics: statistics.pointer(),
            positions: count(size.positions)?,
            width: count(size.width)?,
            groups: count(self.groups)?,
        };
        self.each_image(given, size.width, kernel)?;
        given.keep(statistics);
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let (size, Modulation { scale, shift }) = (given.size(self.from), self.modulation);
        let ((scales, scale_row), (shifts, shift_row)) = (given.columns(scale)?, given.columns(shift)?);
        let (of_scale, of_scale_row) = back.columns(given, scale)?;
        let (of_shift, of_shift_row) = back.columns(given, shift)?;
        let (sum, begun) = if back.wants(self.from) { back.begun(given, self.from)? } else { (Pointer::NONE, false) };
        let kernel = kernels::GroupNormGradient {
            x: given.values(self.from)?,
            scale: scales,
            scale_row,
            shift: shifts,
            shift_row,
            statistics: given.kept()?,
            gradient: gradient.pointer(),
            sum,
            of_scale,
            of_scale_row,
            of_shift,
            of_shift_row,
            positions: count(size.positions)?,
            width: count(size.width)?,
            groups: count(self.groups)?,
            add: flag(begun),
        };
        self.each_image(given, size.width, kernel)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let Size { positions, width } = given.size(self.from);
        // candle-nn has the columns, its channels, before the positions.
        let channels = given.images(self.from)?.transpose(1, 2)?.contiguous()?;
        let constant = |value: f64| Tensor::full(value as f32, width, channels.device());
        let (ones, zeros, epsilon) = (constant(1.0)?, constant(0.0)?, f64::from(EPSILON));
        let normal = candle_nn::GroupNorm::new(ones, zeros, width, self.groups, epsilon)?.forward(&channels)?;
        let normal = normal.transpose(1, 2)?.contiguous()?;
        ops::silu(&given.modulate(&normal, self.modulation)?)?.reshape((given.batch * positions, width))
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::{agrees, output};
    use super::*;
    use crate::error::Result;

    #[test]
    fn agrees_with_the_composed_layer() -> Result<()> {
        let network = |network: &mut LayersBuilder| {
            let (x, told) = (network.input(48), network.input(17));
            let image = network.rearrange(x, 8, (0..48).collect());
            let modulation = Modulation { scale: told.from_column(1), shift: told.from_column(9) };
            let normed = network.group_norm_silu(image, modulation, 4);
            let learned = network.learned("learned", 16);
            let modulation = Modulation { scale: learned.from_column(0), shift: learned.from_column(8) };
            let normed = network.group_norm_silu(normed, modulation, 2);
            output(network, normed);
        };
        agrees(network, &[1, 4, 50], 1e-4)
    }
}
