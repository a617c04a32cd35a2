//! The exact field of a large data set: posterior means over every data point, in memory of the batch.
//!
//! `E[y | x, t] = Σ p(x, t | y_i) y_i / Σ p(x, t | y_i)`, what a network trained without end on these data would learn.
//! A model that follows it memorises: it returns data points. It is the baseline of a data set and the floor of a
//! sampler's error, and its cost is known beforehand: about `count · points · (4 dim + 5)` operations.
//!
//! - `profile`: `ln p` as a function of the squared distance, recognised from the kernel's values;
//! - `near`: few dimensions, where distances and sums are formed point by point;
//! - `blocked`: many dimensions, where both are matrix products over blocks of points, the weights between them
//!   normalised as they come (Milakov and Gimelshein, arXiv 1805.02867), so that no more than a block of them exists;
//! - `on_gpu`: both of them on a GPU, for as many queries at a time as memory is set aside for;
//! - `shortlist`: the data in clusters, of which only those are looked at that can matter to a query.
//!
//! [`EmpiricalField`](genphys_flow::empirical_field::EmpiricalField) is the slow oracle in `f64` that knows births,
//! deaths and every spreading; this one is for self-similar processes that conserve particles.

mod blocked;
mod error;
#[cfg(test)]
mod gpu_tests;
mod near;
mod on_gpu;
mod profile;
mod shortlist;

pub use error::{ExactFieldError, Result};
pub use profile::RadialProfile;

use std::sync::Arc;

use candle_core::{Device, Tensor};

use genphys_flow::velocity_field::{FieldValues, VelocityField};
use genphys_flow::{FieldError, GenerativePde, Spreading};
use genphys_gpu::{Pool, address_of, pool_of, unset};

/// Dimensions up to which distances are formed point by point.
const NEAR: usize = 8;

/// Weights below this fraction of the largest one so far are left out of the sum where most are.
const NEGLIGIBLE: f32 = 1e-9;
/// ln of that.
const NEGLIGIBLE_LOGARITHM: f32 = -20.723_266;

/// The posterior mean over `points`, every one of the same weight.
pub struct ExactField {
    /// Centre of the data, subtracted from points and queries: distances are then differences of smaller numbers.
    mean: Vec<f32>,
    points: Points,
    /// The kernel at the time when the flow scale is one: at other times it is as much wider as the scale is.
    profile: RadialProfile,
    dim: usize,
}

/// Centred data in the layout that the sum wants.
enum Points {
    /// An array for each of a few coordinates.
    Coordinates(near::Coordinates),
    /// Row-major blocks with the squared norms of their points.
    Blocks(blocked::Blocks),
    /// Clusters, and the share of all weights that may be left out.
    Clusters(shortlist::Clusters, f32),
    /// On a GPU.
    OnGpu(on_gpu::OnGpu),
}

impl ExactField {
    /// The field of row-major `points`, `(count, dim)`.
    ///
    /// # Errors
    /// When there are no points, they do not have this dimension, or the equation makes or destroys particles, or its
    /// kernel is not a function of the distance that keeps its shape.
    pub fn new(pde: &dyn GenerativePde, points: &[f32], dim: usize) -> Result<Self> {
        let (mean, centred) = centre(pde, points, dim)?;
        let points = if dim <= NEAR {
            Points::Coordinates(near::Coordinates::new(&centred, dim))
        } else {
            Points::Blocks(blocked::Blocks::new(centred, dim))
        };
        Self::over(pde, mean, points, dim)
    }

    /// The field of row-major `points`, `(count, dim)`, on a device: the CPU, or a CUDA device.
    ///
    /// # Errors
    /// As [`new`](Self::new), or when the device is of another kind, or has no room for the points.
    pub fn new_on(pde: &dyn GenerativePde, points: &[f32], dim: usize, device: &Device) -> Result<Self> {
        match pool_of(device) {
            Some(pool) => Self::new_in(pde, points, dim, &pool),
            None if device.is_cpu() => Self::new(pde, points, dim),
            None => Err(ExactFieldError::Setting("exact fields are there for the CPU and for CUDA devices".to_owned())),
        }
    }

    /// The field of points in a GPU's memory.
    fn new_in(pde: &dyn GenerativePde, points: &[f32], dim: usize, pool: &Arc<Pool>) -> Result<Self> {
        let (mean, centred) = centre(pde, points, dim)?;
        let profile = RadialProfile::of(pde, dim, pde.time(1.0))?;
        let points = Points::OnGpu(on_gpu::OnGpu::new(pool, &centred, &mean, &profile)?);
        Ok(Self { mean, points, profile, dim })
    }

    /// The field of row-major `points`, `(count, dim)`, in which each query looks only at the clusters of points that
    /// can matter to it: those left out have at most the share `tolerance` of all weights, so that the mean is off by
    /// at most `tolerance` times the diameter of the data. It pays where the noise is small against the extent of the
    /// data.
    ///
    /// # Errors
    /// As [`new`](Self::new), or when the tolerance is not between 0 and 1.
    pub fn shortlisted(pde: &dyn GenerativePde, points: &[f32], dim: usize, tolerance: f64) -> Result<Self> {
        if !(tolerance > 0.0 && tolerance < 1.0) {
            let message = format!("the share of weights left out must be between 0 and 1, found {tolerance}");
            return Err(ExactFieldError::Setting(message));
        }
        let (mean, centred) = centre(pde, points, dim)?;
        let points = Points::Clusters(shortlist::Clusters::new(&centred, dim), tolerance as f32);
        Self::over(pde, mean, points, dim)
    }

    fn over(pde: &dyn GenerativePde, mean: Vec<f32>, points: Points, dim: usize) -> Result<Self> {
        let profile = RadialProfile::of(pde, dim, pde.time(1.0))?;
        Ok(Self { mean, points, profile, dim })
    }

    /// `E[y | x, t]` for the queries `x`, row-major `(count, dim)`, query `i` at flow scale `sigmas[i]`:
    /// `(count, dim)`.
    ///
    /// Weights below 1e-9 of the largest are left out where that saves work; the mean changes by less than 1e-9 times
    /// the number of points and the diameter of the data.
    ///
    /// # Errors
    /// When the numbers of queries and scales differ.
    pub fn posterior_mean(&self, x: &[f32], sigmas: &[f64]) -> Result<Vec<f32>> {
        if x.len() != sigmas.len() * self.dim {
            let message = format!("{} values are no {} points of dimension {}", x.len(), sigmas.len(), self.dim);
            return Err(ExactFieldError::Setting(message));
        }
        match &self.points {
            Points::Coordinates(points) => {
                self.in_order(x, sigmas, |x, profiles| Ok(points.posterior_means(x, profiles)))
            }
            Points::Blocks(points) => self.in_order(x, sigmas, |x, profiles| points.posterior_means(x, profiles)),
            Points::Clusters(points, tolerance) => {
                self.in_order(x, sigmas, |x, profiles| Ok(points.posterior_means(x, profiles, *tolerance).0))
            }
            Points::OnGpu(points) => {
                let profiles: Vec<RadialProfile> = sigmas.iter().map(|sigma| self.profile.widened(*sigma)).collect();
                Ok(points.posterior_means(x, &profiles)?)
            }
        }
    }

    /// The same from and to tensors, `(count, dim)` of `f32`: nothing is copied where `x` is on the field's device.
    ///
    /// # Errors
    /// When the numbers of queries and scales differ.
    pub fn posterior_mean_of(&self, x: &Tensor, sigmas: &[f64]) -> Result<Tensor> {
        if let (Points::OnGpu(points), Some(pool)) = (&self.points, pool_of(x.device()))
            && points.is_in(&pool)
            && x.dims() == [sigmas.len(), self.dim]
        {
            let (x, means) = (x.contiguous()?, unset(x.device(), x.shape())?);
            let profiles: Vec<RadialProfile> = sigmas.iter().map(|sigma| self.profile.widened(*sigma)).collect();
            let places = (address_of(&x)?, address_of(&means)?);
            points.posterior_means_at(places.0, places.1, &profiles)?;
            return Ok(means);
        }
        let means = self.posterior_mean(&x.flatten_all()?.to_vec1::<f32>()?, sigmas)?;
        Ok(Tensor::from_vec(means, x.shape(), x.device())?)
    }

    /// Centres the queries, puts them in the order of their noise level, and their means back in their order.
    fn in_order(
        &self,
        x: &[f32],
        sigmas: &[f64],
        posterior_means: impl FnOnce(&[f32], &[RadialProfile]) -> Result<Vec<f32>>,
    ) -> Result<Vec<f32>> {
        // Queries side by side then look at as many points.
        let mut order: Vec<usize> = (0..sigmas.len()).collect();
        order.sort_by(|i, j| sigmas[*i].total_cmp(&sigmas[*j]));
        let profiles: Vec<RadialProfile> = order.iter().map(|i| self.profile.widened(sigmas[*i])).collect();
        let query = |i: &usize| x[i * self.dim..(i + 1) * self.dim].iter().zip(&self.mean).map(|(x, mean)| x - mean);
        let centred: Vec<f32> = order.iter().flat_map(query).collect();
        let sorted = posterior_means(&centred, &profiles)?;
        let mut means = vec![0f32; x.len()];
        for (row, i) in sorted.chunks_exact(self.dim).zip(order) {
            for ((value, offset), mean) in means[i * self.dim..].iter_mut().zip(row).zip(&self.mean) {
                *value = offset + mean;
            }
        }
        Ok(means)
    }
}

/// The mean of the points, and the points less their mean.
fn centre(pde: &dyn GenerativePde, points: &[f32], dim: usize) -> Result<(Vec<f32>, Vec<f32>)> {
    if dim == 0 || points.is_empty() || !points.len().is_multiple_of(dim) {
        let message = format!("{} values are no points of dimension {dim}", points.len());
        return Err(ExactFieldError::Setting(message));
    }
    if pde.spreading() != Spreading::SelfSimilar || !pde.growth_is_uniform() {
        let name = pde.name();
        return Err(ExactFieldError::Setting(format!(
            "the exact field of large data sets is there for processes that conserve particles and keep their \
             shape; `{name}` does not: use `EmpiricalField`"
        )));
    }
    let count = points.len() / dim;
    let mut sums = vec![0f64; dim];
    for row in points.chunks_exact(dim) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += f64::from(*value);
        }
    }
    let mean: Vec<f32> = sums.iter().map(|sum| (sum / count as f64) as f32).collect();
    let centred = points.chunks_exact(dim).flat_map(|row| row.iter().zip(&mean).map(|(x, mean)| x - mean)).collect();
    Ok((mean, centred))
}

impl VelocityField for ExactField {
    fn dim(&self) -> usize {
        self.dim
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let count = x.len() / self.dim;
        let queries: Vec<f32> = x.iter().map(|x| *x as f32).collect();
        let means = self.posterior_mean(&queries, &vec![sigma; count])?;
        Ok(FieldValues { clean: means.into_iter().map(f64::from).collect(), growth: vec![0.0; count], pace: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_flow::empirical_field::EmpiricalField;
    use genphys_flow::fixture::{Heat, Poisson, Yukawa};
    use genphys_numeric::seed::{Purpose, stream};
    use rand::Rng;
    use rand_distr::StandardNormal;

    fn normal(count: usize, index: u64) -> Vec<f32> {
        let mut rng = stream(3, Purpose::Calibration, index);
        (0..count).map(|_| (0.5 * rng.sample::<f64, _>(StandardNormal)) as f32 + 3.0).collect()
    }

    #[test]
    fn agrees_with_direct_summation_in_few_and_many_dimensions() -> Result<(), FieldError> {
        for dim in [1, 2, 8, 9, 40] {
            let points = normal(2500 * dim, 1);
            let exact: Vec<f64> = points.iter().map(|x| f64::from(*x)).collect();
            let queries: Vec<f32> = normal(7 * dim, 2).iter().zip(&points).map(|(a, b)| 0.1 * a + 0.9 * b).collect();
            for pde in [&Heat as &dyn GenerativePde, &Poisson] {
                let fields = [ExactField::new(pde, &points, dim)?, ExactField::shortlisted(pde, &points, dim, 1e-6)?];
                let oracle = EmpiricalField::new(pde, &exact, dim);
                for sigma in [0.05, 0.4, 3.0, 60.0] {
                    let x: Vec<f64> = queries.iter().map(|x| f64::from(*x)).collect();
                    let expected = oracle.evaluate(&x, sigma)?.clean;
                    for field in &fields {
                        for (a, b) in field.evaluate(&x, sigma)?.clean.iter().zip(&expected) {
                            assert!((a - b).abs() < 2e-4, "{} N = {dim}, sigma {sigma}: {a} {b}", pde.name());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn every_query_has_its_own_scale() -> Result<()> {
        let points = normal(300 * 12, 4);
        let queries = normal(5 * 12, 5);
        let field = ExactField::new(&Heat, &points, 12)?;
        let sigmas = [0.1, 2.0, 2.0, 0.7, 9.0];
        let together = field.posterior_mean(&queries, &sigmas)?;
        for (i, sigma) in sigmas.iter().enumerate() {
            let alone = field.posterior_mean(&queries[i * 12..(i + 1) * 12], &[*sigma])?;
            for (a, b) in alone.iter().zip(&together[i * 12..]) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
        Ok(())
    }

    /// Every kind of block: queries that see one point, a few, and all of them, side by side in no order.
    #[test]
    fn mixed_noise_levels_agree_with_plain_sums_in_double_precision() -> Result<()> {
        let (count, queries) = (1500, 400);
        for dim in [2, 9, 64, 230] {
            let points = normal(count * dim, 7);
            let noise = normal(queries * dim, 8);
            let sigmas: Vec<f64> = (0..queries).map(|i| (6.5 * (i as f64 * 2.399).sin() - 0.5).exp()).collect();
            let x: Vec<f32> = (0..queries * dim)
                .map(|i| {
                    let point = points[i / dim * 7919 % count * dim + i % dim];
                    point + (2.0 * sigmas[i / dim]) as f32 * (noise[i] - 3.0)
                })
                .collect();
            for pde in [&Heat as &dyn GenerativePde, &Poisson] {
                let found = ExactField::new(pde, &points, dim)?.posterior_mean(&x, &sigmas)?;
                for ((query, found), sigma) in x.chunks_exact(dim).zip(found.chunks_exact(dim)).zip(&sigmas) {
                    let logarithm = |point: &[f32]| {
                        let square: f64 = query.iter().zip(point).map(|(x, y)| f64::from(x - y).powi(2)).sum();
                        pde.log_density(dim, pde.time(*sigma), square.sqrt())
                    };
                    let logarithms: Vec<f64> = points.chunks_exact(dim).map(logarithm).collect();
                    let top = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let (mut total, mut mean) = (0.0, vec![0f64; dim]);
                    for (point, logarithm) in points.chunks_exact(dim).zip(logarithms) {
                        let weight = (logarithm - top).exp();
                        total += weight;
                        mean.iter_mut().zip(point).for_each(|(sum, y)| *sum += weight * f64::from(*y));
                    }
                    let off = mean.iter().zip(found).map(|(sum, found)| (sum / total - f64::from(*found)).abs());
                    let off = off.fold(0.0, f64::max);
                    assert!(off < 1e-3, "{} N = {dim}, sigma {sigma}: {off:e}", pde.name());
                }
            }
        }
        Ok(())
    }

    #[test]
    fn processes_it_cannot_follow_are_refused() {
        assert!(ExactField::new(&Yukawa { m: 1.0 }, &[0.0, 1.0], 2).is_err());
        assert!(ExactField::new(&Heat, &[0.0, 1.0, 2.0], 2).is_err());
        assert!(ExactField::shortlisted(&Heat, &[0.0, 1.0], 2, 0.0).is_err());
    }
}
