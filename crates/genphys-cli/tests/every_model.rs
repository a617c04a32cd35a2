//! Every s-generative equation becomes a model: those that are shipped, and ten random ones. Their generated code is
//! compiled as the modules of one crate, trained for a few steps, and sampled.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "../../genphys-symbolic/tests/random/mod.rs"]
mod random;

use common::{Ended, Genphys, ended};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const LIBRARIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/model-crates");
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pdes");

/// Random equations that must become models.
const RANDOM: usize = 10;

/// Clocks, drift and shapes on kernels that are no Gaussians, and times that end, which few draws have.
const FURTHER: [&str; 15] = [
    "dt(phi) = -t*fraclap(phi, 1.5)",
    "param theta > 0 = 0.5; dt(phi) = theta*div(x*phi) - fraclap(phi, 1.2) - t*phi",
    "param v = 1; dim 2; dt(phi) + dot([v, 0], grad(phi)) = -1/(1 + t)*fourier(log(1 + k^2), phi)",
    "dim 2; dt(phi, 2) + 2*dt(phi) + d(phi, x1, 2) + 2*d(phi, x2, 2) + d(d(phi, x1), x2) = 0",
    "time t in (0, 1]; dt(phi) = lap(phi)",
    "time t in (0, 1]; dt(phi) = 2*t*lap(phi)",
    "time t in (0, 1]; param theta > 0 = 1; dt(phi) = theta*div(x*phi) + lap(phi)",
    "time t in (0, 2]; param D > 0 = 64; dt(phi, 2) + (D - 1)/t*dt(phi) + lap(phi) = 0",
    "time t in (0, 1]; dt(phi) = -fraclap(phi, 1.5)",
    "time t in (0, 1]; dt(phi) = -2*t*fraclap(phi, 1.5)",
    "time t in (0, 2]; param m > 0 = 1; dt(phi, 2) + lap(phi) - m^2*phi = 0",
    "dt(phi) = exp(sin(t))*lap(phi)",
    "time t in (0, 1]; param b > 0 = 2; dt(phi) = b*t*div(x*phi) + (1 + t)*lap(phi)",
    "dt(phi) = -exp(sin(t))*fraclap(phi, 1.3)",
    "param m > 0 = 1; dim 3; dt(phi, 2) + 2*d(phi, x1, 2) + d(phi, x2, 2) + d(phi, x3, 2) - m^2*phi = 0",
];

/// An equation with the dimension of the data that it is tried on.
struct Case {
    name: String,
    dim: usize,
}

/// The case of a derivation, if it is s-generative, or would be if its time did not end.
fn case(derivation: &Value) -> Option<Case> {
    let read: genphys_pde::derivation::Derivation = serde_json::from_value(derivation.clone()).unwrap();
    read.makes_a_model().then(|| {
        let dim = derivation["pde"]["dim"].as_str().unwrap();
        let dim = dim.split("..").next().and_then(|first| first.parse().ok()).unwrap_or(2);
        Case { name: derivation["pde"]["name"].as_str().unwrap().to_owned(), dim }
    })
}

/// About one in twenty is s-generative without a kernel that the derivation could name, or a telegraph equation with a
/// mass; docs/generated-code.md says which. All others must become models.
fn has_model(derivation: &Value) -> bool {
    let kernel = &derivation["kernel"];
    !kernel.is_null() && (kernel["family"] != "telegraph" || kernel["parameters"]["mass"] == "0")
}

fn checked(genphys: &Genphys, files: &[String]) -> Vec<Value> {
    let mut arguments = vec!["check", "--format", "json"];
    arguments.extend(files.iter().map(String::as_str));
    let value = genphys.run(&arguments).json();
    value.as_array().cloned().unwrap_or_else(|| vec![value])
}

/// Copies the shipped equations, and draws random ones until enough of them are s-generative.
fn cases(genphys: &Genphys) -> Vec<Case> {
    let mut files: Vec<String> = std::fs::read_dir(SHIPPED)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "pde"))
        .collect();
    files.sort();
    for file in &files {
        std::fs::copy(Path::new(SHIPPED).join(file), genphys.path(file)).unwrap();
    }
    let mut cases: Vec<Case> = checked(genphys, &files).iter().filter_map(case).collect();
    assert!(cases.len() >= 20, "{}", cases.len());

    let further: Vec<String> = (0..FURTHER.len()).map(|i| format!("further{i}.pde")).collect();
    for (file, text) in further.iter().zip(FURTHER) {
        let name = file.trim_end_matches(".pde");
        std::fs::write(genphys.path(file), format!("pde {name} {{ {text} }}\n")).unwrap();
    }
    let found: Vec<Case> = checked(genphys, &further).iter().filter_map(case).collect();
    assert_eq!(found.len(), FURTHER.len());
    cases.extend(found);

    let seed = std::env::var("GENPHYS_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_124);
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let (shipped, mut drawn) = (cases.len(), 0);
    while cases.len() < shipped + RANDOM {
        let files: Vec<String> = (0..40)
            .map(|_| {
                drawn += 1;
                let (name, text) = (format!("random{drawn}"), random::draw(&mut rng));
                std::fs::write(genphys.path(&format!("{name}.pde")), format!("pde {name} {{ {text} }}\n")).unwrap();
                format!("{name}.pde")
            })
            .collect();
        cases.extend(checked(genphys, &files).iter().filter(|found| has_model(found)).filter_map(case));
    }
    cases.truncate(shipped + RANDOM);
    cases
}

/// One crate with the generated code of every case as a module, and a program that takes the name of one first.
fn write_crate(genphys: &Genphys, cases: &[Case]) {
    let mut modules = String::new();
    let mut arms = String::new();
    for case in cases {
        let Case { name, .. } = case;
        let folder = format!("crates/{name}");
        let text = std::fs::read_to_string(genphys.path(&format!("{name}.pde"))).unwrap();
        let made = genphys.run(&["new", &folder, "--pde", &format!("{name}.pde")]);
        assert_eq!(made.code, 0, "{text}\n{made:?}");
        writeln!(modules, "#[path = \"../../{name}/src/pde.rs\"]\nmod {name};").unwrap();
        writeln!(arms, "        \"{name}\" => run(arguments, &{name}::model().map_err(|e| e.to_string())?),").unwrap();
    }
    let main = format!(
        r#"#![deny(warnings)]

{modules}
#[path = "train.rs"]
mod train;

fn run(arguments: Vec<String>, pde: &dyn genphys::GenerativePde) -> Result<String, String> {{
    genphys::app::run(arguments.into_iter().map(Into::into).collect::<Vec<_>>(), pde, train::training_loss, train::NETWORK).map_err(|e| e.to_string())
}}

fn choose() -> Result<String, String> {{
    let mut arguments: Vec<String> = std::env::args().collect();
    match arguments.remove(1).as_str() {{
{arms}        other => Err(format!("no model {{other}}")),
    }}
}}

fn main() -> std::process::ExitCode {{
    match choose() {{
        Ok(_) => std::process::ExitCode::SUCCESS,
        Err(error) => {{
            eprintln!("{{error}}");
            std::process::ExitCode::FAILURE
        }}
    }}
}}
"#
    );
    std::fs::write(genphys.path(&format!("crates/{}/src/main.rs", cases[0].name)), main).unwrap();
}

fn ran(command: &mut Command) -> Ended {
    ended(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

/// Formatted, and free of what clippy says when it is asked to be pedantic; it would have the name GenPhys in
/// backticks.
fn looked_over(genphys: &Genphys, cases: &[Case], host: &Path) {
    let files = cases.iter().map(|case| genphys.path(&format!("crates/{}/src/pde.rs", case.name)));
    let settings = host.join("rustfmt.toml");
    ran(Command::new("rustfmt").args(["--edition", "2024", "--check", "--config-path"]).arg(settings).args(files))
        .expect_code(0);
    let allowed = ["clippy::doc_markdown"];
    let allowed = allowed.iter().flat_map(|lint| ["-A", lint]);
    ran(Command::new(env!("CARGO"))
        .args(["clippy", "--release", "--quiet", "--", "-D", "warnings", "-D", "clippy::pedantic"])
        .args(allowed)
        .current_dir(host)
        .env("CARGO_TARGET_DIR", LIBRARIES))
    .expect_code(0);
}

/// Two clusters in `dim` dimensions, as csv.
fn write_data(genphys: &Genphys, dim: usize) -> String {
    let file = format!("data{dim}.csv");
    let mut rng = ChaCha12Rng::seed_from_u64(dim as u64);
    let mut text = (0..dim).map(|i| format!("x{i}")).collect::<Vec<_>>().join(",") + "\n";
    for _ in 0..300 {
        let centre = if rng.random::<bool>() { 1.0 } else { -1.0 };
        let row: Vec<String> = (0..dim).map(|_| format!("{:.4}", centre + rng.random_range(-0.3..0.3))).collect();
        text += &(row.join(",") + "\n");
    }
    std::fs::write(genphys.path(&file), text).unwrap();
    file
}

#[test]
fn every_s_generative_equation_trains_and_samples() {
    let genphys = Genphys::new();
    let cases = cases(&genphys);
    write_crate(&genphys, &cases);
    let host = genphys.path(&format!("crates/{}", cases[0].name));
    let built = ran(Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet"])
        .current_dir(&host)
        .env("CARGO_TARGET_DIR", LIBRARIES));
    assert_eq!(built.code, 0, "{built:?}");
    looked_over(&genphys, &cases, &host);

    let program = Path::new(LIBRARIES).join("release").join(&cases[0].name);
    let run = |arguments: &[&str]| ran(Command::new(&program).args(arguments).current_dir(genphys.directory.path()));
    for Case { name, dim } in &cases {
        let data = write_data(&genphys, *dim);
        let folder = format!("runs/{name}");
        let trained = run(&[
            name, "train", "--data", &data, "--out", &folder, "--steps", "20", "--batch", "128", "--width", "64",
        ]);
        assert_eq!(trained.code, 0, "{name}: {trained:?}");
        let file = format!("{name}.npy");
        let sampled = run(&[name, "sample", "--model", &folder, "--count", "40", "--nfe", "15", "--out", &file]);
        assert_eq!(sampled.code, 0, "{name}: {sampled:?}");
        let bytes = std::fs::read(genphys.path(&file)).unwrap();
        let values = &bytes[bytes.len() - 40 * dim * 4..];
        let finite = values.chunks_exact(4).all(|v| f32::from_le_bytes([v[0], v[1], v[2], v[3]]).abs() < 1e4);
        assert!(finite, "{name}");
    }
}
