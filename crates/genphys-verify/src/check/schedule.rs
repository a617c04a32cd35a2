//! Signs and ends of one function of the time without parameters, by interval arithmetic.
//!
//! A function is positive on a piece where its enclosure is. After a zero at the start it is positive where the first
//! of its derivatives that does not vanish there has a positive enclosure (Taylor's theorem). For large times sums of
//! terms c t^a e^{λt}, times sines and cosines, have the sign of the one that grows fastest, once the others, which
//! fall in comparison, are smaller together. A quotient n/d with n away from 0 and a zero of d at a point is not
//! integrable there, since
//! |d| ≤ C |t − T|.

use super::Claim;
use super::over_interval::{finite, of_poly, of_variable, value};
use super::waves::Model;
use crate::enclosure::Interval;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly, Var};
use crate::exact::{Algebra, Atom};
use crate::sign::Relation;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::collections::BTreeMap;

/// Pieces that are looked at in one proof.
const MOST_PIECES: usize = 4_000;
/// Derivatives of a function that vanishes at an end.
const MOST_DERIVATIVES: usize = 4;

/// f = factor · of_time, where `factor` does not depend on the time and `of_time` on nothing else.
pub(super) struct Split {
    /// Has the sign of the factor.
    pub(super) factor: Poly,
    pub(super) of_time: Fraction,
}

/// `None` where f is no such product.
pub(super) fn split(model: &Model, f: &Fraction) -> Option<Split> {
    let (factor, num) = separated(&model.algebra, &f.num)?;
    let (below, den) = separated(&model.algebra, &f.den)?;
    Some(Split { factor: model.flat(&factor.times(&below)?)?, of_time: num.over(&den)? })
}

/// The factor free of the time, and the rest.
fn separated(algebra: &Algebra, p: &Poly) -> Option<(Poly, Fraction)> {
    let mut by_time: BTreeMap<Monomial, Poly> = BTreeMap::new();
    for (monomial, c) in p.terms() {
        let (mut timed, mut rest) = (Monomial::default(), p.number(c.clone()));
        for (v, e) in monomial.powers() {
            if is_of_time(algebra, *v) {
                timed = timed.times(&Monomial::power(*v, *e));
            } else if algebra.depends(&Fraction::var(*v), algebra.time()) {
                return None;
            } else {
                rest = rest.times(&Poly::power(*v, *e))?;
            }
        }
        let slot = by_time.entry(timed).or_default();
        *slot = slot.plus(&rest);
    }
    let by_time: Vec<(Monomial, Poly)> = by_time.into_iter().filter(|(_, c)| !c.is_zero()).collect();
    let factor = by_time.first()?.1.clone();
    let lead = factor.leading_coefficient()?.clone();
    let mut of_time = p.number(BigRational::zero());
    for (timed, c) in by_time {
        let ratio = c.leading_coefficient()? / &lead;
        if !c.minus(&factor.scaled(&ratio)).is_zero() {
            return None;
        }
        of_time = of_time.plus(&Poly::monomial(timed).scaled(&ratio));
    }
    Some((factor, of_time.into()))
}

/// Whether a variable is a function of the time, or a number such as π.
fn is_of_time(algebra: &Algebra, v: Var) -> bool {
    let all = |f: &Fraction| f.variables().into_iter().all(|w| is_of_time(algebra, w));
    match algebra.atom(v) {
        None => false,
        Some(Atom::Named(name)) => v == algebra.time() || name == "pi",
        Some(Atom::Power { base, exponent }) => all(base) && all(exponent),
        Some(Atom::Root { of, .. } | Atom::Exp(of) | Atom::Log(of) | Atom::Cos(of) | Atom::Sin(of)) => all(of),
    }
}

/// The rate Re(ψ(k, t) − ψ(0, t)) of an equation of first order in time without drift, where it is a positive multiple
/// of a function of the time for all k ≠ 0 and all parameters: that function.
pub(super) struct Decay<'a> {
    model: Model<'a>,
    times: Times,
    of_time: Fraction,
}

impl<'a> Decay<'a> {
    pub(super) fn new(claim: &'a Claim<'a>) -> Option<Self> {
        let mut model = Model::new(claim)?;
        let rate = super::rate::rate(&mut model, None)?;
        let region = model.region_of(&[&rate])?;
        let Split { factor, of_time } = split(&model, &rate)?;
        let components = model.components();
        let parts = if components.is_empty() { vec![region] } else { region.off_zero(&components) };
        let all = |p: &Poly| parts.iter().all(|part| part.prove(p, Relation::Positive).is_some());
        let of_time = if all(&factor) {
            of_time
        } else {
            all(&factor.negated()).then_some(())?;
            of_time.negated()
        };
        Some(Self { times: Times::of(&model)?, model, of_time })
    }

    /// The rate is not integrable at the start: no density starts from the data.
    pub(super) fn never_starts(&mut self) -> bool {
        self.times.blows_up_at_the_start(&mut self.model, &self.of_time)
    }

    /// The integral of the rate is negative at some time: |p̂(k, t)| > p̂(0, t).
    pub(super) fn outgrows(&self) -> bool {
        self.times.integral_is_negative(&self.model, &self.of_time)
    }
}

/// The time interval of a claim.
pub(super) struct Times {
    start: BigRational,
    end: Option<BigRational>,
}

impl Times {
    pub(super) fn of(model: &Model) -> Option<Self> {
        let range = model.algebra.range(model.algebra.time())?;
        Some(Self { start: range.lower.clone()?.0, end: range.upper.clone().map(|(end, _)| end) })
    }

    fn at(&self, offset: &BigRational) -> Option<f64> {
        (&self.start + offset).to_f64()
    }

    /// Whether f is exactly 0 at a time.
    fn vanishes(model: &mut Model, f: &Fraction, time: &BigRational) -> bool {
        let by = BTreeMap::from([(model.algebra.time(), Fraction::constant(time.clone()))]);
        model.replaced(f, &by).is_some_and(|z| z.is_zero())
    }

    /// f(start) = 0 and f > 0 at all times after it; where `f` has a pole at the end, it rises before.
    pub(super) fn positive(&self, model: &mut Model, f: &Fraction) -> bool {
        let Some(start) = self.leaves_zero(model, f, false) else { return false };
        match &self.end {
            None => (1..=10).any(|m| {
                let from = self.at(&BigRational::from_integer((1_i64 << m).into()));
                from.is_some_and(|from| {
                    tail(&model.algebra, f, from).is_some_and(|(sign, _)| sign > 0)
                        && is_positive(&model.algebra, f, start, from)
                })
            }),
            Some(end) => {
                let Some(last) = Interval::rational(end).is_finite().then(|| Interval::rational(end).hi()) else {
                    return false;
                };
                if is_positive(&model.algebra, f, start, last) {
                    return true;
                }
                [3, 5, 7, 9].into_iter().any(|m| {
                    let before = end - (end - &self.start) / BigRational::from_integer((1_i64 << m).into());
                    let Some(from) = before.to_f64() else { return false };
                    // f(from) > 0 and f rises from there on.
                    self.pole(model, f, from, end) && is_positive(&model.algebra, f, start, from)
                })
            }
        }
    }

    /// Whether f tends to +∞ at the end.
    pub(super) fn diverges(&self, model: &mut Model, f: &Fraction) -> bool {
        match &self.end {
            None => (1..=10).any(|m| {
                let from = self.at(&BigRational::from_integer((1_i64 << m).into()));
                from.and_then(|from| tail(&model.algebra, f, from)).is_some_and(|(sign, grows)| sign > 0 && grows)
            }),
            Some(end) => [3, 5, 7, 9].into_iter().any(|m| {
                let before = end - (end - &self.start) / BigRational::from_integer((1_i64 << m).into());
                before.to_f64().is_some_and(|from| self.pole(model, f, from, end))
            }),
        }
    }

    /// f rises from `from` to +∞ at the end: f′ = n/d with n > 0 and d falling to a zero at the end.
    fn pole(&self, model: &mut Model, f: &Fraction, from: f64, end: &BigRational) -> bool {
        let time = model.algebra.time();
        let Some(slope) = model.algebra.derivative(f, time) else { return false };
        let piece = Interval::new(from, Interval::rational(end).hi());
        let Some(n) = of_poly(&model.algebra, &slope.num, piece) else { return false };
        if of_poly(&model.algebra, &slope.den, piece).is_none() {
            return false;
        }
        let turn = if n.lo() > 0.0 {
            BigRational::from_integer(1.into())
        } else if n.hi() < 0.0 {
            BigRational::from_integer((-1).into())
        } else {
            return false;
        };
        let mut d = Fraction::from(slope.den.scaled(&turn));
        for j in 1..=2 * MOST_DERIVATIVES {
            if !Self::vanishes(model, &d, end) {
                return false;
            }
            let Some(next) = model.algebra.derivative(&d, time) else { return false };
            d = next;
            let Some(x) = value(&model.algebra, &d, piece) else { return false };
            // d^(j) (t − T)^j/j! > 0 before the end.
            if if j % 2 == 0 { x.lo() > 0.0 } else { x.hi() < 0.0 } {
                return true;
            }
        }
        false
    }

    /// f is 0 at the start (or the end), and f > 0 between it and a time that is given, and at that time.
    fn leaves_zero(&self, model: &mut Model, f: &Fraction, at_end: bool) -> Option<f64> {
        let time = model.algebra.time();
        let length = self.end.as_ref().map_or_else(|| BigRational::from_integer(1.into()), |end| end - &self.start);
        let zero = if at_end { self.end.clone()? } else { self.start.clone() };
        let here = Interval::rational(&zero);
        let mut derivative = f.clone();
        let mut before = Vec::new();
        for order in 1..=MOST_DERIVATIVES {
            if !Self::vanishes(model, &derivative, &zero) {
                return None;
            }
            before.push(derivative.clone());
            derivative = model.algebra.derivative(&derivative, time)?;
            for m in [2, 5, 9] {
                let step = &length / BigRational::from_integer((1_i64 << m).into());
                let other = if at_end { &zero - step } else { &zero + step }.to_f64()?;
                let near = here.hull(Interval::point(other));
                let smooth = before.iter().all(|g| value(&model.algebra, g, near).is_some());
                // f = f^(j)(ξ) (t − T)^j/j!.
                let turn = at_end && order % 2 == 1;
                let rises = |x: Interval| if turn { x.hi() < 0.0 } else { x.lo() > 0.0 };
                if smooth && value(&model.algebra, &derivative, near).is_some_and(rises) {
                    return Some(other);
                }
            }
        }
        None
    }

    /// f is 0 at the start and positive inside of the interval; at its end it may be 0 again.
    pub(super) fn positive_inside(&self, model: &mut Model, f: &Fraction) -> bool {
        if self.positive(model, f) {
            return true;
        }
        let Some(from) = self.leaves_zero(model, f, false) else { return false };
        self.leaves_zero(model, f, true).is_some_and(|to| to <= from || is_positive(&model.algebra, f, from, to))
    }

    /// f < 0 at some time inside.
    pub(super) fn negative_somewhere(&self, model: &Model, f: &Fraction) -> bool {
        let low = Interval::rational(&self.start).lo();
        let below = |t: &f64| value(&model.algebra, f, Interval::point(*t)).is_some_and(|x| x.hi() < 0.0);
        let time = self.inner().into_iter().find(below);
        time.is_some_and(|t| pieces(&|near| value(&model.algebra, f, near).is_some(), low, t))
    }

    /// Times inside of the interval.
    fn inner(&self) -> Vec<f64> {
        let (Some(start), end) = (self.start.to_f64(), self.end.as_ref().and_then(ToPrimitive::to_f64)) else {
            return Vec::new();
        };
        match end {
            Some(end) => (1..256).map(|j| start + (end - start) * f64::from(j) / 256.0).collect(),
            None => (1..256).map(|j| start + f64::from(j) / 8.0).collect(),
        }
    }

    /// The integral of a rate from the start is negative at some time inside.
    pub(super) fn integral_is_negative(&self, model: &Model, rate: &Fraction) -> bool {
        let mut sum = Interval::ZERO;
        let mut at = Interval::rational(&self.start);
        for next in self.inner() {
            let base = at.middle();
            for j in 1..=16 {
                let to = Interval::point(base + (next - base) * f64::from(j) / 16.0);
                if to.lo() <= at.hi() {
                    continue;
                }
                let Some(x) = value(&model.algebra, rate, at.hull(to)) else { return false };
                sum = sum + (to - at) * x;
                at = to;
            }
            if sum.hi() < 0.0 {
                return true;
            }
        }
        false
    }

    /// f is 0 at the end, where it is smooth.
    pub(super) fn back_at_the_end(&self, model: &mut Model, f: &Fraction) -> bool {
        let Some(end) = self.end.clone() else { return false };
        let (low, high) = (Interval::rational(&self.start).lo(), Interval::rational(&end).hi());
        pieces(&|near| value(&model.algebra, f, near).is_some(), low, high) && Self::vanishes(model, f, &end)
    }

    /// f ≥ c for a number c > 0 at all times from the start on, without an end.
    pub(super) fn stays_above(&self, model: &Model, f: &Fraction) -> bool {
        let from = Interval::rational(&self.start).lo();
        let later = Interval::new(from, f64::INFINITY);
        self.end.is_none() && value(&model.algebra, f, later).is_some_and(|x| x.lo() > 0.0)
    }

    /// f stays bounded as t → ∞: no term grows in comparison with the denominator.
    pub(super) fn stays_bounded(&self, model: &Model, f: &Fraction) -> bool {
        self.end.is_none()
            && (1..=10).any(|m| {
                let from = self.at(&BigRational::from_integer((1_i64 << m).into()));
                from.is_some_and(|from| bounded(&model.algebra, f, from))
            })
    }

    /// |f| is not integrable at the start: f = n/d, n away from 0, d smooth and 0 there.
    pub(super) fn blows_up_at_the_start(&self, model: &mut Model, f: &Fraction) -> bool {
        let d = Fraction::from(f.den.clone());
        if !Self::vanishes(model, &d, &self.start) {
            return false;
        }
        let time = model.algebra.time();
        let Some(slope) = model.algebra.derivative(&d, time) else { return false };
        let length = self.end.as_ref().map_or_else(|| BigRational::from_integer(1.into()), |end| end - &self.start);
        [5, 9].into_iter().any(|m| {
            let until = self.at(&(&length / BigRational::from_integer((1_i64 << m).into())));
            let Some(until) = until else { return false };
            let near = Interval::new(Interval::rational(&self.start).lo(), until);
            let n = of_poly(&model.algebra, &f.num, near);
            n.is_some_and(|n| !n.contains(0.0)) && value(&model.algebra, &slope, near).is_some()
        })
    }
}

/// Whether an interval of times falls into pieces on which something is shown.
fn pieces(shown: &dyn Fn(Interval) -> bool, from: f64, to: f64) -> bool {
    let mut left = vec![(from, to)];
    for _ in 0..MOST_PIECES {
        let Some((a, b)) = left.pop() else { return true };
        if shown(Interval::new(a, b)) {
            continue;
        }
        let middle = 0.5 * a + 0.5 * b;
        if !(a < middle && middle < b) || b - a < 1e-6 * (to - from) {
            return false;
        }
        left.push((middle, b));
        left.push((a, middle));
    }
    false
}

fn is_positive(algebra: &Algebra, f: &Fraction, from: f64, to: f64) -> bool {
    pieces(&|near| value(algebra, f, near).is_some_and(|x| x.lo() > 0.0), from, to)
}

/// t^power e^{rate·t}.
type Growth = (BigRational, BigRational);

/// A term c t^a e^{λt}·(sines and cosines): λ, a, c as an enclosure, and whether there are sines or cosines.
struct Term {
    growth: Growth,
    size: Interval,
    swings: bool,
}

fn terms(algebra: &Algebra, p: &Poly) -> Option<Vec<Term>> {
    let t = algebra.time();
    p.terms()
        .map(|(monomial, c)| {
            let mut term =
                Term { growth: (BigRational::zero(), BigRational::zero()), size: Interval::rational(c), swings: false };
            for (v, e) in monomial.powers() {
                let times = BigRational::from_integer((*e).into());
                if *v == t {
                    term.growth.1 += times;
                    continue;
                }
                let factor = match algebra.atom(*v)? {
                    Atom::Exp(of) => {
                        let of = of.as_poly().filter(|p| p.degree(t) == 1)?;
                        let parts = of.coefficients(t);
                        let (rest, slope) = (parts.first()?, parts.get(1)?.as_constant()?);
                        term.growth.0 += slope * times;
                        (!rest.contains(t)).then_some(())?;
                        of_poly(algebra, rest, Interval::ZERO).filter(|_| is_number(algebra, rest))?.exp()
                    }
                    Atom::Cos(_) | Atom::Sin(_) if algebra.depends(&Fraction::var(*v), t) => {
                        term.swings = true;
                        Interval::ONE
                    }
                    _ if is_number(algebra, &Poly::var(*v)) => of_variable(algebra, *v, Interval::ZERO)?,
                    _ => return None,
                };
                term.size = term.size * factor.powi(i32::try_from(*e).ok()?);
            }
            finite(term.size).map(|_| term)
        })
        .collect()
}

fn is_number(algebra: &Algebra, p: &Poly) -> bool {
    !algebra.depends(&Fraction::from(p.clone()), algebra.time())
}

/// The sign for all t ≥ `from` > 0 and the growth of the leading term.
fn leads(algebra: &Algebra, p: &Poly, from: f64) -> Option<(i32, Growth)> {
    let list = terms(algebra, p)?;
    let top = list.iter().map(|term| term.growth.clone()).max()?;
    let mut lead = Interval::ZERO;
    let mut others = Interval::ZERO;
    for term in &list {
        let (rate, power) = (&term.growth.0 - &top.0, &term.growth.1 - &top.1);
        if rate.is_zero() && power.is_zero() && !term.swings {
            lead = lead + term.size;
            continue;
        }
        // t^power e^{rate·t} falls for t ≥ −power/rate.
        let (rate, power) = (Interval::rational(&rate), Interval::rational(&power));
        let t = Interval::point(from);
        if from <= 0.0 || rate.hi() > 0.0 || (rate * t + power).hi() > 0.0 {
            return None;
        }
        let size = (rate * t).exp() * (t.ln()? * power).exp();
        others = others + (term.size * size).abs();
    }
    let gap = lead.abs() - others;
    (finite(gap)?.lo() > 0.0).then(|| (if lead.lo() > 0.0 { 1 } else { -1 }, top))
}

/// The sign of a quotient for all t ≥ `from`, and whether its size tends to infinity.
fn tail(algebra: &Algebra, f: &Fraction, from: f64) -> Option<(i32, bool)> {
    let ((a, top), (b, bottom)) = (leads(algebra, &f.num, from)?, leads(algebra, &f.den, from)?);
    Some((a * b, top > bottom))
}

fn bounded(algebra: &Algebra, f: &Fraction, from: f64) -> bool {
    let Some((_, bottom)) = leads(algebra, &f.den, from) else { return false };
    terms(algebra, &f.num).is_some_and(|list| list.iter().all(|term| term.growth <= bottom))
}
