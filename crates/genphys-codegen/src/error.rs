//! Why a derivation cannot become a model.

use crate::store::StoreError;
use thiserror::Error;

/// Why a [`crate::ModelPlan`] cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The equation is s-generative, but there is no point-source kernel to build a model on.
    #[error("`{name}` is s-generative, and genphys has no model of it: {why}")]
    NoModel {
        /// Name of the equation.
        name: String,
        /// Why, as the end of a sentence.
        why: String,
    },
    /// The derivation is not about this dimension.
    #[error("the derivation of `{name}` is not about {dim} dimensions")]
    Dim {
        /// Name of the equation.
        name: String,
        /// The dimension.
        dim: u32,
    },
    /// The conservative rewrite of this kernel is not known here.
    #[error(
        "there is no conservative rewrite of `{name}`: the mass-normalised kernel of screened PFGM++ is of no family that \
         genphys knows; leave `conservative` out, and particles are born and die"
    )]
    Conservative {
        /// Name of the equation.
        name: String,
    },
    /// A constant of the kernel is no real expression in the parameters.
    #[error("the kernel constant `{expression}` cannot be computed from the parameters: it contains {found}")]
    Constant {
        /// The expression.
        expression: String,
        /// What stands in it.
        found: String,
    },
    /// A kernel needs real parameters.
    #[error("the parameter `{param}` is complex; a kernel needs real parameters")]
    ComplexParameter {
        /// The parameter.
        param: String,
    },
    /// A default outside the domain.
    #[error("the value {value} of the parameter `{param}` is not in its domain `{domain}`")]
    Default {
        /// The parameter.
        param: String,
        /// The domain.
        domain: String,
        /// The value, as text.
        value: String,
    },
}

/// Why a model crate cannot be written.
#[derive(Debug, Error)]
pub enum CrateError {
    /// The derivation cannot become a model.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The derivation cannot be stored beside the equation.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A program needs a value for every parameter.
    #[error(
        "the parameter `{param}` of `{name}` has no value: give it a default in the .pde file (`param {param} = 1.0`) \
         or fix it (`--set {param}=1.0`)"
    )]
    NoValue {
        /// Name of the equation.
        name: String,
        /// The parameter.
        param: String,
    },
    /// The crate cannot have this name.
    #[error("`{name}` cannot be the name of a crate: {reason}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// The files of the equation cannot have its name.
    #[error("no model crate of an equation called `{name}`: {reason}")]
    Equation {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// The generated tokens are not Rust: a fault of genphys.
    #[error("genphys generated code that is not Rust; please report this: {0}")]
    Syntax(#[from] syn::Error),
}
