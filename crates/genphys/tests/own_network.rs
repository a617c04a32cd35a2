//! A network written with candle-nn in a model crate's `src/train.rs`: it goes through the trainer, averages,
//! checkpoints, solvers, and `eval`.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "own_network/train.rs"]
#[rustfmt::skip] // As a model crate has it.
#[allow(unreachable_pub)]
mod train;

use std::path::Path;

use genphys::app::AppError;
use genphys::genphys_pde;
use genphys::network::NetworkKind;

#[genphys_pde("../../pdes/yukawa.pde")]
struct Yukawa;

fn call(arguments: &[&str]) -> Result<String, AppError> {
    let arguments = std::iter::once("model").chain(arguments.iter().copied()).map(Into::into);
    let model = Yukawa::new(1.0).unwrap();
    genphys::app::run(arguments.collect::<Vec<_>>(), &model, train::training_loss, train::NETWORK)
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the documentation shows is what is built here, in the place that a model crate has for it.
#[test]
fn the_place_is_the_one_that_the_documentation_names() {
    let own = read("tests/own_network/train.rs");
    let generated = read("../genphys-codegen/src/crate_files/program/train.rs.txt");
    let loss = |text: &str| text[text.find("/// The loss of one training step").unwrap()..].to_owned();
    assert_eq!(loss(&own), loss(&generated));
    assert!(generated.contains("pub const NETWORK: Option<NetworkKind> = None;"));
    let shown = read("../../docs/networks.md");
    let begins = own.find("/// The network that `train` takes").unwrap();
    let network = &own[begins..own.find("/// The loss of one training step").unwrap()];
    assert!(shown.contains(network.trim()), "docs/networks.md shows another network");
}

#[test]
fn a_network_of_candle_nn_does_all_that_ours_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let point = |i: u32| format!("{},{}\n", (f64::from(i) * 1.7).sin(), (f64::from(i) * 0.9).cos() * 0.5);
    std::fs::write(path("points.csv"), (0..200).map(point).collect::<String>()).unwrap();
    let data = path("points.csv");
    let sizes = ["--data", &data, "--batch", "64", "--width", "24", "--depth", "1", "--seed", "3"];
    let trained = |out: &str, steps: &str, more: &[&str]| {
        call(&[&["train", "--out", &path(out), "--steps", steps][..], &sizes, more].concat())
    };
    // Interrupted and resumed it ends in the same parameters, averages and moments.
    trained("straight", "12", &[]).unwrap();
    trained("parts", "7", &[]).unwrap();
    trained("parts", "12", &["--resume"]).unwrap();
    for file in ["model.safetensors", "ema.safetensors", "optimizer.safetensors", "config.json"] {
        let bytes = |run: &str| std::fs::read(folder.path().join(run).join(file)).unwrap();
        assert!(bytes("straight") == bytes("parts"), "{file}");
    }
    let config = std::fs::read_to_string(folder.path().join("parts/config.json")).unwrap();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["network"]["kind"], NetworkKind::Own.name());

    let model = path("parts");
    for (solver, out) in [("heun", "heun.npy"), ("dormand-prince", "adaptive.npy")] {
        call(&["sample", "--model", &model, "--solver", solver, "--count", "20", "--out", &path(out)]).unwrap();
        assert!(folder.path().join(out).is_file());
    }
    let measured = call(&["eval", "--model", &model, "--count", "20", "--nfe", "9", "--json"]).unwrap();
    let measured: serde_json::Value = serde_json::from_str(&measured).unwrap();
    assert!(measured["quality"]["samples"]["sliced_wasserstein"].as_f64().unwrap() > 0.0, "{measured}");
    // Through the gradient of the network with respect to the point.
    let likelihood = call(&["likelihood", "--model", &model, "--count", "4"]).unwrap();
    assert!(likelihood.contains("nat"), "{likelihood}");
    // With candle's optimiser and averages too.
    trained("candle", "3", &["--kernels", "candle"]).unwrap();
    // Ours are still there.
    trained("mlp", "2", &["--net", "mlp"]).unwrap();
}

#[test]
fn a_program_without_such_a_network_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let model = Yukawa::new(1.0).unwrap();
    let without = |arguments: &[&str]| {
        let arguments: Vec<_> = std::iter::once("model").chain(arguments.iter().copied()).map(Into::into).collect();
        genphys::app::run(arguments, &model, train::training_loss, None).unwrap_err().to_string()
    };
    let asked = without(&["train", "--data", "moons", "--out", &path("none"), "--net", "own"]);
    assert!(asked.contains("NETWORK in src/train.rs"), "{asked}");
    let out = path("run");
    call(&["train", "--data", "moons", "--out", &out, "--steps", "1", "--width", "8", "--depth", "1"]).unwrap();
    let read = without(&["sample", "--model", &out, "--out", &path("samples.npy")]);
    assert!(read.contains("a program brings along"), "{read}");
}
