//! Fréchet distance between Gaussians (Dowson and Landau, *J. Multivar. Anal.* 12 (1982) 450; Heusel et al., arXiv
//! 1706.08500).

use super::error::{MetricError, checked_len};
use super::symmetric::{eigen, product, root};
use rayon::prelude::*;

/// |μ_a − μ_b|² + tr(C_a + C_b − 2 (C_a C_b)^½) of the means and covariances of two sets of features, row-major `(len, dim)`. *Not*
/// rooted, as usual. It is biased upwards by finite sets: compare with the floor at the same sizes.
///
/// # Errors
/// For fewer than two points and values that are not whole finite points.
pub fn frechet_distance(a: &[f32], b: &[f32], dim: usize) -> Result<f64, MetricError> {
    checked_len(a, dim, 2)?;
    checked_len(b, dim, 2)?;
    let ((mean_a, covariance_a), (mean_b, covariance_b)) = (moments(a, dim), moments(b, dim));
    let shift: f64 = mean_a.iter().zip(&mean_b).map(|(a, b)| (a - b).powi(2)).sum();
    let trace = |matrix: &[f64]| (0..dim).map(|i| matrix[i * dim + i]).sum::<f64>();
    let traces = trace(&covariance_a) + trace(&covariance_b);
    // C_a C_b has the eigenvalues of the symmetric √C_a C_b √C_a.
    let root_a = root(covariance_a, dim);
    let (values, _) = eigen(product(&product(&root_a, &covariance_b, dim), &root_a, dim), dim);
    let common: f64 = values.iter().map(|value| value.max(0.0).sqrt()).sum();
    Ok((shift + traces - 2.0 * common).max(0.0))
}

/// Mean and covariance.
fn moments(points: &[f32], dim: usize) -> (Vec<f64>, Vec<f64>) {
    let count = (points.len() / dim) as f64;
    let mut mean = vec![0.0; dim];
    for row in points.chunks_exact(dim) {
        for (mean, x) in mean.iter_mut().zip(row) {
            *mean += f64::from(*x) / count;
        }
    }
    let mut covariance = vec![0.0; dim * dim];
    covariance.par_chunks_exact_mut(dim).enumerate().for_each(|(i, line)| {
        for row in points.chunks_exact(dim) {
            let factor = (f64::from(row[i]) - mean[i]) / (count - 1.0);
            for ((entry, x), mean) in line.iter_mut().zip(row).zip(&mean) {
                *entry += factor * (f64::from(*x) - mean);
            }
        }
    });
    (mean, covariance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha12Rng;
    use rand_distr::StandardNormal;

    #[test]
    fn on_the_line_by_hand() {
        // Means 1 and 5, variances 2 and 8: 16 + (√2 − √8)² = 18.
        let found = frechet_distance(&[0.0, 2.0], &[3.0, 7.0], 1).unwrap();
        assert!((found - 18.0).abs() < 1e-12, "{found}");
        assert!(frechet_distance(&[0.0], &[3.0, 7.0], 1).is_err());
    }

    #[test]
    fn covariances_that_commute_and_that_do_not() {
        let mut rng = ChaCha12Rng::seed_from_u64(3);
        let count = 40_000;
        let mut drawn = |map: [[f64; 2]; 2]| -> Vec<f32> {
            (0..count)
                .flat_map(|_| {
                    let z: [f64; 2] = [rng.sample(StandardNormal), rng.sample(StandardNormal)];
                    map.map(|row| (row[0] * z[0] + row[1] * z[1]) as f32)
                })
                .collect()
        };
        let (one, diagonal) = (drawn([[1.0, 0.0], [0.0, 1.0]]), drawn([[3.0, 0.0], [0.0, 0.5]]));
        // (3 − 1)² + (½ − 1)².
        let found = frechet_distance(&one, &diagonal, 2).unwrap();
        assert!((found - 4.25).abs() < 0.1, "{found}");
        // C = diag(9, ¼) and the same turned by 45°: eigenvalues of the product from its trace and determinant.
        let turned = drawn([[3.0 / 2f64.sqrt(), -0.5 / 2f64.sqrt()], [3.0 / 2f64.sqrt(), 0.5 / 2f64.sqrt()]]);
        let (trace, determinant) = (9.25f64 * 9.25 / 2.0, (9.0f64 * 0.25).powi(2));
        let gap = (trace * trace / 4.0 - determinant).sqrt();
        let common = (trace / 2.0 + gap).sqrt() + (trace / 2.0 - gap).sqrt();
        let found = frechet_distance(&diagonal, &turned, 2).unwrap();
        assert!((found - (18.5 - 2.0 * common)).abs() < 0.15, "{found} {}", 18.5 - 2.0 * common);
        assert!(frechet_distance(&one, &one, 2).unwrap() < 1e-9);
    }
}
