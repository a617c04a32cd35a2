//! Any other Bernstein exponent: p̂ = exp(−(decay + B(|k|²)) t), B(0) = 0, is the Laplace transform of a positive
//! random time u(t) in λ = |k|² (Bernstein; Schilling, Song, Vondraček, chapter 5), so that z = √(2u) ξ in every
//! dimension.
//!
//! The divergence from the prior, the kernel at the data mean: given u both are Gaussians of one covariance, so by
//! convexity KL ≤ E|y − ȳ|² E[1/(4u)] = (M2/4) ∫₀^∞ e^{−tB(λ)} dλ.

use super::family::{Found, poisson};
use crate::equation::linear::Equation;
use crate::trees::expression::{div, mentions, mul, number, pow, substitute};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{BranchForm, Certificate, Class, ClosureRule};
use genphys_pde::derivation::{KernelFamily, exponent_variable};

/// The kernel that a proof of C1 hands over, if the exponent is a Bernstein function.
pub(super) fn find(eq: &Equation, proof: &Certificate) -> Option<Found> {
    let Certificate::LevyExponent { branch: BranchForm::Evolution | BranchForm::HalfSpace, decay, closure } = proof
    else {
        return None;
    };
    // The root is f − f(0) of a Bernstein function f.
    let [inner] = closure.of.as_slice() else { return None };
    if closure.rule != ClosureRule::Shift || inner.class != Class::Bernstein {
        return None;
    }
    of_function(eq, &genphys_pde::parse_expression(&closure.function).ok()?, decay)
}

/// The kernel of exp(−(decay + B(|k|)) t) with B in k, a Bernstein function of |k|² with B(0) = 0.
pub(super) fn of_function(eq: &Equation, function: &Expr, decay: &str) -> Option<Found> {
    let lambda = exponent_variable(eq.pde.params.iter().map(|param| param.name.as_str()));
    if let Some((index, rate)) = power_of_k(function) {
        let text = genphys_pde::print_expr;
        return Some(match text(&index).as_str() {
            "1" => poisson(text(&rate), decay.to_string()),
            index => stable(text(&rate), index.to_string(), decay),
        });
    }
    let exponent = genphys_pde::print_expr(&in_lambda(function, &lambda)?);
    Some(Found::new(KernelFamily::Subordinated, [("exponent", exponent), ("decay", decay.to_string())]))
}

/// rate·|k|^index, index ≠ 1: the law keeps its shape, and only its scale depends on the time.
fn stable(rate: String, index: String, decay: &str) -> Found {
    Found::new(KernelFamily::Stable, [("rate", rate), ("index", index), ("decay", decay.to_string())])
}

/// The exponent as a function of λ = k².
fn in_lambda(function: &Expr, lambda: &str) -> Option<Expr> {
    let root = pow(&crate::trees::expression::name(lambda), &div(&number(1), &number(2)));
    let value = |n: &str| (n == "k").then(|| root.clone());
    let positive = |n: &str| {
        (n == lambda).then_some(crate::trees::interval::Interval { lo: 0.0, hi: f64::INFINITY, nonzero: false })
    };
    Some(substitute(function, &value, &positive))
}

/// (α, weight) of weight·k^α.
fn power_of_k(function: &Expr) -> Option<(Expr, Expr)> {
    let is_k = |e: &Expr| matches!(&e.kind, ExprKind::Symbol(name) if name == "k");
    match &function.kind {
        ExprKind::Symbol(_) if is_k(function) => Some((number(1), number(1))),
        ExprKind::Pow(base, index) if is_k(base) && !mentions(index, "k") => Some(((**index).clone(), number(1))),
        ExprKind::Mul(a, b) if !mentions(a, "k") => power_of_k(b).map(|(index, weight)| (index, mul(a, &weight))),
        ExprKind::Mul(a, b) if !mentions(b, "k") => power_of_k(a).map(|(index, weight)| (index, mul(&weight, b))),
        ExprKind::Div(a, b) if !mentions(b, "k") => power_of_k(a).map(|(index, weight)| (index, div(&weight, b))),
        ExprKind::Function { function: ScalarFunction::Sqrt, argument } => {
            let (index, weight) = power_of_k(argument)?;
            let half = div(&number(1), &number(2));
            let root = if weight == number(1) { weight } else { pow(&weight, &half) };
            Some((div(&index, &number(2)), root))
        }
        _ => None,
    }
}
