//! Small symmetric matrices, row-major `(size, size)`.

/// Solves `A x = b` for a positive definite `A` by Cholesky's decomposition. `None` where it is not.
pub(super) fn solve(mut matrix: Vec<f64>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let size = b.len();
    for k in 0..size {
        for i in k..size {
            let (before, row) = matrix.split_at(i * size);
            let pivots = if i == k { &row[..k] } else { &before[k * size..k * size + k] };
            let reduced = row[k] - row[..k].iter().zip(pivots).map(|(x, y)| x * y).sum::<f64>();
            if i == k && !(reduced > 0.0 && reduced.is_finite()) {
                return None;
            }
            matrix[i * size + k] = if i == k { reduced.sqrt() } else { reduced / matrix[k * size + k] };
        }
    }
    for i in 0..size {
        let known: f64 = (0..i).map(|j| matrix[i * size + j] * b[j]).sum();
        b[i] = (b[i] - known) / matrix[i * size + i];
    }
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|j| matrix[j * size + i] * b[j]).sum();
        b[i] = (b[i] - known) / matrix[i * size + i];
    }
    Some(b)
}

/// Eigenvalues, and the eigenvectors as rows, by Jacobi's rotations (Golub and Van Loan, *Matrix Computations*, 8.5).
pub(super) fn eigen(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<f64>) {
    const SWEEPS: usize = 30;
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|i| vectors[i * size + i] = 1.0);
    for _ in 0..SWEEPS {
        let squares = |diagonal: bool| -> f64 {
            let entries = matrix.iter().enumerate();
            entries.filter(|(at, _)| (at / size == at % size) == diagonal).map(|(_, x)| x * x).sum()
        };
        if squares(false) <= 1e-26 * squares(true) {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                let off = matrix[p * size + q];
                if off == 0.0 {
                    continue;
                }
                let half = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * off);
                let tangent = half.signum() / (half.abs() + half.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for k in 0..size {
                    rotate(&mut matrix, k * size + p, k * size + q, cosine, sine);
                }
                for k in 0..size {
                    rotate(&mut matrix, p * size + k, q * size + k, cosine, sine);
                    rotate(&mut vectors, p * size + k, q * size + k, cosine, sine);
                }
            }
        }
    }
    ((0..size).map(|i| matrix[i * size + i]).collect(), vectors)
}

fn rotate(values: &mut [f64], p: usize, q: usize, cosine: f64, sine: f64) {
    let (x, y) = (values[p], values[q]);
    values[p] = cosine * x - sine * y;
    values[q] = sine * x + cosine * y;
}

/// The positive semidefinite root of a positive semidefinite matrix; eigenvalues below zero are rounding and count as
/// zero.
pub(super) fn root(matrix: Vec<f64>, size: usize) -> Vec<f64> {
    let (values, vectors) = eigen(matrix, size);
    let mut root = vec![0.0; size * size];
    for (value, vector) in values.iter().zip(vectors.chunks_exact(size)) {
        let scale = value.max(0.0).sqrt();
        for (row, x) in root.chunks_exact_mut(size).zip(vector) {
            for (entry, y) in row.iter_mut().zip(vector) {
                *entry += scale * x * y;
            }
        }
    }
    root
}

/// `A B`.
pub(super) fn product(a: &[f64], b: &[f64], size: usize) -> Vec<f64> {
    let mut product = vec![0.0; size * size];
    for (row, out) in a.chunks_exact(size).zip(product.chunks_exact_mut(size)) {
        for (x, line) in row.iter().zip(b.chunks_exact(size)) {
            for (entry, y) in out.iter_mut().zip(line) {
                *entry += x * y;
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha12Rng;

    /// `M Mᵀ` of a random matrix, which is positive definite.
    fn positive(size: usize) -> Vec<f64> {
        let mut rng = ChaCha12Rng::seed_from_u64(size as u64);
        let matrix: Vec<f64> = (0..size * size).map(|_| rng.random::<f64>() - 0.5).collect();
        let transposed: Vec<f64> = (0..size * size).map(|at| matrix[(at % size) * size + at / size]).collect();
        product(&matrix, &transposed, size)
    }

    #[test]
    fn the_solution_solves() {
        for size in [1, 2, 17] {
            let matrix = positive(size);
            let b: Vec<f64> = (0..size).map(|i| i as f64 - 1.5).collect();
            let x = solve(matrix.clone(), b.clone()).unwrap();
            for (row, b) in matrix.chunks_exact(size).zip(&b) {
                assert!((row.iter().zip(&x).map(|(a, x)| a * x).sum::<f64>() - b).abs() < 1e-6 * (1.0 + b.abs()));
            }
        }
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 1.0], vec![1.0, 1.0]), None);
    }

    #[test]
    fn eigenvectors_are_turned_into_their_multiples_and_the_root_squares() {
        for size in [1, 2, 3, 24] {
            let matrix = positive(size);
            let (values, vectors) = eigen(matrix.clone(), size);
            for (value, vector) in values.iter().zip(vectors.chunks_exact(size)) {
                for (row, x) in matrix.chunks_exact(size).zip(vector) {
                    let turned: f64 = row.iter().zip(vector).map(|(a, v)| a * v).sum();
                    assert!((turned - value * x).abs() < 1e-11, "{size}");
                }
            }
            let root = root(matrix.clone(), size);
            assert!(product(&root, &root, size).iter().zip(&matrix).all(|(a, b)| (a - b).abs() < 1e-10));
        }
    }
}
