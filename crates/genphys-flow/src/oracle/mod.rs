//! Equations for tests: the trait written out by hand around the kernels.

#![allow(clippy::expect_used)] // Constants that are in their domains.

pub mod physics;

use genphys_kernels::{self as kernels, PointSourceKernel};
use rand::RngCore;

use crate::generative_pde::GenerativePde;

macro_rules! oracle {
    ($type:ty, $name:literal, $equation:literal, $conserves:literal, |$self:ident| $kernel:expr, $params:expr) => {
        impl GenerativePde for $type {
            fn name(&self) -> &str {
                $name
            }
            fn equation(&self) -> &str {
                $equation
            }
            fn params(&self) -> Vec<(&'static str, f64)> {
                let $self = self;
                $params
            }
            fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
                let $self = self;
                $kernel.log_density(dim, t, r)
            }
            fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
                let $self = self;
                $kernel.velocity_over_r(dim, t, r)
            }
            fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
                let $self = self;
                $kernel.growth_rate(dim, t, r)
            }
            fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
                let $self = self;
                $kernel.sample_displacement(t, rng, z)
            }
            fn scales(&self, t: f64, dim: usize, rng: &mut dyn RngCore, scales: &mut [f64]) -> bool {
                let $self = self;
                $kernel.sample_scales(t, dim, rng, scales)
            }
            fn spread_normals(&self, t: f64, dim: usize, rng: &mut dyn RngCore, z: &mut [f64]) {
                let $self = self;
                $kernel.spread_normals(t, dim, rng, z)
            }
            fn increment(&self, t: [f64; 2], rng: &mut dyn RngCore, z: &mut [f64]) -> bool {
                let $self = self;
                $kernel.sample_increment(t, rng, z)
            }
            fn sigma(&self, t: f64) -> f64 {
                let $self = self;
                $kernel.sigma(t)
            }
            fn time(&self, sigma: f64) -> f64 {
                let $self = self;
                $kernel.time(sigma)
            }
            fn spread(&self, t: f64) -> f64 {
                let $self = self;
                $kernel.spread(t)
            }
            fn conserves_particles(&self) -> bool {
                $conserves
            }
        }
    };
}

/// φ_t = ∇²φ.
#[derive(Clone, Copy, Debug)]
pub struct Heat;

/// φ_tt + ∇²φ = 0.
#[derive(Clone, Copy, Debug)]
pub struct Poisson;

/// φ_tt + ∇²φ − m²φ = 0.
#[derive(Clone, Copy, Debug)]
pub struct Yukawa {
    /// Inverse screening length.
    pub m: f64,
}

oracle!(
    Heat,
    "diffusion",
    "dt(phi) = lap(phi)",
    true,
    |_model| kernels::Heat::new(1.0).expect("positive diffusivity"),
    Vec::new()
);
oracle!(
    Poisson,
    "poisson",
    "dt(phi, 2) + lap(phi) = 0",
    true,
    |_model| kernels::Poisson::new(1.0).expect("positive speed"),
    Vec::new()
);
oracle!(
    Yukawa,
    "yukawa",
    "dt(phi, 2) + lap(phi) - m^2*phi = 0",
    false,
    |model| kernels::Yukawa::new(1.0, model.m).expect("positive speed and mass"),
    vec![("m", model.m)]
);
