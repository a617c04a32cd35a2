//! The networks inside a denoiser, and the store of their parameters.

mod attention;
mod candle_module;
mod config;
mod dit;
mod head;
mod layers;
mod noise_embedding;
mod parameter_store;
mod residual_mlp;
mod setup;
#[cfg(test)]
mod test_support;
mod unet;

pub use candle_module::{CandleNetwork, ModuleSize};
pub use config::{ImageSize, MOST_DEPTH, MOST_VALUES, MOST_WIDTH, NetworkConfig, NetworkKind};
pub use dit::Dit;
pub use genphys_gpu::Precision;
pub use head::NetworkOutput;
pub use layers::{Activation, Columns, Convolution, Dense, Grid, Layers, LayersBuilder, Modulation, PositionMap, Size};
pub use noise_embedding::Condition;
pub use parameter_store::{Initial, Parameter, ParameterStore, Parameters};
pub use residual_mlp::ResidualMlp;
pub use setup::{NetworkFn, NetworkSetup};
pub use unet::Unet;

pub(crate) use layers::both as layer_pairs;

use std::fmt::Debug;
use std::sync::Arc;

use candle_core::Tensor;

pub use crate::error::NnError;
use crate::error::Result;

/// What a denoiser needs of a network. One that is not trained yet returns zeros.
pub trait Network: Debug + Send + Sync {
    /// Applies the network to points `x`, `(batch, dim)`.
    ///
    /// # Errors
    /// When the shapes do not fit, or classes are asked for that it does not know.
    fn forward(&self, x: &Tensor, condition: &Condition<'_>) -> Result<NetworkOutput>;

    /// Points that it is best asked about at once on a CPU: few where each has many activations.
    fn points_at_once(&self) -> usize {
        256
    }
}

/// How large a network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetworkSize {
    /// Number of parameters.
    pub parameters: usize,
    /// Values of all activations of an example.
    pub activations: usize,
}

/// The size of the network that the configuration describes, without making it.
///
/// # Errors
/// As [`build`].
pub fn network_size(config: &NetworkConfig) -> Result<NetworkSize> {
    let (layers, _) = match config.kind {
        NetworkKind::Mlp => ResidualMlp::layers(config)?,
        NetworkKind::Unet => Unet::layers(config)?,
        NetworkKind::Dit => Dit::layers(config)?,
        NetworkKind::Own => return Err(no_own()),
    };
    let (parameters, activations) = layers.numbers();
    let of_labels = if config.classes > 0 { (config.classes + 1) * config.embedding } else { 0 };
    Ok(NetworkSize { parameters: parameters + of_labels, activations })
}

/// Builds the network that the configuration describes and creates its parameters in `store`.
///
/// # Errors
/// When a size is zero, or the kind does not fit the data.
pub fn build(store: &mut ParameterStore, config: &NetworkConfig) -> Result<Arc<dyn Network>> {
    build_of(store, config, None)
}

/// The same in a program that has a network of its own.
///
/// # Errors
/// When a size is zero, the kind does not fit the data, or there is no network of the program's own.
pub fn build_of(
    store: &mut ParameterStore,
    config: &NetworkConfig,
    own: Option<NetworkFn>,
) -> Result<Arc<dyn Network>> {
    store.check_sizes(config)?;
    Ok(match config.kind {
        NetworkKind::Mlp => Arc::new(ResidualMlp::new(store, config)?),
        NetworkKind::Unet => Arc::new(Unet::new(store, config)?),
        NetworkKind::Dit => Arc::new(Dit::new(store, config)?),
        NetworkKind::Own => own.ok_or_else(no_own)?(store, config)?,
    })
}

fn no_own() -> NnError {
    NnError::Setting("the network `own` is one that a program brings along, and this program has none".into())
}
