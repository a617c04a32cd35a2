//! Screened PFGM++ against 20-digit values, the inverse transform in one to three dimensions, the potential behind the
//! density, and its own displacements.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{PointSourceKernel, ScreenedPfgmPlusPlus, conservative_velocity_over_r};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::f64::consts::PI;

fn screened(speed: f64, augmented_dim: f64, mass: f64) -> ScreenedPfgmPlusPlus {
    ScreenedPfgmPlusPlus::new(speed, augmented_dim, mass).unwrap()
}

/// Computed with mpmath at 60 digits; log p from the integral over the subordinator, not from the Student law.
#[test]
fn every_row_of_the_reference() {
    let text = include_str!("data/screened_pfgm_plus_plus.csv");
    let mut worst = 0f64;
    for line in text.lines().skip(1) {
        let row: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let kernel = screened(row[0], row[1], row[2]);
        let (dim, t, r, k) = (row[3] as usize, row[4], row[5], row[6]);
        let mut close = |what: &str, found: f64, expected: f64, scale: f64| {
            let error = (found - expected).abs() / scale;
            assert!(error < 5e-13, "{what} of `{line}`: {found} against {expected}, error {error:e}");
            worst = worst.max(error);
        };
        close("log p", kernel.log_density(dim, t, r), row[7], row[7].abs().max(1.0));
        close("growth", kernel.growth_rate(dim, t, r), row[8], row[8].abs());
        close("log mass", kernel.log_mass(t), row[9], row[9].abs().max(1.0));
        close("mean growth", kernel.mean_growth_rate(t), row[10], row[10].abs());
        close("log p̂", kernel.log_characteristic(t, k), row[11], row[11].abs().max(1.0));
    }
    assert_eq!(text.lines().count(), 18);
    println!("worst error: {worst:e}");
}

/// p from p̂ by the trapezoidal rule, which converges exponentially: p̂ is analytic in |Im k| < m/c and falls as
/// e^{−ckt}.
fn inverse_transform(kernel: &ScreenedPfgmPlusPlus, dim: usize, t: f64, r: f64) -> f64 {
    // Periods far beyond r and the screening length.
    let step = 2.0 * PI / (r + 40.0 * (kernel.speed() / kernel.mass()).max(kernel.speed() * t));
    let end = 60.0 / (kernel.speed() * t);
    let count = (end / step).ceil() as i32;
    let hat = |k: f64| kernel.log_characteristic(t, k).exp();
    let halved = |i: i32| if i == 0 { 0.5 } else { 1.0 };
    let axis = || (0..=count).map(|i| (step * f64::from(i), halved(i)));
    match dim {
        1 => step / PI * axis().map(|(k, w)| w * (k * r).cos() * hat(k)).sum::<f64>(),
        2 => {
            let line = |x: f64| axis().map(|(y, w)| w * hat(x.hypot(y))).sum::<f64>();
            (step / PI).powi(2) * axis().map(|(x, w)| w * (x * r).cos() * line(x)).sum::<f64>()
        }
        _ => step / (2.0 * PI * PI * r) * axis().map(|(k, _)| k * (k * r).sin() * hat(k)).sum::<f64>(),
    }
}

#[test]
fn the_density_is_the_inverse_transform() {
    let mut worst = 0f64;
    for (speed, degrees, mass, t) in
        [(1.0, 0.4, 1.3, 0.7), (1.7, 1.0, 2.0, 0.5), (0.6, 2.7, 3.0, 1.0), (1.2, 31.0, 9.0, 2.0)]
    {
        let kernel = screened(speed, degrees, mass);
        for dim in [1, 2, 3] {
            for factor in [0.3, 1.0, 2.5] {
                let r = factor * kernel.spread(t);
                let found = kernel.log_density(dim, t, r).exp();
                let expected = inverse_transform(&kernel, dim, t, r);
                let error = (found - expected).abs() / kernel.log_density(dim, t, 0.0).exp();
                assert!(error < 1e-12, "D = {degrees}, N = {dim}, r = {r}: {found} against {expected}, {error:e}");
                worst = worst.max(error);
            }
        }
    }
    println!("worst error of p over p(0): {worst:e}");
}

/// Central differences of fourth order.
fn first(f: &dyn Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

fn second(f: &dyn Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (-f(x + 2.0 * h) + 16.0 * f(x + h) - 30.0 * f(x) + 16.0 * f(x - h) - f(x - 2.0 * h)) / (12.0 * h * h)
}

#[test]
fn the_potential_solves_the_equation_and_gives_density_and_flux() {
    // R = −m² t^{D−1} φ gives φ, and with it everything else must follow.
    for degrees in [0.05, 0.5, 1.0, 2.6, 12.0] {
        let (speed, mass) = (1.7, 0.9);
        let kernel = screened(speed, degrees, mass);
        for dim in [1, 2, 3, 5] {
            for (t, r) in [(0.5, 0.8), (1.1, 0.3), (0.9, 2.5)] {
                let p = |t: f64, r: f64| kernel.log_density(dim, t, r).exp();
                let phi =
                    |t: f64, r: f64| -kernel.growth_rate(dim, t, r) * p(t, r) * t.powf(1.0 - degrees) / (mass * mass);
                let (phi_t, phi_r) = (first(&|t| phi(t, r), t, 1e-3), first(&|r| phi(t, r), r, 1e-3));
                let tt = second(&|t| phi(t, r), t, 1e-3);
                let laplacian = second(&|r| phi(t, r), r, 1e-3) + (dim as f64 - 1.0) / r * phi_r;
                let residual = tt + (degrees - 1.0) / t * phi_t + speed * speed * laplacian - mass * mass * phi(t, r);
                let case = format!("D = {degrees}, N = {dim}, t = {t}, r = {r}");
                assert!(residual.abs() < 1e-6 * (tt.abs() + phi(t, r)), "{case}: {residual:e}");
                let power = t.powf(degrees - 1.0);
                assert!((-power * phi_t / p(t, r) - 1.0).abs() < 1e-7, "density, {case}");
                let velocity = -speed * speed * power * phi_r / (p(t, r) * r);
                assert!((velocity / kernel.velocity_over_r(dim, t, r) - 1.0).abs() < 1e-7, "flux, {case}");
            }
        }
    }
}

#[test]
fn the_conservative_velocity_transports_the_normalised_density() {
    for degrees in [0.5, 2.6] {
        let kernel = screened(1.4, degrees, 0.9);
        for dim in [1, 3, 64] {
            for (t, r) in [(0.7, 0.2), (0.7, 1.3), (3.0, 8.0)] {
                let log = |t: f64, r: f64| kernel.log_density(dim, t, r) - kernel.log_mass(t);
                let flux = |r: f64| conservative_velocity_over_r(&kernel, dim, t, r) * r;
                let rate = first(&|t| log(t, r), t, 1e-3 * t);
                let slope = first(&|r| log(t, r), r, 1e-3 * r) + (dim as f64 - 1.0) / r;
                let divergence = first(&flux, r, 1e-3 * r) + flux(r) * slope;
                let scale = rate.abs() + (flux(r) * slope).abs() + 1.0 / t;
                assert!((rate + divergence).abs() < 1e-6 * scale, "{degrees} {dim} {t} {r}: {rate} {divergence}");
            }
        }
    }
}

/// E cos(k·z) against p̂(k)/p̂(0), k along the diagonal: the displacement, in several dimensions.
#[test]
fn the_displacement_has_the_characteristic_function() {
    for (index, (degrees, mass, t)) in
        [(0.01, 3.0, 0.5), (0.3, 1e-3, 0.7), (1.0, 1.3, 0.7), (2.6, 0.0, 2.0), (7.3, 40.0, 1.0), (1e5, 1e4, 1.0)]
            .into_iter()
            .enumerate()
    {
        let kernel = screened(1.7, degrees, mass);
        for (dim, count) in [(1, 60_000), (3, 60_000), (64, 20_000)] {
            let mut rng = ChaCha12Rng::seed_from_u64(40 + index as u64);
            let waves = [0.2, 0.7, 1.5].map(|factor| factor / kernel.spread(t));
            let mut sums = [0.0; 3];
            let mut z = vec![0.0; dim];
            for _ in 0..count {
                kernel.sample_displacement(t, &mut rng, &mut z);
                let along = z.iter().sum::<f64>() / (dim as f64).sqrt();
                for (sum, k) in sums.iter_mut().zip(waves) {
                    *sum += (k * along).cos();
                }
            }
            for (sum, k) in sums.iter().zip(waves) {
                let found = sum / f64::from(count);
                let expected = (kernel.log_characteristic(t, k) - kernel.log_mass(t)).exp();
                // cos has a variance of at most 1.
                let bound = 5.0 / f64::from(count).sqrt();
                assert!((found - expected).abs() < bound, "D = {degrees}, N = {dim}: {found} against {expected}");
            }
        }
    }
}

#[test]
fn units_are_consistent() {
    let (length, time) = (3.7, 0.23);
    let (dim, t, r) = (5, 0.8, 1.9);
    for degrees in [0.4, 6.5] {
        let (one, other) = (screened(0.6, degrees, 1.1), screened(0.6 * length / time, degrees, 1.1 / time));
        let density = other.log_density(dim, t * time, r * length) + dim as f64 * length.ln();
        assert!((one.log_density(dim, t, r) - density).abs() < 1e-12);
        assert!((one.growth_rate(dim, t, r) - other.growth_rate(dim, t * time, r * length) * time).abs() < 1e-12);
        assert!((one.mean_growth_rate(t) - other.mean_growth_rate(t * time) * time).abs() < 1e-12);
        assert!((one.spread(t) * length - other.spread(t * time)).abs() < 1e-12);
        let draw = |kernel: &ScreenedPfgmPlusPlus, t| kernel.sample_subordinator(t, &mut ChaCha12Rng::seed_from_u64(3));
        assert!((draw(&one, t) * length * length / draw(&other, t * time) - 1.0).abs() < 1e-12);
    }
}
