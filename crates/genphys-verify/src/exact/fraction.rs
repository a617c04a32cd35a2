//! Quotients of polynomials, and pairs of them as complex numbers. Nothing is known of the variables here: the
//! relations between them are the business of [`super::Algebra`].

use super::poly::{Poly, Var};
use num_rational::BigRational;
use num_traits::{One, Zero};

/// num/den; `den` is not the zero polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fraction {
    pub(crate) num: Poly,
    pub(crate) den: Poly,
}

/// re + i·im.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complex {
    pub(crate) re: Fraction,
    pub(crate) im: Fraction,
}

/// Divisors of more terms than this are not tried.
const SHORT: usize = 12;

impl From<Poly> for Fraction {
    fn from(num: Poly) -> Self {
        Self { num, den: Poly::one() }
    }
}

impl Fraction {
    pub(crate) fn zero() -> Self {
        Poly::zero().into()
    }

    pub(crate) fn one() -> Self {
        Poly::one().into()
    }

    pub(crate) fn integer(value: i64) -> Self {
        Poly::integer(value).into()
    }

    pub(crate) fn constant(value: BigRational) -> Self {
        Poly::constant(value).into()
    }

    pub(crate) fn var(var: Var) -> Self {
        Poly::var(var).into()
    }

    /// `None` where `den` is zero.
    pub(crate) fn new(num: Poly, den: Poly) -> Option<Self> {
        (!den.is_zero()).then(|| Self { num, den }.simplified())
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.num.is_zero()
    }

    pub(crate) fn is_one(&self) -> bool {
        self.num == self.den
    }

    /// The value of a fraction without variables.
    pub(crate) fn as_constant(&self) -> Option<BigRational> {
        Some(self.num.as_constant()? / self.den.as_constant()?)
    }

    /// The polynomial where the denominator is 1.
    pub(crate) fn as_poly(&self) -> Option<&Poly> {
        (self.den.as_constant()?.is_one()).then_some(&self.num)
    }

    pub(crate) fn contains(&self, var: Var) -> bool {
        self.num.contains(var) || self.den.contains(var)
    }

    /// The variables that occur, rising.
    pub(crate) fn variables(&self) -> Vec<Var> {
        let mut list = self.num.variables();
        list.extend(self.den.variables());
        list.sort_unstable();
        list.dedup();
        list
    }

    /// Common monomials, equal polynomials and short divisors are cancelled; the leading coefficient of `den` becomes
    /// 1.
    fn simplified(self) -> Self {
        if self.num.is_zero() {
            return Self::zero();
        }
        let shared = self.num.content_monomial().common(&self.den.content_monomial());
        let (mut num, mut den) = if shared.is_one() {
            (self.num, self.den)
        } else {
            (self.num.over_monomial(&shared), self.den.over_monomial(&shared))
        };
        // What is left of each without its own monomial may divide the other.
        let (above, below) = (num.content_monomial(), den.content_monomial());
        let (top, bottom) = (num.over_monomial(&above), den.over_monomial(&below));
        if bottom.len() > 1
            && bottom.len() <= SHORT
            && let Some(quotient) = num.exact_quotient(&bottom)
        {
            (num, den) = (quotient, den.of_monomial(below));
        } else if top.len() > 1
            && top.len() <= SHORT
            && bottom.len() > 1
            && let Some(quotient) = den.exact_quotient(&top)
        {
            (num, den) = (num.of_monomial(above), quotient);
        }
        match den.leading_coefficient() {
            Some(lead) if !lead.is_one() => {
                let factor = lead.recip();
                Self { num: num.scaled(&factor), den: den.scaled(&factor) }
            }
            _ => Self { num, den },
        }
    }

    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        if self.den == other.den {
            return Self::new(self.num.plus(&other.num), self.den.clone());
        }
        if other.den.len() > 1
            && let Some(more) = self.den.exact_quotient(&other.den)
        {
            return Self::new(self.num.plus(&other.num.times(&more)?), self.den.clone());
        }
        if let Some(more) = other.den.exact_quotient(&self.den) {
            return Self::new(self.num.times(&more)?.plus(&other.num), other.den.clone());
        }
        // Monomials that both denominators share stay outside the cross products.
        let shared = self.den.content_monomial().common(&other.den.content_monomial());
        let (mine, theirs) = (self.den.over_monomial(&shared), other.den.over_monomial(&shared));
        let num = self.num.times(&theirs)?.plus(&other.num.times(&mine)?);
        Self::new(num, self.den.times(&theirs)?)
    }

    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.plus(&other.negated())
    }

    pub(crate) fn negated(&self) -> Self {
        Self { num: self.num.negated(), den: self.den.clone() }
    }

    pub(crate) fn scaled(&self, factor: &BigRational) -> Self {
        if factor.is_zero() { Self::zero() } else { Self { num: self.num.scaled(factor), den: self.den.clone() } }
    }

    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        if self.den == other.num {
            return Self::new(self.num.clone(), other.den.clone());
        }
        if self.num == other.den {
            return Self::new(other.num.clone(), self.den.clone());
        }
        Self::new(self.num.times(&other.num)?, self.den.times(&other.den)?)
    }

    /// `None` where the divisor is zero, too.
    pub(crate) fn over(&self, other: &Self) -> Option<Self> {
        self.times(&other.recip()?)
    }

    pub(crate) fn recip(&self) -> Option<Self> {
        Self::new(self.den.clone(), self.num.clone())
    }

    pub(crate) fn pow(&self, exponent: i32) -> Option<Self> {
        let base = if exponent < 0 { self.recip()? } else { self.clone() };
        Self::new(base.num.pow(exponent.unsigned_abs())?, base.den.pow(exponent.unsigned_abs())?)
    }

    /// With a fraction in place of a variable; `None` where the denominator becomes zero.
    pub(crate) fn substitute(&self, var: Var, value: &Self) -> Option<Self> {
        if !self.contains(var) {
            return Some(self.clone());
        }
        let into = |poly: &Poly| {
            let coefficients = poly.coefficients(var);
            let degree = u32::try_from(coefficients.len()).ok()?.checked_sub(1)?;
            // Σ c_i num^i den^(degree − i), over den^degree.
            let mut sum = Poly::zero();
            for (i, c) in (0..).zip(&coefficients).filter(|(_, c)| !c.is_zero()) {
                let whole: u32 = i;
                sum = sum.plus(&c.times(&value.num.pow(whole)?)?.times(&value.den.pow(degree - whole)?)?);
            }
            Some((sum, degree))
        };
        let ((num, up), (den, down)) = (into(&self.num)?, into(&self.den)?);
        let (more, less) = (down.saturating_sub(up), up.saturating_sub(down));
        Self::new(num.times(&value.den.pow(more)?)?, den.times(&value.den.pow(less)?)?)
    }

    /// With a number in place of a variable; `None` where the denominator becomes zero.
    pub(crate) fn at(&self, var: Var, value: &BigRational) -> Option<Self> {
        Self::new(self.num.at(var, value), self.den.at(var, value))
    }

    /// The partial derivative, all other variables held.
    pub(crate) fn derivative(&self, var: Var) -> Option<Self> {
        if !self.den.contains(var) {
            return Self::new(self.num.derivative(var), self.den.clone());
        }
        let top = self.num.derivative(var).times(&self.den)?.minus(&self.num.times(&self.den.derivative(var))?);
        Self::new(top, self.den.times(&self.den)?)
    }
}

impl From<Fraction> for Complex {
    fn from(re: Fraction) -> Self {
        Self { re, im: Fraction::zero() }
    }
}

impl Complex {
    pub(crate) fn zero() -> Self {
        Fraction::zero().into()
    }

    pub(crate) fn one() -> Self {
        Fraction::one().into()
    }

    pub(crate) fn i() -> Self {
        Self { re: Fraction::zero(), im: Fraction::one() }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.re.is_zero() && self.im.is_zero()
    }

    /// The real part where there is no other.
    pub(crate) fn as_real(&self) -> Option<&Fraction> {
        self.im.is_zero().then_some(&self.re)
    }

    pub(crate) fn contains(&self, var: Var) -> bool {
        self.re.contains(var) || self.im.contains(var)
    }

    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self { re: self.re.plus(&other.re)?, im: self.im.plus(&other.im)? })
    }

    pub(crate) fn minus(&self, other: &Self) -> Option<Self> {
        self.plus(&other.negated())
    }

    pub(crate) fn negated(&self) -> Self {
        Self { re: self.re.negated(), im: self.im.negated() }
    }

    pub(crate) fn conjugate(&self) -> Self {
        Self { re: self.re.clone(), im: self.im.negated() }
    }

    pub(crate) fn scaled(&self, factor: &Fraction) -> Option<Self> {
        Some(Self { re: self.re.times(factor)?, im: self.im.times(factor)? })
    }

    pub(crate) fn times(&self, other: &Self) -> Option<Self> {
        if other.im.is_zero() {
            return self.scaled(&other.re);
        }
        if self.im.is_zero() {
            return other.scaled(&self.re);
        }
        Some(Self {
            re: self.re.times(&other.re)?.minus(&self.im.times(&other.im)?)?,
            im: self.re.times(&other.im)?.plus(&self.im.times(&other.re)?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_kept_short() {
        let (x, y) = (Fraction::var(0), Fraction::var(1));
        let sum = x.plus(&y).unwrap();
        let quotient = x.times(&x).unwrap().minus(&y.times(&y).unwrap()).unwrap().over(&sum).unwrap();
        assert_eq!(quotient, x.minus(&y).unwrap());
        assert_eq!(x.over(&x.times(&y).unwrap()).unwrap(), y.recip().unwrap());
        assert_eq!(x.recip().unwrap().plus(&y.recip().unwrap()).unwrap(), sum.over(&x.times(&y).unwrap()).unwrap());
        assert_eq!(x.over(&Fraction::zero()), None);
        assert_eq!(x.recip().unwrap().derivative(0).unwrap(), x.pow(-2).unwrap().negated());
        assert_eq!(x.recip().unwrap().substitute(0, &y.recip().unwrap()), Some(y.clone()));
        assert_eq!(x.recip().unwrap().at(0, &BigRational::zero()), None);
    }
}
