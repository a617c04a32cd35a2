//! Maximum mean discrepancy (Gretton et al., *J. Mach. Learn. Res.* 13 (2012) 723) with a Gaussian kernel of several
//! widths.

use super::error::{MetricError, checked_len};
use super::pairs::{cross_sum, self_sum, squared_distance};
use serde::{Deserialize, Serialize};

/// Widths of the kernel k(a, b) = mean over them of exp(−|a − b|²/(2 (width · unit)²)).
pub const MMD_WIDTHS: [f64; 5] = [0.1, 0.2, 0.5, 1.0, 2.0];

/// Points between which the median distance is looked for.
const MEDIAN_POINTS: usize = 500;

/// E k(a, a′) + E k(b, b′) − 2 E k(a, b), estimated in two ways. Zero exactly when the distributions are equal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mmd {
    /// *Root* of the mean over all pairs, a point with itself included: from 0 to √2, zero for identical sets.
    pub v_statistic: f64,
    /// Mean over pairs of *different* points, *not* rooted. Right on average, hence sometimes a little below zero.
    pub unbiased_square: f64,
}

/// The discrepancy between two sets of points, row-major `(len, dim)`. `unit` is what the widths are multiples of.
///
/// # Errors
/// For fewer than two points, values that are not whole finite points, and a unit that is not positive.
pub fn mmd(a: &[f32], b: &[f32], dim: usize, unit: f64) -> Result<Mmd, MetricError> {
    let (n, m) = (checked_len(a, dim, 2)? as f64, checked_len(b, dim, 2)? as f64);
    if !(unit > 0.0 && unit.is_finite()) {
        return Err(MetricError::Unit { found: unit });
    }
    let kernel = kernel(unit);
    let (within_a, within_b) = (2.0 * self_sum(a, dim, &kernel), 2.0 * self_sum(b, dim, &kernel));
    let cross = 2.0 * cross_sum(a, b, dim, &kernel) / (n * m);
    // k(a, a) = 1.
    let square = (within_a + n) / (n * n) + (within_b + m) / (m * m) - cross;
    Ok(Mmd {
        v_statistic: square.max(0.0).sqrt(),
        unbiased_square: within_a / (n * (n - 1.0)) + within_b / (m * (m - 1.0)) - cross,
    })
}

/// The kernel as a function of the squared distance. The widths are so related that one exponential gives all five.
fn kernel(unit: f64) -> impl Fn(f64) -> f64 + Sync {
    let widest = -0.5 / (MMD_WIDTHS[4] * unit).powi(2);
    move |square: f64| {
        let of_2 = (widest * square).exp();
        let fourth = |x: f64| (x * x) * (x * x);
        let of_1 = fourth(of_2);
        let of_half = fourth(of_1);
        // 1/0.2² = 25 = 16 + 8 + 1 in units of 1/1².
        let of_fifth = fourth(of_half) * (of_half * of_half) * of_1;
        let of_tenth = fourth(of_fifth);
        (of_2 + of_1 + of_half + of_fifth + of_tenth) / 5.0
    }
}

/// Median distance between two of the first 500 points, row-major `(len, dim)`: the unit of the kernel for data whose
/// scale is not known beforehand. One where all are equal.
///
/// # Errors
/// For fewer than two points and values that are not whole finite points.
pub fn median_distance(points: &[f32], dim: usize) -> Result<f64, MetricError> {
    let count = checked_len(points, dim, 2)?.min(MEDIAN_POINTS);
    let row = |i: usize| &points[i * dim..(i + 1) * dim];
    let mut squares: Vec<f64> =
        (0..count).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| squared_distance(row(i), row(j))).collect();
    let middle = squares.len() / 2;
    let (_, median, _) = squares.select_nth_unstable_by(middle, f64::total_cmp);
    Ok(if *median > 0.0 { median.sqrt() } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::ToySet;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha12Rng;
    use rand_distr::StandardNormal;

    fn normal(count: usize, dim: usize, seed: u64, shift: f32) -> Vec<f32> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        (0..count * dim).map(|_| rng.sample::<f32, _>(StandardNormal) + shift).collect()
    }

    #[test]
    fn the_kernel_is_the_mean_of_five_gaussians() {
        for unit in [0.3, 1.0, 7.0] {
            let kernel = kernel(unit);
            for distance in [0.0, 0.05, 0.3, 1.0, 4.0, 100.0] {
                let distance = distance * unit;
                let expected: f64 =
                    MMD_WIDTHS.iter().map(|width| (-0.5 * (distance / (width * unit)).powi(2)).exp() / 5.0).sum();
                assert!((kernel(distance * distance) - expected).abs() < 1e-13, "{unit} {distance}");
            }
        }
    }

    #[test]
    fn two_points_each_by_hand() {
        // Cross pairs at distances 1, 2, 0, 1; within both sets at distance 1.
        let (a, b) = ([0.0f32, 1.0], [1.0f32, 2.0]);
        let k = |d: f64| MMD_WIDTHS.iter().map(|width| (-0.5 * (d / width).powi(2)).exp() / 5.0).sum::<f64>();
        let cross = (2.0 * k(1.0) + k(2.0) + 1.0) / 2.0;
        let found = mmd(&a, &b, 1, 1.0).unwrap();
        assert!((found.v_statistic.powi(2) - ((1.0 + k(1.0)) - cross)).abs() < 1e-12, "{found:?}");
        assert!((found.unbiased_square - (2.0 * k(1.0) - cross)).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn shifted_gaussians_have_the_discrepancy_of_the_closed_form() {
        // E exp(−|a − b|²/2s²) for a, b standard normal in N dimensions, shifted by δ: (s²/(s²+2))^{N/2}
        // e^{−δ²/2(s²+2)}.
        let (dim, shift) = (2, 0.7f32);
        let mean = |square: f64| -> f64 {
            MMD_WIDTHS.iter().map(|s| s * s / (s * s + 2.0) * (-0.5 * square / (s * s + 2.0)).exp() / 5.0).sum()
        };
        let expected = 2.0 * (mean(0.0) - mean(f64::from(shift).powi(2) * dim as f64));
        let found = mmd(&normal(4000, dim, 1, 0.0), &normal(4000, dim, 2, shift), dim, 1.0).unwrap();
        assert!((found.unbiased_square / expected - 1.0).abs() < 0.1, "{found:?} {expected}");
        let same = mmd(&normal(4000, dim, 1, 0.0), &normal(4000, dim, 2, 0.0), dim, 1.0).unwrap();
        assert!(same.unbiased_square.abs() < 0.01 * expected, "{same:?}");
    }

    #[test]
    fn the_floors_of_the_generated_sets_are_those_published() {
        // Two draws of 10,000 points, PyTorch reference: 0.015, 0.016, 0.013, 0.013 in raw units. For equal
        // distributions the squared V-statistic has the mean (1 − E k)(1/n + 1/m), so that 3,000 points give √(10/3)
        // times as much.
        for (set, expected) in ToySet::ALL.into_iter().zip([0.015, 0.016, 0.013, 0.013]) {
            let found = mmd(&set.draw(3000, 1), &set.draw(3000, 2), 2, 1.0).unwrap().v_statistic;
            let found = found * 0.3f64.sqrt();
            assert!(found > 0.7 * expected && found < 1.4 * expected, "{set:?}: {found} against {expected}");
        }
    }

    #[test]
    fn median_of_distances() {
        assert_eq!(median_distance(&[0.0, 1.0, 3.0], 1).unwrap(), 2.0);
        assert_eq!(median_distance(&[5.0; 6], 2).unwrap(), 1.0);
        assert!(median_distance(&[1.0], 1).is_err());
        assert!(matches!(mmd(&[0.0, 1.0], &[0.0, 1.0], 1, 0.0), Err(MetricError::Unit { .. })));
    }
}
