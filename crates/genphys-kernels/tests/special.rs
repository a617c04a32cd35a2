//! Special functions against 20-digit values computed with mpmath at 45 to 90 digits (trapezoidal rule on the integral
//! representation of K_ν, independent of every formula used here).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::special::{
    bessel_k_ratio, ln_gamma, ln_gamma_ratio, log_bessel_k_normalised, scaled_bessel_k_ratio,
};

fn rows(text: &str) -> Vec<Vec<f64>> {
    text.lines().skip(1).map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
}

#[test]
fn ln_gamma_to_1e13() {
    let rows = rows(include_str!("data/gamma.csv"));
    assert_eq!(rows.len(), 33);
    for row in rows {
        let (x, expected) = (row[0], row[1]);
        let error = (ln_gamma(x) - expected).abs() / expected.abs();
        assert!(error < 2e-14, "ln Γ({x}): relative error {error:e}");
    }
    assert!(ln_gamma(0.0).is_nan() && ln_gamma(-1.5).is_nan());
}

#[test]
fn ln_gamma_ratio_to_1e13() {
    for row in rows(include_str!("data/gamma_ratio.csv")) {
        let (a, b, expected) = (row[0], row[1], row[2]);
        let error = (ln_gamma_ratio(a, b) - expected).abs() / expected.abs().max(1.0);
        assert!(error < 2e-14, "ln Γ({a}+{b})/Γ({a}): error {error:e}");
    }
}

#[test]
fn bessel_k_to_1e13() {
    let rows = rows(include_str!("data/bessel.csv"));
    assert_eq!(rows.len(), 322);
    let (mut worst_log, mut worst_ratio) = (0f64, 0f64);
    for row in rows {
        let (order, x, log, ratio) = (row[0], row[1], row[2], row[3]);
        let log_error = (log_bessel_k_normalised(order, x) - log).abs() / log.abs().max(1.0);
        let ratio_error = (bessel_k_ratio(order, x) / ratio - 1.0).abs();
        assert!(log_error < 1e-13, "ln K_{order}({x}): error {log_error:e}");
        assert!(ratio_error < 1e-13, "K_{{ν−1}}/K_ν at ν = {order}, x = {x}: error {ratio_error:e}");
        worst_log = worst_log.max(log_error);
        worst_ratio = worst_ratio.max(ratio_error);
    }
    println!("worst errors: {worst_log:e} (logarithm), {worst_ratio:e} (ratio)");
}

#[test]
fn bessel_k_never_overflows() {
    for order in [0.1, 0.5, 1.0, 1.5, 7.3, 19.5, 20.0, 392.5, 100_001.0] {
        for exponent in -300..=300 {
            let x = 10f64.powi(exponent);
            let log = log_bessel_k_normalised(order, x);
            assert!(log.is_finite() && log <= 1e-13, "ν = {order}, x = {x:e}: {log}");
            let ratio = scaled_bessel_k_ratio(order, x);
            assert!(ratio.is_finite() && ratio >= 0.0, "ν = {order}, x = {x:e}: {ratio}");
        }
        assert_eq!(log_bessel_k_normalised(order, 0.0), 0.0);
        assert_eq!(scaled_bessel_k_ratio(order, 0.0), 0.0);
    }
}

#[test]
fn bessel_k_recurrence_across_the_change_of_method() {
    // L(ν+1) = L(ν) + ln(w_ν/2ν), w_ν = x K_{ν+1}/K_ν = x / ratio(ν+1).
    for order in [0.7, 1.0, 3.5, 18.9, 19.0, 19.5, 19.99, 20.0, 21.5, 99.5, 100.5, 999.5, 1000.5, 100_000.0] {
        for x in [1e-9, 0.1, 1.999, 2.001, 13.0, 700.0, 1e7] {
            let expected =
                log_bessel_k_normalised(order, x) + (x / bessel_k_ratio(order + 1.0, x) / (2.0 * order)).ln();
            let found = log_bessel_k_normalised(order + 1.0, x);
            assert!(
                (found - expected).abs() < 2e-13 * found.abs().max(1.0),
                "ν = {order}, x = {x}: {found} {expected}"
            );
        }
    }
}
