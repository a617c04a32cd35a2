//! Functions of one variable over an interval of its values, by interval arithmetic.

use crate::enclosure::Interval;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Poly, Var};
use crate::exact::{Algebra, Atom};

/// All values at times in an interval; where they are finite the function is smooth there.
pub(super) fn value(algebra: &Algebra, f: &Fraction, t: Interval) -> Option<Interval> {
    Enclosure { algebra, of: algebra.time(), at: t }.value(f)
}

pub(super) fn of_poly(algebra: &Algebra, p: &Poly, t: Interval) -> Option<Interval> {
    Enclosure { algebra, of: algebra.time(), at: t }.poly(p)
}

pub(super) fn of_variable(algebra: &Algebra, v: Var, t: Interval) -> Option<Interval> {
    Enclosure { algebra, of: algebra.time(), at: t }.variable(v)
}

pub(super) fn finite(x: Interval) -> Option<Interval> {
    x.is_finite().then_some(x)
}

/// Functions of one variable over an interval of its values.
pub(super) struct Enclosure<'a> {
    pub(super) algebra: &'a Algebra,
    pub(super) of: Var,
    pub(super) at: Interval,
}

impl Enclosure<'_> {
    /// All values; where they are finite the function is smooth.
    pub(super) fn value(&self, f: &Fraction) -> Option<Interval> {
        let (num, den) = (self.poly(&f.num)?, self.poly(&f.den)?);
        let quotient = if f.den.as_constant().is_some() { num / den } else { finite(num)? / finite(den)? };
        finite(quotient)
    }

    pub(super) fn poly(&self, p: &Poly) -> Option<Interval> {
        let mut sum = Interval::ZERO;
        for (monomial, c) in p.terms() {
            let mut term = Interval::rational(c);
            for (v, e) in monomial.powers() {
                term = term * self.variable(*v)?.powi(i32::try_from(*e).ok()?);
            }
            sum = sum + term;
        }
        finite(sum)
    }

    /// The values of an argument; the inner `None` stands for all numbers, of a polynomial, whose sine is smooth
    /// everywhere.
    fn angle(&self, of: &Fraction) -> Option<Option<Interval>> {
        let is_name = |v: Var| matches!(self.algebra.atom(v), Some(Atom::Named(_)));
        match self.value(of) {
            None if of.as_poly().is_none_or(|p| !p.variables().into_iter().all(is_name)) => None,
            found => Some(found),
        }
    }

    fn variable(&self, v: Var) -> Option<Interval> {
        if v == self.of {
            return Some(self.at);
        }
        finite(match self.algebra.atom(v)? {
            Atom::Named(name) if name == "pi" => Interval::PI,
            Atom::Named(_) => return None,
            // Off the branch point, where it is smooth.
            Atom::Root { degree, of } => (self.value(of)?.ln()? / Interval::point(f64::from(*degree))).exp(),
            Atom::Power { base, exponent } => (self.value(base)?.ln()? * self.value(exponent)?).exp(),
            Atom::Exp(of) => self.value(of)?.exp(),
            Atom::Log(of) => self.value(of)?.ln()?,
            Atom::Cos(of) => self.angle(of)?.map_or(Interval::new(-1.0, 1.0), Interval::cos),
            Atom::Sin(of) => self.angle(of)?.map_or(Interval::new(-1.0, 1.0), Interval::sin),
        })
    }
}
