//! Polynomials in several variables with rational coefficients: exact, and nothing more than the checker needs.

use crate::work::Work;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// A variable; what it stands for is known to the [`super::Algebra`] that made it.
pub(crate) type Var = u32;

/// Powers by rising variable, none of them zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Monomial(Vec<(Var, u32)>);

/// Σ c·m; no coefficient is zero.
#[derive(Clone, Debug, Default)]
pub(crate) struct Poly {
    terms: BTreeMap<Monomial, BigRational>,
    /// What pays for arithmetic with it; numbers and bare powers of variables have none until they meet another.
    work: Option<Work>,
}

impl PartialEq for Poly {
    fn eq(&self, other: &Self) -> bool {
        self.terms == other.terms
    }
}

impl Eq for Poly {}

/// Products of more terms than this are not expanded: a claim that needs them is not proved here.
const MOST_TERMS: usize = 60_000;
/// Quotients of more terms than this are not looked for.
const MOST_STEPS: usize = 200;
/// Powers that may have more terms than this are not expanded.
const MOST_TERMS_OF_POWER: u64 = 6_000;

impl Monomial {
    pub(crate) fn powers(&self) -> &[(Var, u32)] {
        &self.0
    }

    pub(crate) fn degree(&self, var: Var) -> u32 {
        self.0.iter().find(|(v, _)| *v == var).map_or(0, |(_, e)| *e)
    }

    /// A monomial order: the larger power of the first variable in which they differ is larger.
    fn lexicographic(&self, other: &Self) -> std::cmp::Ordering {
        let (mut a, mut b) = (self.0.iter(), other.0.iter());
        loop {
            match (a.next(), b.next()) {
                (Some((v, e)), Some((w, f))) => match w.cmp(v).then(e.cmp(f)) {
                    std::cmp::Ordering::Equal => {}
                    unequal => return unequal,
                },
                (Some(_), None) => return std::cmp::Ordering::Greater,
                (None, Some(_)) => return std::cmp::Ordering::Less,
                (None, None) => return std::cmp::Ordering::Equal,
            }
        }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut powers = Vec::with_capacity(self.0.len() + other.0.len());
        loop {
            match (a.peek(), b.peek()) {
                (Some((v, e)), Some((w, f))) if v == w => {
                    powers.push((*v, e + f));
                    a.next();
                    b.next();
                }
                (Some((v, e)), Some((w, _))) if v < w => {
                    powers.push((*v, *e));
                    a.next();
                }
                (_, Some((w, f))) => {
                    powers.push((*w, *f));
                    b.next();
                }
                (Some((v, e)), None) => {
                    powers.push((*v, *e));
                    a.next();
                }
                (None, None) => return Self(powers),
            }
        }
    }

    pub(crate) fn power(var: Var, exponent: u32) -> Self {
        Self(if exponent == 0 { Vec::new() } else { vec![(var, exponent)] })
    }

    pub(crate) fn is_one(&self) -> bool {
        self.0.is_empty()
    }

    /// The greatest monomial that divides both.
    pub(crate) fn common(&self, other: &Self) -> Self {
        let least = |(v, e): &(Var, u32)| (*v, (*e).min(other.degree(*v)));
        Self(self.0.iter().map(least).filter(|(_, e)| *e > 0).collect())
    }

    fn square_root(&self) -> Option<Self> {
        self.0.iter().map(|(v, e)| e.is_multiple_of(2).then_some((*v, e / 2))).collect::<Option<_>>().map(Self)
    }

    /// The quotient, where it is a monomial.
    pub(crate) fn over(&self, other: &Self) -> Option<Self> {
        if other.0.iter().any(|(v, e)| self.degree(*v) < *e) {
            return None;
        }
        let less = |(v, e): &(Var, u32)| (*v, e - other.degree(*v));
        Some(Self(self.0.iter().map(less).filter(|(_, e)| *e > 0).collect()))
    }

    /// Without one variable.
    fn without(&self, var: Var) -> Self {
        Self(self.0.iter().filter(|(v, _)| *v != var).copied().collect())
    }
}

impl Poly {
    pub(crate) fn zero() -> Self {
        Self::default()
    }

    pub(crate) fn one() -> Self {
        Self::constant(BigRational::one())
    }

    pub(crate) fn integer(value: i64) -> Self {
        Self::constant(BigRational::from_integer(value.into()))
    }

    pub(crate) fn constant(value: BigRational) -> Self {
        let mut poly = Self::default();
        poly.add_term(Monomial::default(), value);
        poly
    }

    pub(crate) fn var(var: Var) -> Self {
        Self::power(var, 1)
    }

    pub(crate) fn power(var: Var, exponent: u32) -> Self {
        Self::monomial(Monomial::power(var, exponent))
    }

    pub(crate) fn monomial(monomial: Monomial) -> Self {
        Self { terms: BTreeMap::from([(monomial, BigRational::one())]), work: None }
    }

    /// The same, whose arithmetic is counted.
    pub(crate) fn paid_by(self, work: &Work) -> Self {
        Self { work: Some(work.clone()), ..self }
    }

    /// A number whose arithmetic is at the same expense.
    pub(crate) fn number(&self, value: BigRational) -> Self {
        Self { work: self.work.clone(), ..Self::constant(value) }
    }

    /// A monomial whose arithmetic is at the same expense.
    pub(crate) fn of_monomial(&self, monomial: Monomial) -> Self {
        Self { work: self.work.clone(), ..Self::monomial(monomial) }
    }

    /// What pays for arithmetic with it.
    pub(crate) fn work(&self) -> Option<&Work> {
        self.work.as_ref()
    }

    /// Counts work on it that is done in any case.
    pub(crate) fn note(&self, amount: usize) {
        if let Some(work) = &self.work {
            work.note(amount);
        }
    }

    /// Pays for work on it; `None` where there was not enough left.
    pub(crate) fn pay(&self, amount: usize) -> Option<()> {
        self.work.as_ref().map_or(Some(()), |work| work.pay(amount))
    }

    /// Other terms at the same expense.
    fn of(&self, terms: BTreeMap<Monomial, BigRational>) -> Self {
        Self { terms, work: self.work.clone() }
    }

    /// No terms, at the expense of either.
    fn nothing(&self, other: &Self) -> Self {
        Self { terms: BTreeMap::new(), work: self.work.as_ref().or(other.work.as_ref()).cloned() }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// The value of a polynomial without variables.
    pub(crate) fn as_constant(&self) -> Option<BigRational> {
        match self.terms.len() {
            0 => Some(BigRational::zero()),
            1 => self.terms.get(&Monomial::default()).cloned(),
            _ => None,
        }
    }

    /// Monomials with their coefficients, none of them zero.
    pub(crate) fn terms(&self) -> impl Iterator<Item = (&Monomial, &BigRational)> {
        self.terms.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// The variables that occur, rising.
    pub(crate) fn variables(&self) -> Vec<Var> {
        let mut list: Vec<Var> = self.terms.keys().flat_map(|m| m.0.iter().map(|(v, _)| *v)).collect();
        list.sort_unstable();
        list.dedup();
        list
    }

    pub(crate) fn contains(&self, var: Var) -> bool {
        self.degree(var) > 0
    }

    pub(crate) fn degree(&self, var: Var) -> u32 {
        self.terms.keys().map(|m| m.degree(var)).max().unwrap_or(0)
    }

    fn add_term(&mut self, monomial: Monomial, coefficient: BigRational) {
        if coefficient.is_zero() {
            return;
        }
        match self.terms.entry(monomial) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(coefficient);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                add_to(place.get_mut(), &coefficient);
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut sum = self.nothing(other);
        sum.note(self.len() + other.len());
        sum.terms.clone_from(&self.terms);
        other.terms.iter().for_each(|(m, c)| sum.add_term(m.clone(), c.clone()));
        sum
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut sum = self.nothing(other);
        sum.note(self.len() + other.len());
        sum.terms.clone_from(&self.terms);
        other.terms.iter().for_each(|(m, c)| sum.add_term(m.clone(), -c.clone()));
        sum
    }

    pub(crate) fn negated(&self) -> Self {
        self.map(|c| -c)
    }

    pub(crate) fn scaled(&self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::zero();
        }
        self.map(|c| c * factor)
    }

    /// With other coefficients, none of them zero.
    pub(crate) fn map(&self, f: impl Fn(&BigRational) -> BigRational) -> Self {
        self.of(self.terms.iter().map(|(m, c)| (m.clone(), f(c))).collect())
    }

    /// `None` where the product is too long to be expanded.
    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        if self.len().saturating_mul(other.len()) > MOST_TERMS {
            return None;
        }
        let mut product = self.nothing(other);
        product.pay(self.size().saturating_mul(other.size()))?;
        for (m, c) in &self.terms {
            for (n, d) in &other.terms {
                product.add_term(m.times(n), product_of(c, d));
            }
        }
        Some(product)
    }

    /// `None` where the power is too long to be expanded; its length is predicted.
    pub(crate) fn pow(&self, exponent: u32) -> Option<Self> {
        if exponent > 1 && self.terms_of_power(exponent) > MOST_TERMS_OF_POWER {
            return None;
        }
        if self.work.is_none() {
            // A power of a number may be long as well.
            let power = self.clone().paid_by(&Work::default()).pow(exponent)?;
            return Some(Self { work: None, ..power });
        }
        (0..exponent).try_fold(Self::one(), |power, _| power.times(self))
    }

    /// No power has more terms: by the number of products of terms, and by the degrees in the variables.
    pub(crate) fn terms_of_power(&self, exponent: u32) -> u64 {
        let (terms, exponent) = (self.len() as u64, u64::from(exponent));
        // Binomial coefficient (terms + exponent − 1 over exponent), from below so that it stays whole.
        let mut products: u64 = 1;
        for i in 1..terms.min(64) {
            products = products.saturating_mul(exponent + i) / i;
        }
        let grid = |v: &Var| u64::from(self.degree(*v)).saturating_mul(exponent).saturating_add(1);
        self.variables().iter().map(grid).fold(1, u64::saturating_mul).min(products)
    }

    /// Words of the numbers, at least one for each term: what a product costs.
    fn size(&self) -> usize {
        self.terms.values().map(words).sum()
    }

    /// The coefficients by rising power of one variable; never empty.
    pub(crate) fn coefficients(&self, var: Var) -> Vec<Self> {
        self.note(self.len());
        let mut list = vec![self.of(BTreeMap::new()); self.degree(var) as usize + 1];
        for (m, c) in &self.terms {
            list[m.degree(var) as usize].add_term(m.without(var), c.clone());
        }
        list
    }

    /// With a polynomial in place of a variable.
    pub(crate) fn substitute(&self, var: Var, value: &Self) -> Option<Self> {
        // Horner's scheme.
        self.coefficients(var).iter().rev().try_fold(Self::zero(), |sum, c| Some(sum.times(value)?.plus(c)))
    }

    /// With a number in place of a variable.
    pub(crate) fn at(&self, var: Var, value: &BigRational) -> Self {
        self.note(self.size().saturating_mul(words(value)));
        let mut sum = self.of(BTreeMap::new());
        for (m, c) in &self.terms {
            let factor = num_traits::pow(value.clone(), m.degree(var) as usize);
            sum.add_term(m.without(var), c * factor);
        }
        sum
    }

    pub(crate) fn derivative(&self, var: Var) -> Self {
        let mut sum = self.of(BTreeMap::new());
        for (m, c) in &self.terms {
            let e = m.degree(var);
            if e > 0 {
                let mut rest = m.without(var);
                if e > 1 {
                    rest = rest.times(&Monomial(vec![(var, e - 1)]));
                }
                sum.add_term(rest, c * BigRational::from_integer(e.into()));
            }
        }
        sum
    }

    /// The greatest monomial that divides all terms; 1 for the zero polynomial.
    pub(crate) fn content_monomial(&self) -> Monomial {
        let mut monomials = self.terms.keys();
        let Some(first) = monomials.next() else { return Monomial::default() };
        monomials.fold(first.clone(), |shared, m| if shared.is_one() { shared } else { shared.common(m) })
    }

    /// The greatest positive number by which all coefficients can be divided so that whole numbers are left.
    pub(crate) fn content(&self) -> BigRational {
        let mut shared: Option<BigRational> = None;
        for c in self.terms.values().map(Signed::abs) {
            shared = Some(shared.map_or_else(|| c.clone(), |s| common_divisor(s, c.clone())));
        }
        shared.unwrap_or_else(BigRational::one)
    }

    /// A polynomial whose square this is.
    pub(crate) fn square_root(&self) -> Option<Self> {
        let mut rest = self.clone();
        let mut root = Self::zero();
        self.pay(self.len())?;
        let mut first: Option<(Monomial, BigRational)> = None;
        for _ in 0..MOST_STEPS {
            let Some((m, c)) = rest.terms.iter().max_by(|a, b| a.0.lexicographic(b.0)) else { return Some(root) };
            let (m, c) = match &first {
                None => (m.square_root()?, number_root(c)?),
                Some((lead, factor)) => (m.over(lead)?, c / factor / BigRational::from_integer(2.into())),
            };
            first.get_or_insert((m.clone(), c.clone()));
            let term = self.of(BTreeMap::from([(m, c)]));
            // (root + term)² = root² + term·(2·root + term)
            rest = rest.minus(&term.times(&root.plus(&root).plus(&term))?);
            root = root.plus(&term);
        }
        None
    }

    /// Divided by a monomial that divides all terms; terms that it does not divide are left out.
    pub(crate) fn over_monomial(&self, divisor: &Monomial) -> Self {
        self.of(self.terms.iter().filter_map(|(m, c)| Some((m.over(divisor)?, c.clone()))).collect())
    }

    /// The last term in the order of the monomials, which is not one that products keep: see [`Self::exact_quotient`].
    pub(crate) fn leading_coefficient(&self) -> Option<&BigRational> {
        self.terms.last_key_value().map(|(_, c)| c)
    }

    /// The polynomial q with self = q·divisor, where there is one and it is not long.
    pub(crate) fn exact_quotient(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(Self::zero());
        }
        if divisor.len() == 1 {
            let (m, c) = divisor.terms.first_key_value()?;
            let quotient = self.over_monomial(m);
            return (quotient.len() == self.len()).then(|| quotient.scaled(&c.recip()));
        }
        if divisor.variables().iter().any(|v| divisor.degree(*v) > self.degree(*v)) {
            return None;
        }
        let (lead, factor) = divisor.terms.iter().max_by(|a, b| a.0.lexicographic(b.0))?;
        let (mut rest, mut quotient) = (self.clone(), self.nothing(divisor));
        for _ in 0..MOST_STEPS {
            let Some((m, c)) = rest.terms.iter().max_by(|a, b| a.0.lexicographic(b.0)) else { return Some(quotient) };
            let (m, c) = (m.over(lead)?, c / factor);
            quotient.pay(rest.len() + divisor.size().saturating_mul(words(&c)))?;
            for (n, d) in &divisor.terms {
                rest.add_term(m.times(n), -product_of(&c, d));
            }
            quotient.add_term(m, c);
        }
        None
    }

    /// Whether all coefficients are positive; not of the zero polynomial.
    pub(crate) fn has_positive_coefficients(&self) -> bool {
        !self.is_zero() && self.terms.values().all(Signed::is_positive)
    }
}

/// The length of a number, in words of the machine.
pub(crate) fn words(c: &BigRational) -> usize {
    usize::try_from((c.numer().bits() + c.denom().bits()) / 64 + 1).unwrap_or(usize::MAX)
}

/// Whole numbers, which are the most frequent, need no common divisor.
fn product_of(c: &BigRational, d: &BigRational) -> BigRational {
    if c.denom().is_one() && d.denom().is_one() {
        BigRational::new_raw(c.numer() * d.numer(), c.denom().clone())
    } else {
        c * d
    }
}

fn add_to(sum: &mut BigRational, c: &BigRational) {
    if sum.denom().is_one() && c.denom().is_one() {
        *sum = BigRational::new_raw(sum.numer() + c.numer(), c.denom().clone());
    } else {
        *sum += c;
    }
}

/// The greatest positive number that divides two positive ones into whole numbers (Euclid).
fn common_divisor(a: BigRational, b: BigRational) -> BigRational {
    let (mut a, mut b) = (a, b);
    while !b.is_zero() {
        let rest = &a - (&a / &b).floor() * &b;
        a = b;
        b = rest;
    }
    a
}

/// √c of the square of a rational number.
fn number_root(c: &BigRational) -> Option<BigRational> {
    if !c.is_positive() {
        return None;
    }
    let root = BigRational::new(c.numer().sqrt(), c.denom().sqrt());
    (&root * &root == *c).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::Poly;

    #[test]
    fn arithmetic() {
        let (x, y) = (Poly::var(0), Poly::var(1));
        let sum = x.plus(&y);
        let square = sum.pow(2).unwrap();
        let expected = x.pow(2).unwrap().plus(&y.pow(2).unwrap()).plus(&x.times(&y).unwrap().scaled(&2_i64.into_r()));
        assert_eq!(square, expected);
        assert_eq!(square.derivative(0), sum.scaled(&2_i64.into_r()));
        assert_eq!(square.substitute(0, &y.negated()), Some(Poly::zero()));
        assert_eq!(square.at(0, &2_i64.into_r()).coefficients(1).len(), 3);
        assert_eq!(sum.minus(&sum), Poly::zero());
    }

    trait IntoRational {
        fn into_r(self) -> num_rational::BigRational;
    }

    impl IntoRational for i64 {
        fn into_r(self) -> num_rational::BigRational {
            num_rational::BigRational::from_integer(self.into())
        }
    }
}
