//! What an expansion uses of the library `genphys`, without the parts that compute with tensors.

pub use genphys_kernels as kernels;
pub use genphys_macros::genphys_pde;
pub use rand::RngCore;

#[path = "../../../../genphys-flow/src/generative_pde.rs"]
pub(crate) mod generative_pde;
#[path = "../../../../genphys-flow/src/param_error.rs"]
pub(crate) mod param_error;

pub use generative_pde::{GenerativePde, Spreading};
pub use param_error::ParamError;
