//! Matrix products on slices, done by the thread that asks for them.
//!
//! candle's product is one call for all threads. Work that is divided by rows, with several products for each piece
//! while the piece is in cache, needs products that stay within a thread.

/// A matrix in a slice, row by row or column by column.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` values each. What does not fill a row is left out.
    pub fn rows_of(columns: usize, values: &'a [f32]) -> Self {
        Self::columns_of(columns, values, 0, columns)
    }

    /// `columns` columns, from the column `first` on, of a matrix whose rows have `width` values. Those it does not
    /// have are left out.
    pub fn columns_of(width: usize, values: &'a [f32], first: usize, columns: usize) -> Self {
        let (rows, first) = (values.len() / width.max(1), first.min(width));
        // An empty matrix has no value to begin with.
        let values = values.get(first..).unwrap_or_default();
        Self { values, rows, columns: columns.min(width - first), row_stride: width, column_stride: 1 }
    }

    /// The transposed matrix.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// What becomes of the values that a product is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// They are replaced.
    Forgotten,
    /// The product is added to them.
    Kept,
}

/// The sizes of a product that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("product of ({}, {}) and ({}, {}) into {values} values", a.0, a.1, b.0, b.1)]
pub struct ProductError {
    /// Rows and columns of the first factor.
    pub a: (usize, usize),
    /// Those of the second.
    pub b: (usize, usize),
    /// Values of the result.
    pub values: usize,
}

/// `out = a b` or `out += a b`, row-major.
///
/// # Errors
/// When the sizes do not fit.
#[allow(unsafe_code)]
pub fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, before: Before) -> Result<(), ProductError> {
    let (rows, inner, columns) = (a.rows, a.columns, b.columns);
    if b.rows != inner || out.len() != rows * columns {
        return Err(ProductError { a: (rows, inner), b: (b.rows, columns), values: out.len() });
    }
    // No stride exceeds the length of a slice, which is at most isize::MAX.
    let stride = |stride: usize| stride as isize;
    // SAFETY: a `Matrix` is made of whole rows of its slice, so that every (row, column) within its size lies in the
    // slice; `out` has `rows * columns` values, is not shared, and is row-major with rows of `columns` values.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            1,
            stride(columns),
            before == Before::Kept,
            a.values.as_ptr(),
            stride(a.column_stride),
            stride(a.row_stride),
            b.values.as_ptr(),
            stride(b.column_stride),
            stride(b.row_stride),
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_layouts_agree_with_sums() -> Result<(), ProductError> {
        let (m, k, n) = (7, 5, 9);
        let a: Vec<f32> = (0..m * k).map(|i| (i as f32 * 0.7).sin()).collect();
        let b: Vec<f32> = (0..k * n).map(|i| (i as f32 * 1.1).cos()).collect();
        let transpose = |values: &[f32], columns: usize| -> Vec<f32> {
            (0..columns).flat_map(|c| values.chunks_exact(columns).map(move |row| row[c])).collect()
        };
        let (at, bt) = (transpose(&a, k), transpose(&b, n));
        let expected: Vec<f32> =
            (0..m * n).map(|i| (0..k).map(|j| a[i / n * k + j] * b[j * n + i % n]).sum()).collect();
        for left in [Matrix::rows_of(k, &a), Matrix::rows_of(m, &at).transposed()] {
            for right in [Matrix::rows_of(n, &b), Matrix::rows_of(k, &bt).transposed()] {
                let mut out = vec![f32::NAN; m * n];
                multiply(&mut out, left, right, Before::Forgotten)?;
                multiply(&mut out, left, right, Before::Kept)?;
                for (out, expected) in out.iter().zip(&expected) {
                    assert!((out - 2.0 * expected).abs() < 1e-5, "{out} {expected}");
                }
            }
        }
        // Columns of a wider matrix.
        let wide: Vec<f32> = a.chunks_exact(k).flat_map(|row| [&[9.0; 2], row, &[7.0; 3]].concat()).collect();
        let mut out = vec![0f32; m * n];
        multiply(&mut out, Matrix::columns_of(k + 5, &wide, 2, k), Matrix::rows_of(n, &b), Before::Kept)?;
        assert!(out.iter().zip(&expected).all(|(out, expected)| (out - expected).abs() < 1e-5));
        assert!(
            multiply(&mut out, Matrix::columns_of(k + 5, &wide, 6, k), Matrix::rows_of(n, &b), Before::Kept).is_err()
        );
        Ok(())
    }

    #[test]
    fn sizes_that_do_not_fit_are_errors() {
        let values = [0f32; 12];
        let (a, b) = (Matrix::rows_of(3, &values), Matrix::rows_of(4, &values));
        assert!(multiply(&mut [0.0; 16], a, b, Before::Forgotten).is_ok());
        assert!(multiply(&mut [0.0; 15], a, b, Before::Forgotten).is_err());
        assert!(multiply(&mut [0.0; 16], b, a, Before::Forgotten).is_err());
    }
}
