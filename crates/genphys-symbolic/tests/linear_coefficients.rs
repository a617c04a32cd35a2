//! Coefficients that are linear in the coordinates: the verdicts of named equations, of the same ones in other
//! coordinates and units, and of random ones against numbers that share no code with the engine or the checker; and
//! derivations that were changed.
#![allow(clippy::unwrap_used, clippy::panic)]

use genphys_pde::certificate::Certificate;
use genphys_pde::derivation::Derivation;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Status, Verdict};
use genphys_symbolic::{Options, derive};
use genphys_verify::{judge, recheck};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

fn pde(text: &str) -> Pde {
    genphys_pde::inline(text).unwrap_or_else(|e| panic!("{text}: {e:?}")).pde
}

fn found(text: &str) -> Derivation {
    let pde = pde(text);
    let proposal = derive(&pde, &Options { repairs: false, ..Options::default() }).unwrap();
    judge(&pde, proposal).derivation().clone()
}

/// Status and conditions of C1 and C2, all of them exact.
fn in_words(text: &str) -> [String; 2] {
    let found = found(text);
    assert!(found.continuity.as_ref().is_none_or(|c| c.verified), "{text}");
    [found.c1, found.c2].map(|c| {
        assert!(c.status == Status::Undecided || c.exact, "{text}");
        let conditions: Vec<&str> = c.conditions.iter().map(|c| &**c).collect();
        match c.status {
            Status::Holds => "holds".into(),
            Status::Fails => "fails".into(),
            Status::Undecided => "undecided".into(),
            Status::Conditional => conditions.join(" and "),
        }
    })
}

#[test]
fn named_equations_have_their_verdicts() {
    for (equation, c1, c2) in [
        // Kinetic Fokker–Planck, with friction of any sign and of the right one.
        ("param g; dt(phi) = -x2*dx(phi) + d((x1 + g*x2)*phi, x2) + g*d(phi, x2, 2)", "g >= 0", "g > 0"),
        ("param g > 0; dt(phi) = -x2*dx(phi) + d((x1 + g*x2)*phi, x2) + g*d(phi, x2, 2)", "holds", "holds"),
        // Kolmogorov, and chains of integrators.
        ("dt(phi) = -x2*dx(phi) + d(phi, x2, 2)", "holds", "holds"),
        ("dt(phi) = -x2*dx(phi) - x3*d(phi, x2) - x4*d(phi, x3) + d(phi, x4, 2)", "holds", "holds"),
        // Noise that does not reach x2, or a third coordinate.
        ("dt(phi) = -x2*dx(phi) + d(phi, x1, 2)", "holds", "fails"),
        ("dim 3; dt(phi) = -x2*dx(phi) + d(phi, x2, 2)", "holds", "fails"),
        ("dim 3; dt(phi) = -x2*dx(phi) + lap(phi)", "holds", "holds"),
        // Rotations.
        ("dt(phi) = div([x2, -x1]*phi) + lap(phi)", "holds", "holds"),
        ("dt(phi) = div([[0, 1], [-1, 0]]*x*phi) + d(phi, x1, 2)", "holds", "holds"),
        ("dt(phi) = div([x2, -x1]*phi)", "holds", "fails"),
        // Oscillators: coupled ones of which one is shaken; two alike, of which a difference never moves.
        ("dt(phi) = div([-x2, 2*x1 - x3, -x4, 2*x3 - x1]*phi) + d(phi, x2, 2)", "holds", "holds"),
        (
            "dt(phi) = div([-x2, 2*x1 - x3, -x4, 2*x3 - x1]*phi) + d(phi, x2, 2) + d(phi, x4, 2) + 2*d(d(phi, x2), x4)",
            "holds",
            "fails",
        ),
        // Ornstein–Uhlenbeck, of any sign.
        ("param s; param D; dt(phi) = s*d(x1*phi, x1) + D*lap(phi)", "D >= 0", "s >= 0 and D > 0"),
        ("param a; param b; dt(phi) = div([a*x1, b*x2]*phi) + lap(phi)", "holds", "a >= 0 and b >= 0"),
        ("dt(phi) = div([-x1, x2]*phi) + lap(phi)", "holds", "fails"),
        ("dt(phi) = x1*dx(phi) + lap(phi)", "holds", "holds"),
        ("param r; dt(phi) = div([x1, 2*x2]*phi) + aniso([[1, r], [r, 1]], phi)", "r^2 <= 1", "r^2 <= 1"),
        // Negative noise.
        ("dt(phi) = -x2*dx(phi) - d(phi, x2, 2)", "fails", "fails"),
        ("dt(phi) = x2*dx(phi) + d(d(phi, x1), x2)", "fails", "fails"),
        // A third-order oscillator, by the determinant of Hurwitz.
        (
            "param a; param b; dt(phi) = div([-x2, -x3, x1 + a*x2 + b*x3]*phi) + d(phi, x3, 2)",
            "holds",
            "a >= 0 and a*b >= 1",
        ),
        // Divisors and factors of the time derivative.
        ("param m != 0; m*dt(phi) = x2*dx(phi) + m*d(phi, x2, 2)/(1 + m^2)", "holds", "holds"),
        // Winds and loss change nothing, and the end of the time says what is left.
        ("dt(phi) = -(x2 + 1)*dx(phi) + d(phi, x2, 2) - 3*phi", "holds", "holds"),
        ("time t in (0, 1]; dt(phi) = div([-x1, x2]*phi) + lap(phi)", "holds", "the prior error is accepted at t = 1"),
        // What is out of reach is not guessed.
        ("dt(phi) = t*d(x1*phi, x1) + lap(phi)", "undecided", "undecided"),
        ("dt(phi) = d(x1*phi, x1) + d(phi, x1, 3)", "undecided", "undecided"),
        ("dt(phi) = I*d(x1*phi, x1) + lap(phi)", "undecided", "undecided"),
        ("dim 2..; dt(phi) = -x2*dx(phi) + lap(phi)", "undecided", "undecided"),
    ] {
        assert_eq!(in_words(equation), [c1, c2], "{equation}");
        assert!(found(equation).kernel.is_none(), "{equation}");
    }
}

/// As `div(x*phi)`, by the rule of coefficients in time.
#[test]
fn named_coordinates_agree_with_the_position_vector() {
    for sign in ["", "-"] {
        let [vector, named] = [format!("{sign}div(x*phi)"), format!("{sign}div([x1, x2]*phi)")]
            .map(|drift| format!("dim 2; param D; dt(phi) = {drift} + D*lap(phi)"));
        assert_eq!(in_words(&vector), in_words(&named));
    }
}

/// The least eigenvalue of a symmetric 2 × 2 matrix.
fn least([a, b, c]: [f64; 3]) -> f64 {
    (a + c) / 2.0 - ((a - c).powi(2) / 4.0 + b * b).sqrt()
}

/// ∫₀^t e^{−Au} S e^{−Aᵀu} du by the differential equation M′ = S − AM − MAᵀ, by Runge and Kutta's rule.
fn spread(a: [[f64; 2]; 2], s: [f64; 3], t: f64) -> [f64; 3] {
    let slope = |[p, q, r]: [f64; 3]| {
        let am = [
            [a[0][0] * p + a[0][1] * q, a[0][0] * q + a[0][1] * r],
            [a[1][0] * p + a[1][1] * q, a[1][0] * q + a[1][1] * r],
        ];
        [s[0] - 2.0 * am[0][0], s[1] - am[0][1] - am[1][0], s[2] - 2.0 * am[1][1]]
    };
    let steps = 2000;
    let h = t / f64::from(steps);
    let moved = |m: [f64; 3], k: [f64; 3], h: f64| [0, 1, 2].map(|i| m[i] + h * k[i]);
    (0..steps).fold([0.0; 3], |m, _| {
        let k1 = slope(m);
        let k2 = slope(moved(m, k1, h / 2.0));
        let k3 = slope(moved(m, k2, h / 2.0));
        let k4 = slope(moved(m, k3, h));
        [0, 1, 2].map(|i| m[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
    })
}

#[test]
fn random_matrices_agree_with_numbers() {
    let mut rng = ChaCha12Rng::seed_from_u64(19);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..120 {
        let mut draw = |size: i32| rng.random_range(-size..=size);
        let a = [[draw(2), draw(2)], [draw(2), draw(2)]];
        let s = [draw(1) + draw(1), draw(1), draw(1) + draw(1)];
        let drift = |x1: &str, x2: &str, i: usize| format!("({})*{x1} + ({})*{x2}", a[i][0], a[i][1]);
        let text = format!(
            "dt(phi) = -div([{}, {}]*phi) + aniso([[{}, {}], [{}, {}]], phi)",
            drift("x1", "x2", 0),
            drift("x1", "x2", 1),
            s[0],
            s[1],
            s[1],
            s[2]
        );
        let af = a.map(|row| row.map(f64::from));
        let sf = s.map(f64::from);
        let never_negative = [0.01, 0.1, 0.5].iter().all(|t| least(spread(af, sf, *t)) > -1e-9);
        let positive = never_negative && least(spread(af, sf, 1.0)) > 1e-7;
        let (trace, det) = (af[0][0] + af[1][1], af[0][0] * af[1][1] - af[0][1] * af[1][0]);
        let root = (trace * trace / 4.0 - det).max(0.0).sqrt();
        let expected =
            [never_negative, positive && trace / 2.0 + root < 1e-9].map(|holds| if holds { "holds" } else { "fails" });
        seen.insert(expected);
        assert_eq!(in_words(&text), expected, "{text}");
        // With the coordinates exchanged, another unit of length along one of them, and another unit of time.
        // y1 = x2 and y2 = 3 x1.
        let turned = format!(
            "2*dt(phi) = -div([({})*x1 + ({})*x2/3, 3*({})*x1 + ({})*x2]*phi) + aniso([[{}, {}], [{}, {}]], phi)",
            a[1][1],
            a[1][0],
            a[0][1],
            a[0][0],
            s[2],
            3 * s[1],
            3 * s[1],
            9 * s[0]
        );
        assert_eq!(in_words(&turned), expected, "{turned}");
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[test]
fn the_kind_of_problem_is_proved() {
    for text in ["dt(phi) = -x2*dx(phi) + d(phi, x2, 2)", "dt(phi) = -x2*dx(phi) - d(phi, x2, 2)"] {
        let pde = pde(text);
        let proposal = derive(&pde, &Options { repairs: false, ..Options::default() }).unwrap();
        let judged = judge(&pde, proposal);
        assert!(judged.report().is_proved("problem"), "{text}");
        assert!(judged.report().accepted(), "{text}: {:?}", judged.report());
    }
}

type Matrix = Vec<Vec<String>>;

#[test]
fn changed_derivations_are_refused() {
    let text = "param g; dt(phi) = -x2*dx(phi) + d((x1 + g*x2)*phi, x2) + g*d(phi, x2, 2)";
    let (pde, right) = (pde(text), found(text));
    assert!(recheck(&pde, &right).is_ok());
    let refused = |change: &dyn Fn(&mut Derivation)| {
        let mut changed = right.clone();
        change(&mut changed);
        changed.words = Some(changed.hash_of_words());
        assert!(changed != right && recheck(&pde, &changed).is_err());
    };
    let matrices = |certificate: &mut Option<Certificate>, change: &dyn Fn(&mut Matrix, &mut Matrix)| {
        let Some(Certificate::LinearCoefficients { drift, noise }) = certificate else { panic!("another certificate") };
        change(drift, noise);
    };
    refused(&|d| matrices(&mut d.c2.certificate, &|drift, _| drift[1][0] = "1".into()));
    refused(&|d| matrices(&mut d.c2.certificate, &|_, noise| noise[0][0] = "g".into()));
    refused(&|d| matrices(&mut d.c1.certificate, &|_, noise| noise[1][1] = "g^2".into()));
    refused(&|d| matrices(&mut d.c1.certificate, &|drift, _| _ = drift.pop()));
    refused(&|d| d.c1.conditions = vec!["g >= -1".into()]);
    refused(&|d| d.c1.conditions = vec!["g > 1".into()]);
    refused(&|d| d.c2.conditions = vec!["g >= 0".into()]);
    refused(&|d| d.c2.status = Status::Fails);
    refused(&|d| (d.c1.status, d.c1.conditions, d.verdict) = (Status::Holds, Vec::new(), Verdict::Conditional));
    refused(&|d| d.c1.certificate = Some(Certificate::SquareRoot));
    refused(&|d| d.continuity.as_mut().unwrap().flux = "[x2*phi, -x1*phi - d(phi, x2)]".into());
    refused(&|d| d.continuity.as_mut().unwrap().source = "phi".into());
}
