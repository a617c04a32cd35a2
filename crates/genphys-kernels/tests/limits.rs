//! Limits, scales and extremes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{Heat, Killed, PfgmPlusPlus, PointSourceKernel, Poisson, Yukawa};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

const DIMS: [usize; 9] = [1, 2, 3, 38, 39, 40, 784, 3072, 200_000];

#[test]
fn yukawa_without_mass_is_poisson() {
    let poisson = Poisson::new(1.3).unwrap();
    for dim in DIMS {
        for (t, r) in [(0.01, 0.5), (1.0, 0.0), (3.0, 700.0)] {
            let expected = poisson.log_density(dim, t, r);
            let zero = Yukawa::new(1.3, 0.0).unwrap();
            assert_eq!(zero.log_density(dim, t, r), expected);
            assert_eq!(zero.growth_rate(dim, t, r), 0.0);
            let tiny = Yukawa::new(1.3, 1e-9).unwrap();
            assert!((tiny.log_density(dim, t, r) - expected).abs() < 1e-6, "{dim} {t} {r}");
            assert!(tiny.growth_rate(dim, t, r).abs() < 1e-6 / t);
        }
    }
    assert_eq!(Yukawa::new(1.3, 0.0).unwrap().log_characteristic(2.0, 0.4), poisson.log_characteristic(2.0, 0.4));
}

#[test]
fn pfgm_plus_plus_with_one_extra_dimension_is_poisson() {
    let (one, poisson) = (PfgmPlusPlus::new(1.0, 1.0).unwrap(), Poisson::new(1.0).unwrap());
    for dim in DIMS {
        for (t, r) in [(0.01, 0.5), (1.0, 0.0), (3.0, 700.0)] {
            assert_eq!(one.log_density(dim, t, r), poisson.log_density(dim, t, r));
        }
    }
    for k in [0.0, 0.3, 20.0] {
        assert!((one.log_characteristic(1.7, k) - poisson.log_characteristic(1.7, k)).abs() < 1e-14);
    }
}

#[test]
fn pfgm_plus_plus_with_many_extra_dimensions_is_gaussian() {
    let degrees = 1e13;
    let many = PfgmPlusPlus::new(1.0, degrees).unwrap();
    let heat = Heat::new(0.5).unwrap();
    for sigma in [0.02, 1.0, 50.0] {
        let t = many.time(sigma);
        for dim in [1, 3, 784] {
            for r in [0.0, 0.5 * sigma, sigma * (dim as f64).sqrt()] {
                let (found, expected) = (many.log_density(dim, t, r), heat.log_density(dim, heat.time(sigma), r));
                assert!((found - expected).abs() < 1e-6 + 1e-13 * dim as f64, "{sigma} {dim} {r}: {found} {expected}");
            }
        }
        for k in [0.1, 3.0] {
            let (found, expected) =
                (many.log_characteristic(t, k / sigma), heat.log_characteristic(heat.time(sigma), k / sigma));
            assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
        }
    }
}

#[test]
fn long_lived_yukawa_is_gaussian_of_its_spread() {
    let kernel = Yukawa::new(2.0, 1e8).unwrap();
    let t = 3.0;
    let heat = Heat::new(kernel.spread(t).powi(2) / (2.0 * t)).unwrap();
    for dim in [1, 3, 64] {
        let r = kernel.spread(t) * (dim as f64).sqrt();
        let found = kernel.log_density(dim, t, r) - kernel.log_mass(t);
        assert!((found - heat.log_density(dim, t, r)).abs() < 1e-6, "{dim}");
    }
}

#[test]
fn two_dimensions_more_are_a_derivative() {
    // p_{N+2}(r) = −(2πr)⁻¹ ∂p_N/∂r for the kernels of one law in all dimensions.
    fn check<K: PointSourceKernel>(kernel: &K) {
        for dim in [1, 2, 3, 37, 38, 39, 63, 200, 3070, 100_001] {
            for (t, r) in [(0.6, 0.9), (2.0, 5.0)] {
                let h = 1e-3 * r / (1.0 + (dim as f64).sqrt());
                let log = |r: f64| kernel.log_density(dim, t, r);
                let slope = (8.0 * (log(r + h) - log(r - h)) - log(r + 2.0 * h) + log(r - 2.0 * h)) / (12.0 * h);
                let expected = log(r) + (-slope / (2.0 * std::f64::consts::PI * r)).ln();
                let found = kernel.log_density(dim + 2, t, r);
                // Rounding of log p enters through the difference quotient.
                let tolerance = 1e-7 + 1e-11 * found.abs();
                assert!((found - expected).abs() < tolerance, "{dim} {t} {r}: {found} {expected}");
            }
        }
    }
    check(&Heat::new(0.4).unwrap());
    check(&Poisson::new(1.1).unwrap());
    check(&Yukawa::new(1.1, 0.7).unwrap());
    check(&Yukawa::new(1.1, 40.0).unwrap());
    check(&PfgmPlusPlus::new(1.0, 7.3).unwrap());
}

#[test]
fn nothing_overflows() {
    fn check<K: PointSourceKernel>(name: &str, kernel: &K) {
        for dim in DIMS {
            for t in [1e-12, 1e-6, 1.0, 1e6, 1e12] {
                for r in [0.0, 1e-12, 1e-6, 1.0, 1e6, 1e12] {
                    for value in [
                        kernel.log_density(dim, t, r),
                        kernel.velocity_over_r(dim, t, r),
                        kernel.growth_rate(dim, t, r),
                        kernel.log_mass(t),
                        kernel.log_characteristic(t, r),
                        kernel.sigma(t),
                        kernel.time(kernel.sigma(t)),
                        kernel.spread(t),
                    ] {
                        assert!(value.is_finite(), "{name}, N = {dim}, t = {t}, r = {r}: {value}");
                    }
                }
            }
        }
        let mut rng = ChaCha12Rng::seed_from_u64(3);
        for t in [1e-12, 1.0, 1e12] {
            assert!((kernel.time(kernel.sigma(t)) / t - 1.0).abs() < 1e-14);
            for _ in 0..2_000 {
                let mut z = [0.0; 3];
                kernel.sample_displacement(t, &mut rng, &mut z);
                assert!(z.iter().all(|value| value.is_finite() && *value != 0.0), "{name}, t = {t}: {z:?}");
                assert!(kernel.sample_subordinator(t, &mut rng) > 0.0);
            }
        }
    }
    for constant in [1e-6, 1.0, 1e6] {
        check("heat", &Heat::new(constant).unwrap());
        check("poisson", &Poisson::new(constant).unwrap());
        for mass in [0.0, 1e-6, 1.0, 1e6] {
            check("yukawa", &Yukawa::new(constant, mass).unwrap());
        }
        check("killed", &Killed::new(Heat::new(1.0).unwrap(), constant).unwrap());
    }
    for degrees in [0.1, 0.5, 1.0, 2.0, 128.0, 1e6, 1e12] {
        check("pfgm++", &PfgmPlusPlus::new(1.0, degrees).unwrap());
    }
}

#[test]
fn units_are_consistent() {
    // Lengths times ℓ and times times τ: speed ℓ/τ, diffusivity ℓ²/τ, mass 1/τ.
    let (length, time) = (3.7, 0.23);
    let (t, r, dim) = (0.8, 1.9, 5);
    fn same<K: PointSourceKernel>(one: &K, other: &K, (dim, t, r): (usize, f64, f64), length: f64, time: f64) {
        let shift = dim as f64 * length.ln();
        let (a, b) = (one.log_density(dim, t, r), other.log_density(dim, t * time, r * length) + shift);
        assert!((a - b).abs() < 1e-12, "{a} {b}");
        let (a, b) = (one.growth_rate(dim, t, r), other.growth_rate(dim, t * time, r * length) * time);
        assert!((a - b).abs() < 1e-12, "{a} {b}");
        let (a, b) = (one.velocity_over_r(dim, t, r), other.velocity_over_r(dim, t * time, r * length) * time);
        assert!((a - b).abs() < 1e-12, "{a} {b}");
        assert!((one.spread(t) * length - other.spread(t * time)).abs() < 1e-12);
    }
    let point = (dim, t, r);
    same(&Heat::new(0.6).unwrap(), &Heat::new(0.6 * length * length / time).unwrap(), point, length, time);
    same(&Poisson::new(0.6).unwrap(), &Poisson::new(0.6 * length / time).unwrap(), point, length, time);
    same(&Yukawa::new(0.6, 1.1).unwrap(), &Yukawa::new(0.6 * length / time, 1.1 / time).unwrap(), point, length, time);
}

#[test]
fn velocity_is_the_flow_of_sigma() {
    fn check<K: PointSourceKernel>(kernel: &K) {
        for t in [0.05, 1.0, 40.0] {
            let h = 1e-5 * t;
            let slope = (kernel.sigma(t + h).ln() - kernel.sigma(t - h).ln()) / (2.0 * h);
            assert!((kernel.velocity_over_r(3, t, 1.0) / slope - 1.0).abs() < 1e-8);
        }
    }
    check(&Heat::new(0.4).unwrap());
    check(&Poisson::new(1.1).unwrap());
    check(&Yukawa::new(1.1, 0.7).unwrap());
    check(&PfgmPlusPlus::new(1.0, 7.3).unwrap());
    check(&Killed::new(Heat::new(0.4).unwrap(), 2.0).unwrap());
}
