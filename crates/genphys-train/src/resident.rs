//! Data that lie on a GPU: training draws and perturbs them there.

use candle_core::{Device, Tensor};
use rand::RngCore;

use crate::error::{Result, RuntimeError};
use genphys_flow::noise_schedule::NoiseSchedule;
use genphys_flow::{GenerativePde, Spreading};
use genphys_gpu::tensors::training as on_gpu;

/// The bit of a row's number that says that the row is mirrored.
pub(crate) const MIRRORED: u32 = 1 << 31;

/// Data points on a GPU, and which of them were drawn.
#[derive(Debug)]
pub struct ResidentRows<'a> {
    /// All data, `(rows, dim)`.
    pub(crate) data: &'a Tensor,
    /// The row of each example, with [`MIRRORED`] or without.
    pub(crate) rows: Vec<u32>,
    /// Values of a line of an image, which are reversed where it is mirrored.
    pub(crate) width: usize,
}

/// Whether a GPU can perturb data by this process: where displacements are normal numbers times a factor at all times,
/// particles are conserved or die everywhere alike, and a point source keeps its shape.
pub(crate) fn perturbs_on_gpu(pde: &dyn GenerativePde, dim: usize, rng: &mut dyn RngCore) -> bool {
    pde.spreading() == Spreading::SelfSimilar && pde.growth_is_uniform() && pde.scales(pde.time(1.0), dim, rng, &mut [])
}

/// Clean points, perturbed points, and the spread of each example, `(batch, 1)`.
pub(crate) type Perturbed = (Tensor, Tensor, Tensor);

impl ResidentRows<'_> {
    /// Lets the process run from each point until its flow scale is the given one. The host draws a factor for each
    /// example and a key for the normal numbers; all that goes to the device is one tensor of three numbers for each
    /// example.
    ///
    /// # Errors
    /// When the process cannot be told that way, or the device has no room.
    pub(crate) fn perturb(
        &self,
        pde: &dyn GenerativePde,
        schedule: &NoiseSchedule,
        sigmas: &[f64],
        rng: &mut dyn RngCore,
        device: &Device,
    ) -> Result<Perturbed> {
        let (count, key) = (sigmas.len(), [(); 4].map(|()| rng.next_u32()));
        let numbers = self.numbers(pde, schedule, sigmas, rng)?;
        let numbers = Tensor::from_vec(numbers, (3, count), device)?;
        let (rows, scales) = (numbers.narrow(0, 0, 1)?, numbers.narrow(0, 1, 1)?);
        let (y, x) = on_gpu::perturb(self.data, &rows, &scales, self.width, key)?;
        Ok((y, x, numbers.narrow(0, 2, 1)?.reshape((count, 1))?))
    }

    /// Row, factor of the normal numbers, and spread of every example: first all rows, as the bits they are.
    fn numbers(
        &self,
        pde: &dyn GenerativePde,
        schedule: &NoiseSchedule,
        sigmas: &[f64],
        rng: &mut dyn RngCore,
    ) -> Result<Vec<f32>> {
        let sigma_min = schedule.sigma_min;
        let first = pde.time(sigma_min);
        let mut scales = vec![0.0; sigmas.len()];
        if self.rows.len() != sigmas.len() || !pde.scales(first, self.data.dim(1)?, rng, &mut scales) {
            let message = format!("a GPU cannot perturb {} points by {}", sigmas.len(), pde.name());
            return Err(RuntimeError::Setting(message));
        }
        let per_sigma = pde.spread(first) / sigma_min;
        let rows = self.rows.iter().map(|row| f32::from_bits(*row));
        // The kernel at the smallest flow scale, stretched, as on a CPU.
        let scales = scales.iter().zip(sigmas).map(|(scale, sigma)| (scale * (sigma / sigma_min)) as f32);
        Ok(rows.chain(scales).chain(sigmas.iter().map(|sigma| (per_sigma * sigma) as f32)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_flow::fixture::{Heat, Poisson, Yukawa};
    use genphys_gpu::emulator::Emulation;
    use genphys_gpu::training::{Perturbation, perturb};
    use genphys_numeric::seed::{Purpose, stream};

    #[test]
    fn what_a_gpu_cannot_perturb_is_told() {
        let perturbs = |pde: &dyn GenerativePde| perturbs_on_gpu(pde, 2, &mut stream(0, Purpose::Calibration, 0));
        assert!(perturbs(&Heat) && perturbs(&Poisson));
        // Particles die, more of them in some places than in others.
        assert!(!perturbs(&Yukawa { m: 1.0 }));
    }

    /// As on a CPU (see `perturb`): half of all coordinates are displaced by less than the median of the law.
    #[test]
    fn displacements_have_the_width_of_their_flow_scale() -> Result<()> {
        let (dim, count) = (3, 20_000);
        let schedule = NoiseSchedule::for_data(0.5);
        let sigmas: Vec<f64> = (0..count).map(|i| [0.01, 4.0][i % 2]).collect();
        let data = Tensor::zeros((5, dim), candle_core::DType::F32, &Device::Cpu)?;
        let resident = ResidentRows { data: &data, rows: (0..count as u32).map(|i| i % 5).collect(), width: 1 };
        for (pde, median) in [(&Heat as &dyn GenerativePde, 0.674_49), (&Poisson, 1.0)] {
            let mut rng = stream(0, Purpose::TrainingStep, 1);
            let numbers = resident.numbers(pde, &schedule, &sigmas, &mut rng)?;
            let emulation = Emulation::new();
            let [data, rows] = [emulation.copied(&data), emulation.filled(&numbers)];
            let [y, x] = [(); 2].map(|()| emulation.unset(count * dim));
            let at = Perturbation {
                y: y.pointer(),
                x: x.pointer(),
                data: data.pointer(),
                rows: rows.pointer(),
                scales: rows.pointer::<f32>().after_words(count),
                examples: count,
                dim,
                width: 1,
                key: [3; 4],
            };
            perturb(&*emulation.gpu, at)?;
            let x = emulation.read(&x, count * dim);
            for (i, sigma) in [0.01, 4.0].into_iter().enumerate() {
                for column in 0..dim {
                    let rows = x.chunks_exact(dim).skip(i).step_by(2);
                    let near = rows.filter(|x| f64::from(x[column].abs()) < median * sigma).count();
                    let excess = near as f64 - 0.25 * count as f64;
                    assert!(excess.abs() < 4.0 * (0.125 * count as f64).sqrt(), "{} {sigma}: {near}", pde.name());
                }
                let (found, expected) = (numbers[2 * count + i], pde.spread(pde.time(sigma)));
                assert!((f64::from(found) / expected - 1.0).abs() < 1e-6, "{found} {expected}");
            }
        }
        Ok(())
    }
}
