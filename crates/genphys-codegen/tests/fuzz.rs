//! Damaged derivation files: the reader and the checker say what is wrong, in bounded time and memory. See the crate
//! `genphys-fuzz` for how long and how to repeat it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_codegen::store::{derivation_path, read_fresh};
use genphys_fuzz::{Counting, Target, files};
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;
use std::path::Path;

#[global_allocator]
static MEMORY: Counting = Counting;

/// What stands in derivations: names of the language, of rules and of the JSON.
const WORDS: &[&str] = &[
    "k",
    "k1",
    "k2",
    "s",
    "t",
    "phi",
    "omega",
    "lambda",
    "I",
    "pi",
    "inf",
    "NaN",
    "sqrt(",
    "exp(",
    "log(",
    "cos(",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "^",
    "^2",
    "^64",
    "^(1/2)",
    "^1e9",
    "1/0",
    "0*",
    "1e300",
    "1e-300",
    "x1",
    "null",
    "true",
    "[]",
    "{}",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\",
    "\"holds\"",
    "\"fails\"",
    "\"conditional\"",
    "\"undecided\"",
    "\"s-generative\"",
    "\"kind\"",
    "\"sum\"",
    "\"composition\"",
    "\"scale\"",
    "\"product\"",
    "\"half-plane\"",
    "\"rates\"",
    "\"factors\"",
    "\"levy-exponent\"",
    "\"memory\"",
    "\"bernstein\"",
    "\"certificate\"",
    "\"closure\"",
    "\"of\"",
];

#[test]
fn derivations() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pdes");
    let mut equations: BTreeMap<String, Pde> = BTreeMap::new();
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "pde") {
            let pde = genphys_pde::read(&std::fs::read(&path).unwrap()).unwrap().pde;
            equations.insert(pde.hash.clone(), pde);
            seeds.push(std::fs::read(derivation_path(&path)).unwrap());
        }
    }
    seeds.sort();
    seeds.extend(files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz")).unwrap());
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("fuzzed.derivation.json");
    let check = |text: &[u8]| {
        std::fs::write(&path, text).unwrap();
        // The equation whose hash is in the file, or any.
        let text = String::from_utf8_lossy(text);
        let hash = text.find("\"hash\": \"").and_then(|at| text.get(at + 9..at + 73)).unwrap_or_default();
        let pde = equations.get(hash).or_else(|| equations.values().next()).unwrap();
        match read_fresh(&path, pde) {
            Ok(judged) => format!("accepted {:?}", judged.derivation().verdict),
            Err(error) => error.to_string().chars().filter(|letter| !letter.is_ascii_digit()).take(120).collect(),
        }
    };
    Target { name: "derivations", seeds, words: WORDS, memory: 512 << 20 }
        .run(check)
        .unwrap_or_else(|found| panic!("{found}"));
}
