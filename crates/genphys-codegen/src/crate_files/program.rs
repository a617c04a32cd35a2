//! `src/main.rs` and `src/train.rs`: the same for every equation.

/// Thin: the equation from `pde.rs`, the loss from `train.rs`, everything else from the library.
pub(super) const MAIN: &str = include_str!("program/main.rs.txt");

/// The training loss, written out so that a researcher can change it.
pub(super) const TRAIN: &str = include_str!("program/train.rs.txt");
