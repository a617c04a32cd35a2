//! C1 that holds: each kind of certificate, in every case that the conditions leave.

use super::condition::{Cases, cases};
use super::prove::{OrOpen, Outcome, Stop, open, wrong};
use super::waves::Model;
use super::{Claim, Level, Report, declared, levy_exponent, relaxation, spherical_means, telegraph};
use crate::sign::Region;
use crate::sign::logic::Formula;
use genphys_pde::certificate::{Case, Certificate};
use genphys_pde::condition::Condition;

/// What is proved of one case, in words.
type Steps = Vec<&'static str>;

/// Checks a certificate; `false` where it is of a kind that is looked at elsewhere.
pub(super) fn check(claim: &Claim, conditions: &[Condition], certificate: &Certificate, report: &mut Report) -> bool {
    if let Certificate::Cases { of } = certificate {
        let outcome = by_cases(claim, conditions, of);
        return put(
            report,
            outcome.map(|()| vec!["each case has a proof, and wherever the conditions hold one of them applies"]),
        );
    }
    let case = |claim: &Claim, conditions: &[Condition]| -> Option<Outcome<Steps>> {
        Some(match certificate {
            Certificate::LevyExponent { branch, decay, closure } => {
                levy_exponent::check(claim, conditions, *branch, decay, closure)
            }
            Certificate::Telegraph { a, b, c, d, drift, axis } => {
                let zero = "0".to_string();
                let form = [a, b, c, d, drift.as_ref().unwrap_or(&zero)];
                telegraph::check(claim, conditions, form, axis.map(|j| j as usize))
                    .map(|()| vec!["the form is Kac's persistent random walk"])
            }
            Certificate::SphericalMeans { d, c, growth } => spherical_means::check(claim, conditions, [d, c, growth])
                .map(|()| vec!["the form is a mixture of means over spheres in N <= 2 - D"]),
            Certificate::Relaxation { b, d, theta, closure } => {
                relaxation::check(claim, conditions, [b, d, theta], closure)
            }
            Certificate::DeclaredDensity { eta, decay, closure, coefficients, inner } => {
                let form = declared::Declared { eta, decay, closure: closure.as_ref(), coefficients, inner };
                declared::check(claim, conditions, &form)
            }
            _ => return None,
        })
    };
    let Some(cases) = cases(conditions) else {
        let unknown = open("a condition is about something that the checker does not know");
        return case(claim, conditions).is_some_and(|_| put(report, unknown));
    };
    let mut found: Outcome<Steps> = Ok(Vec::new());
    for (limit, conditions) in cases {
        if limit.is_some_and(|most| most < claim.dims.0) {
            continue;
        }
        let most = claim.dims.1.iter().chain(&limit).min().copied();
        let claim = Claim { dims: (claim.dims.0, most), ..*claim };
        let mut outcome = case(&claim, &conditions);
        if matches!(outcome, Some(Err(_))) && conditions.iter().any(|c| !super::condition::fixes(c).is_empty()) {
            let again = case(&Claim { with_values: true, ..claim }, &conditions);
            outcome = again.filter(|found| found.is_ok()).or(outcome);
        }
        match outcome {
            None => return false,
            Some(Ok(steps)) => found = found.map(|_| steps),
            // What is contradicted goes before what is only not proved.
            Some(Err(stop)) => {
                found = match found {
                    Err(Stop::Wrong(text)) => Err(Stop::Wrong(text)),
                    _ => Err(stop),
                }
            }
        }
    }
    put(report, found)
}

/// Every case is proved under its own conditions, and the conditions of the claim are met in one of the cases only.
fn by_cases(claim: &Claim, conditions: &[Condition], of: &[Case]) -> Outcome {
    for case in of {
        if matches!(case.certificate, Certificate::Cases { .. }) {
            return wrong("a case of cases");
        }
        let mut found = Report::default();
        if !check(claim, &super::condition::all(&case.conditions), &case.certificate, &mut found) {
            return open("a case has a certificate that is not looked at here");
        }
        if !found.is_proved("c1") {
            let text = format!("the case {}", case.conditions.join(" and "));
            let first = found.findings.into_iter().find(|f| f.level != Level::Proved);
            let text = first.map_or_else(|| text.clone(), |f| format!("{text}: {}", f.text));
            return open(text);
        }
    }
    const LONG: &str = "a condition is out of reach of the exact arithmetic";
    let stated = cases(conditions).or_open(LONG)?;
    let mut proved = Vec::new();
    for case in of {
        proved.extend(cases(&super::condition::all(&case.conditions)).or_open(LONG)?);
    }
    // Ranges of N in which the same limits hold.
    let mut limits: Vec<u32> = stated.iter().chain(&proved).filter_map(|(limit, _)| *limit).collect();
    limits.sort_unstable();
    limits.dedup();
    let (mut least, most) = claim.dims;
    let mut ranges = Vec::new();
    for limit in limits.into_iter().filter(|limit| most.is_none_or(|most| *limit < most)) {
        if limit >= least {
            ranges.push((least, Some(limit)));
            least = limit + 1;
        }
    }
    ranges.push((least, most));
    for dims in ranges {
        let here = Claim { dims, ..*claim };
        let mut model = Model::new(&here).or_open(LONG)?;
        let mut formula = |list: &Cases| -> Option<Formula> {
            let here = list.iter().filter(|(limit, _)| limit.is_none_or(|l| dims.1.is_some_and(|most| most <= l)));
            let all = |(_, list): &(Option<u32>, Vec<Condition>)| {
                list.iter().map(|c| model.formula(c)).collect::<Option<Vec<_>>>().map(Formula::All)
            };
            here.map(all).collect::<Option<Vec<_>>>().map(Formula::Any)
        };
        let (stated, proved) = formula(&stated).zip(formula(&proved)).or_open(LONG)?;
        let polynomials: Vec<_> = stated.polynomials().into_iter().chain(proved.polynomials()).cloned().collect();
        let region = model.extended(&Region::default(), &polynomials.iter().collect::<Vec<_>>()).or_open(LONG)?;
        let parts = stated.parts(&region).or_open(LONG)?;
        if !parts.iter().all(|part| proved.holds_in(part).is_some()) {
            return open("the cases are not shown to be all that the conditions allow");
        }
    }
    Ok(())
}

fn put(report: &mut Report, outcome: Outcome<Steps>) -> bool {
    match outcome {
        Ok(steps) if steps.is_empty() => report.add("c1", Level::Rejected, "no dimension satisfies the conditions"),
        Ok(steps) => steps.into_iter().for_each(|text| report.add("c1", Level::Proved, text)),
        Err(Stop::Wrong(text)) => report.add("c1", Level::Rejected, text),
        Err(Stop::Open(text)) => report.add("c1", Level::Unchecked, text),
    }
    true
}
