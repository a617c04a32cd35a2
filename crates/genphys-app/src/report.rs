//! How the program ends: its result on standard output, an error on standard error, and an exit code.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use genphys_files::visible;

use super::error::AppError;
use genphys_flow::ParamError;
use genphys_train::error::RuntimeError;

/// Prints what [`run`](super::run) returned and says how the program ends. A reader that went away
/// (`model train --help | head -1`) is no error. What files and arguments put into the text cannot write to the
/// terminal.
pub fn report(outcome: Result<String, AppError>) -> ExitCode {
    let error = match outcome {
        Ok(text) => match print(&text) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                AppError::Runtime(RuntimeError::io("cannot write to", "standard output")(error))
            }
            _ => return ExitCode::SUCCESS,
        },
        Err(error) => error,
    };
    // Nobody can be told when that fails.
    drop(writeln!(std::io::stderr(), "error: {}", visible(&error.to_string())));
    ExitCode::from(error.exit_code())
}

fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(visible(text).as_bytes())?;
    stdout.flush()
}

/// A model that cannot be made is wrong input.
impl From<ParamError> for AppError {
    fn from(error: ParamError) -> Self {
        Self::Runtime(RuntimeError::Setting(error.to_string()))
    }
}
