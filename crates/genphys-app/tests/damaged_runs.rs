//! Runs whose files were damaged, or changed by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[allow(dead_code)]
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use genphys_app::{AppError, run};
use genphys_flow::fixture::physics;
use genphys_train::run_dir::{CONFIG, EMA, MODEL, OPTIMIZER, PREVIOUS, STATE, STATISTICS, SUMS};
use genphys_train::training_loss;
use serde_json::{Value, json};
use tempfile::TempDir;

fn call(arguments: &[&str]) -> Result<String, AppError> {
    let words = std::iter::once("model").chain(arguments.iter().copied()).map(OsString::from);
    run(words, &physics::yukawa(1.0), training_loss, None)
}

struct Run {
    folder: TempDir,
}

impl Run {
    fn new() -> Self {
        let run = Self { folder: tempfile::tempdir().unwrap() };
        let sizes = ["--batch", "16", "--width", "16", "--depth", "1", "--steps", "3", "--save-every", "1"];
        call(&[&["train", "--data", "moons", "--out", run.text()][..], &sizes].concat()).unwrap();
        run
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn sample(&self) -> Result<String, AppError> {
        let out = self.folder.path().with_extension("npy");
        let drawn =
            call(&["sample", "--model", self.text(), "--count", "3", "--nfe", "3", "--out", out.to_str().unwrap()]);
        assert_eq!(fs::remove_file(out).is_ok(), drawn.is_ok());
        drawn
    }

    fn resume(&self, steps: &str) -> Result<String, AppError> {
        call(&["train", "--data", "moons", "--out", self.text(), "--resume", "--steps", steps])
    }

    /// As a run of a version that wrote no checksums.
    fn without_checksums(self) -> Self {
        fs::remove_file(self.path(SUMS)).unwrap();
        self
    }

    /// Changes one number of a JSON file.
    fn change(&self, name: &str, pointer: &str, value: &Value) {
        let mut all: Value = serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap();
        *all.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        fs::write(self.path(name), serde_json::to_string(&all).unwrap()).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_flipped_bit_is_an_error_that_names_the_file_and_the_way_back() {
    let run = Run::new();
    for name in [CONFIG, STATISTICS, MODEL, EMA, OPTIMIZER, STATE] {
        let whole = fs::read(run.path(name)).unwrap();
        let mut damaged = whole.clone();
        let place = damaged.len() - 7;
        damaged[place] ^= 64;
        fs::write(run.path(name), damaged).unwrap();
        for (command, outcome) in [("sample", run.sample()), ("resume", run.resume("4"))] {
            let error = outcome.unwrap_err();
            let text = error.to_string();
            assert!(text.contains(name) && text.contains("of step 2, is whole"), "{command}: {text}");
            assert!(text.contains(&format!("{PREVIOUS}/* ")) && error.exit_code() == 2, "{command}: {text}");
        }
        fs::write(run.path(name), whole).unwrap();
    }
    // The earlier checkpoint is a run, and going back to it is a copy.
    fs::write(run.path(EMA), "nothing").unwrap();
    copy(&run.path(PREVIOUS), run.folder.path());
    assert!(run.sample().is_ok());
    assert!(run.resume("4").unwrap().starts_with("4 steps"));
}

#[test]
fn settings_that_are_read_are_checked_like_those_that_are_given() {
    let run = Run::new().without_checksums();
    let whole = fs::read(run.path(CONFIG)).unwrap();
    for (pointer, value) in [
        ("/training/learning_rate", json!(-0.1)),
        ("/training/batch", json!(0)),
        ("/training/batch", json!(1_000_000_000_000_u64)),
        ("/training/accumulate", json!(0)),
        ("/training/width", json!(1_000_000_000)),
        ("/training/ema_half_lives", json!([-3.0])),
        ("/training/ema_half_lives", json!([])),
        ("/training/held_out", json!(2.0)),
        ("/training/label_dropout", json!(-1.0)),
        ("/training/adam/beta1", json!(-0.9)),
        ("/training/adam/beta2", json!(1.5)),
        ("/training/adam/epsilon", json!(-1e-8)),
        ("/training/adam/clip_norm", json!(0.0)),
        ("/network/width", json!(1_000_000_000)),
        ("/network/width", json!(0)),
        ("/network/width", json!(17)),
        ("/network/depth", json!(1_000_000_000)),
        ("/network/depth", json!(1025)),
        ("/network/dim", json!(u64::MAX)),
        ("/network/dim", json!(0)),
        ("/network/octaves", json!(1_000_000)),
        ("/network/embedding", json!(1_000_000_000)),
        ("/network/classes", json!(1_000_000_000)),
        ("/network/pace", json!(1_000_000_000)),
        ("/network/kind", json!("unet")),
        ("/schedule/sigma_min", json!(1e9)),
        ("/schedule/sigma_min", json!(-1.0)),
        ("/schedule/sigma_min", json!(0.0)),
        ("/schedule/sigma_max", json!(0.0)),
        ("/schedule/log_deviation", json!(-1.0)),
        ("/schedule/uniform_fraction", json!(7.0)),
        ("/schedule/rho", json!(-7.0)),
        ("/sigma_data", json!(0.0)),
        ("/growth_scale", json!(-1.0)),
        ("/whitened_norm", json!(-1.0)),
        ("/normalisation/scale", json!([0.0])),
        ("/normalisation/offset", json!([])),
        ("/shape/vector/dim", json!(0)),
        ("/training/seed", json!(-1)),
    ] {
        fs::write(run.path(CONFIG), &whole).unwrap();
        run.change(CONFIG, pointer, &value);
        for outcome in [run.sample(), run.resume("4")] {
            let error = outcome.expect_err(pointer);
            assert!(
                error.to_string().contains("config.json") && error.exit_code() == 2,
                "{pointer} = {value}: {error}"
            );
        }
    }
    // Sizes that agree with each other, and not with the parameters.
    for (size, value) in [("width", 1_000_000), ("width", 8), ("depth", 2), ("depth", 1000)] {
        fs::write(run.path(CONFIG), &whole).unwrap();
        run.change(CONFIG, &format!("/training/{size}"), &json!(value));
        run.change(CONFIG, &format!("/network/{size}"), &json!(value));
        for outcome in [run.sample(), run.resume("4")] {
            let error = outcome.expect_err(size);
            // A size that no memory would hold is refused before the files are looked at.
            let (text, code) = (error.to_string(), error.exit_code());
            let told = text.contains(".safetensors") || value == 1_000_000 && text.contains("of memory");
            assert!(told && code == 2, "{size} = {value}: {text}");
        }
    }
    fs::write(run.path(CONFIG), &whole).unwrap();
    let state = fs::read(run.path(STATE)).unwrap();
    for (pointer, value) in [("/step", json!(u64::MAX)), ("/step", json!(-1)), ("/seconds", json!(-1.0))] {
        run.change(STATE, pointer, &value);
        for outcome in [run.sample(), run.resume("4")] {
            let error = outcome.expect_err(pointer);
            assert!(error.to_string().contains("state.json") && error.exit_code() == 2, "{pointer} = {value}: {error}");
        }
        fs::write(run.path(STATE), &state).unwrap();
    }
    assert!(run.sample().is_ok());
    assert!(run.resume("4").unwrap().starts_with("4 steps"));
}

/// Without checksums damage cannot always be seen; it is an error or gives numbers, and ends nothing else.
#[test]
fn damaged_bytes_of_a_run_without_checksums_do_not_panic() {
    let run = Run::new().without_checksums();
    let mut random = 12_345_u64;
    let mut refused = 0;
    for name in [CONFIG, STATISTICS, EMA, STATE] {
        let whole = fs::read(run.path(name)).unwrap();
        for _ in 0..60 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut damaged = whole.clone();
            // Headers, where most can go wrong, come first.
            let place = (random >> 33) as usize % damaged.len().min(600);
            damaged[place] ^= 1 << (random >> 60 & 7);
            fs::write(run.path(name), damaged).unwrap();
            refused += usize::from(run.sample().is_err_and(|error| !error.to_string().is_empty()));
        }
        fs::write(run.path(name), whole).unwrap();
    }
    assert!(refused > 60, "{refused}");
}

#[test]
fn choices_given_again_are_those_of_the_run() {
    let run = Run::new();
    let resume = |steps: &str, more: &[&str]| {
        let arguments = ["train", "--data", "moons", "--out", run.text(), "--resume", "--steps", steps];
        call(&[&arguments[..], more].concat())
    };
    let again = ["--net", "mlp", "--batch", "16", "--width", "16", "--depth", "1", "--seed", "0", "--accumulate", "1"];
    let more = ["--half-lives", "300,100,30.0", "--learning-rate", "0.002", "--precision", "f32"];
    assert!(resume("4", &[&again[..], &more].concat()).unwrap().starts_with("4 steps"));
    for (given, part) in [
        (["--net", "unet"], "the run has mlp"),
        (["--batch", "32"], "the run has 16"),
        (["--learning-rate", "0.1"], "the run has 0.002"),
        (["--half-lives", "300"], "the run has [300.0, 100.0, 30.0]"),
        (["--birth-death", "conservative"], "births and deaths"),
        (["--save-every", "0"], "a number of steps > 0"),
        (["--save-every", "3x"], "30s, 5m or 2h"),
    ] {
        let error = resume("5", &given).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(part) && text.contains(given[0]) && error.exit_code() == 2, "{text}");
    }
    assert!(resume("5", &["--flip"]).unwrap_err().to_string().contains("--flip"));
}
