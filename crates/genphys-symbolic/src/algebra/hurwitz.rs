//! The Routh–Hurwitz criterion with polynomial entries.

use crate::algebra::ring::{CPoly, Poly};

/// Coefficients of P(s + σ), ascending.
pub(crate) fn shift(a: &[Poly], sigma: &Poly) -> Vec<Poly> {
    let mut result: Vec<Poly> = a.to_vec();
    // Horner's scheme repeated: the classical Taylor shift.
    for start in 0..a.len() {
        for i in (start..a.len().saturating_sub(1)).rev() {
            result[i] = &result[i] + &(&result[i + 1] * sigma);
        }
    }
    result
}

/// The Hurwitz determinants Δ_1 … Δ_n, each found when it is asked for: together with the leading coefficient all are
/// positive exactly when every root has Re s < 0 and the leading coefficient is positive.
pub(crate) fn determinants(a: &[Poly]) -> impl Iterator<Item = Poly> {
    let n = a.len().saturating_sub(1);
    let mut last = None;
    (1..=n).map(move |size| {
        let next = match &last {
            Some(below) if size == n => &a[0] * below,
            _ => determinant(a, size),
        };
        last.insert(next).clone()
    })
}

/// Δ_size, size < n. Δ_n is Δ_{n−1} times the constant coefficient.
pub(crate) fn determinant(a: &[Poly], size: usize) -> Poly {
    let n = a.len() - 1;
    let entry = |row: usize, column: usize| {
        // Row r, column c of the Hurwitz matrix is the coefficient of s^(n − (2c − r)), counted from 1.
        let index = 2 * (column + 1);
        let power = (n + row + 1).checked_sub(index).filter(|p| *p <= n && index > row);
        power.map_or_else(|| a[n].zero(), |p| a[p].clone())
    };
    let matrix: Vec<Vec<Poly>> = (0..size).map(|r| (0..size).map(|c| entry(r, c)).collect()).collect();
    crate::algebra::polynomial::determinant(&matrix, &(0..size).collect::<Vec<_>>())
}

/// Coefficients of a real polynomial whose roots have the same real parts: P itself where it is real, or P·P̄.
pub(crate) fn real(a: &[CPoly]) -> Vec<Poly> {
    if a.iter().all(CPoly::is_real) { a.iter().map(|c| c.re.clone()).collect() } else { real_square(a) }
}

/// The real polynomial P·P̄ whose roots have the same real parts as those of P, each twice.
fn real_square(a: &[CPoly]) -> Vec<Poly> {
    let degree = 2 * (a.len() - 1);
    (0..=degree)
        .map(|m| {
            let mut sum = a[0].re.zero();
            for i in 0..a.len() {
                let Some(j) = m.checked_sub(i).filter(|j| *j < a.len()) else { continue };
                let product = a[i].mul(&a[j].conj());
                sum = &sum + &product.re;
            }
            sum
        })
        .collect()
}
