//! The symbolic engine of genphys: from a checked equation to a derivation with dispersion relation, conditions C1
//! and C2, continuity form and kernel (GenPhys, arXiv 2304.02637). The only crate that touches Symbolica.

mod algebra;
mod base;
mod claims;
mod derive;
mod equation;
mod evidence;
mod table;
mod trees;

use algebra::steps::Workspace;
use base::session;
use genphys_pde::derivation::Proposal;
use genphys_pde::pde::Pde;
use std::rc::Rc;

pub use base::engine_lock::Waiting;
pub use base::error::EngineError;
pub use base::options::Options;
pub use table::DispersionRow;

/// Waits for other genphys processes of this user and takes the engine; what follows need not wait. `waiting` hears of
/// it once when that takes more than two seconds. `program` is the process that this one works for, or this one itself:
/// others who wait are shown it.
///
/// # Errors
/// [`EngineError::Lock`].
pub fn start(program: u32, waiting: impl Fn(&Waiting)) -> Result<(), EngineError> {
    session::start(program, &waiting).map(drop)
}

/// Proposes everything about an equation: verdict, conditions, continuity form, kernel, with certificates for the
/// checker.
///
/// Waits for other genphys processes of this user, since Symbolica runs once per user without a licence key.
///
/// # Errors
/// [`EngineError`] for options that do not fit the equation, or when the engine cannot run.
pub fn derive(pde: &Pde, options: &Options) -> Result<Proposal, EngineError> {
    let (pde, options) = (pde.clone(), options.clone());
    session::run(move || {
        let work = Rc::new(Workspace::new(options.work_limit / 3 * 2));
        derive::derive(&pde, &options, &work).map(Proposal)
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
        let work = Rc::new(Workspace::new(options.work_limit));
        table::dispersion_table(&pde, &options, &k, &work)
    })?
}
