//! The noise schedules of the literature are one law in several clocks: scale and deviation against the formulas of the
//! papers, marginals and velocity fields against each other.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys::{GenerativePde, genphys_pde};
use genphys_pde::derivation::{Derivation, KernelSpec};
use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_2, PI};

#[genphys_pde("../../pdes/vp_linear.pde")]
struct VpLinear;
#[genphys_pde("../../pdes/vp_cosine.pde")]
struct VpCosine;
#[genphys_pde("../../pdes/sub_vp.pde")]
struct SubVp;
#[genphys_pde("../../pdes/ve_geometric.pde")]
struct VeGeometric;
#[genphys_pde("../../pdes/edm_time.pde")]
struct EdmTime;
#[genphys_pde("../../pdes/flow_matching.pde")]
struct FlowMatching;

/// What a paper says of its schedule: x = s(t) y + deviation(t) noise, dx = f(t) x dt + g(t) dw.
struct Paper {
    scale: fn(f64) -> f64,
    deviation: fn(f64) -> f64,
    drift: fn(f64) -> f64,
    diffusion_squared: fn(f64) -> f64,
}

/// β(t) from 0.1 to 20 and its integral.
fn beta(t: f64) -> f64 {
    0.1 + 19.9 * t
}
fn b(t: f64) -> f64 {
    0.1 * t + 19.9 * t * t / 2.0
}

/// The angle of the cosine schedule, with the offset 0.008.
fn angle(t: f64) -> f64 {
    FRAC_PI_2 * (t + 0.008) / 1.008
}

/// Every schedule with its shipped equation, its model, and what its paper says.
fn schedules() -> Vec<(&'static str, Box<dyn GenerativePde>, Paper)> {
    vec![
        // Song et al., arXiv 2011.13456, equations 29 to 33 and appendix C.
        (
            "vp_linear",
            Box::new(VpLinear::with_defaults().unwrap()),
            Paper {
                scale: |t| (-0.5 * b(t)).exp(),
                deviation: |t| (-(-b(t)).exp_m1()).sqrt(),
                drift: |t| -0.5 * beta(t),
                diffusion_squared: beta,
            },
        ),
        (
            "sub_vp",
            Box::new(SubVp::with_defaults().unwrap()),
            Paper {
                scale: |t| (-0.5 * b(t)).exp(),
                deviation: |t| -(-b(t)).exp_m1(),
                drift: |t| -0.5 * beta(t),
                diffusion_squared: |t| beta(t) * -(-2.0 * b(t)).exp_m1(),
            },
        ),
        (
            "ve_geometric",
            Box::new(VeGeometric::with_defaults().unwrap()),
            Paper {
                scale: |_| 1.0,
                deviation: |t| 0.01 * (2.0 * t * 5000f64.ln()).exp_m1().sqrt(),
                drift: |_| 0.0,
                diffusion_squared: |t| 1e-4 * 2.0 * 5000f64.ln() * 5000f64.powf(2.0 * t),
            },
        ),
        // Nichol, Dhariwal, arXiv 2102.09672, equation 17: ᾱ = cos²(w(t))/cos²(w(0)), and β = −d ln ᾱ/dt.
        (
            "vp_cosine",
            Box::new(VpCosine::with_defaults().unwrap()),
            Paper {
                scale: |t| angle(t).cos() / angle(0.0).cos(),
                deviation: |t| (1.0 - (angle(t).cos() / angle(0.0).cos()).powi(2)).sqrt(),
                drift: |t| -0.5 * PI / 1.008 * angle(t).tan(),
                diffusion_squared: |t| PI / 1.008 * angle(t).tan(),
            },
        ),
        // Karras et al., arXiv 2206.00364, table 1.
        (
            "edm_time",
            Box::new(EdmTime::with_defaults().unwrap()),
            Paper { scale: |_| 1.0, deviation: |t| t, drift: |_| 0.0, diffusion_squared: |t| 2.0 * t },
        ),
        // Lipman et al., arXiv 2210.02747, example II with σ_min = 0 and the time turned round.
        (
            "flow_matching",
            Box::new(FlowMatching::with_defaults().unwrap()),
            Paper {
                scale: |t| 1.0 - t,
                deviation: |t| t,
                drift: |t| -1.0 / (1.0 - t),
                diffusion_squared: |t| 2.0 * t / (1.0 - t),
            },
        ),
    ]
}

const TIMES: [f64; 6] = [1e-3, 0.05, 0.3, 0.6, 0.9, 0.999];

#[test]
fn scale_and_deviation_are_those_of_the_papers() {
    for (name, model, paper) in schedules() {
        let json = std::fs::read_to_string(format!("../../pdes/{name}.derivation.json")).unwrap();
        let derivation: Derivation = serde_json::from_str(&json).unwrap();
        let kernel = derivation.kernel.unwrap();
        let KernelSpec::Gaussian { scale, covariance, mean, log_mass } = &kernel.constants.spec else {
            panic!("{name}: {:?}", kernel.constants.spec);
        };
        assert!(mean.is_zero() && log_mass.is_zero(), "{name}");
        let params = model.params().into_iter().map(|(name, value)| (name.to_owned(), value));
        let mut values: BTreeMap<String, f64> = params.collect();
        for t in TIMES {
            values.insert("t".into(), t);
            let at = |expression: &genphys_pde::expression::Expression| {
                genphys_pde::evaluate_real(expression.tree(), &values).unwrap()
            };
            let (s, deviation) = ((paper.scale)(t), (paper.deviation)(t));
            // Differences such as 1 − e^{−B} lose digits at small times here; a model writes them as exp_m1.
            let lost = 1e-15 / deviation.powi(2);
            assert!((at(scale) / s - 1.0).abs() < 1e-12, "{name}, t = {t}: {} {s}", at(scale));
            assert!((at(covariance) / deviation.powi(2) - 1.0).abs() < 1e-12 + lost, "{name}, t = {t}");
            let sigma = deviation / s;
            assert!((model.sigma(t) / sigma - 1.0).abs() < 1e-12 + 1e-16 / deviation.powi(2), "{name}, t = {t}");
        }
    }
}

/// In coordinates u = x/s, by the noise level σ, all of them are diffusion in EDM's time.
#[test]
fn marginals_are_the_same_law_at_the_same_noise_level() {
    let edm = EdmTime::with_defaults().unwrap();
    for (name, model, _) in schedules() {
        for sigma in [0.02, 0.5, 3.0, 25.0] {
            let t = model.time(sigma);
            assert!((model.sigma(t) / sigma - 1.0).abs() < 1e-11, "{name}, sigma = {sigma}: {t}");
            for r in [0.0, 0.7 * sigma, 3.0 * sigma] {
                let (found, expected) = (model.log_density(2, t, r), edm.log_density(2, sigma, r));
                assert!((found - expected).abs() < 1e-10, "{name}, sigma = {sigma}, r = {r}: {found} {expected}");
            }
            // One flow: J/(p r) = d ln σ/dt.
            let h = 1e-5 * sigma;
            let rate = 2.0 * h / sigma / (model.time(sigma + h) - model.time(sigma - h));
            assert!((model.velocity_over_r(2, t, sigma) / rate - 1.0).abs() < 1e-6, "{name}, sigma = {sigma}");
        }
    }
}

const DATA: [[f64; 2]; 3] = [[1.0, 0.2], [-0.7, 0.9], [0.1, -1.1]];

/// E[y | x] and ∇ ln p at x by direct summation over the data, for x = s y + deviation·noise.
fn mean_and_score(x: [f64; 2], s: f64, deviation: f64) -> ([f64; 2], [f64; 2]) {
    let square = |y: &[f64; 2]| (x[0] - s * y[0]).powi(2) + (x[1] - s * y[1]).powi(2);
    let least = DATA.iter().map(square).fold(f64::INFINITY, f64::min);
    let weights = DATA.map(|y| (-0.5 * (square(&y) - least) / deviation.powi(2)).exp());
    let total: f64 = weights.iter().sum();
    let mean = [0, 1].map(|i| DATA.iter().zip(weights).map(|(y, w)| w * y[i]).sum::<f64>() / total);
    let score = [0, 1].map(|i| (s * mean[i] - x[i]) / deviation.powi(2));
    (mean, score)
}

/// The model's field, taken back from coordinates that move along, is the probability flow of the paper's stochastic
/// equation, dx/dt = f x − g² ∇ ln p/2, and for flow matching the mean of noise − y.
#[test]
fn velocity_fields_are_those_of_the_papers() {
    for (name, model, paper) in schedules() {
        for t in [0.05, 0.3, 0.6, 0.9] {
            let (s, deviation) = ((paper.scale)(t), (paper.deviation)(t));
            for u in [[0.3, -0.4], [1.4, 0.2], [-0.9, 1.0]] {
                let x = u.map(|u: f64| s * u);
                let (mean, score) = mean_and_score(x, s, deviation);
                let mut moving = [0.0; 2];
                model.velocity(&u, &mean, t, &mut moving);
                let parts = [0, 1].map(|i| [(paper.drift)(t) * x[i], -0.5 * (paper.diffusion_squared)(t) * score[i]]);
                let size: f64 = parts.as_flattened().iter().map(|part| part.abs()).sum();
                for i in 0..2 {
                    // x = s u, and s′ = f s.
                    let found = s * moving[i] + (paper.drift)(t) * x[i];
                    let expected = parts[i][0] + parts[i][1];
                    assert!((found - expected).abs() < 1e-7 * size, "{name}, t = {t}, u = {u:?}: {found} {expected}");
                    if name == "flow_matching" {
                        // Noise = (x − (1 − t) y)/t.
                        let expected = (x[i] - (1.0 - t) * mean[i]) / t - mean[i];
                        assert!((found - expected).abs() < 1e-7 * size, "t = {t}, u = {u:?}: {found} {expected}");
                    }
                }
            }
        }
    }
}

/// What the end of the time leaves: a finite interval has a largest noise level, a clock that runs off has none.
#[test]
fn ends_of_the_time() {
    for (name, model, paper) in schedules() {
        let last = match name {
            "edm_time" => {
                assert_eq!(model.end(), f64::INFINITY);
                continue;
            }
            // s = 0 at the end.
            "vp_cosine" | "flow_matching" => f64::INFINITY,
            _ => (paper.deviation)(1.0) / (paper.scale)(1.0),
        };
        assert_eq!(model.end(), 1.0, "{name}");
        let found = model.sigma(1.0);
        let agrees = if last.is_finite() { (found / last - 1.0).abs() < 1e-12 } else { found > 1e15 };
        assert!(agrees, "{name}: {found} {last}");
        // A level that is not reached is asked for at the end.
        assert!(last.is_infinite() || model.time(2.0 * last) == 1.0, "{name}");
        let early = model.sigma(1e-12);
        assert!((0.0..1e-4).contains(&early), "{name}: {early}");
    }
}
