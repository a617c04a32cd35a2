//! What stands for CUDA in a program that was built without it: no device, and errors.

use std::sync::Arc;

use candle_core::{CudaStorage, Device, Error, Layout, Result, Shape, Tensor};

use crate::{Pointer, Pool, Word};

/// Why nothing here works.
pub(crate) const MISSING: &str = "this program was built without CUDA; build it with `--features cuda`";

fn missing<T>() -> Result<T> {
    Err(Error::Msg(MISSING.into()))
}

/// candle's device for a GPU.
///
/// # Errors
/// Always.
pub fn open(_: usize) -> Result<Device> {
    missing()
}

/// Bytes that are free on a GPU.
pub fn free(_: &Device) -> Option<u64> {
    None
}

/// What the driver says about a GPU.
pub fn describe(_: &Device) -> Vec<(&'static str, String)> {
    Vec::new()
}

/// The memory of a CUDA device.
pub fn pool_of(_: &Device) -> Option<Arc<Pool>> {
    None
}

/// The memory of the device that a storage is on.
///
/// # Errors
/// Always.
pub fn pool_of_storage(_: &CudaStorage) -> Result<Arc<Pool>> {
    missing()
}

/// Where the values behind a layout begin.
///
/// # Errors
/// Always.
pub fn address<T: Word>(_: &CudaStorage, _: &Layout) -> Result<Pointer<T>> {
    missing()
}

/// Where the values of a tensor begin.
///
/// # Errors
/// Always.
pub fn address_of<T: Word>(_: &Tensor) -> Result<Pointer<T>> {
    missing()
}

/// A tensor of any content.
///
/// # Errors
/// Always.
pub fn unset(_: &Device, _: impl Into<Shape>) -> Result<Tensor> {
    missing()
}

/// Values of any content on the device of a storage.
///
/// # Errors
/// Always.
pub fn unset_storage(_: &CudaStorage, _: usize) -> Result<(CudaStorage, Pointer<f32>)> {
    missing()
}
