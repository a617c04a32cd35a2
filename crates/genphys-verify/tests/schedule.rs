//! Claims about equations of first order in time whose rate is a function of the time, proved by enclosures; their
//! siblings that are false are not.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::Certificate;
use genphys_pde::verdict::{ConditionReport, Status};
use genphys_verify::{undecided, verify};

/// Whether what is said of C2 is proved, by the closed form E = `exponent` in coordinates that move with Θ = `scale`.
fn c2(text: &str, status: Status, exponent: Option<&str>, scale: Option<&str>) -> bool {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let mut derivation = undecided(&pde, "none").derivation().clone();
    let certificate =
        exponent.map(|e| Certificate::Amplitude { exponent: Some(e.into()), scale: scale.map(Into::into) });
    derivation.c2 = ConditionReport { certificate, ..ConditionReport::proposed(status, "mode-amplitude", "a test") };
    verify(&pde, &derivation).is_proved("c2")
}

/// Whether C1 is refuted by the form of the equation.
fn c1_fails(text: &str) -> bool {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let mut derivation = undecided(&pde, "none").derivation().clone();
    derivation.c1 = ConditionReport::proposed(Status::Fails, "local-first-order", "a test");
    verify(&pde, &derivation).is_proved("c1")
}

#[test]
fn amplitudes_that_fall_to_zero() {
    let holds = |text: &str, e: &str, scale: Option<&str>| c2(text, Status::Holds, Some(e), scale);
    let swing = "dt(phi) = (1 - 3*t*exp(-t))*lap(phi)";
    assert!(holds(swing, "(t + 3*(1 + t)*exp(-t) - 3)*k^2", None));
    // Another constant of integration, another rate.
    assert!(!holds(swing, "(t + 3*(1 + t)*exp(-t) - 2)*k^2", None));
    assert!(!holds("dt(phi) = (1 - 4*t*exp(-t))*lap(phi)", "(t + 4*(1 + t)*exp(-t) - 4)*k^2", None));
    let cosine = "time t in (0, 1); dt(phi) = 0.5*pi*sin(pi*t/2)/cos(pi*t/2)*(lap(phi) + div(x*phi))";
    assert!(holds(cosine, "(cos(pi*t/2)^(-2) - 1)*k^2/2", Some("-log(cos(pi*t/2))")), "cosine");
    // Up to an earlier end the clock stays finite.
    let earlier = cosine.replace("(0, 1)", "(0, 0.5)");
    assert!(!holds(&earlier, "(cos(pi*t/2)^(-2) - 1)*k^2/2", Some("-log(cos(pi*t/2))")));
    let cauchy = "time t in (0, 0.5); dt(phi) = pi*sin(pi*t)/cos(pi*t)*(div(x*phi) - fraclap(phi, 1))";
    assert!(holds(cauchy, "(exp(-log(cos(pi*t))) - 1)*k", Some("-log(cos(pi*t))")), "cauchy");
    let back = "time t in (0, 1); dt(phi) = cos(pi*t)*lap(phi)";
    assert!(!holds(back, "sin(pi*t)/pi*k^2", None));
}

#[test]
fn amplitudes_that_come_back_or_stay() {
    let fails = |text: &str, e: Option<&str>, scale: Option<&str>| c2(text, Status::Fails, e, scale);
    assert!(fails("time t in (0, 1); dt(phi) = -cos(pi*t)*fraclap(phi, 1)", Some("sin(pi*t)/pi*k"), None), "back");
    assert!(!fails("time t in (0, 0.5); dt(phi) = -cos(pi*t)*fraclap(phi, 1)", Some("sin(pi*t)/pi*k"), None));
    assert!(fails("dt(phi) = cos(t)*lap(phi)", None, None), "cosine");
    assert!(!fails("dt(phi) = (1 + cos(t))*lap(phi)", None, None));
    assert!(fails("dt(phi) = (1 - 4*t*exp(-t))*lap(phi)", None, None), "overdrawn");
    assert!(!fails("dt(phi) = (1 - 3*t*exp(-t))*lap(phi)", None, None));
    let drift = "time t in (0, 1); dt(phi) = (1 - 2*t)*(lap(phi) + div(x*phi))";
    assert!(fails(drift, Some("(exp(2*(t - t^2)) - 1)/2*k^2"), Some("t - t^2")), "there and back");
    let jumps = "param r > 0 = 1; dt(phi) = -r*exp(-t)*fourier(1 - exp(-k^2), phi)";
    assert!(fails(jumps, Some("r*(1 - exp(-t))*(1 - exp(-k^2))"), None), "jumps");
    let logarithm = "time t in (1, inf); dt(phi) = lap(phi)/(t*log(t))";
    assert!(fails(logarithm, None, None), "logarithm");
    assert!(!fails("time t in (2, inf); dt(phi) = lap(phi)/(t*log(t))", None, None));
}

#[test]
fn densities_that_are_lost() {
    assert!(c1_fails("dt(phi) = cos(t)*lap(phi)"));
    assert!(c1_fails("param D > 0 = 2; dt(phi) = D*cos(t)*lap(phi)"));
    assert!(c1_fails("dt(phi) = (1 - 4*t*exp(-t))*lap(phi)"));
    assert!(c1_fails("time t in (1, inf); dt(phi) = lap(phi)/(t*log(t))"));
    assert!(!c1_fails("dt(phi) = (1 - 3*t*exp(-t))*lap(phi)"));
    assert!(!c1_fails("time t in (0, 3); dt(phi) = cos(t)*lap(phi)"));
    assert!(!c1_fails("time t in (2, inf); dt(phi) = lap(phi)/(t*log(t))"));
    assert!(!c1_fails("param D = 2; dt(phi) = D*cos(t)*lap(phi)"));
}

/// Whether a condition of C2 is shown to be exact.
fn c2_exactly_if(text: &str, condition: &str, exponent: &str) -> bool {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let mut derivation = undecided(&pde, "none").derivation().clone();
    let certificate = Certificate::Amplitude { exponent: Some(exponent.into()), scale: None };
    derivation.c2 = ConditionReport {
        certificate: Some(certificate),
        conditions: vec![condition.into()],
        ..ConditionReport::proposed(Status::Conditional, "mode-amplitude", "a test")
    };
    let report = verify(&pde, &derivation);
    report.is_proved("c2") && report.is_exact("c2")
}

#[test]
fn powers_of_the_time() {
    let text = "param p = 0; dt(phi) = (3 + 2*t)^p*lap(phi)";
    let exponent = "((3 + 2*t)^(p + 1) - 3^(p + 1))/(2*(p + 1))*k^2";
    assert!(!c2_exactly_if(text, "p + 2 >= 0", exponent));
    assert!(!c2_exactly_if(text, "p >= 0", exponent));
}

#[test]
fn amplitudes_that_come_back_after_a_period() {
    let fails = |text: &str, e: &str| c2(text, Status::Fails, Some(e), None);
    assert!(fails("dt(phi) = sin(t)*lap(phi)", "(1 - cos(t))*k^2"), "sine");
    assert!(fails("param w > 0 = 1; dt(phi) = sin(w*t)*lap(phi)", "(1 - cos(w*t))/w*k^2"), "any frequency");
    assert!(fails("time t in (0, 7]; dt(phi) = sin(t)*lap(phi)", "(1 - cos(t))*k^2"), "a period inside");
    assert!(!fails("time t in (0, 6]; dt(phi) = sin(t)*lap(phi)", "(1 - cos(t))*k^2"), "no period inside");
    assert!(!fails("dt(phi) = sin(t)^2*lap(phi)", "(t/2 - sin(2*t)/4)*k^2"), "its square");
    let along_one_axis = "dim 2; dt(phi) = sin(t)*d(phi, x1, 2) + d(phi, x2, 2)";
    assert!(fails(along_one_axis, "(1 - cos(t))*k1^2 + t*k2^2"), "one axis");
    assert!(!fails("dim 2; dt(phi) = (1 + sin(t))*d(phi, x1, 2) + d(phi, x2, 2)", "(t + 1 - cos(t))*k1^2 + t*k2^2"));
}

#[test]
fn amplitudes_with_a_rate_that_stays_away_from_zero() {
    let holds = |text: &str, e: Option<&str>| {
        let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
        let mut derivation = undecided(&pde, "none").derivation().clone();
        let certificate = Some(Certificate::Amplitude { exponent: e.map(Into::into), scale: None });
        derivation.c2 =
            ConditionReport { certificate, ..ConditionReport::proposed(Status::Holds, "mode-amplitude", "a test") };
        verify(&pde, &derivation).is_proved("c2")
    };
    assert!(holds("dt(phi) = exp(sin(t))*lap(phi)", None));
    assert!(holds("dt(phi) = lap(phi)/(2 + cos(3*t))", None));
    assert!(!holds("dt(phi) = (exp(sin(t)) - 0.3)*lap(phi)*sin(t)", None));
    assert!(!holds("dt(phi) = exp(-t)*lap(phi)", None));
    assert!(!holds("dt(phi) = exp(sin(t)*t)*lap(phi)", None));
    assert!(holds("dt(phi) = (1 - cos(2*t))/2*lap(phi)", Some("(t/2 - sin(2*t)/4)*k^2")));
}
