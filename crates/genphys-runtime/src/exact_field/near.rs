//! Few dimensions: distances and sums point by point.

use rayon::prelude::*;

use super::profile::RadialProfile;
use crate::fused::{exponentials, sum_over_pairs, vectorised};

/// Data points per piece: its weights stay in the first-level cache.
const PIECE: usize = 2048;

/// Posterior means of `(count, dim)` queries over the points, given as one array per coordinate.
pub(super) fn posterior_means(coordinates: &[Vec<f32>], queries: &[f32], profiles: &[RadialProfile]) -> Vec<f32> {
    let dim = coordinates.len();
    let mut means = vec![0f32; queries.len()];
    means.par_chunks_mut(dim).zip(queries.par_chunks(dim)).zip(profiles).for_each_init(
        || vec![0f32; PIECE],
        |scratch, ((mean, query), profile)| {
            vectorised(
                #[inline(always)]
                || posterior_mean(coordinates, query, profile, scratch, mean),
            );
        },
    );
    means
}

#[inline(always)]
fn posterior_mean(
    coordinates: &[Vec<f32>],
    query: &[f32],
    profile: &RadialProfile,
    scratch: &mut [f32],
    mean: &mut [f32],
) {
    let points = coordinates.first().map_or(0, Vec::len);
    let (mut top, mut total) = (f32::NEG_INFINITY, 0f32);
    for start in (0..points).step_by(PIECE) {
        let end = (start + PIECE).min(points);
        let scratch = &mut scratch[..end - start];
        scratch.fill(0.0);
        for (column, x) in coordinates.iter().zip(query) {
            for (square, y) in scratch.iter_mut().zip(&column[start..end]) {
                let difference = x - y;
                *square += difference * difference;
            }
        }
        let highest = profile.logarithms(scratch);
        if highest > top {
            // Sums so far count less from here on.
            let factor = (top - highest).exp();
            total *= factor;
            mean.iter_mut().for_each(|sum| *sum *= factor);
            top = highest;
        }
        total += exponentials(scratch, top);
        for (sum, column) in mean.iter_mut().zip(coordinates) {
            *sum += sum_over_pairs(scratch, &column[start..end], |weight, y| weight * y);
        }
    }
    mean.iter_mut().for_each(|sum| *sum /= total);
}
