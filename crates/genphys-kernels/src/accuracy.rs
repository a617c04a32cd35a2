//! A kernel's numbers at one place, with how many of their digits are right.

/// Estimates of the errors of a kernel's values at one place. One or more for density or velocity: nothing is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accuracy {
    /// The error of ln p: the relative error of p.
    pub log_density: f64,
    /// The relative error of J/(p r).
    pub velocity_over_r: f64,
    /// The error of R/p, in its own unit.
    pub growth_rate: f64,
}

/// A kernel's values at one place, as well as the family knows how to compute them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precise {
    /// ln p.
    pub log_density: f64,
    /// J/(p r).
    pub velocity_over_r: f64,
    /// R/p.
    pub growth_rate: f64,
    /// What is known of their errors.
    pub accuracy: Accuracy,
}
