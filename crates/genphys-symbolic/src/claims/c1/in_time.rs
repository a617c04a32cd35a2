//! Rational functions of s that are Laplace transforms of measures in t ≥ 0 which are nowhere negative: signs of the
//! partial fractions. With a leading coefficient b₂ > 0 of B and roots −r₁ ≥ −r₂,
//!
//! - f/B with f = f₁ s + f₀ is one exactly when the roots are real, f₁ ≥ 0 (t → 0) and f(−r₁) ≥ 0 (t → ∞), or f = 0:
//!   the sum of two exponentials changes its sign at most once. Without real roots it oscillates;
//! - f/B² with the same f likewise: it is f/B times 1/B, and its ends in t have the same signs.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::discriminant;
use crate::algebra::ring::{Poly, scale};

/// Conditions for a measure that is nowhere negative: `sufficient` implies it, and it implies `necessary`.
pub(super) struct Sign {
    pub(super) sufficient: Formula,
    pub(super) necessary: Formula,
}

impl Sign {
    fn exact(formula: Formula) -> Self {
        Self { sufficient: formula.clone(), necessary: formula }
    }
}

/// Of num/base^power, power 1 or 2, coefficients by rising power of s and a positive leading coefficient of `base`;
/// `None` where the degrees are not reached.
pub(super) fn sign(num: &[Poly], base: &[Poly], power: usize) -> Option<Sign> {
    let num = trimmed(num);
    let zero = base.first()?.zero();
    let part = |i: usize| num.get(i).unwrap_or(&zero);
    match base {
        [_] if num.len() <= 1 => Some(Sign::exact(Formula::non_negative(part(0)))),
        [b0, b1] if num.len() <= power + 1 => {
            // Around the pole: Σ n_i (s + π)^i, of which n_power is a point mass at t = 0.
            let degree = num.len().saturating_sub(1);
            let cleared: Vec<Poly> = num.iter().enumerate().map(|(j, c)| c * &b1.pow(degree - j)).collect();
            let moved = crate::algebra::hurwitz::shift(&cleared, &-b0.clone());
            Some(Sign::exact(Formula::all(moved.iter().map(Formula::non_negative))))
        }
        [b0, b1, b2] if num.len() <= 3 => {
            // num = n₂ B/b₂ + (f₁ s + f₀)/b₂.
            let f1 = &(part(1) * b2) - &(part(2) * b1);
            let f0 = &(part(0) * b2) - &(part(2) * b0);
            let real = Formula::non_negative(&discriminant(b2, b1, b0));
            let late = slowest(&f1, &f0, base);
            let rest = Formula::all([real.clone(), Formula::non_negative(&f1), late.clone()]);
            let none = Formula::all([Formula::zero(&f1), Formula::zero(&f0)]);
            let point = Formula::non_negative(part(2));
            match power {
                1 => Some(Sign::exact(Formula::all([point, Formula::any([none, rest])]))),
                2 if num.len() <= 2 => Some(Sign::exact(Formula::any([none, rest]))),
                2 => Some(Sign {
                    sufficient: Formula::all([point.clone(), real.clone(), Formula::any([none, rest])]),
                    necessary: Formula::all([point, real, late]),
                }),
                _ => None,
            }
        }
        _ => None,
    }
}

/// f₁ s + f₀ ≥ 0 at the larger of two real roots of B, leading coefficient positive.
pub(super) fn slowest(f1: &Poly, f0: &Poly, base: &[Poly]) -> Formula {
    let [b0, b1, b2] = base else { return Formula::False };
    // 2 b₂ f(−r₁) = x + y √disc.
    let (x, y) = (&scale(&(f0 * b2), 2) - &(f1 * b1), f1);
    // (x² − y² disc)/(4 b₂) = b₂ f₀² − b₁ f₀ f₁ + b₀ f₁².
    let product = &(&(b2 * &(f0 * f0)) - &(&(f0 * f1) * b1)) + &(b0 * &(f1 * f1));
    Formula::any([
        Formula::all([Formula::non_negative(&x), Formula::non_negative(y)]),
        Formula::all([Formula::non_negative(&x), Formula::non_negative(&product)]),
        Formula::all([Formula::non_negative(y), Formula::non_negative(&-product)]),
    ])
}

/// Quotient and remainder of a by b, both times the positive factor b_n^(m − n + 1).
pub(super) fn divided(a: &[Poly], b: &[Poly]) -> (Vec<Poly>, Vec<Poly>) {
    let Some(lead) = b.last() else { return (Vec::new(), a.to_vec()) };
    let mut rest = a.to_vec();
    let mut quotient: Vec<Poly> = Vec::new();
    while rest.len() >= b.len() {
        let Some(top) = rest.pop() else { break };
        let offset = rest.len() + 1 - b.len();
        rest = rest.iter().map(|c| c * lead).collect();
        quotient = quotient.iter().map(|c| c * lead).collect();
        for (i, c) in b[..b.len() - 1].iter().enumerate() {
            rest[offset + i] = &rest[offset + i] - &(&top * c);
        }
        quotient.insert(0, top);
    }
    (quotient, rest)
}

/// Without leading zeros.
pub(super) fn trimmed(list: &[Poly]) -> Vec<Poly> {
    let kept = list.iter().rposition(|c| !c.is_zero()).map_or(0, |i| i + 1);
    list[..kept].to_vec()
}
