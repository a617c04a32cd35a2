//! A complex field of first order in time, a φ_t = … , has no real density linear in φ; |φ|² is one. For
//! φ_t = D ∇²φ − c φ with complex D and c,
//!
//!   ∂_t |φ|² + ∇·(−2 Re(D φ*∇φ)) = −2 Re(D) |∇φ|² − 2 Re(c) |φ|².
//!
//! p ≥ 0 holds, but p is not linear in the data: the flow depends on the phase chosen for φ.

use super::C1;
use crate::dispersion::quotient;
use crate::equation::Equation;
use crate::formula::Formula;
use crate::positivity::Space;
use crate::print;
use crate::ring::{CPoly, R, S, SIGMA, scale};
use genphys_pde::derivation::Continuity;

/// The continuity form of |φ|².
#[derive(Clone, Debug)]
pub(crate) struct QuadraticDensity {
    pub(crate) continuity: Continuity,
}

/// Applies to isotropic ψ = c + D|k|² of which D or c is not real.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<C1> {
    if eq.space != Space::Radial || eq.is_real() {
        return None;
    }
    let constant = a0.map(|p| eq.ring.at_zero(p));
    let rest = a0.sub(&constant);
    let power = u16::try_from(2 * eq.ring.root).ok()?;
    let laplacian = rest.map(|p| crate::ring::coefficient(p, crate::ring::RADIAL, power));
    let monomial = eq.ring.power(crate::ring::RADIAL, power);
    if !rest.sub(&laplacian.scale(&monomial)).is_zero() {
        return None;
    }
    let (d, den) = quotient(&laplacian, a1);
    let (c, c_den) = quotient(&constant, a1);
    let continuity = continuity(eq, (&d, &c), (&den, &c_den));
    let mut c1 = C1::new(
        "quadratic-density",
        Formula::True,
        "the field is complex and the density is |phi|^2 >= 0; it is quadratic in phi, so the flow depends on the \
         phase that the data are given and no point-source kernel exists",
    );
    c1.further.push("data are put in as phi = sqrt(q) with a chosen phase".into());
    c1.quadratic = Some(QuadraticDensity { continuity });
    Some(c1)
}

fn continuity(
    eq: &Equation,
    (d, c): (&CPoly, &CPoly),
    (den, c_den): (&crate::ring::Poly, &crate::ring::Poly),
) -> Continuity {
    let text = |value: &CPoly, den| print::fraction(&eq.ring, value, den);
    // −2 Re(D w) = −2 Re D Re w + 2 Im D Im w for w = φ*∇φ.
    let part = |p: &crate::ring::Poly, factor: i64| text(&CPoly::real(scale(p, factor)), den);
    let product = |coefficient: String, what: &str| match coefficient.as_str() {
        "0" => None,
        "1" => Some(what.to_string()),
        "-1" => Some(format!("-{what}")),
        _ => Some(format!("{}*{what}", print::grouped(&coefficient))),
    };
    let join = |parts: Vec<Option<String>>| {
        let kept: Vec<String> = parts.into_iter().flatten().collect();
        if kept.is_empty() { "0".to_string() } else { kept.join(" + ").replace("+ -", "- ") }
    };
    let field = &eq.pde.field;
    let flux = join(vec![
        product(part(&d.im, 2), &format!("Im(conj({field})*grad({field}))")),
        product(part(&d.re, -2), &format!("Re(conj({field})*grad({field}))")),
    ]);
    let source = join(vec![
        product(part(&d.re, -2), &format!("|grad({field})|^2")),
        product(text(&CPoly::real(scale(&c.re, -2)), c_den), &format!("|{field}|^2")),
    ]);
    Continuity { density: format!("|{field}|^2"), flux, source, verified: verify(eq, d, den, c, c_den) }
}

/// Two plane waves exp(i k·x) and exp(i k'·x): with λ = |k|², λ' = |k'|², μ = k·k' the identity
/// −(ψ(k) + ψ*(k')) + i(k − k')·Ĵ − R̂ = 0 is one of polynomials in λ, λ', μ.
fn verify(eq: &Equation, d: &CPoly, den: &crate::ring::Poly, c: &CPoly, c_den: &crate::ring::Poly) -> bool {
    let (l, l_prime, mu) = (eq.ring.variable(S), eq.ring.variable(SIGMA), eq.ring.variable(R));
    // Everything times den · c_den.
    let (d, c) = (d.scale(c_den), c.scale(den));
    let growth = c.add(&d.scale(&l)).add(&c.conj()).add(&d.conj().scale(&l_prime)).neg();
    // J = −(D φ*∇φ + D* φ∇φ*) has the symbol −i(D k − D* k').
    let flux = d.scale(&l).sub(&d.conj().scale(&mu)).sub(&d.scale(&mu)).add(&d.conj().scale(&l_prime));
    let source = d.add(&d.conj()).scale(&mu).add(&c.add(&c.conj())).neg();
    growth.add(&flux).sub(&source).is_zero()
}
