//! Parameters that a change of units takes away: t → α t, x_j → β_j x_j, and a factor γ of the equation, each a product
//! of powers of the parameters, carry the equation at one set of positive values into that at any other. C1 and C2 do
//! not depend on units, so that what fails at one set of values fails at all of them.
//!
//! A monomial p^e s^j k^r of the symbol asks for e = w − j u − r·v, with w, u, v the powers of the parameter in γ, α
//! and β; a function of k and the parameters must not change at all. For every parameter this is a system of linear
//! equations.

use num_rational::BigRational;
use num_traits::Zero;

/// One equation: the factors of the unknown powers, and the power of each parameter that they must make.
pub(super) struct Row {
    /// 1 for a monomial of the equation, 0 for one of an argument of a function.
    pub(super) whole: bool,
    /// j.
    pub(super) time: i64,
    /// r, by coordinate (or for |k| alone).
    pub(super) space: Vec<BigRational>,
    /// e, by parameter.
    pub(super) params: Vec<BigRational>,
}

/// Whether all systems have a solution.
pub(super) fn covers(rows: &[Row]) -> bool {
    let number = |x: i64| BigRational::from_integer(x.into());
    let matrix: Vec<Vec<BigRational>> = rows
        .iter()
        .map(|row| {
            let mut list = vec![number(i64::from(row.whole)), number(row.time)];
            list.extend(row.space.iter().cloned());
            list.extend(row.params.iter().cloned());
            list
        })
        .collect();
    let unknowns = rows.first().map_or(0, |row| 2 + row.space.len());
    solvable(matrix, unknowns)
}

/// Gauss' elimination on the first `unknowns` columns; the others, the right sides, must vanish where no pivot is left.
fn solvable(mut rows: Vec<Vec<BigRational>>, unknowns: usize) -> bool {
    let mut done = 0;
    for column in 0..unknowns {
        let Some(pivot) = (done..rows.len()).find(|i| !rows[*i][column].is_zero()) else { continue };
        rows.swap(done, pivot);
        let top = rows[done].clone();
        for row in rows.iter_mut().skip(done + 1) {
            let factor = &row[column] / &top[column];
            if !factor.is_zero() {
                row.iter_mut().zip(&top).for_each(|(x, y)| *x -= &factor * y);
            }
        }
        done += 1;
    }
    rows[done..].iter().all(|row| row[unknowns..].iter().all(Zero::is_zero))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(time: i64, space: i64, params: &[i64]) -> Row {
        let q = |x: &i64| BigRational::from_integer((*x).into());
        Row { whole: true, time, space: vec![q(&space)], params: params.iter().map(q).collect() }
    }

    #[test]
    fn units_take_parameters_away() {
        // s² + k² + m².
        assert!(covers(&[row(2, 0, &[0]), row(0, 2, &[0]), row(0, 0, &[2])]));
        // s² + ε s + k² has one free number, s² + ε s + k² + m² has one that units cannot take.
        assert!(covers(&[row(2, 0, &[0]), row(1, 0, &[1]), row(0, 2, &[0])]));
        assert!(!covers(&[row(2, 0, &[0, 0]), row(1, 0, &[1, 0]), row(0, 2, &[0, 0]), row(0, 0, &[0, 2])]));
        // a s + (a + b) k²: a sum of two terms of one kind.
        assert!(!covers(&[row(1, 0, &[1, 0]), row(0, 2, &[1, 0]), row(0, 2, &[0, 1])]));
        // The argument a k² of a function.
        let argument = Row { whole: false, ..row(0, 2, &[1]) };
        assert!(covers(&[row(1, 0, &[0]), argument]));
    }
}
