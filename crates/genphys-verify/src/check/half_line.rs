//! p > 0 wherever the one variable of p, such as |k|, lies in its range: by enclosures on finitely many pieces in the
//! middle, and beyond an edge at either end by expansions with enclosed coefficients, which hold for every value there
//! at once.
//!
//! At an end a function is a sum of c e^{λu} u^p |log u|^l with enclosed c, the strongest first: u → ∞ is the variable
//! (or minus it), u → 0 its distance from a finite end, where λ = 0. Leading terms that cancel exactly leave the next
//! one. Functions are expanded about the leading term by Taylor's theorem to third order, with the remainder in the
//! last enclosure. Where |c| of the leading term is above all others over that term together, the function has c's
//! sign.

use super::over_interval::Enclosure;
use crate::enclosure::Interval;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Atom};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Where the three regions may meet, from the end that is finite, and from 0 for one that is not.
const NEAR: [f64; 5] = [0.5, 0.25, 0.0625, 1.0 / 1024.0, 1.0 / 1_048_576.0];
const FAR: [f64; 4] = [4.0, 16.0, 256.0, 65_536.0];
/// Pieces of the middle.
const MOST_PIECES: usize = 4_000;
/// Terms of an expansion.
const MOST_TERMS: usize = 6;

/// Whether p > 0 for all values of its variable is proved; `None` where there are several variables.
pub(super) fn positive(algebra: &Algebra, p: &Poly) -> Option<bool> {
    // Factors that are positive say nothing.
    let mut content = Monomial::default();
    for (v, e) in p.content_monomial().powers() {
        if algebra.range(*v).is_some_and(Range::is_positive) {
            content = content.times(&Monomial::power(*v, *e));
        }
    }
    let p = p.over_monomial(&content);
    if p.variables().into_iter().all(|v| matches!(algebra.atom(v), Some(Atom::Named(_)))) {
        // Sturm's theorem has the last word on polynomials.
        return None;
    }
    let mut names = BTreeSet::new();
    p.variables().into_iter().try_for_each(|v| named(algebra, v, &mut names))?;
    let variable = names.pop_first().filter(|_| names.is_empty())?;
    let range = algebra.range(variable)?.clone();
    let parts = match range.excluded.clone().filter(|x| range.contains_inside(x)) {
        None => vec![range],
        Some(x) => {
            let hole = Some((x, false));
            vec![
                Range { upper: hole.clone(), excluded: None, ..range.clone() },
                Range { lower: hole, excluded: None, ..range },
            ]
        }
    };
    Some(parts.iter().all(|range| in_range(algebra, &p, variable, range)))
}

/// The names that a variable is a function of; π is a number.
fn named(algebra: &Algebra, v: Var, names: &mut BTreeSet<Var>) -> Option<()> {
    let mut all = |f: &Fraction| f.variables().into_iter().try_for_each(|w| named(algebra, w, names));
    match algebra.atom(v)? {
        Atom::Named(name) if name == "pi" => {}
        Atom::Named(_) => {
            if let Some((_, of)) = algebra.relation(v) {
                return all(&of.clone());
            }
            names.insert(v);
        }
        Atom::Power { base, exponent } => {
            all(base)?;
            all(exponent)?;
        }
        Atom::Root { of, .. } | Atom::Exp(of) | Atom::Log(of) | Atom::Cos(of) | Atom::Sin(of) => all(of)?,
    }
    Some(())
}

fn in_range(algebra: &Algebra, p: &Poly, variable: Var, range: &Range) -> bool {
    let factors: Vec<(Var, u32)> = p.content_monomial().powers().to_vec();
    if p.len() > 1 && !factors.is_empty() {
        let all = |(v, _): &(Var, u32)| in_range(algebra, &Poly::var(*v), variable, range);
        return factors.iter().all(all) && in_range(algebra, &p.over_monomial(&p.content_monomial()), variable, range);
    }
    if p.is_zero() || p.as_constant().is_some() {
        return p.as_constant().is_some_and(|c| c.is_positive());
    }
    // Whole coefficients cancel exactly.
    let p = &p.scaled(&p.content().recip());
    let middle = |from: f64, to: f64| from > to || in_the_middle(algebra, p, variable, from, to);
    let length = match (&range.lower, &range.upper) {
        (Some((l, _)), Some((h, _))) => (h - l).to_f64().unwrap_or(0.0),
        _ => f64::INFINITY,
    };
    // The least and the largest value of the middle.
    let inner = |end: &Option<(BigRational, bool)>, upper: bool| -> Option<f64> {
        let Some((at, closed)) = end else {
            let far =
                FAR.into_iter().find(|edge| End { algebra, variable, at: None, upper, edge: *edge }.positive(p))?;
            return Some(if upper { far } else { -far });
        };
        let here = Interval::rational(at);
        if *closed {
            // The middle takes it.
            return Some(if upper { here.hi() } else { here.lo() });
        }
        let near = NEAR
            .into_iter()
            .filter(|edge| *edge <= length)
            .find(|edge| End { algebra, variable, at: Some(at), upper, edge: *edge }.positive(p))?;
        let moved = here + Interval::point(if upper { -near } else { near });
        Some(if upper { moved.hi() } else { moved.lo() })
    };
    match (inner(&range.lower, false), inner(&range.upper, true)) {
        (Some(from), Some(to)) => middle(from, to),
        _ => false,
    }
}

fn in_the_middle(algebra: &Algebra, p: &Poly, variable: Var, near: f64, far: f64) -> bool {
    let mut left = vec![(near, far)];
    for _ in 0..MOST_PIECES {
        let Some((a, b)) = left.pop() else { return true };
        if p.pay(p.len()).is_none() {
            return false;
        }
        let value = Enclosure { algebra, of: variable, at: Interval::new(a, b) }.poly(p);
        if value.is_some_and(|x| x.lo() > 0.0) {
            continue;
        }
        let middle = if a > 0.0 && b > 2.0 * a { (a * b).sqrt() } else { 0.5 * a + 0.5 * b };
        if value.is_some_and(|x| x.hi() <= 0.0) || !(a < middle && middle < b) || b - a < 1e-9 {
            return false;
        }
        left.push((middle, b));
        left.push((a, middle));
    }
    false
}

/// e^{rate·u} u^power |log u|^logs.
#[derive(Clone, Debug, PartialEq)]
struct Growth {
    rate: BigRational,
    power: BigRational,
    logs: i32,
}

impl Growth {
    fn none() -> Self {
        Self { rate: BigRational::zero(), power: BigRational::zero(), logs: 0 }
    }

    fn power(power: BigRational) -> Self {
        Self { power, ..Self::none() }
    }

    fn is_none(&self) -> bool {
        *self == Self::none()
    }

    fn times(&self, other: &Self) -> Self {
        Self { rate: &self.rate + &other.rate, power: &self.power + &other.power, logs: self.logs + other.logs }
    }

    fn over(&self, other: &Self) -> Self {
        Self { rate: &self.rate - &other.rate, power: &self.power - &other.power, logs: self.logs - other.logs }
    }

    /// `None` where that leaves a part of a logarithm.
    fn raised(&self, r: &BigRational) -> Option<Self> {
        let logs = r * BigRational::from_integer(self.logs.into());
        let logs = logs.is_integer().then(|| logs.to_integer().to_i32())??;
        Some(Self { rate: &self.rate * r, power: &self.power * r, logs })
    }
}

type Term = (Growth, Interval);

/// Terms, the strongest first; none is exactly 0.
#[derive(Clone, Debug)]
struct Series(Vec<Term>);

/// One end of the range of a variable, finite (0 < u ≤ edge < 1) or not (u ≥ edge > 1).
#[derive(Clone, Copy)]
struct End<'a> {
    algebra: &'a Algebra,
    variable: Var,
    /// The finite end.
    at: Option<&'a BigRational>,
    upper: bool,
    edge: f64,
}

fn third() -> Interval {
    Interval::rational(&BigRational::new(1.into(), 3.into()))
}

fn number(value: &BigRational) -> Interval {
    Interval::rational(value)
}

fn whole(n: i64) -> BigRational {
    BigRational::from_integer(n.into())
}

/// A number, or one that is enclosed where that is larger.
fn later(least: f64, x: Interval) -> Interval {
    Interval::new(least.max(x.lo()), least.max(x.hi()))
}

fn half() -> Interval {
    Interval::point(0.5)
}

impl End<'_> {
    fn positive(&self, p: &Poly) -> bool {
        // Over the highest powers of exponentials, which are positive, none grows.
        let is_exponential = |v: &Var| self.at.is_none() && matches!(self.algebra.atom(*v), Some(Atom::Exp(_)));
        let top = p.variables().into_iter().filter(is_exponential).map(|v| (v, p.degree(v))).collect();
        self.poly(p, &top).and_then(|s| self.leading(&s)).is_some_and(|(c, ..)| c.lo() > 0.0)
    }

    /// The stronger one comes first.
    fn order(&self, a: &Growth, b: &Growth) -> Ordering {
        let power = if self.at.is_some() { a.power.cmp(&b.power) } else { b.power.cmp(&a.power) };
        b.rate.cmp(&a.rate).then(power).then(b.logs.cmp(&a.logs))
    }

    /// All values of a product that stays bounded at the end.
    fn range(&self, g: &Growth) -> Option<Interval> {
        if g.is_none() {
            return Some(Interval::ONE);
        }
        let edge = Interval::point(self.edge);
        // |log u| on the edge, and above that beyond.
        let log = edge.ln()?.abs();
        let logs = number(&whole(g.logs.into()));
        let top = if g.rate.is_negative() {
            // |log u| < k; e^{−μk} k^P is largest at k = P/μ.
            let power = &g.power + whole(i64::from(g.logs.max(0)));
            let factor = if g.logs < 0 { (log.ln()? * logs).exp() } else { Interval::ONE };
            let (rate, power) = (number(&g.rate), number(&power));
            let at = later(self.edge, power / -rate);
            factor * (rate * at + power * at.ln()?).exp()
        } else if !g.rate.is_zero() {
            return None;
        } else if !g.power.is_zero() {
            // e^{−q u} u^l with u = |log u| is largest at u = l/q.
            let falling = if self.at.is_some() { g.power.clone() } else { -&g.power };
            if !falling.is_positive() {
                return None;
            }
            let q = number(&falling);
            let at = later(log.lo(), logs / q);
            (logs * at.ln()? - q * at).exp()
        } else if g.logs < 0 {
            (log.ln()? * logs).exp()
        } else {
            return None;
        };
        top.hi().is_finite().then(|| Interval::new(0.0, top.hi()))
    }

    /// Whether a product tends to 0.
    fn vanishes(&self, g: &Growth) -> bool {
        !g.is_none() && self.order(&Growth::none(), g) == Ordering::Less
    }

    /// Sorted, with equal terms added and the weakest taken together.
    fn collected(&self, mut terms: Vec<Term>) -> Option<Series> {
        self.algebra.work().pay(terms.len())?;
        terms.sort_by(|a, b| self.order(&a.0, &b.0));
        let mut list: Vec<Term> = Vec::new();
        for (g, c) in terms {
            match list.last_mut() {
                Some((last, sum)) if *last == g => *sum = *sum + c,
                _ => list.push((g, c)),
            }
        }
        list.retain(|(_, c)| !c.is_zero());
        while list.len() > MOST_TERMS {
            let (g, c) = list.pop()?;
            let (stronger, sum) = list.last_mut()?;
            *sum = *sum + c * self.range(&g.over(stronger))?;
        }
        list.iter().all(|(_, c)| c.is_finite()).then_some(Series(list))
    }

    fn constant(&self, value: Interval) -> Option<Series> {
        self.collected(vec![(Growth::none(), value)])
    }

    fn plus(&self, a: Series, b: Series) -> Option<Series> {
        self.collected(a.0.into_iter().chain(b.0).collect())
    }

    fn times(&self, a: &Series, b: &Series) -> Option<Series> {
        let product = |(g, c): &Term| b.0.iter().map(|(h, d)| (g.times(h), *c * *d)).collect::<Vec<_>>();
        self.collected(a.0.iter().flat_map(product).collect())
    }

    fn scaled(&self, a: &Series, by: &Growth, factor: Interval) -> Option<Series> {
        self.collected(a.0.iter().map(|(g, c)| (g.times(by), *c * factor)).collect())
    }

    /// All values of a sum that stays bounded.
    fn values(&self, a: &Series) -> Option<Interval> {
        a.0.iter().try_fold(Interval::ZERO, |sum, (g, c)| Some(sum + *c * self.range(g)?))
    }

    /// All values of θv, 0 ≤ θ ≤ 1.
    fn with_zero(&self, v: &Series) -> Option<Interval> {
        Some(self.values(v)?.hull(Interval::ZERO))
    }

    /// a = c g (1 + u) with u → 0: c, g, u, and the values of 1 + θu, 0 ≤ θ ≤ 1, which are positive.
    fn leading(&self, a: &Series) -> Option<(Interval, Growth, Series, Interval)> {
        let ((g, c), rest) = a.0.split_first()?;
        if c.contains(0.0) {
            return None;
        }
        let u = self.collected(rest.iter().map(|(h, d)| (h.over(g), *d / *c)).collect())?;
        let around = Interval::ONE + self.with_zero(&u)?;
        (around.lo() > 0.0).then(|| (*c, g.clone(), u, around))
    }

    /// w₀ + w₁u + w₂u² + w₃u³.
    fn expanded(&self, u: &Series, weights: [Interval; 4]) -> Option<Series> {
        let mut power = self.constant(Interval::ONE)?;
        let mut sum = Series(Vec::new());
        for weight in weights {
            sum = self.plus(sum, self.scaled(&power, &Growth::none(), weight)?)?;
            power = self.times(&power, u)?;
        }
        Some(sum)
    }

    /// a^r: (c g)^r (1 + u)^r with (1 + u)^r = 1 + r u + r(r−1)/2 u² + r(r−1)(r−2)/6 (1 + θu)^{r−3} u³.
    fn power(&self, a: &Series, r: &BigRational) -> Option<Series> {
        if r.is_integer() && !r.is_negative() {
            let n = r.to_integer().to_u32().filter(|n| *n <= 64)?;
            return (0..n).try_fold(self.constant(Interval::ONE)?, |power, _| self.times(&power, a));
        }
        let (c, g, u, around) = self.leading(a)?;
        let lead = if *r == whole(-1) {
            Interval::ONE / c
        } else if c.lo() <= 0.0 {
            return None;
        } else if c == Interval::ONE {
            c
        } else {
            c.powf(number(r))?
        };
        let second = r * (r - whole(1)) / whole(2);
        let third = &second * (r - whole(2)) / whole(3);
        let remainder = number(&third) * (around.ln()? * number(&(r - whole(3)))).exp();
        let sum = self.expanded(&u, [Interval::ONE, number(r), number(&second), remainder])?;
        self.scaled(&sum, &g.raised(r)?, lead)
    }

    fn exp(&self, a: &Series) -> Option<Series> {
        let (mut growth, mut factor, mut vanishing) = (Growth::none(), Interval::ONE, Vec::new());
        for (g, c) in &a.0 {
            let linear = Growth { rate: BigRational::zero(), power: BigRational::one(), logs: 0 };
            let log = Growth { logs: 1, ..Growth::none() };
            let exactly = || c.is_point().then(|| BigRational::from_float(c.lo())).flatten();
            if g.is_none() {
                factor = factor * c.exp();
            } else if self.vanishes(g) {
                vanishing.push((g.clone(), *c));
            } else if self.at.is_none() && *g == linear {
                growth.rate += exactly()?;
            } else if *g == log {
                // |log u| is −log k at 0.
                growth.power += if self.at.is_some() { -exactly()? } else { exactly()? };
            } else if c.hi() < 0.0 && g.rate.is_zero() && g.logs == 0 {
                factor = factor * self.falling(&g.power, -*c, &mut growth)?;
            } else {
                return None;
            }
        }
        // e^v = 1 + v + v²/2 + v³/6 e^{θv}.
        let v = self.collected(vanishing)?;
        let remainder = self.with_zero(&v)?.exp() * third() * half();
        let sum = self.expanded(&v, [Interval::ONE, Interval::ONE, half(), remainder])?;
        self.scaled(&sum, &growth, factor)
    }

    /// e^{−c k^p}, c > 0, where k^p grows: between 0 and its value on the edge, or e^{−nk} with n ≤ c edge^{p−1} for
    /// p > 1.
    fn falling(&self, p: &BigRational, c: Interval, growth: &mut Growth) -> Option<Interval> {
        let edge = Interval::point(self.edge).ln()?;
        let n = (Interval::point(c.lo()) * (edge * number(&(p - whole(1)))).exp()).lo().floor();
        if self.at.is_none() && *p > whole(1) && (1.0..1e6).contains(&n) {
            growth.rate = &growth.rate - BigRational::from_float(n)?;
            return Some(Interval::new(0.0, 1.0));
        }
        let top = (-(Interval::point(c.lo()) * (edge * number(p)).exp())).exp();
        Some(Interval::new(0.0, top.hi()))
    }

    /// log c + log g + log(1 + u) with log(1 + u) = u − u²/2 + u³/3 (1 + θu)^{−3}.
    fn log(&self, a: &Series) -> Option<Series> {
        let (c, g, u, around) = self.leading(a)?;
        if c.lo() <= 0.0 || g.logs != 0 {
            return None;
        }
        let remainder = Interval::ONE / around.powi(3) * third();
        let of_rest = self.expanded(&u, [Interval::ZERO, Interval::ONE, -half(), remainder])?;
        let sign = if self.at.is_some() { -Interval::ONE } else { Interval::ONE };
        let log_of_c = if c == Interval::ONE { Interval::ZERO } else { c.ln()? };
        let of_lead = vec![
            (Growth::power(BigRational::one()), number(&g.rate)),
            (Growth { logs: 1, ..Growth::none() }, number(&g.power) * sign),
            (Growth::none(), log_of_c),
        ];
        self.plus(self.collected(of_lead)?, of_rest)
    }

    /// Sine or cosine; of what vanishes by alternating series, otherwise by their values.
    fn turned(&self, a: &Series, sine: bool) -> Option<Series> {
        let all = || self.constant(Interval::new(-1.0, 1.0));
        let Some(values) = self.values(a) else { return all() };
        let size = values.abs().hi();
        if size > 1.0 || !a.0.iter().all(|(g, _)| self.vanishes(g)) {
            return self.constant(if sine { values.sin() } else { values.cos() });
        }
        let square = self.times(a, a)?;
        // sin v = v (1 − v²/6 + v⁴/120 [1 − v²/42, 1]), cos v = 1 − v²/2 + v⁴/24 [1 − v²/30, 1].
        let (first, second, next) = if sine { (-6, 120, 42.0) } else { (-2, 24, 30.0) };
        let rest = (Interval::ONE - Interval::point(size).square() / Interval::point(next)).hull(Interval::ONE);
        let over = |n: i64| number(&BigRational::new(1.into(), n.into()));
        let even = self.expanded(&square, [Interval::ONE, over(first), over(second) * rest, Interval::ZERO])?;
        if sine { self.times(a, &even) } else { Some(even) }
    }

    /// A polynomial over powers of exponentials.
    fn poly(&self, p: &Poly, over: &BTreeMap<Var, u32>) -> Option<Series> {
        let mut sum = Vec::new();
        for (monomial, c) in p.terms() {
            let mut term = self.constant(number(c))?;
            for (v, e) in monomial.powers().iter().filter(|(v, _)| !over.contains_key(v)) {
                let factor = self.power(&self.variable(*v)?, &whole(i64::from(*e)))?;
                term = self.times(&term, &factor)?;
            }
            for (v, e) in over {
                let Some(Atom::Exp(of)) = self.algebra.atom(*v) else { return None };
                let times = number(&whole(i64::from(monomial.degree(*v)) - i64::from(*e)));
                let factor = self.exp(&self.scaled(&self.fraction(of)?, &Growth::none(), times)?)?;
                term = self.times(&term, &factor)?;
            }
            sum.extend(term.0);
        }
        self.collected(sum)
    }

    fn fraction(&self, f: &Fraction) -> Option<Series> {
        let num = self.poly(&f.num, &BTreeMap::new())?;
        if f.den.as_constant().is_some_and(|c| c.is_one()) {
            return Some(num);
        }
        self.times(&num, &self.power(&self.poly(&f.den, &BTreeMap::new())?, &whole(-1))?)
    }

    fn variable(&self, v: Var) -> Option<Series> {
        if v == self.variable {
            // u, −u, at + u or at − u.
            let minus = self.upper == self.at.is_some();
            let step = (Growth::power(BigRational::one()), if minus { -Interval::ONE } else { Interval::ONE });
            let from = self.at.map(|at| (Growth::none(), number(at)));
            return self.collected(from.into_iter().chain([step]).collect());
        }
        match self.algebra.atom(v)? {
            Atom::Named(name) => (name == "pi").then(|| self.constant(Interval::PI))?,
            Atom::Root { degree, of } => self.power(&self.fraction(of)?, &BigRational::new(1.into(), (*degree).into())),
            Atom::Power { base, exponent } => {
                let (log, exponent) = (self.log(&self.fraction(base)?)?, self.fraction(exponent)?);
                self.exp(&self.times(&log, &exponent)?)
            }
            Atom::Exp(of) => self.exp(&self.fraction(of)?),
            Atom::Log(of) => self.log(&self.fraction(of)?),
            Atom::Cos(of) => self.turned(&self.fraction(of)?, false),
            Atom::Sin(of) => self.turned(&self.fraction(of)?, true),
        }
    }
}
