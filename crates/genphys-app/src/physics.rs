//! Which equation a run has learned: that of the program, or its conservative rewrite.

use std::path::Path;

use genphys_flow::GenerativePde;
use genphys_flow::conservative::ConservativeRewrite;
use genphys_train::error::RuntimeError;
use genphys_train::run_dir::RunDir;
use genphys_train::training::ModelConfig;

/// The program's equation in one of its forms.
pub(super) enum Physics<'a> {
    /// With births and deaths, where it has any.
    AsWritten(&'a dyn GenerativePde),
    /// Without.
    Rewritten(ConservativeRewrite<'a>),
}

impl<'a> Physics<'a> {
    /// The form in which the run in the folder `path` was trained. That there is no run, or one of another equation, is
    /// left to be said by the command.
    pub(super) fn of_run(path: &Path, pde: &'a dyn GenerativePde) -> Result<Self, RuntimeError> {
        if !RunDir::exists(path) {
            return Ok(Self::AsWritten(pde));
        }
        let config = RunDir::consistently(path, ModelConfig::read)?;
        if config.is_rewrite_of(pde) {
            return Ok(Self::Rewritten(ConservativeRewrite::new(pde)?));
        }
        Ok(Self::AsWritten(pde))
    }

    /// Whether births and deaths are rewritten.
    pub(super) fn is_rewritten(&self) -> bool {
        matches!(self, Self::Rewritten(_))
    }

    /// The equation.
    pub(super) fn pde(&self) -> &dyn GenerativePde {
        match self {
            Self::AsWritten(pde) => *pde,
            Self::Rewritten(rewrite) => rewrite,
        }
    }
}
