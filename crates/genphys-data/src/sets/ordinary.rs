//! Opening files that end: pipes and devices are refused before a byte is read.

use super::error::DataError;
use std::fs::{File, Metadata};
use std::path::Path;

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

/// What something that is no file is, for messages.
pub(crate) fn kind(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a pipe";
        } else if kind.is_socket() {
            return "a socket";
        } else if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    "something else"
}
