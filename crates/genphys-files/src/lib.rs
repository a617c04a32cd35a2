//! Results on disk, whole or not at all: a temporary file beside the old one, synced, renamed over it, and the folder
//! synced.
//!
//! Whatever happens on the way, a full disk or a process that is killed, the old file stays as it was. What a killed
//! process left behind is removed by the next one that writes into the folder.

//!
//! And files that are read: ordinary ones, that end.

mod ordinary;
mod shell;
mod visible;

pub use ordinary::{is_own_stream, kind, open, read, same_file};
pub use shell::{shell_command, shell_word};
pub use visible::{hides, visible};

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// How the names of temporary files begin and end.
const TEMPORARY: (&str, &str) = (".genphys-", ".partial");

/// Bytes, such as a checksum, as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `content` to `path`, replacing the file that is there.
///
/// # Errors
/// The system's reason; the old file is then as it was.
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(content))
}

/// Writes what `fill` writes to `path`, replacing the file that is there.
///
/// A link is followed, the permissions of a file that is there are kept, and what is no file, such as a pipe or
/// `/dev/null`, is written to as it is.
///
/// # Errors
/// That of `fill`, or the system's reason; the old file is then as it was.
pub fn write_with<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    let (path, permissions) = match place(path)? {
        Place::Stream(file) => {
            let mut out = BufWriter::new(file);
            fill(&mut out)?;
            return Ok(out.flush()?);
        }
        Place::File { path, permissions } => (path, permissions),
    };
    let staged = filled(&path, fill)?;
    if let Some(permissions) = permissions {
        staged.as_file().set_permissions(permissions)?;
    }
    staged.persist(&path).map_err(|error| plain(error.error))?;
    Ok(sync_folder(folder_of(&path))?)
}

/// Writes `content` to `path`, where nothing may be yet.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] where something is, or the system's reason.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    // Before the work, and as a system without hard links would say it.
    if path.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    filled(path, |file| file.write_all(content))?.persist_noclobber(path).map_err(|error| plain(error.error))?;
    sync_folder(folder_of(path))
}

/// Checks, before the work for a result, that it can be written: that there is a folder, that a file can be made in it,
/// and that what is there is a file. Nothing is left of the check.
///
/// # Errors
/// As [`write()`].
pub fn check(path: &Path) -> io::Result<()> {
    // To open a pipe and to close it again is not nothing.
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return Ok(());
    }
    match place(path)? {
        Place::Stream(_) => Ok(()),
        Place::File { path, .. } => staged(&path).map(drop),
    }
}

/// Checks, before the work for what goes into a folder, that it is there or can be made, and that files can be made in
/// it. Nothing is left of the check.
///
/// # Errors
/// The system's reason, [`ErrorKind::NotADirectory`] where something else is in the place of the folder.
pub fn check_folder(path: &Path) -> io::Result<()> {
    let there = path.ancestors().find(|above| fs::symlink_metadata(above).is_ok()).unwrap_or(Path::new("."));
    if !fs::metadata(there)?.is_dir() {
        return Err(ErrorKind::NotADirectory.into());
    }
    remove_left_behind(there);
    stage(there).map(drop).map_err(plain)
}

/// Bytes that are free on the disk on which a file would come to lie; `None` for what is no file, and where it is not
/// known.
pub fn free_space(path: &Path) -> Option<u64> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return None;
    }
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(folder_of(path)).ok()?;
        Some(found.f_bavail.saturating_mul(found.f_frsize))
    }
    #[cfg(not(unix))]
    None
}

/// Makes the names in a folder survive a crash of the machine.
///
/// # Errors
/// The system's reason. That it cannot sync folders is none.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Where a result goes.
enum Place {
    /// To a file that may be there, with these permissions.
    File { path: PathBuf, permissions: Option<Permissions> },
    /// Into something that is no file.
    Stream(File),
}

fn place(path: &Path) -> io::Result<Place> {
    let own_stream = ordinary::is_own_stream(path);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(found) if found.is_file() && !own_stream => {
            // A file that may not be written is not replaced either.
            File::options().write(true).open(path)?;
            Ok(Place::File { path: fs::canonicalize(path)?, permissions: Some(found.permissions()) })
        }
        Ok(_) => File::options().write(true).open(path).map(Place::Stream),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // A link to a file that is still to come.
            let target = fs::read_link(path).map_or_else(|_| path.to_owned(), |target| folder_of(path).join(target));
            Ok(Place::File { path: target, permissions: None })
        }
        Err(error) => Err(error),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A temporary file beside `path`, filled and synced.
fn filled<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<NamedTempFile, E> {
    let staged = staged(path)?;
    let mut out = BufWriter::new(staged.as_file());
    fill(&mut out)?;
    out.flush()?;
    drop(out);
    staged.as_file().sync_all()?;
    Ok(staged)
}

/// A temporary file beside `path`.
fn staged(path: &Path) -> io::Result<NamedTempFile> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let message = format!("there is no folder {}", folder.display());
        return Err(io::Error::new(ErrorKind::NotFound, message));
    }
    remove_left_behind(folder);
    stage(folder).map_err(plain)
}

/// A temporary file that is locked as long as it is in use.
fn stage(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY.0).suffix(TEMPORARY.1);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    loop {
        let staged = builder.tempfile_in(folder)?;
        // Another process may have found it before it was locked, and removed it.
        if staged.as_file().lock().is_err() || staged.path().exists() {
            return Ok(staged);
        }
    }
}

/// Removes the temporary files whose processes are gone. What cannot be removed is left.
fn remove_left_behind(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let temporary = name.to_str().is_some_and(|name| name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1));
        if !temporary || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        if let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// The system's error without the name of a temporary file.
fn plain(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(std::error::Error::source).and_then(|inner| inner.downcast_ref::<io::Error>());
    inner.and_then(io::Error::raw_os_error).map_or(error, io::Error::from_raw_os_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_check_says_what_writing_would_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        assert!(check(&path).is_ok() && names(folder.path()).is_empty());
        write(&path, b"old").unwrap();
        assert!(check(&path).is_ok());
        assert_eq!((fs::read(&path).unwrap(), names(folder.path()).len()), (b"old".to_vec(), 1));
        assert!(check(&folder.path().join("no/result.txt")).unwrap_err().to_string().contains("there is no folder"));
        assert!(check(&path.join("below-a-file")).is_err());
        assert_eq!(check(folder.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert!(check_folder(folder.path()).is_ok() && check_folder(&folder.path().join("a/b")).is_ok());
        assert!(check_folder(Path::new("surely/not/there")).is_ok() && !Path::new("surely").exists());
        for path in [path.clone(), path.join("a/b")] {
            assert_eq!(check_folder(&path).unwrap_err().kind(), ErrorKind::NotADirectory);
        }
        assert_eq!(names(folder.path()).len(), 1);
        assert_eq!(free_space(&path).is_some_and(|bytes| bytes > 1 << 20), cfg!(unix));
        assert!(free_space(Path::new("/dev/null")).is_none() && free_space(&folder.path().join("no/a")).is_none());
        #[cfg(target_os = "linux")]
        assert!(check(Path::new("/proc/result.txt")).is_err() && check(Path::new("/dev/null")).is_ok());
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.txt");
        for old in [None, Some("old")] {
            let full = |file: &mut dyn Write| {
                file.write_all(&[7; 100_000])?;
                Err(io::Error::from(ErrorKind::StorageFull))
            };
            let error = write_with(&path, full).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StorageFull);
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), old);
            assert_eq!(names(folder.path()).len(), usize::from(old.is_some()));
            write(&path, b"old").unwrap();
        }
        write(&path, b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap(), names(folder.path()).len()), (b"new".to_vec(), 1));
        let missing = write(&folder.path().join("no/result.txt"), b"new").unwrap_err().to_string();
        assert!(missing.contains("there is no folder") && missing.ends_with("no"), "{missing}");
        assert_eq!(write(folder.path(), b"new").unwrap_err().kind(), ErrorKind::IsADirectory);
    }

    #[test]
    fn what_is_there_is_not_replaced_by_a_new_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_new(&path, b"first").unwrap();
        assert_eq!(write_new(&path, b"second").unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&path).unwrap(), names(folder.path())), (b"first".to_vec(), vec!["a".to_owned()]));
    }

    #[test]
    fn files_of_dead_processes_go_and_those_of_living_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let dead = folder.path().join(".genphys-dead01.partial");
        fs::write(&dead, "half of").unwrap();
        let living = stage(folder.path()).unwrap();
        write(&folder.path().join("a"), b"a").unwrap();
        assert!(!dead.exists() && living.path().exists());
    }

    #[cfg(unix)]
    #[test]
    fn links_permissions_and_devices_are_respected() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(&path("plain"), b"a").unwrap();
        fs::set_permissions(path("plain"), Permissions::from_mode(0o640)).unwrap();
        symlink("plain", path("link")).unwrap();
        symlink("later", path("dangling")).unwrap();
        write(&path("link"), b"b").unwrap();
        write(&path("dangling"), b"c").unwrap();
        assert_eq!(fs::read(path("plain")).unwrap(), b"b");
        assert_eq!(fs::metadata(path("plain")).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read(path("later")).unwrap(), b"c");
        assert!(path("link").is_symlink() && path("dangling").is_symlink());
        // As any other file that this process makes.
        fs::write(path("other"), b"").unwrap();
        let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode("later"), mode("other"));
        write(Path::new("/dev/null"), b"d").unwrap();
        assert!(!Path::new("/dev/null").is_file());
        if cfg!(target_os = "linux") {
            assert_eq!(write(Path::new("/dev/full"), b"e").unwrap_err().kind(), ErrorKind::StorageFull);
        }
    }
}
