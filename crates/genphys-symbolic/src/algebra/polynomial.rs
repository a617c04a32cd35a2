//! Polynomials: reflections, discriminants, determinants.

use crate::algebra::ring::{Poly, RADIAL, Ring, scale, terms};
use std::collections::BTreeMap;

/// f(−v).
pub(crate) fn mirror(poly: &Poly, variable: usize) -> Poly {
    let mut exponents = vec![0; poly.nvars()];
    exponents[variable] = 1;
    let minus = poly.zero().monomial((-1).into(), exponents);
    poly.replace_with_poly(variable, &minus)
}

/// b² − 4ac.
pub(crate) fn discriminant(a: &Poly, b: &Poly, c: &Poly) -> Poly {
    &(b * b) - &scale(&(a * c), 4)
}

/// Determinant of the block on the given rows and columns, by expansion along the rows; each minor of the last rows
/// is computed once.
pub(crate) fn determinant(matrix: &[Vec<Poly>], rows: &[usize]) -> Poly {
    let (zero, one) = (matrix[0][0].zero(), matrix[0][0].one());
    let n = rows.len();
    // The minors on the last rows, by the set of their columns.
    let mut minors: BTreeMap<u32, Poly> = BTreeMap::from([(0, one)]);
    for (height, row) in rows.iter().rev().enumerate() {
        let sets = (0_u32..1 << n).filter(|set| set.count_ones() as usize == height + 1);
        let expand = |set: u32| {
            let columns = (0..n).filter(|c| set >> c & 1 == 1);
            columns.enumerate().fold(zero.clone(), |sum, (position, column)| {
                let entry = &matrix[*row][rows[column]];
                match minors.get(&(set & !(1 << column))) {
                    Some(minor) if !entry.is_zero() && !minor.is_zero() => {
                        let term = entry * minor;
                        if position % 2 == 0 { &sum + &term } else { &sum - &term }
                    }
                    _ => sum,
                }
            })
        };
        minors = sets.map(|set| (set, expand(set))).collect();
    }
    minors.into_values().next().unwrap_or(zero)
}

/// The polynomial as a list of (exponents of the wave variables, coefficient in the parameters).
pub(crate) fn monomials(poly: &Poly, ring: &Ring) -> Vec<(Vec<u16>, Poly)> {
    let wave = ring.wave_variables();
    let mut grouped: BTreeMap<Vec<u16>, Poly> = BTreeMap::new();
    for (coefficient, exponents) in terms(poly) {
        let key: Vec<u16> = wave.iter().map(|i| exponents[*i]).collect();
        let mut rest = exponents.to_vec();
        wave.iter().for_each(|i| rest[*i] = 0);
        grouped.entry(key).or_insert_with(|| poly.zero()).append_monomial(coefficient.clone(), &rest);
    }
    grouped.into_iter().filter(|(_, c)| !c.is_zero()).collect()
}

/// The radial exponents as multiples of |k|: (exponent of q, coefficient), ascending.
pub(crate) fn radial(poly: &Poly) -> Vec<(u16, Poly)> {
    crate::algebra::ring::coefficients(poly, RADIAL)
        .into_iter()
        .filter(|(c, _)| !c.is_zero())
        .map(|(c, e)| (e, c))
        .collect()
}
