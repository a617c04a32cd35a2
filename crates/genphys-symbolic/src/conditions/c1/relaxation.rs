//! Relaxation: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0 with a Lévy exponent ψ and θ > 0, as in Jeffreys' heat equation
//! τφ_tt + φ_t = ∇²φ + θ∂_t∇²φ. With α = s² + bs + d, β = 1 + θs and g = α/β the Laplace transform of p̂ in t is
//!
//!   Q/D = (1 − 1/β)/s + (g − d)/(sβ) · 1/(ψ + g) = θ/β + h(s) ∫₀^∞ e^{−uψ} e^{−u g(s)} du,  h = 1/(θβ) − θα(−1/θ)/β².
//!
//! g = s/θ + const + α(−1/θ)/β. Where α(−1/θ) ≤ 0, that is 1 − bθ + dθ² ≤ 0, e^{−ug} and h are completely monotone in s
//! (beyond −1/θ), so that p is a mixture of a point at rest and of the laws with transform e^{−uψ}, u > 0: p ≥ 0 in every
//! dimension where ψ is a Lévy exponent. Otherwise g is convex and p is no such mixture: p ≥ 0 fails for large N.

use crate::equation::Equation;
use crate::formula::Formula;
use crate::ring::{CPoly, Poly};
use genphys_pde::certificate::Certificate;

pub(super) const RULE: &str = "relaxation";
pub(super) const BECAUSE: &str = "p is a mixture of a point at rest and of subordinated densities, since (s^2 + b s + d)/(1 + \
                                  theta s) has an interlacing pole: its exponentials are completely monotone in s";

/// The equation as (φ_tt + b φ_t + d φ) + (1 + θ ∂_t) ψ φ, up to the factor a2.
struct Form {
    /// Numerators over a2, a positive number's sign left in.
    b: Poly,
    d: Poly,
    a2: Poly,
    /// θ as a quotient.
    theta: (Poly, Poly),
    /// ψ a2.
    psi: CPoly,
}

fn form(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<Form> {
    if !a0.is_real() || !a1.is_real() || !a2.is_real() || eq.ring.has_wave(&a2.re) {
        return None;
    }
    let (d, b) = (eq.ring.at_zero(&a0.re), eq.ring.at_zero(&a1.re));
    let (rest0, rest1) = (&a0.re - &d, &a1.re - &b);
    if rest0.is_zero() || rest1.is_zero() {
        return None;
    }
    // rest1 = θ rest0 with θ free of k.
    let monomials = |p: &Poly| crate::positivity::monomials(p, &eq.ring);
    let (low, high) = (monomials(&rest0).pop()?, monomials(&rest1).pop()?);
    if low.0 != high.0 || &rest1 * &low.1 != &rest0 * &high.1 {
        return None;
    }
    Some(Form { b, d, a2: a2.re.clone(), theta: crate::ring::lowest_terms(&high.1, &low.1), psi: CPoly::real(rest0) })
}

/// ψ is a Lévy exponent, θ > 0 and 1 − bθ + dθ² ≤ 0; `None` where the equation is not of this form.
pub(super) fn sufficient(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<Formula> {
    let form = form(eq, a0, a1, a2)?;
    let (top, bottom) = &form.theta;
    let psi = form.psi.scale(&form.a2);
    // 1 − bθ + dθ² with b, d over a2, times a2² bottom².
    let middle = &(&form.b * top) * bottom;
    let last = &form.d * &(top * top);
    let value = &(&form.a2 * &(bottom * bottom)) + &(&last - &middle);
    Some(Formula::all([
        super::levy_exponent(eq, &psi).formula,
        Formula::positive(&(top * bottom)),
        Formula::non_negative(&-(&value * &form.a2)),
    ]))
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1, a2] = eq.a.as_slice() else { return None };
    let form = form(eq, a0, a1, a2)?;
    let text = |p: &Poly, den: &Poly| crate::print::fraction(&eq.ring, &CPoly::real(p.clone()), den);
    let (psi, den) = (&form.psi, &form.a2);
    Some(Certificate::Relaxation {
        b: text(&form.b, den),
        d: text(&form.d, den),
        theta: text(&form.theta.0, &form.theta.1),
        closure: super::exponent::levy(eq, psi, den)?,
    })
}
