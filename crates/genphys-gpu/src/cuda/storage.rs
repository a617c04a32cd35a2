//! candle's tensors on a CUDA device, as the memory they are.

use candle_core::cuda_backend::CudaStorageSlice;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, DevicePtr, DeviceRepr};
use candle_core::op::BackpropOp;
use candle_core::{CudaDevice, CudaStorage, Error, Layout, Result, Shape, Storage, Tensor};

/// Where the values behind a layout begin. They are contiguous, of 32 bits each, and stay there as long as the storage.
///
/// # Errors
/// When they are not.
pub fn address(storage: &CudaStorage, layout: &Layout) -> Result<u64> {
    let begin = match &storage.slice {
        CudaStorageSlice::F32(slice) => begin(slice),
        CudaStorageSlice::U32(slice) => begin(slice),
        _ => return Err(Error::Msg("expected values of 32 bits on a GPU".into())),
    };
    match layout.contiguous_offsets() {
        Some((first, _)) => Ok(begin + 4 * first as u64),
        None => Err(Error::Msg(format!("expected a contiguous tensor on a GPU, found {layout:?}"))),
    }
}

/// Where the values of a contiguous tensor of 32-bit values begin. They stay there as long as the tensor.
///
/// # Errors
/// When the tensor is not on a CUDA device, or not contiguous.
pub fn address_of(tensor: &Tensor) -> Result<u64> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cuda(storage) => address(storage, layout),
        Storage::Cpu(_) | Storage::Metal(_) => Err(Error::Msg("expected a tensor on a CUDA device".into())),
    }
}

/// A tensor of any content, for a kernel to write.
///
/// # Errors
/// When the device has no room.
pub fn unset(device: &CudaDevice, shape: impl Into<Shape>) -> Result<Tensor> {
    let shape = shape.into();
    let (storage, _) = unset_storage(device, shape.elem_count())?;
    Ok(Tensor::from_storage(Storage::Cuda(storage), shape, BackpropOp::none(), false))
}

/// Values of any content, for a kernel to write, and where they begin.
///
/// # Errors
/// When the device has no room.
pub fn unset_storage(device: &CudaDevice, count: usize) -> Result<(CudaStorage, u64)> {
    // SAFETY: nothing reads the values before a kernel has written them; that is what callers are told.
    #[allow(unsafe_code)]
    let slice = unsafe { device.alloc::<f32>(count) }?;
    let address = begin(&slice);
    Ok((CudaStorage::wrap_cuda_slice(slice, device.clone()), address))
}

fn begin<T: DeviceRepr>(slice: &CudaSlice<T>) -> u64 {
    // All work goes to one stream, so nothing has to be told that the memory is used.
    slice.device_ptr(slice.stream()).0
}
