//! Signs of a polynomial by its terms alone, for any number of variables.

use super::{SignOracle, Signs};
use crate::algebra::ring::{Poly, terms};
use crate::trees::range::{Endpoint, Range};
use symbolica::domains::rational::Rational;

impl SignOracle {
    /// The sum of terms whose variables have one sign each, for any number of variables: it vanishes only where all
    /// terms do.
    pub(super) fn by_terms(&self, factor: &Poly, variables: &[usize]) -> Signs {
        let of_variables: Vec<Signs> = variables.iter().map(|v| sign_of_range(self.ranges.get(*v))).collect();
        let mut sum: Option<Signs> = None;
        for (coefficient, exponents) in terms(factor) {
            let term =
                variables.iter().zip(&of_variables).fold(Signs::of(coefficient), |product, (v, signs)| match exponents
                    [*v]
                {
                    0 => product,
                    e if e % 2 == 0 => product.times(Signs {
                        negative: false,
                        zero: signs.zero,
                        positive: signs.negative || signs.positive,
                    }),
                    _ => product.times(*signs),
                });
            sum = Some(sum.map_or(term, |sum| Signs {
                negative: sum.negative || term.negative,
                positive: sum.positive || term.positive,
                zero: (sum.zero && term.zero) || (sum.negative && term.positive) || (sum.positive && term.negative),
            }));
        }
        let signs = sum.unwrap_or(Signs::ANY);
        match self.bounds(factor, variables) {
            Some((lower, _)) if !lower.is_negative() && !lower.is_zero() => Signs { positive: true, ..Signs::NONE },
            Some((_, upper)) if upper.is_negative() => Signs { negative: true, ..Signs::NONE },
            _ => signs,
        }
    }

    /// Bounds of a polynomial whose variables all are bounded, term by term.
    fn bounds(&self, factor: &Poly, variables: &[usize]) -> Option<(Rational, Rational)> {
        let ends = |v: &usize| {
            let range = self.ranges.get(*v)?;
            Some((range.lower.as_ref()?.0.clone(), range.upper.as_ref()?.0.clone()))
        };
        let ranges: Vec<(Rational, Rational)> = variables.iter().map(ends).collect::<Option<_>>()?;
        let product = |x: &(Rational, Rational), y: &(Rational, Rational)| {
            let corners = [&x.0 * &y.0, &x.0 * &y.1, &x.1 * &y.0, &x.1 * &y.1];
            let less = |a: &Rational, b: &Rational| (a - b).is_negative();
            let lowest = corners.iter().fold(&corners[0], |l, c| if less(c, l) { c } else { l }).clone();
            let highest = corners.iter().fold(&corners[0], |h, c| if less(h, c) { c } else { h }).clone();
            (lowest, highest)
        };
        let mut sum = (Rational::from(0), Rational::from(0));
        for (coefficient, exponents) in terms(factor) {
            let mut term = (coefficient.clone(), coefficient.clone());
            for (v, range) in variables.iter().zip(&ranges) {
                let squared = product(range, range);
                let square = (if squared.0.is_negative() { Rational::from(0) } else { squared.0 }, squared.1);
                for _ in 0..exponents[*v] / 2 {
                    term = product(&term, &square);
                }
                if exponents[*v] % 2 == 1 {
                    term = product(&term, range);
                }
            }
            sum = (&sum.0 + &term.0, &sum.1 + &term.1);
        }
        Some(sum)
    }
}

/// The signs of the values of a range.
fn sign_of_range(range: Option<&Range>) -> Signs {
    let Some(range) = range else { return Signs::ANY };
    let zero = Rational::from(0);
    let negative = range.lower.as_ref().is_none_or(|(l, _)| l.is_negative());
    let positive = range.upper.as_ref().is_none_or(|(u, _)| (&zero - u).is_negative());
    let reached = |end: &Endpoint| end.as_ref().is_none_or(|(value, closed)| !value.is_zero() || *closed);
    let inside = range.lower.as_ref().is_none_or(|(l, _)| l.is_negative() || l.is_zero())
        && range.upper.as_ref().is_none_or(|(u, _)| !u.is_negative());
    let excluded = range.excluded.as_ref().is_some_and(|x| x.is_zero());
    Signs { negative, positive, zero: inside && reached(&range.lower) && reached(&range.upper) && !excluded }
}
