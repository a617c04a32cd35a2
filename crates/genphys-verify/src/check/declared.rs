//! C1 for a declared density p = P(∂_t) φ of D(∂_t) φ = 0, D of order m in t: where (s + η) P(s) = D(s) − D(−η) up to a
//! factor that is free of k and s, s = σ − η turns P/D into the Laplace transform of the density derived from D̃(σ) =
//! D(σ − η), so that p̂(k, t) = e^{−η(k) t} p̃(k, t). A product of positive-definite functions is one (Schur): η is a
//! Lévy exponent up to a real constant, and D̃ has a certificate of C1 for its own density.

use super::branch::{constant_coefficients, densities, not_zero};
use super::closure::proof;
use super::prove::{LONG, OrOpen, Outcome, Prover, Stop, open, wrong};
use super::{Claim, relaxation, telegraph};
use crate::exact::fraction::Complex;
use genphys_pde::certificate::{Certificate, Class, Closure};
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;

/// η, its value at k = 0, the proof for the rest, the coefficients of D̃, and the certificate for D̃.
pub(super) struct Declared<'a> {
    pub(super) eta: &'a str,
    pub(super) decay: &'a str,
    pub(super) closure: Option<&'a Closure>,
    pub(super) coefficients: &'a [String],
    pub(super) inner: &'a Certificate,
}

pub(super) fn check(claim: &Claim, conditions: &[Condition], form: &Declared) -> Outcome<Vec<&'static str>> {
    if claim.problem != Problem::Evolution || claim.shift.is_some() {
        return wrong("the declared density is one of an evolution equation");
    }
    eta(claim, conditions, form)?;
    factor(claim, conditions, form)?;
    // The symbol in σ, with the density that is derived from it.
    let shifted = Claim { shift: Some(form.eta), ..*claim };
    coefficients(&shifted, conditions, form)?;
    let inner = match form.inner {
        Certificate::Telegraph { a, b, c, d, drift, axis } => {
            let zero = "0".to_string();
            let form = [a, b, c, d, drift.as_ref().unwrap_or(&zero)];
            telegraph::check(&shifted, conditions, form, axis.map(|j| j as usize))
        }
        Certificate::Relaxation { b, d, theta, closure } => {
            relaxation::check(&shifted, conditions, [b, d, theta], closure).map(|_| ())
        }
        _ => open("the equation in s + eta has a certificate that is not looked at here"),
    };
    inner.map_err(|stop: Stop| stop.at("the equation in s + eta"))?;
    Ok(vec![
        "(s + eta) P(s) = D(s) - D(-eta), so that p-hat is exp(-eta t) times that of the equation in s + eta",
        "eta is a Levy exponent up to a constant, and the equation in s + eta has a density p >= 0 of its own",
    ])
}

/// η − η(0) is a Lévy exponent.
fn eta(claim: &Claim, conditions: &[Condition], form: &Declared) -> Outcome {
    let mut prover = Prover::new(claim, conditions)?;
    let eta = prover.read(form.eta)?;
    let mut sum: Complex = prover.read_constant(form.decay, true)?.into();
    if let Some(closure) = form.closure {
        if closure.class != Class::LevyExponent {
            return wrong("the proof ends in another class than that of Levy exponents");
        }
        let rest = prover.read(&closure.function)?;
        sum = sum.plus(&rest).or_open(LONG)?;
    }
    if prover.depends_on_time(&eta) {
        return wrong("eta depends on the time");
    }
    prover.same(&eta, &sum, "eta is another function")?;
    form.closure.map_or(Ok(()), |closure| proof(claim, conditions, closure))
}

/// a_j = f (P_{j−1} + η P_j) for j = 1 … m with f free of k: then D − f (s + η) P does not depend on s, and is D(−η).
fn factor(claim: &Claim, conditions: &[Condition], form: &Declared) -> Outcome {
    let mut prover = Prover::new(claim, conditions)?;
    let symbol = prover.symbol()?;
    constant_coefficients(&mut prover, &symbol)?;
    let lead = symbol.a.last().or_open(LONG)?.clone();
    not_zero(&mut prover, &lead, "the leading coefficient")?;
    let order = symbol.a.len() - 1;
    let eta = prover.read(form.eta)?;
    let text = "(s + eta) P(s) is not D(s) - D(-eta) up to a factor";
    let list = densities(&mut prover)?;
    if list.is_empty() || order < 2 {
        return wrong("there is no declared density");
    }
    for density in list {
        if density.a.len() != order || !density.drift.is_zero() {
            return wrong(text);
        }
        let top = density.a.last().or_open(LONG)?;
        let f = prover.model.algebra.over(&lead, top).or_open(LONG)?;
        prover.require_free(&f, text)?;
        if prover.depends_on_time(&f) {
            return wrong(text);
        }
        not_zero(&mut prover, top, "the leading coefficient of the density")?;
        not_zero(&mut prover, &f, "the factor")?;
        for j in 1..=order {
            let above = density.a.get(j).cloned().unwrap_or_else(Complex::zero);
            let algebra = &prover.model.algebra;
            let moved = algebra.times(&eta, &above).and_then(|x| x.plus(&density.a[j - 1])).or_open(LONG)?;
            let expected = algebra.times(&f, &moved).or_open(LONG)?;
            prover.same(&symbol.a[j], &expected, text)?;
        }
    }
    Ok(())
}

/// The stated coefficients are those of D̃ up to a factor that is free of k.
fn coefficients(shifted: &Claim, conditions: &[Condition], form: &Declared) -> Outcome {
    let mut prover = Prover::new(shifted, conditions)?;
    let symbol = prover.symbol()?;
    let text = "the coefficients are not those of the equation in s + eta";
    if symbol.a.len() != form.coefficients.len() {
        return wrong(text);
    }
    let mut stated = Vec::new();
    for coefficient in form.coefficients {
        stated.push(prover.read(coefficient)?);
    }
    let (lead, top) = (symbol.a.last().or_open(LONG)?, stated.last().or_open(LONG)?);
    let f = prover.model.algebra.over(top, lead).or_open(LONG)?;
    prover.require_free(&f, text)?;
    for (found, stated) in symbol.a.iter().zip(&stated) {
        let expected = prover.model.algebra.times(found, &f).or_open(LONG)?;
        prover.same(stated, &expected, text)?;
    }
    Ok(())
}
