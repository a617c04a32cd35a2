//! Proofs that a polynomial is positive, not negative, zero or not zero wherever variables lie in their ranges and
//! facts about them hold. Everything is exact; nothing is sampled except to give up early. "Not proved" means nothing.
//!
//! | file | method |
//! |---|---|
//! | [`region`] | equalities, square roots, quadratic forms; ranges as pieces on which every variable is positive |
//! | [`orthant`] | positive variables: signs of coefficients, facts, factors, discriminants |
//! | [`sturm`] | one variable: Sturm's theorem |
//! | [`cells`] | up to three variables: an open cylindrical decomposition with rational points |
//! | [`between`] | functions that facts hold between two others |
//! | [`logic`] | conditions joined by "and" and "or": what follows from what, and whether they can be met |
//! | [`division`] | quotients, common divisors, resultants |

mod between;
mod cells;
pub(crate) mod division;
pub(crate) mod logic;
mod orthant;
#[cfg(test)]
mod random_tests;
mod region;
mod sturm;
#[cfg(test)]
mod tests;

use crate::exact::poly::Poly;
use crate::work::Work;
pub(crate) use region::Region;
use std::cell::Cell;
use std::collections::BTreeSet;

/// What is said of the value of a polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Positive,
    NonNegative,
    Zero,
    NonZero,
}

/// A polynomial and what is said of its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    pub(crate) poly: Poly,
    pub(crate) relation: Relation,
}

impl Fact {
    pub(crate) fn positive(poly: Poly) -> Self {
        Self { poly, relation: Relation::Positive }
    }

    pub(crate) fn non_negative(poly: Poly) -> Self {
        Self { poly, relation: Relation::NonNegative }
    }

    pub(crate) fn zero(poly: Poly) -> Self {
        Self { poly, relation: Relation::Zero }
    }

    /// The opposite.
    pub(crate) fn negated(&self) -> Self {
        match self.relation {
            Relation::Positive => Self::non_negative(self.poly.negated()),
            Relation::NonNegative => Self::positive(self.poly.negated()),
            Relation::Zero => Self { poly: self.poly.clone(), relation: Relation::NonZero },
            Relation::NonZero => Self::zero(self.poly.clone()),
        }
    }

    /// Whether it is true, where it is about a number.
    pub(crate) fn known(&self) -> Option<bool> {
        use num_traits::{Signed, Zero};
        let value = self.poly.as_constant()?;
        Some(match self.relation {
            Relation::Positive => value.is_positive(),
            Relation::NonNegative => !value.is_negative(),
            Relation::Zero => value.is_zero(),
            Relation::NonZero => !value.is_zero(),
        })
    }
}

/// The methods that a proof uses, in words.
pub(crate) type Proof = BTreeSet<&'static str>;

pub(crate) fn by(method: &'static str) -> Option<Proof> {
    Some(Proof::from([method]))
}

pub(crate) fn both(a: Proof, b: Proof) -> Proof {
    a.into_iter().chain(b).collect()
}

/// How much work may still be done; a proof is given up when it is spent. It counts terms, so that every machine stops
/// at the same place.
pub(crate) struct Effort<'a> {
    left: Cell<u64>,
    /// What pays for the whole claim.
    work: Option<&'a Work>,
}

/// The work allowed for one statement.
const EFFORT: u64 = 60_000;

impl<'a> Effort<'a> {
    /// For a statement about a polynomial under facts.
    pub(crate) fn about(p: &'a Poly, facts: &'a [Fact]) -> Self {
        let work = p.work().or_else(|| facts.iter().find_map(|fact| fact.poly.work()));
        Self { left: Cell::new(EFFORT), work }
    }

    /// Whether there was enough left.
    pub(crate) fn spend(&self, amount: usize) -> bool {
        let left = self.left.get().saturating_sub(amount as u64 + 1);
        self.left.set(left);
        left > 0 && self.work.is_none_or(|work| work.pay(amount).is_some())
    }
}
