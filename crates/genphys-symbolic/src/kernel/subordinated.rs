//! Any other Bernstein exponent: p̂ = exp(−(decay + B(|k|²)) t), B(0) = 0, is the Laplace transform of a positive random
//! time u(t) in λ = |k|² (Bernstein; Schilling, Song, Vondraček, chapter 5), so that z = √(2u) ξ in every dimension.
//!
//! The divergence from the prior, the kernel at the data mean: given u both are Gaussians of one covariance, so by
//! convexity KL ≤ E|y − ȳ|² E[1/(4u)] = (M2/4) ∫₀^∞ e^{−tB(λ)} dλ.

use super::family::{kernel, killed, times};
use crate::equation::Equation;
use crate::expression::{div, number, pow, substitute};
use crate::print;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{BranchForm, Certificate, Class, Closure, ClosureRule};
use genphys_pde::derivation::{Kernel, KernelFamily};

/// The variable of the exponent.
const LAMBDA: &str = "lambda";

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
    if eq.pde.params.iter().any(|param| param.name == LAMBDA) {
        // The exponent could not be written down.
        return None;
    }
    if let Some((index, rate)) = stable_index(closure) {
        return Some(stable(rate, index, decay));
    }
    let exponent = in_lambda(&closure.function)?;
    let text = genphys_pde::print_expr(&exponent);
    let law = law(&exponent).unwrap_or_else(|| {
        format!("the positive law with E exp(-lambda*u) = exp(-t*({text})), by numerical inversion")
    });
    let mut found = kernel(
        KernelFamily::Subordinated,
        &[("exponent", text), ("decay", decay.clone())],
        [
            "E[J/p | z] over the law of u(t)".to_string(),
            killed(decay),
            "z = sqrt(2*u)*xi, u drawn from the subordinator, xi standard normal".into(),
            "the kernel itself at t = T around the data mean (Gaussian scale mixture)".into(),
        ],
    );
    found.subordinator = Some(law);
    found.prior_error = Some(
        "KL <= M2/4*integral over lambda > 0 of exp(-t*exponent); infinite where the exponent is bounded: a share \
         exp(-t*exponent(inf)) of the data has not moved"
            .into(),
    );
    Some(found)
}

/// rate·|k|^index: the law keeps its shape, and only its scale depends on the time.
fn stable(rate: String, index: String, decay: &str) -> Kernel {
    let walked = times(&rate, "t");
    let velocity = if index == "1" { "z/t".to_string() } else { format!("z/({index}*t)") };
    let law = format!(
        "positive ({index}/2)-stable with Laplace exponent {} (Kanter)",
        times(&rate, &format!("lambda^({index}/2)"))
    );
    let error = format!("KL <= M2/4*integral over lambda > 0 of exp(-{walked}*lambda^({index}/2))");
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
        // The weight is the value at |k| = 1.
        let parsed = genphys_pde::parse_expression(&node.function).ok()?;
        let one = |n: &str| (n == "k").then(|| number(1));
        weight = genphys_pde::print_expr(&substitute(&parsed, &one, &|_| None));
        node = node.of.first()?;
    }
    if node.rule != ClosureRule::Power {
        return None;
    }
    match &genphys_pde::parse_expression(&node.function).ok()?.kind {
        ExprKind::Symbol(_) => Some(("1".to_string(), weight)),
        ExprKind::Pow(_, index) => Some((genphys_pde::print_expr(index), weight)),
        _ => None,
    }
}

/// The law of u(t) where it has a name.
fn law(exponent: &Expr) -> Option<String> {
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
