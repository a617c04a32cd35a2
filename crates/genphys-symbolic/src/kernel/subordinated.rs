//! Any other Bernstein exponent: p̂ = exp(−(decay + B(|k|²)) t), B(0) = 0, is the Laplace transform of a positive random
//! time u(t) in λ = |k|² (Bernstein; Schilling, Song, Vondraček, chapter 5), so that z = √(2u) ξ in every dimension.
//!
//! The divergence from the prior, the kernel at the data mean: given u both are Gaussians of one covariance, so by
//! convexity KL ≤ E|y − ȳ|² E[1/(4u)] = (M2/4) ∫₀^∞ e^{−tB(λ)} dλ.

use super::family::{kernel, killed, poisson, times};
use crate::equation::Equation;
use crate::expression::{div, mentions, mul, number, pow, substitute};
use crate::print;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{BranchForm, Certificate, Class, ClosureRule};
use genphys_pde::derivation::{Kernel, KernelFamily, exponent_variable};

/// The kernel that a proof of C1 hands over, if the exponent is a Bernstein function.
pub(super) fn find(eq: &Equation, proof: &Certificate) -> Option<Kernel> {
    let Certificate::LevyExponent { branch: BranchForm::Evolution | BranchForm::HalfSpace, decay, closure } = proof
    else {
        return None;
    };
    // The root is f − f(0) of a Bernstein function f.
    let [inner] = closure.of.as_slice() else { return None };
    if closure.rule != ClosureRule::Shift || inner.class != Class::Bernstein {
        return None;
    }
    of_text(eq, &closure.function, decay)
}

/// The kernel of exp(−(decay + B(|k|)) t) with B as text in k, a Bernstein function of |k|² with B(0) = 0.
pub(super) fn of_text(eq: &Equation, function: &str, decay: &str) -> Option<Kernel> {
    let lambda = exponent_variable(eq.pde.params.iter().map(|param| param.name.as_str()));
    let parsed = genphys_pde::parse_expression(function).ok()?;
    if let Some((index, rate)) = power_of_k(&parsed) {
        let text = genphys_pde::print_expr;
        return Some(match text(&index).as_str() {
            "1" => poisson(text(&rate), decay.to_string()),
            index => stable(text(&rate), index.to_string(), decay, &lambda),
        });
    }
    let exponent = in_lambda(&parsed, &lambda)?;
    let text = genphys_pde::print_expr(&exponent);
    let law = law(&exponent, &lambda).unwrap_or_else(|| {
        format!("the positive law with E exp(-{lambda}*u) = exp(-t*({text})), by numerical inversion")
    });
    let mut found = kernel(
        KernelFamily::Subordinated,
        &[("exponent", text), ("decay", decay.to_string())],
        [
            "E[J/p | z] over the law of u(t)".to_string(),
            killed(decay),
            "z = sqrt(2*u)*xi, u drawn from the subordinator, xi standard normal".into(),
            "the kernel itself at t = T around the data mean (Gaussian scale mixture)".into(),
        ],
    );
    found.subordinator = Some(law);
    found.prior_error = Some(format!(
        "KL <= M2/4*integral over {lambda} > 0 of exp(-t*exponent); infinite where the exponent is bounded: a share \
             exp(-t*exponent(inf)) of the data has not moved"
    ));
    Some(found)
}

/// rate·|k|^index, index ≠ 1: the law keeps its shape, and only its scale depends on the time.
fn stable(rate: String, index: String, decay: &str, lambda: &str) -> Kernel {
    let walked = times(&rate, "t");
    let velocity = format!("z/({index}*t)");
    let law = format!(
        "positive ({index}/2)-stable with Laplace exponent {} (Kanter)",
        times(&rate, &format!("{lambda}^({index}/2)"))
    );
    let error = format!("KL <= M2/4*integral over {lambda} > 0 of exp(-{walked}*{lambda}^({index}/2))");
    let scale = format!("sigma = ({walked})^(1/{})", print::grouped(&index));
    let mut found = kernel(
        KernelFamily::Stable,
        &[("rate", rate), ("index", index), ("decay", decay.to_string())],
        [
            velocity,
            killed(decay),
            "z = sqrt(2*u)*xi, u drawn from the stable subordinator, xi standard normal".into(),
            "isotropic stable distribution of scale sigma at t = T around the data mean".into(),
        ],
    );
    found.subordinator = Some(law);
    found.time_change = Some(scale);
    found.prior_error = Some(error);
    found
}

/// The exponent as a function of λ = k².
fn in_lambda(function: &Expr, lambda: &str) -> Option<Expr> {
    let root = pow(&crate::expression::name(lambda), &div(&number(1), &number(2)));
    let value = |n: &str| (n == "k").then(|| root.clone());
    let positive =
        |n: &str| (n == lambda).then_some(crate::interval::Interval { lo: 0.0, hi: f64::INFINITY, nonzero: false });
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

/// The law of u(t) where it has a name.
fn law(exponent: &Expr, lambda: &str) -> Option<String> {
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
        ExprKind::Div(top, _) if matches!(&top.kind, ExprKind::Symbol(n) if n == lambda) => {
            Some("compound Poisson with exponential jumps".to_string())
        }
        _ => None,
    }
}
