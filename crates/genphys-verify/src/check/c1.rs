//! C1 that holds: each kind of certificate, in every case that the conditions leave.

use super::condition::{Condition, cases};
use super::prove::{Outcome, Stop, open};
use super::{Claim, Level, Report, declared, exponent, relaxation, spherical_means, telegraph};
use genphys_pde::certificate::Certificate;

/// What is proved of one case, in words.
type Steps = Vec<&'static str>;

/// Checks a certificate; `false` where it is of a kind that is looked at elsewhere.
pub(super) fn check(claim: &Claim, conditions: &[Condition], certificate: &Certificate, report: &mut Report) -> bool {
    let case = |claim: &Claim, conditions: &[Condition]| -> Option<Outcome<Steps>> {
        Some(match certificate {
            Certificate::LevyExponent { branch, decay, closure } => {
                exponent::check(claim, conditions, *branch, decay, closure)
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
        match case(&claim, &conditions) {
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

fn put(report: &mut Report, outcome: Outcome<Steps>) -> bool {
    match outcome {
        Ok(steps) if steps.is_empty() => report.add("c1", Level::Rejected, "no dimension satisfies the conditions"),
        Ok(steps) => steps.into_iter().for_each(|text| report.add("c1", Level::Proved, text)),
        Err(Stop::Wrong(text)) => report.add("c1", Level::Rejected, text),
        Err(Stop::Open(text)) => report.add("c1", Level::Unchecked, text),
    }
    true
}
