//! A constant death rate on top of any family: L[φ] + decay·φ in first order, p̂ times exp(−decay t).

use crate::accuracy::Precise;
use crate::error::{KernelError, finite};
use crate::kernel::PointSourceKernel;
use rand::Rng;

/// `kernel` times exp(−decay t). A negative decay is a constant birth rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Killed<K> {
    kernel: K,
    decay: f64,
}

impl<K: PointSourceKernel> Killed<K> {
    /// `decay` per unit time, of either sign.
    ///
    /// # Errors
    /// Unless decay is finite.
    pub fn new(kernel: K, decay: f64) -> Result<Self, KernelError> {
        Ok(Self { kernel, decay: finite("Killed", "decay", decay)? })
    }

    /// The kernel without the extra death rate.
    pub fn kernel(&self) -> &K {
        &self.kernel
    }

    /// The death rate.
    pub fn decay(&self) -> f64 {
        self.decay
    }
}

impl<K: PointSourceKernel> PointSourceKernel for Killed<K> {
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.log_density(dim, t, r) - self.decay * t
    }

    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.velocity_over_r(dim, t, r)
    }

    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.growth_rate(dim, t, r) - self.decay
    }

    fn precise(&self, dim: usize, t: f64, r: f64) -> Precise {
        let mut found = self.kernel.precise(dim, t, r);
        let log_decayed = self.decay * t;
        found.log_density -= log_decayed;
        found.growth_rate -= self.decay;
        found.accuracy.log_density += f64::EPSILON * log_decayed.abs();
        found.accuracy.growth_rate += f64::EPSILON * self.decay.abs();
        found
    }

    fn log_mass(&self, t: f64) -> f64 {
        self.kernel.log_mass(t) - self.decay * t
    }

    fn mean_growth_rate(&self, t: f64) -> f64 {
        self.kernel.mean_growth_rate(t) - self.decay
    }

    fn log_characteristic(&self, t: f64, k: f64) -> f64 {
        self.kernel.log_characteristic(t, k) - self.decay * t
    }

    fn sample_subordinator<R: Rng + ?Sized>(&self, t: f64, rng: &mut R) -> f64 {
        self.kernel.sample_subordinator(t, rng)
    }

    fn sigma(&self, t: f64) -> f64 {
        self.kernel.sigma(t)
    }

    fn time(&self, sigma: f64) -> f64 {
        self.kernel.time(sigma)
    }

    fn spread(&self, t: f64) -> f64 {
        self.kernel.spread(t)
    }

    fn sample_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_displacement(t, rng, z);
    }

    fn sample_scales<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, scales: &mut [f64]) -> bool {
        self.kernel.sample_scales(t, dim, rng, scales)
    }

    fn spread_normals<R: Rng + ?Sized>(&self, t: f64, dim: usize, rng: &mut R, z: &mut [f64]) {
        self.kernel.spread_normals(t, dim, rng, z);
    }

    fn distance(&self, z: &[f64]) -> f64 {
        self.kernel.distance(z)
    }

    fn is_self_similar(&self) -> bool {
        self.kernel.is_self_similar()
    }

    fn sample_moving_displacement<R: Rng + ?Sized>(&self, t: f64, rng: &mut R, z: &mut [f64]) {
        self.kernel.sample_moving_displacement(t, rng, z);
    }

    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.kernel.mean_velocity_over_r(dim, t)
    }

    fn sample_increment<R: Rng + ?Sized>(&self, t: [f64; 2], rng: &mut R, z: &mut [f64]) -> bool {
        self.kernel.sample_increment(t, rng, z)
    }
}
