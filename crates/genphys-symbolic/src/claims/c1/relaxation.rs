//! Relaxation: φ_tt + b φ_t + d φ + (1 + θ ∂_t) ψ φ = 0 with a Lévy exponent ψ and θ > 0, as in Jeffreys' heat equation
//! τφ_tt + φ_t = ∇²φ + θ∂_t∇²φ. With α = s² + bs + d, β = 1 + θs and g = α/β the Laplace transform of p̂ in t is
//!
//!   Q/D = (1 − 1/β)/s + (g − d)/(sβ) · 1/(ψ + g) = θ/β + h(s)/(ψ + g),  h = 1/(θβ) − θα(−1/θ)/β² = θ(s + b − θd)/β².
//!
//! *Every dimension.* 1/(ψ + g) = ∫₀^∞ e^{−uψ} e^{−u g(s)} du, and g = s/θ + const + α(−1/θ)/β. Where α(−1/θ) ≤ 0, that
//! is 1 − bθ + dθ² ≤ 0, e^{−ug} and h are completely monotone in s (beyond −1/θ), so that p is a mixture of a point at
//! rest and of the laws with transform e^{−uψ}, u > 0: p ≥ 0 in every dimension where ψ is a Lévy exponent.
//!
//! *ψ = c|k|², N ≥ 2.* Otherwise p < 0 near the source: p̂ = e^{−t/θ}(1 + (A − α(−1/θ) t/(cθ))/|k|² + O(|k|^{−4})) for
//! short waves, and |k|^{−2} is the transform of a function that is unbounded at the source.
//!
//! *ψ = c|k|², N = 1.* 1/(ψ + g) is the transform of e^{−√(g/c)|x|}/(2√(cg)). Let α = (s + r₁)(s + r₂) with real 0 ≤ r₁
//! ≤ r₂ ≤ 1/θ. In the upper half-plane arg g = arg(s + r₁) + arg(s + r₂) − arg(s + 1/θ) lies in [0, 2π], so that √g is
//! complete Bernstein, and h/√g is a product of β^{−3/2} and two √((s + e)/(s + r)), e = b − θd ≥ r, Stieltjes
//! functions: p ≥ 0. Nothing else does with b, d ≥ 0: the number of particles p̂(0, t) = (r₂ e^{−r₁t} − r₁
//! e^{−r₂t})/(r₂ − r₁) oscillates around 0 for complex r₁, r₂, and for 1/θ < r₁ it falls below the mass e^{−t/θ} of the
//! point at rest, the limit of p̂ for short waves (r₁ ≤ 1/θ ≤ r₂ is the case above).

use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL};
use crate::equation::linear::Equation;
use genphys_pde::certificate::Certificate;

pub(super) const RULE: &str = "relaxation";
pub(super) const BECAUSE: &str = "p is a mixture of a point at rest and of subordinated densities, since (s^2 + b s + d)/(1 + \
                                  theta s) has an interlacing pole: its exponentials are completely monotone in s";
pub(super) const ON_THE_LINE: &str = "in N = 1 the density is a point at rest and a function whose Laplace transform in t is \
                                      completely monotone, since the pole of (s^2 + b s + d)/(1 + theta s) lies to the left of \
                                      its real zeros";
pub(super) const IN_SPACE: &str = "1 - b theta + d theta^2 > 0: near a point source p turns negative in N >= 2";

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
    let monomials = |p: &Poly| crate::algebra::polynomial::monomials(p, &eq.ring);
    let (low, high) = (monomials(&rest0).pop()?, monomials(&rest1).pop()?);
    if low.0 != high.0 || &rest1 * &low.1 != &rest0 * &high.1 {
        return None;
    }
    Some(Form {
        b,
        d,
        a2: a2.re.clone(),
        theta: crate::algebra::ring::lowest_terms(&high.1, &low.1),
        psi: CPoly::real(rest0),
    })
}

/// Where p ≥ 0.
pub(super) struct Relaxation {
    /// In every dimension: ψ is a Lévy exponent, θ > 0 and 1 − bθ + dθ² ≤ 0.
    pub(super) everywhere: Formula,
    /// In N = 1 besides, by real r₁, r₂ in [0, 1/θ]; `None` for ψ other than c|k|².
    pub(super) on_the_line: Option<Formula>,
    /// Where in N = 1 nothing is known besides; elsewhere p < 0 somewhere.
    pub(super) open_on_the_line: Formula,
}

/// `None` where the equation is not of this form.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> Option<Relaxation> {
    let form = form(eq, a0, a1, a2)?;
    let (top, bottom) = &form.theta;
    let psi = form.psi.scale(&form.a2);
    // 1 − bθ + dθ² with b, d over a2, times a2² bottom².
    let middle = &(&form.b * top) * bottom;
    let last = &form.d * &(top * top);
    let value = &(&form.a2 * &(bottom * bottom)) + &(&last - &middle);
    let value = &value * &form.a2;
    let exponent = Formula::all([super::levy::levy_exponent(eq, &psi).formula, Formula::positive(&(top * bottom))]);
    let everywhere = Formula::all([exponent.clone(), Formula::non_negative(&-value.clone())]).simplify(&eq.oracle);
    // 2 − bθ ≥ 0, times a2² bottom², and b² − 4d ≥ 0, times a2².
    let below = &crate::algebra::ring::scale(&(&form.a2 * &(bottom * bottom)), 2) - &middle;
    let real = Formula::non_negative(&crate::algebra::polynomial::discriminant(&form.a2, &form.b, &form.d));
    let (damping, mass) = (&form.b * &form.a2, &form.d * &form.a2);
    let on_the_line = is_laplacian(eq, &form.psi).then(|| {
        let list = [value, &below * &form.a2, damping.clone(), mass.clone()];
        Formula::all([exponent, real.clone(), Formula::all(list.iter().map(Formula::non_negative))])
            .simplify(&eq.oracle)
    });
    // r₁ < 0 with real r₁, r₂, or ψ and θ that are not those of relaxation.
    let growing = Formula::all([real, Formula::any([Formula::negative(&damping), Formula::negative(&mass)])]);
    let usual = Formula::all([Formula::positive(&(top * bottom)), super::levy::levy_exponent(eq, &psi).formula]);
    let unusual = usual.simplify(&eq.oracle).negate();
    let why = Formula::Unknown("relaxation on the line with a rate that grows".into());
    let open_on_the_line = Formula::all([Formula::any([growing, unusual]), why]).simplify(&eq.oracle);
    Some(Relaxation { everywhere, on_the_line, open_on_the_line })
}

/// c|k|² and nothing else.
fn is_laplacian(eq: &Equation, psi: &CPoly) -> bool {
    let square = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
    let wave = eq.ring.wave_variables();
    match (crate::algebra::polynomial::monomials(&psi.re, &eq.ring).as_slice(), eq.space) {
        ([(key, _)], Space::Radial) => wave.iter().zip(key).all(|(i, e)| *e == if *i == RADIAL { square } else { 0 }),
        ([(key, _)], Space::Components(1)) => wave.iter().zip(key).all(|(i, e)| *e == if *i == K1 { 2 } else { 0 }),
        _ => false,
    }
}

/// The matched form.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1, a2] = eq.a.as_slice() else { return None };
    let form = form(eq, a0, a1, a2)?;
    let text = |p: &Poly, den: &Poly| crate::algebra::print::fraction(&eq.ring, &CPoly::real(p.clone()), den);
    let (psi, den) = (&form.psi, &form.a2);
    Some(Certificate::Relaxation {
        b: text(&form.b, den),
        d: text(&form.d, den),
        theta: text(&form.theta.0, &form.theta.1),
        closure: super::closure::levy(eq, psi, den)?,
    })
}
