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
    let (least_n, most) = (least(claim), claim.dims.1);
    // Dimensions up to the limit, and those beyond it.
    let cases = match limits.as_slice() {
        [] => vec![((least_n, most), None)],
        [limit, others @ ..] if others.iter().all(|n| n == limit) => {
            let mut cases = Vec::new();
            if least_n <= *limit {
                cases.push(((least_n, Some(most.map_or(*limit, |m| m.min(*limit)))), Some(true)));
            }
            if most.is_none_or(|m| m > *limit) {
                cases.push(((least_n.max(limit + 1), most), Some(false)));
            }
            cases
        }
        _ => return None,
    };
    let mut reasons = Vec::new();
    for (dims, within) in cases {
        let here = Claim { dims, ..*claim };
        let mut algebra = super::algebra(&here)?;
        let list = conditions.iter().map(|c| formula(claim, &mut algebra, c, within)).collect::<Option<Vec<_>>>()?;
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

/// The limits on N in a condition; `None` for other words.
fn dimensions(condition: &Condition) -> Vec<Option<u32>> {
    match condition {
        Condition::Relation(..) => Vec::new(),
        Condition::All(list) | Condition::Any(list) => list.iter().flat_map(dimensions).collect(),
        Condition::Other(text) => {
            let limit = text.strip_prefix("N = ").filter(|n| *n == "1").or_else(|| text.strip_prefix("N <= "));
            vec![limit.and_then(|n| n.trim().parse().ok())]
        }
    }
}

/// A condition in the variables of the algebra, with `within` for the limit on N.
fn formula(claim: &Claim, algebra: &mut Algebra, condition: &Condition, within: Option<bool>) -> Option<Formula> {
    let mut all =
        |list: &[Condition]| list.iter().map(|c| formula(claim, algebra, c, within)).collect::<Option<Vec<_>>>();
    Some(match condition {
        Condition::All(list) => Formula::All(all(list)?),
        Condition::Any(list) => Formula::Any(all(list)?),
        Condition::Other(_) => {
            if within? {
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
