//! CUDA in one room: only genphys-gpu knows the feature and the device, and only its generated launches start kernels.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

/// The Rust files of a folder, below the root.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Files that have one of the words and are not in one of the places, which all have one.
fn elsewhere(words: &[&str], places: &[&str]) -> Vec<String> {
    let (root, mut files) = (root(), Vec::new());
    for folder in ["crates", "examples"] {
        sources(&root.join(folder), &mut files);
    }
    let has = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a readable file");
        words.iter().any(|word| text.contains(word))
    };
    files.retain(has);
    let names: Vec<String> =
        files.iter().map(|path| path.strip_prefix(&root).expect("below").to_string_lossy().into_owned()).collect();
    for place in places {
        assert!(names.iter().any(|name| name.starts_with(place)), "{place} has none of {words:?} any more");
    }
    names.into_iter().filter(|name| !places.iter().any(|place| name.starts_with(place))).collect()
}

#[test]
fn only_the_gpu_crate_asks_for_cuda() {
    let words = ["feature = \"cuda\"", "is_cuda()", "Device::Cuda("];
    assert_eq!(elsewhere(&words, &["crates/genphys-gpu/"]), Vec::<String>::new());
}

/// What a kernel is told comes from the type that its signature has become.
#[test]
fn kernels_are_started_by_their_types_only() {
    let places = ["crates/genphys-gpu/build/", "crates/genphys-gpu/src/"];
    assert_eq!(elsewhere(&["Argument::Address", ".launch(Launch"], &places), Vec::<String>::new());
    let untyped = |path: &str| fs::read_to_string(root().join(path)).expect("a readable file").contains("Argument::");
    for path in ["estimate.rs", "training.rs", "tensors/training.rs", "tensors/estimate.rs", "memory.rs"] {
        assert!(!untyped(&format!("crates/genphys-gpu/src/{path}")), "{path}");
    }
    assert!(untyped("crates/genphys-gpu/src/launch.rs"));
}

#[test]
fn doctor_names_the_candle_that_is_built() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("a lock file");
    let (_, after) = lock.split_once("name = \"candle-core\"\nversion = \"").expect("candle");
    let version = after.split('"').next().expect("its version");
    let doctor = fs::read_to_string(root().join("crates/genphys-app/src/doctor.rs")).expect("doctor");
    assert!(doctor.contains(&format!("const CANDLE: &str = \"{version}\";")), "candle is {version}");
}
