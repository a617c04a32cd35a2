//! Model crates: from an equation to a crate on disk, and from there to a program that trains and samples.

pub(crate) mod cargo;
pub(crate) mod crate_folder;
pub(crate) mod data;
pub(crate) mod interrupt;
pub(crate) mod proof;
pub(crate) mod run_folder;
mod staging;
pub(crate) mod trust;
