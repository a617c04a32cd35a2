//! Equations for tests: the trait written out by hand around the kernels.

use genphys_kernels::PointSourceKernel;
use rand::RngCore;

use crate::generative_pde::{GenerativePde, Spreading};
use crate::param_error::ParamError;

/// The model with other values of its parameters.
pub type Remake = fn(&[f64]) -> Result<Box<dyn GenerativePde>, ParamError>;

/// Any kernel as a model.
pub struct Model<K> {
    /// How a point source spreads.
    pub kernel: K,
    /// Name and equation.
    pub name: &'static str,
    /// Whether particles are neither born nor die.
    pub conserves: bool,
    /// Its parameters.
    pub params: Vec<(&'static str, f64)>,
    /// The same with other values.
    pub remake: Remake,
}

impl<K: PointSourceKernel + Send + Sync> GenerativePde for Model<K> {
    fn name(&self) -> &str {
        self.name
    }
    fn equation(&self) -> &str {
        self.name
    }
    fn params(&self) -> Vec<(&'static str, f64)> {
        self.params.clone()
    }
    fn with_params(&self, values: &[f64]) -> Result<Box<dyn GenerativePde>, ParamError> {
        (self.remake)(values)
    }
    fn log_density(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.log_density(dim, t, r)
    }
    fn velocity_over_r(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.velocity_over_r(dim, t, r)
    }
    fn growth_rate(&self, dim: usize, t: f64, r: f64) -> f64 {
        self.kernel.growth_rate(dim, t, r)
    }
    fn displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.kernel.sample_displacement(t, rng, z)
    }
    fn scales(&self, t: f64, dim: usize, rng: &mut dyn RngCore, scales: &mut [f64]) -> bool {
        self.kernel.sample_scales(t, dim, rng, scales)
    }
    fn spread_normals(&self, t: f64, dim: usize, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.kernel.spread_normals(t, dim, rng, z)
    }
    fn increment(&self, t: [f64; 2], rng: &mut dyn RngCore, z: &mut [f64]) -> bool {
        self.kernel.sample_increment(t, rng, z)
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
    fn conserves_particles(&self) -> bool {
        self.conserves
    }
    fn spreading(&self) -> Spreading {
        if self.kernel.is_self_similar() { Spreading::SelfSimilar } else { Spreading::Radial }
    }
    fn moving_displacement(&self, t: f64, rng: &mut dyn RngCore, z: &mut [f64]) {
        self.kernel.sample_moving_displacement(t, rng, z)
    }
    fn mean_velocity_over_r(&self, dim: usize, t: f64) -> f64 {
        self.kernel.mean_velocity_over_r(dim, t)
    }
}

/// For models without parameters.
pub const FIXED: Remake = |_| Err(ParamError::Unchangeable);

/// φ_t = ∇²φ.
pub fn heat() -> Model<genphys_kernels::Heat> {
    Model {
        kernel: genphys_kernels::Heat::new(1.0).expect("in its domain"),
        name: "heat",
        conserves: true,
        params: Vec::new(),
        remake: FIXED,
    }
}

/// φ_tt + ∇²φ = 0.
pub fn poisson() -> Model<genphys_kernels::Poisson> {
    Model {
        kernel: genphys_kernels::Poisson::new(1.0).expect("in its domain"),
        name: "poisson",
        conserves: true,
        params: Vec::new(),
        remake: FIXED,
    }
}

/// φ_tt + ∇²φ − m²φ = 0.
pub fn yukawa(m: f64) -> Model<genphys_kernels::Yukawa> {
    Model {
        kernel: genphys_kernels::Yukawa::new(1.0, m).expect("in its domain"),
        name: "yukawa",
        conserves: false,
        params: Vec::new(),
        remake: FIXED,
    }
}
