//! The data points that training draws from.

use candle_core::{Device, Tensor};
use rand::Rng;

use super::config::TrainConfig;
use super::model_config::image_size;
use crate::error::{Result, RuntimeError};
use crate::resident::{MIRRORED, ResidentRows};
use genphys_data::Dataset;
use genphys_nn::network::ImageSize;

/// Most classes a network learns.
const MOST_CLASSES: usize = 10_000;

/// A data point that was drawn.
#[derive(Clone, Copy, Debug)]
struct Row {
    number: usize,
    mirrored: bool,
}

/// Data points, and what is done to them when they are drawn.
#[derive(Debug)]
pub(super) struct Examples {
    points: Vec<f32>,
    dim: usize,
    /// Classes, and the share of examples whose class is not told.
    labels: Option<(Vec<u32>, f64)>,
    classes: usize,
    /// Whose images are mirrored.
    flip: Option<ImageSize>,
}

impl Examples {
    /// # Errors
    /// When classes or mirror images are asked for and the data have none.
    pub(super) fn new(data: Dataset, config: &TrainConfig) -> Result<Self> {
        let (name, dim) = (data.name.clone(), data.dim());
        let flip = match image_size(&data.shape) {
            image @ Some(_) if config.flip => image,
            None if config.flip => {
                return Err(RuntimeError::Setting(format!("only images can be mirrored, and {name} has none")));
            }
            _ => None,
        };
        let labels = match data.labels {
            Some(labels) if config.conditional => Some((labels, config.label_dropout)),
            None if config.conditional => {
                let message = format!("{name} has no labels, so there are no classes to learn");
                return Err(RuntimeError::Setting(message));
            }
            _ => None,
        };
        let highest = labels.iter().flat_map(|(labels, _)| labels).max();
        let classes = highest.map_or(0, |label| *label as usize + 1).max(data.class_names.len());
        let classes = if labels.is_some() { classes } else { 0 };
        if classes > MOST_CLASSES {
            return Err(RuntimeError::Setting(format!(
                "{name} has labels up to {}; at most {MOST_CLASSES} classes can be learned",
                classes - 1
            )));
        }
        Ok(Self { points: data.points, dim, labels, classes, flip })
    }

    /// Number of classes to learn; zero where none are.
    pub(super) fn classes(&self) -> usize {
        self.classes
    }

    /// Points drawn with replacement, row-major `(count, dim)`.
    pub(super) fn points<R: Rng>(&self, count: usize, rng: &mut R) -> Vec<f64> {
        self.draw(count, rng).0
    }

    /// The same with their labels.
    pub(super) fn draw<R: Rng>(&self, count: usize, rng: &mut R) -> (Vec<f64>, Option<Vec<u32>>) {
        let (rows, labels) = self.draw_rows(count, rng);
        let mut points = Vec::with_capacity(count * self.dim);
        for Row { number, mirrored } in rows {
            let point = &self.points[number * self.dim..(number + 1) * self.dim];
            match self.flip {
                Some(image) if mirrored => {
                    points.extend(
                        point.chunks_exact(image.width).flat_map(|line| line.iter().rev()).map(|x| f64::from(*x)),
                    );
                }
                _ => points.extend(point.iter().map(|x| f64::from(*x))),
            }
        }
        (points, labels)
    }

    fn draw_rows<R: Rng>(&self, count: usize, rng: &mut R) -> (Vec<Row>, Option<Vec<u32>>) {
        let rows = self.points.len() / self.dim;
        let mut drawn = Vec::with_capacity(count);
        let mut labels = self.labels.as_ref().map(|_| Vec::with_capacity(count));
        for _ in 0..count {
            let number = rng.random_range(0..rows);
            drawn.push(Row { number, mirrored: self.flip.is_some() && rng.random() });
            if let (Some(labels), Some((known, dropout))) = (&mut labels, &self.labels) {
                labels.push(if rng.random_bool(*dropout) { self.classes as u32 } else { known[number] });
            }
        }
        (drawn, labels)
    }

    /// All data points on a device, `(rows, dim)`; nothing if it has no room for them.
    pub(super) fn resident(&self, device: &Device) -> Option<Tensor> {
        let rows = self.points.len() / self.dim;
        let numbered = rows < MIRRORED as usize;
        numbered.then(|| Tensor::from_slice(&self.points, (rows, self.dim), device).ok()).flatten()
    }

    /// Points of [`resident`](Self::resident) data drawn as [`draw`](Self::draw) does it, with their labels.
    pub(super) fn draw_resident<'a, R: Rng>(
        &self,
        data: &'a Tensor,
        count: usize,
        rng: &mut R,
    ) -> (ResidentRows<'a>, Option<Vec<u32>>) {
        let (rows, labels) = self.draw_rows(count, rng);
        let bits = |row: Row| row.number as u32 | if row.mirrored { MIRRORED } else { 0 };
        let width = self.flip.map_or(1, |image| image.width);
        (ResidentRows { data, rows: rows.into_iter().map(bits).collect(), width }, labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use genphys_data::{DataShape, Normalisation, digits};
    use genphys_numeric::seed::{Purpose, stream};

    fn config() -> TrainConfig {
        TrainConfig::for_data(&DataShape::Image { height: 8, width: 8, channels: 1 })
    }

    #[test]
    fn half_of_the_images_are_mirrored() -> Result<()> {
        // Two images, so that every draw is one of four.
        let points: Vec<f32> = (0..24).map(|i| i as f32).collect();
        let shape = DataShape::Image { height: 2, width: 3, channels: 2 };
        let data = Dataset::new("two", points, shape, None, Normalisation::identity())?;
        let examples = Examples::new(data, &TrainConfig { flip: true, ..config() })?;
        let (drawn, labels) = examples.draw(1000, &mut stream(1, Purpose::TrainingStep, 0));
        assert!(labels.is_none());
        let mirrored = drawn.chunks_exact(12).filter(|image| image[0] > image[1]).count();
        assert!((400..600).contains(&mirrored), "{mirrored}");
        let image = drawn.chunks_exact(12).find(|image| image[0] == 2.0);
        let expected = [2.0, 1.0, 0.0, 5.0, 4.0, 3.0, 8.0, 7.0, 6.0, 11.0, 10.0, 9.0];
        assert_eq!(image, Some(&expected[..]));
        Ok(())
    }

    #[test]
    fn labels_go_with_their_points_and_some_are_hidden() -> Result<()> {
        let data = digits()?;
        let examples = Examples::new(data.clone(), &TrainConfig { conditional: true, ..config() })?;
        assert_eq!(examples.classes(), 10);
        let (points, labels) = examples.draw(2000, &mut stream(1, Purpose::TrainingStep, 0));
        let labels = labels.unwrap_or_default();
        let hidden = labels.iter().filter(|label| **label == 10).count();
        assert!((140..260).contains(&hidden), "{hidden}");
        let known = data.labels.clone().unwrap_or_default();
        for (point, label) in points.chunks_exact(64).zip(&labels).take(50).filter(|(_, label)| **label < 10) {
            let same =
                |row: &usize| data.points[row * 64..(row + 1) * 64].iter().zip(point).all(|(a, b)| f64::from(*a) == *b);
            assert!((0..data.len()).filter(same).any(|row| known[row] == *label));
        }
        Ok(())
    }

    #[test]
    fn what_the_data_do_not_have_is_refused() -> Result<()> {
        let moons = genphys_data::load("moons", 0)?;
        let refused = |config: TrainConfig| Examples::new(moons.clone(), &config).map(|_| ()).unwrap_err().to_string();
        assert!(refused(TrainConfig { flip: true, ..config() }).contains("mirrored"));
        assert!(refused(TrainConfig { conditional: true, ..config() }).contains("no labels"));
        Ok(())
    }
}
