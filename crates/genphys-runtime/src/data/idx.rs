//! IDX, the format of MNIST: plain or gzip-compressed.

use super::array::{SHAPES, interpret, normalise, whole_labels};
use super::dataset::Dataset;
use super::error::DataError;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Whether a file that starts with these bytes (after decompression) may be one: two zeros, a type, a rank.
pub(crate) fn recognises(start: &[u8]) -> bool {
    matches!(start, [0, 0, 0x08 | 0x09 | 0x0B..=0x0E, 1..=4, ..])
}

/// The start of a gzip file.
pub(crate) const GZIP: &[u8] = &[0x1f, 0x8b];

/// A file, decompressed on the fly where its first bytes say so.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read>, DataError> {
    let mut start = [0; 2];
    let length = File::open(path).and_then(|file| file.take(2).read(&mut start)).map_err(DataError::io(path))?;
    let file = BufReader::new(File::open(path).map_err(DataError::io(path))?);
    Ok(if start[..length] == *GZIP { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Reads points or images, and the labels from the file beside it where there is one: `…images-idx3…` goes with
/// `…labels-idx1…`, with or without `.gz`.
pub(crate) fn read(path: &Path) -> Result<Dataset, DataError> {
    let (dims, numbers) = read_array(path, |dims| interpret(path, dims).map(|(_, _, total)| total))?;
    let (shape, count, _) = interpret(path, &dims)?;
    let labels = match labels_beside(path) {
        Some(beside) => Some(read_labels(&beside, count)?),
        None => None,
    };
    normalise(path, numbers, shape, labels)
}

fn read_labels(path: &Path, count: u64) -> Result<Vec<u32>, DataError> {
    let check = |dims: &[u64]| match *dims {
        [found] if found == count => Ok(found as usize),
        _ => Err(DataError::format(path, format!("{count} labels, one per image"), format!("shape {dims:?}"))),
    };
    let (_, numbers) = read_array(path, check)?;
    whole_labels(path, &numbers)
}

/// Dimensions and numbers of an IDX file. `check` sees the dimensions before anything is read and gives their product.
fn read_array(
    path: &Path,
    check: impl Fn(&[u64]) -> Result<usize, DataError>,
) -> Result<(Vec<u64>, Vec<f64>), DataError> {
    let mut reader = open(path)?;
    let truncated = |part: &str| DataError::format(path, "a whole IDX file", format!("a file that ends inside {part}"));
    let mut magic = [0; 4];
    reader.read_exact(&mut magic).map_err(|_| truncated("the header"))?;
    if !recognises(&magic) {
        return Err(DataError::format(path, "an IDX file (it starts with 0, 0, type, rank)", format!("{magic:?}")));
    }
    let mut dims = Vec::new();
    for _ in 0..magic[3] {
        let mut dim = [0; 4];
        reader.read_exact(&mut dim).map_err(|_| truncated("the header"))?;
        dims.push(u64::from(u32::from_be_bytes(dim)));
    }
    let total = check(&dims)?;
    let width = match magic[2] {
        0x08 | 0x09 => 1,
        0x0B => 2,
        0x0C | 0x0D => 4,
        _ => 8,
    };
    let bytes = total * width;
    let mut body = Vec::new();
    // One byte more shows whether the file goes on; memory grows with what is really there.
    reader.take(bytes as u64 + 1).read_to_end(&mut body).map_err(DataError::io(path))?;
    if body.len() != bytes {
        let relation = if body.len() > bytes { "more".to_owned() } else { format!("{} bytes", body.len()) };
        let expected = format!("{bytes} bytes after the header for shape {dims:?} ({SHAPES})");
        return Err(DataError::format(path, expected, relation));
    }
    Ok((dims, decode(magic[2], &body)))
}

/// Big-endian numbers of the given IDX type.
fn decode(kind: u8, body: &[u8]) -> Vec<f64> {
    fn each<const W: usize>(body: &[u8], convert: impl Fn([u8; W]) -> f64) -> Vec<f64> {
        body.as_chunks::<W>().0.iter().map(|bytes| convert(*bytes)).collect()
    }
    match kind {
        0x08 => body.iter().map(|byte| f64::from(*byte)).collect(),
        0x09 => body.iter().map(|byte| f64::from(*byte as i8)).collect(),
        0x0B => each(body, |bytes| f64::from(i16::from_be_bytes(bytes))),
        0x0C => each(body, |bytes| f64::from(i32::from_be_bytes(bytes))),
        0x0D => each(body, |bytes| f64::from(f32::from_be_bytes(bytes))),
        _ => each(body, f64::from_be_bytes),
    }
}

/// The labels file that goes with an images file, if it exists.
fn labels_beside(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    if !name.contains("images") {
        return None;
    }
    let labels =
        ["idx2", "idx3", "idx4"].iter().fold(name.replace("images", "labels"), |n, idx| n.replace(idx, "idx1"));
    let other = labels.strip_suffix(".gz").map_or_else(|| format!("{labels}.gz"), str::to_owned);
    [labels, other].iter().map(|name| path.with_file_name(name)).find(|path| path.is_file())
}
