//! Work on tensors of the CPU, in place, that candle composes of many passes over memory: loops of [`genphys_numeric`]
//! behind candle's operations.

mod adam;
mod blend;
mod sum_squares;

pub use adam::adam_update;
pub use blend::blend_into;
pub use genphys_gpu::AdamUpdate;
pub use sum_squares::sum_squares;

use candle_core::{CpuStorage, Error, Layout, Result};
use genphys_numeric::{Before, Matrix};

/// A matrix product within a thread, with candle's error.
///
/// # Errors
/// When the sizes do not fit.
pub(crate) fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, before: Before) -> Result<()> {
    genphys_numeric::multiply(out, a, b, before).map_err(|error| Error::Msg(error.to_string()))
}

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
