//! Brute force on one equation: growth rates on grids, Bochner matrices, densities, at parameter values of its domains.

#![allow(clippy::unwrap_used)]

use super::conditions::all_hold;
use super::eigen::least_eigenvalue;
use genphys_pde::Complex;
use genphys_pde::ast::{Bound, Dim, Domain};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, PRIOR_ERROR, Problem, Status};
use genphys_verify::Judged;
use genphys_verify::numeric::Model;
use rand::Rng;
use rand_chacha::ChaCha12Rng;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// An equation and what is claimed about it.
pub(crate) struct Question {
    pub(crate) pde: Pde,
    pub(crate) found: Judged,
    pub(crate) text: String,
    /// What contradicts the claims.
    pub(crate) contradictions: RefCell<Vec<String>>,
}

/// What is claimed at parameter values in N dimensions, up to the prior error: `None` where nothing is, or where it is
/// too close to call whether a condition holds.
pub(crate) fn claimed(report: &ConditionReport, params: &BTreeMap<String, f64>, dim: usize) -> Option<bool> {
    match report.status {
        Status::Holds => Some(true),
        Status::Fails => Some(false),
        Status::Undecided => None,
        Status::Conditional => {
            let list: Vec<String> =
                report.conditions.iter().filter(|c| !c.starts_with(PRIOR_ERROR)).map(ToString::to_string).collect();
            let met = all_hold(&list, params, dim)?;
            (met || report.exact).then_some(met)
        }
    }
}

/// A value inside a domain, sometimes at its closed end, in few decimals where the domain has room for them.
fn inside(domain: &Domain, rng: &mut ChaCha12Rng) -> f64 {
    let size = (10_f64.powf(rng.random_range(-1.2..1.2)) * 100.0).round() / 100.0;
    let at_end = rng.random_bool(0.1);
    match domain {
        Domain::Unrestricted if at_end => 0.0,
        Domain::Unrestricted if rng.random_bool(0.4) => -size,
        Domain::Unrestricted => size,
        Domain::NotEqual(n) => n.to_f64() + if rng.random_bool(0.4) { -size } else { size },
        Domain::GreaterEqual(n) | Domain::LessEqual(n) if at_end => n.to_f64(),
        Domain::Greater(n) | Domain::GreaterEqual(n) => n.to_f64() + size,
        Domain::Less(n) | Domain::LessEqual(n) => n.to_f64() - size,
        Domain::Interval(i) => match (&i.lower, &i.upper) {
            (Bound::Finite(l), _) if at_end && i.lower_closed => l.to_f64(),
            (_, Bound::Finite(u)) if at_end && i.upper_closed => u.to_f64(),
            (Bound::Finite(l), Bound::Finite(u)) => {
                // Hundredths of the interval.
                l.to_f64() + (u.to_f64() - l.to_f64()) * f64::from(rng.random_range(1..100)) / 100.0
            }
            (Bound::Finite(l), _) => l.to_f64() + size,
            (_, Bound::Finite(u)) => u.to_f64() - size,
            _ => size,
        },
    }
}

impl Question {
    pub(crate) fn points(&self, rng: &mut ChaCha12Rng) -> Vec<BTreeMap<String, f64>> {
        let point =
            |rng: &mut ChaCha12Rng| self.pde.params.iter().map(|p| (p.name.clone(), inside(&p.domain, rng))).collect();
        (0..if self.pde.params.is_empty() { 1 } else { 4 }).map(|_| point(rng)).collect()
    }

    /// A time of the declared interval at which p is looked at.
    fn time(&self, rng: &mut ChaCha12Rng) -> Option<f64> {
        let start = match &self.pde.time.interval.lower {
            Bound::Finite(n) => n.to_f64(),
            _ => return None,
        };
        Some(match &self.pde.time.interval.upper {
            Bound::Finite(end) => start + (end.to_f64() - start) * rng.random_range(0.05..0.95),
            _ => start + [0.3, 1.0, 2.5][rng.random_range(0..3)],
        })
    }

    /// Whether a coefficient depends on the time.
    fn changes(&self) -> bool {
        self.text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "t")
    }

    pub(crate) fn dims(&self) -> Vec<usize> {
        match self.found.pde.dim {
            Dim::Any => vec![1, 2, 3],
            dim => vec![dim.bounds().0 as usize],
        }
    }

    /// C2 on a dense grid: `Some(false)` where some wave clearly does not decay, `Some(true)` where all clearly do.
    fn smooths(&self, model: &Model) -> Option<bool> {
        let (dim, problem) = (self.dims()[0].max(model.least_dimension()), self.found.problem);
        let zero = model.growth_rate(&vec![0.0; dim], 1.0, problem)?;
        let mut all = true;
        // What is 0/0 at k = 0 is looked at beside it, where a root of the order of a square root differs from the
        // limit.
        let blur = if self.text.contains("sin(k)/k") { 1e-6 } else { 0.0 };
        // Multipliers that cancel leave the rounding of each, which waves of length one show the size of.
        let rounding = if self.text.contains("fourier") {
            let mut k = vec![0.0; dim];
            k[0] = 1.0;
            1e-13 * model.roots(&k, 1.0).iter().map(|s| s.abs()).fold(0.0, f64::max)
        } else {
            0.0
        };
        let blur = blur + rounding;
        // Waves longer than 1000 may be too close to k = 0 to tell whether they decay, but not whether they grow,
        // unless a multiplier such as 1 − sin(k)/k cancels.
        let longest = if self.text.contains("fourier") { -24 } else { -72 };
        // cos(k) comes back to its value at k = 0 at 2π.
        let periods = [1.0, 2.0].map(|n: f64| (n * std::f64::consts::TAU).log10());
        let mut exponents: Vec<f64> = (longest..=24).map(|i| f64::from(i) / 8.0).chain(periods).collect();
        exponents.sort_by(f64::total_cmp);
        for (axis, sign) in [(0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)].into_iter().filter(|(axis, _)| *axis < dim) {
            let rate = |exponent: f64| {
                let mut k = vec![0.0; dim];
                k[axis] = sign * 10_f64.powf(exponent);
                let roots = model.roots(&k, 1.0);
                let size = roots.iter().map(|s| s.abs()).fold(zero.abs(), f64::max);
                // A wave that oscillates may do nothing else.
                let oscillates = roots.iter().any(|s| s.im.abs() > s.re.abs());
                Some((model.growth_rate(&k, 1.0, problem)?, size, oscillates))
            };
            let mut grid = Vec::new();
            for exponent in exponents.iter().copied() {
                let (rate, size, oscillates) = rate(exponent)?;
                if rate > zero + 1e-7 * size + rounding {
                    return Some(false);
                }
                // Among long waves a growth too small to call is enough not to say that all decay.
                all &= if exponent < -3.0 { rate <= zero && !oscillates } else { rate < zero - 1e-9 * size - blur };
                grid.push((exponent, rate, size));
            }
            // A wave between two of the grid may touch the rate at k = 0. Where roots meet, rounding is a root of
            // that of the coefficients, whose size is seen beside the wave.
            for peak in grid.windows(3).filter(|w| w[1].0 > -3.0 && w[1].1 >= w[0].1 && w[1].1 >= w[2].1) {
                let (mut low, mut high) = (peak[0].0, peak[2].0);
                for _ in 0..60 {
                    let (left, right) = (low + 0.4 * (high - low), low + 0.6 * (high - low));
                    if rate(left)?.0 >= rate(right)?.0 { high = right } else { low = left }
                }
                let (rate, _, _) = rate(0.5 * (low + high))?;
                all &= rate < zero - 1e-5 * peak[0].2.max(peak[2].2) - blur;
            }
        }
        all.then_some(true)
    }

    pub(crate) fn contradicts(&self, what: &str, params: &BTreeMap<String, f64>) {
        self.contradictions.borrow_mut().push(format!(
            "{what}\n  {}\n  {params:?}\n  C1 {:?} {} {:?}\n  C2 {:?} {} {:?}",
            self.text,
            self.found.c1.status,
            self.found.c1.rule,
            self.found.c1.conditions,
            self.found.c2.status,
            self.found.c2.rule,
            self.found.c2.conditions
        ));
    }

    pub(crate) fn check_c2(&self, model: &Model, params: &BTreeMap<String, f64>) {
        if self.found.c2.rule.ends_with("amplitude") {
            return self.check_amplitude(model, params);
        }
        if self.changes() || self.found.problem == Problem::Undetermined {
            return;
        }
        // Along one axis all is seen where only |k| occurs.
        let all_seen = self.pde.explicit_dim.is_none() || self.dims() == [1];
        match (claimed(&self.found.c2, params, self.dims()[0]), self.smooths(model)) {
            (Some(true), Some(false)) => self.contradicts("C2 is said to hold and a wave grows", params),
            (Some(false), Some(true)) if self.found.problem != Problem::IllPosed && all_seen => {
                self.contradicts("C2 is said to fail and every wave decays", params);
            }
            _ => {}
        }
    }

    /// Coefficients that depend on the time: |p̂(k, t)| lies below |p̂(0, t)| where C2 is said to hold.
    fn check_amplitude(&self, model: &Model, params: &BTreeMap<String, f64>) {
        let dim = self.dims()[0].max(model.least_dimension());
        if claimed(&self.found.c2, params, dim) != Some(true) {
            return;
        }
        let length = match &self.pde.time.interval.upper {
            Bound::Finite(end) => end.to_f64() - model.start(),
            _ => f64::INFINITY,
        };
        for time in [0.2, 0.9, 3.0].into_iter().filter(|time| *time < length) {
            for size in [0.1, 0.5, 1.0, 2.0, 5.0, 20.0] {
                let mut k = vec![0.0; dim];
                let at = |k: &[f64]| model.transform(k, model.start() + time, self.found.problem).map(|z| z.abs());
                let zero = at(&k);
                k[0] = size;
                if let (Some(here), Some(zero)) = (at(&k), zero)
                    && here > zero * (1.0 + 1e-6)
                {
                    self.contradicts(&format!("|p-hat| is {here} at k = {size}, {zero} at 0, t = {time}"), params);
                }
            }
        }
    }

    /// p ≥ 0 where C1 is said to hold: Bochner sums with random weights, and the density itself.
    pub(crate) fn check_c1(&self, model: &Model, params: &BTreeMap<String, f64>, rng: &mut ChaCha12Rng) {
        if self.found.c1.rule == "quadratic-density" {
            return;
        }
        let problem = self.found.problem;
        // Which branches count depends on the values; they are asked about when they are fixed.
        if problem == Problem::Undetermined {
            return;
        }
        for dim in self.dims() {
            let dim = dim.max(model.least_dimension());
            if claimed(&self.found.c1, params, dim) != Some(true) {
                continue;
            }
            let Some(time) = self.time(rng) else { return };
            let spread = 10_f64.powf(rng.random_range(-0.7..0.7));
            let points: Vec<Vec<f64>> =
                (0..7).map(|_| (0..dim).map(|_| spread * rng.random_range(-2.0..2.0)).collect()).collect();
            let entry = |a: &[f64], b: &[f64]| {
                let difference: Vec<f64> = a.iter().zip(b).map(|(x, y)| x - y).collect();
                let value = model.transform(&difference, time, problem)?;
                // A phase that rounding turns, as after a long drift, is no number to compare.
                let beside: Vec<f64> = difference.iter().map(|x| x * (1.0 + 1e-13)).collect();
                let turned = model.transform(&beside, time, problem)? - value;
                (turned.abs() <= 1e-8 * value.abs() || value.abs() == 0.0).then_some(value)
            };
            let matrix: Option<Vec<Vec<Complex>>> =
                points.iter().map(|a| points.iter().map(|b| entry(a, b)).collect()).collect();
            let Some(matrix) = matrix else { continue };
            let size = matrix[0][0].abs();
            let least = least_eigenvalue(&matrix);
            if size.is_finite() && least < -1e-6 * size {
                self.contradicts(
                    &format!("a Bochner matrix in N = {dim} at t = {time} has the eigenvalue {least}"),
                    params,
                );
            }
        }
    }

    pub(crate) fn check_density(&self, model: &Model, params: &BTreeMap<String, f64>) {
        // The transform is itself an integral where coefficients depend on the time, or on x.
        let integral = self.changes() || self.text.contains("x*phi");
        let open = self.found.problem == Problem::Undetermined;
        if self.found.c1.rule == "quadratic-density" || integral || open || self.pde.explicit_dim.is_some() {
            return;
        }
        for dim in self.dims() {
            let Ok(n) = u32::try_from(dim) else { continue };
            if claimed(&self.found.c1, params, dim) != Some(true) {
                continue;
            }
            for r in [0.5, 2.0, 5.0] {
                if let Some((p, error)) = model.density(n, 1.0, r, self.found.problem)
                    && p < -1e-7 - 10.0 * error
                {
                    self.contradicts(&format!("p({r}, 1) = {p} in N = {n}"), params);
                }
            }
        }
    }
}
