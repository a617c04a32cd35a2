//! How much work one derivation may be. Work is counted in steps of the algebra, each weighed by the size of what it
//! starts from, and never in seconds, so that every machine comes to the same answer. Past the limit no sign is looked
//! for any more: what is left open is reported as "undecided: work limit". A sign that is not known is never guessed,
//! so that a cut-off answer is still true.

use std::cell::Cell;

/// What reports say where the work ran out.
pub(crate) const WORK: &str = "work limit";

/// The work of one derivation, counted from its start; all that it asks shares one budget.
pub(crate) struct Budget {
    limit: Cell<u64>,
    done: Cell<u64>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit: Cell::new(limit), done: Cell::new(0), exceeded: Cell::new(false) }
    }

    /// Moves the limit, counted from the start.
    pub(crate) fn extend(&self, limit: u64) {
        self.limit.set(limit);
    }

    /// Counts work; a unit takes a few microseconds.
    pub(crate) fn spend(&self, work: usize) {
        self.done.set(self.done.get().saturating_add(work as u64));
    }

    /// Whether the limit is reached. To ask is a unit of work, so that no loop that asks is endless.
    pub(crate) fn is_spent(&self) -> bool {
        self.spend(1);
        let spent = self.done.get() > self.limit.get();
        if spent {
            self.exceeded.set(true);
        }
        spent
    }

    /// Whether anything was left undone because the limit was reached.
    pub(crate) fn was_exceeded(&self) -> bool {
        self.exceeded.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_once_and_may_be_moved() {
        let budget = Budget::new(10);
        budget.spend(9);
        assert!(!budget.is_spent() && !budget.was_exceeded());
        assert!(budget.is_spent() && budget.was_exceeded());
        budget.extend(20);
        assert!(!budget.is_spent() && budget.was_exceeded());
    }
}
