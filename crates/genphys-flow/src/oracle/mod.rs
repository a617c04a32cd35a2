//! Equations for tests: the trait written out by hand around the kernels.

#![allow(clippy::expect_used)] // Constants that are in their domains.

pub mod physics;

use genphys_kernels as kernels;

use crate::generative_pde::GenerativePde;

macro_rules! oracle {
    ($type:ty, $name:literal, $equation:literal, $conserves:literal, $self:ident => $kernel:expr, $params:expr) => {
        impl GenerativePde for $type {
            fn name(&self) -> &str {
                $name
            }
            fn equation(&self) -> &str {
                $equation
            }
            fn params(&$self) -> Vec<(&'static str, f64)> {
                $params
            }
            fn conserves_particles(&self) -> bool {
                $conserves
            }
            crate::point_source!($self => $kernel);
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
    self => kernels::Heat::new(1.0).expect("positive diffusivity"),
    Vec::new()
);
oracle!(
    Poisson,
    "poisson",
    "dt(phi, 2) + lap(phi) = 0",
    true,
    self => kernels::Poisson::new(1.0).expect("positive speed"),
    Vec::new()
);
oracle!(
    Yukawa,
    "yukawa",
    "dt(phi, 2) + lap(phi) - m^2*phi = 0",
    false,
    self => kernels::Yukawa::new(1.0, self.m).expect("positive speed and mass"),
    vec![("m", self.m)]
);
