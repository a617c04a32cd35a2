//! Kernels of Bernstein exponents, whose laws are inverted numerically, against closed forms and against the equation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{
    Complex64, Heat, LaplaceExponent, PointSourceKernel, Poisson, Stable, Subordinated, Yukawa,
    conservative_velocity_over_r,
};

#[test]
fn stable_laws_of_index_one_and_two_are_poisson_and_heat() {
    let (poisson, heat) = (Poisson::new(1.3).unwrap(), Heat::new(1.3).unwrap());
    let (one, two) = (Stable::new(1.3, 1.0).unwrap(), Stable::new(1.3, 2.0).unwrap());
    for dim in [1, 2, 3, 64, 784, 3072] {
        for factor in [0.3, 1.0, 3.0, 100.0] {
            let r = factor * (dim as f64).sqrt();
            let (found, expected) = (one.log_density(dim, 0.7, r), poisson.log_density(dim, 0.7, r));
            assert!((found - expected).abs() < 1e-8, "N = {dim}, r = {r}: {found} against {expected}");
            let (found, expected) = (two.log_density(dim, 0.7, r), heat.log_density(dim, 0.7, r));
            assert!((found / expected - 1.0).abs() < 1e-12, "N = {dim}, r = {r}: {found} against {expected}");
        }
    }
    assert_eq!(one.velocity_over_r(5, 0.7, 1.0), 1.0 / 0.7);
    assert!(Stable::new(1.0, 2.1).is_err() && Stable::new(1.0, 0.0).is_err() && Stable::new(0.0, 1.0).is_err());
}

/// √(λ + m²) − m is the exponent of the mass-normalised Yukawa kernel, without births and deaths.
#[test]
fn the_relativistic_kernel_is_the_conservative_rewrite_of_yukawa() {
    let mass = 1.3;
    let exponent = LaplaceExponent::function(move |lambda| (lambda + mass * mass).sqrt() - mass).unwrap();
    let (kernel, yukawa) = (Subordinated::new(exponent).unwrap(), Yukawa::new(1.0, mass).unwrap());
    let found = kernel.velocity_over_r(3, 0.7, 0.9);
    assert!((found - 0.957_346_307_506).abs() < 1e-6, "{found}");
    for dim in [1, 2, 3, 64, 784] {
        for t in [0.05, 0.7, 4.0] {
            for factor in [0.3, 1.0, 3.0] {
                // Three times the usual radius in many dimensions asks for the far tail of u, of mass below 1e-11.
                if factor > 1.0 && dim > 3 {
                    continue;
                }
                let r = factor * yukawa.spread(t) * (dim as f64).sqrt();
                let expected = yukawa.log_density(dim, t, r) - yukawa.log_mass(t);
                let found = kernel.log_density(dim, t, r);
                assert!((found - expected).abs() < 1e-6, "N = {dim}, t = {t}, r = {r}: {found} against {expected}");
                let expected = conservative_velocity_over_r(&yukawa, dim, t, r);
                let found = kernel.velocity_over_r(dim, t, r);
                assert!((found / expected - 1.0).abs() < 1e-5, "N = {dim}, t = {t}, r = {r}: {found}, {expected}");
            }
        }
    }
}

fn kernels() -> Vec<(&'static str, Subordinated, f64)> {
    let function = |f: fn(num_complex::Complex64) -> num_complex::Complex64| LaplaceExponent::function(f).unwrap();
    let jumps = |drift: f64| LaplaceExponent::drift(drift).unwrap().with_jumps(1.0, 0.5).unwrap();
    let list = vec![
        ("variance gamma", function(|l| (1.0 + 0.5 * l).ln()), 1e-5),
        ("exponential jumps", function(|l| l / (0.7 + l)), 1e-5),
        ("tempered", function(|l| (0.3 + l).powf(0.75)), 1e-5),
        ("two powers", function(|l| l.powf(0.8) + 0.5 * l.powf(0.3)), 1e-5),
        ("nearly diffusion", function(|l| l.powf(0.97)), 1e-5),
        ("drift and power", function(|l| l.sqrt()).with_drift(0.3).unwrap(), 1e-5),
        ("a drift inside a function", function(|l| l.sqrt() * (0.5 * l + 3.0).sqrt()), 2e-3),
        ("heavy tails of a logarithm", function(|l| (1.0 + l).ln().sqrt()), 1e-5),
        // Steep between atoms, for differences.
        ("equal jumps", jumps(0.0), 1e-3),
        ("jump diffusion", jumps(0.2), 1e-3),
        // Atoms on each node of a law: the flux is gathered on nodes.
        ("jumps and power", function(|l| l.powf(0.7)).with_jumps(0.5, 1.0).unwrap(), 2e-3),
    ];
    list.into_iter()
        .map(|(name, exponent, tolerance)| (name, Subordinated::new(exponent).unwrap(), tolerance))
        .collect()
}

/// ∂p/∂t + ∇·(p v) = 0 with ∇·(p a z)/p = N a + r ∂a/∂r + a r ∂ln p/∂r, relative to the sum of its terms.
#[test]
fn the_flux_carries_the_density() {
    for (name, kernel, tolerance) in kernels() {
        for dim in [1, 2, 3, 64] {
            for t in [0.2, 1.0, 5.0] {
                for factor in [0.5, 1.0, 2.0] {
                    let (r, h) = (factor * kernel.sigma(t) * (dim as f64).sqrt(), 1e-3);
                    let log = |t: f64, r: f64| kernel.log_density(dim, t, r);
                    let velocity = |r: f64| kernel.velocity_over_r(dim, t, r);
                    let slope = |f: &dyn Fn(f64) -> f64, x: f64| (f(x * (1.0 + h)) - f(x * (1.0 - h))) / (2.0 * h * x);
                    let a = velocity(r);
                    let terms = [
                        slope(&|t| log(t, r), t),
                        dim as f64 * a,
                        r * slope(&velocity, r),
                        a * r * slope(&|r| log(t, r), r),
                    ];
                    let (sum, size) = (terms.iter().sum::<f64>(), terms.iter().map(|x| x.abs()).sum::<f64>());
                    assert!(sum.abs() < tolerance * size, "{name}, N = {dim}, t = {t}, r = {r}: {sum:e} of {size:e}");
                }
            }
        }
    }
}

/// In one dimension p is the cosine transform of p̂; here by the trapezoidal rule, less the atom at rest.
#[test]
fn the_density_is_the_transform_of_the_characteristic_function() {
    for (name, kernel, _) in kernels() {
        let t = 1.5;
        let far = kernel.exponent().value(1e14);
        if far > 30.0 {
            continue;
        }
        let atom = (-t * far).exp();
        for r in [0.4f64, 1.1, 2.7] {
            let (step, steps) = (0.02, 60_000);
            let sum: f64 = (1..steps)
                .map(|i| {
                    let k = step * f64::from(i);
                    // Tapered, because the transform falls slowly where jumps start from the atom.
                    let taper = (-(k / 400.0).powi(2)).exp();
                    ((-t * kernel.exponent().value(k * k)).exp() - atom) * taper * (k * r).cos()
                })
                .sum();
            let expected = (sum + 0.5 * (1.0 - atom)) * step / std::f64::consts::PI;
            let found = kernel.log_density(1, t, r).exp();
            assert!((found - expected).abs() < 3e-5, "{name}, r = {r}: {found} against {expected}");
        }
    }
}

#[test]
fn the_scale_of_the_flow_and_the_time_are_inverse() {
    for (name, kernel, _) in kernels() {
        for sigma in [1e-3, 0.05, 1.0, 30.0] {
            let found = kernel.sigma(kernel.time(sigma));
            assert!((found / sigma - 1.0).abs() < 1e-9, "{name}: {sigma} {found}");
        }
    }
}

#[test]
fn draws_that_are_weighted_with_the_velocity() {
    use rand::SeedableRng;
    for (name, kernel, _) in kernels() {
        // E over the flux law of 1/a is 1 over the mean of a.
        let (t, count) = (1.0, 40_000);
        let mut rng = rand_chacha::ChaCha12Rng::seed_from_u64(7);
        let mut z = [0.0; 2];
        let inverse: Vec<f64> = (0..count)
            .map(|_| {
                kernel.sample_moving_displacement(t, &mut rng, &mut z);
                1.0 / kernel.velocity_over_r(2, t, z[0].hypot(z[1]))
            })
            .collect();
        let mean = inverse.iter().sum::<f64>() / f64::from(count);
        let error = (inverse.iter().map(|x| (x - mean).powi(2)).sum::<f64>()).sqrt() / f64::from(count);
        let expected = 1.0 / kernel.mean_velocity_over_r(2, t);
        assert!((mean - expected).abs() < 5.0 * error + 1e-3 * expected, "{name}: {mean} {expected} {error}");
    }
}

#[test]
fn what_cannot_be_inverted_is_refused() {
    // A lattice inside a function; a function that falls.
    let lattice = LaplaceExponent::function(|lambda| (2.0 - (-lambda).exp()).ln()).unwrap();
    assert!(Subordinated::new(lattice).unwrap_err().to_string().contains("density"));
    assert!(LaplaceExponent::function(|lambda| -lambda).is_err());
    assert!(LaplaceExponent::drift(-1.0).is_err());
}

/// ∫ λ^{N/2−1} e^{−tB} dλ diverges: at the source the density is infinite, and beside it not. At a finite one it is
/// that integral.
#[test]
fn densities_that_are_infinite_at_the_source() {
    let function = |f: fn(Complex64) -> Complex64| Subordinated::new(LaplaceExponent::function(f).unwrap()).unwrap();
    let gamma = function(|l| (1.0 + l).ln());
    let linnik = function(|l| (1.0 + l.sqrt()).ln());
    let slower = function(|l| (1.0 + (1.0 + l).ln()).ln());
    let bounded = function(|l| l / (1.0 + l));
    let relativistic = function(|l| (1.0 + l).sqrt() - 1.0);
    // B = c ln λ for large λ: infinite up to t = N/(2c).
    for (kernel, dim, last) in [(&gamma, 1, 0.5), (&gamma, 3, 1.5), (&gamma, 3072, 1536.0), (&linnik, 1, 1.0)] {
        for (t, infinite) in [(0.5 * last, true), (last, true), (1.2 * last, false)] {
            let found = kernel.precise(dim, t, 0.0);
            let is_infinite = found.log_density == f64::INFINITY && found.velocity_over_r == f64::INFINITY;
            assert_eq!(is_infinite, infinite, "N = {dim}, t = {t}: {found:?}");
            assert!(infinite || found.log_density.is_finite(), "N = {dim}, t = {t}: {found:?}");
        }
    }
    for t in [0.7, 100.0] {
        let found = slower.precise(1, t, 0.0);
        assert!(found.log_density == f64::INFINITY || found.accuracy.log_density >= 1.0, "{t}: {found:?}");
        assert_eq!(bounded.precise(3, t, 0.0).log_density, f64::INFINITY, "{t}");
        assert!(relativistic.precise(3, t, 0.0).log_density.is_finite(), "{t}");
    }
    // Variance gamma: p(0) = Γ(t − N/2)/(Γ(t) (4π)^{N/2}), in one dimension at t = 1 one half.
    let half = gamma.precise(1, 1.0, 0.0);
    assert!((half.log_density - 0.5f64.ln()).abs() <= half.accuracy.log_density, "{half:?}");
    // Training takes what has moved less than a thousandth of a unit for that.
    assert!(gamma.log_density(3072, 1000.0, 0.0).is_finite() && gamma.velocity_over_r(3072, 1000.0, 0.0).is_finite());
}
