//! candle's tensors on a CUDA device, as the memory they are.

use candle_core::cuda_backend::CudaStorageSlice;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, DevicePtr, DeviceRepr};
use candle_core::op::BackpropOp;
use candle_core::{CudaDevice, CudaStorage, DType, Device, Error, Layout, Result, Shape, Storage, Tensor};

use crate::{Pointer, Word};

/// Where the values behind a layout begin. They are contiguous, and stay there as long as the storage.
///
/// # Errors
/// When they are not.
pub fn address<T: Word>(storage: &CudaStorage, layout: &Layout) -> Result<Pointer<T>> {
    let begin = match (&storage.slice, T::DTYPE) {
        (CudaStorageSlice::F32(slice), DType::F32) => begin(slice),
        (CudaStorageSlice::U32(slice), DType::U32) => begin(slice),
        (_, expected) => return Err(Error::Msg(format!("expected values of type {expected:?} on a GPU"))),
    };
    match layout.contiguous_offsets() {
        Some((first, _)) => Ok(Pointer::new(begin).after_words(first)),
        None => Err(Error::Msg(format!("expected a contiguous tensor on a GPU, found {layout:?}"))),
    }
}

/// Where the values of a contiguous tensor begin. They stay there as long as the tensor.
///
/// # Errors
/// When the tensor is not on a CUDA device, or not contiguous.
pub fn address_of<T: Word>(tensor: &Tensor) -> Result<Pointer<T>> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cuda(storage) => address(storage, layout),
        Storage::Cpu(_) | Storage::Metal(_) => Err(Error::Msg("expected a tensor on a CUDA device".into())),
    }
}

/// A tensor of any content, for a kernel to write.
///
/// # Errors
/// When the device is no CUDA device, or has no room.
pub fn unset(device: &Device, shape: impl Into<Shape>) -> Result<Tensor> {
    let shape = shape.into();
    let (storage, _) = unset_on(device.as_cuda_device()?, shape.elem_count())?;
    Ok(Tensor::from_storage(Storage::Cuda(storage), shape, BackpropOp::none(), false))
}

/// Values of any content, for a kernel to write, on the device of a storage, and where they begin.
///
/// # Errors
/// When the device has no room.
pub fn unset_storage(beside: &CudaStorage, count: usize) -> Result<(CudaStorage, Pointer<f32>)> {
    unset_on(&beside.device, count)
}

fn unset_on(device: &CudaDevice, count: usize) -> Result<(CudaStorage, Pointer<f32>)> {
    // SAFETY: nothing reads the values before a kernel has written them; that is what callers are told.
    #[allow(unsafe_code)]
    let slice = unsafe { device.alloc::<f32>(count) }?;
    let address = Pointer::new(begin(&slice));
    Ok((CudaStorage::wrap_cuda_slice(slice, device.clone()), address))
}

fn begin<T: DeviceRepr>(slice: &CudaSlice<T>) -> u64 {
    // All work goes to one stream, so nothing has to be told that the memory is used.
    slice.device_ptr(slice.stream()).0
}
