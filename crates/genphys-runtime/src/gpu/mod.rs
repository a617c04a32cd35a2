//! What networks and training need of a GPU: memory, our kernels, and matrix products, all in the order they are asked for.
//!
//! [`Gpu`] is implemented for CUDA. Tests run the same kernels, compiled for the host, on a machine without a GPU.

#[cfg(feature = "cuda")]
pub(crate) mod cuda;
#[cfg(test)]
mod emulated;
pub(crate) mod estimate;
mod memory;
mod precision;
#[cfg(test)]
pub(crate) mod test_support;
pub(crate) mod training;

use std::fmt::Debug;

use candle_core::Result;

#[cfg(feature = "cuda")]
pub(crate) use cuda::storage::{address, address_of, unset, unset_storage};
#[cfg(feature = "cuda")]
pub(crate) use cuda::{Cuda, open};
#[cfg(test)]
pub(crate) use emulated::Emulated;
pub(crate) use memory::{Memory, Pool};
pub use precision::Precision;

/// A file of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Module {
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
    pub(crate) fn layers(precision: Precision) -> Self {
        match precision {
            Precision::F32 | Precision::Tf32 => Self::LayersF32,
            Precision::Bf16 => Self::LayersBf16,
        }
    }
}

/// What a kernel is told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Argument {
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
pub(crate) const THREADS: u32 = 256;

/// A kernel's start: `blocks` blocks of `threads` threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch<'a> {
    pub(crate) module: Module,
    pub(crate) kernel: &'static str,
    pub(crate) blocks: u32,
    pub(crate) threads: u32,
    /// Bytes of shared memory whose size the kernel leaves open.
    pub(crate) shared: u32,
    pub(crate) arguments: &'a [Argument],
}

/// A matrix in the GPU's memory, row by row, and those that follow it in a batch of products.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Factor {
    pub(crate) address: u64,
    /// Values from a row to the next.
    pub(crate) row: usize,
    /// Whether its transpose is meant.
    pub(crate) transposed: bool,
    /// Values from a matrix to the next.
    pub(crate) stride: usize,
}

impl Factor {
    /// A single matrix of `columns` columns.
    pub(crate) fn rows_of(columns: usize, address: u64) -> Self {
        Self { address, row: columns, transposed: false, stride: 0 }
    }

    /// The transposed matrix.
    pub(crate) fn transposed(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    /// The first of a batch of matrices, each `stride` values after the last.
    pub(crate) fn every(self, stride: usize) -> Self {
        Self { stride, ..self }
    }
}

/// `out = scale a b`, or `out += scale a b`: `(rows, inner)` times `(inner, columns)`, for several matrices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product {
    pub(crate) rows: usize,
    pub(crate) inner: usize,
    pub(crate) columns: usize,
    pub(crate) count: usize,
    pub(crate) a: Factor,
    pub(crate) b: Factor,
    /// Not transposed.
    pub(crate) out: Factor,
    /// Whether the result is `f32` where the factors are not.
    pub(crate) exact: bool,
    pub(crate) scale: f32,
    /// Whether the product is added to what is there.
    pub(crate) add: bool,
    pub(crate) precision: Precision,
}

/// Convolutions of images `(examples, height, width, channels)` with kernels `(outputs, 3, 3, inputs)`, pixels beyond the edge
/// zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ConvolutionShape {
    pub(crate) examples: usize,
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) precision: Precision,
}

/// Which of three a convolution computes from the other two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Convolved {
    /// The output.
    Output,
    /// The input's gradient, from the output's.
    Input,
    /// The kernel's gradient, from the output's, in the precision of the activations.
    Kernel,
}

/// Addresses of the input or its gradient, the kernel or its gradient, and the output or its gradient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvolutionTensors {
    pub(crate) input: u64,
    pub(crate) kernel: u64,
    pub(crate) output: u64,
}

/// A GPU. Everything is done in the order it is asked for; nothing waits for it but [`read`](Self::read).
pub(crate) trait Gpu: Debug + Send + Sync {
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
pub(crate) fn blocks(values: usize) -> u32 {
    const MOST: usize = 1 << 16;
    values.div_ceil(THREADS as usize).clamp(1, MOST) as u32
}

/// A number of values as kernels take it.
///
/// # Errors
/// When there are 2^31 or more.
pub(crate) fn count(values: usize) -> Result<Argument> {
    i32::try_from(values).map(Argument::Count).map_err(|_| {
        let message =
            "a tensor of 2^31 values or more does not fit the GPU's kernels: take a smaller batch, or divide it";
        candle_core::Error::Msg(message.into())
    })
}

/// Devices that tests run on: the CPU, and the first CUDA device if there is one.
#[cfg(test)]
pub(crate) fn test_devices() -> Vec<candle_core::Device> {
    static CUDA: std::sync::OnceLock<Option<candle_core::Device>> = std::sync::OnceLock::new();
    let cuda = CUDA.get_or_init(|| crate::app::open_device("cuda").ok());
    std::iter::once(candle_core::Device::Cpu).chain(cuda.clone()).collect()
}
