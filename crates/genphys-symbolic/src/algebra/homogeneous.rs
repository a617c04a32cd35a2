//! Polynomials in several components of k that are a form, or the sum of a form of degree 0 or 2 and one of a higher
//! degree.

use crate::algebra::formula::Formula;
use crate::algebra::positivity::{form_matrix, on_half_line, positive_definite, positive_semidefinite};
use crate::algebra::ring::{K1, Poly, Ring, coefficient};
use crate::algebra::sign::SignOracle;

/// Powers of k1² + … + kn² are not multiplied out in more components.
const MOST_COMPONENTS: usize = 8;

/// Monomials: exponents of the wave variables, coefficient.
type Terms = [(Vec<u16>, Poly)];

fn degree(key: &[u16]) -> u32 {
    key.iter().map(|e| u32::from(*e)).sum()
}

/// `poly > 0` for every k ≠ 0; `None` where it is not of this form, or where the sign of the higher form is not known.
///
/// Along a ray the sum is a |k|^d + b |k|^e: positive for all |k| > 0 exactly if a, b ≥ 0 and one of them is not 0.
pub(crate) fn positive(
    terms: &Terms,
    wave: &[usize],
    n: usize,
    poly: &Poly,
    ring: &Ring,
    oracle: &SignOracle,
) -> Option<Formula> {
    let mut degrees: Vec<u32> = terms.iter().map(|(key, _)| degree(key)).collect();
    degrees.sort_unstable();
    degrees.dedup();
    let part = |wanted: u32| -> Vec<(Vec<u16>, Poly)> {
        terms.iter().filter(|(key, _)| degree(key) == wanted).cloned().collect()
    };
    match degrees[..] {
        [high] if high > 2 => form(&part(high), wave, n, poly, ring, oracle),
        [low @ (0 | 2), high] if high > 2 => {
            let lower = part(low);
            let (not_negative, definite) = if low == 0 {
                let constant = lower.first().map_or_else(|| poly.zero(), |(_, c)| c.clone());
                (Formula::non_negative(&constant), Formula::positive(&constant))
            } else {
                let matrix = form_matrix(&lower, wave, n, poly)?;
                (positive_semidefinite(&matrix), positive_definite(&matrix))
            };
            let higher = form(&part(high), wave, n, poly, ring, oracle)?;
            if higher == Formula::True {
                return Some(not_negative.simplify(oracle));
            }
            // Of a multiple of |k|^d all signs are known.
            let weight = isotropic(&part(high), wave, n, poly, ring)?;
            let vanishes = Formula::all([Formula::zero(&weight), definite]);
            Some(Formula::any([Formula::all([Formula::positive(&weight), not_negative]), vanishes]).simplify(oracle))
        }
        _ => None,
    }
}

/// c where the form is c |k|^d.
fn isotropic(terms: &Terms, wave: &[usize], n: usize, like: &Poly, ring: &Ring) -> Option<Poly> {
    let whole = sum(terms, wave, like);
    let half = usize::try_from(degree(&terms.first()?.0) / 2).ok()?;
    let square = (0..n).fold(ring.zero(), |sum, i| &sum + &ring.power(K1 + i, 2));
    let weight = coefficient(&whole, K1, u16::try_from(2 * half).ok()?);
    if weight.is_zero() || n > MOST_COMPONENTS {
        return None;
    }
    (!ring.has_wave(&weight) && &weight * &square.pow(half) == whole).then_some(weight)
}

fn sum(terms: &Terms, wave: &[usize], like: &Poly) -> Poly {
    terms.iter().fold(like.zero(), |sum, (key, c)| {
        let mut exponents = vec![0; like.nvars()];
        wave.iter().zip(key).for_each(|(i, e)| exponents[*i] = *e);
        &sum + &(c * &like.zero().monomial(1.into(), exponents))
    })
}

/// A form that is positive in every direction: a multiple of |k|^d, or one in the plane, at k = (τ, 1) and (1, 0).
fn form(terms: &Terms, wave: &[usize], n: usize, like: &Poly, ring: &Ring, oracle: &SignOracle) -> Option<Formula> {
    if let Some(weight) = isotropic(terms, wave, n, like, ring) {
        return Some(Formula::positive(&weight).simplify(oracle));
    }
    if n != 2 || terms.iter().any(|(key, _)| degree(key) % 2 == 1) {
        return None;
    }
    let along = sum(terms, wave, like).replace(K1 + 1, &1.into());
    let top = u16::try_from(degree(&terms.first()?.0)).ok()?;
    let ends = [coefficient(&along, K1, top), coefficient(&along, K1, 0)];
    let mirrored = crate::algebra::polynomial::mirror(&along, K1);
    let inside = [&along, &mirrored].map(|p| on_half_line(p, K1, oracle));
    let formula = Formula::all(ends.iter().map(Formula::positive).chain(inside)).simplify(oracle);
    formula.unknowns().is_empty().then_some(formula)
}
