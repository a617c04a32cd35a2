//! What tests of kernels share: an emulated GPU with values on it.

use std::sync::Arc;

use candle_core::Tensor;

use super::{Emulated, Gpu, Memory, Pool};

/// An emulated GPU and its memory.
pub(crate) struct Emulation {
    pub(crate) gpu: Arc<Emulated>,
    pub(crate) pool: Arc<Pool>,
}

impl Emulation {
    pub(crate) fn new() -> Self {
        let gpu = Emulated::new(false);
        Self { pool: Pool::new(gpu.clone()), gpu }
    }

    /// Values on the GPU.
    pub(crate) fn filled(&self, values: &[f32]) -> Memory {
        let memory = self.unset(values.len());
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.gpu.write(memory.address(), &bytes).unwrap();
        memory
    }

    /// A tensor's values on the GPU.
    pub(crate) fn copied(&self, tensor: &Tensor) -> Memory {
        self.filled(&tensor.flatten_all().unwrap().to_vec1().unwrap())
    }

    /// Room for values.
    pub(crate) fn unset(&self, count: usize) -> Memory {
        self.pool.take(4 * count).unwrap()
    }

    pub(crate) fn read(&self, memory: &Memory, count: usize) -> Vec<f32> {
        self.gpu.read_f32(memory.address(), count).unwrap()
    }

    /// Asserts that values on the GPU are those of a tensor, up to a relative error.
    pub(crate) fn agrees(&self, memory: &Memory, expected: &Tensor, tolerance: f32) {
        let expected = expected.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        for (i, (found, expected)) in self.read(memory, expected.len()).iter().zip(&expected).enumerate() {
            assert!((found - expected).abs() <= tolerance * (1.0 + expected.abs()), "{i}: {found} {expected}");
        }
    }
}
