//! Quotients of a polynomial by a polynomial in the parameters.

use crate::algebra::ring::{CPoly, Poly};

/// `num/den`, with a denominator that depends on parameters only.
#[derive(Clone)]
pub(crate) struct Fraction {
    pub(crate) num: CPoly,
    pub(crate) den: Poly,
}

impl Fraction {
    pub(crate) fn whole(num: CPoly) -> Self {
        let den = num.re.one();
        Self { num, den }
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        if self.den == other.den {
            return Self { num: self.num.add(&other.num), den: self.den.clone() };
        }
        let num = self.num.scale(&other.den).add(&other.num.scale(&self.den));
        Self { num, den: &self.den * &other.den }.cancelled()
    }

    pub(crate) fn mul(&self, other: &Self) -> Self {
        Self { num: self.num.mul(&other.num), den: &self.den * &other.den }.cancelled()
    }

    /// The number of terms of numerator and denominator.
    pub(crate) fn terms(&self) -> usize {
        (self.num.re.nterms() + self.num.im.nterms()).max(self.den.nterms())
    }

    pub(crate) fn neg(&self) -> Self {
        Self { num: self.num.neg(), den: self.den.clone() }
    }

    /// Common factors of numerator and denominator removed.
    pub(crate) fn cancelled(self) -> Self {
        if self.den.is_constant() {
            let inverse = self.den.get_constant().inv();
            let num = self.num.map(|p| p.clone().mul_coeff(inverse.clone()));
            return Self { den: num.re.one(), num };
        }
        if self.num.is_zero() {
            return Self { den: self.den.one(), num: self.num };
        }
        let common = crate::algebra::ring::gcd(&crate::algebra::ring::gcd(&self.num.re, &self.num.im), &self.den);
        if common.is_constant() {
            return self;
        }
        let divide = |p: &Poly| p.try_div(&common).unwrap_or_else(|| p.clone());
        let (num, den) = (self.num.map(divide), divide(&self.den));
        if den.is_constant() { Self { num, den }.cancelled() } else { Self { num, den } }
    }
}
