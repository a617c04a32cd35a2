//! Quadratic forms k·A k and drifts i b·k, read off a polynomial in the components of k.

use super::prove::{LONG, OrOpen, Outcome, Prover, open, wrong};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use num_rational::BigRational;
use num_traits::Zero;

/// Blocks of more rows are not looked at.
const LARGEST_BLOCK: usize = 6;

type Matrix = Vec<Vec<Fraction>>;

/// The components, with the one beyond where N may be larger; |k| itself where there are none.
fn components(prover: &Prover) -> Vec<Var> {
    let algebra = &prover.model.algebra;
    let list: Vec<Var> = algebra.components().iter().copied().chain(algebra.beyond()).collect();
    if list.is_empty() { vec![algebra.k()] } else { list }
}

/// k·A k with A ⪰ 0.
pub(super) fn form(prover: &mut Prover, whole: &Complex) -> Outcome {
    let value = prover.real(whole)?;
    let list = components(prover);
    let matrix = matrix(prover, &value, &list)?;
    positive_semidefinite(prover, &matrix, "the matrix of the form")
}

/// i b·k with real b, in components of k.
pub(super) fn drift(prover: &mut Prover, whole: &Complex) -> Outcome {
    let whole = prover.model.algebra.reduced_pair(whole).or_open(LONG)?;
    if !whole.re.is_zero() {
        return prover.unlike("a drift is imaginary");
    }
    let im = prover.real(&whole.im.clone().into())?;
    let list = prover.model.algebra.components().to_vec();
    let mut rest = im.clone();
    for v in &list {
        let zero = BigRational::zero();
        let others: Vec<Var> = list.iter().copied().filter(|w| w != v).collect();
        let part = im.derivative(*v).or_open(LONG)?;
        let part = others.iter().try_fold(part, |p, w| p.at(*w, &zero)).or_open(LONG)?;
        prover.require_free(&part.clone().into(), "a coefficient of the drift")?;
        rest = rest.minus(&part.times(&Fraction::var(*v)).or_open(LONG)?).or_open(LONG)?;
    }
    let rest = prover.model.algebra.reduced(&rest).or_open(LONG)?;
    if rest.is_zero() { Ok(()) } else { wrong("it is not linear in the components of k") }
}

/// A of k·A k: half the second derivatives at k = 0, and nothing is left of the form without them.
pub(super) fn matrix(prover: &mut Prover, value: &Fraction, list: &[Var]) -> Outcome<Matrix> {
    let half = BigRational::new(1.into(), 2.into());
    let zero = BigRational::zero();
    let mut rest = value.clone();
    let mut rows = Matrix::new();
    for v in list {
        let mut row = Vec::new();
        for w in list {
            let second = value.derivative(*v).and_then(|d| d.derivative(*w)).or_open(LONG)?.scaled(&half);
            let entry = list.iter().try_fold(second, |p, u| p.at(*u, &zero)).or_open(LONG)?;
            let entry = prover.model.algebra.reduced(&entry).or_open(LONG)?;
            prover.require_free(&entry.clone().into(), "an entry of the form")?;
            let product = Poly::var(*v).times(&Poly::var(*w)).or_open(LONG)?;
            rest = rest.minus(&entry.times(&product.into()).or_open(LONG)?).or_open(LONG)?;
            row.push(entry);
        }
        rows.push(row);
    }
    let rest = prover.model.algebra.reduced(&rest).or_open(LONG)?;
    if rest.is_zero() { Ok(rows) } else { wrong("it is no quadratic form in k") }
}

/// All principal minors are ≥ 0 (Sylvester), block by block.
pub(super) fn positive_semidefinite(prover: &mut Prover, matrix: &Matrix, what: &str) -> Outcome {
    let mut seen = vec![false; matrix.len()];
    for start in 0..matrix.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut block = vec![start];
        let mut i = 0;
        while i < block.len() {
            let row = block[i];
            for j in 0..matrix.len() {
                if !seen[j] && !matrix[row][j].is_zero() {
                    seen[j] = true;
                    block.push(j);
                }
            }
            i += 1;
        }
        if block.len() > LARGEST_BLOCK {
            return open(format!("{what} has too many rows"));
        }
        for subset in 1_u32..1 << block.len() {
            let rows: Vec<usize> =
                block.iter().enumerate().filter(|(i, _)| subset >> i & 1 == 1).map(|(_, r)| *r).collect();
            let minor = determinant(matrix, &rows, &rows).or_open(LONG)?;
            if !minor.is_zero() {
                prover.non_negative(&minor, &format!("a principal minor of {what}"))?;
            }
        }
    }
    Ok(())
}

/// By the first row (Laplace).
fn determinant(matrix: &Matrix, rows: &[usize], columns: &[usize]) -> Option<Fraction> {
    let [row, others @ ..] = rows else { return Some(Fraction::one()) };
    let mut sum = Fraction::zero();
    for (i, column) in columns.iter().enumerate() {
        let entry = &matrix[*row][*column];
        if entry.is_zero() {
            continue;
        }
        let left: Vec<usize> = columns.iter().copied().filter(|c| c != column).collect();
        let term = entry.times(&determinant(matrix, others, &left)?)?;
        sum = if i.is_multiple_of(2) { sum.plus(&term)? } else { sum.minus(&term)? };
    }
    Some(sum)
}
