//! A network of one's own for a generated equation: `cargo run --example custom_network` (about a minute).
//!
//! The equation gives noisy points and what to learn from them ([`Batch::perturb`]); the sampler takes any
//! [`VelocityField`]. What lies between them, here three layers on Fourier features, is free.

use candle_core::{D, DType, Device, Result as Candle, Tensor};
use candle_nn::{AdamW, Linear, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap, linear};
use genphys::data_statistics::DataStatistics;
use genphys::noise_schedule::NoiseSchedule;
use genphys::sampler::{SamplerConfig, sample};
use genphys::seed::{Purpose, stream};
use genphys::velocity_field::{FieldError, FieldValues, VelocityField};
use genphys::{Batch, CleanBatch, GenerativePde, data, genphys_pde, pictures};
use rand::Rng;
use std::path::Path;

/// φ_t = t ∇²φ: diffusion whose noise level is the time itself.
#[genphys_pde("../pdes/edm_time.pde")]
struct EdmTime;

/// E[y | x, t] with EDM's preconditioning (Karras et al., arXiv 2206.00364).
struct Network {
    layers: [Linear; 3],
    sigma_data: f64,
}

impl Network {
    fn new(parameters: VarBuilder<'_>, sigma_data: f64) -> Candle<Self> {
        let layer = |name: &str, inputs, outputs| linear(inputs, outputs, parameters.pp(name));
        Ok(Self { layers: [layer("a", 2 + 16 + 1, 128)?, layer("b", 128, 128)?, layer("c", 128, 2)?], sigma_data })
    }

    /// `x` is `(batch, 2)`, `sigma` is `(batch, 1)`; the result and EDM's weight of its squared error.
    fn denoise(&self, x: &Tensor, sigma: &Tensor) -> Candle<(Tensor, Tensor)> {
        let data = self.sigma_data * self.sigma_data;
        let total = sigma.sqr()?.affine(1.0, data)?;
        let input = x.broadcast_div(&total.sqrt()?)?;
        let mut features = vec![input.clone(), sigma.log()?.affine(0.25, 0.0)?];
        for octave in 0..4 {
            let phase = input.affine(1.5 * f64::from(1 << octave), 0.0)?;
            features.extend([phase.sin()?, phase.cos()?]);
        }
        let mut hidden = Tensor::cat(&features, D::Minus1)?;
        for layer in &self.layers[..2] {
            hidden = layer.forward(&hidden)?.silu()?;
        }
        let out = (sigma / total.sqrt()?)?.affine(self.sigma_data, 0.0)?;
        let output = self.layers[2].forward(&hidden)?.broadcast_mul(&out)?;
        let clean = (x.broadcast_mul(&total.recip()?.affine(data, 0.0)?)? + output)?;
        Ok((clean, out.sqr()?.recip()?))
    }
}

impl VelocityField for Network {
    fn dim(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let count = x.len() / 2;
        let points = Tensor::from_slice(x, (count, 2), &Device::Cpu)?.to_dtype(DType::F32)?;
        let (clean, _) = self.denoise(&points, &Tensor::full(sigma as f32, (count, 1), &Device::Cpu)?)?;
        let clean = clean.detach().to_dtype(DType::F64)?.flatten_all()?.to_vec1()?;
        Ok(FieldValues { clean, growth: vec![0.0; count], pace: None })
    }
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let model = EdmTime::new()?;
    let moons = data::load("moons", 0)?;
    let statistics = DataStatistics::of(&moons.points, 2)?;
    let schedule = NoiseSchedule::for_data(statistics.sigma_data);
    let parameters = VarMap::new();
    let builder = VarBuilder::from_varmap(&parameters, DType::F32, &Device::Cpu);
    let network = Network::new(builder, statistics.sigma_data)?;
    let mut optimizer = AdamW::new(parameters.all_vars(), ParamsAdamW { lr: 2e-3, ..ParamsAdamW::default() })?;

    for step in 1..=3000u64 {
        let mut rng = stream(0, Purpose::TrainingStep, step);
        let rows = moons.points.len() / 2;
        let chosen = (0..256).map(|_| rng.random_range(0..rows)).collect::<Vec<_>>();
        let points = chosen.iter().flat_map(|i| [2 * i, 2 * i + 1]).map(|i| f64::from(moons.points[i])).collect();
        let (mean, device) = (&statistics.mean, &Device::Cpu);
        let mut clean = CleanBatch::new(points, mean, &schedule, rng, device);
        let sigmas = clean.draw_sigmas();
        let batch = Batch::perturb(&model, &mut clean, &sigmas)?;
        let (estimate, weight) = network.denoise(&batch.x, &batch.spread)?;
        let loss = (estimate - &batch.y)?.sqr()?.broadcast_mul(&weight)?.mean_all()?;
        optimizer.backward_step(&loss)?;
        if step % 500 == 0 {
            println!("step {step}: loss {:.4}", loss.to_scalar::<f32>()?);
        }
    }

    let config = SamplerConfig { count: 2000, ..SamplerConfig::default() };
    let samples = sample(&model, &network, &statistics.mean, &schedule, &config)?;
    let points: Vec<f32> = samples.points.iter().map(|x| *x as f32).collect();
    std::fs::create_dir_all("out")?;
    pictures::save_png(&pictures::scatter(&moons.points[..4000], &points)?, Path::new("out/custom_network.png"))?;
    println!("{}: {} evaluations per point; out/custom_network.png", model.equation(), samples.nfe);
    Ok(())
}
