//! From an array of numbers, as files hold it, to a data set.

use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::normalisation::Normalisation;
use super::options::{Layout, ReadOptions, Scaling};
use super::raw::Raw;
use super::reading::{Reading, some};
use std::cmp::Ordering;
use std::path::Path;

/// Most numbers that are read into memory: 4 GiB of `f32`.
pub(crate) const MAX_VALUES: u64 = 1 << 30;

/// Deviations of channels that differ by more than this factor are of different units.
const ONE_UNIT: f64 = 10.0;

/// What a file may hold, for messages.
pub(crate) const SHAPES: &str = "an array of numbers (n), points (n, d), grey images (n, height, width) or images \
                                 (n, height, width, channels) or (n, channels, height, width)";

/// What an array of certain dimensions is.
#[derive(Clone, Debug)]
pub(crate) struct Interpreted {
    pub(crate) shape: DataShape,
    /// Points.
    pub(crate) count: u64,
    /// Numbers in all.
    pub(crate) total: usize,
    /// Order of the axes of images with channels.
    pub(crate) layout: Option<Layout>,
    /// The same in words, with what else it could have been.
    pub(crate) told: String,
}

fn written(dims: &[u64]) -> String {
    format!("({})", dims.iter().map(u64::to_string).collect::<Vec<_>>().join(", "))
}

/// What an array of these dimensions is. Without a `layout`, that of four dimensions shows in what is square, else in
/// which of the ends is likelier a number of channels.
///
/// # Errors
/// For other numbers of dimensions, empty dimensions, more numbers than [`MAX_VALUES`], and where the layout does not
/// show.
pub(crate) fn interpret(path: &Path, dims: &[u64], layout: Option<Layout>) -> Result<Interpreted, DataError> {
    let total = dims.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
    let total = match total {
        Some(total) if total <= MAX_VALUES => total as usize,
        _ => {
            let found = written(dims);
            return Err(DataError::TooLarge { name: path.display().to_string(), limit: MAX_VALUES, found });
        }
    };
    if dims.iter().skip(1).min() == Some(&0) {
        return Err(DataError::format(path, SHAPES, format!("the empty shape {}", written(dims))));
    }
    // Of no points the sizes may be anything.
    if dims.first() == Some(&0) {
        return Err(DataError::TooFew { name: path.display().to_string(), expected: 2, found: 0 });
    }
    let image = |height: u64, width: u64, channels: u64| DataShape::Image {
        height: height as usize,
        width: width as usize,
        channels: channels as usize,
    };
    let (shape, layout, told) = match *dims {
        [count] => (DataShape::Vector { dim: 1, names: None }, None, format!("{count} numbers, one a point")),
        [count, dim] => {
            let told = format!("{count} points of {dim} numbers");
            // Other programs have points as columns.
            let told = if count < dim { format!("{told} (fewer points than numbers: transposed?)") } else { told };
            (DataShape::Vector { dim: dim as usize, names: None }, None, told)
        }
        [count, height, width] => {
            (image(height, width, 1), None, format!("{count} images of {width}x{height} grey pixels"))
        }
        [count, a, b, c] => {
            let found = match layout.or_else(|| apparent_layout(a, b, c)) {
                Some(found) => found,
                None => {
                    return Err(DataError::Unclear {
                        name: path.display().to_string(),
                        what: format!("{}: it does not show which axis holds the channels", written(dims)),
                        help: "say --layout nchw (channels first) or --layout nhwc (channels last)".into(),
                    });
                }
            };
            let (own, other, other_name) = match found {
                Layout::Nchw => (image(b, c, a), image(a, b, c), Layout::Nhwc),
                Layout::Nhwc => (image(a, b, c), image(b, c, a), Layout::Nchw),
            };
            let otherwise = match layout {
                None => format!(" (--layout {other_name}: {})", other.described()),
                Some(_) => String::new(),
            };
            (own.clone(), Some(found), format!("{count} images of {} as {found}{otherwise}", own.described()))
        }
        _ => return Err(DataError::format(path, SHAPES, format!("shape {}", written(dims)))),
    };
    Ok(Interpreted { shape, count: dims[0], total, layout, told })
}

/// Where the channels are among axes of these lengths.
fn apparent_layout(a: u64, b: u64, c: u64) -> Option<Layout> {
    match (a == b, b == c) {
        (true, false) => Some(Layout::Nhwc),
        (false, true) => Some(Layout::Nchw),
        // One number: (4, 4, 4) is as much the one as the other.
        (true, true) => (a == 1).then_some(Layout::Nhwc),
        (false, false) => {
            // Grey or colour is likelier than two or four channels, and these than any more.
            let likely = |axis: u64| if axis == 1 || axis == 3 { 2 } else { u8::from(axis <= 4) };
            match likely(a).cmp(&likely(c)) {
                Ordering::Less => Some(Layout::Nhwc),
                Ordering::Greater => Some(Layout::Nchw),
                Ordering::Equal => None,
            }
        }
    }
}

/// What a reader has found.
#[derive(Debug)]
pub(crate) struct Found {
    /// Points in the order (point, channel, row, column).
    pub(crate) raw: Raw,
    pub(crate) shape: DataShape,
    pub(crate) labels: Option<Vec<u32>>,
    pub(crate) class_names: Vec<String>,
    /// Without what is told here about the normalisation.
    pub(crate) reading: Reading,
}

/// A normalised data set of what was found.
///
/// # Errors
/// For fewer than two points, for numbers that are not finite, and for such that are beyond `f32` when they are
/// normalised.
pub(crate) fn normalise(path: &Path, found: Found, options: &ReadOptions) -> Result<Dataset, DataError> {
    let Found { raw, shape, labels, class_names, mut reading } = found;
    let name = path.display().to_string();
    let dim = shape.dim().max(1);
    if let Some(index) = raw.not_finite() {
        return Err(DataError::NotFinite { name, row: index / dim, column: index % dim, value: raw.at(index) });
    }
    if raw.len() < 2 * dim {
        return Err(DataError::TooFew { name, expected: 2, found: raw.len() / dim });
    }
    let normalisation = match &options.normalisation {
        Some(of_model) => {
            reading.changed.push("normalised as the training data of the model".into());
            of_model.clone()
        }
        None => {
            let (normalisation, scaling, told) = chosen(&name, &raw, &shape, options.scaling)?;
            reading.options.scaling = Some(scaling);
            reading.changed.push(told);
            if scaling == Scaling::Coordinate {
                reading.changed.extend(constant_told(&raw, &shape));
            }
            normalisation
        }
    };
    if !normalisation.fits(dim) {
        let help = "give them in units in which they are neither huge nor tiny".to_owned();
        return Err(DataError::Unclear { name, what: "no finite factor brings the values near one".into(), help });
    }
    let points = raw.normalised(&normalisation);
    if let Some(index) = points.iter().position(|value| !value.is_finite()) {
        return Err(DataError::Beyond { name, row: index / dim, column: index % dim, value: raw.at(index) });
    }
    drop(raw);
    let data = Dataset::new(name, points, shape, labels, normalisation)?.with_class_names(class_names);
    Ok(Dataset { reading, ..data })
}

/// Which coordinates are the same in all points: they are centred only, and models come near that value without hitting
/// it.
fn constant_told(raw: &Raw, shape: &DataShape) -> Option<String> {
    let dim = shape.dim().max(1);
    let mut constant = vec![true; dim];
    raw.each(&mut |index, value| {
        if value != raw.at(index % dim) {
            constant[index % dim] = false;
        }
    });
    let name = |index: usize| match shape {
        DataShape::Vector { names: Some(names), .. } => names[index].clone(),
        _ => index.to_string(),
    };
    let constant: Vec<String> = (0..dim).filter(|index| constant[*index]).map(name).collect();
    // Of data that do not vary at all something else is told.
    let some_do = !constant.is_empty() && constant.len() < dim;
    some_do.then(|| format!("one value in all points, only centred: coordinate {}", some(&constant)))
}

/// The normalisation of data of this shape, the kind it is of, and how that is told.
fn chosen(
    name: &str,
    raw: &Raw,
    shape: &DataShape,
    asked: Option<Scaling>,
) -> Result<(Normalisation, Scaling, String), DataError> {
    let dim = shape.dim();
    let DataShape::Image { height, width, channels } = *shape else {
        return match asked.unwrap_or(Scaling::Coordinate) {
            Scaling::Channel => Err(DataError::Unclear {
                name: name.to_owned(),
                what: "--scale channel is for images, and these are points".into(),
                help: "say --scale coordinate (each by itself) or --scale together (one unit for all)".into(),
            }),
            Scaling::Coordinate => {
                Ok((Normalisation::of_planes(raw, dim, 1), Scaling::Coordinate, "each coordinate standardised".into()))
            }
            Scaling::Together => {
                let all = "all coordinates standardised together".to_owned();
                Ok((Normalisation::of_planes(raw, dim, dim), Scaling::Together, all))
            }
        };
    };
    let by_channel = || {
        let told = if channels == 1 { "values standardised" } else { "each channel standardised (--scale channel)" };
        (Normalisation::of_planes(raw, dim, height * width), Scaling::Channel, told.to_owned())
    };
    let (lowest, highest) = raw.range();
    let together = || {
        let map = Normalisation::of_pixels(lowest, highest);
        let [low, high] = [-1.0, 1.0].map(|end: f64| map.invert(&[end])[0] as f32);
        let told = if highest > lowest {
            format!("values {low} to {high} mapped to -1 to 1")
        } else {
            "values centred".into()
        };
        (map, Scaling::Together, told)
    };
    Ok(match asked {
        Some(Scaling::Together) => together(),
        Some(Scaling::Channel) => by_channel(),
        Some(Scaling::Coordinate) => {
            (Normalisation::of_planes(raw, dim, 1), Scaling::Coordinate, "each pixel standardised".into())
        }
        // Bytes and pixels of pictures are of one unit.
        None if channels == 1 || matches!(raw, Raw::U8(_)) => together(),
        None => {
            let by_channel = by_channel();
            let scales = || by_channel.0.scale.iter().filter(|scale| **scale != 1.0);
            let (least, most) = scales().fold((f64::INFINITY, 0.0f64), |(a, b), s| (a.min(*s), b.max(*s)));
            let usual = Normalisation::usual_pixels(lowest, highest).is_some();
            let pictures = matches!(raw, Raw::U16(_));
            if (usual || pictures) && most <= ONE_UNIT * least { together() } else { by_channel }
        }
    })
}

/// Numbers as labels.
///
/// # Errors
/// Unless every number is whole, and neither negative nor huge.
pub(crate) fn whole_labels(path: &Path, numbers: &Raw) -> Result<Vec<u32>, DataError> {
    let label = |index: usize| {
        let value = numbers.at(index);
        let whole = value as u32;
        if f64::from(whole) == value {
            Ok(whole)
        } else {
            Err(DataError::format(path, "labels that are whole numbers", value.to_string()))
        }
    };
    (0..numbers.len()).map(label).collect()
}

/// How many labels an array of these dimensions holds: `count`, in a row or a column.
///
/// # Errors
/// When it does not.
pub(crate) fn label_count(path: &Path, dims: &[u64], count: u64) -> Result<usize, DataError> {
    match *dims {
        [found] | [found, 1] if found == count => Ok(found as usize),
        _ => Err(DataError::format(path, format!("{count} labels, one per point"), format!("shape {}", written(dims)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_as_documented() {
        let path = Path::new("x.npy");
        let shape = |dims: &[u64]| interpret(path, dims, None).map(|i| (i.shape.dim(), i.count, i.total));
        assert_eq!(shape(&[10]).unwrap(), (1, 10, 10));
        assert_eq!(shape(&[10, 3]).unwrap(), (3, 10, 30));
        assert_eq!(shape(&[10, 4, 5]).unwrap(), (20, 10, 200));
        assert_eq!(shape(&[10, 4, 5, 3]).unwrap(), (60, 10, 600));
        assert!(matches!(shape(&[10, 0]), Err(DataError::Format { .. })));
        let huge = u64::MAX >> 1;
        for none in [&[0][..], &[0, huge], &[0, huge, huge], &[0, 4, 4, huge], &[0, huge, huge, huge]] {
            assert!(matches!(shape(none), Err(DataError::TooFew { found: 0, .. })), "{none:?}");
        }
        assert!(matches!(shape(&[2, 2, 2, 2, 2]), Err(DataError::Format { .. })));
        assert!(matches!(shape(&[u64::MAX, 2]), Err(DataError::TooLarge { .. })));
        assert!(matches!(shape(&[1 << 20, 1 << 20]), Err(DataError::TooLarge { .. })));
    }

    #[test]
    fn channels_are_found_or_asked_for() {
        let channels = |a, b, c, layout| match interpret(Path::new("x"), &[9, a, b, c], layout).map(|i| i.shape) {
            Ok(DataShape::Image { height, width, channels }) => Some((channels, height, width)),
            _ => None,
        };
        assert_eq!(channels(16, 4, 4, None), Some((16, 4, 4)));
        assert_eq!(channels(4, 4, 16, None), Some((16, 4, 4)));
        assert_eq!(channels(3, 32, 32, None), Some((3, 32, 32)));
        assert_eq!(channels(28, 28, 1, None), Some((1, 28, 28)));
        assert_eq!(channels(48, 64, 3, None), Some((3, 48, 64)));
        assert_eq!(channels(3, 48, 64, None), Some((3, 48, 64)));
        for (a, b, c) in [(4, 4, 4), (8, 6, 5), (3, 7, 1)] {
            assert_eq!(channels(a, b, c, None), None);
            assert_eq!(channels(a, b, c, Some(Layout::Nchw)), Some((a as usize, b as usize, c as usize)));
            assert_eq!(channels(a, b, c, Some(Layout::Nhwc)), Some((c as usize, a as usize, b as usize)));
        }
    }
}
