//! Samplers against the characteristic function and the density, with explicit seeds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{
    Clocked, Gaussian, Heat, Killed, LaplaceExponent, PfgmPlusPlus, PointSourceKernel, Poisson, Stable, Subordinated,
    Yukawa,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use rand_distr::StandardNormal;

/// E cos(k·z) against p̂(k)/p̂(0), k along the diagonal. The standard error is below √(½/count); 5 of them are allowed.
fn characteristic<K: PointSourceKernel>(name: &str, kernel: &K, t: f64, seed: u64) {
    for dim in [1, 2, 3, 64] {
        let count = if dim > 10 { 20_000 } else { 60_000 };
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let scale = kernel.spread(t);
        let waves = [0.2 / scale, 0.7 / scale, 1.5 / scale];
        let mut sums = [0.0; 3];
        let mut z = vec![0.0; dim];
        for _ in 0..count {
            kernel.sample_displacement(t, &mut rng, &mut z);
            let along = z.iter().sum::<f64>() / (dim as f64).sqrt();
            for (sum, k) in sums.iter_mut().zip(waves) {
                *sum += (k * along).cos();
            }
        }
        let tolerance = 5.0 * (0.5 / f64::from(count)).sqrt();
        for (sum, k) in sums.iter().zip(waves) {
            let found = sum / f64::from(count);
            let expected = (kernel.log_characteristic(t, k) - kernel.log_mass(t)).exp();
            assert!((found - expected).abs() < tolerance, "{name}, N = {dim}, k = {k}: {found} against {expected}");
        }
    }
}

/// Normal numbers of the caller's give the law of draws: the cosine again, for a block of rows.
fn spread<K: PointSourceKernel>(name: &str, kernel: &K, t: f64, seed: u64) {
    let (dim, count) = (3, 60_000);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut z: Vec<f64> = (0..count * dim).map(|_| rng.sample(StandardNormal)).collect();
    kernel.spread_normals(t, dim, &mut rng, &mut z);
    for k in [0.2, 0.7, 1.5].map(|wave| wave / kernel.spread(t)) {
        let along = z.chunks_exact(dim).map(|row| row.iter().sum::<f64>() / (dim as f64).sqrt());
        let found = along.map(|along| (k * along).cos()).sum::<f64>() / count as f64;
        let expected = (kernel.log_characteristic(t, k) - kernel.log_mass(t)).exp();
        let tolerance = 5.0 * (0.5 / count as f64).sqrt();
        assert!((found - expected).abs() < tolerance, "{name}, k = {k}: {found} against {expected}");
    }
    // The factors by themselves are those that rows are multiplied by.
    let mut scales = [0.0; 50];
    if kernel.sample_scales(t, dim, &mut ChaCha12Rng::seed_from_u64(seed), &mut scales) {
        let mut ones = [1.0; 150];
        kernel.spread_normals(t, dim, &mut ChaCha12Rng::seed_from_u64(seed), &mut ones);
        assert!(ones.chunks_exact(dim).zip(scales).all(|(row, scale)| row == [scale; 3]), "{name}");
    }
}

/// The fraction of draws inside radius r against the integral of the density (Simpson in ln r).
fn radial<K: PointSourceKernel>(name: &str, kernel: &K, t: f64, seed: u64) {
    for dim in [1, 3, 64] {
        let half = 0.5 * dim as f64;
        let log_sphere = 2f64.ln() + half * std::f64::consts::PI.ln() - genphys_kernels::special::ln_gamma(half);
        let cumulative = |radius: f64| {
            let steps = 4000;
            let (low, high) = (radius.ln() - 30.0, radius.ln());
            let h = (high - low) / f64::from(steps);
            (0..=steps)
                .map(|i| {
                    let log_r = low + h * f64::from(i);
                    let weight = if i == 0 || i == steps { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
                    let log_p = kernel.log_density(dim, t, log_r.exp()) - kernel.log_mass(t);
                    weight * (log_sphere + log_p + dim as f64 * log_r).exp()
                })
                .sum::<f64>()
                * h
                / 3.0
        };
        let count = 20_000;
        let typical = kernel.spread(t) * (dim as f64).sqrt();
        let radii = [0.6 * typical, typical, 2.5 * typical];
        let mut inside = [0u32; 3];
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let mut z = vec![0.0; dim];
        for _ in 0..count {
            kernel.sample_displacement(t, &mut rng, &mut z);
            let r = z.iter().map(|value| value * value).sum::<f64>().sqrt();
            for (number, radius) in inside.iter_mut().zip(radii) {
                *number += u32::from(r < radius);
            }
        }
        for (number, radius) in inside.iter().zip(radii) {
            let (found, expected) = (f64::from(*number) / f64::from(count), cumulative(radius).min(1.0));
            let tolerance = 5.0 * (expected * (1.0 - expected) / f64::from(count)).sqrt() + 1e-4;
            assert!(
                (found - expected).abs() < tolerance,
                "{name}, N = {dim}, r = {radius}: {found} against {expected}"
            );
        }
    }
}

fn check<K: PointSourceKernel>(name: &str, kernel: &K, t: f64, seed: u64) {
    characteristic(name, kernel, t, seed);
    radial(name, kernel, t, seed + 1000);
    spread(name, kernel, t, seed + 2000);
}

#[test]
fn heat() {
    check("heat", &Heat::new(0.6).unwrap(), 0.7, 1);
}

#[test]
fn poisson() {
    check("poisson", &Poisson::new(1.7).unwrap(), 0.7, 2);
}

#[test]
fn yukawa() {
    check("yukawa", &Yukawa::new(1.7, 1.3).unwrap(), 0.7, 3);
    check("light yukawa", &Yukawa::new(1.7, 1e-3).unwrap(), 0.7, 4);
    check("heavy yukawa", &Yukawa::new(0.5, 200.0).unwrap(), 2.0, 5);
    check("killed yukawa", &Killed::new(Yukawa::new(1.7, 1.3).unwrap(), 0.4).unwrap(), 0.7, 6);
}

#[test]
fn pfgm_plus_plus() {
    for (index, degrees) in [0.5, 1.0, 2.0, 7.3, 128.0].into_iter().enumerate() {
        check("pfgm++", &PfgmPlusPlus::new(1.0, degrees).unwrap(), 0.9, 10 + index as u64);
    }
}

#[test]
fn stable() {
    for (index, alpha) in [0.6, 1.0, 1.7, 2.0].into_iter().enumerate() {
        check("stable", &Stable::new(1.3, alpha).unwrap(), 0.9, 20 + index as u64);
    }
}

#[test]
fn subordinated() {
    let gamma = LaplaceExponent::function(|lambda| (1.0 + lambda).ln()).unwrap();
    check("variance gamma", &Subordinated::new(gamma).unwrap(), 0.9, 30);
    let tempered = LaplaceExponent::function(|lambda| (0.5 + lambda).powf(0.75)).unwrap();
    check("tempered", &Subordinated::new(tempered).unwrap(), 0.9, 31);
    let jumps = LaplaceExponent::drift(0.2).unwrap().with_jumps(1.5, 0.7).unwrap();
    check("jump diffusion", &Subordinated::new(jumps).unwrap(), 0.9, 32);
}

#[test]
fn same_seed_same_draws() {
    let kernel = Yukawa::new(1.0, 1.0).unwrap();
    let draw = |seed| {
        let mut z = [0.0; 16];
        kernel.sample_displacement(0.5, &mut ChaCha12Rng::seed_from_u64(seed), &mut z);
        z
    };
    assert_eq!(draw(9), draw(9));
    assert_ne!(draw(9), draw(10));
}

#[test]
fn increments_lead_from_one_time_to_another() {
    fn check<K: PointSourceKernel>(name: &str, kernel: &K) {
        let (from, to, count) = (0.4, 1.1, 40_000);
        let mut rng = ChaCha12Rng::seed_from_u64(31);
        let (mut z, mut more) = ([0.0; 2], [0.0; 2]);
        let waves = [0.4 / kernel.spread(to), 1.2 / kernel.spread(to)];
        let mut sums = [0.0; 2];
        for _ in 0..count {
            kernel.sample_displacement(from, &mut rng, &mut z);
            assert!(kernel.sample_increment([from, to], &mut rng, &mut more), "{name}");
            for (sum, k) in sums.iter_mut().zip(waves) {
                *sum += (k * (z[0] + more[0])).cos() / f64::from(count);
            }
        }
        for (found, k) in sums.iter().zip(waves) {
            let expected = (kernel.log_characteristic(to, k) - kernel.log_mass(to)).exp();
            assert!((found - expected).abs() < 0.018, "{name}, k = {k}: {found} against {expected}");
        }
    }
    check("heat", &Heat::new(0.7).unwrap());
    check("poisson", &Poisson::new(1.3).unwrap());
    check("killed yukawa", &Killed::new(Yukawa::new(1.0, 2.0).unwrap(), 0.4).unwrap());
    check("stable", &Stable::new(1.0, 1.4).unwrap());
    check("relativistic", &Subordinated::new(LaplaceExponent::function(|l| (1.0 + l).sqrt() - 1.0).unwrap()).unwrap());
    check("clock", &Clocked::new(Heat::new(1.0).unwrap(), |t| t * t).unwrap());
    check("variance preserving", &Gaussian::isotropic(|t| (-0.5 * t).exp(), |t| 1.0 - (-t).exp()).unwrap());
    check("pfgm++ with D = 1", &PfgmPlusPlus::new(1.0, 1.0).unwrap());
    let mut z = [7.0; 2];
    let kernel = PfgmPlusPlus::new(1.0, 128.0).unwrap();
    assert!(!kernel.sample_increment([0.4, 1.1], &mut ChaCha12Rng::seed_from_u64(1), &mut z) && z == [7.0; 2]);
}
