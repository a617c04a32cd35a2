//! The body of the training loop.

mod begin;
mod checkpoints;

use std::time::Instant;

use candle_core::{Device, Tensor};

use super::checkpoint::TrainingState;
use super::examples::Examples;
use super::model_config::ModelConfig;
use super::report::StepReport;
use crate::advice::{PriorError, noise_range};
use crate::denoiser::Denoiser;
use crate::error::{Result, RuntimeError};
use crate::loss::LossFn;
use crate::memory::check_training;
use crate::perturb::CleanBatch;
use crate::resident::perturbs_on_gpu;
use crate::run_dir::RunLock;
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_nn::ema::Ema;
use genphys_nn::gradients::Gradients;
use genphys_nn::network::{NetworkFn, ParameterStore};
use genphys_nn::optimizer::Adam;
use genphys_numeric::seed::{Purpose, stream};

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
    fn assemble(
        pdes: &[&'a dyn GenerativePde],
        loss: LossFn,
        config: ModelConfig,
        statistics: DataStatistics,
        examples: Examples,
        (store, own): (ParameterStore, Option<NetworkFn>),
    ) -> Result<Self> {
        check_training(&config, store.device())?;
        let seed = config.training.seed;
        let device = store.device().clone();
        let [pde, others @ ..] = pdes else {
            return Err(RuntimeError::Setting("there is no equation to learn".into()));
        };
        let growth_scale = config.members[0].growth_scale;
        let denoiser = Denoiser::with_parameters(*pde, &statistics, &config.network, growth_scale, store, own)?;
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
        let on_gpu = adam.runs_ahead() && pdes.iter().all(|pde| perturbs_on_gpu(*pde, statistics.dim(), &mut rng));
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
        let runs_ahead = self.adam.runs_ahead();
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
        let schedule = &self.config.members[turn].schedule;
        let labels = self.config.label(turn).map(|label| vec![label; training.batch]).or(labels);
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
        if !self.adam.runs_ahead() && !norm.to_scalar::<f64>()?.is_finite() {
            return Err(RuntimeError::Diverged { step: self.state.step, what: "gradient" });
        }
        self.state.step += 1;
        for ema in &self.averages {
            ema.update_unless(self.denoiser().parameters(), self.state.step, self.adam.failure())?;
        }
        Ok(norm)
    }

    /// The run's settings.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// How far the training is.
    pub fn state(&self) -> &TrainingState {
        &self.state
    }

    /// What of the data is left where generation begins, at the largest noise level of the first equation.
    pub fn prior_error(&self) -> PriorError {
        noise_range(self.equations[0].0, &self.statistics).1
    }

    /// The network with the parameters of the last step, not their averages.
    pub fn denoiser(&self) -> &Denoiser {
        &self.equations[0].1
    }
}

#[cfg(test)]
mod tests;
