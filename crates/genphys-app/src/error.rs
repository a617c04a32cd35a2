//! What the program of a model crate reports when it fails.

use genphys_flow::{Advice, FlowError, Setting as FlowSetting};
use genphys_gpu::GpuError;
use genphys_train::RuntimeError;
use genphys_train::error::Setting;

/// Error of a model crate's program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The command line cannot be understood. The text explains the usage.
    #[error("{}", .0.trim_end().trim_start_matches("error: "))]
    Usage(String),
    /// A training ended before its time. The text says why, and how to go on.
    #[error("{message}")]
    Stopped {
        /// Exit code for the shell.
        exit_code: u8,
        /// The text.
        message: String,
    },
    /// A command failed.
    #[error("{error}{options}", error = .0, options = options(.0))]
    Runtime(#[source] RuntimeError),
}

impl AppError {
    /// Exit code for the shell: 2 for wrong input (arguments, data, device, files), 1 for failures on the way,
    /// 128 and the number of a signal that ended a training.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Stopped { exit_code, .. } => *exit_code,
            Self::Runtime(error) => code_of(error),
        }
    }
}

fn code_of(error: &RuntimeError) -> u8 {
    match error {
        RuntimeError::Data(_)
        | RuntimeError::Setting(_)
        | RuntimeError::Device { .. }
        | RuntimeError::Io { .. }
        | RuntimeError::RunFile { .. }
        | RuntimeError::Busy { .. } => 2,
        RuntimeError::Advised { error, .. } => code_of(error),
        _ => 1,
    }
}

/// How the settings that an error speaks of are given to this program, in parentheses.
fn options(error: &RuntimeError) -> String {
    let advice = error.advice();
    if advice.is_empty() {
        return String::new();
    }
    let word = |advice: &Advice<Setting>| match &advice.value {
        Some(value) => format!("{} {value}", option(advice.setting)),
        None => option(advice.setting).to_owned(),
    };
    // Values are meant together, settings one or the other.
    let together = advice.iter().all(|advice| advice.value.is_some());
    let words: Vec<String> = advice.iter().map(word).collect();
    format!(" (`{}`)", words.join(if together { " " } else { "`, `" }))
}

/// The option by which a setting is given.
pub(super) fn option(setting: Setting) -> &'static str {
    match setting {
        Setting::Batch => "--batch",
        Setting::Width => "--width",
        Setting::LearningRate => "--learning-rate",
        Setting::Folder => "--out",
        Setting::Flow(FlowSetting::Count) => "--count",
        Setting::Flow(FlowSetting::Steps) => "--steps",
        Setting::Flow(FlowSetting::Evaluations) => "--nfe",
        Setting::Flow(FlowSetting::Tolerance) => "--tolerance",
        Setting::Flow(FlowSetting::Rho) => "--rho",
        Setting::Flow(FlowSetting::Disturbance) => "--inject",
        Setting::Flow(FlowSetting::BirthDeath) => "--birth-death",
        Setting::Flow(FlowSetting::Rewrite) => "train --birth-death conservative",
    }
}

impl From<RuntimeError> for AppError {
    fn from(error: RuntimeError) -> Self {
        Self::Runtime(error)
    }
}

impl From<FlowError> for AppError {
    fn from(error: FlowError) -> Self {
        Self::Runtime(error.into())
    }
}

impl From<GpuError> for AppError {
    fn from(error: GpuError) -> Self {
        Self::Runtime(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_options_of_what_they_speak_of() {
        let both = [Advice::value(Setting::Width, 512), Advice::value(Setting::Batch, 64)];
        let error = AppError::from(RuntimeError::Setting("too large".into()).about(both));
        assert_eq!((error.to_string().as_str(), error.exit_code()), ("too large (`--width 512 --batch 64`)", 2));
        let settings = [FlowSetting::Tolerance, FlowSetting::Evaluations];
        let error = AppError::from(FlowError::Sampling("too long".into()).about(settings));
        assert_eq!(error.to_string(), "sampling failed: too long (`--tolerance`, `--nfe`)");
        assert_eq!(error.exit_code(), 1);
        let error = AppError::from(RuntimeError::Diverged { step: 3, what: "loss" });
        assert!(error.to_string().ends_with("(`--learning-rate`)") && error.exit_code() == 1, "{error}");
        assert_eq!(AppError::from(RuntimeError::Setting("wrong".into())).to_string(), "wrong");
    }

    /// What is named here exists.
    #[test]
    fn options_are_those_of_the_commands() {
        let commands = <crate::Arguments as clap::CommandFactory>::command();
        let flow = FlowSetting::ALL.map(Setting::from);
        for setting in flow.into_iter().chain([Setting::Batch, Setting::Width, Setting::LearningRate, Setting::Folder])
        {
            let words = option(setting).split(' ');
            let name = words.clone().find_map(|word| word.strip_prefix("--")).unwrap();
            let known = |command: &clap::Command| command.get_arguments().any(|own| own.get_long() == Some(name));
            assert!(commands.get_subcommands().any(known), "{setting:?}: {name}");
        }
    }
}
