//! A data set in memory.

use super::error::DataError;
use super::normalisation::Normalisation;
use super::reading::Reading;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha12Rng;
use serde::{Deserialize, Serialize};

/// What a point is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataShape {
    /// `dim` numbers, such as one row of a table.
    Vector {
        /// Coordinates per point.
        dim: usize,
        /// Their names, where the file has any.
        names: Option<Vec<String>>,
    },
    /// An image, stored channels first: `(channels, height, width)`, as convolutions want it.
    Image {
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
        /// 1 for grey, 3 for colour.
        channels: usize,
    },
}

impl DataShape {
    /// N: the number of coordinates of a point.
    pub fn dim(&self) -> usize {
        match self {
            Self::Vector { dim, .. } => *dim,
            Self::Image { height, width, channels } => height * width * channels,
        }
    }

    /// For people: `16x4 pixels of 3 channels`.
    pub fn described(&self) -> String {
        match self {
            Self::Vector { dim: 1, .. } => "1 number".to_owned(),
            Self::Vector { dim, .. } => format!("{dim} numbers"),
            Self::Image { height, width, channels: 1 } => format!("{width}x{height} grey pixels"),
            Self::Image { height, width, channels } => format!("{width}x{height} pixels of {channels} channels"),
        }
    }
}

/// Normalised points with what is needed to go back to the raw values.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Known name or file name.
    pub name: String,
    /// Normalised points, row-major `(len, dim)`; all finite.
    pub points: Vec<f32>,
    /// What a point is.
    pub shape: DataShape,
    /// One class per point, where known.
    pub labels: Option<Vec<u32>>,
    /// Names of the classes 0, 1, …, where they are not just numbers.
    pub class_names: Vec<String>,
    /// How the points were normalised.
    pub normalisation: Normalisation,
    /// What was read, changed and left out; nothing for points that were not read.
    pub reading: Reading,
}

impl Dataset {
    /// A data set of `points.len() / shape.dim()` normalised points.
    ///
    /// # Errors
    /// When lengths do not fit together, there are fewer than two points, or a value is not finite.
    pub fn new(
        name: impl Into<String>,
        points: Vec<f32>,
        shape: DataShape,
        labels: Option<Vec<u32>>,
        normalisation: Normalisation,
    ) -> Result<Self, DataError> {
        let name = name.into();
        let dim = shape.dim();
        let inconsistent =
            |expected: String, found: String| DataError::Inconsistent { name: name.clone(), expected, found };
        if dim == 0 || !points.len().is_multiple_of(dim) {
            return Err(inconsistent(format!("a multiple of {dim} > 0 values"), points.len().to_string()));
        }
        let len = points.len() / dim;
        if len < 2 {
            return Err(DataError::TooFew { name, expected: 2, found: len });
        }
        if let Some(labels) = &labels
            && labels.len() != len
        {
            return Err(inconsistent(format!("{len} labels"), labels.len().to_string()));
        }
        if let DataShape::Vector { names: Some(names), .. } = &shape
            && names.len() != dim
        {
            return Err(inconsistent(format!("{dim} column names"), names.len().to_string()));
        }
        if !normalisation.fits(dim) {
            return Err(inconsistent("a finite normalisation of every coordinate".into(), "one that is not".into()));
        }
        if let Some(index) = points.iter().position(|value| !value.is_finite()) {
            return Err(DataError::NotFinite {
                name,
                row: index / dim,
                column: index % dim,
                value: f64::from(points[index]),
            });
        }
        let reading = Reading::default();
        Ok(Self { name, points, shape, labels, class_names: Vec::new(), normalisation, reading })
    }

    /// The same data with named classes.
    #[must_use]
    pub fn with_class_names(self, class_names: Vec<String>) -> Self {
        Self { class_names, ..self }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len() / self.dim()
    }

    /// Always false: a data set has points.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// N: coordinates per point.
    pub fn dim(&self) -> usize {
        self.shape.dim()
    }

    /// Normalised point number `index`, or `None` beyond the last.
    pub fn point(&self, index: usize) -> Option<&[f32]> {
        let dim = self.dim();
        self.points.get(index.checked_mul(dim)?..index.checked_add(1)?.checked_mul(dim)?)
    }

    /// Normalised points, such as samples of a model, in raw units.
    pub fn denormalise(&self, points: &[f32]) -> Vec<f64> {
        self.normalisation.invert(points)
    }

    /// Splits at random into (train, held out), the second with a share `fraction` of the points but at least one, the
    /// same for the same seed. Points keep their order within each part.
    ///
    /// # Errors
    /// Unless 0 < fraction < 1.
    pub fn split(&self, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(DataError::Split { fraction });
        }
        let len = self.len();
        let held_out = ((len as f64 * fraction).round() as usize).clamp(1, len - 1);
        let mut order: Vec<usize> = (0..len).collect();
        order.shuffle(&mut ChaCha12Rng::seed_from_u64(seed));
        let mut is_held_out = vec![false; len];
        order.iter().take(held_out).for_each(|index| is_held_out[*index] = true);
        let part = |wanted: bool| {
            let chosen = |index: &usize| is_held_out[*index] == wanted;
            let dim = self.dim();
            let rows = (0..len).filter(chosen);
            Self {
                name: self.name.clone(),
                points: rows.clone().flat_map(|i| &self.points[i * dim..(i + 1) * dim]).copied().collect(),
                shape: self.shape.clone(),
                labels: self.labels.as_ref().map(|labels| rows.map(|i| labels[i]).collect()),
                class_names: self.class_names.clone(),
                normalisation: self.normalisation.clone(),
                reading: self.reading.clone(),
            }
        };
        Ok((part(false), part(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(len: usize) -> Dataset {
        let points = (0..2 * len).map(|i| i as f32).collect();
        let shape = DataShape::Vector { dim: 2, names: None };
        let labels = Some((0..len as u32).collect());
        Dataset::new("line", points, shape, labels, Normalisation::identity()).unwrap()
    }

    #[test]
    fn a_split_is_a_partition_and_repeats() {
        let data = line(100);
        let (train, held_out) = data.split(0.2, 5).unwrap();
        assert_eq!((train.len(), held_out.len()), (80, 20));
        assert_eq!((train.clone(), held_out.clone()), data.split(0.2, 5).unwrap());
        assert_ne!(held_out, data.split(0.2, 6).unwrap().1);
        let mut all: Vec<u32> = train.labels.iter().chain(&held_out.labels).flatten().copied().collect();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        // Labels went with their points.
        for (row, label) in held_out.labels.iter().flatten().enumerate() {
            assert_eq!(held_out.point(row).unwrap()[0], 2.0 * *label as f32);
        }
    }

    #[test]
    fn the_smallest_split_has_a_point_on_each_side() {
        let (train, held_out) = line(2).split(0.01, 0).unwrap();
        assert_eq!((train.len(), held_out.len()), (1, 1));
        for fraction in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(matches!(line(4).split(fraction, 0), Err(DataError::Split { .. })));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let vector = |dim| DataShape::Vector { dim, names: None };
        let new = |points: Vec<f32>, shape, labels| Dataset::new("x", points, shape, labels, Normalisation::identity());
        assert!(matches!(new(vec![], vector(2), None), Err(DataError::TooFew { found: 0, .. })));
        assert!(matches!(new(vec![1.0; 2], vector(2), None), Err(DataError::TooFew { found: 1, .. })));
        assert!(matches!(new(vec![1.0; 5], vector(2), None), Err(DataError::Inconsistent { .. })));
        assert!(matches!(new(vec![1.0; 4], vector(0), None), Err(DataError::Inconsistent { .. })));
        assert!(matches!(new(vec![1.0; 4], vector(2), Some(vec![0])), Err(DataError::Inconsistent { .. })));
        let nan = new(vec![1.0, 2.0, 3.0, f32::NAN], vector(2), None);
        assert!(matches!(nan, Err(DataError::NotFinite { row: 1, column: 1, .. })));
        assert!(line(3).point(3).is_none() && line(3).point(usize::MAX).is_none());
    }
}
