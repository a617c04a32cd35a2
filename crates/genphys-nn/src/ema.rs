//! Exponential moving average of the parameters, which is what samples are drawn with.

use candle_core::Tensor;

use crate::error::Result;
use crate::fused::blend_into;
use crate::network::ParameterStore;
use genphys_gpu::tensors::training as on_gpu;

/// Averages of all parameters.
#[derive(Clone, Debug)]
pub struct Ema {
    average: ParameterStore,
    half_life: f64,
}

impl Ema {
    /// An average that starts at the present parameters and halves the weight of the past every `half_life` steps.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(parameters: &ParameterStore, half_life: f64) -> Result<Self> {
        let average = parameters.zeros_like()?;
        average.copy_from(parameters)?;
        Ok(Self { average, half_life })
    }

    /// Takes in the parameters after update number `step`, counted from one.
    ///
    /// Early on the half-life is a twentieth of the steps so far (EDM, arXiv 2206.00364, appendix F.2), so that the
    /// first, bad parameters are soon forgotten.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn update(&self, parameters: &ParameterStore, step: u64) -> Result<()> {
        self.update_unless(parameters, step, None)
    }

    /// The same, unless a GPU has noted in `failure` that it did not change the parameters.
    ///
    /// # Errors
    /// When a device operation fails.
    pub fn update_unless(&self, parameters: &ParameterStore, step: u64, failure: Option<&Tensor>) -> Result<()> {
        let half_life = self.half_life.min(step as f64 * 0.05).max(1e-3);
        let weight = 1.0 - 0.5f64.powf(1.0 / half_life);
        let on_gpu = parameters.backend().pool().is_some();
        for ((_, average), (_, parameter)) in self.average.iter().zip(parameters.iter()) {
            match failure.filter(|_| on_gpu) {
                Some(failure) => on_gpu::blend(average, parameter, failure, weight)?,
                // Elsewhere the host knows.
                None => blend_into(average, parameter, weight, parameters.kernels())?,
            }
        }
        Ok(())
    }

    /// Steps in which the weight of the past halves.
    pub fn half_life(&self) -> f64 {
        self.half_life
    }

    /// The averages.
    pub fn average(&self) -> &ParameterStore {
        &self.average
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Initial;
    use candle_core::Device;

    #[test]
    fn halves_the_distance_in_a_half_life() -> Result<()> {
        let mut store = ParameterStore::new(&Device::Cpu, 1);
        let x = store.create("x", &[1], Initial::Zeros)?;
        let ema = Ema::new(&store, 10.0)?;
        for (_, var) in store.iter() {
            var.set(&x.ones_like()?)?;
        }
        for step in 0..10 {
            ema.update(&store, 1000 + step)?;
        }
        let value = ema.average().iter().next().map_or(Ok(0.0), |(_, var)| var.sum_all()?.to_scalar::<f32>())?;
        assert!((value - 0.5).abs() < 1e-5, "{value}");
        Ok(())
    }
}
