//! CUDA, through candle's device.

#[cfg(feature = "cudnn")]
mod convolution;
mod storage;

pub use storage::{address, address_of, unset, unset_storage};

use std::collections::HashMap;
use std::ffi::{c_int, c_longlong, c_void};
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use candle_core::cuda_backend::cudarc::cublas::{result as cublas, sys};
use candle_core::cuda_backend::cudarc::driver::{CudaFunction, CudaSlice, CudaStream, result as driver};
use candle_core::{CudaDevice, CudaStorage, Device, Error, Result};

use super::{Argument, ConvolutionShape, ConvolutionTensors, Convolved, Gpu, Launch, Module, Pool, Precision, Product};

/// The kernels, compiled to PTX by the build script.
mod compiled {
    pub(super) const LAYERS_F32: &str = include_str!(concat!(env!("OUT_DIR"), "/layers_f32.ptx"));
    pub(super) const LAYERS_BF16: &str = include_str!(concat!(env!("OUT_DIR"), "/layers_bf16.ptx"));
    pub(super) const FIELD: &str = include_str!(concat!(env!("OUT_DIR"), "/field.ptx"));
    pub(super) const TRAINING: &str = include_str!(concat!(env!("OUT_DIR"), "/training.ptx"));
}

/// candle's device for a GPU, with a stream of its own for all threads.
///
/// # Errors
/// When there is no such GPU.
#[allow(unsafe_code)]
pub fn open(ordinal: usize) -> Result<Device> {
    let device = Device::new_cuda_with_stream(ordinal)?;
    // SAFETY: no other stream is used, so that nothing has to wait for an event on another.
    unsafe { device.as_cuda_device()?.disable_event_tracking() };
    Ok(device)
}

/// Bytes that are free on a GPU.
pub fn free(device: &Device) -> Option<u64> {
    let device = device.as_cuda_device().ok()?;
    device.cuda_stream().context().mem_get_info().ok().map(|(free, _)| free as u64)
}

/// What the driver says about a GPU.
pub fn describe(device: &Device) -> Vec<(&'static str, String)> {
    use candle_core::cuda_backend::cudarc::driver::sys::CUdevice_attribute_enum::{
        CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR as MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR as MINOR,
    };
    let Ok(device) = device.as_cuda_device() else { return Vec::new() };
    let stream = device.cuda_stream();
    let context = stream.context();
    let mut found = Vec::new();
    found.extend(context.name().ok().map(|name| ("name", name)));
    if let (Ok(major), Ok(minor)) = (context.attribute(MAJOR), context.attribute(MINOR)) {
        found.push(("compute capability", format!("{major}.{minor}")));
    }
    if let Ok((free, all)) = context.mem_get_info() {
        found.push(("memory", format!("{} of {} MiB free", free >> 20, all >> 20)));
    }
    found
}

/// The memory of a CUDA device.
pub fn pool_of(device: &Device) -> Option<Arc<Pool>> {
    match device {
        Device::Cuda(device) => Some(Cuda::pool(device)),
        Device::Cpu | Device::Metal(_) => None,
    }
}

/// The memory of the device that a storage is on.
///
/// # Errors
/// None: every storage is on a device.
pub fn pool_of_storage(storage: &CudaStorage) -> Result<Arc<Pool>> {
    Ok(Cuda::pool(&storage.device))
}

/// A CUDA device. All work goes to the stream of candle's device, in order.
struct Cuda {
    device: CudaDevice,
    stream: Arc<CudaStream>,
    functions: Mutex<HashMap<(Module, &'static str), CudaFunction>>,
    allocated: Mutex<HashMap<u64, CudaSlice<u8>>>,
    #[cfg(feature = "cudnn")]
    convolutions: Mutex<convolution::Convolutions>,
}

impl Cuda {
    /// The memory of candle's device, the same one for every call.
    fn pool(device: &CudaDevice) -> Arc<Pool> {
        static POOLS: OnceLock<Mutex<HashMap<String, Arc<Pool>>>> = OnceLock::new();
        let mut pools = POOLS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            Pool::new(Arc::new(Self {
                device: device.clone(),
                stream: device.cuda_stream(),
                functions: Mutex::default(),
                allocated: Mutex::default(),
                #[cfg(feature = "cudnn")]
                convolutions: Mutex::default(),
            }))
        };
        Arc::clone(pools.entry(format!("{:?}", device.id())).or_insert_with(new))
    }

    /// Makes the GPU that of the thread, for calls that go past cudarc's own types.
    fn bind(&self) -> Result<()> {
        self.stream.context().bind_to_thread().map_err(failed)
    }

    fn function(&self, module: Module, kernel: &'static str) -> Result<CudaFunction> {
        let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(function) = functions.get(&(module, kernel)) {
            return Ok(function.clone());
        }
        let (name, ptx) = match module {
            Module::LayersF32 => ("genphys_layers_f32", compiled::LAYERS_F32),
            Module::LayersBf16 => ("genphys_layers_bf16", compiled::LAYERS_BF16),
            Module::Training => ("genphys_training", compiled::TRAINING),
            Module::Field => ("genphys_field", compiled::FIELD),
        };
        let function = self.device.get_or_load_custom_func(kernel, name, ptx)?.into_cuda_function();
        functions.insert((module, kernel), function.clone());
        Ok(function)
    }
}

impl fmt::Debug for Cuda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.device)
    }
}

/// A failed call as candle's error.
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Cuda(Box::new(error))
}

/// A size as CUDA's libraries take it.
fn int(size: usize) -> Result<c_int> {
    c_int::try_from(size).map_err(|_| Error::Msg(format!("a matrix of {size} rows or columns does not fit cuBLAS")))
}

#[allow(unsafe_code)]
impl Gpu for Cuda {
    fn allocate(&self, bytes: usize) -> Result<u64> {
        use candle_core::cuda_backend::cudarc::driver::DevicePtr;
        // SAFETY: nothing reads the bytes before it has written them; that is what callers are told.
        let slice = unsafe { self.stream.alloc::<u8>(bytes) }.map_err(failed)?;
        let address = slice.device_ptr(&self.stream).0;
        self.allocated.lock().unwrap_or_else(PoisonError::into_inner).insert(address, slice);
        Ok(address)
    }

    fn free(&self, address: u64, _bytes: usize) {
        self.allocated.lock().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }

    fn write(&self, address: u64, bytes: &[u8]) -> Result<()> {
        self.bind()?;
        // SAFETY: callers write to memory they have taken; the copy is from pageable memory, so `bytes` has been read
        // when the call returns.
        unsafe { driver::memcpy_htod_async(address, bytes, self.stream.cu_stream()) }.map_err(failed)
    }

    fn read(&self, address: u64, bytes: usize) -> Result<Vec<u8>> {
        self.bind()?;
        let mut copied = vec![0; bytes];
        // SAFETY: callers read memory they have taken; `copied` stays where it is until the copy is done.
        unsafe { driver::memcpy_dtoh_async(&mut copied, address, self.stream.cu_stream()) }.map_err(failed)?;
        self.stream.synchronize().map_err(failed)?;
        Ok(copied)
    }

    fn clear(&self, address: u64, bytes: usize) -> Result<()> {
        self.bind()?;
        // SAFETY: callers clear memory they have taken.
        unsafe { driver::memset_d8_async(address, 0, bytes, self.stream.cu_stream()) }.map_err(failed)
    }

    fn launch(&self, launch: Launch<'_>) -> Result<()> {
        let function = self.function(launch.module, launch.kernel)?;
        let mut launched = self.stream.launch_builder(&function);
        use candle_core::cuda_backend::cudarc::driver::{LaunchConfig, PushKernelArg};
        for argument in launch.arguments {
            match argument {
                Argument::Address(address) => launched.arg(address),
                Argument::Count(count) => launched.arg(count),
                Argument::Word(word) => launched.arg(word),
                Argument::Number(number) => launched.arg(number),
            };
        }
        let config = LaunchConfig {
            grid_dim: (launch.blocks, 1, 1),
            block_dim: (launch.threads, 1, 1),
            shared_mem_bytes: launch.shared,
        };
        // SAFETY: the arguments are those of the kernel, in order and type, and their addresses are of memory that is
        // as large as its counts say; the tests run every kernel with the same calls on emulated memory that is
        // checked.
        unsafe { launched.launch(config) }.map_err(failed)?;
        Ok(())
    }

    /// cuBLAS counts by columns: to it our rows are columns, and `outᵀ = bᵀ aᵀ`.
    fn multiply(&self, product: &Product) -> Result<()> {
        self.bind()?;
        use sys::cublasOperation_t::{CUBLAS_OP_N, CUBLAS_OP_T};
        use sys::cudaDataType_t::{CUDA_R_16BF, CUDA_R_32F};
        let operation = |transposed: bool| if transposed { CUBLAS_OP_T } else { CUBLAS_OP_N };
        let value = if product.precision == Precision::Bf16 { CUDA_R_16BF } else { CUDA_R_32F };
        let compute = match product.precision {
            Precision::Tf32 => sys::cublasComputeType_t::CUBLAS_COMPUTE_32F_FAST_TF32,
            Precision::F32 | Precision::Bf16 => sys::cublasComputeType_t::CUBLAS_COMPUTE_32F,
        };
        let (scale, before) = (product.scale, if product.add { 1f32 } else { 0.0 });
        let (a, b, out) = (product.a, product.b, product.out);
        // SAFETY: the matrices lie in memory that callers have taken, as large as their sizes say; the handle is
        // candle's, and its stream is ours.
        unsafe {
            cublas::gemm_strided_batched_ex(
                *self.device.cublas_handle().handle(),
                operation(b.transposed),
                operation(a.transposed),
                int(product.columns)?,
                int(product.rows)?,
                int(product.inner)?,
                (&raw const scale).cast::<c_void>(),
                b.address as *const c_void,
                value,
                int(b.row)?,
                b.stride as c_longlong,
                a.address as *const c_void,
                value,
                int(a.row)?,
                a.stride as c_longlong,
                (&raw const before).cast::<c_void>(),
                out.address as *mut c_void,
                if product.exact { CUDA_R_32F } else { value },
                int(out.row)?,
                out.stride as c_longlong,
                int(product.count)?,
                compute,
                sys::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT,
            )
        }
        .map_err(failed)
    }

    #[cfg(feature = "cudnn")]
    fn convolves(&self, shape: ConvolutionShape, what: Convolved) -> bool {
        if self.bind().is_err() {
            return false;
        }
        let mut convolutions = self.convolutions.lock().unwrap_or_else(PoisonError::into_inner);
        convolutions.plan(self, shape, what).is_some()
    }

    #[cfg(feature = "cudnn")]
    fn convolve(&self, shape: ConvolutionShape, what: Convolved, tensors: ConvolutionTensors, add: bool) -> Result<()> {
        self.bind()?;
        let mut convolutions = self.convolutions.lock().unwrap_or_else(PoisonError::into_inner);
        convolutions.run(self, shape, what, tensors, add)
    }

    #[cfg(not(feature = "cudnn"))]
    fn convolves(&self, _shape: ConvolutionShape, _what: Convolved) -> bool {
        false
    }

    #[cfg(not(feature = "cudnn"))]
    fn convolve(
        &self,
        _shape: ConvolutionShape,
        _what: Convolved,
        _tensors: ConvolutionTensors,
        _add: bool,
    ) -> Result<()> {
        Err(Error::Msg("this program was built without cuDNN".into()))
    }
}
