//! The flow that is printed and the kernel in numbers: on the line J/(p r) and R/p of `genphys kernel` are those of p,
//! J and R of the continuity form, by inverse Fourier transforms along the branch that counts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Genphys;
use genphys_pde::Complex;
use genphys_pde::ast::Expr;
use genphys_pde::derivation::Derivation;
use genphys_verify::numeric::{Model, Symbol};
use std::collections::BTreeMap;

const TIME: f64 = 0.7;
const STEP: f64 = 0.02;
/// Distances.
const AT: [f64; 2] = [0.3, 1.1];

/// Σ a_j s^j.
fn at(symbol: &Symbol, s: Complex) -> Complex {
    symbol.a.iter().rev().fold(Complex::default(), |sum, a| sum * s + *a)
}

/// v/r and R/p at each distance.
fn printed(source: &str, derivation: &Derivation) -> [(f64, f64); 2] {
    let pde = genphys_pde::read(source.as_bytes()).unwrap().pde;
    let model = Model::new(&pde, &BTreeMap::new()).unwrap();
    let form = derivation.continuity.as_ref().unwrap();
    let branch = derivation.dispersion.as_ref().unwrap().branches.iter().find(|b| b.selected).unwrap();
    let read = |text: &str| genphys_pde::parse_expression(text).unwrap();
    let omega = read(&branch.omega);
    let [density, flux, source] = [&form.density, &format!("div({})", form.flux), &form.source].map(|text| read(text));
    let symbol = |expr: &Expr, k: f64, s: Complex| at(&model.expression(expr, &[k], TIME).unwrap(), s).re;
    let [mut p, mut j, mut g] = [[0.0; 2]; 3];
    for i in 0.. {
        // Midpoints, so that k = 0 is never asked for.
        let k = STEP * (f64::from(i) + 0.5);
        let s = model.scalar(&omega, &[k], TIME, &[]).unwrap() * Complex::new(0.0, -1.0);
        let size = (s.re * TIME).exp();
        if size < 1e-13 {
            break;
        }
        assert!(k < 400.0, "p-hat does not decay: choose another equation");
        // All of these are real for an equation without drift.
        let density = symbol(&density, k, s);
        let (divergence, births) = (symbol(&flux, k, s), symbol(&source, k, s));
        for (n, r) in AT.iter().enumerate() {
            let (sin, cos) = (k * r).sin_cos();
            p[n] += size * cos;
            j[n] += size * divergence / density / k * sin;
            g[n] += size * births / density * cos;
        }
    }
    [0, 1].map(|n| (j[n] / (p[n] * AT[n]), g[n] / p[n]))
}

#[test]
fn the_kernel_moves_as_the_printed_flow() {
    let heat = "pde a { param c = 0.3; dt(phi) = lap(phi) - c*phi }";
    let stable = "pde b { dt(phi) = -0.8*fraclap(phi, 1.4) - phi/2 }";
    let relativistic = "pde c { dt(phi) = fourier(1 - sqrt(1 + k^2), phi) }";
    let yukawa = "pde d { dt(phi, 2) + lap(phi) - 4*phi = 0 }";
    let damped = "pde e { param eps = 0.5; dt(phi, 2) + 2*eps*dt(phi) + lap(phi) = 0 }";
    let growing = "pde f { param eps = -1; dt(phi, 2) + 2*eps*dt(phi) + lap(phi) = 0 }";
    let rough = "pde g { param eps > 0 = 0.5; dt(phi, 2) + 2*eps*dt(phi) - fraclap(phi, 1.6) = 0 }";
    let screened = "pde h { param m > 0 = 1.5; dt(phi, 2) - fraclap(phi, 1.6) - m^2*phi = 0 }";
    for source in [heat, stable, relativistic, yukawa, damped, growing, rough, screened] {
        let genphys = Genphys::new().with_file("a.pde", source);
        let found = genphys.run(&["check", "a.pde", "--format", "json", "--dim", "1"]).expect_code(0);
        let value: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
        let value = value.as_array().and_then(|list| list.first().cloned()).unwrap_or(value);
        let derivation: Derivation = serde_json::from_value(value).unwrap();
        let time = TIME.to_string();
        let ended = genphys.run(&["kernel", "a.pde", "--dim", "1", "--t", &time, "--r", "0.3,1.1"]).expect_code(0);
        for (row, (v, g)) in ended.csv("r,log_p,v_over_r,growth").iter().zip(printed(source, &derivation)) {
            let [r, _, velocity, growth] = [0, 1, 2, 3].map(|i| row[i].parse::<f64>().unwrap());
            let near = |a: f64, b: f64| (a - b).abs() < 2e-4 * (1.0 + a.abs());
            assert!(
                near(velocity, v) && near(growth, g),
                "{source} at {r}: kernel {velocity}, {growth}; flow {v}, {g}"
            );
        }
    }
}
