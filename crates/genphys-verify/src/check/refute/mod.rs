//! Claims that C1 or C2 fails. "Fails" means: for no parameter values in the domains, and in no dimension N of the
//! claim.
//!
//! Numbers at one point are put to an inequality that every density satisfies, or to Routh and Hurwitz, in interval or
//! exact arithmetic. They prove the claim where no parameter occurs, or where a change of units takes all of them away
//! (`scaling`). Otherwise the form of the symbol decides by a theorem, whose hypotheses are proved over the whole
//! domain:
//!
//! | file | theorems |
//! |---|---|
//! | `sums` | Bochner; Schoenberg; subadditivity; p is real: enclosed sums at one point |
//! | `separate` | a line between the roots at rest and those at k (Hurwitz): C2 at one point |
//! | `growth` | roots right of a line (Routh, Hurwitz), still directions, periods, Bessel functions: C2 |
//! | `parts` | part by part: a parameter is positive, zero, negative |
//! | `at` | one wave vector and k = 0, functions of k included |
//! | `scale` | what functions of k are like at short waves |
//! | `newton` | growth without bound at short waves (Puiseux): C2, and \|p̂(k)\| ≤ p̂(0) for C1 |
//! | `forgotten` | coefficients in t: a wave whose amplitude is not below 1, or does not tend to 0: C2 |
//! | `negative_definite` | what is no Lévy exponent: growth, signs, flat or fading ends, single points |
//! | `jumps` | what is no Lévy exponent: jumps with a negative density |
//! | `triple` | weights of parts that the Lévy triple tells apart: conditions are necessary |
//! | `powers` | the same with parameters in exponents |
//! | `memory` | the point at the source (Wiener); equations linear in \|k\|² near the source and far from it |
//! | `waves` | short times; Wiener's lemma; Kac's walk; relaxation; Bessel equations |

mod at;
mod forgotten;
mod growth;
mod jumps;
mod memory;
mod negative_definite;
mod newton;
mod only_if;
mod parts;
mod powers;
mod ray;
mod root_count;
mod scale;
mod scaling;
mod separate;
mod sums;
mod triple;
mod units;
mod waves;

use super::{Claim, Level, Report};
use crate::enclosure::{Enclosed, Interval};
use crate::exact::{Algebra, Reader};
use crate::sign::Fact;
use genphys_pde::ast::Domain;
use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::{ConditionReport, Problem, Status};
use num_rational::BigRational;
use num_traits::Zero;
pub(super) use only_if::only_if;
use ray::Exact;
use std::collections::BTreeMap;
pub(super) use triple::only_if as weights_only_if;

/// A proof that a condition fails, for N ≥ `from_dimension`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refuted {
    pub(crate) text: String,
    pub(crate) from_dimension: u32,
}

/// Checks a claim that C1 or C2 fails.
pub(super) fn check(claim: &Claim, part: &'static str, condition: &ConditionReport, is_c1: bool, report: &mut Report) {
    let mut algebra = algebra(claim);
    let exact = algebra.as_mut().and_then(|algebra| exact(claim, algebra, &[]));
    let at_point = match &condition.certificate {
        None => None,
        Some(certificate) => match at_a_point(claim, exact.as_ref(), certificate, is_c1) {
            Ok(found) => found.map(|found| (found, certificate)),
            Err(text) => {
                report.add(part, Level::Rejected, text);
                return;
            }
        },
    };
    if exact.as_ref().is_some_and(|exact| units::contradicts(exact, claim.problem)) {
        report.add(part, Level::Rejected, "the branches do not rise and fall as the problem says");
        return;
    }
    let mut only = None;
    if let Some((found, certificate)) = at_point {
        // Units of time change the length of an interval, which times at a point must lie in.
        let timed = matches!(certificate, Certificate::Bochner { .. } | Certificate::NotReal { .. });
        let units = exact.as_ref().is_none_or(|exact| !timed || exact.endless());
        if no_parameters(claim) || units && exact.as_ref().is_some_and(units::cover) {
            return conclude(claim, part, found, report);
        }
        let values = parameters(certificate).map(|p| p.iter().map(|(n, v)| format!("{n} = {v}")).collect::<Vec<_>>());
        only = Some(format!("{}, at {} only", found.text, values.unwrap_or_default().join(", ")));
    }
    let found = exact.as_ref().and_then(|exact| by_theorem(claim, exact, is_c1));
    match found.or_else(|| parts::by_parts(claim, is_c1)) {
        Some(found) => conclude(claim, part, found, report),
        None => {
            let text = only.unwrap_or_else(|| "no theorem of the checker shows that it fails".into());
            report.add(part, Level::Unchecked, text);
        }
    }
}

fn least(claim: &Claim) -> u32 {
    claim.dims.0.max(claim.pde.explicit_dim.unwrap_or(1))
}

fn conclude(claim: &Claim, part: &'static str, found: Refuted, report: &mut Report) {
    let n = found.from_dimension;
    if n <= least(claim) {
        report.add(part, Level::Proved, found.text);
    } else if claim.dims.1.is_some_and(|most| n > most) {
        report.add(part, Level::Unchecked, format!("{}: shown for N >= {n}, which the claim is not about", found.text));
    } else if part == "c1" && (least(claim), n) == (1, 2) && smoothing_fails(claim) {
        let text = format!("{}, in every N >= 2; in N = 1, where C2 fails too, nothing is claimed", found.text);
        report.add(part, Level::Proved, text);
    } else {
        report.add(part, Level::Unchecked, format!("{}: shown for N >= {n}, not for N = {}", found.text, least(claim)));
    }
}

/// Whether C2 is refuted in every dimension: then nothing hangs on C1 in one of them (GenPhys, table 1, the ideal
/// wave).
fn smoothing_fails(claim: &Claim) -> bool {
    let c2 = &claim.derivation.c2;
    let mut found = Report::default();
    if c2.status == Status::Fails {
        check(claim, "c2", c2, false, &mut found);
    }
    found.is_proved("c2")
}

fn no_parameters(claim: &Claim) -> bool {
    claim.derivation.pde.params.iter().all(|p| p.fixed)
}

/// The variables of a claim.
pub(crate) fn algebra(claim: &Claim) -> Option<Algebra> {
    Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, claim.components())
}

/// The exact symbol; `None` with linear drift in x, and where the equation is out of reach.
fn exact<'a>(claim: &Claim, algebra: &'a mut Algebra, facts: &[Fact]) -> Option<Exact<'a>> {
    let symbol = Reader::new(algebra, claim.pde).equation()?;
    if symbol.drift.is_zero() {
        return (symbol.a.len() > 1).then(|| Exact::new(algebra, symbol.a, facts));
    }
    let [_, a1] = symbol.a.as_slice() else { return None };
    let theta = algebra.over(&symbol.drift.negated(), a1)?;
    let theta = theta.as_real()?.clone();
    let mut exact = Exact::new(algebra, symbol.a, facts);
    let plain = theta.variables().iter().all(|v| !exact.depends(*v));
    exact.drift = plain.then_some(theta);
    plain.then_some(exact)
}

/// The theorems on the form of the symbol.
fn by_theorem(claim: &Claim, exact: &Exact, is_c1: bool) -> Option<Refuted> {
    let order = exact.a.len() - 1;
    let one = |text: String| Refuted { text, from_dimension: 1 };
    if !is_c1 {
        return against_c2(claim, exact, order).map(one);
    }
    if order == 1 {
        let psi = exact.algebra.over(&exact.a[0], &exact.a[1])?;
        // A complex field may have |φ|² for its density.
        if !exact.is_hermitian(&psi) {
            return None;
        }
        let still = exact.drift.is_none();
        if let Some(text) = forgotten::never_starts(exact, true) {
            return Some(one(text));
        }
        if (!still || exact.has_time(&psi))
            && let Some(text) = forgotten::outgrows(exact).or_else(|| at::never_falls(claim, true))
        {
            return Some(one(text));
        }
        return negative_definite::no_levy_exponent(exact, &psi)
            .or_else(|| still.then(|| negative_definite::dips(exact, &psi).or_else(|| at::outgrows(claim)))?)
            .or_else(|| jumps::negative(exact, &psi, least(claim)))
            .or_else(|| exact.has_time(&psi).then(|| by_enclosures(claim))?)
            .map(one);
    }
    // A density that is declared is another one.
    if claim.pde.density.is_some() {
        return None;
    }
    let problem = kind(claim, exact);
    if let Some(found) = waves::not_real(claim, exact, problem) {
        return Some(found);
    }
    let bessel = || waves::bessel(exact, problem, least(claim));
    match problem {
        Problem::Evolution => {
            let all = [
                waves::short_times(exact),
                waves::telegraph(exact),
                waves::short_waves(exact),
                waves::relaxation(exact),
                memory::atom(exact),
                memory::memory(exact),
                memory::front(exact),
                memory::faster(exact),
                memory::moving_front(exact),
                bessel(),
            ];
            // The one that says most.
            all.into_iter().flatten().min_by_key(|found| found.from_dimension)
        }
        Problem::HalfSpace => half_space(exact).map(one).or_else(bessel),
        Problem::IllPosed => outgrows(exact),
        Problem::Undetermined => bessel().or_else(|| outgrows(exact)),
    }
}

/// The kind of problem, or that of initial values where it is none in a half-space.
fn kind(claim: &Claim, exact: &Exact) -> Problem {
    match claim.problem {
        Problem::Undetermined if exact.a.len() > 2 => match super::problem::kind(claim) {
            Some(found) => found,
            None if units::never_half_space(exact) => Problem::Evolution,
            None => Problem::Undetermined,
        },
        stated => stated,
    }
}

fn against_c2(claim: &Claim, exact: &Exact, order: usize) -> Option<String> {
    let problem = kind(claim, exact);
    if let Some(text) = growth::still(exact) {
        return Some(text);
    }
    if exact.drift.is_some() {
        return forgotten::by_drift(claim, exact);
    }
    if let Some(text) = memory::even_in_time(exact) {
        return Some(text);
    }
    if let Some(text) = growth::periodic(exact) {
        return Some(text);
    }
    if order == 1
        && let Some(text) = growth::first_order(exact)
            .or_else(|| at::first_order(claim))
            .or_else(|| forgotten::never_starts(exact, false))
            .or_else(|| forgotten::remembers(exact))
            .or_else(|| at::never_falls(claim, false))
            .or_else(|| exact.a.iter().any(|c| exact.has_time(c)).then(|| by_enclosures(claim))?)
    {
        return Some(text);
    }
    let timed = exact.a.iter().any(|c| exact.has_time(c));
    let evolution = || {
        growth::second_order(exact)
            .or_else(|| growth::bessel(exact))
            .or_else(|| growth::even(exact))
            .or_else(|| at::second_order(claim))
    };
    if let Some(text) = (problem == Problem::Evolution)
        .then(evolution)
        .flatten()
        .or_else(|| (!timed).then(|| growth::violated(claim, exact)).flatten())
    {
        return Some(text);
    }
    units::neither(exact).map(|_| ILL_POSED.to_string())
}

/// A rate that is one function of the time, enclosed: C1 and C2 of first order fail.
fn by_enclosures(claim: &Claim) -> Option<String> {
    let mut decay = super::schedule::Decay::new(claim)?;
    if decay.never_starts() {
        return Some(
            "a coefficient is not integrable at the start of the time: no density starts from the data".into(),
        );
    }
    decay.outgrows().then(|| "every wave outgrows the longest one at some time: |p-hat(k, t)| > p-hat(0, t)".into())
}

const ILL_POSED: &str = "some growth rates rise without bound at short waves, and not as many fall in every direction";

fn outgrows(exact: &Exact) -> Option<Refuted> {
    let text = format!("{ILL_POSED}, but |p-hat(k, t)| <= p-hat(0, t)");
    units::neither(exact).filter(|found| found.outgrows).map(|_| Refuted { text, from_dimension: 1 })
}

/// s = −b/2 − √Ψ, Ψ = b²/4 − c, with constant real b.
fn half_space(exact: &Exact) -> Option<String> {
    let [c, b, a] = exact.a.as_slice() else { return None };
    if exact.a.iter().any(|x| exact.has_time(x)) || exact.has_wave(a) || exact.has_wave(b) {
        return None;
    }
    let (b, c) = (exact.algebra.over(b, a)?, exact.algebra.over(c, a)?);
    let quarter = exact
        .algebra
        .times(&b, &b)?
        .scaled(&crate::exact::fraction::Fraction::constant(BigRational::new(1.into(), 4.into())))?;
    negative_definite::no_square_root(exact, &exact.algebra.reduced_pair(&quarter.minus(&c)?)?)
}

fn parameters(certificate: &Certificate) -> Option<&BTreeMap<String, f64>> {
    match certificate {
        Certificate::GrowthRate { params, .. }
        | Certificate::IllPosed { params, .. }
        | Certificate::Subadditivity { params, .. }
        | Certificate::NegativeDefinite { params, .. }
        | Certificate::Bochner { params, .. }
        | Certificate::NotReal { params, .. } => Some(params),
        _ => None,
    }
}

/// Whether a certificate is one of numbers that refute.
pub(super) fn refutes(certificate: &Certificate) -> bool {
    parameters(certificate).is_some()
}

/// What numbers at one point prove; nothing where they are out of reach, an error where they are wrong.
fn at_a_point(
    claim: &Claim,
    exact: Option<&Exact>,
    certificate: &Certificate,
    is_c1: bool,
) -> Result<Option<Refuted>, String> {
    let about_c1 = !matches!(certificate, Certificate::GrowthRate { .. } | Certificate::IllPosed { .. });
    let Some(params) = parameters(certificate) else { return Err("the certificate is no refutation".into()) };
    if about_c1 != is_c1 {
        return Err("the numbers are about the other condition".into());
    }
    let values = inside(claim, params)?;
    let enclosures = values.iter().map(|(name, x)| (name.clone(), Interval::rational(x))).collect();
    let Some(model) = Enclosed::new(claim.pde, &enclosures) else { return Ok(None) };
    let problem = claim.problem;
    // A complex field of first order in time may have |φ|² for its density.
    let complex = match exact.map(|e| e.a.as_slice()) {
        Some([a0, a1]) => exact.is_none_or(|e| e.algebra.over(a0, a1).is_none_or(|psi| !e.is_hermitian(&psi))),
        Some(_) => false,
        None => true,
    };
    let declared = claim.pde.density.is_some() && exact.is_none_or(|e| e.a.len() > 2) && problem != Problem::HalfSpace;
    if let Certificate::Bochner { time, .. } | Certificate::NotReal { time, .. } = certificate {
        let interval = &claim.pde.time.interval;
        let start = if interval.lower.to_f64().is_finite() { interval.lower.to_f64() } else { 0.0 };
        if !interval.contains(start + time) {
            return Err(format!("the time {time} after the start lies outside the interval"));
        }
    }
    // What is said of an ill-posed problem holds for initial values; that it is no half-space problem must be shown.
    let open = problem == Problem::IllPosed
        && !matches!(certificate, Certificate::IllPosed { .. })
        && exact.is_none_or(|e| e.a.len() > 2 && units::neither(e).is_none());
    match certificate {
        _ if open => Ok(None),
        _ if is_c1 && (declared || complex) => Ok(None),
        Certificate::Bochner { time, points, weights, value, .. } => {
            sums::bochner(&model, problem, *time, points, weights, *value)
        }
        Certificate::NegativeDefinite { points, weights, value, .. } => {
            sums::negative_definite(&model, problem, points, weights, *value)
        }
        Certificate::Subadditivity { k, q, size, time: None, .. } => sums::subadditivity(&model, problem, k, q, *size),
        Certificate::NotReal { time, k, transform, .. } => sums::not_real(&model, problem, *time, k, transform),
        Certificate::GrowthRate { k, time: None, rate, rate_at_zero, .. } => {
            let Some(exact) = exact else { return Ok(None) };
            units::growth(exact, &model, problem, &values, k, [*rate, *rate_at_zero])
        }
        Certificate::IllPosed { direction, .. } => match exact {
            Some(exact) if problem == Problem::IllPosed => units::ill_posed(exact, &values, direction),
            Some(_) => Err("the problem is not said to be ill posed".into()),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// Parameter values must lie in their domains; those that are fixed are the ones of the derivation.
fn inside(claim: &Claim, params: &BTreeMap<String, f64>) -> Result<BTreeMap<String, BigRational>, String> {
    let mut values = BTreeMap::new();
    for (name, value) in params {
        let exact = BigRational::from_float(*value).ok_or_else(|| format!("{name} is not finite"))?;
        values.insert(name.clone(), exact);
    }
    for param in &claim.pde.params {
        let stated = claim.derivation.pde.params.iter().find(|p| p.name == param.name);
        if let Some(fixed) = stated.filter(|p| p.fixed).and_then(|p| p.value) {
            if params.get(&param.name).is_some_and(|v| *v != fixed) {
                return Err(format!("{} is not at its fixed value", param.name));
            }
            let exact = crate::exact::decimal(fixed).ok_or_else(|| format!("{} has no value", param.name))?;
            values.insert(param.name.clone(), exact);
        } else if param.complex {
            for part in ["re", "im"] {
                values.entry(format!("{part}({})", param.name)).or_insert_with(BigRational::zero);
            }
        } else {
            let Some(value) = values.get(&param.name) else { return Err(format!("{} has no value", param.name)) };
            if !contains(&param.domain, value) {
                return Err(format!("{} = {value} lies outside its domain", param.name));
            }
        }
    }
    Ok(values)
}

fn contains(domain: &Domain, value: &BigRational) -> bool {
    crate::exact::range::Range::of_domain(domain).is_some_and(|range| range.contains(value))
}
