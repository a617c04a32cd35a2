//! What is asked for is bounded, checked before the work, and refused where it means nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[allow(dead_code)]
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use genphys_app::{AppError, report, run};
use genphys_flow::GenerativePde;
use genphys_flow::fixture::physics;
use genphys_train::training_loss;

fn call(pde: &dyn GenerativePde, arguments: &[&str]) -> Result<String, AppError> {
    run(std::iter::once("model").chain(arguments.iter().copied()).map(OsString::from), pde, training_loss, None)
}

fn trained(pde: &dyn GenerativePde, data: &str, folder: &Path) -> String {
    let run = folder.join("run").to_str().unwrap().to_owned();
    let sizes = ["--steps", "2", "--batch", "32", "--width", "16", "--depth", "1"];
    call(pde, &[&["train", "--data", data, "--out", &run][..], &sizes].concat()).unwrap();
    run
}

fn message(found: Result<String, AppError>, what: &dyn std::fmt::Debug) -> String {
    let error = found.err().unwrap_or_else(|| panic!("accepted: {what:?}"));
    assert_eq!(error.exit_code(), 2, "{what:?}: {error}");
    error.to_string()
}

/// The number of evaluations that a command says it took.
fn evaluations(text: &str) -> usize {
    let (before, _) = text.split_once(" network evaluations").unwrap_or_else(|| panic!("{text}"));
    before.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn no_solver_takes_more_evaluations_than_it_may() {
    let folder = tempfile::tempdir().unwrap();
    // With births and deaths, and without.
    for (pde, name) in [(&physics::yukawa(1.0) as &dyn GenerativePde, "births"), (&physics::heat(), "none")] {
        let folder = folder.path().join(name);
        let (run, out) = (trained(pde, "moons", &folder), folder.join("a.npy"));
        let out = out.to_str().unwrap();
        for solver in ["heun", "midpoint", "euler", "multistep", "euler-maruyama", "dormand-prince"] {
            if solver == "euler-maruyama" && name == "births" {
                continue;
            }
            for nfe in [1, 2, 3, 4, 7, 35] {
                let nfe_text = nfe.to_string();
                let arguments = ["sample", "--model", &run, "--count", "3", "--out", out, "--solver", solver];
                match call(pde, &[&arguments[..], &["--nfe", &nfe_text]].concat()) {
                    Ok(text) => assert!((1..=nfe).contains(&evaluations(&text)), "{name}, {solver}, {nfe}: {text}"),
                    Err(error) => {
                        assert!(
                            solver == "dormand-prince" && error.to_string().contains("--tolerance"),
                            "{solver}: {error}"
                        );
                    }
                }
            }
        }
        if name == "births" {
            let disturbed = ["sample", "--model", &run, "--count", "3", "--out", out, "--inject", "0.1", "--nfe"];
            assert!(message(call(pde, &[&disturbed[..], &["1"]].concat()), &"1").contains("--nfe"));
            assert!(evaluations(&call(pde, &[&disturbed[..], &["2"]].concat()).unwrap()) <= 2);
            continue;
        }
        // From data to latents there is no step to zero: what leaves no step at all is refused, not answered with the
        // data.
        for (solver, least) in [("heun", 3), ("midpoint", 3), ("euler", 2), ("multistep", 2)] {
            for nfe in 1..6 {
                let nfe_text = nfe.to_string();
                let all = ["--model", &run, "--count", "3", "--solver", solver, "--nfe", &nfe_text];
                let encoded = call(pde, &[&["encode", "--out", out][..], &all].concat());
                let likelihood = call(pde, &[&["likelihood", "--json"][..], &all].concat());
                if nfe < least {
                    assert!(message(encoded, &(solver, nfe)).contains(&format!("`--nfe {least}`")));
                    assert!(message(likelihood, &(solver, nfe)).contains(&format!("`--nfe {least}`")));
                } else {
                    assert!((1..=nfe).contains(&evaluations(&encoded.unwrap())), "{solver}, {nfe}");
                    let json: serde_json::Value = serde_json::from_str(&likelihood.unwrap()).unwrap();
                    assert!((1..=nfe as u64).contains(&json["nfe"].as_u64().unwrap()), "{solver}, {nfe}: {json}");
                }
            }
        }
    }
}

#[test]
fn guidance_counts_the_network_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (pde, run, out) = (physics::heat(), path("run"), path("a.npy"));
    let sizes = ["--steps", "2", "--batch", "32", "--width", "16", "--depth", "1", "--conditional"];
    call(&pde, &[&["train", "--data", "digits", "--out", &run][..], &sizes].concat()).unwrap();
    let sample = |more: &[&str]| {
        let arguments = ["sample", "--model", &run, "--count", "2", "--out", &out, "--class", "3", "--guidance"];
        call(&pde, &[&arguments[..], more].concat())
    };
    for guidance in ["0", "1", "2.5"] {
        let found = evaluations(&sample(&[guidance, "--nfe", "9"]).unwrap());
        assert!((5..=9).contains(&found), "{guidance}: {found}");
    }
    assert!(message(sample(&["2", "--nfe", "1"]), &"guided").contains("twice"));
}

#[test]
fn numbers_that_mean_nothing_are_refused_before_anything_is_read() {
    let pde = physics::heat();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.npy");
    let out = out.to_str().unwrap();
    let sampling: &[(&str, &[&str])] = &[
        ("--nfe", &["0", "-1", "1.5", "nan"]),
        ("--count", &["0", "-3"]),
        ("--crowd", &["0"]),
        ("--tolerance", &["0", "-1", "nan", "inf"]),
        ("--rho", &["0", "nan", "inf"]),
        ("--half-life", &["0", "nan"]),
        ("--churn", &["-1", "nan", "inf"]),
        ("--churn-min", &["-1", "nan"]),
        ("--churn-max", &["0", "nan", "inf"]),
        ("--churn-noise", &["-1", "inf"]),
        ("--inject", &["-0.1", "nan", "inf"]),
    ];
    for (option, values) in sampling {
        for value in *values {
            let given = format!("{option}={value}");
            let found = message(call(&pde, &["sample", "--model", "no-such-run", "--out", out, &given]), &given);
            assert!(found.contains(option), "{given}: {found}");
        }
    }
    for (arguments, part) in [
        (&["eval", "--model", "m", "--count", "0"][..], "--count"),
        (&["eval", "--model", "m", "--bits", "1"], "--bits"),
        (&["likelihood", "--model", "m", "--count", "0"], "--count"),
        (&["likelihood", "--model", "m", "--probes", "0"], "--probes"),
        (&["sample", "--model", "m", "--out", out, "--tolerance", "1e-6"], "--solver dormand-prince"),
        (&["sample", "--model", "m", "--out", out, "--solver", "dormand-prince", "--rho", "3"], "--rho"),
        (&["encode", "--model", "m", "--out", out, "--grid", "uniform"], "--grid"),
        (&["inpaint", "--model", "m", "--known", "0", "--out", out, "--grid", "uniform", "--rho", "3"], "--grid edm"),
        (&["eval", "--model", "m", "--churn-noise", "1.01"], "there is no --churn"),
        (&["sample", "--model", "m", "--out", out, "--churn", "4", "--churn-min", "3", "--churn-max", "1"], "above"),
        (&["sample", "--model", "m", "--out", out, "--crowd", "8"], "--crowd"),
        (&["likelihood", "--model", "m", "--dequantise=-1"], "--dequantise"),
        (&["likelihood", "--model", "m", "--dequantise=nan"], "--dequantise"),
        (&["likelihood", "--model", "m", "--divergence", "some"], "exact, hutchinson"),
        (&["encode", "--model", "m", "--out", out, "--count", "0"], "--count"),
        (&["interpolate", "--model", "m", "--out", out, "--points", "0,1", "--steps", "1"], "--steps"),
        (&["inpaint", "--model", "m", "--out", out, "--known", "left", "--count", "0"], "--count"),
        (&["inpaint", "--model", "m", "--out", out, "--known", "left", "--repeats", "0"], "--repeats"),
        (&["sweep", "--param", "D=1", "--data", "moons", "--out", out, "--steps", "0"], "--steps"),
        (&["sweep", "--param", "D=1", "--data", "moons", "--out", out, "--minutes=nan"], "--minutes"),
        (&["sweep", "--param", "D=1", "--data", "moons", "--out", out, "--count", "0"], "--count"),
        (&["train", "--data", "no-such-data", "--out", out, "--steps", "0"], "--steps"),
        (&["train", "--data", "no-such-data", "--out", out, "--batch", "0"], "--batch"),
        (&["train", "--data", "no-such-data", "--out", out, "--accumulate", "0"], "--accumulate"),
        (&["train", "--data", "no-such-data", "--out", out, "--width", "0"], "--width"),
        (&["train", "--data", "no-such-data", "--out", out, "--depth", "0"], "--depth"),
        (&["train", "--data", "no-such-data", "--out", "Cargo.toml"], "cannot write into Cargo.toml"),
        (&["train", "--data", "no-such-data", "--out", "Cargo.toml/run"], "cannot write into Cargo.toml"),
    ] {
        let found = message(call(&pde, arguments), &arguments);
        assert!(found.contains(part), "{arguments:?}: {found}");
    }
}

#[test]
fn results_that_cannot_be_written_are_told_before_the_work() {
    let pde = physics::heat();
    let folder = tempfile::tempdir().unwrap();
    let run = trained(&pde, "digits", folder.path());
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir(path("folder.npy")).unwrap();
    std::fs::write(path("file"), "").unwrap();
    let places = [path("missing/x.npy"), path("folder.npy"), path("file/x.npy")];
    for out in &places {
        // No such run and no such latents: what is wrong with the output is told first.
        for arguments in [
            &["sample", "--model", "no-such-run"][..],
            &["eval", "--model", "no-such-run"],
            &["likelihood", "--model", "no-such-run"],
            &["encode", "--model", "no-such-run"],
            &["decode", "--model", "no-such-run", "--latents", "l.npy"],
            &["interpolate", "--model", "no-such-run", "--points", "0,1"],
            &["inpaint", "--model", "no-such-run", "--known", "left"],
        ] {
            let found = message(call(&pde, &[arguments, &["--out", out]].concat()), &(arguments, out));
            assert!(found.contains("cannot write") && found.contains(out.as_str()), "{arguments:?}: {found}");
        }
    }
    let sweep = ["sweep", "--param", "D=1", "--data", "no-such-data", "--out", &path("file")];
    assert!(call(&pde, &sweep).is_err());
    // What would not fit into a picture is not drawn for hours first.
    let (png, npy) = (path("a.png"), path("a.npy"));
    for arguments in [
        &["sample", "--model", &run, "--count", "1e7", "--out", &png][..],
        &["interpolate", "--model", &run, "--points", "0,1", "--steps", "1e7", "--out", &png],
    ] {
        let found = message(call(&pde, arguments), &arguments);
        assert!(found.contains("16384") && found.contains("room for"), "{found}");
    }
    // Everything that is drawn at once is estimated; a number that no machine holds.
    for arguments in [
        &["sample", "--model", &run, "--count", "1e15", "--out", &npy][..],
        &["interpolate", "--model", &run, "--points", "0,1", "--steps", "1e12", "--out", &npy],
        &["train", "--data", "digits", "--out", &path("wide"), "--width", "1000000"],
        &["train", "--data", "digits", "--out", &path("wide"), "--batch", "10000000"],
        &["train", "--data", "digits", "--out", &path("wide"), "--net", "unet", "--batch", "10000000"],
    ] {
        if cfg!(target_os = "linux") {
            let found = message(call(&pde, arguments), &arguments);
            assert!(found.contains("are free") && found.contains("would fit"), "{arguments:?}: {found}");
        }
    }
    assert!(!folder.path().join("wide").join("state.json").exists());
    let yukawa = physics::yukawa(1.0);
    let births = trained(&yukawa, "moons", &folder.path().join("births"));
    if cfg!(target_os = "linux") {
        let found =
            message(call(&yukawa, &["sample", "--model", &births, "--count", "1e12", "--out", &npy]), &"births");
        assert!(found.contains("are free") && found.contains("`--count "), "{found}");
    }
}

/// More samples than a portion holds: each is what it would be alone.
#[test]
fn samples_come_in_portions() {
    let folder = tempfile::tempdir().unwrap();
    let pde = physics::heat();
    let run = trained(&pde, "digits", folder.path());
    let draw = |count: &str| {
        let out = folder.path().join(format!("{count}.npy"));
        let text = call(
            &pde,
            &[
                "sample",
                "--model",
                &run,
                "--count",
                count,
                "--nfe",
                "1",
                "--churn",
                "2",
                "--out",
                out.to_str().unwrap(),
            ],
        );
        assert!(text.unwrap().contains(" 1 network evaluations"));
        let bytes = std::fs::read(out).unwrap();
        let file = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!(file.shape()[1..], [8, 8, 1]);
        (file.shape()[0], file.into_vec::<f32>().unwrap())
    };
    let ((few, some), (many, all)) = (draw("70"), draw("140000"));
    assert_eq!((few, many), (70, 140_000));
    assert!(some == all[..some.len()]);
    // Nothing is drawn twice.
    let image = |i: usize| &all[64 * i..64 * (i + 1)];
    assert!(image(0) != image(131_072) && image(1) != image(131_073));
}

/// A value below zero is that of its option, and a name that is no text is named.
#[test]
fn values_that_cannot_be_are_told_with_their_option() {
    for (command, option) in [
        ("train", "--batch"),
        ("train", "--steps"),
        ("train", "--learning-rate"),
        ("sample", "--count"),
        ("sample", "--nfe"),
    ] {
        let found = message(call(&physics::heat(), &[command, option, "-1"]), &option);
        assert!(found.contains(option) && !found.contains("unexpected argument"), "{option}: {found}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let words = ["model", "train", "--data"].map(OsString::from).into_iter();
        let words = words.chain([OsString::from_vec(b"caf\xe9.npy".to_vec())]);
        let found = message(run(words, &physics::heat(), training_loss, None), &"a name");
        assert!(found.contains("caf\u{FFFD}.npy") && found.contains("not UTF-8"), "{found}");
    }
}

const ARGUMENTS: &str = "GENPHYS_TEST_ARGUMENTS";

/// Does nothing by itself: the next test runs it in processes of its own.
#[test]
fn run_with_given_arguments() {
    let Some(arguments) = std::env::var_os(ARGUMENTS) else { return };
    // The tests' own program has printed what it prints before.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    let arguments = arguments.to_str().unwrap().split('\n').map(OsString::from).collect::<Vec<_>>();
    let code = report(run(arguments, &physics::heat(), training_loss, None));
    #[allow(clippy::exit)]
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

/// The exit code and standard error of the program whose standard output nobody reads.
fn unread(arguments: &str) -> (Option<i32>, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["run_with_given_arguments", "--exact", "--nocapture", "--test-threads", "1"])
        .env(ARGUMENTS, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Up to the last word of the tests' own program.
    let (mut stdout, mut seen) = (child.stdout.take().unwrap(), Vec::new());
    while !seen.ends_with(b"run_with_given_arguments ... ") {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        seen.push(byte[0]);
    }
    drop(stdout);
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_closed_pipe_ends_the_program_quietly_and_nothing_writes_to_the_terminal() {
    for arguments in ["model\n--help", "model\ntrain\n--help", "model\n--version", "model\nadvise\n--data\nmoons"] {
        let (code, shown) = unread(arguments);
        assert!(code == Some(0) && !shown.contains("panic") && !shown.contains("error"), "{arguments}: {shown}");
    }
    let (code, shown) = unread("model\nsample\n--model\nm\u{1b}[2J\u{202e}\n--out\nno\u{1b}]0;x\u{7}/a.npy");
    assert!(code == Some(1) && shown.contains("error: ") && shown.contains("\\u001b"), "{shown:?}");
    assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
}
