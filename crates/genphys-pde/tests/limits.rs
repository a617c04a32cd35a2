//! Each limit of the language is an error of its own; nothing overflows the stack or hangs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys_pde::{Code, parse, parse_expression, print_file, read};
use std::time::{Duration, Instant};

fn body(items: &str) -> String {
    format!("pde a {{ {items} }}")
}

/// The codes of all problems, each once, and the time it took.
fn codes(source: &str) -> Vec<Code> {
    let start = Instant::now();
    let mut codes: Vec<Code> = match read(source.as_bytes()) {
        Ok(checked) => checked.warnings.iter().map(|warning| warning.code).collect(),
        Err(problems) => problems.iter().map(|problem| problem.code).collect(),
    };
    assert!(start.elapsed() < Duration::from_secs(20), "took {:?}", start.elapsed());
    codes.dedup();
    codes
}

#[test]
fn nesting() {
    let nested = |open: &str, close: &str, depth: usize| {
        codes(&body(&format!("dt(phi) = {}phi{}", open.repeat(depth), close.repeat(depth))))
    };
    assert_eq!(nested("(", ")", 199), vec![]);
    assert_eq!(nested("(", ")", 201), vec![Code::NestingTooDeep]);
    assert_eq!(nested("-", "", 199), vec![]);
    for open in [
        "(",
        "-",
        "lap(",
        "sqrt(",
        "2^",
        "2^-",
        "∇",
        "∂t ",
        "√",
        "∂",
        "[",
        "foo(",
        "dot(x,",
        "Δ²",
        "lap ",
        "∂/∂t ",
        "\\frac{",
        "\\dot",
        "(-Δ)",
        "(-Δ)^a ",
        "2^{",
        "tanh(",
    ] {
        let found = nested(open, "", 100_000);
        // Some forms have so many problems on the way that the last one is not shown.
        assert!(found.contains(&Code::NestingTooDeep) || found.contains(&Code::TooManyProblems), "{open}: {found:?}");
    }
    assert!(nested("(", ")", 100_000).contains(&Code::NestingTooDeep));
}

#[test]
fn long_chains() {
    for operator in ["+", "-", "*", "/", " ", "^", "²^", "=", ";", ",", "\n", "\n+", ")", "$", "@%"] {
        let chain = vec!["phi"; if operator == "+" { 200_000 } else { 20_000 }].join(operator);
        for source in
            [body(&format!("dt(phi) = {chain}")), body(&format!("let a = {chain}; dt(phi) = lap(phi)")), chain]
        {
            let found = codes(&source);
            assert!(!found.is_empty(), "{operator:?}");
        }
    }
    let sum = |terms: usize| codes(&body(&format!("dt(phi) = {}", vec!["phi"; terms].join(" + "))));
    assert_eq!(sum(499), vec![]);
    assert_eq!(sum(501), vec![Code::ExpressionTooLarge]);
}

#[test]
fn highest_tree_survives_everything() {
    // As high as the parser allows: nesting and chains together.
    let mut source = "phi".to_owned();
    for _ in 0..190 {
        source = format!("({source}) + phi*2");
    }
    let source = body(&format!("dt(phi) = {source} + {}", vec!["phi"; 250].join(" - ")));
    let file = parse(&source).unwrap();
    assert_eq!(file.clone(), file);
    assert_eq!(parse(&print_file(&file)).unwrap(), file);
    let checked = read(source.as_bytes()).unwrap();
    assert_eq!(checked.pde.clone(), checked.pde);
    assert!(format!("{:?}", checked.pde).len() > 1000);
}

#[test]
fn abbreviations_do_not_explode() {
    let doubling = |steps: usize| {
        let mut items = "let a0 = phi + phi;".to_owned();
        for step in 1..=steps {
            items.push_str(&format!("let a{step} = a{0} + a{0};", step - 1));
        }
        codes(&body(&format!("{items} dt(phi) = lap(phi) + a{steps}")))
    };
    assert_eq!(doubling(10), vec![]);
    assert_eq!(doubling(60), vec![Code::AbbreviationTooLarge]);
    // A tree that grows in height by one per line, and the sum of all sizes as the square of their number.
    let mut items = "let a0 = phi;".to_owned();
    for step in 1..20_000 {
        items.push_str(&format!("let a{step} = -a{};", step - 1));
    }
    assert!(codes(&body(&format!("{items} dt(phi) = a19999"))).contains(&Code::AbbreviationTooLarge));
}

#[test]
fn parameters() {
    let many = |count: usize| {
        let items: String = (0..count).map(|at| format!("param p{at}; ")).collect();
        let sum: Vec<String> = (0..count).map(|at| format!("p{at}")).collect();
        codes(&body(&format!("{items} dt(phi) = ({})*lap(phi)", sum.join(" + "))))
    };
    assert_eq!(many(64), vec![]);
    assert_eq!(many(65), vec![Code::TooManyParameters]);
    assert_eq!(many(10_000).len(), 2);
}

#[test]
fn sizes() {
    let padded = |bytes: usize| {
        let file = "pde a { dt(phi) = lap(phi) } #";
        format!("{file}{}", "x".repeat(bytes - file.len()))
    };
    assert_eq!(codes(&padded(1 << 20)), vec![]);
    assert_eq!(codes(&padded((1 << 20) + 1)), vec![Code::SourceTooLarge]);
    assert_eq!(parse(&padded((1 << 20) + 1)).unwrap_err()[0].code, Code::SourceTooLarge);
    assert_eq!(parse_expression(&"1".repeat((1 << 20) + 1)).unwrap_err()[0].code, Code::SourceTooLarge);
}

#[test]
fn large_garbage_is_fast() {
    let repeated = |unit: &str| unit.repeat((1 << 18) / unit.len());
    for unit in [
        "$",
        "$@",
        "(",
        ")",
        "{",
        "}",
        "\"",
        "#",
        "\n",
        ";",
        "param ",
        "param a;",
        "param ab = ",
        "let b = c;",
        "time ",
        "∂",
        "∂²φ/",
        "phi_t",
        "_",
        "1",
        "1.",
        ".5 ",
        "1e",
        "²",
        "é",
        "\u{200B}",
        "a b ",
        "a+",
        "a=b;",
        "foo(",
        "foo(a)",
        "[1,",
        "pde ",
        "in (",
        "..",
        "x1 ",
        "dt ",
        "phi\n+ ",
        "-",
        "\t",
        "\r",
        "# c\n",
        "“",
        "\\",
        "\\mathrm{",
        "\\frac{a}",
        "a_{",
        "a^{",
        "\\phi",
        "φₜ",
        "dphi/dt",
        "d/",
        "(-Δ)^",
        "tanh(a)",
        "phi(x,",
        "ａ",
        "а",
    ] {
        for source in [repeated(unit), body(&repeated(unit))] {
            let start = Instant::now();
            let found = codes(&source);
            assert!(start.elapsed() < Duration::from_secs(10), "{unit:?} took {:?}", start.elapsed());
            assert!(!found.is_empty(), "{unit:?}");
        }
    }
}

#[test]
fn many_unknown_names() {
    let names: Vec<String> = (0..40_000).map(|at| format!("name_number_{at}")).collect();
    let lets: String = names.iter().map(|name| format!("let {name} = un{name};\n")).collect();
    let found = read(body(&format!("{lets} dt(phi) = lap(phi)")).as_bytes());
    assert!(found.is_err_and(|problems| problems.len() == 1 && problems[0].code == Code::SourceTooLarge));
    let lets: String = names.iter().take(15_000).map(|name| format!("let {name} = un{name};\n")).collect();
    let problems = read(body(&format!("{lets} dt(phi) = lap(phi)")).as_bytes()).unwrap_err();
    assert_eq!(problems.len(), 101);
    assert_eq!(problems.last().unwrap().code, Code::TooManyProblems);
}
