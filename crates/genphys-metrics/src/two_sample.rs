//! Classifier two-sample test (Lopez-Paz and Oquab, arXiv 1610.06545).

use super::error::{MetricError, checked_len};
use super::mmd::median_distance;
use super::symmetric::solve;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Random Fourier features at each width.
const FEATURES_PER_WIDTH: usize = 64;
/// Widths of the kernel the features stand for, over the median distance.
const WIDTHS: [f64; 4] = [0.1, 0.25, 0.5, 1.0];
/// Coordinates beyond which random projections are taken in their place.
const COORDINATES: usize = 64;
/// Penalty ½ |w|² on the weights.
const RIDGE: f64 = 1.0;
/// Most points of either side: the standard error is 0.008 then.
const MOST_POINTS: usize = 4000;
/// Most Newton steps.
const STEPS: usize = 25;
/// Rows that one thread adds up.
const BLOCK: usize = 1024;

/// How well a classifier tells samples from real points that it has not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoSample {
    /// Share of the test points that it puts on the right side: ½ where nothing tells them apart, 1 at worst.
    pub accuracy: f64,
    /// Standard error of the accuracy, from the number of test points.
    pub standard_error: f64,
    /// Number of test points, half of them real.
    pub test_points: usize,
}

/// Trains on half of the `samples` and of the `real` points and tests on the others, row-major `(len, dim)`. The larger
/// set is cut to the size of the smaller, and both to 4,000 points.
///
/// The classifier is a logistic regression on the coordinates and 256 random Fourier features (Rahimi and Recht, *NIPS*
/// 2007) of four widths: convex, so that there is one answer. `seed` draws the halves and the features.
///
/// # Errors
/// For fewer than four points and values that are not whole finite points.
pub fn two_sample(samples: &[f32], real: &[f32], dim: usize, seed: u64) -> Result<TwoSample, MetricError> {
    let count = checked_len(samples, dim, 4)?.min(checked_len(real, dim, 4)?).min(MOST_POINTS);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    rng.set_stream(u64::MAX);
    // Both sides are shuffled: files are often sorted.
    let (mut left, mut right) = (order(samples.len() / dim, &mut rng), order(real.len() / dim, &mut rng));
    left.truncate(count);
    right.truncate(count);
    let rows = |points: &[f32], rows: &[usize]| -> Vec<f32> {
        rows.iter().flat_map(|row| &points[row * dim..(row + 1) * dim]).copied().collect()
    };
    let half = count / 2;
    let mut train = rows(samples, &left[..half]);
    train.extend(rows(real, &right[..half]));
    let mut test = rows(samples, &left[half..]);
    test.extend(rows(real, &right[half..]));

    let features = Features::new(&train, dim, &mut rng)?;
    let (train, test) = (features.of(&train), features.of(&test));
    let weights = logistic_regression(&train, features.count(), half);
    let test_half = count - half;
    let right = test
        .chunks_exact(features.count())
        .enumerate()
        .filter(|(row, x)| (score(x, &weights) > 0.0) == (*row < test_half))
        .count();
    let test_points = 2 * test_half;
    let accuracy = right as f64 / test_points as f64;
    // Where nothing is wrong the error is not zero either.
    let variance = (accuracy * (1.0 - accuracy)).max(0.25 / test_points as f64);
    Ok(TwoSample { accuracy, standard_error: (variance / test_points as f64).sqrt(), test_points })
}

fn order(count: usize, rng: &mut ChaCha12Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.shuffle(rng);
    order
}

/// What the classifier sees of a point: one, coordinates, cosines.
struct Features {
    dim: usize,
    mean: Vec<f64>,
    deviation: Vec<f64>,
    /// Rows of length `dim`, or none where the coordinates are taken themselves.
    projections: Vec<f64>,
    /// Rows of length `dim`.
    frequencies: Vec<f64>,
    phases: Vec<f64>,
}

impl Features {
    fn new(points: &[f32], dim: usize, rng: &mut ChaCha12Rng) -> Result<Self, MetricError> {
        let count = (points.len() / dim) as f64;
        let column = |i: usize| points.iter().skip(i).step_by(dim).map(|x| f64::from(*x));
        let mean: Vec<f64> = (0..dim).map(|i| column(i).sum::<f64>() / count).collect();
        let deviation: Vec<f64> = (0..dim)
            .map(|i| (column(i).map(|x| (x - mean[i]).powi(2)).sum::<f64>() / count).sqrt())
            .map(|deviation| if deviation > 0.0 { deviation } else { 1.0 })
            .collect();
        let mut features =
            Self { dim, mean, deviation, projections: Vec::new(), frequencies: Vec::new(), phases: Vec::new() };
        let standard: Vec<f32> =
            points.chunks_exact(dim).flat_map(|x| features.standardise(x)).map(|x| x as f32).collect();
        // Points are in two blocks, of which both should count.
        let mixed = order(points.len() / dim, rng);
        let mixed: Vec<f32> = mixed.iter().take(500).flat_map(|i| &standard[i * dim..(i + 1) * dim]).copied().collect();
        let median = median_distance(&mixed, dim)?;
        if dim > COORDINATES {
            let scale = 1.0 / (dim as f64).sqrt();
            features.projections = (0..COORDINATES * dim).map(|_| scale * normal(rng)).collect();
        }
        for width in WIDTHS {
            for _ in 0..FEATURES_PER_WIDTH {
                features.frequencies.extend((0..dim).map(|_| normal(rng) / (width * median)));
                features.phases.push(std::f64::consts::TAU * rng.random::<f64>());
            }
        }
        Ok(features)
    }

    fn count(&self) -> usize {
        1 + self.dim.min(COORDINATES) + self.phases.len()
    }

    fn standardise<'a>(&'a self, x: &'a [f32]) -> impl Iterator<Item = f64> + 'a {
        x.iter().zip(&self.mean).zip(&self.deviation).map(|((x, mean), deviation)| (f64::from(*x) - mean) / deviation)
    }

    /// `(len, dim)` to `(len, count)`.
    fn of(&self, points: &[f32]) -> Vec<f64> {
        let rows: Vec<Vec<f64>> = points
            .par_chunks_exact(self.dim)
            .map(|x| {
                let x: Vec<f64> = self.standardise(x).collect();
                let along = |line: &[f64]| line.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>();
                let mut row = vec![1.0];
                if self.projections.is_empty() {
                    row.extend(&x);
                } else {
                    row.extend(self.projections.chunks_exact(self.dim).map(along));
                }
                let cosines = self.frequencies.chunks_exact(self.dim).zip(&self.phases);
                row.extend(cosines.map(|(line, phase)| (along(line) + phase).cos()));
                row
            })
            .collect();
        rows.concat()
    }
}

fn normal(rng: &mut ChaCha12Rng) -> f64 {
    rng.sample(StandardNormal)
}

fn score(x: &[f64], weights: &[f64]) -> f64 {
    x.iter().zip(weights).map(|(x, w)| x * w).sum()
}

/// Weights that make the likelihood of `features`, `(len, count)`, largest, less the ridge: the first `positive` rows
/// belong to one class. Newton's method, with steps halved until the objective falls.
fn logistic_regression(features: &[f64], count: usize, positive: usize) -> Vec<f64> {
    let sign = |row: usize| if row < positive { 1.0 } else { -1.0 };
    let objective = |weights: &[f64]| -> f64 {
        let losses: Vec<f64> = features
            .par_chunks_exact(count)
            .enumerate()
            .map(|(row, x)| {
                let margin = sign(row) * score(x, weights);
                (-margin.abs()).exp().ln_1p() + (-margin).max(0.0)
            })
            .collect();
        losses.iter().sum::<f64>() + 0.5 * RIDGE * weights.iter().map(|w| w * w).sum::<f64>()
    };
    let mut weights = vec![0.0; count];
    let mut value = objective(&weights);
    for _ in 0..STEPS {
        let (gradient, curvature) = derivatives(features, &weights, sign);
        let Some(step) = solve(curvature, gradient) else { break };
        let mut scale = 1.0;
        let mut best = None;
        while best.is_none() && scale > 1e-6 {
            let trial: Vec<f64> = weights.iter().zip(&step).map(|(w, s)| w - scale * s).collect();
            let there = objective(&trial);
            if there < value {
                best = Some((trial, there));
            }
            scale *= 0.5;
        }
        let Some((better, there)) = best else { break };
        let gain = value - there;
        (weights, value) = (better, there);
        if gain < 1e-9 * value.abs() {
            break;
        }
    }
    weights
}

/// Gradient and matrix of second derivatives of the objective.
fn derivatives(features: &[f64], weights: &[f64], sign: impl Fn(usize) -> f64 + Sync) -> (Vec<f64>, Vec<f64>) {
    let count = weights.len();
    let slopes: Vec<(f64, f64)> = features
        .par_chunks_exact(count)
        .enumerate()
        .map(|(row, x)| {
            let wrong = 1.0 / (1.0 + (sign(row) * score(x, weights)).exp());
            (-sign(row) * wrong, wrong * (1.0 - wrong))
        })
        .collect();
    let mut gradient: Vec<f64> = weights.iter().map(|w| RIDGE * w).collect();
    for (x, (slope, _)) in features.chunks_exact(count).zip(&slopes) {
        for (entry, x) in gradient.iter_mut().zip(x) {
            *entry += slope * x;
        }
    }
    let blocks: Vec<Vec<f64>> = features
        .par_chunks(BLOCK * count)
        .zip(slopes.par_chunks(BLOCK))
        .map(|(rows, slopes)| {
            let mut block = vec![0.0; count * count];
            for (x, (_, weight)) in rows.chunks_exact(count).zip(slopes) {
                for (i, line) in block.chunks_exact_mut(count).enumerate() {
                    let factor = weight * x[i];
                    // The lower triangle is all that is read.
                    for (entry, x) in line.iter_mut().zip(&x[..=i]) {
                        *entry += factor * x;
                    }
                }
            }
            block
        })
        .collect();
    let mut curvature = vec![0.0; count * count];
    (0..count).for_each(|i| curvature[i * count + i] = RIDGE);
    for block in &blocks {
        for (entry, x) in curvature.iter_mut().zip(block) {
            *entry += x;
        }
    }
    (gradient, curvature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::ToySet;

    fn normals(count: usize, dim: usize, seed: u64, shift: f32) -> Vec<f32> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        (0..count * dim).map(|_| rng.sample::<f32, _>(StandardNormal) + shift).collect()
    }

    #[test]
    fn shifted_gaussians_are_told_apart_as_well_as_can_be() {
        // The best classifier of N(0, 1) and N(δ, 1) is right with probability Φ(δ/2); Φ(½) = 0.6915.
        let found = two_sample(&normals(4000, 1, 1, 1.0), &normals(4000, 1, 2, 0.0), 1, 3).unwrap();
        assert!((found.accuracy - 0.6915).abs() < 4.0 * found.standard_error, "{found:?}");
        assert!(
            (found.standard_error - (0.6915f64 * 0.3085 / 4000.0).sqrt()).abs() < 3e-4 && found.test_points == 4000
        );
    }

    #[test]
    fn equal_distributions_cannot_be_told_apart() {
        for dim in [1, 2, 80] {
            let found = two_sample(&normals(1000, dim, 1, 0.0), &normals(1300, dim, 2, 0.0), dim, 3).unwrap();
            assert!((found.accuracy - 0.5).abs() < 3.5 * found.standard_error, "{dim}: {found:?}");
        }
    }

    #[test]
    fn what_no_mean_shows_is_found() {
        // The squares of the checkerboard are filled by a uniform draw of the same mean and covariance.
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let uniform: Vec<f32> = (0..4000).map(|_| 8.0 * rng.random::<f32>() - 4.0).collect();
        let found = two_sample(&uniform, &ToySet::Checkerboard.draw(2000, 1), 2, 3).unwrap();
        // The best classifier is right in three of four cases; from 2,000 points this one learns most of it.
        assert!(found.accuracy > 0.62 && found.accuracy < 0.77, "{found:?}");
        let again = two_sample(&uniform, &ToySet::Checkerboard.draw(2000, 1), 2, 3).unwrap();
        assert_eq!(found, again);
    }

    #[test]
    fn separated_and_tiny_sets() {
        let found = two_sample(&normals(10, 3, 1, 50.0), &normals(7, 3, 2, 0.0), 3, 0).unwrap();
        assert_eq!((found.accuracy, found.test_points), (1.0, 8));
        assert!(two_sample(&[0.0; 3], &[1.0; 9], 1, 0).is_err());
        assert_eq!(two_sample(&[1.0; 8], &[1.0; 8], 1, 0).unwrap().accuracy, 0.5);
    }
}
