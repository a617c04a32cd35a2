//! Derivation files: what is read from one is written again, byte for byte.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::derivation::Derivation;
use std::path::{Path, PathBuf};

fn files() -> Vec<PathBuf> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let folders = [
        "pdes",
        "crates/genphys-cli/tests/data",
        "crates/genphys-codegen/tests/data",
        "crates/genphys-macros/tests/ui/pdes",
    ];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".derivation.json"))
        .collect();
    files.sort();
    files
}

#[test]
fn what_is_read_is_written_again() {
    let files = files();
    assert!(files.len() > 50, "{}", files.len());
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let derivation: Derivation =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = serde_json::to_string_pretty(&derivation).unwrap() + "\n";
        assert!(again == text, "{} is written in another way", path.display());
    }
}
