//! Density and coverage (Naeem et al., arXiv 2002.09797, eq. 3 and 5).

use super::error::{MetricError, checked_len};
use super::neighbours::{balls_that_hold, kth_nearest, neighbour_radii};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Neighbours that decide the radius of a ball, as in the paper.
pub const DENSITY_NEIGHBOURS: usize = 5;

/// Balls around the real points only, that reach to their fifth nearest neighbour: stray samples do not widen anything.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DensityCoverage {
    /// In how many balls a sample lies, over what it is on average for real points: about 1 for equal distributions,
    /// above where samples keep to dense places.
    pub density: f64,
    /// Share of the balls that hold a sample: 1 − 2⁻⁵ ≈ 0.97 for equal distributions and equally many points.
    pub coverage: f64,
}

/// Density and coverage of `samples` against `real` points, both row-major `(len, dim)`.
///
/// # Errors
/// For fewer than two points and values that are not whole finite points.
pub fn density_coverage(samples: &[f32], real: &[f32], dim: usize) -> Result<DensityCoverage, MetricError> {
    let count = checked_len(samples, dim, 1)?;
    let neighbours = DENSITY_NEIGHBOURS.min(checked_len(real, dim, 2)? - 1);
    let radii = neighbour_radii(real, dim, neighbours);
    let held: usize = balls_that_hold(samples, real, &radii, dim).iter().sum();
    let covered: usize = real
        .par_chunks_exact(dim)
        .zip(&radii)
        .map(|(centre, radius)| usize::from(kth_nearest(centre, samples, None, 1) <= *radius))
        .sum();
    Ok(DensityCoverage {
        density: held as f64 / (neighbours * count) as f64,
        coverage: covered as f64 / radii.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::ToySet;

    #[test]
    fn by_hand_on_the_line() {
        // Five real points: balls to the fourth other: radii 4, 3, 2, 3, 4. Samples 0.5 and 5.5.
        let real = [0.0, 1.0, 2.0, 3.0, 4.0];
        let found = density_coverage(&[0.5, 5.5], &real, 1).unwrap();
        // 0.5 lies in all five, 5.5 in those of 3 and 4.
        assert_eq!(found, DensityCoverage { density: 7.0 / 8.0, coverage: 1.0 });
        let found = density_coverage(&[7.5], &real, 1).unwrap();
        assert_eq!(found, DensityCoverage { density: 1.0 / 4.0, coverage: 0.2 });
    }

    #[test]
    fn equal_distributions_score_what_the_paper_computes() {
        let (real, same) = (ToySet::Moons.draw(2000, 1), ToySet::Moons.draw(2000, 2));
        let found = density_coverage(&same, &real, 2).unwrap();
        assert!((found.density - 1.0).abs() < 0.05 && (found.coverage - (1.0 - 1.0 / 32.0)).abs() < 0.015, "{found:?}");
    }

    #[test]
    fn a_missing_half_is_not_covered_and_strays_do_not_help() {
        let (real, same) = (ToySet::Moons.draw(1500, 1), ToySet::Moons.draw(3000, 2));
        let half: Vec<f32> = same.chunks_exact(2).filter(|row| row[0] < 0.0).take(1500).flatten().copied().collect();
        let found = density_coverage(&half, &real, 2).unwrap();
        assert!((found.coverage - 0.5).abs() < 0.08, "{found:?}");
        let mut strays = half.clone();
        strays.extend([30.0, 30.0, -30.0, 30.0, 30.0, -30.0]);
        assert!((density_coverage(&strays, &real, 2).unwrap().coverage - found.coverage).abs() < 1e-12);
    }
}
