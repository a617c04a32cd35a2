//! What tests of kernels share: an emulated GPU with values on it.
#![allow(clippy::unwrap_used)] // A test that cannot reach its own emulator has failed.

use std::sync::{Arc, OnceLock};

use super::Emulated;
use crate::{Gpu, Memory, Pool};
use candle_core::{Device, Tensor};

/// An emulated GPU and its memory.
pub struct Emulation {
    /// The GPU.
    pub gpu: Arc<Emulated>,
    /// Its memory.
    pub pool: Arc<Pool>,
}

impl Emulation {
    /// An emulated GPU that leaves convolutions to matrix products.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let gpu = Emulated::new(false);
        Self { pool: Pool::new(gpu.clone()), gpu }
    }

    /// Values on the GPU.
    pub fn filled(&self, values: &[f32]) -> Memory {
        let memory = self.unset(values.len());
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.gpu.write(memory.address(), &bytes).unwrap();
        memory
    }

    /// A tensor's values on the GPU.
    pub fn copied(&self, tensor: &Tensor) -> Memory {
        self.filled(&tensor.flatten_all().unwrap().to_vec1().unwrap())
    }

    /// Room for values.
    pub fn unset(&self, count: usize) -> Memory {
        self.pool.take(4 * count).unwrap()
    }

    /// The first values of some memory.
    pub fn read(&self, memory: &Memory, count: usize) -> Vec<f32> {
        self.gpu.read_f32(memory.address(), count).unwrap()
    }

    /// Asserts that values on the GPU are those of a tensor, up to a relative error.
    pub fn agrees(&self, memory: &Memory, expected: &Tensor, tolerance: f32) {
        let expected = expected.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        for (i, (found, expected)) in self.read(memory, expected.len()).iter().zip(&expected).enumerate() {
            assert!((found - expected).abs() <= tolerance * (1.0 + expected.abs()), "{i}: {found} {expected}");
        }
    }
}

/// Devices that tests run on: the CPU, and the first CUDA device if there is one.
pub fn test_devices() -> Vec<Device> {
    static CUDA: OnceLock<Option<Device>> = OnceLock::new();
    let cuda = CUDA.get_or_init(|| crate::open_device("cuda").ok());
    std::iter::once(Device::Cpu).chain(cuda.clone()).collect()
}
