//! What a solver follows: posterior mean and growth at many points at once.

use candle_core::{DType, Device, Tensor};

use crate::denoiser::Denoiser;
use crate::error::{Result, RuntimeError};
use crate::generative_pde::GenerativePde;

/// The flow `dx/dσ = (x − E[y | x, σ]) / σ` and the growth of the particles on it.
pub trait VelocityField {
    /// Dimension of a point.
    fn dim(&self) -> usize;

    /// Fills `clean`, `(count, dim)`, with `E[y | x, σ]` and `growth`, `(count,)`, with the growth rate per unit of
    /// `ln σ` at the points `x`, `(count, dim)`, all at flow scale `sigma`.
    ///
    /// # Errors
    /// When the field cannot be evaluated.
    fn evaluate(&self, x: &[f64], sigma: f64, clean: &mut [f64], growth: &mut [f64]) -> Result<()>;
}

/// The field of a trained denoiser. Growth is relative to a point source at the data mean.
pub struct DenoiserField<'a> {
    pde: &'a dyn GenerativePde,
    denoiser: &'a Denoiser,
    dim: usize,
}

/// Points per network evaluation on a CPU. Activations of the default networks then stay below the 65,536 values from
/// which candle shares element-wise operations among threads that spin, which is several times slower when other
/// programs want the cores too.
const CPU_CHUNK: usize = 256;
/// Points per network evaluation on other devices.
const DEVICE_CHUNK: usize = 8192;

impl<'a> DenoiserField<'a> {
    /// The field of `denoiser` for data of dimension `dim`.
    pub fn new(pde: &'a dyn GenerativePde, denoiser: &'a Denoiser, dim: usize) -> Self {
        Self { pde, denoiser, dim }
    }
}

impl VelocityField for DenoiserField<'_> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64, clean: &mut [f64], growth: &mut [f64]) -> Result<()> {
        let spread = self.pde.spread(self.pde.time(sigma)) as f32;
        let device = self.denoiser.device();
        let size = if device.is_cpu() { CPU_CHUNK } else { DEVICE_CHUNK };
        let chunks = x.chunks(size * self.dim).zip(clean.chunks_mut(size * self.dim)).zip(growth.chunks_mut(size));
        for ((x, clean), growth) in chunks {
            let count = x.len() / self.dim;
            let points: Vec<f32> = x.iter().map(|x| *x as f32).collect();
            let points = Tensor::from_vec(points, (count, self.dim), device)?;
            let spread = Tensor::full(spread, (count, 1), device)?;
            let estimate = self.denoiser.estimate(&points, &spread)?;
            copy_out(&estimate.clean, clean)?;
            match &estimate.growth {
                Some(rate) => copy_out(rate, growth)?,
                None => growth.fill(0.0),
            }
        }
        Ok(())
    }
}

fn copy_out(tensor: &Tensor, out: &mut [f64]) -> Result<()> {
    let values = tensor.detach().flatten_all()?.to_device(&Device::Cpu)?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
    if values.iter().any(|value| !value.is_finite()) {
        return Err(RuntimeError::Sampling("the network returned a value that is not a finite number".into()));
    }
    for (out, value) in out.iter_mut().zip(values) {
        *out = f64::from(value);
    }
    Ok(())
}
