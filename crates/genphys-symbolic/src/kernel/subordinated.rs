//! Any other Bernstein exponent: p̂ = exp(−(decay + B(|k|²)) t), B(0) = 0, is the Laplace transform of a positive random
//! time u(t) in λ = |k|² (Bernstein; Schilling, Song, Vondraček, chapter 5), so that z = √(2u) ξ in every dimension.
//!
//! The divergence from the prior, the kernel at the data mean: given u both are Gaussians of one covariance, so by
//! convexity KL ≤ E|y − ȳ|² E[1/(4u)] = (M2/4) ∫₀^∞ e^{−tB(λ)} dλ.

use super::family::{kernel, killed};
use crate::expression::{div, number, pow, substitute};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::derivation::{Kernel, KernelFamily};

/// The variable of the exponent.
const LAMBDA: &str = "lambda";

/// The kernel that a proof of C1 hands over, if the exponent is a Bernstein function.
pub(super) fn find(proof: &Certificate) -> Option<Kernel> {
    let Certificate::LevyExponent { branch: BranchForm::Evolution | BranchForm::HalfSpace, decay, closure } = proof
    else {
        return None;
    };
    // The root is f − f(0) of a Bernstein function f.
    let [inner] = closure.of.as_slice() else { return None };
    if closure.rule != ClosureRule::Shift || inner.class != Class::Bernstein {
        return None;
    }
    let exponent = in_lambda(&closure.function)?;
    let text = genphys_pde::print_expr(&exponent);
    let law = law(closure, &exponent).unwrap_or_else(|| {
        format!("the positive law with E exp(-lambda*u) = exp(-t*({text})), by numerical inversion")
    });
    let stable = stable_index(closure);
    let velocity = match &stable {
        Some((alpha, _)) => format!("z/({alpha}*t)"),
        None => "E[J/p | z] over the law of u(t)".to_string(),
    };
    let mut found = kernel(
        KernelFamily::Subordinated,
        &[("exponent", text), ("decay", decay.clone())],
        [
            velocity,
            killed(decay),
            "z = sqrt(2*u)*xi, u drawn from the subordinator, xi standard normal".into(),
            "the kernel itself at t = T around the data mean (Gaussian scale mixture)".into(),
        ],
    );
    found.subordinator = Some(law);
    found.time_change = stable.as_ref().map(|(alpha, weight)| format!("sigma = ({weight}*t)^(1/{alpha})"));
    found.prior_error = Some(
        "KL <= M2/4*integral over lambda > 0 of exp(-t*exponent); infinite where the exponent is bounded: a share \
         exp(-t*exponent(inf)) of the data has not moved"
            .into(),
    );
    Some(found)
}

/// The exponent as a function of λ = k².
fn in_lambda(function: &str) -> Option<Expr> {
    let parsed = genphys_pde::parse_expression(function).ok()?;
    let root = pow(&crate::expression::name(LAMBDA), &div(&number(1), &number(2)));
    let value = |n: &str| (n == "k").then(|| root.clone());
    let positive =
        |n: &str| (n == LAMBDA).then_some(crate::interval::Interval { lo: 0.0, hi: f64::INFINITY, nonzero: false });
    Some(substitute(&parsed, &value, &positive))
}

/// (α, weight) of weight·|k|^α.
fn stable_index(closure: &Closure) -> Option<(String, String)> {
    let mut node = closure.of.first()?;
    let mut weight = "1".to_string();
    if node.rule == ClosureRule::Scale {
        let base = node.of.first()?;
        weight = node.function.strip_suffix(&format!("*{}", base.function))?.to_string();
        node = base;
    }
    if node.rule != ClosureRule::Power {
        return None;
    }
    let alpha = node.function.strip_prefix("k^").map_or("1".to_string(), str::to_string);
    Some((alpha, weight))
}

/// The law of u(t) where it has a name.
fn law(closure: &Closure, exponent: &Expr) -> Option<String> {
    if let Some((alpha, weight)) = stable_index(closure) {
        return Some(format!("positive ({alpha}/2)-stable with Laplace exponent {weight}*lambda^({alpha}/2) (Kanter)"));
    }
    let text = |e: &Expr| genphys_pde::print_expr(e);
    match &exponent.kind {
        // log(1 + a λ)
        ExprKind::Function { function: ScalarFunction::Log, .. } => {
            Some(format!("Gamma process: shape t, Laplace exponent {}", text(exponent)))
        }
        // 1 − e^{−aλ}
        ExprKind::Sub(one, e)
            if **one == number(1) && matches!(e.kind, ExprKind::Function { function: ScalarFunction::Exp, .. }) =>
        {
            Some("a constant times a Poisson number with mean t: compound Poisson with equal jumps".to_string())
        }
        // λ/(a + λ)
        ExprKind::Div(top, _) if matches!(&top.kind, ExprKind::Symbol(n) if n == LAMBDA) => {
            Some("compound Poisson with exponential jumps".to_string())
        }
        _ => None,
    }
}
