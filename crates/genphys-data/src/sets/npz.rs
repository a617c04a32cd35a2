//! NumPy's `.npz` archives: several `.npy` files in a zip file, as they are or deflated.

use super::array::{interpret, label_count, whole_labels};
use super::dataset::Dataset;
use super::error::DataError;
use super::npy::{self, Array};
use super::options::ReadOptions;
use super::ordinary;
use super::reading::shown;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8] = b"PK\x03\x04";

/// Most arrays that are looked at: NumPy writes a handful.
const MOST_ARRAYS: usize = 1000;

type Archive = ZipArchive<BufReader<File>>;

/// Reads the only array, or that of the name `array`; with labels from another one, where `options` name it.
pub(crate) fn read(path: &Path, array: Option<&str>, options: &ReadOptions) -> Result<Dataset, DataError> {
    let mut archive = ZipArchive::new(BufReader::new(ordinary::open(path)?))
        .map_err(|error| DataError::format(path, "a .npz archive", error.to_string()))?;
    if archive.len() > MOST_ARRAYS {
        let found = archive.len().to_string();
        return Err(DataError::format(path, format!("at most {MOST_ARRAYS} arrays"), found));
    }
    let names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter_map(|name| npyz::npz::array_name_from_file_name(&name).map(str::to_owned))
        .collect();
    let beside: Vec<&String> = names.iter().filter(|name| Some(*name) != options.label.as_ref()).collect();
    let chosen = match (array, beside.as_slice()) {
        (Some(array), _) => array.to_owned(),
        (None, [only]) => (*only).clone(),
        (None, []) => return Err(DataError::format(path, "an array", "none in the archive")),
        (None, several) => {
            let list: Vec<String> = several.iter().map(|name| described(path, &mut archive, name)).collect();
            return Err(DataError::Unclear {
                name: path.display().to_string(),
                what: format!("{} arrays: {}", list.len(), list.join(", ")),
                help: format!(
                    "name one, --data '{}#{}', and with --label that of the classes if there are any",
                    path.display(),
                    shown(several[0])
                ),
            });
        }
    };
    let layout = options.layout;
    let points = member(path, &mut archive, &names, &chosen, |path, dims| Ok(interpret(path, dims, layout)?.total))?;
    let labels = match &options.label {
        // Other data that a model is shown need have no labels.
        Some(label) if options.normalisation.is_none() || names.contains(label) => {
            let count = points.dims.first().copied().unwrap_or_default();
            let found = member(path, &mut archive, &names, label, |path, dims| label_count(path, dims, count))?;
            Some((whole_labels(&inside(path, label), &found.raw)?, format!("array {}", shown(label))))
        }
        _ => None,
    };
    let mut data = npy::data_set(path, points, labels, options)?;
    data.reading.read.insert(0, format!("array {}", shown(&chosen)));
    let left: Vec<&String> =
        names.iter().filter(|name| **name != chosen && Some(*name) != options.label.as_ref()).collect();
    if !left.is_empty() {
        let names: Vec<&str> = left.iter().map(|name| name.as_str()).collect();
        data.reading.left_out.push(format!("arrays {}", super::reading::some(&names)));
    }
    Ok(data)
}

/// An array of an archive as messages call it.
fn inside(path: &Path, array: &str) -> PathBuf {
    PathBuf::from(format!("{}#{}", path.display(), shown(array)))
}

/// Name and shape of an array, or what is wrong with it.
fn described(path: &Path, archive: &mut Archive, name: &str) -> String {
    let refuse = |_: &Path, dims: &[u64]| {
        Err(DataError::format(path, "", format!("{dims:?}").replace('[', "(").replace(']', ")")))
    };
    match member(path, archive, &[name.to_owned()], name, refuse) {
        Err(DataError::Format { expected, found, .. }) if expected.is_empty() => format!("{} {found}", shown(name)),
        _ => format!("{} (unreadable)", shown(name)),
    }
}

fn member(
    path: &Path,
    archive: &mut Archive,
    names: &[String],
    array: &str,
    check: impl Fn(&Path, &[u64]) -> Result<usize, DataError>,
) -> Result<Array, DataError> {
    if !names.iter().any(|name| name == array) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = format!("the arrays {}", super::reading::some(&names));
        return Err(DataError::format(path, format!("an array `{}`", shown(array)), found));
    }
    let name = inside(path, array);
    let file = archive
        .by_name(&npyz::npz::file_name_from_array_name(array))
        .map_err(|error| DataError::format(&name, "an array of a .npz archive", error.to_string()))?;
    let size = file.size();
    npy::read_array(&name, BufReader::new(file), size, |dims| check(&name, dims))
}
