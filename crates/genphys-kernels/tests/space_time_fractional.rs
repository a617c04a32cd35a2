//! Diffusion with memory against values that were computed with mpmath by other formulas (`data/space_time_fractional.py`),
//! and its draws against its transform.
#![allow(clippy::unwrap_used)]

use genphys_kernels::{PointSourceKernel, SpaceTimeFractional};
use rand::SeedableRng;

#[test]
fn densities_are_those_of_the_inverted_transform() {
    let mut rows = 0;
    for line in include_str!("data/space_time_fractional.csv").lines().skip(1) {
        let values: Vec<f64> = line.split(',').map(|value| value.parse().unwrap()).collect();
        let [dim, index, order, r, expected] = values[..] else { unreachable!("{line}") };
        let dim = dim as usize;
        let kernel = SpaceTimeFractional::new(1.0, index, order).unwrap();
        let found = kernel.precise(dim, 1.0, r);
        let off = (found.log_density - expected).abs();
        assert!(off < 1e-10 * expected.abs().max(1.0), "{line}: {} is off by {off:e}", found.log_density);
        assert!(off < found.accuracy.log_density, "{line}: off by {off:e}, {:e} said", found.accuracy.log_density);
        // Units: a length scales as (c t^b)^(1/index).
        let scaled = SpaceTimeFractional::new(0.7, index, order).unwrap();
        let log_scale = (0.7f64.ln() + order * 2.5f64.ln()) / index;
        let moved = scaled.log_density(dim, 2.5, r * log_scale.exp()) + dim as f64 * log_scale;
        assert!((moved - expected).abs() < 1e-9 * expected.abs().max(1.0), "{line}: {moved}");
        rows += 1;
    }
    assert!(rows > 50, "{rows}");
}

/// dp/dt + div(p v) = 0 with v = b x/(αt), by differences.
#[test]
fn the_flow_carries_the_density() {
    for (dim, index, order) in [(1, 2.0, 0.6), (3, 2.0, 0.4), (2, 1.5, 0.8)] {
        let kernel = SpaceTimeFractional::new(0.9, index, order).unwrap();
        let (t, r, h) = (0.8, 1.1, 1e-4);
        let log = |t: f64, r: f64| kernel.log_density(dim, t, r);
        let in_time = (log(t + h, r) - log(t - h, r)) / (2.0 * h);
        let in_space = (log(t, r + h) - log(t, r - h)) / (2.0 * h);
        let rate = kernel.velocity_over_r(dim, t, r);
        let left = in_time + rate * (dim as f64 + r * in_space);
        assert!(left.abs() < 1e-5, "{dim} {index} {order}: {left}");
    }
}

#[test]
fn draws_have_the_transform() {
    let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(7);
    const DRAWS: usize = 200_000;
    for (index, order) in [(2.0, 0.3), (2.0, 0.5), (1.2, 0.9)] {
        let kernel = SpaceTimeFractional::new(0.8, index, order).unwrap();
        let t = 1.7;
        let draws: Vec<f64> = (0..DRAWS).map(|_| kernel.sample_subordinator(t, &mut rng)).collect();
        for k in [0.3, 1.0, 3.0] {
            let mean = draws.iter().map(|u| (-u * k * k).exp()).sum::<f64>() / DRAWS as f64;
            let expected = kernel.log_characteristic(t, k).exp();
            assert!(
                (mean - expected).abs() < 5.0 * 0.5 / (DRAWS as f64).sqrt(),
                "{index} {order} {k}: {mean} {expected}"
            );
        }
        if index == 2.0 {
            // E u = c t^b/Γ(1+b).
            let (mean, expected) = (draws.iter().sum::<f64>() / DRAWS as f64, 0.5 * kernel.sigma(t).powi(2) * 2.0);
            assert!((mean / expected - 1.0).abs() < 0.02, "{order}: {mean} {expected}");
        }
    }
}
