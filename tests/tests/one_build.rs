//! `cargo genphys` and `cargo test --workspace` share one build of Symbolica, which takes minutes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::process::Command;

/// Packages with the features that they are built with, as `cargo tree` has them.
fn tree(selection: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p}|{f}"])
        .args(selection)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| line.trim_end_matches(" (*)").replace(" (proc-macro)", "")).collect()
}

#[test]
fn the_engine_is_built_once() {
    let program = tree(&["--package", "genphys-cli", "--edges", "normal,build"]);
    let workspace = tree(&["--workspace"]);
    let name = |line: &String| line.split('|').next().unwrap_or_default().to_string();
    let below: BTreeSet<String> =
        tree(&["--package", "symbolica", "--edges", "normal,no-proc-macro"]).iter().map(name).collect();
    assert!(below.len() > 50, "{below:?}");
    let apart: Vec<&String> = program.difference(&workspace).filter(|line| below.contains(&name(line))).collect();
    assert!(
        apart.is_empty(),
        "built once more by the tests, with other features (genphys-symbolic/Cargo.toml): {apart:#?}"
    );
}
