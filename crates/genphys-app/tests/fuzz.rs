//! Damaged data and checkpoints: the readers say what is wrong, in bounded memory, and never panic. See the crate
//! `genphys-fuzz` for how long and how to repeat it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod files;

use std::ffi::OsString;
use std::path::Path;

use genphys_app::run;
use genphys_data::load;
use genphys_files::hexadecimal;
use genphys_flow::fixture::physics;
use genphys_fuzz::{Counting, Target};
use genphys_train::run_dir::SUMS;
use genphys_train::training_loss;
use sha2::{Digest, Sha256};

#[global_allocator]
static MEMORY: Counting = Counting;

/// What stands in tables, headers and settings.
const WORDS: &[&str] = &[
    ",",
    ";",
    "\t",
    "\"",
    "\n",
    "\r\n",
    "#",
    "nan",
    "inf",
    "-",
    "e",
    ".",
    "1e39",
    "1e-46",
    " ",
    "\u{FEFF}",
    "True",
    "False",
    "'descr'",
    "'<f4'",
    "'>f8'",
    "'<f2'",
    "'|u1'",
    "'<i8'",
    "'|b1'",
    "'<c16'",
    "'|O'",
    "'fortran_order'",
    "'shape'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    "null",
    "true",
    "\"width\"",
    "\"batch\"",
    "\"dim\"",
    "\"depth\"",
    "\"mlp\"",
    "\"unet\"",
    "\"dit\"",
    "\"F64\"",
    "\"BF16\"",
    "\"data_offsets\"",
];

/// The way a reader ended, without the numbers and names in it.
fn ending<T, E: std::fmt::Display>(result: Result<T, E>, folder: &Path, describe: impl Fn(T) -> String) -> String {
    match result {
        Ok(value) => describe(value),
        Err(error) => {
            let text = error.to_string().replace(&folder.display().to_string(), "");
            text.chars().filter(|letter| !letter.is_ascii_digit()).take(100).collect()
        }
    }
}

fn fuzz(name: &str, seeds: Vec<Vec<u8>>, memory: usize, check: impl Fn(&[u8]) -> String + Sync) {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz").join(name);
    let old = if kept.is_dir() { genphys_fuzz::files(&kept).unwrap() } else { Vec::new() };
    let seeds = seeds.into_iter().chain(old).collect();
    Target { name, seeds, words: WORDS, memory }.run(check).unwrap_or_else(|found| panic!("{found}"));
}

/// A reader of data, given files of these names that all hold what the last function makes of the damaged bytes.
fn data(kind: &str, names: &[&str], spec: &str, seeds: Vec<Vec<u8>>, wrap: impl Fn(&[u8]) -> Vec<u8> + Sync) {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join(spec).display().to_string();
    let check = |bytes: &[u8]| {
        let paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
        for path in &paths {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, wrap(bytes)).unwrap();
        }
        ending(load(&spec, 1), folder.path(), |set| {
            assert!(!set.is_empty() && set.dim() > 0);
            for index in 0..set.len() {
                let point = set.point(index).unwrap();
                assert_eq!(point.len(), set.dim());
                assert!(point.iter().all(|value| value.is_finite()), "a point that is not finite");
            }
            format!("{:?}", std::mem::discriminant(&set.shape))
        })
    };
    fuzz(kind, seeds, 1 << 30, check);
}

fn plain(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

#[test]
fn arrays() {
    data("npy", &["a.npy"], "a.npy", files::arrays(), plain);
    data("npz", &["a.npz"], "a.npz", files::arrays(), files::zip);
    data("labels", &["a.npy", "a.labels.npy"], "a.npy", files::arrays(), plain);
}

#[test]
fn tables() {
    data("csv", &["a.csv"], "a.csv", files::tables(), plain);
    data("labelled-csv", &["a.csv"], "a.csv#c", files::tables(), plain);
    data("tsv", &["a.tsv"], "a.tsv", files::tables(), plain);
}

#[test]
fn idx() {
    data("idx", &["images-idx3-ubyte"], "images-idx3-ubyte", files::idx(), plain);
    data("idx-gz", &["images-idx3-ubyte.gz"], "images-idx3-ubyte.gz", files::idx(), files::gzip);
    let compressed = files::idx().iter().map(|bytes| files::gzip(bytes)).collect();
    data("gz", &["images-idx3-ubyte.gz"], "images-idx3-ubyte.gz", compressed, plain);
}

#[test]
fn pictures() {
    data("png", &["p/a.png"], "p", files::pngs(), files::right_sums);
    data("jpeg", &["p/a.jpg", "p/b.jpg"], "p", files::jpegs(), plain);
    data("any-picture", &["p/a.png"], "p", files::jpegs().into_iter().chain(files::pngs()).collect(), plain);
}

/// A short training, and one of its files damaged.
#[test]
fn checkpoints() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let pde = physics::yukawa(1.0);
    let call = |arguments: &[&str]| {
        run(std::iter::once("model").chain(arguments.iter().copied()).map(OsString::from), &pde, training_loss, None)
    };
    std::fs::write(folder.path().join("data.npy"), files::points(64)).unwrap();
    let (data, good, bad, out) = (path("data.npy"), path("good"), path("bad"), path("out.npy"));
    let sizes = ["--batch", "16", "--width", "16", "--depth", "1", "--steps", "2"];
    call(&[&["train", "--data", &data, "--out", &good][..], &sizes].concat()).unwrap();
    let mut names: Vec<OsString> = std::fs::read_dir(&good).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    std::fs::create_dir(&bad).unwrap();
    for name in names.iter().filter(|name| Path::new(&good).join(name).is_file()) {
        let target = format!("run-{}", name.to_string_lossy());
        let original = std::fs::read(Path::new(&good).join(name)).unwrap();
        let check = |bytes: &[u8]| {
            std::fs::remove_dir_all(&bad).unwrap();
            std::fs::create_dir(&bad).unwrap();
            for other in names.iter().filter(|other| Path::new(&good).join(other).is_file()) {
                std::fs::copy(Path::new(&good).join(other), Path::new(&bad).join(other)).unwrap();
            }
            std::fs::write(Path::new(&bad).join(name), bytes).unwrap();
            if name != SUMS {
                // As if it had been written so: otherwise its checksum alone would be looked at.
                let sums = Path::new(&bad).join(SUMS);
                let changed = |line: &str| match line.split_once("  ") {
                    Some((_, of)) if name == of => format!("{}  {of}\n", hexadecimal(&Sha256::digest(bytes))),
                    _ => format!("{line}\n"),
                };
                let text: String = std::fs::read_to_string(&sums).unwrap().lines().map(changed).collect();
                std::fs::write(&sums, text).unwrap();
            }
            let sampled = call(&["sample", "--model", &bad, "--count", "2", "--nfe", "3", "--out", &out]);
            let resumed = call(&["train", "--data", &data, "--out", &bad, "--steps", "2", "--resume"]);
            let word = |result| ending(result, folder.path(), |_: String| "works".to_owned());
            format!("{} / {}", word(sampled), word(resumed))
        };
        fuzz(&target, vec![original], 1 << 30, check);
    }
}
