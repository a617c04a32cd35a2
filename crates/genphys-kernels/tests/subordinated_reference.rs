//! Kernels of Bernstein exponents against values computed with mpmath by other formulas, from the source into the
//! tails: every value is right to the digits that its estimated accuracy claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{Complex64, LaplaceExponent, PointSourceKernel, Stable, Subordinated};

fn function(f: impl Fn(Complex64) -> Complex64 + Send + Sync + 'static) -> LaplaceExponent {
    LaplaceExponent::function(f).unwrap()
}

/// The exponents of the file, by family and parameter, and the error of ln p that none may exceed.
fn exponent(family: &str, parameter: f64) -> (LaplaceExponent, f64) {
    match family {
        "relativistic" => (function(move |l| (l + parameter * parameter).sqrt() - parameter), 1e-9),
        "levy" => (function(move |l| l.powf(0.5 * parameter)), 1e-10),
        "variance_gamma" => (function(|l| (1.0 + 0.5 * l).ln()), 1e-10),
        "stable_jumps" => {
            let none = LaplaceExponent::drift(0.0).unwrap();
            (none.with_jump_law(1.0, move |l| -l.powf(0.5 * parameter)).unwrap(), 1e-10)
        }
        "exponential_jumps" => {
            let drift = LaplaceExponent::drift(parameter).unwrap();
            (drift.with_jump_law(1.0, |l| -(1.0 + l).ln()).unwrap(), 1e-10)
        }
        // The same without saying so: its distance from its limit is a difference.
        "exponential_jumps_as_a_function" => (function(|l| l / (1.0 + l)).with_drift(parameter).unwrap(), 1e-7),
        "equal_jumps" => (LaplaceExponent::drift(parameter).unwrap().with_jumps(1.0, 0.5).unwrap(), 1e-10),
        other => panic!("unknown family {other}"),
    }
}

struct Row {
    family: String,
    parameter: f64,
    dim: usize,
    t: f64,
    r: f64,
    log_p: f64,
    velocity: Option<f64>,
}

/// The rows of the file; without `GENPHYS_ALL_ROWS`, which takes minutes, one in twelve of the smooth laws up to N =
/// 64.
fn rows() -> Vec<Row> {
    let all = all_rows();
    if std::env::var("GENPHYS_ALL_ROWS").is_ok() {
        return all;
    }
    let smooth = ["relativistic", "levy"];
    all.into_iter().filter(|row| smooth.contains(&row.family.as_str()) && row.dim <= 64).step_by(12).collect()
}

fn all_rows() -> Vec<Row> {
    let lines = include_str!("data/subordinated.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |i: usize| fields[i].parse::<f64>();
            Row {
                family: fields[0].to_owned(),
                parameter: number(1).unwrap_or(0.0),
                dim: fields[2].parse().unwrap(),
                t: number(3).unwrap(),
                r: number(4).unwrap(),
                log_p: number(5).unwrap(),
                velocity: number(6).ok(),
            }
        })
        .collect()
}

#[track_caller]
fn check(kernel: &impl PointSourceKernel, name: &str, row: &Row, worst: f64) {
    let Row { dim, t, r, log_p, velocity, .. } = *row;
    let precise = kernel.precise(dim, t, r);
    let (found, accuracy) = (precise.log_density, precise.accuracy);
    let place = format!("{name} {}, N = {dim}, t = {t}, r = {r}", row.parameter);
    let error = (found - log_p).abs();
    // The rows have 18 digits, the estimates are of what happened within the computation.
    let rounding = 4.0 * f64::EPSILON * log_p.abs().max(1.0);
    assert!(error <= accuracy.log_density + rounding, "{place}: {found} {log_p} {error:e} {accuracy:?}");
    assert!(accuracy.log_density <= worst * log_p.abs().max(1.0), "{place}: {accuracy:?}");
    if let Some(velocity) = velocity {
        let found = precise.velocity_over_r;
        let error = (found / velocity - 1.0).abs();
        assert!(error <= accuracy.velocity_over_r + 1e-14, "{place}: v {found} {velocity} {error:e} {accuracy:?}");
        assert!(accuracy.velocity_over_r <= 3.0 * worst * log_p.abs().max(1.0), "{place}: {accuracy:?}");
    }
}

#[test]
fn every_row_is_right_to_the_digits_claimed() {
    let mut before: Option<(String, f64, Subordinated, f64)> = None;
    for row in rows() {
        let mut names = vec![row.family.clone()];
        if row.family == "exponential_jumps" {
            names.push("exponential_jumps_as_a_function".to_owned());
        }
        for name in names {
            let known = before.take().filter(|(of, parameter, ..)| *of == name && *parameter == row.parameter);
            let (.., kernel, worst) = known.unwrap_or_else(|| {
                let (exponent, worst) = exponent(&name, row.parameter);
                (name.clone(), row.parameter, Subordinated::new(exponent).unwrap(), worst)
            });
            check(&kernel, &name, &row, worst);
            before = Some((name, row.parameter, kernel, worst));
        }
    }
}

#[test]
fn stable_kernels_keep_their_shape_and_their_digits() {
    for row in rows().iter().filter(|row| row.family == "levy") {
        check(&Stable::new(1.0, row.parameter).unwrap(), "stable", row, 1e-10);
    }
    // Near the Gaussian the law is a millionth wide, and its tail a millionth of the mass.
    let (near, heat) = (Stable::new(1.0, 1.999_999).unwrap(), Stable::new(1.0, 2.0).unwrap());
    for r in [0.0, 0.5, 2.0] {
        let (found, limit) = (near.precise(3, 0.7, r).log_density, heat.log_density(3, 0.7, r));
        assert!((found - limit).abs() < 1e-5, "{r}: {found} {limit}");
        let estimate = near.precise(3, 0.7, r).accuracy.log_density;
        assert!(estimate < 1e-11, "{r}: {estimate:e}");
    }
}
