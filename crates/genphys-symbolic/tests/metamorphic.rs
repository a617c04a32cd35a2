//! The same physics written in another way has the same verdict: other units of space, time and field, other names,
//! the equation multiplied by a number or with its sides exchanged, operators spelled out.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::verdict::{Status, Verdict};
use genphys_symbolic::{Options, derive};

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
