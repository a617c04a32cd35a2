//! Preconditioning: a network that sees and returns numbers of order one at every noise level.

use candle_core::{Device, Tensor};

use crate::error::Result;
use genphys_data::statistics::DataStatistics;
use genphys_flow::{GenerativePde, is_gaussian};
#[cfg(feature = "cuda")]
use genphys_gpu::cuda::estimate as cuda;
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
    sigma_data: f64,
    mean: Tensor,
    observer: Option<Observer>,
}

/// Reads the variance of the noise off an example.
#[derive(Clone, Debug)]
struct Observer {
    /// Normalised so that its squared entries sum to one: `(dim, dim)`.
    whitener: Tensor,
    /// Mean of `|A y|²` over the data.
    offset: f64,
    /// Expected hidden variance, `factor · spread^power`.
    hidden: PowerLaw,
}

/// `factor · x^power`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PowerLaw {
    factor: f64,
    power: f64,
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
    pub fn new(pde: &dyn GenerativePde, statistics: &DataStatistics, device: &Device) -> Result<Self> {
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
        Ok(Self { sigma_data: statistics.sigma_data, mean: Tensor::from_vec(mean, (1, dim), device)?, observer })
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
        #[cfg(feature = "cuda")]
        if x.device().is_cuda() && !x.track_op() {
            let reading = self.observer.as_ref().map(|Observer { whitener, offset, hidden }| {
                let PowerLaw { factor, power } = *hidden;
                cuda::Reading { whitener, offset: *offset, factor, power }
            });
            let (scales, input) = cuda::precondition(x, &self.mean, spread, self.sigma_data, reading)?;
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
            #[cfg(feature = "cuda")]
            None => return Ok(cuda::denoised(output, x, &self.mean, skip, out)?),
            #[cfg(not(feature = "cuda"))]
            None => x.broadcast_sub(&self.mean)?,
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
    use candle_core::Var;

    use super::*;
    use crate::denoiser::Estimate;
    use crate::error::RuntimeError;
    use genphys_cuda_emulator::Emulation;
    use genphys_flow::fixture::{Heat, Poisson};
    use genphys_gpu::estimate::{
        Preconditioning, Weighted, denoised, precondition, scale_rows, weighted_error, weighted_error_gradient,
    };

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

    /// The kernels around the network against the operations on a CPU: noise levels, estimate, error, and gradient.
    #[test]
    fn kernels_do_the_same() -> Result<()> {
        let (examples, dim) = (77, 40);
        let wave = |count: usize, frequency: f32| (0..count).map(move |i| (i as f32 * frequency).sin());
        let tensor = |frequency, columns: usize| {
            Tensor::from_iter(wave(examples * columns, frequency), &Device::Cpu)?.reshape((examples, columns))
        };
        let matrix = DataStatistics::of(&wave(500 * dim, 0.77).collect::<Vec<_>>(), dim)?;
        let vector = DataStatistics { whitener: matrix.whitener[..dim].to_vec(), ..matrix.clone() };
        assert_eq!(matrix.whitener.len(), dim * dim);
        for (pde, statistics) in [(&Heat as &dyn GenerativePde, &matrix), (&Poisson, &matrix), (&Poisson, &vector)] {
            let preconditioner = Preconditioner::new(pde, statistics, &Device::Cpu)?;
            let spread = tensor(0.31, 1)?.affine(2.5, 0.0)?.exp()?;
            let x = (tensor(0.53, dim)?.broadcast_mul(&spread)?.affine(2.0, 0.0)? + tensor(0.29, dim)?)?;
            let prepared = preconditioner.prepare(&x, &spread)?;

            let emulation = Emulation::new();
            let gpu = &*emulation.gpu;
            let [x_at, mean, spread_at] = [&x, &preconditioner.mean, &spread].map(|tensor| emulation.copied(tensor));
            let [scales, input] = [6 * examples, examples * dim].map(|count| emulation.unset(count));
            let observer = preconditioner.observer.as_ref();
            let of_matrix = observer.is_some_and(|observer| observer.whitener.elem_count() > dim);
            let centred = x.broadcast_sub(&preconditioner.mean)?;
            let read = match observer {
                Some(observer) if of_matrix => emulation.copied(&centred.matmul(&observer.whitener)?),
                Some(observer) => emulation.copied(&observer.whitener),
                None => emulation.unset(1),
            };
            let preconditioning = Preconditioning {
                scales: scales.address(),
                input: input.address(),
                x: x_at.address(),
                mean: mean.address(),
                spread: spread_at.address(),
                whitener: if observer.is_some() && !of_matrix { read.address() } else { 0 },
                whitened: if of_matrix { read.address() } else { 0 },
                offset: observer.map_or(0.0, |observer| observer.offset),
                factor: observer.map_or(0.0, |observer| observer.hidden.factor),
                power: observer.map_or(0.0, |observer| observer.hidden.power),
                sigma_data: preconditioner.sigma_data,
                examples,
                dim,
            };
            precondition(gpu, preconditioning)?;
            let Scales { skip, out, input: shown, level, ratio, loss_weight } = &prepared.scales;
            emulation.agrees(&scales, &Tensor::cat(&[skip, out, shown, level, ratio, loss_weight], 0)?, 1e-5);
            emulation.agrees(&input, &prepared.input, 1e-5);

            let output = Var::from_tensor(&tensor(0.41, dim)?)?;
            let clean = preconditioner.denoised(&output, &x, &prepared)?;
            let [result, output_at] = [emulation.unset(examples * dim), emulation.copied(&output)];
            let (skip, out) = (scales.address(), scales.address() + 4 * examples as u64);
            let tensors = [&result, &output_at, &x_at, &mean].map(|memory| memory.address());
            let [result_at, output_at, x_at, mean] = tensors;
            denoised(gpu, [result_at, output_at, x_at, mean, skip, out], examples, dim)?;
            emulation.agrees(&result, &clean, 1e-5);

            let (y, share) = (tensor(0.61, dim)?, 0.7);
            for columns in [1, dim] {
                let weight = tensor(0.17, columns)?.sqr()?;
                let (growth, pace) = (None, None);
                let estimate = Estimate { clean: clean.clone(), growth, pace, loss_weight: loss_weight.clone() };
                let error = estimate.weighted_error(&y, &weight)?;
                let [target, weight2] = [&y, &weight].map(|tensor| emulation.copied(tensor));
                let weighted = Weighted {
                    x: result_at,
                    target: target.address(),
                    weight1: scales.address() + 20 * examples as u64,
                    weight2: weight2.address(),
                    columns,
                    examples,
                    dim,
                };
                let [mean, of_clean, of_output] =
                    [1, examples * dim, examples * dim].map(|count| emulation.unset(count));
                weighted_error(&emulation.pool, mean.address(), weighted)?;
                emulation.agrees(&mean, &error, 1e-5);
                let of_mean = emulation.filled(&[share as f32]);
                weighted_error_gradient(gpu, of_clean.address(), of_mean.address(), weighted)?;
                scale_rows(gpu, [of_output.address(), of_clean.address(), out], examples, dim)?;
                let gradients = error.affine(share, 0.0)?.backward()?;
                let expected = gradients.get(&output).ok_or_else(|| RuntimeError::Setting("no gradient".into()))?;
                assert!(expected.abs()?.max_all()?.to_scalar::<f32>()? > 1e-4);
                emulation.agrees(&of_output, expected, 1e-7);
            }
        }
        Ok(())
    }
}
