//! The matrix product that candle has for tensors, on values.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Error, Layout, Result};

/// The product of `(m, k)` and `(k, n)`, row-major `(m, n)`; the layouts may be transposed.
pub(super) fn product(
    left: &CpuStorage,
    right: &CpuStorage,
    (m, n, k): (usize, usize, usize),
    left_layout: &Layout,
    right_layout: &Layout,
) -> Result<Vec<f32>> {
    match left.matmul(right, (1, m, n, k), left_layout, right_layout)? {
        CpuStorage::F32(values) => Ok(values),
        _ => Err(Error::Msg("matrix product: expected f32 values".to_owned())),
    }
}
