//! Building a model crate. All runs of a user share one target directory: the tensor library is compiled once and not
//! once per run.

use super::interrupt;
use super::staging::Staging;
use crate::outcome::Failure;
use crate::output;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
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
        let built = self.cargo(&target)?;
        self.copy(&built).map_err(|error| cannot(&format!("copy {}", built.display()), &error))?;
        output::note(&format!("built in {:.0} s", started.elapsed().as_secs_f64()));
        Ok(())
    }

    fn announce(&self, target: &Path) {
        let inside = fs::read_dir(target).into_iter().flatten().flatten().map(|entry| entry.path());
        // Of a build for a named target the folder is one deeper.
        let known = inside.chain([target.to_owned()]).any(|folder| {
            fs::read_dir(folder.join("release/.fingerprint")).is_ok_and(|entries| {
                entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("candle-core-"))
            })
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

    /// Where the program was put is cargo's to say: that depends on variables and files of configuration, such as
    /// `CARGO_BUILD_TARGET`.
    fn cargo(&self, target: &Path) -> Result<PathBuf, Failure> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(&cargo);
        command.args(["build", "--release", "--manifest-path"]).arg(self.folder.join("Cargo.toml"));
        command.arg("--target-dir").arg(target).args(["--bin", self.name]);
        command.args(["--message-format", "json-render-diagnostics"]);
        if let Some(feature) = self.feature {
            command.args(["--features", feature]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| {
            Failure::new(format!("cannot run {}: {error}", cargo.display()))
                .help("a model is a Rust program: install Rust from https://rustup.rs")
        })?;
        let name = self.name.to_owned();
        let reader =
            child.stdout.take().map(|pipe| std::thread::spawn(move || program_in(BufReader::new(pipe), &name)));
        let status =
            interrupt::wait(&mut child).map_err(|error| Failure::new(format!("cannot wait for cargo: {error}")))?;
        let program = reader.and_then(|reader| reader.join().ok()).flatten();
        match (status.success(), interrupt::happened()) {
            (true, false) => program.ok_or_else(|| {
                Failure::new(format!("cargo built the model crate and names no program `{}`", self.name))
                    .help(format!("the crate is in {}", self.folder.display()))
            }),
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
        let staging = Staging::new(".program-", folder)?;
        let copy = staging.path().join("program");
        fs::copy(built, &copy)?;
        fs::rename(&copy, self.program)
    }
}

/// The program among cargo's messages, each a line of JSON.
fn program_in(messages: impl BufRead, name: &str) -> Option<PathBuf> {
    let mut program = None;
    for line in messages.lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let of_program = message["reason"] == "compiler-artifact" && message["target"]["name"] == name;
        if let Some(path) = message["executable"].as_str().filter(|_| of_program) {
            program = Some(PathBuf::from(path));
        }
    }
    program
}

/// Holds the lock file until it is dropped; waits for other runs.
fn take_turn(path: &Path) -> io::Result<File> {
    let mut file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let holder = fs::read_to_string(path).unwrap_or_default();
            let holder = holder.trim().parse::<u32>().map(|pid| format!(" (pid {pid})")).unwrap_or_default();
            output::note(&format!(
                "waiting for another genphys run that is building{holder}; the lock is {}",
                path.display()
            ));
            file.lock()?;
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
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

/// `$CARGO_TARGET_DIR`, else `$GENPHYS_TARGET_DIR`, which a checkout of genphys sets so that its tests find what is
/// built, else `target` in the cache directory.
fn target_directory() -> Result<PathBuf, Failure> {
    let chosen = ["CARGO_TARGET_DIR", "GENPHYS_TARGET_DIR"].into_iter().find_map(set);
    let chosen = chosen.or_else(|| cache_directory().map(|cache| cache.join("target")));
    let chosen = chosen.ok_or_else(|| {
        Failure::new("there is no cache directory for the build").help("set CARGO_TARGET_DIR to a directory")
    })?;
    std::path::absolute(&chosen).map_err(|error| Failure::new(format!("{}: {error}", chosen.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOLDER: &str = "GENPHYS_TEST_BUILD";

    /// Does nothing by itself: the next test runs it in a process of its own, with other variables.
    #[test]
    fn build_into_a_given_folder() {
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
        let program = folder.join("program");
        Build { folder: &folder.join("model"), name: "tiny-model", feature: None, program: &program }.run().unwrap();
        assert_eq!(Command::new(&program).output().unwrap().stdout, b"built");
    }

    #[test]
    fn the_program_is_found_wherever_cargo_puts_it() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let version = Command::new(&cargo).arg("-vV").output().unwrap();
        let version = String::from_utf8(version.stdout).unwrap();
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        for (variable, value) in [("CARGO_BUILD_TARGET", host), ("GENPHYS_NOTHING", "")] {
            let folder = tempfile::tempdir().unwrap();
            let model = folder.path().join("model/src");
            fs::create_dir_all(&model).unwrap();
            let manifest = "[package]\nname = \"tiny-model\"\nedition = \"2024\"\n[workspace]\n";
            fs::write(folder.path().join("model/Cargo.toml"), manifest).unwrap();
            fs::write(model.join("main.rs"), "fn main() { print!(\"built\") }").unwrap();
            let output = Command::new(std::env::current_exe().unwrap())
                .args(["model::cargo::tests::build_into_a_given_folder", "--exact"])
                .env(FOLDER, folder.path())
                .env("CARGO_TARGET_DIR", folder.path().join("target"))
                .env(variable, value)
                .output()
                .unwrap();
            assert!(output.status.success(), "{variable}: {output:?}");
            assert!(folder.path().join("program").is_file(), "{output:?}");
            assert_eq!(folder.path().join("target").join(host).exists(), variable == "CARGO_BUILD_TARGET");
        }
    }
}
