//! C1 by a theorem that is exact: its conditions are necessary as well as sufficient, as far as the signs of
//! polynomials show it.

use super::closure::add;
use super::in_time::{holds, settled};
use super::memory::{DENSITY, density_of_theorem};
use super::{Claim, Level, Report};
use crate::sign::Region;
use crate::sign::logic::Formula;
use genphys_pde::condition::Condition;

/// What is proved in words, and whether the stated conditions are necessary too; an error where the form is another
/// one.
pub(super) type Found = Option<Result<(&'static str, bool), &'static str>>;

/// What a theorem needs follows from the stated conditions, and whether they follow from it; `None` where the first is
/// not shown.
pub(super) fn converse(stated: &Formula, needed: &Formula, region: &Region) -> Option<bool> {
    let needed = settled(needed);
    if !stated.parts(region)?.iter().all(|part| holds(&needed, part)) {
        return None;
    }
    let parts = needed.parts(region).unwrap_or_else(|| vec![region.clone()]);
    Some(parts.iter().all(|part| holds(stated, part)))
}

/// Puts what was found into the report, with the density of the theorem.
pub(super) fn conclude(claim: &Claim, conditions: &[Condition], found: Found, report: &mut Report) {
    match found {
        Some(Ok((text, converse))) => {
            report.add("c1", Level::Proved, text);
            match (conditions.is_empty(), converse) {
                (true, _) => {}
                (_, true) => report.add("c1", Level::Proved, "only if: the theorem is exact"),
                _ => {
                    let text = "it is not shown to fail where the conditions do not hold";
                    report.add("c1", Level::Sufficient, text);
                }
            }
            add(report, "c1", density_of_theorem(claim, conditions), DENSITY);
        }
        Some(Err(text)) => report.add("c1", Level::Rejected, text),
        None => report.add("c1", Level::Unchecked, "the certificate does not prove it"),
    }
}
