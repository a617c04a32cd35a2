//! What an expansion uses of the library `genphys`, without the parts that compute with tensors.

pub use genphys_flow::{GenerativePde, ParamError, RngCore, Spreading, of_kernel};
pub use genphys_kernels as kernels;
pub use genphys_macros::genphys_pde;
