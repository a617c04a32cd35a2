//! Building a model crate. All runs of a user share one target directory: the tensor library is compiled once and not
//! once per run.

use super::interrupt;
use crate::outcome::Failure;
use crate::output;
use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What is built.
pub(crate) struct Build<'a> {
    /// The folder of the crate.
    pub(crate) folder: &'a Path,
    /// Its name, which is its program's name.
    pub(crate) name: &'a str,
    /// `cuda` or `metal`.
    pub(crate) feature: Option<&'static str>,
    /// Where a copy of the program goes.
    pub(crate) program: &'a Path,
}

impl Build<'_> {
    /// Builds the crate and copies its program. Progress goes to stderr.
    ///
    /// # Errors
    /// When there is no cargo, it fails, or Ctrl-C was pressed.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let target = target_directory()?;
        let cannot = |what: &str, error: &dyn std::fmt::Display| Failure::new(format!("cannot {what}: {error}"));
        fs::create_dir_all(&target).map_err(|error| cannot(&format!("make {}", target.display()), &error))?;
        // Two crates of one name would overwrite each other's program between the build and the copy.
        let _turn = take_turn(&target.join("genphys-run.lock")).map_err(|error| cannot("lock the build", &error))?;
        self.announce(&target);
        let started = Instant::now();
        self.cargo(&target)?;
        let built = target.join("release").join(format!("{}{EXE_SUFFIX}", self.name));
        self.copy(&built).map_err(|error| cannot(&format!("copy {}", built.display()), &error))?;
        output::note(&format!("built in {:.0} s", started.elapsed().as_secs_f64()));
        Ok(())
    }

    fn announce(&self, target: &Path) {
        let known = fs::read_dir(target.join("release/.fingerprint")).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("candle-core-"))
        });
        let place = target.display();
        output::note(&if known {
            format!("building the model crate; its libraries are compiled already, in {place}")
        } else {
            format!(
                "building the model crate. The first build compiles the tensor library: some minutes, once. It is kept in \
                 {place}; later builds take seconds"
            )
        });
    }

    fn cargo(&self, target: &Path) -> Result<(), Failure> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(&cargo);
        command.args(["build", "--release", "--manifest-path"]).arg(self.folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(target).args(["--bin", self.name]);
        if let Some(feature) = self.feature {
            command.args(["--features", feature]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(io::stderr()).spawn().map_err(|error| {
            Failure::new(format!("cannot run {}: {error}", cargo.display()))
                .help("a model is a Rust program: install Rust from https://rustup.rs")
        })?;
        let status =
            interrupt::wait(&mut child).map_err(|error| Failure::new(format!("cannot wait for cargo: {error}")))?;
        match (status.success(), interrupt::happened()) {
            (true, false) => Ok(()),
            (_, true) => {
                Err(Failure::new("interrupted while building")
                    .help(format!("this goes on: {}", interrupt::command_line())))
            }
            (false, false) => {
                Err(Failure::new(format!("cargo could not build the model crate ({status})"))
                    .help(self.after_failure()))
            }
        }
    }

    fn after_failure(&self) -> String {
        let needs = match self.feature {
            Some("cuda") => {
                "; a build for CUDA needs nvcc of the CUDA toolkit on the PATH, and a GPU or CUDA_COMPUTE_CAP \
                 (90 for an H100)"
            }
            _ => "",
        };
        format!("its messages are above; the crate is in {}{needs}", self.folder.display())
    }

    /// Copies over what may be running: a new file under the old name.
    fn copy(&self, built: &Path) -> io::Result<()> {
        let folder = self.program.parent().unwrap_or(Path::new("."));
        let staging = tempfile::Builder::new().prefix(".program-").tempdir_in(folder)?;
        let copy = staging.path().join("program");
        fs::copy(built, &copy)?;
        fs::rename(&copy, self.program)
    }
}

/// Holds the lock file until it is dropped; waits for other runs.
fn take_turn(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            output::note("waiting for another genphys run that is building");
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    Ok(file)
}

/// A variable of the environment as a path, if it is set.
fn set(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// `genphys` in the user's cache directory.
pub(super) fn cache_directory() -> Option<PathBuf> {
    let home = || set("HOME");
    let cache = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| home().map(|home| home.join(".cache")))
    };
    cache.map(|cache| cache.join("genphys"))
}

/// `$CARGO_TARGET_DIR`, else `target` in the cache directory.
fn target_directory() -> Result<PathBuf, Failure> {
    let chosen = set("CARGO_TARGET_DIR").or_else(|| cache_directory().map(|cache| cache.join("target")));
    let chosen = chosen.ok_or_else(|| {
        Failure::new("there is no cache directory for the build").help("set CARGO_TARGET_DIR to a directory")
    })?;
    std::path::absolute(&chosen).map_err(|error| Failure::new(format!("{}: {error}", chosen.display())))
}
