//! Finding the `.pde` file that an attribute names.

use genphys_pde::limits::MAX_SOURCE_BYTES;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The absolute path and the bytes of the file `named` in the attribute, relative to `root`, the folder of the crate's
/// `Cargo.toml`.
///
/// # Errors
/// A message that says what was looked for, where, and which file may have been meant.
pub(super) fn read(root: &Path, named: &str) -> Result<(PathBuf, Vec<u8>), String> {
    let path = root.join(named);
    let mut bytes = Vec::new();
    // A byte more than it may have, which is told with all that is wrong with it.
    let opened = genphys_files::open(&path);
    match opened.and_then(|file| file.take(MAX_SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes)) {
        Ok(_) => Ok((path, bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(not_found(root, named, &path)),
        Err(error) => Err(format!("cannot read `{named}` in {}: {error}", root.display())),
    }
}

/// Names that the text declares as parameters, found without parsing it: good enough for a stand-in when the text has
/// errors.
pub(super) fn declared_params(text: &str) -> Vec<String> {
    text.split(['\n', ';', '{'])
        .filter_map(|item| item.trim().strip_prefix("param "))
        .map(|rest| rest.trim().strip_prefix("complex ").unwrap_or(rest).trim())
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
        .filter(|name: &String| name.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect()
}

fn not_found(root: &Path, named: &str, path: &Path) -> String {
    let mut message = format!(
        "there is no file `{named}`\nlooked for it in {}, the folder of this crate's Cargo.toml",
        root.display()
    );
    let folder = path.parent().unwrap_or(root);
    let beside = equations_in(folder, Path::new(named).parent().unwrap_or(Path::new("")));
    // Equations live in `pdes/`, and leaving that out is the likeliest slip.
    let usual = equations_in(&root.join("pdes"), Path::new("pdes"));
    message += "\nhelp: ";
    message += &match nearest(named, &beside).or_else(|| nearest(named, &usual)) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None if !folder.is_dir() => format!("there is no folder {} either", folder.display()),
        None if beside.is_empty() => format!("{} holds no .pde file", folder.display()),
        None => format!("there are {}", beside.join(", ")),
    };
    message
}

/// The `.pde` files of a folder, in order, as the attribute would name them: each with `prefix` before it.
fn equations_in(folder: &Path, prefix: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pde"))
        .filter_map(|path| path.file_name().map(|name| prefix.join(name).display().to_string()))
        .collect();
    names.sort();
    names
}

/// The file whose name, folder and ending aside, is nearest.
fn nearest<'names>(wanted: &str, names: &'names [String]) -> Option<&'names str> {
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let wanted = stem(wanted);
    let same = stems.iter().position(|stem| *stem == wanted);
    let meant = || genphys_suggest::nearest(&wanted, stems.iter().map(String::as_str));
    let at = same.or_else(|| meant().and_then(|meant| stems.iter().position(|stem| stem == meant)))?;
    names.get(at).map(String::as_str)
}

fn stem(name: &str) -> String {
    Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{declared_params, nearest};

    #[test]
    fn parameters_of_a_broken_text() {
        let text = "pde a { param m > 0 = 1.0 # mass\n  param D; param complex z\n dt(phi) = = }";
        assert_eq!(declared_params(text), ["m", "D", "z"]);
    }

    #[test]
    fn a_name_far_from_all_others_suggests_none() {
        let names = ["pdes/poisson.pde".to_owned(), "pdes/yukawa.pde".to_owned()];
        assert_eq!(nearest("pdes/yukava.pde", &names), Some("pdes/yukawa.pde"));
        assert_eq!(nearest("yukawa", &names), Some("pdes/yukawa.pde"));
        assert_eq!(nearest("schroedinger.pde", &names), None);
    }
}
