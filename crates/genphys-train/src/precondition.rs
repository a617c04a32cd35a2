//! Preconditioning: a network that sees and returns numbers of order one at every noise level.

use candle_core::Tensor;

use crate::error::Result;
use genphys_data::statistics::DataStatistics;
use genphys_flow::{GenerativePde, is_gaussian};
use genphys_gpu::Backend;
use genphys_gpu::tensors::estimate as on_gpu;
use genphys_numeric::seed::{Purpose, stream};

/// The EDM preconditioning (Karras et al., arXiv 2206.00364, table 1), with a noise level that heavy tails obey too.
///
/// `D(x) = c_skip x + c_out F(c_in x)` for centred `x`, where with `s` the noise level of the example
/// `c_skip = σ_d²/(s² + σ_d²)`, `c_out = s σ_d/√(s² + σ_d²)`, `c_in = 1/√(s² + σ_d²)`, loss weight `1/c_out²`.
///
/// For a Gaussian kernel `s` is the spread of the process. The kernels of half-space equations have no finite
/// variance: at one time `t` displacements of all sizes occur, and with `s` a function of time alone neither
/// `c_skip x` nor the loss has a mean. But a large displacement shows. The data have the covariance `C`; with
/// `A = (C + ε²)^{-1}`, which suppresses the directions in which the data themselves vary, `|A x|²` exceeds its mean
/// over the data by `v tr A²` when every coordinate carries noise of variance `v`. Noise of less variance than the
/// deviation `h` of that reading over the data stays hidden; what is to be expected of it at the time is
/// `E[min(z², h)]` for one coordinate `z` of the displacement, a power of the spread. The level is
/// `s² = max(spread², E[min(z², h)], v)`: never below what the process does typically, never below what may be hidden,
/// never below what the observation proves.
#[derive(Clone, Debug)]
pub struct Preconditioner {
    pub(crate) sigma_data: f64,
    pub(crate) mean: Tensor,
    pub(crate) observer: Option<Observer>,
    /// Whether kernels of ours do it, on a GPU.
    pub(crate) on_gpu: bool,
}

/// Reads the variance of the noise off an example.
#[derive(Clone, Debug)]
pub(crate) struct Observer {
    /// Normalised so that its squared entries sum to one: `(dim, dim)`, or `(1, dim)` for a diagonal.
    pub(crate) whitener: Tensor,
    /// Mean of `|A y|²` over the data.
    pub(crate) offset: f64,
    /// Expected hidden variance, `factor · spread^power`.
    pub(crate) hidden: PowerLaw,
}

/// `factor · x^power`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PowerLaw {
    pub(crate) factor: f64,
    pub(crate) power: f64,
}

/// What the preconditioning says about a batch. Every tensor is `(batch, 1)`.
#[derive(Clone, Debug)]
pub struct Scales {
    /// Factor of the input in the result.
    pub skip: Tensor,
    /// Factor of the network's output.
    pub out: Tensor,
    /// Factor of the network's input.
    pub input: Tensor,
    /// `ln(s / σ_d) / 4`, for the network.
    pub level: Tensor,
    /// `spread / s`, for the network.
    pub ratio: Tensor,
    /// Weight of the squared error, `1 / c_out²`.
    pub loss_weight: Tensor,
}

/// A batch as the network is shown it.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// What the network is shown, `(batch, dim)`.
    pub(crate) input: Tensor,
    pub(crate) scales: Scales,
    /// The points less the mean of the data; none where a GPU does without.
    centred: Option<Tensor>,
}

impl Preconditioner {
    /// Preconditioning for data with these statistics under this process.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(pde: &dyn GenerativePde, statistics: &DataStatistics, backend: impl Into<Backend>) -> Result<Self> {
        let backend = backend.into();
        let (device, on_gpu) = (backend.device(), backend.pool().is_some());
        let dim = statistics.dim();
        let observer = if is_gaussian(pde, dim, statistics.sigma_data) {
            None
        } else {
            let whitener = statistics.whitener.iter().map(|value| *value as f32).collect();
            let shape = if statistics.whitener.len() == dim { (1, dim) } else { (dim, dim) };
            Some(Observer {
                whitener: Tensor::from_vec::<_, f32>(whitener, shape, device)?,
                offset: statistics.whitened_norm,
                hidden: hidden_variance(pde, statistics.whitened_deviation),
            })
        };
        let mean: Vec<f32> = statistics.mean.iter().map(|value| *value as f32).collect();
        let mean = Tensor::from_vec(mean, (1, dim), device)?;
        Ok(Self { sigma_data: statistics.sigma_data, mean, observer, on_gpu })
    }

    /// Mean of the data, `(1, dim)`.
    pub fn mean(&self) -> &Tensor {
        &self.mean
    }

    /// Points `(batch, dim)` as the network is shown them, and their scales, for the process's spread `(batch, 1)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub(crate) fn prepare(&self, x: &Tensor, spread: &Tensor) -> Result<Prepared> {
        if self.on_gpu && !x.track_op() {
            let reading = self.observer.as_ref().map(|Observer { whitener, offset, hidden }| {
                let PowerLaw { factor, power } = *hidden;
                on_gpu::Reading { whitener, offset: *offset, factor, power }
            });
            let (scales, input) = on_gpu::precondition(x, &self.mean, spread, self.sigma_data, reading)?;
            let column = |i| scales.narrow(0, i, 1)?.reshape((x.dim(0)?, 1));
            let scales = Scales {
                skip: column(0)?,
                out: column(1)?,
                input: column(2)?,
                level: column(3)?,
                ratio: column(4)?,
                loss_weight: column(5)?,
            };
            return Ok(Prepared { input, scales, centred: None });
        }
        let centred = x.broadcast_sub(&self.mean)?;
        let scales = self.scales(&centred, spread)?;
        Ok(Prepared { input: centred.broadcast_mul(&scales.input)?, scales, centred: Some(centred) })
    }

    /// The estimate of the clean points from the network's output, `(batch, dim)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub(crate) fn denoised(&self, output: &Tensor, x: &Tensor, prepared: &Prepared) -> Result<Tensor> {
        let Scales { skip, out, .. } = &prepared.scales;
        let centred = match &prepared.centred {
            Some(centred) => centred.clone(),
            None => return Ok(on_gpu::denoised(output, x, &self.mean, skip, out)?),
        };
        let skipped = centred.broadcast_mul(skip)?.broadcast_add(&self.mean)?;
        Ok((output.broadcast_mul(out)? + skipped)?)
    }

    /// The scales for centred points `(batch, dim)` and the process's spread `(batch, 1)`.
    ///
    /// # Errors
    /// When the shapes do not fit.
    pub fn scales(&self, centred: &Tensor, spread: &Tensor) -> Result<Scales> {
        let data_variance = self.sigma_data * self.sigma_data;
        let mut variance = spread.sqr()?;
        if let Some(observer) = &self.observer {
            let whitened = if observer.whitener.dim(0)? == 1 {
                centred.broadcast_mul(&observer.whitener)?
            } else {
                centred.matmul(&observer.whitener)?
            };
            let proven = whitened.sqr()?.sum_keepdim(1)?.affine(1.0, -observer.offset)?;
            let hidden = spread.powf(observer.hidden.power)?.affine(observer.hidden.factor, 0.0)?;
            variance = variance.maximum(&hidden)?.maximum(&proven)?;
        }
        let total = variance.affine(1.0, data_variance)?;
        let level = variance.sqrt()?;
        Ok(Scales {
            skip: total.recip()?.affine(data_variance, 0.0)?,
            out: level.div(&total.sqrt()?)?.affine(self.sigma_data, 0.0)?,
            input: total.sqrt()?.recip()?,
            level: variance.affine(1.0 / data_variance, 0.0)?.log()?.affine(0.125, 0.0)?,
            ratio: spread.div(&level)?,
            loss_weight: total.div(&variance)?.affine(1.0 / data_variance, 0.0)?,
        })
    }
}

/// `E[min(z², limit)]` for one coordinate `z` of the displacement, as a power of the spread below `√limit`.
///
/// From draws at two times, always the same ones. Gaussian tails give the power 2, those of `D = 1` the power 1.
fn hidden_variance(pde: &dyn GenerativePde, limit: f64) -> PowerLaw {
    const DRAWS: usize = 1 << 16;
    let mean = |fraction: f64, index: u64| {
        // The spread need not be the flow scale; what matters is that both are small.
        let t = pde.time(limit.sqrt() * fraction);
        let mut rng = stream(0, Purpose::Calibration, index);
        let mut z = [0.0];
        let sum: f64 = (0..DRAWS)
            .map(|_| {
                pde.displacement(t, &mut rng, &mut z);
                (z[0] * z[0]).min(limit)
            })
            .sum();
        (pde.spread(t), sum / DRAWS as f64)
    };
    let ((small, low), (large, high)) = (mean(0.02, 1), mean(0.2, 2));
    let power = ((high / low).ln() / (large / small).ln()).clamp(0.0, 2.0);
    PowerLaw { factor: high / large.powf(power), power }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;
    use genphys_flow::fixture::{Heat, Poisson};

    fn statistics() -> Result<DataStatistics> {
        // Four points on a flat cross: the first coordinate varies more than the second.
        Ok(DataStatistics::of(&[3.0, 0.0, -1.0, 0.0, 1.0, 0.5, 1.0, -0.5], 2)?)
    }

    #[test]
    fn gaussian_kernels_need_no_observer() -> Result<()> {
        let heat = Preconditioner::new(&Heat, &statistics()?, &Device::Cpu)?;
        assert!(heat.observer.is_none());
        assert!(Preconditioner::new(&Poisson, &statistics()?, &Device::Cpu)?.observer.is_some());
        Ok(())
    }

    #[test]
    fn large_displacements_set_the_level() -> Result<()> {
        let scales = Preconditioner::new(&Poisson, &statistics()?, &Device::Cpu)?;
        let spread = Tensor::new(&[[0.1f32], [0.1]], &Device::Cpu)?;
        let x = Tensor::new(&[[0.1f32, 0.1], [3000.0, -3000.0]], &Device::Cpu)?;
        let ratio = scales.scales(&x, &spread)?.ratio.flatten_all()?.to_vec1::<f32>()?;
        // At the centre only the typical spread and what may be hidden count.
        let hidden = hidden_variance(&Poisson, statistics()?.whitened_deviation);
        let expected = 0.1 / (hidden.factor * 0.1f64.powf(hidden.power)).sqrt().max(0.1);
        assert!((f64::from(ratio[0]) - expected).abs() < 1e-5, "{ratio:?}");
        assert!((ratio[1] * 3000.0 / 0.1 - 1.0).abs() < 0.01, "{ratio:?}");
        Ok(())
    }

    #[test]
    fn hidden_noise_follows_the_tail_of_the_kernel() {
        // Cauchy: E[min(z², h)] = 4 √h t / π to first order in t; Gaussian: t².
        let cauchy = hidden_variance(&Poisson, 0.3);
        assert!((cauchy.power - 1.0).abs() < 0.1, "{cauchy:?}");
        let expected = 4.0 / std::f64::consts::PI * 0.3f64.sqrt() * 0.05;
        assert!((cauchy.factor * 0.05f64.powf(cauchy.power) / expected - 1.0).abs() < 0.15, "{cauchy:?}");
        let gaussian = hidden_variance(&Heat, 0.3);
        assert!((gaussian.power - 2.0).abs() < 0.02 && (gaussian.factor - 1.0).abs() < 0.05, "{gaussian:?}");
    }

    #[test]
    fn weight_is_the_inverse_square_of_the_output_scale() -> Result<()> {
        let scales = Preconditioner::new(&Heat, &statistics()?, &Device::Cpu)?;
        let spread = Tensor::new(&[[0.02f32], [0.5], [40.0]], &Device::Cpu)?;
        let scales = scales.scales(&Tensor::zeros((3, 2), candle_core::DType::F32, &Device::Cpu)?, &spread)?;
        let product = (scales.out.sqr()? * scales.loss_weight)?.flatten_all()?.to_vec1::<f32>()?;
        assert!(product.iter().all(|p| (p - 1.0).abs() < 1e-5), "{product:?}");
        Ok(())
    }
}
