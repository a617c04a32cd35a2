//! Families with formulas against values computed with mpmath from other ones (`data/families.py`), from the source into the
//! tails, in 1 to 3072 dimensions, from t = 1e-6 to 1e3: every value is right to the digits that its accuracy claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_kernels::{
    PfgmPlusPlus, PointSourceKernel, Poisson, ScreenedPfgmPlusPlus, Stable, Telegraph, Yukawa,
    conservative_velocity_over_r,
};

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
