//! Energy distance (Székely, Rizzo, *J. Stat. Plan. Inference* 143 (2013) 1249).

use super::error::{MetricError, checked_len};
use super::pairs::{cross_sum, self_sum};
use serde::{Deserialize, Serialize};

/// 2E|a − b| − E|a − a′| − E|b − b′|, estimated in two ways. Zero exactly when the distributions are equal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnergyDistance {
    /// Mean over pairs of *different* points. Right on average, hence sometimes a little below zero.
    pub unbiased: f64,
    /// Mean over all pairs, a point with itself included. Never negative, zero for identical sets.
    pub v_statistic: f64,
}

/// The energy distance between two sets of points, row-major `(len, dim)`. Memory O(len), time O(len² dim).
///
/// # Errors
/// For fewer than two points and for values that are not whole finite points.
pub fn energy_distance(a: &[f32], b: &[f32], dim: usize) -> Result<EnergyDistance, MetricError> {
    let (n, m) = (checked_len(a, dim, 2)? as f64, checked_len(b, dim, 2)? as f64);
    // Both orders of the pairs of one set.
    let (within_a, within_b) = (2.0 * self_sum(a, dim, f64::sqrt), 2.0 * self_sum(b, dim, f64::sqrt));
    let cross = 2.0 * cross_sum(a, b, dim, f64::sqrt) / (n * m);
    Ok(EnergyDistance {
        unbiased: cross - within_a / (n * (n - 1.0)) - within_b / (m * (m - 1.0)),
        v_statistic: cross - within_a / (n * n) - within_b / (m * m),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha12Rng;
    use rand_distr::StandardNormal;

    fn normal(count: usize, dim: usize, seed: u64, shift: f32) -> Vec<f32> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        (0..count * dim).map(|_| rng.sample::<f32, _>(StandardNormal) + shift).collect()
    }

    /// E|N(δ, 2)| on the line: 2√2 [φ(δ/√2) + (δ/√2)(Φ(δ/√2) − ½)].
    fn mean_absolute(shift: f64) -> f64 {
        let z = shift / 2f64.sqrt();
        let density = (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
        // Φ(z) − ½ by Simpson's rule.
        let steps = 2000;
        let h = z / f64::from(steps);
        let f = |i: i32| (-0.5 * (h * f64::from(i)).powi(2)).exp();
        let sum: f64 =
            (0..=steps).map(|i| if i == 0 || i == steps { 1.0 } else { f64::from(2 + 2 * (i % 2)) } * f(i)).sum();
        let mass = sum * h / 3.0 / (2.0 * std::f64::consts::PI).sqrt();
        2.0 * 2f64.sqrt() * (density + z * mass)
    }

    #[test]
    fn shifted_gaussians_on_the_line() {
        let found = energy_distance(&normal(4000, 1, 1, 0.0), &normal(3000, 1, 2, 1.0), 1).unwrap();
        let expected = 2.0 * (mean_absolute(1.0) - mean_absolute(0.0));
        assert!((found.unbiased - expected).abs() < 0.05 && (expected - 0.5).abs() < 0.1, "{found:?} {expected}");
        assert!(found.v_statistic > found.unbiased);
    }

    #[test]
    fn unbiased_means_zero_on_average() {
        // Few points, many repetitions: the V-statistic is far from zero, the unbiased one is not.
        let (mut unbiased, mut v) = (0.0, 0.0);
        let repetitions = 400;
        for seed in 0..repetitions {
            let found = energy_distance(&normal(10, 3, 2 * seed, 0.0), &normal(15, 3, 2 * seed + 1, 0.0), 3).unwrap();
            unbiased += found.unbiased / repetitions as f64;
            v += found.v_statistic / repetitions as f64;
        }
        assert!(unbiased.abs() < 0.02, "{unbiased}");
        // E|a − a′| of standard normals in three dimensions is 4/√π.
        let expected = 4.0 / std::f64::consts::PI.sqrt() * (1.0 / 10.0 + 1.0 / 15.0);
        assert!((v - expected).abs() < 0.03, "{v} {expected}");
    }

    #[test]
    fn agrees_with_the_plain_double_sum() {
        for dim in [1, 2, 7, 8, 19] {
            let (a, b) = (normal(90, dim, 1, 0.0), normal(71, dim, 2, 0.5));
            let mean = |a: &[f32], b: &[f32], skip: f64| {
                let mut sum = 0.0;
                for x in a.chunks_exact(dim) {
                    for y in b.chunks_exact(dim) {
                        sum += x.iter().zip(y).map(|(p, q)| f64::from(p - q).powi(2)).sum::<f64>().sqrt();
                    }
                }
                let (n, m) = ((a.len() / dim) as f64, (b.len() / dim) as f64);
                sum / (n * (m - skip))
            };
            let found = energy_distance(&a, &b, dim).unwrap();
            let v = 2.0 * mean(&a, &b, 0.0) - mean(&a, &a, 0.0) - mean(&b, &b, 0.0);
            let unbiased = 2.0 * mean(&a, &b, 0.0) - mean(&a, &a, 1.0) - mean(&b, &b, 1.0);
            assert!((found.v_statistic - v).abs() < 1e-6 && (found.unbiased - unbiased).abs() < 1e-6, "{dim}");
        }
    }

    #[test]
    fn symmetric_and_zero_on_itself() {
        let (a, b) = (normal(200, 4, 1, 0.0), normal(150, 4, 2, 0.3));
        let (forth, back) = (energy_distance(&a, &b, 4).unwrap(), energy_distance(&b, &a, 4).unwrap());
        assert!((forth.unbiased - back.unbiased).abs() < 1e-12 && (forth.v_statistic - back.v_statistic).abs() < 1e-12);
        assert!(energy_distance(&a, &a, 4).unwrap().v_statistic.abs() < 1e-12);
        assert_eq!(energy_distance(&a, &b[..4], 4), Err(MetricError::TooFew { expected: 2, found: 1 }));
    }
}
