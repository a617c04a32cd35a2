//! How a checkpoint is written, so that a crash at any moment leaves the old one or the new one, and never a mixture.
//!
//! 1. All files are written to a folder of their own and synced.
//! 2. It is renamed: from here on the checkpoint counts, and whoever comes next completes what is left to do.
//! 3. The files in place are linked into the folder of the previous checkpoint.
//! 4. It is renamed once more, and its files are moved over those in place.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use super::sums::{self, Sums};
use super::{CHECKED, Content, PREVIOUS, RunLock, STATE, SUMS};
use crate::error::{Result, RuntimeError};

/// A checkpoint that is being written.
pub(super) const PARTIAL: &str = ".checkpoint-partial";
/// A complete one, before the files in place are kept.
pub(super) const READY: &str = ".checkpoint-ready";
/// A complete one whose files are being moved into place.
pub(super) const MOVING: &str = ".checkpoint-moving";
/// The folder of the previous checkpoint while it is made.
pub(super) const KEEPING: &str = ".previous-partial";

/// Whether a complete checkpoint waits to be moved into place.
pub(super) fn is_pending(run: &Path) -> bool {
    run.join(READY).is_dir() || run.join(MOVING).is_dir()
}

impl RunLock {
    /// Replaces the checkpoint as a whole: after a crash at any moment, [`RunDir::open`](super::RunDir::open) sees
    /// either all old or all new files. The old ones are kept as the previous checkpoint.
    ///
    /// # Errors
    /// When the disk is full or not writable. What was written is then removed, and the old files are as they were.
    pub fn write(&self, files: Vec<(&'static str, Content)>) -> Result<()> {
        // A complete checkpoint of an earlier crash goes first, or it would overwrite this one later.
        self.complete()?;
        let partial = self.path().join(PARTIAL);
        let written = write_all(&partial, files).and_then(|()| {
            let ready = self.path().join(READY);
            fs::rename(&partial, &ready).map_err(RuntimeError::io("cannot rename", &partial))?;
            sync(self.path())
        });
        if written.is_err() {
            drop(fs::remove_dir_all(&partial));
        }
        written?;
        self.complete()
    }

    /// Moves a complete checkpoint into place, if there is one, and removes what is left of an incomplete one.
    ///
    /// # Errors
    /// When the folder is not writable.
    pub(super) fn complete(&self) -> Result<()> {
        let [partial, ready, moving] = [PARTIAL, READY, MOVING].map(|name| self.path().join(name));
        remove(&partial)?;
        if moving.is_dir() {
            self.move_into_place(&moving)?;
        }
        if ready.is_dir() {
            self.keep_previous()?;
            fs::rename(&ready, &moving).map_err(RuntimeError::io("cannot rename", &ready))?;
            sync(self.path())?;
            self.move_into_place(&moving)?;
        }
        Ok(())
    }

    fn move_into_place(&self, moving: &Path) -> Result<()> {
        let entries = fs::read_dir(moving).map_err(RuntimeError::io("cannot read", moving))?;
        for entry in entries {
            let entry = entry.map_err(RuntimeError::io("cannot read", moving))?;
            let target = self.path().join(entry.file_name());
            fs::rename(entry.path(), &target).map_err(RuntimeError::io("cannot write", &target))?;
        }
        // The new names first, or a crash of the machine could leave neither.
        sync(self.path())?;
        fs::remove_dir(moving).map_err(RuntimeError::io("cannot remove", moving))
    }

    /// The files in place are all of one checkpoint here: those that are to replace them have not been moved yet.
    fn keep_previous(&self) -> Result<()> {
        let [keeping, previous] = [KEEPING, PREVIOUS].map(|name| self.path().join(name));
        remove(&keeping)?;
        if !self.path().join(STATE).is_file() {
            return Ok(());
        }
        fs::create_dir(&keeping).map_err(RuntimeError::io("cannot create", &keeping))?;
        for name in CHECKED.into_iter().chain([SUMS]) {
            let (from, to) = (self.path().join(name), keeping.join(name));
            if from.is_file() {
                link(&from, &to).map_err(RuntimeError::io("cannot write", to))?;
            }
        }
        sync(&keeping)?;
        remove(&previous)?;
        fs::rename(&keeping, &previous).map_err(RuntimeError::io("cannot rename", &keeping))?;
        sync(self.path())
    }
}

/// The same file under another name; a copy of it where the file system knows no such thing.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if fs::hard_link(from, to).is_err() {
        fs::copy(from, to)?;
        File::open(to)?.sync_all()?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(RuntimeError::io("cannot remove", folder))?;
    }
    Ok(())
}

fn sync(folder: &Path) -> Result<()> {
    genphys_files::sync_folder(folder).map_err(RuntimeError::io("cannot write", folder))
}

/// The files with their checksums, synced: the rename that follows must not overtake the data.
fn write_all(folder: &Path, files: Vec<(&'static str, Content)>) -> Result<()> {
    fs::create_dir(folder).map_err(RuntimeError::io("cannot create", folder))?;
    let mut found = Vec::new();
    for (name, content) in files {
        let bytes = match content {
            Content::Text(text) => text.into_bytes(),
            Content::Tensors(tensors) => safetensors::serialize(tensors, None)
                .map_err(|error| RuntimeError::Setting(format!("cannot write {name}: {error}")))?,
        };
        write_synced(&folder.join(name), &bytes)?;
        found.push((name.to_owned(), sums::of(&bytes)));
    }
    write_synced(&folder.join(SUMS), Sums::new(found).text().as_bytes())?;
    sync(folder)
}

/// No temporary file: the whole folder is one.
fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(RuntimeError::io("cannot write", path))
}
