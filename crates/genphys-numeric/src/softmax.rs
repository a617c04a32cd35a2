//! Exponentials that are divided by their sum.

use super::lanes::{largest, sum_of};
use super::{exp, vectorised};

/// Replaces logarithms by `e^(value − top)`, and returns their sum.
#[inline(always)]
fn exponentials(logarithms: &mut [f32], top: f32) -> f32 {
    logarithms.iter_mut().for_each(|value| *value = exp(*value - top));
    sum_of(logarithms)
}

/// Softmax of every row times `scale`.
pub fn softmax_rows(values: &mut [f32], columns: usize, scale: f32) {
    vectorised(
        #[inline(always)]
        || {
            for row in values.chunks_exact_mut(columns) {
                row.iter_mut().for_each(|value| *value *= scale);
                let inverse = 1.0 / exponentials(row, largest(row));
                row.iter_mut().for_each(|value| *value *= inverse);
            }
        },
    );
}
