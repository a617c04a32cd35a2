//! How long one derivation may think. Past the deadline no sign is looked for any more: what is left open is reported as
//! "undecided: time". A sign that is not known is never guessed, so that a cut-off answer is still true.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// What reports say where the time ran out.
pub(crate) const TIME: &str = "time";

thread_local! {
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
    static STARTED: Cell<Option<Instant>> = const { Cell::new(None) };
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Starts the clock for the work that follows on this thread.
pub(crate) fn start(limit: Duration) {
    let now = Instant::now();
    STARTED.set(Some(now));
    DEADLINE.set(now.checked_add(limit));
    EXCEEDED.set(false);
}

/// Moves the end of the time to this long after its start.
pub(crate) fn extend(limit: Duration) {
    DEADLINE.set(STARTED.get().and_then(|started| started.checked_add(limit)));
}

/// Whether the time is up.
pub(crate) fn is_spent() -> bool {
    let spent = DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline);
    if spent {
        EXCEEDED.set(true);
    }
    spent
}

/// Whether anything was left undone because the time was up.
pub(crate) fn was_exceeded() -> bool {
    EXCEEDED.get()
}
