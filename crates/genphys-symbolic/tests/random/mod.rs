//! Random equations of the class that the engine decides.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)] // Of one of the programs that draw equations.
pub(crate) mod brute;
#[allow(dead_code)] // Of one of the programs that draw equations.
mod conditions;
#[allow(dead_code)] // Of one of the programs that draw equations.
mod eigen;
#[allow(dead_code)] // Of one of the programs that draw equations.
pub(crate) mod fixed;
#[allow(dead_code)] // Of one of the programs that draw equations.
pub(crate) mod grammar;
#[allow(dead_code)] // Of one of the programs that draw equations.
pub(crate) mod tamper;

use rand::Rng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha12Rng;

fn pick<'a>(rng: &mut ChaCha12Rng, list: &[&'a str]) -> &'a str {
    list.choose(rng).copied().unwrap()
}

/// A coefficient: mostly a small number, sometimes a parameter.
fn coefficient(rng: &mut ChaCha12Rng) -> String {
    match rng.random_range(0..10) {
        0 => pick(rng, &["a", "b", "a*b", "(a + 1)", "(a - b)", "a^2", "c"]).into(),
        1 => format!("({})", pick(rng, &["0.5", "1.5", "0.1", "7", "1/3"])),
        n if n < 7 => f64::from(rng.random_range(1..=3)).to_string(),
        _ => format!("(-{})", rng.random_range(1..=3)),
    }
}

/// A term without derivatives in time.
fn spatial(rng: &mut ChaCha12Rng, kind: usize) -> String {
    match kind {
        // Isotropic and local.
        0 => pick(rng, &["phi", "lap(phi)", "lap(phi)", "lap(phi, 2)", "lap(phi, 3)"]).into(),
        // With fractional powers.
        1 => pick(
            rng,
            &[
                "phi",
                "lap(phi)",
                "fraclap(phi, 1)",
                "fraclap(phi, 0.5)",
                "fraclap(phi, 1.5)",
                "fraclap(phi, 3)",
                "fraclap(phi, a)",
                "fraclap(phi, 2/3)",
            ],
        )
        .into(),
        // With Fourier multipliers.
        2 => format!(
            "fourier({}, phi)",
            pick(
                rng,
                &[
                    "sqrt(1 + k^2) - 1",
                    "1 - exp(-k^2)",
                    "log(1 + k^2)",
                    "k^2/(1 + k^2)",
                    "k^2/(2 + k^2) + k",
                    "1 - exp(-a*k^2)",
                    "sqrt(a^2 + k^2) - a",
                    "1 - cos(k)",
                    "1 - sin(k)/k",
                    "k^4/(1 + k^2)",
                    "k^2*exp(-k^2)",
                    "1 - exp(-k^4)",
                    "(1 + k^2)^0.75 - 1",
                    "log(1 + log(1 + k^2))",
                    "k^2 - 0.5*k",
                    "1 - cos(k)*exp(-k^2)",
                ]
            )
        ),
        // In one or two named coordinates.
        3 => pick(rng, &["phi", "dx(phi)", "d(phi, x1, 2)", "d(phi, x1, 3)", "d(phi, x1, 4)", "fraclap(phi, 2.5)"])
            .into(),
        _ => pick(
            rng,
            &[
                "lap(phi)",
                "d(phi, x1, 2)",
                "d(phi, x2, 2)",
                "d(d(phi, x1), x2)",
                "dot([1, 0.5], grad(phi))",
                "phi",
                "aniso([[2, a], [a, 1]], phi)",
                "d(phi, x2, 4)",
            ],
        )
        .into(),
    }
}

/// The text of an equation: the class that it is of, and what stands between the braces.
pub(crate) fn draw(rng: &mut ChaCha12Rng) -> String {
    let kind = rng.random_range(0..5);
    let order = [1, 1, 1, 2, 2, 2, 3][rng.random_range(0..7)];
    let mut terms = vec![match order {
        1 => pick(rng, &["dt(phi)", "dt(phi)", "2*dt(phi)", "-dt(phi)", "dt(phi) - dt(lap(phi))"]).to_string(),
        2 => pick(rng, &["dt(phi, 2)", "dt(phi, 2)", "dt(phi, 2)", "a^2*dt(phi, 2)", "(a + 1)*dt(phi, 2)"]).into(),
        _ => "dt(phi, 3)".into(),
    }];
    if order >= 2 && rng.random_bool(0.5) {
        terms.push(format!("{}*dt(phi)", coefficient(rng)));
    }
    if order >= 2 && rng.random_bool(0.15) {
        terms.push(format!("{}*dt(lap(phi))", coefficient(rng)));
    }
    if order == 3 {
        terms.push(format!("{}*dt(phi, 2)", coefficient(rng)));
    }
    for _ in 0..rng.random_range(1..=3) {
        let unit = if rng.random_bool(0.06) { "I*" } else { "" };
        let sign = if rng.random_bool(0.7) { "-" } else { "+" };
        terms.push(format!("{sign} {unit}{}*{}", coefficient(rng), spatial(rng, kind)));
    }
    let changing = order == 1 && rng.random_bool(0.12);
    if changing {
        let clock = pick(rng, &["t", "t^2", "exp(t)", "exp(-t)", "1/(1 + t)", "(1 + t)", "sqrt(t)", "(2 - t)"]);
        terms.push(format!("- {clock}*{}", spatial(rng, if kind == 4 { 4 } else { kind.min(1) })));
    }
    if order == 1 && rng.random_bool(0.08) {
        terms.push(format!("- {}*div(x*phi)", coefficient(rng)));
    }
    if order == 2 && rng.random_bool(0.06) {
        let clock = pick(rng, &["t", "exp(-t)", "1/(1 + t)", "(1 + t)^2", "sqrt(t)", "sin(t)", "t^a"]);
        terms.push(format!("+ {clock}*dt(phi)"));
    }
    if order == 2 && kind > 2 && rng.random_bool(0.1) {
        terms.push(format!("+ {}*dt(dx(phi))", coefficient(rng)));
    }
    if order == 2 && kind < 2 && rng.random_bool(0.1) {
        terms.push(format!("+ {}/t*dt(phi)", pick(rng, &["2", "(c - 1)", "0.5", "(-1)"])));
    }
    let text = terms.join(" + ").replace("+ -", "- ").replace("+ +", "+ ");
    let mut items: Vec<String> = Vec::new();
    if text.contains('a') && text.replace("lap", "").replace("grad", "").contains('a') {
        // Of second order the sign of a parameter may decide which problem is posed, and such claims have no
        // certificate.
        let domains = ["> 0", "> 0", ">= 0", "in [0.1, 3]", "!= 0"];
        let possible = if order == 1 { &domains[..] } else { &domains[..4] };
        items.push(format!("param a {} = 1", pick(rng, possible)));
    }
    if text.contains("b)") || text.contains("b*") || text.contains("*b") {
        items.push(pick(rng, &["param b > 0 = 2", "param b > 0 = 2", "param b = 2"]).into());
    }
    if text.replace("cos", "").replace("frac", "").contains('c') {
        items.push("param c > 0 = 3".into());
    }
    if kind < 3 {
        items.push(pick(rng, &["dim any", "dim any", "dim 1", "dim 2", "dim 3"]).into());
    }
    let equation = format!("{text} = 0");
    items.push(equation);
    items.join("; ")
}
