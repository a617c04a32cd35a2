//! What is asked about an equation besides the equation itself.

use genphys_pde::ast::Number;
use std::collections::BTreeMap;

/// What is asked about an equation besides the equation itself.
#[derive(Clone, Debug)]
pub struct Options {
    /// Parameters with a fixed value; the verdict is then about these values.
    pub set: BTreeMap<String, Number>,
    /// Only this number of space dimensions.
    pub dim: Option<u32>,
    /// Whether neighbouring equations are searched for repairs.
    pub repairs: bool,
    /// How much work verdict and repairs may be together, the verdict no more than two thirds of it, in units of a few
    /// microseconds; what is not decided by then is "undecided: work limit", on every machine alike.
    pub work_limit: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { set: BTreeMap::new(), dim: None, repairs: true, work_limit: 140_000 }
    }
}
