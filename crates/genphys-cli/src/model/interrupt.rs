//! Ctrl-C and SIGTERM while another program works for us. Ours waits for the other to come to its end, so that what it
//! leaves is whole and the last word is about how to go on. A second one stops the other at once.

use crate::outcome::Failure;
use crate::output;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

const POLL: Duration = Duration::from_millis(40);

/// Set by the signals, and taken back by [`wait`], so that it sees the next one.
static INTERRUPT: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
static TERMINATE: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
static HAPPENED: AtomicBool = AtomicBool::new(false);

/// From here on the signals do not end this program by themselves; [`wait`] and [`happened`] answer to them.
///
/// # Errors
/// When the system does not allow it.
pub(crate) fn watch() -> Result<(), Failure> {
    for (signal, flag) in [(SIGINT, &INTERRUPT), (SIGTERM, &TERMINATE)] {
        flag::register(signal, Arc::clone(flag))
            .map_err(|error| Failure::new(format!("cannot watch for Ctrl-C: {error}")))?;
    }
    Ok(())
}

/// Whether there was a signal.
pub(crate) fn happened() -> bool {
    if INTERRUPT.load(Ordering::SeqCst) || TERMINATE.load(Ordering::SeqCst) {
        HAPPENED.store(true, Ordering::SeqCst);
    }
    HAPPENED.load(Ordering::SeqCst)
}

/// The command line of this program, as a shell wants it.
pub(crate) fn command_line() -> String {
    genphys_files::shell_command(std::env::args_os())
}

/// Waits for the end of a program. It is told to end where a signal asks for it, and killed at a second one.
///
/// # Errors
/// When the system loses the program.
pub(crate) fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        // Both, for `happened` has noted them.
        let noted = happened();
        let (interrupt, terminate) = (INTERRUPT.swap(false, Ordering::SeqCst), TERMINATE.swap(false, Ordering::SeqCst));
        match (noted && (interrupt || terminate), told) {
            (true, false) => {
                told = true;
                tell(child);
                output::note("ending; press Ctrl-C once more to stop at once");
            }
            (true, true) if interrupt => child.kill()?,
            _ => {}
        }
        thread::sleep(POLL);
    }
}

/// Passes a signal on that the program may not have got. A terminal sends Ctrl-C to both; a model's program does not
/// take a SIGTERM after it for a second one.
fn tell(child: &Child) {
    #[cfg(unix)]
    {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::Pid;
        // It may have ended by itself.
        if let Ok(pid) = i32::try_from(child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
    }
    #[cfg(not(unix))]
    let _ = child;
}
