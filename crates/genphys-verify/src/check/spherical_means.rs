//! C1 of φ_tt + (D − 1)/t φ_t + (c |k|² − μ) φ = 0 from t = 0 in N ≤ 2 − D, p = t^{D−1} φ_t: p̂ is a mixture of means
//! over spheres (Schoenberg; Sonine's integral for the Bessel function of order −D/2 ≥ N/2 − 1).

use super::Claim;
use super::branch::{bessel, bessel_density};
use super::prove::{LONG, OrOpen, Outcome, Prover, wrong};
use crate::exact::fraction::Fraction;
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;

/// The form is that of the equation, c > 0, μ ≥ 0, and N ≤ 2 − D for every N of the claim.
pub(super) fn check(claim: &Claim, conditions: &[Condition], form: [&String; 3]) -> Outcome {
    let Some(largest) = claim.dims.1 else {
        return wrong("no form of this kind is one in every dimension");
    };
    if claim.problem != Problem::Evolution {
        return wrong("means over spheres are of an evolution equation");
    }
    let mut prover = Prover::new(claim, conditions)?;
    let mut values = Vec::new();
    for text in form {
        values.push(prover.read_constant(text, true)?);
    }
    let [d, c, growth] = &values[..] else { return wrong("a coefficient is missing") };
    let symbol = prover.symbol()?;
    let (found, psi) = bessel(&mut prover, &symbol)?;
    prover.same(&found.into(), &d.clone().into(), "D is another number")?;
    let k = Fraction::var(prover.model.algebra.k());
    let expected = k.times(&k).and_then(|x| growth.minus(&x.times(c)?)).or_open(LONG)?;
    prover.same(&psi, &expected.into(), "the form is not that of the equation")?;
    bessel_density(&mut prover, d)?;
    prover.positive(c, "c")?;
    prover.non_negative(growth, "the growth")?;
    let left = Fraction::integer(2 - i64::from(largest)).minus(d).or_open(LONG)?;
    prover.non_negative(&left, "2 - D - N")
}
