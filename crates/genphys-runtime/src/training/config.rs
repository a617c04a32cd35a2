//! Everything that is decided before the first training step.

use serde::{Deserialize, Serialize};

use crate::data::{DataShape, Normalisation};
use crate::error::{Result, RuntimeError};
use crate::generative_pde::GenerativePde;
use crate::network::{NetworkConfig, NetworkKind};
use crate::noise_schedule::NoiseSchedule;
use crate::optimizer::AdamConfig;

/// What a user may choose about a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainConfig {
    /// Seed of all randomness.
    pub seed: u64,
    /// The kind of network.
    #[serde(default)]
    pub network: NetworkKind,
    /// Data points per part of a step.
    pub batch: usize,
    /// Parts of a step, whose gradients are averaged.
    #[serde(default = "one")]
    pub accumulate: u64,
    /// Width of the network, see [`NetworkConfig`].
    pub width: usize,
    /// Depth of the network, see [`NetworkConfig`].
    pub depth: usize,
    /// Whether images are mirrored at random, left to right.
    #[serde(default)]
    pub flip: bool,
    /// Whether the network learns the classes of labelled data.
    #[serde(default)]
    pub conditional: bool,
    /// Share of the examples whose class the network is not told, so that it can be sampled without a class as well.
    #[serde(default = "label_dropout")]
    pub label_dropout: f64,
    /// Largest step size.
    pub learning_rate: f64,
    /// Steps over which the step size rises from zero.
    pub warm_up: u64,
    /// Steps after which it falls as `1/√step`. A function of the step alone, so that a resumed training goes on as an
    /// uninterrupted one.
    pub decay_after: u64,
    /// Steps in which each of the moving averages forgets half of the past. Samples are drawn with the first unless another
    /// is asked for.
    #[serde(alias = "ema_half_life", deserialize_with = "one_or_several")]
    pub ema_half_lives: Vec<f64>,
    /// Settings of the optimiser.
    pub adam: AdamConfig,
    /// Fraction of the data that is kept for evaluation.
    pub held_out: f64,
}

fn one() -> u64 {
    1
}

fn label_dropout() -> f64 {
    0.1
}

/// Runs from before there were several averages hold one number.
fn one_or_several<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<f64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        One(f64),
        Several(Vec<f64>),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::One(value) => vec![value],
        Either::Several(values) => values,
    })
}

impl TrainConfig {
    /// Settings that suit data of this kind on a small computer, with an MLP.
    pub fn for_data(shape: &DataShape) -> Self {
        Self::for_network(NetworkKind::Mlp, shape)
    }

    /// Settings that suit a network of this kind on data of this kind on a small computer.
    ///
    /// Batch and width of the MLP keep every tensor below 65,536 values: from there on candle shares element-wise
    /// operations among threads that spin while they wait. Measured on 2 busy cores: 150 steps in 37 s with width 256, in
    /// 10 s with 240.
    pub fn for_network(network: NetworkKind, shape: &DataShape) -> Self {
        let image = matches!(shape, DataShape::Image { .. });
        let (batch, width, depth, learning_rate) = match network {
            NetworkKind::Mlp if image => (256, 240, 4, 1e-3),
            NetworkKind::Mlp => (512, 120, 3, 2e-3),
            NetworkKind::Unet => (32, 32, 1, 2e-3),
            NetworkKind::Dit => (64, 128, 4, 1e-3),
        };
        Self {
            seed: 0,
            network,
            batch,
            accumulate: one(),
            width,
            depth,
            flip: false,
            conditional: false,
            label_dropout: label_dropout(),
            learning_rate,
            warm_up: 100,
            decay_after: 1000,
            ema_half_lives: vec![300.0, 100.0, 30.0],
            adam: AdamConfig::default(),
            held_out: 0.2,
        }
    }

    /// Steps and minutes after which a training stops, whichever comes first, when the user gives no limit.
    pub fn default_limits(shape: &DataShape) -> (u64, f64) {
        match shape {
            DataShape::Image { .. } => (6000, 4.5),
            DataShape::Vector { .. } => (4000, 2.0),
        }
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check(&self) -> Result<()> {
        let positive = [
            ("batch", self.batch as f64),
            ("number of parts of a step", self.accumulate as f64),
            ("width", self.width as f64),
            ("learning rate", self.learning_rate),
            ("clipping norm", self.adam.clip_norm),
        ];
        let half_lives = self.ema_half_lives.iter().map(|value| ("half-life of a moving average", *value));
        for (name, value) in positive.into_iter().chain(half_lives) {
            if !value.is_finite() || value <= 0.0 {
                return Err(RuntimeError::Setting(format!("the {name} must be a positive number, found {value}")));
            }
        }
        if self.ema_half_lives.is_empty() {
            return Err(RuntimeError::Setting("at least one half-life of a moving average is needed".into()));
        }
        for (i, value) in self.ema_half_lives.iter().enumerate() {
            if self.ema_half_lives[..i].contains(value) {
                return Err(RuntimeError::Setting(format!("the half-life {value} is given twice")));
            }
        }
        if !(0.0..1.0).contains(&self.label_dropout) {
            let found = self.label_dropout;
            return Err(RuntimeError::Setting(format!("the share of hidden labels must be in [0, 1), found {found}")));
        }
        if !(self.held_out > 0.0 && self.held_out < 1.0) {
            let found = self.held_out;
            return Err(RuntimeError::Setting(format!("the held-out fraction must be between 0 and 1, found {found}")));
        }
        Ok(())
    }

    /// Step size of step `step`, counted from zero.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        let rise = (step + 1) as f64 / self.warm_up.max(1) as f64;
        let fall = (self.decay_after.max(1) as f64 / (step + 1) as f64).sqrt();
        self.learning_rate * rise.min(1.0) * fall.min(1.0)
    }
}

/// A run's `config.json`: the equation, the data, and the choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelConfig {
    /// Name of the equation.
    pub pde: String,
    /// Its canonical text.
    pub equation: String,
    /// Values of its parameters.
    pub params: Vec<(String, f64)>,
    /// The data as they were asked for: a name or a path.
    pub data: String,
    /// Name of the data set.
    pub data_name: String,
    /// What a data point is.
    pub shape: DataShape,
    /// How data were normalised.
    pub normalisation: Normalisation,
    /// Root of the mean variance of a coordinate.
    pub sigma_data: f64,
    /// Mean of `|whitener · y|²` over the training data.
    pub whitened_norm: f64,
    /// Its standard deviation.
    pub whitened_deviation: f64,
    /// Typical relative growth; one where particles are conserved.
    pub growth_scale: f64,
    /// Noise levels.
    pub schedule: NoiseSchedule,
    /// Kind and size of the network.
    pub network: NetworkConfig,
    /// Names of the classes that the network knows, where they are not just numbers.
    #[serde(default)]
    pub class_names: Vec<String>,
    /// Choices of the training.
    pub training: TrainConfig,
}

impl ModelConfig {
    /// Checks that the run was trained with this equation and these parameters.
    ///
    /// # Errors
    /// Says what differs.
    pub fn check_pde(&self, pde: &dyn GenerativePde) -> Result<()> {
        let params: Vec<(String, f64)> =
            pde.params().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if self.equation == pde.equation() && self.params == params {
            return Ok(());
        }
        let text = |equation: &str, params: &[(String, f64)]| {
            let params: Vec<String> = params.iter().map(|(name, value)| format!(", {name} = {value}")).collect();
            format!("{equation}{}", params.concat())
        };
        Err(RuntimeError::Setting(format!(
            "this run was trained with another equation\n  run:     {}\n  program: {}",
            text(&self.equation, &self.params),
            text(pde.equation(), &params)
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_size_rises_then_falls() {
        let config = TrainConfig::for_data(&DataShape::Vector { dim: 2, names: None });
        assert!(config.learning_rate_at(0) < 0.02 * config.learning_rate);
        assert!((config.learning_rate_at(500) / config.learning_rate - 1.0).abs() < 1e-12);
        let late = config.learning_rate_at(4 * config.decay_after - 1);
        assert!((late / config.learning_rate - 0.5).abs() < 1e-12);
        assert!(config.check().is_ok());
        assert!(TrainConfig { batch: 0, ..config.clone() }.check().is_err());
        assert!(TrainConfig { held_out: 1.0, ..config.clone() }.check().is_err());
        assert!(TrainConfig { accumulate: 0, ..config.clone() }.check().is_err());
        assert!(TrainConfig { label_dropout: 1.0, ..config.clone() }.check().is_err());
        for half_lives in [vec![], vec![0.0], vec![100.0, 100.0]] {
            assert!(TrainConfig { ema_half_lives: half_lives, ..config.clone() }.check().is_err());
        }
    }

    #[test]
    fn settings_of_older_runs_are_read() {
        let old = r#"{"seed": 1, "batch": 64, "width": 32, "depth": 1, "learning_rate": 0.001, "warm_up": 100,
            "decay_after": 1000, "ema_half_life": 300.0, "held_out": 0.2,
            "adam": {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "clip_norm": 1.0}}"#;
        let config: TrainConfig = serde_json::from_str(old).unwrap();
        assert_eq!((config.ema_half_lives, config.accumulate, config.network), (vec![300.0], 1, NetworkKind::Mlp));
    }
}
