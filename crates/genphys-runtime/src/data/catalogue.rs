//! From what the user typed to a data set.

use super::dataset::Dataset;
use super::digits::digits;
use super::error::DataError;
use super::toy::ToySet;
use super::{folder, idx, npy, table};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Points drawn for a generated set.
const TOY_POINTS: usize = 100_000;

/// What a file may be, for messages.
const FILES: &str =
    "a folder of PNG or JPEG images, a .npy file, a CSV file with a header, or an IDX file (plain or .gz)";

/// What stands between the name of a table and that of the column with its labels: `table.csv#species`.
pub const LABEL_MARK: char = '#';

/// Known names with one line of description each.
pub fn known_data_sets() -> [(&'static str, &'static str); 5] {
    [
        ("digits", "1,797 handwritten digits of 8x8 pixels (UCI optdigits)"),
        (ToySet::EightGaussians.name(), "eight Gaussians on a circle, 100,000 points in the plane"),
        (ToySet::Moons.name(), "two interleaved half circles, 100,000 points in the plane"),
        (ToySet::SwissRoll.name(), "a spiral, 100,000 points in the plane"),
        (ToySet::Checkerboard.name(), "eight squares of a checkerboard, 100,000 points in the plane"),
    ]
}

/// The data set of that name, or the one at that path; names come first. Case, `_` and spaces do not matter in names. After
/// the path of a table, [`LABEL_MARK`] and a name make a column its labels.
/// `seed` decides the points of a generated set and has no effect on any other.
///
/// # Errors
/// When there is none, or something is wrong with it; see [`DataError`].
pub fn load(spec: &str, seed: u64) -> Result<Dataset, DataError> {
    let name = spec.trim().to_lowercase().replace(['_', ' '], "-");
    let toy = match name.as_str() {
        "digits" | "optdigits" => return digits(),
        "eight-gaussians" | "8-gaussians" | "8gaussians" | "eightgaussians" => Some(ToySet::EightGaussians),
        "moons" | "two-moons" | "2-moons" | "twomoons" => Some(ToySet::Moons),
        "swiss-roll" | "swissroll" => Some(ToySet::SwissRoll),
        "checkerboard" | "checker-board" => Some(ToySet::Checkerboard),
        _ => None,
    };
    if let Some(toy) = toy {
        return toy.dataset(TOY_POINTS, seed);
    }
    let path = Path::new(spec);
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => folder::read(path),
        Ok(_) => read_file(path),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => match spec.rsplit_once(LABEL_MARK) {
            Some((table, column)) if Path::new(table).exists() => read_labelled(Path::new(table), column),
            _ => Err(unknown(spec, &name)),
        },
        Err(source) => Err(DataError::Io { path: path.into(), source }),
    }
}

/// The kind of a file is decided by its first bytes, and for text by its name.
fn read_file(path: &Path) -> Result<Dataset, DataError> {
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(DataError::io(path))?;
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    if start.is_empty() {
        Err(DataError::format(path, FILES, "an empty file"))
    } else if start.starts_with(npy::MAGIC) {
        npy::read(path)
    } else if idx::recognises(&start) || start.starts_with(idx::GZIP) {
        idx::read(path)
    } else if extension.as_deref() == Some("csv") {
        table::read(path, b',', None)
    } else if matches!(extension.as_deref(), Some("tsv" | "tab")) {
        table::read(path, b'\t', None)
    } else if folder::is_image(path) {
        Err(DataError::format(path, FILES, "a single image; name the folder that holds the images"))
    } else {
        let found = format!("a file that starts with the bytes {:02x?}", &start[..start.len().min(4)]);
        Err(DataError::format(path, FILES, found))
    }
}

/// A table, one of whose columns holds labels.
fn read_labelled(path: &Path, column: &str) -> Result<Dataset, DataError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv") => table::read(path, b',', Some(column)),
        Some("tsv" | "tab") => table::read(path, b'\t', Some(column)),
        _ => Err(DataError::format(
            path,
            format!("a CSV file with a column `{column}` of labels"),
            "another kind of file",
        )),
    }
}

fn unknown(spec: &str, name: &str) -> DataError {
    let known = known_data_sets().map(|(known, _)| known);
    let nearest = known.iter().map(|known| (distance(name, known), known)).min();
    // Half the letters may be wrong in a short word, not in a long one.
    let suggestion = nearest.filter(|(edits, _)| *edits <= 1 + name.len() / 4).map(|(_, known)| (*known).to_owned());
    DataError::Unknown { spec: spec.to_owned(), suggestion, known: known.join(", ") }
}

/// Levenshtein distance, for words of at most 64 letters.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases() {
        for (spec, name) in [
            ("digits", "digits"),
            ("8gaussians", "eight-gaussians"),
            ("Two_Moons", "moons"),
            ("swiss roll", "swiss-roll"),
            ("checkerboard", "checkerboard"),
        ] {
            assert_eq!(load(spec, 1).unwrap().name, name);
        }
        for (name, _) in known_data_sets() {
            assert_eq!(load(name, 1).unwrap().name, name);
        }
    }

    #[test]
    fn unknown_names_get_a_suggestion_or_none() {
        let message = load("mons", 1).unwrap_err().to_string();
        assert!(message.contains("did you mean `moons`?") && message.contains("swiss-roll"), "{message}");
        let message = load("/no/such/folder/at/all", 1).unwrap_err().to_string();
        assert!(!message.contains("did you mean") && message.contains("digits"), "{message}");
        assert!(load("", 1).is_err());
    }

    #[test]
    fn edit_distance() {
        assert_eq!(distance("moons", "moons"), 0);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
