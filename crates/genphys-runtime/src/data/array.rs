//! From an array of numbers, as files hold it, to a data set.

use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::normalisation::Normalisation;
use std::path::Path;

/// Most numbers that are read into memory: 4 GiB of `f32`.
pub(crate) const MAX_VALUES: u64 = 1 << 30;

/// What a file may hold, for messages.
pub(crate) const SHAPES: &str =
    "an array of points (n, d), grey images (n, height, width) or images (n, height, width, channels)";

/// The shape of one point, and how many points and numbers in all an array of these dimensions has.
///
/// # Errors
/// For other numbers of dimensions, empty dimensions, and more numbers than [`MAX_VALUES`].
pub(crate) fn interpret(path: &Path, dims: &[u64]) -> Result<(DataShape, u64, usize), DataError> {
    let written = || format!("({})", dims.iter().map(u64::to_string).collect::<Vec<_>>().join(", "));
    let total = dims.iter().try_fold(1u64, |product, dim| product.checked_mul(*dim));
    let total = match total {
        Some(total) if total <= MAX_VALUES => total as usize,
        _ => {
            return Err(DataError::TooLarge { name: path.display().to_string(), limit: MAX_VALUES, found: written() });
        }
    };
    let shape = match *dims {
        [_, dim] => DataShape::Vector { dim: dim as usize, names: None },
        [_, height, width] => DataShape::Image { height: height as usize, width: width as usize, channels: 1 },
        [_, height, width, channels @ 1..=4] => {
            DataShape::Image { height: height as usize, width: width as usize, channels: channels as usize }
        }
        [_, _, _, channels] => {
            let found = format!("{channels} channels in shape {}", written());
            return Err(DataError::format(path, "1 to 4 channels in the last dimension", found));
        }
        _ => return Err(DataError::format(path, SHAPES, format!("shape {}", written()))),
    };
    match dims.iter().skip(1).min() {
        Some(0) => Err(DataError::format(path, SHAPES, format!("the empty shape {}", written()))),
        _ => Ok((shape, dims[0], total)),
    }
}

/// Raw numbers in the order (point, row, column, channel) as a normalised data set: tables are standardised by column,
/// images brought to [−1, 1] and channels first.
///
/// # Errors
/// For fewer than two points and for numbers that are not finite.
pub(crate) fn normalise(
    path: &Path,
    raw: Vec<f64>,
    shape: DataShape,
    labels: Option<Vec<u32>>,
) -> Result<Dataset, DataError> {
    let name = path.display().to_string();
    let dim = shape.dim();
    // No points of a great dimension take no room in the file, and much for their normalisation.
    if raw.is_empty() {
        return Err(DataError::TooFew { name, expected: 2, found: 0 });
    }
    if let Some(index) = raw.iter().position(|value| !value.is_finite()) {
        return Err(DataError::NotFinite { name, row: index / dim, column: index % dim, value: raw[index] });
    }
    let (points, normalisation) = match &shape {
        DataShape::Vector { dim, .. } => {
            let normalisation = Normalisation::standardising(&raw, *dim);
            (normalisation.apply(raw), normalisation)
        }
        DataShape::Image { channels, .. } => {
            let lowest = raw.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = raw.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let normalisation = Normalisation::of_pixels(lowest, highest);
            let points = normalisation.apply(raw);
            (if *channels == 1 { points } else { channels_first(&points, dim, *channels) }, normalisation)
        }
    };
    Dataset::new(name, points, shape, labels, normalisation)
}

/// Numbers as labels.
///
/// # Errors
/// Unless every number is whole, and neither negative nor huge.
pub(crate) fn whole_labels(path: &Path, numbers: &[f64]) -> Result<Vec<u32>, DataError> {
    let label = |value: &f64| {
        let whole = *value as u32;
        if f64::from(whole) == *value {
            Ok(whole)
        } else {
            Err(DataError::format(path, "labels that are whole numbers", value.to_string()))
        }
    };
    numbers.iter().map(label).collect()
}

fn channels_first(points: &[f32], dim: usize, channels: usize) -> Vec<f32> {
    let plane =
        |image: &'_ [f32], channel: usize| image.iter().skip(channel).step_by(channels).copied().collect::<Vec<_>>();
    points.chunks_exact(dim).flat_map(|image| (0..channels).flat_map(move |channel| plane(image, channel))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_read_as_documented() {
        let path = Path::new("x.npy");
        let shape = |dims: &[u64]| interpret(path, dims).map(|(shape, count, total)| (shape.dim(), count, total));
        assert_eq!(shape(&[10, 3]).unwrap(), (3, 10, 30));
        assert_eq!(shape(&[10, 4, 5]).unwrap(), (20, 10, 200));
        assert_eq!(shape(&[10, 4, 5, 3]).unwrap(), (60, 10, 600));
        assert!(matches!(shape(&[10]), Err(DataError::Format { .. })));
        assert!(matches!(shape(&[10, 0]), Err(DataError::Format { .. })));
        assert!(matches!(shape(&[10, 2, 2, 9]), Err(DataError::Format { .. })));
        assert!(matches!(shape(&[u64::MAX, 2]), Err(DataError::TooLarge { .. })));
        assert!(matches!(shape(&[1 << 20, 1 << 20]), Err(DataError::TooLarge { .. })));
    }

    #[test]
    fn channels_move_to_the_front() {
        let raw = vec![0.0, 1.0, 2.0, 3.0, 4.0, 255.0, 0.0, 1.0, 2.0, 3.0, 4.0, 255.0];
        let shape = DataShape::Image { height: 1, width: 2, channels: 3 };
        let data = normalise(Path::new("x"), raw, shape, None).unwrap();
        let back: Vec<f32> = data.denormalise(data.point(1).unwrap()).iter().map(|value| value.round()).collect();
        assert_eq!(back, vec![0.0, 3.0, 1.0, 4.0, 2.0, 255.0]);
    }
}
