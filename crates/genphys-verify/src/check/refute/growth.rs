//! C2 fails: a wave that does not fall below the longest one, for all parameter values, or at one exact point.
//!
//! How many roots of P(s + σ, k) lie to the left of the imaginary axis is counted exactly. The branches that count are
//! all of an evolution equation; of a half-space problem, where as many rise as fall, they are read in both ways in
//! which they can be: as the lower half, and as all that stay bounded, Re s ≤ 0. Both readings must fail.

use super::ray::{Along, Direction, Exact, number};
use super::root_count::{Gauss, Q, Sides, shifted, sides};
use crate::check::Claim;
use crate::check::stability::Shift;
use crate::check::waves::Model;
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::sign::Relation;
use genphys_pde::verdict::Problem;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

/// Along some direction no coefficient depends on k: the growth rates are those of k = 0 there, whichever count.
pub(super) fn still(exact: &Exact) -> Option<String> {
    let lead = exact.a.last()?;
    let still = |d: &Direction| {
        exact.a.iter().all(|c| {
            let Some(ratio) = exact.algebra.over(c, lead) else { return false };
            exact
                .along(&ratio, d)
                .is_some_and(|along| [&along.re, &along.im, &along.den].iter().all(|t| t.keys().all(Zero::is_zero)))
        })
    };
    if !exact.a.iter().any(|c| exact.has_wave(c)) {
        return Some("no coefficient depends on k".into());
    }
    let d = exact.directions().into_iter().find(|d| !d.is_empty() && still(d))?;
    Some(format!(
        "no coefficient depends on k along ({})",
        d.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    ))
}

/// k occurs in sines and cosines of whole multiples of one angle a|k| only: |k| = 2π/a is like k = 0.
pub(super) fn periodic(exact: &Exact) -> Option<String> {
    let algebra = exact.algebra;
    let k = algebra.k();
    let mut angles: Vec<Fraction> = Vec::new();
    // Of first order only Re s counts.
    let rate = match exact.a.as_slice() {
        [a0, a1] => algebra.over(a0, a1).map(|psi| vec![Complex::from(psi.re)]),
        _ => None,
    };
    let counting = rate.as_deref().unwrap_or(exact.a.as_slice());
    for v in counting.iter().flat_map(|c| c.re.variables().into_iter().chain(c.im.variables())) {
        if !exact.depends(v) {
            continue;
        }
        match algebra.atom(v) {
            Some(Atom::Cos(angle) | Atom::Sin(angle)) => angles.push(angle.over(&Fraction::var(k))?),
            _ => return None,
        }
    }
    let first = angles.first()?;
    let free = |f: &Fraction| f.variables().iter().all(|v| !exact.depends(*v));
    // Rational multiples of one angle are whole multiples of another.
    let rational = |f: &Fraction| f.over(first).and_then(|r| r.as_constant()).is_some();
    let fits = free(first) && exact.nonzero(&first.num) && exact.nonzero(&first.den) && angles.iter().all(rational);
    fits.then(|| "k occurs in sines and cosines of multiples of one angle a|k| only: |k| = 2 pi/a is like k = 0".into())
}

/// First order in time: Re ψ(k) ≤ Re ψ(0) at a wave vector of a short list, whatever the parameters are.
pub(super) fn first_order(exact: &Exact) -> Option<String> {
    let [a0, a1] = exact.a.as_slice() else { return None };
    if exact.has_time(a0) || exact.has_time(a1) {
        return None;
    }
    let psi = exact.algebra.over(a0, a1)?;
    for d in exact.directions() {
        let Some(Along { re, den, .. }) = exact.along(&psi, &d) else { continue };
        let zero = number(0);
        let at_zero = |t: &super::ray::Terms| t.get(&zero).cloned().unwrap_or_else(Poly::zero);
        for q in wave_numbers() {
            let Some((here, below)) = super::negative_definite::at(&re, &q).zip(super::negative_definite::at(&den, &q))
            else {
                continue;
            };
            let (start, base) = (at_zero(&re), at_zero(&den));
            let fall = start.times(&below)?.minus(&here.times(&base)?);
            if exact.holds(&fall, Relation::NonNegative) && exact.nonzero(&base) && exact.nonzero(&below) {
                return Some(format!("Im omega is not below Im omega(0) at |k| = {q} along one direction"));
            }
        }
        let rest =
            super::ray::minus(&super::ray::scaled(&re, &at_zero(&den))?, &super::ray::scaled(&den, &at_zero(&re))?);
        let falls = [super::ray::low(&rest), super::ray::top(&rest)];
        let regular = exact.nonzero(&at_zero(&den)) && super::ray::top(&den).is_some_and(|(_, c)| exact.nonzero(c));
        if regular && falls.iter().flatten().any(|(_, c)| exact.negative(c)) {
            return Some("Im omega exceeds Im omega(0) for long or for short waves along one direction".into());
        }
    }
    None
}

fn wave_numbers() -> impl Iterator<Item = Q> {
    [(1, 1), (2, 1), (1, 2), (4, 1), (1, 4), (16, 1), (1, 16), (3, 2), (3, 4), (3, 1), (1, 100), (100, 1)]
        .into_iter()
        .map(|(a, b)| number(a) / number(b))
}

/// Second order in time and evolution, real coefficients: all Re s_j(0) ≤ 0, and some Re s_j(k) ≥ 0 (Routh, Hurwitz).
pub(super) fn second_order(exact: &Exact) -> Option<String> {
    let [a0, a1, a2] = exact.a.as_slice() else { return None };
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let (b, c) = (exact.algebra.over(a1, a2)?, exact.algebra.over(a0, a2)?);
    for d in exact.directions() {
        let lines = (exact.along(&b, &d)?, exact.along(&c, &d)?);
        let (b, c) = &lines;
        if !b.im.is_empty() || !c.im.is_empty() {
            return None;
        }
        let value = |line: &Along, q: &Q| {
            let (num, den) = (super::negative_definite::at(&line.re, q)?, super::negative_definite::at(&line.den, q)?);
            exact.nonzero(&den).then_some(num)
        };
        let grounded = |line: &Along| {
            let (num, den) = (line.re.get(&number(0)), line.den.get(&number(0)));
            let num = num.cloned().unwrap_or_else(Poly::zero);
            den.is_some_and(|den| exact.nonzero(den)) && exact.holds(&num, Relation::NonNegative)
        };
        if !grounded(b) || !grounded(c) {
            return None;
        }
        for q in wave_numbers() {
            let low = |p: Option<Poly>| p.is_some_and(|p| exact.holds(&p.negated(), Relation::NonNegative));
            if low(value(b, &q)) || low(value(c, &q)) {
                return Some(format!("no Re s(0) is positive, and some Re s(k) >= 0 at |k| = {q} (Routh-Hurwitz)"));
            }
        }
    }
    None
}

/// Order 2 or 4, even in s: with s also −s is a root, so that some Re s(k) ≥ 0, while at k = 0 all s² are real and not
/// positive.
pub(super) fn even(exact: &Exact) -> Option<String> {
    let odd = exact.a.iter().skip(1).step_by(2).all(Complex::is_zero);
    if !odd || !matches!(exact.a.len(), 3 | 5) || exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let d = exact.directions().into_iter().next()?;
    let lead = exact.a.last()?;
    let rest = |c: &Complex| -> Option<Poly> {
        let Along { re, im, den } = exact.along(&exact.algebra.over(c, lead)?, &d)?;
        let zero = number(0);
        // The denominator is a square.
        den.get(&zero).filter(|base| exact.nonzero(base))?;
        (!im.contains_key(&zero)).then(|| re.get(&zero).cloned().unwrap_or_else(Poly::zero))
    };
    let parts: Vec<Poly> = exact.a.iter().step_by(2).take(exact.a.len() / 2).map(rest).collect::<Option<_>>()?;
    let low = parts.iter().all(|p| exact.holds(p, Relation::NonNegative));
    let real = match parts.as_slice() {
        // s⁴ + a s² + b: b = 0 will do.
        [b, _] => b.is_zero(),
        _ => true,
    };
    (low && real).then(|| "with s also -s is a root, and at k = 0 all of them are imaginary".into())
}

/// No root of P(s + s₀, 0) lies to the right of the imaginary axis, and P(s + s₀, k) is no Hurwitz polynomial for some
/// k, with s₀ = 0 or, of second order with real coefficients, the slower root at k = 0 (or its real part); nor do the
/// branches of a half-space problem decay, where it could be one.
pub(super) fn violated(claim: &Claim, exact: &Exact) -> Option<String> {
    let initial = super::units::never_half_space(exact);
    let mut model = Model::new(claim)?;
    let waves = model.waves()?;
    let region = &waves.region;
    if waves.violated(region, &[Shift::zero()], initial).is_some() {
        return Some("no Re s(0) is positive, and some P(s, k) is no Hurwitz polynomial".into());
    }
    // The mean of all roots at k = 0, where they coincide.
    if let [.., (next, _), (lead, _)] = waves.at_rest.a.as_slice() {
        let order = i64::try_from(waves.at_rest.order()).ok()?;
        let mean = Shift { num: next.negated(), den: lead.scaled(&number(order)), root: None };
        if order > 2 && waves.violated(region, &[mean], false).is_some() {
            return Some("some P(s + s(0), k) is no Hurwitz polynomial, s(0) the root at k = 0".into());
        }
    }
    let [(c, _), (b, _), (a, _)] = waves.at_rest.a.as_slice() else { return None };
    let root: Var = ROOT;
    let square = b.times(b)?.minus(&a.times(c)?.scaled(&number(4)));
    let (num, den) = (b.negated(), a.scaled(&number(2)));
    let middle = Shift { num: num.clone(), den: den.clone(), root: None };
    let real = Shift { num: num.plus(&Poly::var(root)), den, root: Some((root, square)) };
    // The larger root is the one with + √ where a > 0.
    let upper = region.prove(a, Relation::Positive).is_some() && waves.at_rest.is_real();
    (upper && waves.violated(region, &[real, middle], initial).is_some())
        .then(|| "some P(s + s(0), k) is no Hurwitz polynomial, s(0) the slower root at k = 0".into())
}

/// A variable of no algebra.
const ROOT: Var = 2_000_000;

/// φ_tt + (D − 1)/t φ_t + q φ from the time 0 with rising q: p̂ = j(√q t) of order −D/2 is not below 1 for D > 1 and
/// does not tend to 0 for D = 1; for q(0) > 0 p̂(0, t) oscillates around 0.
pub(super) fn bessel(exact: &Exact) -> Option<String> {
    let (d, q) = super::waves::bessel_form(exact)?;
    let along = exact.along(&q.into(), &exact.directions().into_iter().next()?)?;
    let zero = along.re.get(&number(0)).cloned().unwrap_or_else(Poly::zero);
    let rises =
        along.den.len() == 1 && super::ray::top(&along.re).is_some_and(|(e, c)| e.is_positive() && exact.positive(c));
    if !rises {
        return None;
    }
    if exact.positive(&zero) && exact.endless() {
        return Some("p-hat(0, t) oscillates around 0".into());
    }
    let excess = d.minus(&Fraction::one())?;
    let excess = excess.num.times(&excess.den)?;
    let still = zero.is_zero() && exact.holds(&excess, Relation::NonNegative);
    (still || exact.positive(&excess))
        .then(|| "p-hat is a Bessel function of order -D/2 that does not fall for D >= 1".into())
}

/// The symbol at one wave vector and rational parameters: coefficients in ℚ(i), or `None` where some are not rational.
pub(super) fn at_point(exact: &Exact, k: &[Q], params: &BTreeMap<String, Q>) -> Option<Vec<Gauss>> {
    let radial = exact.algebra.components().is_empty();
    let size =
        if radial { super::ray::root_of(&k.iter().fold(Q::zero(), |sum, x| sum + x * x), 2)? } else { number(1) };
    let zero = k.iter().all(Zero::is_zero);
    let direction: Direction = if radial {
        Vec::new()
    } else if zero {
        std::iter::once(number(1)).chain(k.iter().skip(1).cloned()).collect()
    } else {
        k.to_vec()
    };
    let value = |terms: &super::ray::Terms| -> Option<Q> {
        let sum = if zero {
            terms.get(&number(0)).cloned().unwrap_or_else(Poly::zero)
        } else {
            super::negative_definite::at(terms, &size)?
        };
        exact.number(&sum, params)
    };
    let one = |c: &Complex| {
        let Along { re, im, den } = exact.along(c, &direction)?;
        let den = value(&den).filter(|x| !x.is_zero())?;
        Some((value(&re)? / &den, value(&im)? / den))
    };
    let mut list: Vec<Gauss> = exact.a.iter().map(one).collect::<Option<_>>()?;
    while list.last().is_some_and(|(x, y)| x.is_zero() && y.is_zero()) {
        list.pop();
    }
    Some(list)
}

/// Whether the largest growth rate at k is not below that at 0, by numbers σ that may lie between.
pub(super) fn not_below(here: &[Gauss], at_rest: &[Gauss], problem: Problem, guesses: &[Q]) -> bool {
    let all = |sigma: &Q| -> Option<bool> {
        let (k, zero) = (sides(&shifted(here, sigma))?, sides(&shifted(at_rest, sigma))?);
        Some(zero.right == 0 && k.left + 1 < here.len())
    };
    let lower = |sigma: &Q| -> Option<bool> {
        let (k, zero) = (sides(&shifted(here, sigma))?, sides(&shifted(at_rest, sigma))?);
        let counted = |p: &[Gauss]| (p.len() - 1).div_ceil(2);
        Some(zero.left + zero.on >= counted(at_rest) && k.left < counted(here))
    };
    let bounded = |sigma: &Q| -> Option<bool> {
        let closed = |s: Sides| s.left + s.on;
        let (k, zero) = (sides(&shifted(here, sigma))?, sides(&shifted(at_rest, sigma))?);
        let none_above = closed(zero) == closed(sides(at_rest)?);
        let bounded = closed(sides(here)?);
        // Without a bounded branch there is no solution at k.
        Some(bounded == 0 || none_above && k.left < bounded)
    };
    let shown = |reading: &dyn Fn(&Q) -> Option<bool>| guesses.iter().any(|sigma| reading(sigma) == Some(true));
    if here.len() < 2 || at_rest.len() < 2 {
        return false;
    }
    match problem {
        _ if here.len() == 2 && at_rest.len() == 2 => shown(&all),
        Problem::Evolution | Problem::IllPosed => shown(&all),
        Problem::HalfSpace => shown(&lower) && shown(&bounded),
        Problem::Undetermined => shown(&all) && shown(&lower) && shown(&bounded),
    }
}
