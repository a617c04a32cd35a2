//! The network that a program trains unless it is told otherwise.

use genphys_nn::network::{NetworkFn, NetworkKind};

/// What stands in a model crate's `src/train.rs` as `NETWORK`.
#[derive(Clone, Copy)]
pub struct NetworkChoice {
    kind: Option<NetworkKind>,
    own: Option<NetworkFn>,
}

impl NetworkChoice {
    /// The kind; `None` leaves it to the data.
    pub(super) fn kind(self) -> Option<NetworkKind> {
        self.kind
    }

    /// The program's own network, if it has one: `--net` may still ask for another.
    pub(super) fn own(self) -> Option<NetworkFn> {
        self.own
    }
}

impl From<Option<NetworkKind>> for NetworkChoice {
    fn from(kind: Option<NetworkKind>) -> Self {
        Self { kind, own: None }
    }
}

impl From<NetworkFn> for NetworkChoice {
    fn from(own: NetworkFn) -> Self {
        Self { kind: Some(NetworkKind::Own), own: Some(own) }
    }
}
