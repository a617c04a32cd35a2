//! Opening files that end: pipes and devices are refused before a byte is read.

use super::error::DataError;
use std::fs::File;
use std::path::Path;

pub(crate) use genphys_files::kind;

/// Opens an ordinary file.
///
/// # Errors
/// When it cannot be opened, and for folders, pipes, sockets and devices, from which reading might never end.
pub(crate) fn open(path: &Path) -> Result<File, DataError> {
    let metadata = std::fs::metadata(path).map_err(DataError::io(path))?;
    if !metadata.is_file() {
        return Err(DataError::format(path, "an ordinary file", kind(&metadata)));
    }
    File::open(path).map_err(DataError::io(path))
}
