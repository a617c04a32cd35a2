//! ω(k) against the equation itself: the plane wave exp(i k x − i ω t) is put into the syntax tree with every
//! derivative replaced by a central difference. Nothing of the engine's symbol calculus is used here.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::ast::{Expr, ExprKind};
use genphys_symbolic::{Options, dispersion_table};
use std::collections::BTreeMap;

type C = (f64, f64);

fn times(a: C, b: C) -> C {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn combine(a: C, b: C, sign: f64) -> C {
    (a.0 + sign * b.0, a.1 + sign * b.1)
}

/// Weights of the central differences of sixth order for the first and second derivative.
const FIRST: [(i32, f64); 6] =
    [(-3, -1.0 / 60.0), (-2, 3.0 / 20.0), (-1, -3.0 / 4.0), (1, 3.0 / 4.0), (2, -3.0 / 20.0), (3, 1.0 / 60.0)];
const SECOND: [(i32, f64); 7] =
    [(-3, 1.0 / 90.0), (-2, -3.0 / 20.0), (-1, 1.5), (0, -49.0 / 18.0), (1, 1.5), (2, -3.0 / 20.0), (3, 1.0 / 90.0)];

struct Wave {
    k: f64,
    s: C,
    params: BTreeMap<String, f64>,
    step: f64,
}

impl Wave {
    fn field(&self, x: f64, t: f64) -> C {
        let (size, phase) = ((self.s.0 * t).exp(), self.k * x + self.s.1 * t);
        (size * phase.cos(), size * phase.sin())
    }

    /// The n-th derivative along x or t of an operand, by nested differences of second and first order.
    fn derivative(&self, operand: &Expr, n: u32, along_t: bool, x: f64, t: f64) -> C {
        let value = |offset: f64, order: u32| -> C {
            let (x, t) = if along_t { (x, t + offset) } else { (x + offset, t) };
            if order == 0 { self.value(operand, x, t) } else { self.derivative(operand, order, along_t, x, t) }
        };
        let (weights, rest, power): (&[(i32, f64)], u32, i32) =
            if n >= 2 { (&SECOND, n - 2, 2) } else { (&FIRST, n - 1, 1) };
        weights.iter().fold((0.0, 0.0), |sum, (offset, weight)| {
            let v = value(f64::from(*offset) * self.step, rest);
            let w = weight / self.step.powi(power);
            (sum.0 + w * v.0, sum.1 + w * v.1)
        })
    }

    fn value(&self, expr: &Expr, x: f64, t: f64) -> C {
        match &expr.kind {
            ExprKind::Number(n) => (n.to_f64(), 0.0),
            ExprKind::Imaginary => (0.0, 1.0),
            ExprKind::Symbol(name) if name == "phi" => self.field(x, t),
            ExprKind::Symbol(name) => (self.params[name], 0.0),
            ExprKind::Neg(a) => times((-1.0, 0.0), self.value(a, x, t)),
            ExprKind::Add(a, b) => combine(self.value(a, x, t), self.value(b, x, t), 1.0),
            ExprKind::Sub(a, b) => combine(self.value(a, x, t), self.value(b, x, t), -1.0),
            ExprKind::Mul(a, b) => times(self.value(a, x, t), self.value(b, x, t)),
            ExprKind::Pow(a, b) => {
                let (base, n) = (self.value(a, x, t), self.value(b, x, t).0);
                (0..n as u32).fold((1.0, 0.0), |p, _| times(p, base))
            }
            ExprKind::TimeDerivative { operand, order } => self.derivative(operand, *order, true, x, t),
            ExprKind::SpaceDerivative { operand, order, .. } => self.derivative(operand, *order, false, x, t),
            ExprKind::Laplacian { operand, order } => self.derivative(operand, 2 * order, false, x, t),
            other => panic!("not needed here: {other:?}"),
        }
    }
}

const EQUATIONS: [&str; 9] = [
    "param D > 0 = 0.7; dt(phi) = D*lap(phi)",
    "dt(phi, 2) + lap(phi) = 0",
    "param m > 0 = 1.3; dt(phi, 2) + lap(phi) - m^2*phi = 0",
    "param eps > 0 = 0.6; dt(phi, 2) + 2*eps*dt(phi) - lap(phi) = 0",
    "I*dt(phi) + lap(phi) = 0",
    "dt(phi) + 0.5*dx(phi) + 0.2*d(phi, x1, 3) = 0.3*lap(phi)",
    "dt(phi) - 0.5*lap(dt(phi)) = lap(phi) - 0.1*phi",
    "dt(phi, 3) + 2*dt(phi, 2) + dt(phi) - lap(dt(phi)) - lap(phi) = 0",
    "(1 + 0.5*I)*dt(phi, 2) + 0.2*dx(phi) + lap(phi) + lap(phi, 2) = 0",
];

#[test]
fn every_branch_solves_the_equation() {
    for body in EQUATIONS {
        let pde = genphys_pde::read(format!("pde q {{ {body} }}").as_bytes()).unwrap().pde;
        let params = pde.params.iter().map(|p| (p.name.clone(), p.default.clone().unwrap().to_f64())).collect();
        let table = dispersion_table(&pde, &Options::default(), &[0.4, 1.0, 1.9]).unwrap();
        assert!(!table.is_empty(), "{body}");
        let mut wave = Wave { k: 0.0, s: (0.0, 0.0), params, step: 0.03 };
        for row in table {
            // s = −iω
            wave.k = row.k;
            wave.s = (row.im_omega, -row.re_omega);
            let (left, right) = (wave.value(&pde.left, 0.3, 0.2), wave.value(&pde.right, 0.3, 0.2));
            let residual = combine(left, right, -1.0);
            let rate = wave.s.0.hypot(wave.s.1);
            let scale = 1.0 + rate.powi(3) + row.k.powi(4);
            assert!(
                residual.0.hypot(residual.1) < 1e-5 * scale,
                "{body}: k = {}, s = {:?}: {residual:?}",
                row.k,
                wave.s
            );
        }
    }
}

#[test]
fn a_wrong_frequency_does_not() {
    let pde = genphys_pde::read(b"pde q { dt(phi, 2) + lap(phi) = 0 }").unwrap().pde;
    let wave = Wave { k: 1.0, s: (-1.001, 0.0), params: BTreeMap::new(), step: 0.03 };
    let left = wave.value(&pde.left, 0.3, 0.2);
    assert!(left.0.hypot(left.1) > 1e-4);
}
