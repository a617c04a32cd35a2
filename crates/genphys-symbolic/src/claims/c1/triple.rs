//! Sums of Lévy exponents with weights: the triple of a Lévy exponent is unique (Lévy, Khintchine; Sato, theorem 8.1),
//! so that its Gaussian part, its jumps Σ c_j (1 − cos(q_j k)) with atoms in N = 1, and its jumps without atoms are
//! Lévy exponents themselves. Where every weight is that of another one of these parts, none of them may be negative.

use super::bernstein::single_multiplier;
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{K1, Poly, RADIAL};
use crate::equation::linear::Equation;
use crate::trees::expression::Term;
use genphys_pde::ast::{ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};

enum Kind {
    /// The square of the frequency as a quotient.
    Atoms(Poly, Poly),
    Diffuse,
}

/// Whether the terms of Re ψ are parts of their own: a quadratic form, jumps to different places, and one with jumps
/// without atoms.
pub(super) fn apart(eq: &Equation, re: &Poly) -> bool {
    let wave = eq.ring.wave_variables();
    let square = 2 * eq.ring.root;
    let (mut diffuse, mut atoms) = (0, Vec::new());
    for (key, _) in monomials(re, &eq.ring) {
        let of = |i: usize| wave.iter().zip(&key).filter(|(j, _)| **j == i).map(|(_, e)| u32::from(*e)).sum::<u32>();
        let components: u32 = (0..eq.ring.components as usize).map(|j| of(K1 + j)).sum();
        let occurring = wave.iter().zip(&key).filter(|(_, e)| **e > 0).count();
        let radial = of(RADIAL);
        let in_components = (0..eq.ring.components as usize).filter(|j| of(K1 + j) > 0).count();
        match (occurring, radial) {
            (0, _) => {}
            (1, e) if e == square => {}
            (1, e) if e > 0 && e < square => diffuse += 1,
            (n, 0) if n == in_components && components == 2 => {}
            _ => match single_multiplier(eq, &key).flatten().and_then(|proof| kind(eq, &proof.closure)) {
                Some(Kind::Diffuse) => diffuse += 1,
                Some(Kind::Atoms(num, den)) => atoms.push((num, den)),
                None => return false,
            },
        }
    }
    let same = |(a, b): &(Poly, Poly), (c, d): &(Poly, Poly)| {
        Formula::zero(&(&(a * d) - &(c * b))).simplify(&eq.oracle) != Formula::False
    };
    let separate = atoms.iter().enumerate().all(|(i, a)| atoms[..i].iter().all(|b| !same(a, b)));
    diffuse <= 1 && separate
}

fn kind(eq: &Equation, node: &Closure) -> Option<Kind> {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Scale, [inner]) => kind(eq, inner),
        (ClosureRule::Shift, [inner]) => (inner.class == Class::Bernstein && is_slow(inner)).then_some(Kind::Diffuse),
        (ClosureRule::Complement, [cosine]) if cosine.rule == ClosureRule::Cosine => {
            let function = genphys_pde::parse_expression(&cosine.function).ok()?;
            let ExprKind::Function { function: ScalarFunction::Cos, argument } = &function.kind else { return None };
            let (num, den) =
                crate::equation::symbol::scalar_in(eq.pde, &eq.fixed, &eq.ring, &Term::of(argument)?.coefficient)?;
            Some(Kind::Atoms(&num * &num, &den * &den))
        }
        (ClosureRule::Complement, [of]) => without_atoms(of).then_some(Kind::Diffuse),
        _ => None,
    }
}

/// o(λ) for short waves: no Gaussian part.
fn is_slow(node: &Closure) -> bool {
    match (node.rule, node.of.as_slice()) {
        (ClosureRule::Constant | ClosureRule::Logarithm | ClosureRule::Hyperbolic | ClosureRule::Complement, _) => true,
        (ClosureRule::Power, _) => {
            let exponent = node.function.strip_prefix("k^").unwrap_or("1");
            let value =
                genphys_pde::parse_expression(exponent).ok().and_then(|e| crate::trees::exponents::constant_value(&e));
            value.is_some_and(|e| e < 2)
        }
        (ClosureRule::Composition, [outer, inner]) => is_slow(outer) || is_slow(inner),
        (ClosureRule::Shift | ClosureRule::Scale | ClosureRule::Sum, list) => {
            !list.is_empty() && list.iter().all(is_slow)
        }
        _ => false,
    }
}

/// The transform of a law without atoms off 0: mixtures of Gaussians, and what is convolved with a density.
fn without_atoms(node: &Closure) -> bool {
    match node.rule {
        _ if node.class == Class::CompletelyMonotone => true,
        ClosureRule::Schoenberg | ClosureRule::Sinc => true,
        ClosureRule::Scale | ClosureRule::Sum => node.of.iter().all(without_atoms),
        ClosureRule::Product => node.of.iter().any(|factor| match (factor.rule, factor.of.as_slice()) {
            (ClosureRule::Sinc, _) => true,
            (ClosureRule::Schoenberg, [of]) => matches!(of.rule, ClosureRule::Exponential | ClosureRule::Reciprocal),
            _ => false,
        }),
        _ => false,
    }
}
