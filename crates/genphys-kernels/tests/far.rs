//! Kernels of Bernstein exponents far beyond the bulk, against mpmath: right to the digits that are claimed, with digits
//! to claim, whatever becomes of the transform there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{Complex64, LaplaceExponent, PointSourceKernel, Subordinated};

fn function(f: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static) -> LaplaceExponent {
    LaplaceExponent::function(f).unwrap()
}

fn kernel(family: &str, parameter: f64) -> Subordinated {
    let none = || LaplaceExponent::drift(0.0).unwrap();
    Subordinated::new(match family {
        "relativistic" => function(move |l| (l + parameter * parameter).sqrt() - parameter),
        "variance_gamma" => function(|l| (1.0 + 0.5 * l).ln()),
        // The 1 takes digits from small λ.
        "linnik" => function(move |l| (1.0 + l.powf(0.5 * parameter)).ln()),
        "exponential_jumps" => none().with_jump_law(1.0, |l| -(1.0 + l).ln()).unwrap(),
        "equal_jumps" => none().with_jumps(1.0, 0.5).unwrap(),
        other => panic!("unknown family {other}"),
    })
    .unwrap()
}

/// Family with parameter, N, t, r and ln p.
fn rows() -> Vec<(String, f64, [f64; 4])> {
    let lines = include_str!("data/far.csv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        (fields[0].to_owned(), fields[1].parse().unwrap_or(0.0), [2, 3, 4, 5].map(number))
    };
    lines.map(row).collect()
}

#[test]
fn far_out_every_digit_that_is_claimed_is_right() {
    let mut known: Option<(String, f64, Subordinated)> = None;
    for (family, parameter, [dim, t, r, log_p]) in rows() {
        let before = known.take().filter(|(name, of, _)| *name == family && *of == parameter);
        let (.., kernel) = before.unwrap_or_else(|| (family.clone(), parameter, self::kernel(&family, parameter)));
        let found = kernel.precise(dim as usize, t, r);
        let (value, accuracy) = (found.log_density, found.accuracy);
        let place = format!("{family} {parameter}, N = {dim}, t = {t}, r = {r}: {value} {log_p} {accuracy:?}");
        let error = (value - log_p).abs();
        assert!(error <= accuracy.log_density + 4.0 * f64::EPSILON * log_p.abs(), "{place}");
        // Nine digits of ln p, and one of the velocity.
        assert!(accuracy.log_density < 1e-9 * log_p.abs().max(100.0), "{place}");
        assert!(accuracy.velocity_over_r < 0.3 && found.velocity_over_r > 0.0, "{place}");
        known = Some((family, parameter, kernel));
    }
}

/// A jump of mass that passes r comes from the tail: J/(p r) = (1/t + m)/(m r) for √(λ + m²) − m, and 1/(αt) for
/// whatever begins as λ^{α/2}.
#[test]
fn far_out_velocities_are_those_of_the_tail() {
    let r = 1e8;
    for (family, parameter, tail) in [
        ("relativistic", 1.0, (1.0 / 0.7 + 1.0) / r),
        ("relativistic", 20.0, (1.0 / 0.7 + 20.0) / (20.0 * r)),
        ("linnik", 1.0, 1.0 / 0.7),
        ("linnik", 1.5, 1.0 / (1.5 * 0.7)),
    ] {
        let found = kernel(family, parameter).precise(1, 0.7, r);
        let error = (found.velocity_over_r / tail - 1.0).abs();
        assert!(error < 1e-7 + found.accuracy.velocity_over_r, "{family} {parameter}: {found:?} {tail}");
    }
    // Where one power takes over from another, as far as a double tells.
    let sum = Subordinated::new(function(|l| l.powf(0.75) + (l + 1.0).sqrt() - 1.0)).unwrap();
    let power = Subordinated::new(function(|l| l.powf(0.75))).unwrap();
    for (t, r) in [(1e-12, 1e6), (0.7, 1e9), (1e3, 1e12)] {
        let (found, expected) = (sum.precise(1, t, r), power.precise(1, t, r));
        let error = (found.log_density - expected.log_density).abs();
        assert!(error < 1e-8 && found.accuracy.log_density < 1e-8, "t = {t}, r = {r}: {found:?} {expected:?}");
    }
}
