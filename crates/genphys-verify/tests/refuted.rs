//! Claims that fail by the form of the equation alone: part by part, at one wave number, for short waves of functions
//! of k, with drift; and their siblings, which are not refuted.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::{Certificate, Class, Closure, ClosureRule, Rate};
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, Problem, Status};
use genphys_verify::{undecided, verify};

fn open(text: &str) -> (Pde, Derivation) {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let derivation = undecided(&pde, "none").derivation().clone();
    (pde, derivation)
}

/// Whether it is proved that C1 (or C2) fails, when nothing but that is said.
fn fails(text: &str, part: &str, problem: Problem) -> bool {
    let (pde, mut derivation) = open(text);
    derivation.problem = problem;
    let report = ConditionReport::proposed(Status::Fails, "test", "a test");
    *(if part == "c1" { &mut derivation.c1 } else { &mut derivation.c2 }) = report;
    verify(&pde, &derivation).is_proved(part)
}

fn c1(text: &str) -> bool {
    fails(text, "c1", Problem::Undetermined)
}

fn c2(text: &str) -> bool {
    fails(text, "c2", Problem::Undetermined)
}

#[test]
fn part_by_part() {
    // A lone derivative in time where p = 0, the Laplace equation's sign elsewhere; s² = −k⁴, waves.
    assert!(c2("param p >= 0; dim 2; p*dt(phi, 2) + p*lap(phi, 2) = 0"));
    assert!(!c2("param p >= 0; dim 2; p*dt(phi, 2) - p*lap(phi, 2) = 0"));
    // What grows altogether may smooth all the same, and one direction may be still in a half-space.
    assert!(!c2("dim any; dt(phi) - 3*phi - lap(phi) = 0") && c2("dim any; dt(phi) - 3*phi + lap(phi) = 0"));
    assert!(!fails("dim any; dt(phi) - 3*phi - lap(phi) = 0", "c2", Problem::Evolution));
    assert!(!c1("dim 2; dt(phi, 2) + 3*dt(phi) + 3*d(phi, x2, 2) = 0"));
    // Growth for every sign of p.
    assert!(c2("param p; dim 2; dt(phi) = -(1 + p^2)*lap(phi) - p*phi"));
    assert!(!c2("param p; dim 2; dt(phi) = p*lap(phi)"));
    assert!(c1("param p; dim 2; dt(phi) = -lap(phi, 2) + p*fraclap(phi, 3)"));
    assert!(!c1("param p; dim 2; dt(phi) = p*lap(phi, 2) + lap(phi)"));
    // Three terms of one order: both branches rise.
    let ill = |text: &str| fails(text, "c2", Problem::IllPosed);
    assert!(ill("param p > 0; dt(phi, 2) + p^2*dt(lap(phi)) + 3*lap(phi, 2) = 0"));
    assert!(!ill("param p > 0; dt(phi, 2) - p^2*dt(lap(phi)) + 3*lap(phi, 2) = 0"));
}

#[test]
fn short_waves_of_functions() {
    let ill = |text: &str| fails(text, "c1", Problem::IllPosed) && fails(text, "c2", Problem::IllPosed);
    assert!(ill("dim any; dt(phi, 3) + 3*dt(phi, 2) + 3*fourier(sqrt(1 + k^2) - 1, phi) = 0"));
    assert!(ill("param a > 0; dim any; dt(phi, 3) + 2*dt(phi) + dt(phi, 2) - a*fourier(log(1 + k^2), phi) = 0"));
    assert!(ill(
        "dim 3; dt(phi, 3) + dt(phi, 2) - fourier(k^2/(2 + k^2) + k, phi) - 3*fourier(1 - exp(-k^2), phi) = 0"
    ));
    // Bounded functions, and those that only oscillate.
    assert!(!ill("dim any; dt(phi, 3) + 3*dt(phi, 2) + 3*fourier(1 - exp(-k^2), phi) = 0"));
    assert!(!ill("dim 1; dt(phi, 3) + 3*dt(phi, 2) + 3*fourier(1 - cos(k), phi) = 0"));
    // What cancels at the highest order is not read off: k − √(1 + k²) → 0.
    assert!(!ill("dim any; dt(phi, 3) + dt(phi, 2) + 3*fourier(sqrt(1 + k^2) - k, phi) = 0"));
}

#[test]
fn one_wave_number() {
    assert!(c1("param a > 0; dim any; 2*dt(phi) - a^2*fraclap(phi, a) = 0"));
    assert!(!c1("param a > 0; dim any; 2*dt(phi) + a^2*fraclap(phi, a) = 0"));
    assert!(c2("param a != 0; dim any; 2*dt(phi) - fraclap(phi, a^2) = 0"));
    assert!(!c2("param a != 0; dim any; 2*dt(phi) + fraclap(phi, a^2) = 0"));
    let evolution = |text: &str| fails(text, "c2", Problem::Evolution);
    assert!(evolution("dim 3; dt(phi, 2) + 2*fourier(log(1 + log(1 + k^2)), phi) = 0"));
    assert!(evolution("param a > 0; dim 3; dt(phi, 2) + a*dt(phi) - fourier(1 - exp(-a*k^2), phi) = 0"));
    assert!(!evolution("param a > 0; dim 3; dt(phi, 2) + a*dt(phi) + fourier(1 - exp(-a*k^2), phi) = 0"));
    let not_real = |text: &str| fails(text, "c1", Problem::Evolution);
    assert!(not_real("dim any; dt(phi, 2) + dt(phi) + I*fourier(1 - exp(-k^2), phi) = 0"));
}

#[test]
fn amplitudes_of_long_and_short_waves() {
    assert!(c2("dt(phi) - dt(lap(phi)) - d(phi, x1, 4) - exp(t)*lap(phi) = 0"));
    assert!(!c2("dt(phi) - dt(lap(phi)) + d(phi, x1, 4) - exp(t)*lap(phi) = 0"));
    assert!(c2("dim any; dt(phi) + 1.5*lap(phi) - exp(-t)*lap(phi, 3) = 0"));
    assert!(!c2("dim any; dt(phi) - 1.5*lap(phi) - exp(-t)*lap(phi, 3) = 0"));
    // With drift.
    assert!(c2("dim 3; dt(phi) - lap(phi) + 7*fraclap(phi, 3) - 7*fraclap(phi, 1.2) - 2*div(x*phi) = 0"));
    assert!(!c2("dim 3; dt(phi) - lap(phi) + 7*fraclap(phi, 3) + 7*fraclap(phi, 1.2) - 2*div(x*phi) = 0"));
    assert!(c1("dim 1; dt(phi) - fourier(1 - sin(k)/k, phi) - 3*div(x*phi) = 0"));
    assert!(!c1("dim 1; dt(phi) + fourier(1 - sin(k)/k, phi) - 3*div(x*phi) = 0"));
    // Waves that are stretched for ever keep an amplitude; those that are pressed together do not.
    assert!(c2("dim 3; dt(phi) + 3*fourier(1 - sin(k)/k, phi) + 3*div(x*phi) = 0"));
    assert!(!c2("dim 3; dt(phi) + 3*fourier(1 - sin(k)/k, phi) - 3*div(x*phi) = 0"));
    assert!(c2("param a > 0; dim 3; dt(phi) + fraclap(phi, a) + a*div(x*phi) = 0"));
    assert!(!c2("time t in (0, 1]; dim 3; dt(phi) + 3*fraclap(phi, 1) + 3*div(x*phi) = 0"));
}

/// Half-space problems with complex coefficients: one root on either side of s₀ and of 0 at every k.
#[test]
fn complex_half_spaces_smooth() {
    let holds = |text: &str, num: &str| {
        let (pde, mut derivation) = open(text);
        derivation.problem = Problem::HalfSpace;
        let rate = Rate { num: num.into(), square: None, den: "1".into() };
        let certificate = Some(Certificate::Rates { rates: vec![rate], root: None });
        derivation.c2 = ConditionReport { certificate, ..ConditionReport::proposed(Status::Holds, "test", "a test") };
        verify(&pde, &derivation).is_proved("c2")
    };
    let wind = "dim 1; dt(phi, 2) + 3*dt(phi) - dx(phi) = 0";
    // The square completed needs no rate.
    assert!(holds(wind, "-3") && holds(wind, "-2"));
    assert!(holds("param p in (0, 2]; dt(phi, 2) + 3*dt(phi) - p*I*fraclap(phi, 2.5) = 0", "-3"));
    // p = 0 leaves nothing that decays; a restoring force makes waves that do not part.
    assert!(!holds("param p in [0, 2]; dt(phi, 2) + 3*dt(phi) - p*I*fraclap(phi, 2.5) = 0", "-3"));
    assert!(!holds("dim 1; dt(phi, 2) + 3*dt(phi) - dx(phi) - 2*lap(phi) = 0", "-3"));
    // Across the wind nothing happens.
    assert!(!holds("dim 2; dt(phi, 2) + 3*dt(phi) - dx(phi) = 0", "-3"));
}

/// Waves on one side of p = 3 and a half-space problem on the other: each has a proof of its own, and in between
/// nothing decays.
#[test]
fn kinds_of_problem_on_either_side() {
    let holds = |condition: &str| {
        let (pde, mut derivation) = open("param p > 0; dim 2; dt(phi, 2) + 7*dt(phi) - 3*lap(phi) + p*lap(phi) = 0");
        let rate = |num: &str| Rate { num: num.into(), square: None, den: "1".into() };
        let certificate = Some(Certificate::Rates { rates: vec![rate("0"), rate("-7")], root: None });
        let conditional = ConditionReport::proposed(Status::Conditional, "test", "a test");
        derivation.c2 = ConditionReport { certificate, conditions: vec![condition.into()], exact: true, ..conditional };
        let report = verify(&pde, &derivation);
        [report.is_proved("c2"), report.is_exact("c2")]
    };
    assert_eq!(holds("p != 3"), [true, true]);
    assert_eq!(holds("p > 3"), [true, false]);
    assert_eq!(holds("p >= 3"), [false, false]);
    assert_eq!(holds("p != 2"), [false, false]);
}

#[test]
fn what_is_undefined_does_not_hold() {
    let shift = |f: &str| Certificate::LevyExponent {
        branch: genphys_pde::certificate::BranchForm::Evolution,
        decay: "0".into(),
        closure: Closure::step(
            f,
            Class::LevyExponent,
            ClosureRule::Shift,
            vec![Closure::leaf(f, Class::Bernstein, ClosureRule::Power)],
        ),
    };
    let holds = |text: &str, f: &str| {
        let (pde, mut derivation) = open(text);
        derivation.problem = Problem::Evolution;
        derivation.c1 = ConditionReport {
            certificate: Some(shift(f)),
            ..ConditionReport::proposed(Status::Holds, "test", "a test")
        };
        let zero = Rate { num: "0".into(), square: None, den: "1".into() };
        let rates = Some(Certificate::Rates { rates: vec![zero], root: None });
        derivation.c2 =
            ConditionReport { certificate: rates, ..ConditionReport::proposed(Status::Holds, "test", "a test") };
        let report = verify(&pde, &derivation);
        [report.is_proved("c1"), report.is_proved("c2")]
    };
    assert_eq!(holds("param p > 0; dim any; dt(phi) = (p/p)*lap(phi)", "k^2"), [true, true]);
    assert_eq!(holds("param p >= 0; dim any; dt(phi) = (p/p)*lap(phi)", "k^2"), [false, false]);
    assert_eq!(holds("param a in (0, 2); dim any; dt(phi) = -fraclap(phi, a)", "k^a"), [true, true]);
    assert_eq!(holds("param a in [0, 2); dim any; dt(phi) = -fraclap(phi, a)", "k^a"), [false, false]);
}
