//! SIGINT (Ctrl-C) and SIGTERM while a model is trained: the step is finished and a checkpoint written. A second SIGINT
//! stops the program at once, and outside of a training each does so.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use genphys_train::error::{Result, RuntimeError};

/// What the handlers know, which stay from the first training on.
#[derive(Clone)]
struct Flags {
    /// Whether SIGINT ends the program: no training runs, or it has been asked to end.
    int_ends: Arc<AtomicBool>,
    /// Whether SIGTERM does.
    term_ends: Arc<AtomicBool>,
    /// The last signal; zero for none.
    signal: Arc<AtomicUsize>,
}

static FLAGS: Mutex<Option<Flags>> = Mutex::new(None);

/// Answers to the signals as long as it lives.
pub(super) struct Interrupt(Flags);

impl Interrupt {
    /// From here on signals are kept for [`happened`](Self::happened).
    pub(super) fn watch() -> Result<Self> {
        let mut known = FLAGS.lock().unwrap_or_else(PoisonError::into_inner);
        let flags = match &*known {
            Some(flags) => flags.clone(),
            None => {
                let failed = |error: io::Error| RuntimeError::Setting(format!("cannot watch for signals: {error}"));
                known.insert(Flags::install().map_err(failed)?).clone()
            }
        };
        flags.signal.store(0, Ordering::SeqCst);
        flags.int_ends.store(false, Ordering::SeqCst);
        flags.term_ends.store(false, Ordering::SeqCst);
        Ok(Self(flags))
    }

    /// Name and number of the signal, if there was one.
    pub(super) fn happened(&self) -> Option<(&'static str, u8)> {
        match i32::try_from(self.0.signal.load(Ordering::SeqCst)) {
            Ok(SIGINT) => Some(("SIGINT", SIGINT as u8)),
            Ok(SIGTERM) => Some(("SIGTERM", SIGTERM as u8)),
            _ => None,
        }
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.0.int_ends.store(true, Ordering::SeqCst);
        self.0.term_ends.store(true, Ordering::SeqCst);
    }
}

impl Flags {
    /// The actions of a signal are taken in the order in which they are registered.
    fn install() -> io::Result<Self> {
        let flag = || Arc::new(AtomicBool::new(true));
        let flags = Self { int_ends: flag(), term_ends: flag(), signal: Arc::default() };
        // A SIGTERM after a SIGINT is no second one: a program that started this one may pass its own on.
        for (signal, ends) in [(SIGINT, &flags.int_ends), (SIGTERM, &flags.term_ends)] {
            flag::register_conditional_default(signal, Arc::clone(ends))?;
            flag::register(signal, Arc::clone(&flags.int_ends))?;
            flag::register_usize(signal, Arc::clone(&flags.signal), signal as usize)?;
        }
        Ok(flags)
    }
}
