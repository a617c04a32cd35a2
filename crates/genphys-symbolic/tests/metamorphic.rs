//! The same physics written in another way has the same verdict: other units of space, time and field, other names,
//! the equation multiplied by a number, with its sides exchanged or a term moved across, operators spelled out;
//! conditions are met at the same parameter values.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "random/conditions.rs"]
mod conditions;
#[allow(dead_code)]
#[path = "random/grammar.rs"]
mod grammar;

use genphys_pde::ast::{Expr, ExprKind, Number};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, PRIOR_ERROR, Status, Verdict};
use genphys_symbolic::{Options, derive};
use genphys_verify::judge;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::collections::BTreeMap;

fn answer(text: &str) -> (Verdict, Status, Status) {
    let pde = genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde;
    let found = derive(&pde, &Options { repairs: false, ..Options::default() }).unwrap();
    (found.verdict, found.c1.status, found.c2.status)
}

#[test]
fn other_words_for_the_same_equation() {
    for same in [
        &[
            "dt(phi) = lap(phi)",
            "lap(phi) = dt(phi)",
            "3*dt(phi) - 3*lap(phi) = 0",
            "field u; dt(u) = div(grad(u))",
            "dt(phi) = 4*lap(phi)",
            "2*dt(phi) = lap(phi)",
            "-dt(phi) + lap(phi) = 0",
            "dt(phi) = -fraclap(phi, 2)",
            "dt(phi) + fourier(k^2, phi) = 0",
            "I*dt(phi) = I*lap(phi)",
            "param D > 0 = 1; let c = D; dt(phi) = c*lap(phi)",
        ][..],
        &[
            "dt(phi, 2) + lap(phi) = 0",
            "-dt(dt(phi)) = lap(phi)",
            "dt(phi, 2) = fourier(k^2, phi)",
            "dt(phi, 2) = fraclap(phi, 2)",
            "9*dt(phi, 2) + 4*lap(phi) = 0",
        ][..],
        &[
            "dt(phi) = -lap(phi, 2)",
            "dt(phi) + lap(lap(phi)) = 0",
            "dt(phi) + fraclap(phi, 4) = 0",
            "dt(phi) + fourier(k^4, phi) = 0",
            "7*dt(phi) = -2*lap(phi, 2)",
        ][..],
        &["dt(phi, 2) - lap(phi) = 0", "lap(phi) - dt(phi, 2) = 0", "dt(phi, 2) = 100*lap(phi)"][..],
        &[
            "param m > 0 = 1; dt(phi) + fourier(sqrt(m^2 + k^2), phi) = 0",
            "param mass > 0 = 1; dt(phi) = -fourier((k^2 + mass^2)^(1/2), phi)",
            "param m > 0 = 1; dt(phi, 2) + lap(phi) - m^2*phi = 0",
        ][..],
        &[
            "dt(phi) = dx(phi) + d(phi, x1, 2)",
            "dt(phi) = d(phi, x1) + dx(dx(phi))",
            "dt(phi) - dot([1], grad(phi)) = aniso([[1]], phi)",
        ][..],
        &[
            "param eps > 0 = 2; param m > 0 = 1; dt(phi, 2) + 2*eps*dt(phi) - lap(phi) + m^2*phi = 0",
            "param m > 0 = 1; param e > 0 = 2; 3*dt(phi, 2) + 6*e*dt(phi) = 3*lap(phi) - 3*m^2*phi",
        ][..],
        &["dt(phi) = t*lap(phi)", "2*dt(phi) - 5*t*lap(phi) = 0", "time tau in (0, inf); dt(phi) = tau*lap(phi)"][..],
        &["dt(phi) = lap(phi) + div(x*phi)", "dt(phi) - div(x*phi) = 3*lap(phi)", "dt(phi) = div(x*phi + grad(phi))"][..],
        &["dt(phi) = lap(phi^2)", "2*dt(phi) = lap(phi*phi)", "field u; dt(u) = 2*div(u*grad(u))"][..],
        &[
            "dt(phi) = -fourier(1 - exp(-k^2), phi)",
            "dt(phi) = fourier(exp(-k^2) - 1, phi)",
            "dt(phi) = fourier(exp(-k^2), phi) - phi",
            "dt(phi) = -fourier(1 - exp(-4*k^2), phi)",
        ][..],
    ] {
        let first = answer(same[0]);
        for other in &same[1..] {
            assert_eq!(answer(other), first, "{} | {other}", same[0]);
        }
    }
}

/// x → ax, t → bt and φ → cφ change the coefficients and nothing else.
#[test]
fn other_units() {
    for (space, time) in [(1.0_f64, 2.0_f64), (3.0, 1.0), (0.5, 0.25)] {
        let scaled = |terms: &[(f64, &str, i32, i32)]| {
            let list =
                terms.iter().map(|(c, operator, x, t)| format!("({})*{operator}", c * space.powi(*x) * time.powi(*t)));
            format!("{} = 0", list.collect::<Vec<_>>().join(" + "))
        };
        for terms in [
            &[(1.0, "dt(phi)", 0, 1), (-1.0, "lap(phi)", 2, 0), (1.0, "phi", 0, 0)][..],
            &[(1.0, "dt(phi, 2)", 0, 2), (1.0, "lap(phi)", 2, 0), (-1.0, "phi", 0, 0)][..],
            &[(1.0, "dt(phi, 2)", 0, 2), (4.0, "dt(phi)", 0, 1), (-1.0, "lap(phi)", 2, 0), (1.0, "phi", 0, 0)][..],
            &[(1.0, "dt(phi)", 0, 1), (1.0, "lap(phi)", 2, 0), (1.0, "lap(phi, 2)", 4, 0)][..],
            &[(1.0, "dt(phi)", 0, 1), (1.0, "fraclap(phi, 1)", 1, 0), (-1.0, "lap(phi)", 2, 0)][..],
        ] {
            let plain: Vec<String> = terms.iter().map(|(c, operator, ..)| format!("({c})*{operator}")).collect();
            let plain = format!("{} = 0", plain.join(" + "));
            assert_eq!(answer(&scaled(terms)), answer(&plain), "{plain} in units {space}, {time}");
        }
    }
}

/// What is proved of C1 and C2, or nothing where the text is no equation.
fn proved(text: &str) -> Option<[Status; 2]> {
    Some(reports(text)?.1.map(|report| report.status))
}

fn reports(text: &str) -> Option<(Pde, [ConditionReport; 2])> {
    let pde = genphys_pde::inline(text).ok()?.pde;
    let found = judge(&pde, derive(&pde, &Options { repairs: false, ..Options::default() }).ok()?);
    let both = [found.c1.clone(), found.c2.clone()];
    Some((pde, both))
}

/// What is claimed at parameter values in N dimensions, up to the prior error.
fn claimed(report: &ConditionReport, values: &BTreeMap<String, f64>, dim: usize) -> Option<bool> {
    let list: Vec<String> =
        report.conditions.iter().filter(|c| !c.starts_with(PRIOR_ERROR)).map(ToString::to_string).collect();
    match report.status {
        Status::Holds => Some(true),
        Status::Fails => Some(false),
        Status::Undecided => None,
        Status::Conditional => conditions::all_hold(&list, values, dim).filter(|met| *met || report.exact),
    }
}

/// Parameter values inside of the domains at which one of two reports claims what the other denies.
fn differ(pde: &Pde, a: &ConditionReport, b: &ConditionReport) -> Option<String> {
    let numbers = [0.25, 3.0, -0.5, 0.75, 1.5, -1.25, 2.0, 0.0, 0.6];
    (0..numbers.len()).find_map(|start| {
        let mut values = BTreeMap::new();
        for (i, param) in pde.params.iter().filter(|p| !p.complex).enumerate() {
            let mut list = (0..numbers.len()).map(|j| numbers[(start + 2 * i + j) % numbers.len()]);
            values.insert(param.name.clone(), list.find(|x| param.domain.contains(*x))?);
        }
        let dims = (1..=3).filter(|n| pde.dim.contains(*n)).map(|n| n as usize);
        let mut both = dims.filter_map(|n| Some((n, claimed(a, &values, n)?, claimed(b, &values, n)?)));
        both.find(|(_, x, y)| x != y).map(|(n, x, y)| format!("{x} and {y} at {values:?} in N = {n}"))
    })
}

/// The same equation in units of 1/2 in space and 1/4 in time; nothing where coefficients depend on the time, or p is
/// declared.
fn rescaled(text: &str) -> Option<String> {
    let pde = genphys_pde::inline(text).ok()?.pde;
    let (items, terms) = parts(text)?;
    let timed = terms.split(|c: char| !c.is_alphanumeric()).any(|word| word == pde.time.name);
    (pde.density.is_none() && !timed).then(|| joined(items, &genphys_pde::print_expr(&in_units(&pde.left))))
}

fn in_units(e: &Expr) -> Expr {
    let make = |kind: ExprKind| Expr::new(kind, e.span);
    let number = |n: u32| Box::new(make(ExprKind::Number(Number::integer(n))));
    let times = |n: u32, kind: ExprKind| ExprKind::Mul(number(n), Box::new(make(kind)));
    let go = |e: &Expr| Box::new(in_units(e));
    make(match &e.kind {
        ExprKind::TimeDerivative { operand, order } => {
            times(4_u32.pow(*order), ExprKind::TimeDerivative { operand: go(operand), order: *order })
        }
        ExprKind::Caputo { operand, order } => {
            let unit = make(ExprKind::Pow(number(4), order.clone()));
            let inner = make(ExprKind::Caputo { operand: go(operand), order: order.clone() });
            ExprKind::Mul(Box::new(unit), Box::new(inner))
        }
        ExprKind::SpaceDerivative { operand, axis, order } => {
            times(2_u32.pow(*order), ExprKind::SpaceDerivative { operand: go(operand), axis: *axis, order: *order })
        }
        ExprKind::Laplacian { operand, order } => {
            times(4_u32.pow(*order), ExprKind::Laplacian { operand: go(operand), order: *order })
        }
        ExprKind::FractionalLaplacian { operand, exponent } => {
            let power = Box::new(make(ExprKind::Pow(number(2), exponent.clone())));
            let inner = ExprKind::FractionalLaplacian { operand: go(operand), exponent: exponent.clone() };
            ExprKind::Mul(power, Box::new(make(inner)))
        }
        ExprKind::Anisotropic { matrix, operand } => {
            times(4, ExprKind::Anisotropic { matrix: matrix.clone(), operand: go(operand) })
        }
        ExprKind::Gradient(a) => times(2, ExprKind::Gradient(go(a))),
        ExprKind::Divergence(a) => times(2, ExprKind::Divergence(go(a))),
        ExprKind::Position | ExprKind::Coordinate(_) => ExprKind::Div(Box::new(e.clone()), number(2)),
        ExprKind::FourierMultiplier { symbol, operand } => {
            ExprKind::FourierMultiplier { symbol: go(symbol), operand: go(operand) }
        }
        ExprKind::Symbol(name) if name == "k" => times(2, e.kind.clone()),
        ExprKind::Neg(a) => ExprKind::Neg(go(a)),
        ExprKind::Add(a, b) => ExprKind::Add(go(a), go(b)),
        ExprKind::Sub(a, b) => ExprKind::Sub(go(a), go(b)),
        ExprKind::Mul(a, b) => ExprKind::Mul(go(a), go(b)),
        ExprKind::Div(a, b) => ExprKind::Div(go(a), go(b)),
        ExprKind::Pow(a, b) => ExprKind::Pow(go(a), go(b)),
        ExprKind::Dot(a, b) => ExprKind::Dot(go(a), go(b)),
        ExprKind::Function { function, argument } => ExprKind::Function { function: *function, argument: go(argument) },
        ExprKind::Number(_) | ExprKind::Imaginary | ExprKind::Pi | ExprKind::Symbol(_) | ExprKind::Vector(_) => {
            e.kind.clone()
        }
    })
}

/// The declarations of a text, and the terms of its equation.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (items, equation) = text.rsplit_once("; ").map_or(("", text), |(i, e)| (i, e));
    Some((items, equation.strip_suffix(" = 0")?))
}

fn joined(items: &str, terms: &str) -> String {
    if items.is_empty() { format!("{terms} = 0") } else { format!("{items}; {terms} = 0") }
}

/// The same equation in other words, with C1, C2 or both to compare.
fn variants(text: &str) -> Vec<(&'static str, String, [bool; 2])> {
    let Some((items, terms)) = parts(text) else { return Vec::new() };
    let declared = items.contains("density");
    let both = [true, true];
    let mut list = vec![
        ("the field scaled", joined(items, terms).replace("phi", "(3*phi)"), both),
        ("the equation scaled", joined(items, &format!("-2.5*({terms})")), both),
    ];
    if text.contains("x2") {
        let swapped = |s: &str| s.replace("x1", "x#").replace("x2", "x1").replace("x#", "x2");
        let named = !text.contains("dot(") && !text.contains("dx(") && !text.contains("aniso");
        if named {
            list.push(("coordinates exchanged", joined(&swapped(items), &swapped(terms)), both));
        }
    }
    if let Some((front, last)) = terms.rsplit_once(" + ") {
        list.push((
            "a term moved across",
            format!("{} = -({last})", joined(items, front).trim_end_matches(" = 0")),
            both,
        ));
    }
    if let Some(other) = rescaled(text) {
        list.push(("other units of space and time", other, both));
    }
    // φ(x + ct) in place of φ: p̂ turns by a phase, and no rate changes its real part.
    let first = terms.contains("dt(phi)") && !terms.contains("dt(phi, ") && terms.matches("dt(").count() == 1;
    let plain = terms.split(" + ").any(|t| t == "dt(phi)");
    if first && plain && !declared && terms.contains("x1") && !terms.contains("div(x") && !terms.contains("I*") {
        list.push(("in a moving frame", joined(items, &format!("{terms} + 2*d(phi, x1)")), both));
    }
    list
}

/// Drawn over the whole language: no claim is turned into its opposite by other words. (It may become undecided.)
#[test]
fn other_words_for_random_equations() {
    let draws = std::env::var("GENPHYS_DRAWS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let seed = std::env::var("GENPHYS_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_130);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let (mut wrong, mut compared, mut lost) = (Vec::new(), 0, Vec::new());
    for _ in 0..draws {
        let text = grammar::draw_any(&mut rng);
        let Some((pde, first)) = reports(&text) else { continue };
        let here = first.each_ref().map(|report| report.status);
        for (how, other, which) in variants(&text) {
            let Some((_, second)) = reports(&other) else { continue };
            let there = second.each_ref().map(|report| report.status);
            for (i, name) in ["C1", "C2"].into_iter().enumerate().filter(|(i, _)| which[*i]) {
                compared += 1;
                let said = format!("{name} {:?}, {:?} with {how}\n  {text}\n  {other}", here[i], there[i]);
                match (here[i], there[i]) {
                    (x, y) if x == y => {
                        wrong.extend(differ(&pde, &first[i], &second[i]).map(|at| format!("{said}\n  {at}")))
                    }
                    (Status::Undecided, _) | (_, Status::Undecided) => lost.push(said),
                    _ => wrong.push(said),
                }
            }
        }
    }
    println!("{compared} compared, {} decided in one of two forms only:\n{}", lost.len(), lost.join("\n"));
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// No claim is turned into its opposite.
fn assert_agree(texts: &[String; 2]) {
    let [Some(a), Some(b)] = texts.each_ref().map(|t| proved(t)) else { panic!("{texts:?}") };
    for (x, y) in a.into_iter().zip(b) {
        assert!(x == y || [x, y].contains(&Status::Undecided), "{texts:?}: {a:?} and {b:?}");
    }
}

/// A rotation by rational numbers leaves ∇·(A∇φ) what it is with R A Rᵀ; the drift turns along.
#[test]
fn rotated_coordinates() {
    let (c, s) = (0.6, 0.8);
    for (a, b, d) in [(1.0, 0.5, 2.0), (1.0, 2.0, 1.0), (-1.0, 0.0, 3.0), (1.0, 1.0, 1.0)] {
        let (v, w) = (1.0, -0.5);
        let matrix = |a: f64, b: f64, d: f64, v: f64, w: f64| {
            (format!("aniso([[{a:.4}, {b:.4}], [{b:.4}, {d:.4}]], phi)"), format!("dot([{v}, {w}], grad(phi))"))
        };
        let plain = matrix(a, b, d, v, w);
        let turned = matrix(
            c * c * a - 2.0 * c * s * b + s * s * d,
            c * s * (a - d) + (c * c - s * s) * b,
            s * s * a + 2.0 * c * s * b + c * c * d,
            c * v - s * w,
            s * v + c * w,
        );
        for (front, back) in [
            ("dt(phi) = ", ""),
            ("dt(phi) = 2*lap(phi) - phi + ", ""),
            ("dt(phi, 2) + dt(phi) = ", " - phi"),
            ("dt(phi, 2) = -(", ")"),
        ] {
            let texts = [&plain, &turned].map(|(m, _)| format!("{front}{m}{back}"));
            assert_agree(&texts);
            if front.starts_with("dt(phi) ") {
                let texts = [&plain, &turned].map(|(m, v)| format!("{front}{m} + {v}{back}"));
                assert_agree(&texts);
            }
        }
    }
}

/// Seen from a moving frame, ∂_t becomes ∂_t + v·∇: of second order the material derivative twice. C2 does not change.
/// C1 does, since the derived density of the moving equation holds 2v·∇φ where that of the one at rest becomes v·∇φ.
#[test]
fn moving_frames_of_second_order() {
    for (rest, moving) in [
        (
            "dt(phi, 2) + 3*dt(phi) - d(phi, x1, 2) + phi = 0",
            "dt(phi, 2) + 4*dt(dx(phi)) + 4*d(phi, x1, 2) + 3*dt(phi) + 6*dx(phi) - d(phi, x1, 2) + phi = 0",
        ),
        (
            "dt(phi, 2) + dt(phi) - d(phi, x1, 2) = 0",
            "dt(phi, 2) + dt(dx(phi)) + 0.25*d(phi, x1, 2) + dt(phi) + 0.5*dx(phi) - d(phi, x1, 2) = 0",
        ),
    ] {
        let [Some([_, x]), Some([_, y])] = [rest, moving].map(proved) else { panic!("{rest}") };
        assert!(x == y || [x, y].contains(&Status::Undecided), "{rest} {x:?}\n{moving} {y:?}");
    }
}
