//! Random equations with numbers for coefficients: the engine's claims against brute force on a dense grid of k and
//! against the kernel in one dimension by numerical inversion of p̂.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::verdict::{Problem, Status};
use genphys_symbolic::{Options, derive};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

type C = (f64, f64);

/// Σ_i c_i λ^i of the symbol of one coefficient of s^j, with complex c_i.
struct Draw {
    coefficients: Vec<Vec<C>>,
    text: String,
}

fn draw(rng: &mut ChaCha12Rng) -> Draw {
    let order = rng.random_range(1..=2);
    let complex = rng.random_bool(0.2);
    let mut number = |probability: f64| -> f64 {
        if rng.random_bool(probability) { f64::from(rng.random_range(-3_i32..=3)) } else { 0.0 }
    };
    let mut coefficients: Vec<Vec<C>> = (0..=order)
        .map(|j| {
            let most = if j == order { 1 } else { 3 };
            (0..most).map(|_| (number(0.6), if complex { number(0.3) } else { 0.0 })).collect()
        })
        .collect();
    if coefficients[order][0] == (0.0, 0.0) {
        coefficients[order][0] = (1.0, 0.0);
    }
    let mut text = String::from("0*phi");
    for (j, list) in coefficients.iter().enumerate() {
        for (i, (re, im)) in list.iter().enumerate() {
            // λ^i is (−1)^i lap^i.
            let sign = if i % 2 == 1 { -1.0 } else { 1.0 };
            let space = if i == 0 { "phi".to_string() } else { format!("lap(phi, {i})") };
            let operand = if j == 0 { space } else { format!("dt({space}, {j})") };
            text.push_str(&format!(" + ({} + ({})*I)*{operand}", sign * re, sign * im));
        }
    }
    Draw { coefficients, text }
}

fn times(a: C, b: C) -> C {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn quotient(a: C, b: C) -> C {
    let n = b.0 * b.0 + b.1 * b.1;
    ((a.0 * b.0 + a.1 * b.1) / n, (a.1 * b.0 - a.0 * b.1) / n)
}

impl Draw {
    fn at(&self, j: usize, lambda: f64) -> C {
        self.coefficients[j].iter().rev().fold((0.0, 0.0), |v, c| (v.0 * lambda + c.0, v.1 * lambda + c.1))
    }

    /// Growth rates by the textbook formulas.
    fn rates(&self, lambda: f64) -> Vec<C> {
        let a: Vec<C> = (0..self.coefficients.len()).map(|j| self.at(j, lambda)).collect();
        if let [a0, a1] = a[..] {
            return vec![quotient((-a0.0, -a0.1), a1)];
        }
        let (square, four) = (times(a[1], a[1]), times(times((4.0, 0.0), a[2]), a[0]));
        let d = (square.0 - four.0, square.1 - four.1);
        let (size, angle) = (d.0.hypot(d.1).sqrt(), d.1.atan2(d.0) / 2.0);
        let root = (size * angle.cos(), size * angle.sin());
        [1.0, -1.0]
            .map(|sign| quotient((-a[1].0 + sign * root.0, -a[1].1 + sign * root.1), times((2.0, 0.0), a[2])))
            .to_vec()
    }

    fn slowest(&self, lambda: f64, problem: Problem) -> f64 {
        let rates = self.rates(lambda).into_iter().map(|r| r.0);
        if problem == Problem::HalfSpace {
            rates.fold(f64::INFINITY, f64::min)
        } else {
            rates.fold(f64::NEG_INFINITY, f64::max)
        }
    }
}

/// p(x, t) in one dimension for p̂ = exp(s(k) t) by the trapezoidal rule.
fn density(draw: &Draw, problem: Problem, t: f64, x: f64) -> f64 {
    let step: f64 = 0.01;
    let at = |k: f64| {
        let s = draw.rates(k * k).into_iter().reduce(|a, b| {
            let smaller = if a.0 <= b.0 { a } else { b };
            let larger = if a.0 <= b.0 { b } else { a };
            if problem == Problem::HalfSpace { smaller } else { larger }
        });
        let s = s.unwrap();
        (s.0 * t).exp() * ((s.1 * t).cos() * (k * x).cos())
    };
    let sum: f64 = (1..20_000).map(|i| at(f64::from(i) * step)).sum();
    (at(0.0) / 2.0 + sum) * step / std::f64::consts::PI
}

#[test]
fn claims_agree_with_brute_force() {
    let mut rng = ChaCha12Rng::seed_from_u64(7);
    let (mut undecided, mut kernels) = (0, 0);
    let total = 600;
    for _ in 0..total {
        let draw = draw(&mut rng);
        let source = format!("pde q {{ {} = 0 }}", draw.text);
        let pde = genphys_pde::read(source.as_bytes()).unwrap_or_else(|e| panic!("{source}: {e:?}")).pde;
        let found = derive(&pde, &Options { repairs: false, ..Options::default() }).unwrap();
        let text = &draw.text;
        assert!(found.continuity.is_none_or(|c| c.verified), "continuity of {text}");
        let grid = (1..4000).map(|i| (f64::from(i) * 0.01).powi(2));
        let zero = draw.slowest(0.0, found.problem);
        match found.c2.status {
            Status::Holds => {
                for lambda in grid {
                    let rate = draw.slowest(lambda, found.problem);
                    assert!(rate < zero + 1e-9 * (1.0 + zero.abs()), "C2 of {text} holds, but {rate} at {lambda}");
                }
            }
            Status::Fails => {
                let witness = found.c2.witness.unwrap_or_else(|| panic!("no witness for {text}"));
                let rate = draw.slowest(witness.k[0].powi(2), found.problem);
                assert!(rate >= zero - 1e-9 * (1.0 + rate.abs()), "witness of {text}: {rate} < {zero}");
            }
            Status::Undecided => undecided += 1,
            Status::Conditional => {
                assert_eq!(found.problem, Problem::HalfSpace, "only a band makes {text} conditional")
            }
        }
        let short = draw.slowest(1e8, Problem::Evolution);
        match found.problem {
            Problem::Evolution => assert!(short < 1e3, "{text} is no evolution equation: {short}"),
            Problem::IllPosed => assert!(short > 1e3, "{text} is not ill posed: {short}"),
            _ => {}
        }
        let decays = draw.slowest(1e3, found.problem) < -30.0;
        if found.c1.status == Status::Holds && found.c2.status == Status::Holds && decays && found.pde.dim == "any" {
            kernels += 1;
            let values: Vec<f64> = (0..40).map(|i| density(&draw, found.problem, 0.3, f64::from(i) * 0.15)).collect();
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(least > -1e-4 * values[0].abs(), "C1 of {text} holds, but p = {least} of {}", values[0]);
        }
    }
    println!("{undecided} of {total} undecided in C2, {kernels} kernels looked at");
    assert!(kernels > 10 && undecided < total / 4, "{undecided} undecided, {kernels} kernels");
}
