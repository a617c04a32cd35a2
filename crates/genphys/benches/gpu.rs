//! What a training step and an exact field cost on a GPU, beside PyTorch doing the same work on the same GPU in the
//! same run.
//!
//! `cargo bench -p genphys --features cudnn --bench gpu` prints a table; without cuDNN (`--features cuda`) convolutions
//! are matrix products. With Python and torch at hand (`GENPHYS_PYTHON` names the interpreter) each line has PyTorch's
//! time too, the best of eager and compiled, channels last or not. Words after `--` choose lines: `-- unet bf16`. A
//! step is all of it: drawing, loss, gradient, Adam, moving average.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod side_by_side;

use candle_core::{Device, Tensor};
use genphys::app::open_device;
use genphys::data::{DataShape, Dataset, Normalisation, load};
use genphys::exact_field::ExactField;
use genphys::network::{NetworkKind, Precision};
use genphys::seed::{Purpose, stream};
use genphys::training::{TrainConfig, Trainer};
use genphys::{GenerativePde, genphys_pde, training_loss};
use rand::Rng;
use rand_distr::StandardNormal;
use side_by_side::{Peer, Task, compare, field_queries};

/// Images per step, and pixels of a side.
const IMAGES: usize = 512;
const SIDE: usize = 32;
/// Points per step in the plane.
const POINTS: usize = 4096;
/// Images to draw from.
const DATA: usize = 8192;
const SIGMA_DATA: f32 = 0.5;

#[genphys_pde("../../pdes/edm_time.pde")]
struct Diffusion;

#[genphys_pde("../../pdes/poisson.pde")]
struct Poisson;

/// Images of normal numbers.
fn noise() -> Dataset {
    let mut rng = stream(0, Purpose::Calibration, 0);
    let points = (0..DATA * SIDE * SIDE).map(|_| SIGMA_DATA * rng.sample::<f32, _>(StandardNormal)).collect();
    let shape = DataShape::Image { height: SIDE, width: SIDE, channels: 1 };
    Dataset::new("noise", points, shape, None, Normalisation::identity()).unwrap()
}

/// A training step of the program that users run.
fn train(kind: NetworkKind, precision: Precision, device: &Device) -> Box<dyn FnMut()> {
    let data = if kind == NetworkKind::Mlp { load("eight-gaussians", 0).unwrap() } else { noise() };
    let usual = TrainConfig::for_network(kind, &data.shape);
    let (batch, width, depth) = match kind {
        NetworkKind::Mlp => (POINTS, 256, 4),
        NetworkKind::Unet | NetworkKind::Dit | NetworkKind::Own => (IMAGES, usual.width, usual.depth),
    };
    let config = TrainConfig { batch, width, depth, precision, ema_half_lives: vec![700.0], ..usual };
    let pde: &'static Diffusion = Box::leak(Box::new(Diffusion::new().unwrap()));
    let mut trainer = Trainer::new(pde, training_loss, "noise", &data, config, device).unwrap();
    Box::new(move || {
        trainer.step().unwrap();
    })
}

/// Posterior means of queries that are on the GPU.
fn field(pde: &dyn GenerativePde, dim: usize, device: &Device) -> Box<dyn FnMut()> {
    let (points, x, sigmas) = field_queries(dim);
    let field = ExactField::new_on(pde, &points, dim, device).unwrap();
    let x = Tensor::from_vec(x, (sigmas.len(), dim), device).unwrap();
    Box::new(move || {
        field.posterior_mean_of(&x, &sigmas).unwrap();
    })
}

fn tasks(device: &Device) -> Vec<Task> {
    let mut tasks = Vec::new();
    for precision in Precision::ALL {
        for (kind, modes) in [
            (NetworkKind::Mlp, &["eager", "compile"][..]),
            (NetworkKind::Unet, &["eager", "channels-last", "compile", "compile-channels-last"]),
            (NetworkKind::Dit, &["eager", "compile"]),
        ] {
            let peer: Vec<String> = modes
                .iter()
                .map(|mode| match kind {
                    NetworkKind::Mlp => format!("train-residual-mlp {mode} {POINTS} 2 {precision}"),
                    _ => format!("train-{kind} {mode} {IMAGES} {SIDE} {precision}"),
                })
                .collect();
            let peer: Vec<&str> = peer.iter().map(String::as_str).collect();
            let device = device.clone();
            tasks.push(Task::new(format!("train {kind} {precision}"), &peer, move || train(kind, precision, &device)));
        }
    }
    for dim in [2, 64, 784, 3072] {
        for law in ["gauss", "poisson"] {
            let device = device.clone();
            tasks.push(Task::new(
                format!("field N={dim} {law}"),
                &[&format!("field-{dim} {law}")],
                move || match law {
                    "gauss" => field(&Diffusion::new().unwrap(), dim, &device),
                    _ => field(&Poisson::new().unwrap(), dim, &device),
                },
            ));
        }
    }
    tasks
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let device = match open_device("cuda") {
        Ok(device) => device,
        Err(reason) => return println!("no GPU to measure: {reason}"),
    };
    let mut peer = Peer::start(1, "cuda");
    compare(tasks(&device), &words, &mut peer, &|| device.synchronize().unwrap());
}
