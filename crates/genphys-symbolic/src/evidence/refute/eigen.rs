//! The least eigenvalue of a small Hermitian matrix, by Jacobi rotations on its real symmetric form.

type C = (f64, f64);

/// Whether all eigenvalues are above a bound beyond rounding: Cholesky's decomposition of the matrix less the bound
/// succeeds. Of a matrix that is not Hermitian its Hermitian part counts.
pub(super) fn are_above(matrix: &[Vec<C>], bound: f64) -> bool {
    let n = matrix.len();
    let mut lower = vec![(0.0, 0.0); n * n];
    for i in 0..n {
        for j in 0..=i {
            let (m, w) = (matrix[i][j], matrix[j][i]);
            let mut sum = (0.5 * (m.0 + w.0), 0.5 * (m.1 - w.1));
            for k in 0..j {
                // − L_ik conj(L_jk)
                let (x, y) = (lower[i * n + k], lower[j * n + k]);
                sum = (sum.0 - (x.0 * y.0 + x.1 * y.1), sum.1 - (x.1 * y.0 - x.0 * y.1));
            }
            if i == j {
                let pivot = sum.0 - bound;
                if pivot.is_nan() || pivot <= 0.0 {
                    return false;
                }
                lower[i * n + i] = (pivot.sqrt(), 0.0);
            } else {
                let pivot = lower[j * n + j].0;
                lower[i * n + j] = (sum.0 / pivot, sum.1 / pivot);
            }
        }
    }
    true
}

/// The least eigenvalue and its unit eigenvector; the value is that of the quadratic form on the vector returned.
pub(super) fn least(matrix: &[Vec<C>]) -> Option<(f64, Vec<C>)> {
    let n = matrix.len();
    let real = matrix.iter().flatten().all(|z| z.1 == 0.0);
    let size = if real { n } else { 2 * n };
    // [[A, −B], [B, A]] for A + iB.
    let mut a: Vec<Vec<f64>> = (0..size)
        .map(|i| {
            (0..size)
                .map(|j| {
                    let z = matrix[i % n][j % n];
                    match (i < n, j < n) {
                        (true, true) | (false, false) => z.0,
                        (true, false) => -z.1,
                        (false, true) => z.1,
                    }
                })
                .collect()
        })
        .collect();
    let mut v: Vec<Vec<f64>> = (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let scale: f64 = a.iter().flatten().map(|x| x * x).sum();
    for _ in 0..8 {
        let off: f64 = (0..size).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j].powi(2)).sum();
        if off < 1e-20 * scale {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut a, &mut v, p, q);
            }
        }
    }
    let index = (0..size).min_by(|i, j| a[*i][*i].total_cmp(&a[*j][*j]))?;
    let mut vector: Vec<C> = (0..n).map(|i| (v[i][index], if real { 0.0 } else { v[i + n][index] })).collect();
    let norm = vector.iter().map(|z| z.0 * z.0 + z.1 * z.1).sum::<f64>().sqrt();
    vector.iter_mut().for_each(|z| *z = (z.0 / norm, z.1 / norm));
    let mut value = 0.0;
    for i in 0..n {
        for j in 0..n {
            // conj(w_i) M_ij w_j
            let (w, x, m) = (vector[i], vector[j], matrix[i][j]);
            let mx = (m.0 * x.0 - m.1 * x.1, m.0 * x.1 + m.1 * x.0);
            value += w.0 * mx.0 + w.1 * mx.1;
        }
    }
    value.is_finite().then_some((value, vector))
}

fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) {
    if a[p][q].abs() < 1e-300 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(below[0].iter_mut()) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
    for row in v.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn eigenvalues_of_small_matrices() {
        let (value, _) = super::least(&[vec![(2.0, 0.0), (0.0, 1.0)], vec![(0.0, -1.0), (2.0, 0.0)]]).unwrap();
        assert!((value - 1.0).abs() < 1e-12);
        let (value, w) = super::least(&[vec![(1.0, 0.0), (3.0, 0.0)], vec![(3.0, 0.0), (1.0, 0.0)]]).unwrap();
        assert!((value + 2.0).abs() < 1e-12 && (w[0].0 + w[1].0).abs() < 1e-12);
    }

    #[test]
    fn bounds_on_all_eigenvalues() {
        // Eigenvalues 1 and 3.
        let matrix = [vec![(2.0, 0.0), (0.0, 1.0)], vec![(0.0, -1.0), (2.0, 0.0)]];
        assert!(super::are_above(&matrix, 0.99) && !super::are_above(&matrix, 1.01));
        assert!(!super::are_above(&[vec![(f64::NAN, 0.0)]], 0.0));
    }
}
