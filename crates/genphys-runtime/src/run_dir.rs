//! The folder of a training run: what is in it, and how it is written so that no crash leaves it torn.
//!
//! | file | holds |
//! |---|---|
//! | `config.json` | equation, data, sizes, seeds: everything that was decided before the first step |
//! | `statistics.safetensors` | mean and whitening matrix of the training data |
//! | `model.safetensors` | parameters |
//! | `ema.safetensors` | their moving averages, which samples are drawn with |
//! | `optimizer.safetensors` | Adam's moments |
//! | `state.json` | step, and seconds of training |

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Result, RuntimeError};

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
pub const STATE: &str = "state.json";

/// A complete checkpoint that waits to be moved into place.
const READY: &str = ".checkpoint-ready";
/// A checkpoint that is being written.
const PARTIAL: &str = ".checkpoint-partial";

/// A run's folder.
#[derive(Clone, Debug)]
pub struct RunDir {
    path: PathBuf,
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
    /// The folder `path`, created if it is missing.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).map_err(RuntimeError::io("cannot create", path))?;
        Ok(Self { path: path.to_owned() })
    }

    /// The folder of an existing run. Completes a checkpoint that a crash interrupted while it was moved into place.
    ///
    /// # Errors
    /// When there is no run in it.
    pub fn open(path: &Path) -> Result<Self> {
        let run = Self { path: path.to_owned() };
        if path.join(READY).is_dir() {
            run.move_into_place()?;
        }
        if !run.file(STATE).is_file() {
            let found = if path.is_dir() { "a folder without one" } else { "no such folder" };
            return Err(RuntimeError::RunFile {
                path: path.to_owned(),
                expected: format!("a run's folder with {CONFIG} and {STATE}"),
                found: found.to_owned(),
            });
        }
        Ok(run)
    }

    /// Whether a run lives in `path`.
    pub fn exists(path: &Path) -> bool {
        path.join(STATE).is_file() || path.join(READY).is_dir()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Path of one of its files.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Replaces files as one: after a crash at any moment, [`open`](Self::open) sees either all old or all new ones.
    ///
    /// They are written to a folder of their own, which is renamed when complete and only then emptied into place.
    ///
    /// # Errors
    /// When the disk is full or not writable.
    pub fn write(&self, files: Vec<(&'static str, Content)>) -> Result<()> {
        // A complete checkpoint of an earlier crash goes first, or it would overwrite this one later.
        if self.file(READY).is_dir() {
            self.move_into_place()?;
        }
        let partial = self.file(PARTIAL);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(RuntimeError::io("cannot remove", &partial))?;
        }
        fs::create_dir_all(&partial).map_err(RuntimeError::io("cannot create", &partial))?;
        for (name, content) in files {
            write_synced(&partial.join(name), &content)?;
        }
        let ready = self.file(READY);
        fs::rename(&partial, &ready).map_err(RuntimeError::io("cannot rename", &partial))?;
        self.move_into_place()
    }

    fn move_into_place(&self) -> Result<()> {
        let ready = self.file(READY);
        let entries = fs::read_dir(&ready).map_err(RuntimeError::io("cannot read", &ready))?;
        for entry in entries {
            let entry = entry.map_err(RuntimeError::io("cannot read", &ready))?;
            let target = self.path.join(entry.file_name());
            fs::rename(entry.path(), &target).map_err(RuntimeError::io("cannot write", &target))?;
        }
        fs::remove_dir(&ready).map_err(RuntimeError::io("cannot remove", &ready))
    }

    /// Reads a JSON file.
    ///
    /// # Errors
    /// When it is missing or is not what it should be.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        let path = self.file(name);
        let text = fs::read_to_string(&path).map_err(RuntimeError::io("cannot read", &path))?;
        serde_json::from_str(&text).map_err(|error| RuntimeError::RunFile {
            path,
            expected: "settings written by this program".to_owned(),
            found: error.to_string(),
        })
    }

    /// Reads a safetensors file onto the CPU.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn read_tensors(&self, name: &str) -> Result<HashMap<String, Tensor>> {
        let path = self.file(name);
        let bytes = fs::read(&path).map_err(RuntimeError::io("cannot read", &path))?;
        candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| RuntimeError::RunFile {
            path,
            expected: "tensors in the safetensors format".to_owned(),
            found: error.to_string(),
        })
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

fn write_synced(path: &Path, content: &Content) -> Result<()> {
    let bytes = match content {
        Content::Text(text) => text.clone().into_bytes(),
        Content::Tensors(tensors) => safetensors::serialize(tensors, None)
            .map_err(|error| RuntimeError::Setting(format!("cannot write {}: {error}", path.display())))?,
    };
    let failed = |error| RuntimeError::io("cannot write", path)(error);
    let mut file = fs::File::create(path).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)?;
    // The rename that follows must not overtake the data.
    file.sync_all().map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Content {
        Content::Text(value.to_owned())
    }

    #[test]
    fn an_interrupted_move_is_completed() -> Result<()> {
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let run = RunDir::create(folder.path())?;
        run.write(vec![(CONFIG, text("old")), (STATE, text("old"))])?;
        // A crash after one of two files was moved.
        let ready = folder.path().join(READY);
        fs::create_dir(&ready).map_err(RuntimeError::io("cannot create", &ready))?;
        fs::write(ready.join(STATE), "new").map_err(RuntimeError::io("cannot write", &ready))?;
        fs::write(folder.path().join(CONFIG), "new").map_err(RuntimeError::io("cannot write", &ready))?;
        let run = RunDir::open(run.path())?;
        for name in [CONFIG, STATE] {
            let content = fs::read_to_string(run.file(name)).map_err(RuntimeError::io("cannot read", name))?;
            assert_eq!(content, "new");
        }
        assert!(!ready.exists());
        Ok(())
    }

    #[test]
    fn a_torn_write_leaves_the_old_files() -> Result<()> {
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let run = RunDir::create(folder.path())?;
        run.write(vec![(STATE, text("old"))])?;
        let partial = folder.path().join(PARTIAL);
        fs::create_dir(&partial).map_err(RuntimeError::io("cannot create", &partial))?;
        fs::write(partial.join(STATE), "ne").map_err(RuntimeError::io("cannot write", &partial))?;
        let run = RunDir::open(folder.path())?;
        let content = fs::read_to_string(run.file(STATE)).map_err(RuntimeError::io("cannot read", STATE))?;
        assert_eq!(content, "old");
        run.write(vec![(STATE, text("newer"))])?;
        let content = fs::read_to_string(run.file(STATE)).map_err(RuntimeError::io("cannot read", STATE))?;
        assert_eq!(content, "newer");
        Ok(())
    }

    #[test]
    fn numbers_come_back_to_the_bit() -> Result<()> {
        use rand::Rng;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let run = RunDir::create(folder.path())?;
        let mut rng = crate::seed::stream(1, crate::seed::Purpose::Evaluation, 1);
        let numbers: Vec<f64> = (0..2000).map(|_| rng.random::<f64>() * rng.random::<f64>().powi(9)).collect();
        run.write(vec![(CONFIG, json(&numbers)?)])?;
        assert_eq!(run.read_json::<Vec<f64>>(CONFIG)?, numbers);
        Ok(())
    }

    #[test]
    fn a_folder_without_a_run_says_so() {
        let message = RunDir::open(Path::new("no/such/run")).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("no/such/run") && message.contains("config.json"), "{message}");
    }
}
