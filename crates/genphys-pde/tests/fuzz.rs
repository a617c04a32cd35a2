//! Damaged equations: see the crate `genphys-fuzz` for how long and how to repeat it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod examine;

use examine::{SEEDS, WORDS, examine};
use genphys_fuzz::{Counting, Target, files};
use std::path::Path;

#[global_allocator]
static MEMORY: Counting = Counting;

#[test]
fn language() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fuzz");
    let mut seeds: Vec<Vec<u8>> = SEEDS.iter().map(|seed| seed.clone().into_bytes()).collect();
    seeds.extend(files(&kept).unwrap());
    Target { name: "language", seeds, words: WORDS, memory: 256 << 20 }
        .run(examine)
        .unwrap_or_else(|found| panic!("{found}"));
}
