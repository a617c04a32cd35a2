//! Sums over pairs of points. Memory O(len), time O(len² dim); both cores.

use rayon::prelude::*;

/// Rows handled by one thread at a time. Partial sums are added in order, so that the result does not depend on
/// threads.
const CHUNK: usize = 64;

/// Sum of `value(|x − y|²)` over all pairs of a row of `a` and a row of `b`, row-major `(len, dim)`.
pub(super) fn cross_sum(a: &[f32], b: &[f32], dim: usize, value: impl Fn(f64) -> f64 + Sync) -> f64 {
    let chunk = |rows: &[f32]| -> f64 { rows.chunks_exact(dim).map(|x| row_sum(x, b, &value)).sum() };
    a.par_chunks(CHUNK * dim).map(chunk).collect::<Vec<_>>().iter().sum()
}

/// The same over the pairs i < j of one set.
pub(super) fn self_sum(a: &[f32], dim: usize, value: impl Fn(f64) -> f64 + Sync) -> f64 {
    let chunk = |(index, rows): (usize, &[f32])| -> f64 {
        let first = index * CHUNK;
        rows.chunks_exact(dim).enumerate().map(|(i, x)| row_sum(x, &a[(first + i + 1) * dim..], &value)).sum()
    };
    a.par_chunks(CHUNK * dim).enumerate().map(chunk).collect::<Vec<_>>().iter().sum()
}

fn row_sum(x: &[f32], points: &[f32], value: &impl Fn(f64) -> f64) -> f64 {
    points.chunks_exact(x.len()).map(|y| value(squared_distance(x, y))).sum()
}

/// |x − y|².
pub(super) fn squared_distance(x: &[f32], y: &[f32]) -> f64 {
    const LANES: usize = 8;
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let (y_blocks, y_rest) = y.as_chunks::<LANES>();
    let mut lanes = [0f32; LANES];
    for (p, q) in x_blocks.iter().zip(y_blocks) {
        for lane in 0..LANES {
            let difference = p[lane] - q[lane];
            lanes[lane] += difference * difference;
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(p, q)| (f64::from(*p) - f64::from(*q)).powi(2)).sum();
    lanes.iter().map(|lane| f64::from(*lane)).sum::<f64>() + rest
}
