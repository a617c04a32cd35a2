//! "Only if" of a sum of Lévy exponents with weights. The triple of a Lévy exponent is unique (Lévy, Khintchine; Sato,
//! theorem 8.1): if ψ is one, then its Gaussian part is, and so are its jumps Σ c_j (1 − cos(q_j k)) along the line
//! with their atoms at ±q_j, and what is left, the jumps without atoms. Where every weight is that of another one of
//! these, p ≥ 0 only if no weight is negative. A single weight needs no part: c g with g ≥ 0, g ≠ 0, and c < 0 is below
//! 0 somewhere.

use super::least;
use crate::check::Claim;
use crate::check::closure;
use crate::check::prove::{OrOpen, Outcome, Prover};
use crate::check::quadratic;
use crate::exact::fraction::Fraction;
use crate::sign::Relation;
use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::condition::Condition;

/// What shows that p ≥ 0 fails wherever one of the conditions is violated.
pub(in crate::check) fn only_if(claim: &Claim, conditions: &[Condition], certificate: &Certificate) -> Option<String> {
    let Certificate::LevyExponent { branch: BranchForm::Evolution | BranchForm::Clock, closure, .. } = certificate
    else {
        return None;
    };
    let within = |limit: u32| claim.dims.1.is_some_and(|most| most <= limit);
    if conditions.iter().any(|c| !c.is_about_parameters()) || closure.dim.is_some_and(|limit| !within(limit)) {
        return None;
    }
    let mut parts = Vec::new();
    flatten(closure, &mut Vec::new(), &mut parts);
    let mut prover = Prover::new(claim, &[]).ok()?;
    // With coefficients in time p̂ need not be that of a Lévy exponent; one that is negative at all times, or a clock
    // that is negative at one, makes |p̂(k)| > p̂(0).
    let psi = prover.read(&closure.function).ok()?;
    if parts.is_empty() || parts.len() > 1 && prover.depends_on_time(&psi) {
        return None;
    }
    if parts.len() > 1 {
        // All of them are functions of |k|, whose square is written in components elsewhere.
        apart(&mut Prover::radial(claim, &[]).ok()?, &parts)?;
    }
    for part in &parts {
        // The sign of a form is looked at by itself.
        if part.of.rule == ClosureRule::QuadraticForm && part.weights.is_empty() {
            continue;
        }
        closure::step(claim, part.of).ok()?;
        let is_wave = matches!(part.of.of.as_slice(), [of] if of.rule == ClosureRule::Cosine);
        if is_wave {
            let square = closure::frequency(&mut prover, &part.of.of.first()?.function).ok()?;
            prover.positive(&square, "the square of a frequency").ok()?;
        } else if part.of.rule != ClosureRule::Drift && !moves(part.of) {
            let of = prover.read(&part.of.function).ok()?;
            let of = prover.real(&of).ok()?;
            prover.positive(&of, "the part").ok()?;
        }
    }
    let clock = matches!(certificate, Certificate::LevyExponent { branch: BranchForm::Clock, .. });
    let violated = |condition: &Condition| -> Option<bool> {
        let list = [condition.negated()?];
        let mut prover = Prover::new(claim, &list).ok()?;
        Some(parts.iter().any(|part| is_negative(&mut prover, claim, part, clock).is_ok_and(|negative| negative)))
    };
    let all = conditions.iter().map(violated).collect::<Option<Vec<bool>>>()?;
    (!all.is_empty() && all.iter().all(|shown| *shown))
        .then(|| "a part of psi has a negative weight: its Gaussian part, its atoms or its jumps without atoms".into())
}

/// A Lévy exponent with its weights, as functions and what they are multiples of.
struct Part<'a> {
    weights: Vec<(&'a str, &'a str)>,
    of: &'a Closure,
}

fn flatten<'a>(node: &'a Closure, weights: &mut Vec<(&'a str, &'a str)>, parts: &mut Vec<Part<'a>>) {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Sum, list) => list.iter().for_each(|part| flatten(part, weights, parts)),
        (ClosureRule::Scale, [inner]) => {
            weights.push((&node.function, &inner.function));
            flatten(inner, weights, parts);
            weights.pop();
        }
        (ClosureRule::Shift, [inner])
            if inner.function == node.function && matches!(inner.rule, ClosureRule::Sum | ClosureRule::Scale) =>
        {
            flatten(inner, weights, parts);
        }
        _ => parts.push(Part { weights: weights.clone(), of: node }),
    }
}

/// Whether the weight is negative wherever the conditions of the prover hold.
fn is_negative(prover: &mut Prover, claim: &Claim, part: &Part, clock: bool) -> Outcome<bool> {
    if part.of.rule == ClosureRule::QuadraticForm && part.weights.is_empty() {
        return form_is_negative(prover, claim, part.of);
    }
    let mut weight = Fraction::one();
    for (whole, of) in &part.weights {
        let (whole, of) = (prover.read(whole)?, prover.read(of)?);
        let factor = prover.model.algebra.over(&whole, &of).or_open("a weight")?;
        prover.require_free(&factor, "a weight")?;
        let factor = prover.real(&factor)?;
        weight = weight.times(&factor).or_open("a weight")?;
    }
    let weight = weight.negated();
    if prover.proves(&weight, Relation::Positive)? {
        return Ok(true);
    }
    for time in [1, 2].into_iter().filter(|t| clock && claim.pde.time.interval.contains(f64::from(*t))) {
        let now = Fraction::integer(time.into()).into();
        let var = prover.model.algebra.time();
        let there = prover.model.algebra.compose(&weight.clone().into(), var, &now).or_open("a weight")?;
        let there = prover.real(&there)?;
        if prover.proves(&there, Relation::Positive)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A principal minor of one or two rows is negative.
fn form_is_negative(prover: &mut Prover, claim: &Claim, form: &Closure) -> Outcome<bool> {
    let value = prover.read(&form.function)?;
    let value = prover.real(&value)?;
    let mut list = prover.model.algebra.components().to_vec();
    list.truncate(least(claim) as usize);
    let matrix = quadratic::matrix(prover, &value, &list)?;
    for (i, row) in matrix.iter().enumerate() {
        for (j, entry) in row.iter().enumerate().take(i + 1) {
            let minor = if i == j {
                entry.clone()
            } else {
                let product = row[i].times(&matrix[j][j]).or_open("a minor")?;
                product.minus(&entry.times(entry).or_open("a minor")?).or_open("a minor")?
            };
            if prover.proves(&minor.negated(), Relation::Positive)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether the rule alone says that it is not 0: of hyperbolic functions the rate is positive.
fn moves(node: &Closure) -> bool {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Hyperbolic, _) => true,
        (ClosureRule::Shift | ClosureRule::Complement | ClosureRule::Schoenberg, [of]) => moves(of),
        _ => false,
    }
}

/// Every part is one of its own: at most one Gaussian, atoms at different places, at most one without both.
fn apart(prover: &mut Prover, parts: &[Part]) -> Option<()> {
    let (mut gaussian, mut diffuse, mut atoms) = (0, 0, Vec::new());
    for part in parts {
        let node = part.of;
        match (node.rule, node.of.as_slice()) {
            (ClosureRule::Drift, _) => {}
            (ClosureRule::QuadraticForm, _) => gaussian += 1,
            (ClosureRule::Complement, [cosine]) if cosine.rule == ClosureRule::Cosine => {
                atoms.push(closure::frequency(prover, &cosine.function).ok()?);
            }
            _ if is_square(prover, node) => gaussian += 1,
            _ if is_diffuse(prover, node) => diffuse += 1,
            _ => return None,
        }
    }
    for (i, a) in atoms.iter().enumerate() {
        for b in &atoms[..i] {
            prover.sign(&a.minus(b)?, Relation::NonZero, "two frequencies").ok()?;
        }
    }
    (gaussian <= 1 && diffuse <= 1).then_some(())
}

/// |k|².
fn is_square(prover: &mut Prover, node: &Closure) -> bool {
    let inner = if node.rule == ClosureRule::Shift { node.of.first() } else { Some(node) };
    let Some(power) = inner.filter(|inner| inner.rule == ClosureRule::Power) else { return false };
    exponent(prover, power).is_ok_and(|e| e.minus(&Fraction::integer(2)).is_some_and(|rest| rest.is_zero()))
}

fn exponent(prover: &mut Prover, power: &Closure) -> Outcome<Fraction> {
    let value = prover.read(&power.function)?;
    let value = prover.real(&value)?;
    Ok(crate::check::shapes::power_of_k(prover, &value)?.0)
}

/// Jumps without atoms, and no Gaussian part: a Bernstein function of |k|² that is o(|k|²), whose jumps are a mixture
/// of Gaussians, or f(0) − f for the transform f of a law without atoms, but for one at 0.
fn is_diffuse(prover: &mut Prover, node: &Closure) -> bool {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Stable, _) => true,
        (ClosureRule::Complement, [of]) => without_atoms(of),
        (ClosureRule::Shift, [of]) => of.class == Class::Bernstein && is_slow(prover, of),
        _ => node.class == Class::Bernstein && is_slow(prover, node),
    }
}

/// o(λ).
fn is_slow(prover: &mut Prover, node: &Closure) -> bool {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Constant | ClosureRule::Logarithm | ClosureRule::Hyperbolic | ClosureRule::Complement, _) => true,
        (ClosureRule::Power, _) => exponent(prover, node).is_ok_and(|e| {
            let left = Fraction::integer(2).minus(&e);
            left.is_some_and(|left| prover.proves(&left, Relation::Positive) == Ok(true))
        }),
        (ClosureRule::Composition, [outer, inner]) => is_slow(prover, outer) || is_slow(prover, inner),
        (ClosureRule::Shift | ClosureRule::Scale | ClosureRule::Sum, list) => {
            !list.is_empty() && list.iter().all(|part| is_slow(prover, part))
        }
        _ => false,
    }
}

/// The transform of a law without atoms off 0.
fn without_atoms(node: &Closure) -> bool {
    match node.rule {
        _ if node.class == Class::CompletelyMonotone => true,
        ClosureRule::Schoenberg | ClosureRule::Sinc => true,
        ClosureRule::Scale | ClosureRule::Sum => node.of.iter().all(without_atoms),
        // Convolution with a density; a mixture of Gaussians may have an atom at 0.
        ClosureRule::Product => node.of.iter().any(|factor| match (factor.rule, factor.of.as_slice()) {
            (ClosureRule::Sinc, _) => true,
            (ClosureRule::Schoenberg, [of]) => matches!(of.rule, ClosureRule::Exponential | ClosureRule::Reciprocal),
            _ => false,
        }),
        _ => false,
    }
}
