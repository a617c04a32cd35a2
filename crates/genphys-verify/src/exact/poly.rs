//! Polynomials in several variables with rational coefficients: exact, and nothing more than the checker needs.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// A variable; what it stands for is known to the [`super::Algebra`] that made it.
pub(crate) type Var = u32;

/// Powers by rising variable, none of them zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Monomial(Vec<(Var, u32)>);

/// Σ c·m; no coefficient is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Poly {
    terms: BTreeMap<Monomial, BigRational>,
}

/// Products of more terms than this are not expanded: a claim that needs them is not proved here.
const MOST_TERMS: usize = 60_000;

impl Monomial {
    pub(crate) fn powers(&self) -> &[(Var, u32)] {
        &self.0
    }

    pub(crate) fn degree(&self, var: Var) -> u32 {
        self.0.iter().find(|(v, _)| *v == var).map_or(0, |(_, e)| *e)
    }

    fn times(&self, other: &Self) -> Self {
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
        let monomial = if exponent == 0 { Monomial::default() } else { Monomial(vec![(var, exponent)]) };
        Self { terms: BTreeMap::from([(monomial, BigRational::one())]) }
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
        let entry = self.terms.entry(monomial);
        match entry {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(coefficient);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                *place.get_mut() += coefficient;
                if place.get().is_zero() {
                    place.remove();
                }
            }
        }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        other.terms.iter().for_each(|(m, c)| sum.add_term(m.clone(), c.clone()));
        sum
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        other.terms.iter().for_each(|(m, c)| sum.add_term(m.clone(), -c.clone()));
        sum
    }

    pub(crate) fn negated(&self) -> Self {
        Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), -c.clone())).collect() }
    }

    pub(crate) fn scaled(&self, factor: &BigRational) -> Self {
        if factor.is_zero() {
            return Self::zero();
        }
        Self { terms: self.terms.iter().map(|(m, c)| (m.clone(), c * factor)).collect() }
    }

    /// `None` where the product is too long to be expanded.
    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        if self.len().saturating_mul(other.len()) > MOST_TERMS {
            return None;
        }
        let mut product = Self::zero();
        for (m, c) in &self.terms {
            for (n, d) in &other.terms {
                product.add_term(m.times(n), c * d);
            }
        }
        Some(product)
    }

    pub(crate) fn pow(&self, exponent: u32) -> Option<Self> {
        (0..exponent).try_fold(Self::one(), |power, _| power.times(self))
    }

    /// The coefficients by rising power of one variable; never empty.
    pub(crate) fn coefficients(&self, var: Var) -> Vec<Self> {
        let mut list = vec![Self::zero(); self.degree(var) as usize + 1];
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
        let mut sum = Self::zero();
        for (m, c) in &self.terms {
            let factor = num_traits::pow(value.clone(), m.degree(var) as usize);
            sum.add_term(m.without(var), c * factor);
        }
        sum
    }

    pub(crate) fn derivative(&self, var: Var) -> Self {
        let mut sum = Self::zero();
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

    /// Whether all coefficients are positive; not of the zero polynomial.
    pub(crate) fn has_positive_coefficients(&self) -> bool {
        !self.is_zero() && self.terms.values().all(Signed::is_positive)
    }
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
