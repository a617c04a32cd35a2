//! C1 by Kac's persistent random walk: a φ_tt + b φ_t − c ∇²φ + e φ_x + d φ = 0 with p = a φ_t + b φ.

use super::Claim;
use super::branch::{constant_coefficients, density_is};
use super::prove::{LONG, OrOpen, Outcome, Prover, parse, wrong};
use crate::exact::fraction::{Complex, Fraction};
use crate::sign::Relation;
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;
use num_rational::BigRational;

/// In N = 1 with a > 0, c ≥ 0, b ≥ 0, c (b² − 4ad) ≥ a e² (b² ≥ 4ad where e = 0); with c = 0, where nothing moves, in
/// every N, and d ≤ 0 may stand in for b ≥ 0; along one coordinate x_j in every N.
pub(super) fn check(claim: &Claim, conditions: &[Condition], form: [&String; 5], axis: Option<usize>) -> Outcome {
    if claim.problem != Problem::Evolution {
        return wrong("a walk is an evolution equation");
    }
    let mut prover = Prover::new(claim, conditions)?;
    let mut values = Vec::new();
    for text in form {
        parse(text)?;
        values.push(prover.read_constant(text, true)?);
    }
    let [a, b, c, d, e] = &values[..] else { return wrong("a coefficient is missing") };
    let symbol = prover.symbol()?;
    let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
    constant_coefficients(&mut prover, &symbol)?;
    // The coefficients are those of the form times a_2/a, which is free of k.
    let along = coordinate(&prover, axis)?;
    let square = along.times(&along).or_open(LONG)?;
    let rest =
        Complex { re: c.times(&square).and_then(|x| x.plus(d)).or_open(LONG)?, im: e.times(&along).or_open(LONG)? };
    let lead: Complex = a.clone().into();
    let scale = prover.model.algebra.over(a2, &lead).or_open(LONG)?;
    prover.require_free(&scale, "the leading coefficient")?;
    super::branch::not_zero(&mut prover, &scale, "the leading coefficient")?;
    for (found, expected) in [(a0, rest), (a1, b.clone().into())] {
        let expected = prover.model.algebra.times(&expected, &scale).or_open(LONG)?;
        prover.same(found, &expected, "the form is not that of the equation")?;
    }
    density_is(&mut prover, &[b.clone().into(), a.clone().into()])?;
    prover.non_negative(c, "c")?;
    let still = c.is_zero();
    let damped = (b.clone(), Relation::NonNegative);
    if still {
        prover.any(&[damped, (d.negated(), Relation::NonNegative)], "b or minus d")?;
    } else {
        prover.sign(b, Relation::NonNegative, "b")?;
    }
    // Where a = 0 it is diffusion with a drift, which needs no more in any N.
    prover.non_negative(a, "a")?;
    prover.any(&[(a.clone(), Relation::Positive), (b.clone(), Relation::Positive)], "a or b")?;
    let diffusion = prover.proves(a, Relation::Zero)?;
    let four = BigRational::from_integer(4.into());
    let spread = b.times(b).and_then(|x| x.minus(&a.times(d)?.scaled(&four))).or_open(LONG)?;
    if e.is_zero() {
        prover.non_negative(&spread, "b^2 - 4 a d")?;
    } else {
        let left = c.times(&spread).and_then(|x| x.minus(&a.times(e)?.times(e)?)).or_open(LONG)?;
        prover.non_negative(&left, "c (b^2 - 4 a d) - a e^2")?;
    }
    if still && e.is_zero() || diffusion || axis.is_some() || claim.dims.1 == Some(1) {
        Ok(())
    } else {
        wrong("the walk is one in N = 1, which is no condition")
    }
}

/// The component of k along which it walks; |k| where there are none.
fn coordinate(prover: &Prover, axis: Option<usize>) -> Outcome<Fraction> {
    let algebra = &prover.model.algebra;
    match (algebra.components(), axis) {
        ([], None) => Ok(Fraction::var(algebra.k())),
        (list, axis) => match list.get(axis.unwrap_or(1).wrapping_sub(1)) {
            Some(v) => Ok(Fraction::var(*v)),
            None => wrong("there is no such coordinate"),
        },
    }
}
