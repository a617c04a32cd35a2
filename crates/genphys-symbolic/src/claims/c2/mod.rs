//! C2: Im ω(k) < Im ω(0) for every |k| > 0 (GenPhys, section 3), decided exactly (theory, section 3).

pub(crate) mod amplitude;
pub(crate) mod complex_second_order;
pub(crate) mod even_in_time;
pub(crate) mod factors;
pub(crate) mod higher_order;
pub(crate) mod pure_second_order;
pub(crate) mod rates;
pub(crate) mod rates_certificate;
pub(crate) mod two_roots;
pub(crate) mod vanishing_lead;

use super::answer::C2;
use super::bessel;
use super::c2::two_roots::{all_branches_decay, decaying_branch};
use crate::algebra::formula::Formula;
use crate::algebra::implication;
use crate::algebra::positivity::Space;
use crate::algebra::print;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL, scale};
use crate::equation::dispersion::quotient;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use crate::equation::petrovsky::Kind;
use genphys_pde::verdict::Problem;

/// Decides C2.
pub(crate) fn decide(eq: &Equation) -> C2 {
    let mut c2 = without_end(eq);
    // What a clock that is finite at the end of the interval leaves of the data is known where coefficients change in
    // time.
    let changing = eq.order() == 1 && (eq.depends_on_time() || eq.motion.is_some());
    if !changing && c2.formula != Formula::False {
        c2.further.extend(amplitude::prior_error_at_end(eq.pde));
    }
    c2
}

/// The answer for a time without end.
fn without_end(eq: &Equation) -> C2 {
    let still = |c: &CPoly| !eq.ring.has_wave(&c.re) && !eq.ring.has_wave(&c.im);
    if eq.order() > 1 && eq.a.iter().all(still) {
        return without_waves();
    }
    if let Some(form) = bessel::recognise(eq) {
        let mut c2 = bessel::c2(eq, &form);
        c2.formula = Formula::all([eq.regular.clone(), c2.formula]).simplify(&eq.oracle);
        return c2;
    }
    let mut c2 = match eq.a.as_slice() {
        [a0, a1] if eq.depends_on_time() || eq.motion.is_some() => amplitude::decide(eq, a0, a1),
        _ if eq.depends_on_time() => changing_coefficients(),
        [a0, a1] => first_order(eq, a0, a1),
        [a0, a1, a2] if eq.is_real() => second_order(eq, &a0.re, &a1.re, &a2.re),
        [a0, a1, a2] => of_complex_coefficients(eq, a0, a1, a2),
        a => higher_order::decide(eq, a, decide),
    };
    if eq.order() > 1 && has_still_direction(eq) {
        c2.formula = Formula::False;
        (c2.band, c2.certificate) = (None, None);
        if c2.problem() != Problem::IllPosed {
            c2.because = "along some direction no coefficient depends on k: Im omega(k) is that of k = 0 there".into();
        }
    }
    let drops = crate::equation::time::order_drops(eq);
    if drops != Formula::False {
        // The formulas above imply that the leading coefficient does not vanish; here is what is left where it does.
        let lower = eq.of_lower_order();
        let below = if lower.order() > 0 {
            let lower = decide(&lower);
            let either = |above: &Formula, below: &Formula| {
                Formula::any([
                    Formula::all([drops.negate(), above.clone()]),
                    Formula::all([drops.clone(), below.clone()]),
                ])
                .simplify(&eq.oracle)
            };
            c2.kind = Kind {
                evolution: either(&c2.kind.evolution, &lower.kind.evolution),
                half_space: either(&c2.kind.half_space, &lower.kind.half_space),
            };
            lower.formula
        } else {
            Formula::False
        };
        let above = Formula::all([drops.negate(), c2.formula]);
        c2.formula = Formula::any([above, Formula::all([drops, below])]);
        (c2.band, c2.certificate) = (None, None);
    }
    let formula = Formula::all([eq.regular.clone(), c2.formula]).simplify(&eq.oracle);
    c2.formula = implication::reduced(&formula, &eq.oracle);
    c2
}

fn changing_coefficients() -> C2 {
    let why = "coefficients that depend on the time in an equation of second order in time that is not of Bessel form";
    let unknown = || Formula::Unknown(why.into());
    C2::new(amplitude::RULE, unknown(), Kind { evolution: unknown(), half_space: unknown() }, why)
}

/// Whether all coefficients are those of k = 0 along one of the lines between two axes with slopes up to two.
fn has_still_direction(eq: &Equation) -> bool {
    let Space::Components(n) = eq.space else { return false };
    let n = n as usize;
    let parts: Vec<&Poly> = eq.a.iter().flat_map(|c| [&c.re, &c.im]).collect();
    if parts.iter().any(|p| p.degree(RADIAL) > 0 || eq.ring.has_atom(p)) {
        return false;
    }
    let slopes = [(1, 0), (0, 1), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1)];
    let is_still = |i: usize, j: usize, slope: (i64, i64)| {
        parts.iter().all(|p| {
            let along = (0..n).fold((*p).clone(), |p, axis| {
                let d = if axis == i {
                    slope.0
                } else if axis == j {
                    slope.1
                } else {
                    0
                };
                p.replace_with_poly(K1 + axis, &scale(&eq.ring.variable(RADIAL), d))
            });
            along.degree(RADIAL) == 0
        })
    };
    (0..n).any(|i| (i + 1..n).any(|j| slopes.iter().any(|slope| is_still(i, j, *slope))))
}

/// No operator in space: every wave behaves like k = 0.
fn without_waves() -> C2 {
    let kind = Kind { evolution: Formula::True, half_space: Formula::False };
    let why = "no coefficient depends on k: Im omega(k) is the same for every k, nothing is smoothed";
    C2::new("growth-rate-sign", Formula::False, kind, why)
}

/// With a positive leading coefficient where its sign is known.
fn of_complex_coefficients(eq: &Equation, c: &CPoly, b: &CPoly, a: &CPoly) -> C2 {
    let signs = eq.oracle.signs(&a.re);
    if !a.is_real() || eq.ring.has_wave(&a.re) || !(signs.always_positive() || signs.always_negative()) {
        return higher_order::decide(eq, &[c.clone(), b.clone(), a.clone()], decide);
    }
    let turn = if signs.always_negative() { 2 } else { 0 };
    let [c, b, a] = [c, b, a].map(|p| p.mul_i(turn));
    if b.is_zero() {
        pure_second_order::decide(eq, &c, &a.re)
    } else {
        complex_second_order::decide(eq, &c, &b, &a.re, decide)
    }
}

/// s = −a0/a1: Re s(0) − Re s(k) is a quotient of polynomials.
fn first_order(eq: &Equation, a0: &CPoly, a1: &CPoly) -> C2 {
    let ratio = a0.mul(&a1.conj());
    let signs = eq.oracle.signs(&a1.re);
    let sign = if signs.never_negative() { 1 } else { -1 };
    // a1 ≥ 0 that vanishes at some k, where s runs off to −∞ if the difference below is positive, and no wave is left.
    let touches = a1.is_real() && eq.ring.has_wave(&a1.re) && (signs.never_negative() || !signs.positive);
    let (numerator, denominator) = if touches {
        (scale(&a0.re, sign), scale(&a1.re, sign))
    } else if a1.is_real() && !eq.ring.has_wave(&a1.re) {
        // Only the sign of a constant a1 matters; a0 a1 has the degree of a0.
        (ratio.re, &a1.re * &a1.re)
    } else {
        (ratio.re, a1.norm())
    };
    let (n0, d0) = (eq.ring.at_zero(&numerator), eq.ring.at_zero(&denominator));
    let difference = &(&numerator * &d0) - &(&n0 * &denominator);
    let lost = || Formula::Unknown("no growth rate at some k".into());
    let definite = if d0.is_zero() || (!a1.is_real() && eq.positive(&denominator) == Formula::False) {
        lost()
    } else if touches {
        Formula::positive(&d0)
    } else if eq.ring.has_wave(&denominator) {
        Formula::all([Formula::positive(&d0), eq.positive(&denominator)])
    } else {
        Formula::positive(&denominator)
    };
    let rises = eq.positive(&difference).simplify(&eq.oracle);
    // Without a rate at k = 0 there is nothing to compare with.
    let formula = if d0.is_zero() { lost() } else { Formula::all([definite, rises]).simplify(&eq.oracle) };
    let mut kind = petrovsky::first_order(eq, &numerator, &denominator, &formula);
    if formula != Formula::True && eq.ring.has_wave(&denominator) && eq.positive(&denominator) != Formula::True {
        // Near a zero of a1 the growth rate is not bounded, or not known to be.
        kind.evolution = Formula::all([kind.evolution, lost()]).simplify(&eq.oracle);
    }
    let problem = kind.problem();
    let (num, den) = quotient(a0, a1);
    let real = CPoly::real(num.re.clone());
    let rate = print::fraction(&eq.ring, &real.sub(&CPoly::real(at_zero_over(eq, &real.re, &den))), &den);
    let because = match (&formula, problem) {
        (_, Problem::IllPosed) => {
            "the growth rate is unbounded at short waves: the initial-value problem is ill posed".to_string()
        }
        _ if difference.is_zero() => "Im omega(k) is the same for every k: nothing is smoothed".to_string(),
        _ if eq.ring.has_wave(&den) => {
            "Im omega(0) - Im omega(k) is a rational function of k, decided by its signs".to_string()
        }
        _ => format!("Im omega(0) - Im omega(k) = {rate}"),
    };
    C2::new("growth-rate-sign", formula, kind, because)
}

/// The value at k = 0 when the denominator is constant, to be subtracted from a numerator.
fn at_zero_over(eq: &Equation, numerator: &Poly, denominator: &Poly) -> Poly {
    if eq.ring.has_wave(denominator) { eq.ring.zero() } else { eq.ring.at_zero(numerator) }
}

/// a s² + b s + c = 0 with real coefficients, in the two cases a > 0 and a < 0, or where a vanishes at some k.
fn second_order(eq: &Equation, c: &Poly, b: &Poly, a: &Poly) -> C2 {
    let everywhere = |p: &Poly| {
        if eq.ring.has_wave(p) {
            Formula::all([Formula::positive(&eq.ring.at_zero(p)), eq.positive(p)]).simplify(&eq.oracle)
        } else {
            Formula::positive(p).simplify(&eq.oracle)
        }
    };
    let (up, down) = (everywhere(a), everywhere(&-a.clone()));
    let (minus_a, minus_b, minus_c) = (-a.clone(), -b.clone(), -c.clone());
    if up == Formula::True {
        return second_order_normalised(eq, a, b, c);
    }
    if down == Formula::True {
        return second_order_normalised(eq, &minus_a, &minus_b, &minus_c);
    }
    if eq.ring.has_wave(a) {
        return vanishing_lead::decide(eq, a, b, c);
    }
    let first = second_order_normalised(eq, a, b, c);
    let second = second_order_normalised(eq, &minus_a, &minus_b, &minus_c);
    let either = |x: &Formula, y: &Formula| {
        Formula::any([Formula::all([up.clone(), x.clone()]), Formula::all([down.clone(), y.clone()])])
            .simplify(&eq.oracle)
    };
    let kind = Kind {
        evolution: either(&first.kind.evolution, &second.kind.evolution),
        half_space: either(&first.kind.half_space, &second.kind.half_space),
    };
    let formula = either(&first.formula, &second.formula);
    C2 { formula, kind, band: None, ..first }
}

fn second_order_normalised(eq: &Equation, a: &Poly, b: &Poly, c: &Poly) -> C2 {
    let opposite = eq.positive(&-c.clone());
    let rises = eq.positive(&(&eq.ring.at_zero(c) - c));
    let mut kind = petrovsky::second_order(eq, a, b, c, &rises);
    let decay = all_branches_decay(eq, a, b, c);
    if decay == Formula::True {
        kind.evolution = Formula::True;
    }
    let problem = kind.problem();
    let evolution = match &kind.evolution {
        Formula::False => Formula::False,
        other => Formula::all([other.clone(), decay]),
    };
    let half_space = match &kind.half_space {
        Formula::False => Formula::False,
        other => {
            let below = decaying_branch(eq, a, b, c);
            let one_decays = Formula::all([opposite.clone(), below.clone()]);
            // Without damping the other waves oscillate, which refutes.
            let answer = if b.is_zero() || opposite == Formula::True {
                one_decays
            } else {
                Formula::any([one_decays, more_or_none_decay(eq, a, b, below)])
            };
            Formula::all([other.clone(), answer])
        }
    };
    let formula = Formula::any([evolution, half_space]).simplify(&eq.oracle);
    let band = if problem == Problem::HalfSpace && b.is_zero() && formula != Formula::True {
        band_edge(eq, c, &rises)
    } else {
        None
    };
    let because = match problem {
        Problem::IllPosed => {
            "some growth rate is unbounded at short waves and the branches do not pair up: ill posed".to_string()
        }
        Problem::HalfSpace if b.is_zero() => {
            let (num, den) = (-c.clone(), a.clone());
            let root = print::fraction(&eq.ring, &CPoly::real(num), &den);
            format!("on the decaying branch Im omega(k) = -sqrt({root})")
        }
        Problem::HalfSpace => "the decaying branch lies below its value at k = 0".to_string(),
        _ if formula == Formula::False && b.is_zero() && !eq.ring.has_wave(a) => {
            "Im omega(k) does not fall below Im omega(0) at any k: nothing is smoothed".to_string()
        }
        _ if formula == Formula::False => {
            "some root of P(s + s(0), k) does not lie in the left half-plane at some k != 0 (Routh-Hurwitz)".to_string()
        }
        _ => "all roots of P(s + s(0), k) lie in the left half-plane for every k != 0 (Routh-Hurwitz)".to_string(),
    };
    C2 { band, ..C2::new("routh-hurwitz", formula, kind, because) }
}

/// A half-space problem in which, at some k, not exactly one branch decays. No reading lets C2 hold unless the lower
/// branch falls: of the branches that stay bounded one rises to Re s = 0 before it leaves, or none is left. Where the
/// lower branch does fall, the choice of that branch alone may be a process, and the question stays open.
///
/// The lower branch has Re s ≥ s₋(0) exactly where P′(s₋(0)) ≤ 0 ≤ P(s₋(0)); with P′ free of k it is ≤ 0 for sure.
fn more_or_none_decay(eq: &Equation, a: &Poly, b: &Poly, below: Formula) -> Formula {
    let open = Formula::Unknown("a number of decaying branches that changes with k".into());
    if eq.ring.has_wave(a) || eq.ring.has_wave(b) { open } else { Formula::all([below, open]).simplify(&eq.oracle) }
}

/// Waves longer than the band's edge oscillate: the condition −c > 0 on k, when it cuts off exactly the long waves.
fn band_edge(eq: &Equation, c: &Poly, rises: &Formula) -> Option<String> {
    let can_oscillate = eq.oracle.signs(&eq.ring.at_zero(c)).positive;
    // Only powers up to |k|² beyond the edge carry a density flow as well.
    let slow = crate::algebra::ring::coefficients(c, crate::algebra::ring::RADIAL)
        .iter()
        .all(|(weight, e)| weight.is_zero() || u32::from(*e) <= 2 * eq.ring.root);
    if eq.space != Space::Radial || *rises != Formula::True || !can_oscillate || !slow {
        return None;
    }
    match Formula::negative(c).simplify(&eq.oracle) {
        Formula::Atom(p, relation) => print::conditions(&eq.ring, &Formula::Atom(p, relation)).pop(),
        _ => None,
    }
}
