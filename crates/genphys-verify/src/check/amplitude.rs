//! C2 with coefficients that depend on the time, or drift in x, first order in time: |p̂(k, t)/p̂(0, t)| = e^{−E(k, t)}
//! with dE/dt = R, E = 0 at the start.
//!
//! E > 0 follows from R > 0, or from a closed form whose derivative is R and which is 0 at the start. E → ∞ follows
//! from the closed form, or from R > 0 with tR (or R) that does not fall, since ∫dt/t diverges; at the end T of a
//! finite interval from (T − t)R; or from a part of R that is free of the time, beside one that is not negative. It fails where R ≤ 0, where the closed form stays bounded, or where tR does not rise
//! from the start, so that E is infinite at once.

use super::decay::Calculus;
use super::exponentials::Difference;
use super::rate::{at_rest, rate};
use super::schedule::{self, Split, Times};
use super::under_conditions::{Tools, formula, under_conditions};
use super::violated::not_definite;
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly, Var};
use crate::exact::range::Range;
use crate::sign::{Proof, Region, Relation, both};
use genphys_pde::condition::Condition;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Checks E and, with drift, the scale Θ of the coordinates that move along.
pub(super) fn check(
    model: &mut Model,
    conditions: &[Condition],
    exponent: Option<&str>,
    scale: Option<&str>,
    report: &mut Report,
) -> Option<()> {
    let limited = conditions.iter().any(|c| !c.is_about_parameters());
    let Some((clock, region)) = prepared(model, exponent, scale, limited)? else {
        report.add("c2", Level::Rejected, "the exponent of the amplitude does not change as the equation says");
        return Some(());
    };
    let formula = formula(model, conditions)?;
    let tools = Tools(RefCell::new(model));
    under_conditions(
        formula.as_ref(),
        &region,
        &|part| clock.holds(&tools, part),
        &|part| clock.fails(&tools, part),
        report,
    )
}

/// C2 fails by E: a finding, or `None` where this does not show it.
pub(super) fn refute(claim: &Claim, exponent: Option<&str>, scale: Option<&str>, report: &mut Report) -> Option<()> {
    let mut model = Model::new(claim)?;
    let Some((clock, region)) = prepared(&mut model, exponent, scale, false)? else {
        report.add("c2", Level::Rejected, "the exponent of the amplitude does not change as the equation says");
        return Some(());
    };
    let proof = clock.fails(&Tools(RefCell::new(&mut model)), &region)?;
    let methods: Vec<&str> = proof.iter().copied().collect();
    report.add(
        "c2",
        Level::Proved,
        format!("the amplitude of a wave does not fall to 0 from 1: {}", methods.join(", ")),
    );
    Some(())
}

/// E, R and the region of both; the inner `None` says that E is not the integral of R.
fn prepared(
    model: &mut Model,
    exponent: Option<&str>,
    scale: Option<&str>,
    limited: bool,
) -> Option<Option<(Clock, Region)>> {
    let time = model.algebra.time();
    let (rate, from_below) = match rate(model, scale) {
        Some(rate) => (rate, false),
        None if scale.is_none() && exponent.is_none() => (rate_without_contraction(model)?, true),
        None => return None,
    };
    let exponent = match exponent {
        None => None,
        Some(text) => {
            let exponent = model.expression(text, None)?;
            let change = model.algebra.derivative(&exponent, time)?.minus(&rate)?;
            if !model.algebra.reduced(&change)?.is_zero() {
                return Some(None);
            }
            Some(exponent)
        }
    };
    let range = model.algebra.range(time)?.clone();
    let (start, _) = range.lower.clone()?;
    let end = range.upper.clone().map(|(end, _)| end);
    // What must not fall, and what must not rise at the start.
    let since = Fraction::from(Poly::var(time).minus(&Poly::constant(start.clone())));
    let weights = match &end {
        None => vec![Fraction::one(), Fraction::var(time)],
        Some(end) => vec![Fraction::from(Poly::constant(end.clone()).minus(&Poly::var(time)))],
    };
    let mut slopes = Vec::new();
    for weight in weights.iter().chain([&since]) {
        let product = model.algebra.reduced(&weight.times(&rate)?)?;
        slopes.push(model.algebra.derivative(&product, time)?);
    }
    let all: Vec<&Fraction> = exponent.iter().chain([&rate]).chain(&slopes).collect();
    let region = model.region_of(&all)?;
    let mut later = range.clone();
    later.lower = Some((start.clone(), false));
    if let Some((_, closed)) = &mut later.upper {
        *closed = false;
    }
    let region = region.with_range(time, later);
    let signed = slopes.iter().map(|f| model.signed(f)).collect::<Option<Vec<_>>>()?;
    let (at_start, slopes) = signed.split_last()?;
    let parts = match end {
        None => {
            parts_in_time(model, &rate).and_then(|[still, timed]| Some([model.signed(&still)?, model.signed(&timed)?]))
        }
        Some(_) => None,
    };
    let clock = Clock {
        time,
        start,
        end,
        sign: match &exponent {
            Some(e) => Some(model.signed(e)?),
            None => None,
        },
        single: exponent.as_ref().and_then(|e| schedule::split(model, e)),
        times: Times::of(model)?,
        exponent,
        rate_sign: model.signed(&rate)?,
        rate,
        slopes: slopes.to_vec(),
        parts,
        at_start: at_start.clone(),
        limited,
        from_below,
        components: model.components(),
    };
    Some(Some((clock, region)))
}

/// Everything about E and R.
struct Clock {
    time: Var,
    start: BigRational,
    end: Option<BigRational>,
    exponent: Option<Fraction>,
    /// Polynomials with the signs of E and R.
    sign: Option<Poly>,
    rate_sign: Poly,
    rate: Fraction,
    /// The same of the derivatives of products of R that must not fall towards the end.
    slopes: Vec<Poly>,
    /// Of the part of R that is free of the time, and of the rest, where the interval has no end.
    parts: Option<[Poly; 2]>,
    /// And of (t − start) R.
    at_start: Poly,
    /// Whether the report limits its claim, to what is left at the end of the interval.
    limited: bool,
    /// R is one that the rate is not below.
    from_below: bool,
    components: Vec<Var>,
    /// E as a function of the time times one of k and parameters.
    single: Option<Split>,
    times: Times,
}

impl Clock {
    /// The function of the time that E is a positive multiple of in a region.
    fn of_time(&self, tools: &Tools, region: &Region) -> Option<(Proof, Fraction)> {
        Self::split_in(self.single.as_ref()?, tools, region)
    }

    fn split_in(split: &Split, tools: &Tools, region: &Region) -> Option<(Proof, Fraction)> {
        let positive = |p: &Poly| region.prove(p, Relation::Positive).or_else(|| tools.positive(region, p));
        if let Some(proof) = positive(&split.factor) {
            return Some((proof, split.of_time.clone()));
        }
        Some((positive(&split.factor.negated())?, split.of_time.negated()))
    }

    /// R ≥ c > 0 at all times without an end, so that E rises at least like c t.
    fn stays_above(&self, tools: &Tools, region: &Region) -> Option<Proof> {
        if self.end.is_some() || self.limited || !self.is_regular(tools) {
            return None;
        }
        let split = schedule::split(&tools.0.borrow(), &self.rate)?;
        let (proof, f) = Self::split_in(&split, tools, region)?;
        self.times.stays_above(&tools.0.borrow(), &f).then(|| both(proof, by_enclosures()))
    }

    fn moving(&self, part: &Region) -> Vec<Region> {
        if self.components.is_empty() { vec![part.clone()] } else { part.off_zero(&self.components) }
    }

    fn holds(&self, tools: &Tools, part: &Region) -> Option<Proof> {
        let from_zero = self.starts_at_zero(tools, part);
        let mut proof = Proof::new();
        for region in self.moving(part) {
            // Enclosures first: they take little work.
            let single = self.of_time(tools, &region).filter(|_| from_zero);
            if let Some((sign, f)) = &single
                && self.times.positive(&mut tools.0.borrow_mut(), f)
                && (self.limited || self.times.diverges(&mut tools.0.borrow_mut(), f))
            {
                proof = both(proof, both(sign.clone(), by_enclosures()));
                continue;
            }
            if let Some(more) = self.stays_above(tools, &region) {
                proof = both(proof, more);
                continue;
            }
            let rises = region.prove(&self.rate_sign, Relation::Positive);
            let positive = match (&rises, &self.sign) {
                (Some(proof), _) if from_zero || self.is_regular(tools) => proof.clone(),
                (_, Some(sign)) if from_zero => {
                    let by_exponents = || {
                        let mut model = tools.0.borrow_mut();
                        Difference::of(&model, sign)?.proves(&mut model, &region, Relation::Positive)
                    };
                    region.prove(sign, Relation::Positive).or_else(by_exponents)?
                }
                _ => return None,
            };
            proof = both(proof, positive);
            if self.limited {
                continue;
            }
            let by_rate = || {
                rises.as_ref()?;
                self.slopes.iter().find_map(|slope| region.prove(slope, Relation::NonNegative))
            };
            let by_parts = || {
                let [still, timed] = self.parts.as_ref()?;
                Some(both(region.prove(still, Relation::Positive)?, region.prove(timed, Relation::NonNegative)?))
            };
            proof = both(proof, self.diverges(tools, &region).or_else(by_rate).or_else(by_parts)?);
        }
        Some(proof)
    }

    fn fails(&self, tools: &Tools, part: &Region) -> Option<Proof> {
        if self.from_below {
            return None;
        }
        if let Some(proof) = self.moving(part).iter().find_map(|region| self.is_lost(tools, region)) {
            return Some(proof);
        }
        if let Some(proof) = self.comes_back(tools, part) {
            return Some(proof);
        }
        // E(·, t) is no positive definite form at any time.
        if let Some(proof) = self
            .sign
            .as_ref()
            .filter(|e| !e.contains(tools.0.borrow().algebra.k()))
            .and_then(|e| not_definite(e, &self.components, part))
        {
            return Some(proof);
        }
        self.moving(part).iter().find_map(|region| {
            let never = || region.prove(&self.rate_sign.negated(), Relation::NonNegative);
            let at_once = || {
                Some(both(
                    region.prove(&self.rate_sign, Relation::Positive)?,
                    region.prove(&self.at_start.negated(), Relation::NonNegative)?,
                ))
            };
            let bounded = || {
                let e = self.exponent.as_ref().filter(|_| self.end.is_none() && !self.limited)?;
                let model = tools.0.borrow();
                let den = model.flat(&e.den)?;
                let fixed = !model.algebra.depends(&Fraction::from(e.den.clone()), self.time);
                let nonzero = region.prove(&den, Relation::NonZero)?;
                (fixed && model.stays_bounded(region, &model.flat(&e.num)?, self.time)).then_some(nonzero)
            };
            never().or_else(at_once).or_else(bounded).or_else(|| self.falls_fast(tools, region))
        })
    }

    /// E ≤ 0 after one period of a sine or cosine in it, inside of the interval, for all waves or for those along an
    /// axis.
    fn comes_back(&self, tools: &Tools, part: &Region) -> Option<Proof> {
        let e = self.exponent.as_ref().filter(|_| self.starts_at_zero(tools, part))?;
        let mut regions = self.moving(part);
        for v in &self.components {
            let others = self.components.iter().filter(|w| *w != v);
            let zero = || Range::point(BigRational::zero());
            regions.push(others.fold(part.with_range(*v, Range::positive()), |part, w| part.with_range(*w, zero())));
        }
        let mut model = tools.0.borrow_mut();
        for v in e.variables() {
            let Some(Atom::Cos(angle) | Atom::Sin(angle)) = model.algebra.atom(v) else { continue };
            let angle = angle.clone();
            let speed = model.algebra.derivative(&angle, self.time)?;
            if speed.is_zero() || model.depends_on_time(&speed) || model.depends_on_wave(&speed) {
                continue;
            }
            let turn = model.algebra.value("pi")?.as_real()?.scaled(&BigRational::from_integer(2.into()));
            let later = turn.over(&speed)?;
            let until = later.plus(&Fraction::constant(self.start.clone()))?;
            let by = BTreeMap::from([(self.time, until.clone())]);
            let value = model.replaced(e, &by)?.as_real()?.clone();
            let time_left = match &self.end {
                None => Fraction::one(),
                Some(end) => Fraction::constant(end.clone()).minus(&until)?,
            };
            let (value, later, time_left) = (model.signed(&value)?, model.signed(&later)?, model.signed(&time_left)?);
            let found = regions.iter().find_map(|region| {
                let region = model.extended(region, &[&value, &later, &time_left])?;
                let inside =
                    both(region.prove(&later, Relation::Positive)?, region.prove(&time_left, Relation::Positive)?);
                Some(both(inside, region.prove(&value.negated(), Relation::NonNegative)?))
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// R is (b + a t)^p, a > 0, times what does not depend on the time, with p < −1: its integral converges as t → ∞.
    fn falls_fast(&self, tools: &Tools, region: &Region) -> Option<Proof> {
        if self.end.is_some() || self.limited {
            return None;
        }
        let model = tools.0.borrow();
        let timed = |f: Fraction| model.algebra.depends(&f, self.time);
        let mut list = self.rate.num.variables().into_iter().filter(|v| timed(Fraction::var(*v)));
        let (v, None) = (list.next()?, list.next()) else { return None };
        let Some(Atom::Power { base, exponent }) = model.algebra.atom(v) else { return None };
        let parts = base.as_poly()?.coefficients(self.time);
        let [b, a] = &parts[..] else { return None };
        let (b, a) = (b.as_constant()?, a.as_constant()?);
        let rises = a.is_positive() && !(b + a * &self.start).is_negative();
        let single = self.rate.num.terms().all(|(m, _)| m.degree(v) == 1);
        if !rises || !single || timed(Fraction::from(self.rate.den.clone())) || timed(exponent.clone()) {
            return None;
        }
        let gap = exponent.plus(&Fraction::one())?.negated();
        region.prove(&model.signed(&gap)?, Relation::Positive)
    }

    /// By enclosures: E is negative at some time, 0 at the end, or bounded for all times.
    fn is_lost(&self, tools: &Tools, region: &Region) -> Option<Proof> {
        let (proof, f) = self.of_time(tools, region)?;
        if !self.starts_at_zero(tools, region) {
            return None;
        }
        let mut model = tools.0.borrow_mut();
        let lost = self.times.negative_somewhere(&model, &f)
            || self.times.back_at_the_end(&mut model, &f)
            || !self.limited && self.times.stays_bounded(&model, &f);
        lost.then(|| both(proof, by_enclosures()))
    }

    /// Whether E = 0 at the start, or tends to 0: powers of what vanishes there do.
    fn starts_at_zero(&self, tools: &Tools, part: &Region) -> bool {
        let Some(e) = &self.exponent else { return false };
        let mut model = tools.0.borrow_mut();
        let by = BTreeMap::from([(self.time, Fraction::constant(self.start.clone()))]);
        let den = Fraction::from(e.den.clone());
        // Terms in which the time, counted from 0, has a positive power altogether vanish.
        let mut rest = Poly::zero();
        for (monomial, c) in e.num.terms() {
            let mut degree = Fraction::zero();
            let mut others = e.num.number(c.clone());
            for (v, e) in monomial.powers() {
                let times = Fraction::integer(i64::from(*e));
                let part_of = match model.algebra.atom(*v) {
                    _ if *v == self.time => Some(times),
                    Some(Atom::Power { base, exponent }) if *base == Fraction::var(self.time) => exponent.times(&times),
                    _ => None,
                };
                match part_of.and_then(|d| degree.plus(&d)) {
                    Some(sum) if self.start.is_zero() => degree = sum,
                    _ => {
                        let Some(product) = others.times(&Poly::power(*v, *e)) else { return false };
                        others = product;
                    }
                }
            }
            let vanishes = model.signed(&degree).is_some_and(|p| part.prove(&p, Relation::Positive).is_some());
            if vanishes && model.replaced(&Fraction::from(others), &by).is_some() {
                continue;
            }
            let term =
                monomial.powers().iter().try_fold(e.num.number(c.clone()), |p, (v, e)| p.times(&Poly::power(*v, *e)));
            let Some(term) = term else { return false };
            rest = rest.plus(&term);
        }
        let ends = (model.replaced(&Fraction::from(rest), &by), model.replaced(&den, &by));
        matches!(ends, (Some(rest), Some(den)) if rest.is_zero() && !den.is_zero())
    }

    /// Whether R has a value at the start, so that it is integrable there.
    fn is_regular(&self, tools: &Tools) -> bool {
        let by = BTreeMap::from([(self.time, Fraction::constant(self.start.clone()))]);
        tools.0.borrow_mut().replaced(&self.rate, &by).is_some()
    }

    /// The closed form tends to infinity.
    fn diverges(&self, tools: &Tools, region: &Region) -> Option<Proof> {
        let e = self.exponent.as_ref()?;
        let model = tools.0.borrow();
        let (num, den) = (model.flat(&e.num)?, model.flat(&e.den)?);
        let fixed = !model.algebra.depends(&Fraction::from(e.den.clone()), self.time);
        let Some(end) = &self.end else {
            if !fixed {
                return None;
            }
            let (num, den) = match region.prove(&den, Relation::Positive) {
                Some(_) => (num, den),
                None => (num.negated(), den.negated()),
            };
            let positive = region.prove(&den, Relation::Positive)?;
            return Some(both(positive, model.tends_to_infinity(region, &num, self.time, None)?));
        };
        // A pole at the end.
        let (top, bottom) = (num.at(self.time, end), den.at(self.time, end));
        let plain = |v: Var| v == self.time || !model.algebra.depends(&Fraction::var(v), self.time);
        let clear = [&num, &den].iter().all(|p| p.variables().into_iter().all(plain));
        if clear && bottom.is_zero() {
            return region.prove(&top, Relation::NonZero);
        }
        if fixed { model.has_logarithmic_pole(region, &num, end) } else { None }
    }
}

/// The terms of a rate that are free of the time, and the rest.
fn parts_in_time(model: &Model, rate: &Fraction) -> Option<[Fraction; 2]> {
    let mut still = Fraction::zero();
    for (monomial, c) in rate.num.terms() {
        let term = Fraction::new(Poly::monomial(monomial.clone()).scaled(c), rate.den.clone())?;
        if !model.algebra.depends(&term, model.algebra.time()) {
            still = still.plus(&term)?;
        }
    }
    let rest = rate.minus(&still)?;
    Some([still, rest])
}

fn by_enclosures() -> Proof {
    Proof::from(["enclosures of a function of the time"])
}

/// Drift θ div(x φ) with θ ≥ 0 at all times: k e^Θ is not below k, and for a rate that is homogeneous in k, of a
/// positive degree, and not negative neither is the rate at k e^Θ below the one at k, which is returned.
fn rate_without_contraction(model: &mut Model) -> Option<Fraction> {
    let (rate, theta) = at_rest(model)?;
    if model.depends_on_wave(&theta) || model.depends_on_wave(&Fraction::from(rate.den.clone())) {
        return None;
    }
    // The drift has a value at the start, so that Θ starts from 0.
    let time = model.algebra.time();
    let (start, _) = model.algebra.range(time)?.lower.clone()?;
    model.replaced(&theta, &BTreeMap::from([(time, Fraction::constant(start))]))?;
    let waves: Vec<Var> = model.components().into_iter().chain([model.algebra.k()]).collect();
    let degree = |m: &Monomial| waves.iter().map(|v| m.degree(*v)).sum::<u32>();
    let degrees: Vec<u32> = rate.num.terms().map(|(m, _)| degree(m)).collect();
    let first = *degrees.first().filter(|d| **d > 0)?;
    let plain = rate.num.variables().iter().all(|v| waves.contains(v) || !model.depends_on_wave(&Fraction::var(*v)));
    if !plain || degrees.iter().any(|d| *d != first) {
        return None;
    }
    let region = model.region_of(&[&theta, &rate])?;
    region.prove(&model.signed(&theta)?, Relation::NonNegative)?;
    let parts = if model.components().is_empty() { vec![region] } else { region.off_zero(&model.components()) };
    let sign = model.signed(&rate)?;
    parts.iter().all(|part| part.prove(&sign, Relation::NonNegative).is_some()).then_some(rate)
}
