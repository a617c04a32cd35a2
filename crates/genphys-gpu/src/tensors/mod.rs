//! Kernels on candle's tensors, which lie on a CUDA device. Nothing waits for the device.

pub mod estimate;
pub mod training;

use std::sync::Arc;

use candle_core::{Error, Result, Tensor};

use crate::{Pool, pool_of};

/// The memory of a tensor's device.
///
/// # Errors
/// When that is no CUDA device.
fn pool(tensor: &Tensor) -> Result<Arc<Pool>> {
    pool_of(tensor.device()).ok_or_else(|| Error::Msg("expected a tensor on a CUDA device".into()))
}
