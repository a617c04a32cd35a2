//! C1 of relaxation: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0 with p = φ_t + (b + θψ) φ.
//!
//! In Laplace space p̂ = θ/β + h ∫₀^∞ e^{−uψ} e^{−u g} du with β = 1 + θs, g = (s² + b s + d)/β. Where the pole of g
//! lies between its zeros e^{−ug} and h are completely monotone in s up to a shift, so that p is a point at rest and a
//! mixture of the laws with transform e^{−uψ}.

use super::branch::{constant_coefficients, density_is, not_zero};
use super::closure::proof;
use super::prove::{LONG, OrOpen, Outcome, Prover, wrong};
use super::{Claim, quadratic};
use crate::exact::fraction::{Complex, Fraction};
use crate::sign::Relation;
use genphys_pde::certificate::{Class, Closure};
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;
use num_rational::BigRational;

/// The form is that of the equation, θ > 0, ψ is a Lévy exponent, and 1 − bθ + dθ² ≤ 0, or in N = 1 for ψ = c k² the
/// zeros of s² + bs + d lie in [−1/θ, 0].
pub(super) fn check(
    claim: &Claim,
    conditions: &[Condition],
    form: [&String; 3],
    closure: &Closure,
) -> Outcome<Vec<&'static str>> {
    if closure.class != Class::LevyExponent {
        return wrong("the proof ends in another class than that of Levy exponents");
    }
    matches(claim, conditions, form, closure)?;
    proof(claim, conditions, closure)?;
    Ok(vec![
        "the form is relaxation, a mixture over u of exp(-u psi)",
        "every step of the closure proof follows by its rule",
    ])
}

fn matches(claim: &Claim, conditions: &[Condition], form: [&String; 3], closure: &Closure) -> Outcome {
    if claim.problem != Problem::Evolution {
        return wrong("relaxation is an evolution equation");
    }
    let mut prover = Prover::new(claim, conditions)?;
    let mut values = Vec::new();
    for text in form {
        values.push(prover.read_constant(text, true)?);
    }
    let [b, d, theta] = &values[..] else { return wrong("a coefficient is missing") };
    let psi = prover.read(&closure.function)?;
    let symbol = prover.symbol()?;
    let [a0, a1, a2] = &symbol.a[..] else { return wrong("the equation is not of second order in time") };
    constant_coefficients(&mut prover, &symbol)?;
    not_zero(&mut prover, a2, "the leading coefficient")?;
    let rest = psi.plus(&d.clone().into()).or_open(LONG)?;
    let damping = psi.scaled(theta).and_then(|x| x.plus(&b.clone().into())).or_open(LONG)?;
    for (found, expected) in [(a0, &rest), (a1, &damping)] {
        let expected = prover.model.algebra.times(expected, a2).or_open(LONG)?;
        prover.same(found, &expected, "the form is not that of the equation")?;
    }
    density_is(&mut prover, &[damping, Complex::one()])?;
    prover.positive(theta, "theta")?;
    let product = b.times(theta).or_open(LONG)?;
    let at_pole = Fraction::one().minus(&product).and_then(|x| x.plus(&d.times(theta)?.times(theta)?)).or_open(LONG)?;
    if prover.proves(&at_pole.negated(), Relation::NonNegative)? {
        return Ok(());
    }
    if claim.dims.1 != Some(1) {
        return prover
            .non_negative(&at_pole.negated(), "the pole of (s^2 + b s + d)/(1 + theta s) is not between its zeros");
    }
    // Where the pole does not interlace.
    prover.assume_positive(&at_pole)?;
    let what = "the zeros of s^2 + b s + d do not lie in [-1/theta, 0]";
    let four = BigRational::from_integer(4.into());
    let spread = b.times(b).and_then(|x| x.minus(&d.scaled(&four))).or_open(LONG)?;
    let vertex = Fraction::integer(2).minus(&product).or_open(LONG)?;
    for value in [b, d, &spread, &vertex] {
        prover.non_negative(value, what)?;
    }
    quadratic::form(&mut prover, &psi)
}
