//! Exact expressions against numbers, and identities that must be found.

use super::{Algebra, Reader};
use crate::numeric::Model;
use crate::work::Work;
use genphys_pde::Complex as Number;
use genphys_pde::ast::{Bound, Domain};
use genphys_pde::derivation::{Derivation, PdeSummary};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, Problem, Status, Verdict};
use std::collections::BTreeMap;
use std::path::Path;

fn derivation(pde: &Pde) -> Derivation {
    let nothing = || ConditionReport::proposed(Status::Undecided, "", "");
    Derivation {
        schema: 1,
        pde: PdeSummary {
            name: String::new(),
            title: None,
            equation: pde.equation.clone(),
            hash: pde.hash.clone(),
            params: Vec::new(),
            dim: genphys_pde::ast::Dim::Any,
        },
        verdict: Verdict::Undecided,
        c1: nothing(),
        c2: nothing(),
        problem: Problem::Evolution,
        dispersion: None,
        continuity: None,
        kernel: None,
        repairs: Vec::new(),
        background: None,
        words: None,
    }
}

fn inside(domain: &Domain, size: f64) -> f64 {
    let (lower, upper) = match domain {
        Domain::Unrestricted | Domain::NotEqual(_) => return size - 1.0,
        Domain::Greater(n) | Domain::GreaterEqual(n) => return n.to_f64() + size,
        Domain::Less(n) | Domain::LessEqual(n) => return n.to_f64() - size,
        Domain::Interval(i) => (&i.lower, &i.upper),
    };
    let end = |b: &Bound| if let Bound::Finite(n) = b { Some(n.to_f64()) } else { None };
    match (end(lower), end(upper)) {
        (Some(l), Some(u)) => l + (u - l) * (0.2 + 0.3 * size).fract(),
        (Some(l), None) => l + size,
        (None, Some(u)) => u - size,
        (None, None) => size,
    }
}

fn equations() -> Vec<(String, Pde)> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut list = Vec::new();
    for folder in ["pdes", "tests/pde/verdict"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "pde") {
                let pde = genphys_pde::read(&std::fs::read(&path).unwrap()).unwrap().pde;
                list.push((path.display().to_string(), pde));
            }
        }
    }
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

#[test]
fn symbols_are_those_of_the_numbers() {
    let (mut compared, mut missing) = (0, Vec::new());
    for (path, pde) in equations() {
        let dim = pde.explicit_dim.unwrap_or(2);
        let components = pde.explicit_dim.unwrap_or(0);
        let Some(mut algebra) = Algebra::new(&Work::default(), &pde, &derivation(&pde), (dim, Some(dim)), components)
        else {
            panic!("{path}")
        };
        let symbol = Reader::new(&mut algebra, &pde).equation();
        for (round, size) in [0.37, 1.25, 2.5].into_iter().enumerate() {
            let k: Vec<f64> = (1..=dim).map(|i| size * (0.7 - 0.45 * f64::from(i))).collect();
            let mut values: BTreeMap<String, f64> = BTreeMap::new();
            for (i, param) in pde.params.iter().enumerate() {
                let x = inside(&param.domain, size + 0.31 * i as f64);
                if param.complex {
                    values.insert(format!("re({})", param.name), x);
                    values.insert(format!("im({})", param.name), 0.3 * x);
                } else {
                    values.insert(param.name.clone(), x);
                }
            }
            let Ok(model) = Model::new(&pde, &values) else { break };
            let t = inside(&Domain::Interval(pde.time.interval.clone()), size);
            let Ok(expected) = model.symbol(&k, t) else { break };
            if round == 0 && symbol.is_none() {
                missing.push(path.clone());
            }
            let Some(symbol) = &symbol else { break };
            values.insert("k".into(), k.iter().map(|x| x * x).sum::<f64>().sqrt());
            // A parameter may be called so where there are no components.
            k.iter().enumerate().for_each(|(i, x)| {
                values.entry(format!("k{}", i + 1)).or_insert(*x);
            });
            values.insert(pde.time.name.clone(), t);
            let at = |c| algebra.approximate(c, &values).unwrap();
            let found: Vec<Number> = symbol.a.iter().chain([&symbol.drift]).map(at).collect();
            let expected: Vec<Number> = expected.a.iter().chain([&expected.drift]).copied().collect();
            let largest = expected.iter().map(|c| c.abs()).fold(0.0, f64::max);
            let apart = found.iter().zip(&expected).map(|(x, y)| (*x - *y).abs()).fold(0.0, f64::max);
            // Derivatives in the time are differences there.
            assert!(found.len() == expected.len() && apart <= 1e-4 * largest, "{path}: {found:?}, {expected:?}");
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
    assert!(missing.is_empty(), "{missing:#?}");
}

const MODEL: &str = "param m > 0 = 1; param a in (0, 2) = 1; param b = 1; param c in (0, 1) = 0.5; time t in (0, 1); \
                     dim 2; dt(phi) = m*a*b*c*t*(d(phi, x1, 2) + d(phi, x2, 2))";

/// Whether the difference of two expressions is found to be zero.
fn same(left: &str, right: &str) -> bool {
    let pde = genphys_pde::inline(MODEL).unwrap_or_else(|e| panic!("{e:?}")).pde;
    let mut algebra = Algebra::new(&Work::default(), &pde, &derivation(&pde), (2, Some(2)), 2).unwrap();
    let mut read = |text: &str| {
        let expr = genphys_pde::parse_expression(text).unwrap();
        Reader::new(&mut algebra, &pde).scalar(&expr).unwrap_or_else(|| panic!("{text}"))
    };
    let (left, right) = (read(left), read(right));
    algebra.same(&left, &right).unwrap()
}

#[test]
fn identities() {
    for (left, right) in [
        ("k^2", "k1^2 + k2^2"),
        ("sqrt(m^2)", "m"),
        ("sqrt(4*m*k^2)", "2*sqrt(m)*k"),
        ("sqrt(k^2 + 2*k*m + m^2)", "k + m"),
        ("sqrt(-k^2)", "I*k"),
        ("sqrt(b^2 - m^2)^2", "b^2 - m^2"),
        ("1/(sqrt(k^2 + m^2) + m)", "(sqrt(k^2 + m^2) - m)/k^2"),
        ("k^a*k^a", "k^(2*a)"),
        ("k^(a + 1)", "k*k^a"),
        ("sqrt(k^a)", "k^(a/2)"),
        ("(k^2)^(a/2)", "k^a"),
        ("k^0.5*k^(1/3)", "k^(5/6)"),
        ("(m^2 + k^2)^(a/2)*(m^2 + k^2)^(1 - a/2)", "m^2 + k^2"),
        ("exp(2*m)*exp(-m)", "exp(m)"),
        ("exp(m/2 + k/3)^6", "exp(3*m)*exp(2*k)"),
        ("exp(2*log(m) - log(k))", "m^2/k"),
        ("log(m^2*k)", "2*log(m) + log(k)"),
        ("log(exp(m)/k^a)", "m - a*log(k)"),
        ("cos(2*k)", "1 - 2*sin(k)^2"),
        ("cos(-k) + sin(-k)", "cos(k) - sin(k)"),
        ("cos(m + k)", "cos(m)*cos(k) - sin(m)*sin(k)"),
        ("exp(I*k)", "cos(k) + I*sin(k)"),
        ("sin(pi/2 + k)", "cos(k)"),
        ("sin(k/2)*cos(k/2)", "sin(k)/2"),
        ("cos(3*pi/4)", "-sqrt(2)/2"),
        ("sin(pi/3)", "sqrt(3)/2"),
        ("sin(-pi/6)", "-1/2"),
        ("cos(17*pi/3)", "0.5"),
        ("cos(I*k)", "(exp(k) + exp(-k))/2"),
        ("sqrt(I*k)^2", "I*k"),
        ("1/(m + I*k)", "(m - I*k)/(m^2 + k^2)"),
        ("sqrt(8)", "2*sqrt(2)"),
        ("((1 - t)*m)^a", "(1 - t)^a*m^a"),
        ("exp(-m*t)^2", "exp(-2*m*t)"),
        // A half of an angle or of an exponent that comes later.
        ("sqrt(1 - exp(-k)*cos(k))/sqrt(exp(k) - cos(k))*exp(k/2)", "1"),
    ] {
        assert!(same(left, right), "{left} = {right}");
    }
    for (left, right) in [
        ("sqrt(b^2)", "b"),
        ("k", "k1 + k2"),
        ("sqrt(b)*sqrt(b - 1)", "sqrt(b^2 - b)"),
        ("k^a", "k^b"),
        ("sqrt(b - 5)", "I*sqrt(5 - b)"),
        ("cos(k)", "sin(k)"),
        ("log(b^2)", "2*log(b)"),
        // Factors are not looked for: not found, and not wrong.
        ("log(1 - t^2)", "log(1 - t) + log(1 + t)"),
    ] {
        assert!(!same(left, right), "{left} = {right}");
    }
}

#[test]
fn derivatives() {
    let pde = genphys_pde::inline(MODEL).unwrap().pde;
    for (text, slope) in [
        ("exp(-m*t)*t^2", "2*t*exp(-m*t) - m*t^2*exp(-m*t)"),
        ("t^a", "a*t^(a - 1)"),
        ("m^t", "log(m)*m^t"),
        ("sqrt(1 + t^2)", "t/sqrt(1 + t^2)"),
        ("log(1 - t)", "1/(t - 1)"),
        ("sin(m*t)*cos(m*t)", "m*cos(2*m*t)"),
        ("(1 + t)^(a/2)", "a/2*(1 + t)^(a/2 - 1)"),
        ("k^t", "log(k)*k^t"),
    ] {
        let mut algebra = Algebra::new(&Work::default(), &pde, &derivation(&pde), (2, Some(2)), 2).unwrap();
        let mut read = |text: &str| {
            let expr = genphys_pde::parse_expression(text).unwrap();
            Reader::new(&mut algebra, &pde).scalar(&expr).unwrap_or_else(|| panic!("{text}"))
        };
        let (value, expected) = (read(text), read(slope));
        let time = algebra.time();
        let found = algebra.derivative_of_pair(&value, time).unwrap();
        assert_eq!(algebra.same(&found, &expected), Some(true), "{text}");
    }
}

/// The largest work on one part of the verification of an equation whose first condition comes with a certificate, and
/// whether it is proved.
fn verified(source: &str, function: &str) -> (u64, bool) {
    let pde = genphys_pde::inline(source).unwrap_or_else(|e| panic!("{e:?}")).pde;
    let certificate = serde_json::json!({
        "kind": "levy-exponent", "branch": "evolution", "decay": "0",
        "closure": { "function": function, "class": "levy-exponent", "rule": "shift", "of": [
            { "function": function, "class": "bernstein", "rule": "scale", "of": [
                { "function": "k^2", "class": "bernstein", "rule": "power" }] }] }
    });
    let mut derivation = derivation(&pde);
    derivation.c1 = ConditionReport {
        certificate: Some(serde_json::from_value(certificate).unwrap()),
        ..ConditionReport::proposed(Status::Holds, "local-first-order", "")
    };
    derivation.c1.exact = true;
    let work = Work::default();
    let report = crate::check::verify_with(&work, &pde, &derivation);
    assert!(work.most() > 0);
    (work.most(), report.is_proved("c1"))
}

#[test]
fn powers_of_sums_cost_little() {
    let params = "param a; param b; param c; param f; param g; param h;";
    for (factor, proved) in [
        ("(a + b + c + f + g + h)^64", true),
        ("(a + b)^30*(c + f)^30", true),
        ("((a + b + c - f)^9)^6", true),
        ("(a + b + c + f)^31*(a + b + c + f)^33", true),
        ("(a + b + c + f)^63", false),
        ("(a + b + c + f)^30*(g + h)^31", false),
    ] {
        let source = format!("{params} dt(phi) = {factor}*lap(phi)");
        let (work, found) = verified(&source, &format!("{factor}*k^2"));
        assert_eq!(found, proved, "{factor}");
        let most = if proved { crate::work::LIMIT / 4 } else { 2 * crate::work::LIMIT };
        assert!(work < most, "{factor}: {work}");
    }
}

#[test]
fn work_is_bounded() {
    // Neither of them is proved, whatever is tried; all that counts is that it ends.
    let params = "param a; param b; param c; param f; param g; param h;";
    for factor in ["(a + b*c + f*g + h + a*f*h)^9 + (a*b - c)^21", "(a + b)^22*(c + f)^22*(g + h)^22*(a + h)^22"] {
        let source = format!("{params} dt(phi) = ({factor})*lap(phi)");
        let (work, _) = verified(&source, &format!("({factor})*k^2"));
        assert!(work < 2 * crate::work::LIMIT, "{factor}: {work}");
    }
}
