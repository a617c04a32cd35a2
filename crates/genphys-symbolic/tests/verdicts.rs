//! Every file of `tests/pde/verdict` states in `#!` lines what the engine must find; the shipped equations must give
//! the table of the theory (GenPhys, table 1; theory, section 5).
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::derivation::Derivation;
use genphys_pde::verdict::ConditionReport;
use genphys_symbolic::{Options, derive};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn derivation(path: &Path, options: &Options) -> Derivation {
    let checked =
        genphys_pde::read(&std::fs::read(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
    derive(&checked.pde, options).unwrap()
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_string()
}

/// `fails local-first-order [D > 0; N = 1]`
fn condition(report: &ConditionReport) -> String {
    let list = match report.conditions.as_slice() {
        [] => String::new(),
        some => format!(" [{}]", some.join("; ")),
    };
    format!("{} {}{list}", word(&report.status), report.rule)
}

#[test]
fn every_case_file_gets_its_verdict() {
    let mut cases: Vec<_> =
        std::fs::read_dir(root().join("tests/pde/verdict")).unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 25, "the case files are missing");
    for path in cases {
        let text = std::fs::read_to_string(&path).unwrap();
        let found = derivation(&path, &Options::default());
        let continuity = found.continuity.clone();
        for line in text.lines().filter_map(|l| l.strip_prefix("#!")) {
            let (key, expected) = line.split_once('=').unwrap();
            let actual = match key.trim() {
                "verdict" => word(&found.verdict),
                "problem" => word(&found.problem),
                "c1" => condition(&found.c1),
                "c2" => condition(&found.c2),
                "relation" => found.dispersion.clone().unwrap().relation,
                "density" => continuity.clone().unwrap().density,
                "flux" => continuity.clone().unwrap().flux,
                "source" => continuity.clone().unwrap().source,
                other => panic!("{}: unknown key {other}", path.display()),
            };
            assert_eq!(actual, expected.trim(), "{}: {key}", path.display());
        }
        if let Some(form) = continuity {
            assert!(form.verified, "{}: continuity form {form:?}", path.display());
        }
    }
}

/// Name, verdict, C1, C2, p, J, R, ω of the first branch.
type Row = (&'static str, [&'static str; 7]);

const TABLE: [Row; 7] = [
    (
        "diffusion",
        ["s-generative", "holds local-first-order", "holds growth-rate-sign", "phi", "-D*grad(phi)", "0", "-I*D*k^2"],
    ),
    (
        "poisson",
        ["s-generative", "holds elliptic-square-root", "holds routh-hurwitz", "-dt(phi)", "-grad(phi)", "0", "-I*k"],
    ),
    (
        "yukawa",
        [
            "s-generative",
            "holds elliptic-square-root",
            "holds routh-hurwitz",
            "-dt(phi)",
            "-grad(phi)",
            "-m^2*phi",
            "-I*sqrt(k^2 + m^2)",
        ],
    ),
    (
        "helmholtz",
        [
            "conditional",
            "conditional elliptic-square-root [k > k0]",
            "conditional routh-hurwitz [k > k0]",
            "-dt(phi)",
            "-grad(phi)",
            "k0^2*phi",
            "-I*sqrt(k^2 - k0^2)",
        ],
    ),
    ("wave", ["not-s-generative", "fails two-branches", "fails routh-hurwitz", "dt(phi)", "-grad(phi)", "0", "k"]),
    (
        "dissipative_wave",
        [
            "conditional",
            "conditional two-branches [N = 1]",
            "holds routh-hurwitz",
            "dt(phi) + 2*eps*phi",
            "-grad(phi)",
            "0",
            "-I*eps + sqrt(k^2 - eps^2)",
        ],
    ),
    (
        "schroedinger",
        [
            "not-s-generative",
            "conditional quadratic-density [data are put in as phi = sqrt(q) with a chosen phase]",
            "fails growth-rate-sign",
            "|phi|^2",
            "2*Im(conj(phi)*grad(phi))",
            "0",
            "k^2",
        ],
    ),
];

#[test]
fn the_table_of_the_theory() {
    for (name, expected) in TABLE {
        let found = derivation(&root().join(format!("pdes/{name}.pde")), &Options::default());
        let form = found.continuity.clone().unwrap();
        let omega = found.dispersion.clone().unwrap().branches[0].omega.clone();
        let actual = [
            word(&found.verdict),
            condition(&found.c1),
            condition(&found.c2),
            form.density,
            form.flux,
            form.source,
            omega,
        ];
        assert_eq!(actual, expected.map(String::from), "{name}");
        assert!(form.verified, "{name}");
    }
}

#[test]
fn failing_c2_carries_numbers_and_helmholtz_fails_at_zero() {
    for name in ["wave", "schroedinger"] {
        let witness = derivation(&root().join(format!("pdes/{name}.pde")), &Options::default()).c2.witness.unwrap();
        assert!(witness.growth_rate.unwrap() >= witness.growth_rate_at_zero.unwrap(), "{name}");
    }
    let witness = derivation(&root().join("pdes/helmholtz.pde"), &Options::default()).c2.witness.unwrap();
    assert_eq!(witness.k, [0.0]);
}

#[test]
fn repairs_are_derived_and_better() {
    let repairs = |name: &str| {
        let found = derivation(&root().join(format!("pdes/{name}.pde")), &Options::default());
        found.repairs.into_iter().map(|r| (r.equation, word(&r.verdict))).collect::<Vec<_>>()
    };
    let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
    assert!(repairs("wave").contains(&pair("dt(phi, 2) + lap(phi) = 0", "s-generative")));
    assert!(repairs("schroedinger").contains(&pair("dt(phi) - lap(phi) = 0", "s-generative")));
    assert!(repairs("dissipative_wave").contains(&pair("2*eps*dt(phi) - lap(phi) = 0", "s-generative")));
    assert!(repairs("yukawa").is_empty());
}

#[test]
fn fixed_values_and_dimensions_narrow_the_question() {
    let path = root().join("tests/pde/verdict/damped_klein_gordon.pde");
    let number = |text: &str| match genphys_pde::parse_expression(text).unwrap().kind {
        genphys_pde::ast::ExprKind::Number(n) => n,
        other => panic!("{other:?}"),
    };
    let ask = |eps: &str, m: &str, dim| {
        let set = [("eps".to_string(), number(eps)), ("m".to_string(), number(m))].into();
        word(&derivation(&path, &Options { set, dim, repairs: false, ..Options::default() }).verdict)
    };
    assert_eq!(ask("2", "1", None), "conditional");
    assert_eq!(ask("2", "1", Some(1)), "s-generative");
    assert_eq!(ask("1", "1", Some(1)), "not-s-generative");
    assert_eq!(ask("1", "2", Some(1)), "not-s-generative");
    assert_eq!(ask("2", "1", Some(3)), "not-s-generative");
    let pde = genphys_pde::read(&std::fs::read(&path).unwrap()).unwrap().pde;
    let outside = Options { set: [("eps".to_string(), number("0"))].into(), ..Options::default() };
    assert!(derive(&pde, &outside).unwrap_err().to_string().contains("domain"));
    let unknown = Options { set: [("nu".to_string(), number("1"))].into(), ..Options::default() };
    assert!(derive(&pde, &unknown).unwrap_err().to_string().contains("eps"));
}

#[test]
fn shipped_derivations_are_what_the_engine_finds() {
    for (name, ..) in TABLE {
        let path = root().join(format!("pdes/{name}.pde"));
        let stored = std::fs::read_to_string(root().join(format!("pdes/{name}.derivation.json"))).unwrap();
        let stored: Derivation = serde_json::from_str(&stored).unwrap();
        assert_eq!(stored, derivation(&path, &Options::default()), "run `genphys derive pdes/{name}.pde`");
    }
}
