//! Data sets: embedded, generated, or read from disk; always normalised, always invertible.
//!
//! [`load`] takes a known name or a path. Everything that can be wrong with a file is a [`DataError`] that says which
//! file, what was expected and what was found; no length read from a file is trusted before that many bytes were seen.

mod array;
mod catalogue;
mod dataset;
mod digits;
#[cfg(test)]
mod disk_tests;
mod error;
mod folder;
mod folder_list;
mod idx;
mod normalisation;
mod npy;
mod npz;
mod options;
mod ordinary;
mod picture;
#[cfg(test)]
mod picture_tests;
mod raw;
mod reading;
#[cfg(test)]
mod reported_tests;
mod table;
mod table_text;
mod toy;

pub use catalogue::{LABEL_MARK, RUN_STATE, is_known, known_data_sets, load, load_with, split_mark};
pub use dataset::{DataShape, Dataset};
pub use digits::{DIGITS_ATTRIBUTION, digits};
pub use error::DataError;
pub use normalisation::{Normalisation, SIGMA_DATA};
pub use npy::read_matrix;
pub use options::{Layout, ReadOptions, Scaling};
pub use reading::Reading;
pub use toy::ToySet;
