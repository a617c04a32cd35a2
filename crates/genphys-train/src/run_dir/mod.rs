//! The folder of a training run: what is in it, and how it is read so that no damage goes unnoticed.
//!
//! | file | holds |
//! |---|---|
//! | `config.json` | equation, data, sizes, seeds: everything that was decided before the first step |
//! | `statistics.safetensors` | mean and whitening matrix of the training data |
//! | `model.safetensors` | parameters |
//! | `ema.safetensors` | their moving averages, which samples are drawn with |
//! | `optimizer.safetensors` | Adam's moments |
//! | `state.json` | step, and seconds of training |
//! | `SHA256SUMS` | the checksums of these files, as `sha256sum --check` reads them |
//! | `previous-checkpoint/` | all of that as it was at the checkpoint before |

mod lock;
mod save;
mod sums;

pub use lock::RunLock;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use candle_core::{Device, Tensor};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Result, RuntimeError};
use genphys_files::shell_word;
use sums::Sums;

/// Settings of the run.
pub const CONFIG: &str = "config.json";
/// Mean and whitening matrix of the training data.
pub const STATISTICS: &str = "statistics.safetensors";
/// Parameters.
pub const MODEL: &str = "model.safetensors";
/// Moving averages of the parameters.
pub const EMA: &str = "ema.safetensors";
/// Moments of the optimiser.
pub const OPTIMIZER: &str = "optimizer.safetensors";
/// Progress.
pub const STATE: &str = genphys_data::RUN_STATE;
/// Checksums of the other files.
pub const SUMS: &str = "SHA256SUMS";
/// The folder of the checkpoint before the last.
pub const PREVIOUS: &str = "previous-checkpoint";

/// The files of a checkpoint that have checksums.
const CHECKED: [&str; 6] = [CONFIG, STATISTICS, MODEL, EMA, OPTIMIZER, STATE];

/// All files of a checkpoint.
pub const FILES: [&str; 7] = [CONFIG, STATISTICS, MODEL, EMA, OPTIMIZER, STATE, SUMS];

/// Waits of a reader for a checkpoint that is being moved into place, and how many.
const WAIT: (Duration, usize) = (Duration::from_millis(20), 500);

/// A run's folder, to read from.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
    /// Runs from before there were checksums have none.
    sums: Option<Sums>,
}

/// One file's contents.
#[derive(Debug)]
pub enum Content {
    /// Text, such as JSON.
    Text(String),
    /// Tensors, written as safetensors in the order of type and name.
    Tensors(HashMap<String, Tensor>),
}

impl RunDir {
    /// The folder of an existing run. Completes a checkpoint that a crash interrupted while it was moved into place,
    /// unless a training is at it.
    ///
    /// # Errors
    /// When there is no run in it.
    pub fn open(path: &Path) -> Result<Self> {
        if save::is_pending(path) {
            // Where it cannot be completed the files are those of before, or their checksums tell.
            drop(RunLock::take(path));
        }
        let run = Self { path: path.to_owned(), sums: Sums::read(path)? };
        if !run.file(STATE).is_file() {
            let found = if path.is_dir() { "a folder without one" } else { "no such folder" };
            let expected = format!("a run's folder with {CONFIG} and {STATE}");
            return Err(run.wrong(path.to_owned(), expected, found.to_owned()));
        }
        Ok(run)
    }

    /// What `read` makes of the run in the folder `path`, all from one checkpoint: while a training writes another one,
    /// it is asked again.
    ///
    /// # Errors
    /// When there is no run, or `read` fails on a folder that nobody writes to.
    pub fn consistently<T>(path: &Path, read: impl Fn(&Self) -> Result<T>) -> Result<T> {
        let sums = || genphys_files::read(&path.join(SUMS), 1 << 16).ok();
        let mut last = None;
        for _ in 0..WAIT.1 {
            let before = sums();
            let outcome = Self::open(path).and_then(|run| read(&run));
            // An error counts when nothing was changed while it was found, and it was found twice: at the first time a
            // file may have been read before, and its checksum after the change.
            let unchanged = !save::is_pending(path) && sums() == before && last.as_ref() == Some(&before);
            match outcome {
                Err(RuntimeError::RunFile { .. } | RuntimeError::Io { .. }) if !unchanged => last = Some(before),
                outcome => return outcome,
            }
            std::thread::sleep(WAIT.0);
        }
        Self::open(path).and_then(|run| read(&run))
    }

    /// Whether a run lives in `path`.
    pub fn exists(path: &Path) -> bool {
        path.join(STATE).is_file() || save::is_pending(path)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whether the files have checksums; those of runs from before there were any have none.
    pub fn has_checksums(&self) -> bool {
        self.sums.is_some()
    }

    /// Checks the checksums of all files that are there, also of those that nobody is going to read.
    ///
    /// # Errors
    /// Names the first file that is not as it was written.
    pub fn verify(&self) -> Result<()> {
        for name in CHECKED {
            let path = self.file(name);
            if let (Some(sums), true) = (&self.sums, path.exists()) {
                let found = sums::of_file(&path).map_err(RuntimeError::io("cannot read", &path))?;
                self.compare(sums, name, &found)?;
            }
        }
        Ok(())
    }

    /// Reads a JSON file.
    ///
    /// # Errors
    /// When it is missing, damaged, or not what it should be.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let bytes = self.read(name)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| self.unusable(name, "settings written by this program", error.to_string()))
    }

    /// Reads a safetensors file onto the CPU.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_tensors(&self, name: &str) -> Result<HashMap<String, Tensor>> {
        let bytes = self.read(name)?;
        candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)
            .map_err(|error| self.unusable(name, "tensors in the safetensors format", error.to_string()))
    }

    /// The error for a file that does not hold what it should, with the way back to the checkpoint before.
    pub(crate) fn unusable(&self, name: &str, expected: &str, found: String) -> RuntimeError {
        self.wrong(self.file(name), expected.to_owned(), found)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        let path = self.file(name);
        let bytes = match genphys_files::read(&path, usize::MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(self.unusable(name, "a file of the checkpoint", "no such file".to_owned()));
            }
            Err(error) => return Err(RuntimeError::io("cannot read", path)(error)),
        };
        if let Some(sums) = &self.sums {
            self.compare(sums, name, &sums::of(&bytes))?;
        }
        Ok(bytes)
    }

    fn compare(&self, sums: &Sums, name: &str, found: &str) -> Result<()> {
        let Some(expected) = sums.get(name) else {
            return Err(self.unusable(SUMS, &format!("the checksum of {name}"), "none".to_owned()));
        };
        if expected == found {
            return Ok(());
        }
        let mut what = "another: it is damaged, or was changed".to_owned();
        if name == CONFIG {
            let folder = shell_word(&self.path);
            what += &format!(
                "\n  if the change is yours, this accepts it: (cd {folder} && sha256sum *.json *.safetensors > {SUMS})"
            );
        }
        Err(self.unusable(name, &format!("the file that was written, whose checksum is in {SUMS}"), what))
    }

    fn wrong(&self, path: PathBuf, expected: String, found: String) -> RuntimeError {
        RuntimeError::RunFile { path, expected, found: found + &self.way_back() }
    }

    /// How to go back to the checkpoint before, where it is whole.
    fn way_back(&self) -> String {
        let previous = self.file(PREVIOUS);
        let whole = || -> Option<u64> {
            let previous = Self { path: previous.clone(), sums: Some(Sums::read(&previous).ok()??) };
            CHECKED.iter().all(|name| previous.file(name).is_file()).then_some(())?;
            previous.verify().ok()?;
            previous.read_json::<serde_json::Value>(STATE).ok()?.get("step")?.as_u64()
        };
        // Of an earlier checkpoint itself there is none.
        let Some(step) = previous.is_dir().then(whole).flatten() else { return String::new() };
        format!(
            "\n  the checkpoint before it, of step {step}, is whole; this goes back to it: cp {}/* {}/",
            shell_word(&previous),
            shell_word(&self.path)
        )
    }
}

/// JSON text of a value, for people: indented, with a newline at the end.
///
/// # Errors
/// When a number in it is not finite.
pub fn json<T: Serialize>(value: &T) -> Result<Content> {
    let text = serde_json::to_string_pretty(value).map_err(|error| RuntimeError::Setting(error.to_string()))?;
    Ok(Content::Text(text + "\n"))
}

#[cfg(test)]
mod tests;
