//! Counted work: the exact arithmetic pays for every step by its size, and after the limit every answer is "not
//! proved".
//!
//! The counter belongs to the thread, because polynomials are multiplied in places that know of no claim. [`start`] is
//! called for every part of a verification; nothing here looks at a clock, so that every machine gives up at one place.

use std::cell::Cell;

/// The work allowed for one part: products of two terms with numbers of one word, about a microsecond each.
pub(crate) const LIMIT: u64 = 400_000;

thread_local! {
    static SPENT: Cell<u64> = const { Cell::new(0) };
}

/// The largest amount spent on one part by this thread, for tests.
#[cfg(test)]
pub(crate) fn most() -> u64 {
    MOST.get().max(spent())
}

#[cfg(test)]
thread_local! {
    static MOST: Cell<u64> = const { Cell::new(0) };
}

/// From here on the full amount may be spent again.
pub(crate) fn start() {
    #[cfg(test)]
    MOST.set(most());
    SPENT.set(0);
}

/// The work done since [`start`].
pub(crate) fn spent() -> u64 {
    SPENT.get()
}

/// Counts work that is done in any case: what comes next has less left.
pub(crate) fn note(amount: usize) {
    SPENT.set(SPENT.get().saturating_add(amount as u64 + 1));
}

/// Pays for work; `None` where there was not enough left.
pub(crate) fn pay(amount: usize) -> Option<()> {
    note(amount);
    (spent() <= LIMIT).then_some(())
}
