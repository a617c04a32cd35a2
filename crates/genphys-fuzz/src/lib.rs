//! Fuzzing without a nightly compiler: a test hands over seeds and a check, and many damaged copies are tried.
//!
//! An input that ends in a way not seen before (the check says how it ended) becomes a seed itself, which stands in for
//! the coverage that cargo-fuzz would measure. A panic, more memory than allowed and an input that does not end are
//! findings: the input is kept in a file, and the test fails with its path. How long the slowest input took is printed.
//!
//! | variable | meaning |
//! |---|---|
//! | `GENPHYS_FUZZ_SECONDS` | how long each target runs; 2 if it is not set |
//! | `GENPHYS_FUZZ_SEED` | another sequence of inputs; 1 if it is not set |
//! | `GENPHYS_FUZZ_FOLDER` | where findings go; the folder for temporary files if it is not set |
//!
//! A binary that fuzzes has [`Counting`] as its global allocator.

mod memory;
mod mutate;
mod random;
mod run;

pub use memory::Counting;
pub use random::Random;
pub use run::{Target, files};
