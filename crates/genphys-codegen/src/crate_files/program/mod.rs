//! `src/main.rs` and `src/train.rs`: the same for every equation.

use super::record::Net;

/// Thin: the equation from `pde.rs`, loss and network from `train.rs`, everything else from the library.
pub(super) const MAIN: &str = include_str!("main.rs.txt");

/// Network and training loss, written out so that a researcher can change them.
const TRAIN: &str = include_str!("train.rs.txt");

pub(super) fn train(net: Option<Net>) -> String {
    match net {
        Some(net) => {
            let chosen = format!("Some(NetworkKind::{})", net.variant());
            TRAIN.replace("Option<NetworkKind> = None", &format!("Option<NetworkKind> = {chosen}"))
        }
        None => TRAIN.to_owned(),
    }
}
