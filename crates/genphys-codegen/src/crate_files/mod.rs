//! Stage 3: `ModelPlan` -> the files of a model crate. Nothing is written to disk here.

mod manifest;
mod program;
mod readme;
mod record;

use crate::emit;
use crate::error::CrateError;
use crate::plan::ModelPlan;
use crate::store;
use genphys_verify::SGenerative;
use proc_macro2::Ident;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

pub use record::{CrateOptions, CrateRecord, FileUpdate, Net, RECORD, lines};

/// Where the model crate finds the library `genphys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GenphysSource {
    /// A checkout: the folder of the crate `genphys` itself.
    Path(PathBuf),
    /// A repository at one commit, tag or branch.
    Git {
        /// Its address.
        url: String,
        /// The commit.
        rev: String,
    },
    /// A version on the registry.
    Version(String),
}

/// What a model crate is made of, besides the proof.
#[derive(Clone, Debug)]
pub struct CrateRequest<'a> {
    /// Name of the crate.
    pub name: &'a str,
    /// Text of the `.pde` file, copied unchanged.
    pub source: &'a str,
    /// Where `genphys` is.
    pub genphys: &'a GenphysSource,
    /// Text of the `Cargo.lock` that pins the dependencies; cargo drops the entries that the crate does not need.
    pub lock: Option<&'a str>,
    /// What else was asked for.
    pub options: &'a CrateOptions,
}

/// One file of a model crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrateFile {
    /// Path relative to the crate, with `/` between its parts.
    pub path: String,
    /// The whole content.
    pub content: String,
}

/// The files of the model crate of an s-generative equation, in the order of their paths. The same input gives the
/// same bytes.
///
/// # Errors
/// [`CrateError::Plan`] where the kernel is not known, [`CrateError::NoValue`] where a parameter has neither a
/// default nor a fixed value, [`CrateError::Name`] for a name that is no crate name.
pub fn crate_files(proof: &SGenerative, request: &CrateRequest<'_>) -> Result<Vec<CrateFile>, CrateError> {
    check_name(request.name, request.lock)?;
    check_equation_name(proof.derivation().pde.name.as_str())?;
    let mut plan = ModelPlan::new(proof)?;
    if request.options.conservative {
        plan = plan.conservative()?;
    }
    if let Some(param) = emit::missing_value(&plan) {
        return Err(CrateError::NoValue { name: plan.name.clone(), param: param.to_owned() });
    }
    let pde = format!("pdes/{}.pde", plan.name);
    let derivation = store::derivation_path(Path::new(&pde)).display().to_string();

    let mut files = vec![
        (".gitignore", "/target/\n/runs/\n".to_owned()),
        ("Cargo.toml", manifest::text(&plan, request)),
        ("README.md", readme::text(&plan, request)),
        // rustfmt's defaults, whatever the folder above says.
        ("rustfmt.toml", "edition = \"2024\"\n".to_owned()),
        (pde.as_str(), request.source.to_owned()),
        (derivation.as_str(), store::derivation_text(proof.derivation())?),
        ("src/main.rs", program::MAIN.to_owned()),
        ("src/pde.rs", emit::pde_file(&plan, &pde_header(&plan, &pde))?),
        ("src/train.rs", program::train(request.options.net)),
    ];
    if let Some(lock) = request.lock {
        files.push(("Cargo.lock", lock.to_owned()));
    }
    let digests = files.iter().map(|(path, content)| ((*path).to_owned(), record::digest(content.as_bytes())));
    let record = CrateRecord {
        name: request.name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pde: pde.clone(),
        hash: plan.hash.clone(),
        options: request.options.clone(),
        genphys: request.genphys.clone(),
        files: digests.collect(),
    };
    let record = serde_json::to_string_pretty(&record).map_err(crate::store::StoreError::Unwritable)? + "\n";
    files.push((RECORD, record));
    files.sort();
    Ok(files.into_iter().map(|(path, content)| CrateFile { path: path.to_owned(), content }).collect())
}

/// The head of `src/pde.rs`: what it is, where it comes from, and the derivation.
fn pde_header(plan: &ModelPlan, pde: &str) -> Vec<String> {
    let title = plan.title.as_deref().unwrap_or(&plan.name);
    let mut lines = vec![format!("{} as a generative model.", emit::escaped(title)), String::new()];
    lines.extend(stamp(plan, pde));
    lines.push(String::new());
    lines.push("The derivation (GenPhys, arXiv 2304.02637), in the language of the `.pde` file:".to_owned());
    lines.push(String::new());
    lines.push(format!("- equation: `{}`", plan.equation));
    lines.extend(emit::derivation_docs(plan));
    lines
}

/// Which genphys wrote it, and from what.
fn stamp(plan: &ModelPlan, pde: &str) -> Vec<String> {
    vec![
        format!("Written by genphys {} from `{pde}`, whose hash is", env!("CARGO_PKG_VERSION")),
        format!("`{}`.", plan.hash),
    ]
}

/// Names of devices on Windows, where a folder or program cannot have them.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

const ON_WINDOWS: &str = "Windows has a device of this name";

fn is_device(name: &str) -> bool {
    let port = ["com", "lpt"].iter().find_map(|port| name.strip_prefix(port));
    DEVICES.contains(&name) || port.is_some_and(|n| matches!(n.as_bytes(), [b'0'..=b'9']))
}

/// Checks that the files of an equation in a model crate can have its name.
///
/// # Errors
/// [`CrateError::Equation`].
pub fn check_equation_name(name: &str) -> Result<(), CrateError> {
    let refuse = |reason| Err(CrateError::Equation { name: name.to_owned(), reason });
    if name.len() > 100 {
        return refuse("its files cannot have a name of more than 100 letters");
    }
    if is_device(&name.to_ascii_lowercase()) { refuse(ON_WINDOWS) } else { Ok(()) }
}

/// Checks that cargo takes a name for a crate, that no crate among those in the text of a `Cargo.lock` has it, and that
/// it cannot be mistaken for a path.
///
/// # Errors
/// [`CrateError::Name`].
pub fn check_name(name: &str, lock: Option<&str>) -> Result<(), CrateError> {
    let refuse = |reason| Err(CrateError::Name { name: name.to_owned(), reason });
    let first_is_letter = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !first_is_letter || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
        return refuse("a crate's name begins with a letter and has letters, digits, `_` and `-`");
    }
    if name.len() > 64 {
        return refuse("a crate's name has at most 64 letters");
    }
    // Keywords of all editions; on some disks large letters are small ones.
    let ident = name.replace('-', "_").to_ascii_lowercase();
    if syn::parse_str::<Ident>(&ident).is_err() || ident == "gen" {
        return refuse("it is a keyword of Rust");
    }
    if is_device(&ident) {
        return refuse(ON_WINDOWS);
    }
    let ours = ["genphys", "candle_core", "test", "core", "std", "alloc", "proc_macro", "main"];
    let among_dependencies = |lock: &str| {
        let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
        names.map(|name| name.replace('-', "_").to_ascii_lowercase()).any(|name| name == ident)
    };
    if ours.contains(&ident.as_str()) || lock.is_some_and(among_dependencies) {
        return refuse("another crate has this name, which the model needs");
    }
    if ["build", "deps", "examples", "incremental"].contains(&ident.as_str()) {
        return refuse("cargo has a folder of this name where it puts programs");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_equation_name, check_name};

    #[test]
    fn names_that_cargo_refuses_are_refused_here() {
        let lock = "[[package]]\nname = \"rand\"\nversion = \"0.9.2\"\n\n[[package]]\nname = \"proc-macro2\"\n";
        let check = |name: &str| check_name(name, Some(lock));
        assert!(check("yukawa-digits").is_ok() && check("m_2").is_ok() && check("console").is_ok());
        assert!(check("com10").is_ok() && check("random").is_ok() && check_name("rand", None).is_ok());
        let names = "2d a/b ../x é fn gen Fn deps genphys candle-core Candle_Core rand Rand proc_macro2 con NUL com1 LPT9 test \
                     core async try yield -x";
        for name in names.split(' ').chain(["", "a b"]) {
            assert!(check(name).is_err(), "{name}");
        }
        for (name, good) in [("heat", true), ("con", false), ("Aux", false), (&"a".repeat(101), false)] {
            assert_eq!(check_equation_name(name).is_ok(), good, "{name}");
        }
        assert!(check(&"a".repeat(64)).is_ok() && check(&"a".repeat(65)).is_err());
    }
}
