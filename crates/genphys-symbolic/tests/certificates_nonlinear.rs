//! Certificates of small disturbances, quadratic densities and bands, and what else a derivation says of an equation:
//! each is accepted, and a derivation that is wrong in one place is not. One test per kind of lie.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::ast::Dim;
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::StatedCondition;
use genphys_pde::derivation::{Derivation, Proposal};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Problem, Status};
use genphys_symbolic::{Options, derive};
use genphys_verify::{Level, judge, recheck, verify};

fn question(text: &str) -> (Pde, Derivation) {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let found = derive(&pde, &Options { repairs: false, ..Options::default() }).unwrap();
    (pde, found.0)
}

/// The honest derivation is accepted, and all of a part is proved.
fn proved(text: &str, parts: &[&str]) {
    let (pde, found) = question(text);
    let report = verify(&pde, &found);
    assert!(report.accepted(), "{text}: {:#?}", report.findings);
    for part in parts {
        let mut of_part = report.findings.iter().filter(|f| f.part == *part).peekable();
        assert!(of_part.peek().is_some(), "{text}: nothing about {part}");
        let shown = |f: &genphys_verify::Finding| matches!(f.level, Level::Proved | Level::Sufficient);
        assert!(of_part.all(shown), "{text}: {:#?} {found:#?}", report.findings);
    }
}

const PARTS: [&str; 8] = ["source", "verdict", "c1", "c2", "continuity", "dispersion", "kernel", "problem"];

/// The honest derivation is accepted; the changed one is contradicted, or what was proved is no longer proved.
fn rejected(text: &str, lie: impl FnOnce(&mut Derivation)) {
    let (pde, mut found) = question(text);
    let honest = verify(&pde, &found);
    assert!(honest.accepted(), "{text}: {:#?}", honest.findings);
    let before = found.clone();
    lie(&mut found);
    assert_ne!(before, found, "{text}: the lie changes nothing");
    let report = verify(&pde, &found);
    let lost = PARTS.iter().any(|part| honest.is_proved(part) && !report.is_proved(part));
    assert!(!report.accepted() || lost, "{text}: {found:#?}");
}

const BURGERS: &str = "param nu > 0 = 1; dt(phi) + phi*dx(phi) = nu*d(phi, x1, 2)";
const POROUS: &str = "dt(phi) = lap(phi^2)";
const CAHN_HILLIARD: &str = "param gamma > 0 = 1; dt(phi) = lap(phi^3 - phi) - gamma*lap(phi, 2)";
const FISHER: &str = "param D > 0 = 1; param r > 0 = 1; dt(phi) = D*lap(phi) + r*phi*(1 - phi)";
const KDV: &str = "dt(phi) + 6*phi*dx(phi) + d(phi, x1, 3) = 0";
const KERR: &str = "param k0 > 0 = 1; param chi = 1; dt(phi, 2) + lap(phi) + k0^2*phi + chi*phi^3 = 0";
const HELMHOLTZ: &str = "param k0 > 0 = 1; dt(phi, 2) + lap(phi) + k0^2*phi = 0";
const DAMPED: &str = "param g > 0 = 1; param V = 1; dt(phi) = (g + 2*I)*lap(phi) - (0.5 + I*V)*phi";
const CUBIC: &str = "I*dt(phi) + lap(phi) + phi^3 = 0";
const HEAT: &str = "param D > 0 = 1; param b in (0, 2] = 1; dt(phi) = D*lap(phi) - b*phi";
const YUKAWA: &str = "param m > 0 = 1; dt(phi, 2) + lap(phi) - m^2*phi = 0";
const WAVE: &str = "dt(phi, 2) - lap(phi) = 0";

#[derive(Clone, Copy)]
enum Part {
    C1,
    C2,
}

/// The fields of the certificate for small disturbances.
fn change(
    part: Part,
    lie: impl FnOnce(&mut String, &mut String, &mut Status, &mut Vec<StatedCondition>, &mut Option<Box<Certificate>>),
) -> impl FnOnce(&mut Derivation) {
    move |d| {
        let condition = match part {
            Part::C1 => &mut d.c1,
            Part::C2 => &mut d.c2,
        };
        match &mut condition.certificate {
            Some(Certificate::Linearised { background, equation, status, conditions, of }) => {
                lie(background, equation, status, conditions, of);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn replaced(text: &mut String, from: &str, to: &str) {
    *text = text.replace(from, to);
}

#[test]
fn exact_forms_of_nonlinear_equations() {
    for text in [BURGERS, POROUS, CAHN_HILLIARD, FISHER, KDV, KERR, CUBIC] {
        proved(text, &["source", "continuity", "dispersion", "problem"]);
    }
    // Named coordinates, functions, powers with parameters, quotients, multipliers, drift in x, gradients.
    for text in [
        "param m > 1 = 2; dt(phi) = lap(phi^m)",
        "param m > 1 = 2; dt(phi) = div(phi^m*grad(phi)) - dx(phi)",
        "dim 3; dt(phi) = lap(phi) + sin(phi) - phi^2*d(phi, x2)",
        "dt(phi) = div(grad(phi)/(1 + phi^2))",
        "dt(phi) = div(grad(phi)/sqrt(1 + dot(grad(phi), grad(phi))))",
        "dt(phi) = lap(phi) - div(phi*grad(phi)/(1 + dot(grad(phi), grad(phi)))) - phi^3",
        "dim 2; dt(phi) + dot([phi, 1], grad(phi)) = lap(phi)",
        "dim 2; dt(phi) = lap(phi) - dot([phi, 1], [phi, 0])",
        "dt(phi) = lap(exp(phi)) - dot(grad(phi), grad(phi))",
        "param a in (0, 2) = 1; dt(phi) = -fraclap(phi^2 + phi, a) - phi^3",
        "dt(phi) = lap(phi) + div(x*phi) - phi^3",
        "dt(phi, 2) + dt(phi) - lap(phi) + phi^3 = 0",
        "dt(phi) + 0.5*dx(phi)^2 + d(phi, x1, 2) + d(phi, x1, 4) = 0",
        "dt(phi) = lap(phi) + lap(phi)^2",
        "dt(phi) = fourier(exp(-k^2) - 1, phi) + phi^2",
    ] {
        proved(text, &["source", "continuity", "dispersion"]);
    }
}

/// x beside the field moves what is uniform: ∇·(x φ²) = N φ² + x·∇φ².
#[test]
fn what_x_does_to_a_background() {
    let text = "dim 2; dt(phi) = lap(phi) - phi + div(x*phi^2)";
    let (_, found) = question(text);
    assert_eq!(found.background.as_deref(), Some("phi = 0"));
    proved(text, &["source", "continuity", "dispersion"]);
    proved("dt(phi) = lap(phi) + 0.1*div(x*phi) + phi*(1 - phi)", &["source", "dispersion"]);
}

#[test]
fn small_disturbances_that_are_not_those_of_the_equation() {
    rejected(BURGERS, change(Part::C1, |_, e, _, _, _| replaced(e, "phi0*dx(phi)", "2*phi0*dx(phi)")));
    rejected(BURGERS, change(Part::C2, |_, e, _, _, _| replaced(e, "- nu*d", "- 2*nu*d")));
    rejected(BURGERS, change(Part::C1, |_, e, _, _, _| replaced(e, "param nu > 0", "param nu > 1")));
    rejected(POROUS, change(Part::C2, |_, e, _, _, _| replaced(e, "param phi0 > 0", "param phi0 > 1")));
    rejected(POROUS, change(Part::C2, |_, e, _, _, _| replaced(e, "2*phi0", "phi0^2")));
    rejected(FISHER, change(Part::C1, |_, e, _, _, _| replaced(e, "r*phi", "3*r*phi")));
    rejected(CUBIC, change(Part::C1, |_, e, _, _, _| replaced(e, "lap(phi)", "lap(phi) + phi")));
    rejected(KERR, change(Part::C2, |_, e, _, _, _| replaced(e, "k0^2*phi", "2*k0^2*phi")));
}

#[test]
fn another_background() {
    // 1/2 does not solve the equation; 1 does, but the linear equation is another one.
    for level in ["phi = 0.5", "phi = 1", "phi = phi0 for any phi0", "phi = phi0 for any phi0 > 0"] {
        rejected(FISHER, |d| {
            let about = format!("linearised about {level}");
            d.background = Some(level.into());
            for condition in [&mut d.c1, &mut d.c2] {
                condition.conditions = vec![about.clone().into()];
                if let Some(Certificate::Linearised { background, .. }) = &mut condition.certificate {
                    *background = level.into();
                }
            }
        });
    }
    rejected(POROUS, |d| d.background = Some("phi = phi0 for any phi0".into()));
    rejected(POROUS, change(Part::C1, |b, _, _, _, _| *b = "phi = phi0 for any phi0".into()));
    rejected(BURGERS, |d| d.c1.conditions = vec!["linearised about phi = 0".into()]);
    rejected(BURGERS, |d| d.c1.conditions.clear());
    rejected(HEAT, |d| d.background = Some("phi = 0".into()));
}

#[test]
fn more_than_the_linear_equation_says() {
    rejected(BURGERS, |d| d.c1.status = Status::Holds);
    rejected(BURGERS, |d| d.c2.status = Status::Fails);
    rejected(KDV, |d| d.c2.status = Status::Conditional);
    rejected(KDV, change(Part::C2, |_, _, status, _, _| *status = Status::Holds));
    rejected(CAHN_HILLIARD, change(Part::C2, |_, _, _, conditions, _| conditions.clear()));
    rejected(CAHN_HILLIARD, |d| {
        d.c2.conditions[0] = "phi0^2 >= 1/4".into();
        change(Part::C2, |_, _, _, conditions, _| conditions[0] = "phi0^2 >= 1/4".into())(d);
    });
    // That a disturbance may be negative refutes nothing.
    rejected(KDV, |d| {
        d.c1 = d.c2.clone();
    });
    // A linear equation is not linearised.
    rejected(HEAT, |d| {
        d.c1.status = Status::Conditional;
        d.c1.certificate = Some(Certificate::Linearised {
            background: "phi = 0".into(),
            equation: HEAT.into(),
            status: Status::Holds,
            conditions: Vec::new(),
            of: d.c1.certificate.clone().map(Box::new),
        });
    });
}

#[test]
fn wrong_flows_of_nonlinear_equations() {
    let form = |d: &mut Derivation, from: &str, to: &str| {
        let form = d.continuity.as_mut().unwrap();
        for text in [&mut form.density, &mut form.flux, &mut form.source] {
            replaced(text, from, to);
        }
    };
    rejected(BURGERS, |d| form(d, "phi^2/2", "phi^2"));
    rejected(POROUS, |d| form(d, "phi^2", "phi^3"));
    rejected(FISHER, |d| form(d, "1 - phi", "1 + phi"));
    rejected(CAHN_HILLIARD, |d| form(d, "gamma*", "2*gamma*"));
    rejected(KERR, |d| form(d, "chi", "2*chi"));
    rejected(KERR, |d| d.continuity.as_mut().unwrap().density = "dt(phi)".into());
    rejected(BURGERS, |d| d.kernel = question(HEAT).1.kernel);
}

#[test]
fn quadratic_densities() {
    proved(DAMPED, &["c1", "continuity", "dispersion"]);
    proved("I*dt(phi) + lap(phi) = 0", &["c1", "continuity"]);
    proved("param V = 1; param w > 0 = 1; I*dt(phi) + w*lap(phi) - V*phi = 0", &["c1", "continuity"]);
    proved(CUBIC, &["c1"]);
    for (from, to) in
        [("4*Im", "2*Im"), ("4*Im", "-4*Im"), ("2*g*Re", "g*Re"), ("2*g*|grad", "g*|grad"), ("- |phi", "- 2*|phi")]
    {
        let lie = |d: &mut Derivation| {
            let form = d.continuity.as_mut().unwrap();
            let Some(Certificate::QuadraticDensity { flux, source }) = &mut d.c1.certificate else { panic!() };
            for text in [&mut form.flux, &mut form.source, flux, source] {
                replaced(text, from, to);
            }
        };
        rejected(DAMPED, lie);
    }
    rejected(DAMPED, |d| d.continuity.as_mut().unwrap().source = "0".into());
    rejected(DAMPED, |d| d.c1.conditions.clear());
    rejected(DAMPED, |d| d.c1.status = Status::Holds);
    rejected(HEAT, |d| {
        d.c1 = question(DAMPED).1.c1;
    });
}

#[test]
fn bands() {
    proved(HELMHOLTZ, &["c1", "c2", "continuity", "dispersion", "problem"]);
    proved(KERR, &["c1", "c2"]);
    proved("param a > 0 = 1; dt(phi, 2) - fraclap(phi, 1) + a*phi = 0", &["c1", "c2"]);
    for edge in ["2*k0", "k0/2", "k0^2", "-k0", "0"] {
        rejected(HELMHOLTZ, |d| {
            for condition in [&mut d.c1, &mut d.c2] {
                condition.conditions = vec![format!("k > {edge}").into()];
                condition.certificate = Some(Certificate::Band);
            }
        });
    }
    rejected(HELMHOLTZ, |d| d.c1.conditions = vec!["k > 2*k0".into()]);
    rejected(HELMHOLTZ, |d| d.c2.status = Status::Holds);
    rejected(HELMHOLTZ, |d| d.problem = Problem::Evolution);
    rejected(YUKAWA, |d| {
        d.c1.status = Status::Conditional;
        d.c1.conditions = vec!["k > m".into()];
        d.c1.certificate = Some(Certificate::Band);
    });
}

#[test]
fn wrong_dispersion_relations() {
    let relation = |d: &mut Derivation, text: &str| d.dispersion.as_mut().unwrap().relation = text.into();
    rejected(HEAT, |d| relation(d, "omega + I*D*k^2 = 0"));
    rejected(HEAT, |d| relation(d, "omega + I*D*k^2 - I*b = 0"));
    rejected(HEAT, |d| relation(d, "0*omega = 0"));
    rejected(YUKAWA, |d| relation(d, "omega^2 + k^2 - m^2 = 0"));
    rejected(YUKAWA, |d| relation(d, "omega*(omega^2 + k^2 + m^2) = 0"));
    rejected(BURGERS, |d| relation(d, "omega + I*nu*k1^2 - 2*phi0*k1 = 0"));
    rejected(YUKAWA, |d| d.dispersion.as_mut().unwrap().branches[1].omega = "2*I*sqrt(k^2 + m^2)".into());
    rejected(YUKAWA, |d| d.dispersion.as_mut().unwrap().branches.reverse_marks());
    let (pde, found) = question(BURGERS);
    let mut stored = judge(&pde, Proposal(found)).derivation().clone();
    assert!(recheck(&pde, &stored).is_ok());
    stored.dispersion.as_mut().unwrap().branches[0].omega = "-I*nu*k1^2 - phi0*k1".into();
    assert!(recheck(&pde, &stored).is_err());
}

trait ReverseMarks {
    fn reverse_marks(&mut self);
}

impl ReverseMarks for Vec<genphys_pde::derivation::Branch> {
    fn reverse_marks(&mut self) {
        for branch in self {
            branch.selected = !branch.selected;
        }
    }
}

#[test]
fn another_source() {
    rejected(HEAT, |d| d.pde.params[0].domain = "real".parse().unwrap());
    rejected(HEAT, |d| d.pde.params[1].domain = "in (0, 3]".parse().unwrap());
    rejected(HEAT, |d| d.pde.params[0].value = Some(2.0));
    rejected(HEAT, |d| d.pde.params[0].value = None);
    rejected(HEAT, |d| (d.pde.params[1].fixed, d.pde.params[1].value) = (true, Some(3.0)));
    rejected(HEAT, |d| (d.pde.params[1].fixed, d.pde.params[1].value) = (true, None));
    rejected(HEAT, |d| d.pde.params.swap(0, 1));
    rejected(HEAT, |d| d.pde.name = "other".into());
    rejected(HEAT, |d| d.pde.title = Some("Other".into()));
    rejected("dim 1..3; dt(phi) = lap(phi)", |d| d.pde.dim = "4".parse().unwrap());
    rejected("dim 1..3; dt(phi) = lap(phi)", |d| d.pde.dim = "1..".parse().unwrap());
    rejected("dim 1..3; dt(phi) = lap(phi)", |d| d.pde.dim = "any".parse().unwrap());
    rejected(BURGERS, |d| d.pde.dim = "2".parse().unwrap());
    rejected(HEAT, |d| d.pde.dim = Dim::Exactly(0));
    rejected(HEAT, |d| d.problem = Problem::IllPosed);
    rejected(HEAT, |d| d.problem = Problem::HalfSpace);
    rejected(WAVE, |d| d.problem = Problem::HalfSpace);
    rejected(YUKAWA, |d| d.problem = Problem::Evolution);
    rejected("dt(phi) = -lap(phi)", |d| d.problem = Problem::Evolution);
}

#[test]
fn what_options_fix_is_accepted() {
    let pde = genphys_pde::inline("param a in (0, 2] = 1; dim 1..3; dt(phi) = a*lap(phi)").unwrap().pde;
    let set = [("a".to_string(), genphys_pde::ast::Number::from_decimal("0.1").unwrap())].into();
    let options = Options { set, dim: Some(2), repairs: false, ..Options::default() };
    let report = verify(&pde, &derive(&pde, &options).unwrap());
    assert!(report.accepted(), "{:#?}", report.findings);
}
