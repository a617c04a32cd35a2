//! Values of the equation's parameters: from `--set`, from the run that a command is about, or both.

use std::path::Path;

use clap::Args;

use genphys_flow::GenerativePde;
use genphys_train::error::{Result, RuntimeError};
use genphys_train::run_dir::RunDir;
use genphys_train::training::ModelConfig;

/// `--set`.
#[derive(Debug, Default, Args)]
pub(super) struct ParameterArguments {
    /// Value of a parameter of the equation, such as D=64 [default: that of the program, or of the run; a run that
    /// learned several values knows those]
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    settings: Vec<(String, f64)>,
}

impl ParameterArguments {
    /// The equation with these values; `None` where none was given.
    pub(super) fn apply(&self, pde: &dyn GenerativePde) -> Result<Option<Box<dyn GenerativePde>>> {
        if self.settings.is_empty() { Ok(None) } else { with_values(pde, &self.settings).map(Some) }
    }

    /// With `--resume` the values are those of the run, `pde`.
    pub(super) fn check_same(&self, pde: &dyn GenerativePde) -> Result<()> {
        let Some(given) = self.apply(pde)? else { return Ok(()) };
        match given.params().iter().zip(pde.params()).find(|(given, own)| *given != own) {
            Some(((name, value), (_, own))) => Err(RuntimeError::Setting(format!(
                "--set {name}={value} cannot be changed with --resume: the run has {name} = {own}"
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn are_given(&self) -> bool {
        !self.settings.is_empty()
    }
}

/// `NAME=VALUE`.
fn assignment(text: &str) -> std::result::Result<(String, f64), String> {
    let wrong = || format!("expected NAME=VALUE such as D=64, found `{text}`");
    let (name, value) = text.split_once('=').ok_or_else(wrong)?;
    let value = value.trim().parse::<f64>().map_err(|_| wrong())?;
    Ok((name.trim().to_owned(), value))
}

/// The equation with these values in place of its own.
///
/// # Errors
/// When there is no such parameter, a value is outside its domain, or cannot be changed.
pub(super) fn with_values(pde: &dyn GenerativePde, settings: &[(String, f64)]) -> Result<Box<dyn GenerativePde>> {
    let mut params = pde.params();
    for (name, value) in settings {
        let known: Vec<&str> = params.iter().map(|(name, _)| *name).collect();
        let known = if known.is_empty() { "it has none".to_owned() } else { format!("it has {}", known.join(", ")) };
        let place = params
            .iter_mut()
            .find(|(own, _)| own == name)
            .ok_or_else(|| RuntimeError::Setting(format!("`{}` has no parameter `{name}`; {known}", pde.name())))?;
        place.1 = *value;
    }
    let values: Vec<f64> = params.iter().map(|(_, value)| *value).collect();
    let changed = pde.with_params(&values).map_err(|error| RuntimeError::Setting(error.to_string()))?;
    match changed.params().iter().zip(&params).find(|(found, wanted)| found != wanted) {
        Some(((name, value), _)) => {
            Err(RuntimeError::Setting(format!("the derivation is about `{name}` = {value} only; it cannot be changed")))
        }
        None => Ok(changed),
    }
}

/// The equation with the values that the run in `folder` was trained with, and `chosen` ones for a run that learned
/// several; `None` where they are those of the program, or the run is about something else, which is told where it is
/// opened.
pub(super) fn of_run(
    pde: &dyn GenerativePde,
    folder: &Path,
    chosen: &ParameterArguments,
) -> Result<Option<Box<dyn GenerativePde>>> {
    if !RunDir::exists(folder) {
        return Ok(None);
    }
    let config = RunDir::consistently(folder, ModelConfig::read)?;
    let own = pde.params();
    let params = &config.members[0].params;
    let same = own.len() == params.len() && own.iter().zip(params).all(|(a, b)| a.0 == b.0 && a.1 == b.1);
    if config.equation != pde.equation() || same && !chosen.are_given() {
        return Ok(None);
    }
    let values: Vec<(String, f64)> = params.iter().chain(&chosen.settings).cloned().collect();
    with_values(pde, &values).map(Some)
}
