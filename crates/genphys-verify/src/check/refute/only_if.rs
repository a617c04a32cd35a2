//! "Only if": C1 fails wherever the conditions of a conditional claim do not hold.

use super::{by_theorem, exact, least};
use crate::check::Claim;
use crate::exact::poly::Poly;
use crate::exact::{Algebra, Atom, Reader};
use crate::sign::logic::Formula;
use crate::sign::{Fact, Relation};
use genphys_pde::condition::{Comparison, Condition};

/// What shows that C1 fails for all parameter values in the domains, and in all dimensions of the claim, that do not
/// satisfy the conditions; `None` where that is not proved.
pub(in crate::check) fn only_if(claim: &Claim, conditions: &[Condition]) -> Option<Vec<String>> {
    let limits: Vec<u32> = conditions.iter().flat_map(dimensions).collect::<Option<_>>()?;
    let mut reasons = Vec::new();
    for dims in between(&limits, (least(claim), claim.dims.1)) {
        let here = Claim { dims, ..*claim };
        let mut algebra = super::algebra(&here)?;
        let list = conditions.iter().map(|c| formula(claim, &mut algebra, c, dims)).collect::<Option<Vec<_>>>()?;
        for facts in Formula::All(list).negated().alternatives()? {
            reasons.extend(refuted(&here, &mut algebra, &facts, SPLITS)?);
        }
    }
    reasons.dedup();
    Some(reasons)
}

/// Ranges of dimensions that no limit cuts.
fn between(limits: &[u32], (least, most): (u32, Option<u32>)) -> Vec<(u32, Option<u32>)> {
    let mut ends: Vec<u32> =
        limits.iter().copied().filter(|n| *n >= least && most.is_none_or(|most| *n < most)).collect();
    ends.sort_unstable();
    ends.dedup();
    let starts = std::iter::once(least).chain(ends.iter().map(|n| n + 1));
    starts.zip(ends.iter().copied().map(Some).chain([most])).collect()
}

/// Parameters that are looked at by their sign one after the other.
const SPLITS: usize = 2;
/// Parameters that are tried.
const MOST_SPLIT: usize = 3;

/// Why C1 fails wherever the facts hold; nothing where they never do. Where no theorem speaks for all parameter values,
/// those where one of them is positive, negative and zero are looked at by themselves.
fn refuted(claim: &Claim, algebra: &mut Algebra, facts: &[Fact], splits: usize) -> Option<Vec<String>> {
    let whole = exact(claim, algebra, facts)?;
    if whole.is_empty() {
        return Some(Vec::new());
    }
    if let Some(found) = by_theorem(claim, &whole, true).filter(|found| found.from_dimension <= claim.dims.0) {
        return Some(vec![found.text]);
    }
    if splits == 0 {
        return None;
    }
    let waves = [algebra.k(), algebra.time()].into_iter().chain(algebra.components().to_vec()).chain(algebra.beyond());
    let waves: Vec<_> = waves.collect();
    let mut names: Vec<_> = facts.iter().flat_map(|fact| fact.poly.variables()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|v| {
        let both = algebra.range(*v).is_some_and(|range| !range.is_nonnegative() && !range.negated().is_nonnegative());
        both && matches!(algebra.atom(*v), Some(Atom::Named(_))) && !waves.contains(v)
    });
    names.truncate(MOST_SPLIT);
    names.into_iter().find_map(|v| {
        let p = Poly::var(v);
        let mut reasons = Vec::new();
        for fact in [Fact::positive(p.clone()), Fact::positive(p.negated()), Fact::zero(p)] {
            let facts: Vec<Fact> = facts.iter().cloned().chain([fact]).collect();
            reasons.extend(refuted(claim, algebra, &facts, splits - 1)?);
        }
        Some(reasons)
    })
}

/// The limits on N in a condition; `None` for other words.
fn dimensions(condition: &Condition) -> Vec<Option<u32>> {
    match condition {
        Condition::Relation(..) => Vec::new(),
        Condition::All(list) | Condition::Any(list) => list.iter().flat_map(dimensions).collect(),
        Condition::AtMostDimensions(most) => vec![Some(*most)],
        Condition::Words(_) => vec![None],
    }
}

/// A condition in the variables of the algebra, in a range of dimensions that lies to one side of every limit on N.
fn formula(claim: &Claim, algebra: &mut Algebra, condition: &Condition, dims: (u32, Option<u32>)) -> Option<Formula> {
    let mut all =
        |list: &[Condition]| list.iter().map(|c| formula(claim, algebra, c, dims)).collect::<Option<Vec<_>>>();
    Some(match condition {
        Condition::All(list) => Formula::All(all(list)?),
        Condition::Any(list) => Formula::Any(all(list)?),
        Condition::Words(_) => return None,
        Condition::AtMostDimensions(most) => {
            if dims.1.is_some_and(|last| last <= *most) {
                Formula::All(Vec::new())
            } else {
                Formula::Any(Vec::new())
            }
        }
        Condition::Relation(left, relation, right) => {
            let mut reader = Reader::new(algebra, claim.pde);
            let difference = reader.scalar(left)?.minus(&reader.scalar(right)?)?;
            let difference = algebra.reduced(difference.as_real()?)?;
            // p/q has the sign of p q.
            let poly = difference.num.times(&difference.den)?;
            Formula::Fact(match relation {
                Comparison::Greater => Fact::positive(poly),
                Comparison::GreaterEqual => Fact::non_negative(poly),
                Comparison::Less => Fact::positive(poly.negated()),
                Comparison::LessEqual => Fact::non_negative(poly.negated()),
                Comparison::Equal => Fact::zero(difference.num),
                Comparison::NotEqual => Fact { poly: difference.num, relation: Relation::NonZero },
            })
        }
    })
}
