//! Ctrl-C while another program works for us. The terminal tells both; ours waits for the other to come to its end, so
//! that what it leaves is whole and the last word is about how to go on.

use crate::outcome::Failure;
use std::io;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long an interrupted program may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(40);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on Ctrl-C does not end this program by itself; [`wait`] and [`happened`] answer to it.
///
/// # Errors
/// When the system does not allow it.
pub(crate) fn watch() -> Result<(), Failure> {
    ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::SeqCst))
        .map_err(|error| Failure::new(format!("cannot watch for Ctrl-C: {error}")))
}

/// Whether Ctrl-C was pressed.
pub(crate) fn happened() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Waits for the end of a program; after Ctrl-C not longer than [`GRACE`].
///
/// # Errors
/// When the system loses the program.
pub(crate) fn wait(child: &mut Child) -> io::Result<ExitStatus> {
    let mut asked: Option<Instant> = None;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match asked {
            None if happened() => asked = Some(Instant::now()),
            Some(since) if since.elapsed() > GRACE => child.kill()?,
            _ => {}
        }
        thread::sleep(POLL);
    }
}
