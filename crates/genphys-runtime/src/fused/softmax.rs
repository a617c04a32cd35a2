//! Exponentials that are divided by their sum.

use super::{exp, vectorised};

/// Lanes of a running sum: one vector register.
const LANES: usize = 16;

/// Replaces logarithms by `e^(value − top)`, and returns their sum.
#[inline(always)]
pub(crate) fn exponentials(logarithms: &mut [f32], top: f32) -> f32 {
    logarithms.iter_mut().for_each(|value| *value = exp(*value - top));
    let (pieces, rest) = logarithms.as_chunks::<LANES>();
    let mut sums = [0f32; LANES];
    for piece in pieces {
        for i in 0..LANES {
            sums[i] += piece[i];
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            sums[i] += sums[i + half];
        }
        half /= 2;
    }
    sums[0] + rest.iter().sum::<f32>()
}

/// Softmax of every row times `scale`.
pub(crate) fn softmax_rows(values: &mut [f32], columns: usize, scale: f32) {
    vectorised(
        #[inline(always)]
        || {
            for row in values.chunks_exact_mut(columns) {
                row.iter_mut().for_each(|value| *value *= scale);
                let highest = highest(row);
                let inverse = 1.0 / exponentials(row, highest);
                row.iter_mut().for_each(|value| *value *= inverse);
            }
        },
    );
}

/// The largest value, by as many comparisons side by side as a register has lanes.
#[inline(always)]
fn highest(row: &[f32]) -> f32 {
    let (pieces, rest) = row.as_chunks::<LANES>();
    let mut lanes = [f32::NEG_INFINITY; LANES];
    for piece in pieces {
        for i in 0..LANES {
            lanes[i] = if piece[i] > lanes[i] { piece[i] } else { lanes[i] };
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
}
