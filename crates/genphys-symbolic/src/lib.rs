//! The symbolic engine of genphys: from a checked equation to a derivation with dispersion relation, conditions C1
//! and C2, continuity form and kernel (GenPhys, arXiv 2304.02637). The only crate that touches Symbolica.

mod asymptotics;
mod bernstein;
mod bounded_multiplier;
mod budget;
mod calculus;
mod cells;
mod clock;
mod components;
mod conditions;
mod continuity;
mod declared;
mod decomposition;
mod definite;
mod derive;
mod dispersion;
mod enclosure;
mod engine_lock;
mod equation;
mod exponents;
mod expression;
mod formula;
mod fraction;
mod homogeneous;
mod hurwitz;
mod implication;
mod interval;
mod kernel;
mod nonlinear;
mod number;
mod operator;
mod petrovsky;
mod polynomial;
mod positivity;
mod print;
mod range;
mod read;
mod refute;
mod repair;
mod report;
mod ring;
mod roots;
mod series;
mod session;
mod sign;
mod skewness;
mod steps;
mod symbol;
mod table;
mod time;
mod witness;

use genphys_pde::ast::Number;
use genphys_pde::derivation::Proposal;
use genphys_pde::pde::Pde;
use std::collections::BTreeMap;

pub use engine_lock::Waiting;
pub use table::DispersionRow;

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

/// Why the engine has no answer at all. "Undecided" is an answer and not an error.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    /// `--set` names a parameter that the equation does not have.
    #[error("unknown parameter `{name}`; the equation has {}", list(known))]
    UnknownParameter {
        /// The name given.
        name: String,
        /// The parameters there are.
        known: Vec<String>,
    },
    /// `--set` gives a value outside the declared domain.
    #[error("{name} = {value} lies outside its domain, {name} {domain}")]
    OutsideDomain {
        /// Parameter.
        name: String,
        /// Value given.
        value: f64,
        /// Domain as declared.
        domain: String,
    },
    /// The equation is not meant for the dimension asked about.
    #[error("the equation is declared for dimension {declared}, not for N = {asked}")]
    Dimension {
        /// N asked about.
        asked: u32,
        /// Dimensions declared or implied by coordinates.
        declared: String,
    },
    /// A value is needed and none is given.
    #[error("parameter `{0}` has no default value; give one with --set {0}=…")]
    NoValue(String),
    /// The equation has no dispersion relation with constant coefficients.
    #[error("the equation has no dispersion relation here: it contains {0}")]
    NoDispersion(String),
    /// The lock that keeps two genphys processes from using Symbolica at once could not be taken.
    #[error("cannot wait for other genphys processes: {0}")]
    Lock(String),
    /// The engine thread ended without an answer.
    #[error("the symbolic engine stopped without an answer; this is a bug in genphys, please report the equation")]
    Stopped,
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "no parameters".into() } else { names.join(", ") }
}

/// Waits for other genphys processes of this user and takes the engine; what follows need not wait. `waiting` hears of it once
/// when that takes more than two seconds. `program` is the process that this one works for, or this one itself: others who wait
/// are told of it.
///
/// # Errors
/// [`EngineError::Lock`].
pub fn start(program: u32, waiting: impl Fn(&Waiting)) -> Result<(), EngineError> {
    session::start(program, &waiting).map(drop)
}

/// Proposes everything about an equation: verdict, conditions, continuity form, kernel, with certificates for the checker.
///
/// Waits for other genphys processes of this user, since Symbolica runs once per user without a licence key.
///
/// # Errors
/// [`EngineError`] for options that do not fit the equation, or when the engine cannot run.
pub fn derive(pde: &Pde, options: &Options) -> Result<Proposal, EngineError> {
    let (pde, options) = (pde.clone(), options.clone());
    session::run(move || {
        budget::start(options.work_limit / 3 * 2);
        steps::start();
        derive::derive(&pde, &options).map(Proposal)
    })?
}

/// The branches ω_j(k) as numbers, for k along the first axis.
///
/// Parameters take the value from the options or their default.
///
/// # Errors
/// [`EngineError`] as for [`derive()`], and when a parameter has no value or the equation no dispersion relation.
pub fn dispersion_table(pde: &Pde, options: &Options, k: &[f64]) -> Result<Vec<DispersionRow>, EngineError> {
    let (pde, options, k) = (pde.clone(), options.clone(), k.to_vec());
    session::run(move || {
        budget::start(options.work_limit);
        steps::start();
        table::dispersion_table(&pde, &options, &k)
    })?
}
