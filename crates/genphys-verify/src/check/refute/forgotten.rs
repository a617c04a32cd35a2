//! C2 of equations of first order in time with coefficients that depend on it fails: |p̂(k, t)/p̂(0, t)| = exp(−∫r dτ),
//! r the real part of ψ(k, τ) − ψ(0, τ), is not below 1, or does not tend to 0 because the integral of r converges.

use super::ray::{Along, Exact, Terms, minus, number, scaled};
use crate::check::Claim;
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Poly, Var};

/// Why a wave is not forgotten.
pub(super) fn remembers(exact: &Exact) -> Option<String> {
    let [a0, a1] = exact.a.as_slice() else { return None };
    let psi = exact.algebra.over(a0, a1)?;
    if !exact.has_time(&psi) {
        return None;
    }
    let endless = exact.algebra.range(exact.algebra.time())?.upper.is_none();
    for d in exact.directions() {
        let Some(Along { re, den, .. }) = exact.along(&psi, &d) else { continue };
        let zero = number(0);
        let at_zero = |t: &Terms| t.get(&zero).cloned().unwrap_or_else(Poly::zero);
        let base = at_zero(&den);
        if !exact.nonzero(&base) {
            continue;
        }
        // r times base·den, a square where it is not constant.
        let rate = minus(&scaled(&re, &base)?, &scaled(&den, &at_zero(&re))?);
        if grows(exact, &rate, &den, &base, false, true) {
            return Some("the amplitude of a wave is not below 1 at some time".into());
        }
        let falls = super::negative_definite::at(&rate, &number(1))?;
        let plain = den.len() == 1 && base.variables().iter().all(|v| !exact.is_timed(*v));
        if endless && plain && integrable(exact, &falls, &Poly::one()) {
            return Some("the integral of the decay rate of a wave converges: its amplitude does not tend to 0".into());
        }
        if endless && den.len() == 1 && integrable(exact, &falls, &base.times(&base)?) {
            return Some("the integral of the decay rate of a wave converges: its amplitude does not tend to 0".into());
        }
    }
    None
}

/// A coefficient that is not integrable at the start of the time: φ̂ = φ̂₀ exp(−∫ψ) starts from no data, but from 0 or
/// from nothing. With t after the start, c t^p has a finite integral from 0 exactly for p > −1. The mass, k = 0, is
/// left out of what C2 compares with it.
pub(super) fn never_starts(exact: &Exact, with_mass: bool) -> Option<String> {
    let [a0, a1] = exact.a.as_slice() else { return None };
    let psi = exact.algebra.over(a0, a1)?;
    let start = exact.algebra.range(exact.algebra.time())?.lower.clone()?.0;
    let d = exact.directions().into_iter().next()?;
    let Along { re, den, .. } = exact.along(&psi, &d)?;
    let base = den.get(&number(0)).filter(|_| den.len() == 1)?;
    // Powers of |k| are independent: one coefficient is enough.
    let singular = |c: &Poly| {
        let plain = [c, base].iter().all(|p| {
            let timed = |v: &Var| *v != exact.algebra.time() && exact.is_timed(*v);
            !p.variables().iter().any(timed)
        });
        let at = |p: &Poly| p.at(exact.algebra.time(), &start);
        let pole = plain && at(base).is_zero() && exact.nonzero(&at(c));
        pole || start == number(0) && falls_too_fast(exact, c, base) == Some(true)
    };
    re.iter()
        .any(|(power, c)| (with_mass || *power != number(0)) && singular(c))
        .then(|| "a coefficient is not integrable at the start of the time: no density starts from the data".into())
}

/// Whether one monomial over another is c t^p with p ≤ −1 and c ≠ 0.
fn falls_too_fast(exact: &Exact, top: &Poly, bottom: &Poly) -> Option<bool> {
    let t = exact.algebra.time();
    let mut power = Fraction::zero();
    for (p, sign) in [(top, 1), (bottom, -1)] {
        let (monomial, coefficient) = p.terms().next().filter(|_| p.len() == 1)?;
        let mut still = p.number(coefficient.clone());
        for (v, e) in monomial.powers() {
            let times = number(sign * i64::from(*e));
            let of_time = |f: &Fraction| *f == Fraction::var(t);
            let one = match exact.algebra.atom(*v)? {
                _ if *v == t => Fraction::one(),
                Atom::Power { base, exponent } if of_time(base) => exponent.clone(),
                Atom::Root { degree, of } if of_time(of) => {
                    Fraction::constant(super::ray::Q::new(1.into(), (*degree).into()))
                }
                _ if exact.is_timed(*v) => return None,
                _ => {
                    still = still.times(&Poly::power(*v, *e))?;
                    continue;
                }
            };
            power = power.plus(&one.scaled(&times))?;
        }
        if !exact.nonzero(&still) {
            return None;
        }
    }
    let gap = power.plus(&Fraction::one())?.negated();
    Some(exact.holds(&gap.num.times(&gap.den)?, crate::sign::Relation::NonNegative))
}

/// Drift φ_t = θ div(x φ) − ψ φ with coefficients that are polynomials in t, θ < 0 in the end: E = ∫(Re ψ(k e^{θτ}) −
/// Re ψ(0)) dτ converges for every power of
/// |k|, since the waves become longer and longer.
pub(super) fn by_drift(claim: &Claim, exact: &Exact) -> Option<String> {
    let [a0, a1] = exact.a.as_slice() else { return None };
    let theta = exact.drift.as_ref()?;
    let psi = exact.algebra.over(a0, a1)?;
    if outgrows(exact).is_some() {
        return Some("the amplitude of a wave is above that of the longest one at some time".into());
    }
    // θ is a polynomial in t with a negative leading coefficient, so that e^Θ falls at least exponentially; ψ is one
    // too.
    if let Some(text) = super::at::never_falls(claim, false) {
        return Some(text);
    }
    const STRETCHED: &str = "waves are stretched by the drift, and the integral of their decay rate converges";
    let lead = theta.num.coefficients(exact.algebra.time()).pop()?.times(&theta.den)?;
    if is_polynomial(exact, theta) && exact.endless() && exact.negative(&lead) && super::at::is_tame(claim).is_some() {
        return Some(STRETCHED.into());
    }
    let polynomial = [&psi.re, &psi.im, theta].iter().all(|f| is_polynomial(exact, f));
    if !polynomial || !exact.endless() || !exact.negative(&lead) {
        return None;
    }
    let d = exact.directions().into_iter().next()?;
    let Along { den, .. } = exact.along(&psi, &d)?;
    // Sums of powers only.
    let (e, base) = super::ray::top(&den)?;
    (den.len() == 1 && *e == number(0) && exact.nonzero(base)).then(|| STRETCHED.into())
}

/// Whether the time occurs as in a polynomial only.
fn is_polynomial(exact: &Exact, f: &Fraction) -> bool {
    let t = exact.algebra.time();
    !f.den.contains(t) && f.variables().iter().all(|v| *v == t || !exact.is_timed(*v))
}

/// C1 of first order: Re ∫(ψ(k) − ψ(0)) < 0 at some k and some time, so that |p̂(k, t)| > p̂(0, t).
pub(super) fn outgrows(exact: &Exact) -> Option<String> {
    let [a0, a1] = exact.a.as_slice() else { return None };
    let psi = exact.algebra.over(a0, a1)?;
    if exact.drift.as_ref().is_some_and(|theta| !is_polynomial(exact, theta)) {
        return None;
    }
    exact.directions().iter().find_map(|d| {
        let Along { re, den, .. } = exact.along(&psi, d)?;
        let zero = number(0);
        let base = den.get(&zero).filter(|base| exact.nonzero(base))?;
        let start = re.get(&zero).cloned().unwrap_or_else(Poly::zero);
        let rate = minus(&scaled(&re, base)?, &scaled(&den, &start)?);
        grows(exact, &rate, &den, base, true, exact.drift.is_none())
            .then(|| "a wave outgrows the longest one at some time: |p-hat(k, t)| > p-hat(0, t)".into())
    })
}

/// E = ∫ rate/(base den) is at some time ≤ 0 (< 0 where that is asked for): for long or short waves, by their leading
/// power, or at one of a few wave numbers. Drift stretches k by one finite factor up to each time, and so changes
/// nothing at either end; `fixed` says that it does not.
fn grows(exact: &Exact, rate: &Terms, den: &Terms, base: &Poly, strictly: bool, fixed: bool) -> bool {
    let still = |p: &Poly| p.variables().iter().all(|v| !exact.is_timed(*v));
    // The denominators are squares; the integral of the numerator has the sign of E where they do not depend on the
    // time.
    let plain = still(base) && den.values().all(still);
    let alone = plain && fixed;
    let end = exact.algebra.range(exact.algebra.time()).and_then(|range| range.upper.clone());
    let inside = |t: &super::ray::Q| end.as_ref().is_none_or(|(e, closed)| t != e || *closed);
    // The end itself counts as a limit in C2: an amplitude that comes back to 1 does not tend to 0.
    let times: Vec<_> = times(exact).unwrap_or_default().into_iter().filter(|t| !strictly || inside(t)).collect();
    let below = |p: &Poly, strictly: bool| {
        let sign = |p: &Poly| match strictly {
            true => exact.negative(p),
            false => exact.holds(&p.negated(), crate::sign::Relation::NonNegative),
        };
        sign(p) || alone && times.iter().any(|t| accumulated(exact, p, t).is_some_and(|sum| sign(&sum)))
    };
    let ends = [super::ray::low(rate), super::ray::top(rate)].into_iter().flatten();
    let regular = super::ray::top(den).is_some_and(|(_, c)| exact.nonzero(c));
    (plain || den.len() == 1) && regular && ends.into_iter().any(|(_, c)| below(c, true))
        || fixed
            && [number(1), number(16), number(1) / number(16), number(81) / number(16)].iter().any(|q| {
                let (here, under) = (super::negative_definite::at(rate, q), super::negative_definite::at(den, q));
                here.is_some_and(|p| below(&p, strictly)) && under.is_some_and(|p| exact.nonzero(&p))
            })
}

/// ∫ of a polynomial in the time from its start, at a time.
fn accumulated(exact: &Exact, rate: &Poly, time: &super::ray::Q) -> Option<Poly> {
    let t = exact.algebra.time();
    let (start, _) = exact.algebra.range(t)?.lower.clone()?;
    let plain = rate.variables().iter().all(|v| *v == t || !exact.is_timed(*v));
    plain.then_some(())?;
    let mut sum = Poly::zero();
    for (e, c) in rate.coefficients(t).iter().enumerate() {
        let power = |x: &super::ray::Q| num_traits::pow(x.clone(), e + 1);
        let factor = (power(time) - power(&start)) / number(i64::try_from(e + 1).ok()?);
        sum = sum.plus(&c.scaled(&factor));
    }
    Some(sum)
}

/// Times at which the integral is looked at: the end, and some after the start.
fn times(exact: &Exact) -> Option<Vec<super::ray::Q>> {
    let range = exact.algebra.range(exact.algebra.time())?;
    let (start, _) = range.lower.clone()?;
    Some(match &range.upper {
        Some((end, _)) => [4, 2, 3].map(|n| &start + (end - &start) * number(n) / number(4)).to_vec(),
        None => [1, 4, 16, 64].map(|n| &start + number(n)).to_vec(),
    })
}

/// Whether num/den is integrable up to t = ∞, term by term: exponentials of linear functions of t that fall, or powers
/// of t below −1; sines and cosines are bounded. The denominator is one term, or a polynomial in t that is never zero.
fn integrable(exact: &Exact, num: &Poly, den: &Poly) -> bool {
    let t = exact.algebra.time();
    let polynomial = den.variables().iter().all(|v| *v == t || !exact.is_timed(*v));
    if !exact.nonzero(den)
        || den.len() > 1 && !(polynomial && den.coefficients(t).last().is_some_and(|c| exact.nonzero(c)))
    {
        return false;
    }
    let below = den.terms().next().filter(|_| den.len() == 1).map(|(m, _)| m.clone()).unwrap_or_default();
    num.terms().all(|(m, _)| {
        let (mut falls, mut rises) = (false, false);
        for v in m.powers().iter().chain(below.powers()).map(|(v, _)| *v).filter(|v| *v != t && exact.is_timed(*v)) {
            let power = i64::from(m.degree(v)) - i64::from(below.degree(v));
            match slope(exact, v) {
                Some(sign) => {
                    falls |= power * sign < 0;
                    rises |= power * sign > 0;
                }
                None => rises |= power < 0 || !bounded(exact, v),
            }
        }
        !rises && (falls || i64::from(m.degree(t)) - i64::from(den.degree(t)) <= -2)
    })
}

/// The sign of c in exp(c t + …), c free of the time.
fn slope(exact: &Exact, v: Var) -> Option<i64> {
    let t = exact.algebra.time();
    let Some(Atom::Exp(of)) = exact.algebra.atom(v) else { return None };
    let linear = of.num.degree(t) == 1 && !of.den.contains(t);
    let plain = of.variables().iter().all(|v| *v == t || !exact.is_timed(*v));
    let c = of.num.coefficients(t).pop().filter(|_| linear && plain)?.times(&of.den)?;
    if exact.negative(&c) { Some(-1) } else { exact.positive(&c).then_some(1) }
}

fn bounded(exact: &Exact, v: Var) -> bool {
    matches!(exact.algebra.atom(v), Some(Atom::Cos(_) | Atom::Sin(_)))
}
