//! Adam with bias correction and clipping by the global norm.

use candle_core::{DType, Device, Tensor, Var};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::fused::adam_update;
use crate::gradients::Gradients;
use crate::network::ParameterStore;
use genphys_gpu::AdamUpdate;
use genphys_gpu::tensors::training as on_gpu;

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
    /// Where our kernels do it on a GPU, which is not waited for: the number of the first update whose gradient was not finite, counted
    /// from one, or zero. From then on nothing changes.
    failure: Option<Tensor>,
    /// Whether the host goes on without knowing how a gradient was.
    runs_ahead: bool,
}

impl Adam {
    /// A fresh optimiser with zero moments.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(config: AdamConfig, parameters: &ParameterStore) -> Result<Self> {
        let runs_ahead = parameters.backend().pool().is_some();
        let failure = runs_ahead.then(|| Tensor::zeros((), DType::U32, parameters.device())).transpose()?;
        Ok(Self {
            config,
            first: parameters.zeros_like()?,
            second: parameters.zeros_like()?,
            steps: 0,
            failure,
            runs_ahead,
        })
    }

    /// Changes the parameters by one step against the gradient. Returns the gradient's norm before clipping, a scalar:
    /// `f32` on a GPU that [runs ahead](Self::runs_ahead), where it may not be computed yet, else an `f64` on the CPU.
    ///
    /// # Errors
    /// When a device operation fails. A norm that is not finite changes nothing and is returned.
    pub fn update(&mut self, parameters: &ParameterStore, gradients: &Gradients, learning_rate: f64) -> Result<Tensor> {
        if let (true, Some(failure)) = (self.runs_ahead, self.failure.clone()) {
            return self.update_on_gpu(&failure, parameters, gradients, learning_rate);
        }
        let norm = gradients.norm()?;
        if norm.is_finite() {
            self.steps += 1;
            let scale = if norm > self.config.clip_norm { self.config.clip_norm / norm } else { 1.0 };
            let update = AdamUpdate { gradient_scale: scale, ..self.next(learning_rate) };
            for (parameter, first, second, gradient) in self.vectors(parameters, gradients) {
                adam_update(parameter, first, second, gradient, update, parameters.kernels())?;
            }
        }
        Ok(Tensor::new(norm, &Device::Cpu)?)
    }

    /// The numbers of the update that has just been counted, for a gradient that is not clipped.
    fn next(&self, learning_rate: f64) -> AdamUpdate {
        let AdamConfig { beta1, beta2, epsilon, .. } = self.config;
        AdamUpdate { learning_rate, beta1, beta2, epsilon, step: self.steps, gradient_scale: 1.0 }
    }

    /// Parameter, moments and gradient of everything that has a gradient.
    fn vectors<'a>(
        &'a self,
        parameters: &'a ParameterStore,
        gradients: &'a Gradients,
    ) -> impl Iterator<Item = (&'a Var, &'a Var, &'a Var, &'a Tensor)> {
        let moments = self.first.iter().zip(self.second.iter());
        let all = parameters.iter().zip(moments).zip(gradients.iter());
        all.filter_map(|(((_, parameter), ((_, first), (_, second))), gradient)| {
            Some((parameter, first, second, gradient?))
        })
    }

    /// The same by kernels on a GPU, without waiting for it: the GPU looks at the norm itself.
    fn update_on_gpu(
        &mut self,
        failure: &Tensor,
        parameters: &ParameterStore,
        gradients: &Gradients,
        learning_rate: f64,
    ) -> Result<Tensor> {
        self.steps += 1;
        let all = gradients.iter().flatten().map(Tensor::contiguous).collect::<candle_core::Result<Vec<_>>>()?;
        let norm = on_gpu::gradient_norm(&all, failure, self.steps)?;
        let update = self.next(learning_rate);
        for ((parameter, first, second, _), gradient) in self.vectors(parameters, gradients).zip(&all) {
            let tensors = [parameter.as_tensor(), first.as_tensor(), second.as_tensor(), gradient];
            on_gpu::adam(tensors, &norm, failure, self.config.clip_norm, update)?;
        }
        Ok(norm)
    }

    /// Whether a GPU is told what to do and not waited for.
    pub fn runs_ahead(&self) -> bool {
        self.runs_ahead
    }

    /// The step whose gradient was the first that was not finite, counted from zero, where updates go on without
    /// knowing. Waits for the device.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn failed_step(&self) -> Result<Option<u64>> {
        let number = self.failure.as_ref().map(Tensor::to_scalar::<u32>).transpose()?;
        Ok(number.and_then(|number| number.checked_sub(1)).map(u64::from))
    }

    /// As if a GPU had noted that this update failed, counted from one; zero for none. For tests of who goes on
    /// then.
    ///
    /// # Errors
    /// When the CPU has no room.
    #[doc(hidden)]
    pub fn note_failure(&mut self, number: u32) -> Result<()> {
        self.failure = Some(Tensor::new(number, &Device::Cpu)?);
        Ok(())
    }

    /// Where a GPU notes the first update whose gradient was not finite, or zero.
    pub fn failure(&self) -> Option<&Tensor> {
        self.failure.as_ref()
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
