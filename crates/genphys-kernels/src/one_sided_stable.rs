//! The radial law of α-stable displacements to nearly all digits: an integral of positive terms over the positive
//! stable law, which itself is one (Zolotarev, *One-dimensional Stable Distributions*, 1986, section 2.5; Kanter 1975).
//!
//! u = (A(θ)/E)^b at time one, b = (1−a)/a, a = α/2, with θ uniform on (0, π) and E exponential. Hence q = −ln(u)/b has
//! the density K(q) = (1/π) ∫ A e^q exp(−A e^q) dθ. Nothing cancels, and logarithms reach wherever u itself overflows.

use crate::quadrature::{Integral, log_integral, log_integral_of_two};
use crate::special::ln_gamma;
use rand::Rng;
use rand_distr::Exp1;
use std::collections::HashMap;
use std::f64::consts::PI;
use std::sync::{Arc, PoisonError, RwLock};

/// Chebyshev nodes of a piece of ln K, and pieces in a unit of asinh q.
const NODES: usize = 18;
const PIECES: f64 = 4.0;

/// ln u^{−a} below which forty terms of a series have all digits.
const SERIES: f64 = -1.5;

/// Relative error below which none is claimed, and a factor on estimates.
const LEAST: f64 = 8e-13;
const SAFETY: f64 = 4.0;

/// ln K at the nodes of one piece.
type Piece = Arc<[f64; NODES]>;

/// The law of one index a = α/2 in (0, 1). Clones share what was computed.
#[derive(Clone, Debug)]
pub(crate) struct OneSidedStable {
    a: f64,
    nodes: [(f64, f64); NODES],
    pieces: Arc<RwLock<HashMap<i64, Piece>>>,
}

impl OneSidedStable {
    pub(crate) fn new(a: f64) -> Self {
        Self { a, nodes: nodes(), pieces: Arc::default() }
    }

    /// ln p of z = √(2u) ξ in `dim` dimensions at a distance of logarithm `log_r`, and the relative error of p.
    pub(crate) fn density(&self, dim: usize, log_r: f64) -> (f64, f64) {
        let half = 0.5 * dim as f64;
        let area = half * (4.0 * PI).ln();
        let b = (1.0 - self.a) / self.a;
        if log_r == f64::NEG_INFINITY {
            // E u^{−N/2}.
            let (more, less) = (ln_gamma(1.0 + half / self.a), ln_gamma(1.0 + half));
            return (more - less - area, LEAST + 8.0 * f64::EPSILON * (more + less + area));
        }
        let pieces = std::cell::RefCell::new(None);
        let log = |q: f64| {
            let w = 2.0 * log_r + b * q;
            self.log_k(q, &pieces) + half * b * q - 0.25 * w.exp()
        };
        // Logarithms that meet in the exponent.
        let rounding = f64::EPSILON * (4.0 + half * (1.0 + 2.0 * log_r.abs()) + area);
        // Near the Gaussian there is a peak for the bulk of the law, and one in its tail, at the best u for r.
        let mut bulk = log_integral(&log, 0.0, rounding);
        if bulk.log == f64::NEG_INFINITY {
            bulk.from = f64::INFINITY;
        }
        let best = (((2.0 * dim as f64).ln() - 2.0 * log_r) / b).min(3.0);
        let mut tail = Integral { log: f64::NEG_INFINITY, error: 0.0, ..bulk };
        if best < bulk.from {
            tail = log_integral(&|q| if q < bulk.from { log(q) } else { f64::NEG_INFINITY }, best, rounding);
        }
        let top = bulk.log.max(tail.log);
        let shares = [bulk.log, tail.log].map(|log| (log - top).exp());
        let whole = shares[0] + shares[1];
        let found = top + whole.ln();
        // Where there is no series, the angle at which E is one is known to so many digits only.
        let steep = |of: &Integral| match (1.0 - self.a) * of.peak < SERIES {
            true => 0.0,
            false => 16.0 * f64::EPSILON * of.peak.abs().min(1.0 / (1.0 - self.a)),
        };
        let errors = [&bulk, &tail].map(|of| of.error + steep(of));
        let error = (shares[0] * errors[0] + shares[1] * errors[1]) / whole;
        let claimed = SAFETY * (error + rounding + f64::EPSILON * found.abs()) + LEAST;
        (found - area, if claimed < 1.0 { claimed } else { 1.0 })
    }

    /// ln p of z = √(2u) ξ with u = S^{−a}, the law of Mittag and Leffler, and the relative error of p; `log_r` is finite.
    pub(crate) fn density_of_inverse(&self, dim: usize, log_r: f64) -> (f64, f64) {
        let half = 0.5 * dim as f64;
        let area = half * (4.0 * PI).ln();
        let of = |log_u: f64| -half * log_u - 0.25 * (2.0 * log_r - log_u).exp();
        let (found, error) = self.mean_over_inverse(&|log_u| (of(log_u), 0.0), 2.0 * log_r - (2.0 * dim as f64).ln());
        let rounding = f64::EPSILON * (4.0 + half * (1.0 + 2.0 * log_r.abs()) + area);
        (found - area, (error + SAFETY * (rounding + f64::EPSILON * found.abs())).min(1.0))
    }

    /// ln of the mean of a positive function of ln S^{−a}, which is given by its logarithm with its relative error and has
    /// its top near `best`, and the relative error of the mean.
    pub(crate) fn mean_over_inverse(&self, of: &dyn Fn(f64) -> (f64, f64), best: f64) -> (f64, f64) {
        let less = 1.0 - self.a;
        let pieces = std::cell::RefCell::new(None);
        let worst = std::cell::Cell::new(0.0f64);
        let log = |q: f64| {
            let (value, error) = of(less * q);
            worst.set(worst.get().max(if value.is_finite() { error } else { 0.0 }));
            self.log_k(q, &pieces) + value
        };
        // ln S^{−a} = (1 − a) q; the law of q has its bulk near 0.
        let noise = 8.0 * f64::EPSILON;
        let (found, error) =
            log_integral_of_two(&log, [(best / less).min(0.0), 3.0f64.min(best / less).max(0.0)], noise);
        let claimed = SAFETY * (error + worst.get() + noise) + LEAST;
        (found, if claimed < 1.0 { claimed } else { 1.0 })
    }

    /// One draw of ln S^{−a} (Kanter).
    pub(crate) fn sample_log_inverse<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let theta = PI * (1.0 - rng.random::<f64>());
        let exponential: f64 = rng.sample(Exp1);
        // θ = π comes once in 2^53 draws.
        let rest = (PI - theta).max(f64::EPSILON);
        (1.0 - self.a) * (exponential.max(f64::MIN_POSITIVE).ln() - self.log_a(theta, rest))
    }

    /// ln K, by interpolation. `last` remembers the piece that was used before.
    fn log_k(&self, q: f64, last: &std::cell::RefCell<Option<(i64, Piece)>>) -> f64 {
        let place = PIECES * q.asinh();
        let index = place.floor();
        if !index.is_finite() || q > 690.0 {
            return f64::NEG_INFINITY;
        }
        let x = 2.0 * (place - index) - 1.0;
        let key = index as i64;
        let known = last.borrow().as_ref().filter(|(of, _)| *of == key).map(|(_, piece)| Arc::clone(piece));
        let piece = known.unwrap_or_else(|| {
            let piece = self.piece(key);
            *last.borrow_mut() = Some((key, Arc::clone(&piece)));
            piece
        });
        let (mut above, mut below) = (0.0, 0.0);
        for ((node, weight), value) in self.nodes.iter().zip(piece.iter()) {
            if x == *node {
                return *value;
            }
            let weight = weight / (x - node);
            above += weight * value;
            below += weight;
        }
        above / below
    }

    fn piece(&self, index: i64) -> Piece {
        if let Some(found) = self.pieces.read().unwrap_or_else(PoisonError::into_inner).get(&index) {
            return Arc::clone(found);
        }
        let value = |i: usize| self.log_k_at(((index as f64 + 0.5 * (1.0 + self.nodes[i].0)) / PIECES).sinh());
        let piece = Arc::new(std::array::from_fn(value));
        let mut pieces = self.pieces.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pieces.entry(index).or_insert(piece))
    }

    /// ln K: in the tail of large u by its series in e^{(1−a)q} = u^{−a}, else by its integral, in y with θ = π/(1 +
    /// e^{−y}).
    fn log_k_at(&self, q: f64) -> f64 {
        let log_power = (1.0 - self.a) * q;
        if log_power < SERIES {
            return self.log_series(log_power);
        }
        let log = |y: f64| {
            let (theta, rest) = (PI / (1.0 + (-y).exp()), PI / (1.0 + y.exp()));
            let log_e = self.log_a(theta, rest) + q;
            log_e - log_e.exp() + (theta * rest / PI).ln()
        };
        log_integral(&log, 0.0, f64::EPSILON).log - PI.ln()
    }

    /// ln of (b/π) Σ (−1)^{n+1} Γ(1 + na)/n! sin(πna) x^n, x = e^`log_power`.
    fn log_series(&self, log_power: f64) -> f64 {
        let less = 1.0 - self.a;
        let term = |n: i32| {
            let of = f64::from(n);
            // (−1)^{n+1} sin(πna) = sin(πn(1−a)).
            let sine =
                if less < 0.5 { (PI * of * less).sin() } else { (PI * of * self.a).sin() * f64::from(n % 2 * 2 - 1) };
            sine * (ln_gamma(1.0 + of * self.a) - ln_gamma(1.0 + of) + (of - 1.0) * log_power).exp()
        };
        let sum: f64 = (1..40).map(term).sum();
        (less / self.a * sum / PI).ln() + log_power
    }

    /// ln A(θ), A = sin((1−a)θ) sin(aθ)^{a/(1−a)} / sin(θ)^{1/(1−a)}; `rest` is π − θ.
    fn log_a(&self, theta: f64, rest: f64) -> f64 {
        let (a, less) = (self.a, 1.0 - self.a);
        let sine = theta.min(rest).sin();
        // Both large where a is near one: ln(sin aθ/sin θ)/(1−a) is not.
        let ratio = if less < 0.5 {
            let cosine = if theta < rest { theta.cos() } else { -rest.cos() };
            let half = (0.5 * less * theta).sin();
            (-2.0 * half * half - cosine / sine * (less * theta).sin()).ln_1p()
        } else {
            (a * theta).sin().ln() - sine.ln()
        };
        (less * theta).sin().ln() - (a * theta).sin().ln() + ratio / less
    }
}

/// Chebyshev's nodes in [−1, 1], and their weights in the barycentric form of the polynomial.
fn nodes() -> [(f64, f64); NODES] {
    std::array::from_fn(|i| {
        let angle = PI * (i as f64 + 0.5) / NODES as f64;
        (angle.cos(), if i % 2 == 0 { angle.sin() } else { -angle.sin() })
    })
}
