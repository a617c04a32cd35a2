//! Kernels as types: every kernel of `kernels/` is a struct whose fields are its parameters, made from its signature by
//! the build script. A launch with an argument too few, or of another type, does not compile:
//!
//! ```
//! # use genphys_gpu::launches::training::Total;
//! # use genphys_gpu::Pointer;
//! let launch = |result, sums| Total { result, sums, count: 3, factor: 0.5 };
//! launch(Pointer::<f32>::new(256), Pointer::<f32>::new(512));
//! ```
//! ```compile_fail
//! # use genphys_gpu::launches::training::Total;
//! # use genphys_gpu::Pointer;
//! let launch = |result, sums| Total { result, sums, count: 3 };
//! launch(Pointer::<f32>::new(256), Pointer::<f32>::new(512));
//! ```
//! ```compile_fail
//! # use genphys_gpu::launches::training::Total;
//! # use genphys_gpu::Pointer;
//! let launch = |result, sums| Total { result, sums, count: 3, factor: 1 };
//! launch(Pointer::<f32>::new(256), Pointer::<f32>::new(512));
//! ```
//! ```compile_fail
//! # use genphys_gpu::launches::training::Total;
//! # use genphys_gpu::Pointer;
//! let launch = |result, sums| Total { result, sums, count: 3, factor: 0.5 };
//! launch(Pointer::<f32>::new(256), Pointer::<i32>::new(512));
//! ```

use std::fmt;
use std::marker::PhantomData;

use candle_core::{DType, Result};

use crate::{Gpu, Precision};

/// A file of kernels, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum File {
    /// Layers of networks.
    Layers,
    /// Optimiser, averages and random numbers, and what stands around a network.
    Training,
    /// Posterior means over all data points.
    Field,
}

/// A file of kernels, as it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Module {
    /// Layers of networks, for activations of 32 bits.
    LayersF32,
    /// The same for activations of 16 bits.
    LayersBf16,
    /// [`File::Training`].
    Training,
    /// [`File::Field`].
    Field,
}

impl Module {
    /// The kernels of a file for activations of this precision.
    pub fn of(file: File, precision: Precision) -> Self {
        match (file, precision) {
            (File::Layers, Precision::F32 | Precision::Tf32) => Self::LayersF32,
            (File::Layers, Precision::Bf16) => Self::LayersBf16,
            (File::Training, _) => Self::Training,
            (File::Field, _) => Self::Field,
        }
    }
}

/// Values of the type that activations have: [`Precision`] says which.
#[derive(Clone, Copy, Debug)]
pub enum Value {}

/// A place in the GPU's memory where values of a type begin; zero for none.
pub struct Pointer<T> {
    address: u64,
    values: PhantomData<fn() -> T>,
}

impl<T> Pointer<T> {
    /// Nowhere.
    pub const NONE: Self = Self::new(0);

    /// Values of this type at an address.
    pub const fn new(address: u64) -> Self {
        Self { address, values: PhantomData }
    }

    /// Where it is.
    pub fn address(self) -> u64 {
        self.address
    }
}

impl Pointer<Value> {
    /// The place of a later value.
    #[must_use]
    pub fn after(self, values: usize, precision: Precision) -> Self {
        Self::new(self.address + (values * precision.bytes()) as u64)
    }
}

/// Types of 32 bits that kernels know.
pub trait Word {
    /// As candle calls it.
    const DTYPE: DType;
}

impl Word for f32 {
    const DTYPE: DType = DType::F32;
}

impl Word for i32 {
    const DTYPE: DType = DType::I32;
}

impl Word for u32 {
    const DTYPE: DType = DType::U32;
}

impl<T: Word> Pointer<T> {
    /// The place of a later value.
    #[must_use]
    pub fn after_words(self, words: usize) -> Self {
        Self::new(self.address + 4 * words as u64)
    }
}

impl<T> Clone for Pointer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Pointer<T> {}

impl<T> fmt::Debug for Pointer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.address)
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

/// A kernel and what it is told.
pub trait Kernel {
    /// Where it is written.
    const FILE: File;
    /// Its name.
    const NAME: &'static str;
    /// As many as it has parameters.
    type Arguments: AsRef<[Argument]>;

    /// In the order of its parameters.
    fn arguments(&self) -> Self::Arguments;
}

/// Every kernel, with the names and types of its parameters: see [`Kernel`].
pub mod launches {
    use super::{Argument, File, Kernel, Pointer, Value};

    include!(concat!(env!("OUT_DIR"), "/launches.rs"));
}

/// Threads of a block.
pub const THREADS: u32 = 256;

/// A kernel's start: `blocks` blocks of `threads` threads. Made by [`start`] from a [`Kernel`].
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

/// Blocks of [`THREADS`] threads, each with `shared` bytes of shared memory whose size the kernel leaves open, and the
/// precision of activations.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Blocks, at least one.
    pub blocks: u32,
    /// Bytes of a block.
    pub shared: u32,
    /// Of activations, where the kernel has any.
    pub precision: Precision,
}

impl Grid {
    /// Blocks without shared memory, of a kernel without activations.
    pub fn of(blocks: u32) -> Self {
        Self { blocks, shared: 0, precision: Precision::F32 }
    }
}

/// Starts a kernel.
///
/// # Errors
/// When it cannot be started.
pub fn start<K: Kernel>(gpu: &dyn Gpu, grid: Grid, kernel: K) -> Result<()> {
    let Grid { blocks, shared, precision } = grid;
    let (module, arguments) = (Module::of(K::FILE, precision), kernel.arguments());
    gpu.launch(Launch { module, kernel: K::NAME, blocks, threads: THREADS, shared, arguments: arguments.as_ref() })
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
pub fn count(values: usize) -> Result<i32> {
    i32::try_from(values).map_err(|_| {
        let message =
            "a tensor of 2^31 values or more does not fit the GPU's kernels: take a smaller batch, or divide it";
        candle_core::Error::Msg(message.into())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kernel_has_a_launch_of_its_own() {
        let names: BTreeSet<&str> = launches::ALL.iter().map(|(_, name)| *name).collect();
        assert_eq!(names.len(), launches::ALL.len());
        assert!(names.contains("group_norm_gradient") && names.contains("adam") && names.contains("sum_few"));
        let kernel = launches::training::GradientNorm {
            norm: Pointer::new(1),
            failure: Pointer::new(2),
            sums: Pointer::new(3),
            count: -4,
            step: 5,
        };
        let Argument::Count(count) = kernel.arguments()[3] else { unreachable!() };
        assert_eq!((count, kernel.arguments()[4]), (-4, Argument::Word(5)));
        assert_eq!(Module::of(File::Layers, Precision::Bf16), Module::LayersBf16);
    }
}

#[cfg(test)]
#[path = "../build/signatures.rs"]
#[allow(missing_docs, unreachable_pub, clippy::unwrap_used)]
mod signatures;
