//! How much work one derivation may be. Work is counted in steps of the algebra, each weighed by the size of what it
//! starts from, and never in seconds, so that every machine comes to the same answer. Past the limit no sign is looked
//! for any more: what is left open is reported as "undecided: work limit". A sign that is not known is never guessed,
//! so that a cut-off answer is still true.

use std::cell::Cell;

/// What reports say where the work ran out.
pub(crate) const WORK: &str = "work limit";

thread_local! {
    static LIMIT: Cell<u64> = const { Cell::new(u64::MAX) };
    static DONE: Cell<u64> = const { Cell::new(0) };
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Starts to count the work that follows on this thread.
pub(crate) fn start(limit: u64) {
    LIMIT.set(limit);
    DONE.set(0);
    EXCEEDED.set(false);
}

/// Moves the limit, counted from the start.
pub(crate) fn extend(limit: u64) {
    LIMIT.set(limit);
}

/// Counts work; a unit takes a few microseconds.
pub(crate) fn spend(work: usize) {
    DONE.set(DONE.get().saturating_add(work as u64));
}

/// Whether the limit is reached. To ask is a unit of work, so that no loop that asks is endless.
pub(crate) fn is_spent() -> bool {
    spend(1);
    let spent = DONE.get() > LIMIT.get();
    if spent {
        EXCEEDED.set(true);
    }
    spent
}

/// Whether anything was left undone because the limit was reached.
pub(crate) fn was_exceeded() -> bool {
    EXCEEDED.get()
}
