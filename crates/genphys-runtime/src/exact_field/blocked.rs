//! Many dimensions: distances and sums as matrix products over blocks of points.

use rayon::prelude::*;

use super::profile::RadialProfile;
use crate::error::Result;
use crate::fused::{Before, Matrix, exponentials, multiply, vectorised};

/// Queries per block: one thread's piece of work. Their weights fit the second-level cache.
const QUERIES: usize = 256;
/// Data points per block.
const POINTS: usize = 512;
/// Weights below this fraction of the largest one so far are left out of the sum where most are.
const NEGLIGIBLE: f32 = 1e-9;
/// ln of that.
const NEGLIGIBLE_LOGARITHM: f32 = -20.723_266;
/// Weights of a row that are left out together, without an exponential, where all of them are negligible.
const STRIP: usize = 64;
/// The sum is a matrix product where more than one strip in this many counts.
const DENSE: usize = 4;

/// Data points, row-major, with their squared norms.
pub(super) struct Blocks {
    points: Vec<f32>,
    squares: Vec<f32>,
    dim: usize,
}

/// What is known of a block of queries after some blocks of points.
struct Sums<'a> {
    /// Largest logarithm of a weight, per query.
    top: Vec<f32>,
    /// Sum of the weights, relative to the largest.
    total: Vec<f32>,
    /// Weighted sum of the points, `(queries, dim)`.
    mean: &'a mut [f32],
}

impl Blocks {
    /// Row-major `points`, `(count, dim)`.
    pub(super) fn new(points: Vec<f32>, dim: usize) -> Self {
        let squares = points.chunks_exact(dim).map(square_norm).collect();
        Self { points, squares, dim }
    }

    /// Posterior means of `(count, dim)` queries.
    pub(super) fn posterior_means(&self, queries: &[f32], profiles: &[RadialProfile]) -> Result<Vec<f32>> {
        let mut means = vec![0f32; queries.len()];
        let piece = QUERIES * self.dim;
        means
            .par_chunks_mut(piece)
            .zip(queries.par_chunks(piece))
            .zip(profiles.par_chunks(QUERIES))
            .try_for_each_init(Vec::new, |pairs, ((mean, queries), profiles)| {
                self.block_of_means(queries, profiles, pairs, mean)
            })?;
        Ok(means)
    }

    /// Posterior means of one block of queries; `pairs` is room for the weights.
    fn block_of_means(
        &self,
        queries: &[f32],
        profiles: &[RadialProfile],
        pairs: &mut Vec<f32>,
        mean: &mut [f32],
    ) -> Result<()> {
        let count = profiles.len();
        let squares: Vec<f32> = queries.chunks_exact(self.dim).map(square_norm).collect();
        let mut sums = Sums { top: vec![f32::NEG_INFINITY; count], total: vec![0.0; count], mean };
        for (points, norms) in self.points.chunks(POINTS * self.dim).zip(self.squares.chunks(POINTS)) {
            pairs.resize(count * norms.len(), 0.0);
            self.add_block((queries, &squares), profiles, (points, norms), pairs, &mut sums)?;
        }
        for (mean, total) in sums.mean.chunks_exact_mut(self.dim).zip(&sums.total) {
            mean.iter_mut().for_each(|value| *value /= total);
        }
        Ok(())
    }

    fn add_block(
        &self,
        (queries, squares): (&[f32], &[f32]),
        profiles: &[RadialProfile],
        (points, norms): (&[f32], &[f32]),
        pairs: &mut [f32],
        sums: &mut Sums<'_>,
    ) -> Result<()> {
        let (width, dim) = (norms.len(), self.dim);
        let rows = Matrix::rows_of(dim, points);
        // x·y for every pair.
        multiply(pairs, Matrix::rows_of(dim, queries), rows.transposed(), Before::Forgotten)?;

        // |x − y|² to weights, row by row, sums so far scaled to the new largest weight.
        let strips = width.div_ceil(STRIP);
        let mut counts = vec![false; squares.len() * strips];
        let of_queries = squares.iter().zip(profiles).zip(sums.top.iter_mut().zip(&mut sums.total));
        let of_pairs = pairs.chunks_exact_mut(width).zip(counts.chunks_exact_mut(strips));
        for (((row, counts), mean), ((square, profile), (top, total))) in
            of_pairs.zip(sums.mean.chunks_exact_mut(dim)).zip(of_queries)
        {
            vectorised(
                #[inline(always)]
                || {
                    let mut tops = [f32::NEG_INFINITY; POINTS / STRIP];
                    let mut highest = f32::NEG_INFINITY;
                    // What is captured is copied, or the compiler must read it again after every value it writes.
                    let (square, norms) = (*square, norms);
                    for (value, norm) in row.iter_mut().zip(norms) {
                        let distance = square + norm - 2.0 * *value;
                        *value = if distance > 0.0 { distance } else { 0.0 };
                    }
                    for (strip, of_strip) in row.chunks_mut(STRIP).zip(&mut tops) {
                        *of_strip = profile.logarithms(strip);
                        highest = if *of_strip > highest { *of_strip } else { highest };
                    }
                    if highest > *top {
                        let factor = (*top - highest).exp();
                        *total *= factor;
                        mean.iter_mut().for_each(|sum| *sum *= factor);
                        *top = highest;
                    }
                    for ((strip, of_strip), counts) in row.chunks_mut(STRIP).zip(tops).zip(counts) {
                        *counts = of_strip > *top + NEGLIGIBLE_LOGARITHM;
                        if *counts {
                            *total += exponentials(strip, *top);
                        } else {
                            strip.fill(0.0);
                        }
                    }
                },
            );
        }
        if counts.iter().filter(|counts| **counts).count() * DENSE > counts.len() {
            return Ok(multiply(sums.mean, Matrix::rows_of(width, pairs), rows, Before::Kept)?);
        }
        let of_pairs = pairs.chunks_exact(width).zip(counts.chunks_exact(strips));
        for ((row, counts), mean) in of_pairs.zip(sums.mean.chunks_exact_mut(dim)) {
            let strips = row.chunks(STRIP).zip(points.chunks(STRIP * dim)).zip(counts).filter(|(_, counts)| **counts);
            vectorised(
                #[inline(always)]
                || {
                    for ((strip, points), _) in strips {
                        for (weight, point) in strip.iter().zip(points.chunks_exact(dim)) {
                            if *weight > NEGLIGIBLE {
                                mean.iter_mut().zip(point).for_each(|(sum, value)| *sum += weight * value);
                            }
                        }
                    }
                },
            );
        }
        Ok(())
    }
}

fn square_norm(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum()
}
