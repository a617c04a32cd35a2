//! NumPy's `.npy` files.

use super::array::{Found, SHAPES, interpret, label_count, normalise, whole_labels};
use super::dataset::Dataset;
use super::error::DataError;
use super::options::ReadOptions;
use super::ordinary;
use super::raw::Raw;
use super::reading::Reading;
use npyz::{DType, NpyFile, Order};
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header believed, as in NumPy itself (`max_header_size`); an ordinary one has about a hundred bytes.
const MAX_HEADER: u64 = 10_000;

/// Deepest brackets of a header: a structured type is a list of tuples in a dictionary.
const MAX_DEPTH: u32 = 4;

/// Whole numbers up to here are all different in `f64`.
const EXACT: u64 = 1 << 53;

/// Numbers of an array in C order.
#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) dims: Vec<u64>,
    pub(crate) raw: Raw,
    /// What was done to them.
    pub(crate) changed: Vec<String>,
}

/// Reads booleans, integers and floats of either byte order, in C or Fortran order; and labels from the file beside it
/// where there is one: `name.npy` goes with `name.labels.npy`.
pub(crate) fn read(path: &Path, options: &ReadOptions) -> Result<Dataset, DataError> {
    let array = read_file(path, |dims| Ok(interpret(path, dims, options.layout)?.total))?;
    let beside = path.with_extension("labels.npy");
    let labels = if beside.is_file() {
        let count = array.dims[0];
        let labels = read_file(&beside, |dims| label_count(&beside, dims, count))?;
        Some((whole_labels(&beside, &labels.raw)?, beside.display().to_string()))
    } else {
        None
    };
    data_set(path, array, labels, options)
}

/// The data set that an array holds, with labels and where they come from.
pub(crate) fn data_set(
    path: &Path,
    array: Array,
    labels: Option<(Vec<u32>, String)>,
    options: &ReadOptions,
) -> Result<Dataset, DataError> {
    let Array { dims, mut raw, changed } = array;
    let what = interpret(path, &dims, options.layout)?;
    if let (super::DataShape::Image { channels, .. }, Some(super::Layout::Nhwc)) = (&what.shape, what.layout) {
        raw.channels_first(what.shape.dim(), *channels);
    }
    let mut reading = Reading { options: options.clone(), read: vec![what.told], changed, ..Reading::default() };
    reading.options.layout = what.layout;
    if let Some((_, source)) = &labels {
        reading.read.push(format!("labels from {source}"));
    }
    let labels = labels.map(|(labels, _)| labels);
    normalise(path, Found { raw, shape: what.shape, labels, class_names: Vec::new(), reading }, options)
}

/// A matrix of finite numbers of any type and order, such as latents: rows, columns, and the numbers row by row.
///
/// # Errors
/// When the file is none.
pub fn read_matrix(path: &Path) -> Result<(usize, usize, Vec<f64>), DataError> {
    let array = read_file(path, |dims| match *dims {
        [_, _] => Ok(interpret(path, dims, None)?.total),
        _ => Err(DataError::format(path, "a matrix (count, dim)", format!("shape {dims:?}"))),
    })?;
    let (rows, columns) = (array.dims[0] as usize, array.dims[1] as usize);
    if let Some(index) = array.raw.not_finite() {
        let (name, value) = (path.display().to_string(), array.raw.at(index));
        return Err(DataError::NotFinite { name, row: index / columns, column: index % columns, value });
    }
    Ok((rows, columns, array.raw.into_f64()))
}

/// The array of a file. `check` sees the dimensions before anything is read and gives their product.
fn read_file(path: &Path, check: impl Fn(&[u64]) -> Result<usize, DataError>) -> Result<Array, DataError> {
    let file = ordinary::open(path)?;
    let size = file.metadata().map_err(DataError::io(path))?.len();
    read_array(path, BufReader::new(file), size, check)
}

/// The array that `reader` gives, of at most `size` bytes.
pub(crate) fn read_array(
    path: &Path,
    mut reader: impl Read,
    size: u64,
    check: impl Fn(&[u64]) -> Result<usize, DataError>,
) -> Result<Array, DataError> {
    let header = checked_header(path, &mut reader)?;
    // The reader's own messages name the byte or the word at fault.
    let bad = |error: std::io::Error| DataError::format(path, "a .npy file", error.to_string());
    let npy = NpyFile::new(Cursor::new(header).chain(reader.take(size))).map_err(bad)?;
    let dims = npy.shape().to_vec();
    let total = check(&dims)?;
    let dtype = npy.dtype();
    let width = dtype.num_bytes().unwrap_or(0) as u64;
    if width.saturating_mul(total as u64) > size {
        let expected = format!("{total} numbers of {width} bytes as the header says");
        return Err(DataError::format(path, expected, format!("a file of {size} bytes")));
    }
    let order = npy.order();
    let mut changed = Vec::new();
    let raw = numbers(path, npy, &dtype, total, &mut changed)?;
    let raw = if order == Order::Fortran { raw.in_c_order(&dims) } else { raw };
    Ok(Array { dims, raw, changed })
}

/// The header. Refuses one longer than the file or than any real one before memory is set aside for it, and one with
/// brackets nested deeper than a dictionary with a shape: npyz's parser takes exponential time in the depth.
fn checked_header(path: &Path, reader: &mut impl Read) -> Result<Vec<u8>, DataError> {
    let truncated = || DataError::format(path, "a .npy file", "a file that ends inside the header");
    let mut header = vec![0; 10];
    reader.read_exact(&mut header).map_err(|_| truncated())?;
    let mut length = u64::from(u16::from_le_bytes([header[8], header[9]]));
    if header[6] > 1 {
        let mut high = [0; 2];
        reader.read_exact(&mut high).map_err(|_| truncated())?;
        length += u64::from(u16::from_le_bytes(high)) << 16;
        header.extend(high);
    }
    if length > MAX_HEADER {
        let expected = format!("a header of at most {MAX_HEADER} bytes");
        return Err(DataError::format(path, expected, format!("{length} bytes")));
    }
    let fixed = header.len();
    reader.by_ref().take(length).read_to_end(&mut header).map_err(DataError::io(path))?;
    if ((header.len() - fixed) as u64) < length {
        return Err(truncated());
    }
    // npyz multiplies the shape up without a look at the size of the product; the digits of the type do no harm here.
    let digits = header[fixed..].split(|byte| !byte.is_ascii_digit()).filter_map(|run| std::str::from_utf8(run).ok());
    let product = digits
        .filter(|run| !run.is_empty())
        .try_fold(1u64, |product, run| run.parse::<u64>().ok().and_then(|number| product.checked_mul(number.max(1))));
    if product.is_none() {
        return Err(DataError::format(path, "the shape of an array", "numbers beyond any array"));
    }
    let mut depth = 0u32;
    for byte in &header[fixed..] {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(DataError::format(path, "a header with a type and a shape", "deeply nested brackets"));
        }
    }
    Ok(header)
}

fn numbers<R: Read>(
    path: &Path,
    npy: NpyFile<R>,
    dtype: &DType,
    total: usize,
    changed: &mut Vec<String>,
) -> Result<Raw, DataError> {
    if dtype.descr().contains("M8[") || dtype.descr().contains("m8[") {
        // They are whole numbers in the file, of a unit that would be lost, and "not a time" is one of them.
        let found = format!("type {}: times, of which `.astype(\"i8\")` makes numbers", dtype.descr());
        return Err(DataError::format(path, format!("{SHAPES} of booleans, integers, f2, f4 or f8"), found));
    }
    let mut rounded = 0usize;
    let mut exact = |magnitude: u64, value: f64| {
        rounded += usize::from(magnitude > EXACT);
        value
    };
    // The type is known only at run time: each attempt hands the file on to the next.
    macro_rules! attempt {
        ($npy:ident, $($kind:ty => $raw:path, $convert:expr;)+) => {{
            'found: {
                $(let $npy = match $npy.try_data::<$kind>() {
                    Ok(values) => break 'found $raw(collect(path, values.map(|value| value.map($convert)), total)?),
                    Err(npy) => npy,
                };)+
                drop($npy);
                let expected = format!("{SHAPES} of booleans, integers, f2, f4 or f8");
                return Err(DataError::format(path, expected, format!("type {}", dtype.descr())));
            }
        }};
    }
    let raw = attempt!(npy,
        u8 => Raw::U8, |x| x;
        f32 => Raw::F32, |x| x;
        f64 => Raw::F64, |x| x;
        half::f16 => Raw::F32, f32::from;
        i64 => Raw::F64, |x: i64| exact(x.unsigned_abs(), x as f64);
        i32 => Raw::F64, f64::from;
        i16 => Raw::F32, f32::from;
        i8 => Raw::F32, f32::from;
        u16 => Raw::U16, |x| x;
        u32 => Raw::F64, f64::from;
        u64 => Raw::F64, |x: u64| exact(x, x as f64);
        bool => Raw::U8, u8::from;
    );
    if rounded > 0 {
        changed.push(format!("{rounded} whole numbers beyond 2^53 rounded to 53 bits"));
    }
    Ok(raw)
}

fn collect<T>(
    path: &Path,
    values: impl Iterator<Item = std::io::Result<T>>,
    total: usize,
) -> Result<Vec<T>, DataError> {
    let found: Vec<T> = values.collect::<Result<_, _>>().map_err(|error| {
        DataError::format(path, format!("{total} numbers"), format!("a file that ends early ({error})"))
    })?;
    if found.len() == total {
        Ok(found)
    } else {
        Err(DataError::format(path, format!("{total} numbers"), format!("{} numbers", found.len())))
    }
}
