//! Which modes of a known distribution the samples reach.

use genphys_data::ToySet;
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_4, PI};

/// How samples are spread over the modes of a distribution whose modes carry equal shares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModeCoverage {
    /// Samples nearest to each mode and within three standard deviations of it.
    pub counts: Vec<usize>,
    /// Samples in all.
    pub total: usize,
}

impl ModeCoverage {
    /// Number of modes that have at least `share` of the samples they would have if all had the same.
    pub fn covered(&self, share: f64) -> usize {
        let needed = share * self.total as f64 / self.counts.len().max(1) as f64;
        self.counts.iter().filter(|count| **count > 0 && **count as f64 >= needed).count()
    }

    /// Share of the samples that lie near any mode. About 0.989 for the eight Gaussians themselves, 0.997 for the
    /// moons.
    pub fn near(&self) -> f64 {
        self.counts.iter().sum::<usize>() as f64 / self.total.max(1) as f64
    }
}

/// Segments into which each of the two moons is cut, so that half a moon does not pass for a whole one.
const MOON_SEGMENTS: usize = 4;

/// From a point to its nearest mode and the distance to it.
type Nearest = fn(f64, f64) -> (usize, f64);

/// Coverage of a set with separate modes by `raw` points, row-major `(len, 2)`, in the units of [`ToySet::draw`] (that
/// is, after `denormalise`). The modes of [`ToySet::EightGaussians`] are its eight centres, those of [`ToySet::Moons`]
/// four segments of each half circle, the first moon first. `None` for sets without separate modes.
pub fn mode_coverage(set: ToySet, raw: &[f32]) -> Option<ModeCoverage> {
    let (modes, radius, nearest): (usize, f64, Nearest) = match set {
        ToySet::EightGaussians => (8, 3.0 * 0.5 / 1.414, nearest_centre),
        ToySet::Moons => (2 * MOON_SEGMENTS, 3.0 * 0.2, nearest_arc),
        ToySet::SwissRoll | ToySet::Checkerboard => return None,
    };
    let mut counts = vec![0; modes];
    for row in raw.chunks_exact(2) {
        let (mode, distance) = nearest(f64::from(row[0]), f64::from(row[1]));
        if distance <= radius {
            counts[mode] += 1;
        }
    }
    Some(ModeCoverage { counts, total: raw.len() / 2 })
}

fn nearest_centre(x: f64, y: f64) -> (usize, f64) {
    let mode = (y.atan2(x) / FRAC_PI_4).round().rem_euclid(8.0);
    let (sin, cos) = (mode * FRAC_PI_4).sin_cos();
    (mode as usize % 8, (x - 4.0 * cos / 1.414).hypot(y - 4.0 * sin / 1.414))
}

/// The moons are half circles of radius 2: the upper one about (−1, −0.2), the lower one about (1, 0.8).
fn nearest_arc(x: f64, y: f64) -> (usize, f64) {
    let upper = half_circle(x + 1.0, y + 0.2);
    let lower = half_circle(1.0 - x, 0.8 - y);
    if upper.1 <= lower.1 { upper } else { (lower.0 + MOON_SEGMENTS, lower.1) }
}

/// Segment of, and distance to, the upper half of the circle of radius 2 about the origin.
fn half_circle(x: f64, y: f64) -> (usize, f64) {
    // Below the axis the nearest point is an end.
    let angle = if y >= 0.0 {
        y.atan2(x)
    } else if x >= 0.0 {
        0.0
    } else {
        PI
    };
    let segment = (angle / PI * MOON_SEGMENTS as f64) as usize;
    let (sin, cos) = angle.sin_cos();
    (segment.min(MOON_SEGMENTS - 1), (x - 2.0 * cos).hypot(y - 2.0 * sin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_cover_themselves_evenly() {
        for (set, modes, near) in [(ToySet::EightGaussians, 8, 0.9889), (ToySet::Moons, 8, 0.997)] {
            let coverage = mode_coverage(set, &set.draw(20_000, 4)).unwrap();
            assert_eq!(coverage.counts.len(), modes);
            assert_eq!(coverage.covered(0.85), modes, "{set:?} {coverage:?}");
            assert!((coverage.near() - near).abs() < 4e-3, "{set:?} {}", coverage.near());
        }
        assert!(mode_coverage(ToySet::SwissRoll, &[0.0, 0.0]).is_none());
    }

    #[test]
    fn a_missing_mode_is_noticed() {
        let kept: Vec<f32> = ToySet::EightGaussians
            .draw(8_000, 4)
            .chunks_exact(2)
            .filter(|row| row[0] < 2.0)
            .flatten()
            .copied()
            .collect();
        let coverage = mode_coverage(ToySet::EightGaussians, &kept).unwrap();
        assert!(coverage.covered(0.5) < 8 && coverage.covered(0.5) >= 5, "{coverage:?}");
        let half: Vec<f32> =
            ToySet::Moons.draw(8_000, 4).chunks_exact(2).filter(|row| row[0] < 0.0).flatten().copied().collect();
        assert!(mode_coverage(ToySet::Moons, &half).unwrap().covered(0.5) < 8);
    }

    #[test]
    fn far_and_empty() {
        let coverage = mode_coverage(ToySet::EightGaussians, &[0.0, 0.0, 100.0, 0.0, f32::NAN, 1.0]).unwrap();
        assert_eq!((coverage.counts.iter().sum::<usize>(), coverage.total, coverage.covered(0.1)), (0, 3, 0));
        let none = mode_coverage(ToySet::Moons, &[]).unwrap();
        assert_eq!((none.covered(0.5), none.near()), (0, 0.0));
    }

    #[test]
    fn modes_are_where_they_should_be() {
        let (mode, distance) = nearest_centre(0.0, -4.0 / 1.414);
        assert!(mode == 6 && distance < 1e-12);
        for (theta, segment) in [(0.1, 0), (1.0, 1), (2.0, 2), (3.1, 3)] {
            let (sin, cos) = f64::sin_cos(theta);
            let (mode, distance) = nearest_arc(2.0 * cos - 1.0, 2.0 * sin - 0.2);
            assert!(mode == segment && distance < 1e-12);
            let (mode, distance) = nearest_arc(2.0 * (1.0 - cos) - 1.0, 2.0 * (0.5 - sin) - 0.2);
            assert!(mode == 4 + segment && distance < 1e-12, "{mode} {distance}");
        }
    }
}
