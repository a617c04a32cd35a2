//! From what the user typed to a data set.

use super::dataset::Dataset;
use super::digits::digits;
use super::error::DataError;
use super::options::{Kind, ReadOptions};
use super::toy::ToySet;
use super::{folder, idx, npy, npz, ordinary, picture, reading, table};
use std::io::Read;
use std::path::Path;

/// Points drawn for a generated set.
const TOY_POINTS: usize = 100_000;

/// What a file may be, for messages.
const FILES: &str = "a folder of pictures (png, jpeg, webp, bmp, tiff, gif), a .npy or .npz file, a table (csv, tsv, txt), or an IDX file (plain or .gz)";

/// A folder with this file is a run of a training, which is named after its data now and then, and holds none.
pub const RUN_STATE: &str = "state.json";

/// What stands between the name of a table and that of the column with its labels, `table.csv#species`, or between that
/// of an archive and that of its array, `archive.npz#images`.
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

/// [`load_with`] nothing chosen.
///
/// # Errors
/// See there.
pub fn load(spec: &str, seed: u64) -> Result<Dataset, DataError> {
    load_with(spec, seed, &ReadOptions::default())
}

/// The data set of that name, or the one at that path; names come first. Case, `_` and spaces do not matter in names.
/// After the path of a table, [`LABEL_MARK`] and a name make a column its labels; after that of an archive they choose
/// an array. `seed` decides the points of a generated set and has no effect on any other.
///
/// # Errors
/// When there is none, something is wrong with it, or a choice does not concern it; see [`DataError`].
pub fn load_with(spec: &str, seed: u64, options: &ReadOptions) -> Result<Dataset, DataError> {
    let name = plain(spec);
    let Some(toy) = known(&name) else { return of_path(spec, &name, options).map(with_content) };
    concerned(spec, options, Kind::Known)?;
    let mut data = toy.map_or_else(digits, |toy| toy.dataset(TOY_POINTS, seed))?;
    if let Some(other) =
        options.normalisation.as_ref().filter(|other| **other != data.normalisation && other.fits(data.dim()))
    {
        data.points = other.apply(data.denormalise(&data.points));
        data.normalisation = other.clone();
    }
    data.reading.read.push(format!("{} of {}", data.len(), data.shape.described()));
    let here = Path::new(spec);
    // A run's folder is often called like its data.
    if here.exists() && !here.join(RUN_STATE).exists() {
        data.reading.left_out.push(format!("what is called {spec} in this folder; ./{spec} would be that"));
    }
    Ok(with_content(data))
}

/// Whether a name is that of a known set, whatever lies at a path of that name.
pub fn is_known(spec: &str) -> bool {
    known(&plain(spec)).is_some()
}

fn plain(spec: &str) -> String {
    spec.trim().to_lowercase().replace(['_', ' '], "-")
}

/// The set that has a name; the digits are not drawn.
fn known(name: &str) -> Option<Option<ToySet>> {
    match name {
        "digits" | "optdigits" => Some(None),
        "eight-gaussians" | "8-gaussians" | "8gaussians" | "eightgaussians" => Some(Some(ToySet::EightGaussians)),
        "moons" | "two-moons" | "2-moons" | "twomoons" => Some(Some(ToySet::Moons)),
        "swiss-roll" | "swissroll" => Some(Some(ToySet::SwissRoll)),
        "checkerboard" | "checker-board" => Some(Some(ToySet::Checkerboard)),
        _ => None,
    }
}

fn with_content(mut data: Dataset) -> Dataset {
    data.reading.content = reading::content(&data.points, data.dim());
    data
}

fn concerned(spec: &str, options: &ReadOptions, kind: Kind) -> Result<(), DataError> {
    match options.idle(kind) {
        None => Ok(()),
        Some(idle) => Err(DataError::Unclear {
            name: spec.to_owned(),
            what: idle.to_owned(),
            help: "it would have no effect here; leave it out".into(),
        }),
    }
}

fn of_path(spec: &str, name: &str, options: &ReadOptions) -> Result<Dataset, DataError> {
    let path = Path::new(spec);
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            concerned(spec, options, Kind::Folder)?;
            folder::read(path, options)
        }
        Ok(_) => read_file(path, None, options),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => match split_mark(spec) {
            Some((file, part)) => read_file(Path::new(file), Some(part), options),
            None => Err(unknown(spec, name)),
        },
        Err(source) => Err(DataError::Io { path: path.into(), source }),
    }
}

/// File and name of `file#name`; the name may have a `#` as well.
pub fn split_mark(spec: &str) -> Option<(&str, &str)> {
    let marks = spec.rmatch_indices(LABEL_MARK).map(|(at, _)| (&spec[..at], &spec[at + LABEL_MARK.len_utf8()..]));
    marks.into_iter().find(|(file, _)| Path::new(file).is_file())
}

/// The kind of a file is decided by its first bytes, and for text by its name. `part` is the name after the mark.
fn read_file(path: &Path, part: Option<&str>, options: &ReadOptions) -> Result<Dataset, DataError> {
    let mut start = Vec::new();
    ordinary::open(path)?.take(8).read_to_end(&mut start).map_err(DataError::io(path))?;
    let spec = path.display().to_string();
    let whole = |kind: Kind| match part {
        Some(part) => {
            Err(DataError::format(path, format!("a table or archive to take `{part}` from"), "another kind of file"))
        }
        None => concerned(&spec, options, kind),
    };
    if start.is_empty() {
        Err(DataError::format(path, FILES, "an empty file"))
    } else if start.starts_with(npy::MAGIC) {
        whole(Kind::Array)?;
        npy::read(path, options)
    } else if start.starts_with(npz::MAGIC) {
        concerned(&spec, options, Kind::Archive)?;
        npz::read(path, part, options)
    } else if idx::recognises(&start) || start.starts_with(idx::GZIP) {
        whole(Kind::Idx)?;
        idx::read(path, options)
    } else if table::is_table(path) {
        concerned(&spec, options, Kind::Table)?;
        match (part, &options.label) {
            (Some(part), Some(label)) if part != label => {
                Err(DataError::format(path, "one column of labels", format!("`{part}` and `{label}`")))
            }
            (part, label) => table::read(path, part.or(label.as_deref()), options),
        }
    } else if picture::is_image(path) {
        Err(DataError::format(path, FILES, "a single image; name the folder that holds the images"))
    } else {
        let found = format!("a file that starts with the bytes {:02x?}", &start[..start.len().min(4)]);
        Err(DataError::format(path, FILES, found))
    }
}

fn unknown(spec: &str, name: &str) -> DataError {
    let known = known_data_sets().map(|(known, _)| known);
    let suggestion = genphys_suggest::nearest(name, known).map(str::to_owned);
    DataError::Unknown { spec: spec.to_owned(), suggestion, known: known.join(", ") }
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
}
