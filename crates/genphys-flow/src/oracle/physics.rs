//! Equations for tests: the trait written out by hand around the kernels.

use genphys_kernels::PointSourceKernel;

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
    fn conserves_particles(&self) -> bool {
        self.conserves
    }
    fn spreading(&self) -> Spreading {
        if self.kernel.is_self_similar() { Spreading::SelfSimilar } else { Spreading::Radial }
    }
    crate::point_source!(self => self.kernel);
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
