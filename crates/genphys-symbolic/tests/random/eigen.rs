//! The least eigenvalue of a Hermitian matrix, by Jacobi's rotations on the real symmetric matrix of twice its size.

use genphys_pde::Complex;

/// The least eigenvalue.
pub(crate) fn least_eigenvalue(matrix: &[Vec<Complex>]) -> f64 {
    let n = matrix.len();
    // [[Re, -Im], [Im, Re]] has every eigenvalue twice.
    let entry = |i: usize, j: usize| {
        let z = matrix[i % n][j % n];
        match (i < n, j < n) {
            (true, false) => -z.im,
            (false, true) => z.im,
            _ => z.re,
        }
    };
    let mut a: Vec<Vec<f64>> = (0..2 * n).map(|i| (0..2 * n).map(|j| entry(i, j)).collect()).collect();
    for _ in 0..30 {
        for p in 0..2 * n {
            for q in p + 1..2 * n {
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let theta = 0.5 * (a[q][q] - a[p][p]) / a[p][q];
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut a {
                    let (x, y) = (row[p], row[q]);
                    (row[p], row[q]) = (c * x - s * y, s * x + c * y);
                }
                let (first, second) = a.split_at_mut(q);
                for (x, y) in first[p].iter_mut().zip(&mut second[0]) {
                    (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
                }
            }
        }
    }
    (0..2 * n).map(|i| a[i][i]).fold(f64::INFINITY, f64::min)
}
