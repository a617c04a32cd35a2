//! One training a folder: the lock that says who writes into it. It ends with its process, however that ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::{Result, RuntimeError};

/// The file that is locked; it holds the number of the process.
const LOCK: &str = ".lock";

/// The right to write checkpoints into a folder, which one training has at a time.
#[derive(Debug)]
pub struct RunLock {
    path: PathBuf,
    file: File,
}

impl RunLock {
    /// Takes the folder `path`, which is created if it is missing. What a process left that was killed while it wrote
    /// is completed or removed.
    ///
    /// # Errors
    /// When another process has it, and then which; or when it cannot be written to.
    pub fn take(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).map_err(RuntimeError::io("cannot create", path))?;
        let place = path.join(LOCK);
        let failed = || RuntimeError::io("cannot lock", &place);
        if place.is_symlink() {
            // In a folder of someone else's it may lead to a file that is worth something.
            return Err(failed()(io::Error::other("it is a link")));
        }
        let options = || File::options().create(true).truncate(false).read(true).write(true).open(&place);
        let mut file = options().map_err(failed())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let known = (&file).take(100).read_to_string(&mut holder).is_ok();
                let holder = known.then(|| holder.trim().parse::<u32>().ok()).flatten();
                return Err(RuntimeError::Busy { path: path.to_owned(), holder });
            }
            // A file system without locks: there is nothing to hold on to.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed()(error)),
        }
        file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(failed())?;
        let lock = Self { path: path.to_owned(), file };
        lock.complete()?;
        Ok(lock)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Not only closed: a process that is just being started may still share the open file.
        drop(self.file.unlock());
    }
}
