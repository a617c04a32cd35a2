//! A temporary folder beside what will take its place, gone with this process however that ends: what a killed one left
//! is removed by the next.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// In every such folder, locked while it is in use.
const LOCK: &str = ".in-use";
/// Between the making of a folder and of its lock.
const MOMENT: Duration = Duration::from_secs(60);

/// The folder. It is removed when this is dropped.
pub(crate) struct Staging {
    folder: TempDir,
    _lock: File,
}

impl Staging {
    /// A new folder in `parent` whose name begins with `prefix`. Others of that kind that nobody uses are removed.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn new(prefix: &str, parent: &Path) -> io::Result<Self> {
        clean(prefix, parent);
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(parent)?;
        let lock = File::create_new(folder.path().join(LOCK))?;
        // Where files cannot be locked, a folder that was left lies there until somebody removes it.
        drop(lock.try_lock());
        Ok(Self { folder, _lock: lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes what killed processes left. That it cannot be is no reason not to go on.
fn clean(prefix: &str, parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && entry.file_name().to_string_lossy().starts_with(prefix) && is_left(&entry.path()) {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

fn is_left(folder: &Path) -> bool {
    match File::open(folder.join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        // Killed between folder and lock, or just being made.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = fs::metadata(folder).and_then(|found| found.modified());
            made.is_ok_and(|made| SystemTime::now().duration_since(made).is_ok_and(|age| age > MOMENT))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_removed_and_the_rest_is_kept() {
        let parent = tempfile::tempdir().unwrap();
        let path = |name: &str| parent.path().join(name);
        // Killed: its lock is nobody's. Just being made: no lock yet. Not ours, though the name is like it.
        for name in [".new-killed", ".new-young", "other"] {
            fs::create_dir(path(name)).unwrap();
            fs::write(path(name).join("file"), "").unwrap();
        }
        fs::write(path(".new-killed").join(LOCK), "").unwrap();
        fs::write(path(".new-file"), "").unwrap();
        let first = Staging::new(".new-", parent.path()).unwrap();
        fs::write(first.path().join("precious"), "").unwrap();
        let second = Staging::new(".new-", parent.path()).unwrap();
        assert!(first.path().join("precious").exists() && second.path().exists());
        assert!(!path(".new-killed").exists() && path(".new-young").exists());
        assert!(path("other").exists() && path(".new-file").exists());
        let gone = first.path().to_owned();
        drop(first);
        assert!(!gone.exists());
    }
}
