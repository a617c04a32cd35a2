//! Distances to nearest neighbours.

use super::pairs::squared_distance;
use rayon::prelude::*;

/// Squared distance from every point to its `k`-th nearest other point of the same set, row-major `(len, dim)`. With
/// fewer than `k` others, to the farthest of them.
pub(super) fn neighbour_radii(points: &[f32], dim: usize, k: usize) -> Vec<f64> {
    points.par_chunks_exact(dim).enumerate().map(|(own, x)| kth_nearest(x, points, Some(own), k)).collect()
}

/// Squared distance from `x` to the `k`-th nearest row of `points`, row number `skipped` left out.
pub(super) fn kth_nearest(x: &[f32], points: &[f32], skipped: Option<usize>, k: usize) -> f64 {
    // Ascending; k is a handful.
    let mut nearest: Vec<f64> = Vec::with_capacity(k + 1);
    for (row, y) in points.chunks_exact(x.len()).enumerate() {
        if skipped == Some(row) {
            continue;
        }
        let square = squared_distance(x, y);
        if nearest.len() < k || nearest.last().is_some_and(|last| square < *last) {
            let place = nearest.partition_point(|other| *other <= square);
            nearest.insert(place, square);
            nearest.truncate(k);
        }
    }
    nearest.last().copied().unwrap_or(f64::INFINITY)
}

/// For every row of `points` the number of balls, given by centres and squared radii, that hold it.
pub(super) fn balls_that_hold(points: &[f32], centres: &[f32], radii: &[f64], dim: usize) -> Vec<usize> {
    points
        .par_chunks_exact(dim)
        .map(|x| centres.chunks_exact(dim).zip(radii).filter(|(c, r)| squared_distance(x, c) <= **r).count())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_on_the_line_by_hand() {
        let points = [0.0, 1.0, 3.0, 7.0];
        assert_eq!(neighbour_radii(&points, 1, 1), [1.0, 1.0, 4.0, 16.0]);
        assert_eq!(neighbour_radii(&points, 1, 2), [9.0, 4.0, 9.0, 36.0]);
        // Fewer others than asked for.
        assert_eq!(neighbour_radii(&points, 1, 9), [49.0, 36.0, 16.0, 49.0]);
        assert_eq!(kth_nearest(&[2.0], &points, None, 3), 4.0);
        assert_eq!(balls_that_hold(&[2.0, 100.0], &points, &[4.0, 0.5, 1.0, 9.0], 1), [2, 0]);
    }
}
