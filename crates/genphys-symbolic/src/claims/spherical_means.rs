//! φ_tt + (D − 1)/t φ_t + q φ = 0 with q(k) > q(0) for k ≠ 0, the equation of Euler, Poisson and Darboux, as an
//! evolution equation: data φ = 0 and p = t^{D−1} φ_t, which are put in for D < 2 only; otherwise no solution with p(0)
//! ≠ 0 starts from φ = 0. Then p_tt + (1 − D)/t p_t + q p = 0, and
//!
//!   p̂(k, t) = j(√q t),  j(x) = Γ(ν + 1) (2/x)^ν J_ν(x) = ₀F₁(; ν + 1; −x²/4),  ν = −D/2 > −1.
//!
//! *C1.* j(|k|t) is positive definite in N dimensions exactly for ν ≥ N/2 − 1 (Schoenberg; for larger ν a mixture of
//! means over spheres, Sonine), which is N ≤ 2 − D. For q = c|k|² − μ with μ ≥ 0, p̂ = Σ_n (μt²/4)^n/(n! (ν + 1)_n)
//! j_{ν+n}(√c |k| t) has weights that are not negative; as t → 0 with |k|t fixed it tends to j(√c |k| t), so that the
//! condition is the same. For q(0) > 0 the number of particles p̂(0, t) turns negative. In general q has to be a Lévy
//! exponent up to a constant (short times).
//!
//! *C2.* |j(x)| < 1 for x > 0 exactly for ν > −1/2, and then j(x) → 0; j(x) ~ x^{−ν−1/2} cos(x + …) is unbounded for ν
//! < −1/2. With q(0) < 0 p̂(0, t) grows like e^{√(−q(0)) t} beside p̂(k, t), and ν = −1/2 will do.

use super::bessel::{Bessel, psi};
use super::c1::levy::levy_exponent;
use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, RADIAL, coefficient};
use crate::claims::answer::{C1, C2};
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;
use genphys_pde::certificate::Certificate;

pub(crate) const RULE: &str = "spherical-means";
const C2_RULE: &str = "bessel-amplitude";

/// Whether −Ψ rises from its value at k = 0, whatever the parameters are.
pub(crate) fn applies(eq: &Equation, form: &Bessel) -> bool {
    let psi = psi(form);
    eq.positive(&(&eq.ring.at_zero(&psi) - &psi)).simplify(&eq.oracle) == Formula::True
}

/// n − D, times a positive factor.
fn n_minus_d(eq: &Equation, form: &Bessel, n: i64) -> Poly {
    &(&(&eq.ring.integer(n) * &form.d.1) - &form.d.0) * &form.d.1
}

/// c|k|² and a constant: the coefficient −c, as that of Ψ times a positive factor.
fn laplacian(eq: &Equation, psi: &Poly) -> Option<Poly> {
    let rest = psi - &eq.ring.at_zero(psi);
    let square = u16::try_from(2 * eq.ring.root).ok()?;
    let c = coefficient(&rest, RADIAL, square);
    let plain = eq.space == Space::Radial && (&c * &eq.ring.power(RADIAL, square)) == rest;
    plain.then_some(c)
}

/// C1.
pub(super) fn c1(eq: &Equation, form: &Bessel) -> C1 {
    let psi = psi(form);
    let grounded = Formula::non_negative(&eq.ring.at_zero(&psi));
    let starts = Formula::positive(&n_minus_d(eq, form, 2));
    let because = "p-hat = j(sqrt(q) t) with the normalised Bessel function of order -D/2 is positive definite in N dimensions \
                   exactly for N <= 2 - D (Schoenberg), for D < 2 and q(0) <= 0";
    if laplacian(eq, &psi).is_none() {
        let exponent = levy_exponent(eq, &CPoly::real(-psi)).formula;
        let open = Formula::Unknown("a Bessel function of a symbol other than |k|^2".into());
        let formula = Formula::all([grounded, starts, exponent, open]);
        return C1::new(RULE, formula.simplify(&eq.oracle), because);
    }
    let up_to = |n: u32| Formula::non_negative(&n_minus_d(eq, form, 2 - i64::from(n))).simplify(&eq.oracle);
    let (least, most) = (eq.dims.least, eq.dims.most);
    // The largest dimension of those asked about that is admissible for all parameter values.
    let mut limit = least;
    while most.is_none_or(|m| limit < m) && up_to(limit + 1) == Formula::True && limit < 64 {
        limit += 1;
    }
    let further = if most == Some(limit) { None } else { Some(limit) };
    let formula = match further {
        Some(n) if up_to(n + 1) != Formula::False => {
            let open = Formula::Unknown("a largest dimension that depends on parameters".into());
            Formula::all([up_to(n), open])
        }
        _ => up_to(limit),
    };
    let mut c1 = C1::new(RULE, Formula::all([grounded, formula]).simplify(&eq.oracle), because);
    if c1.formula != Formula::False {
        c1.further = further.map(|n| if n == 1 { "N = 1".into() } else { format!("N <= {n}") }).into_iter().collect();
    }
    c1
}

/// C2.
pub(super) fn c2(eq: &Equation, form: &Bessel) -> C2 {
    let psi = psi(form);
    let zero = eq.ring.at_zero(&psi);
    let still = Formula::all([Formula::zero(&zero), Formula::positive(&n_minus_d(eq, form, 1))]);
    let growing = Formula::all([Formula::positive(&zero), Formula::non_negative(&n_minus_d(eq, form, 1))]);
    // A bounded symbol may do with less.
    let bounded = if eq.ring.has_atom(&psi) {
        let open = Formula::Unknown("growing waves beside a symbol that may be bounded".into());
        Formula::all([Formula::positive(&zero), Formula::positive(&n_minus_d(eq, form, 2)), open])
    } else {
        Formula::False
    };
    let formula = Formula::any([still, growing, bounded]).simplify(&eq.oracle);
    let because = "p-hat = j(sqrt(q) t) with the normalised Bessel function of order -D/2: it lies below 1 and falls to 0 exactly \
                   for D < 1; for q(0) > 0 the number of particles oscillates around 0, for q(0) < 0 it grows and D = 1 will do";
    C2::new(C2_RULE, formula, Kind { evolution: Formula::True, half_space: Formula::False }, because)
}

/// D, c and μ of φ_tt + (D − 1)/t φ_t + (c|k|² − μ) φ = 0.
pub(super) fn certificate(eq: &Equation, form: &Bessel) -> Option<Certificate> {
    let text = |num: &Poly, den: &Poly| print::fraction(&eq.ring, &CPoly::real(num.clone()), den);
    let c = laplacian(eq, &form.psi.0)?;
    Some(Certificate::SphericalMeans {
        d: text(&form.d.0, &form.d.1),
        c: text(&-c, &form.psi.1),
        growth: text(&eq.ring.at_zero(&form.psi.0), &form.psi.1),
    })
}
