//! Conditions on parameters joined by "and" and "or": whether one follows from another, always holds, or never does.

use super::{Fact, Proof, Region, Relation};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Formula {
    Fact(Fact),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// More alternatives than this are not looked at.
const MOST_ALTERNATIVES: usize = 48;

impl Formula {
    pub(crate) fn negated(&self) -> Self {
        match self {
            Self::Fact(fact) => Self::Fact(fact.negated()),
            Self::All(list) => Self::Any(list.iter().map(Self::negated).collect()),
            Self::Any(list) => Self::All(list.iter().map(Self::negated).collect()),
        }
    }

    /// The same with p ≠ 0 as "p > 0 or p < 0" and p ≥ 0 as "p > 0 or p = 0".
    pub(crate) fn by_signs(&self) -> Self {
        match self {
            Self::Fact(Fact { poly, relation: Relation::NonZero }) => {
                Self::Any([poly.clone(), poly.negated()].map(|p| Self::Fact(Fact::positive(p))).to_vec())
            }
            Self::Fact(Fact { poly, relation: Relation::NonNegative }) => {
                Self::Any([Fact::positive(poly.clone()), Fact::zero(poly.clone())].map(Self::Fact).to_vec())
            }
            Self::Fact(fact) => Self::Fact(fact.clone()),
            Self::All(list) => Self::All(list.iter().map(Self::by_signs).collect()),
            Self::Any(list) => Self::Any(list.iter().map(Self::by_signs).collect()),
        }
    }

    /// All polynomials in it.
    pub(crate) fn polynomials(&self) -> Vec<&crate::exact::poly::Poly> {
        match self {
            Self::Fact(fact) => vec![&fact.poly],
            Self::All(list) | Self::Any(list) => list.iter().flat_map(Self::polynomials).collect(),
        }
    }

    /// Lists of facts: the formula is true where all facts of one of them are. `None` where there are too many.
    pub(crate) fn alternatives(&self) -> Option<Vec<Vec<Fact>>> {
        let list = match self {
            Self::Fact(fact) => vec![vec![fact.clone()]],
            Self::Any(list) => {
                let parts = list.iter().map(Self::alternatives).collect::<Option<Vec<_>>>()?;
                parts.into_iter().flatten().collect()
            }
            Self::All(list) => list.iter().try_fold(vec![Vec::new()], |done: Vec<Vec<Fact>>, part| {
                let part = part.alternatives()?;
                let mut both = Vec::new();
                for a in &done {
                    for b in &part {
                        both.push(a.iter().chain(b).cloned().collect());
                    }
                }
                (both.len() <= MOST_ALTERNATIVES).then_some(both)
            })?,
        };
        (list.len() <= MOST_ALTERNATIVES).then_some(list)
    }

    /// The parts of a region where it holds, without those that are shown to be empty.
    pub(crate) fn parts(&self, region: &Region) -> Option<Vec<Region>> {
        let list = self.alternatives()?;
        let parts = list.into_iter().map(|facts| facts.into_iter().fold(region.clone(), |r, f| r.with(f)));
        Some(parts.filter(|part| part.is_empty().is_none()).collect())
    }

    /// A proof that it holds everywhere in the region.
    pub(crate) fn holds_in(&self, region: &Region) -> Option<Proof> {
        match self {
            Self::Fact(fact) => region.prove_fact(fact),
            Self::All(list) => {
                list.iter().try_fold(Proof::new(), |proof, part| Some(super::both(proof, part.holds_in(region)?)))
            }
            // Where the others do not hold, one of them must.
            Self::Any(list) => (0..list.len()).find_map(|i| {
                let others = list.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f.negated()).collect();
                let left = Self::All(others).parts(region)?;
                left.iter().try_fold(Proof::new(), |proof, part| Some(super::both(proof, list[i].holds_in(part)?)))
            }),
        }
    }

    /// A proof that it holds nowhere in the region.
    pub(crate) fn fails_in(&self, region: &Region) -> Option<Proof> {
        self.negated().holds_in(region)
    }

    /// Whether it follows, in the region, from another.
    pub(crate) fn follows_from(&self, other: &Self, region: &Region) -> Option<Proof> {
        let parts = other.parts(region)?;
        parts.iter().try_fold(Proof::new(), |proof, part| Some(super::both(proof, self.holds_in(part)?)))
    }

    /// Without alternatives that follow from the others.
    pub(crate) fn without_redundant(&self, region: &Region) -> Self {
        let Self::Any(list) = self else { return self.clone() };
        let mut list = list.clone();
        let mut i = 0;
        while i < list.len() && list.len() > 1 {
            let others = list.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| f.clone()).collect();
            if Self::Any(others).follows_from(&list[i], region).is_some() {
                list.remove(i);
            } else {
                i += 1;
            }
        }
        if list.len() == 1 { list.remove(0) } else { Self::Any(list) }
    }
}
