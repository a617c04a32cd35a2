//! Improved precision and recall (Kynkäänniemi et al., arXiv 1904.06991, eq. 1 and 2).

use super::error::{MetricError, checked_len};
use super::neighbours::{balls_that_hold, neighbour_radii};
use serde::{Deserialize, Serialize};

/// Neighbours that decide the radius of a ball, as in the paper.
pub const PRECISION_NEIGHBOURS: usize = 3;

/// The support of a distribution is estimated by balls around its points that reach to their third nearest neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecall {
    /// Share of the samples in the support of the real points: 1 where every sample is plausible.
    pub precision: f64,
    /// Share of the real points in the support of the samples: 1 where everything real is reached.
    pub recall: f64,
}

/// Precision and recall of `samples` against `real` points, both row-major `(len, dim)`. Equal distributions score
/// below one: compare with the floor. Both depend on the numbers of points.
///
/// # Errors
/// For fewer than two points and values that are not whole finite points.
pub fn precision_recall(samples: &[f32], real: &[f32], dim: usize) -> Result<PrecisionRecall, MetricError> {
    checked_len(samples, dim, 2)?;
    checked_len(real, dim, 2)?;
    let inside = |points: &[f32], of: &[f32]| {
        let counts = balls_that_hold(points, of, &neighbour_radii(of, dim, PRECISION_NEIGHBOURS), dim);
        counts.iter().filter(|count| **count > 0).count() as f64 / counts.len() as f64
    };
    Ok(PrecisionRecall { precision: inside(samples, real), recall: inside(real, samples) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::ToySet;

    #[test]
    fn by_hand_on_the_line() {
        // Balls of the real points reach 3, 2, 2, 3; those of the samples 16, 15, 14, 16.
        let (real, samples) = ([0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 20.0]);
        let found = precision_recall(&samples, &real, 1).unwrap();
        assert_eq!(found, PrecisionRecall { precision: 0.75, recall: 1.0 });
        assert!(precision_recall(&[0.0], &real, 1).is_err());
    }

    #[test]
    fn blur_costs_precision_and_a_missing_mode_recall() {
        let (real, same) = (ToySet::EightGaussians.draw(1500, 1), ToySet::EightGaussians.draw(1500, 2));
        let floor = precision_recall(&same, &real, 2).unwrap();
        assert!(floor.precision > 0.9 && floor.recall > 0.9, "{floor:?}");
        let blurred: Vec<f32> = same.iter().zip(ToySet::Moons.draw(1500, 3)).map(|(x, y)| x + 0.5 * y).collect();
        let blurred = precision_recall(&blurred, &real, 2).unwrap();
        assert!(blurred.precision < floor.precision - 0.1 && blurred.recall > 0.85, "{blurred:?}");
        let dropped: Vec<f32> = same.chunks_exact(2).filter(|row| row[0] < 2.0).flatten().copied().collect();
        let dropped = precision_recall(&dropped, &real, 2).unwrap();
        assert!(dropped.recall < floor.recall - 0.1 && dropped.precision > 0.9, "{dropped:?}");
    }
}
