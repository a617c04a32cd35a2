//! How cost grows: with the batch, the parameters, the dimension, the number of data points, and threads.
//!
//! `cargo bench -p genphys --bench scaling` prints a table. Each line has times at several sizes, and the exponent
//! between the first and the last: 1 where cost is proportional to size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use candle_core::{DType, Device, Tensor};
use genphys::exact_field::ExactField;
use genphys::gradients::Gradients;
use genphys::network::{
    Condition, Dense, ImageSize, LayersBuilder, NetworkConfig, NetworkKind, ParameterStore, Precision, build,
};
use genphys::noise_schedule::NoiseSchedule;
use genphys::optimizer::{Adam, AdamConfig};
use genphys::seed::{Purpose, stream};
use genphys::{Batch, CleanBatch, GenerativePde, genphys_pde};
use rand::Rng;
use rand_distr::StandardNormal;
use std::time::{Duration, Instant};

/// Time that one size takes at least.
const TURN: Duration = Duration::from_millis(600);
const TURNS: usize = 3;

#[genphys_pde("../../pdes/edm_time.pde")]
struct Diffusion;

#[genphys_pde("../../pdes/pfgmpp.pde")]
struct PfgmPlusPlus;

fn normal(count: usize) -> Vec<f32> {
    let mut rng = stream(0, Purpose::Calibration, 0);
    (0..count).map(|_| 0.5 * rng.sample::<f32, _>(StandardNormal)).collect()
}

/// A step of a residual network of five matrix products of this width: forward, backward, Adam.
fn training_step(batch: usize, width: usize) -> Box<dyn FnMut()> {
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let mut layers = LayersBuilder::default();
    let input = layers.input(2);
    let mut hidden = layers.dense(Dense::new("input", input, width));
    for i in 0..5 {
        let layer = Dense::new(format!("layer{i}"), hidden, width);
        hidden = layers.dense(Dense { silu: true, residual: Some(hidden), ..layer });
    }
    let output = layers.dense(Dense::new("output", hidden, 2));
    layers.output(output);
    let network = layers.build(&mut store, "mlp", Precision::F32).unwrap();
    let mut adam = Adam::new(AdamConfig::default(), &store).unwrap();
    let x = Tensor::from_vec(normal(2 * batch), (batch, 2), &Device::Cpu).unwrap();
    Box::new(move || {
        let loss = (network.forward(&x).unwrap() - &x).unwrap().sqr().unwrap().mean_all().unwrap();
        adam.update(&store, &Gradients::of(&loss, &store).unwrap(), 1e-4).unwrap();
    })
}

/// A step of a network for square images of one channel: the U-Net of width 32, or the DiT of width 128 and four blocks
/// on squares of 4 x 4 pixels.
fn image_step(kind: NetworkKind, batch: usize, side: usize) -> Box<dyn FnMut()> {
    let image = ImageSize { height: side, width: side, channels: 1 };
    let unet = kind == NetworkKind::Unet;
    let config = NetworkConfig {
        kind,
        dim: image.dim(),
        image: Some(image),
        width: if unet { 32 } else { 128 },
        depth: if unet { 1 } else { 4 },
        octaves: 0,
        patch: 4,
        embedding: 128,
        classes: 0,
        growth: false,
        pace: 0,
        precision: Precision::F32,
    };
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let network = build(&mut store, &config).unwrap();
    let mut adam = Adam::new(AdamConfig::default(), &store).unwrap();
    let x = Tensor::from_vec(normal(batch * image.dim()), (batch, image.dim()), &Device::Cpu).unwrap();
    let ones = Tensor::ones((batch, 1), DType::F32, &Device::Cpu).unwrap();
    Box::new(move || {
        let condition = Condition { level: &ones, ratio: &ones, labels: None };
        let out = network.forward(&x, &condition).unwrap().point;
        let loss = (out - &x).unwrap().sqr().unwrap().mean_all().unwrap();
        adam.update(&store, &Gradients::of(&loss, &store).unwrap(), 1e-4).unwrap();
    })
}

fn exact_field(queries: usize, points: usize, dim: usize) -> Box<dyn FnMut()> {
    let data = normal(points * dim);
    let x: Vec<f32> = data.iter().cycle().zip(normal(queries * dim)).map(|(y, z)| y + z).collect();
    let field = ExactField::new(&Diffusion::new().unwrap(), &data, dim).unwrap();
    let sigmas = vec![0.5; queries];
    Box::new(move || {
        field.posterior_mean(&x, &sigmas).unwrap();
    })
}

fn perturbations(batch: usize, dim: usize) -> Box<dyn FnMut()> {
    let (pde, schedule, mean) = (PfgmPlusPlus::new(128.0).unwrap(), NoiseSchedule::for_data(0.5), vec![0.0; dim]);
    let mut step = 0;
    Box::new(move || {
        step += 1;
        let rng = stream(0, Purpose::TrainingStep, step);
        let points = vec![0.0; batch * dim];
        let mut clean = CleanBatch::new(points, &mean, &schedule, rng, &Device::Cpu);
        let sigmas = clean.draw_sigmas();
        Batch::perturb(&pde as &dyn GenerativePde, &mut clean, &sigmas).unwrap();
    })
}

/// Milliseconds of one call: the median of some turns.
fn milliseconds(work: &mut dyn FnMut()) -> f64 {
    work();
    let mut turns: Vec<f64> = (0..TURNS)
        .map(|_| {
            let (begun, mut count) = (Instant::now(), 0);
            while begun.elapsed() < TURN {
                work();
                count += 1;
            }
            begun.elapsed().as_secs_f64() * 1e3 / f64::from(count)
        })
        .collect();
    turns.sort_by(f64::total_cmp);
    turns[TURNS / 2]
}

fn line(what: &str, sizes: &[usize], make: impl Fn(usize) -> Box<dyn FnMut()>) {
    let times: Vec<f64> = sizes.iter().map(|size| milliseconds(&mut make(*size))).collect();
    let last = sizes.len() - 1;
    let exponent = (times[last] / times[0]).ln() / (sizes[last] as f64 / sizes[0] as f64).ln();
    let cells: Vec<String> = sizes.iter().zip(&times).map(|(size, time)| format!("{size}: {time:.3}")).collect();
    println!("| {what} | {} | {exponent:.2} |", cells.join(", "));
}

fn main() {
    println!(
        "{} threads; milliseconds\n| work, by | size: time | exponent |\n|---|---|---|",
        rayon::current_num_threads()
    );
    line("training step, by batch (width 256)", &[256, 1024, 4096, 16_384], |n| training_step(n, 256));
    line("training step, by width (batch 1024)", &[64, 128, 256, 512, 1024], |n| training_step(1024, n));
    for (name, kind) in [("U-Net", NetworkKind::Unet), ("DiT", NetworkKind::Dit)] {
        let by_batch = format!("training step of the {name}, by batch (28 x 28 pixels)");
        line(&by_batch, &[8, 32, 128], |n| image_step(kind, n, 28));
        let by_side = format!("training step of the {name}, by side in pixels (batch 16)");
        line(&by_side, &[8, 16, 32, 64], |n| image_step(kind, 16, n));
    }
    line("exact field, by queries (10,000 points, N = 64)", &[256, 1024, 4096], |n| exact_field(n, 10_000, 64));
    line("exact field, by points (1024 queries, N = 64)", &[2500, 10_000, 40_000], |n| exact_field(1024, n, 64));
    line("exact field, by N (512 queries, 10,000 points)", &[16, 64, 256, 1024, 3072], |n| exact_field(512, 10_000, n));
    line("drawing perturbations, by batch (PFGM++, N = 2)", &[1024, 4096, 16_384], |n| perturbations(n, 2));
    line("drawing perturbations, by N (PFGM++, batch 256)", &[2, 64, 784, 3072], |n| perturbations(256, n));
    let steps: Vec<(usize, f64)> = [1, rayon::current_num_threads()]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            (threads, pool.install(|| milliseconds(&mut training_step(4096, 256))))
        })
        .collect();
    let [(_, one), (threads, all)] = steps.as_slice() else { return };
    println!(
        "| training step, by threads (batch 4096, width 256) | 1: {one:.3}, {threads}: {all:.3} | {:.2} |",
        (all / one).ln() / (*threads as f64).ln().max(f64::MIN_POSITIVE)
    );
}
