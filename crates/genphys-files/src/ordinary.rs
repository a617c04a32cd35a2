//! Reading files that end: pipes without a writer and devices are refused before a byte is read.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens an ordinary file, or a stream that this process has open already, such as `/dev/stdin` and what a shell gives
/// for `<(…)`.
///
/// # Errors
/// When it cannot be opened, and for folders, pipes, sockets and devices, from which reading might never end.
pub fn open(path: &Path) -> io::Result<File> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() && (metadata.is_dir() || !is_own_stream(path)) {
        let kind = if metadata.is_dir() { ErrorKind::IsADirectory } else { ErrorKind::InvalidInput };
        return Err(io::Error::new(kind, format!("this is {} and no file", self::kind(&metadata))));
    }
    File::open(path)
}

/// The bytes of a file of at most `most` of them.
///
/// # Errors
/// As [`open`]; [`ErrorKind::FileTooLarge`] where there are more.
pub fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::new(ErrorKind::FileTooLarge, format!("there are more than {most} bytes in it")));
    }
    Ok(bytes)
}

/// Whether both paths lead to one file, by whatever links. Of what is not there nothing is known.
pub fn same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
        place(a).is_some_and(|a| place(b) == Some(a))
    }
    #[cfg(not(unix))]
    {
        let place = |path: &Path| fs::canonicalize(path).ok();
        place(a).is_some_and(|a| place(b) == Some(a))
    }
}

/// What something that is no file is, for messages.
pub fn kind(metadata: &Metadata) -> &'static str {
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

/// Whether a path names a stream that this process has open.
pub fn is_own_stream(path: &Path) -> bool {
    ["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"].iter().any(|own| path.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_within_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, "four").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"four");
        assert_eq!(read(&path, 3).unwrap_err().kind(), ErrorKind::FileTooLarge);
        assert_eq!(read(folder.path(), 3).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(read(&folder.path().join("b"), 3).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn what_may_never_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
        std::os::unix::fs::symlink("pipe", path("link")).unwrap();
        for (name, kind) in [("pipe", "a pipe"), ("link", "a pipe"), ("socket", "a socket")] {
            let message = open(&path(name)).unwrap_err().to_string();
            assert!(message.contains(kind), "{message}");
        }
        for device in ["/dev/zero", "/dev/tty", "/dev/null"] {
            assert!(open(Path::new(device)).is_err(), "{device}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_the_same_by_other_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "").unwrap();
        fs::write(path("b"), "").unwrap();
        std::os::unix::fs::symlink("a", path("soft")).unwrap();
        fs::hard_link(path("a"), path("hard")).unwrap();
        let same = |name: &str| same_file(&path("a"), &path(name));
        assert!(same("soft") && same("hard") && same("./a") && !same("b") && !same("missing"));
        assert!(!same_file(&path("missing"), &path("missing")));
    }
}
