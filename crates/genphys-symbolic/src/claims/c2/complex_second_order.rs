//! C2 for a s² + b s + c = 0 with a > 0 and complex b, c. With p = Re b and
//!
//!   D = p² Re c + p Im b Im c − a (Im c)² = a³ Re s₁ Re s₂ |s₁ + s̄₂|²,
//!
//! both roots decay exactly when p > 0 and D > 0 (Routh–Hurwitz for complex coefficients), and one does where D < 0.

use crate::algebra::formula::Formula;
use crate::algebra::hurwitz;
use crate::algebra::ring::{CPoly, K1, Poly, S};
use crate::claims::answer::C2;
use crate::claims::c2::rates;
use crate::claims::c2::rates::{Rate, Shift};
use crate::claims::c2::rates_certificate;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use genphys_pde::verdict::Problem;

const RULE: &str = "complex-routh-hurwitz";

/// Decides C2; `a` is positive and free of k; `again` decides it in a moving frame.
pub(super) fn decide(eq: &Equation, c: &CPoly, b: &CPoly, a: &Poly, again: fn(&Equation) -> C2) -> C2 {
    if let Some(moving) = crate::claims::moving_frame::at_rest(eq) {
        let mut found = again(&moving.eq);
        // Where C2 is never that of an initial-value problem the lower rate is meant.
        let evolves = Formula::all([found.kind.evolution.clone(), found.formula.clone()]).simplify(&eq.oracle);
        let problem = if evolves == Formula::False { Problem::HalfSpace } else { found.kind.problem() };
        found.certificate =
            found.certificate.or_else(|| crate::claims::c2::rates_certificate::certificate(&moving.eq, problem));
        return found;
    }
    let real = hurwitz::real(&[c.clone(), b.clone(), CPoly::real(a.clone())]);
    let mut kind = match two_velocities(eq, c, b, a) {
        true => petrovsky::Kind { evolution: Formula::True, half_space: Formula::False },
        false => petrovsky::higher_order(eq, &real),
    };
    let (b0, c0) = (b.map(|p| eq.ring.at_zero(p)), c.map(|p| eq.ring.at_zero(p)));
    let (slowest, fastest) = ends(eq, &c0, &b0, a);
    let why = || Formula::Unknown("the growth rates at k = 0 of a complex equation".into());
    let shifted = |shift: &Shift| shifted(c, b, a, shift);
    let decay_claims = |_: &Equation, shift: &Shift| {
        let (p, d) = shifted(shift);
        vec![p, d]
    };
    let decay = slowest.as_ref().map_or_else(why, |rate| {
        rate.statement(eq, &|eq, shift| Formula::all(decay_claims(eq, shift).iter().map(|p| eq.positive(p))))
    });
    if decay == Formula::True {
        (kind.evolution, kind.half_space) = (Formula::True, Formula::False);
    }
    // Half-space: one root on either side of s₀ and of 0.
    let one = eq.positive(&-product_of_rates(&b.re, c, &b.im, a));
    let split_claims = |_: &Equation, shift: &Shift| vec![-shifted(shift).1, -product_of_rates(&b.re, c, &b.im, a)];
    let split = fastest.as_ref().map_or_else(why, |rate| {
        rate.statement(eq, &|eq, shift| Formula::all(split_claims(eq, shift).iter().map(|p| eq.positive(p))))
    });
    let split = match Formula::all([one.clone(), split]).simplify(&eq.oracle) {
        Formula::True => Formula::True,
        other => Formula::any([
            other,
            Formula::Unknown("a half-space problem with complex coefficients in which waves may not decay".into()),
        ]),
    };
    let formula =
        Formula::any([Formula::all([kind.evolution.clone(), decay]), Formula::all([kind.half_space.clone(), split])])
            .simplify(&eq.oracle);
    let (rate, because) = match kind.problem() {
        Problem::IllPosed => {
            (None, "some growth rate is unbounded at short waves and the branches do not pair up: ill posed")
        }
        Problem::HalfSpace => {
            (fastest, "one root lies on either side of s0, the rate of the decaying branch at k = 0, for every k != 0")
        }
        _ => (
            slowest,
            "P(s + s0, k), s0 the slowest growth rate at k = 0, has both roots in the left half-plane for every \
             k != 0 (Routh-Hurwitz for complex coefficients)",
        ),
    };
    let formula = match formula {
        Formula::True if rate.is_none() => Formula::Unknown("whether two rates at k = 0 oscillate".into()),
        other => other,
    };
    let mut c2 = C2::new(RULE, formula, kind, because);
    c2.certificate = rate.and_then(|rate| rates_certificate::by_rates(eq, &[rate]));
    c2
}

/// Local on the line with two different real velocities, a v² = f v + c₂, for all parameter values: s = −i v k − ρ +
/// O(1/k) with real ρ.
fn two_velocities(eq: &Equation, c: &CPoly, b: &CPoly, a: &Poly) -> bool {
    if eq.space != crate::algebra::positivity::Space::Components(1) || eq.ring.has_wave(&b.re) || eq.ring.has_wave(a) {
        return false;
    }
    let part = |p: &Poly, power: u16| crate::algebra::ring::coefficient(p, K1, power);
    let (f, drift, square) = (part(&b.im, 1), part(&c.im, 1), part(&c.re, 2));
    let k = eq.ring.variable(K1);
    let local = &f * &k == b.im
        && &drift * &k == c.im
        && &(&square * &eq.ring.power(K1, 2)) + &eq.ring.at_zero(&c.re) == c.re
        && [&f, &drift, &square].into_iter().all(|p| !eq.ring.has_wave(p));
    local && eq.oracle.signs(&(&(&f * &f) + &crate::algebra::ring::scale(&(a * &square), 4))).always_positive()
}

/// The largest and the smallest Re s at k = 0.
fn ends(eq: &Equation, c0: &CPoly, b0: &CPoly, a: &Poly) -> (Option<Rate>, Option<Rate>) {
    if b0.is_real() && c0.is_real() {
        let square = crate::algebra::polynomial::discriminant(a, &b0.re, &c0.re);
        let den = crate::algebra::ring::scale(a, 2);
        let upper = Rate::Root { num: -b0.re.clone(), square: square.clone(), den: den.clone() };
        let lower = match eq.ring.work.perfect_root(&square) {
            // Only where √square is known with its sign; otherwise the lower root is left to numbers.
            Some(root) if eq.oracle.signs(&root).never_negative() => {
                Some(Rate::Quotient { num: &(-b0.re.clone()) - &root, den })
            }
            Some(root) if !eq.oracle.signs(&root).positive => Some(Rate::Quotient { num: &root - &b0.re, den }),
            _ => None,
        };
        let numbers = extreme(eq, c0, b0, a, false);
        return (Some(upper), lower.or(numbers));
    }
    (extreme(eq, c0, b0, a, true), extreme(eq, c0, b0, a, false))
}

/// The real roots σ of D at the shift σ are the two Re s, and their mean where both have one Im s.
fn extreme(eq: &Equation, c0: &CPoly, b0: &CPoly, a: &Poly, largest: bool) -> Option<Rate> {
    let sigma = eq.ring.variable(S);
    let (p, c) = shift_by(c0, b0, a, &sigma, &eq.ring.integer(1));
    let d = product_of_rates(&p, &c, &b0.im, a);
    let alone = (0..eq.ring.meanings.len()).all(|i| i == S || d.degree(i) == 0);
    if alone && !d.is_zero() { rates::extreme_root(eq, &d, largest) } else { None }
}

/// Re b and c of P(s + num/den), times positive factors.
fn shift_by(c: &CPoly, b: &CPoly, a: &Poly, num: &Poly, den: &Poly) -> (Poly, CPoly) {
    let p = &(&b.re * den) + &crate::algebra::ring::scale(&(a * num), 2);
    let square = CPoly::real(a * &(num * num));
    (p, c.scale(&(den * den)).add(&b.scale(&(num * den))).add(&square))
}

/// p and D of P(s + s₀).
fn shifted(c: &CPoly, b: &CPoly, a: &Poly, shift: &Shift) -> (Poly, Poly) {
    let (p, moved) = shift_by(c, b, a, &shift.num, &shift.den);
    let imaginary = &b.im * &shift.den;
    (shift.reduce(&p), shift.reduce(&product_of_rates(&p, &moved, &imaginary, a)))
}

/// D.
fn product_of_rates(p: &Poly, c: &CPoly, q: &Poly, a: &Poly) -> Poly {
    &(&(&(p * p) * &c.re) + &(&(p * q) * &c.im)) - &(a * &(&c.im * &c.im))
}
