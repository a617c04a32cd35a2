//! Generated models against the physics they come from: densities against the numerically inverted transform of the
//! equation itself, which `genphys-verify` evaluates from its syntax tree and which shares nothing with the generator;
//! velocity and growth by the continuity equation; and the reference values of the kernels.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use genphys::{GenerativePde, Spreading, genphys_pde};
use genphys_pde::verdict::Problem;
use genphys_verify::numeric::Model;
use std::collections::BTreeMap;
use std::path::Path;

macro_rules! shipped {
    ($($type:ident $file:literal)*) => {
        $(
            #[genphys_pde($file)]
            struct $type;
        )*

        /// Every shipped equation that becomes a model with its default parameters, and its file.
        fn models() -> Vec<(&'static str, Box<dyn GenerativePde>)> {
            vec![$(($file, Box::new($type::with_defaults().unwrap()) as Box<dyn GenerativePde>)),*]
        }
    };
}

shipped! {
    AdvectionDiffusion "../../pdes/advection_diffusion.pde"
    Anisotropic "../../pdes/anisotropic.pde"
    DecayingDiffusion "../../pdes/decaying_diffusion.pde"
    Diffusion "../../pdes/diffusion.pde"
    EdmTime "../../pdes/edm_time.pde"
    ExponentialJumps "../../pdes/exponential_jumps.pde"
    FlowMatching "../../pdes/flow_matching.pde"
    FractionalPoisson "../../pdes/fractional_poisson.pde"
    GaussianJumps "../../pdes/gaussian_jumps.pde"
    InverseHeatDissipation "../../pdes/inverse_heat_dissipation.pde"
    JumpDiffusion "../../pdes/jump_diffusion.pde"
    Levy "../../pdes/levy.pde"
    OrnsteinUhlenbeck "../../pdes/ornstein_uhlenbeck.pde"
    Pfgmpp "../../pdes/pfgmpp.pde"
    Poisson "../../pdes/poisson.pde"
    Relativistic "../../pdes/relativistic.pde"
    ScreenedPfgmpp "../../pdes/screened_pfgmpp.pde"
    Sobolev "../../pdes/sobolev.pde"
    SubVp "../../pdes/sub_vp.pde"
    Subdiffusion "../../pdes/subdiffusion.pde"
    TelegraphLine "../../pdes/telegraph_line.pde"
    TemperedLevy "../../pdes/tempered_levy.pde"
    VarianceExploding "../../pdes/variance_exploding.pde"
    VarianceGamma "../../pdes/variance_gamma.pde"
    VariancePreserving "../../pdes/variance_preserving.pde"
    VeGeometric "../../pdes/ve_geometric.pde"
    VpCosine "../../pdes/vp_cosine.pde"
    VpLinear "../../pdes/vp_linear.pde"
    Yukawa "../../pdes/yukawa.pde"
}

/// The equation with the parameters of the model, evaluated without engine and generator.
fn independent(file: &str, model: &dyn GenerativePde) -> (Model, Problem) {
    let text = std::fs::read(file).unwrap();
    let pde = genphys_pde::read(&text).unwrap().pde;
    let params: BTreeMap<String, f64> = model.params().into_iter().map(|(name, v)| (name.to_owned(), v)).collect();
    let json = std::fs::read_to_string(Path::new(file).with_extension("derivation.json")).unwrap();
    let derivation: genphys_pde::derivation::Derivation = serde_json::from_str(&json).unwrap();
    (Model::new(&pde, &params).unwrap(), derivation.problem)
}

#[test]
fn no_shipped_equation_is_left_out() {
    let mut proven = 0;
    for entry in std::fs::read_dir("../../pdes").unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().ends_with(".derivation.json") {
            let text = std::fs::read_to_string(path).unwrap();
            let derivation: genphys_pde::derivation::Derivation = serde_json::from_str(&text).unwrap();
            proven += usize::from(derivation.makes_a_model());
        }
    }
    assert_eq!(models().len(), proven);
}

#[test]
fn densities_are_the_inverted_transform_of_the_equation() {
    let mut compared = BTreeMap::new();
    for (file, model) in models() {
        if model.distance(&[3.0, 4.0, 0.0, 0.0][..2.max(*model.dims().start()).min(4)]) != 5.0 {
            // Not the same in all directions: below.
            continue;
        }
        if genphys_pde::read(&std::fs::read(file).unwrap()).unwrap().pde.has_memory() {
            // No wave is an exponential of the time: `genphys-kernels/tests/space_time_fractional.rs` inverts it.
            continue;
        }
        let (equation, problem) = independent(file, &*model);
        if equation.least_dimension() > 1 {
            // A drift in a direction of its own, which the model's coordinates follow and these do not.
            continue;
        }
        if model.end() == 1.0 {
            // A named schedule, in closed form in `schedules.rs`.
            continue;
        }
        // Coefficients in t are accumulated there by a quadrature of its own, slow and good to three digits.
        let changing = ["edm", "variance_", "ornstein"].iter().any(|part| model.name().contains(part));
        let changing = changing && model.name() != "variance_gamma";
        let (times, accuracy): (&[f64], f64) = if changing { (&[0.4], 1e-3) } else { (&[0.4, 1.1], 1e-6) };
        for dim in 1..=if changing { 1 } else { 3 } {
            if !model.dims().contains(&dim) || model.spreading() == Spreading::PerCoordinate {
                continue;
            }
            for &t in times {
                for factor in [0.4, 1.0, 2.2] {
                    let r = factor * model.sigma(t);
                    let Some((expected, error)) = equation.density(dim as u32, t, r, problem) else { continue };
                    let found = model.log_density(dim, t, r).exp();
                    let tolerance = 10.0 * error + accuracy * expected;
                    assert!(
                        (found - expected).abs() < tolerance,
                        "{file}, N = {dim}, t = {t}, r = {r}: {found} against {expected}, error {error:e}"
                    );
                    *compared.entry(model.name().to_owned()).or_insert(0) += 1;
                }
            }
        }
    }
    // Bounded exponents leave a share of the mass behind, and no transform of them can be inverted this way.
    assert!(compared.len() >= 13 && compared.values().all(|count| *count >= 3), "{compared:?}");
}

/// ∂p/∂t + ∇·(p v) = g p, with ∇·(p a z)/p = N a + r ∂a/∂r + a r ∂ln p/∂r, relative to the sum of its terms.
#[test]
fn velocity_and_growth_fulfil_the_continuity_equation() {
    for (file, model) in models() {
        // Steps of a distribution function between nodes.
        let tolerance = if file.contains("gaussian_jumps") || file.contains("jump_diffusion") { 2e-2 } else { 2e-5 };
        for dim in 1..=4usize {
            if !model.dims().contains(&dim) || model.spreading() == Spreading::PerCoordinate && dim > 1 {
                continue;
            }
            for t in if model.end() == 1.0 { [0.4, 0.8] } else { [0.4, 1.1] } {
                for factor in [0.4, 1.0, 1.9] {
                    let (r, h) = (factor * model.sigma(t) * (dim as f64).sqrt(), 1e-3);
                    let log = |t: f64, r: f64| model.log_density(dim, t, r);
                    if log(t * (1.0 - h), r * (1.0 + h)) == f64::NEG_INFINITY {
                        continue;
                    }
                    let a = |r: f64| model.velocity_over_r(dim, t, r);
                    let slope = |f: &dyn Fn(f64) -> f64, x: f64| {
                        let difference = |h: f64| f(x * (1.0 + h)) - f(x * (1.0 - h));
                        (8.0 * difference(h) - difference(2.0 * h)) / (12.0 * h * x)
                    };
                    let terms = [
                        slope(&|t| log(t, r), t),
                        dim as f64 * a(r),
                        r * slope(&a, r),
                        a(r) * r * slope(&|r| log(t, r), r),
                        -model.growth_rate(dim, t, r),
                    ];
                    let (sum, size) = (terms.iter().sum::<f64>(), terms.iter().map(|x| x.abs()).sum::<f64>());
                    assert!(sum.abs() < tolerance * size, "{file}, N = {dim}, t = {t}, r = {r}: {sum:e} of {size:e}");
                }
            }
        }
    }
}

/// The anisotropic ones: the exponent of the Gaussian is the quadratic form of the equation.
#[test]
fn anisotropic_densities_have_the_covariance_of_the_equation() {
    // φ_t = ∇·A∇φ: covariance 2At.
    let model = Anisotropic::with_defaults().unwrap();
    let (t, z) = (0.7, [0.9, -0.4]);
    let (a, b, d) = (2.0 * 2.0 * t, 2.0 * 0.5 * t, 2.0 * 1.0 * t);
    let determinant = a * d - b * b;
    let form = (d * z[0] * z[0] - 2.0 * b * z[0] * z[1] + a * z[1] * z[1]) / determinant;
    let expected = -0.5 * form - (2.0 * std::f64::consts::PI).ln() - 0.5 * f64::ln(determinant);
    let found = model.log_density(2, t, model.distance(&z));
    assert!((found - expected).abs() < 1e-10, "{found} against {expected}");

    let model = InverseHeatDissipation::with_defaults().unwrap();
    let (rates, z) = ([0.25, 1.0, 1.0, 2.0], [0.3, -0.2, 0.5, 1.0]);
    let expected: f64 = rates
        .iter()
        .zip(z)
        .map(|(rate, z): (&f64, f64)| {
            let variance = 2.0 * rate * t;
            -0.5 * (z * z / variance + (2.0 * std::f64::consts::PI * variance).ln())
        })
        .sum();
    let found = model.log_density(4, t, model.distance(&z));
    assert!((found - expected).abs() < 1e-10, "{found} against {expected}");
}

#[test]
fn the_reference_values_of_the_kernels() {
    let text = include_str!("../../genphys-kernels/tests/data/kernels.csv");
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let model: Box<dyn GenerativePde> = match fields[0] {
            "heat" => Box::new(Diffusion::new(1.0).unwrap()),
            "poisson" => Box::new(Poisson::new().unwrap()),
            "pfgmpp" => Box::new(Pfgmpp::new(number(1)).unwrap()),
            "yukawa" => Box::new(Yukawa::new(number(1)).unwrap()),
            other => panic!("unknown family {other}"),
        };
        let (dim, t, r) = (fields[2].parse().unwrap(), number(3), number(4));
        let found = [model.log_density(dim, t, r), model.velocity_over_r(dim, t, r), model.growth_rate(dim, t, r)];
        for (found, expected) in found.into_iter().zip([number(5), number(6), number(7)]) {
            assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{line}: {found}");
        }
        rows += 1;
    }
    assert_eq!(rows, 126);
}

/// What `genphys kernel` prints for the same equations, computed there to all digits from the derivation's constants
/// and not by generated code. Both are along the first coordinate.
#[test]
fn the_numbers_of_the_command() {
    let text = include_str!("../../genphys-cli/tests/data/kernels_of_models.csv");
    let models: BTreeMap<String, Box<dyn GenerativePde>> =
        models().into_iter().map(|(_, model)| (model.name().to_owned(), model)).collect();
    let mut seen = std::collections::BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |i: usize| fields[i].parse::<f64>().unwrap();
        let (model, dim, t) = (&models[fields[0]], number(1) as usize, number(2));
        let mut z = vec![0.0; dim];
        z[0] = number(3);
        let r = model.distance(&z);
        let found = [model.log_density(dim, t, r), model.velocity_over_r(dim, t, r), model.growth_rate(dim, t, r)];
        for (found, expected) in found.into_iter().zip([number(4), number(5), number(6)]) {
            // Inverted laws are tables here.
            assert!((found - expected).abs() <= 2e-5 * expected.abs().max(1.0), "{line}: {found}");
        }
        seen.insert(fields[0]);
    }
    assert_eq!(seen.len(), models.len());
}

/// The conservative rewrite: the same density of mass one, carried without births and deaths.
#[test]
fn the_conservative_rewrite_of_yukawa() {
    #[genphys_pde("../../pdes/yukawa.pde", conservative)]
    struct Conservative;

    let (model, flux) = (Conservative::new(1.3).unwrap(), Yukawa::new(1.3).unwrap());
    // theory, section 7: the published value.
    let found = model.velocity_over_r(3, 0.7, 0.9);
    assert!((found - 0.957_346_307_506).abs() < 1e-6, "{found}");
    assert!(model.conserves_particles() && !flux.conserves_particles());
    for r in [0.2, 1.0, 4.0] {
        let (found, expected) = (model.log_density(3, 0.7, r), flux.log_density(3, 0.7, r) + 1.3 * 0.7);
        assert!((found - expected).abs() < 1e-6, "{r}: {found} {expected}");
    }
}

#[test]
fn generic_parameters_and_one_dimension() {
    #[genphys_pde("../../pdes/diffusion.pde", dim = 2)]
    #[derive(Clone)]
    struct Tagged<'a, T: Send, const N: usize>
    where
        T: 'a,
    {
        D: f64,
    }

    fn assert_model<P: GenerativePde>(_: &P) {}
    let model: Tagged<'static, String, 3> = Tagged::new(0.5).unwrap();
    assert_model(&model);
    assert_eq!((model.D, model.dims()), (0.5, 2..=2));
}
