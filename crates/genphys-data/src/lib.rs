//! Data sets from names and files, what they are as a whole, and pictures of them.
//!
//! [`load`] takes a known name or a path. Everything that can be wrong with a file is a [`DataError`] that says which
//! file, what was expected and what was found; no length read from a file is trusted before that many bytes were seen.

pub mod pictures;
mod sets;
pub mod statistics;

pub use sets::{
    DIGITS_ATTRIBUTION, DataError, DataShape, Dataset, LABEL_MARK, Layout, Normalisation, RUN_STATE, ReadOptions,
    Reading, SIGMA_DATA, Scaling, ToySet, digits, is_known, known_data_sets, load, load_with, read_matrix, split_mark,
};
