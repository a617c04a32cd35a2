//! C2 where the dispersion polynomial has factors over the rationals and the parameters: the branches are those of the
//! factors. If all factors evolve, all branches count; if all are half-space problems, all that decay do, of every
//! factor (as many as the data u, ∂_t u, … on t = 0 determine). If every factor satisfies C2 against its own slowest
//! branch at k = 0, the product does; where these are the same for all factors, only then.

use crate::algebra::formula::Formula;
use crate::algebra::ring::{CPoly, Poly, RADIAL, S, coefficient};
use crate::claims::answer::C2;
use crate::claims::c2::rates_certificate;
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;
use genphys_pde::certificate::{Certificate, Factor};
use num_integer::gcd;

const RULE: &str = "factors";

/// `again` decides C2 of a factor. `None` where there is one factor only, or where the factors leave it open.
pub(super) fn decide(eq: &Equation, real: &[Poly], again: fn(&Equation) -> C2) -> Option<C2> {
    let whole = real.iter().enumerate().fold(eq.ring.zero(), |sum, (j, c)| &sum + &(c * &eq.ring.power(S, j as u16)));
    // In |k|^g, g as large as it may be: s^2 - |k|^2 is one factor.
    let step = crate::algebra::ring::coefficients(&whole, RADIAL)
        .iter()
        .filter(|(c, _)| !c.is_zero())
        .fold(0, |g, (_, e)| gcd(g, *e));
    let factors = eq.ring.work.factors(&replaced(&whole, |e| e.checked_div(step).unwrap_or(e)))?;
    let mut factors: Vec<(Poly, usize)> =
        factors.into_iter().map(|(f, power)| (replaced(&f, |e| e * step.max(1)), power)).collect();
    pair_up(&mut factors);
    let powers: Vec<u32> =
        factors.iter().filter(|(f, _)| f.degree(S) > 0).map(|(_, power)| u32::try_from(*power).unwrap_or(0)).collect();
    let list: Vec<Vec<Poly>> = factors
        .iter()
        .filter(|(f, _)| f.degree(S) > 0)
        .map(|(f, _)| (0..=f.degree(S)).map(|j| coefficient(f, S, j)).collect())
        .collect();
    let several = factors.iter().filter(|(f, _)| f.degree(S) > 0).map(|(_, power)| power).sum::<usize>() > 1;
    // What has no k in it is a branch that stays where it is.
    if !several || factors.iter().any(|(f, _)| f.degree(S) == 0 && eq.ring.has_wave(f)) {
        return None;
    }
    let parts: Vec<Equation> = list
        .iter()
        .map(|f| {
            let mut part = eq.of_order(eq.order());
            part.a = f.iter().map(|c| CPoly::real(c.clone())).collect();
            part
        })
        .collect();
    let found: Vec<C2> = parts.iter().map(again).collect();
    let kind = Kind {
        evolution: Formula::all(found.iter().map(|c| c.kind.evolution.clone())).simplify(&eq.oracle),
        half_space: Formula::all(found.iter().map(|c| c.kind.half_space.clone())).simplify(&eq.oracle),
    };
    if kind.evolution != Formula::True && kind.half_space != Formula::True {
        return None;
    }
    let all = Formula::all(found.iter().map(|c| c.formula.clone())).simplify(&eq.oracle);
    let formula = if same_at_zero(eq, &list) {
        all
    } else if all == Formula::True {
        Formula::True
    } else {
        return None;
    };
    if !formula.unknowns().is_empty() || found.iter().any(|c| c.band.is_some() || !c.further.is_empty()) {
        return None;
    }
    let because = "the dispersion polynomial has factors, and the branches of each decay faster than at k = 0";
    let problem = kind.problem();
    let mut result = C2::new(RULE, formula, kind, because);
    let text = |f: &[Poly]| crate::algebra::print::in_s(&eq.ring, f);
    let certified = parts.iter().zip(&found).zip(list.iter().zip(powers)).map(|((part, c), (f, power))| {
        match c.certificate.clone().or_else(|| rates_certificate::certificate(part, problem)) {
            Some(Certificate::Rates { rates, root: None }) => Some(Factor { polynomial: text(f), power, rates }),
            _ => None,
        }
    });
    result.certificate = certified.collect::<Option<Vec<_>>>().map(|factors| Certificate::Factors { factors });
    Some(result)
}

/// The exponents of the radial variable replaced.
fn replaced(poly: &Poly, power: impl Fn(u16) -> u16) -> Poly {
    crate::algebra::ring::terms(poly).fold(poly.zero(), |sum, (c, exponents)| {
        let mut exponents = exponents.to_vec();
        exponents[RADIAL] = power(exponents[RADIAL]);
        &sum + &poly.zero().monomial(c.clone(), exponents)
    })
}

/// f(s) and f(−s) together are one factor that is even in s.
fn pair_up(factors: &mut Vec<(Poly, usize)>) {
    let mut i = 0;
    while i < factors.len() {
        let mirrored = crate::algebra::polynomial::mirror(&factors[i].0, S);
        let other = (i + 1..factors.len()).find(|j| factors[*j].0 == mirrored || factors[*j].0 == -mirrored.clone());
        if let Some(j) = other.filter(|j| factors[*j].1 == factors[i].1 && factors[i].0.degree(S) > 0) {
            let (f, _) = factors.remove(j);
            factors[i].0 = &factors[i].0 * &f;
        }
        i += 1;
    }
}

/// Whether P(s, 0) of all factors has the same slowest root: it is a multiple of a power of s, or of the same
/// polynomial.
fn same_at_zero(eq: &Equation, list: &[Vec<Poly>]) -> bool {
    let at_zero: Vec<Vec<Poly>> = list.iter().map(|f| f.iter().map(|c| eq.ring.at_zero(c)).collect()).collect();
    let power = |f: &Vec<Poly>| f[..f.len() - 1].iter().all(Poly::is_zero);
    let first = &at_zero[0];
    let proportional = |f: &Vec<Poly>| {
        f.len() == first.len() && f.iter().zip(first).all(|(c, d)| c * &first[first.len() - 1] == d * &f[f.len() - 1])
    };
    at_zero.iter().all(power) || at_zero.iter().all(proportional)
}
