//! The point mass that stays at the source. Let the coefficients of D = Σ a_j(k) s^j grow at most like |k|^d, and
//! D_∞(s) be that of
//! |k|^d. As |k| → ∞ the bounded zeros of D tend to those of D_∞, and their part of p̂ to
//!
//!   A(t), with the Laplace transform (D_∞ − D_∞(0))/(s D_∞),
//!
//! while the other zeros decay without bound or oscillate with powers of |k| for phases, which have the mean 0 over
//! large balls. The mean of p̂ over large balls, or along a line, is the mass of the point 0 (Wiener), so that A ≥ 0 is
//! necessary in every N.
//!
//! A = 1 if D_∞(0) = 0. Otherwise A decays like its slowest zero, which has to be real (Landau); for degree two that is
//! exact but for the sign of A where both zeros are real and positive.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::discriminant;
use crate::algebra::positivity::Space;
use crate::algebra::ring::{CPoly, K1, Poly, RADIAL, coefficient, scale};
use crate::equation::linear::Equation;

pub(super) const BECAUSE: &str = "as |k| -> infinity p-hat(k, t) tends in the mean to the mass of the point at the source (Wiener), which \
                                  oscillates or turns negative";

/// A condition without which p < 0 somewhere.
pub(super) fn necessary(eq: &Equation, a: &[CPoly]) -> Formula {
    if a.iter().any(|c| eq.ring.has_atom(&c.re) || eq.ring.has_atom(&c.im) || eq.ring.has_time(&c.re)) {
        return Formula::True;
    }
    let lines: Vec<Vec<CPoly>> = match eq.space {
        Space::Radial => vec![a.to_vec()],
        // |k| beside components is left out.
        Space::Components(_) if a.iter().any(|c| c.re.degree(RADIAL) > 0 || c.im.degree(RADIAL) > 0) => Vec::new(),
        Space::Components(n) => (0..n as usize)
            .map(|axis| {
                let on_axis = |p: &Poly| {
                    let others = (0..n as usize).filter(|i| *i != axis);
                    let alone = others.fold(p.clone(), |p, i| p.replace(K1 + i, &0.into()));
                    alone.replace_with_poly(K1 + axis, &eq.ring.variable(RADIAL))
                };
                a.iter().map(|c| c.map(on_axis)).collect()
            })
            .collect(),
    };
    Formula::all(lines.iter().map(|line| on_a_line(eq, line)))
}

fn on_a_line(eq: &Equation, a: &[CPoly]) -> Formula {
    let highest = a.iter().map(|c| c.re.degree(RADIAL).max(c.im.degree(RADIAL))).max().unwrap_or(0);
    if highest == 0 {
        return Formula::True;
    }
    let limit: Vec<CPoly> = a.iter().map(|c| c.map(|p| coefficient(p, RADIAL, highest))).collect();
    // A common factor i^d is divided out.
    let real: Vec<Poly> = if limit.iter().all(CPoly::is_real) {
        limit.into_iter().map(|c| c.re).collect()
    } else if limit.iter().all(|c| c.re.is_zero()) {
        limit.into_iter().map(|c| c.im).collect()
    } else {
        return Formula::True;
    };
    let list = super::in_time::trimmed(&real);
    match list.as_slice() {
        [_] | [_, _] | [] => Formula::True,
        [c, b, a] => Formula::any([
            // Of lower degree, or all of it is gone.
            Formula::zero(a),
            Formula::zero(c),
            Formula::all([
                Formula::non_negative(&discriminant(a, b, c)),
                Formula::any([Formula::non_negative(&(a * b)), Formula::non_negative(&-(a * c))]),
            ]),
        ]),
        [c0, .., lead] if !eq.oracle.signs(lead).never_zero() || c0.is_zero() => Formula::True,
        [c0, c1, c2, c3] => {
            // Three real zeros, or the real one at or to the right of the mean of all, and so of the pair.
            let product = |n: i64, list: &[&Poly]| list.iter().fold(c0.one().mul_coeff(n.into()), |p, q| &p * q);
            let real = &(&(&product(18, &[c3, c2, c1, c0]) - &product(4, &[c2, c2, c2, c0]))
                + &product(1, &[c2, c2, c1, c1]))
                - &(&product(4, &[c3, c1, c1, c1]) + &product(27, &[c3, c3, c0, c0]));
            // 27 c₃² D_∞(−c₂/(3c₃)) = 2c₂³ − 9c₁c₂c₃ + 27c₀c₃².
            let at_mean = &(&product(2, &[c2, c2, c2]) - &product(9, &[c1, c2, c3])) + &product(27, &[c0, c3, c3]);
            Formula::any([Formula::zero(c0), Formula::non_negative(&real), Formula::non_negative(&-(&at_mean * c3))])
        }
        _ => Formula::True,
    }
}

/// No wave may grow faster than the longest, |p̂(k, t)| ≤ p̂(0, t): with s₀ the slowest rate of p̂(0, t), P(s + s₀, k)
/// has all zeros in Re s ≤ 0, so that its coefficients and Hurwitz determinants are ≥ 0 at every k, and so for long and
/// for short waves. At a zero s ≠ 0 of D the numerator (D − a_0)/s of p̂ does not vanish, and where a_0(0) = 0, p̂(0,
/// t) = 1.
pub(super) fn no_faster_wave(eq: &Equation, a: &[CPoly]) -> Formula {
    let at_zero = |p: &Poly| eq.ring.at_zero(p);
    let grounded = a.first().is_some_and(|c| at_zero(&c.re).is_zero());
    if !a.iter().all(CPoly::is_real) || !grounded || eq.space != Space::Radial || a.len() > 5 {
        return Formula::True;
    }
    let mut list: Vec<Poly> = a.iter().map(|c| c.re.clone()).collect();
    if list.iter().any(|p| eq.ring.has_atom(p)) {
        return Formula::True;
    }
    let Some(lead) = list.last().cloned() else { return Formula::True };
    let ends = |p: &Poly| {
        let kept: Vec<Poly> = crate::algebra::polynomial::radial(p).into_iter().map(|(_, c)| c).collect();
        [kept.first().cloned(), kept.last().cloned()].into_iter().flatten().collect::<Vec<_>>()
    };
    let signs: Vec<_> = ends(&lead).iter().map(|c| eq.oracle.signs(c)).collect();
    if signs.iter().all(|s| s.always_negative()) {
        list = list.iter().map(|p| scale(p, -1)).collect();
    } else if !signs.iter().all(|s| s.always_positive()) {
        return Formula::True;
    }
    let n = list.len() - 1;
    let determinants: Vec<Poly> = (1..n).map(|size| crate::algebra::hurwitz::determinant(&list, size)).collect();
    Formula::all(list.iter().chain(&determinants).flat_map(ends).map(|c| Formula::non_negative(&c)))
}
