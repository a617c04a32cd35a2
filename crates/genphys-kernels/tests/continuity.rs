//! Every family solves its own equation: the continuity form by finite differences, and the PDE itself in one
//! dimension.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{Heat, Killed, PfgmPlusPlus, PointSourceKernel, Poisson, Yukawa};

/// ∂p/∂t + ∇·(p v) − p g, divided by p, with ∇·(p a z)/p = N a + r ∂a/∂r + a r ∂ln p/∂r. Fourth-order differences.
fn continuity_residual<K: PointSourceKernel>(kernel: &K, dim: usize, t: f64, r: f64) -> (f64, f64) {
    let derivative = |f: &dyn Fn(f64) -> f64, x: f64| {
        let h = 2e-3 * x;
        (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
    };
    let rate = derivative(&|t| kernel.log_density(dim, t, r), t);
    let a = kernel.velocity_over_r(dim, t, r);
    let spread = r * derivative(&|r| kernel.velocity_over_r(dim, t, r), r);
    let drift = a * r * derivative(&|r| kernel.log_density(dim, t, r), r);
    let divergence = dim as f64 * a + spread;
    let growth = kernel.growth_rate(dim, t, r);
    (rate + divergence + drift - growth, rate.abs() + divergence.abs() + drift.abs() + growth.abs())
}

fn continuity<K: PointSourceKernel>(name: &str, kernel: &K) {
    for dim in [1, 2, 3, 5, 64, 784] {
        for (t, r) in [(0.01, 0.02), (0.3, 1.4), (0.7, 0.1), (2.0, 2.0), (12.0, 30.0)] {
            let (residual, scale) = continuity_residual(kernel, dim, t, r);
            assert!(residual.abs() < 1e-8 * scale, "{name}, N = {dim}, t = {t}, r = {r}: {residual:e} of {scale:e}");
        }
    }
}

#[test]
fn continuity_equation_holds() {
    continuity("heat", &Heat::new(0.6).unwrap());
    continuity("poisson", &Poisson::new(1.7).unwrap());
    continuity("yukawa", &Yukawa::new(1.7, 0.9).unwrap());
    continuity("heavy yukawa", &Yukawa::new(0.4, 30.0).unwrap());
    continuity("pfgm++", &PfgmPlusPlus::new(1.0, 3.5).unwrap());
    continuity("killed heat", &Killed::new(Heat::new(0.6).unwrap(), 0.8).unwrap());
    continuity("born poisson", &Killed::new(Poisson::new(0.6).unwrap(), -0.8).unwrap());
    continuity("killed yukawa", &Killed::new(Yukawa::new(0.6, 1.1).unwrap(), 0.3).unwrap());
}

#[test]
fn the_density_solves_the_equation() {
    // p = −φ_t solves the same constant-coefficient equation as φ; radial Laplacian by central differences.
    let (speed, mass, diffusivity) = (1.7, 0.9, 0.6);
    let yukawa = Yukawa::new(speed, mass).unwrap();
    let poisson = Poisson::new(speed).unwrap();
    let heat = Heat::new(diffusivity).unwrap();
    let h = 1e-3;
    for dim in [1, 2, 3, 5] {
        for (t, r) in [(0.5, 0.8), (1.1, 0.3), (0.9, 2.5)] {
            let second = |f: &dyn Fn(f64) -> f64, x: f64| {
                (-f(x + 2.0 * h) + 16.0 * f(x + h) - 30.0 * f(x) + 16.0 * f(x - h) - f(x - 2.0 * h)) / (12.0 * h * h)
            };
            let first = |f: &dyn Fn(f64) -> f64, x: f64| {
                (8.0 * (f(x + h) - f(x - h)) - f(x + 2.0 * h) + f(x - 2.0 * h)) / (12.0 * h)
            };
            let laplacian = |f: &dyn Fn(f64) -> f64| second(f, r) + (dim as f64 - 1.0) / r * first(f, r);
            let wave = |log: &dyn Fn(f64, f64) -> f64, mass: f64| {
                let p = |t: f64, r: f64| log(t, r).exp();
                let tt = second(&|t| p(t, r), t);
                let residual = tt + speed * speed * laplacian(&|r| p(t, r)) - mass * mass * p(t, r);
                (residual / (tt.abs() + p(t, r))).abs()
            };
            assert!(wave(&|t, r| yukawa.log_density(dim, t, r), mass) < 1e-6, "yukawa {dim} {t} {r}");
            assert!(wave(&|t, r| poisson.log_density(dim, t, r), 0.0) < 1e-6, "poisson {dim} {t} {r}");
            let p = |t: f64, r: f64| heat.log_density(dim, t, r).exp();
            let residual = first(&|t| p(t, r), t) - diffusivity * laplacian(&|r| p(t, r));
            assert!(residual.abs() < 1e-7 * p(t, r), "heat {dim} {t} {r}");
        }
    }
}

/// ln ∫ p dx in `dim` dimensions by the trapezoidal rule in ln r, for which it converges exponentially.
fn log_integral(log_p: impl Fn(f64) -> f64, dim: usize) -> f64 {
    let half = 0.5 * dim as f64;
    let log_sphere = 2f64.ln() + half * std::f64::consts::PI.ln() - genphys_kernels::special::ln_gamma(half);
    let step = 0.006;
    let terms: Vec<f64> = (-8000..=8000)
        .map(|i| {
            let log_r = step * f64::from(i);
            log_p(log_r.exp()) + dim as f64 * log_r
        })
        .collect();
    let peak = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    log_sphere + peak + (step * terms.iter().map(|term| (term - peak).exp()).sum::<f64>()).ln()
}

fn mass<K: PointSourceKernel>(name: &str, kernel: &K) {
    for dim in [1, 2, 3, 64, 784, 3072] {
        for t in [0.01, 0.7, 12.0] {
            let found = log_integral(|r| kernel.log_density(dim, t, r), dim);
            let expected = kernel.log_mass(t);
            assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{name} {dim} {t}: {found} {expected}");
            // ∫ R dx = d mass/dt: the growth rate has the right mean.
            let lost = |r: f64| kernel.log_density(dim, t, r) + (-kernel.growth_rate(dim, t, r)).ln();
            if kernel.growth_rate(dim, t, 1.0) < 0.0 {
                let mean = -(log_integral(lost, dim) - expected).exp();
                let h = 1e-4 * t;
                let slope = (kernel.log_mass(t + h) - kernel.log_mass(t - h)) / (2.0 * h);
                assert!((mean / slope - 1.0).abs() < 1e-8, "{name} {dim} {t}: {mean} {slope}");
                assert!((kernel.mean_growth_rate(t) / slope - 1.0).abs() < 1e-8);
            }
        }
    }
}

#[test]
fn mass_and_its_rate_of_change() {
    mass("heat", &Heat::new(0.6).unwrap());
    mass("poisson", &Poisson::new(1.7).unwrap());
    mass("yukawa", &Yukawa::new(1.7, 0.9).unwrap());
    mass("light yukawa", &Yukawa::new(1.0, 0.01).unwrap());
    mass("pfgm++", &PfgmPlusPlus::new(1.0, 3.5).unwrap());
    mass("killed heat", &Killed::new(Heat::new(0.6).unwrap(), 0.8).unwrap());
    mass("killed yukawa", &Killed::new(Yukawa::new(0.6, 1.1).unwrap(), 0.3).unwrap());
}
