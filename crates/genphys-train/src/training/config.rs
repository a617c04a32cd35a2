//! What a user may choose about a training.

use serde::{Deserialize, Serialize};

use crate::error::{Result, RuntimeError};
use genphys_data::DataShape;
use genphys_nn::network::{MOST_DEPTH, MOST_WIDTH, NetworkKind, Precision};
use genphys_nn::optimizer::AdamConfig;

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
    /// Width of the network, see [`NetworkConfig`](genphys_nn::network::NetworkConfig).
    pub width: usize,
    /// Depth of the network, see [`NetworkConfig`](genphys_nn::network::NetworkConfig).
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
    /// Steps in which each of the moving averages forgets half of the past. Samples are drawn with the first unless
    /// another is asked for.
    #[serde(alias = "ema_half_life", deserialize_with = "one_or_several")]
    pub ema_half_lives: Vec<f64>,
    /// Settings of the optimiser.
    pub adam: AdamConfig,
    /// Fraction of the data that is kept for evaluation.
    pub held_out: f64,
    /// How a GPU stores and multiplies activations, in training and afterwards.
    #[serde(default)]
    pub precision: Precision,
}

/// Most points of a part of a step, and most parts of a step.
const MOST_BATCH: u64 = 1 << 24;

fn one() -> u64 {
    1
}

fn label_dropout() -> f64 {
    0.1
}

/// Most values of one layer for a whole batch: a step of an MLP then takes some tens of milliseconds on two cores, and
/// a training of minutes has thousands of steps.
pub const MOST_ACTIVATIONS: usize = 65_536;

/// Most weights of the two layers of an MLP that are as wide as a data point. A training holds a dozen numbers for
/// each: of points of 100,000 values that are 1.6 GB, and would be 9 GB with the width that follows from the dimension
/// alone.
const MOST_WEIGHTS: usize = 1 << 25;
/// Width that large points have at least.
const LEAST_WIDTH: usize = 120;

/// Batch, width, depth and learning rate of an MLP for data of dimension `dim`.
///
/// Width 120 and depth 3 do for the plane and 240 and 4 for 64 pixels (docs/results.md); the fifth root goes through
/// both. The batch is the largest power of two that keeps activations below [`MOST_ACTIVATIONS`], and the learning rate
/// falls as the width rises. From some 20,000 values on the width falls again, so that the layers at both ends have no
/// more than [`MOST_WEIGHTS`].
fn mlp_size(dim: usize) -> (usize, usize, usize, f64) {
    let growth = (dim as f64 / 2.0).powf(0.2).clamp(1.0, 8.0);
    let most = (MOST_WEIGHTS / (2 * dim.max(1)) / 8 * 8).max(LEAST_WIDTH);
    let width = (8 * (15.0 * growth).round() as usize).min(most);
    let depth = 3 + growth.log2().round() as usize;
    // Of large points the points themselves are what takes the room.
    let batch = 1 << ((MOST_ACTIVATIONS - 1) / width.max(dim / 16)).max(1).ilog2().min(9);
    (batch, width, depth, 0.24 / width as f64)
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
    /// Settings that suit data of this kind on a small computer, with an MLP: see [`for_network`](Self::for_network).
    pub fn for_data(shape: &DataShape) -> Self {
        Self::for_network(NetworkKind::Mlp, shape)
    }

    /// Settings that suit a network of this kind on data of this kind on a small computer. Those of an MLP follow from
    /// the dimension N of the data; U-Net and DiT have one size, which suits small images.
    pub fn for_network(network: NetworkKind, shape: &DataShape) -> Self {
        let (batch, width, depth, learning_rate) = match network {
            NetworkKind::Mlp | NetworkKind::Own => mlp_size(shape.dim()),
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
            precision: Precision::F32,
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
        let most = [
            ("batch", self.batch as u64, MOST_BATCH),
            ("number of parts of a step", self.accumulate, MOST_BATCH),
            ("width", self.width as u64, MOST_WIDTH as u64),
            ("depth", self.depth as u64, MOST_DEPTH as u64),
        ];
        if let Some((name, value, most)) = most.iter().find(|(_, value, most)| value > most) {
            return Err(RuntimeError::Setting(format!("the {name} must be at most {most}, found {value}")));
        }
        let AdamConfig { beta1, beta2, epsilon, .. } = self.adam;
        for (name, value) in [("β₁", beta1), ("β₂", beta2)] {
            if !(0.0..1.0).contains(&value) {
                return Err(RuntimeError::Setting(format!("{name} of the optimiser must be in [0, 1), found {value}")));
            }
        }
        if !(epsilon.is_finite() && epsilon > 0.0) {
            return Err(RuntimeError::Setting(format!("ε of the optimiser must be positive, found {epsilon}")));
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
    fn numbers_out_of_range_are_refused() {
        let config = TrainConfig::for_data(&DataShape::Vector { dim: 2, names: None });
        let adam = AdamConfig::default();
        for (wrong, part) in [
            (TrainConfig { learning_rate: -1.0, ..config.clone() }, "learning rate"),
            (TrainConfig { learning_rate: f64::NAN, ..config.clone() }, "learning rate"),
            (TrainConfig { width: 1_000_000_000, ..config.clone() }, "width"),
            (TrainConfig { depth: usize::MAX, ..config.clone() }, "depth"),
            (TrainConfig { batch: usize::MAX, ..config.clone() }, "batch"),
            (TrainConfig { adam: AdamConfig { beta1: 1.0, ..adam.clone() }, ..config.clone() }, "β₁"),
            (TrainConfig { adam: AdamConfig { beta2: -0.5, ..adam.clone() }, ..config.clone() }, "β₂"),
            (TrainConfig { adam: AdamConfig { epsilon: 0.0, ..adam.clone() }, ..config.clone() }, "ε"),
            (TrainConfig { adam: AdamConfig { clip_norm: -1.0, ..adam }, ..config.clone() }, "clipping"),
        ] {
            let refused = wrong.check().unwrap_err().to_string();
            assert!(refused.contains(part), "{refused}");
        }
    }

    #[test]
    fn the_mlp_grows_with_the_dimension() {
        for (dim, batch, width, depth) in [
            (1, 512, 120, 3),
            (2, 512, 120, 3),
            (10, 256, 168, 3),
            (64, 256, 240, 4),
            (784, 128, 400, 5),
            (12_288, 64, 688, 6),
            (100_000, 8, 160, 6),
            (1 << 30, 1, 120, 6),
        ] {
            let config = TrainConfig::for_data(&DataShape::Vector { dim, names: None });
            assert_eq!((config.batch, config.width, config.depth), (batch, width, depth), "{dim}");
            assert!((config.learning_rate * width as f64 - 0.24).abs() < 1e-12);
            assert!(config.batch * config.width < MOST_ACTIVATIONS);
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
