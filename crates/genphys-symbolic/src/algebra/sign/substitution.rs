//! Changes of variable that map (0, ∞) onto the interior of a range, and the points that they leave out.

use crate::algebra::ring::{Poly, coefficients};
use crate::trees::range::Range;
use symbolica::domains::rational::Rational;

/// A change of variable that maps u in (0, ∞) onto the interior of a range.
pub(crate) enum Substitution {
    /// lower + u.
    Above(Rational),
    /// upper − u.
    Below(Rational),
    /// (lower + upper u)/(1 + u).
    Between(Rational, Rational),
}

pub(crate) fn substitutions(range: &Range) -> Vec<Substitution> {
    match (&range.lower, &range.upper) {
        (Some((l, _)), Some((u, _))) if l == u => vec![Substitution::Above(l.clone())],
        (Some((l, _)), Some((u, _))) => vec![Substitution::Between(l.clone(), u.clone())],
        (Some((l, _)), None) => vec![Substitution::Above(l.clone())],
        (None, Some((u, _))) => vec![Substitution::Below(u.clone())],
        (None, None) => {
            let middle = range.excluded.clone().unwrap_or_else(|| Rational::from(0));
            vec![Substitution::Above(middle.clone()), Substitution::Below(middle)]
        }
    }
}

/// The polynomials that `poly` becomes when a variable over a range is expressed by one over (0, ∞).
pub(crate) fn on_interior(poly: &Poly, variable: usize, range: &Range) -> Vec<Poly> {
    substitutions(range).iter().map(|by| substitute(poly, variable, by)).collect()
}

/// The points of a range that they leave out.
pub(crate) fn faces(range: &Range) -> Vec<Rational> {
    if range.lower.is_none() && range.upper.is_none() {
        return if range.excluded.is_some() { Vec::new() } else { vec![Rational::from(0)] };
    }
    [&range.lower, &range.upper].into_iter().flatten().filter(|(_, closed)| *closed).map(|(v, _)| v.clone()).collect()
}

/// The polynomial in the new variable, multiplied by a positive power of (1 + u) where that clears fractions.
pub(super) fn substitute(poly: &Poly, variable: usize, by: &Substitution) -> Poly {
    let mut exponents = vec![0; poly.nvars()];
    exponents[variable] = 1;
    let u = poly.zero().monomial(Rational::from(1), exponents);
    let constant = |value: &Rational| poly.zero().constant(value.clone());
    match by {
        Substitution::Above(lower) => poly.replace_with_poly(variable, &(&constant(lower) + &u)),
        Substitution::Below(upper) => poly.replace_with_poly(variable, &(&constant(upper) - &u)),
        Substitution::Between(lower, upper) => {
            let numerator = &constant(lower) + &u.clone().mul_coeff(upper.clone());
            let denominator = &constant(&Rational::from(1)) + &u;
            let degree = usize::from(poly.degree(variable));
            let mut result = poly.zero();
            for (coefficient, exponent) in coefficients(poly, variable) {
                let exponent = usize::from(exponent);
                let factor = &numerator.pow(exponent) * &denominator.pow(degree - exponent);
                result = &result + &(&coefficient * &factor);
            }
            result
        }
    }
}
