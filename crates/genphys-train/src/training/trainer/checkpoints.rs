//! A training on disk: it is written as a whole, and goes on from there.

use std::collections::HashMap;
use std::path::Path;

use super::Trainer;
use crate::error::{Result, RuntimeError};
use crate::loss::LossFn;
use crate::run_dir::{CONFIG, Content, EMA, MODEL, OPTIMIZER, RunDir, RunLock, STATE, STATISTICS, json};
use crate::training::checkpoint::{TrainingState, ema_prefix, read_statistics, statistics_tensors};
use crate::training::examples::Examples;
use crate::training::model_config::ModelConfig;
use genphys_data::Dataset;
use genphys_data::statistics::DataStatistics;
use genphys_flow::GenerativePde;
use genphys_nn::network::{NetworkSetup, ParameterStore};

impl<'a> Trainer<'a> {
    /// Continues the training in the folder `path`, on the same `data`.
    ///
    /// # Errors
    /// When there is none, a file is damaged, or equation or data differ.
    pub fn resume(
        pde: &'a dyn GenerativePde,
        loss: LossFn,
        path: &Path,
        data: &Dataset,
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        Self::resume_jointly(&[pde], loss, path, data, setup)
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
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        Self::resume_in(RunLock::take(path)?, pdes, loss, data, setup)
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
        setup: impl Into<NetworkSetup>,
    ) -> Result<Self> {
        let setup = setup.into();
        let run = RunDir::open(lock.path())?;
        run.verify()?;
        let config = ModelConfig::read(&run)?;
        for pde in pdes {
            config.check_pde(*pde)?;
        }
        let numbers = pdes.iter().map(|pde| config.number(*pde));
        if !numbers.eq((0..config.members.len()).map(Some)) {
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
        let store = ParameterStore::new(&setup.backend, config.training.seed);
        let store = store.to_be_read(&tensors, "", &run.file(MODEL));
        let mut trainer = Self::assemble(pdes, loss, config, statistics, examples, (store, setup.own))?;
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
        let mut averages = HashMap::new();
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
}
