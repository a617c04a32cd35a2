//! Memory of a GPU that is used again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Error, Result};

use super::{Gpu, Pointer};

/// Memory that nobody uses, by size. A step asks for the same sizes as the last, so nothing is allocated after the
/// first.
pub struct Pool {
    gpu: Arc<dyn Gpu>,
    free: Mutex<HashMap<usize, Vec<u64>>>,
}

impl Pool {
    /// The memory of this GPU, none of it taken yet.
    pub fn new(gpu: Arc<dyn Gpu>) -> Arc<Self> {
        Arc::new(Self { gpu, free: Mutex::default() })
    }

    /// Bytes of any content.
    ///
    /// # Errors
    /// When the GPU has no room, also not after everything unused has been given back.
    pub fn take(self: &Arc<Self>, bytes: usize) -> Result<Memory> {
        // Few sizes, so that those of an incomplete batch find memory too.
        let bytes = bytes.max(1).next_multiple_of(256);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&bytes).and_then(Vec::pop);
        let address = match free {
            Some(address) => address,
            None => self
                .gpu
                .allocate(bytes)
                .or_else(|_| {
                    self.give_back();
                    self.gpu.allocate(bytes)
                })
                .map_err(|error| no_room(bytes, &error))?,
        };
        Ok(Memory { pool: Arc::clone(self), address, bytes })
    }

    /// The GPU whose memory this is.
    pub fn gpu(&self) -> &dyn Gpu {
        &*self.gpu
    }

    /// Gives the GPU back what nobody uses.
    fn give_back(&self) {
        let free = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        for (bytes, addresses) in free {
            addresses.into_iter().for_each(|address| self.gpu.free(address, bytes));
        }
    }
}

fn no_room(bytes: usize, error: &Error) -> Error {
    let megabytes = bytes.div_ceil(1 << 20);
    Error::Msg(format!("the GPU has no room for {megabytes} MiB more; a smaller batch or width needs less ({error})"))
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({:?})", self.gpu)
    }
}

/// A piece of a GPU's memory. It goes back to its pool when it is dropped; the GPU does things in order, so what still
/// uses it then comes before what uses it next.
#[derive(Debug)]
pub struct Memory {
    pool: Arc<Pool>,
    address: u64,
    bytes: usize,
}

impl Memory {
    /// Where it begins.
    pub fn address(&self) -> u64 {
        self.address
    }

    /// The values that are, or will be, in it.
    pub fn pointer<T>(&self) -> Pointer<T> {
        Pointer::new(self.address)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.pool.gpu.forget(self.address, self.bytes);
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.entry(self.bytes).or_default().push(self.address);
    }
}
