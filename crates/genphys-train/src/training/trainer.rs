//! The training loop's body.

use std::path::Path;
use std::time::Instant;

use candle_core::{Device, Tensor};

use super::checkpoint::{TrainingState, ema_prefix, read_statistics, statistics_tensors};
use super::config::image_size;
use super::config::{Member, ModelConfig, TrainConfig, owned_params};
use super::examples::Examples;
use super::report::StepReport;
use crate::advice::noise_range;
use crate::denoiser::Denoiser;
use crate::error::{Result, RuntimeError};
use crate::loss::LossFn;
use crate::memory::check_training;
use crate::perturb::{CleanBatch, growth_scale};
use crate::resident::perturbs_on_gpu;
use crate::run_dir::{CONFIG, Content, EMA, MODEL, OPTIMIZER, RunDir, RunLock, STATE, STATISTICS, json};
use genphys_data::Dataset;
use genphys_data::statistics::DataStatistics;
use genphys_flow::{GenerativePde, Spreading};
use genphys_nn::ema::Ema;
use genphys_nn::gradients::Gradients;
use genphys_nn::network::{NetworkConfig, NetworkKind, ParameterStore};
use genphys_nn::optimizer::Adam;
use genphys_numeric::seed::{Purpose, stream};

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
/// Examples from which the typical growth is estimated, and most of their values at a time.
const CALIBRATION: usize = 4096;
const CALIBRATION_VALUES: usize = 1 << 22;

/// Steps between two looks at whether a GPU has seen a gradient that is not finite. Each waits for the GPU.
const CHECK_EVERY: u64 = 50;

/// A training in progress.
///
/// The randomness of a step is a function of seed and step, so a training that is saved and resumed ends in the same
/// parameters, to the bit, as one that was never interrupted.
pub struct Trainer<'a> {
    /// The equations that are learned, mostly one, each with its view of the one network.
    equations: Vec<(&'a dyn GenerativePde, Denoiser)>,
    loss: LossFn,
    config: ModelConfig,
    statistics: DataStatistics,
    examples: Examples,
    /// The data on a CUDA device, where it perturbs them too.
    resident: Option<Tensor>,
    adam: Adam,
    averages: Vec<Ema>,
    state: TrainingState,
    device: Device,
    /// When a GPU was asked for the first step since it was last waited for, and the seconds of training before.
    since: Option<(Instant, f64)>,
    /// The folder of the last checkpoint, which no other training writes to as long as this one lives.
    lock: Option<RunLock>,
    /// The step of that checkpoint.
    saved: Option<u64>,
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
        Self::jointly(&[pde], loss, source, data, training, device)
    }

    /// A fresh training of one network for several equations, the same one with other values of its parameters. They
    /// take turns, a batch each, and the network is told which it is as it would be told a class.
    ///
    /// # Errors
    /// When a setting is out of range, the data do not vary, or the network should learn classes too.
    pub fn jointly(
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        source: &str,
        data: &Dataset,
        training: TrainConfig,
        device: &Device,
    ) -> Result<Self> {
        training.check()?;
        let [pde, others @ ..] = pdes else {
            return Err(RuntimeError::Setting("there is no equation to learn".into()));
        };
        let differs = |other: &&dyn GenerativePde| other.equation() != pde.equation() || other.dims() != pde.dims();
        if others.iter().any(differs) {
            return Err(RuntimeError::Setting("one network learns one equation with several values only".into()));
        }
        if training.conditional && !others.is_empty() {
            return Err(RuntimeError::Setting("one network cannot learn several values and classes too".into()));
        }
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
        let growth = !pde.growth_is_uniform();
        let member = |pde: &dyn GenerativePde| -> Result<Member> {
            let (schedule, _) = noise_range(pde, &statistics);
            let growth_scale = if growth {
                let mut rng = stream(training.seed, Purpose::Calibration, 0);
                // In portions: of large points all at once would take more room than the training.
                let portion = (CALIBRATION_VALUES / data.dim()).clamp(1, CALIBRATION);
                let (mut left, mut squares) = (CALIBRATION, 0.0);
                while left > 0 {
                    let count = portion.min(left);
                    let points = examples.points(count, &mut rng);
                    let mut clean = CleanBatch::new(points, &statistics.mean, &schedule, rng, &Device::Cpu);
                    squares += growth_scale(pde, &mut clean)?.powi(2) * count as f64;
                    (rng, left) = (clean.rng, left - count);
                }
                (squares / CALIBRATION as f64).sqrt()
            } else {
                1.0
            };
            Ok(Member { params: owned_params(pde), schedule, growth_scale })
        };
        let members = pdes.iter().map(|pde| member(*pde)).collect::<Result<Vec<_>>>()?;
        let first = members[0].clone();
        let members = if others.is_empty() { Vec::new() } else { members };
        let kind = training.network;
        let image = if kind == NetworkKind::Mlp { None } else { image_size(&data.shape) };
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
            classes: examples.classes().max(members.len()),
            growth,
            pace: match pde.spreading() {
                Spreading::SelfSimilar => 0,
                Spreading::Radial => 1,
                Spreading::PerCoordinate => data.dim(),
            },
            precision: training.precision,
        };
        let config = ModelConfig {
            pde: pde.name().to_owned(),
            equation: pde.equation().to_owned(),
            params: first.params,
            data: source.to_owned(),
            data_name: data.name.clone(),
            reading: data.reading.clone(),
            shape: data.shape.clone(),
            normalisation: data.normalisation.clone(),
            sigma_data: statistics.sigma_data,
            whitened_norm: statistics.whitened_norm,
            whitened_deviation: statistics.whitened_deviation,
            growth_scale: first.growth_scale,
            schedule: first.schedule,
            network,
            class_names: if training.conditional { data.class_names.clone() } else { Vec::new() },
            training,
            members,
        };
        let store = ParameterStore::new(device, config.training.seed);
        Self::assemble(pdes, loss, config, statistics, examples, store)
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
        Self::resume_jointly(&[pde], loss, path, data, device)
    }

    /// Continues the training of several equations in the folder `path`, on the same `data`.
    ///
    /// # Errors
    /// When there is none, a file is damaged, or equations or data differ.
    pub fn resume_jointly(
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        path: &Path,
        data: &Dataset,
        device: &Device,
    ) -> Result<Self> {
        Self::resume_in(RunLock::take(path)?, pdes, loss, data, device)
    }

    /// The same in a folder that is taken already.
    ///
    /// # Errors
    /// When there is no training in it, a file is damaged, or equations or data differ.
    pub fn resume_in(
        lock: RunLock,
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        data: &Dataset,
        device: &Device,
    ) -> Result<Self> {
        let run = RunDir::open(lock.path())?;
        run.verify()?;
        let config = ModelConfig::read(&run)?;
        for pde in pdes {
            config.check_pde(*pde)?;
        }
        let numbers = pdes.iter().map(|pde| config.member(*pde)).collect::<Vec<_>>();
        let expected = (0..config.members.len() as u32).map(Some).collect::<Vec<_>>();
        if pdes.len() != 1.max(config.members.len()) || !config.members.is_empty() && numbers != expected {
            let message = "a training of several values goes on with those it was begun with, in their order";
            return Err(RuntimeError::Setting(message.into()));
        }
        let (train, _) = data.split(config.training.held_out, config.training.seed)?;
        let statistics = read_statistics(&run, &config)?;
        if data.shape != config.shape || DataStatistics::of(&train.points, data.dim())? != statistics {
            let (old, new) = (&config.data_name, &data.name);
            return Err(RuntimeError::Setting(format!(
                "a training goes on with the data it was begun with: begun with {old}, found {new}, which differs from it"
            )));
        }
        let examples = Examples::new(train, &config.training)?;
        let tensors = run.read_tensors(MODEL)?;
        let store = ParameterStore::new(device, config.training.seed).to_be_read(&tensors, "", &run.file(MODEL));
        let mut trainer = Self::assemble(pdes, loss, config, statistics, examples, store)?;
        trainer.state = TrainingState::read(&run)?;
        trainer.denoiser().parameters().import(&tensors, "", &run.file(MODEL))?;
        let averages = run.read_tensors(EMA)?;
        for (index, ema) in trainer.averages.iter().enumerate() {
            ema.average().import(&averages, &ema_prefix(index, ema.half_life()), &run.file(EMA))?;
        }
        let moments = run.read_tensors(OPTIMIZER)?;
        trainer.adam.first_moments().import(&moments, "first.", &run.file(OPTIMIZER))?;
        trainer.adam.second_moments().import(&moments, "second.", &run.file(OPTIMIZER))?;
        trainer.adam.resume_at(trainer.state.step);
        trainer.lock = Some(lock);
        trainer.saved = Some(trainer.state.step);
        Ok(trainer)
    }

    fn assemble(
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        config: ModelConfig,
        statistics: DataStatistics,
        examples: Examples,
        store: ParameterStore,
    ) -> Result<Self> {
        check_training(&config, store.device())?;
        let seed = config.training.seed;
        let device = store.device().clone();
        let [pde, others @ ..] = pdes else {
            return Err(RuntimeError::Setting("there is no equation to learn".into()));
        };
        let denoiser = Denoiser::with_parameters(*pde, &statistics, &config.network, config.growth_scale, store)?;
        let adam = Adam::new(config.training.adam.clone(), denoiser.parameters())?;
        let half_lives = &config.training.ema_half_lives;
        let averages = half_lives
            .iter()
            .map(|half_life| Ok(Ema::new(denoiser.parameters(), *half_life)?))
            .collect::<Result<_>>()?;
        let mut equations = vec![(*pde, denoiser)];
        for (pde, member) in others.iter().zip(config.members.iter().skip(1)) {
            let denoiser = equations[0].1.for_equation(*pde, &statistics, member.growth_scale)?;
            equations.push((*pde, denoiser));
        }
        let mut rng = stream(seed, Purpose::Calibration, 0);
        let on_gpu = device.is_cuda() && pdes.iter().all(|pde| perturbs_on_gpu(*pde, statistics.dim(), &mut rng));
        let resident = on_gpu.then(|| examples.resident(&device)).flatten();
        Ok(Self {
            equations,
            loss,
            config,
            statistics,
            examples,
            resident,
            adam,
            averages,
            state: TrainingState::default(),
            device,
            since: None,
            lock: None,
            saved: None,
        })
    }

    /// One training step: draw, loss, gradient, update, moving averages. A step of several parts sums their gradients.
    ///
    /// A CUDA device is told what to do and not waited for, but for once in a while: the host runs ahead of it. A
    /// gradient that is not finite stops it from changing anything, and is an error of a later step or of
    /// [`save`](Self::save).
    ///
    /// # Errors
    /// When the loss or its gradient is not finite.
    pub fn step(&mut self) -> Result<StepReport> {
        let begun = self.since.unwrap_or((Instant::now(), self.state.seconds));
        let parts = self.config.training.accumulate;
        let share = 1.0 / parts as f64;
        let mut gradients: Option<Gradients> = None;
        let mut report = StepReport::new(self.state.step + 1);
        for part in 0..parts {
            let (pde, denoiser) = &self.equations[self.turn(part)];
            let loss = (self.loss)(*pde, denoiser, &mut self.draw(part))?;
            let of_part =
                if parts == 1 { self.gradient(&loss.total)? } else { self.gradient(&loss.total.affine(share, 0.0)?)? };
            match &mut gradients {
                Some(sum) => sum.add(of_part)?,
                None => gradients = Some(of_part),
            }
            report.add(&loss);
        }
        let runs_ahead = self.device.is_cuda();
        if !runs_ahead {
            report.denoising()?;
        }
        if let Some(gradients) = gradients {
            report = report.with_gradient_norm(self.update(&gradients)?);
        }
        self.state.seconds = begun.1 + begun.0.elapsed().as_secs_f64();
        self.since = runs_ahead.then_some(begun);
        if self.state.step.is_multiple_of(CHECK_EVERY) {
            self.check()?;
        }
        Ok(report)
    }

    /// Waits for a GPU, and looks whether one of the gradients up to now was not finite.
    ///
    /// The time of its steps is taken from one such wait to the next, whoever asks for their numbers in between: what a
    /// step takes the host says little. It does not include what comes after a wait and before the next step, such as
    /// writing a checkpoint.
    fn check(&mut self) -> Result<()> {
        let failed = self.adam.failed_step()?;
        if let Some((begun, before)) = self.since.take() {
            self.state.seconds = before + begun.elapsed().as_secs_f64();
        }
        failed.map_or(Ok(()), |step| Err(RuntimeError::Diverged { step, what: "gradient" }))
    }

    /// The data points of one part of the next step, counted from zero, with its random stream.
    pub fn draw(&self, part: u64) -> CleanBatch<'_> {
        let training = &self.config.training;
        let mut rng = stream(training.seed, Purpose::TrainingStep, self.part_number(part));
        let (points, resident, labels) = match &self.resident {
            Some(data) => {
                let (rows, labels) = self.examples.draw_resident(data, training.batch, &mut rng);
                (Vec::new(), Some(rows), labels)
            }
            None => {
                let (points, labels) = self.examples.draw(training.batch, &mut rng);
                (points, None, labels)
            }
        };
        let turn = self.turn(part);
        let (schedule, labels) = match self.config.members.get(turn) {
            Some(member) => (&member.schedule, Some(vec![turn as u32; training.batch])),
            None => (&self.config.schedule, labels),
        };
        CleanBatch { points, resident, labels, mean: &self.statistics.mean, schedule, rng, device: &self.device }
    }

    /// Parts of steps before this one of the next step.
    fn part_number(&self, part: u64) -> u64 {
        self.state.step * self.config.training.accumulate + part
    }

    /// Which equation has its turn. A function of the step alone, so that a resumed training goes on as an
    /// uninterrupted one.
    fn turn(&self, part: u64) -> usize {
        (self.part_number(part) % self.equations.len() as u64) as usize
    }

    /// Gradient of a loss with respect to the network's parameters.
    ///
    /// # Errors
    /// When the loss is not a differentiable scalar.
    pub fn gradient(&self, loss: &Tensor) -> Result<Gradients> {
        Ok(Gradients::of(loss, self.denoiser().parameters())?)
    }

    /// Changes the parameters against the gradient, takes them into the moving averages, and counts the step. Returns
    /// the gradient's norm before clipping, a scalar.
    ///
    /// # Errors
    /// When the gradient is not finite; on a CUDA device that is found out later.
    pub fn update(&mut self, gradients: &Gradients) -> Result<Tensor> {
        let rate = self.config.training.learning_rate_at(self.state.step);
        let norm = self.adam.update(self.equations[0].1.parameters(), gradients, rate)?;
        if !self.device.is_cuda() && !norm.to_scalar::<f64>()?.is_finite() {
            return Err(RuntimeError::Diverged { step: self.state.step, what: "gradient" });
        }
        self.state.step += 1;
        for ema in &self.averages {
            ema.update_unless(self.denoiser().parameters(), self.state.step, self.adam.failure())?;
        }
        Ok(norm)
    }

    /// Writes a checkpoint into the folder `path`, replacing the last one as a whole; nothing if that is of this step.
    /// From then on the folder is this training's own.
    ///
    /// # Errors
    /// When a gradient was not finite, another training writes into the folder, or the disk is full or not writable;
    /// the last checkpoint is then still there.
    pub fn save(&mut self, path: &Path) -> Result<()> {
        match &self.lock {
            Some(lock) if lock.path() == path => {}
            _ => self.keep_in(RunLock::take(path)?),
        }
        self.check()?;
        if self.saved == Some(self.state.step) {
            return Ok(());
        }
        let mut moments = self.adam.first_moments().export("first.")?;
        moments.extend(self.adam.second_moments().export("second.")?);
        let mut averages = std::collections::HashMap::new();
        for (index, ema) in self.averages.iter().enumerate() {
            averages.extend(ema.average().export(&ema_prefix(index, ema.half_life()))?);
        }
        let files = vec![
            (CONFIG, json(&self.config)?),
            (STATISTICS, Content::Tensors(statistics_tensors(&self.statistics)?)),
            (MODEL, Content::Tensors(self.denoiser().parameters().export("")?)),
            (EMA, Content::Tensors(averages)),
            (OPTIMIZER, Content::Tensors(moments)),
            (STATE, json(&self.state)?),
        ];
        if let Some(lock) = &self.lock {
            lock.write(files)?;
        }
        self.saved = Some(self.state.step);
        Ok(())
    }

    /// Lets checkpoints go to a folder that is taken already.
    pub fn keep_in(&mut self, lock: RunLock) {
        self.lock = Some(lock);
        self.saved = None;
    }

    /// The step of the last checkpoint in the folder that they go to.
    pub fn saved_step(&self) -> Option<u64> {
        self.saved
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
        &self.equations[0].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::training_loss;
    use crate::run_dir;
    use crate::training::TrainedModel;
    use genphys_cuda_emulator::test_devices;
    use genphys_flow::fixture::{Heat, Poisson, Yukawa};
    use genphys_nn::network::Precision;

    fn small() -> TrainConfig {
        let shape = genphys_data::DataShape::Vector { dim: 2, names: None };
        TrainConfig { seed: 4, batch: 64, width: 32, depth: 1, ..TrainConfig::for_data(&shape) }
    }

    #[test]
    fn resuming_is_exact_to_the_bit() -> Result<()> {
        let data = genphys_data::load("moons", 0)?;
        for device in test_devices() {
            for pde in [&Heat as &dyn GenerativePde, &Yukawa { m: 1.0 }] {
                let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
                let (straight, parts) = (folder.path().join("straight"), folder.path().join("parts"));
                let trained = |steps: u64, to: &Path| -> Result<()> {
                    let mut trainer = Trainer::new(pde, training_loss, "moons", &data, small(), &device)?;
                    (0..steps).try_for_each(|_| trainer.step().map(|_| ()))?;
                    trainer.save(to)
                };
                trained(10, &straight)?;
                trained(5, &parts)?;
                let mut trainer = Trainer::resume(pde, training_loss, &parts, &data, &device)?;
                (0..5).try_for_each(|_| trainer.step().map(|_| ()))?;
                trainer.save(&parts)?;
                for name in [run_dir::CONFIG, run_dir::STATISTICS, run_dir::MODEL, run_dir::EMA, run_dir::OPTIMIZER] {
                    let read =
                        |path: &Path| std::fs::read(path.join(name)).map_err(RuntimeError::io("cannot read", path));
                    assert!(read(&straight)? == read(&parts)?, "{}, {device:?}: {name} differs", pde.name());
                }
            }
        }
        Ok(())
    }

    /// On a CUDA device the host learns later that a gradient was not finite.
    #[test]
    fn a_failure_that_was_noted_is_told_with_its_step() -> Result<()> {
        let data = genphys_data::load("moons", 0)?;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let mut trainer = Trainer::new(&Heat, training_loss, "moons", &data, small(), &Device::Cpu)?;
        trainer.adam.note_failure(0)?;
        for _ in 1..CHECK_EVERY {
            trainer.step()?;
        }
        trainer.save(folder.path())?;
        trainer.adam.note_failure(4)?;
        let diverged = |error: &RuntimeError| matches!(error, RuntimeError::Diverged { step: 3, what: "gradient" });
        assert!(trainer.save(folder.path()).is_err_and(|error| diverged(&error)));
        // It is looked for at this step, and not at the next.
        assert!(trainer.step().is_err_and(|error| diverged(&error)));
        assert!(trainer.step().is_ok());
        Ok(())
    }

    #[test]
    fn reports_name_the_step_that_was_not_finite() -> Result<()> {
        let scalar = |value: f32| Tensor::new(value, &Device::Cpu);
        let mut report = StepReport::new(8);
        for (denoising, growth) in [(1.0, 5.0), (2.0, 7.0)] {
            report.add(&crate::loss::TrainingLoss::new(scalar(denoising)?, Some(scalar(growth)?), None)?);
        }
        let report = report.with_gradient_norm(scalar(f32::INFINITY)?);
        assert_eq!((report.denoising()?, report.growth()?), (1.5, Some(6.0)));
        let diverged = report.gradient_norm();
        assert!(matches!(diverged, Err(RuntimeError::Diverged { step: 7, what: "gradient" })));
        Ok(())
    }

    #[test]
    fn one_network_learns_several_values() -> Result<()> {
        let pdes = [0.5, 2.0].map(|m| Yukawa { m });
        let pdes = [&pdes[0] as &dyn GenerativePde, &pdes[1]];
        let data = genphys_data::load("moons", 0)?;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        let (straight, parts) = (folder.path().join("straight"), folder.path().join("parts"));
        let mut trainer = Trainer::jointly(&pdes, training_loss, "moons", &data, small(), &Device::Cpu)?;
        for _ in 0..7 {
            trainer.step()?;
        }
        trainer.save(&straight)?;
        let mut trainer = Trainer::jointly(&pdes, training_loss, "moons", &data, small(), &Device::Cpu)?;
        for _ in 0..4 {
            trainer.step()?;
        }
        trainer.save(&parts)?;
        let busy = Trainer::resume_jointly(&pdes, training_loss, &parts, &data, &Device::Cpu);
        assert!(busy.is_err_and(|error| error.to_string().contains(&format!("process {}", std::process::id()))));
        drop(trainer);
        let mut trainer = Trainer::resume_jointly(&pdes, training_loss, &parts, &data, &Device::Cpu)?;
        for _ in 0..3 {
            trainer.step()?;
        }
        trainer.save(&parts)?;
        for name in [run_dir::CONFIG, run_dir::MODEL, run_dir::EMA, run_dir::OPTIMIZER] {
            let read = |path: &Path| std::fs::read(path.join(name)).map_err(RuntimeError::io("cannot read", path));
            assert!(read(&straight)? == read(&parts)?, "{name} differs");
        }

        // Each value is a model of its own in one folder; the network is told which.
        let x = Tensor::new(&[[0.3f32, -0.2]], &Device::Cpu)?;
        let spread = Tensor::new(&[[0.4f32]], &Device::Cpu)?;
        let clean = |pde: &dyn GenerativePde, label: Option<u32>| -> Result<Vec<f32>> {
            let model = TrainedModel::load(pde, &straight, &Device::Cpu)?;
            assert_eq!(model.config.params, owned_params(pde));
            assert_eq!(model.config.schedule, noise_range(pde, &model.statistics).0);
            let labels = label.map(|label| Tensor::new(&[label], &Device::Cpu)).transpose()?;
            let estimate = model.denoiser.estimate_of_class(&x, &spread, labels.as_ref())?;
            Ok(estimate.clean.flatten_all()?.to_vec1()?)
        };
        for (number, pde) in pdes.iter().enumerate() {
            assert_eq!(clean(*pde, None)?, clean(*pde, Some(number as u32))?);
            assert_ne!(clean(*pde, None)?, clean(*pde, Some(1 - number as u32))?);
        }
        let message = |outcome: Result<TrainedModel>| outcome.map(|_| ()).unwrap_err().to_string();
        let unknown = message(TrainedModel::load(&Yukawa { m: 1.0 }, &straight, &Device::Cpu));
        assert!(unknown.contains("m = 0.5 or, m = 2"), "{unknown}");
        drop(trainer);
        let fewer = Trainer::resume(pdes[0], training_loss, &parts, &data, &Device::Cpu);
        assert!(fewer.is_err_and(|error| error.to_string().contains("begun with")));
        Ok(())
    }

    #[test]
    fn another_equation_or_other_data_are_refused() -> Result<()> {
        let data = genphys_data::load("moons", 0)?;
        let folder = tempfile::tempdir().map_err(RuntimeError::io("cannot create", "temporary folder"))?;
        Trainer::new(&Heat, training_loss, "moons", &data, small(), &Device::Cpu)?.save(folder.path())?;
        let resumed = Trainer::resume(&Poisson, training_loss, folder.path(), &data, &Device::Cpu);
        assert!(resumed.is_err_and(|error| error.to_string().contains("another equation")));
        let other = genphys_data::load("checkerboard", 0)?;
        let resumed = Trainer::resume(&Heat, training_loss, folder.path(), &other, &Device::Cpu);
        assert!(resumed.is_err_and(|error| error.to_string().contains("checkerboard")));
        Ok(())
    }

    #[test]
    fn the_loss_falls() -> Result<()> {
        let data = genphys_data::load("moons", 0)?;
        for device in test_devices() {
            let precisions: &[Precision] = if device.is_cuda() { &Precision::ALL } else { &[Precision::F32] };
            for (precision, pde) in precisions.iter().flat_map(|precision| {
                [&Heat as &dyn GenerativePde, &Poisson, &Yukawa { m: 1.0 }].map(|pde| (*precision, pde))
            }) {
                let config = TrainConfig { precision, ..small() };
                let mut trainer = Trainer::new(pde, training_loss, "moons", &data, config, &device)?;
                // The same points and the same noise before and after.
                let fixed = |trainer: &Trainer| -> Result<(f32, f32)> {
                    let mut clean = trainer.draw(0);
                    clean.rng = stream(9, Purpose::Calibration, 9);
                    clean.resident = None;
                    clean.points = trainer.examples.points(2048, &mut clean.rng);
                    let loss = training_loss(pde, trainer.denoiser(), &mut clean)?;
                    let growth = loss.growth.map_or(Ok(0.0), |growth| growth.to_scalar::<f32>())?;
                    Ok((loss.denoising.to_scalar::<f32>()?, growth))
                };
                let before = fixed(&trainer)?;
                for _ in 0..200 {
                    trainer.step()?;
                }
                let (after, name) = (fixed(&trainer)?, pde.name());
                assert!(after.0 < 0.99 * before.0, "{name}, {device:?}, {precision}: {before:?} to {after:?}");
                assert!(pde.conserves_particles() || after.1 < 0.8 * before.1, "growth: {before:?} to {after:?}");
            }
        }
        Ok(())
    }
}
