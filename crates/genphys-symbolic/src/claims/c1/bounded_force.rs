//! A restoring force that is bounded: E(s) + B(s) ψ(k) with ψ = C (1 − J(k)), C > 0 and a positive-definite J, J(0) = 1
//! (compound Poisson). With F = E + C B the Laplace transform of p̂ in t is a power series in J,
//!
//!   (F − F₀)/(s F) + C Σ_{n≥1} Jⁿ (C B)^{n−1} (B₀ F − F₀ B)/(s F^{n+1}),
//!
//! and p ≥ 0 if (F − F₀)/(sF), B/F and (B₀F − F₀B)/(sF²) are Laplace transforms of measures on t ≥ 0 that are nowhere
//! negative. If J → 0 for short waves, the first is the mass of the point at the source (Wiener), so that its sign is
//! necessary.

use super::jumps::jumps;
use super::{in_time, memory};
use crate::algebra::formula::Formula;
use crate::algebra::ring::{CPoly, Meaning, Poly};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use crate::trees::bernstein::Prover;
use genphys_pde::certificate::{Certificate, Closure};
use symbolica::domains::rational::Rational;

pub(super) const RULE: &str = "bounded-force";

const BECAUSE: &str = "the restoring force C (1 - J) psi is bounded, and p-hat is a power series in the positive-definite J whose \
                       coefficients are never negative";

struct Form {
    memory: memory::Form,
    /// C.
    bound: Rational,
    /// That J C is positive definite.
    jumps: Closure,
}

fn form(eq: &Equation, a: &[CPoly]) -> Option<Form> {
    let memory = memory::form(eq, a)?;
    let index = (0..eq.ring.meanings.len()).find(|i| memory.psi.degree(*i) > 0)?;
    if eq.ring.variable(index) != memory.psi {
        return None;
    }
    let Meaning::Multiplier { proof, .. } = &eq.ring.meanings[index] else { return None };
    let jumps = jumps(&proof.as_ref()?.closure)?;
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let at_zero = Prover { names: &names }.at_zero(&genphys_pde::parse_expression(&jumps.function).ok()?);
    let bound = crate::trees::exponents::constant_value(&at_zero).filter(|c| !c.is_negative() && !c.is_zero())?;
    Some(Form { memory, bound, jumps })
}

/// `necessary` holds wherever p ≥ 0, by other rules.
pub(super) fn decide(eq: &Equation, a: &[CPoly], necessary: &Formula) -> Option<C1> {
    let form = form(eq, a)?;
    let Parts { at_rest, others } = parts(&form)?;
    let F { full, .. } = F::of(&form);
    if !eq.oracle.signs(full.last()?).always_positive() {
        return None;
    }
    let sufficient = Formula::all([at_rest.sufficient, others]).simplify(&eq.oracle);
    let fades = crate::equation::asymptotics::fades(eq, &genphys_pde::parse_expression(&form.jumps.function).ok()?);
    let needed = if fades { at_rest.necessary } else { Formula::True };
    let needed = Formula::all([necessary.clone(), needed]).simplify(&eq.oracle);
    let open = "a bounded restoring force, between what suffices and what is necessary";
    let formula = match sufficient {
        Formula::True => Formula::True,
        sufficient if crate::algebra::implication::implies(&needed, &sufficient) => needed,
        sufficient => Formula::any([sufficient, Formula::all([needed, Formula::Unknown(open.into())])]),
    };
    let formula = formula.simplify(&eq.oracle);
    let because = if formula == Formula::False { super::atom::BECAUSE } else { BECAUSE };
    Some(C1::new(RULE, formula, because))
}

/// F and C B.
struct F {
    full: Vec<Poly>,
    force: Vec<Poly>,
}

impl F {
    fn of(form: &Form) -> Self {
        let memory::Form { rest, factor, .. } = &form.memory;
        let force: Vec<Poly> = factor.iter().map(|p| p.clone().mul_coeff(form.bound.clone())).collect();
        let zero = form.memory.psi.zero();
        let part = |list: &[Poly], i: usize| list.get(i).unwrap_or(&zero).clone();
        let full = (0..rest.len().max(force.len())).map(|i| &part(rest, i) + &part(&force, i)).collect();
        Self { full, force }
    }
}

struct Parts {
    at_rest: in_time::Sign,
    /// Of the higher powers of J.
    others: Formula,
}

fn parts(form: &Form) -> Option<Parts> {
    let F { full, force } = F::of(form);
    let over_s = |list: &[Poly]| list.get(1..).unwrap_or_default().to_vec();
    let at_rest = in_time::sign(&over_s(&full), &full, 1)?;
    let next = in_time::sign(&force, &full, 1)?;
    let zero = form.memory.psi.zero();
    let (f0, b0) = (full.first()?, force.first()?);
    let mixed: Vec<Poly> =
        full.iter().enumerate().map(|(i, f)| &(f * b0) - &(f0 * force.get(i).unwrap_or(&zero))).collect();
    let mixed = in_time::sign(&over_s(&mixed), &full, 2)?;
    Some(Parts { at_rest, others: Formula::all([next.sufficient, mixed.sufficient]) })
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let form = form(eq, &eq.a)?;
    let in_s = |list: &[Poly]| crate::algebra::print::in_s(&eq.ring, list);
    Some(Certificate::BoundedForce {
        rest: in_s(&form.memory.rest),
        factor: in_s(&form.memory.factor),
        bound: crate::algebra::print::number(&form.bound),
        jumps: form.jumps,
    })
}
