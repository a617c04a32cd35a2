//! The folder of a model crate on disk.

use super::proof::Proved;
use super::staging::Staging;
use super::trust;
use crate::commands::kernel::check_constructible;
use crate::outcome::Failure;
use clap::Args;
use genphys_codegen::store::{derivation_path, derivation_text};
use genphys_codegen::{
    CrateFile, CrateOptions, CrateRecord, CrateRequest, FileUpdate, GenphysSource, RECORD, crate_files, lines,
};
use genphys_pde::codes::Code;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The lock file of the workspace that this program was built from: a model crate gets the versions that were tested.
const LOCK: &str = include_str!(concat!(env!("OUT_DIR"), "/workspace.lock"));

/// Where a model crate is to find the library, as asked for.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SourceArgs {
    /// Folder of the crate `genphys` to depend on, or of a checkout [default: the checkout that this program was built
    /// from if it is still there, else the version on crates.io]
    #[arg(long, value_name = "DIR")]
    path: Option<PathBuf>,
    /// Repository of genphys to depend on instead
    #[arg(long, value_name = "URL", conflicts_with = "path", requires = "rev")]
    git: Option<String>,
    /// Its commit, tag or branch
    #[arg(long, value_name = "REV", requires = "git")]
    rev: Option<String>,
    /// Version of genphys on crates.io to depend on instead
    #[arg(long = "version", value_name = "VERSION", conflicts_with_all = ["path", "git"])]
    release: Option<String>,
}

impl SourceArgs {
    /// Whether anything was asked for.
    pub(crate) fn is_given(&self) -> bool {
        self.path.is_some() || self.git.is_some() || self.release.is_some()
    }

    /// That cargo will know what to do with what it reads in the manifest.
    fn check(&self) -> Result<(), Failure> {
        let wrong = |option: &str, value: &str, expected: &str| {
            Err(Failure::new(format!("--{option} {value}: this is not {expected}")))
        };
        if let Some(version) = &self.release
            && semver::VersionReq::parse(version).is_err()
        {
            return wrong("version", version, "a version, such as 0.1.0");
        }
        // No URL has spaces or quotes in it.
        let is_word = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'`\\<>".contains(c))
        };
        if let Some(url) = &self.git
            && !(is_word(url) && (url.contains(':') || Path::new(url).is_absolute()))
        {
            return wrong("git", url, "the URL of a repository, such as https://example.org/genphys.git");
        }
        match &self.rev {
            Some(rev) if !is_word(rev) => wrong("rev", rev, "a commit, a tag or a branch"),
            _ => Ok(()),
        }
    }

    /// What was asked for, else the checkout that this program was built from if it is still there, else the registry.
    ///
    /// # Errors
    /// When the folder given does not hold the crate `genphys`, or a version or URL is none.
    pub(crate) fn source(&self) -> Result<GenphysSource, Failure> {
        self.check()?;
        match (&self.git, &self.rev, &self.release) {
            (Some(url), Some(rev), _) => Ok(GenphysSource::Git { url: url.clone(), rev: rev.clone() }),
            (_, _, Some(version)) => Ok(GenphysSource::Version(version.clone())),
            _ => genphys_source(self.path.as_deref()),
        }
    }
}

/// The folder given, else the checkout that this program was built from if it is still there, else the registry.
///
/// # Errors
/// When the folder given does not hold the crate `genphys`.
fn genphys_source(given: Option<&Path>) -> Result<GenphysSource, Failure> {
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../genphys");
    match given {
        Some(folder) => genphys_folder(folder).map(GenphysSource::Path).ok_or_else(|| {
            Failure::new(format!("{}: this is not the folder of the crate `genphys`", folder.display()))
                .help("in a checkout of genphys it is crates/genphys")
        }),
        None => Ok(genphys_folder(Path::new(checkout))
            .map_or_else(|| GenphysSource::Version(env!("CARGO_PKG_VERSION").to_owned()), GenphysSource::Path)),
    }
}

/// The folder as an absolute path, if it holds the crate. Of a checkout's root, its `crates/genphys`.
fn genphys_folder(folder: &Path) -> Option<PathBuf> {
    [folder.to_owned(), folder.join("crates/genphys")].into_iter().find_map(|folder| {
        let manifest = read(&folder.join("Cargo.toml")).ok()?;
        String::from_utf8_lossy(&manifest)
            .lines()
            .any(|line| line.trim() == r#"name = "genphys""#)
            .then(|| folder.canonicalize().ok())
            .flatten()
    })
}

/// Checks that a crate can have this name.
///
/// # Errors
/// Says why not.
pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    genphys_codegen::check_name(name, Some(LOCK)).map_err(|error| Failure::new(error.to_string()))
}

/// The files of the model crate.
///
/// # Errors
/// When the name is no crate name, the kernel is not known or cannot be made, or a parameter has no value.
pub(crate) fn files(
    proved: &Proved,
    name: &str,
    genphys: &GenphysSource,
    options: &CrateOptions,
) -> Result<Vec<CrateFile>, Failure> {
    check_constructible(proved.proof.derivation(), &proved.equation.pde.time.name)?;
    let request = CrateRequest { name, source: &proved.equation.text, genphys, lock: Some(LOCK), options };
    crate_files(&proved.proof, &request).map_err(|error| Failure::new(error.to_string()))
}

/// Checks that a crate can be written into `folder`.
///
/// # Errors
/// When it holds something, or cannot be made.
pub(crate) fn check_free(folder: &Path) -> Result<(), Failure> {
    let cannot =
        |error: io::Error| Failure::new(format!("cannot write {}: {error}", folder.display())).code(Code::FileError);
    genphys_files::check_folder(folder).map_err(cannot)?;
    if folder.exists() && fs::read_dir(folder).map_err(cannot)?.next().is_some() {
        return Err(Failure::new(format!("{} exists and is not empty", folder.display()))
            .code(Code::FileError)
            .help("give another name, or remove it first"));
    }
    Ok(())
}

/// Writes the files into `folder`, which must be empty or not exist yet. They appear all at once or not at all.
///
/// # Errors
/// When the folder holds something, or a file cannot be written.
pub(crate) fn write(folder: &Path, files: &[CrateFile]) -> Result<(), Failure> {
    let cannot =
        |error: io::Error| Failure::new(format!("cannot write {}: {error}", folder.display())).code(Code::FileError);
    check_free(folder)?;
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(cannot)?;
    let staging = Staging::new(".genphys-new-", parent).map_err(cannot)?;
    let inner = staging.path().join("crate");
    for file in files {
        let path = inner.join(&file.path);
        fs::create_dir_all(path.parent().unwrap_or(&inner)).map_err(cannot)?;
        genphys_files::write(&path, file.content.as_bytes()).map_err(cannot)?;
    }
    // Renaming a directory onto an empty one replaces it on Unix only.
    if folder.exists() {
        fs::remove_dir(folder).map_err(cannot)?;
    }
    fs::rename(&inner, folder).and_then(|()| genphys_files::sync_folder(parent)).map_err(cannot)?;
    trust::remember(folder);
    Ok(())
}

/// The longest file of a crate that is read.
const MOST_BYTES: usize = 64 << 20;

/// A file of a crate, which may be anybody's: pipes and devices are no files.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    genphys_files::read(path, MOST_BYTES)
}

/// How the model crate in `folder` was made.
///
/// # Errors
/// When the folder holds no model crate.
pub(crate) fn record(folder: &Path) -> Result<CrateRecord, Failure> {
    let file = folder.join(RECORD);
    let text = read(&file).map_err(|error| {
        Failure::new(format!("{}: {error}", file.display()))
            .code(Code::FileError)
            .help("--update takes the folder of a crate that `genphys new` wrote")
    })?;
    serde_json::from_slice(&text).map_err(|error| {
        Failure::new(format!("{}: it is damaged: {error}", file.display())).code(Code::FileError).help(
            "take it from a backup or the history of your repository; or write another crate from the equation in pdes/ \
             with `genphys new`, and take your changes over",
        )
    })
}

/// Writes those of the files that their owner has not changed, and returns what was done with each. The lock file is
/// cargo's.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn update(
    folder: &Path,
    record: &CrateRecord,
    files: &[CrateFile],
) -> Result<Vec<(String, FileUpdate)>, Failure> {
    let mut done = Vec::new();
    let known = trust::is_known(folder);
    for file in files.iter().filter(|file| file.path != "Cargo.lock") {
        let path = folder.join(&file.path);
        let cannot =
            |error: io::Error| Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError);
        let present = match read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(cannot(error)),
        };
        // The record itself is nobody's to edit.
        let by_record = record.update(file, present.as_deref());
        let update = match file.path.as_str() {
            RECORD => FileUpdate::Write,
            // Nor is the derivation: what was changed in it is not what the equation is.
            name if name.ends_with(".derivation.json") && by_record != FileUpdate::Same => FileUpdate::Write,
            _ => by_record,
        };
        if update == FileUpdate::Write {
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(cannot)?;
            genphys_files::write(&path, file.content.as_bytes()).map_err(cannot)?;
        }
        if file.path != RECORD {
            done.push((file.path.clone(), update));
        }
    }
    if known {
        trust::remember(folder);
    }
    Ok(done)
}

/// Whether the crate in `folder` was made from the same derivation: the same equation, settings and verdict. Its other
/// files may have been changed by their owner.
///
/// # Errors
/// When the derivation cannot be written as text.
pub(crate) fn is_of(folder: &Path, proved: &Proved) -> Result<bool, Failure> {
    let derivation = proved.proof.derivation();
    let text = derivation_text(derivation).map_err(|error| Failure::new(error.to_string()))?;
    let file = derivation_path(&folder.join("pdes").join(format!("{}.pde", derivation.pde.name)));
    Ok(read(&file).is_ok_and(|bytes| lines(&bytes) == lines(text.as_bytes())))
}
