//! C2 of a real equation a(k) s² + b(k) s + c(k) = 0 whose leading coefficient vanishes at some k but does not change
//! its sign.

use crate::algebra::formula::Formula;
use crate::algebra::ring::{Poly, scale};
use crate::claims::answer::C2;
use crate::claims::c2::rates::Rate;
use crate::claims::c2::rates_certificate;
use crate::claims::c2::two_roots::all_branches_decay;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use crate::equation::petrovsky::Kind;

/// a(k) ≥ 0 or ≤ 0 with zeros: there the equation is of first order and one root less counts. With s₀ the slowest rate
/// at k = 0 all roots at k lie to the left of it exactly where a ≥ 0, P′(s₀) = 2a s₀ + b > 0 and P(s₀) > 0, whether a
/// vanishes or not. Near a zero of a the root that is lost runs off like −b/a, to the left as P′(s₀) > 0. Where both
/// signs of a may occur nothing is said.
pub(super) fn decide(eq: &Equation, a: &Poly, b: &Poly, c: &Poly) -> C2 {
    let open = |why: &str| Formula::Unknown(why.into());
    let signs = eq.oracle.signs(a);
    let sign = if signs.never_negative() {
        1
    } else if !signs.positive {
        -1
    } else {
        let why = "a leading coefficient that may change its sign with k";
        let kind = Kind { evolution: open(why), half_space: open(why) };
        return C2::new("routh-hurwitz", open(why), kind, why);
    };
    let [a, b, c] = [a, b, c].map(|p| scale(p, sign));
    let (a0, b0, c0) = (eq.ring.at_zero(&a), eq.ring.at_zero(&b), eq.ring.at_zero(&c));
    let at_infinity = petrovsky::second_order(eq, &a, &b, &c, &Formula::False);
    let decay = if a0.is_zero() {
        // s₀ = −c₀/b₀ is the only root at k = 0.
        let slope = &(&b * &b0) - &scale(&(&a * &c0), 2);
        let value = &(&(&a * &(&c0 * &c0)) - &(&(&b * &b0) * &c0)) + &(&c * &(&b0 * &b0));
        let regular = Formula::all([Formula::positive(&b0), eq.positive(&slope), eq.positive(&value)]);
        // For b₀ < 0 the lost root runs off to the right as k → 0. Without b₀ no root is left at k = 0.
        Formula::any([regular, Formula::all([Formula::zero(&b0), open("no growth rate at k = 0")])])
    } else {
        let grounded = Formula::positive(&a0).simplify(&eq.oracle);
        if grounded == Formula::True {
            all_branches_decay(eq, &a, &b, &c)
        } else {
            open("a leading coefficient that vanishes at k = 0 for some parameter values")
        }
    }
    .simplify(&eq.oracle);
    let why = "a half-space problem whose leading coefficient vanishes at some k";
    let mut kind = at_infinity;
    match &decay {
        Formula::True => (kind.evolution, kind.half_space) = (Formula::True, Formula::False),
        // The lost root may run off to the right.
        _ => {
            let bounded = eq.positive(&b).simplify(&eq.oracle);
            if bounded != Formula::True {
                kind.evolution =
                    Formula::all([kind.evolution, open("a root that is lost at some k")]).simplify(&eq.oracle);
            }
        }
    }
    let half_space = Formula::all([kind.half_space.clone(), open(why)]);
    // Whatever the problem is called, an initial-value problem with a root beyond s₀ does not smooth.
    let evolution =
        if kind.half_space == Formula::False { decay } else { Formula::all([kind.evolution.clone(), decay]) };
    let formula = Formula::any([evolution, half_space]).simplify(&eq.oracle);
    let because = match &formula {
        Formula::False => {
            "some root of P(s + s(0), k) does not lie in the left half-plane at some k != 0 (Routh-Hurwitz)"
        }
        _ => {
            "all roots of P(s + s(0), k) lie in the left half-plane for every k != 0 (Routh-Hurwitz); where the leading \
             coefficient vanishes one root is lost"
        }
    };
    let mut c2 = C2::new("routh-hurwitz", formula, kind, because);
    if a0.is_zero() {
        c2.certificate = rates_certificate::by_rates(eq, &[Rate::Quotient { num: -c0, den: b0 }]);
    }
    c2
}
