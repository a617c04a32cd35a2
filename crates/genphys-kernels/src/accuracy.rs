//! How many digits of a kernel's numbers are right.

/// Estimates of the errors of a kernel's values at one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// The error of ln p: the relative error of p.
    pub log_density: f64,
    /// The relative error of J/(p r).
    pub velocity_over_r: f64,
    /// The relative error of R/p.
    pub growth_rate: f64,
}
