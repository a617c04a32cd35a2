//! First order in time on the line: ψ = p/q with real polynomials in z = ik, q without zeros on the imaginary axis.
//! Divided with remainder ψ is a polynomial and r/q, and −r/q = Σ ρ_j/(z − z_j) is the transform of the function
//!
//!   ν(x) = Σ_{z_j<0} ρ_j e^{z_j x} for x > 0,  −Σ_{z_j>0} ρ_j e^{z_j x} for x < 0.
//!
//! Drift, form and jumps of a Lévy exponent are unique (Lévy–Khintchine), so that p ≥ 0 exactly if the polynomial is at
//! most quadratic, with a weight of z² that is not positive, and ν ≥ 0. With one or two poles the sign of ν is exact.
//! With more, ν ≥ 0 if all poles are real and every term is: if Σ −ρ_j z_j/(z − z_j) has weights that are not negative,
//! that is if −z r/q maps the upper half-plane into itself; and never if ∫ν = −r(0)/q(0) is not positive.

use super::in_time;
use crate::algebra::formula::Formula;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL, scale};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;
use genphys_pde::certificate::Certificate;

pub(super) const RULE: &str = "line-quotient";

/// `None` where ψ is not of this form.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<C1> {
    let (top, bottom) = quotient(eq, a0, a1)?;
    let (polynomial, rest) = in_time::divided(&top, &bottom);
    let rest = in_time::trimmed(&rest);
    let fast = polynomial.iter().skip(3).map(Formula::zero);
    let diffuses = polynomial.get(2).map_or(Formula::True, |p| Formula::non_negative(&-p.clone()));
    let jumps = if rest.is_empty() { Formula::True } else { jumps(&rest, &bottom)? };
    let regular = Formula::all([Formula::non_zero(&bottom[0]), eq.positive(&a1.norm())]).simplify(&eq.oracle);
    let open = Formula::Unknown("a rational symbol whose denominator may vanish".into());
    let admissible = Formula::all(fast.chain([diffuses, jumps]).collect::<Vec<_>>());
    let formula = Formula::any([Formula::all([regular.clone(), admissible]), Formula::all([regular.negate(), open])])
        .simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "psi is rational in ik: its Levy triple is unique, and the weight of k^2 or the density of jumps is negative"
        }
        _ => {
            "psi is rational in ik: drift, diffusion and jumps with a density made of exponentials that is not negative \
             (compound Poisson; Levy-Khintchine)"
        }
    };
    Some(C1::new(RULE, formula, because))
}

/// ν ≥ 0.
fn jumps(rest: &[Poly], bottom: &[Poly]) -> Option<Formula> {
    let zero = rest.first()?.zero();
    let r1 = rest.get(1).unwrap_or(&zero);
    let r0 = &rest[0];
    match bottom {
        [q0, _] => Some(Formula::non_negative(&-(r0 * q0))),
        [q0, q1, q2] => {
            // One pole on either side: r ≥ 0 at both.
            let sum = &scale(&(r0 * q2), 2) - &(r1 * q1);
            let product = &(&(&(r0 * r0) * q2) - &(&(r0 * r1) * q1)) + &(&(r1 * r1) * q0);
            let either =
                Formula::all([Formula::negative(q0), Formula::non_negative(&sum), Formula::non_negative(&product)]);
            let right = in_time::sign(&[-r0.clone(), -r1.clone()], bottom, 1)?.sufficient;
            let mirrored = [q0.clone(), -q1.clone(), q2.clone()];
            let left = in_time::sign(&[-r0.clone(), r1.clone()], &mirrored, 1)?.sufficient;
            let one_side = |slope: Formula, sign: Formula| Formula::all([Formula::positive(q0), slope, sign]);
            Some(Formula::any([either, one_side(Formula::positive(q1), right), one_side(Formula::negative(q1), left)]))
        }
        _ => {
            let turned: Vec<Poly> = std::iter::once(zero).chain(rest.iter().map(|p| -p.clone())).collect();
            let each = super::half_plane::maps_half_plane(&turned, bottom);
            let open = Formula::Unknown("the sign of a density of jumps made of several exponentials".into());
            // The rate of all jumps together, −r(0)/q(0).
            let some = Formula::negative(&(r0 * &bottom[0]));
            let none = Formula::all(rest.iter().map(Formula::zero));
            Some(Formula::any([none, Formula::all([some, Formula::any([each, open])])]))
        }
    }
}

/// p and q by rising power of z = ik, q with a positive leading coefficient.
fn quotient(eq: &Equation, a0: &CPoly, a1: &CPoly) -> Option<(Vec<Poly>, Vec<Poly>)> {
    let (top, bottom) = (in_z(eq, a0)?, in_z(eq, a1)?);
    let signs = eq.oracle.signs(bottom.last()?);
    let turn = match (signs.always_positive(), signs.always_negative()) {
        (true, _) => 1,
        (_, true) => -1,
        _ => return None,
    };
    let turned = |list: Vec<Poly>| list.iter().map(|p| scale(p, turn)).collect::<Vec<_>>();
    Some((turned(top), turned(bottom)))
}

/// Real coefficients by rising power of z: k^{2m} = (−1)^m z^{2m} and i k^{2m+1} = (−1)^m z^{2m+1}.
fn in_z(eq: &Equation, a: &CPoly) -> Option<Vec<Poly>> {
    let (variable, unit) = match eq.space {
        Space::Components(1) if a.re.degree(RADIAL) + a.im.degree(RADIAL) == 0 => (K1, 1),
        Space::Radial if eq.dims.only() == Some(1) && a.is_real() => (RADIAL, u16::try_from(eq.ring.root).ok()?),
        _ => return None,
    };
    if [&a.re, &a.im].into_iter().any(|p| eq.ring.has_atom(p) || eq.ring.has_time(p)) {
        return None;
    }
    let mut list = vec![eq.ring.zero(); usize::from(a.re.degree(variable).max(a.im.degree(variable)) / unit) + 1];
    for (poly, odd) in [(&a.re, 0), (&a.im, 1)] {
        for (c, e) in crate::algebra::ring::coefficients(poly, variable).into_iter().filter(|(c, _)| !c.is_zero()) {
            let power = e / unit;
            if e % unit != 0 || power % 2 != odd {
                return None;
            }
            list[usize::from(power)] = if power / 2 % 2 == 1 { -c } else { c };
        }
    }
    Some(in_time::trimmed(&list))
}

/// The quotient as it was matched.
pub(super) fn certificate(eq: &Equation) -> Option<Certificate> {
    let [a0, a1] = eq.a.as_slice() else { return None };
    let (top, bottom) = quotient(eq, a0, a1)?;
    let text = |list: &[Poly]| crate::algebra::print::in_s(&eq.ring, list);
    Some(Certificate::RationalExponent { top: text(&top), bottom: text(&bottom) })
}
