//! A kernel that `check` names is one that `kernel` evaluates and `new` writes a model of; where there is none, both
//! say why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Genphys;
use std::f64::consts::TAU;

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// Functions of hyperbolic cosines, whose exponentials overflow where they are written out: ln p and v/r at t = 0.7 in
/// N = 1 by quadrature of the inverse transforms in arbitrary precision (the first also as |Γ((t + ir)/2)|² 2^{t−2}/(π
/// Γ(t))).
#[test]
fn exponents_made_of_growing_exponentials_have_a_kernel_and_a_model() {
    let cases = [
        (
            "-fourier(log(cosh(k)), phi)",
            [[-0.630_298_282_993_853, 1.027_602_721_935_76], [-1.992_875_898_210_215, 0.816_173_211_257_222]],
        ),
        (
            "-fourier(1 - 1/cosh(k), phi)",
            [[-1.601_435_676_953_764, 3.252_383_644_848_29], [-2.398_901_855_693_463, 0.927_733_053_575_964]],
        ),
        (
            "-fourier(k*tanh(2*k), phi) + lap(phi)/10",
            [[-1.017_353_758_475_586, 1.140_941_721_467_904], [-1.807_407_647_963_871, 1.108_796_567_280_023]],
        ),
        // 0/0 at k = 0.
        (
            "-fourier(k*(exp(2*k) + exp(-2*k))/(exp(2*k) - exp(-2*k)) - 1/2, phi)",
            [[-0.695_389_133_131_99, 1.088_024_569_12], [-1.937_951_099_689_4, 0.880_324_422_134]],
        ),
    ];
    for (operator, expected) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ dt(phi) = {operator} }}\n"));
        let rows = genphys.run(&["kernel", "a.pde", "--dim", "1", "--t", "0.7", "--r", "0.3,1.1"]).expect_code(0);
        for (row, expected) in rows.csv("r,log_p,v_over_r,growth").iter().zip(expected) {
            for (found, expected) in row[1..].iter().zip(expected) {
                assert!((number(found) - expected).abs() < 1e-9, "{operator}: {found} {expected}");
            }
        }
        genphys.run(&["new", "model", "--pde", "a.pde"]).expect_code(0);
        assert!(genphys.read("model/src/pde.rs").contains("LaplaceExponent"), "{operator}");
        assert!(genphys.run(&["check", "a.pde", "--format", "json"]).json()["no_model"].is_null());
    }
}

/// The covariance by hand, in coordinates that move along: ln p and the part of J/p along the axis, C′C⁻¹z/2.
#[test]
fn kernels_that_are_not_the_same_in_all_directions_are_given_along_an_axis() {
    type Matrix = fn(f64) -> [f64; 3];
    let cases: [(&str, Matrix); 4] = [
        ("dt(phi) = aniso([[2, 0.5], [0.5, 1]], phi)", |t| [4.0 * t, t, 2.0 * t]),
        ("dim 2; dt(phi) = 2*div(x*phi) + aniso([[1, 0.5], [0.5, 1]], phi)", |t| {
            let clock = (4.0 * t).exp_m1() / 2.0;
            [clock, 0.5 * clock, clock]
        }),
        ("dim 2; dt(phi) = t*d(phi, x1, 2) + d(phi, x2, 2)", |t| [t * t, 0.0, 2.0 * t]),
        ("dim 2; time t in (0, 1]; dt(phi) = d(phi, x1, 2) + d(phi, x2, 2) + t*d(d(phi, x1), x2)", |t| {
            [2.0 * t, 0.5 * t * t, 2.0 * t]
        }),
    ];
    for (equation, matrix) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        for axis in [1, 2] {
            let along = axis.to_string();
            let arguments = ["kernel", "a.pde", "--dim", "2", "--t", "0.7", "--r", "0.3,1.1", "--along", &along];
            let rows = genphys.run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth,along");
            let t = 0.7;
            let slope = |i: usize| (matrix(t + 1e-5)[i] - matrix(t - 1e-5)[i]) / 2e-5;
            let [a, b, d] = matrix(t);
            let determinant = a * d - b * b;
            // (C⁻¹)_jj, and (C′C⁻¹)_jj/2.
            let (inverse, rate) = match axis {
                1 => (d / determinant, 0.5 * (slope(0) * d - slope(1) * b) / determinant),
                _ => (a / determinant, 0.5 * (slope(2) * a - slope(1) * b) / determinant),
            };
            for (row, r) in rows.iter().zip([0.3f64, 1.1]) {
                let log_density = -TAU.ln() - 0.5 * (determinant.ln() + r * r * inverse);
                assert!((number(&row[1]) - log_density).abs() < 1e-7, "{equation} {axis}: {row:?} {log_density}");
                assert!((number(&row[2]) / rate - 1.0).abs() < 1e-6, "{equation} {axis}: {row:?} {rate}");
                assert_eq!(row[4], format!("x{axis}"));
            }
        }
        // Along the first one, unless something else is said.
        let plain = genphys.run(&["kernel", "a.pde", "--dim", "2", "--t", "0.7", "--r", "0"]).expect_code(0);
        assert!(plain.stdout.ends_with(",x1\n"), "{plain:?}");
        let beyond = genphys.run(&["kernel", "a.pde", "--dim", "2", "--t", "0.7", "--r", "0", "--along", "3"]);
        assert!(beyond.code == 2 && beyond.stderr.contains("--along 3"), "{beyond:?}");
    }
}

/// √(k·Ak + m²) in N = 1 is Yukawa of speed √A; in the plane its mass e^{−mt} and its shape are told apart from those
/// along an axis.
#[test]
fn half_spaces_with_a_matrix_are_given_along_an_axis() {
    let genphys = Genphys::new()
        .with_file("a.pde", "pde a { dt(phi, 2) + aniso([[4, 0], [0, 1]], phi) - phi = 0 }\n")
        .with_file("b.pde", "pde b { dim 2; dt(phi, 2) + lap(phi) - phi = 0 }\n");
    let run = |file: &str, r: &str, along: &[&str]| {
        let arguments = [&["kernel", file, "--dim", "2", "--t", "0.7", "--r", r], along].concat();
        let ended = genphys.run(&arguments).expect_code(0);
        let fields: Vec<f64> = ended.stdout.lines().nth(1).unwrap().split(',').take(4).map(number).collect();
        fields
    };
    // x1 stretched by two: p(x1, 0) is half of the isotropic one at x1/2, with the same J/(p r) and R/p.
    let (found, plain) = (run("a.pde", "1.1", &[]), run("b.pde", "0.55", &[]));
    assert!((found[1] - (plain[1] - 2f64.ln())).abs() < 1e-12 && (found[3] - plain[3]).abs() < 1e-12, "{found:?}");
    let (found, plain) = (run("a.pde", "1.1", &["--along", "2"]), run("b.pde", "1.1", &[]));
    assert!((found[1] - (plain[1] - 2f64.ln())).abs() < 1e-12 && (found[2] - plain[2]).abs() < 1e-12, "{found:?}");
}

/// A complete Bernstein function keeps its kernel in N = 1, where another theorem decides C1 as well.
#[test]
fn on_the_line_a_quotient_keeps_its_kernel() {
    let equation = "pde a { dt(phi) - dt(lap(phi)) = 2*lap(phi) }\n";
    let genphys = Genphys::new().with_file("a.pde", equation);
    for dim in ["1", "2"] {
        let answer = genphys.run(&["check", "a.pde", "--dim", dim, "--format", "json"]).expect_code(0).json();
        assert_eq!(answer["kernel"]["family"], "subordinated", "{dim}");
        assert!(answer["no_model"].is_null(), "{dim}: {}", answer["no_model"]);
        genphys.run(&["kernel", "a.pde", "--dim", dim, "--t", "0.7", "--r", "0.3"]).expect_code(0);
    }
}

/// Without a model one line says so, and why; `kernel` and `new` say the same.
#[test]
fn what_is_s_generative_without_a_model_says_why() {
    let cases = [
        ("dim 1; dt(phi) = -fourier(1 - cos(k), phi) + lap(phi)", "no mixture of Gaussians", false),
        ("dim 2; dt(phi) = -fraclap(phi, 1) + d(phi, x1, 2)", "components of k", false),
        ("dim 1; dt(phi, 2) + 3*dt(phi) + 1.25*phi - lap(phi) = 0", "walkers with a mass", true),
        ("dim 2; dt(phi) = t*d(phi, x1, 2) + d(phi, x2, 2)", "proportions change", true),
    ];
    for (equation, why, has_kernel) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        let json = genphys.run(&["check", "a.pde", "--format", "json"]).expect_code(0).json();
        assert!(json["no_model"].as_str().unwrap().contains(why), "{equation}: {}", json["no_model"]);
        let page = genphys.run(&["check", "a.pde"]).expect_code(0).stdout;
        assert!(page.contains("  no model: "), "{page}");
        let dim = if equation.starts_with("dim 1") { "1" } else { "2" };
        let kernel = genphys.run(&["kernel", "a.pde", "--dim", dim, "--t", "0.7", "--r", "0.3"]);
        assert!(
            if has_kernel { kernel.code == 0 } else { kernel.code == 1 && kernel.stderr.contains(why) },
            "{kernel:?}"
        );
        let new = genphys.run(&["new", "model", "--pde", "a.pde"]);
        assert!(new.code != 0 && new.stderr.contains("has no model of it") && new.stderr.contains(why), "{new:?}");
    }
}

/// A repair that is s-generative names the kernel of its model exactly where `check` of its file knows a model.
#[test]
fn repairs_have_the_models_that_they_name() {
    let equations = [
        "dt(phi, 2) = lap(phi)",
        "dt(phi) = -lap(phi)",
        "I*dt(phi) + lap(phi) = 0",
        "dt(phi, 2) + 3*dt(phi) + 1.25*phi - lap(phi) = 0",
        "dt(phi, 2) = aniso([[2, 0.5], [0.5, 1]], phi)",
        "dt(phi) = -fourier(k^4/(1 + k^2), phi)",
        "dim 2; dt(phi, 2) + lap(phi) + 4*phi = 0",
    ];
    for equation in equations {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        let repairs = genphys.run(&["check", "a.pde", "--format", "json"]).json()["repairs"].take();
        for repair in repairs.as_array().unwrap() {
            if repair["verdict"] != "s-generative" {
                continue;
            }
            std::fs::write(genphys.path("b.pde"), repair["source"].as_str().unwrap()).unwrap();
            let other = genphys.run(&["check", "b.pde", "--format", "json"]).expect_code(0).json();
            assert_eq!(repair["model"].is_null(), !other["no_model"].is_null(), "{equation}: {repair}");
            if !repair["model"].is_null() {
                assert_eq!(repair["model"], other["kernel"]["family"], "{equation}: {repair}");
            }
        }
    }
}
