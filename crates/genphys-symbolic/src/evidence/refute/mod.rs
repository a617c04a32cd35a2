//! Rules 4 and 6 of the ladder for C1: numbers that prove that a density is negative somewhere. They are searched for
//! where a rule has decided "fails", so that everybody can check it, and where no rule has decided.
//!
//! - p̂(−k, t) = p̂(k, t)*: p is real.
//! - Re s(k) ≤ Re s(0): |p̂(k, t)| ≤ p̂(0, t).
//! - √|ψ(k+q)| ≤ √|ψ(k)| + √|ψ(q)| for every negative-definite ψ (Berg, Forst, *Potential Theory*, 1975).
//! - Σ w_i w_j ψ(k_i − k_j) ≤ 0 for Σ w_i = 0 and every Lévy exponent ψ (Schoenberg).
//! - Σ w_i w_j p̂(k_i − k_j) ≥ 0 for every positive-definite p̂ (Bochner); two points give |p̂(k)| ≤ p̂(0).
//!
//! A marginal of a non-negative density is one, so that points in n dimensions refute every N ≥ n.

use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, Meaning, evaluate};
use crate::equation::dispersion::growth_rates;
use crate::equation::linear::Equation;
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::{Problem, Witness};
use std::collections::BTreeMap;

mod bochner;
mod eigen;
mod negative_definite;
mod not_real;
mod transform;

type C = (f64, f64);

/// A proof that p is negative somewhere.
pub(crate) struct Refutation {
    pub(crate) rule: &'static str,
    pub(crate) certificate: Certificate,
    pub(crate) witness: Witness,
    /// It holds for N ≥ this.
    pub(crate) from_dimension: u32,
}

/// The numbers of one parameter point.
struct Numbers<'a, 'p> {
    eq: &'a Equation<'p>,
    problem: Problem,
    params: &'a BTreeMap<String, f64>,
    point: std::cell::RefCell<Vec<f64>>,
}

/// Searches for a refutation at one parameter point, in dimensions up to `most`.
///
/// An ill-posed problem is read as one that starts from data.
pub(crate) fn search(eq: &Equation, problem: Problem, params: &BTreeMap<String, f64>, most: u32) -> Option<Refutation> {
    if eq.depends_on_time() || eq.motion.is_some() || eq.order() == 0 {
        return None;
    }
    // The numbers below are those of the derived density.
    if problem != Problem::HalfSpace && !crate::claims::c1::density_is_derived(eq) {
        return None;
    }
    if problem == Problem::Undetermined && eq.order() > 1 {
        return in_either_case(eq, params, most);
    }
    let numbers = Numbers { eq, problem, params, point: std::cell::RefCell::new(eq.point(params)) };
    let in_space = |dim: u32| most >= dim && eq.space == Space::Radial;
    let one_branch = eq.order() == 1 || problem == Problem::HalfSpace;
    let along_a_line = || {
        if one_branch {
            numbers.subadditivity().or_else(|| numbers.schoenberg(1))
        } else {
            numbers.faster_than_the_longest()
        }
    };
    numbers
        .not_real()
        .or_else(along_a_line)
        .or_else(|| numbers.bochner(1))
        .or_else(|| if in_space(2) && one_branch { numbers.schoenberg(2) } else { None })
        .or_else(|| if in_space(2) { numbers.bochner(2) } else { None })
        .or_else(|| if in_space(3) && one_branch { numbers.schoenberg(3) } else { None })
        .or_else(|| if in_space(3) { numbers.bochner(3) } else { None })
}

/// It is not known whether the equation poses an initial-value or a half-space problem; refuted where both would be.
fn in_either_case(eq: &Equation, params: &BTreeMap<String, f64>, most: u32) -> Option<Refutation> {
    if eq.order() != 2 {
        return None;
    }
    let evolution = search(eq, Problem::Evolution, params, most)?;
    let half_space = search(eq, Problem::HalfSpace, params, most)?;
    let text = format!(
        "of an initial-value problem {}; of a half-space problem {}",
        evolution.witness.text, half_space.witness.text
    );
    Some(Refutation {
        witness: Witness { text, ..evolution.witness },
        from_dimension: evolution.from_dimension.max(half_space.from_dimension),
        ..evolution
    })
}

impl Numbers<'_, '_> {
    fn rates(&self, k: &[f64]) -> Vec<C> {
        let mut point = self.point.borrow_mut();
        self.eq.set_wave_vector(&mut point, k);
        growth_rates(self.eq, &point)
    }

    /// The growth rate of the one branch that counts, if it is one: where the branches of a half-space problem coincide
    /// in Re s none of them is the decaying one.
    fn single(&self, k: &[f64]) -> Option<C> {
        let rate = match (self.eq.order(), self.problem) {
            (1, _) => self.rates(k).first().copied(),
            (2, Problem::HalfSpace) => {
                let [x, y] = self.rates(k)[..] else { return None };
                let distinct = (x.0 - y.0).abs() > 1e-6 * (x.0.hypot(x.1) + y.0.hypot(y.1));
                distinct.then_some(if x.0 < y.0 { x } else { y })
            }
            _ => None,
        };
        rate.filter(|(re, im)| re.is_finite() && im.is_finite())
    }

    /// The terms of the growth rate at one wave vector without regard to their signs: what its rounding is relative to.
    fn scale(&self, k: &[f64]) -> f64 {
        let sizes = self.sizes(k);
        let lead = sizes.last().map_or(1.0, |(_, value)| *value);
        sizes.iter().map(|(size, _)| size / lead).fold(0.0, f64::max)
    }

    /// Of every coefficient a_j the sum of the absolute values of its terms, with Fourier multipliers taken as at least
    /// 1 (they are differences of numbers of that size), and its absolute value.
    fn sizes(&self, k: &[f64]) -> Vec<(f64, f64)> {
        let mut point = self.point.borrow_mut();
        self.eq.set_wave_vector(&mut point, k);
        let mut rough = point.clone();
        for (value, meaning) in rough.iter_mut().zip(&self.eq.ring.meanings) {
            if matches!(meaning, Meaning::Multiplier { .. }) {
                *value = value.abs().max(1.0);
            }
        }
        let parts = |c: &CPoly| {
            let size = evaluate(&c.re, &rough).1 + evaluate(&c.im, &rough).1;
            (size, evaluate(&c.re, &point).0.hypot(evaluate(&c.im, &point).0))
        };
        self.eq.a.iter().map(parts).collect()
    }

    /// A bound on the error of a growth rate: that of the coefficients over |D′(s)|, D = Σ a_j s^j.
    fn rate_error(&self, k: &[f64], rates: &[C], rate: C) -> f64 {
        const ROUNDING: f64 = 1e-14;
        let sizes = self.sizes(k);
        let size = rate.0.hypot(rate.1);
        let residual: f64 = sizes.iter().enumerate().map(|(j, (terms, _))| terms * size.powi(j as i32)).sum();
        let lead = sizes.last().map_or(0.0, |(_, value)| *value);
        // D′(s) = a_m Π (s − s_i) over the other roots.
        let apart = |other: &C| (rate.0 - other.0).hypot(rate.1 - other.1);
        let mut others: Vec<f64> = rates.iter().map(apart).collect();
        others.sort_by(f64::total_cmp);
        let slope = others.iter().skip(1).product::<f64>() * lead;
        ROUNDING * (residual / slope + size)
    }

    /// Whether a time after the start lies in the interval.
    fn has_time(&self, time: f64) -> bool {
        let range = crate::equation::declared::time_range(self.eq.pde);
        let start = range.lower.as_ref().map_or(0.0, |(l, _)| l.to_f64());
        range.contains(start + time)
    }

    /// The directions to look along.
    fn directions(&self) -> Vec<Vec<f64>> {
        let Space::Components(n) = self.eq.space else { return vec![vec![1.0]] };
        let n = n as usize;
        let unit = |i: usize| (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
        let mut list: Vec<Vec<f64>> = (0..n).map(unit).collect();
        if n > 1 {
            list.push(vec![1.0 / (n as f64).sqrt(); n]);
            let mut mixed = vec![0.0; n];
            (mixed[0], mixed[1]) = (0.5_f64.sqrt(), -(0.5_f64.sqrt()));
            list.push(mixed);
        }
        list
    }

    fn witness(&self, k: Vec<f64>, text: String) -> Witness {
        Witness { k, params: self.params.clone(), text, ..Witness::default() }
    }
}
