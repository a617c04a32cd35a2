//! Data sets: embedded, generated, or read from disk; always normalised, always invertible.
//!
//! [`load`] takes a known name or a path. Everything that can be wrong with a file is a [`DataError`] that says which file,
//! what was expected and what was found; no length read from a file is trusted before that many bytes were seen.

mod array;
mod catalogue;
mod dataset;
mod digits;
#[cfg(test)]
mod disk_tests;
mod error;
mod folder;
mod idx;
mod normalisation;
mod npy;
mod table;
mod toy;

pub use catalogue::{LABEL_MARK, known_data_sets, load};
pub use dataset::{DataShape, Dataset};
pub use digits::{DIGITS_ATTRIBUTION, digits};
pub use error::DataError;
pub use normalisation::{Normalisation, SIGMA_DATA};
pub use toy::ToySet;
