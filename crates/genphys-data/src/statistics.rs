//! What a model needs to know about the data as a whole: centre, scale, and the directions in which they vary.

use rayon::prelude::*;

use crate::DataError;

/// Above this dimension the covariance is taken to be diagonal: its inverse costs `dim³` operations.
const FULL_COVARIANCE_LIMIT: usize = 1024;

/// Noise below this fraction of the data's deviation is not looked for: ε of [`DataStatistics::whitener`].
const RESOLUTION: f64 = 0.1;

/// Lines of the covariance that are added to together.
const LINES: usize = 16;

/// Multiplications spent on the mean of `|whitener · y|²`: all points of small data, some thousands of 28x28 images.
const NORM_WORK: usize = 2_000_000_000;

/// Mean, scale and whitening matrix of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct DataStatistics {
    /// Mean of every coordinate, `(dim,)`.
    pub mean: Vec<f64>,
    /// Root of the mean variance of a coordinate.
    pub sigma_data: f64,
    /// `(C + ε²)^{-1}` with `C` the covariance, scaled so that its squared entries sum to one: `(dim, dim)` row-major,
    /// or its diagonal `(dim,)` in high dimension.
    pub whitener: Vec<f64>,
    /// Mean of `|whitener · y|²` over centred data.
    pub whitened_norm: f64,
    /// Its standard deviation: noise of a smaller variance does not show against the data's own variation.
    pub whitened_deviation: f64,
}

impl DataStatistics {
    /// Statistics of row-major points, `(count, dim)`.
    ///
    /// # Errors
    /// When there are fewer than two points, or all are equal.
    pub fn of(points: &[f32], dim: usize) -> Result<Self, DataError> {
        if dim == 0 || points.len() < 2 * dim {
            return Err(DataError::Statistics(
                "at least two data points are needed to learn from, beside those that are held out".into(),
            ));
        }
        let count = (points.len() / dim) as f64;
        let mut mean = vec![0f64; dim];
        for row in points.chunks_exact(dim) {
            for (mean, value) in mean.iter_mut().zip(row) {
                *mean += f64::from(*value) / count;
            }
        }
        // Points are centred as they are met: a copy of all in `f64` would take twice the memory of the data.
        let centred = Centred { points, mean: &mean };
        let variance =
            centred.rows().flat_map(|row| centred.values(row).map(|x| x * x)).sum::<f64>() / points.len() as f64;
        if !variance.is_finite() || variance <= 0.0 {
            return Err(DataError::Statistics("the data do not vary: all points are equal or not finite".into()));
        }
        let floor = RESOLUTION * RESOLUTION * variance;
        let mut whitener = if dim <= FULL_COVARIANCE_LIMIT {
            inverse(covariance(&centred, floor), dim)?
        } else {
            variances(&centred).iter().map(|variance| 1.0 / (variance + floor)).collect()
        };
        let norm = whitener.iter().map(|value| value * value).sum::<f64>().sqrt();
        whitener.iter_mut().for_each(|value| *value /= norm);
        let rows = (NORM_WORK / whitener.len()).clamp(1, points.len() / dim);
        let norm = |row| whitened(&whitener, &centred.values(row).collect::<Vec<_>>());
        let norms = points.par_chunks_exact(dim).take(rows).map(norm).collect::<Vec<_>>();
        let whitened_norm = norms.iter().sum::<f64>() / rows as f64;
        let spread = norms.iter().map(|value| (value - whitened_norm).powi(2)).sum::<f64>() / rows as f64;
        // The whitening itself does not look below the floor.
        let whitened_deviation = spread.sqrt().max(floor);
        Ok(Self { mean, sigma_data: variance.sqrt(), whitener, whitened_norm, whitened_deviation })
    }

    /// Dimension of the data.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }
}

/// `|A y|²` for a full or diagonal matrix.
fn whitened(matrix: &[f64], row: &[f64]) -> f64 {
    if matrix.len() == row.len() {
        return matrix.iter().zip(row).map(|(a, y)| (a * y) * (a * y)).sum();
    }
    let product = |line: &[f64]| line.iter().zip(row).map(|(a, y)| a * y).sum::<f64>();
    matrix.chunks_exact(row.len()).map(|line| product(line).powi(2)).sum()
}

/// Points, and the mean that is taken from them.
struct Centred<'a> {
    points: &'a [f32],
    mean: &'a [f64],
}

impl<'a> Centred<'a> {
    fn rows(&self) -> std::slice::ChunksExact<'a, f32> {
        self.points.chunks_exact(self.mean.len())
    }

    fn values<'r>(&self, row: &'r [f32]) -> impl Iterator<Item = f64> + use<'a, 'r> {
        row.iter().zip(self.mean).map(|(x, m)| f64::from(*x) - m)
    }
}

fn variances(centred: &Centred<'_>) -> Vec<f64> {
    let count = centred.rows().len() as f64;
    let mut variances = vec![0f64; centred.mean.len()];
    for row in centred.rows() {
        for (variance, value) in variances.iter_mut().zip(centred.values(row)) {
            *variance += value * value / count;
        }
    }
    variances
}

/// Covariance plus `floor` on the diagonal, row-major.
fn covariance(centred: &Centred<'_>, floor: f64) -> Vec<f64> {
    let (dim, count) = (centred.mean.len(), centred.rows().len() as f64);
    let mut matrix = vec![0f64; dim * dim];
    // Lines by blocks, so that the data pass through the cache once a block and not once a line.
    matrix.par_chunks_mut(dim * LINES).enumerate().for_each(|(block, lines)| {
        let mut values = Vec::with_capacity(dim);
        for row in centred.rows() {
            values.clear();
            values.extend(centred.values(row));
            for (line, factor) in lines.chunks_exact_mut(dim).zip(&values[block * LINES..]) {
                let factor = factor / count;
                for (entry, value) in line.iter_mut().zip(&values) {
                    *entry += factor * value;
                }
            }
        }
    });
    (0..dim).for_each(|i| matrix[i * dim + i] += floor);
    matrix
}

/// Inverse of a symmetric positive definite matrix by Gauss-Jordan elimination, which needs no pivots then.
fn inverse(mut matrix: Vec<f64>, dim: usize) -> Result<Vec<f64>, DataError> {
    for k in 0..dim {
        let pivot = matrix[k * dim + k];
        if !pivot.is_finite() || pivot <= 0.0 {
            return Err(DataError::Statistics("the covariance of the data is not finite".into()));
        }
        let mut line: Vec<f64> = matrix[k * dim..(k + 1) * dim].iter().map(|value| value / pivot).collect();
        line[k] = 1.0 / pivot;
        matrix.par_chunks_exact_mut(dim).enumerate().filter(|(i, _)| *i != k).for_each(|(_, row)| {
            let factor = std::mem::replace(&mut row[k], 0.0);
            for (entry, value) in row.iter_mut().zip(&line) {
                *entry -= factor * value;
            }
        });
        matrix[k * dim..(k + 1) * dim].copy_from_slice(&line);
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_times_matrix_is_one() -> Result<(), DataError> {
        let matrix = vec![4.0, 1.0, 0.5, 1.0, 3.0, -0.7, 0.5, -0.7, 2.0];
        let inverse = inverse(matrix.clone(), 3)?;
        for i in 0..3 {
            for j in 0..3 {
                let entry: f64 = (0..3).map(|k| matrix[i * 3 + k] * inverse[k * 3 + j]).sum();
                assert!((entry - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
        }
        Ok(())
    }

    #[test]
    fn added_noise_is_read_off_the_whitened_radius() -> Result<(), DataError> {
        use rand::Rng;
        use rand_distr::StandardNormal;
        let mut rng = genphys_numeric::seed::stream(1, genphys_numeric::seed::Purpose::Calibration, 0);
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        // Ten coordinates, only three of which vary much.
        let deviations = [2.0, 1.0, 1.0, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
        let points: Vec<f32> = (0..4000).flat_map(|_| deviations.map(|d| (d * normal()) as f32)).collect();
        let statistics = DataStatistics::of(&points, 10)?;
        let noise = 0.3;
        let mean = points
            .chunks_exact(10)
            .map(|row| {
                let x: Vec<f64> =
                    row.iter().zip(&statistics.mean).map(|(y, m)| f64::from(*y) - m + noise * normal()).collect();
                whitened(&statistics.whitener, &x) - statistics.whitened_norm
            })
            .sum::<f64>()
            / 4000.0;
        assert!((mean / (noise * noise) - 1.0).abs() < 0.05, "{mean}");
        Ok(())
    }

    #[test]
    fn equal_points_are_refused() {
        assert!(DataStatistics::of(&[1.0, 2.0, 1.0, 2.0], 2).is_err());
        assert!(DataStatistics::of(&[1.0, 2.0], 2).is_err());
    }
}
