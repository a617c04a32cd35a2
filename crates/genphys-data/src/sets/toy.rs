//! Two-dimensional sets that are drawn, not stored (formulas of FFJORD's toy data and scikit-learn).

use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::normalisation::{Normalisation, SIGMA_DATA};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::StandardNormal;
use std::f64::consts::{FRAC_PI_4, PI};

/// A distribution in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToySet {
    /// Eight Gaussians on a circle: (4(cos, sin)(kπ/4) + ½ξ)/1.414.
    EightGaussians,
    /// Two interleaved half circles of noise 0.1, times 2, minus (1, 0.2).
    Moons,
    /// A spiral: (s cos s + ξ, s sin s + ξ)/5, s uniform in (3π/2, 9π/2).
    SwissRoll,
    /// Eight of the sixteen squares of [−4, 4]².
    Checkerboard,
}

impl ToySet {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EightGaussians, Self::Moons, Self::SwissRoll, Self::Checkerboard];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::EightGaussians => "eight-gaussians",
            Self::Moons => "moons",
            Self::SwissRoll => "swiss-roll",
            Self::Checkerboard => "checkerboard",
        }
    }

    /// The exact mean and the standard deviation per coordinate, pooled over both.
    pub fn mean_and_deviation(self) -> ([f64; 2], f64) {
        let square = match self {
            Self::EightGaussians => return ([0.0, 0.0], 8.25f64.sqrt() / 1.414),
            Self::Moons => (4.0 * 0.76 + 4.0 * (0.625 - 1.0 / PI - 0.0625 + 0.01)) / 2.0,
            Self::SwissRoll => (9.75 * PI * PI / 2.0 + 1.0 - (4.0 + 4.0 / (9.0 * PI * PI)) / 2.0) / 25.0,
            Self::Checkerboard => 16.0 / 3.0,
        };
        let mean = match self {
            Self::Moons => [0.0, 0.3],
            Self::SwissRoll => [0.4, 2.0 / (15.0 * PI)],
            Self::EightGaussians | Self::Checkerboard => [0.0, 0.0],
        };
        (mean, square.sqrt())
    }

    /// `count` independent raw points, row-major `(count, 2)`.
    pub fn draw(self, count: usize, seed: u64) -> Vec<f32> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        // The sets are independent of each other for the same seed.
        rng.set_stream(1 + self as u64);
        (0..count).flat_map(|_| self.point(&mut rng).map(|value| value as f32)).collect()
    }

    fn point(self, rng: &mut ChaCha12Rng) -> [f64; 2] {
        let normal = |rng: &mut ChaCha12Rng| -> f64 { rng.sample(StandardNormal) };
        match self {
            Self::EightGaussians => {
                let (sin, cos) = (f64::from(rng.random_range(0..8u8)) * FRAC_PI_4).sin_cos();
                [(4.0 * cos + 0.5 * normal(rng)) / 1.414, (4.0 * sin + 0.5 * normal(rng)) / 1.414]
            }
            Self::Moons => {
                let (sin, cos) = (rng.random::<f64>() * PI).sin_cos();
                let [x, y] = if rng.random() { [1.0 - cos, 0.5 - sin] } else { [cos, sin] };
                [2.0 * (x + 0.1 * normal(rng)) - 1.0, 2.0 * (y + 0.1 * normal(rng)) - 0.2]
            }
            Self::SwissRoll => {
                let s = 1.5 * PI * (1.0 + 2.0 * rng.random::<f64>());
                [(s * s.cos() + normal(rng)) / 5.0, (s * s.sin() + normal(rng)) / 5.0]
            }
            Self::Checkerboard => {
                let x = 4.0 * rng.random::<f64>() - 2.0;
                let lower = if rng.random() { 2.0 } else { 0.0 };
                let y = rng.random::<f64>() - lower + x.floor().rem_euclid(2.0);
                [2.0 * x, 2.0 * y]
            }
        }
    }

    /// The map to mean 0 and pooled standard deviation [`SIGMA_DATA`]; the same for every draw.
    pub fn normalisation(self) -> Normalisation {
        let (mean, deviation) = self.mean_and_deviation();
        Normalisation::new(mean.to_vec(), vec![SIGMA_DATA / deviation])
    }

    /// `count` points as a normalised data set.
    ///
    /// # Errors
    /// For fewer than two points.
    pub fn dataset(self, count: usize, seed: u64) -> Result<Dataset, DataError> {
        let normalisation = self.normalisation();
        let points = normalisation.apply(self.draw(count, seed).into_iter().map(f64::from));
        Dataset::new(self.name(), points, DataShape::Vector { dim: 2, names: None }, None, normalisation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_deviations_are_as_stated() {
        for set in ToySet::ALL {
            let count = 200_000;
            let points = set.draw(count, 17);
            let (mean, deviation) = set.mean_and_deviation();
            let mut found = [0.0; 2];
            for row in points.chunks_exact(2) {
                found[0] += f64::from(row[0]) / count as f64;
                found[1] += f64::from(row[1]) / count as f64;
            }
            let variance: f64 = points
                .chunks_exact(2)
                .map(|row| (f64::from(row[0]) - found[0]).powi(2) + (f64::from(row[1]) - found[1]).powi(2))
                .sum::<f64>()
                / (2 * count) as f64;
            for axis in 0..2 {
                assert!(
                    (found[axis] - mean[axis]).abs() < 5.0 * deviation / (count as f64).sqrt() * 1.5,
                    "{set:?} {found:?}"
                );
            }
            assert!((variance.sqrt() / deviation - 1.0).abs() < 5e-3, "{set:?} {}", variance.sqrt());
        }
    }

    #[test]
    fn draws_repeat_and_depend_on_the_seed() {
        for set in ToySet::ALL {
            assert_eq!(set.draw(50, 3), set.draw(50, 3));
            assert_ne!(set.draw(50, 3), set.draw(50, 4));
            assert_eq!(set.draw(50, 3)[..20], set.draw(10, 3)[..]);
        }
    }

    #[test]
    fn shapes_are_what_their_names_say() {
        for row in ToySet::Checkerboard.draw(5_000, 1).chunks_exact(2) {
            let parity = (row[0] / 2.0).floor() + (row[1] / 2.0).floor();
            assert!(row[0].abs() <= 4.0 && row[1].abs() <= 4.0 && parity.rem_euclid(2.0) == 0.0, "{row:?}");
        }
        let near = |row: &[f32]| (row[0].hypot(row[1]) - 4.0 / 1.414).abs() < 5.0 * 0.5 / 1.414;
        assert!(ToySet::EightGaussians.draw(5_000, 1).chunks_exact(2).all(near));
    }
}
