//! Few dimensions: distances and sums point by point.

use rayon::prelude::*;

use super::profile::RadialProfile;
use super::{NEAR, NEGLIGIBLE_LOGARITHM};
use genphys_numeric::{LANES, add_lanes, add_products, least, over_lanes, vectorised};

/// Data points per piece: its weights stay in the first-level cache.
const PIECE: usize = 2048;
/// Weights that are left out together, without a logarithm or exponential, where all of them are negligible.
const STRIP: usize = 512;

/// Coordinates that are looked at together: a value in memory is read less often than the arithmetic takes.
const TOGETHER: usize = 2;

/// Data points, an array for each coordinate. Zeros fill up the last of the coordinates that are looked at together.
pub(super) struct Coordinates {
    columns: Vec<[Vec<f32>; TOGETHER]>,
    dim: usize,
    points: usize,
}

/// Sums over the points so far, relative to the largest weight so far, in lanes: they become one at the end.
struct Sums {
    total: [f32; LANES],
    /// Of the coordinates.
    means: [[[f32; LANES]; TOGETHER]; NEAR.div_ceil(TOGETHER)],
}

impl Coordinates {
    /// Row-major `points`, `(count, dim)`. They are put in the order of the coordinate that varies most, so that those
    /// side by side are near or far from a query together.
    pub(super) fn new(points: &[f32], dim: usize) -> Self {
        let square = |column: usize| points.iter().skip(column).step_by(dim).map(|x| f64::from(x * x)).sum::<f64>();
        let squares: Vec<f64> = (0..dim).map(square).collect();
        let first = (0..dim).max_by(|i, j| squares[*i].total_cmp(&squares[*j])).unwrap_or(0);
        let mut rows: Vec<&[f32]> = points.chunks_exact(dim).collect();
        rows.sort_by(|a, b| a[first].total_cmp(&b[first]));
        let column = |i: usize| rows.iter().map(|row| row.get(i).copied().unwrap_or(0.0)).collect();
        let columns = (0..dim).step_by(TOGETHER).map(|i| std::array::from_fn(|j| column(i + j))).collect();
        Self { columns, dim, points: rows.len() }
    }

    /// Posterior means of `(count, dim)` queries.
    pub(super) fn posterior_means(&self, queries: &[f32], profiles: &[RadialProfile]) -> Vec<f32> {
        let mut means = vec![0f32; queries.len()];
        means.par_chunks_mut(self.dim).zip(queries.par_chunks(self.dim)).zip(profiles).for_each_init(
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
        let mut top = f32::NEG_INFINITY;
        let mut sums = Sums { total: [0.0; LANES], means: [[[0.0; LANES]; TOGETHER]; NEAR.div_ceil(TOGETHER)] };
        for start in (0..self.points).step_by(PIECE) {
            let end = (start + PIECE).min(self.points);
            let scratch = &mut scratch[..end - start];
            for (i, ([a, b], query)) in self.columns.iter().zip(query.chunks(TOGETHER)).enumerate() {
                let (x, y) = (query[0], query.get(1).copied().unwrap_or(0.0));
                let values = scratch.iter_mut().zip(&a[start..end]).zip(&b[start..end]);
                if i == 0 {
                    for ((sum, a), b) in values {
                        *sum = (x - a) * (x - a) + (y - b) * (y - b);
                    }
                } else {
                    for ((sum, a), b) in values {
                        *sum += (x - a) * (x - a) + (y - b) * (y - b);
                    }
                }
            }
            // Weights fall with the distance: the nearest point of a strip has its largest weight.
            let mut tops = [f32::INFINITY; PIECE / STRIP];
            let tops = &mut tops[..scratch.len().div_ceil(STRIP)];
            for (strip, nearest) in scratch.chunks(STRIP).zip(&mut *tops) {
                *nearest = least(strip);
            }
            let highest = profile.logarithms(tops);
            if highest > top {
                sums.scale((top - highest).exp());
                top = highest;
            }
            for (i, strip) in scratch.chunks_mut(STRIP).enumerate() {
                if tops[i] > top + NEGLIGIBLE_LOGARITHM {
                    profile.weights(strip, top);
                    add_lanes(&mut sums.total, strip);
                    for (sums, columns) in sums.means.iter_mut().zip(&self.columns) {
                        let [a, b] = columns.each_ref().map(|column| &column[start + i * STRIP..][..strip.len()]);
                        add_products(sums, strip, [a, b]);
                    }
                }
            }
        }
        let plus = |a: f32, b: f32| a + b;
        let total = over_lanes(sums.total, plus);
        for (mean, sum) in mean.iter_mut().zip(sums.means.as_flattened()) {
            *mean = over_lanes(*sum, plus) / total;
        }
    }
}

impl Sums {
    #[inline(always)]
    fn scale(&mut self, factor: f32) {
        for lanes in self.means.as_flattened_mut().iter_mut().chain([&mut self.total]) {
            for sum in lanes {
                *sum *= factor;
            }
        }
    }
}
