//! Short waves where functions of k occur: what a coefficient is like along a ray k = q d, q → ∞, on the scale
//! E^x q^e (log q)^l (log log q)^m with one exponential E = e^f, f → ∞ like a power, above every power.
//!
//! √f, log f and e^f follow from what f is like; cosines and sines are bounded, and e^f with f → −∞ like a power is
//! below every power. A term without a leading coefficient must be of lower order than those with one, and coefficients
//! that are only known up to lower order must not cancel.

use super::ray::{Direction, Exact, Q, Weight, number, root_of};
use crate::exact::Atom;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

/// E^exponential q^power (log q)^log (log log q)^loglog; ordered as for q → ∞.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Scale {
    exponential: Q,
    power: Q,
    log: Q,
    loglog: Q,
}

impl From<Q> for Scale {
    fn from(power: Q) -> Self {
        Self { power, ..Self::default() }
    }
}

impl Scale {
    pub(super) fn plus(&self, other: &Self, times: &Q) -> Self {
        Self {
            exponential: &self.exponential + &other.exponential * times,
            power: &self.power + &other.power * times,
            log: &self.log + &other.log * times,
            loglog: &self.loglog + &other.loglog * times,
        }
    }

    pub(super) fn times(&self, factor: &Q) -> Self {
        Self::default().plus(self, factor)
    }
}

/// What a factor is like.
#[derive(Clone)]
enum Size {
    /// c times a scale, exactly or up to lower order.
    Like(Scale, Poly, bool),
    /// Not above a scale.
    Within(Scale),
    /// Below every power of q.
    Tiny,
}

/// (numerator, denominator) of the leading coefficient.
pub(super) type Leading = (Scale, Poly, Poly);

/// The leading term of a fraction; the inner `None` says that it is zero.
pub(super) fn leading(exact: &Exact, f: &Fraction, d: &Direction) -> Option<Option<Leading>> {
    if f.is_zero() {
        return Some(None);
    }
    let rising = |v: &Var| matches!(size(exact, *v, d), Some(Size::Like(scale, ..)) if !scale.exponential.is_zero());
    let mut exponentials: Vec<Var> = f.variables().into_iter().filter(rising).collect();
    exponentials.dedup();
    let (up, top) = of_poly(exact, &f.num, d)?;
    let (down, bottom) = of_poly(exact, &f.den, d)?;
    let scale = up.plus(&down, &number(-1));
    let comparable = exponentials.len() <= 1 && scale.exponential.is_zero();
    (comparable && exact.nonzero(&bottom)).then_some(Some((scale, top, bottom)))
}

/// The leading term of a complex number with the sign of its coefficient, ±1, ±i or ±1 ± i.
pub(super) fn sign(exact: &Exact, value: &Complex, d: &Direction) -> Option<Option<(Scale, (Q, Q))>> {
    let part = |f: &Fraction| -> Option<Option<(Scale, Q)>> {
        let Some((scale, top, bottom)) = leading(exact, f, d)? else { return Some(None) };
        let product = top.times(&bottom)?;
        if exact.positive(&product) {
            return Some(Some((scale, number(1))));
        }
        exact.negative(&product).then(|| Some((scale, number(-1))))
    };
    Some(match (part(&value.re)?, part(&value.im)?) {
        (None, None) => None,
        (Some((scale, x)), None) => Some((scale, (x, Q::zero()))),
        (None, Some((scale, y))) => Some((scale, (Q::zero(), y))),
        (Some((a, x)), Some((b, _))) if a > b => Some((a, (x, Q::zero()))),
        (Some((a, _)), Some((b, y))) if a < b => Some((b, (Q::zero(), y))),
        (Some((a, x)), Some((_, y))) => Some((a, (x, y))),
    })
}

fn of_poly(exact: &Exact, p: &Poly, d: &Direction) -> Option<(Scale, Poly)> {
    let mut sums: BTreeMap<Scale, (Poly, bool)> = BTreeMap::new();
    let mut within: Option<Scale> = None;
    'terms: for (monomial, c) in p.terms() {
        let (mut scale, mut coefficient) = (Scale::default(), p.number(c.clone()));
        let (mut is_exact, mut is_leading) = (true, true);
        for (v, e) in monomial.powers() {
            let times = number(i64::from(*e));
            match size(exact, *v, d)? {
                Size::Like(of, c, sharp) => {
                    scale = scale.plus(&of, &times);
                    coefficient = coefficient.times(&c.pow(*e)?)?;
                    is_exact &= sharp;
                }
                Size::Within(of) => {
                    scale = scale.plus(&of, &times);
                    is_leading = false;
                }
                Size::Tiny => continue 'terms,
            }
        }
        if coefficient.is_zero() {
            continue;
        }
        if is_leading {
            let sum = sums.entry(scale).or_insert_with(|| (Poly::zero(), true));
            sum.0 = sum.0.plus(&coefficient);
            sum.1 &= is_exact;
        } else {
            within = within.max(Some(scale));
        }
    }
    // What cancels exactly leaves nothing.
    sums.retain(|_, (c, sharp)| !(c.is_zero() && *sharp));
    let (scale, (c, _)) = sums.pop_last()?;
    (!c.is_zero() && within.is_none_or(|other| other < scale)).then_some((scale, c))
}

fn size(exact: &Exact, v: Var, d: &Direction) -> Option<Size> {
    match exact.weight(v, d) {
        Weight::Power(power, factor) => return Some(Size::Like(power.into(), Poly::constant(factor), true)),
        Weight::Free => return Some(Size::Like(Scale::default(), Poly::var(v).paid_by(exact.algebra.work()), true)),
        Weight::Other => {}
    }
    let of = |f: &Fraction| leading(exact, f, d)?;
    let none = Scale::default();
    Some(match exact.algebra.atom(v)? {
        Atom::Root { degree, of: f } => {
            let (scale, top, bottom) = of(f)?;
            let ratio = top.as_constant()? / bottom.as_constant()?;
            let root = root_of(&ratio, *degree)?;
            Size::Like(scale.times(&(number(1) / number(i64::from(*degree)))), Poly::constant(root), false)
        }
        Atom::Log(f) => {
            let (scale, top, bottom) = of(f)?;
            exact.positive(&top.times(&bottom)?).then_some(())?;
            let like = |scale: Scale, c: Q| Size::Like(scale, Poly::constant(c), false);
            if !scale.power.is_zero() {
                like(Scale { log: number(1), ..none }, scale.power)
            } else if !scale.log.is_zero() {
                like(Scale { loglog: number(1), ..none }, scale.log)
            } else {
                (scale == none).then_some(Size::Within(none))?
            }
        }
        Atom::Exp(f) => {
            let (scale, top, bottom) = leading(exact, f, d)??;
            if scale < none {
                Size::Like(none, Poly::one(), false)
            } else if scale == none {
                Size::Within(none)
            } else {
                let product = top.times(&bottom)?;
                if !scale.power.is_positive() {
                    return None;
                } else if exact.positive(&product) {
                    Size::Like(Scale { exponential: number(1), ..none }, Poly::one(), true)
                } else {
                    exact.negative(&product).then_some(Size::Tiny)?
                }
            }
        }
        Atom::Cos(_) | Atom::Sin(_) => Size::Within(none),
        Atom::Named(_) | Atom::Power { .. } => return None,
    })
}
