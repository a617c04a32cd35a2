//! The same physics written in another way has the same verdict: other units of space, time and field, other names,
//! the equation multiplied by a number or with its sides exchanged, operators spelled out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "random/grammar.rs"]
mod grammar;

use genphys_pde::verdict::{Status, Verdict};
use genphys_symbolic::{Options, derive};
use genphys_verify::judge;
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

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
    let pde = genphys_pde::inline(text).ok()?.pde;
    let found = judge(&pde, derive(&pde, &Options { repairs: false, ..Options::default() }).ok()?);
    Some([found.c1.status, found.c2.status])
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
        let Some(here) = proved(&text) else { continue };
        for (how, other, which) in variants(&text) {
            let Some(there) = proved(&other) else { continue };
            for (i, name) in ["C1", "C2"].into_iter().enumerate().filter(|(i, _)| which[*i]) {
                compared += 1;
                let said = format!("{name} {:?}, {:?} with {how}\n  {text}\n  {other}", here[i], there[i]);
                match (here[i], there[i]) {
                    (x, y) if x == y => {}
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

/// Seen from a moving frame, ∂_t becomes ∂_t + v·∇: of second order the material derivative twice. C2 does not change. C1 does, since
/// the derived density of the moving equation holds 2v·∇φ where that of the one at rest becomes v·∇φ.
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
