//! Derivatives through all functions, and what depends on what.

use super::algebra::{Algebra, Atom};
use super::fraction::{Complex, Fraction};
use super::poly::Var;
use num_rational::BigRational;

impl Algebra {
    /// The derivative with respect to a variable, through all functions.
    pub(crate) fn derivative(&mut self, value: &Fraction, by: Var) -> Option<Fraction> {
        let mut sum = Fraction::zero();
        for v in value.variables() {
            let slope = self.slope(v, by)?;
            if !slope.is_zero() {
                sum = sum.plus(&value.derivative(v)?.times(&slope)?)?;
            }
        }
        self.reduced(&sum)
    }

    pub(crate) fn derivative_of_pair(&mut self, value: &Complex, by: Var) -> Option<Complex> {
        Some(Complex { re: self.derivative(&value.re, by)?, im: self.derivative(&value.im, by)? })
    }

    fn slope(&mut self, v: Var, by: Var) -> Option<Fraction> {
        if v == by {
            return Some(Fraction::one());
        }
        let itself = self.variable(v);
        Some(match self.atom(v)?.clone() {
            Atom::Named(_) => {
                // |k| by one of its components.
                let Some((degree, square)) = self.relation(v).cloned() else { return Some(Fraction::zero()) };
                let inner = self.derivative(&square, by)?;
                inner
                    .over(&itself.pow(i32::try_from(degree).ok()? - 1)?)?
                    .scaled(&BigRational::new(1.into(), degree.into()))
            }
            Atom::Root { degree, of } => {
                let inner = self.derivative(&of, by)?;
                if inner.is_zero() {
                    return Some(Fraction::zero());
                }
                inner.times(&itself)?.over(&of)?.scaled(&BigRational::new(1.into(), degree.into()))
            }
            Atom::Power { base, exponent } => {
                let (up, down) = (self.derivative(&exponent, by)?, self.derivative(&base, by)?);
                let mut rate = down.times(&exponent)?.over(&base)?;
                if !up.is_zero() {
                    let log = self.log(&base.into())?;
                    rate = rate.plus(&up.times(log.as_real()?)?)?;
                }
                rate.times(&itself)?
            }
            Atom::Exp(of) => self.derivative(&of, by)?.times(&itself)?,
            Atom::Log(of) => self.derivative(&of, by)?.over(&of)?,
            Atom::Cos(of) => self.derivative(&of, by)?.times(&self.variable(v + 1))?.negated(),
            Atom::Sin(of) => self.derivative(&of, by)?.times(&self.variable(v - 1))?,
        })
    }

    /// Whether a variable is or contains another one, through all functions.
    pub(crate) fn depends(&self, value: &Fraction, on: Var) -> bool {
        value.variables().iter().any(|v| {
            *v == on
                || match self.atom(*v) {
                    None => true,
                    Some(Atom::Named(_)) => self.relation(*v).is_some_and(|(_, of)| self.depends(of, on)),
                    Some(Atom::Power { base, exponent }) => self.depends(base, on) || self.depends(exponent, on),
                    Some(Atom::Root { of, .. } | Atom::Exp(of) | Atom::Log(of) | Atom::Cos(of) | Atom::Sin(of)) => {
                        self.depends(of, on)
                    }
                }
        })
    }
}
