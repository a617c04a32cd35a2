//! From an argument to an equation: a path, `-` for standard input, or the name of a shipped equation.

use crate::diagnostics;
use crate::outcome::Failure;
use crate::output;
use crate::shipped;
use genphys_files::visible;
use genphys_pde::Diagnostic;
use genphys_pde::codes::Code;
use genphys_pde::limits::MAX_SOURCE_BYTES;
use genphys_pde::pde::Pde;
use genphys_suggest::nearest;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// How commands describe their FILE.
pub(crate) const FILE_HELP: &str = "A .pde file, `-` for standard input, or the name of a shipped equation";

/// The bytes that an argument stands for.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// What it is called in messages: the path as it may be shown, `<stdin>`, or the shipped name.
    pub(crate) label: String,
    /// The file, if it is one.
    pub(crate) path: Option<PathBuf>,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// A checked equation with its text.
#[derive(Clone, Debug)]
pub(crate) struct Equation {
    /// As [`Source::label`].
    pub(crate) label: String,
    /// As [`Source::path`].
    pub(crate) path: Option<PathBuf>,
    /// The text as it was read.
    pub(crate) text: String,
    /// The equation.
    pub(crate) pde: Pde,
}

/// Why an argument is no equation.
#[derive(Debug)]
pub(crate) enum Rejection {
    /// It cannot be read.
    Unreadable {
        /// As [`Source::label`].
        label: String,
        /// Why.
        failure: Failure,
    },
    /// It is read but means nothing.
    Invalid {
        /// What was read.
        source: Source,
        /// All problems, errors and warnings.
        problems: Vec<Diagnostic>,
    },
}

impl Rejection {
    /// Prints it on stderr.
    pub(crate) fn print(&self) {
        match self {
            Self::Unreadable { failure, .. } => output::failure(failure),
            Self::Invalid { source, problems } => diagnostics::print(&source.label, &source.bytes, problems),
        }
    }
}

impl Source {
    /// Reads what the argument stands for. A path that exists wins over a shipped name.
    ///
    /// # Errors
    /// When there is nothing of that name, with the name that was likely meant.
    pub(crate) fn open(argument: &str) -> Result<Self, Failure> {
        if argument == "-" {
            let bytes = within_bounds(std::io::stdin().lock())
                .map_err(|error| Failure::new(format!("cannot read standard input: {error}")).code(Code::FileError))?;
            return Ok(Self { label: "<stdin>".to_owned(), path: None, bytes });
        }
        let label = visible(argument).into_owned();
        let path = Path::new(argument);
        match read_file(path) {
            // Standard input by another name is no file to write beside, nor into.
            Ok(bytes) => {
                let path = (!genphys_files::is_own_stream(path)).then(|| path.to_owned());
                Ok(Self { label, path, bytes })
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                match (shipped::find(argument), std::fs::read_link(path)) {
                    (_, Ok(target)) => Err(Failure::new(format!(
                        "cannot read {argument}: it is a link to {}, and there is no such file",
                        target.display()
                    ))
                    .code(Code::FileError)),
                    (Some(found), _) => Ok(Self { label, path: None, bytes: found.text.as_bytes().to_vec() }),
                    (None, _) => Err(no_such_file(argument)),
                }
            }
            Err(error) => {
                Err(Failure::new(format!("cannot read {argument}: {}", why(path, &error))).code(Code::FileError))
            }
        }
    }
}

impl Equation {
    /// Reads and checks what the argument stands for. Warnings go to stderr.
    ///
    /// # Errors
    /// When it cannot be read or has errors.
    pub(crate) fn load(argument: &str) -> Result<Self, Rejection> {
        let source =
            Source::open(argument).map_err(|failure| Rejection::Unreadable { label: argument.to_owned(), failure })?;
        match genphys_pde::read(&source.bytes) {
            Ok(checked) => {
                diagnostics::print(&source.label, &source.bytes, &checked.warnings);
                let text = String::from_utf8_lossy(&source.bytes).into_owned();
                Ok(Self { label: source.label, path: source.path, text, pde: checked.pde })
            }
            Err(problems) => Err(Rejection::Invalid { source, problems }),
        }
    }

    /// As [`Equation::load`], for commands with one equation: prints the rejection. `None` means exit status 2.
    pub(crate) fn load_or_print(argument: &str) -> Option<Self> {
        Self::load(argument).map_err(|rejection| rejection.print()).ok()
    }
}

/// A file of at most the size that one with equations may have, and a byte more where it is larger.
pub(crate) fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    within_bounds(genphys_files::open(path)?)
}

/// What comes after the byte that is too much may have no end.
fn within_bounds(reader: impl Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a file cannot be read, in words where the system's say little.
fn why(path: &Path, error: &std::io::Error) -> String {
    // Nothing is at the end of a link that leads back to itself.
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    if is_link && error.raw_os_error().is_some() && !path.exists() && error.kind() != ErrorKind::PermissionDenied {
        return format!("its symbolic links lead back to themselves ({error})");
    }
    error.to_string()
}

fn no_such_file(argument: &str) -> Failure {
    let failure = Failure::new(format!("there is no file {argument}")).code(Code::FileError);
    // `pdes/yukava.pde` and `yukava` mean the same to someone without a checkout.
    let stem = Path::new(argument).file_stem().unwrap_or_default().to_string_lossy();
    let help = match nearest(&stem, shipped::names()) {
        Some(name) => {
            format!("`{name}` is a shipped equation: give its name in place of the file; `genphys list` has all")
        }
        None => shipped::others(&stem),
    };
    failure.help(help)
}
