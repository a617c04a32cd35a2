//! Many dimensions: distances and sums as matrix products over blocks of points.

use candle_core::{CpuStorage, Layout, Shape};
use rayon::prelude::*;

use super::profile::RadialProfile;
use crate::error::{Result, RuntimeError};
use crate::fused::{exponentials, product, vectorised};

/// Queries per block.
const QUERIES: usize = 512;
/// Data points per block.
const POINTS: usize = 1024;
/// Weights below this fraction of the largest one so far are left out of the sum where most are.
const NEGLIGIBLE: f32 = 1e-9;
/// Share of the weights above which the sum is a matrix product.
const DENSE: usize = 8;

/// Data points in row-major blocks.
pub(super) struct Blocks {
    points: CpuStorage,
    squares: Vec<f32>,
    dim: usize,
}

/// What is known of a block of queries after some blocks of points.
struct Sums {
    /// Largest logarithm of a weight, per query.
    top: Vec<f32>,
    /// Sum of the weights, relative to the largest.
    total: Vec<f32>,
    /// Weighted sum of the points, `(queries, dim)`.
    mean: Vec<f32>,
}

impl Blocks {
    /// Row-major `points`, `(count, dim)`.
    pub(super) fn new(points: Vec<f32>, dim: usize) -> Self {
        let squares = points.chunks_exact(dim).map(square_norm).collect();
        Self { points: CpuStorage::F32(points), squares, dim }
    }

    /// Posterior means of `(count, dim)` queries.
    pub(super) fn posterior_means(&self, queries: &[f32], profiles: &[RadialProfile]) -> Result<Vec<f32>> {
        let mut means = Vec::with_capacity(queries.len());
        for (queries, profiles) in queries.chunks(QUERIES * self.dim).zip(profiles.chunks(QUERIES)) {
            let count = profiles.len();
            let squares: Vec<f32> = queries.chunks_exact(self.dim).map(square_norm).collect();
            let storage = CpuStorage::F32(queries.to_vec());
            let mut sums = Sums {
                top: vec![f32::NEG_INFINITY; count],
                total: vec![0.0; count],
                mean: vec![0.0; count * self.dim],
            };
            for start in (0..self.squares.len()).step_by(POINTS) {
                let block = start..(start + POINTS).min(self.squares.len());
                self.add_block(&storage, &squares, profiles, block, &mut sums)?;
            }
            for (mean, total) in sums.mean.chunks_exact_mut(self.dim).zip(&sums.total) {
                mean.iter_mut().for_each(|value| *value /= total);
            }
            means.append(&mut sums.mean);
        }
        Ok(means)
    }

    fn add_block(
        &self,
        queries: &CpuStorage,
        squares: &[f32],
        profiles: &[RadialProfile],
        block: std::ops::Range<usize>,
        sums: &mut Sums,
    ) -> Result<()> {
        let (count, width, dim) = (squares.len(), block.len(), self.dim);
        // x·y for every pair: (queries, dim) times (dim, points).
        let rows = Layout::contiguous_with_offset(Shape::from((width, dim)), block.start * dim);
        let columns = rows.transpose(0, 1)?;
        let layout = Layout::contiguous(Shape::from((count, dim)));
        let mut pairs = product(queries, &self.points, (count, width, dim), &layout, &columns)?;

        // |x − y|² to weights, row by row, sums so far scaled to the new largest weight.
        let points = &self.squares[block.clone()];
        let significant: usize = pairs
            .par_chunks_mut(width)
            .zip(sums.mean.par_chunks_mut(dim))
            .zip(sums.top.par_iter_mut().zip(sums.total.par_iter_mut()))
            .zip(squares.par_iter().zip(profiles))
            .map(|(((row, mean), (top, total)), (square, profile))| {
                vectorised(
                    #[inline(always)]
                    || {
                        for (value, point) in row.iter_mut().zip(points) {
                            let distance = square + point - 2.0 * *value;
                            *value = if distance > 0.0 { distance } else { 0.0 };
                        }
                        let highest = profile.logarithms(row);
                        if highest > *top {
                            let factor = (*top - highest).exp();
                            *total *= factor;
                            mean.iter_mut().for_each(|sum| *sum *= factor);
                            *top = highest;
                        }
                        *total += exponentials(row, *top);
                        row.iter().map(|weight| usize::from(*weight > NEGLIGIBLE)).sum::<usize>()
                    },
                )
            })
            .sum();

        if significant * DENSE > count * width {
            // Σ w y: (queries, points) times (points, dim).
            let weights = CpuStorage::F32(pairs);
            let layout = Layout::contiguous(Shape::from((count, width)));
            let added = product(&weights, &self.points, (count, dim, width), &layout, &rows)?;
            sums.mean.iter_mut().zip(added).for_each(|(sum, added)| *sum += added);
            return Ok(());
        }
        let CpuStorage::F32(values) = &self.points else { return Err(not_f32()) };
        let values = &values[block.start * dim..block.end * dim];
        pairs.par_chunks(width).zip(sums.mean.par_chunks_mut(dim)).for_each(|(row, mean)| {
            vectorised(
                #[inline(always)]
                || {
                    for (weight, point) in row.iter().zip(values.chunks_exact(dim)) {
                        if *weight > NEGLIGIBLE {
                            for (sum, value) in mean.iter_mut().zip(point) {
                                *sum += weight * value;
                            }
                        }
                    }
                },
            );
        });
        Ok(())
    }
}

fn square_norm(row: &[f32]) -> f32 {
    row.iter().map(|x| x * x).sum()
}

fn not_f32() -> RuntimeError {
    RuntimeError::Setting("expected f32 values".into())
}
