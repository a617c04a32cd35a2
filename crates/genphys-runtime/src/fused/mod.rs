//! Operations that candle composes of many passes over memory, done in one pass on the CPU.
//!
//! Measured on 2 cores, forward and backward at 4096 x 256: a composed SiLU takes 53 ms, the row sums of a bias
//! gradient 7.6 ms, a 256 x 256 matrix product 8 ms. On other devices every operation here falls back to candle's
//! own. Sums run over fixed blocks, so results do not depend on the number of threads.

mod adam;
mod blend;
mod column_sums;
mod convolution;
mod dense;
mod elementary;
mod gated_sum;
mod image_norm;
mod multiply;
mod position_map;
mod product;
mod row_layers;
mod row_norm;
mod silu;
mod softmax;
mod sum_squares;
#[cfg(test)]
mod test_support;
mod vectorised;
mod waves;

pub use adam::{AdamUpdate, adam_update};
pub use blend::blend_into;
pub use convolution::{Grid, convolve};
pub use dense::{Dense, dense};
pub use gated_sum::gated_sum;
pub use image_norm::{group_norm_silu, token_norm};
pub use position_map::PositionMap;
pub use row_layers::{Activation, RowLayers};
pub use silu::silu;
pub use softmax::softmax;
pub use sum_squares::sum_squares;

pub(crate) use elementary::{exp, ln};
pub(crate) use multiply::{Before, Matrix, multiply};
pub(crate) use softmax::exponentials;
pub(crate) use vectorised::vectorised;

use candle_core::{CpuStorage, Error, Layout, Result};

/// Elements per parallel piece of work: large enough to be worth a task, small enough to balance.
const BLOCK: usize = 16 * 1024;

/// The contiguous `f32` values behind a layout.
fn values<'a>(op: &'static str, storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let CpuStorage::F32(data) = storage else {
        return Err(Error::Msg(format!("{op}: expected f32 values")));
    };
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg(format!("{op}: expected a contiguous tensor")));
    };
    data.get(start..end).ok_or_else(|| Error::Msg(format!("{op}: layout exceeds its storage")))
}

/// The contiguous `f32` values behind a layout, for writing.
fn values_mut<'a>(op: &'static str, storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let CpuStorage::F32(data) = storage else {
        return Err(Error::Msg(format!("{op}: expected f32 values")));
    };
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg(format!("{op}: expected a contiguous tensor")));
    };
    data.get_mut(start..end).ok_or_else(|| Error::Msg(format!("{op}: layout exceeds its storage")))
}

/// Rows and columns of a matrix layout.
fn matrix(op: &'static str, layout: &Layout) -> Result<(usize, usize)> {
    layout.shape().dims2().map_err(|_| Error::Msg(format!("{op}: expected a matrix, found {:?}", layout.shape())))
}

/// Rows per parallel block for rows of `columns` values.
fn rows_per_block(columns: usize) -> usize {
    (BLOCK / columns.max(1)).max(1)
}
