//! Counted work: the exact arithmetic pays for every step by its size, and after the limit every answer is "not
//! proved".
//!
//! One counter goes with one verification. [`crate::exact::Algebra`] gives it to the variables that it makes, and
//! every polynomial that is made of them carries it on, because polynomials are multiplied in places that know of no
//! claim. [`Work::start`] is called for every part of a verification; nothing here looks at a clock, so that every
//! machine gives up at one place.

use std::cell::Cell;
use std::rc::Rc;

/// The work allowed for one part: products of two terms with numbers of one word, about a microsecond each.
pub(crate) const LIMIT: u64 = 400_000;

/// The work of one verification; clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work(Rc<Count>);

#[derive(Debug, Default)]
struct Count {
    /// On the part that is looked at.
    spent: Cell<u64>,
    /// The most on one of the parts before.
    most: Cell<u64>,
}

impl Work {
    /// From here on the full amount may be spent again.
    pub(crate) fn start(&self) {
        self.0.most.set(self.most());
        self.0.spent.set(0);
    }

    /// The largest amount that was spent on one part.
    pub(crate) fn most(&self) -> u64 {
        self.0.most.get().max(self.0.spent.get())
    }

    /// Counts work that is done in any case: what comes next has less left.
    pub(crate) fn note(&self, amount: usize) {
        self.0.spent.set(self.0.spent.get().saturating_add(amount as u64 + 1));
    }

    /// Pays for work; `None` where there was not enough left.
    pub(crate) fn pay(&self, amount: usize) -> Option<()> {
        self.note(amount);
        (self.0.spent.get() <= LIMIT).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together_and_others_apart() {
        let (work, other) = (Work::default(), Work::default());
        let clone = work.clone();
        clone.note(9);
        assert_eq!((work.most(), other.most()), (10, 0));
        assert!(work.pay(LIMIT as usize).is_none() && other.pay(9).is_some());
        work.start();
        assert!(clone.pay(1).is_some());
        assert!(work.most() > LIMIT);
    }
}
