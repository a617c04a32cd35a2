//! A complex field of first order in time, φ_t = −ψ(∇) φ with ψ(−k) ≠ ψ(k)* whatever the parameters are, has no real
//! density linear in φ; |φ|² is one. For φ_t = D ∇²φ − c φ with complex D and c,
//!
//!   ∂_t |φ|² + ∇·(−2 Re(D φ*∇φ)) = −2 Re(D) |∇φ|² − 2 Re(c) |φ|²,
//!
//! and in general, with a flux W of the linear equation, φ_t + ∇·W + c φ = 0, W = Σ b φ + … where b is a real drift,
//!
//!   ∂_t |φ|² + ∇·(2 Re(φ* W)) = 2 Re(∇φ*·W) − 2 Re(c) |φ|².
//!
//! p ≥ 0 holds, but p is not linear in the data: the flow depends on the phase chosen for φ.

use super::real_density::is_hermitian;
use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, K1, Poly, R, S, SIGMA, scale};
use crate::claims::answer::{C1, QuadraticDensity};
use crate::equation::dispersion::quotient;
use crate::equation::linear::Equation;
use genphys_pde::derivation::Continuity;

/// Applies where ψ = a0/a1 is Hermitian for no parameter values; a1 is free of k.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<C1> {
    let psi = a0.mul(&a1.conj());
    if is_hermitian(eq, &psi).simplify(&eq.oracle) != Formula::False {
        return None;
    }
    let constant = a0.map(|p| eq.ring.at_zero(p));
    let rest = a0.sub(&constant);
    let power = u16::try_from(2 * eq.ring.root).ok()?;
    let laplacian = rest.map(|p| crate::algebra::ring::coefficient(p, crate::algebra::ring::RADIAL, power));
    let monomial = eq.ring.power(crate::algebra::ring::RADIAL, power);
    let continuity = if eq.space == Space::Radial && rest.sub(&laplacian.scale(&monomial)).is_zero() {
        let (d, den) = quotient(&laplacian, a1);
        let (c, c_den) = quotient(&constant, a1);
        continuity(eq, (&d, &c), (&den, &c_den))
    } else {
        of_flux(eq, a0, a1)
    };
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

/// With the flux W of the linear equation.
fn of_flux(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Continuity {
    let (num, den) = quotient(a0, a1);
    let field = &eq.pde.field;
    // i b_j k_j with real b_j, which moves |φ|² as it moves φ.
    let n = if let Space::Components(n) = eq.space { n as usize } else { 0 };
    let drift: Vec<Poly> =
        (0..n).map(|j| eq.ring.at_zero(&crate::algebra::ring::coefficient(&num.im, K1 + j, 1))).collect();
    let moved = drift.iter().enumerate().fold(eq.ring.zero(), |sum, (j, b)| &sum + &(b * &eq.ring.variable(K1 + j)));
    let still = CPoly { re: num.re.clone(), im: &num.im - &moved };
    let linear = |psi: &CPoly| {
        let whole =
            Equation { a: vec![psi.clone(), CPoly::real(den.clone())], den: den.clone(), ..eq.of_order(eq.order()) };
        crate::claims::continuity::derive_linear(&whole)
    };
    // The identity is the one above for whatever W is; what has to be checked is W.
    let checked = linear(&num).verified;
    let parts = linear(&still);
    let text = |p: &Poly| print::fraction(&eq.ring, &CPoly::real(p.clone()), &den);
    let speeds: Vec<String> = drift.iter().map(text).collect();
    let flow = match speeds.as_slice() {
        list if list.iter().all(|b| b == "0") => None,
        [single] => Some(format!("{}*|{field}|^2", print::grouped(single))),
        list => Some(format!("[{}]*|{field}|^2", list.join(", "))),
    };
    let scalar = matches!(eq.space, Space::Components(1));
    let spread = (parts.flux != "0").then(|| format!("2*Re(conj({field})*({}))", parts.flux));
    let dissipated = (parts.flux != "0").then(|| {
        if scalar {
            format!("2*Re(conj(dx({field}))*({}))", parts.flux)
        } else {
            format!("2*Re(dot(conj(grad({field})), {}))", parts.flux)
        }
    });
    let rate = text(&scale(&eq.ring.at_zero(&num.re), -2));
    let growth = (rate != "0").then(|| format!("{}*|{field}|^2", print::grouped(&rate)));
    let join = |list: Vec<Option<String>>| crate::algebra::print::join(list.into_iter().flatten());
    Continuity {
        density: format!("|{field}|^2"),
        flux: join(vec![flow, spread]),
        source: join(vec![dissipated, growth]),
        verified: checked && parts.verified | still.is_zero(),
        order: None,
    }
}

fn continuity(eq: &Equation, (d, c): (&CPoly, &CPoly), (den, c_den): (&Poly, &Poly)) -> Continuity {
    let text = |value: &CPoly, den| print::fraction(&eq.ring, value, den);
    // −2 Re(D w) = −2 Re D Re w + 2 Im D Im w for w = φ*∇φ.
    let part = |p: &Poly, factor: i64| text(&CPoly::real(scale(p, factor)), den);
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
    Continuity { density: format!("|{field}|^2"), flux, source, verified: verify(eq, d, den, c, c_den), order: None }
}

/// Two plane waves exp(i k·x) and exp(i k'·x): with λ = |k|², λ' = |k'|², μ = k·k' the identity
/// −(ψ(k) + ψ*(k')) + i(k − k')·Ĵ − R̂ = 0 is one of polynomials in λ, λ', μ.
fn verify(eq: &Equation, d: &CPoly, den: &Poly, c: &CPoly, c_den: &Poly) -> bool {
    let (l, l_prime, mu) = (eq.ring.variable(S), eq.ring.variable(SIGMA), eq.ring.variable(R));
    // Everything times den · c_den.
    let (d, c) = (d.scale(c_den), c.scale(den));
    let growth = c.add(&d.scale(&l)).add(&c.conj()).add(&d.conj().scale(&l_prime)).neg();
    // J = −(D φ*∇φ + D* φ∇φ*) has the symbol −i(D k − D* k').
    let flux = d.scale(&l).sub(&d.conj().scale(&mu)).sub(&d.scale(&mu)).add(&d.conj().scale(&l_prime));
    let source = d.add(&d.conj()).scale(&mu).add(&c.add(&c.conj())).neg();
    growth.add(&flux).sub(&source).is_zero()
}
