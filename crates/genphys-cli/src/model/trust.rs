//! Whether the code in a folder is what genphys wrote there for this user. Building and running a crate executes
//! whatever lies in it, and a folder may come from someone else.
//!
//! What was written, or trusted with `--trust`, is known by the checksum of everything that cargo would run. The
//! checksums lie in the user's own cache: one in the folder itself would come with it.

use super::cargo::cache_directory;
use super::crate_folder;
use genphys_codegen::lines;
use genphys_files::hexadecimal;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What cargo and rustup read of a crate's folder by themselves.
const OF_CRATE: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "build.rs", "src", ".cargo", "rust-toolchain", "rust-toolchain.toml"];
/// What they read of the folder around it.
const AROUND: [&str; 3] = [".cargo", "rust-toolchain", "rust-toolchain.toml"];
/// Deeper folders are none of ours.
const MOST_LEVELS: usize = 16;

/// Whether the code in the crate's folder is as it was written or trusted.
pub(crate) fn is_known(folder: &Path) -> bool {
    checksum(folder).is_ok_and(|sum| place(&sum).is_some_and(|place| place.is_file()))
}

/// From here on the code is known as it is now. Where nothing can be kept the next command asks again.
pub(crate) fn remember(folder: &Path) {
    if let Ok(sum) = checksum(folder)
        && let Some(place) = place(&sum)
        && let Some(parent) = place.parent()
        && fs::create_dir_all(parent).is_ok()
    {
        drop(genphys_files::write(&place, folder.to_string_lossy().as_bytes()));
    }
}

/// The files that are not as the crate's own record says they were generated.
pub(crate) fn changed(folder: &Path) -> Vec<String> {
    let Ok(record) = crate_folder::record(folder) else { return Vec::new() };
    let differs = |(path, sum): &(&String, &String)| {
        *path != "Cargo.lock"
            && crate_folder::read(&folder.join(path))
                .map_or(true, |text| hexadecimal(&Sha256::digest(lines(&text))) != **sum)
    };
    record.files.iter().filter(differs).map(|(path, _)| path.clone()).collect()
}

fn place(sum: &str) -> Option<PathBuf> {
    Some(cache_directory()?.join("crates").join(sum))
}

/// # Errors
/// When a file cannot be read, or something is there that genphys does not write, such as a link.
fn checksum(folder: &Path) -> io::Result<String> {
    let folder = folder.canonicalize()?;
    let mut hash = Sha256::new();
    let around = folder.parent().unwrap_or(&folder);
    for (root, names) in [(folder.as_path(), &OF_CRATE[..]), (around, &AROUND)] {
        for name in names {
            add(&mut hash, root, Path::new(name), MOST_LEVELS)?;
        }
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Adds what lies at a path, if anything does: names and lengths too, so that no two folders look alike.
fn add(hash: &mut Sha256, root: &Path, path: &Path, levels: usize) -> io::Result<()> {
    let full = root.join(path);
    let kind = match full.symlink_metadata() {
        Ok(found) => found.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if kind.is_dir() && levels > 0 {
        let mut names = fs::read_dir(&full)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        return names.iter().try_for_each(|name| add(hash, root, &path.join(name), levels - 1));
    }
    if !kind.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let content = crate_folder::read(&full)?;
    let name = path.as_os_str().as_encoded_bytes();
    for part in [name, &content] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::checksum;
    use std::fs;

    #[test]
    fn whatever_cargo_would_run_is_in_the_checksum() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model");
        fs::create_dir_all(model.join("src")).unwrap();
        fs::write(model.join("Cargo.toml"), "a").unwrap();
        fs::write(model.join("src/main.rs"), "b").unwrap();
        let mut seen = vec![checksum(&model).unwrap()];
        for (path, content) in [
            ("model/src/main.rs", "bc"),
            ("model/src/pde.rs", ""),
            ("model/build.rs", "d"),
            ("model/.cargo/config.toml", "e"),
            (".cargo/config.toml", "f"),
            ("model/rust-toolchain.toml", "g"),
            ("model/Cargo.lock", "h"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
            let sum = checksum(&model).unwrap();
            assert!(!seen.contains(&sum));
            seen.push(sum);
        }
        // What a model leaves when it is used is not code.
        fs::create_dir_all(model.join("runs/a")).unwrap();
        fs::write(model.join("runs/a/config.json"), "i").unwrap();
        assert_eq!(checksum(&model).unwrap(), seen[seen.len() - 1]);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("main.rs", model.join("src/link.rs")).unwrap();
            assert!(checksum(&model).is_err());
        }
    }
}
