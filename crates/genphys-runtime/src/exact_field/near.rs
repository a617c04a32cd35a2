//! Few dimensions: distances and sums point by point.

use rayon::prelude::*;

use super::NEGLIGIBLE_LOGARITHM;
use super::profile::RadialProfile;
use crate::fused::{exponentials, least, sum_over_pairs, vectorised};

/// Data points per piece: its weights stay in the first-level cache.
const PIECE: usize = 2048;
/// Weights that are left out together, without a logarithm or exponential, where all of them are negligible.
const STRIP: usize = 512;

/// Data points, an array for each coordinate.
pub(super) struct Coordinates(Vec<Vec<f32>>);

impl Coordinates {
    /// Row-major `points`, `(count, dim)`. They are put in the order of the coordinate that varies most, so that those side by
    /// side are near or far from a query together.
    pub(super) fn new(points: &[f32], dim: usize) -> Self {
        let square = |column: usize| points.iter().skip(column).step_by(dim).map(|x| f64::from(x * x)).sum::<f64>();
        let squares: Vec<f64> = (0..dim).map(square).collect();
        let first = (0..dim).max_by(|i, j| squares[*i].total_cmp(&squares[*j])).unwrap_or(0);
        let mut rows: Vec<&[f32]> = points.chunks_exact(dim).collect();
        rows.sort_by(|a, b| a[first].total_cmp(&b[first]));
        Self((0..dim).map(|column| rows.iter().map(|row| row[column]).collect()).collect())
    }

    /// Posterior means of `(count, dim)` queries.
    pub(super) fn posterior_means(&self, queries: &[f32], profiles: &[RadialProfile]) -> Vec<f32> {
        let dim = self.0.len();
        let mut means = vec![0f32; queries.len()];
        means.par_chunks_mut(dim).zip(queries.par_chunks(dim)).zip(profiles).for_each_init(
            || vec![0f32; PIECE],
            |scratch, ((mean, query), profile)| {
                vectorised(
                    #[inline(always)]
                    || self.posterior_mean(query, profile, scratch, mean),
                );
            },
        );
        means
    }

    #[inline(always)]
    fn posterior_mean(&self, query: &[f32], profile: &RadialProfile, scratch: &mut [f32], mean: &mut [f32]) {
        let points = self.0.first().map_or(0, Vec::len);
        let (mut top, mut total) = (f32::NEG_INFINITY, 0f32);
        for start in (0..points).step_by(PIECE) {
            let end = (start + PIECE).min(points);
            let scratch = &mut scratch[..end - start];
            for (i, (column, x)) in self.0.iter().zip(query).enumerate() {
                let square = |y: &f32| (x - y) * (x - y);
                let values = scratch.iter_mut().zip(&column[start..end]);
                if i == 0 {
                    values.for_each(|(sum, y)| *sum = square(y));
                } else {
                    values.for_each(|(sum, y)| *sum += square(y));
                }
            }
            // Weights fall with the distance: the nearest point of a strip has its largest weight.
            let mut tops = [f32::INFINITY; PIECE / STRIP];
            let tops = &mut tops[..scratch.len().div_ceil(STRIP)];
            scratch.chunks(STRIP).zip(&mut *tops).for_each(|(strip, nearest)| *nearest = least(strip));
            let highest = profile.logarithms(tops);
            if highest > top {
                // Sums so far count less from here on.
                let factor = (top - highest).exp();
                total *= factor;
                mean.iter_mut().for_each(|sum| *sum *= factor);
                top = highest;
            }
            for (i, strip) in scratch.chunks_mut(STRIP).enumerate() {
                if tops[i] > top + NEGLIGIBLE_LOGARITHM {
                    profile.logarithms(strip);
                    total += exponentials(strip, top);
                    for (sum, column) in mean.iter_mut().zip(&self.0) {
                        let points = &column[start + i * STRIP..][..strip.len()];
                        *sum += sum_over_pairs(strip, points, |weight, y| weight * y);
                    }
                }
            }
        }
        mean.iter_mut().for_each(|sum| *sum /= total);
    }
}
