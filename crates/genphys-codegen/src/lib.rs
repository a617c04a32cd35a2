//! Code generator of genphys: a proof that an equation is s-generative becomes a model.
//!
//! ```text
//! SGenerative -> ModelPlan -> tokens -> files of a model crate      crate_files
//!                                   \-> expansion of the attribute  attribute::expand
//! ```
//!
//! `plan` decides everything, `emit` writes it down, `format` lays it out. The library writes nothing to disk; what
//! it reads there are the equations and derivations that an attribute names ([`store`]).

pub mod attribute;
mod cancelling;
mod crate_files;
mod domain;
mod emit;
mod error;
mod exponent;
mod exponentials;
mod expression;
mod format;
mod names;
mod plan;
pub mod store;
mod tidy;

pub use crate_files::{
    CrateFile, CrateOptions, CrateRecord, CrateRequest, FileUpdate, GenphysSource, Net, RECORD, check_equation_name,
    check_name, crate_files, lines,
};
pub use error::{CrateError, PlanError};
pub use exponent::ExponentParts;
pub use names::type_name;
pub use plan::ModelPlan;
