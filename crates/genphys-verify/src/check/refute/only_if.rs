//! "Only if": C1 fails wherever the conditions of a conditional claim do not hold.

use super::{by_theorem, exact, least};
use crate::check::Claim;
use crate::check::condition::Condition;
use crate::exact::{Algebra, Reader};
use crate::sign::logic::Formula;
use crate::sign::{Fact, Relation};

/// What shows that C1 fails for all parameter values in the domains, and in all dimensions of the claim, that do not satisfy
/// the conditions; `None` where that is not proved.
pub(in crate::check) fn only_if(claim: &Claim, conditions: &[Condition]) -> Option<Vec<String>> {
    let limits: Vec<u32> = conditions.iter().flat_map(dimensions).collect::<Option<_>>()?;
    let mut reasons = Vec::new();
    for dims in between(&limits, (least(claim), claim.dims.1)) {
        let here = Claim { dims, ..*claim };
        let mut algebra = super::algebra(&here)?;
        let list = conditions.iter().map(|c| formula(claim, &mut algebra, c, dims)).collect::<Option<Vec<_>>>()?;
        for facts in Formula::All(list).negated().alternatives()? {
            let exact = exact(&here, &mut algebra, &facts)?;
            if exact.is_empty() {
                continue;
            }
            let found = by_theorem(&here, &exact, true).filter(|found| found.from_dimension <= dims.0)?;
            reasons.push(found.text);
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

/// The limits on N in a condition; `None` for other words.
fn dimensions(condition: &Condition) -> Vec<Option<u32>> {
    match condition {
        Condition::Relation(..) => Vec::new(),
        Condition::All(list) | Condition::Any(list) => list.iter().flat_map(dimensions).collect(),
        Condition::Other(_) => vec![condition.most_dimensions()],
    }
}

/// A condition in the variables of the algebra, in a range of dimensions that lies to one side of every limit on N.
fn formula(claim: &Claim, algebra: &mut Algebra, condition: &Condition, dims: (u32, Option<u32>)) -> Option<Formula> {
    let mut all =
        |list: &[Condition]| list.iter().map(|c| formula(claim, algebra, c, dims)).collect::<Option<Vec<_>>>();
    Some(match condition {
        Condition::All(list) => Formula::All(all(list)?),
        Condition::Any(list) => Formula::Any(all(list)?),
        Condition::Other(_) => {
            if dims.1 <= condition.most_dimensions().map(Some)? && dims.1.is_some() {
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
            Formula::Fact(match *relation {
                ">" => Fact::positive(poly),
                ">=" => Fact::non_negative(poly),
                "<" => Fact::positive(poly.negated()),
                "<=" => Fact::non_negative(poly.negated()),
                "=" => Fact::zero(difference.num),
                _ => Fact { poly: difference.num, relation: Relation::NonZero },
            })
        }
    })
}
