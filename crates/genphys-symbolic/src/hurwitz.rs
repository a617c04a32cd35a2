//! The Routh–Hurwitz criterion with polynomial entries.

use crate::ring::{Poly, scale};

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

/// Leading coefficient and the Hurwitz determinants: all positive exactly when every root has Re s < 0 and the
/// leading coefficient is positive.
pub(crate) fn determinants(a: &[Poly]) -> Vec<Poly> {
    let Some((lead, _)) = a.split_last() else { return Vec::new() };
    let n = a.len() - 1;
    let entry = |row: usize, column: usize| {
        // Row r, column c of the Hurwitz matrix is the coefficient of s^(n − (2c − r)), counted from 1.
        let index = 2 * (column + 1);
        let power = (n + row + 1).checked_sub(index).filter(|p| *p <= n && index > row);
        power.map_or_else(|| lead.zero(), |p| a[p].clone())
    };
    let matrix: Vec<Vec<Poly>> = (0..n).map(|r| (0..n).map(|c| entry(r, c)).collect()).collect();
    let mut list = vec![lead.clone()];
    list.extend(crate::positivity::leading_minors(&matrix));
    list
}

/// Δ_1 … Δ_{n−1}; the last one of all is Δ_{n−1} times the constant coefficient.
pub(crate) fn determinants_below(a: &[Poly]) -> Vec<Poly> {
    let mut list = determinants(a);
    list.pop();
    list.drain(..list.len().min(1));
    list
}

/// Coefficients of a real polynomial whose roots have the same real parts: P itself where it is real, or P·P̄.
pub(crate) fn real(eq: &crate::equation::Equation, a: &[crate::ring::CPoly]) -> Vec<Poly> {
    if eq.is_real() { a.iter().map(|c| c.re.clone()).collect() } else { real_square(a) }
}

/// The real polynomial P·P̄ whose roots have the same real parts as those of P, each twice.
fn real_square(a: &[crate::ring::CPoly]) -> Vec<Poly> {
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

/// b² − 4ac.
pub(crate) fn discriminant(a: &Poly, b: &Poly, c: &Poly) -> Poly {
    &(b * b) - &scale(&(a * c), 4)
}
