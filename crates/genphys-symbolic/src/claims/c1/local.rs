//! Rule 1: local equations of first order in time. p ≥ 0 exactly when ψ(k) = c − i b·k + k·A k with real b, c and
//! A ⪰ 0 (Courrège; Marcinkiewicz): nothing of higher order than diffusion keeps a density non-negative.

use crate::algebra::components::in_terms_of_components;
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::{Space, form_matrix, positive_semidefinite};
use crate::algebra::ring::{CPoly, Poly, RADIAL};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;

/// Whether ψ is a polynomial in the components of k.
pub(super) fn is_local(eq: &Equation, psi: &CPoly) -> bool {
    [&psi.re, &psi.im].into_iter().all(|p| {
        let symbolic = eq.ring.has_atom(p);
        let even = u16::try_from(2 * eq.ring.root).unwrap_or(u16::MAX);
        let fractional =
            crate::algebra::ring::coefficients(p, RADIAL).iter().any(|(c, e)| !c.is_zero() && e % even != 0);
        !symbolic && !fractional
    })
}

/// The condition on ψ, whose sign convention is p̂ = exp(−ψ t).
pub(super) fn decide(eq: &Equation, psi: &CPoly) -> C1 {
    let formula = levy_khintchine(eq, psi).simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "by the theorem of Courrege and Marcinkiewicz a local equation of first order in time keeps p >= 0 only \
             if s = -c + i b.k - k.A k with real b and c and A positive semidefinite; this one is not of that form"
        }
        _ => {
            "s = -c + i b.k - k.A k with A positive semidefinite: the kernel is a drifting Gaussian \
             (Courrege; Marcinkiewicz)"
        }
    };
    C1::new("local-first-order", formula, because)
}

/// ψ is c − i b·k + k·A k with real b, c and A ⪰ 0.
pub(super) fn levy_khintchine(eq: &Equation, psi: &CPoly) -> Formula {
    let order = |exponents: &[u16], wave: &[usize]| -> u32 {
        exponents
            .iter()
            .zip(wave)
            .map(|(e, i)| if *i == RADIAL { u32::from(*e) / eq.ring.root } else { u32::from(*e) })
            .sum()
    };
    let wave = eq.ring.wave_variables();
    let psi = match eq.space {
        Space::Radial => psi.clone(),
        Space::Components(_) => psi.map(|p| in_terms_of_components(&eq.ring, p)),
    };
    let split = |p: &Poly| -> [Vec<(Vec<u16>, Poly)>; 4] {
        let mut parts: [Vec<_>; 4] = Default::default();
        for (exponents, coefficient) in monomials(p, &eq.ring) {
            let class = order(&exponents, &wave).min(3) as usize;
            parts[class].push((exponents, coefficient));
        }
        parts
    };
    let [_, drift_re, form_re, higher_re] = split(&psi.re);
    let [constant_im, _, form_im, higher_im] = split(&psi.im);
    let forbidden = drift_re.iter().chain(&higher_re).chain(&constant_im).chain(&form_im).chain(&higher_im);
    let zero = forbidden.map(|(_, c)| Formula::zero(c)).collect::<Vec<_>>();
    let semidefinite = match eq.space {
        Space::Radial => form_re.iter().map(|(_, c)| Formula::non_negative(c)).collect::<Vec<_>>(),
        Space::Components(n) => {
            let unknown = || Formula::Unknown("a quadratic form in other functions of k".into());
            let matrix = form_matrix(&form_re, &wave, n as usize, &psi.re);
            vec![matrix.map_or_else(unknown, |matrix| positive_semidefinite(&matrix))]
        }
    };
    Formula::all(zero.into_iter().chain(semidefinite))
}
