//! The slowest growth rate at k = 0 as an exact number s₀, so that the symbol can be shifted to P(s + s₀, k): a
//! quotient or a square root in the parameters, or, without parameters, a real algebraic number given by its
//! polynomial.

use crate::algebra::formula::Formula;
use crate::algebra::hurwitz;
use crate::algebra::ring::{Poly, R, S, coefficients, scale};
use crate::claims::c2::two_roots;
use crate::equation::linear::Equation;
use symbolica::domains::rational::Rational;

/// The real part of a growth rate at k = 0.
pub(super) enum Rate {
    /// num/den with den > 0.
    Quotient { num: Poly, den: Poly },
    /// (num + √square)/den with den > 0, or num/den where the square is negative.
    Root { num: Poly, square: Poly, den: Poly },
    /// A root of an irreducible polynomial in S without parameters, alone in an open interval.
    Algebraic { polynomial: Poly, lower: Rational, upper: Rational },
}

/// s₀ as it enters polynomials: num/den, where the variable R of the ring may stand for a root.
pub(super) struct Shift<'s> {
    pub(super) num: Poly,
    pub(super) den: Poly,
    reduce: &'s dyn Fn(&Poly) -> Poly,
}

impl Shift<'_> {
    /// Coefficients of P(s + s₀), each times a positive factor, as polynomials whose powers of R are reduced.
    pub(super) fn apply(&self, a: &[Poly]) -> Vec<Poly> {
        let degree = a.len().saturating_sub(1);
        let cleared: Vec<Poly> = a.iter().enumerate().map(|(j, c)| c * &self.den.pow(degree - j)).collect();
        hurwitz::shift(&cleared, &self.num).iter().map(|p| (self.reduce)(p)).collect()
    }

    pub(super) fn reduce(&self, poly: &Poly) -> Poly {
        (self.reduce)(poly)
    }
}

impl Rate {
    /// A statement about s₀, with R eliminated. It is asked in an equation whose R is confined to where s₀ lies.
    pub(super) fn statement(&self, eq: &Equation, about: &dyn Fn(&Equation, &Shift) -> Formula) -> Formula {
        let plain = |p: &Poly| eq.ring.reduce(p);
        match self {
            Self::Quotient { num, den } => {
                about(eq, &Shift { num: num.clone(), den: den.clone(), reduce: &plain }).simplify(&eq.oracle)
            }
            Self::Root { num, square, den } => {
                let reduce = |p: &Poly| eq.ring.reduce(&eq.ring.reduce_square(p, R, square));
                let at = |r: &Poly| about(eq, &Shift { num: num + r, den: den.clone(), reduce: &reduce });
                let real = Formula::non_negative(square).simplify(&eq.oracle);
                let complex = match real.negate().simplify(&eq.oracle) {
                    Formula::False => Formula::False,
                    complex => Formula::all([complex, at(&eq.ring.zero())]),
                };
                let real = match real {
                    Formula::False => Formula::False,
                    real => Formula::all([real, two_roots::with_root(eq, square, at)]),
                };
                Formula::any([complex, real]).simplify(&eq.oracle)
            }
            Self::Algebraic { polynomial, lower, upper } => {
                let confined = eq.confined(R, lower, upper);
                let minimal = polynomial.replace_with_poly(S, &eq.ring.variable(R));
                let reduce = |p: &Poly| reduce_by(p, &minimal);
                let shift = Shift { num: eq.ring.variable(R), den: eq.ring.integer(1), reduce: &reduce };
                let formula = about(&confined, &shift).simplify(&confined.oracle);
                formula.map_atoms(&|p, relation| {
                    if p.degree(R) == 0 {
                        Formula::Atom(p.clone(), relation)
                    } else {
                        Formula::Unknown("a sign at an algebraic growth rate".into())
                    }
                })
            }
        }
    }
}

/// Remainder modulo a polynomial in R with a constant leading coefficient.
pub(super) fn reduce_by(poly: &Poly, minimal: &Poly) -> Poly {
    let degree = minimal.degree(R);
    let lead = crate::algebra::ring::coefficient(minimal, R, degree).get_constant().inv();
    let monic = minimal.clone().mul_coeff(lead);
    let mut rest = poly.clone();
    while rest.degree(R) >= degree {
        let top = rest.degree(R);
        let factor = crate::algebra::ring::coefficient(&rest, R, top);
        let mut exponents = vec![0; rest.nvars()];
        exponents[R] = top - degree;
        let power = rest.zero().monomial(1.into(), exponents);
        rest = &rest - &(&(&factor * &power) * &monic);
    }
    rest
}

/// Whether nothing but s varies.
fn is_number(eq: &Equation, at_zero: &[Poly]) -> bool {
    let free = |p: &Poly| (0..eq.ring.meanings.len()).all(|i| p.degree(i) == 0);
    at_zero.iter().all(free)
}

/// P(s, 0) as a polynomial in S.
fn in_s(eq: &Equation, at_zero: &[Poly]) -> Poly {
    at_zero.iter().enumerate().fold(eq.ring.zero(), |sum, (j, c)| &sum + &(c * &eq.ring.power(S, j as u16)))
}

/// Rates of which one is the slowest at k = 0, for a real polynomial whose leading coefficient is positive; `None`
/// stands for roots that cannot be written down.
///
/// C2 for evolution says that P(s + s₀, k) is a Hurwitz polynomial for every k ≠ 0. As k → 0 no root at k = 0 then has
/// Re s > s₀, so that the statement is true for the slowest rate alone, and any list that contains it will do.
pub(super) fn slowest(eq: &Equation, at_zero: &[Poly]) -> Vec<Option<Rate>> {
    let whole = in_s(eq, at_zero);
    if is_number(eq, at_zero) {
        // All s_i that are real and all (s_i + s_j)/2 that are (Orlando): the largest is the slowest Re s.
        let shifted = hurwitz::shift(at_zero, &eq.ring.variable(S));
        let n = at_zero.len().saturating_sub(1);
        let product = if n > 1 { &whole * &hurwitz::determinant(&shifted, n - 1) } else { whole.clone() };
        return vec![extreme_root(eq, &product, true)];
    }
    let mut list = Vec::new();
    let Some(factors) = eq.ring.work.factors(&whole) else { return vec![None] };
    for (factor, _) in factors {
        let part = |e: u16| crate::algebra::ring::coefficient(&factor, S, e);
        match factor.degree(S) {
            0 => {}
            1 => {
                let (num, den) = positive_denominator(eq, -part(0), part(1));
                list.push(Some(Rate::Quotient { num, den }));
            }
            2 => {
                let square = crate::algebra::polynomial::discriminant(&part(2), &part(1), &part(0));
                let sign = eq.oracle.signs(&part(2));
                let sign = if sign.always_positive() { 1 } else { -1 };
                let den = scale(&part(2), 2 * sign);
                if eq.oracle.signs(&den).always_positive() {
                    list.push(Some(Rate::Root { num: scale(&part(1), -sign), square, den }));
                } else {
                    list.push(None);
                }
            }
            _ => list.push(None),
        }
    }
    list
}

/// num/den with a denominator that is positive.
fn positive_denominator(eq: &Equation, num: Poly, den: Poly) -> (Poly, Poly) {
    let signs = eq.oracle.signs(&den);
    if signs.always_positive() {
        (num, den)
    } else if signs.always_negative() {
        (-num, -den)
    } else {
        (&num * &den, &den * &den)
    }
}

/// The largest or smallest real root of a polynomial in S alone.
pub(super) fn extreme_root(eq: &Equation, poly: &Poly, largest: bool) -> Option<Rate> {
    let mut best: Option<(Poly, Rational, Rational)> = None;
    for (factor, _) in eq.ring.work.factors(poly)? {
        if factor.degree(S) == 0 {
            continue;
        }
        for (lower, upper) in eq.ring.work.real_roots(&factor, S)? {
            let candidate = refined(&factor, lower, upper);
            best = Some(match best {
                None => (factor.clone(), candidate.0, candidate.1),
                // Intervals of width 2^-48 that overlap are taken for the same number only where they are equal.
                Some(other) => {
                    let beyond = if largest {
                        (&other.2 - &candidate.0).is_negative()
                    } else {
                        (&candidate.1 - &other.1).is_negative()
                    };
                    let apart = (&other.2 - &candidate.0).is_negative() || (&candidate.1 - &other.1).is_negative();
                    if !apart {
                        return None;
                    }
                    if beyond { (factor.clone(), candidate.0, candidate.1) } else { other }
                }
            });
        }
    }
    let (polynomial, lower, upper) = best?;
    if polynomial.degree(S) == 1 {
        let parts = coefficients(&polynomial, S);
        let part = |e: u16| parts.iter().find(|(_, x)| *x == e).map_or(Rational::from(0), |(c, _)| c.get_constant());
        let value = (&part(0) / &part(1)).neg();
        return Some(Rate::Quotient { num: eq.ring.constant(value), den: eq.ring.integer(1) });
    }
    Some(Rate::Algebraic { polynomial, lower, upper })
}

/// The isolating interval of a simple root, halved until it is narrow.
fn refined(factor: &Poly, lower: Rational, upper: Rational) -> (Rational, Rational) {
    let at = |x: &Rational| factor.replace(S, x).get_constant();
    let (mut lower, mut upper) = (lower, upper);
    let width = Rational::new(1, 1_i64 << 48);
    if (&lower - &upper).is_zero() {
        return (lower, upper);
    }
    let rising = at(&lower).is_negative() || (!at(&upper).is_negative() && !at(&upper).is_zero());
    for _ in 0..200 {
        if (&(&upper - &lower) - &width).is_negative() {
            break;
        }
        let middle = &(&lower + &upper) / &Rational::from(2);
        let value = at(&middle);
        if value.is_zero() {
            return (middle.clone(), middle);
        }
        if value.is_negative() == rising {
            lower = middle;
        } else {
            upper = middle;
        }
    }
    (lower, upper)
}
