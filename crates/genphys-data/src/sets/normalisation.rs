//! The affine map between raw values and those a network sees.

use super::raw::Raw;
use serde::{Deserialize, Serialize};

/// Standard deviation given to normalised tables and point clouds: EDM's σ_data (Karras et al., arXiv 2206.00364, table
/// 1). Images in [−1, 1] have about this one by nature.
pub const SIGMA_DATA: f64 = 0.5;

/// normalised = (raw − offset) · scale, coordinate by coordinate, in `f64`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalisation {
    /// One entry per coordinate, or per `plane` of them, or a single one for all.
    pub offset: Vec<f64>,
    /// The same of non-zero entries.
    pub scale: Vec<f64>,
    /// Neighbouring coordinates that share an entry: the pixels of a channel.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub plane: usize,
}

fn one() -> usize {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_one(plane: &usize) -> bool {
    *plane == 1
}

impl Normalisation {
    /// Of these entries, one per coordinate or one for all.
    pub fn new(offset: Vec<f64>, scale: Vec<f64>) -> Self {
        Self { offset, scale, plane: one() }
    }

    /// Changes nothing.
    pub fn identity() -> Self {
        Self::new(vec![0.0], vec![1.0])
    }

    /// Maps [low, high] to [−1, 1] in every coordinate.
    pub fn of_range(low: f64, high: f64) -> Self {
        Self::new(vec![0.5 * (low + high)], vec![2.0 / (high - low)])
    }

    /// The pixel range that image values between `lowest` and `highest` were most likely written in, when they fill at
    /// least half of it: [0, 1], [−1, 1], [0, 255] or [0, 65535].
    pub fn usual_pixels(lowest: f64, highest: f64) -> Option<Self> {
        let usual = [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 65_535.0)];
        let fits =
            |(low, high): &(f64, f64)| lowest >= *low && highest <= *high && highest - lowest >= 0.5 * (high - low);
        usual.iter().find(|range| fits(range)).map(|(low, high)| Self::of_range(*low, *high))
    }

    /// [`usual_pixels`](Self::usual_pixels), otherwise their own range.
    pub fn of_pixels(lowest: f64, highest: f64) -> Self {
        match Self::usual_pixels(lowest, highest) {
            Some(usual) => usual,
            None if highest > lowest => Self::of_range(lowest, highest),
            None => Self::new(vec![lowest], vec![1.0]),
        }
    }

    /// Gives every column of row-major `(len, dim)` values mean 0 and standard deviation [`SIGMA_DATA`]. A constant
    /// column is only centred.
    pub fn standardising(values: &[f64], dim: usize) -> Self {
        let each = |what: &mut dyn FnMut(usize, f64)| values.iter().enumerate().for_each(|(i, x)| what(i, *x));
        Self::standardised(each, dim, one())
    }

    /// The same for values of any kind, where `plane` neighbouring coordinates count as one column.
    pub(crate) fn of_planes(values: &Raw, dim: usize, plane: usize) -> Self {
        Self::standardised(|what| values.each(what), dim, plane)
    }

    fn standardised(each: impl Fn(&mut dyn FnMut(usize, f64)), dim: usize, plane: usize) -> Self {
        let groups = dim / plane.max(1);
        let group = |index: usize| index / plane % groups;
        let (mut mean, mut count) = (vec![0.0; groups], vec![0.0f64; groups]);
        each(&mut |index, value| {
            let g = group(index);
            count[g] += 1.0;
            mean[g] += (value - mean[g]) / count[g];
        });
        // Scaled by the largest deviation, so that no square overflows or vanishes.
        let mut largest = vec![0.0f64; groups];
        each(&mut |index, value| {
            let g = group(index);
            largest[g] = largest[g].max((value - mean[g]).abs());
        });
        let mut squares = vec![0.0; groups];
        each(&mut |index, value| {
            let g = group(index);
            squares[g] += ((value - mean[g]) / largest[g]).powi(2);
        });
        let scale = |g: usize| {
            // Rounding of the mean is not variation.
            if largest[g] > 1e-13 * mean[g].abs() {
                SIGMA_DATA / (largest[g] * (squares[g] / count[g]).sqrt())
            } else {
                1.0
            }
        };
        Self { scale: (0..groups).map(scale).collect(), offset: mean, plane }
    }

    fn entry(&self, list: &[f64], index: usize) -> f64 {
        if list.len() == 1 { list[0] } else { list[index / self.plane % list.len()] }
    }

    /// The factor of coordinate `index`; of row-major values the index among all.
    pub fn factor(&self, index: usize) -> f64 {
        self.entry(&self.scale, index)
    }

    /// The factor that all coordinates share, if they do: distances are then the same in raw units, but for it.
    pub fn common_factor(&self) -> Option<f64> {
        match self.scale.as_slice() {
            [factor] => Some(factor.abs()),
            _ => None,
        }
    }

    /// Whether the lengths fit `dim` coordinates and every number can be divided by.
    pub fn fits(&self, dim: usize) -> bool {
        let length = |list: &[f64]| list.len() == 1 || list.len().checked_mul(self.plane) == Some(dim);
        let usable = self.scale.iter().all(|s| s.is_normal()) && self.offset.iter().all(|o| o.is_finite());
        self.plane > 0 && length(&self.offset) && length(&self.scale) && usable
    }

    /// A raw value of row-major values, normalised.
    pub fn of(&self, index: usize, raw: f64) -> f64 {
        (raw - self.entry(&self.offset, index)) * self.factor(index)
    }

    /// Raw to normalised, for row-major values in whole rows.
    pub fn apply(&self, raw: impl IntoIterator<Item = f64>) -> Vec<f32> {
        raw.into_iter().enumerate().map(|(index, value)| self.of(index, value) as f32).collect()
    }

    /// Normalised to raw, for row-major values in whole rows. In `f64`: where the offset is large beside the variation,
    /// `f32` would round all of it away.
    pub fn invert<T: Copy + Into<f64>>(&self, normalised: &[T]) -> Vec<f64> {
        let map = |(index, value): (usize, &T)| {
            let value: f64 = (*value).into();
            value / self.factor(index) + self.entry(&self.offset, index)
        };
        normalised.iter().enumerate().map(map).collect()
    }

    /// Whether raw values of `f32` are as good as normalised ones: no offset is large beside the variation around it,
    /// and no value near [−1, 1] leaves their range.
    pub fn suits_f32(&self) -> bool {
        let count = self.offset.len().max(self.scale.len());
        (0..count).map(|g| g * self.plane).all(|index| {
            let (offset, factor) = (self.entry(&self.offset, index), self.factor(index).abs());
            let size = 1.0 / factor;
            offset.abs() <= 64.0 * size && size < 1e30 && size > 1e-30
        })
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
        assert_eq!(Normalisation::of_pixels(7.0, 65_000.0), Normalisation::of_range(0.0, 65_535.0));
        assert_eq!(Normalisation::of_pixels(0.0, 4095.0), Normalisation::of_range(0.0, 4095.0));
        assert_eq!(Normalisation::of_pixels(0.0, 16.0), Normalisation::of_range(0.0, 16.0));
        let flat = Normalisation::of_pixels(7.0, 7.0);
        assert_eq!(flat.apply([7.0, 7.0]), vec![0.0, 0.0]);
    }

    #[test]
    fn columns_are_standardised_and_come_back() {
        // Unix times within seconds: no two of them are the same f32.
        let raw = [1.7e9, 5.0, 1.7e9 + 2.0, 5.0, 1.7e9 + 4.0, 5.0];
        let normalisation = Normalisation::standardising(&raw, 2);
        let points = normalisation.apply(raw);
        let mean: f32 = points.iter().step_by(2).sum();
        let variance: f32 = points.iter().step_by(2).map(|x| x * x).sum::<f32>() / 3.0;
        assert!(mean.abs() < 1e-6 && (variance - 0.25).abs() < 1e-6);
        assert!(points.iter().skip(1).step_by(2).all(|x| *x == 0.0), "a constant column is centred");
        for (value, back) in raw.iter().zip(normalisation.invert(&points)) {
            assert!((*value - back).abs() <= 1e-6, "{value} {back}");
        }
        assert!(!normalisation.suits_f32() && Normalisation::of_range(0.0, 255.0).suits_f32());
    }

    #[test]
    fn channels_share_an_entry() {
        // Two images of two channels of two pixels; the second channel has another unit.
        let raw = Raw::F64(vec![1.0, 3.0, 1e5, 1e5 + 200.0, 5.0, 7.0, 1e5 + 400.0, 1e5 + 600.0]);
        let normalisation = Normalisation::of_planes(&raw, 4, 2);
        assert_eq!((normalisation.offset.as_slice(), normalisation.plane), (&[4.0, 1e5 + 300.0][..], 2));
        assert!(normalisation.fits(4) && !normalisation.fits(2) && normalisation.common_factor().is_none());
        let points = raw.normalised(&normalisation);
        assert!(points[..2].iter().zip(&points[2..4]).all(|(a, b)| (a - b).abs() < 1e-6), "{points:?}");
        let back = normalisation.invert(&points);
        (0..8).for_each(|i| assert!((back[i] - raw.at(i)).abs() < 1e-3, "{back:?}"));
        let text = serde_json::to_string(&normalisation).unwrap();
        assert_eq!(serde_json::from_str::<Normalisation>(&text).unwrap(), normalisation);
    }

    #[test]
    fn extreme_columns_stay_finite() {
        for size in [1e-200, 1e200] {
            let normalisation = Normalisation::standardising(&[-size, size, 0.0, size], 1);
            assert!(normalisation.fits(1), "{normalisation:?}");
        }
        assert!(!Normalisation::standardising(&[0.0, 1e-310], 1).fits(1), "no factor brings this to one");
    }
}
