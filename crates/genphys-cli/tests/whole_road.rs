//! The whole road once: a `.pde` file in, pictures out. Builds a model crate for real, trains it for a few steps,
//! resumes, samples and evaluates. The libraries of the model crate are compiled once into `target/model-crates`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Ended, Genphys, ended};
use std::process::{Command, Stdio};

const LIBRARIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/model-crates");
const YUKAWA: &str = include_str!("../../../pdes/yukawa.pde");

/// The model's own program, as `run` keeps it.
fn model_program(genphys: &Genphys, arguments: &[&str]) -> Ended {
    ended(
        Command::new(genphys.path("out/program"))
            .args(arguments)
            .current_dir(genphys.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    )
}

fn cargo(genphys: &Genphys, arguments: &[&str]) -> Ended {
    ended(
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(genphys.path("out/model"))
            .env("CARGO_TARGET_DIR", LIBRARIES)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap(),
    )
}

#[test]
fn from_an_equation_to_pictures() {
    let genphys = Genphys::new().with_file("yukawa.pde", YUKAWA).with_variable("CARGO_TARGET_DIR", LIBRARIES);
    let run = |steps: &str| {
        genphys.run(&["run", "yukawa.pde", "--data", "moons", "--out", "out", "--steps", steps, "--count", "300"])
    };

    // Train, sample, evaluate.
    let first = run("20").expect_code(0);
    assert!(first.stdout.contains("samples.png"), "{first:?}");
    let picture = image::open(genphys.path("out/samples.png")).expect("a picture");
    assert!(picture.width() >= 200 && picture.height() >= 200);
    let distances: serde_json::Value = serde_json::from_str(&genphys.read("out/eval.json")).unwrap();
    assert!(distances.is_object());

    // The same command with more steps goes on where the first one stopped.
    let state = |genphys: &Genphys| -> serde_json::Value {
        serde_json::from_str(&genphys.read("out/training/state.json")).unwrap()
    };
    assert_eq!(state(&genphys)["step"], 20);
    run("30").expect_code(0);
    assert_eq!(state(&genphys)["step"], 30);

    // The same seed gives the same samples, another seed others.
    let sample = |seed: &str, file: &str| {
        let arguments = ["sample", "--model", "out/training", "--count", "50", "--seed", seed, "--out", file];
        model_program(&genphys, &arguments).expect_code(0);
        std::fs::read(genphys.path(file)).unwrap()
    };
    let samples = sample("1", "a.npy");
    assert_eq!(samples, sample("1", "b.npy"));
    assert_ne!(samples, sample("2", "c.npy"));

    // The crate is one that a person would keep: formatted, free of clippy's complaints, without Symbolica.
    cargo(&genphys, &["fmt", "--check"]).expect_code(0);
    cargo(&genphys, &["clippy", "--release", "--quiet", "--", "-D", "warnings"]).expect_code(0);
    let tree = cargo(&genphys, &["tree", "--prefix", "none"]).expect_code(0);
    assert!(tree.stdout.contains("candle-core"), "{tree:?}");
    assert!(!tree.stdout.contains("symbolica"), "{tree:?}");
}
