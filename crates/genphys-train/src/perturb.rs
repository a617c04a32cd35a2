//! Forward in time: data points, spread by the process.

use candle_core::{DType, Device, Tensor};
use rand_chacha::ChaCha8Rng;

use crate::error::Result;
use crate::pace::PaceTarget;
use crate::resident::ResidentRows;
use genphys_flow::noise_schedule::NoiseSchedule;
use genphys_flow::point_source::PointSource;
use genphys_flow::{GenerativePde, Spreading, velocities_over_r};
use genphys_numeric::fill_normals;

/// Data points drawn for one training step, and the randomness that belongs to it.
#[derive(Debug)]
pub struct CleanBatch<'a> {
    /// Data points, row-major `(batch, dim)`; none where they lie on the device.
    pub points: Vec<f64>,
    /// Which they are, where they lie on the device and are perturbed there.
    pub resident: Option<ResidentRows<'a>>,
    /// Their classes, for a network that learns them, the number of classes where it is not told; else `None`.
    pub labels: Option<Vec<u32>>,
    /// Mean of the data, `(dim,)`.
    pub mean: &'a [f64],
    /// The range of flow scales and how it is visited.
    pub schedule: &'a NoiseSchedule,
    /// The random stream of this step.
    pub rng: ChaCha8Rng,
    /// Where the tensors go.
    pub device: &'a Device,
}

impl<'a> CleanBatch<'a> {
    /// Data points on the host, row-major `(batch, dim)`, of no class.
    pub fn new(
        points: Vec<f64>,
        mean: &'a [f64],
        schedule: &'a NoiseSchedule,
        rng: ChaCha8Rng,
        device: &'a Device,
    ) -> Self {
        Self { points, resident: None, labels: None, mean, schedule, rng, device }
    }

    /// Dimension of the data.
    pub fn dim(&self) -> usize {
        self.mean.len()
    }

    /// A random flow scale for every data point.
    pub fn draw_sigmas(&mut self) -> Vec<f64> {
        let count = self.resident.as_ref().map_or(self.points.len() / self.dim(), |resident| resident.rows.len());
        self.schedule.draw(count, &mut self.rng)
    }

    fn label_tensor(&self) -> Result<Option<Tensor>> {
        let tensor = |labels: &Vec<u32>| Ok(Tensor::from_slice(labels, labels.len(), self.device)?);
        self.labels.as_ref().map(tensor).transpose()
    }
}

/// A batch of perturbed points and what the network should say about them.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Data points `y`, `(batch, dim)`.
    pub y: Tensor,
    /// Classes, `(batch,)`, for a network that learns them.
    pub labels: Option<Tensor>,
    /// Perturbed points `x = y + z`, `(batch, dim)`.
    pub x: Tensor,
    /// Typical spread of the process at each point's time, `(batch, 1)`.
    pub spread: Tensor,
    /// Importance weight of each point's squared error, `(batch, 1)`, or `(batch, dim)` where every coordinate spreads
    /// by itself; one where particles are conserved and the process is self-similar.
    pub weight: Tensor,
    /// Growth relative to a point source at the data mean, per unit of `ln σ`, `(batch,)`; only where particles are
    /// born or die.
    pub growth: Option<Tensor>,
    /// What there is to learn of the pace; only where the process is not self-similar.
    pub pace: Option<PaceTarget>,
}

impl Batch {
    /// Lets the process run from each data point until its flow scale is the given one.
    ///
    /// Where particles die, points are drawn from the population the sampler visits, which looks ahead (see
    /// [`PointSource`]): `p(z) h(z)` instead of `p(z)`. The weight `h(x)/h(z)` restores the posterior: it differs
    /// from `1/h(z)` by a factor that depends on `x` alone, and such a factor leaves `E[y | x, t]` as it is. It is near
    /// one, because `x` and `z` differ by one data point.
    ///
    /// Where the process is not self-similar, every other point is drawn from the law of moving matter (see
    /// [`pace`](crate::pace)), and weights count points as they move.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn perturb(pde: &dyn GenerativePde, clean: &mut CleanBatch<'_>, sigmas: &[f64]) -> Result<Self> {
        if pde.spreading() != Spreading::SelfSimilar {
            return Self::perturb_with_pace(pde, clean, sigmas);
        }
        if let Some(resident) = &clean.resident {
            let device = clean.device;
            let (y, x, spread) = resident.perturb(pde, clean.schedule, sigmas, &mut clean.rng, device)?;
            let weight = Tensor::ones((sigmas.len(), 1), DType::F32, device)?;
            return Ok(Self { y, labels: clean.label_tensor()?, x, spread, weight, growth: None, pace: None });
        }
        let (dim, sigma_min) = (clean.dim(), clean.schedule.sigma_min);
        let grows = !pde.growth_is_uniform();
        let source = PointSource::new(pde, dim, sigma_min);
        // The kernel at the smallest flow scale, then stretched along its rays: where particles are conserved that is
        // the kernel at every other scale.
        let first = pde.time(sigma_min);
        let mut normals = vec![0f32; clean.points.len()];
        fill_normals(&mut clean.rng, &mut normals);
        let mut z: Vec<f64> = normals.iter().map(|normal| f64::from(*normal)).collect();
        pde.spread_normals(first, dim, &mut clean.rng, &mut z);
        let mut x = normals;
        for (((x, y), z), sigma) in
            x.chunks_exact_mut(dim).zip(clean.points.chunks_exact(dim)).zip(z.chunks_exact_mut(dim)).zip(sigmas)
        {
            let stretch = sigma / sigma_min;
            for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
                *z *= stretch;
                *x = (y + *z) as f32;
            }
        }
        let spread = if grows {
            sigmas.iter().map(|sigma| pde.spread(pde.time(*sigma)) as f32).collect()
        } else {
            let per_sigma = pde.spread(first) / sigma_min;
            sigmas.iter().map(|sigma| (per_sigma * sigma) as f32).collect::<Vec<f32>>()
        };
        let mut weight = vec![1f32; sigmas.len()];
        let mut growth = Vec::new();
        if grows {
            let rows = clean.points.chunks_exact(dim).zip(z.chunks_exact(dim));
            for (((y, z), &sigma), weight) in rows.zip(sigmas).zip(&mut weight) {
                let from_point = pde.distance(z);
                let offset: Vec<f64> = y.iter().zip(z).zip(clean.mean).map(|((y, z), mean)| y + z - mean).collect();
                let from_mean = pde.distance(&offset);
                let log_weight = source.log_look_ahead(from_mean, sigma) - source.log_look_ahead(from_point, sigma);
                *weight = log_weight.exp() as f32;
                let relative =
                    source.growth_per_log_sigma(from_point, sigma) - source.growth_per_log_sigma(from_mean, sigma);
                growth.push(relative as f32);
            }
        }
        let (count, device) = (sigmas.len(), clean.device);
        let y = clean.points.iter().map(|y| *y as f32).collect::<Vec<f32>>();
        Ok(Self {
            y: Tensor::from_vec(y, (count, dim), device)?,
            labels: clean.label_tensor()?,
            x: Tensor::from_vec(x, (count, dim), device)?,
            spread: Tensor::from_vec(spread, (count, 1), device)?,
            weight: Tensor::from_vec(weight, (count, 1), device)?,
            growth: if grows { Some(Tensor::from_vec(growth, count, device)?) } else { None },
            pace: None,
        })
    }

    /// Growth, if any, is uniform here.
    fn perturb_with_pace(pde: &dyn GenerativePde, clean: &mut CleanBatch<'_>, sigmas: &[f64]) -> Result<Self> {
        let (dim, count) = (clean.dim(), sigmas.len());
        let radial = pde.spreading() == Spreading::Radial;
        let columns = if radial { 1 } else { dim };
        let mut x = Vec::with_capacity(clean.points.len());
        let mut spread = Vec::with_capacity(count);
        let (mut weight, mut share) = (Vec::with_capacity(count * columns), Vec::with_capacity(count * columns));
        let mut pace_weight = Vec::with_capacity(count * columns);
        let mut z = vec![0f64; dim];
        for (i, (&sigma, y)) in sigmas.iter().zip(clean.points.chunks_exact(dim)).enumerate() {
            // Times on a grid: a kernel without closed form keeps what it has computed for each.
            let t = pde.time(clean.schedule.level_near(sigma));
            spread.push(pde.spread(t) as f32);
            if radial && i % 2 == 1 {
                pde.moving_displacement(t, &mut clean.rng, &mut z);
            } else {
                pde.displacement(t, &mut clean.rng, &mut z);
            }
            x.extend(y.iter().zip(&z).map(|(y, z)| (y + z) as f32));
            let mean = pde.mean_velocity_over_r(dim, t);
            for rate in velocities_over_r(pde, t, &z).into_iter().take(columns) {
                let relative = rate / mean;
                // Infinite where matter leaves a point in no time.
                let moving = if relative.is_finite() { relative / (1.0 + relative) } else { 1.0 };
                share.push(moving as f32);
                // Points of both laws by turns, or of the plain law with weights for the other.
                weight.push(if radial { 2.0 * moving } else { relative } as f32);
                pace_weight.push(if radial { 1.0 } else { 0.5 * (1.0 + relative) } as f32);
            }
        }
        let device = clean.device;
        let y = clean.points.iter().map(|y| *y as f32).collect::<Vec<f32>>();
        Ok(Self {
            y: Tensor::from_vec(y, (count, dim), device)?,
            labels: clean.label_tensor()?,
            x: Tensor::from_vec(x, (count, dim), device)?,
            spread: Tensor::from_vec(spread, (count, 1), device)?,
            weight: Tensor::from_vec(weight, (count, columns), device)?,
            growth: None,
            pace: Some(PaceTarget {
                share: Tensor::from_vec(share, (count, columns), device)?,
                weight: Tensor::from_vec(pace_weight, (count, columns), device)?,
            }),
        })
    }
}

/// Typical size of the relative growth over the noise levels of training: root mean square over a sample.
///
/// Returns one where particles are conserved or the growth is that of a point source everywhere.
///
/// # Errors
/// When a device operation fails.
pub fn growth_scale(pde: &dyn GenerativePde, clean: &mut CleanBatch<'_>) -> Result<f64> {
    let sigmas = clean.draw_sigmas();
    let Some(growth) = Batch::perturb(pde, clean, &sigmas)?.growth else {
        return Ok(1.0);
    };
    let values = growth.to_device(&Device::Cpu)?.to_vec1::<f32>()?;
    let mean = values.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>() / values.len().max(1) as f64;
    Ok(if mean.is_finite() && mean > 0.0 { mean.sqrt() } else { 1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_flow::fixture::{Heat, Poisson};
    use genphys_numeric::seed::{Purpose, stream};

    /// Half of all coordinates are displaced by less than the median of the law: 0.6745 σ of a Gaussian, σ of Cauchy's.
    #[test]
    fn displacements_have_the_width_of_their_flow_scale() -> Result<()> {
        let (dim, count) = (3, 30_000);
        let schedule = NoiseSchedule::for_data(0.5);
        for (pde, median) in [(&Heat as &dyn GenerativePde, 0.674_49), (&Poisson, 1.0)] {
            let points = (0..count * dim).map(|i| 1e-3 * (i % 7) as f64).collect();
            let mut clean =
                CleanBatch::new(points, &[0.0; 3], &schedule, stream(0, Purpose::TrainingStep, 1), &Device::Cpu);
            let sigmas: Vec<f64> = (0..count).map(|i| [0.01, 4.0][i % 2]).collect();
            let batch = Batch::perturb(pde, &mut clean, &sigmas)?;
            let (x, y) = (batch.x.to_vec2::<f32>()?, batch.y.to_vec2::<f32>()?);
            for (i, sigma) in [0.01, 4.0].into_iter().enumerate() {
                for column in 0..dim {
                    let rows = x.iter().zip(&y).skip(i).step_by(2);
                    let near = rows.filter(|(x, y)| f64::from((x[column] - y[column]).abs()) < median * sigma).count();
                    let excess = near as f64 - 0.25 * count as f64;
                    assert!(excess.abs() < 4.0 * (0.125 * count as f64).sqrt(), "{} {sigma}: {near}", pde.name());
                }
                let (found, expected) = (batch.spread.to_vec2::<f32>()?[i][0], pde.spread(pde.time(sigma)));
                assert!((f64::from(found) / expected - 1.0).abs() < 1e-6, "{found} {expected}");
            }
        }
        Ok(())
    }
}
