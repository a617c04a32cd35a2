//! Crashes, damage, and several processes at a run's folder.

use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor};
use tempfile::TempDir;

use super::save::{KEEPING, MOVING, PARTIAL, READY};
use super::*;

fn files(step: u64) -> Vec<(&'static str, Content)> {
    let tensors = |name: &str| {
        Content::Tensors(HashMap::from([(name.to_owned(), Tensor::full(step as f32, (40,), &Device::Cpu).unwrap())]))
    };
    vec![
        (CONFIG, Content::Text(format!("{{\"config\": {step}}}\n"))),
        (STATISTICS, tensors("mean")),
        (MODEL, tensors("a")),
        (EMA, tensors("b")),
        (OPTIMIZER, tensors("c")),
        (STATE, Content::Text(format!("{{\"step\": {step}, \"seconds\": 0.5}}\n"))),
    ]
}

/// A folder with checkpoints of these steps, one after the other.
fn run(steps: &[u64]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::take(folder.path()).unwrap();
    for step in steps {
        lock.write(files(*step)).unwrap();
    }
    folder
}

/// The step that a checkpoint is of, all files checked.
fn step(folder: &Path) -> Result<u64> {
    let run = RunDir::open(folder)?;
    run.verify()?;
    let number = |name: &str, key: &str| Ok(run.read_json::<serde_json::Value>(name)?[key].as_u64());
    let (config, state): (_, Result<_>) = (number(CONFIG, "config")?, number(STATE, "step"));
    for name in [STATISTICS, MODEL, EMA, OPTIMIZER] {
        let tensors = run.read_tensors(name)?;
        let value = tensors.values().next().map(|tensor| tensor.get(7)?.to_scalar::<f32>()).transpose()?;
        assert_eq!(value.map(|value| value as u64), config);
    }
    assert_eq!(config, state?);
    Ok(config.unwrap_or_default())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_file() && entry.file_name() != ".lock" {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_crash_while_writing_leaves_the_old_checkpoint() {
    let folder = run(&[1, 2]);
    let new = run(&[3]);
    copy(new.path(), &folder.path().join(PARTIAL));
    fs::write(folder.path().join(PARTIAL).join(EMA), "half").unwrap();
    assert_eq!(step(folder.path()).unwrap(), 2);
    // The next one clears up.
    drop(RunLock::take(folder.path()).unwrap());
    assert!(!folder.path().join(PARTIAL).exists());
    assert_eq!((step(folder.path()).unwrap(), step(&folder.path().join(PREVIOUS)).unwrap()), (2, 1));
}

#[test]
fn a_crash_after_a_checkpoint_is_complete_leaves_the_new_one() {
    let new = run(&[3]);
    let left = |folder: &Path| [PARTIAL, READY, MOVING, KEEPING].iter().any(|name| folder.join(name).exists());
    // Before, while and after the old one is kept.
    for (kept, gone) in [(0, false), (3, false), (7, false), (7, true)] {
        let folder = run(&[1, 2]);
        copy(new.path(), &folder.path().join(READY));
        if kept > 0 {
            fs::create_dir(folder.path().join(KEEPING)).unwrap();
        }
        for name in CHECKED.iter().chain([&SUMS]).take(kept) {
            fs::hard_link(folder.path().join(name), folder.path().join(KEEPING).join(name)).unwrap();
        }
        if gone {
            fs::remove_dir_all(folder.path().join(PREVIOUS)).unwrap();
        }
        assert_eq!(step(folder.path()).unwrap(), 3);
        assert_eq!(step(&folder.path().join(PREVIOUS)).unwrap(), 2);
        assert!(!left(folder.path()));
    }
    // While files are moved into place.
    for moved in 0..=7 {
        let folder = run(&[1, 2]);
        let previous = folder.path().join(PREVIOUS);
        fs::remove_dir_all(&previous).unwrap();
        copy(folder.path(), &previous);
        copy(new.path(), &folder.path().join(MOVING));
        for name in CHECKED.iter().chain([&SUMS]).take(moved) {
            fs::rename(folder.path().join(MOVING).join(name), folder.path().join(name)).unwrap();
        }
        assert_eq!((step(folder.path()).unwrap(), step(&previous).unwrap()), (3, 2));
        assert!(!left(folder.path()));
    }
}

#[test]
fn a_failed_write_leaves_the_old_checkpoint_and_nothing_else() {
    let folder = run(&[1]);
    let names = || fs::read_dir(folder.path()).unwrap().count();
    let before = names();
    let lock = RunLock::take(folder.path()).unwrap();
    let mut unwritable = files(2);
    unwritable.push(("no/such/folder", Content::Text(String::new())));
    assert!(lock.write(unwritable).is_err());
    assert_eq!((step(folder.path()).unwrap(), names()), (1, before));
    lock.write(files(3)).unwrap();
    assert_eq!(step(folder.path()).unwrap(), 3);
}

#[test]
fn a_flipped_bit_is_seen_in_every_file_and_there_is_a_way_back() {
    for name in CHECKED.into_iter().chain([SUMS]) {
        let folder = run(&[1, 2]);
        let path = folder.path().join(name);
        let whole = fs::read(&path).unwrap();
        for place in [0, whole.len() / 2, whole.len() - 2] {
            let mut damaged = whole.clone();
            damaged[place] ^= 4;
            fs::write(&path, damaged).unwrap();
            let message = step(folder.path()).unwrap_err().to_string();
            assert!(message.contains(name), "{name}: {message}");
            // Of a line that cannot be read it is not known what it was about.
            assert!(message.contains("of step 1, is whole") || name == SUMS, "{name}: {message}");
        }
        for content in [&whole[..whole.len() / 2], &[]] {
            fs::write(&path, content).unwrap();
            assert!(step(folder.path()).is_err(), "{name}");
        }
        // What the message says to do.
        copy(&folder.path().join(PREVIOUS), folder.path());
        assert_eq!(step(folder.path()).unwrap(), 1, "{name}");
    }
}

#[test]
fn files_that_are_missing_or_of_another_checkpoint_are_seen() {
    for name in CHECKED {
        let (folder, other) = (run(&[1, 2]), run(&[5]));
        fs::copy(other.path().join(name), folder.path().join(name)).unwrap();
        let message = step(folder.path()).unwrap_err().to_string();
        assert!(message.contains(name) && message.contains("whole"), "{message}");
        fs::remove_file(folder.path().join(name)).unwrap();
        let message = step(folder.path()).unwrap_err().to_string();
        assert!(message.contains(name) && message.contains("whole"), "{message}");
    }
    // A damaged earlier checkpoint is not offered.
    let folder = run(&[1, 2]);
    for folder in [folder.path(), &folder.path().join(PREVIOUS)] {
        fs::write(folder.join(EMA), "short").unwrap();
    }
    let message = step(folder.path()).unwrap_err().to_string();
    assert!(message.contains(EMA) && !message.contains("whole"), "{message}");
}

#[test]
fn runs_from_before_there_were_checksums_are_read() {
    let folder = run(&[4]);
    assert!(RunDir::open(folder.path()).unwrap().has_checksums());
    fs::remove_file(folder.path().join(SUMS)).unwrap();
    assert_eq!(step(folder.path()).unwrap(), 4);
    assert!(!RunDir::open(folder.path()).unwrap().has_checksums());
}

#[test]
fn a_folder_has_one_training() {
    let folder = run(&[1]);
    // A number that a dead process left does not matter.
    fs::write(folder.path().join(".lock"), "1\n").unwrap();
    let lock = RunLock::take(folder.path()).unwrap();
    let busy = RunLock::take(folder.path()).unwrap_err();
    assert!(matches!(busy, RuntimeError::Busy { holder: Some(pid), .. } if pid == std::process::id()), "{busy}");
    // Reading goes on.
    assert_eq!(step(folder.path()).unwrap(), 1);
    drop(lock);
    assert!(RunLock::take(folder.path()).is_ok());
}

#[cfg(unix)]
#[test]
fn a_lock_is_not_written_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let precious = folder.path().join("precious");
    fs::write(&precious, "text").unwrap();
    std::os::unix::fs::symlink(&precious, folder.path().join(".lock")).unwrap();
    assert!(RunLock::take(folder.path()).is_err());
    assert_eq!(fs::read_to_string(&precious).unwrap(), "text");
}

#[test]
fn readers_see_one_checkpoint_while_others_are_written() {
    let folder = run(&[1]);
    let path = folder.path();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let lock = RunLock::take(path).unwrap();
            (2..60).try_for_each(|step| lock.write(files(step)))
        });
        let mut last = 1;
        while !writer.is_finished() {
            let now = RunDir::consistently(path, |run| {
                run.verify()?;
                let config = run.read_json::<serde_json::Value>(CONFIG)?["config"].as_u64();
                let state = run.read_json::<serde_json::Value>(STATE)?["step"].as_u64();
                assert_eq!(config, state);
                Ok(config.unwrap())
            });
            let now = now.unwrap();
            assert!(now >= last);
            last = now;
        }
        writer.join().unwrap().unwrap();
    });
    assert_eq!((step(path).unwrap(), step(&path.join(PREVIOUS)).unwrap()), (59, 58));
}

#[test]
fn numbers_come_back_to_the_bit() {
    use rand::Rng;
    let folder = tempfile::tempdir().unwrap();
    let lock = RunLock::take(folder.path()).unwrap();
    let mut rng = genphys_numeric::seed::stream(1, genphys_numeric::seed::Purpose::Evaluation, 1);
    let numbers: Vec<f64> = (0..2000).map(|_| rng.random::<f64>() * rng.random::<f64>().powi(9)).collect();
    lock.write(vec![(CONFIG, json(&numbers).unwrap()), (STATE, Content::Text("{}".to_owned()))]).unwrap();
    assert_eq!(RunDir::open(folder.path()).unwrap().read_json::<Vec<f64>>(CONFIG).unwrap(), numbers);
}

#[test]
fn a_folder_without_a_run_says_so() {
    let message = RunDir::open(Path::new("no/such/run")).map(|_| ()).unwrap_err().to_string();
    assert!(message.contains("no/such/run") && message.contains("config.json"), "{message}");
}
