//! The tables of nodes that training and sampling use, beyond the bulk of the law and late in time, against closed
//! forms and the integrals of `precise`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{
    Complex64, LaplaceExponent, PointSourceKernel, Stable, Subordinated, Yukawa, conservative_velocity_over_r,
};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

fn function(f: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static) -> Subordinated {
    Subordinated::new(LaplaceExponent::function(f).unwrap()).unwrap()
}

/// √(λ + 1) − 1: e^{mt} times Yukawa, whose tail is an exponential.
#[test]
fn relativistic_kernels_have_the_tail_of_yukawa() {
    let (kernel, yukawa) = (function(|l| (l + 1.0).sqrt() - 1.0), Yukawa::new(1.0, 1.0).unwrap());
    for dim in [1, 3, 64, 3072] {
        for (t, radii) in
            [(1e-12, &[1.0][..]), (1e-3, &[1.0, 30.0]), (0.7, &[10.0, 100.0, 1000.0]), (1e3, &[300.0, 1e3])]
        {
            for &r in radii {
                let place = format!("N = {dim}, t = {t}, r = {r}");
                let expected = yukawa.log_density(dim, t, r) - yukawa.log_mass(t);
                let found = kernel.log_density(dim, t, r);
                assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{place}: {found} {expected}");
                let expected = conservative_velocity_over_r(&yukawa, dim, t, r);
                let found = kernel.velocity_over_r(dim, t, r);
                assert!((found / expected - 1.0).abs() < 1e-4, "{place}: {found} {expected}");
            }
        }
    }
}

/// At the source in many dimensions what counts is the far left of the law of u.
#[test]
fn tables_reach_as_far_as_they_are_asked() {
    let jumps = LaplaceExponent::drift(0.0).unwrap().with_jump_law(1.0, |l| -l.sqrt()).unwrap();
    let list = [
        ("a power", function(|l| l.powf(0.75))),
        ("variance gamma", function(|l| (1.0 + 0.5 * l).ln())),
        ("stable jumps", Subordinated::new(jumps).unwrap()),
    ];
    for (name, kernel) in list {
        for (dim, t, r) in
            [(1, 0.7, 30.0), (3, 1e-4, 2.0), (64, 0.7, 0.3), (64, 0.7, 1e4), (3072, 0.7, 1.0), (3072, 5.0, 7.0)]
        {
            let (found, known) = (kernel.log_density(dim, t, r), kernel.precise(dim, t, r));
            let place = format!("{name}, N = {dim}, t = {t}, r = {r}");
            assert!(known.accuracy.log_density < 1e-6, "{place}");
            let expected = known.log_density;
            assert!((found - expected).abs() < 1e-5 * expected.abs().max(1.0), "{place}: {found} {expected}");
            let (found, expected) = (kernel.velocity_over_r(dim, t, r), known.velocity_over_r);
            let both_infinite = found == expected;
            assert!(both_infinite || (found / expected - 1.0).abs() < 1e-4, "{place}: {found} {expected}");
        }
    }
}

/// Where jumps leave a share e^{−t} of the mass behind, late times once had nothing else in their tables.
#[test]
fn bounded_exponents_late_in_time() {
    let kernel = function(|l| l / (1.0 + l));
    for t in [10.0, 25.0, 30.0, 100.0, 1000.0] {
        for factor in [0.3, 1.0, 3.0] {
            let r = factor * (2.0f64 * t).sqrt();
            let (found, expected) = (kernel.log_density(1, t, r), kernel.precise(1, t, r).log_density);
            assert!((found - expected).abs() < 1e-5, "t = {t}, r = {r}: {found} {expected}");
        }
        // E u = t, and its variance 2t.
        let (mut rng, count) = (ChaCha12Rng::seed_from_u64(3), 20_000);
        let mean = (0..count).map(|_| kernel.sample_subordinator(t, &mut rng)).sum::<f64>() / f64::from(count);
        assert!((mean - t).abs() < 5.0 * (2.0 * t / f64::from(count)).sqrt() + 1e-4 * t, "t = {t}: {mean}");
    }
}

#[test]
fn laws_that_are_nearly_points_have_their_tails() {
    for t in [1e-3, 1.0] {
        let (table, exact) = (function(|l| l.powf(0.9999)), Stable::new(1.0, 1.9998).unwrap());
        for dim in [1, 64] {
            for (factor, tolerance) in [(0.0, 1e-3), (1.0, 1e-3), (6.0, 5e-2), (30.0, 2e-3), (1e4, 2e-3)] {
                let r = factor * (2.0 * t * f64::from(dim as u32)).sqrt();
                let (found, expected) = (table.log_density(dim, t, r), exact.log_density(dim, t, r));
                let error = (found - expected).abs();
                assert!(error < tolerance * expected.abs().max(1.0), "N = {dim}, t = {t}, r = {r}: {found} {expected}");
            }
        }
    }
}
