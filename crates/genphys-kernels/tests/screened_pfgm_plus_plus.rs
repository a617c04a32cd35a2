//! Screened PFGM++ against its own definition: the inverse Fourier transform of p̂, the equation, the law of the
//! subordinator, and the kernels it contains.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::special::ln_gamma;
use genphys_kernels::{
    Heat, PfgmPlusPlus, PointSourceKernel, ScreenedPfgmPlusPlus, Yukawa, conservative_velocity_over_r,
};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::f64::consts::PI;

const DEGREES: [f64; 9] = [0.01, 0.3, 1.0, 1.7, 2.0, 3.5, 41.0, 2048.0, 1e5];

fn kernel(speed: f64, augmented_dim: f64, mass: f64) -> ScreenedPfgmPlusPlus {
    ScreenedPfgmPlusPlus::new(speed, augmented_dim, mass).unwrap()
}

#[test]
fn constants_outside_the_domain_are_refused() {
    for (speed, degrees, mass) in [(0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, -2.0, 1.0), (1.0, 1.0, -1e-9)] {
        assert!(ScreenedPfgmPlusPlus::new(speed, degrees, mass).is_err());
    }
    assert!(ScreenedPfgmPlusPlus::new(1.0, f64::NAN, 1.0).is_err());
    let kept = kernel(0.5, 2.5, 0.0);
    assert_eq!((kept.speed(), kept.augmented_dim(), kept.mass()), (0.5, 2.5, 0.0));
}

#[test]
fn the_density_is_the_inverse_fourier_transform() {
    // Trapezoidal rule: p̂ is analytic for |Im k| < m/c, so the error falls as exp(−2π m/(c h)).
    for degrees in [0.01, 0.3, 1.0, 2.0, 3.5, 7.3, 60.0] {
        for (speed, mass, t) in [(1.0, 1.0, 1.0), (1.7, 0.9, 0.7), (0.6, 5.0, 2.0)] {
            let law = kernel(speed, degrees, mass);
            let h = 0.05 * mass / speed;
            let end = (80.0 + degrees) / (speed * t) + 10.0 * mass / speed;
            let count = (end / h) as usize;
            for r in [0.1, 0.7, 1.4, 2.5] {
                let (mut one, mut three) = (0.5 * law.log_characteristic(t, 0.0).exp(), 0.0);
                for i in 1..=count {
                    let k = h * i as f64;
                    let value = law.log_characteristic(t, k).exp();
                    one += value * (k * r).cos();
                    three += value * k * (k * r).sin();
                }
                for (dim, found) in [(1, one * h / PI), (3, three * h / (2.0 * PI * PI * r))] {
                    let expected = law.log_density(dim, t, r).exp();
                    let scale = expected + 1e-2 * law.log_density(dim, t, 0.0).exp();
                    assert!(
                        (found - expected).abs() < 1e-10 * scale,
                        "D = {degrees}, m = {mass}, N = {dim}, r = {r}: {found} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn one_extra_dimension_is_yukawa() {
    for (speed, mass) in [(1.0, 1.3), (1.7, 0.0), (0.4, 200.0)] {
        let (law, yukawa) = (kernel(speed, 1.0, mass), Yukawa::new(speed, mass).unwrap());
        for t in [0.01, 0.7, 12.0] {
            let close = |found: f64, expected: f64| {
                assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{speed} {mass} {t}: {found} {expected}");
            };
            for dim in [1, 2, 3, 784, 200_000] {
                for r in [0.0, 0.3, 40.0] {
                    close(law.log_density(dim, t, r), yukawa.log_density(dim, t, r));
                    close(law.growth_rate(dim, t, r), yukawa.growth_rate(dim, t, r));
                    close(law.velocity_over_r(dim, t, r), yukawa.velocity_over_r(dim, t, r));
                }
            }
            close(law.log_mass(t), yukawa.log_mass(t));
            close(law.mean_growth_rate(t), yukawa.mean_growth_rate(t));
            close(law.log_characteristic(t, 1.9), yukawa.log_characteristic(t, 1.9));
            close(law.sigma(t), yukawa.sigma(t));
            close(law.time(3.3), yukawa.time(3.3));
            close(law.spread(t), yukawa.spread(t));
        }
    }
}

#[test]
fn without_mass_it_is_pfgm_plus_plus() {
    let speed = 1.7;
    for degrees in DEGREES {
        let (zero, plain) = (kernel(speed, degrees, 0.0), PfgmPlusPlus::new(1.0, degrees).unwrap());
        // x^ν K_ν is 1 up to x^{2ν}, which is slow to vanish for small D.
        let tiny = kernel(speed, degrees, if degrees < 1.0 { 1e-300 } else { 1e-12 });
        for t in [0.01, 0.7, 12.0] {
            let tau = speed * t;
            for dim in [1, 3, 64, 3072] {
                for r in [0.0, 0.3, 40.0] {
                    let expected = plain.log_density(dim, tau, r);
                    assert_eq!(zero.log_density(dim, t, r), expected);
                    assert_eq!(zero.growth_rate(dim, t, r), 0.0);
                    let found = tiny.log_density(dim, t, r);
                    assert!((found - expected).abs() < 1e-8 * expected.abs().max(1.0), "{degrees} {dim} {found}");
                }
            }
            assert_eq!((zero.log_mass(t), zero.mean_growth_rate(t)), (0.0, 0.0));
            let (found, expected) = (zero.log_characteristic(t, 1.1), plain.log_characteristic(tau, 1.1));
            assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{degrees}: {found} {expected}");
            assert!((zero.sigma(t) / plain.sigma(tau) - 1.0).abs() < 1e-14);
            assert!((zero.spread(t) / plain.spread(tau) - 1.0).abs() < 1e-14, "{degrees}");
        }
    }
}

#[test]
fn the_density_solves_the_equation() {
    // From p = −t^{D−1}φ_t: p_tt − (D−1)/t p_t + c²∇²p − m²p = 0. Fourth-order differences.
    for degrees in [0.1, 0.7, 2.0, 3.5, 9.0] {
        let (speed, mass, h) = (1.7, 0.9, 1e-3);
        let law = kernel(speed, degrees, mass);
        for dim in [1, 2, 3, 5] {
            for (t, r) in [(0.5, 0.8), (1.1, 0.3), (0.9, 2.5)] {
                let second = |f: &dyn Fn(f64) -> f64, x: f64| {
                    let pairs = 16.0 * (f(x + h) + f(x - h)) - f(x + 2.0 * h) - f(x - 2.0 * h);
                    (pairs - 30.0 * f(x)) / (12.0 * h * h)
                };
                let first = |f: &dyn Fn(f64) -> f64, x: f64| {
                    (8.0 * (f(x + h) - f(x - h)) - f(x + 2.0 * h) + f(x - 2.0 * h)) / (12.0 * h)
                };
                let p = |t: f64, r: f64| law.log_density(dim, t, r).exp();
                let in_t = second(&|t| p(t, r), t) - (degrees - 1.0) / t * first(&|t| p(t, r), t);
                let laplacian = second(&|r| p(t, r), r) + (dim as f64 - 1.0) / r * first(&|r| p(t, r), r);
                let residual = in_t + speed * speed * laplacian - mass * mass * p(t, r);
                let scale = in_t.abs() + p(t, r);
                assert!(residual.abs() < 2e-6 * scale, "D = {degrees}, N = {dim}, t = {t}, r = {r}: {residual:e}");
            }
        }
    }
}

/// ln ∫ f dx in `dim` dimensions by the trapezoidal rule in ln r, f given as its logarithm.
fn log_integral(log_f: impl Fn(f64) -> f64, dim: usize) -> f64 {
    let half = 0.5 * dim as f64;
    let log_sphere = 2f64.ln() + half * PI.ln() - ln_gamma(half);
    let step = 0.006;
    let terms: Vec<f64> = (-8000..=8000)
        .map(|i| {
            let log_r = step * f64::from(i);
            log_f(log_r.exp()) + dim as f64 * log_r
        })
        .collect();
    let peak = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    log_sphere + peak + (step * terms.iter().map(|term| (term - peak).exp()).sum::<f64>()).ln()
}

#[test]
fn mass_and_its_rate_of_change() {
    for degrees in DEGREES {
        for mass in [0.01, 0.9, 30.0] {
            let law = kernel(1.7, degrees, mass);
            for dim in [1, 2, 3, 64, 784] {
                for t in [0.05, 0.7, 12.0] {
                    let name = format!("D = {degrees}, m = {mass}, N = {dim}, t = {t}");
                    let (found, expected) = (log_integral(|r| law.log_density(dim, t, r), dim), law.log_mass(t));
                    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{name}: {found} {expected}");
                    let lost = |r: f64| law.log_density(dim, t, r) + (-law.growth_rate(dim, t, r)).ln();
                    let mean = -(log_integral(lost, dim) - expected).exp();
                    let claimed = law.mean_growth_rate(t);
                    assert!((mean / claimed - 1.0).abs() < 1e-8, "{name}: {mean} {claimed}");
                    let h = 1e-3 * t;
                    let log = |t: f64| law.log_mass(t);
                    let slope = (8.0 * (log(t + h) - log(t - h)) - log(t + 2.0 * h) + log(t - 2.0 * h)) / (12.0 * h);
                    // ln ∫p is rounded at 1e-16, which the difference quotient divides by h.
                    let tolerance = 1e-6 * claimed.abs() + 1e-15 * (1.0 + expected.abs()) / h;
                    assert!((slope - claimed).abs() < tolerance, "{name}: {slope} {claimed}");
                }
            }
        }
    }
}

#[test]
fn continuity_equation_holds() {
    let derivative = |f: &dyn Fn(f64) -> f64, x: f64| {
        let h = 2e-3 * x;
        (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
    };
    for degrees in DEGREES {
        for mass in [0.0, 0.9, 30.0] {
            let law = kernel(1.7, degrees, mass);
            for dim in [1, 2, 5, 784] {
                for (t, r) in [(0.01, 0.02), (0.3, 1.4), (0.7, 0.1), (12.0, 30.0)] {
                    let rate = derivative(&|t| law.log_density(dim, t, r), t);
                    let drift = r / t * derivative(&|r| law.log_density(dim, t, r), r);
                    let growth = law.growth_rate(dim, t, r);
                    let divergence = dim as f64 * law.velocity_over_r(dim, t, r);
                    let scale = rate.abs() + drift.abs() + growth.abs() + divergence;
                    let residual = rate + divergence + drift - growth;
                    let close = residual.abs() < (1e-8 + 1e-12 * degrees) * scale;
                    assert!(close, "{degrees} {mass} {dim} {t} {r}: {residual:e}");
                }
            }
        }
    }
}

#[test]
fn many_extra_dimensions_are_gaussian() {
    // p̂ with σ = ct/√D and mt = εD is a Gaussian of variance 2σ²/(1 + √(1 + 4ε²)), the square of the spread.
    let (degrees, sigma) = (1e10, 1.3);
    let t = kernel(2.0, degrees, 0.0).time(sigma);
    for ratio in [0.0, 0.1, 1.0, 20.0] {
        let law = kernel(2.0, degrees, ratio * degrees / t);
        let variance = 2.0 * sigma * sigma / (1.0 + (1.0 + 4.0 * ratio * ratio).sqrt());
        assert!((law.spread(t).powi(2) / variance - 1.0).abs() < 1e-9, "{ratio}");
        let heat = Heat::new(0.5).unwrap();
        for dim in [1, 3, 64] {
            for factor in [0.0, 0.5, 1.0] {
                let r = factor * (variance * dim as f64).sqrt();
                let found = law.log_density(dim, t, r) - law.log_mass(t);
                let expected = heat.log_density(dim, variance, r);
                // ln p and ln ∫p are about −mt, and rounded on their own.
                let tolerance = 1e-6 + 1e-15 * law.log_mass(t).abs();
                assert!((found - expected).abs() < tolerance, "ε = {ratio}, N = {dim}, r = {r}: {found} {expected}");
            }
        }
    }
}

/// E e^{−s u} by Monte Carlo is p̂(√s)/p̂(0); the standard error of `COUNT` draws is below 0.5/√COUNT.
#[test]
fn draws_have_the_characteristic_function() {
    const COUNT: u32 = 20_000;
    for (i, degrees) in DEGREES.into_iter().enumerate() {
        for (j, steepness) in [0.0, 1e-30, 1e-3, 0.3, 1.0, 5.0, 100.0, 1e4].into_iter().enumerate() {
            let (speed, t) = (1.7, 0.6);
            let law = kernel(speed, degrees, steepness / t);
            let mut rng = ChaCha12Rng::seed_from_u64(100 * i as u64 + j as u64);
            let draws: Vec<f64> = (0..COUNT).map(|_| law.sample_subordinator(t, &mut rng)).collect();
            assert!(draws.iter().all(|u| *u > 0.0), "D = {degrees}, mt = {steepness}");
            for factor in [0.1, 0.4, 1.0, 2.0, 10.0] {
                let k = factor / law.spread(t);
                let expected = (law.log_characteristic(t, k) - law.log_mass(t)).exp();
                let found = draws.iter().map(|u| (-k * k * u).exp()).sum::<f64>() / f64::from(COUNT);
                let variance = (law.log_characteristic(t, k * 2f64.sqrt()) - law.log_mass(t)).exp() - expected.powi(2);
                let tolerance = 5.0 * (variance.max(0.0) / f64::from(COUNT)).sqrt() + 1e-9;
                assert!(
                    (found - expected).abs() < tolerance,
                    "D = {degrees}, mt = {steepness}, k = {k}: {found} against {expected} ± {tolerance}"
                );
            }
        }
    }
}

#[test]
fn draws_of_the_logarithm_have_the_right_distribution() {
    // Kolmogorov's distance for s = ln(c²t²/4u), of density ∝ exp(νs − eˢ − ω²e^{−s}/4). Small D needs m > 0: u
    // overflows.
    const COUNT: usize = 200_000;
    for degrees in [0.01, 0.2, 1.0, 2.5, 41.0, 1e5] {
        for steepness in [0.0, 1e-50, 1e-3, 0.3, 5.0, 300.0, 1e4] {
            if degrees < 0.1 && steepness == 0.0 {
                continue;
            }
            let law = kernel(2.0, degrees, steepness);
            let mut rng = ChaCha12Rng::seed_from_u64(17);
            let mut draws: Vec<f64> = (0..COUNT).map(|_| -law.sample_subordinator(1.0, &mut rng).ln()).collect();
            draws.sort_by(f64::total_cmp);
            let order = 0.5 * degrees;
            let mode = (0.5 * (order + order.hypot(steepness))).ln();
            let log = |s: f64| order * s - s.exp() - (2.0 * (0.5 * steepness).ln() - s).exp();
            let reach = |sign: f64| {
                let mut w = 1e-4;
                while log(mode + sign * w) > log(mode) - 45.0 {
                    w *= 1.3;
                }
                w
            };
            let (left, right) = (mode - reach(-1.0), mode + reach(1.0));
            let steps = 400_000;
            let h = (right - left) / f64::from(steps);
            let mut cumulative = Vec::with_capacity(steps as usize);
            let mut sum = 0.0;
            for i in 0..steps {
                sum += (log(left + h * (f64::from(i) + 0.5)) - log(mode)).exp();
                cumulative.push(sum);
            }
            let distance = draws.iter().enumerate().map(|(i, s)| {
                let cell = (((s - left) / h).max(0.0) as usize).min(cumulative.len() - 1);
                (cumulative[cell] / sum - (i as f64 + 0.5) / COUNT as f64).abs()
            });
            let worst = distance.fold(0.0, f64::max) * (COUNT as f64).sqrt();
            assert!(worst < 2.2, "D = {degrees}, mt = {steepness}: {worst}");
        }
    }
}

#[test]
fn the_sampled_spread_is_the_standard_deviation_near_the_gaussian() {
    for (degrees, steepness) in [(2000.0, 0.0), (2000.0, 800.0), (3.0, 1e4), (1e5, 1e4)] {
        let law = kernel(1.3, degrees, steepness);
        let mut rng = ChaCha12Rng::seed_from_u64(5);
        let mut z = vec![0.0; 200_000];
        for row in z.chunks_mut(4) {
            law.sample_displacement(1.0, &mut rng, row);
        }
        let deviation = (z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64).sqrt();
        assert!((deviation / law.spread(1.0) - 1.0).abs() < 1e-2, "{degrees} {steepness}: {deviation}");
    }
}

#[test]
fn the_conservative_velocity_is_positive_and_below_the_flux_velocity() {
    for degrees in [0.3, 1.0, 3.5, 200.0] {
        for mass in [1e-3, 1.0, 1e2] {
            let law = kernel(1.0, degrees, mass);
            for dim in [1, 3, 784] {
                for factor in [0.0, 0.3, 1.0, 3.0] {
                    let r = factor * law.spread(1.0) * (dim as f64).sqrt();
                    let found = conservative_velocity_over_r(&law, dim, 1.0, r);
                    assert!(found > 0.0 && found < 1.0 + 1e-9, "{degrees} {mass} {dim} {r}: {found}");
                }
            }
        }
    }
}

#[test]
fn nothing_overflows() {
    for degrees in [0.01, 0.5, 1.0, 39.9, 128.0, 1e5, 1e12] {
        for (speed, mass) in [(1.0, 0.0), (1.0, 1e-6), (1e-6, 1e6), (1e6, 1.0)] {
            let law = kernel(speed, degrees, mass);
            for t in [1e-12, 1.0, 1e12] {
                for dim in [1, 39, 784, 200_000] {
                    for r in [0.0, 1e-12, 1.0, 1e12] {
                        for value in [
                            law.log_density(dim, t, r),
                            law.growth_rate(dim, t, r),
                            law.log_mass(t),
                            law.mean_growth_rate(t),
                            law.log_characteristic(t, r),
                            law.spread(t),
                        ] {
                            assert!(value.is_finite(), "{degrees} {speed} {mass} {dim} {t} {r}: {value}");
                        }
                    }
                }
                assert!((law.time(law.sigma(t)) / t - 1.0).abs() < 1e-14);
                if degrees < 0.1 && mass * t < 1e-3 {
                    continue;
                }
                let mut rng = ChaCha12Rng::seed_from_u64(3);
                for _ in 0..500 {
                    let mut z = [0.0; 3];
                    law.sample_displacement(t, &mut rng, &mut z);
                    assert!(z.iter().all(|z| z.is_finite() && *z != 0.0), "{degrees} {speed} {mass} {t}: {z:?}");
                }
            }
        }
    }
}
