//! What training, sampling and exact fields cost, beside PyTorch doing the same work on the same machine in the same
//! run.
//!
//! `cargo bench -p genphys --bench speed` prints a table. With Python and torch at hand (`GENPHYS_PYTHON` names the
//! interpreter, `python3` otherwise) each line has PyTorch's time too, the better of eager and compiled, and the ratio
//! of the medians: both sides work in turns. Words after `--` choose lines: `-- train field`, `-- memory`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod side_by_side;

use candle_core::{DType, Device, Tensor};
use genphys::data::ToySet;
use genphys::ema::Ema;
use genphys::exact_field::ExactField;
use genphys::gradients::Gradients;
use genphys::network::{
    Condition, Dense, ImageSize, Layers, LayersBuilder, NetworkConfig, NetworkKind, ParameterStore, Precision, build,
};
use genphys::noise_schedule::NoiseSchedule;
use genphys::optimizer::{Adam, AdamConfig};
use genphys::sampler::{SamplerConfig, sample};
use genphys::seed::{Purpose, stream};
use genphys::velocity_field::{FieldError, FieldValues, VelocityField};
use genphys::{Batch, CleanBatch, GenerativePde, Result, genphys_pde};
use rand::Rng;
use rand_distr::StandardNormal;
use side_by_side::{PEER, Peer, Task, compare, field_queries, python};
use std::process::{Command, Stdio};

/// Examples per step, points per sample run.
const BATCH: usize = 4096;
const SIGMA_DATA: f64 = 0.5;

/// σ = t: the process that the peer runs too.
#[genphys_pde("../../pdes/edm_time.pde")]
struct Diffusion;

#[genphys_pde("../../pdes/poisson.pde")]
struct Poisson;

#[genphys_pde("../../pdes/pfgmpp.pde")]
struct PfgmPlusPlus;

/// The peer's network: 2 + 64 values in, four residual layers of width 256, 280,834 parameters.
struct Mlp(Layers);

impl Mlp {
    fn new(store: &mut ParameterStore) -> Result<Self> {
        let frequencies: Vec<f32> = (0..32).map(|i| 32f32.powf(i as f32 / 31.0)).collect();
        let mut layers = LayersBuilder::default();
        let (x, level) = (layers.input(2), layers.input(1));
        let waves = layers.waves(level, &frequencies);
        let features = layers.join(&[x, waves]);
        let mut hidden = layers.dense(Dense::new("input", features, 256));
        for i in 0..4 {
            let name = format!("layer{i}");
            hidden = layers.dense(Dense { silu: true, residual: Some(hidden), ..Dense::new(name, hidden, 256) });
        }
        let output = layers.dense(Dense { silu: true, ..Dense::new("output", hidden, 2) });
        layers.output(output);
        Ok(Self(layers.build(store, "mlp", Precision::F32)?))
    }

    /// `sigma` is `(batch, 1)`.
    fn denoise(&self, x: &Tensor, sigma: &Tensor) -> Result<Tensor> {
        denoise(x, sigma, |x, level| Ok(self.0.forward(&Tensor::cat(&[x, level], 1)?)?))
    }
}

/// EDM's preconditioning around a network of the scaled points and the noise level; `sigma` is `(batch, 1)`.
fn denoise(x: &Tensor, sigma: &Tensor, network: impl FnOnce(&Tensor, &Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let data = SIGMA_DATA * SIGMA_DATA;
    let total = sigma.sqr()?.affine(1.0, data)?;
    let input = total.sqrt()?.recip()?;
    let output = network(&x.broadcast_mul(&input)?, &sigma.log()?.affine(0.25, 0.0)?)?;
    let skipped = x.broadcast_mul(&total.recip()?.affine(data, 0.0)?)?;
    Ok((output.broadcast_mul(&(sigma * input)?.affine(SIGMA_DATA, 0.0)?)? + skipped)?)
}

/// The squared errors, weighted as in EDM.
fn weighted_errors(batch: &Batch, denoised: &Tensor) -> Result<Tensor> {
    let (variance, data) = (batch.spread.sqr()?, SIGMA_DATA * SIGMA_DATA);
    let weight = variance.affine(1.0, data)?.div(&variance.affine(data, 0.0)?)?;
    Ok((denoised - &batch.y)?.sqr()?.broadcast_mul(&weight)?)
}

impl VelocityField for Mlp {
    fn dim(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let count = x.len() / 2;
        let points = Tensor::from_vec(x.iter().map(|x| *x as f32).collect(), (count, 2), &Device::Cpu)?;
        let clean = self.denoise(&points.detach(), &Tensor::full(sigma as f32, (count, 1), &Device::Cpu)?)?;
        let clean = clean.flatten_all()?.to_vec1::<f32>()?.into_iter().map(f64::from).collect();
        Ok(FieldValues { clean, growth: vec![0.0; count], pace: None })
    }
}

fn train_mlp() -> Box<dyn FnMut()> {
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let (network, pde) = (Mlp::new(&mut store).unwrap(), Diffusion::new().unwrap());
    let mut adam = Adam::new(AdamConfig { clip_norm: f64::INFINITY, ..AdamConfig::default() }, &store).unwrap();
    let ema = Ema::new(&store, 700.0).unwrap();
    let schedule = NoiseSchedule { uniform_fraction: 0.0, ..NoiseSchedule::for_data(SIGMA_DATA) };
    let scale = SIGMA_DATA / ToySet::EightGaussians.mean_and_deviation().1;
    let mut step = 0;
    Box::new(move || {
        let points = ToySet::EightGaussians.draw(BATCH, step).into_iter().map(|x| f64::from(x) * scale).collect();
        let rng = stream(0, Purpose::TrainingStep, step);
        let mut clean = CleanBatch::new(points, &[0.0; 2], &schedule, rng, &Device::Cpu);
        let sigmas = clean.draw_sigmas();
        let batch = Batch::perturb(&pde, &mut clean, &sigmas).unwrap();
        let denoised = network.denoise(&batch.x, &batch.spread).unwrap();
        let error = weighted_errors(&batch, &denoised).unwrap();
        let loss = error.sum_all().unwrap().affine(1.0 / BATCH as f64, 0.0).unwrap();
        let gradients = Gradients::of(&loss, &store).unwrap();
        adam.update(&store, &gradients, 1e-3).unwrap();
        step += 1;
        ema.update(&store, step).unwrap();
    })
}

/// One step of a network for images on 32 images of 28 x 28, by the same loss.
fn train_image(kind: NetworkKind) -> Box<dyn FnMut()> {
    const IMAGES: usize = 32;
    let image = ImageSize { height: 28, width: 28, channels: 1 };
    let width = if kind == NetworkKind::Unet { 32 } else { 128 };
    let depth = if kind == NetworkKind::Unet { 1 } else { 4 };
    let config = NetworkConfig {
        kind,
        dim: image.dim(),
        image: Some(image),
        width,
        depth,
        octaves: 0,
        patch: 4,
        embedding: 128,
        classes: 0,
        growth: false,
        pace: 0,
        precision: Precision::F32,
    };
    let mut store = ParameterStore::new(&Device::Cpu, 0);
    let (network, pde) = (build(&mut store, &config).unwrap(), Diffusion::new().unwrap());
    let mut adam = Adam::new(AdamConfig { clip_norm: f64::INFINITY, ..AdamConfig::default() }, &store).unwrap();
    let ema = Ema::new(&store, 700.0).unwrap();
    let schedule = NoiseSchedule { uniform_fraction: 0.0, ..NoiseSchedule::for_data(SIGMA_DATA) };
    let (mean, ones) = (vec![0.0; image.dim()], Tensor::ones((IMAGES, 1), DType::F32, &Device::Cpu).unwrap());
    let mut step = 0;
    Box::new(move || {
        let mut rng = stream(0, Purpose::TrainingStep, step);
        let points = (0..IMAGES * image.dim()).map(|_| SIGMA_DATA * rng.sample::<f64, _>(StandardNormal)).collect();
        let mut clean = CleanBatch::new(points, &mean, &schedule, rng, &Device::Cpu);
        let sigmas = clean.draw_sigmas();
        let batch = Batch::perturb(&pde, &mut clean, &sigmas).unwrap();
        let loss = || -> Result<Tensor> {
            let denoised = denoise(&batch.x, &batch.spread, |x, level| {
                Ok(network.forward(x, &Condition { level, ratio: &ones, labels: None })?.point)
            })?;
            Ok(weighted_errors(&batch, &denoised)?.mean_all()?)
        };
        let gradients = Gradients::of(&loss().unwrap(), &store).unwrap();
        adam.update(&store, &gradients, 1e-3).unwrap();
        step += 1;
        ema.update(&store, step).unwrap();
    })
}

fn sample_mlp() -> Box<dyn FnMut()> {
    let mut store = ParameterStore::frozen(&Device::Cpu, 0);
    let (network, pde) = (Mlp::new(&mut store).unwrap(), Diffusion::new().unwrap());
    let schedule = NoiseSchedule::for_data(SIGMA_DATA);
    let config = SamplerConfig { count: BATCH, ..SamplerConfig::default() };
    Box::new(move || {
        sample(&pde, &network, &[0.0; 2], &schedule, &config).unwrap();
    })
}

/// All points, or with a tolerance those that matter.
fn field(pde: &'static dyn GenerativePde, dim: usize, tolerance: Option<f64>) -> Box<dyn FnMut()> {
    let (points, x, sigmas) = field_queries(dim);
    let field = match tolerance {
        Some(tolerance) => ExactField::shortlisted(pde, &points, dim, tolerance).unwrap(),
        None => ExactField::new(pde, &points, dim).unwrap(),
    };
    Box::new(move || {
        field.posterior_mean(&x, &sigmas).unwrap();
    })
}

fn draw(pde: &'static dyn GenerativePde) -> Box<dyn FnMut()> {
    let schedule = NoiseSchedule::for_data(SIGMA_DATA);
    let mut step = 0;
    Box::new(move || {
        step += 1;
        let rng = stream(0, Purpose::TrainingStep, step);
        let points = vec![0.0; 2 * BATCH];
        let mut clean = CleanBatch::new(points, &[0.0; 2], &schedule, rng, &Device::Cpu);
        let sigmas = clean.draw_sigmas();
        Batch::perturb(pde, &mut clean, &sigmas).unwrap();
    })
}

fn sgemm() -> Box<dyn FnMut()> {
    let a = Tensor::rand(-1f32, 1f32, (2048, 2048), &Device::Cpu).unwrap();
    Box::new(move || {
        a.matmul(&a).unwrap();
    })
}

fn tasks() -> Vec<Task> {
    let edm: &'static dyn GenerativePde = Box::leak(Box::new(Diffusion::new().unwrap()));
    let poisson: &'static dyn GenerativePde = Box::leak(Box::new(Poisson::new().unwrap()));
    let pfgmpp: &'static dyn GenerativePde = Box::leak(Box::new(PfgmPlusPlus::new(128.0).unwrap()));
    vec![
        Task::new("sgemm 2048", &["sgemm 2048"], move || sgemm()),
        Task::new("train mlp", &["train-mlp eager", "train-mlp compile"], move || train_mlp()),
        Task::new("train unet", &["train-unet eager", "train-unet channels-last"], move || {
            train_image(NetworkKind::Unet)
        }),
        Task::new("train dit", &["train-dit eager", "train-dit compile"], move || train_image(NetworkKind::Dit)),
        Task::new("sample mlp", &["sample-mlp eager", "sample-mlp compile"], move || sample_mlp()),
        Task::new("field N=2 gauss", &["field-2 gauss"], move || field(edm, 2, None)),
        Task::new("field N=2 poisson", &["field-2 poisson"], move || field(poisson, 2, None)),
        Task::new("field N=64 gauss", &["field-64 gauss"], move || field(edm, 64, None)),
        Task::new("field N=64 poisson", &["field-64 poisson"], move || field(poisson, 64, None)),
        Task::new("field N=784 gauss", &["field-784 gauss"], move || field(edm, 784, None)),
        Task::new("field N=784 poisson", &["field-784 poisson"], move || field(poisson, 784, None)),
        Task::new("field N=3072 gauss", &["field-3072 gauss"], move || field(edm, 3072, None)),
        Task::new("field N=2 gauss, shortlist 1e-6", &["field-2 gauss"], move || field(edm, 2, Some(1e-6))),
        Task::new("field N=64 gauss, shortlist 1e-6", &["field-64 gauss"], move || field(edm, 64, Some(1e-6))),
        Task::new("draw gauss", &["draw gauss"], move || draw(edm)),
        Task::new("draw poisson", &["draw poisson"], move || draw(poisson)),
        Task::new("draw pfgmpp", &["draw pfgmpp"], move || draw(pfgmpp)),
    ]
}

/// Mebibytes of a line of `/proc/self/status`; only Linux has it.
fn resident(which: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(which))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// A training step by its name.
fn training(name: &str) -> Option<Box<dyn FnMut()>> {
    match name {
        "train mlp" => Some(train_mlp()),
        "train unet" => Some(train_image(NetworkKind::Unet)),
        "train dit" => Some(train_image(NetworkKind::Dit)),
        _ => None,
    }
}

/// Prints what five steps of a training take at most, beyond the program itself.
fn print_memory_of(name: &str) {
    let before = resident("VmRSS").unwrap_or(f64::NAN);
    let Some(mut step) = training(name) else { return };
    (0..5).for_each(|_| step());
    println!("{}", resident("VmHWM").unwrap_or(f64::NAN) - before);
}

/// A number that a process prints.
fn answer(command: &mut Command) -> Option<f64> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Memory of training steps, each in a process of its own, beside PyTorch's.
fn memory_table(words: &[String], threads: usize) {
    println!("\nmebibytes of a training step at most, beyond the program or Python with torch");
    println!("| work | genphys | PyTorch | ratio |\n|---|---|---|---|");
    for name in ["train mlp", "train unet", "train dit"] {
        if !words.is_empty() && !words.iter().any(|word| format!("memory {name}").contains(word.as_str())) {
            continue;
        }
        let Some(own) =
            std::env::current_exe().ok().and_then(|exe| answer(Command::new(exe).args(["--memory-of", name])))
        else {
            continue;
        };
        let task = name.replace(' ', "-");
        let theirs = answer(python().args([PEER, &threads.to_string(), "memory", &task, "eager"]));
        match theirs {
            Some(theirs) => println!("| {name} | {own:.0} | {theirs:.0} | {:.2} |", theirs / own),
            None => println!("| {name} | {own:.0} | | |"),
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [option, name, ..] = arguments.as_slice()
        && option == "--memory-of"
    {
        return print_memory_of(name);
    }
    let words: Vec<String> = arguments.into_iter().filter(|word| !word.starts_with('-')).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut peer = Peer::start(threads, "cpu");
    println!("{threads} threads");
    compare(tasks(), &words, &mut peer, &|| ());
    memory_table(&words, threads);
}
