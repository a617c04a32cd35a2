//! The two streams: results on stdout, everything else on stderr. Colours are dropped where they do not belong
//! (no terminal, `NO_COLOR`), and a reader that went away (`genphys list | head -1`) is no error.

use crate::outcome::Failure;
use anstyle::{AnsiColor, Style};
use genphys_files::visible;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Headings.
pub(crate) const BOLD: Style = Style::new().bold();
/// Asides.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Good answers.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Answers with a condition.
pub(crate) const MIXED: Style = AnsiColor::Yellow.on_default().bold();
/// Bad answers and errors.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Expressions of the `.pde` language.
pub(crate) const MATH: Style = AnsiColor::Cyan.on_default();

/// `text` in a style, to be printed with [`result`] or [`note`].
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Prints a result on stdout.
///
/// # Errors
/// When stdout cannot be written to, other than because the reader closed it.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    forgive_closed(anstream::stdout().lock().write_all(text.as_bytes()))
}

/// Prints bytes on stdout as they are.
///
/// # Errors
/// As [`result`].
pub(crate) fn raw_result(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    forgive_closed(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

fn forgive_closed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a note on stderr, in which names of files and the like cannot write to the terminal. Nobody can be told when
/// that fails.
pub(crate) fn note(text: &str) {
    styled_note(&visible(text));
}

/// The same for a text with styles of our own.
pub(crate) fn styled_note(text: &str) {
    drop(writeln!(anstream::stderr().lock(), "{text}"));
}

/// Prints a failure on stderr.
pub(crate) fn failure(failure: &Failure) {
    let head = failure.code.map_or_else(|| "error:".to_owned(), |code| format!("error[{code}]:"));
    // What the user wrote is quoted in it: names of files, options, values.
    styled_note(&format!("{} {}", styled(BAD, &head), visible(&failure.message)));
    if let Some(help) = &failure.help {
        styled_note(&format!("  {} {}", styled(BOLD, "help:"), visible(help)));
    }
}

/// Prints a warning on stderr.
pub(crate) fn warning(text: &str) {
    styled_note(&format!("{} {}", styled(MIXED, "warning:"), visible(text)));
}

/// Whether stderr shows colours to a person.
pub(crate) fn stderr_has_colour() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// Whether a person looks at stderr.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Width for running text on stdout: that of the terminal within reason, 96 columns elsewhere.
pub(crate) fn text_width() -> usize {
    const ELSEWHERE: usize = 96;
    if io::stdout().is_terminal() { textwrap::termwidth().clamp(50, 100) } else { ELSEWHERE }
}
