//! A network written with candle-nn beside our MLP, at equal steps, width and depth:
//! `cargo run --release -p genphys --example candle_network` (some minutes). Which network it is stands in
//! `tests/own_network/train.rs`, the `src/train.rs` of a model crate.

#[path = "../tests/own_network/train.rs"]
#[rustfmt::skip] // As a model crate has it.
#[allow(unreachable_pub)]
mod train;

use std::error::Error;
use std::time::Instant;

use genphys::genphys_pde;

#[genphys_pde("../../pdes/diffusion.pde")]
struct Diffusion;

const STEPS: &str = "1500";

fn main() -> Result<(), Box<dyn Error>> {
    let model = Diffusion::new(1.0)?;
    let call = |arguments: &[&str]| {
        let arguments: Vec<_> = std::iter::once("model").chain(arguments.iter().copied()).map(Into::into).collect();
        genphys::app::run(arguments, &model, train::training_loss, train::NETWORK)
    };
    println!("| data | network | sliced Wasserstein after {STEPS} steps | the same of fresh data | seconds |");
    println!("|---|---|---|---|---|");
    for data in ["moons", "eight-gaussians"] {
        for net in ["mlp", "own"] {
            let out = format!("out/candle_network/{data}-{net}");
            if std::path::Path::new(&out).exists() {
                std::fs::remove_dir_all(&out)?;
            }
            let begun = Instant::now();
            call(&["train", "--data", data, "--net", net, "--steps", STEPS, "--out", &out])?;
            let seconds = begun.elapsed().as_secs();
            let found: serde_json::Value = serde_json::from_str(&call(&["eval", "--model", &out, "--json"])?)?;
            let of = |which: &str| found["quality"][which]["sliced_wasserstein"].as_f64().unwrap_or(f64::NAN);
            println!("| {data} | {net} | {:.4} | {:.4} | {seconds} |", of("samples"), of("floor"));
        }
    }
    Ok(())
}
