//! What networks and training need of a GPU: memory, our kernels, and matrix products, all in the order they are asked
//! for.
//!
//! [`Gpu`] is implemented for CUDA. Tests run the same kernels, compiled for the host, on a machine without a GPU: the
//! feature `emulator`. [`open_device`] is the way from a name to a device, [`Backend`] says whose operations run there.
//! The feature `cuda` is asked for in this crate only: what others call is there without it, and says that it is not.

mod backend;
mod caught;
#[cfg(feature = "cuda")]
pub mod cuda;
#[cfg(not(feature = "cuda"))]
#[path = "without_cuda.rs"]
pub mod cuda;
mod device;
#[cfg(feature = "emulator")]
pub mod emulator;
mod error;
pub mod estimate;
mod launch;
mod memory;
mod precision;
pub mod tensors;
pub mod training;

use std::fmt::Debug;

use candle_core::Result;

pub use backend::{Backend, KernelChoice, Kernels};
pub use cuda::{address, address_of, describe, pool_of, pool_of_storage, unset, unset_storage};
pub use device::{features, free_on_gpu, machine, open_device};
pub use error::GpuError;
pub use launch::{
    Argument, File, Grid, Kernel, Launch, Module, Pointer, THREADS, Value, Word, blocks, count, launches, start,
};
pub use memory::{Memory, Pool};
pub use precision::Precision;
pub use training::AdamUpdate;

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
