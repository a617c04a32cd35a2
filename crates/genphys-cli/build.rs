//! Embeds the shipped equations, every `pdes/*.pde` a line of a table, and the lock file of the workspace.
//!
//! Both lie above this crate in a checkout. A package has them inside, where links stand for them.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = PathBuf::from(variable("OUT_DIR")?);
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let above = here.join("../..");
    let checkout = above.join("pdes").is_dir() && above.join("Cargo.lock").is_file();
    let [equations, lock] = if checkout {
        [above.join("pdes"), above.join("Cargo.lock")]
    } else {
        [here.join("pdes"), here.join("workspace.lock")]
    };

    let mut files: Vec<PathBuf> = fs::read_dir(&equations)?
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
    fs::write(out.join("shipped.rs"), table)?;
    fs::copy(&lock, out.join("workspace.lock"))?;

    // The directory for new files, the files for their text (`include_str!` sees to that).
    println!("cargo::rerun-if-changed={}", equations.display());
    println!("cargo::rerun-if-changed={}", lock.display());
    Ok(())
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
