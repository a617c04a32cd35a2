//! What a C2 that holds rests on, for its certificate: growth rates at k = 0 that the others are compared with.
//! Everything else the checker finds out for itself.

use crate::algebra::print;
use crate::algebra::ring::{Poly, R, S, scale};
use crate::claims::bessel;
use crate::claims::c2::{amplitude, rates};
use crate::equation::linear::Equation;
use genphys_pde::certificate::{AlgebraicNumber, Certificate, Rate};
use genphys_pde::verdict::Problem;

/// The certificate where the rule has none of its own.
pub(crate) fn certificate(eq: &Equation, problem: Problem) -> Option<Certificate> {
    if bessel::recognise(eq).is_some() {
        return Some(Certificate::BesselAmplitude);
    }
    match eq.a.as_slice() {
        [_, _] if eq.depends_on_time() || eq.motion.is_some() => {
            Some(Certificate::Amplitude { exponent: amplitude::exponent(eq), scale: amplitude::drift_text(eq) })
        }
        [a0, a1] => {
            let (num, den) = (a0.mul(&a1.conj()).re, a1.norm());
            let (num, den) = (eq.ring.at_zero(&num), eq.ring.at_zero(&den));
            by_rates(eq, &[rates::Rate::Quotient { num: -num, den }])
        }
        [a0, a1, a2] if eq.is_real() => second_order(eq, problem, &a0.re, &a1.re, &a2.re),
        _ => None,
    }
}

/// A certificate with these rates; `None` where there are none.
pub(super) fn by_rates(eq: &Equation, list: &[rates::Rate]) -> Option<Certificate> {
    let text = |p: &Poly| print::poly(&eq.ring, &eq.ring.reduce(p));
    let mut root = None;
    let rates: Vec<Rate> = list
        .iter()
        .map(|rate| match rate {
            rates::Rate::Quotient { num, den } => Rate { num: text(num), square: None, den: text(den) },
            rates::Rate::Root { num, square, den } => {
                Rate { num: text(num), square: Some(text(square)), den: text(den) }
            }
            rates::Rate::Algebraic { polynomial, lower, upper } => {
                let minimal = polynomial.replace_with_poly(S, &eq.ring.variable(R));
                root = Some(AlgebraicNumber {
                    polynomial: print::poly(&eq.ring, &minimal),
                    lower: lower.to_f64(),
                    upper: upper.to_f64(),
                });
                Rate { num: "r".into(), square: None, den: "1".into() }
            }
        })
        .collect();
    (!rates.is_empty()).then_some(Certificate::Rates { rates, root })
}

/// (−b₀ ± √D)/(2a₀): the upper one for evolution, the lower one for a half-space problem, both where parameters decide.
fn second_order(eq: &Equation, problem: Problem, c: &Poly, b: &Poly, a: &Poly) -> Option<Certificate> {
    let [a0, b0, c0] = [a, b, c].map(|p| eq.ring.at_zero(p));
    if a0.is_zero() {
        // A root that is lost at k = 0 is at infinity there.
        return by_rates(eq, &[rates::Rate::Quotient { num: -c0, den: b0 }]);
    }
    let square = crate::algebra::polynomial::discriminant(&a0, &b0, &c0);
    let rate =
        |sign: i64| rates::Rate::Root { num: scale(&b0, -sign), square: square.clone(), den: scale(&a0, 2 * sign) };
    let upper = if eq.oracle.signs(&a0).always_negative() { -1 } else { 1 };
    match problem {
        Problem::Evolution => by_rates(eq, &[rate(upper)]),
        Problem::HalfSpace => by_rates(eq, &[rate(-upper)]),
        _ => by_rates(eq, &[rate(upper), rate(-upper)]),
    }
}
