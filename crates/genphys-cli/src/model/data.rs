//! A look at `--data` before a long build. What the model's program says later is final; this finds slips early.

use crate::outcome::Failure;
use genphys_codegen::Net;
use genphys_pde::codes::Code;
use genphys_pde::derivation::{Derivation, KernelFamily};
use genphys_suggest::did_you_mean;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The data sets that every model's program has.
const EMBEDDED: [&str; 5] = ["digits", "eight-gaussians", "moons", "swiss-roll", "checkerboard"];
/// Other names that it takes for them.
const ALIASES: [&str; 9] = [
    "optdigits",
    "8-gaussians",
    "8gaussians",
    "eightgaussians",
    "two-moons",
    "2-moons",
    "twomoons",
    "swissroll",
    "checker-board",
];

/// Checks that the data are a known name, a folder with pictures, or a file of a known kind.
///
/// # Errors
/// When they are not, with what was found.
pub(crate) fn check(data: &str) -> Result<(), Failure> {
    if is_embedded(data) {
        return Ok(());
    }
    // A table's name may be followed by that of the column with its labels, an archive's by that of an array.
    let mut before = data.rmatch_indices('#').map(|(at, _)| Path::new(&data[..at]));
    let path = if Path::new(data).exists() { None } else { before.find(|file| file.is_file()) };
    let path = path.unwrap_or(Path::new(data));
    if !path.exists() {
        let embedded = format!("embedded data sets: {}; else a folder of pictures or a file", EMBEDDED.join(", "));
        let help = did_you_mean(&plain(data), EMBEDDED).unwrap_or(embedded);
        return Err(Failure::new(format!("--data {data}: no such file or folder, and no embedded data set"))
            .code(Code::FileError)
            .help(help));
    }
    if path.is_dir() { check_folder(path) } else { check_file(path) }
}

/// Checks that what is made does not lie among the data, which would then be others.
///
/// # Errors
/// When it would.
pub(crate) fn check_apart(data: &str, out: &Path) -> Result<(), Failure> {
    let there = out.ancestors().find(|above| above.exists()).filter(|above| !above.as_os_str().is_empty());
    let inside = match (there.unwrap_or(Path::new(".")).canonicalize(), Path::new(data).canonicalize()) {
        (Ok(there), Ok(data)) => data.is_dir() && there.starts_with(data),
        _ => false,
    };
    if is_embedded(data) || !inside {
        return Ok(());
    }
    Err(Failure::new(format!("--out {}: it lies among the data, in {data}", out.display())).help("give another folder"))
}

/// Checks that a network for images is not to be trained on embedded data that are none.
///
/// # Errors
/// When it is.
pub(crate) fn check_network(data: Option<&str>, net: Option<Net>) -> Result<(), Failure> {
    match (data, net) {
        (Some(data), Some(net)) if net.needs_images() && is_embedded(data) && !plain(data).contains("digits") => {
            let message = format!("--net {}: it is for images, and {data} is points in the plane", net.name());
            Err(Failure::new(message).help("use --net mlp"))
        }
        _ => Ok(()),
    }
}

/// Checks that an equation in certain dimensions is not to be trained on embedded data of another. The dimension of
/// files is for the model's program to find out.
///
/// # Errors
/// When the dimensions differ.
pub(crate) fn check_dimension(data: &str, derivation: &Derivation) -> Result<(), Failure> {
    // In several dimensions every coordinate is a telegraph process of its own.
    let by_coordinate = derivation.kernel.as_ref().is_some_and(|kernel| kernel.family() == KernelFamily::Telegraph);
    if by_coordinate || !is_embedded(data) {
        return Ok(());
    }
    let found = if plain(data).contains("digits") { 64 } else { 2 };
    let pde = &derivation.pde;
    if pde.dim.contains(found) {
        return Ok(());
    }
    let message = format!("--data {data}: {found} numbers per example, but {} is about dim {}", pde.name, pde.dim);
    Err(Failure::new(message).code(Code::DimensionNotCovered).help("give data of that dimension, as .npy or .csv"))
}

/// The name as the embedded sets are called.
fn plain(data: &str) -> String {
    data.trim().to_lowercase().replace(['_', ' '], "-")
}

fn is_embedded(data: &str) -> bool {
    let name = plain(data);
    EMBEDDED.iter().chain(&ALIASES).any(|known| *known == name)
}

/// Pictures in the folder, or in the folders directly inside.
fn check_folder(folder: &Path) -> Result<(), Failure> {
    let (mut inside, found) = pictures(folder)?;
    if found {
        return Ok(());
    }
    while let Some(class) = inside.pop() {
        if pictures(&class)?.1 {
            return Ok(());
        }
    }
    let message =
        format!("--data {}: expected pictures in the folder, such as PNG or JPEG, found none", folder.display());
    Err(Failure::new(message))
}

/// The folders inside, and whether there are pictures.
fn pictures(folder: &Path) -> Result<(Vec<PathBuf>, bool), Failure> {
    let unreadable = |error| Failure::new(format!("cannot read {}: {error}", folder.display())).code(Code::FileError);
    let (mut folders, mut found) = (Vec::new(), false);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_dir() {
            folders.push(path);
        } else if is_picture(&ending) {
            found = true;
        }
    }
    Ok((folders, found))
}

/// Whether pictures that can be read have this ending.
fn is_picture(ending: &str) -> bool {
    let known =
        ["png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "dib", "tif", "tiff", "gif", "pbm", "pgm", "ppm", "pnm"];
    known.contains(&ending)
}

/// NumPy, IDX and gzip files are known by their first bytes, tables by their ending.
fn check_file(path: &Path) -> Result<(), Failure> {
    // Reading from a pipe or device might never end.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(Failure::new(format!("--data {}: expected an ordinary file or a folder", path.display())));
    }
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(8).read_to_end(&mut start))
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())).code(Code::FileError))?;
    let found = match start.as_slice() {
        [] => "an empty file",
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..]
        | [b'P', b'K', 3, 4, ..]
        | [0, 0, 0x08..=0x0e, 1..=255, ..]
        | [0x1f, 0x8b, ..] => return Ok(()),
        _ => match path.extension().unwrap_or_default().to_string_lossy().to_lowercase().as_str() {
            "csv" | "tsv" | "tab" | "txt" | "dat" => return Ok(()),
            "npy" | "npz" => "a file that does not begin as NumPy files do",
            ending if is_picture(ending) => "a single picture; name the folder that holds the pictures",
            _ => "another kind of file",
        },
    };
    let expected = "a folder of pictures, a .npy or .npz file, a table such as a .csv file, or an IDX file";
    Err(Failure::new(format!("--data {}: expected {expected}; found {found}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::{check, check_apart, check_network};
    use genphys_codegen::Net;

    #[test]
    fn slips_are_found_early() {
        assert!(check("digits").is_ok() && check("Two_Moons").is_ok());
        let failure = check("digit").unwrap_err();
        assert_eq!(failure.help.as_deref(), Some("did you mean `digits`?"));
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        assert!(check(&folder.path().display().to_string()).is_err());
        std::fs::write(path("a.npy"), b"not numpy").unwrap();
        assert!(check(&path("a.npy")).unwrap_err().message.contains("NumPy"));
        std::fs::write(path("train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0]).unwrap();
        assert!(check(&path("train-images-idx3-ubyte")).is_ok());
        std::fs::write(path("a.PNG"), b"").unwrap();
        assert!(check(&folder.path().display().to_string()).is_ok());
        assert!(check(&path("a.PNG")).unwrap_err().message.contains("empty"));
        std::fs::write(path("a.csv"), b"x,kind\n1,a\n").unwrap();
        assert!(check(&path("a.csv#kind")).is_ok() && check(&path("b.csv#kind")).is_err());
        assert!(check(&path("a.csv##kind")).is_ok());
        std::fs::write(path("a.npz"), b"PK\x03\x04").unwrap();
        assert!(check(&path("a.npz#images")).is_ok());
        #[cfg(unix)]
        assert!(check("/dev/zero").unwrap_err().message.contains("ordinary file"));
        assert!(check_apart(&folder.path().display().to_string(), &folder.path().join("out/a")).is_err());
        assert!(check_apart("moons", &folder.path().join("out")).is_ok());
        let classes = tempfile::tempdir().unwrap();
        assert!(check_apart(&folder.path().display().to_string(), classes.path()).is_ok());
        std::fs::create_dir(classes.path().join("cats")).unwrap();
        assert!(check(&classes.path().display().to_string()).is_err());
        std::fs::write(classes.path().join("cats/a.png"), b"").unwrap();
        assert!(check(&classes.path().display().to_string()).is_ok());
    }

    #[test]
    fn networks_for_images_are_for_images() {
        assert!(check_network(Some("digits"), Some(Net::Unet)).is_ok() && check_network(Some("moons"), None).is_ok());
        assert!(check_network(Some("a.npy"), Some(Net::Dit)).is_ok() && check_network(None, Some(Net::Dit)).is_ok());
        assert!(check_network(Some("Two_Moons"), Some(Net::Mlp)).is_ok());
        let failure = check_network(Some("Two_Moons"), Some(Net::Dit)).unwrap_err();
        assert!(failure.message.contains("--net dit") && failure.help.is_some());
    }
}
