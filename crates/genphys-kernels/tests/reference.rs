//! Kernels against 20-digit values computed with mpmath.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{Heat, PfgmPlusPlus, PointSourceKernel, Poisson, Yukawa};

#[track_caller]
fn close(what: &str, line: &str, found: f64, expected: f64, tolerance: f64) {
    let error = (found - expected).abs();
    assert!(error <= tolerance, "{what} of `{line}`: found {found}, expected {expected}, error {error:e}");
}

fn compare<K: PointSourceKernel>(kernel: &K, line: &str, fields: &[&str]) {
    let number = |i: usize| fields[i].parse::<f64>().unwrap();
    let (dim, t, r) = (fields[2].parse().unwrap(), number(3), number(4));
    let (log_p, v_over_r, growth) = (number(5), number(6), number(7));
    close("log_p", line, kernel.log_density(dim, t, r), log_p, 1e-12 * log_p.abs().max(1.0));
    close("v_over_r", line, kernel.velocity_over_r(dim, t, r), v_over_r, 1e-12 * v_over_r.abs());
    close("growth", line, kernel.growth_rate(dim, t, r), growth, 1e-12 * growth.abs());
}

#[test]
fn every_row_of_the_reference() {
    let text = include_str!("data/kernels.csv");
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        match fields[0] {
            "heat" => compare(&Heat::new(1.0).unwrap(), line, &fields),
            "poisson" => compare(&Poisson::new(1.0).unwrap(), line, &fields),
            "pfgmpp" => compare(&PfgmPlusPlus::new(1.0, fields[1].parse().unwrap()).unwrap(), line, &fields),
            "yukawa" => compare(&Yukawa::new(1.0, fields[1].parse().unwrap()).unwrap(), line, &fields),
            other => panic!("unknown family {other}"),
        }
        rows += 1;
    }
    assert_eq!(rows, 126);
}

#[test]
fn yukawa_with_speed_at_extreme_scales() {
    let text = include_str!("data/yukawa_extreme.csv");
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let number: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let kernel = Yukawa::new(number[0], number[1]).unwrap();
        let (dim, t, r) = (number[2] as usize, number[3], number[4]);
        // Big terms meet in log p where r and t differ by many decades; each is rounded on its own.
        let terms = dim as f64 * r.hypot(number[0] * t).ln().abs();
        close(
            "log_p",
            line,
            kernel.log_density(dim, t, r),
            number[5],
            1e-13 * number[5].abs().max(1.0) + 1e-15 * terms,
        );
        close("growth", line, kernel.growth_rate(dim, t, r), number[6], 1e-12 * number[6].abs());
        rows += 1;
    }
    assert_eq!(rows, 288);
}
