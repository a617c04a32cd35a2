//! Polynomials in |k| and in the components of k: one written as the other.

use crate::algebra::ring::{K1, Poly, RADIAL, Ring, coefficients};
use symbolica::domains::rational::Rational;

/// q^{2 root} back to k1² + … + kn².
pub(crate) fn in_terms_of_components(ring: &Ring, p: &Poly) -> Poly {
    let square = u16::try_from(2 * ring.root).unwrap_or(u16::MAX);
    if p.degree(RADIAL) < square {
        return p.clone();
    }
    let squared = (0..ring.components as usize).fold(ring.zero(), |sum, i| &sum + &ring.power(K1 + i, 2));
    coefficients(p, RADIAL).into_iter().fold(ring.zero(), |sum, (c, e)| {
        let factor = &squared.pow(usize::from(e / square)) * &ring.power(RADIAL, e % square);
        &sum + &(&c * &factor)
    })
}

/// The same polynomial in the radial variable, if it depends on k1² + … + kn² only.
pub(crate) fn isotropic(poly: &Poly, ring: &Ring, components: u32) -> Option<Poly> {
    let n = components as usize;
    let mut first = poly.clone();
    for i in 1..n {
        first = first.replace(K1 + i, &Rational::from(0));
    }
    let squared = (0..n).fold(ring.zero(), |sum, i| &sum + &ring.power(K1 + i, 2));
    let (mut radial, mut expanded) = (ring.zero(), ring.zero());
    for (coefficient, exponent) in coefficients(&first, K1) {
        if coefficient.is_zero() {
            continue;
        }
        if exponent % 2 == 1 {
            return None;
        }
        expanded = &expanded + &(&coefficient * &squared.pow(usize::from(exponent / 2)));
        radial = &radial + &(&coefficient * &ring.power(RADIAL, exponent * ring.root as u16));
    }
    (expanded == *poly).then_some(radial)
}
