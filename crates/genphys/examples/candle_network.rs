//! A network written with candle-nn beside our MLP, at equal steps, width and depth:
//! `cargo run --release -p genphys --example candle_network` (a minute). Which network it is stands in
//! `tests/own_network/train.rs`, the `src/train.rs` of a model crate.
#![allow(clippy::print_stdout)]

#[path = "../tests/own_network/train.rs"]
#[rustfmt::skip] // As a model crate has it.
#[allow(unreachable_pub)]
mod train;

use std::error::Error;
use std::time::Instant;

use genphys::genphys_pde;

#[genphys_pde("../../pdes/diffusion.pde")]
struct Diffusion;

const STEPS: &str = "600";
const SIZES: [&str; 6] = ["--width", "64", "--depth", "2", "--batch", "64"];

fn main() -> Result<(), Box<dyn Error>> {
    let model = Diffusion::new(1.0)?;
    let call = |arguments: &[&str]| {
        let arguments: Vec<_> = std::iter::once("model").chain(arguments.iter().copied()).map(Into::into).collect();
        genphys::app::run(arguments, &model, train::training_loss, train::NETWORK)
    };
    println!("| network | sliced Wasserstein after {STEPS} steps on the digits | of fresh data | seconds |");
    println!("|---|---|---|---|");
    for net in ["mlp", "own"] {
        let out = format!("out/candle_network/{net}");
        if std::path::Path::new(&out).exists() {
            std::fs::remove_dir_all(&out)?;
        }
        let begun = Instant::now();
        let arguments = ["train", "--data", "digits", "--net", net, "--steps", STEPS, "--out", &out];
        call(&[&arguments[..], &SIZES].concat())?;
        let seconds = begun.elapsed().as_secs();
        let found: serde_json::Value = serde_json::from_str(&call(&["eval", "--model", &out, "--json"])?)?;
        let of = |which: &str| found["quality"][which]["sliced_wasserstein"].as_f64().unwrap_or(f64::NAN);
        println!("| {net} | {:.4} | {:.4} | {seconds} |", of("samples"), of("floor"));
    }
    Ok(())
}
