//! Caputo's derivative as it is written, printed and refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Code, Diagnostic, inline, line_and_column};

fn read(body: &str) -> (String, Vec<Code>) {
    let checked = inline(body).unwrap_or_else(|problems| panic!("{body}: {problems:#?}"));
    (checked.pde.equation, checked.warnings.iter().map(|warning| warning.code).collect())
}

#[test]
fn every_way_to_write_it() {
    let expected = "dt(phi, 0.5) = lap(phi)";
    for side in [
        "dt(phi, 0.5)",
        "caputo(phi, 0.5)",
        "d(phi, t, 0.5)",
        "∂t^0.5 φ",
        "∂_t^{0.5} φ",
        "∂^0.5_t φ",
        "\\partial_t^{0.5} \\phi",
    ] {
        let (equation, warnings) = read(&format!("{side} = lap(phi)"));
        assert_eq!(equation, expected, "{side}");
        assert!(warnings.iter().all(|code| *code == Code::TakenAs), "{side}: {warnings:?}");
    }
    let named = "dt(phi, beta) = lap(phi)";
    for side in ["dt(phi, beta)", "∂t^β φ", "\\partial_t^{\\beta} \\phi", "\\partial_t^\\beta \\phi"] {
        assert_eq!(read(&format!("param beta in (0, 1] = 0.5; {side} = lap(phi)")).0, named, "{side}");
    }
    assert_eq!(read("∂t^(1/2) φ = lap(phi)").0, "dt(phi, 1/2) = lap(phi)");
    // The time may have another name.
    assert_eq!(read("time s in (0, inf); ∂s^(3/2) φ = lap(phi)").0, "dt(phi, 3/2) = lap(phi)");
}

#[test]
fn whole_orders_are_ordinary_and_said_to_be() {
    assert_eq!(read("caputo(phi, 1) = lap(phi)"), ("dt(phi) = lap(phi)".into(), vec![Code::TakenAs]));
    assert_eq!(read("caputo(phi, 2) + lap(phi) = 0"), ("dt(phi, 2) + lap(phi) = 0".into(), vec![Code::TakenAs]));
    assert_eq!(read("dt(phi, 2.0) + lap(phi) = 0"), ("dt(phi, 2) + lap(phi) = 0".into(), vec![]));
}

/// The error, and what its caret is under.
fn refused(body: &str) -> (Code, String, Diagnostic) {
    let problems = inline(body).expect_err(body);
    let error = problems.iter().find(|problem| problem.is_error()).unwrap().clone();
    assert_eq!(problems.iter().filter(|problem| problem.is_error()).count(), 1, "{body}: {problems:#?}");
    let span = error.span();
    assert!(error.help.is_some(), "{body}: no help");
    assert_eq!(line_and_column(body, span.start).0, 1);
    (error.code, body[span.start..span.end].to_owned(), error)
}

#[test]
fn orders_that_are_none() {
    for (order, declared, wrong) in [
        ("0", "", "not positive"),
        ("-0.5", "", "not positive"),
        ("2.5", "", "2 and more"),
        ("5/2", "", "2 and more"),
        ("2/2", "", "whole number"),
        ("0.99999999999999999999", "", "whole number"),
        ("I", "", "complex"),
        ("t", "", "depends on the time"),
        ("pi/4", "", "no number"),
        ("b/2", "param b in (0, 1] = 1; ", "no number"),
        ("b", "param b = 0.5; ", "no bounds"),
        ("b", "param b > 0 = 0.5; ", "2 and more"),
        ("b", "param b in [0, 1] = 0.5; ", "not positive"),
        ("b", "param b in (-1, 1] = 0.5; ", "not positive"),
        ("b", "param b in (1, 2] = 1.5; ", "2 and more"),
        ("b", "param b in (0.99999999999999999999, 2) = 1.5; ", "no bounds"),
        ("b", "param complex b; ", "complex"),
    ] {
        let (code, place, error) = refused(&format!("{declared}dt(phi, {order}) = lap(phi)"));
        assert_eq!((code, place.as_str()), (Code::CaputoOrder, order), "{order}");
        assert!(error.message.contains(wrong), "{order}: {}", error.message);
    }
    // A whole order is the ordinary one.
    assert_eq!(refused("dt(phi, 4/2) + lap(phi) = 0").2.help.as_deref(), Some("write `dt(phi, 2)`"));
}

#[test]
fn what_cannot_stand_beside_it() {
    for (body, place) in [
        ("dt(phi) + dt(phi, 0.5) = lap(phi)", "dt(phi)"),
        ("dt(phi, 0.5) + dt(phi, 0.7) = lap(phi)", "dt(phi, 0.7)"),
        ("dt(dt(phi), 0.5) = lap(phi)", "dt(dt(phi), 0.5)"),
        ("dt(phi, 0.5) = t*lap(phi)", "t"),
        ("dt(phi, 0.5) = lap(phi) + div(x*phi)", "x"),
        ("dt(phi, 0.5) = lap(phi^2)", "phi^2"),
        ("density 2*phi; dt(phi, 0.5) = lap(phi)", "2*phi"),
        ("time t in (1, 2); dt(phi, 0.5) = lap(phi)", "dt(phi, 0.5)"),
        ("time t in (-inf, 2); dt(phi, 0.5) = lap(phi)", "dt(phi, 0.5)"),
    ] {
        let (code, found, _) = refused(body);
        assert_eq!((code, found.as_str()), (Code::BesideMemory, place), "{body}");
    }
    // An end is none of its business.
    assert_eq!(read("time t in (0, 2]; dt(phi, 0.5) = lap(phi)").0, "dt(phi, 0.5) = lap(phi)");
}

#[test]
fn abbreviations_are_looked_into() {
    assert_eq!(read("let b = 1/2; let f = dt(phi, b); f = lap(phi)").0, "dt(phi, 1/2) = lap(phi)");
    let found = inline("let b = 5/2; let f = dt(phi, b); f = lap(phi)").unwrap_err();
    assert_eq!(found.iter().map(|problem| problem.code).collect::<Vec<_>>(), [Code::CaputoOrder]);
}
