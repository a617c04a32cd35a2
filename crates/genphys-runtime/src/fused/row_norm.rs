//! Layer normalisation of rows, with a scale and a shift for each value, on slices.

use super::vectorised;

/// Added to the variance, so that a constant row stays finite.
pub(super) const EPSILON: f32 = 1e-5;

/// `normalise(x) * (1 + scale) + shift`, every row of `x` brought to mean 0 and variance 1 first. One row stands for all.
pub(super) fn forward(width: usize, [x, scale, shift]: [&[f32]; 3], out: &mut [f32]) {
    let rows = out.chunks_exact_mut(width).zip(x.chunks_exact(width).cycle());
    let modulation = scale.chunks_exact(width).cycle().zip(shift.chunks_exact(width).cycle());
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
}

/// `∂/∂x`: with n the normalised row and h = gradient (1 + scale): `(h − mean(h) − n mean(h n)) / deviation`.
pub(super) fn gradient_of_input(width: usize, [x, scale, gradient]: [&[f32]; 3], out: &mut [f32]) {
    let rows = out.chunks_exact_mut(width).zip(x.chunks_exact(width));
    vectorised(
        #[inline(always)]
        || {
            for ((out, x), (scale, gradient)) in rows.zip(scale.chunks_exact(width).zip(gradient.chunks_exact(width))) {
                input_gradient_of_row(out, x, scale, gradient);
            }
        },
    );
}

/// `∂/∂scale`: the gradient times the normalised row.
pub(super) fn gradient_of_scale(width: usize, [x, gradient]: [&[f32]; 2], out: &mut [f32]) {
    let rows = out.chunks_exact_mut(width).zip(x.chunks_exact(width)).zip(gradient.chunks_exact(width));
    vectorised(
        #[inline(always)]
        || {
            for ((out, x), gradient) in rows {
                let (mean, inverse) = statistics(x);
                for ((out, x), gradient) in out.iter_mut().zip(x).zip(gradient) {
                    *out = (x - mean) * inverse * gradient;
                }
            }
        },
    );
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
