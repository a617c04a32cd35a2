//! Trainings that are killed, told to end, run out of disk, or meet another one in their folder.
//!
//! `GENPHYS_KILLS=100` kills that often.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::exit, missing_docs, unreachable_pub)]

#[allow(dead_code)]
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use candle_core::Device;
use genphys_app::run;
use genphys_data as data;
use genphys_flow::GenerativePde;
use genphys_flow::fixture::physics;
use genphys_train::run_dir::{PREVIOUS, RunDir, STATE, SUMS};
use genphys_train::training::{TrainConfig, Trainer};
use genphys_train::{CleanBatch, Denoiser, Result, TrainingLoss, training_loss};
use rand::{Rng, SeedableRng};

const CHOICES: [&str; 8] = ["--batch", "16", "--width", "16", "--depth", "1", "--seed", "3"];

/// Never comes to an end; a file says that it has begun.
fn endless_loss(_: &dyn GenerativePde, _: &Denoiser, _: &mut CleanBatch<'_>) -> Result<TrainingLoss> {
    std::fs::write(std::env::var_os("GENPHYS_TEST_ENDLESS").unwrap(), "").unwrap();
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Does nothing by itself: the other tests run it in processes of its own, as a model's program.
#[test]
fn a_program_of_its_own() {
    let Some(arguments) = std::env::var_os("GENPHYS_TEST_ARGUMENTS") else {
        return;
    };
    let arguments: Vec<String> = serde_json::from_str(arguments.to_str().unwrap()).unwrap();
    let loss = if std::env::var_os("GENPHYS_TEST_ENDLESS").is_some() { endless_loss } else { training_loss };
    let words = std::iter::once("model".to_owned()).chain(arguments).map(OsString::from);
    let code = match run(words, &physics::yukawa(1.0), loss, None) {
        Ok(_) => 0,
        Err(error) => {
            eprintln!("error: {error}");
            error.exit_code()
        }
    };
    std::process::exit(code.into());
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["a_program_of_its_own", "--exact", "--nocapture"]);
    command.env("GENPHYS_TEST_ARGUMENTS", serde_json::to_string(arguments).unwrap());
    command.env("RAYON_NUM_THREADS", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn train<'a>(out: &'a Path, steps: &'a str, more: &[&'a str]) -> Command {
    let out = out.to_str().unwrap();
    let resume: &[&str] = if RunDir::exists(Path::new(out)) { &["--resume"] } else { &[] };
    let arguments = ["train", "--data", "moons", "--out", out, "--steps", steps];
    program(&[&arguments[..], &CHOICES, resume, more].concat())
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Checksums of everything but the time that it took.
fn sums(run: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(run.join(SUMS)).unwrap();
    let lines = text.lines().filter_map(|line| line.split_once("  ")).filter(|(_, name)| *name != STATE);
    lines.map(|(sum, name)| (name.to_owned(), sum.to_owned())).collect()
}

fn step(run: &Path) -> u64 {
    let run = RunDir::open(run).unwrap();
    run.verify().unwrap();
    run.read_json::<serde_json::Value>(STATE).unwrap()["step"].as_u64().unwrap()
}

/// The checkpoints of a training that nobody disturbs, by step.
fn undisturbed(steps: u64) -> Vec<BTreeMap<String, String>> {
    let folder = tempfile::tempdir().unwrap();
    let (pde, data) = (physics::yukawa(1.0), data::load("moons", 0).unwrap());
    let config = TrainConfig { seed: 3, batch: 16, width: 16, depth: 1, ..TrainConfig::for_data(&data.shape) };
    let mut trainer = Trainer::new(&pde, training_loss, "moons", &data, config, &Device::Cpu).unwrap();
    let mut all = Vec::new();
    for step in 0..=steps {
        if step > 0 {
            trainer.step().unwrap();
        }
        trainer.save(folder.path()).unwrap();
        all.push(sums(folder.path()));
    }
    all
}

/// Waits until something is there.
fn until(child: &mut Child, there: impl Fn() -> bool) {
    while !there() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its time");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn killed_trainings_resume_exactly() {
    const STEPS: u64 = 40;
    let wanted: u32 = std::env::var("GENPHYS_KILLS").map_or(12, |kills| kills.parse().expect("a number of kills"));
    let expected = undisturbed(STEPS);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(17);
    let (mut kills, mut in_a_write, mut refused, mut finished) = (0, 0, 0, 0);
    // Milliseconds; more when there was no time to take a step, less when there was time for all.
    let mut limit = 200;
    while kills < wanted {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        let mut last = None;
        loop {
            // Now and then two want the folder.
            let count = if rng.random_bool(0.3) { 2 } else { 1 };
            let begin = || train(&run, &STEPS.to_string(), &["--save-every", "1"]).spawn().unwrap();
            let mut children: Vec<_> = (0..count).map(|_| begin()).collect();
            std::thread::sleep(Duration::from_millis(rng.random_range(0..limit)));
            for child in &mut children {
                child.kill().unwrap();
            }
            let ended: Vec<_> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
            let was_killed = |output: &&Output| output.status.signal() == Some(9);
            let killed = ended.iter().filter(was_killed).count();
            kills += killed.min(1) as u32;
            for output in ended.iter().filter(|output| !was_killed(output) && !output.status.success()) {
                let text = message(output);
                let busy = text.contains("another training writes into this folder");
                // One that was begun as the first in the folder finds the other's checkpoint there.
                assert!(busy || text.contains("holds a run already"), "{text}");
                refused += 1;
            }
            let left = [".checkpoint-partial", ".checkpoint-ready", ".checkpoint-moving", ".previous-partial"];
            in_a_write += usize::from(left.iter().any(|name| run.join(name).exists()));
            if !RunDir::exists(&run) {
                limit += limit / 4;
                continue;
            }
            let now = step(&run);
            assert!(Some(now) >= last, "{now} after {last:?}");
            assert_eq!(sums(&run), expected[now as usize], "step {now} after {kills} kills");
            let previous = run.join(PREVIOUS);
            if previous.join(STATE).exists() {
                assert_eq!(sums(&previous), expected[step(&previous) as usize]);
            }
            if now == STEPS {
                finished += 1;
                limit = (limit * 2 / 3).max(100);
                break;
            }
            if Some(now) == last {
                limit += limit / 4;
            }
            last = Some(now);
        }
    }
    println!("{kills} kills, {in_a_write} of them in a write, {refused} second trainings refused, {finished} finished");
}

#[test]
fn a_second_training_is_refused_and_a_stale_lock_is_not_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let mut first = train(&run, "1000000", &["--save-every", "1"]).spawn().unwrap();
    until(&mut first, || run.join(STATE).exists());
    let second = train(&run, "5", &[]).output().unwrap();
    assert_eq!(second.status.code(), Some(2));
    let holder = format!("process {}", first.id());
    assert!(message(&second).contains(&holder), "{}", message(&second));
    // Reading is for everybody.
    let sample = folder.path().join("a.npy");
    let (from, to) = (run.to_str().unwrap(), sample.to_str().unwrap());
    for _ in 0..3 {
        let sampled =
            program(&["sample", "--model", from, "--count", "3", "--nfe", "3", "--out", to]).output().unwrap();
        assert!(sampled.status.success(), "{}", message(&sampled));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let steps = (step(&run) + 1).to_string();
    let third = train(&run, &steps, &[]).output().unwrap();
    assert!(third.status.success(), "{}", message(&third));
}

#[test]
fn signals_finish_the_step_and_say_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    for (name, number) in [("-INT", 2), ("-TERM", 15)] {
        let run = folder.path().join(format!("a run{name}"));
        let mut child = train(&run, "1000000", &["--save-every", "1h"]).spawn().unwrap();
        until(&mut child, || run.join(STATE).exists());
        signal(&child, name);
        let ended = child.wait_with_output().unwrap();
        let text = message(&ended);
        assert_eq!(ended.status.code(), Some(128 + number), "{text}");
        let command = text.split("this goes on: ").nth(1).unwrap().lines().next().unwrap();
        let words = shlex::split(command).unwrap();
        assert_eq!((words[0].as_str(), words.last().unwrap().as_str()), ("model", "--resume"), "{words:?}");
        assert!(text.contains(&format!("{} steps are done", step(&run))), "{text}");
        // The very words go on, all choices given again.
        let steps = (step(&run) + 1).to_string();
        let words: Vec<_> =
            words[1..].iter().map(|word| if word == "1000000" { &steps } else { word }).map(String::as_str).collect();
        let gone_on = program(&words).output().unwrap();
        assert!(gone_on.status.success(), "{}", message(&gone_on));
        assert_eq!(step(&run).to_string(), steps);
    }
}

#[test]
fn a_second_interrupt_ends_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let begun = folder.path().join("begun");
    let mut child = train(&run, "5", &[]).env("GENPHYS_TEST_ENDLESS", &begun).spawn().unwrap();
    until(&mut child, || begun.exists());
    let mut status = None;
    for count in 1.. {
        signal(&child, "-INT");
        // A signal that comes before the last one was delivered counts as one with it.
        std::thread::sleep(Duration::from_millis(200));
        status = child.try_wait().unwrap();
        if status.is_some() {
            assert!(count > 1, "one is answered by finishing the step");
            break;
        }
    }
    assert_eq!(status.and_then(|status| status.signal()), Some(2));
    assert_eq!(step(&run), 0);
}

/// A limit of the size of files stands in for a full disk.
#[test]
fn a_checkpoint_that_does_not_fit_ends_the_training_and_leaves_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    assert!(train(&run, "2", &[]).output().unwrap().status.success());
    let names = || {
        let entries = std::fs::read_dir(&run).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let (before, checkpoint) = (names(), sums(&run));
    let command = train(&run, "1000000", &["--save-every", "3"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", r#"trap '' XFSZ; ulimit -f 4; exec "$0" "$@""#]).arg(command.get_program());
    limited.args(command.get_args()).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ended = limited.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output().unwrap();
    let text = message(&ended);
    assert_eq!(ended.status.code(), Some(2), "{text}");
    assert!(text.contains("the checkpoint of step 2 is whole") && text.contains("--resume"), "{text}");
    assert_eq!((names(), sums(&run), step(&run)), (before, checkpoint, 2));
}
