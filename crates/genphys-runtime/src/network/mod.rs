//! The network inside a denoiser, and the store of its parameters.

mod linear;
mod noise_embedding;
mod parameter_store;
mod residual_mlp;

pub use linear::Linear;
pub use noise_embedding::NoiseEmbedding;
pub use parameter_store::{Initial, ParameterStore};
pub use residual_mlp::{NetworkConfig, NetworkOutput, ResidualMlp};
