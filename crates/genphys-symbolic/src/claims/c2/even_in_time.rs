//! C2 of real equations that are even in s, D = G(s², k), of order four, whose waves at k = 0 neither grow nor decay:
//! all zeros Σ of G(Σ, 0) are real and not positive. The roots are ±√Σ, so that no reading (evolution, half-space) lets
//! C2 hold where a zero Σ ≤ 0 occurs at some k ≠ 0, which is a bounded branch with Re s = 0. Where none does, half of
//! the branches decay at every k ≠ 0 and C2 holds.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::discriminant;
use crate::algebra::polynomial::monomials;
use crate::algebra::ring::{Poly, scale};
use crate::claims::answer::C2;
use crate::equation::linear::Equation;
use crate::equation::petrovsky;
use crate::equation::petrovsky::Kind;
use genphys_pde::certificate::Certificate;

const RULE: &str = "even-in-time";

/// `None` where the equation is not of this form, or it stays open.
pub(super) fn decide(eq: &Equation, real: &[Poly]) -> Option<C2> {
    let [c, s1, b, s3, a] = real else { return None };
    if !s1.is_zero() || !s3.is_zero() || eq.ring.has_wave(a) {
        return None;
    }
    let signs = eq.oracle.signs(a);
    let sign = match (signs.always_positive(), signs.always_negative()) {
        (true, _) => 1,
        (_, true) => -1,
        _ => return None,
    };
    let [a, b, c] = [a, b, c].map(|p| scale(p, sign));
    let [b0, c0] = [&b, &c].map(|p| eq.ring.at_zero(p));
    let at_zero = discriminant(&a, &b0, &c0);
    let [falls, stays, real_at_zero] = [&b0, &c0, &at_zero].map(|p| eq.oracle.signs(p));
    if !falls.never_negative() || !stays.never_negative() || !real_at_zero.never_negative() {
        return None;
    }
    // A simple zero Σ < 0 at k = 0 stays real and negative for long waves.
    let still = falls.always_positive() && real_at_zero.always_positive();
    let spread = discriminant(&a, &b, &c);
    // a Y² − b Y + c > 0 for all Y = −Σ ≥ 0.
    let grounded = eq.positive(&c);
    let none = [
        Formula::all([grounded.clone(), eq.positive(&-spread.clone())]),
        Formula::all([grounded, eq.positive(&-b.clone())]),
    ];
    let one_sign = matches!(monomials(&b, &eq.ring).as_slice(), [] | [_]);
    let formula = match Formula::any(none).simplify(&eq.oracle) {
        _ if still => Formula::False,
        Formula::True => Formula::True,
        other if one_sign && c0.is_zero() && b0.is_zero() => other,
        _ => return None,
    };
    if !formula.unknowns().is_empty() {
        return None;
    }
    let mut kind = petrovsky::higher_order(eq, &[c.clone(), s1.clone(), b.clone(), s3.clone(), a]);
    let oscillates = [&b, &c, &spread].map(|p| eq.positive(p));
    if formula == Formula::True {
        kind = Kind { evolution: Formula::False, half_space: Formula::True };
    } else if Formula::all(oscillates).simplify(&eq.oracle) == Formula::True {
        kind = Kind { evolution: Formula::True, half_space: Formula::False };
    }
    let because = if formula == Formula::False {
        "the equation is even in time, and some waves oscillate for ever with real omega"
    } else {
        "the equation is even in time, and at no k != 0 omega is real: half of the branches decay"
    };
    let mut c2 = C2::new(RULE, formula, kind, because);
    c2.certificate = Some(Certificate::EvenInTime);
    Some(c2)
}
