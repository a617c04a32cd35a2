//! The training loop's body.

use std::path::Path;
use std::time::Instant;

use candle_core::{Device, Tensor};

use super::checkpoint::{TrainingState, ema_prefix, read_statistics, statistics_tensors};
use super::config::{ModelConfig, TrainConfig};
use super::examples::Examples;
use crate::advice::noise_range;
use crate::data::Dataset;
use crate::data_statistics::DataStatistics;
use crate::denoiser::Denoiser;
use crate::ema::Ema;
use crate::error::{Result, RuntimeError};
use crate::generative_pde::{GenerativePde, Spreading};
use crate::gradients::Gradients;
use crate::loss::LossFn;
use crate::network::{ImageSize, NetworkConfig, NetworkKind};
use crate::optimizer::Adam;
use crate::perturb::{CleanBatch, growth_scale};
use crate::run_dir::{CONFIG, Content, EMA, MODEL, OPTIMIZER, RunDir, STATE, STATISTICS, json};
use crate::seed::{Purpose, stream};

/// Width of the embedded noise level in an MLP.
const EMBEDDING: usize = 64;
/// The same in networks for images, which are told their class there as well.
const IMAGE_EMBEDDING: usize = 128;
/// Longer side of the image above which a DiT's tokens are squares of four by four pixels instead of two by two.
const LARGE_PATCHES_ABOVE: usize = 16;
/// Octaves of Fourier features of the coordinates, in few dimensions.
const OCTAVES: usize = 3;
/// Dimension above which coordinates get no Fourier features.
const FOURIER_LIMIT: usize = 16;
/// Examples from which the typical growth is estimated.
const CALIBRATION: usize = 4096;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// Steps done, this one included.
    pub step: u64,
    /// Weighted squared error of the denoiser.
    pub denoising: f64,
    /// Weighted squared error of the growth, where particles are born or die.
    pub growth: Option<f64>,
    /// Norm of the gradient before clipping.
    pub gradient_norm: f64,
}

/// A training in progress.
///
/// The randomness of a step is a function of seed and step, so a training that is saved and resumed ends in the same
/// parameters, to the bit, as one that was never interrupted.
pub struct Trainer<'a> {
    pde: &'a dyn GenerativePde,
    loss: LossFn,
    config: ModelConfig,
    statistics: DataStatistics,
    examples: Examples,
    denoiser: Denoiser,
    adam: Adam,
    averages: Vec<Ema>,
    state: TrainingState,
    device: Device,
}

impl<'a> Trainer<'a> {
    /// A fresh training on `data`, of which a part is held out. `source` is the data as the user named them.
    ///
    /// # Errors
    /// When a setting is out of range or the data do not vary.
    pub fn new(
        pde: &'a dyn GenerativePde,
        loss: LossFn,
        source: &str,
        data: &Dataset,
        training: TrainConfig,
        device: &Device,
    ) -> Result<Self> {
        training.check()?;
        let (train, _) = data.split(training.held_out, training.seed)?;
        let statistics = DataStatistics::of(&train.points, data.dim())?;
        if !pde.dims().contains(&data.dim()) {
            let (name, dims, found) = (pde.name(), pde.dims(), data.dim());
            let wanted = if dims.start() == dims.end() { format!("{}", dims.start()) } else { format!("{dims:?}") };
            let message =
                format!("`{name}` is an equation in {wanted} dimensions, and {} has {found} per example", data.name);
            return Err(RuntimeError::Setting(message));
        }
        let examples = Examples::new(train, &training)?;
        let (schedule, _) = noise_range(pde, &statistics);
        let growth = !pde.growth_is_uniform();
        let growth_scale = if growth {
            let mut rng = stream(training.seed, Purpose::Calibration, 0);
            let points = examples.points(CALIBRATION, &mut rng);
            let (mean, device) = (&statistics.mean, &Device::Cpu);
            growth_scale(pde, &mut CleanBatch { points, labels: None, mean, schedule: &schedule, rng, device })?
        } else {
            1.0
        };
        let kind = training.network;
        let image = if kind == NetworkKind::Mlp { None } else { ImageSize::of(&data.shape) };
        let network = NetworkConfig {
            kind,
            dim: data.dim(),
            image,
            width: training.width,
            depth: training.depth,
            octaves: if kind == NetworkKind::Mlp && data.dim() <= FOURIER_LIMIT { OCTAVES } else { 0 },
            patch: match image {
                Some(image) if kind == NetworkKind::Dit && image.height.max(image.width) > LARGE_PATCHES_ABOVE => 4,
                Some(_) if kind == NetworkKind::Dit => 2,
                _ => 0,
            },
            embedding: if kind == NetworkKind::Mlp { EMBEDDING } else { IMAGE_EMBEDDING },
            classes: examples.classes(),
            growth,
            pace: match pde.spreading() {
                Spreading::SelfSimilar => 0,
                Spreading::Radial => 1,
                Spreading::PerCoordinate => data.dim(),
            },
        };
        let config = ModelConfig {
            pde: pde.name().to_owned(),
            equation: pde.equation().to_owned(),
            params: pde.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            data: source.to_owned(),
            data_name: data.name.clone(),
            shape: data.shape.clone(),
            normalisation: data.normalisation.clone(),
            sigma_data: statistics.sigma_data,
            whitened_norm: statistics.whitened_norm,
            whitened_deviation: statistics.whitened_deviation,
            growth_scale,
            schedule,
            network,
            class_names: if training.conditional { data.class_names.clone() } else { Vec::new() },
            training,
        };
        Self::assemble(pde, loss, config, statistics, examples, device)
    }

    /// Continues the training in the folder `path`, on the same `data`.
    ///
    /// # Errors
    /// When there is none, a file is damaged, or equation or data differ.
    pub fn resume(
        pde: &'a dyn GenerativePde,
        loss: LossFn,
        path: &Path,
        data: &Dataset,
        device: &Device,
    ) -> Result<Self> {
        let run = RunDir::open(path)?;
        let config: ModelConfig = run.read_json(CONFIG)?;
        config.check_pde(pde)?;
        let (train, _) = data.split(config.training.held_out, config.training.seed)?;
        let statistics = read_statistics(&run, &config)?;
        if data.shape != config.shape || DataStatistics::of(&train.points, data.dim())? != statistics {
            let (old, new) = (&config.data_name, &data.name);
            return Err(RuntimeError::Setting(format!(
                "a training goes on with the data it was begun with: begun with {old}, found {new}, which differs from it"
            )));
        }
        let examples = Examples::new(train, &config.training)?;
        let mut trainer = Self::assemble(pde, loss, config, statistics, examples, device)?;
        trainer.state = run.read_json(STATE)?;
        trainer.denoiser.parameters().import(&run.read_tensors(MODEL)?, "", &run.file(MODEL))?;
        let averages = run.read_tensors(EMA)?;
        for (index, ema) in trainer.averages.iter().enumerate() {
            ema.average().import(&averages, &ema_prefix(index, ema.half_life()), &run.file(EMA))?;
        }
        let moments = run.read_tensors(OPTIMIZER)?;
        trainer.adam.first_moments().import(&moments, "first.", &run.file(OPTIMIZER))?;
        trainer.adam.second_moments().import(&moments, "second.", &run.file(OPTIMIZER))?;
        trainer.adam.resume_at(trainer.state.step);
        Ok(trainer)
    }

    fn assemble(
        pde: &'a dyn GenerativePde,
        loss: LossFn,
        config: ModelConfig,
        statistics: DataStatistics,
        examples: Examples,
        device: &Device,
    ) -> Result<Self> {
        let seed = config.training.seed;
        let denoiser = Denoiser::new(pde, &statistics, &config.network, config.growth_scale, seed, device)?;
        let adam = Adam::new(config.training.adam.clone(), denoiser.parameters())?;
        let half_lives = &config.training.ema_half_lives;
        let averages =
            half_lives.iter().map(|half_life| Ema::new(denoiser.parameters(), *half_life)).collect::<Result<_>>()?;
        let (state, device) = (TrainingState::default(), device.clone());
        Ok(Self { pde, loss, config, statistics, examples, denoiser, adam, averages, state, device })
    }

    /// One training step: draw, loss, gradient, update, moving averages. A step of several parts sums their gradients.
    ///
    /// # Errors
    /// When the loss or its gradient is not finite.
    pub fn step(&mut self) -> Result<StepReport> {
        let begun = Instant::now();
        let parts = self.config.training.accumulate;
        let share = 1.0 / parts as f64;
        let mut gradients: Option<Gradients> = None;
        let (mut denoising, mut growth) = (0.0, None);
        for part in 0..parts {
            let loss = (self.loss)(self.pde, &self.denoiser, &mut self.draw(part))?;
            let of_part =
                if parts == 1 { self.gradient(&loss.total)? } else { self.gradient(&loss.total.affine(share, 0.0)?)? };
            match &mut gradients {
                Some(sum) => sum.add(of_part)?,
                None => gradients = Some(of_part),
            }
            denoising += share * f64::from(loss.denoising.to_scalar::<f32>()?);
            if let Some(of_part) = loss.growth {
                growth = Some(growth.unwrap_or(0.0) + share * f64::from(of_part.to_scalar::<f32>()?));
            }
        }
        if !denoising.is_finite() {
            return Err(RuntimeError::Diverged { step: self.state.step, what: "loss" });
        }
        let gradient_norm = match gradients {
            Some(gradients) => self.update(&gradients)?,
            None => 0.0,
        };
        self.state.seconds += begun.elapsed().as_secs_f64();
        Ok(StepReport { step: self.state.step, denoising, growth, gradient_norm })
    }

    /// The data points of one part of the next step, counted from zero, with its random stream.
    pub fn draw(&self, part: u64) -> CleanBatch<'_> {
        let training = &self.config.training;
        let index = self.state.step * training.accumulate + part;
        let mut rng = stream(training.seed, Purpose::TrainingStep, index);
        let (points, labels) = self.examples.draw(training.batch, &mut rng);
        let (mean, schedule) = (&self.statistics.mean, &self.config.schedule);
        CleanBatch { points, labels, mean, schedule, rng, device: &self.device }
    }

    /// Gradient of a loss with respect to the network's parameters.
    ///
    /// # Errors
    /// When the loss is not a differentiable scalar.
    pub fn gradient(&self, loss: &Tensor) -> Result<Gradients> {
        Gradients::of(loss, self.denoiser.parameters())
    }

    /// Changes the parameters against the gradient, takes them into the moving averages, and counts the step. Returns
    /// the gradient's norm before clipping.
    ///
    /// # Errors
    /// When the gradient is not finite.
    pub fn update(&mut self, gradients: &Gradients) -> Result<f64> {
        let rate = self.config.training.learning_rate_at(self.state.step);
        let norm = self.adam.update(self.denoiser.parameters(), gradients, rate)?;
        if !norm.is_finite() {
            return Err(RuntimeError::Diverged { step: self.state.step, what: "gradient" });
        }
        self.state.step += 1;
        for ema in &self.averages {
            ema.update(self.denoiser.parameters(), self.state.step)?;
        }
        Ok(norm)
    }

    /// Writes a checkpoint into the folder `path`, replacing the last one as a whole.
    ///
    /// # Errors
    /// When the disk is full or not writable.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut moments = self.adam.first_moments().export("first.")?;
        moments.extend(self.adam.second_moments().export("second.")?);
        let mut averages = std::collections::HashMap::new();
        for (index, ema) in self.averages.iter().enumerate() {
            averages.extend(ema.average().export(&ema_prefix(index, ema.half_life()))?);
        }
        RunDir::create(path)?.write(vec![
            (CONFIG, json(&self.config)?),
            (STATISTICS, Content::Tensors(statistics_tensors(&self.statistics)?)),
            (MODEL, Content::Tensors(self.denoiser.parameters().export("")?)),
            (EMA, Content::Tensors(averages)),
            (OPTIMIZER, Content::Tensors(moments)),
            (STATE, json(&self.state)?),
        ])
    }

    /// The run's settings.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// How far the training is.
    pub fn state(&self) -> &TrainingState {
        &self.state
    }

    /// The network with the parameters of the last step, not their averages.
    pub fn denoiser(&self) -> &Denoiser {
        &self.denoiser
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::training_loss;
    use crate::oracle::{Heat, Poisson, Yukawa};
    use crate::run_dir;

    fn small() -> TrainConfig {
        let shape = crate::data::DataShape::Vector { dim: 2, names: None };
        TrainConfig { seed: 4, batch: 64, width: 32, depth: 1, ..TrainConfig::for_data(&shape) }
    }

    #[test]
    fn resuming_is_exact_to_the_bit() -> Result<()> {
        let pde = Yukawa { m: 1.0 };
        let data = crate::data::load("moons", 0)?;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let (straight, parts) = (folder.path().join("straight"), folder.path().join("parts"));
        let mut trainer = Trainer::new(&pde, training_loss, "moons", &data, small(), &Device::Cpu)?;
        for _ in 0..10 {
            trainer.step()?;
        }
        trainer.save(&straight)?;
        let mut trainer = Trainer::new(&pde, training_loss, "moons", &data, small(), &Device::Cpu)?;
        for _ in 0..5 {
            trainer.step()?;
        }
        trainer.save(&parts)?;
        let mut trainer = Trainer::resume(&pde, training_loss, &parts, &data, &Device::Cpu)?;
        for _ in 0..5 {
            trainer.step()?;
        }
        trainer.save(&parts)?;
        for name in [run_dir::CONFIG, run_dir::STATISTICS, run_dir::MODEL, run_dir::EMA, run_dir::OPTIMIZER] {
            let read = |path: &Path| std::fs::read(path.join(name)).map_err(RuntimeError::io("cannot read", path));
            assert!(read(&straight)? == read(&parts)?, "{name} differs");
        }
        Ok(())
    }

    #[test]
    fn another_equation_or_other_data_are_refused() -> Result<()> {
        let data = crate::data::load("moons", 0)?;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        Trainer::new(&Heat, training_loss, "moons", &data, small(), &Device::Cpu)?.save(folder.path())?;
        let resumed = Trainer::resume(&Poisson, training_loss, folder.path(), &data, &Device::Cpu);
        assert!(resumed.is_err_and(|error| error.to_string().contains("another equation")));
        let other = crate::data::load("checkerboard", 0)?;
        let resumed = Trainer::resume(&Heat, training_loss, folder.path(), &other, &Device::Cpu);
        assert!(resumed.is_err_and(|error| error.to_string().contains("checkerboard")));
        Ok(())
    }

    #[test]
    fn the_loss_falls() -> Result<()> {
        let data = crate::data::load("moons", 0)?;
        for pde in [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }] {
            let mut trainer = Trainer::new(pde, training_loss, "moons", &data, small(), &Device::Cpu)?;
            // The same points and the same noise before and after.
            let fixed = |trainer: &Trainer| -> Result<(f32, f32)> {
                let mut clean = trainer.draw(0);
                clean.rng = stream(9, Purpose::Calibration, 9);
                clean.points = trainer.examples.points(2048, &mut clean.rng);
                let loss = training_loss(pde, trainer.denoiser(), &mut clean)?;
                let growth = loss.growth.map_or(Ok(0.0), |growth| growth.to_scalar::<f32>())?;
                Ok((loss.denoising.to_scalar::<f32>()?, growth))
            };
            let before = fixed(&trainer)?;
            for _ in 0..200 {
                trainer.step()?;
            }
            let after = fixed(&trainer)?;
            assert!(after.0 < 0.99 * before.0, "{}: {before:?} to {after:?}", pde.name());
            assert!(pde.conserves_particles() || after.1 < 0.8 * before.1, "growth: {before:?} to {after:?}");
        }
        Ok(())
    }
}
