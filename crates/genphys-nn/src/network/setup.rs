//! How networks are made: where they run, of whose operations, and which one is a program's own.

use std::fmt;
use std::sync::Arc;

use candle_core::Device;

use super::Network;
use super::config::NetworkConfig;
use super::parameter_store::ParameterStore;
use crate::error::Result;
use genphys_gpu::Backend;

/// Makes a network of a program's own, and its parameters in the store. It is called for every training and every model
/// that is read, with the same configuration, and makes the same parameters each time.
pub type NetworkFn = fn(&mut ParameterStore, &NetworkConfig) -> Result<Arc<dyn Network>>;

/// How networks are made.
#[derive(Clone)]
pub struct NetworkSetup {
    /// Where they run.
    pub backend: Backend,
    /// What [`NetworkKind::Own`](super::NetworkKind::Own) is.
    pub own: Option<NetworkFn>,
}

impl fmt::Debug for NetworkSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkSetup").field("backend", &self.backend).field("own", &self.own.is_some()).finish()
    }
}

impl From<Backend> for NetworkSetup {
    fn from(backend: Backend) -> Self {
        Self { backend, own: None }
    }
}

impl From<&Device> for NetworkSetup {
    fn from(device: &Device) -> Self {
        Backend::from(device).into()
    }
}

impl From<&Self> for NetworkSetup {
    fn from(setup: &Self) -> Self {
        setup.clone()
    }
}
