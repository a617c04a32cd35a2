//! `dispersion` and `kernel`: the numbers.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Genphys, HEAT, WAVE};

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

#[test]
fn the_branches_of_yukawa_are_two_square_roots() {
    let ended = Genphys::new().run(&["dispersion", "yukawa", "--k", "0:4:5", "--set", "m=3"]).expect_code(0);
    let rows = ended.csv("k,branch,re_omega,im_omega,selected");
    assert_eq!(rows.len(), 10);
    for row in &rows {
        let (k, im_omega) = (number(&row[0]), number(&row[3]));
        let root = (k * k + 9.0).sqrt();
        assert!((im_omega.abs() - root).abs() < 1e-9, "{row:?}");
        assert!(number(&row[2]).abs() < 1e-9, "{row:?}");
        assert_eq!(row[4], (im_omega < 0.0).to_string(), "{row:?}");
    }
}

#[test]
fn pictures_are_written_and_named() {
    let genphys = Genphys::new().with_file("heat.pde", HEAT);
    let ended = genphys.run(&["dispersion", "heat.pde", "--k", "0:5:51", "--plot", "a.svg"]).expect_code(0);
    assert_eq!(ended.stdout, "a.svg\n");
    assert!(genphys.read("a.svg").contains("growth rate"));
    genphys.run(&["dispersion", "heat.pde", "--plot", "a.png"]).expect_code(0);
    assert!(std::fs::read(genphys.path("a.png")).unwrap().starts_with(b"\x89PNG"));
    let both = genphys.run(&["dispersion", "heat.pde", "--k", "1,2", "--plot", "b.png", "--format", "csv"]);
    assert_eq!(both.expect_code(0).csv("k,branch,re_omega,im_omega,selected").len(), 2);
    assert_eq!(genphys.run(&["dispersion", "heat.pde", "--plot", "a.gif"]).code, 2);
    assert_eq!(genphys.run(&["dispersion", "heat.pde", "--k", "0:1"]).code, 2);
    assert_eq!(genphys.run(&["dispersion", "nowhere.pde"]).code, 2);
}

/// Values of the closed forms in arbitrary precision at t = 0.7, r = 1.1: log p, v/r, growth.
#[test]
fn kernels_agree_with_reference_values() {
    let cases: [(&[&str], [f64; 3]); 6] = [
        (&["diffusion", "--set", "D=1", "--dim", "3"], [-3.693_666_811_688_695, 0.714_285_714_285_714_3, 0.0]),
        (&["diffusion", "--set", "D=1", "--dim", "64"], [-70.011_320_554_120_73, 0.714_285_714_285_714_3, 0.0]),
        (&["poisson", "--dim", "1"], [-2.032_033_080_850_303, 1.428_571_428_571_428_5, 0.0]),
        (&["poisson", "--dim", "64"], [25.015_371_020_049_586, 1.428_571_428_571_428_5, 0.0]),
        (
            &["yukawa", "--set", "m=1.3", "--dim", "1"],
            [-3.061_135_877_229_761, 1.428_571_428_571_428_5, -1.912_984_552_031_045],
        ),
        (
            &["yukawa", "--set", "m=1.3", "--dim", "3"],
            [-4.223_943_123_577_841, 1.428_571_428_571_428_5, -1.229_163_249_360_221_6],
        ),
    ];
    let genphys = Genphys::new();
    for (equation, expected) in cases {
        let arguments = [&["kernel"], equation, &["--t", "0.7", "--r", "1.1"]].concat();
        let rows = genphys.run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth");
        assert_eq!(rows.len(), 1);
        assert_eq!(number(&rows[0][0]), 1.1);
        for (found, expected) in rows[0][1..].iter().zip(expected) {
            assert!((number(found) - expected).abs() <= 1e-10 * expected.abs(), "{arguments:?}: {found} {expected}");
        }
    }
}

/// Theory, section 7: N = 3, m = 1.3, t = 0.7, r = 0.9.
#[test]
fn the_conservative_rewrite_has_its_reference_velocity() {
    let arguments = ["kernel", "yukawa", "--set", "m=1.3", "--dim", "3", "--t", "0.7", "--r", "0.9", "--conservative"];
    let rows = Genphys::new().run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth");
    assert!((number(&rows[0][2]) - 0.957_346_307_506).abs() < 1e-9, "{rows:?}");
    assert_eq!(number(&rows[0][3]), 0.0);
}

/// Cauchy densities in three dimensions: what fractional diffusion of index one becomes with another clock, a linear
/// drift and a death rate; the clocks by hand.
#[test]
fn clocks_are_those_of_the_equation() {
    let (t, r) = (0.7f64, 1.1f64);
    // ∫t = t²/2; ∫e^{τ} = e^t − 1 in the coordinates of φ_t = ∇·(xφ); ∫1/(1 + τ) = log(1 + t).
    let cases = [
        ("dt(phi) = -t*fraclap(phi, 1)", t * t / 2.0, t, 0.0),
        ("dt(phi) = div(x*phi) - fraclap(phi, 1)", t.exp_m1(), t.exp(), 0.0),
        ("dt(phi) = -1/(1 + t)*fraclap(phi, 1) - t*phi", t.ln_1p(), 1.0 / (1.0 + t), -t),
    ];
    for (equation, clock, pace, growth) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        let arguments = ["kernel", "a.pde", "--dim", "3", "--t", "0.7", "--r", "1.1"];
        let rows = genphys.run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth");
        let density = clock / (std::f64::consts::PI * (r * r + clock * clock)).powi(2);
        let log_mass = if growth == 0.0 { 0.0 } else { -t * t / 2.0 };
        let expected = [density.ln() + log_mass, pace / clock, growth];
        for (found, expected) in rows[0][1..].iter().zip(expected) {
            assert!(
                (number(found) - expected).abs() < 1e-7 * expected.abs().max(1.0),
                "{equation}: {found} {expected}"
            );
        }
    }
}

/// ln p and v/r, at r = 0.3 in one dimension, of Gaussians with the variance and its logarithmic rate by hand, in the
/// coordinates that move along.
#[test]
fn gaussians_in_time_have_their_variance() {
    let tau = std::f64::consts::TAU;
    let half_pi = std::f64::consts::FRAC_PI_2;
    let rate = |f: &dyn Fn(f64) -> f64, t: f64| (f(t + 1e-5) - f(t - 1e-5)) / 2e-5 / (2.0 * f(t));
    type Case<'a> = (&'a str, f64, &'a dyn Fn(f64) -> f64);
    let cases: [Case; 9] = [
        // Data put in at t = 1.
        ("time t in (1, inf); dt(phi) = lap(phi)", 3.0, &|t| 2.0 * (t - 1.0)),
        ("time t in (1, inf); dt(phi) = lap(phi)/t", 2.0, &|t| 2.0 * t.ln()),
        ("time t in (-0.5, inf); dt(phi) = (1 + t)*lap(phi)", 1.0, &|t| (1.0 + t).powi(2) - 0.25),
        ("time t in (0, 1); dt(phi) = lap(phi)/(1 - t)", 0.9, &|t| -2.0 * (1.0 - t).ln()),
        // x = (1 - t) y + t noise.
        ("time t in (0, 1); dt(phi) = div(x*phi)/(1 - t) + t/(1 - t)*lap(phi)", 0.3, &|t| (t / (1.0 - t)).powi(2)),
        ("time t in (0, 1); let b = pi*sin(pi*t/2)/cos(pi*t/2); dt(phi) = 0.5*b*(lap(phi) + div(x*phi))", 0.3, &|t| {
            (half_pi * t).tan().powi(2)
        }),
        ("dt(phi) = div(x*phi) + (1 - exp(-4*t))*lap(phi)", 0.4, &|t| (t.exp() - (-t).exp()).powi(2)),
        ("dt(phi) = (1 + 2*cos(t))*lap(phi)", 2.5, &|t| 2.0 * (t + 2.0 * t.sin())),
        ("time t in (0, 1]; dt(phi) = 2*t*lap(phi)", 1.0, &|t| 2.0 * t * t),
    ];
    for (equation, t, variance) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        let arguments = ["kernel", "a.pde", "--dim", "1", "--t", &t.to_string(), "--r", "0.3"];
        let rows = genphys.run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth");
        let expected = [-0.5 * (tau * variance(t)).ln() - 0.045 / variance(t), rate(variance, t)];
        for (found, expected) in rows[0][1..].iter().zip(expected) {
            assert!(
                (number(found) - expected).abs() < 1e-7 * expected.abs().max(1.0),
                "{equation}: {found} {expected}"
            );
        }
    }
}

/// Cauchy densities from other starts: -ln pi for flow matching at t = 0.5, where the clock t/(1 - t) is one.
#[test]
fn the_start_of_the_time_is_that_of_the_data() {
    let cases = [
        ("time t in (1, inf); dt(phi) = -fraclap(phi, 1)", 3.0, 2.0),
        ("time t in (-0.5, inf); dt(phi) = -fraclap(phi, 1)", 1.0, 1.5),
        ("time t in (0, 1); dt(phi) = -fraclap(phi, 1)/(1 - t)", 0.5, 2f64.ln()),
        ("time t in (0, 1); dt(phi) = div(x*phi)/(1 - t) - fraclap(phi, 1)/(1 - t)", 0.5, 1.0),
    ];
    for (equation, t, clock) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {equation} }}\n"));
        let run = |t: &str| genphys.run(&["kernel", "a.pde", "--dim", "1", "--t", t, "--r", "0"]);
        let rows = run(&f64::to_string(&t)).expect_code(0).csv("r,log_p,v_over_r,growth");
        let expected = -(std::f64::consts::PI * clock).ln();
        assert!((number(&rows[0][1]) - expected).abs() < 1e-12, "{equation}: {rows:?}");
        let outside = run("-1");
        assert!(outside.code == 2 && outside.stderr.contains("outside of the times"), "{equation}: {outside:?}");
    }
}

/// eps = 1, c = 0.5: at t = 1.5 and r = 0.4, with the Bessel functions as series in arbitrary precision.
#[test]
fn walkers_that_die_have_a_kernel() {
    let equation = "pde a { dim 1; dt(phi, 2) + 3*dt(phi) + 1.25*phi - lap(phi) = 0 }\n";
    let genphys = Genphys::new().with_file("a.pde", equation);
    let rows = genphys.run(&["kernel", "a.pde", "--dim", "1", "--t", "1.5", "--r", "0.4"]).expect_code(0);
    let rows = rows.csv("r,log_p,v_over_r,growth");
    let reference = [-1.732_387_792_081_367_5, 0.191_448_914_806_803, -0.594_022_189_824_829_6];
    for (found, expected) in rows[0][1..].iter().zip(reference) {
        assert!((number(found) - expected).abs() < 1e-10, "{found} {expected}");
    }
}

#[test]
fn an_equation_without_a_kernel_has_status_1() {
    let genphys = Genphys::new().with_file("wave.pde", WAVE).with_file("heat.pde", HEAT);
    let ended = genphys.run(&["kernel", "wave.pde", "--dim", "2", "--t", "1", "--r", "1"]).expect_code(1);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("E005"), "{ended:?}");
    for wrong in [["--t", "0"], ["--t", "x"], ["--r", "-1"]] {
        let mut arguments = vec!["kernel", "heat.pde", "--dim", "2"];
        arguments.extend(if wrong[0] == "--t" { ["--r", "1"] } else { ["--t", "1"] });
        arguments.extend(wrong);
        assert_eq!(genphys.run(&arguments).code, 2, "{wrong:?}");
    }
    assert_eq!(genphys.run(&["kernel", "heat.pde", "--t", "1", "--r", "1"]).code, 2);
}

/// What cancels in a clock, and its limits: ln p and v/r in two dimensions from the variance σ² and d ln σ/dt in 30
/// digits.
#[test]
fn clocks_that_cancel_are_right_to_the_digits_printed() {
    let drift = "param theta = 0.5; dt(phi) = theta*div(x*phi) + 0.5*lap(phi)";
    let geometric = "param R > 0 = 50; param s0 > 0 = 0.1; dt(phi) = log(R)*s0^2*R^(2*t)*lap(phi)";
    let sub = "param beta > 0 = 2; dt(phi) = 0.5*beta*div(x*phi) + 0.5*beta*(1 - exp(-2*beta*t))*lap(phi)";
    let late = "time t in (0, 1); dt(phi) = lap(phi)/(1 - t)";
    let cases = [
        (drift, "theta=1e-9", "1", -1.837_877_067_409_345_5, 0.500_000_000_5),
        (drift, "theta=-1e-12", "1", -1.837_877_066_408_345_5, 0.499_999_999_999_5),
        (drift, "theta=0", "1", -1.837_877_066_409_345_5, 0.5),
        (geometric, "R=1.000000001", "0.5", 23.490_558_956_525_157, 1.000_000_000_5),
        (sub, "beta=2", "1e-8", 33.617_190_060_375_49, 1e8),
        (late, "", "0.999999999", -5.562_281_269_553_466, 2.412_747_121_684_732e7),
    ];
    for (equation, set, t, log_p, velocity) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ {} }}\n", equation.replace("; ", "\n")));
        let mut arguments = vec!["kernel", "a.pde", "--dim", "2", "--t", t, "--r", "0"];
        arguments.extend((!set.is_empty()).then_some(["--set", set]).into_iter().flatten());
        let rows = genphys.run(&arguments).expect_code(0).csv("r,log_p,v_over_r,growth");
        for (printed, expected) in rows[0][1..].iter().zip([log_p, velocity]) {
            let expected: f64 = expected;
            assert!(printed.trim_start_matches('-').len() >= 10, "{arguments:?}: {printed}");
            let decimals = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            let unit = 10f64.powi(-(decimals as i32)) + 8.0 * f64::EPSILON * expected.abs();
            assert!((number(printed) - expected).abs() <= unit, "{arguments:?}: {printed} for {expected}");
        }
    }
}

#[test]
fn where_there_is_no_number_the_reason_is_told() {
    let genphys = Genphys::new()
        .with_file("still.pde", "pde still { dt(phi) = 0*lap(phi) }\n")
        .with_file("ratio.pde", "pde ratio { param R > 0 = 50\n dt(phi) = log(R)*R^(2*t)*lap(phi) }\n")
        .with_file("gamma.pde", "pde gamma { dt(phi) = -fourier(log(1 + k^2), phi) }\n")
        .with_file("heat.pde", HEAT);
    let checked = genphys.run(&["check", "still.pde", "--format", "json"]).expect_code(1);
    assert!(checked.stdout.contains("\"kernel\": null"), "{checked:?}");
    let call = |arguments: &[&str]| genphys.run(&[&["kernel"], arguments].concat());
    for arguments in [&["still.pde"][..], &["ratio.pde", "--set", "R=1"]] {
        let ended = call(&[arguments, &["--dim", "2", "--t", "1", "--r", "1"]].concat()).expect_code(1);
        assert!(ended.stderr.contains("stands still"), "{ended:?}");
    }
    // t < N/2: an infinite density at the source, and a finite one beside it.
    let ended = call(&["gamma.pde", "--dim", "3072", "--t", "1000", "--r", "0,1"]).expect_code(0);
    let rows = ended.csv("r,log_p,v_over_r,growth");
    assert!(rows[0][1] == "inf" && number(&rows[1][1]).is_finite(), "{rows:?}");
    assert!(ended.stderr.contains("the density is infinite"), "{ended:?}");
    for negative in ["-1", "-1,2", "1,-2"] {
        let ended = call(&["heat.pde", "--dim", "2", "--t", "1", "--r", negative]).expect_code(2);
        assert!(ended.stderr.contains("r is a distance"), "{ended:?}");
    }
    // One that has no value does not take the others away.
    let ended = genphys.run(&["dispersion", "heat.pde", "--k", "1e200,0,2,1e199"]).expect_code(0);
    let rows = ended.csv("k,branch,re_omega,im_omega,selected");
    assert_eq!(rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["0", "2"]);
    assert!(ended.stderr.contains("k = 1e200 and at 1 more is beyond the range of numbers"), "{ended:?}");
    let ended = genphys.run(&["dispersion", "heat.pde", "--k", "1e200"]).expect_code(2);
    assert!(ended.stderr.contains("beyond the range of numbers") && ended.stdout.is_empty(), "{ended:?}");
}

/// A variance-preserving process shrinks what it spreads: the numbers are in coordinates that shrink along.
#[test]
fn coordinates_that_move_along_are_told() {
    let source = "pde vp { dt(phi) = lap(phi) + div(x*phi) }\n";
    let genphys = Genphys::new().with_file("vp.pde", source);
    let ended = genphys.run(&["kernel", "vp.pde", "--dim", "2", "--t", "0.7", "--r", "0.3"]).expect_code(0);
    let row = &ended.csv("r,log_p,v_over_r,growth")[0];
    let told = ended.stderr.lines().find(|line| line.contains("x/S")).unwrap_or_default();
    let shift: f64 = told.rsplit("log_p + ").next().unwrap().trim().parse().unwrap();
    // The Gaussian of variance 1 - e^{-2t} around y e^{-t}, at the distance 0.3 e^{-t}.
    let (scale, variance) = ((-0.7f64).exp(), -(-1.4f64).exp_m1());
    let expected = -(2.0 * std::f64::consts::PI * variance).ln() - 0.5 * (0.3 * scale).powi(2) / variance;
    assert!((number(&row[1]) + shift - expected).abs() < 1e-5, "{ended:?} {expected}");
}

/// Far out, where no transform has digits left, and in the time that a table may take.
#[test]
fn inverted_kernels_have_numbers_as_far_as_they_are_asked() {
    let genphys = Genphys::new().with_file(
        "linnik.pde",
        "pde linnik { param alpha in (0, 2] = 1.5\n dt(phi) = -fourier(log(1 + k^alpha), phi) }\n",
    );
    for file in ["relativistic", "variance_gamma", "linnik.pde", "exponential_jumps"] {
        for dim in ["1", "64"] {
            let arguments = ["kernel", file, "--dim", dim, "--t", "0.7", "--r", "1e3,1e6,1e7,1e9,1e12"];
            let ended = genphys.run(&arguments).expect_code(0);
            let rows = ended.csv("r,log_p,v_over_r,growth");
            let logs: Vec<f64> = rows.iter().map(|row| number(&row[1])).collect();
            assert!(logs.windows(2).all(|pair| pair[1] < pair[0]) && rows.len() == 5, "{file} {dim}: {rows:?}");
            assert!(rows.iter().all(|row| number(&row[2]) > 0.0), "{file} {dim}: {rows:?}");
        }
    }
}

/// p = phi - lap(phi) with growth: births are in proportion to p, as those of the kernel are, and the flux is what is
/// left.
#[test]
fn growth_of_a_density_with_derivatives_is_that_of_its_kernel() {
    let equation = "pde a { param g = 0.3\n dt(phi) - dt(lap(phi)) = lap(phi) + g*phi }\n";
    let genphys = Genphys::new().with_file("a.pde", equation);
    let checked = genphys.run(&["check", "a.pde", "--verify"]);
    let verified = checked.stderr.lines().any(|line| line.contains("kernel") && line.contains("proved  the transform"));
    assert!(verified && checked.stdout.contains("R = -g*lap(phi) + g*phi"), "{checked:?}");
    assert!(!checked.stderr.contains("REJECTED"), "{checked:?}");
}

/// ln p far out and early, by Bessel functions and series in arbitrary precision: every digit printed is
/// right, the last one to one, and there are many.
#[test]
fn tails_of_inverted_laws_are_right_to_the_digits_printed() {
    let cases = [
        ("fourier(sqrt(k^2 + 1) - 1, phi)", "1", "0.7", "100", "-107.482124154188812"),
        ("fourier(sqrt(k^2 + 1) - 1, phi)", "1", "0.7", "1000", "-1010.93711695051444"),
        ("fourier(sqrt(k^2 + 1) - 1, phi)", "3", "0.7", "1000", "-1019.68125029108493"),
        ("fourier(sqrt(k^2 + 1) - 1, phi)", "1", "1e-12", "1", "-29.2834029499877007"),
        ("fraclap(phi, 1.5)", "1", "0.7", "1e9", "-53.3714601419611433"),
        ("fraclap(phi, 1.5)", "1", "1e-12", "1", "-28.8376417215818103"),
    ];
    for (operator, dim, t, r, expected) in cases {
        let genphys = Genphys::new().with_file("a.pde", &format!("pde a {{ dt(phi) = -{operator} }}\n"));
        let rows = genphys.run(&["kernel", "a.pde", "--dim", dim, "--t", t, "--r", r]).expect_code(0);
        let printed = &rows.csv("r,log_p,v_over_r,growth")[0][1];
        let (_, decimals) = printed.split_once('.').unwrap();
        let unit = 10f64.powi(-(decimals.len() as i32));
        let off = (number(printed) - number(expected)).abs();
        // The 17 digits of a double are all that is compared.
        assert!(off <= unit.max(f64::EPSILON * off.max(number(expected).abs())), "{operator}: {printed} {expected}");
        assert!(printed.len() >= 8, "{operator}: {printed}");
    }
}

/// Walkers of the telegraph equation are nowhere beyond the front, and some are all at it.
#[test]
fn a_front_has_its_points_and_nothing_beyond() {
    let walk = "pde walk {\n    param eps > 0 = 0.5\n    dim 1\n    dt(phi, 2) + 2*eps*dt(phi) = lap(phi)\n}\n";
    let genphys = Genphys::new().with_file("walk.pde", walk);
    let output = genphys.run(&["kernel", "walk.pde", "--dim", "1", "--t", "2", "--r", "1,2,3"]);
    let rows: Vec<&str> = output.stdout.lines().skip(1).collect();
    assert!(rows[1].contains(",inf,0.5"), "{rows:?}");
    assert!(rows[2].ends_with(",-inf,nan,0"), "{rows:?}");
    assert!(output.stderr.contains("at r = 3 the density is 0"), "{}", output.stderr);
}

/// Clocks without a closed form, against Simpson's rule and the formula of the Gaussian.
#[test]
fn clocks_by_quadrature() {
    type Case = (&'static str, &'static str, fn(f64) -> f64);
    let cases: [Case; 2] = [
        ("swings", "dt(phi) = exp(sin(t))*lap(phi)", |t| t.sin().exp()),
        // In coordinates that move along the clock is the integral of (1 + t) e^{2Θ}, Θ = t²/2.
        ("drifts", "dt(phi) = t*div(x*phi) + (1 + t)*lap(phi)", |t| (1.0 + t) * (t * t).exp()),
    ];
    for (name, equation, rate) in cases {
        let file = format!("{name}.pde");
        let genphys = Genphys::new().with_file(&file, &format!("pde {name} {{ {equation} }}\n"));
        for t in [0.05f64, 0.7, 2.0] {
            let panels = 2000;
            let h = t / f64::from(panels);
            let weight = |i: i32| {
                if i == 0 || i == panels {
                    1.0
                } else if i % 2 == 1 {
                    4.0
                } else {
                    2.0
                }
            };
            let clock = h / 3.0 * (0..=panels).map(|i| weight(i) * rate(h * f64::from(i))).sum::<f64>();
            let t = t.to_string();
            let ended = genphys.run(&["kernel", &file, "--dim", "3", "--t", &t, "--r", "0.4"]).expect_code(0);
            let row: Vec<f64> = ended.stdout.lines().nth(1).unwrap().split(',').map(|v| v.parse().unwrap()).collect();
            let log_p = -1.5 * (4.0 * std::f64::consts::PI * clock).ln() - 0.16 / (4.0 * clock);
            let velocity = rate(t.parse().unwrap()) / (2.0 * clock);
            assert!((row[1] - log_p).abs() < 1e-10, "{name}, t = {t}: {} {log_p}", row[1]);
            assert!((row[2] / velocity - 1.0).abs() < 1e-10, "{name}, t = {t}: {} {velocity}", row[2]);
        }
    }
}
