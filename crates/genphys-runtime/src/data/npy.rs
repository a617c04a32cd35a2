//! NumPy's `.npy` files.

use super::array::{SHAPES, interpret, normalise, whole_labels};
use super::dataset::Dataset;
use super::error::DataError;
use npyz::{DType, NpyFile, Order};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header believed, as in NumPy itself (`max_header_size`); an ordinary one has about a hundred bytes.
const MAX_HEADER: u64 = 10_000;

/// Deepest brackets of a header: a structured type is a list of tuples in a dictionary.
const MAX_DEPTH: u32 = 4;

/// Reads booleans, integers and floats of either byte order, in C or Fortran order; and labels from the file beside it
/// where there is one: `name.npy` goes with `name.labels.npy`.
pub(crate) fn read(path: &Path) -> Result<Dataset, DataError> {
    let (dims, raw) = read_array(path, |dims| interpret(path, dims).map(|(_, _, total)| total))?;
    let (shape, count, _) = interpret(path, &dims)?;
    let beside = path.with_extension("labels.npy");
    let labels = if beside.is_file() { Some(read_labels(&beside, count)?) } else { None };
    normalise(path, raw, shape, labels)
}

fn read_labels(path: &Path, count: u64) -> Result<Vec<u32>, DataError> {
    let check = |dims: &[u64]| match *dims {
        [found] if found == count => Ok(found as usize),
        _ => Err(DataError::format(path, format!("{count} labels, one per point"), format!("shape {dims:?}"))),
    };
    whole_labels(path, &read_array(path, check)?.1)
}

/// Dimensions and numbers in C order. `check` sees the dimensions before anything is read and gives their product.
fn read_array(
    path: &Path,
    check: impl Fn(&[u64]) -> Result<usize, DataError>,
) -> Result<(Vec<u64>, Vec<f64>), DataError> {
    let mut file = File::open(path).map_err(DataError::io(path))?;
    check_header(path, &mut file)?;
    let size = file.metadata().map_err(DataError::io(path))?.len();
    // The reader's own messages name the byte or the word at fault.
    let bad = |error: std::io::Error| DataError::format(path, "a .npy file", error.to_string());
    let npy = NpyFile::new(BufReader::new(file)).map_err(bad)?;
    let dims = npy.shape().to_vec();
    let total = check(&dims)?;
    let dtype = npy.dtype();
    let width = dtype.num_bytes().unwrap_or(0) as u64;
    if width.saturating_mul(total as u64) > size {
        let expected = format!("{total} numbers of {width} bytes as the header says");
        return Err(DataError::format(path, expected, format!("a file of {size} bytes")));
    }
    let order = npy.order();
    let raw = numbers(path, npy, &dtype, total)?;
    let raw = if order == Order::Fortran { c_order(&raw, &dims) } else { raw };
    Ok((dims, raw))
}

/// Refuses a header longer than the file or than any real one before memory is set aside for it, and one with brackets
/// nested deeper than a dictionary with a shape: npyz's parser takes exponential time in the depth.
fn check_header(path: &Path, file: &mut File) -> Result<(), DataError> {
    let truncated = || DataError::format(path, "a .npy file", "a file that ends inside the header");
    let mut fixed = [0; 10];
    file.read_exact(&mut fixed).map_err(|_| truncated())?;
    let mut length = u64::from(u16::from_le_bytes([fixed[8], fixed[9]]));
    if fixed[6] > 1 {
        let mut high = [0; 2];
        file.read_exact(&mut high).map_err(|_| truncated())?;
        length += u64::from(u16::from_le_bytes(high)) << 16;
    }
    if length > MAX_HEADER {
        let expected = format!("a header of at most {MAX_HEADER} bytes");
        return Err(DataError::format(path, expected, format!("{length} bytes")));
    }
    let mut text = Vec::new();
    file.take(length).read_to_end(&mut text).map_err(DataError::io(path))?;
    if (text.len() as u64) < length {
        return Err(truncated());
    }
    // npyz multiplies the shape up without a look at the size of the product; the digits of the type do no harm here.
    let digits = text.split(|byte| !byte.is_ascii_digit()).filter_map(|run| std::str::from_utf8(run).ok());
    let product = digits.filter(|run| !run.is_empty()).try_fold(1u64, |product, run| {
        run.parse::<u64>().ok().and_then(|number| product.checked_mul(number.max(1)))
    });
    if product.is_none() {
        return Err(DataError::format(path, "the shape of an array", "numbers beyond any array"));
    }
    let mut depth = 0u32;
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(DataError::format(path, "a header with a type and a shape", "deeply nested brackets"));
        }
    }
    file.rewind().map_err(DataError::io(path))
}

type Npy = NpyFile<BufReader<File>>;

fn numbers(path: &Path, npy: Npy, dtype: &DType, total: usize) -> Result<Vec<f64>, DataError> {
    // The type is known only at run time: each attempt hands the file on to the next.
    macro_rules! attempt {
        ($npy:ident, $($kind:ty => $convert:expr),+) => {{
            $(let $npy = match $npy.try_data::<$kind>() {
                Ok(values) => return collect(path, values.map(|value| value.map($convert)), total),
                Err(npy) => npy,
            };)+
            drop($npy);
        }};
    }
    attempt!(npy, u8 => f64::from, f32 => f64::from, f64 => |x| x, i64 => |x| x as f64, i32 => f64::from,
        i16 => f64::from, i8 => f64::from, u16 => f64::from, u32 => f64::from, u64 => |x| x as f64,
        bool => |x| f64::from(u8::from(x)));
    Err(DataError::format(path, format!("{SHAPES} of booleans, integers, f4 or f8"), format!("type {}", dtype.descr())))
}

fn collect(
    path: &Path,
    values: impl Iterator<Item = std::io::Result<f64>>,
    total: usize,
) -> Result<Vec<f64>, DataError> {
    let found: Vec<f64> = values.collect::<Result<_, _>>().map_err(|error| {
        DataError::format(path, format!("{total} numbers"), format!("a file that ends early ({error})"))
    })?;
    if found.len() == total {
        Ok(found)
    } else {
        Err(DataError::format(path, format!("{total} numbers"), format!("{} numbers", found.len())))
    }
}

/// Fortran order, first index fastest, to C order, last index fastest.
fn c_order(values: &[f64], dims: &[u64]) -> Vec<f64> {
    let mut strides = vec![1usize; dims.len()];
    for axis in 1..dims.len() {
        strides[axis] = strides[axis - 1] * dims[axis - 1] as usize;
    }
    let source = |index: usize| {
        let mut rest = index;
        let mut position = 0;
        for (axis, dim) in dims.iter().enumerate().rev() {
            position += rest % *dim as usize * strides[axis];
            rest /= *dim as usize;
        }
        position
    };
    (0..values.len()).map(|index| values[source(index)]).collect()
}
