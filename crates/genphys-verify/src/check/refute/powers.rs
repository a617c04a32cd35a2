//! Powers of |k| with parameters in their exponents: sums of c |k|^e whose weights and exponents have signs for all
//! parameter values.

use super::ray::{Exact, Q};
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::sign::Relation;
use num_rational::BigRational;

/// c |k|^e with c free of k.
struct Term {
    weight: Poly,
    exponent: Fraction,
}

/// The terms of a polynomial; `None` where other functions of k occur.
fn terms(exact: &Exact, p: &Poly) -> Option<Vec<Term>> {
    let k = Fraction::var(exact.algebra.k());
    let mut list = Vec::new();
    for (monomial, c) in p.terms() {
        let (mut weight, mut exponent) = (p.number(c.clone()), Fraction::zero());
        for (v, e) in monomial.powers() {
            let times = BigRational::from_integer((*e).into());
            if !exact.depends(*v) {
                weight = weight.times(&Poly::power(*v, *e))?;
                continue;
            }
            let one = match exact.algebra.atom(*v)? {
                _ if *v == exact.algebra.k() => Fraction::one(),
                Atom::Root { degree, of } if *of == k => Fraction::constant(Q::new(1.into(), (*degree).into())),
                Atom::Power { base, exponent } if *base == k => exponent.clone(),
                _ => return None,
            };
            exponent = exponent.plus(&one.scaled(&times))?;
        }
        list.push(Term { weight, exponent });
    }
    Some(list)
}

fn has_sign(exact: &Exact, f: &Fraction, relation: Relation) -> bool {
    f.num.times(&f.den).is_some_and(|p| exact.holds(&p, relation))
}

/// e − n.
fn less(exponent: &Fraction, n: i64) -> Option<Fraction> {
    exponent.minus(&Fraction::integer(n))
}

/// γ and the terms of γ + Σ c |k|^e over something free of k, all c ≥ 0 and e > 0, times that thing's square.
struct Sum {
    constant: Poly,
    terms: Vec<Term>,
}

fn sum(exact: &Exact, value: &Complex) -> Option<Sum> {
    let value = value.as_real()?;
    if value.den.variables().iter().any(|v| exact.depends(*v)) || exact.has_time(&value.clone().into()) {
        return None;
    }
    let (mut constant, mut list) = (Poly::zero(), Vec::new());
    for term in terms(exact, &value.num.times(&value.den)?)? {
        if term.exponent.is_zero() {
            constant = constant.plus(&term.weight);
        } else {
            let fits =
                exact.holds(&term.weight, Relation::NonNegative) && has_sign(exact, &term.exponent, Relation::Positive);
            fits.then(|| list.push(term))?;
        }
    }
    Some(Sum { constant, terms: list })
}

/// Some power is above `most`, with a positive weight.
pub(super) fn too_fast(exact: &Exact, value: &Complex, most: i64) -> bool {
    let above = |term: &Term| {
        less(&term.exponent, most).is_some_and(|e| has_sign(exact, &e, Relation::Positive))
            && exact.positive(&term.weight)
    };
    exact.drift.is_none() && sum(exact, value).is_some_and(|sum| sum.terms.iter().any(above))
}

/// All powers are above 2, and one has a positive weight: the value less that at k = 0 is o(|k|²) for long waves, and
/// not 0. `rooted`: the same of its square root, which asks for γ > 0.
pub(super) fn is_flat(exact: &Exact, value: &Complex, rooted: bool) -> bool {
    let Some(sum) = sum(exact, value) else { return false };
    let above = |term: &Term| less(&term.exponent, 2).is_some_and(|e| has_sign(exact, &e, Relation::Positive));
    exact.drift.is_none()
        && sum.terms.iter().all(above)
        && sum.terms.iter().any(|term| exact.positive(&term.weight))
        && (!rooted || exact.positive(&sum.constant))
}

/// log(1 + Σ c |k|^e) with such powers, times something positive.
pub(super) fn is_flat_logarithm(exact: &Exact, value: &Complex) -> bool {
    let flat = || -> Option<bool> {
        let value = value.as_real()?;
        let mut waves = value.num.variables().into_iter().filter(|v| exact.depends(*v));
        let (v, None) = (waves.next()?, waves.next()) else { return None };
        let Some(Atom::Log(inside)) = exact.algebra.atom(v) else { return None };
        let [rest, slope] = &value.num.coefficients(v)[..] else { return None };
        let fits = rest.variables().iter().all(|w| !exact.depends(*w))
            && value.den.variables().iter().all(|w| !exact.depends(*w))
            && exact.positive(&slope.times(&value.den)?)
            && !exact.has_time(&value.clone().into());
        let above = inside.minus(&Fraction::one())?;
        let starts = terms(exact, &above.num)?.iter().all(|term| !term.exponent.is_zero());
        Some(fits && starts && is_flat(exact, &above.into(), false))
    };
    flat() == Some(true)
}

/// A quotient of linear functions of exp(Σ c |k|^e) with such powers, that is not constant.
pub(super) fn is_flat_exponential(exact: &Exact, value: &Complex) -> bool {
    let flat = || -> Option<bool> {
        let value = value.as_real()?;
        let mut waves = value.variables().into_iter().filter(|v| exact.depends(*v));
        let (v, None) = (waves.next()?, waves.next()) else { return None };
        let Some(Atom::Exp(of)) = exact.algebra.atom(v) else { return None };
        let linear = |p: &Poly| -> Option<[Poly; 2]> {
            let list = p.coefficients(v);
            (list.len() <= 2).then(|| [0, 1].map(|i| list.get(i).cloned().unwrap_or_else(Poly::zero)))
        };
        let ([a, b], [c, d]) = (linear(&value.num)?, linear(&value.den)?);
        // (a + b v)/(c + d v) at v = 1, and whether it depends on v.
        let turns = b.times(&c)?.minus(&a.times(&d)?);
        let fits = exact.nonzero(&c.plus(&d)) && exact.nonzero(&turns) && !exact.has_time(&value.clone().into());
        let flat = |f: &Fraction| {
            terms(exact, &f.num).is_some_and(|list| list.iter().all(|term| !term.exponent.is_zero()))
                && is_flat(exact, &f.clone().into(), false)
        };
        Some(fits && (flat(of) || flat(&of.negated())))
    };
    flat() == Some(true)
}

/// Every power is below 2, or one with a positive weight is above, and one rises: Σ c |k|^e → ∞, and not like |k|².
pub(super) fn rises(exact: &Exact, value: &Complex) -> Option<bool> {
    let sum = sum(exact, value)?;
    sum.terms.iter().any(|term| exact.positive(&term.weight)).then_some(())?;
    let below =
        |term: &Term| less(&term.exponent, 2).is_some_and(|e| has_sign(exact, &e.negated(), Relation::Positive));
    Some(too_fast(exact, value, 2) || sum.terms.iter().all(below))
}
