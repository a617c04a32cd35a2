//! Derivations to generate from, and rustfmt to judge the result.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code)]

use genphys_codegen::{CrateFile, CrateOptions, CrateRequest, GenphysSource, crate_files};
use genphys_pde::derivation::{Derivation, ParamSummary};
use genphys_verify::SGenerative;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// At least one derivation per kernel family: three of the shape that the engine writes, and shipped ones.
pub(crate) const FAMILIES: [(&str, &str); 12] = [
    ("diffusion", include_str!("../data/diffusion.derivation.json")),
    ("poisson", include_str!("../data/poisson.derivation.json")),
    ("yukawa", include_str!("../data/yukawa.derivation.json")),
    ("pfgmpp", include_str!("../../../../pdes/pfgmpp.derivation.json")),
    ("screened_pfgmpp", include_str!("../../../../pdes/screened_pfgmpp.derivation.json")),
    ("levy", include_str!("../../../../pdes/levy.derivation.json")),
    ("jump_diffusion", include_str!("../../../../pdes/jump_diffusion.derivation.json")),
    ("relativistic", include_str!("../../../../pdes/relativistic.derivation.json")),
    ("variance_preserving", include_str!("../../../../pdes/variance_preserving.derivation.json")),
    ("inverse_heat_dissipation", include_str!("../../../../pdes/inverse_heat_dissipation.derivation.json")),
    ("telegraph_line", include_str!("../../../../pdes/telegraph_line.derivation.json")),
    ("subdiffusion", include_str!("../../../../pdes/subdiffusion.derivation.json")),
];

pub(crate) fn derivation(name: &str) -> Derivation {
    let (_, text) = FAMILIES.iter().find(|(family, _)| *family == name).expect("a fixture of this name");
    serde_json::from_str(text).expect("the fixture is a derivation")
}

pub(crate) fn param(name: &str, domain: &str, value: Option<f64>) -> ParamSummary {
    ParamSummary { name: name.to_owned(), domain: domain.parse().unwrap(), value, fixed: false }
}

/// Another constant in the kernel of a derivation.
pub(crate) fn with_constant(derivation: &mut Derivation, name: &str, text: &str) {
    let mut tree = serde_json::to_value(&*derivation).unwrap();
    tree["kernel"]["parameters"][name] = text.into();
    *derivation = serde_json::from_value(tree).unwrap();
}

/// The model crate of a derivation.
pub(crate) fn model_crate(derivation: &Derivation) -> Vec<CrateFile> {
    let proof = SGenerative::unchecked(derivation.clone()).expect("the fixture is s-generative");
    let genphys = GenphysSource::Path(PathBuf::from("/somewhere/genphys/crates/genphys"));
    let request = CrateRequest {
        name: "a-model",
        source: "pde a_model { dt(phi) = lap(phi) }\n",
        genphys: &genphys,
        lock: Some("version = 4\n"),
        options: &CrateOptions::default(),
    };
    crate_files(&proof, &request).expect("the fixture has a model")
}

pub(crate) fn file<'files>(files: &'files [CrateFile], path: &str) -> &'files str {
    &files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no file {path}")).content
}

/// Fails with rustfmt's own words unless rustfmt, with its default settings, leaves the text as it is.
pub(crate) fn assert_formatted(what: &str, text: &str) {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--check", "--config", "max_width=100,use_small_heuristics=Default"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rustfmt is installed");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("rustfmt reads");
    let output = child.wait_with_output().expect("rustfmt ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{what} is not formatted:\n{said}\n{text}");
}
