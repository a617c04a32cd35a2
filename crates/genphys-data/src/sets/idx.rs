//! IDX, the format of MNIST: plain or gzip-compressed.

use super::array::{Found, SHAPES, interpret, label_count, normalise, whole_labels};
use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::options::{Layout, ReadOptions};
use super::ordinary;
use super::raw::Raw;
use super::reading::Reading;
use flate2::read::MultiGzDecoder;
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
    let length = ordinary::open(path)?.take(2).read(&mut start).map_err(DataError::io(path))?;
    let file = BufReader::new(ordinary::open(path)?);
    Ok(if start[..length] == *GZIP { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Reads points or images, and the labels from the file beside it where there is one: `…images-idx3…` goes with
/// `…labels-idx1…`, with or without `.gz`.
pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Dataset, DataError> {
    let interpreted = |dims: &[u64]| match *dims {
        // Labels alone are no points.
        [count] => Err(DataError::format(path, SHAPES, format!("shape ({count}): a row of numbers, such as labels"))),
        _ => interpret(path, dims, options.layout),
    };
    let (dims, mut raw) = read_array(path, |dims| Ok(interpreted(dims)?.total))?;
    let what = interpreted(&dims)?;
    if let (DataShape::Image { channels, .. }, Some(Layout::Nhwc)) = (&what.shape, what.layout) {
        raw.channels_first(what.shape.dim(), *channels);
    }
    let mut reading = Reading { options: options.clone(), read: vec![what.told], ..Reading::default() };
    reading.options.layout = what.layout;
    let labels = match labels_beside(path) {
        Some(beside) => {
            reading.read.push(format!("labels from {}", beside.display()));
            let (_, numbers) = read_array(&beside, |dims| label_count(&beside, dims, what.count))?;
            Some(whole_labels(&beside, &numbers)?)
        }
        None => None,
    };
    normalise(path, Found { raw, shape: what.shape, labels, class_names: Vec::new(), reading }, options)
}

/// Dimensions and numbers of an IDX file. `check` sees the dimensions before anything is read and gives their product.
fn read_array(path: &Path, check: impl Fn(&[u64]) -> Result<usize, DataError>) -> Result<(Vec<u64>, Raw), DataError> {
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
    Ok((dims, decode(magic[2], body)))
}

/// Big-endian numbers of the given IDX type.
fn decode(kind: u8, body: Vec<u8>) -> Raw {
    fn each<const W: usize, T>(body: &[u8], convert: impl Fn([u8; W]) -> T) -> Vec<T> {
        body.as_chunks::<W>().0.iter().map(|bytes| convert(*bytes)).collect()
    }
    match kind {
        0x08 => Raw::U8(body),
        0x09 => Raw::F32(body.iter().map(|byte| f32::from(*byte as i8)).collect()),
        0x0B => Raw::F32(each(&body, |bytes| f32::from(i16::from_be_bytes(bytes)))),
        0x0C => Raw::F64(each(&body, |bytes| f64::from(i32::from_be_bytes(bytes)))),
        0x0D => Raw::F32(each(&body, f32::from_be_bytes)),
        _ => Raw::F64(each(&body, f64::from_be_bytes)),
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
