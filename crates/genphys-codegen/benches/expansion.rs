//! How long the attribute takes to expand: every shipped equation from its files to tokens, in one process.
//!
//! `cargo bench -p genphys-codegen --bench expansion --profile dev`, the profile in which compilers run macros.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use genphys_codegen::attribute;
use quote::quote;
use std::path::Path;
use std::time::Instant;

const ROUNDS: usize = 20;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut names: Vec<String> = std::fs::read_dir(root.join("pdes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".pde").map(str::to_owned))
        .collect();
    names.sort();
    let mut medians = Vec::new();
    for name in &names {
        let file = format!("pdes/{name}.pde");
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let begun = Instant::now();
                let tokens = attribute::expand(
                    quote!(#file),
                    quote!(
                        struct Model;
                    ),
                    attribute::Site { root: &root, genphys: None, live: None },
                );
                assert!(!tokens.is_empty());
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        medians.push(times[ROUNDS / 2]);
        println!("{name:28} {:8.3} ms", times[ROUNDS / 2]);
    }
    medians.sort_by(f64::total_cmp);
    println!("{:28} {:8.3} ms, largest {:.3} ms", "median", medians[medians.len() / 2], medians[medians.len() - 1]);
}
