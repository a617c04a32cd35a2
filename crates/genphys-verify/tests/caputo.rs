//! Caputo's derivative: the proof of one equation is no proof of another, and nothing is claimed that the equation without
//! memory does not carry.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::{Certificate, Rate};
use genphys_pde::derivation::{Derivation, KernelSpec, ParamSummary, PdeSummary, Proposal};
use genphys_pde::expression::Expression;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, Problem, Status, Verdict};
use genphys_verify::{Judged, judge};
use std::path::Path;

fn shipped() -> Derivation {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pdes/subdiffusion.derivation.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn read(body: &str) -> Pde {
    genphys_pde::inline(body).unwrap_or_else(|problems| panic!("{body}: {problems:#?}")).pde
}

/// What is said of subdiffusion, said of another equation.
fn said_of(body: &str, change: impl Fn(&mut Derivation)) -> Judged {
    let pde = read(body);
    let mut derivation = shipped();
    let param = |p: &genphys_pde::pde::Param| ParamSummary {
        name: p.name.clone(),
        domain: p.declared(),
        value: p.default.as_ref().map(genphys_pde::ast::Number::to_f64),
        fixed: false,
    };
    derivation.pde = PdeSummary {
        name: pde.name.clone(),
        title: pde.title.clone(),
        equation: pde.equation.clone(),
        hash: pde.hash.clone(),
        params: pde.params.iter().map(param).collect(),
        dim: pde.explicit_dim.map_or(pde.dim, genphys_pde::ast::Dim::Exactly),
    };
    change(&mut derivation);
    judge(&pde, Proposal(derivation))
}

const PARAMS: &str = "param D > 0 = 1; param beta in (0, 1] = 0.5; ";

fn statuses(found: &Judged) -> [Status; 2] {
    [found.c1.status, found.c2.status]
}

#[test]
fn the_shipped_one_is_accepted() {
    let found = said_of(&format!("{PARAMS}dt(phi, beta) = D*lap(phi)"), |_| {});
    assert_eq!((found.verdict, statuses(&found)), (Verdict::SGenerative, [Status::Holds; 2]));
    assert!(found.kernel.is_some() && found.continuity.as_ref().unwrap().verified);
    assert!(found.report().accepted(), "{:#?}", found.report());
}

#[test]
fn it_proves_nothing_of_other_equations() {
    let undecided = [Status::Undecided; 2];
    for (body, expected) in [
        // Another operator, another sign.
        ("dt(phi, beta) = -D*lap(phi, 2)", [Status::Undecided, Status::Holds]),
        ("dt(phi, beta) = -D*lap(phi)", undecided),
        ("dt(phi, beta) = 2*D*lap(phi)", [Status::Undecided, Status::Holds]),
        // A mass that dies does not forget.
        ("dt(phi, beta) = D*lap(phi) - phi", undecided),
        // Orders above one, and on both sides of it.
        ("param a in (1, 2) = 1.5; dt(phi, a) = D*lap(phi)", [Status::Undecided, Status::Holds]),
        ("param a in (0, 2) = 1.5; dt(phi, a) = D*lap(phi)", undecided),
        // A time that ends.
        ("time t in (0, 2); dt(phi, beta) = D*lap(phi)", [Status::Holds, Status::Undecided]),
        // Without memory there is no memory to reason by.
        ("dt(phi) = D*lap(phi)", undecided),
        ("dt(phi, 2) = D*lap(phi)", undecided),
    ] {
        let found = said_of(&format!("{PARAMS}{body}"), |_| {});
        assert_eq!(statuses(&found), expected, "{body}: {:#?}", found.report());
        assert_ne!(found.verdict, Verdict::SGenerative, "{body}");
        assert!(found.kernel.is_none(), "{body}");
    }
}

#[test]
fn tampered_parts_are_refused() {
    let body = format!("{PARAMS}dt(phi, beta) = D*lap(phi)");
    let kernel = |change: &dyn Fn(&mut KernelSpec)| {
        let found = said_of(&body, |d| {
            let kernel = d.kernel.as_mut().unwrap();
            change(&mut kernel.constants.spec);
            let constants = kernel.constants.clone();
            *kernel = genphys_pde::derivation::Kernel::new(constants, "t", "lambda").unwrap();
        });
        found.kernel.is_some()
    };
    let text = |text: &str| Expression::read(text).unwrap();
    assert!(kernel(&|_| {}));
    for (rate, index, order) in
        [("2*D", "2", "beta"), ("D", "1", "beta"), ("D", "2", "1"), ("D", "2", "D"), ("D", "2", "beta/2")]
    {
        let of = |spec: &mut KernelSpec| {
            *spec = KernelSpec::SpaceTimeFractional { rate: text(rate), index: text(index), order: text(order) };
        };
        assert!(!kernel(&of), "{rate} {index} {order}");
    }
    for order in [None, Some("1"), Some("beta/2")] {
        let found = said_of(&body, |d| d.continuity.as_mut().unwrap().order = order.map(Into::into));
        assert_eq!(found.verdict, Verdict::Undecided, "{order:?}");
    }
    for problem in [Problem::HalfSpace, Problem::IllPosed] {
        assert!(!said_of(&body, |d| d.problem = problem).report().accepted(), "{problem:?}");
    }
    // Statuses that the certificate does not say.
    for status in [Status::Fails, Status::Conditional, Status::Undecided] {
        let inner = |report: &mut ConditionReport| {
            if let Some(Certificate::Caputo { status: inner, .. }) = &mut report.certificate {
                *inner = status;
            }
        };
        assert_eq!(said_of(&body, |d| inner(&mut d.c1)).c1.status, Status::Undecided, "{status:?}");
        assert_eq!(said_of(&body, |d| inner(&mut d.c2)).c2.status, Status::Undecided, "{status:?}");
        assert_eq!(said_of(&body, |d| d.c1.status = status).c1.status, Status::Undecided, "{status:?}");
        assert_eq!(said_of(&body, |d| d.c2.status = status).c2.status, Status::Undecided, "{status:?}");
    }
    // A certificate of an equation without memory, as it is.
    let bare = said_of(&body, |d| {
        if let Some(Certificate::Caputo { of: Some(of), .. }) = d.c1.certificate.take() {
            d.c1.certificate = Some(*of);
        }
        d.c2.certificate = Some(Certificate::Rates {
            rates: vec![Rate { num: "0".into(), square: None, den: "1".into() }],
            root: None,
        });
    });
    assert_eq!(statuses(&bare), [Status::Undecided; 2]);
}

/// Claims by hand, as the engine would make them.
#[test]
fn orders_above_one_and_masses_that_die() {
    let claim = |status, conditions: &[&str]| ConditionReport {
        conditions: conditions.iter().map(|c| (*c).to_owned().into()).collect(),
        certificate: Some(Certificate::Caputo { status, of: None }),
        ..ConditionReport::proposed(status, "by-hand", "by hand")
    };
    let c1 = |body: &str, status, conditions: &[&str]| said_of(body, |d| d.c1 = claim(status, conditions)).c1.status;
    use Status::{Conditional, Fails, Holds, Undecided};
    for (body, status, conditions, expected) in [
        ("dt(phi, 1.5) = lap(phi)", Conditional, &["N = 1"][..], Conditional),
        ("dt(phi, 1.5) = lap(phi)", Holds, &[], Undecided),
        ("dt(phi, 1.5) = lap(phi)", Fails, &[], Undecided),
        ("dt(phi, 1.5) = lap(phi)", Conditional, &["N = 2"], Undecided),
        ("dim 1; dt(phi, 1.5) = lap(phi)", Holds, &[], Holds),
        ("dim 1; dt(phi, 1.5) = d(phi, x1, 2)", Holds, &[], Holds),
        ("dim 2; dt(phi, 1.5) = lap(phi)", Fails, &[], Fails),
        ("dim 2; dt(phi, 1.5) = lap(phi)", Holds, &[], Undecided),
        ("dim 1; dt(phi, 1.5) = -lap(phi)", Holds, &[], Undecided),
        ("dim 1; dt(phi, 1.5) = lap(phi) - phi", Holds, &[], Undecided),
        ("dim 1; dt(phi, 1.5) = lap(phi) + dx(phi)", Holds, &[], Undecided),
        ("dim 1; dt(phi, 1.5) = -fraclap(phi, 1.5)", Holds, &[], Undecided),
        ("dim 1; param a = 1; dt(phi, 1.5) = a*lap(phi)", Holds, &[], Undecided),
        ("dim 1; dt(phi, 0.5) = lap(phi)", Fails, &[], Undecided),
        ("dim 1; dt(phi, 0.5) = lap(phi)", Conditional, &["N = 1"], Undecided),
    ] {
        assert_eq!(c1(body, status, conditions), expected, "{body}: {status:?}");
    }
    let dies = |body: &str| {
        let inner = || Certificate::Caputo { status: Undecided, of: None };
        said_of(body, |d| d.c2 = ConditionReport { certificate: Some(inner()), ..claim(Fails, &[]) }).c2.status
    };
    for (body, expected) in [
        ("param m > 0; dt(phi, 0.5) = lap(phi) - m*phi", Fails),
        ("param m >= 0; dt(phi, 0.5) = lap(phi) - m*phi", Undecided),
        ("param b in (0, 1); dt(phi, b) = lap(phi) - phi", Fails),
        ("param b in (0, 1]; dt(phi, b) = lap(phi) - phi", Undecided),
        ("dt(phi, 0.5) = lap(phi)", Undecided),
        ("dt(phi, 0.5) = lap(phi) + phi", Undecided),
        ("dt(phi, 1.5) = lap(phi) - phi", Undecided),
        ("time t in (0, 1]; dt(phi, 0.5) = lap(phi) - phi", Undecided),
    ] {
        assert_eq!(dies(body), expected, "{body}");
    }
}
