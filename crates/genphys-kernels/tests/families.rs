//! Families with formulas against values computed with mpmath from other ones (`data/families.py`), from the source
//! into the tails, in 1 to 3072 dimensions, from t = 1e-6 to 1e3: every value is right to the digits that its accuracy
//! claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{
    Clocked, Gaussian, Killed, PfgmPlusPlus, PointSourceKernel, Poisson, ScreenedPfgmPlusPlus, Stable, Telegraph,
    Yukawa, conservative_velocity_over_r,
};
use std::f64::consts::PI;

/// A row's fields after its family: three parameters, N, t, r, ln p, J/(p r), R/p and the velocity without births.
struct Row<'a> {
    line: &'a str,
    numbers: Vec<f64>,
}

impl Row<'_> {
    fn number(&self, i: usize) -> f64 {
        self.numbers[i]
    }
}

#[track_caller]
fn compare(kernel: &impl PointSourceKernel, row: &Row<'_>) {
    let (dim, t, r) = (row.number(3) as usize, row.number(4), row.number(5));
    let found = kernel.precise(dim, t, r);
    let claimed = found.accuracy;
    let check = |what: &str, found: f64, expected: f64, claimed: f64, most: f64| {
        let error = (found - expected).abs();
        // Half of a unit in the last of the 17 digits that are printed at most.
        let claimed = claimed.max(f64::EPSILON * expected.abs());
        assert!(error <= claimed, "{what} of `{}`: {found}, error {error:e} beyond {claimed:e}", row.line);
        assert!(claimed <= most, "{what} of `{}`: only {claimed:e} is claimed", row.line);
    };
    let [log_p, velocity, growth] = [6, 7, 8].map(|i| row.number(i));
    check("ln p", found.log_density, log_p, claimed.log_density, 1e-11 * log_p.abs().max(100.0));
    let size = velocity.abs();
    check("velocity", found.velocity_over_r, velocity, claimed.velocity_over_r * size, 1e-9 * size);
    check("growth", found.growth_rate, growth, claimed.growth_rate, 1e-9 * growth.abs());
    if row.number(9).is_finite() {
        let (found, expected) = (conservative_velocity_over_r(kernel, dim, t, r), row.number(9));
        // As `genphys kernel --conservative` takes it.
        let claimed = (1e-10 + 4.0 * f64::EPSILON * log_p.abs()) * size;
        check("conservative velocity", found, expected, claimed, 1e-6 * expected.abs());
    }
}

#[test]
fn every_row_is_right_to_the_digits_claimed() {
    let (mut rows, mut stable) = (0, Stable::new(1.0, 1.0).unwrap());
    for line in include_str!("data/families.csv").lines().filter(|line| !line.starts_with('#')) {
        let (family, rest) = line.split_once(',').unwrap();
        let row = Row { line, numbers: rest.split(',').map(|field| field.parse().unwrap_or(f64::NAN)).collect() };
        let [a, b, c] = [0, 1, 2].map(|i| row.number(i));
        match family {
            "poisson" => compare(&Poisson::new(a).unwrap(), &row),
            "yukawa" => compare(&Yukawa::new(a, c).unwrap(), &row),
            "pfgmpp" => compare(&PfgmPlusPlus::new(a, b).unwrap(), &row),
            "screened" => compare(&ScreenedPfgmPlusPlus::new(a, b, c).unwrap(), &row),
            "telegraph" => compare(&Telegraph::with_mass(a, b, c).unwrap(), &row),
            "stable" => {
                if stable.index() != a {
                    stable = Stable::new(1.0, a).unwrap();
                }
                compare(&stable, &row);
            }
            other => panic!("unknown family {other}"),
        }
        rows += 1;
    }
    assert!(rows > 850, "{rows}");
}

/// Rates that are differences of functions of the time: variance preserving diffusion, a quadratic clock, a death rate.
#[test]
fn rates_of_clocks_are_right_to_the_digits_claimed() {
    let preserving = Gaussian::isotropic(|t| (-0.5 * t).exp(), |t| -(-t).exp_m1()).unwrap();
    let poisson = Clocked::new(Poisson::new(1.3).unwrap(), |t| 0.5 * t * t).unwrap().with_log_mass(|t| -t * t * t);
    let killed = Killed::new(Yukawa::new(1.0, 1.3).unwrap(), 0.7).unwrap();
    let off = |what: &str, found: f64, expected: f64, claimed: f64, most: f64| {
        let error = (found - expected).abs();
        assert!(
            error <= claimed.max(f64::EPSILON * expected.abs()),
            "{what}: {found} {expected} {error:e} {claimed:e}"
        );
        assert!(claimed <= most, "{what}: only {claimed:e} is claimed");
    };
    for dim in [1, 3, 64, 3072] {
        for t in [1e-6, 0.7, 30.0, 300.0] {
            let r = 0.8 * (dim as f64).sqrt();
            let found = preserving.precise(dim, t, r);
            let rate = 0.5 / -(-t).exp_m1();
            let place = |name: &str| format!("{name}, N = {dim}, t = {t}");
            off(&place("preserving"), found.velocity_over_r, rate, found.accuracy.velocity_over_r * rate, 1e-5 * rate);
            let (log_variance, variance) = (t + (-(-t).exp_m1()).ln(), t.exp_m1());
            let log_p = -0.5 * (dim as f64 * ((2.0 * PI).ln() + log_variance) + r * r / variance);
            let rounding = 1e-13 * (dim as f64 * (2.0 + t) + r * r / variance);
            off(&place("preserving"), found.log_density, log_p, found.accuracy.log_density + rounding, f64::INFINITY);

            let found = poisson.precise(dim, t, r);
            let still = Poisson::new(1.3).unwrap().precise(dim, 0.5 * t * t, r);
            let log_p = still.log_density - t * t * t;
            off(&place("clock"), found.log_density, log_p, found.accuracy.log_density, 1e-10 * log_p.abs().max(100.0));
            let rate = 2.0 / t;
            off(&place("clock"), found.velocity_over_r, rate, found.accuracy.velocity_over_r * rate, 1e-5 * rate);
            let growth = -3.0 * t * t;
            off(&place("clock"), found.growth_rate, growth, found.accuracy.growth_rate, 1e-4 * -growth);

            let (found, alive) = (killed.precise(dim, t, r), Yukawa::new(1.0, 1.3).unwrap().precise(dim, t, r));
            let most = 1e-10 * found.log_density.abs().max(100.0);
            off(&place("killed"), found.log_density, alive.log_density - 0.7 * t, found.accuracy.log_density, most);
            let growth = alive.growth_rate - 0.7;
            off(&place("killed"), found.growth_rate, growth, found.accuracy.growth_rate, -1e-10 * growth);
        }
    }
}
