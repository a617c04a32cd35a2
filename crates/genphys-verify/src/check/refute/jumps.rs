//! What is no Lévy exponent by its jumps. Let ψ be a sum of a form of degree 2, a drift, a constant, and of terms
//! c|k|^a + i|k|^{a−1} b·k of degrees 0 < a < 2 in N dimensions, the latter for a > 1 only. The terms of degree a are
//! the transform of r^{−N−a} (c + b·θ/T(a)) up to a positive factor, on r > 0 and |θ| = 1, and the Lévy measure is the
//! sum of these and unique (Lévy, Khintchine; Bochner and Hecke). At small r the highest degree decides its sign, at
//! large r the lowest one: both need |b| ≤ T c.

use super::ray::{Exact, Q, number};
use crate::check::stable::largest_skewness;
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Monomial, Poly, Var};
use num_traits::{One, Zero};
use std::collections::BTreeMap;

/// c, and b by component, of one degree.
#[derive(Default)]
struct Jumps {
    even: Poly,
    odd: BTreeMap<Var, Poly>,
}

/// Why the jumps of ψ have no density p ≥ 0 in N ≥ `least` dimensions.
pub(super) fn negative(exact: &Exact, psi: &Complex, least: u32) -> Option<String> {
    if exact.has_time(psi) || exact.drift.is_some() || psi.re.den != psi.im.den && !psi.im.is_zero() {
        return None;
    }
    if psi.re.den.variables().iter().any(|v| exact.depends(*v)) {
        return None;
    }
    let mut list: BTreeMap<Q, Jumps> = BTreeMap::new();
    for (imaginary, part) in [(false, &psi.re), (true, &psi.im)] {
        // Over the square of the denominator, which has no sign.
        for (monomial, c) in part.num.times(&psi.re.den)?.terms() {
            let (degree, axis, plain, rest) = taken_apart(exact, monomial)?;
            let c = rest.scaled(c);
            let whole = degree.is_zero() || plain && degree <= number(2);
            match axis {
                _ if whole && !(imaginary && degree > number(1)) => {}
                None if !imaginary && degree < number(2) => {
                    let slot = list.entry(degree).or_default();
                    slot.even = slot.even.plus(&c);
                }
                Some(axis) if imaginary && degree > number(1) && degree < number(2) => {
                    let slot = list.entry(degree).or_default().odd.entry(axis).or_default();
                    *slot = slot.plus(&c);
                }
                _ => return None,
            }
        }
    }
    let ends = [list.last_key_value(), list.first_key_value()];
    let (a, _) = ends.into_iter().flatten().find(|(a, jumps)| is_negative(exact, a, jumps, least) == Some(true))?;
    Some(format!("the jumps of degree {a} have a density that is negative in some direction"))
}

/// Degree in k, the only component that occurs, once, beside a power of |k|; whether no |k| occurs; and the factor free
/// of k. A product of several components has no axis.
fn taken_apart(exact: &Exact, monomial: &Monomial) -> Option<(Q, Option<Var>, bool, Poly)> {
    let algebra = exact.algebra;
    let (mut degree, mut axes, mut radial) = (Q::zero(), Vec::new(), false);
    let mut rest = Poly::one().paid_by(algebra.work());
    for (v, e) in monomial.powers() {
        let times = number(i64::from(*e));
        if algebra.components().contains(v) || algebra.beyond() == Some(*v) {
            degree += &times;
            axes.extend((0..*e).map(|_| *v));
        } else if !exact.depends(*v) {
            rest = rest.times(&Poly::power(*v, *e))?;
        } else {
            let one = match algebra.atom(*v)? {
                _ if *v == algebra.k() => Q::one(),
                Atom::Root { degree, of } if *of == Fraction::var(algebra.k()) => Q::new(1.into(), (*degree).into()),
                _ => return None,
            };
            degree += one * times;
            // Without components |k|² is the form of degree 2.
            radial |= !(algebra.components().is_empty() && degree == number(2));
        }
    }
    let plain = !radial;
    match axes.as_slice() {
        [] => Some((degree, None, plain, rest)),
        [single] => Some((degree, Some(*single), plain, rest)),
        _ if plain => Some((degree, None, plain, rest)),
        _ => None,
    }
}

fn is_negative(exact: &Exact, a: &Q, jumps: &Jumps, least: u32) -> Option<bool> {
    if exact.negative(&jumps.even) {
        return Some(true);
    }
    if jumps.odd.is_empty() {
        return Some(false);
    }
    let bound = largest_skewness(a, least)?;
    let square = jumps.odd.values().try_fold(Poly::zero(), |sum, b| Some(sum.plus(&b.times(b)?)))?;
    Some(exact.positive(&square.minus(&jumps.even.times(&jumps.even)?.scaled(&bound))))
}
