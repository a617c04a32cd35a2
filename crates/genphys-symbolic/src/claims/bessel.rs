//! φ_tt + (D − 1)/t φ_t − Ψ φ = 0 (PFGM++, arXiv 2302.04265, and its screened form): Laplace's equation in D more
//! dimensions, radial in them. On the bounded solution
//!
//!   p̂(k, t) = 2^{1−ν}/Γ(ν) (κt)^ν K_ν(κt) = E exp(−Ψ u),  ν = D/2, κ = √Ψ, u = t²/(2χ²_D),
//!
//! for p ∝ −t^{D−1} φ_t: a mixture of exp(−uΨ) over u > 0, so p ≥ 0 where Ψ is a Lévy exponent, and p̂ falls with Ψ.
//! Where −Ψ rises instead the waves oscillate: see `spherical_means.rs`.

use super::c1::levy::levy_exponent;
use super::spherical_means;
use crate::algebra::formula::Formula;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, Poly, coefficient};
use crate::claims::answer::{C1, C2};
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use crate::equation::petrovsky::Kind;

const C1_RULE: &str = "bessel-subordination";
const C2_RULE: &str = "bessel-amplitude";

/// The equation in this form.
pub(crate) struct Bessel {
    /// D as a quotient.
    pub(crate) d: (Poly, Poly),
    /// Ψ as a quotient with a denominator free of k.
    pub(crate) psi: (Poly, Poly),
}

/// Recognises the form: real coefficients, a_0/a_2 free of the time, a_1/a_2 = (D − 1)/t.
pub(crate) fn recognise(eq: &Equation) -> Option<Bessel> {
    let [a0, a1, a2] = eq.a.as_slice() else { return None };
    let time = eq.ring.time()?;
    let starts_at_zero = time_range(eq.pde).lower.is_some_and(|(l, _)| l.is_zero());
    if !eq.is_real() || !starts_at_zero || eq.motion.is_some() {
        return None;
    }
    // Divided by the power of t that a_2 carries.
    let (a0, a1, a2) = (&a0.re, &a1.re, &a2.re);
    let power = a2.degree(time);
    let monomial = eq.ring.power(time, power);
    let (lead, damping, rest) =
        (a2.try_div(&monomial)?, (a1 * &eq.ring.variable(time)).try_div(&monomial)?, a0.try_div(&monomial)?);
    let plain = |p: &Poly| !eq.ring.has_time(p);
    let constant = |p: &Poly| plain(p) && !eq.ring.has_wave(p);
    if !constant(&lead) || !constant(&damping) || !plain(&rest) || coefficient(a2, time, power) != lead {
        return None;
    }
    // D = 1 + damping/lead.
    Some(Bessel { d: (&lead + &damping, lead.clone()), psi: (-rest, lead) })
}

/// D > 0.
fn positive_dimension(form: &Bessel) -> Formula {
    Formula::positive(&(&form.d.0 * &form.d.1))
}

/// Ψ times a positive factor.
pub(super) fn psi(form: &Bessel) -> Poly {
    &form.psi.0 * &form.psi.1
}

/// C1.
pub(crate) fn c1(eq: &Equation, form: &Bessel) -> C1 {
    if spherical_means::applies(eq, form) {
        return spherical_means::c1(eq, form);
    }
    let psi = psi(form);
    let exponent = levy_exponent(eq, &CPoly::real(psi.clone()));
    let grounded = Formula::non_negative(&eq.ring.at_zero(&psi));
    let sufficient =
        Formula::all([positive_dimension(form), grounded.clone(), exponent.formula.clone()]).simplify(&eq.oracle);
    let formula = match sufficient {
        Formula::True => Formula::True,
        other => {
            // D > 0 and Ψ(0) ≥ 0 are needed; a Ψ that is no Lévy exponent may still do.
            let needed = Formula::all([positive_dimension(form), grounded]);
            let open = match exponent.formula.simplify(&eq.oracle) {
                Formula::True => Formula::False,
                _ => Formula::Unknown("a Bessel kernel of a symbol that is not a Levy exponent".into()),
            };
            Formula::any([other, Formula::all([needed, open])])
        }
    };
    let because = match formula {
        Formula::False => {
            "D <= 0, or Psi(0) < 0 and p-hat(0, t), the number of particles, oscillates around 0, or Psi is no Levy exponent"
        }
        _ => {
            "p-hat = E exp(-Psi u) with u = t^2/(2 chi^2_D) and a Levy exponent Psi: subordination keeps p >= 0 for \
             every real D > 0"
        }
    };
    let mut c1 = C1::new(C1_RULE, formula, because);
    c1.further = exponent.further;
    c1
}

/// C2: p̂ falls with Ψ, and Ψ rises from its value at k = 0.
pub(crate) fn c2(eq: &Equation, form: &Bessel) -> C2 {
    if spherical_means::applies(eq, form) {
        return spherical_means::c2(eq, form);
    }
    let psi = psi(form);
    let zero = eq.ring.at_zero(&psi);
    let rise = &psi - &zero;
    let falls = Formula::all([positive_dimension(form), Formula::non_negative(&zero), eq.positive(&rise)]);
    let elliptic = eq.positive(&psi).simplify(&eq.oracle);
    let formula = match elliptic {
        Formula::True => falls,
        _ => Formula::any([falls, Formula::Unknown("a Bessel equation in which some waves may oscillate".into())]),
    };
    let evolution = match elliptic {
        Formula::True => Formula::False,
        _ => Formula::Unknown("a Bessel equation in which some waves may oscillate".into()),
    };
    let kind = Kind { evolution, half_space: elliptic };
    let text = print::fraction(&eq.ring, &CPoly::real(form.psi.0.clone()), &form.psi.1);
    let because = format!(
        "on the bounded solution p-hat(k, t) = (kappa t)^nu K_nu(kappa t) up to a constant, nu = D/2, kappa^2 = {text}, \
         which falls to 0 as kappa t rises"
    );
    C2::new(C2_RULE, formula.simplify(&eq.oracle), kind, because)
}
