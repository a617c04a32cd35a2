//! Rule 3: equations elliptic in t. The admissible branch of a s² + b s + c = 0 is s = −b/(2a) − √Ψ(k) with
//! Ψ = (b² − 4ac)/(4a²); it is a density flow when √Ψ is a Lévy exponent, and b/(2a) is one too where it depends on k.
//! √ of a Lévy exponent is one, because √ is a Bernstein function; a quadratic Ψ in λ = |k|² is also admissible when
//! its roots are real and not positive.

use super::{bernstein, local};
use crate::algebra::formula::Formula;
use crate::algebra::polynomial::radial;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL, scale};
use crate::claims::answer::C1;
use crate::equation::linear::Equation;

const RULE: &str = "elliptic-square-root";

/// C1 of the decaying branch.
pub(super) fn decide(eq: &Equation, a0: &CPoly, a1: &CPoly, a2: &CPoly) -> C1 {
    let why = "a square root with coefficients that depend on k in this way";
    if eq.ring.has_wave(&a2.re) || !a2.is_real() || !a1.is_real() {
        return C1::new(RULE, Formula::Unknown(why.into()), why);
    }
    // 4a²Ψ = b² − 4ac.
    let psi = CPoly {
        re: crate::algebra::polynomial::discriminant(&a2.re, &a1.re, &a0.re),
        im: -scale(&(&a2.re * &a0.im), 4),
    };
    let formula = match eq.space {
        Space::Radial if psi.is_real() => square_root_of_radial(eq, &psi.re),
        Space::Components(n) if psi.is_real() && across(eq, &psi.re, n as usize) => Formula::False,
        _ => square_root_of_levy(eq, &psi),
    };
    // Two Lévy exponents have one for their sum; the converse is not true.
    let formula = if eq.ring.has_wave(&a1.re) {
        let damping = super::levy::levy_exponent(eq, &CPoly::real(&a1.re * &a2.re));
        let limited = !damping.further.is_empty();
        match Formula::all([formula, damping.formula]).simplify(&eq.oracle) {
            Formula::True if !limited => Formula::True,
            both => Formula::any([if limited { Formula::False } else { both }, Formula::Unknown(why.into())]),
        }
    } else {
        formula
    };
    // With damping the number of decaying branches must be one at every k; without it Ψ says so itself.
    let formula = if a1.is_zero() || !a0.is_real() {
        formula
    } else {
        // −c ≥ 0 that vanishes on a null set of k only, such as a form with a still direction.
        let not_negative = |p: &Poly| {
            let symbol = CPoly::real(p.clone());
            if eq.space == Space::Radial || !local::is_local(eq, &symbol) {
                return eq.positive(p);
            }
            let grounded = Formula::non_negative(&eq.ring.at_zero(p));
            Formula::any([eq.positive(p), Formula::all([local::levy_khintchine(eq, &symbol), grounded])])
        };
        let one_decays = Formula::any([
            Formula::all([Formula::positive(&a2.re), not_negative(&-a0.re.clone())]),
            Formula::all([Formula::negative(&a2.re), not_negative(&a0.re)]),
        ]);
        let open = Formula::Unknown("a number of decaying branches that changes with k".into());
        Formula::all([formula, Formula::any([one_decays, open])])
    };
    let formula = formula.simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "the decaying branch is s = -sqrt(Psi) up to a constant, and sqrt(Psi) is not a Levy exponent: it grows \
             faster than |k|^2, is not real for long waves, or is convex in |k|^2"
        }
        _ => {
            "the admissible branch is s = -sqrt(Psi(k)) up to a constant, and sqrt(Psi) is a Bernstein function of \
             |k|^2 or of a Levy exponent: subordination keeps p >= 0"
        }
    };
    let mut c1 = bernstein::limited(eq, &psi, C1::new(RULE, formula, because));
    // The root of an exponent may be one in more dimensions than the exponent.
    c1.exact &= c1.further.is_empty();
    c1
}

/// Ψ is itself a Lévy exponent with Ψ(0) ≥ 0: sufficient, in any dimension, with drift too.
fn square_root_of_levy(eq: &Equation, psi: &CPoly) -> Formula {
    let exponent =
        if local::is_local(eq, psi) { local::levy_khintchine(eq, psi) } else { bernstein::powers(eq, psi).formula };
    let grounded = Formula::non_negative(&eq.ring.at_zero(&psi.re));
    let sufficient = Formula::all([exponent, grounded]).simplify(&eq.oracle);
    match sufficient {
        Formula::True => Formula::True,
        other => {
            Formula::any([other, Formula::Unknown("the square root of a symbol that is not a Levy exponent".into())])
        }
    }
}

/// Ψ = c τ⁴ + m τ² + g in one component, in the plane with another one, c > 0, and g grows faster than m²: the Gaussian
/// part of √Ψ is √c τ² + …, and the mean over τ of what is left, m/(2√c), bounds √g up to a constant.
fn across(eq: &Equation, psi: &Poly, n: usize) -> bool {
    let wave = eq.ring.wave_variables();
    let positive = |p: &Poly| eq.oracle.signs(p).always_positive() && !eq.ring.has_wave(p);
    let zero = eq.ring.zero();
    (0..n).flat_map(|i| (0..n).map(move |j| (K1 + i, K1 + j))).filter(|(i, j)| i != j).any(|(i, j)| {
        let others = wave.iter().filter(|v| **v != i && **v != j);
        let mut plane = psi.clone();
        for v in others {
            if *v == RADIAL && plane.degree(*v) > 0 {
                return false;
            }
            plane = plane.replace(*v, &0.into());
        }
        let of = |p: &Poly, v: usize, e: u16| {
            crate::algebra::ring::coefficients(p, v)
                .into_iter()
                .find(|(_, power)| *power == e)
                .map_or_else(|| zero.clone(), |x| x.0)
        };
        let even =
            crate::algebra::ring::coefficients(&plane, i).iter().all(|(c, e)| c.is_zero() || [0, 2, 4].contains(e));
        let (g, m, c) = (of(&plane, i, 0), of(&plane, i, 2), of(&plane, i, 4));
        let degree = g.degree(j);
        even && positive(&c) && degree > 2 * m.degree(j) && positive(&of(&g, j, degree))
    })
}

/// Isotropic Ψ.
fn square_root_of_radial(eq: &Equation, psi: &Poly) -> Formula {
    let list = radial(psi);
    let symbolic = eq.ring.wave_variables().into_iter().any(|i| i != crate::algebra::ring::RADIAL && psi.degree(i) > 0);
    let step = 2 * eq.ring.root;
    let even = list.iter().all(|(e, _)| u32::from(*e) % step == 0);
    if symbolic || !even {
        return fractional(eq, psi);
    }
    let part = |j: u32| {
        list.iter().find(|(e, _)| u32::from(*e) == j * step).map_or_else(|| eq.ring.zero(), |(_, c)| c.clone())
    };
    let (gamma, beta, alpha) = (part(0), part(1), part(2));
    // √ of degree above two in λ grows faster than |k|²: refuted in every dimension.
    let growth = list.iter().filter(|(e, _)| u32::from(*e) > 2 * step).map(|(_, c)| Formula::zero(c));
    // α λ² + β λ + γ: real roots that are not positive. Otherwise √Ψ is convex or not real near λ = 0, and
    // B''(0) > 0 contradicts the sign of the fourth cumulant of a Lévy process, in every dimension.
    let roots = Formula::all([
        Formula::non_negative(&alpha),
        Formula::non_negative(&beta),
        Formula::non_negative(&gamma),
        Formula::non_negative(&crate::algebra::polynomial::discriminant(&alpha, &beta, &gamma)),
    ]);
    Formula::all(growth.chain([roots]).collect::<Vec<_>>())
}

/// Powers |k|^a in Ψ: positive weights with a ≤ 2, or a single power with a ≤ 4.
fn fractional(eq: &Equation, psi: &Poly) -> Formula {
    let weights = bernstein::non_negative_weights(eq, psi);
    let grounded = Formula::non_negative(&eq.ring.at_zero(psi));
    if let [(exponents, weight)] = crate::algebra::polynomial::monomials(psi, &eq.ring).as_slice()
        && let Some(total) = bernstein::total_exponent(eq, exponents)
    {
        let slow_enough = Formula::non_negative(&(&eq.ring.integer(4) - &total));
        return Formula::any([Formula::zero(weight), Formula::all([slow_enough, Formula::positive(weight)])]);
    }
    // One power and a constant γ ≥ 0: for γ > 0, √(γ + c|k|^a) − √γ = o(|k|²) for long waves if a > 2, so that no
    // variance is left.
    if let [(zero, gamma), (exponents, weight)] = crate::algebra::polynomial::monomials(psi, &eq.ring).as_slice()
        && zero.iter().all(|e| *e == 0)
        && let Some(total) = bernstein::total_exponent(eq, exponents)
    {
        let at_most = |n: i64| Formula::non_negative(&(&eq.ring.integer(n) - &total));
        let slow = Formula::all([at_most(2), Formula::non_negative(gamma)]);
        let alone = Formula::all([at_most(4), Formula::zero(gamma)]);
        let moves = Formula::all([Formula::positive(weight), Formula::any([slow, alone])]);
        return Formula::any([Formula::all([Formula::zero(weight), Formula::non_negative(gamma)]), moves]);
    }
    let necessary = real_and_rising(eq, psi);
    let sufficient = Formula::all([weights, grounded]).simplify(&eq.oracle);
    match sufficient {
        Formula::True => Formula::True,
        other => {
            let why = "the square root of a sum of powers of |k| that is not a Levy exponent";
            Formula::all([necessary, Formula::any([other, Formula::Unknown(why.into())])])
        }
    }
}

/// Ψ(0) ≥ 0, √Ψ − √Ψ(0) ≥ 0 for long and for short waves, and no growth of √Ψ beyond |k|²: necessary in every
/// dimension.
fn real_and_rising(eq: &Equation, psi: &Poly) -> Formula {
    if eq.ring.has_atom(psi) {
        return Formula::True;
    }
    let list: Vec<_> = radial(psi).into_iter().filter(|(e, _)| *e > 0).collect();
    let (slow, fast): (Vec<_>, Vec<_>) = list.iter().partition(|(e, _)| u32::from(*e) <= 4 * eq.ring.root);
    let ends = [slow.first(), slow.last()].into_iter().flatten().map(|(_, c)| Formula::non_negative(c));
    let conditions = fast.iter().map(|(_, c)| Formula::zero(c)).chain(ends);
    Formula::all(conditions.chain([Formula::non_negative(&eq.ring.at_zero(psi))]).collect::<Vec<_>>())
}
