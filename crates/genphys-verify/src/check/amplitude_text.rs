//! The printed amplitude of a wave, e^{−E}: E changes as the equation says, in coordinates that move with linear drift,
//! and is 0 at the start of the time.

use super::branch::integrated_drift;
use super::closure::add;
use super::prove::{LONG, OrOpen, Outcome, Prover, open, parse, wrong};
use super::rate::{at_rest, in_moving_coordinates};
use super::{Claim, Report};
use crate::exact::fraction::{Complex, Fraction};
use genphys_pde::ast::{ExprKind, ScalarFunction};
use genphys_pde::certificate::Certificate;

pub(super) fn check(claim: &Claim, text: &str, report: &mut Report) {
    add(report, "amplitude", is_amplitude(claim, text), "it solves the equation, and starts at 1");
}

fn is_amplitude(claim: &Claim, text: &str) -> Outcome {
    if !claim.pde.nonlinear.is_empty() {
        return open("the equation is not linear");
    }
    let mut prover = Prover::new(claim, &[])?;
    let expr = parse(text)?;
    let ExprKind::Function { function: ScalarFunction::Exp, argument } = &expr.kind else {
        return wrong("an amplitude is an exponential");
    };
    let minus_e = prover.scalar(argument, &[])?;
    let minus_e = prover.real(&minus_e)?;
    let (rate, theta) = at_rest(&mut prover.model).or_open("the equation is not of first order in time")?;
    let rate = if theta.is_zero() {
        rate
    } else {
        let scale = drift(&mut prover, &theta)?;
        in_moving_coordinates(&mut prover.model, &rate, &scale).or_open(LONG)?
    };
    let time = prover.model.algebra.time();
    let change = prover.model.algebra.derivative(&minus_e, time).or_open(LONG)?;
    prover.same(&change.negated().into(), &rate.into(), "the amplitude does not change as the equation says")?;
    prover.starts_from(&minus_e.into(), &Complex::zero(), "the exponent of the amplitude")
}

/// Θ = ∫θ from the start: of a polynomial, or as the certificate of C2 has it.
fn drift(prover: &mut Prover, theta: &Fraction) -> Outcome<Fraction> {
    let symbol = prover.symbol()?;
    if let Ok(minus_scale) = integrated_drift(prover, &symbol) {
        return Ok(minus_scale.negated());
    }
    let claim = prover.model.claim;
    let Some(Certificate::Amplitude { scale: Some(text), .. }) = &claim.derivation.c2.certificate else {
        return open("the drift is not integrated");
    };
    let scale = prover.read_constant(text, false)?;
    let time = prover.model.algebra.time();
    let change = prover.model.algebra.derivative(&scale, time).or_open(LONG)?;
    prover.same(&change.into(), &theta.clone().into(), "the scale is not that of the drift")?;
    prover.starts_from(&scale.clone().into(), &Complex::zero(), "the scale")?;
    Ok(scale)
}
