//! Polynomials in one variable: roots in intervals by Sturm's theorem, exactly, and rational points between them.

use crate::exact::poly::{Poly, Var, words};
use crate::work::Work;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Coefficients by rising power, the last one not zero, and what pays for arithmetic with them.
#[derive(Clone, Debug)]
pub(super) struct Dense(Vec<BigRational>, Option<Work>);

/// Halvings before a root counts as out of reach.
const MOST_HALVINGS: usize = 400;
/// Polynomials of a higher degree are out of reach.
const MOST_DEGREE: u32 = 128;

impl Dense {
    /// `None` where another variable occurs.
    pub(super) fn new(p: &Poly, v: Var) -> Option<Self> {
        let p = super::division::primitive(p);
        if p.degree(v) > MOST_DEGREE {
            return None;
        }
        let list = p.coefficients(v).iter().map(Poly::as_constant).collect::<Option<_>>()?;
        Some(Self(list, p.work().cloned()).trimmed())
    }

    fn trimmed(mut self) -> Self {
        while self.0.last().is_some_and(Zero::is_zero) {
            self.0.pop();
        }
        self
    }

    fn degree(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// Other coefficients at the same expense.
    fn of(&self, coefficients: Vec<BigRational>) -> Self {
        Self(coefficients, self.1.clone())
    }

    fn note(&self, amount: usize) {
        if let Some(work) = &self.1 {
            work.note(amount);
        }
    }

    fn pay(&self, amount: usize) -> Option<()> {
        self.1.as_ref().map_or(Some(()), |work| work.pay(amount))
    }

    /// The cost of going through it once with a number of one word.
    fn size(&self) -> usize {
        self.0.iter().map(words).sum()
    }

    pub(super) fn at(&self, x: &BigRational) -> BigRational {
        // The sum grows by the length of x at every step.
        self.note(self.size() + self.0.len().saturating_mul(self.0.len()).saturating_mul(words(x)));
        self.0.iter().rev().fold(BigRational::zero(), |sum, c| sum * x + c)
    }

    fn derivative(&self) -> Self {
        self.of(self.0.iter().enumerate().skip(1).map(|(i, c)| c * BigRational::from_integer(i.into())).collect())
    }

    fn times(&self, other: &Self) -> Self {
        if self.0.is_empty() || other.0.is_empty() {
            return self.of(Vec::new());
        }
        self.note(self.size().saturating_mul(other.size()));
        let mut list = vec![BigRational::zero(); self.0.len() + other.0.len() - 1];
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in other.0.iter().enumerate() {
                list[i + j] += a * b;
            }
        }
        self.of(list)
    }

    /// Quotient and remainder.
    fn divided(&self, d: &Self) -> (Self, Self) {
        let mut rest = self.0.clone();
        let mut parts = vec![BigRational::zero(); (rest.len() + 1).saturating_sub(d.0.len())];
        while rest.len() >= d.0.len() {
            let (Some(top), Some(lead)) = (rest.last(), d.0.last()) else { break };
            let factor = top / lead;
            self.note(d.size().saturating_mul(words(&factor)));
            let shift = rest.len() - d.0.len();
            for (i, c) in d.0.iter().enumerate() {
                rest[shift + i] -= &factor * c;
            }
            parts[shift] = factor;
            rest.pop();
        }
        (self.of(parts), self.of(rest).trimmed())
    }

    /// Times a positive number that makes the leading coefficient ±1.
    fn normal(mut self) -> Self {
        if let Some(lead) = self.0.last().map(Signed::abs) {
            self.0.iter_mut().for_each(|c| *c /= &lead);
        }
        self
    }

    /// The polynomial without its multiple roots.
    fn square_free(&self) -> Self {
        let (mut a, mut b) = (self.clone(), self.derivative());
        while !b.0.is_empty() {
            let rest = a.divided(&b).1.normal();
            a = b;
            b = rest;
        }
        if a.degree() == 0 { self.clone() } else { self.divided(&a).0 }
    }

    fn chain(&self) -> Vec<Self> {
        let mut chain = vec![self.clone(), self.derivative()];
        while let [.., a, b] = chain.as_slice() {
            if b.degree() == 0 {
                break;
            }
            let mut rest = a.divided(b).1.normal();
            rest.0.iter_mut().for_each(|c| *c = -c.clone());
            if rest.0.is_empty() {
                break;
            }
            chain.push(rest);
        }
        chain
    }

    /// Roots lie below this in size.
    fn bound(&self) -> BigRational {
        let Some((lead, others)) = self.0.split_last() else { return BigRational::one() };
        let largest = others.iter().map(Signed::abs).max().unwrap_or_else(BigRational::zero);
        let bound = (largest / lead.abs() + BigRational::one() + BigRational::one()).ceil();
        // A power of two, so that halvings stay short.
        let mut power = BigRational::one();
        while power < bound {
            power = &power + &power;
        }
        power
    }
}

/// Sign changes of a chain at a point; `None` is +∞.
fn changes(chain: &[Dense], x: Option<&BigRational>) -> usize {
    let signs: Vec<bool> = chain
        .iter()
        .filter_map(|p| match x {
            Some(x) => Some(p.at(x)).filter(|v| !v.is_zero()).map(|v| v.is_positive()),
            None => p.0.last().map(Signed::is_positive),
        })
        .collect();
    signs.windows(2).filter(|w| w[0] != w[1]).count()
}

/// Whether it is positive at every x > 0.
pub(super) fn is_positive(p: &Dense) -> bool {
    let lowest = p.0.iter().position(|c| !c.is_zero()).unwrap_or(p.0.len());
    let p = &p.of(p.0[lowest..].to_vec());
    let ends = [p.0.first(), p.0.last()];
    if !ends.iter().all(|c| c.is_some_and(Signed::is_positive)) {
        return false;
    }
    let variations = p.0.iter().filter(|c| !c.is_zero()).collect::<Vec<_>>();
    if variations.windows(2).all(|w| w[0].is_positive() == w[1].is_positive()) {
        return true;
    }
    let chain = p.chain();
    changes(&chain, Some(&BigRational::zero())) == changes(&chain, None)
}

/// Where the sign of some polynomials on (0, ∞) may change: the positive roots of all of them and a point of every
/// piece between, in order.
pub(super) struct Pieces {
    /// Points of the pieces, one more than there are roots.
    pub(super) between: Vec<BigRational>,
    /// The roots as open intervals around them.
    pub(super) roots: Vec<(BigRational, BigRational)>,
}

/// The pieces of (0, ∞); `None` where roots lie too close together for the steps allowed.
pub(super) fn pieces(list: &[Dense]) -> Option<Pieces> {
    let mut product = Dense(vec![BigRational::one()], list.iter().find_map(|p| p.1.clone()));
    if list.iter().map(Dense::degree).sum::<usize>() > MOST_DEGREE as usize {
        return None;
    }
    for p in list.iter().filter(|p| p.degree() > 0) {
        let lowest = p.0.iter().position(|c| !c.is_zero())?;
        product = product.times(&p.of(p.0[lowest..].to_vec())).normal();
    }
    let product = product.square_free().normal();
    if product.degree() == 0 {
        return Some(Pieces { between: vec![BigRational::one()], roots: Vec::new() });
    }
    let chain = product.chain();
    let (zero, bound) = (BigRational::zero(), product.bound());
    let two = BigRational::from_integer(2.into());
    // Intervals with the sign changes at their ends; their ends are no roots.
    let mut open = vec![(zero.clone(), changes(&chain, Some(&zero)), bound.clone(), changes(&chain, Some(&bound)))];
    let mut roots: Vec<(BigRational, BigRational)> = Vec::new();
    let mut steps = 0;
    while let Some((low, at_low, high, at_high)) = open.pop() {
        steps += 1;
        if steps > MOST_HALVINGS {
            return None;
        }
        product.pay(1)?;
        match at_low - at_high.min(at_low) {
            0 => {}
            1 if low.is_positive() => roots.push((low, high)),
            _ => {
                let mut middle = (&low + &high) / &two;
                while product.at(&middle).is_zero() {
                    middle = (&low + &middle) / &two;
                }
                let at_middle = changes(&chain, Some(&middle));
                open.push((middle.clone(), at_middle, high, at_high));
                open.push((low, at_low, middle, at_middle));
            }
        }
    }
    roots.sort();
    let mut between = Vec::new();
    let mut last = zero;
    for (low, high) in &roots {
        between.push(simplest(&last, low, false));
        last = high.clone();
    }
    between.push(if roots.is_empty() { BigRational::one() } else { last.ceil() + BigRational::one() });
    Some(Pieces { between, roots })
}

/// A rational number with a small denominator in [low, high] (without `low` where it is not `closed`); both may be
/// equal.
fn simplest(low: &BigRational, high: &BigRational, closed: bool) -> BigRational {
    if low == high {
        return low.clone();
    }
    let whole = if closed { low.ceil() } else { low.floor() + BigRational::one() };
    if whole <= *high {
        return whole;
    }
    let base = low.floor();
    let (a, b) = (low - &base, high - &base);
    // Both fractional parts lie in [0, 1): 1/x turns the interval round.
    if a.is_zero() {
        let next = b.recip().ceil();
        return base + next.recip();
    }
    let inner = simplest(&b.recip(), &a.recip(), true);
    // `a` itself may be excluded.
    if !closed && inner == a.recip() {
        (low + high) / BigRational::from_integer(2.into())
    } else {
        base + inner.recip()
    }
}

impl Pieces {
    /// The sign at the i-th root of one of the polynomials whose roots these are.
    pub(super) fn sign_at_root(&self, i: usize, p: &Dense) -> Option<i32> {
        let (low, high) = self.roots.get(i)?;
        // p has at most this one root in the interval.
        let (at_low, at_high) = (sign(&p.at(low)), sign(&p.at(high)));
        let has_root = root_count(p, low, high)? > 0;
        if has_root {
            Some(0)
        } else if at_low == at_high {
            Some(at_low)
        } else {
            None
        }
    }
}

fn sign(x: &BigRational) -> i32 {
    i32::from(x.is_positive()) - i32::from(x.is_negative())
}

/// The number of different roots strictly between two numbers that are no roots.
pub(super) fn root_count(p: &Dense, low: &BigRational, high: &BigRational) -> Option<usize> {
    if p.0.is_empty() || p.at(low).is_zero() || p.at(high).is_zero() {
        return None;
    }
    if p.degree() == 0 {
        return Some(0);
    }
    let chain = p.chain();
    Some(changes(&chain, Some(low)).saturating_sub(changes(&chain, Some(high))))
}
