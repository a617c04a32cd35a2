//! The folder of `genphys run`: what lies where, and what has been done in it.

use super::crate_folder;
use super::proof::Proved;
use super::trust;
use crate::outcome::Failure;
use crate::output;
use crate::stored;
use genphys_codegen::store::derivation_path;
use genphys_codegen::{CrateOptions, GenphysSource};
use genphys_pde::codes::Code;
use serde::{Deserialize, Serialize};
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};

/// The model crate's folder in it.
const MODEL: &str = "model";

/// The longest file of settings or progress.
const MOST_BYTES: usize = 1 << 20;

/// The folder given with `--out`.
pub(crate) struct RunFolder {
    root: PathBuf,
}

/// What a training was asked for. Kept in `run.json`, so that the same command goes on and another is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Training {
    /// `--data`.
    pub(crate) data: String,
    /// `--seed`.
    pub(crate) seed: u64,
    /// `--minutes`.
    pub(crate) minutes: Option<f64>,
    /// `--steps`.
    pub(crate) steps: Option<u64>,
    /// Further options of the model's `train`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<String>,
    /// Whether it has come to its end.
    pub(crate) finished: bool,
}

/// What is to be done about training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plan {
    /// Nothing has been trained here.
    Start,
    /// Go on from the last checkpoint.
    Resume {
        /// What is left of `--minutes`.
        minutes: Option<f64>,
    },
    /// This very training has been finished here.
    Finished,
}

impl RunFolder {
    /// The folder, which is made if it does not exist.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(root).map_err(|error| file_error(root, "make", &error))?;
        // The library's path in the crate's manifest and cargo's messages are then the same from everywhere.
        let root = root.canonicalize().map_err(|error| file_error(root, "open", &error))?;
        Ok(Self { root })
    }

    /// The model crate.
    pub(crate) fn model(&self) -> PathBuf {
        self.root.join(MODEL)
    }

    /// The program built from it.
    pub(crate) fn program(&self) -> PathBuf {
        self.root.join(format!("program{EXE_SUFFIX}"))
    }

    /// Checkpoints and weights.
    pub(crate) fn training(&self) -> PathBuf {
        self.root.join("training")
    }

    /// The picture of samples.
    pub(crate) fn samples(&self) -> PathBuf {
        self.root.join("samples.png")
    }

    /// The distances.
    pub(crate) fn evaluation(&self) -> PathBuf {
        self.root.join("eval.json")
    }

    fn record(&self) -> PathBuf {
        self.root.join("run.json")
    }

    /// Looks whether the model crate in the folder `root`, if one is there, is code that genphys wrote for this user,
    /// or that `trusted` says may be run.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn check_trust(root: &Path, trusted: bool) -> Result<(), Failure> {
        let folder = root.join(MODEL);
        if !folder.join("Cargo.toml").exists() || trust::is_known(&folder) {
            return Ok(());
        }
        let changed = trust::changed(&folder).join(", ");
        let changed = if changed.is_empty() { String::new() } else { format!(" ({changed})") };
        let what = format!(
            "{} is not as genphys wrote it here for you: it was changed{changed}, or someone else made it. Building and \
             running it executes what lies there",
            folder.display()
        );
        if !trusted {
            return Err(Failure::new(what).help("look at it; the same command with --trust executes it"));
        }
        output::warning(&format!("{what}, as --trust says"));
        trust::remember(&folder);
        Ok(())
    }

    /// Writes the model crate, or takes the one that is there if it was made from the same derivation. Returns the
    /// crate's name.
    ///
    /// # Errors
    /// When a crate of another equation, or with other settings, is there.
    pub(crate) fn prepare_model(
        &self,
        proved: &Proved,
        genphys: &GenphysSource,
        options: &CrateOptions,
    ) -> Result<String, Failure> {
        let name = crate_name(&proved.equation.pde.name);
        let folder = self.model();
        if folder.join("Cargo.toml").exists() {
            let same_options = crate_folder::record(&folder).is_ok_and(|record| record.options == *options);
            if !same_options || !crate_folder::is_of(&folder, proved)? {
                let mut message = format!(
                    "{} holds the model of another equation, or of this one with other settings",
                    folder.display()
                );
                if same_options {
                    let pde = &proved.equation.pde;
                    let file = derivation_path(&folder.join("pdes").join(format!("{}.pde", pde.name)));
                    message += &format!(": {}", stored::what_is_wrong(&file, pde, proved.proof.derivation()));
                }
                return Err(Failure::new(message).help("give another --out, or remove it first"));
            }
            output::note(&format!("model crate: {} (there already; kept with any changes of yours)", folder.display()));
        } else {
            crate_folder::write(&folder, &crate_folder::files(proved, &name, genphys, options)?)?;
            output::note(&format!("model crate: {}", folder.display()));
        }
        Ok(name)
    }

    /// What is to be done about this training, after what has been done.
    ///
    /// # Errors
    /// When the folder holds a training on other data or from another seed.
    pub(crate) fn plan(&self, wanted: &Training) -> Result<Plan, Failure> {
        let done = self.read_record()?;
        if let Some(done) = &done
            && (&done.data, done.seed) != (&wanted.data, wanted.seed)
        {
            let message = format!(
                "{} holds a training on {} from seed {}, not on {} from seed {}",
                self.root.display(),
                done.data,
                done.seed,
                wanted.data,
                wanted.seed
            );
            return Err(Failure::new(message).help("give another --out, or remove it first"));
        }
        if let Some(done) = &done
            && done.options != wanted.options
        {
            let (was, is) = (done.options.join(" "), wanted.options.join(" "));
            let message = format!("{} holds a training with the options `{was}`, not `{is}`", self.root.display());
            return Err(Failure::new(message).help("give another --out, or remove it first"));
        }
        if !self.has_checkpoint() {
            return Ok(Plan::Start);
        }
        let finished =
            done.is_some_and(|done| done.finished && (done.minutes, done.steps) == (wanted.minutes, wanted.steps));
        let left = wanted.minutes.map(|minutes| minutes - self.minutes_trained());
        // Less than a second is not worth starting for.
        let used_up = left.is_some_and(|left| left < 1.0 / 60.0);
        Ok(if finished || used_up { Plan::Finished } else { Plan::Resume { minutes: left } })
    }

    /// Whether a checkpoint is there, in place or complete and waiting to be moved there.
    fn has_checkpoint(&self) -> bool {
        let waiting = [".checkpoint-ready", ".checkpoint-moving"];
        self.training().join("state.json").is_file() || waiting.iter().any(|name| self.training().join(name).is_dir())
    }

    /// Wall time of the training so far.
    fn minutes_trained(&self) -> f64 {
        let state = genphys_files::read(&self.training().join("state.json"), MOST_BYTES).unwrap_or_default();
        let state: serde_json::Value = serde_json::from_slice(&state).unwrap_or_default();
        state["seconds"].as_f64().unwrap_or(0.0) / 60.0
    }

    /// Keeps what has been asked for or done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self, training: &Training) -> Result<(), Failure> {
        let path = self.record();
        let text = serde_json::to_string_pretty(training)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
        genphys_files::write(&path, (text + "\n").as_bytes()).map_err(|error| file_error(&path, "write", &error))
    }

    fn read_record(&self) -> Result<Option<Training>, Failure> {
        let path = self.record();
        let text = match genphys_files::read(&path, MOST_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(file_error(&path, "read", &error)),
        };
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            Failure::new(format!("{} is not what genphys run wrote: {error}", path.display()))
                .help("give another --out, or remove it")
        })
    }
}

/// A crate's name for an equation's: lower case, and never a keyword or the name of a library.
fn crate_name(equation: &str) -> String {
    let letters: String = equation.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let letters = letters.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).to_ascii_lowercase();
    let letters: String = letters.chars().take(40).collect();
    if letters.is_empty() { "genphys-model".to_owned() } else { format!("{letters}-model") }
}

fn file_error(path: &Path, verb: &str, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot {verb} {}: {error}", path.display())).code(Code::FileError)
}

#[cfg(test)]
mod tests {
    use super::{Plan, RunFolder, Training, crate_name};

    #[test]
    fn crate_names_are_legal() {
        assert_eq!(crate_name("yukawa"), "yukawa-model");
        assert_eq!(crate_name("_2Dheat"), "dheat-model");
        assert_eq!(crate_name("__"), "genphys-model");
    }

    #[test]
    fn the_same_training_goes_on_and_another_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::open(folder.path()).unwrap();
        let training = Training {
            data: "digits".into(),
            seed: 0,
            minutes: Some(3.0),
            steps: None,
            options: Vec::new(),
            finished: false,
        };
        assert_eq!(run.plan(&training).unwrap(), Plan::Start);
        run.keep(&training).unwrap();
        assert_eq!(run.plan(&training).unwrap(), Plan::Start, "interrupted before the first checkpoint");

        std::fs::create_dir(run.training()).unwrap();
        std::fs::write(run.training().join("state.json"), r#"{"step": 10, "seconds": 60.0}"#).unwrap();
        assert_eq!(run.plan(&training).unwrap(), Plan::Resume { minutes: Some(2.0) });
        let by_steps = Training { minutes: None, steps: Some(100), ..training.clone() };
        assert_eq!(run.plan(&by_steps).unwrap(), Plan::Resume { minutes: None });
        assert_eq!(run.plan(&Training { minutes: Some(1.0), ..training.clone() }).unwrap(), Plan::Finished);

        run.keep(&Training { finished: true, ..by_steps.clone() }).unwrap();
        assert_eq!(run.plan(&by_steps).unwrap(), Plan::Finished);
        assert!(run.plan(&Training { data: "moons".into(), ..training.clone() }).is_err());
        assert!(run.plan(&Training { options: vec!["--size".into(), "8".into()], ..training.clone() }).is_err());
        assert!(run.plan(&Training { seed: 1, ..training }).is_err());
    }
}
