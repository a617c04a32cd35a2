//! What networks and training need of a GPU: memory, our kernels, and matrix products, all in the order they are asked
//! for.
//!
//! [`Gpu`] is implemented for CUDA. Tests run the same kernels, compiled for the host, on a machine without a GPU: the
//! crate genphys-cuda-emulator. [`open_device`] is the way from a name to a device.

#[cfg_attr(not(feature = "cuda"), allow(dead_code))]
mod caught;
#[cfg(feature = "cuda")]
pub mod cuda;
mod device;
mod error;
pub mod estimate;
mod memory;
mod precision;
pub mod training;

use std::fmt::Debug;

use candle_core::Result;

#[cfg(feature = "cuda")]
pub use cuda::storage::{address, address_of, unset, unset_storage};
#[cfg(feature = "cuda")]
pub use cuda::{Cuda, open};
pub use device::{free_on_gpu, open_device};
pub use error::GpuError;
pub use memory::{Memory, Pool};
pub use precision::Precision;
pub use training::AdamUpdate;

/// A file of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Module {
    /// Layers of networks, for activations of 32 bits.
    LayersF32,
    /// The same for activations of 16 bits.
    LayersBf16,
    /// Optimiser, averages and random numbers.
    Training,
    /// Posterior means over all data points.
    Field,
}

impl Module {
    /// The layers' kernels for activations of this precision.
    pub fn layers(precision: Precision) -> Self {
        match precision {
            Precision::F32 | Precision::Tf32 => Self::LayersF32,
            Precision::Bf16 => Self::LayersBf16,
        }
    }
}

/// What a kernel is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Argument {
    /// A place in the GPU's memory; zero for none.
    Address(u64),
    /// A C `int`.
    Count(i32),
    /// A C `unsigned int`.
    Word(u32),
    /// A C `float`.
    Number(f32),
}

/// Threads of a block, where a kernel does not ask for another number.
pub const THREADS: u32 = 256;

/// A kernel's start: `blocks` blocks of `threads` threads.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// Where it is.
    pub module: Module,
    /// Its name.
    pub kernel: &'static str,
    /// Blocks, at least one.
    pub blocks: u32,
    /// Threads of a block.
    pub threads: u32,
    /// Bytes of shared memory whose size the kernel leaves open.
    pub shared: u32,
    /// In the order of its parameters.
    pub arguments: &'a [Argument],
}

/// A matrix in the GPU's memory, row by row, and those that follow it in a batch of products.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// Of the first value.
    pub address: u64,
    /// Values from a row to the next.
    pub row: usize,
    /// Whether its transpose is meant.
    pub transposed: bool,
    /// Values from a matrix to the next.
    pub stride: usize,
}

impl Factor {
    /// A single matrix of `columns` columns.
    pub fn rows_of(columns: usize, address: u64) -> Self {
        Self { address, row: columns, transposed: false, stride: 0 }
    }

    /// The transposed matrix.
    pub fn transposed(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    /// The first of a batch of matrices, each `stride` values after the last.
    pub fn every(self, stride: usize) -> Self {
        Self { stride, ..self }
    }
}

/// `out = scale a b`, or `out += scale a b`: `(rows, inner)` times `(inner, columns)`, for several matrices.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// Rows of `a` and of the result.
    pub rows: usize,
    /// Columns of `a`, rows of `b`.
    pub inner: usize,
    /// Columns of `b` and of the result.
    pub columns: usize,
    /// Products of the batch.
    pub count: usize,
    /// The first factor.
    pub a: Factor,
    /// The second factor.
    pub b: Factor,
    /// Not transposed.
    pub out: Factor,
    /// Whether the result is `f32` where the factors are not.
    pub exact: bool,
    /// Factor of the product.
    pub scale: f32,
    /// Whether the product is added to what is there.
    pub add: bool,
    /// Of the factors.
    pub precision: Precision,
}

/// Convolutions of images `(examples, height, width, channels)` with kernels `(outputs, 3, 3, inputs)`, pixels beyond
/// the edge zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvolutionShape {
    /// Images.
    pub examples: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Of the activations.
    pub precision: Precision,
}

/// Which of three a convolution computes from the other two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Convolved {
    /// The output.
    Output,
    /// The input's gradient, from the output's.
    Input,
    /// The kernel's gradient, from the output's, in the precision of the activations.
    Kernel,
}

/// Addresses of the input or its gradient, the kernel or its gradient, and the output or its gradient.
#[derive(Clone, Copy, Debug)]
pub struct ConvolutionTensors {
    /// Input, or its gradient.
    pub input: u64,
    /// Kernel, or its gradient.
    pub kernel: u64,
    /// Output, or its gradient.
    pub output: u64,
}

/// A GPU. Everything is done in the order it is asked for; nothing waits for it but [`read`](Self::read).
pub trait Gpu: Debug + Send + Sync {
    /// Bytes that nothing else uses, at an address that is a multiple of 256.
    fn allocate(&self, bytes: usize) -> Result<u64>;

    /// Gives bytes back that [`allocate`](Self::allocate) returned.
    fn free(&self, address: u64, bytes: usize);

    /// Is told that nobody needs what these bytes hold any more.
    fn forget(&self, _address: u64, _bytes: usize) {}

    /// Copies to the GPU.
    fn write(&self, address: u64, bytes: &[u8]) -> Result<()>;

    /// Copies from the GPU, when everything before is done.
    fn read(&self, address: u64, bytes: usize) -> Result<Vec<u8>>;

    /// Sets bytes to zero.
    fn clear(&self, address: u64, bytes: usize) -> Result<()>;

    /// Starts a kernel.
    fn launch(&self, launch: Launch<'_>) -> Result<()>;

    /// Multiplies matrices.
    fn multiply(&self, product: &Product) -> Result<()>;

    /// Whether [`convolve`](Self::convolve) does this. If not, it is left to matrix products.
    fn convolves(&self, shape: ConvolutionShape, what: Convolved) -> bool;

    /// Convolves; `add` says whether the result is added to what is there.
    fn convolve(&self, shape: ConvolutionShape, what: Convolved, tensors: ConvolutionTensors, add: bool) -> Result<()>;
}

/// Blocks of [`THREADS`] threads for so many values, at most enough to fill any GPU: kernels go on with what is left.
pub fn blocks(values: usize) -> u32 {
    const MOST: usize = 1 << 16;
    values.div_ceil(THREADS as usize).clamp(1, MOST) as u32
}

/// A number of values as kernels take it.
///
/// # Errors
/// When there are 2^31 or more.
pub fn count(values: usize) -> Result<Argument> {
    i32::try_from(values).map(Argument::Count).map_err(|_| {
        let message =
            "a tensor of 2^31 values or more does not fit the GPU's kernels: take a smaller batch, or divide it";
        candle_core::Error::Msg(message.into())
    })
}
