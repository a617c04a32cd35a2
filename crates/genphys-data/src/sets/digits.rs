//! The embedded handwritten digits.

use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::normalisation::Normalisation;
use flate2::read::GzDecoder;
use std::io::Read;

/// 1,797 rows of 64 pixels (0..=16) and a label (0..=9), one byte each.
const PACKED: &[u8] = include_bytes!("../../assets/digits.bin.gz");

/// Pixels per image.
const PIXELS: usize = 64;

/// Where the digits come from, as their licence asks to be stated.
pub const DIGITS_ATTRIBUTION: &str = "E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine \
    Learning Repository (1998), https://doi.org/10.24432/C50P49, licensed CC BY 4.0. The 1,797 images of its test set, \
    8x8 pixels, values 0 to 16 scaled to -1 to 1.";

/// The 1,797 8x8 handwritten digits of UCI optdigits (its test set), −1 for paper and 1 for ink, with labels.
///
/// # Errors
/// Only if the embedded bytes were damaged.
pub fn digits() -> Result<Dataset, DataError> {
    let mut bytes = Vec::new();
    GzDecoder::new(PACKED).read_to_end(&mut bytes).map_err(DataError::io("embedded digits"))?;
    let rows = bytes.chunks_exact(PIXELS + 1);
    let normalisation = Normalisation::of_range(0.0, 16.0);
    let points = normalisation.apply(rows.clone().flat_map(|row| &row[..PIXELS]).map(|value| f64::from(*value)));
    let labels = rows.map(|row| u32::from(row[PIXELS])).collect();
    let shape = DataShape::Image { height: 8, width: 8, channels: 1 };
    Dataset::new("digits", points, shape, Some(labels), normalisation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_all_there() {
        let data = digits().unwrap();
        assert_eq!((data.len(), data.dim()), (1797, 64));
        let mut counts = [0; 10];
        data.labels.iter().flatten().for_each(|label| counts[*label as usize] += 1);
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        assert!(data.points.iter().all(|value| (-1.0..=1.0).contains(value)));
        // The first image is a nought; its first two rows as published.
        let raw = data.denormalise(data.point(0).unwrap());
        assert_eq!(raw[..16], [0.0f64, 0., 5., 13., 9., 1., 0., 0., 0., 0., 13., 15., 10., 15., 5., 0.]);
    }
}
