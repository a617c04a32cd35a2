//! The affine map between raw values and those a network sees.

use serde::{Deserialize, Serialize};

/// Standard deviation given to normalised tables and point clouds: EDM's σ_data (Karras et al., arXiv 2206.00364, table 1).
/// Images in [−1, 1] have about this one by nature.
pub const SIGMA_DATA: f64 = 0.5;

/// normalised = (raw − offset) · scale, coordinate by coordinate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// One entry per coordinate, or a single one for all.
    pub offset: Vec<f64>,
    /// One non-zero entry per coordinate, or a single one for all.
    pub scale: Vec<f64>,
}

impl Normalisation {
    /// Changes nothing.
    pub fn identity() -> Self {
        Self { offset: vec![0.0], scale: vec![1.0] }
    }

    /// Maps [low, high] to [−1, 1] in every coordinate.
    pub fn of_range(low: f64, high: f64) -> Self {
        Self { offset: vec![0.5 * (low + high)], scale: vec![2.0 / (high - low)] }
    }

    /// The pixel range that image values between `lowest` and `highest` were most likely written in: [0, 1], [−1, 1] or
    /// [0, 255] when they fill at least half of it, otherwise their own.
    pub fn of_pixels(lowest: f64, highest: f64) -> Self {
        let span = highest - lowest;
        let usual = [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)];
        let fits = |(low, high): &(f64, f64)| lowest >= *low && highest <= *high && span >= 0.5 * (high - low);
        match usual.iter().find(|range| fits(range)) {
            Some((low, high)) => Self::of_range(*low, *high),
            None if span > 0.0 => Self::of_range(lowest, highest),
            None => Self { offset: vec![lowest], scale: vec![1.0] },
        }
    }

    /// Gives every column of row-major `(len, dim)` values mean 0 and standard deviation [`SIGMA_DATA`]. A constant
    /// column is only centred.
    pub fn standardising(values: &[f64], dim: usize) -> Self {
        let (mut offset, mut scale) = (vec![0.0; dim], vec![1.0; dim]);
        for column in 0..dim {
            let entries = || values.iter().skip(column).step_by(dim.max(1));
            let mut mean = 0.0;
            for (index, value) in entries().enumerate() {
                mean += (value - mean) / (index as f64 + 1.0);
            }
            // Scaled by the largest deviation, so that no square overflows or vanishes.
            let largest = entries().map(|value| (value - mean).abs()).fold(0.0, f64::max);
            offset[column] = mean;
            // Rounding of the mean is not variation.
            if largest > 1e-13 * mean.abs() {
                let squares: f64 = entries().map(|value| ((value - mean) / largest).powi(2)).sum();
                let count = entries().count() as f64;
                scale[column] = SIGMA_DATA / (largest * (squares / count).sqrt());
            }
        }
        Self { offset, scale }
    }

    fn entry(list: &[f64], index: usize) -> f64 {
        if list.len() == 1 { list[0] } else { list[index % list.len()] }
    }

    /// Whether the lengths fit `dim` coordinates and every number can be divided by.
    pub(crate) fn fits(&self, dim: usize) -> bool {
        let length = |list: &[f64]| list.len() == 1 || list.len() == dim;
        let usable = self.scale.iter().all(|s| s.is_finite() && *s != 0.0) && self.offset.iter().all(|o| o.is_finite());
        length(&self.offset) && length(&self.scale) && usable
    }

    /// Raw to normalised, for row-major values in whole rows.
    pub fn apply(&self, raw: impl IntoIterator<Item = f64>) -> Vec<f32> {
        let map = |(index, value)| {
            let (offset, scale) = (Self::entry(&self.offset, index), Self::entry(&self.scale, index));
            ((value - offset) * scale) as f32
        };
        raw.into_iter().enumerate().map(map).collect()
    }

    /// Normalised to raw, for row-major values in whole rows.
    pub fn invert(&self, normalised: &[f32]) -> Vec<f32> {
        let map = |(index, value): (usize, &f32)| {
            let (offset, scale) = (Self::entry(&self.offset, index), Self::entry(&self.scale, index));
            (f64::from(*value) / scale + offset) as f32
        };
        normalised.iter().enumerate().map(map).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_get_the_range_they_were_written_in() {
        assert_eq!(Normalisation::of_pixels(0.0, 255.0), Normalisation::of_range(0.0, 255.0));
        assert_eq!(Normalisation::of_pixels(3.0, 200.0), Normalisation::of_range(0.0, 255.0));
        assert_eq!(Normalisation::of_pixels(0.1, 0.9), Normalisation::of_range(0.0, 1.0));
        assert_eq!(Normalisation::of_pixels(-0.8, 0.9), Normalisation::of_range(-1.0, 1.0));
        assert_eq!(Normalisation::of_pixels(0.0, 16.0), Normalisation::of_range(0.0, 16.0));
        let flat = Normalisation::of_pixels(7.0, 7.0);
        assert_eq!(flat.apply([7.0, 7.0]), vec![0.0, 0.0]);
    }

    #[test]
    fn columns_are_standardised_and_come_back() {
        let raw = [1e9, 5.0, 1e9 + 2.0, 5.0, 1e9 + 4.0, 5.0];
        let normalisation = Normalisation::standardising(&raw, 2);
        let points = normalisation.apply(raw);
        let mean: f32 = points.iter().step_by(2).sum();
        let variance: f32 = points.iter().step_by(2).map(|x| x * x).sum::<f32>() / 3.0;
        assert!(mean.abs() < 1e-6 && (variance - 0.25).abs() < 1e-6);
        assert!(points.iter().skip(1).step_by(2).all(|x| *x == 0.0), "a constant column is centred");
        for (value, back) in raw.iter().zip(normalisation.invert(&points)) {
            assert!((*value - f64::from(back)).abs() <= 64.0, "{value} {back}");
        }
    }

    #[test]
    fn extreme_columns_stay_finite() {
        for size in [1e-200, 1e200] {
            let normalisation = Normalisation::standardising(&[-size, size, 0.0, size], 1);
            assert!(normalisation.fits(1), "{normalisation:?}");
        }
    }
}
