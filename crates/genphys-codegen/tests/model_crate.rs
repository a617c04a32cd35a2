//! The files of a model crate: what stands in them, that they are Rust, formatted, and always the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{FAMILIES, assert_formatted, derivation, file, model_crate, param, with_constant};
use genphys_codegen::{CrateError, CrateOptions, CrateRequest, GenphysSource, PlanError, crate_files};
use genphys_pde::derivation::Derivation;
use genphys_verify::SGenerative;

/// How the kernel of each family is made, without white space. That the models have the physics of their equations
/// is tested in numbers, by `crates/genphys/tests/generated_physics.rs`.
const KERNELS: [(&str, &str); 12] = [
    ("diffusion", "kernels::Heat::new(D)?"),
    ("poisson", "kernels::Poisson::new(1.0)?"),
    ("yukawa", "kernels::Yukawa::new(1.0,m)?"),
    ("pfgmpp", "kernels::PfgmPlusPlus::new(1.0,D)?"),
    ("screened_pfgmpp", "kernels::ScreenedPfgmPlusPlus::new(1.0,D,m)?"),
    ("levy", "kernels::Stable::new(1.0,alpha)?"),
    ("jump_diffusion", "kernels::LaplaceExponent::drift(D)?.with_jumps(rate,1.0)?"),
    ("relativistic", "kernels::LaplaceExponent::function(move|lambda|{(m.powi(2)+lambda).sqrt()-m})?"),
    ("variance_preserving", "kernels::Gaussian::isotropic(move|t:f64|(-(0.5*bmin*t+0.5*slope*t.powi(2)/2.0)).exp(),"),
    ("inverse_heat_dissipation", "kernels::Gaussian::anisotropic(move|_|1.0,move|t:f64|[[2.0*0.25*t,0.0,0.0,0.0],"),
    ("telegraph_line", "kernels::Telegraph::new(2.0*eps/2.0,1.0)?"),
    ("subdiffusion", "kernels::SpaceTimeFractional::new(D,2.0,beta)?"),
];

#[test]
fn the_kernel_of_each_family() {
    assert_eq!(FAMILIES.map(|(name, _)| name), KERNELS.map(|(name, _)| name));
    for (name, made) in KERNELS {
        let files = model_crate(&derivation(name));
        let code: String = file(&files, "src/pde.rs").split_whitespace().collect();
        assert!(code.contains(made), "{name}: {made} in\n{}", file(&files, "src/pde.rs"));
    }
}

/// One of them as a whole, to be read.
#[test]
fn the_files_of_yukawa() {
    let files = model_crate(&derivation("yukawa"));
    insta::assert_snapshot!("yukawa_pde", file(&files, "src/pde.rs"));
    insta::assert_snapshot!("yukawa_manifest", file(&files, "Cargo.toml"));
    insta::assert_snapshot!("yukawa_readme", file(&files, "README.md"));
}

#[test]
fn the_crate_has_the_files_of_the_interface() {
    let files = model_crate(&derivation("yukawa"));
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let expected = [
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "README.md",
        "genphys.json",
        "pdes/yukawa.derivation.json",
        "pdes/yukawa.pde",
        "rustfmt.toml",
        "src/main.rs",
        "src/pde.rs",
        "src/train.rs",
    ];
    assert_eq!(paths, expected);
    assert_eq!(file(&files, "pdes/yukawa.pde"), "pde a_model { dt(phi) = lap(phi) }\n");
    let stored: Derivation = serde_json::from_str(file(&files, "pdes/yukawa.derivation.json")).unwrap();
    assert_eq!(stored, derivation("yukawa"));
}

#[test]
fn every_rust_file_parses_is_formatted_and_is_the_same_twice() {
    for (name, _) in FAMILIES {
        let files = model_crate(&derivation(name));
        assert_eq!(files, model_crate(&derivation(name)));
        for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
            syn::parse_file(&file.content).unwrap_or_else(|error| panic!("{name} {}: {error}", file.path));
            assert_formatted(&format!("{name} {}", file.path), &file.content);
        }
    }
}

/// Names and numbers of parameters move every line break of the generated code.
#[test]
fn formatted_for_any_number_and_length_of_parameters() {
    for count in 0..10 {
        for length in [1, 4, 9, 16, 27] {
            let mut derivation = derivation("yukawa");
            derivation.pde.params = (0..count)
                .map(|at| {
                    let name: String = format!("{}{at}", "abcdefghijklmnopqrstuvwxyz_z".get(..length).unwrap());
                    let domain = ["> 0", "real", "in (0, 250.5]", "in [-1, 1e3]", "!= 0"][at % 5];
                    param(&name, domain, Some(0.5 + at as f64))
                })
                .collect();
            with_constant(&mut derivation, "mass", "1");
            let files = model_crate(&derivation);
            assert_formatted(&format!("{count} parameters of length {length}"), file(&files, "src/pde.rs"));
        }
    }
}

#[test]
fn constants_are_translated() {
    for (text, rust) in [
        ("m^2/(2*c)", "m.powi(2) / (2.0 * c)"),
        ("sqrt(m^2 + c)", "(m.powi(2) + c).sqrt()"),
        ("-(m - c)", "-(m - c)"),
        ("m - (c - 1)", "m - (c - 1.0)"),
        ("m/(c/2)", "m / (c / 2.0)"),
        ("2^m", "2f64.powf(m)"),
        ("m^(1/2)", "m.powf(1.0 / 2.0)"),
        ("m^0.5", "m.sqrt()"),
        ("(-m)^2", "(-m).powi(2)"),
        ("-m^2", "-m.powi(2)"),
        ("exp(-m)*log(c) + sin(m)*cos(pi)", "(-m).exp() * c.ln() + m.sin() * ::std::f64::consts::PI.cos()"),
    ] {
        let mut derivation = derivation("yukawa");
        derivation.pde.params = vec![param("m", "> 0", Some(1.0)), param("c", "> 0", Some(1.0))];
        with_constant(&mut derivation, "mass", text);
        let files = model_crate(&derivation);
        let code = file(&files, "src/pde.rs").replace("(\n            ", "(").replace("1.0,\n            ", "1.0, ");
        let code = code.replace(",\n        )?", ")?");
        assert!(code.contains(&format!("kernels::Yukawa::new(1.0, {rust})?")), "{text}: expected {rust} in\n{code}");
        assert_formatted(text, file(&files, "src/pde.rs"));
    }
}

#[test]
fn constants_that_are_no_numbers_are_refused() {
    for text in ["I*m", "n", "dt(phi)", "[m, m]"] {
        let mut derivation = derivation("yukawa");
        with_constant(&mut derivation, "mass", text);
        let error = plan_error(derivation);
        assert!(matches!(error, PlanError::Constant { .. }), "{text}: {error}");
    }
}

#[test]
fn a_death_rate_wraps_the_kernel() {
    let mut derivation = derivation("diffusion");
    derivation.pde.params.push(param("lambda", ">= 0", Some(0.25)));
    with_constant(&mut derivation, "decay", "lambda");
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    assert!(code.contains("kernel: kernels::Killed<kernels::Heat>,"), "{code}");
    assert!(code.contains("let kernel = kernels::Killed::new(kernel, lambda)?;"), "{code}");
    assert!(code.contains("self.kernel.growth_rate(dim, t, r)"), "{code}");
    assert_formatted("diffusion with death", code);
}

#[test]
fn a_fixed_parameter_is_no_argument() {
    let mut derivation = derivation("yukawa");
    derivation.pde.params[0].fixed = true;
    derivation.pde.params[0].value = Some(2.5);
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    assert!(code.contains("pub fn new() -> Result<Self, ParamError>"), "{code}");
    assert!(code.contains("let m: f64 = 2.5;"), "{code}");
    assert!(code.contains("vec![(\"m\", 2.5)]"), "{code}");
    assert_formatted("yukawa at m = 2.5", code);
}

#[test]
fn keywords_and_the_generators_own_names_can_be_parameters() {
    let mut derivation = derivation("yukawa");
    derivation.pde.params =
        ["m", "type", "kernel", "self", "t", "gen", "Some"].map(|name| param(name, "> 0", Some(1.0))).into();
    with_constant(&mut derivation, "mass", "m*kernel*t*Some");
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    // Fields keep the names of the equation; ours gets out of their way.
    assert!(code.contains("(\"type\", self.r#type)") && code.contains("(\"kernel\", self.kernel)"), "{code}");
    assert!(
        code.contains("kernel_: kernels::Yukawa") && code.contains("self.kernel_.growth_rate(dim, t, r)"),
        "{code}"
    );
    // So do variables, where nothing else has the name.
    assert!(code.contains("kernels::Yukawa::new(1.0, m * pde_kernel * t * pde_Some)?"), "{code}");
    syn::parse_file(code).unwrap();
    assert_formatted("hostile names", code);
}

#[test]
fn the_variable_of_an_exponent_is_no_parameter() {
    let mut derivation = derivation("relativistic");
    derivation.pde.params = vec![param("lambda", "> 0", Some(1.0))];
    with_constant(&mut derivation, "exponent", "sqrt(lambda^2 + lambda_) - lambda");
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    assert!(code.contains("move |lambda| {\n            (pde_lambda.powi(2) + lambda).sqrt() - pde_lambda"), "{code}");
}

#[test]
fn a_value_that_is_fixed_has_a_type_and_is_used() {
    let mut derivation = derivation("relativistic");
    derivation.pde.params = vec![param("m", "> 0", Some(2.0)), param("c", "> 0", Some(2.0))];
    derivation.pde.params.iter_mut().for_each(|param| param.fixed = true);
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    // Methods are called on it: it cannot be any float. One that the kernel does not need would be an unused variable.
    assert!(code.contains("let m: f64 = 2.0;") && !code.contains("let c"), "{code}");
}

#[test]
fn text_of_the_equation_cannot_leave_its_comment() {
    let mut derivation = derivation("yukawa");
    derivation.pde.title = Some("a */ b \" c \\ d [e](f) <g>\n# h".to_owned());
    derivation.c1.because = "first line\nsecond | line `open".to_owned();
    let files = model_crate(&derivation);
    let code = file(&files, "src/pde.rs");
    syn::parse_file(code).unwrap();
    assert_formatted("odd title", code);
    assert!(file(&files, "Cargo.toml").contains("<g>\\u000A# h\""));
}

#[test]
fn without_a_kernel_the_error_names_the_families() {
    let mut derivation = derivation("yukawa");
    derivation.kernel = None;
    let error = plan_error(derivation);
    assert!(error.to_string().contains("has no model of it: "), "{error}");
}

#[test]
fn a_program_needs_a_value_for_every_parameter() {
    let mut derivation = derivation("yukawa");
    derivation.pde.params[0].value = None;
    let CrateError::NoValue { param, .. } = crate_error(derivation.clone()) else { panic!("no NoValue") };
    assert_eq!(param, "m");
    derivation.pde.params[0].value = Some(-1.0);
    assert!(matches!(plan_error(derivation), PlanError::Default { .. }));
}

#[test]
fn where_genphys_is() {
    let proof = SGenerative::unchecked(derivation("poisson")).unwrap();
    for (genphys, line) in [
        (GenphysSource::Path("a/b".into()), "genphys = { path = \"a/b\", default-features = false }"),
        (
            GenphysSource::Git { url: "https://example.org/genphys".into(), rev: "abc".into() },
            "genphys = { git = \"https://example.org/genphys\", rev = \"abc\", default-features = false }",
        ),
        (GenphysSource::Version("0.1.0".into()), "genphys = { version = \"0.1.0\", default-features = false }"),
    ] {
        let request =
            CrateRequest { name: "p", source: "", genphys: &genphys, lock: None, options: &CrateOptions::default() };
        let files = crate_files(&proof, &request).unwrap();
        assert!(file(&files, "Cargo.toml").contains(line));
        assert!(files.iter().all(|file| file.path != "Cargo.lock"));
    }
}

fn crate_error(derivation: Derivation) -> CrateError {
    let proof = SGenerative::unchecked(derivation).unwrap();
    let genphys = GenphysSource::Version("0.1.0".into());
    let request =
        CrateRequest { name: "a-model", source: "", genphys: &genphys, lock: None, options: &CrateOptions::default() };
    crate_files(&proof, &request).unwrap_err()
}

fn plan_error(derivation: Derivation) -> PlanError {
    match crate_error(derivation) {
        CrateError::Plan(error) => error,
        other => panic!("expected a plan error, got {other}"),
    }
}

/// A clock without a closed form is integrated from its rate, inside of the times of the equation.
#[test]
fn a_clock_by_its_rate() {
    for (end, span) in [(None, "f64::INFINITY"), (Some("2"), "2.0")] {
        let derivation = derivation("levy");
        let mut tree = serde_json::to_value(&derivation).unwrap();
        let clock = [("clock_rate", "exp(alpha*sin(t))"), ("scale", "1"), ("mean", "0"), ("log_mass", "0")];
        for (name, text) in clock.into_iter().chain(end.map(|end| ("end", end))) {
            tree["kernel"]["parameters"][name] = text.into();
        }
        let derivation: Derivation = serde_json::from_value(tree).unwrap();
        let files = model_crate(&derivation);
        let text = file(&files, "src/pde.rs");
        let code: String = text.split_whitespace().collect();
        let made = format!(
            "kernels::Clocked::by_rate(kernels::Span::new(0.0,{span})?,kernel,move|t:f64|(alpha*t.sin()).exp()"
        );
        assert!(code.contains(&made), "{made} in\n{text}");
        assert!(code.contains("kernel:kernels::Clocked<kernels::Stable>"), "{text}");
        assert_formatted("a clock by its rate", text);
    }
}
