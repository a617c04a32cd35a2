//! Copies of training points.

use super::error::{MetricError, checked_len};
use super::neighbours::kth_nearest;
use super::pairs::squared_distance;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How near points lie to the training points, seen in three ways. None of the figures means anything by itself: the
/// same of points that were held out is what no copying at all scores.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Memorisation {
    /// Median distance to the nearest training point.
    pub median_nearest: f64,
    /// Share of the points that are closer to their nearest training point than that one is to any other: one minus the
    /// *authenticity* of Alaa et al. (arXiv 2102.08921, section 4.3). New points of the same distribution score the
    /// probability that two neighbours are each other's nearest: 0.62 in the plane, falling to ½ in high dimension.
    pub closer_than_neighbours: f64,
    /// Share of the points whose nearest training point is three times nearer than the second nearest (Gu et al., arXiv
    /// 2310.02664). New points score about 3⁻ᴺ where the data fill N dimensions.
    pub copies: f64,
}

/// Looks for copies of the `training` points among `points`, both row-major `(len, dim)`.
///
/// # Errors
/// For no point, fewer than two training points, and values that are not whole finite points.
pub fn memorisation(points: &[f32], training: &[f32], dim: usize) -> Result<Memorisation, MetricError> {
    let count = checked_len(points, dim, 1)? as f64;
    checked_len(training, dim, 2)?;
    let mut found: Vec<(f64, bool, bool)> = points
        .par_chunks_exact(dim)
        .map(|x| {
            let (row, first, second) = two_nearest(x, training);
            let neighbour = &training[row * dim..(row + 1) * dim];
            let spacing = kth_nearest(neighbour, training, Some(row), 1);
            (first, first < spacing, 9.0 * first < second)
        })
        .collect();
    let share =
        |holds: fn(&(f64, bool, bool)) -> bool| found.iter().filter(|point| holds(point)).count() as f64 / count;
    let (closer_than_neighbours, copies) = (share(|point| point.1), share(|point| point.2));
    let middle = found.len() / 2;
    let (_, median, _) = found.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0));
    Ok(Memorisation { median_nearest: median.0.sqrt(), closer_than_neighbours, copies })
}

/// The nearest row, and the squared distances to it and to the second nearest.
fn two_nearest(x: &[f32], training: &[f32]) -> (usize, f64, f64) {
    let (mut nearest, mut first, mut second) = (0, f64::INFINITY, f64::INFINITY);
    for (row, y) in training.chunks_exact(x.len()).enumerate() {
        let square = squared_distance(x, y);
        if square < first {
            (nearest, first, second) = (row, square, first);
        } else if square < second {
            second = square;
        }
    }
    (nearest, first, second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha12Rng;

    #[test]
    fn by_hand_on_the_line() {
        let training = [0.0, 1.0, 3.0, 10.0];
        // 0.1 is a copy of 0; 0.4 is near 0 and no copy; 6 is nearer to 3 (distance 3) than to 10, and 3 is nearer to
        // 1.
        let found = memorisation(&[0.1, 0.4, 6.0], &training, 1).unwrap();
        assert!((found.closer_than_neighbours - 2.0 / 3.0).abs() < 1e-12, "{found:?}");
        assert!((found.copies - 1.0 / 3.0).abs() < 1e-12 && (found.median_nearest - 0.4).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn new_points_score_what_geometry_says() {
        // Uniform in the square: a new point and its neighbour are each other's nearest with probability
        // 6π/(8π + 3√3) = 0.6215, and the second nearest is three times farther with probability 1/9.
        let mut rng = ChaCha12Rng::seed_from_u64(5);
        let mut uniform = |count: usize| -> Vec<f32> { (0..2 * count).map(|_| rng.random::<f32>()).collect() };
        let (training, new) = (uniform(4000), uniform(4000));
        let found = memorisation(&new, &training, 2).unwrap();
        assert!((found.closer_than_neighbours - 0.6215).abs() < 0.03, "{found:?}");
        assert!((found.copies - 1.0 / 9.0).abs() < 0.02, "{found:?}");
        // Mean density 4000: half the new points are nearer than √(ln 2/(4000 π)).
        let expected = (std::f64::consts::LN_2 / (4000.0 * std::f64::consts::PI)).sqrt();
        assert!((found.median_nearest / expected - 1.0).abs() < 0.06, "{found:?} {expected}");
    }

    #[test]
    fn copies_are_found_out() {
        let mut rng = ChaCha12Rng::seed_from_u64(6);
        let training: Vec<f32> = (0..4000).map(|_| rng.random::<f32>()).collect();
        let copies: Vec<f32> = training.iter().take(2000).map(|x| x + 1e-5 * rng.random::<f32>()).collect();
        let found = memorisation(&copies, &training, 2).unwrap();
        assert!(found.copies > 0.99 && found.closer_than_neighbours > 0.99, "{found:?}");
        assert!(memorisation(&[], &training, 2).is_err());
    }
}
