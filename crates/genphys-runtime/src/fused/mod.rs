//! Work on `f32` slices that candle composes of many passes over memory, or shares among threads where it should stay in one.
//!
//! Vector instructions are chosen at run time, and sums run over fixed blocks, so results depend neither on the machine nor
//! on the number of threads.

mod adam;
mod blend;
mod elementary;
mod lanes;
mod multiply;
mod silu;
mod softmax;
mod sum_squares;
mod sums;
mod vectorised;

pub use adam::{AdamUpdate, adam_update};
pub use blend::blend_into;
pub use sum_squares::sum_squares;

pub(crate) use elementary::{LARGEST_PHASE, exp, ln, quarter_turns, sin_cos};
pub(crate) use lanes::{LANES, add_lanes, add_products, largest, least, over_lanes, sum_of, sum_over_pairs};
pub(crate) use multiply::{Before, Matrix, multiply};
pub(crate) use silu::{activate, add_silu_gradient, silu_of, slope_of};
pub(crate) use softmax::softmax_rows;
pub(crate) use sums::{add_in_order, add_rows, add_to};
pub(crate) use vectorised::vectorised;

use candle_core::{CpuStorage, Error, Layout, Result};

/// Elements per parallel piece of work: large enough to be worth a task, small enough to balance.
const BLOCK: usize = 16 * 1024;

/// The contiguous `f32` values behind a layout.
pub(crate) fn values<'a>(op: &'static str, storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
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
pub(crate) fn matrix(op: &'static str, layout: &Layout) -> Result<(usize, usize)> {
    layout.shape().dims2().map_err(|_| Error::Msg(format!("{op}: expected a matrix, found {:?}", layout.shape())))
}
