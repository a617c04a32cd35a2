//! Adam with bias correction and clipping by the global norm.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::fused::{AdamUpdate, adam_update};
use crate::gradients::Gradients;
use crate::network::ParameterStore;

/// Settings of the optimiser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamConfig {
    /// Decay of the mean gradient.
    pub beta1: f64,
    /// Decay of the mean squared gradient.
    pub beta2: f64,
    /// Added to the root of the mean squared gradient.
    pub epsilon: f64,
    /// Gradients longer than this are shortened to it.
    pub clip_norm: f64,
}

impl Default for AdamConfig {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, clip_norm: 1.0 }
    }
}

/// Adam (Kingma and Ba, arXiv 1412.6980) over all parameters of a store.
#[derive(Clone, Debug)]
pub struct Adam {
    config: AdamConfig,
    first: ParameterStore,
    second: ParameterStore,
    steps: u64,
}

impl Adam {
    /// A fresh optimiser with zero moments.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(config: AdamConfig, parameters: &ParameterStore) -> Result<Self> {
        Ok(Self { config, first: parameters.zeros_like()?, second: parameters.zeros_like()?, steps: 0 })
    }

    /// Changes the parameters by one step against the gradient. Returns the gradient's norm before clipping.
    ///
    /// # Errors
    /// When a device operation fails. A norm that is not finite changes nothing and is returned.
    pub fn update(&mut self, parameters: &ParameterStore, gradients: &Gradients, learning_rate: f64) -> Result<f64> {
        let norm = gradients.norm()?;
        if !norm.is_finite() {
            return Ok(norm);
        }
        self.steps += 1;
        let update = AdamUpdate {
            learning_rate,
            beta1: self.config.beta1,
            beta2: self.config.beta2,
            epsilon: self.config.epsilon,
            step: self.steps,
            gradient_scale: if norm > self.config.clip_norm { self.config.clip_norm / norm } else { 1.0 },
        };
        let moments = self.first.iter().zip(self.second.iter());
        for (((_, parameter), ((_, first), (_, second))), gradient) in
            parameters.iter().zip(moments).zip(gradients.iter())
        {
            if let Some(gradient) = gradient {
                adam_update(parameter, first, second, gradient, update)?;
            }
        }
        Ok(norm)
    }

    /// Mean gradients, one per parameter.
    pub fn first_moments(&self) -> &ParameterStore {
        &self.first
    }

    /// Mean squared gradients, one per parameter.
    pub fn second_moments(&self) -> &ParameterStore {
        &self.second
    }

    /// Number of updates so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Continues at this number of updates, with moments that were read from a file.
    pub fn resume_at(&mut self, steps: u64) {
        self.steps = steps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Initial;
    use candle_core::{Device, Tensor};

    /// Adam in plain f64, from the paper's algorithm 1.
    fn reference(start: &[f64], gradients: &[Vec<f64>], config: &AdamConfig, rate: f64) -> Vec<f64> {
        let mut parameters = start.to_vec();
        let (mut first, mut second) = (vec![0f64; start.len()], vec![0f64; start.len()]);
        for (step, gradient) in gradients.iter().enumerate() {
            let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            let scale = (config.clip_norm / norm).min(1.0);
            let count = step as i32 + 1;
            for i in 0..start.len() {
                let g = gradient[i] * scale;
                first[i] = config.beta1 * first[i] + (1.0 - config.beta1) * g;
                second[i] = config.beta2 * second[i] + (1.0 - config.beta2) * g * g;
                let m = first[i] / (1.0 - config.beta1.powi(count));
                let v = second[i] / (1.0 - config.beta2.powi(count));
                parameters[i] -= rate * m / (v.sqrt() + config.epsilon);
            }
        }
        parameters
    }

    #[test]
    fn follows_the_paper() -> Result<()> {
        let device = Device::Cpu;
        let mut store = ParameterStore::new(&device, 1);
        let x = store.create("x", &[5], Initial::Normal(1.0))?;
        let start: Vec<f64> = x.to_vec1::<f32>()?.into_iter().map(f64::from).collect();
        let config = AdamConfig::default();
        let mut adam = Adam::new(config.clone(), &store)?;
        let scales = Tensor::new(&[1f32, 10.0, 0.1, 3.0, 0.5], &device)?;
        let mut seen = Vec::new();
        for _ in 0..20 {
            let loss = (x.sqr()? * &scales)?.sum_all()?;
            let gradients = Gradients::of(&loss, &store)?;
            let gradient = gradients.iter().flatten().next().map_or(Ok(Vec::new()), |g| g.to_vec1::<f32>())?;
            seen.push(gradient.into_iter().map(f64::from).collect());
            adam.update(&store, &gradients, 0.05)?;
        }
        let expected = reference(&start, &seen, &config, 0.05);
        for (ours, expected) in x.to_vec1::<f32>()?.iter().zip(expected) {
            assert!((f64::from(*ours) - expected).abs() < 1e-5, "{ours} {expected}");
        }
        Ok(())
    }
}
