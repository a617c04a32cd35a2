//! C2 of equations with constant coefficients, proved from the growth rate at k = 0; siblings that are false are not.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::{Certificate, Rate};
use genphys_pde::verdict::{ConditionReport, Problem, Status};
use genphys_verify::{undecided, verify};

/// Whether C2 is proved to hold for an evolution equation whose slowest Re s(0) is `rate`, under conditions.
fn holds_if(text: &str, rate: &str, conditions: &[&str]) -> bool {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let mut derivation = undecided(&pde, "none").derivation().clone();
    derivation.problem = Problem::Evolution;
    let rates = vec![Rate { num: rate.into(), square: None, den: "1".into() }];
    let status = if conditions.is_empty() { Status::Holds } else { Status::Conditional };
    derivation.c2 = ConditionReport {
        certificate: Some(Certificate::Rates { rates, root: None }),
        conditions: conditions.iter().map(|c| (*c).into()).collect(),
        ..ConditionReport::proposed(status, "growth-rate-sign", "a test")
    };
    let report = verify(&pde, &derivation);
    report.is_proved("c2")
}

/// Every text is accepted, or none is; all that are not as they should be are named.
fn all(list: &[&str], expected: bool, shown: &dyn Fn(&str) -> bool) {
    let wrong: Vec<&&str> = list.iter().filter(|text| shown(text) != expected).collect();
    assert!(wrong.is_empty(), "not {expected}: {wrong:#?}");
}

fn holds(text: &str) -> bool {
    holds_if(text, "0", &[])
}

/// φ_t + g(|k|) φ = 0.
fn of_multiplier(g: &str) -> bool {
    holds(&format!("dt(phi) + fourier({g}, phi) = 0"))
}

#[test]
fn functions_of_the_wave_number() {
    all(
        &[
            "k^2/(1 + k)",
            "k^2/log(1 + k^2) - 1",
            "k/tanh(k) - 1",
            "k^2/(1 - exp(-k^2)) - 1",
            "k^2/sqrt(1 + k^2)",
            "k^3/(1 + k + k^2)",
            "k/(1 + k^2)",
            "1 - sin(k)/k",
            "k^2 - sin(k)^2",
            "k^2 - 2*(1 - cos(k))",
            "k^2*(2 + sin(k))",
            "log(1 + log(1 + k^2))",
            "k*exp(-k)",
            "k^2*exp(-k^2) + k^4",
            "k^2 - k^4*exp(-k^2)",
            "k^2 - 2.7*k^4*exp(-k^2)",
            "log(cosh(k))",
            "k - log(cosh(k))",
            "log(1 + k^2) - k^2/(1 + k^2)",
            "k^2 - log(1 + k^2)",
            "k*tanh(k) - tanh(k)^2",
            "sqrt(1 + k^2) - 1 - log(1 + sqrt(1 + k^2)) + log(2)",
            "k^1.5 - 1.5*(1 - cos(k))",
            "exp(k) - 1 - k",
            "k^0.5 - sin(k)^2/4",
        ],
        true,
        &of_multiplier,
    );
    all(
        &[
            "k^2 - 2.72*k^4*exp(-k^2)",
            "k*exp(-k) - 0.1*k",
            "1 - cos(k)",
            "k^2 - 1.01*sin(k)^2",
            "log(1 + k^2) - 1.01*k^2",
            "k - 1.001*log(cosh(k))",
            "tanh(k)/k - 1",
            "log(cosh(k)) - k^2/2",
            "k^2 - 4*(1 - cos(k))",
            "1 - cos(k) + 0.5*(1 - cos(2*k))",
            "2 - cos(k) - cos(sqrt(2)*k)",
        ],
        false,
        &of_multiplier,
    );
}

#[test]
fn beside_a_real_drift() {
    all(
        &[
            "param b; dim 1; dt(phi) + b*dx(phi) + fourier(log(cosh(k)), phi) = 0",
            "param b; param c; dim 2; dt(phi) + b*dx(phi) + c*d(phi, x2) + fourier(log(cosh(k)), phi) = 0",
            "param b; dt(phi) + b*dx(phi, 3) + fourier(log(1 + k^2), phi) = 0",
            "param b; dim 1; dt(phi) + b*dx(fraclap(phi, 1)) + fraclap(phi, 1.5) = 0",
            "param b; dt(phi) + fourier(I*b*k^3 + log(1 + k^2), phi) = 0",
            "param b; param a > 0; dim 1; dt(phi) + b*dx(phi) + fourier(1 - exp(-a*k^2), phi) = 0",
        ],
        true,
        &holds,
    );
    let power = "param b; param a in (0, 2]; dim 1; dt(phi) + b*dx(phi) + fourier((k^2 + 1)^(a/2), phi) = 0";
    assert!(holds_if(power, "-1", &[]));
    assert!(!holds_if(power, "0", &[]), "another rate");
    all(
        &[
            "param b; dim 1; dt(phi) + b*dx(phi) + fourier(1 - cos(k), phi) = 0",
            "param b; dim 1; dt(phi) + b*dx(phi) + fourier(log(cosh(k)) - k^2/2, phi) = 0",
            // No drift, but growth.
            "param b; dim 1; dt(phi) + I*b*dx(phi) + fourier(log(cosh(k)), phi) = 0",
            "param b; dim 2; dt(phi) + b*dx(phi) - d(phi, x2, 2) = 0",
        ],
        false,
        &holds,
    );
}

#[test]
fn coefficients_that_are_functions() {
    all(
        &[
            "param a > 0; dt(phi) = (exp(a) - 1)*lap(phi)",
            "param a > 1; dt(phi) = log(a)*lap(phi)",
            "param a > 0; dt(phi) = 1/a*lap(phi)",
            "param a != 0; dt(phi) = sqrt(a^2)*lap(phi)",
            "param a > 0; dt(phi) = (cosh(a) - 1)*lap(phi)",
            "param a > 0; dt(phi) = sinh(a)*lap(phi)",
            "param a > 0; dt(phi) = tanh(a)*lap(phi)",
            "param a in (0, 3); dt(phi) = sin(a)*lap(phi)",
            "param a in (-1.5, 1.5); dt(phi) = cos(a)*lap(phi)",
            "param a > 0; dt(phi) = (1 - exp(-a))*lap(phi)",
            "param a > 1; param b > 0; dt(phi) = (a^b - 1)*lap(phi)",
            "param a > 0; dt(phi) = log(1 + a)*lap(phi)",
            "param a; dt(phi) = (sqrt(a^2 + 1) - a)*lap(phi)",
            "param a != 0; dt(phi) = (sqrt(a^2 + 1) - 1)*lap(phi)",
            "param m; dt(phi) + fourier(sqrt(k^4 + m^4) - m^2, phi) = 0",
            "param m > 0; dt(phi) + fourier(k^2/(m + sqrt(m^2 + k^2)), phi) = 0",
        ],
        true,
        &holds,
    );
    for (text, condition) in [
        ("param a; dt(phi) = (exp(a) - 1)*lap(phi)", "a > 0"),
        ("param a; dt(phi) = (exp(a) - 1)*lap(phi)", "exp(a) - 1 > 0"),
        ("param a > 0; dt(phi) = log(a)*lap(phi)", "log(a) > 0"),
        ("param a > 0; dt(phi) = log(a)*lap(phi)", "a > 1"),
        ("param a; dt(phi) = 1/a*lap(phi)", "a > 0"),
        ("param a; dt(phi) = (sqrt(a^2) - a)*lap(phi)", "a < 0"),
        ("param a; param b; dt(phi) = (exp(a) - exp(b))*lap(phi)", "exp(a) - exp(b) > 0"),
        ("param a > 0; param b > 0; dt(phi) = (sqrt(a) - sqrt(b))*lap(phi)", "a > b"),
        ("param complex c; dt(phi) = c*lap(phi)", "re(c) > 0"),
        ("param complex c; dt(phi) = c^2*lap(phi)", "re(c)^2 > im(c)^2"),
    ] {
        assert!(holds_if(text, "0", &[condition]), "{text} if {condition}");
    }
    all(
        &[
            "param a >= 0; dt(phi) = (exp(a) - 1)*lap(phi)",
            "param a > 0.9; dt(phi) = log(a)*lap(phi)",
            "param a in (0, 3.2); dt(phi) = sin(a)*lap(phi)",
            "param a in (-1.6, 1.5); dt(phi) = cos(a)*lap(phi)",
            "param a; dt(phi) = (sqrt(a^2 + 1) - 1)*lap(phi)",
            "param a > 0; dt(phi) = (exp(a) - 1.01 - a)*lap(phi)",
        ],
        false,
        &holds,
    );
}

#[test]
fn directions_in_the_plane() {
    all(
        &[
            "dim 2; param c > 0; dt(phi) = d(phi, x1, 2) - c*fraclap(phi, 1)",
            "dim 2; param a in (0, 2); param c > 0; dt(phi) = d(phi, x1, 2) - c*fraclap(phi, a)",
            "dim 2; param c > 0; dt(phi) = -d(phi, x1, 4) - c*fraclap(phi, 1)",
            "dim 2; dt(phi) = d(phi, x1, 2) - d(phi, x2, 4)",
            "param a in [0, 2]; param e in (0, 2]; dt(phi, 2) + 2*e*dt(phi) - a*dt(lap(phi)) - lap(phi) = 0",
        ],
        true,
        &holds,
    );
    assert!(holds_if("dim 2; param c; dt(phi) = d(phi, x1, 2) - c*fraclap(phi, 1)", "0", &["c > 0"]));
    assert!(!holds("dim 2; param c >= 0; dt(phi) = d(phi, x1, 2) - c*fraclap(phi, 1)"));
}
