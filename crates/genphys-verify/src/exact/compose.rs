//! Other values in place of a variable, through all functions; values at a limit where a quotient is 0/0 (L'Hôpital).

use super::algebra::{Algebra, Atom};
use super::fraction::{Complex, Fraction};
use super::poly::{Poly, Var};
use num_rational::BigRational;
use std::collections::BTreeMap;

/// Derivatives taken of numerator and denominator of 0/0.
const MOST_DERIVATIVES: usize = 6;

impl Algebra {
    /// With a value in place of a variable, also inside functions. `None` where a denominator becomes zero.
    pub(crate) fn compose(&mut self, value: &Complex, var: Var, by: &Complex) -> Option<Complex> {
        self.compose_all(value, &BTreeMap::from([(var, by.clone())]))
    }

    /// The same for several variables at once.
    pub(crate) fn compose_all(&mut self, value: &Complex, by: &BTreeMap<Var, Complex>) -> Option<Complex> {
        let re = self.composed(&value.re, by)?;
        let im = self.composed(&value.im, by)?;
        re.plus(&self.times(&im, &Complex::i())?)
    }

    fn composed(&mut self, value: &Fraction, by: &BTreeMap<Var, Complex>) -> Option<Complex> {
        let value = self.reduced(value)?;
        let (num, den) = (self.composed_poly(&value.num, by)?, self.composed_poly(&value.den, by)?);
        if den.is_zero() { None } else { self.over(&num, &den) }
    }

    fn composed_poly(&mut self, p: &Poly, by: &BTreeMap<Var, Complex>) -> Option<Complex> {
        let mut known: BTreeMap<Var, Complex> = BTreeMap::new();
        for v in p.variables() {
            let at = self.composed_variable(v, by)?;
            known.insert(v, at);
        }
        let mut sum = Complex::zero();
        for (monomial, c) in p.terms() {
            let mut term: Complex = Fraction::constant(c.clone()).into();
            for (v, e) in monomial.powers() {
                let factor = self.pow(known.get(v)?, i32::try_from(*e).ok()?)?;
                term = self.times(&term, &factor)?;
            }
            sum = sum.plus(&term)?;
        }
        self.reduced_pair(&sum)
    }

    fn composed_variable(&mut self, v: Var, by: &BTreeMap<Var, Complex>) -> Option<Complex> {
        if let Some(value) = by.get(&v) {
            return Some(value.clone());
        }
        let itself: Complex = self.variable(v).into();
        if !by.keys().any(|w| self.depends(&itself.re, *w)) {
            return Some(itself);
        }
        match self.atom(v)?.clone() {
            // |k| follows its components.
            Atom::Named(_) => {
                let (degree, of) = self.relation(v)?.clone();
                let of = self.composed(&of, by)?;
                self.power(&of, &Fraction::constant(BigRational::new(1.into(), degree.into())))
            }
            Atom::Root { degree, of } => {
                let of = self.composed(&of, by)?;
                self.power(&of, &Fraction::constant(BigRational::new(1.into(), degree.into())))
            }
            Atom::Power { base, exponent } => {
                let (base, exponent) = (self.composed(&base, by)?, self.composed(&exponent, by)?);
                self.power(&base, exponent.as_real()?)
            }
            Atom::Exp(z) => {
                let z = self.composed(&z, by)?;
                self.exp(&z)
            }
            Atom::Log(z) => {
                let z = self.composed(&z, by)?;
                self.log(&z)
            }
            Atom::Cos(z) => {
                let z = self.composed(&z, by)?;
                self.cos(&z)
            }
            Atom::Sin(z) => {
                let z = self.composed(&z, by)?;
                self.sin(&z)
            }
        }
    }

    /// The limit as a variable tends to a number, from where it is defined.
    pub(crate) fn limit(&mut self, value: &Complex, var: Var, to: &BigRational) -> Option<Complex> {
        let (re, im) = (self.limit_of(&value.re, var, to)?, self.limit_of(&value.im, var, to)?);
        re.plus(&self.times(&im, &Complex::i())?)
    }

    fn limit_of(&mut self, value: &Fraction, var: Var, to: &BigRational) -> Option<Complex> {
        let at = BTreeMap::from([(var, Fraction::constant(to.clone()).into())]);
        let value = self.reduced(value)?;
        let (mut num, mut den) = (Fraction::from(value.num), Fraction::from(value.den));
        for _ in 0..MOST_DERIVATIVES {
            let (top, bottom) = (self.composed(&num, &at)?, self.composed(&den, &at)?);
            if !bottom.is_zero() {
                return self.over(&top, &bottom);
            }
            if !top.is_zero() {
                return None;
            }
            num = self.derivative(&num, var)?;
            den = self.derivative(&den, var)?;
            if num.is_zero() {
                return Some(Complex::zero());
            }
            let quotient = self.reduced(&num.over(&den)?)?;
            (num, den) = (quotient.num.into(), quotient.den.into());
        }
        None
    }
}
