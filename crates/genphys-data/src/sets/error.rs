//! What can be wrong with data.

use std::path::PathBuf;
use thiserror::Error;

/// A data set that cannot be used, and why.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// The specification is neither a known name nor an existing path.
    #[error("`{spec}` is neither a known data set nor an existing path{}; known data sets: {known}", did_you_mean(.suggestion))]
    Unknown {
        /// What was asked for.
        spec: String,
        /// The nearest known name.
        suggestion: Option<String>,
        /// All known names.
        known: String,
    },
    /// The file system said no.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// Its reason.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: expected {expected}, found {found}", path.display())]
    Format {
        /// File or folder.
        path: PathBuf,
        /// What would have been right.
        expected: String,
        /// What is there.
        found: String,
    },
    /// It does not show how the data are meant.
    #[error("{name}: {what}; {help}")]
    Unclear {
        /// Data set or file.
        name: String,
        /// What was found.
        what: String,
        /// What to say.
        help: String,
    },
    /// Pictures of a folder cannot be read.
    #[error("{first}{}; --skip-broken leaves broken pictures out", others(.count))]
    Broken {
        /// What is wrong with the first.
        first: Box<DataError>,
        /// How many there are.
        count: usize,
    },
    /// A value is finite but no `f32` once it is normalised.
    #[error(
        "{name}: {value} in point {row}, coordinate {column} (both counted from 0) is beyond f32 when it is normalised"
    )]
    Beyond {
        /// Data set or file.
        name: String,
        /// Point.
        row: usize,
        /// Coordinate.
        column: usize,
        /// The raw value.
        value: f64,
    },
    /// Images of one folder have different sizes.
    #[error(
        "images of one size are needed, but {} is {}x{} and {} is {}x{} pixels; --size 64 crops all to squares and scales them to \
         64x64",
        first.display(), first_size.0, first_size.1, other.display(), other_size.0, other_size.1
    )]
    MixedSizes {
        /// First file in the order of names.
        first: PathBuf,
        /// Its width and height.
        first_size: (u32, u32),
        /// First file that differs.
        other: PathBuf,
        /// Its width and height.
        other_size: (u32, u32),
    },
    /// A cell of a table is not a finite number.
    #[error(
        "{}, line {line}, column `{column}`: expected a finite number, found `{found}`; --label names a column of classes, \
         --columns those that are read",
        path.display()
    )]
    Cell {
        /// File.
        path: PathBuf,
        /// Line, counted from 1, the header included.
        line: u64,
        /// Name from the header.
        column: String,
        /// What is written there.
        found: String,
    },
    /// Too few points to learn from.
    #[error("{name}: expected at least {expected} points, found {found}")]
    TooFew {
        /// Data set or file.
        name: String,
        /// How many are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error("{name}: expected finite numbers, found {value} in point {row}, coordinate {column} (both counted from 0)")]
    NotFinite {
        /// Data set or file.
        name: String,
        /// Point.
        row: usize,
        /// Coordinate.
        column: usize,
        /// The value.
        value: f64,
    },
    /// More values than are held in memory.
    #[error("{name}: expected at most {limit} numbers in all, found {found}")]
    TooLarge {
        /// Data set or file.
        name: String,
        /// The limit.
        limit: u64,
        /// What the file announces.
        found: String,
    },
    /// Lengths of points, labels, names or normalisation do not fit together.
    #[error("{name}: expected {expected}, found {found}")]
    Inconsistent {
        /// Data set.
        name: String,
        /// What would fit.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The points as a whole are none to learn from.
    #[error("{0}")]
    Statistics(String),
    /// No such split exists.
    #[error("cannot hold out a share of {fraction}: expected a number above 0 and below 1")]
    Split {
        /// The share asked for.
        fraction: f64,
    },
}

fn did_you_mean(suggestion: &Option<String>) -> String {
    suggestion.as_ref().map_or_else(String::new, |name| format!(" (did you mean `{name}`?)"))
}

fn others(count: &usize) -> String {
    if *count > 1 { format!(" ({} other pictures cannot be read either)", count - 1) } else { String::new() }
}

impl DataError {
    /// For `map_err` on file operations.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn format(path: impl Into<PathBuf>, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Format { path: path.into(), expected: expected.into(), found: found.into() }
    }
}
