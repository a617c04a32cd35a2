//! Sliced Wasserstein-2 distance (Bonneel et al., *J. Math. Imaging Vis.* 51 (2015) 22).

use super::error::{MetricError, checked_len};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::StandardNormal;
use rayon::prelude::*;

/// √(mean over directions of W₂²) between two sets of points, row-major `(len, dim)`, of any two sizes.
///
/// In the plane the directions are the angles (j + ½)π/`projections`; otherwise they are uniform on the sphere, drawn
/// from `seed`. A shift by δ of many points gives about |δ|/√dim.
///
/// # Errors
/// For empty sets, values that are not whole finite points, and zero projections.
pub fn sliced_wasserstein(a: &[f32], b: &[f32], dim: usize, projections: usize, seed: u64) -> Result<f64, MetricError> {
    checked_len(a, dim, 1)?;
    checked_len(b, dim, 1)?;
    if projections == 0 {
        return Err(MetricError::NoProjections);
    }
    // On a line all directions are the same.
    let projections = if dim == 1 { 1 } else { projections };
    let squares: Vec<f64> = (0..projections)
        .into_par_iter()
        .map(|index| {
            let direction = direction(dim, index, projections, seed);
            wasserstein_squared(&project(a, &direction), &project(b, &direction))
        })
        .collect();
    Ok((squares.iter().sum::<f64>() / projections as f64).sqrt())
}

fn direction(dim: usize, index: usize, projections: usize, seed: u64) -> Vec<f64> {
    if dim == 1 {
        return vec![1.0];
    }
    if dim == 2 {
        let (sin, cos) = (std::f64::consts::PI * (index as f64 + 0.5) / projections as f64).sin_cos();
        return vec![cos, sin];
    }
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    rng.set_stream(index as u64);
    loop {
        let mut direction: Vec<f64> = (0..dim).map(|_| rng.sample(StandardNormal)).collect();
        let norm = direction.iter().map(|value| value * value).sum::<f64>().sqrt();
        if norm > 0.0 {
            direction.iter_mut().for_each(|value| *value /= norm);
            return direction;
        }
    }
}

/// Sorted projections.
fn project(points: &[f32], direction: &[f64]) -> Vec<f64> {
    let along = |row: &[f32]| row.iter().zip(direction).map(|(x, u)| f64::from(*x) * u).sum();
    let mut values: Vec<f64> = points.chunks_exact(direction.len()).map(along).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// W₂² of two sorted lists: the integral of the squared difference of their quantile functions, which are steps.
fn wasserstein_squared(a: &[f64], b: &[f64]) -> f64 {
    if a.len() == b.len() {
        return a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f64>() / a.len() as f64;
    }
    // Positions are counted in units of 1/(nm), where all steps are whole numbers.
    let (n, m) = (a.len() as u128, b.len() as u128);
    let (mut i, mut j, mut position, mut sum) = (0, 0, 0u128, 0.0);
    while i < a.len() && j < b.len() {
        let next = ((i as u128 + 1) * m).min((j as u128 + 1) * n);
        sum += (next - position) as f64 * (a[i] - b[j]) * (a[i] - b[j]);
        position = next;
        i += usize::from(next == (i as u128 + 1) * m);
        j += usize::from(next == (j as u128 + 1) * n);
    }
    sum / (n * m) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(count: usize, dim: usize, seed: u64, shift: f32, scale: f32) -> Vec<f32> {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        (0..count * dim).map(|_| rng.sample::<f32, _>(StandardNormal) * scale + shift).collect()
    }

    #[test]
    fn quantiles_of_unequal_sizes() {
        assert_eq!(wasserstein_squared(&[0.0, 1.0], &[0.0, 1.0]), 0.0);
        assert_eq!(wasserstein_squared(&[0.0], &[1.0, 3.0]), 5.0);
        // Repeating every point changes nothing.
        let (a, b) = ([0.0, 2.0, 7.0], [1.0, 1.5]);
        let (aa, bb) = ([0.0, 0.0, 2.0, 2.0, 7.0, 7.0], [1.0, 1.0, 1.0, 1.5, 1.5, 1.5]);
        assert!((wasserstein_squared(&a, &b) - wasserstein_squared(&aa, &bb)).abs() < 1e-15);
    }

    #[test]
    fn an_exact_shift_is_its_length_over_root_dim() {
        for dim in [1, 2, 5, 64] {
            let a = normal(300, dim, 1, 0.0, 1.0);
            let b: Vec<f32> = a.iter().map(|value| value + 0.75).collect();
            let found = sliced_wasserstein(&a, &b, dim, 4000, 9).unwrap();
            // |δ| = ¾√dim; W₂ of a shift is the shift in every projection.
            assert!((found - 0.75).abs() < 0.02, "{dim}: {found}");
        }
    }

    #[test]
    fn scaled_gaussians_of_unequal_sizes() {
        // W₂ between N(0, 1) and N(0, s²) is |s − 1| in every direction.
        for dim in [2, 16] {
            let found =
                sliced_wasserstein(&normal(20_000, dim, 1, 0.0, 1.0), &normal(15_000, dim, 2, 0.0, 1.5), dim, 60, 3)
                    .unwrap();
            assert!((found - 0.5).abs() < 0.02, "{dim}: {found}");
        }
    }

    #[test]
    fn symmetric_zero_on_itself_and_repeatable() {
        let (a, b) = (normal(200, 3, 1, 0.0, 1.0), normal(150, 3, 2, 0.3, 1.0));
        assert_eq!(sliced_wasserstein(&a, &a, 3, 50, 1).unwrap(), 0.0);
        let forth = sliced_wasserstein(&a, &b, 3, 50, 1).unwrap();
        assert!((forth - sliced_wasserstein(&b, &a, 3, 50, 1).unwrap()).abs() < 1e-12);
        assert_eq!(forth, sliced_wasserstein(&a, &b, 3, 50, 1).unwrap());
        assert_ne!(forth, sliced_wasserstein(&a, &b, 3, 50, 2).unwrap());
    }

    #[test]
    fn bad_sets_are_refused() {
        let a = [0.0f32; 4];
        assert_eq!(sliced_wasserstein(&a, &[], 2, 5, 0), Err(MetricError::TooFew { expected: 1, found: 0 }));
        assert_eq!(sliced_wasserstein(&a, &a[..3], 2, 5, 0), Err(MetricError::Shape { dim: 2, values: 3 }));
        assert_eq!(sliced_wasserstein(&a, &a, 2, 0, 0), Err(MetricError::NoProjections));
        assert!(matches!(sliced_wasserstein(&a, &[f32::NAN; 2], 2, 5, 0), Err(MetricError::NotFinite { row: 0, .. })));
    }
}
