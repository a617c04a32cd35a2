//! Layer normalisation of every row, with scale and shift.

use candle_core::{Result, Tensor};
use candle_nn::{LayerNorm, Module};

use super::on_gpu::{BackOnGpu, OnGpu, flag};
use super::piece::{Back, Buffer, Composed, Given, Scratch};
use super::{Activation, Layer, LayersBuilder, Modulation};
use genphys_gpu::launches::layers as kernels;
use genphys_gpu::{Memory, Pointer, count};
use genphys_numeric::vectorised;

/// Added to the variance, so that a constant row or image stays finite.
pub(super) const EPSILON: f32 = 1e-5;

impl LayersBuilder {
    /// Every row brought to mean 0 and variance 1, then scaled and shifted (adaptive layer norm, Peebles and Xie,
    /// arXiv 2212.09748).
    pub fn norm(&mut self, from: Activation, modulation: Modulation) -> Activation {
        let size = self.size(from);
        self.expect_modulation(modulation, size.width);
        self.add(Norm { from: from.0, modulation }, size, false)
    }
}

#[derive(Debug)]
struct Norm {
    from: usize,
    modulation: Modulation,
}

impl Layer for Norm {
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
                    for (out, x) in out.chunks_exact_mut(size.width).zip(x.chunks_exact(size.width)) {
                        let (mean, inverse) = statistics(x);
                        for (((out, x), scale), shift) in out.iter_mut().zip(x).zip(scale).zip(shift) {
                            *out = (x - mean) * inverse * (1.0 + scale) + shift;
                        }
                    }
                }
            },
        );
        Ok(())
    }

    /// With n the normalised row and h = gradient (1 + scale), the gradient of x is
    /// `(h − mean(h) − n mean(h n)) / deviation`, that of the scale the sum of the gradients times n.
    fn backward(&self, given: &Given<'_>, gradient: Buffer, back: &mut Back<'_>) -> Result<()> {
        let (size, Modulation { scale, shift }) = (given.size(self.from), self.modulation);
        let width = size.width;
        if back.wants(shift.of) {
            add_rows_of_examples(
                back.sum(shift.of),
                given.size(shift.of).width,
                shift.first,
                &gradient,
                size.values(),
                width,
            );
        }
        let mut normal = back.scratch.take(gradient.len());
        let mut of_x = back.scratch.take(gradient.len());
        vectorised(
            #[inline(always)]
            || {
                let examples = normal.chunks_exact_mut(size.values()).zip(of_x.chunks_exact_mut(size.values()));
                for (example, (normal, of_x)) in examples.enumerate() {
                    let x = given.example(self.from, example);
                    let gradient = &gradient[example * size.values()..][..size.values()];
                    let (scale, _) = given.modulation(self.modulation, example, width);
                    let rows = normal.chunks_exact_mut(width).zip(of_x.chunks_exact_mut(width));
                    let given = x.chunks_exact(width).zip(gradient.chunks_exact(width));
                    for ((normal, of_x), (x, gradient)) in rows.zip(given) {
                        gradient_of_row(normal, of_x, x, scale, gradient);
                    }
                }
            },
        );
        if back.wants(scale.of) {
            vectorised(
                #[inline(always)]
                || normal.iter_mut().zip(gradient.iter()).for_each(|(normal, gradient)| *normal *= gradient),
            );
            add_rows_of_examples(
                back.sum(scale.of),
                given.size(scale.of).width,
                scale.first,
                &normal,
                size.values(),
                width,
            );
        }
        back.add(self.from, of_x);
        back.scratch.give(normal);
        back.scratch.give(gradient);
        Ok(())
    }

    fn forward_on_gpu(&self, given: &mut OnGpu<'_>) -> Result<Memory> {
        let (size, rows) = (given.size(self.from), given.rows(self.from));
        let out = given.room(given.count(self.from))?;
        let ((scale, scale_row), (shift, shift_row)) =
            (given.columns(self.modulation.scale)?, given.columns(self.modulation.shift)?);
        let kernel = kernels::RowNorm {
            x: given.values(self.from)?,
            scale,
            scale_row,
            shift,
            shift_row,
            out: out.pointer(),
            positions: count(size.positions)?,
            width: count(size.width)?,
            rows: count(rows)?,
        };
        given.each_row(rows, kernel)?;
        Ok(out)
    }

    fn backward_on_gpu(&self, given: &OnGpu<'_>, gradient: Memory, back: &mut BackOnGpu<'_>) -> Result<()> {
        let (size, rows) = (given.size(self.from), given.rows(self.from));
        let Modulation { scale, shift } = self.modulation;
        let memory = given.numbers(2 * rows)?;
        let (x, gradient, statistics) = (given.values(self.from)?, gradient.pointer(), memory.pointer());
        let (positions, width) = (count(size.positions)?, count(size.width)?);
        let (scales, scale_row) = given.columns(scale)?;
        let (sum, begun) = if back.wants(self.from) { back.begun(given, self.from)? } else { (Pointer::NONE, false) };
        let kernel = kernels::NormGradient {
            x,
            scale: scales,
            scale_row,
            gradient,
            sum,
            statistics,
            positions,
            width,
            rows: count(rows)?,
            add: flag(begun),
        };
        given.each_row(rows, kernel)?;
        let add = |(scale, scale_row), (shift, shift_row)| {
            let kernel = kernels::NormModulationGradient {
                x,
                statistics,
                gradient,
                scale,
                scale_row,
                shift,
                shift_row,
                positions,
                width,
                examples: count(given.examples)?,
            };
            given.each(given.examples * size.width, kernel)
        };
        if !back.wants(scale.of) && !back.wants(shift.of) {
            return Ok(());
        }
        let (of_scale, of_shift) = (back.columns(given, scale)?, back.columns(given, shift)?);
        let distance = scale.first.abs_diff(shift.first);
        if scale.of != shift.of || distance == 0 || distance >= size.width {
            return add(of_scale, of_shift);
        }
        // Two threads would add to one value.
        let none = (Pointer::NONE, 0);
        add(of_scale, none)?;
        add(none, of_shift)
    }

    fn composed(&self, given: &Composed<'_>) -> Result<Tensor> {
        let (size, x) = (given.size(self.from), given.images(self.from)?);
        let ones = Tensor::ones(size.width, x.dtype(), x.device())?;
        let normal = LayerNorm::new_no_bias(ones, f64::from(EPSILON)).forward(&x)?;
        given.modulate(&normal, self.modulation)?.reshape((given.batch * size.positions, size.width))
    }
}

/// Adds the rows of every example of `values` to columns of the example's row of `sum`.
fn add_rows_of_examples(
    sum: &mut [f32],
    sum_width: usize,
    first: usize,
    values: &[f32],
    values_of_example: usize,
    width: usize,
) {
    for (sum, values) in sum.chunks_exact_mut(sum_width).zip(values.chunks_exact(values_of_example)) {
        genphys_numeric::add_rows(&mut sum[first..first + width], values);
    }
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

#[inline(always)]
fn gradient_of_row(normal: &mut [f32], out: &mut [f32], x: &[f32], scale: &[f32], gradient: &[f32]) {
    let (mean, inverse) = statistics(x);
    for (normal, x) in normal.iter_mut().zip(x) {
        *normal = (x - mean) * inverse;
    }
    for ((out, gradient), scale) in out.iter_mut().zip(gradient).zip(scale) {
        *out = gradient * (1.0 + scale);
    }
    let mut sums = [0f32; 8];
    let mut products = [0f32; 8];
    for (out, normal) in out.chunks(8).zip(normal.chunks(8)) {
        for ((sum, product), (h, n)) in sums.iter_mut().zip(&mut products).zip(out.iter().zip(normal)) {
            *sum += h;
            *product += h * n;
        }
    }
    let count = x.len() as f32;
    let mean_h = sums.iter().sum::<f32>() / count;
    let mean_product = products.iter().sum::<f32>() / count;
    for (out, n) in out.iter_mut().zip(&*normal) {
        *out = (*out - mean_h - n * mean_product) * inverse;
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
            let (x, told) = (network.input(27), network.input(20));
            let image = network.rearrange(x, 9, (0..27).collect());
            let learned = network.learned("learned", 9);
            let modulation = Modulation { scale: told.from_column(2), shift: told.from_column(11) };
            let normed = network.norm(image, modulation);
            let again = network.norm(normed, Modulation { scale: told.from_column(0), shift: learned.from_column(0) });
            output(network, again);
            let row = network.norm(x, Modulation { scale: x.from_column(0), shift: x.from_column(0) });
            network.output(row);
            // Columns that scale and shift share.
            let shared = network.norm(image, Modulation { scale: told.from_column(3), shift: told.from_column(5) });
            output(network, shared);
        };
        agrees(network, &[1, 4, 100], 1e-4)
    }
}
