//! Exact expressions as floating-point numbers. Nothing is proved with them: they tell a claim that is contradicted
//! from one that is only not proved, and the tests compare with them.

use super::algebra::{Algebra, Atom};
use super::fraction::{Complex, Fraction};
use super::poly::{Poly, Var};
use genphys_pde::Complex as Number;
use num_traits::ToPrimitive;
use std::collections::BTreeMap;

impl Algebra {
    /// The value where variables with names have the values given; `None` where a name has none.
    pub(crate) fn approximate(&self, value: &Complex, values: &BTreeMap<String, f64>) -> Option<Number> {
        let z = self.fraction_at(&value.re, values)? + Number::I * self.fraction_at(&value.im, values)?;
        z.is_finite().then_some(z)
    }

    fn fraction_at(&self, value: &Fraction, values: &BTreeMap<String, f64>) -> Option<Number> {
        Some(self.poly_at(&value.num, values)? / self.poly_at(&value.den, values)?)
    }

    fn poly_at(&self, poly: &Poly, values: &BTreeMap<String, f64>) -> Option<Number> {
        let mut sum = Number::default();
        for (monomial, c) in poly.terms() {
            let mut product = Number::real(c.to_f64()?);
            for (v, e) in monomial.powers() {
                product = product * self.var_at(*v, values)?.powi(i32::try_from(*e).ok()?);
            }
            sum = sum + product;
        }
        Some(sum)
    }

    fn var_at(&self, var: Var, values: &BTreeMap<String, f64>) -> Option<Number> {
        let half = Number::real(0.5);
        let at = |of: &Fraction| self.fraction_at(of, values);
        Some(match self.atom(var)? {
            Atom::Named(name) if name == "pi" => Number::real(std::f64::consts::PI),
            Atom::Named(name) => Number::real(*values.get(name)?),
            Atom::Root { degree, of } => at(of)?.powc(Number::real(1.0 / f64::from(*degree))),
            Atom::Power { base, exponent } => at(base)?.powc(at(exponent)?),
            Atom::Exp(of) => at(of)?.exp(),
            Atom::Log(of) => at(of)?.ln(),
            Atom::Cos(of) => {
                let z = Number::I * at(of)?;
                (z.exp() + (-z).exp()) * half
            }
            Atom::Sin(of) => {
                let z = Number::I * at(of)?;
                (z.exp() - (-z).exp()) * half * -Number::I
            }
        })
    }
}
