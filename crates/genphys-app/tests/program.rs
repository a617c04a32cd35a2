//! The program of a model crate, from command line to files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use genphys_app::{AppError, run};
use genphys_flow::fixture::physics;
use genphys_flow::{GenerativePde, ParamError};
use genphys_train::training_loss;
use physics::Model;

fn call(pde: &dyn GenerativePde, arguments: &[&str]) -> Result<String, AppError> {
    run(std::iter::once("model").chain(arguments.iter().copied()).map(OsString::from), pde, training_loss, None)
}

fn train(pde: &dyn GenerativePde, data: &str, out: &Path, steps: &str) -> String {
    let out = out.to_str().unwrap();
    let sizes = ["--batch", "64", "--width", "32", "--depth", "1", "--seed", "3"];
    call(pde, &[&["train", "--data", data, "--out", out, "--steps", steps][..], &sizes].concat()).unwrap()
}

#[test]
fn train_sample_and_evaluate_on_the_digits() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pde = physics::yukawa(1.0);
    assert!(train(&pde, "digits", &out, "4").starts_with("4 steps"));
    let run_path = path("run");
    // A run is not overwritten, and goes on when asked to.
    let again = call(&pde, &["train", "--data", "digits", "--out", &run_path, "--steps", "5"]);
    assert!(again.unwrap_err().to_string().contains("--resume"));
    let more = call(&pde, &["train", "--data", "digits", "--out", &run_path, "--steps", "6", "--resume"]).unwrap();
    assert!(more.starts_with("6 steps"), "{more}");

    for (seed, name) in [("1", "a.npy"), ("1", "b.npy"), ("2", "c.npy"), ("1", "a.png")] {
        let arguments = ["sample", "--model", &run_path, "--count", "4", "--nfe", "5", "--seed", seed];
        call(&pde, &[&arguments[..], &["--out", &path(name)]].concat()).unwrap();
    }
    let bytes = |name: &str| std::fs::read(path(name)).unwrap();
    assert!(bytes("a.npy") == bytes("b.npy") && bytes("a.npy") != bytes("c.npy"));
    assert!(bytes("a.png").starts_with(b"\x89PNG"));
    let file = bytes("a.npy");
    let numbers = npyz::NpyFile::new(&file[..]).unwrap();
    assert_eq!(numbers.shape(), [4, 8, 8, 1]);
    assert!(numbers.into_vec::<f32>().unwrap().iter().all(|value| value.is_finite()));

    let text = call(&pde, &["eval", "--model", &run_path, "--count", "20", "--nfe", "5", "--json"]).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let distance = |of: &str| json["quality"][of]["sliced_wasserstein"].as_f64().unwrap();
    assert!(distance("samples") > 0.0 && distance("floor") > 0.0 && json["birth_death"].is_object(), "{json}");
    let text = call(&pde, &["eval", "--model", &run_path, "--count", "20", "--nfe", "5"]).unwrap();
    assert!(text.contains("sliced Wasserstein") && text.contains("fresh real data"), "{text}");

    // Another equation cannot use this run.
    let error = call(&physics::poisson(), &["sample", "--model", &run_path, "--out", &path("d.png")]).unwrap_err();
    assert!(error.to_string().contains("another equation") && error.exit_code() == 2, "{error}");
}

/// φ_tt + (D − 1)/t φ_t + ∇²φ = 0.
fn pfgmpp(d: f64) -> Model<genphys_kernels::PfgmPlusPlus> {
    Model {
        kernel: genphys_kernels::PfgmPlusPlus::new(1.0, d).unwrap(),
        name: "pfgmpp",
        conserves: true,
        params: vec![("D", d)],
        remake: |values| {
            let [d] = ParamError::values(values)?;
            ParamError::require("D", d, "> 0", d > 0.0)?;
            Ok(Box::new(pfgmpp(d)))
        },
    }
}

#[test]
fn parameters_are_set_and_go_with_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let out = out.to_str().unwrap();
    let pde = pfgmpp(128.0);
    let sizes = ["--batch", "32", "--width", "16", "--depth", "1", "--steps"];
    let train = |more: &[&str]| call(&pde, &[&["train", "--data", "moons", "--out", out][..], &sizes, more].concat());
    train(&["2", "--set", "D=0.5"]).unwrap();
    let config = std::fs::read_to_string(folder.path().join("run/config.json")).unwrap();
    let config: serde_json::Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["params"], serde_json::json!([["D", 0.5]]));
    // Sampling and resuming take the values of the run.
    let measured = call(
        &pde,
        &["eval", "--model", out, "--count", "40", "--nfe", "5", "--against", "fresh", "--bits", "6", "--json"],
    );
    let json: serde_json::Value = serde_json::from_str(&measured.unwrap()).unwrap();
    assert_eq!(json["protocol"]["params"], serde_json::json!([["D", 0.5]]));
    assert!(json["protocol"]["against"] == "fresh" && json["protocol"]["bits"] == 6 && json["protocol"]["real"] == 40);
    let resume =
        |more: &[&str]| call(&pde, &[&["train", "--data", "moons", "--out", out, "--resume"][..], more].concat());
    assert!(resume(&["--steps", "3", "--set", "D=0.5"]).unwrap().starts_with("3 steps"));
    for (arguments, part) in [
        (["--set", "E=1"], "it has D"),
        (["--set", "D=-1"], "must be > 0"),
        (["--set", "D"], "NAME=VALUE"),
        (["--set", "D=2"], "cannot be changed with --resume"),
    ] {
        let found =
            if part.contains("resume") { resume(&arguments) } else { train(&[&["4"][..], &arguments].concat()) };
        let error = found.unwrap_err();
        assert!(error.to_string().contains(part) && error.exit_code() == 2, "{error}");
    }
}

#[test]
fn a_sweep_measures_every_value_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sweep");
    let pde = pfgmpp(128.0);
    let sweep = |list: &str| {
        let out = out.to_str().unwrap();
        call(&pde, &["sweep", "--param", list, "--data", "moons", "--steps", "2", "--count", "30", "--out", out])
    };
    let text = sweep("D=2,64").unwrap();
    assert!(text.contains("sliced Wasserstein") && text.contains("5 bits"), "{text}");
    let table = std::fs::read_to_string(out.join("sweep.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let head = rows.headers().unwrap().clone();
    assert!(&head[0] == "D" && head.iter().any(|name| name == "sliced_wasserstein_nfe_9"), "{table}");
    let values: Vec<String> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(values, ["2", "64"]);
    assert!(std::fs::read_to_string(out.join("sweep.svg")).unwrap().contains("</svg>"));
    // Finished values are not trained again; another one is.
    let written = |value: &str| std::fs::metadata(out.join(value).join("state.json")).unwrap().modified().unwrap();
    let before = written("D=2");
    sweep("D=2,8").unwrap();
    assert_eq!(written("D=2"), before);
    assert!(out.join("D=8/sweep.json").is_file());
    assert!(sweep("D=-2,8").unwrap_err().to_string().contains("must be > 0"));
}

#[test]
fn one_training_serves_all_values_of_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sweep");
    let pde = pfgmpp(128.0);
    let sweep = |list: &str, steps: &str| {
        let out = out.to_str().unwrap();
        let arguments = ["sweep", "--jointly", "--param", list, "--data", "moons", "--steps", steps, "--count", "30"];
        call(&pde, &[&arguments[..], &["--out", out]].concat())
    };
    sweep("D=2,64", "4").unwrap();
    let run = out.join("jointly");
    let trained = || std::fs::metadata(run.join("state.json")).unwrap().modified().unwrap();
    let before = trained();
    let table = std::fs::read_to_string(out.join("sweep.csv")).unwrap();
    assert_eq!(table.lines().count(), 3, "{table}");
    // What is finished is not done again; what is missing is measured without training.
    std::fs::remove_file(run.join("D=64.json")).unwrap();
    sweep("D=2,64", "4").unwrap();
    assert_eq!((trained(), std::fs::read_to_string(out.join("sweep.csv")).unwrap()), (before, table));
    let other = sweep("D=2,64", "5").unwrap_err().to_string();
    assert!(other.contains("choose another folder") && other.contains("--out"), "{other}");

    // Each value is a model of its own to other commands; one that was not learned is refused.
    let sample = |arguments: &[&str]| {
        let file = folder.path().join("a.npy");
        let all = ["sample", "--model", run.to_str().unwrap(), "--count", "3", "--nfe", "3", "--out"];
        call(&pde, &[&all[..], &[file.to_str().unwrap()], arguments].concat()).map(|_| std::fs::read(&file).unwrap())
    };
    let (first, second) = (sample(&[]).unwrap(), sample(&["--set", "D=64"]).unwrap());
    assert!(first == sample(&["--set", "D=2"]).unwrap() && first != second);
    let unknown = sample(&["--set", "D=3"]).unwrap_err().to_string();
    assert!(unknown.contains("D = 2 or, D = 64"), "{unknown}");
    assert!(sample(&["--class", "1"]).unwrap_err().to_string().contains("no classes"));
}

#[test]
fn advice_is_given_with_reasons() {
    let pde = pfgmpp(128.0);
    let text = call(&physics::heat(), &["advise", "--data", "digits"]).unwrap();
    assert!(text.contains("sigma_max") && text.contains("wrong by the prior"), "{text}");
    assert!(text.contains("--width; of an MLP") && text.contains("N = 64"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&call(&pde, &["advise", "--data", "moons", "--json"]).unwrap()).unwrap();
    assert!((json["sigma_data"].as_f64().unwrap() - 0.5).abs() < 0.02, "{json}");
    let proposed = json["rehearsals"][0]["proposed"].as_f64().unwrap();
    assert!(json["rehearsals"][0]["param"] == "D" && proposed > 0.0, "{json}");
}

#[test]
fn a_sample_does_not_depend_on_how_many_are_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let pde = physics::poisson();
    train(&pde, "digits", &out, "4");
    let draw = |count: &str| {
        let file = folder.path().join(format!("{count}.npy"));
        let (run, file) = (out.to_str().unwrap(), file.to_str().unwrap());
        call(&pde, &["sample", "--model", run, "--count", count, "--nfe", "5", "--out", file]).unwrap();
        let bytes = std::fs::read(file).unwrap();
        npyz::NpyFile::new(&bytes[..]).unwrap().into_vec::<f32>().unwrap()
    };
    let (few, many) = (draw("3"), draw("300"));
    assert!(few == many[..few.len()]);
}

/// Everything that can be chosen about a training at once: it goes on as if it had not been interrupted, to the bit.
#[test]
fn networks_classes_parts_and_mirror_images_resume_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pde = physics::heat();
    for net in ["unet", "dit"] {
        let begin = |name: &str, steps: &str| {
            let arguments = ["train", "--data", "digits", "--out", &path(name), "--steps", steps, "--net", net];
            let choices =
                ["--batch", "8", "--accumulate", "2", "--width", "8", "--depth", "1", "--flip", "--conditional"];
            call(&pde, &[&arguments[..], &choices, &["--half-lives", "10,0.1", "--learning-rate", "0.1"]].concat())
                .unwrap()
        };
        let (straight, parts) = (format!("{net}-straight"), format!("{net}-parts"));
        begin(&straight, "4");
        begin(&parts, "2");
        let resume = ["train", "--data", "digits", "--out", &path(&parts), "--steps", "4", "--resume"];
        call(&pde, &resume).unwrap();
        let refused = call(&pde, &[&resume[..], &["--net", "mlp"]].concat()).unwrap_err().to_string();
        assert!(refused.contains("--net"), "{refused}");
        for name in ["config.json", "model.safetensors", "ema.safetensors", "optimizer.safetensors"] {
            let read = |run: &str| std::fs::read(folder.path().join(run).join(name)).unwrap();
            assert!(read(&straight) == read(&parts), "{net}: {name} differs");
        }

        // One class, pushed or not, and another average, are other samples.
        let sample = |arguments: &[&str]| {
            let out = path("a.npy");
            let all = ["sample", "--model", &path(&parts), "--count", "2", "--nfe", "3", "--out", &out];
            call(&pde, &[&all[..], arguments].concat()).map(|_| std::fs::read(&out).unwrap())
        };
        let plain = sample(&[]).unwrap();
        assert!(plain != sample(&["--half-life", "0.1"]).unwrap());
        let three = sample(&["--class", "3"]).unwrap();
        assert!(three != plain && three != sample(&["--class", "4"]).unwrap());
        assert!(three == sample(&["--class", "3", "--guidance", "1"]).unwrap());
        assert!(plain == sample(&["--class", "3", "--guidance", "0"]).unwrap());
        assert!(three != sample(&["--class", "3", "--guidance", "2"]).unwrap());
        let measured = call(&pde, &["eval", "--model", &path(&parts), "--count", "20", "--nfe", "3"]).unwrap();
        assert!(measured.contains("sliced Wasserstein"), "{measured}");
        let message = |arguments: &[&str]| sample(arguments).unwrap_err().to_string();
        assert!(message(&["--class", "10"]).contains("0 to 9"));
        assert!(message(&["--half-life", "5"]).contains("10.0, 0.1"));
    }
}

#[test]
fn births_and_deaths_in_three_ways() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pde = physics::yukawa(1.0);
    train(&pde, "moons", &folder.path().join("births"), "4");
    let conservative = path("conservative");
    let sizes = ["--batch", "64", "--width", "32", "--depth", "1", "--seed", "3", "--birth-death", "conservative"];
    call(&pde, &[&["train", "--data", "moons", "--out", &conservative, "--steps", "4"][..], &sizes].concat()).unwrap();
    let sample = |run: &str, extra: &[&str]| {
        let (run, out) = (path(run), path("a.npy"));
        call(&pde, &[&["sample", "--model", &run, "--out", &out, "--count", "40", "--nfe", "9"][..], extra].concat())
    };
    assert!(sample("births", &[]).unwrap().contains("population 1024"));
    assert!(sample("births", &["--birth-death", "weights"]).unwrap().contains("effective sample size"));
    assert!(!sample("conservative", &[]).unwrap().contains("births"));
    // Earlier versions told the rewrite by the text of its equation.
    let config = folder.path().join("conservative/config.json");
    let text = std::fs::read_to_string(&config).unwrap();
    let old = text.replace("\"equation\": \"yukawa\"", "\"equation\": \"yukawa (conservative)\"");
    assert_ne!(old, text);
    std::fs::write(&config, old).unwrap();
    std::fs::remove_file(folder.path().join("conservative/SHA256SUMS")).unwrap();
    assert!(!sample("conservative", &[]).unwrap().contains("births"));
    // With the values of its parameters, as any other run.
    let heavier = path("heavier");
    let set = ["train", "--data", "moons", "--out", &heavier, "--steps", "2", "--set", "m=2"];
    call(&pde, &[&set[..], &sizes].concat()).unwrap();
    assert!(sample("heavier", &[]).unwrap().contains("40 samples"));
    // Training goes on with the equation it was begun with.
    let more = call(&pde, &["train", "--data", "moons", "--out", &conservative, "--steps", "5", "--resume"]).unwrap();
    assert!(more.starts_with("5 steps"), "{more}");
    for (run, how, part) in [
        ("births", "conservative", "train --birth-death conservative"),
        ("conservative", "weights", "no births and deaths here"),
        ("births", "both", "known: branching, weights, conservative"),
    ] {
        let error = sample(run, &["--birth-death", how]).unwrap_err();
        assert!(error.to_string().contains(part) && error.exit_code() == 2, "{error}");
    }
    let nothing =
        call(&physics::heat(), &["train", "--data", "moons", "--out", &path("n"), "--birth-death", "conservative"]);
    assert!(nothing.unwrap_err().to_string().contains("nothing to rewrite"));
}

#[test]
fn solvers_likelihood_latents_and_inpainting() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (run, latents) = (path("run"), path("latents.npy"));
    let pde = physics::heat();
    train(&pde, "digits", &folder.path().join("run"), "4");
    let with_run = |command: &str, extra: &[&str]| {
        call(&pde, &[&[command, "--model", &run][..], extra].concat())
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    };
    let out = path("a.png");
    for (solver, part) in
        [("euler", "7 network"), ("midpoint", "7 network"), ("multistep", "7 network"), ("euler-maruyama", "7 network")]
    {
        let text = with_run("sample", &["--count", "4", "--nfe", "7", "--solver", solver, "--out", &out]);
        assert!(text.contains(part), "{solver}: {text}");
    }
    let text = with_run("sample", &["--count", "4", "--solver", "dormand-prince", "--out", &out]);
    assert!(text.contains("steps taken"), "{text}");
    for extra in [["--churn", "4"], ["--inject", "0.1"], ["--grid", "geometric"], ["--rho", "5"]] {
        with_run("sample", &[&["--count", "4", "--nfe", "7", "--out", &out][..], &extra].concat());
    }
    let text = with_run("likelihood", &["--count", "5", "--solver", "heun", "--nfe", "21", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Grey values of 0 to 16: at most as many bits as an even guess among many more values.
    let bits = json["bits_per_dim"].as_f64().unwrap();
    assert!(bits > 0.0 && bits < 9.0 && json["quantisation"].as_f64() == Some(1.0) && json["nfe"] == 20, "{json}");
    assert!(with_run("likelihood", &["--count", "3", "--solver", "heun", "--nfe", "9"]).contains("bits per dimension"));
    let text = with_run("encode", &["--count", "3", "--out", &latents]);
    assert!(text.contains("back from them"), "{text}");
    with_run("decode", &["--latents", &latents, "--out", &out]);
    with_run("interpolate", &["--points", "0,5", "--steps", "4", "--out", &out]);
    let text = with_run("inpaint", &["--known", "left", "--count", "2", "--nfe", "9", "--repeats", "2", "--out", &out]);
    assert!(text.contains("32 of 64 coordinates known"), "{text}");
    assert!(std::fs::read(&out).unwrap().starts_with(b"\x89PNG"));
    let error = call(&pde, &["encode", "--model", &run, "--churn", "4", "--out", &latents]).unwrap_err();
    assert!(error.to_string().contains("single paths") && error.exit_code() == 2, "{error}");
}

#[test]
fn mistakes_are_explained() {
    let pde = physics::heat();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let missing_path = missing.to_str().unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["train", "--data", "mons", "--out", missing.to_str().unwrap()], "did you mean `moons`"),
        (&["train", "--data", "moons"], "--out"),
        (&["train", "--data", "moons", "--out", missing_path, "--net", "unet"], "use mlp"),
        (&["train", "--data", "moons", "--out", missing_path, "--net", "cnn"], "mlp, unet, dit"),
        (&["train", "--data", "moons", "--out", missing_path, "--conditional"], "no labels"),
        (&["train", "--data", "moons", "--out", "x", "--device", "cuda:z"], "not a device number"),
        (&["sample", "--model", missing.to_str().unwrap(), "--out", "a.png"], "missing"),
        (&["sample", "--model", "m", "--out", "a.gif"], ".npy"),
        (&["sample", "--model", "m", "--out", "a.png", "--solver", "rk4"], "heun, euler"),
    ];
    for (arguments, part) in cases {
        let error = call(&pde, arguments).unwrap_err();
        assert!(error.to_string().contains(part), "{arguments:?}: {error}");
        assert_eq!(error.exit_code(), 2, "{arguments:?}");
    }
    assert!(!missing.exists() && !Path::new("x").exists());
    assert!(call(&pde, &["--help"]).unwrap().contains("eval"));
}

/// Does nothing by itself: the next test runs it in processes of its own, with different numbers of threads.
#[test]
fn train_and_sample_into_a_given_folder() {
    let Some(folder) = std::env::var_os("GENPHYS_TEST_FOLDER") else {
        return;
    };
    let folder = Path::new(&folder);
    let pde = physics::yukawa(1.0);
    let out = folder.join("run");
    let out = out.to_str().unwrap();
    // Wide enough that every matrix product would be shared among threads.
    call(&pde, &["train", "--data", "digits", "--out", out, "--steps", "3", "--batch", "300", "--width", "256"])
        .unwrap();
    for net in ["unet", "dit"] {
        let out = folder.join(net);
        let sizes = ["--steps", "2", "--batch", "48", "--width", "32"];
        let arguments = ["train", "--data", "digits", "--out", out.to_str().unwrap(), "--net", net];
        call(&pde, &[&arguments[..], &sizes].concat()).unwrap();
    }
    let samples = folder.join("samples.npy");
    call(&pde, &["sample", "--model", out, "--count", "7", "--nfe", "7", "--out", samples.to_str().unwrap()]).unwrap();
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let mut results = Vec::new();
    for threads in ["1", "2", "3"] {
        let own = folder.path().join(threads);
        std::fs::create_dir(&own).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["train_and_sample_into_a_given_folder", "--exact"])
            .env("GENPHYS_TEST_FOLDER", &own)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let files = [
            "run/ema.safetensors",
            "run/optimizer.safetensors",
            "unet/optimizer.safetensors",
            "dit/optimizer.safetensors",
            "samples.npy",
        ];
        results.push(files.map(|name| std::fs::read(own.join(name)).unwrap()));
    }
    assert!(results[0] == results[1] && results[0] == results[2], "results differ between 1, 2 and 3 threads");
}

#[test]
fn kernels_are_chosen_and_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pde = physics::yukawa(1.0);
    let trained = |out: &str, more: &[&str]| {
        let sizes = ["--batch", "32", "--width", "16", "--depth", "1", "--seed", "3", "--net", "unet"];
        let out = path(out);
        let arguments = [&["train", "--data", "digits", "--out", &out][..], &sizes, more].concat();
        call(&pde, &arguments).unwrap();
    };
    trained("auto", &["--steps", "3"]);
    trained("own", &["--steps", "3", "--kernels", "own"]);
    trained("candle", &["--steps", "2", "--kernels", "candle"]);
    // Whose operations they are is not a part of the run: it goes on with others.
    trained("candle", &["--steps", "3", "--resume"]);
    let bytes = |run: &str| std::fs::read(folder.path().join(run).join("model.safetensors")).unwrap();
    assert!(bytes("auto") == bytes("own") && bytes("own") != bytes("candle"));
    let tensors = |run: &str| candle_core::safetensors::load_buffer(&bytes(run), &candle_core::Device::Cpu).unwrap();
    let (own, candle) = (tensors("own"), tensors("candle"));
    assert!(own.len() == candle.len() && own.len() > 10);
    // Of what three steps of Adam move a parameter, 1e-4, a tenth; biases before a normalisation have no gradient but
    // rounding, which Adam makes as large as any.
    for (name, ours) in own.iter().filter(|(_, tensor)| tensor.rank() > 1) {
        let difference = (ours - &candle[name]).unwrap().abs().unwrap().mean_all().unwrap();
        let difference = difference.to_scalar::<f32>().unwrap();
        assert!(difference < 1e-5, "{name}: {difference}");
    }
    let (own, out) = (path("own"), path("a.npy"));
    let few = ["--count", "2", "--nfe", "3", "--out", &out];
    call(&pde, &[&["sample", "--model", &own, "--kernels", "candle"][..], &few].concat()).unwrap();
    let unknown = call(&pde, &["train", "--data", "digits", "--out", &path("no"), "--kernels", "mine"]).unwrap_err();
    assert!(unknown.to_string().contains("candle, own, auto") && unknown.exit_code() == 2, "{unknown}");
    let doctor = call(&pde, &["doctor"]).unwrap();
    assert!(doctor.contains("cpu: can be used") && doctor.contains("auto takes own"), "{doctor}");
}
