//! C1 or C2 refuted part by part: what fails where a parameter is positive, where it is zero and where it is negative
//! fails everywhere. In each part the coefficients have signs that they have not in the whole domain, fewer derivatives
//! may be left, and the kind of problem may be another one.

use super::{Refuted, algebra, by_theorem, exact};
use crate::check::{Claim, defined};
use crate::exact::Reader;
use crate::exact::range::Range;
use genphys_pde::ast::{Bound, Domain, Interval, Number};
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::Problem;
use num_traits::Zero;

/// Parameters that are taken apart, one inside the other.
const MOST_DEPTH: usize = 3;

/// Why it fails in every part.
pub(super) fn by_parts(claim: &Claim, is_c1: bool) -> Option<Refuted> {
    parts_of(claim, is_c1, 0)
}

fn parts_of(claim: &Claim, is_c1: bool, depth: usize) -> Option<Refuted> {
    let index = (0..claim.pde.params.len()).find(|i| signs(claim, *i).is_some_and(|s| s.len() > 1))?;
    let (mut texts, mut from_dimension) = (Vec::new(), 1);
    for sign in signs(claim, index)? {
        let (pde, derivation) = part(claim, index, sign)?;
        let here = Claim { pde: &pde, derivation: &derivation, ..*claim };
        let found = one_part(&here, claim, is_c1)
            .or_else(|| (depth + 1 < MOST_DEPTH).then(|| parts_of(&here, is_c1, depth + 1))?)?;
        from_dimension = from_dimension.max(found.from_dimension);
        let relation = ["< 0", "= 0", "> 0"][sign as usize];
        texts.push(format!("for {} {relation}: {}", pde.params[index].name, found.text));
    }
    Some(Refuted { text: texts.join("; "), from_dimension })
}

/// Why it fails in one part, of which the kind of problem is another one where the order is; nothing holds where
/// nothing is defined.
fn one_part(here: &Claim, whole: &Claim, is_c1: bool) -> Option<Refuted> {
    let order = |claim: &Claim| {
        let mut algebra = algebra(claim)?;
        Some(Reader::new(&mut algebra, claim.pde).equation()?.a.len())
    };
    if let Some(what) = defined::nowhere(here) {
        return Some(Refuted { text: format!("the equation is not defined: {what}"), from_dimension: 1 });
    }
    let terms = order(here)?;
    if terms == 1 {
        let text = "no derivative in the time is left, so that nothing follows from the data".into();
        return Some(Refuted { text, from_dimension: 1 });
    }
    let problem = if Some(terms) == order(whole) { whole.problem } else { Problem::Undetermined };
    let here = Claim { problem, ..*here };
    let mut algebra = algebra(&here)?;
    let exact = exact(&here, &mut algebra, &[])?;
    by_theorem(&here, &exact, is_c1)
}

#[derive(Clone, Copy)]
enum Sign {
    Negative,
    Zero,
    Positive,
}

/// The signs that the values of a parameter have; `None` where it is fixed, complex, or does not occur.
fn signs(claim: &Claim, index: usize) -> Option<Vec<Sign>> {
    let param = &claim.pde.params[index];
    let fixed = claim.derivation.pde.params.iter().any(|p| p.name == param.name && p.fixed);
    if fixed || param.complex {
        return None;
    }
    let range = Range::of_domain(&param.domain)?;
    let below = range.lower.as_ref().is_none_or(|(x, _)| x < &Zero::zero());
    let above = range.upper.as_ref().is_none_or(|(x, _)| x > &Zero::zero());
    let mut list = Vec::new();
    list.extend(below.then_some(Sign::Negative));
    list.extend(range.contains(&Zero::zero()).then_some(Sign::Zero));
    list.extend(above.then_some(Sign::Positive));
    Some(list)
}

/// The equation with one parameter in the part of its domain with that sign (a value that is left out elsewhere counts
/// as in).
fn part(claim: &Claim, index: usize, sign: Sign) -> Option<(Pde, Derivation)> {
    let (mut pde, mut derivation) = (claim.pde.clone(), claim.derivation.clone());
    let param = &mut pde.params[index];
    let zero = || Bound::Finite(Number::integer(0));
    let (lower, upper) = match &param.domain {
        Domain::Greater(n) | Domain::GreaterEqual(n) => (Bound::Finite(n.clone()), Bound::Infinity),
        Domain::Less(n) | Domain::LessEqual(n) => (Bound::MinusInfinity, Bound::Finite(n.clone())),
        Domain::Interval(i) => (i.lower.clone(), i.upper.clone()),
        Domain::Unrestricted | Domain::NotEqual(_) => (Bound::MinusInfinity, Bound::Infinity),
    };
    // Closed ends are ends of the domain, or more.
    param.domain = match sign {
        Sign::Zero => {
            let stated = derivation.pde.params.iter_mut().find(|p| p.name == param.name)?;
            stated.value = Some(0.0);
            stated.fixed = true;
            return Some((pde, derivation));
        }
        Sign::Positive => Domain::Interval(Interval { lower: zero(), lower_closed: false, upper, upper_closed: true }),
        Sign::Negative => Domain::Interval(Interval { lower, lower_closed: true, upper: zero(), upper_closed: false }),
    };
    Some((pde, derivation))
}
