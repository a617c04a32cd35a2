//! Powers of |k|, recognised by their logarithmic slope.

use super::prove::{LONG, OrOpen, Outcome, Prover};
use crate::exact::fraction::Fraction;
use num_rational::BigRational;

pub(super) fn half() -> BigRational {
    BigRational::new(1.into(), 2.into())
}

/// f = c k^a with c ≥ 0: the exponent and c.
pub(super) fn power_of_k(prover: &mut Prover, f: &Fraction) -> Outcome<(Fraction, Fraction)> {
    let slope = by_k(prover, f)?;
    let k = Fraction::var(prover.model.algebra.k());
    let exponent = slope.times(&k).and_then(|s| s.over(f)).or_open(LONG)?;
    let exponent = prover.model.algebra.reduced(&exponent).or_open(LONG)?;
    prover.require_free(&exponent.clone().into(), "the exponent")?;
    let base = prover.model.algebra.power(&k.into(), &exponent).or_open(LONG)?;
    let factor = prover.model.algebra.over(&f.clone().into(), &base).or_open(LONG)?;
    prover.require_free(&factor, "the factor")?;
    prover.non_negative(&factor.re, "the factor")?;
    Ok((exponent, factor.re))
}

/// df/d|k|.
pub(super) fn by_k(prover: &mut Prover, f: &Fraction) -> Outcome<Fraction> {
    let k = prover.model.algebra.k();
    prover.model.algebra.derivative(f, k).or_open(LONG)
}
