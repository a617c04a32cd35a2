//! Many dimensions: distances and sums as matrix products over blocks of points.

use rayon::prelude::*;

use super::profile::RadialProfile;
use super::{NEGLIGIBLE, NEGLIGIBLE_LOGARITHM};
use crate::error::Result;
use genphys_numeric::{Before, LANES, Matrix, multiply, over_lanes, sum_of, vectorised};

/// Queries per block: one thread's piece of work. Their weights fit the second-level cache.
const QUERIES: usize = 256;
/// Data points per block.
const POINTS: usize = 512;
/// Weights of a row that are left out together, without a logarithm or exponential, where all of them are negligible.
const STRIP: usize = 64;
/// Queries, one after the other in noise level, that are summed in one way.
const GROUP: usize = 32;
/// The sum is a matrix product where more than one weight in this many counts.
const DENSE: usize = 16;

/// Values of a cache line.
const LINE: usize = 16;

/// Data points, row-major, with their squared norms.
pub(super) struct Blocks {
    points: Vec<f32>,
    squares: Vec<f32>,
    dim: usize,
    /// From one point to the next: an odd number of cache lines, or the rows of a block would share a few places in the
    /// cache.
    stride: usize,
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
        let stride = (dim.div_ceil(LINE) | 1) * LINE;
        Self { points: spaced(&points, dim, stride, 1.0), squares, dim, stride }
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
        let doubled = spaced(queries, self.dim, self.stride, -2.0);
        let mut sums = Sums { top: vec![f32::NEG_INFINITY; count], total: vec![0.0; count], mean };
        for (points, norms) in self.points.chunks(POINTS * self.stride).zip(self.squares.chunks(POINTS)) {
            pairs.resize(count * norms.len(), 0.0);
            self.add_block((&doubled, &squares), profiles, (points, norms), pairs, &mut sums)?;
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
        let (width, dim, stride) = (norms.len(), self.dim, self.stride);
        let rows = Matrix::columns_of(stride, points, 0, dim);
        // −2 x·y for every pair.
        multiply(pairs, Matrix::columns_of(stride, queries, 0, dim), rows.transposed(), Before::Forgotten)?;

        // |x − y|² to weights, row by row, sums so far scaled to the new largest weight.
        let mut counts = vec![0; squares.len()];
        let of_queries = squares.iter().zip(profiles).zip(sums.top.iter_mut().zip(&mut sums.total));
        let of_pairs = pairs.chunks_exact_mut(width).zip(&mut counts);
        for (((row, count), mean), ((square, profile), (top, total))) in
            of_pairs.zip(sums.mean.chunks_exact_mut(dim)).zip(of_queries)
        {
            vectorised(
                #[inline(always)]
                || {
                    // What is captured is copied, or the compiler must read it again after every value it writes.
                    let (square, norms) = (*square, norms);
                    // Weights fall with the distance: the nearest point of a strip has its largest weight.
                    let mut tops = [f32::INFINITY; POINTS / STRIP];
                    for ((strip, norms), nearest) in row.chunks(STRIP).zip(norms.chunks(STRIP)).zip(&mut tops) {
                        *nearest = positive(square + least_sum(strip, norms));
                    }
                    let tops = &mut tops[..width.div_ceil(STRIP)];
                    let highest = profile.logarithms(tops);
                    if highest > *top {
                        let factor = (*top - highest).exp();
                        *total *= factor;
                        mean.iter_mut().for_each(|sum| *sum *= factor);
                        *top = highest;
                    }
                    for ((strip, norms), of_strip) in row.chunks_mut(STRIP).zip(norms.chunks(STRIP)).zip(tops) {
                        if *of_strip > *top + NEGLIGIBLE_LOGARITHM {
                            for (value, norm) in strip.iter_mut().zip(norms) {
                                *value = positive(square + (*value + norm));
                            }
                            profile.weights(strip, *top);
                            *total += sum_of(strip);
                            *count += strip.iter().map(|weight| u32::from(*weight > NEGLIGIBLE)).sum::<u32>();
                        } else {
                            strip.fill(0.0);
                        }
                    }
                },
            );
        }
        let groups = pairs.chunks(GROUP * width).zip(counts.chunks(GROUP));
        for ((pairs, counts), mean) in groups.zip(sums.mean.chunks_mut(GROUP * dim)) {
            if counts.iter().sum::<u32>() as usize * DENSE > pairs.len() {
                multiply(mean, Matrix::rows_of(width, pairs), rows, Before::Kept)?;
            } else {
                let of_queries = pairs.chunks_exact(width).zip(mean.chunks_exact_mut(dim)).zip(counts);
                for ((weights, mean), _) in of_queries.filter(|(_, count)| **count > 0) {
                    add_few(weights, points, stride, mean);
                }
            }
        }
        Ok(())
    }
}

#[inline(always)]
fn positive(distance: f32) -> f32 {
    if distance > 0.0 { distance } else { 0.0 }
}

/// The least `a_i + b_i`, in lanes that compilers turn into vector instructions.
#[inline(always)]
fn least_sum(a: &[f32], b: &[f32]) -> f32 {
    let less = |a: f32, b: f32| if a < b { a } else { b };
    let ((a, rest_a), (b, rest_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut least = [f32::INFINITY; LANES];
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            least[i] = less(a[i] + b[i], least[i]);
        }
    }
    rest_a.iter().zip(rest_b).map(|(a, b)| a + b).fold(over_lanes(least, less), less)
}

/// Adds the points whose weights count.
fn add_few(weights: &[f32], points: &[f32], stride: usize, mean: &mut [f32]) {
    vectorised(
        #[inline(always)]
        || {
            for (weights, points) in weights.chunks(LANES).zip(points.chunks(LANES * stride)) {
                if weights.iter().map(|weight| u32::from(*weight > NEGLIGIBLE)).sum::<u32>() == 0 {
                    continue;
                }
                for (weight, point) in weights.iter().zip(points.chunks_exact(stride)) {
                    if *weight > NEGLIGIBLE {
                        mean.iter_mut().zip(point).for_each(|(sum, value)| *sum += weight * value);
                    }
                }
            }
        },
    );
}

/// Rows times `factor`, `stride` values from one to the next.
fn spaced(rows: &[f32], dim: usize, stride: usize, factor: f32) -> Vec<f32> {
    let mut spaced = vec![0f32; rows.len() / dim * stride];
    for (to, row) in spaced.chunks_exact_mut(stride).zip(rows.chunks_exact(dim)) {
        to.iter_mut().zip(row).for_each(|(to, value)| *to = factor * value);
    }
    spaced
}

fn square_norm(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum()
}
