//! A struct that becomes a generative model, trained on two moons: `cargo run --example moons` (about a minute).

use candle_core::Device;
use genphys::sampler::{SamplerConfig, sample};
use genphys::training::{TrainConfig, TrainedModel, Trainer};
use genphys::velocity_field::DenoiserField;
use genphys::{data, genphys_pde, pictures, training_loss};
use std::path::Path;

#[genphys_pde("../pdes/yukawa.pde")]
struct Yukawa;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = Yukawa::new(/* m */ 1.0)?;
    let moons = data::load("moons", 0)?;
    let run = Path::new("out/moons");

    let mut trainer =
        Trainer::new(&model, training_loss, "moons", &moons, TrainConfig::for_data(&moons.shape), &Device::Cpu)?;
    for step in 1..=1500 {
        let report = trainer.step()?;
        if step % 250 == 0 {
            println!("step {step}: loss {:.4}", report.denoising()?);
        }
    }
    trainer.save(run)?;

    let trained = TrainedModel::load(&model, run, &Device::Cpu)?;
    let field = DenoiserField::new(&model, &trained.denoiser, moons.dim());
    let config = SamplerConfig { count: 2000, ..SamplerConfig::default() };
    let samples = sample(&model, &field, &trained.statistics.mean, &trained.config.members[0].schedule, &config)?;
    let points: Vec<f32> = samples.points.iter().map(|x| *x as f32).collect();
    let picture = pictures::scatter(&moons.points[..4000], &points)?;
    pictures::save_png(&picture, Path::new("out/moons.png"))?;
    println!("{} evaluations of the network per point; out/moons.png", samples.nfe);
    Ok(())
}
