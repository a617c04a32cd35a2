//! Inverse Gaussian draws: the subordinator of the Yukawa kernel.

use crate::kernel::chi_squared_one;
use rand::Rng;

/// One draw from the inverse Gaussian law of the given `shape` λ > 0 and mean λ/`steepness`, steepness φ ≥ 0.
///
/// Its Laplace transform is E e^{−su} = exp(φ − √(φ² + 2λs)). φ = 0 is the Lévy law, whose mean is infinite.
///
/// Michael, Schucany, Haas, *The American Statistician* 30 (1976) 88. Their root μ + μ²y/2λ − (μ/2λ)√(4μλy + μ²y²)
/// loses all digits when φ ≪ y; with b = φ + y/2 + √(y(φ + y/4)) the two roots are λ/b and λb/φ², each a sum of
/// positive terms.
pub fn sample_inverse_gaussian<R: Rng + ?Sized>(shape: f64, steepness: f64, rng: &mut R) -> f64 {
    let y = chi_squared_one(rng);
    let b = steepness + 0.5 * y + (y * (steepness + 0.25 * y)).sqrt();
    let uniform: f64 = rng.random();
    // The smaller root has probability μ/(μ + λ/b) = b/(b + φ).
    if uniform * (b + steepness) < b { shape / b } else { shape / steepness * (b / steepness) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    /// Laplace transform by Monte Carlo; `count` draws have a standard error below 0.5/√count.
    fn laplace(shape: f64, steepness: f64, s: f64, count: usize) -> f64 {
        let mut rng = ChaCha12Rng::seed_from_u64(7);
        let sum: f64 = (0..count).map(|_| (-s * sample_inverse_gaussian(shape, steepness, &mut rng)).exp()).sum();
        sum / count as f64
    }

    #[test]
    fn laplace_transform_for_mild_and_extreme_steepness() {
        for (shape, steepness, s) in [
            (1.0, 1.0, 0.7),
            (0.02, 0.3, 5.0),
            (3.0, 1e-14, 0.4),
            (3.0, 0.0, 0.4),
            (1e-20, 1e-9, 1e19),
            (1e6, 1e6, 1.0),
            (1e24, 1e12, 1e-12),
        ] {
            let expected = {
                // φ − √(φ² + 2λs) without cancellation.
                let q: f64 = 2.0 * shape * s;
                (-q / (steepness + (steepness * steepness + q).sqrt())).exp()
            };
            let found = laplace(shape, steepness, s, 200_000);
            assert!((found - expected).abs() < 5e-3, "{shape} {steepness} {s}: {found} against {expected}");
        }
    }

    #[test]
    fn mean_and_variance() {
        let (shape, steepness) = (2.5, 1.9);
        let mut rng = ChaCha12Rng::seed_from_u64(11);
        let count = 400_000;
        let draws: Vec<f64> = (0..count).map(|_| sample_inverse_gaussian(shape, steepness, &mut rng)).collect();
        let mean = draws.iter().sum::<f64>() / count as f64;
        let variance = draws.iter().map(|u| (u - mean).powi(2)).sum::<f64>() / count as f64;
        let expected = shape / steepness;
        assert!((mean / expected - 1.0).abs() < 6e-3, "{mean}");
        // Variance μ³/λ = μ²/φ.
        assert!((variance / (expected * expected / steepness) - 1.0).abs() < 4e-2, "{variance}");
    }
}
