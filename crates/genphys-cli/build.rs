//! Embeds the shipped equations: every `pdes/*.pde` of the repository becomes one line of a table.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("../../pdes");
    let mut files: Vec<PathBuf> = fs::read_dir(&directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .filter(|path| path.as_ref().map_or(true, |path| path.extension().is_some_and(|end| end == "pde")))
        .collect::<io::Result<_>>()?;
    files.sort();

    let mut table = String::from("&[\n");
    for file in &files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let absolute = file.canonicalize()?;
        writeln!(table, "    Shipped {{ name: {name:?}, text: include_str!({absolute:?}) }},")
            .map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(variable("OUT_DIR")?).join("shipped.rs"), table)?;

    // The directory for new files, the files for their text (`include_str!` sees to that).
    println!("cargo::rerun-if-changed={}", directory.display());
    Ok(())
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
