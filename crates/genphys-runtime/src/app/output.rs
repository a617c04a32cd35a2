//! Where points go: checked before the work, written in portions as they come.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::bounds::Need;
use crate::data::{DataShape, Normalisation};
use crate::error::{Result, RuntimeError};
use crate::pictures::{self, ImageGrid};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Png,
    Npy,
}

/// A file for points.
#[derive(Debug)]
pub(super) struct Output {
    path: PathBuf,
    format: Format,
}

/// Hands on the next points, `(some, dim)`.
pub(super) type Take<'a> = dyn FnMut(&[f64]) -> Result<()> + 'a;

/// Checks that a result can be written to a file, before the work for it.
pub(super) fn check_file(path: &Path) -> Result<()> {
    genphys_files::check(path).map_err(RuntimeError::io("cannot write", path))
}

impl Output {
    /// The file by its name, which says what it will hold. It must be possible to write it.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("png") => Format::Png,
            Some("npy") => Format::Npy,
            _ => {
                let message = format!("{}: expected a name that ends in .png or .npy", path.display());
                return Err(RuntimeError::Setting(message));
            }
        };
        check_file(path)?;
        Ok(Self { path: path.to_owned(), format })
    }

    /// The same for numbers only.
    pub(super) fn open_numbers(path: &Path) -> Result<Self> {
        match Self::open(path) {
            Ok(output) if output.format == Format::Npy => Ok(output),
            Err(error @ RuntimeError::Io { .. }) => Err(error),
            _ => Err(RuntimeError::Setting(format!("{}: expected a name that ends in .npy", path.display()))),
        }
    }

    /// Whether it will be a picture of images side by side.
    pub(super) fn is_grid(&self, shape: &DataShape) -> bool {
        self.format == Format::Png && matches!(shape, DataShape::Image { .. })
    }

    /// Checks that as many points of this shape can be shown.
    pub(super) fn check(&self, shape: &DataShape, count: usize) -> Result<()> {
        if self.format == Format::Npy {
            return Ok(());
        }
        if shape.dim() == 1 {
            let message = "one-dimensional samples have no picture; write them as .npy".to_owned();
            return Err(RuntimeError::Setting(message));
        }
        let need = Need { fixed: 0.0, each: 24.0, ..Need::of_paths("a picture of", 2, count, 0.0) };
        if !self.is_grid(shape) {
            return need.check();
        }
        let size = ImageGrid::size(count, shape, 0).map_err(|error| RuntimeError::Setting(error.to_string()));
        let (width, height) = size?;
        // In colour, and once more while it is compressed.
        Need { each: 6.0 * f64::from(width) * f64::from(height) / count as f64, ..need }.check()
    }

    /// Writes `count` normalised points, which `draw` hands on in portions, as a picture or as numbers in raw units.
    pub(super) fn write<T>(
        &self,
        (shape, normalisation): (&DataShape, &Normalisation),
        count: usize,
        draw: impl FnOnce(&mut Take<'_>) -> Result<T>,
    ) -> Result<T> {
        self.check(shape, count)?;
        match (self.format, shape) {
            (Format::Npy, _) => self.write_npy(shape, count, |take| {
                draw(&mut |points| {
                    let points: Vec<f32> = points.iter().map(|x| *x as f32).collect();
                    take(&normalisation.invert(&points))
                })
            }),
            (Format::Png, DataShape::Image { .. }) => {
                let mut grid = ImageGrid::new(count, shape, 0)?;
                let drawn = draw(&mut |points| {
                    grid.put(&points.iter().map(|x| *x as f32).collect::<Vec<f32>>());
                    Ok(())
                })?;
                pictures::save_png(&grid.picture(), &self.path)?;
                Ok(drawn)
            }
            (Format::Png, DataShape::Vector { dim, .. }) => {
                let mut plane = Vec::new();
                let drawn = draw(&mut |points| {
                    let points: Vec<f32> = points.iter().map(|x| *x as f32).collect();
                    plane.extend(normalisation.invert(&points).chunks_exact(*dim).flat_map(|row| [row[0], row[1]]));
                    Ok(())
                })?;
                pictures::write_scatter(&self.path, &plane)?;
                Ok(drawn)
            }
        }
    }

    /// Writes `count` points as they are, which `draw` hands on in portions.
    pub(super) fn write_npy<T>(
        &self,
        shape: &DataShape,
        count: usize,
        draw: impl FnOnce(&mut dyn FnMut(&[f32]) -> Result<()>) -> Result<T>,
    ) -> Result<T> {
        use npyz::WriterBuilder;
        let mut dims = vec![count as u64];
        match shape {
            DataShape::Vector { dim, .. } => dims.push(*dim as u64),
            DataShape::Image { height, width, channels } => {
                dims.extend([*height, *width, *channels].map(|size| size as u64));
            }
        }
        let mut drawn = None;
        let fill = |file: &mut dyn Write| -> std::result::Result<(), Failed> {
            let mut writer = npyz::WriteOptions::new().default_dtype().shape(&dims).writer(file).begin_nd()?;
            drawn = Some(draw(&mut |points| {
                if points.iter().any(|value| !value.is_finite()) {
                    let message =
                        format!("{}: a value is not a finite number, so nothing is written", self.path.display());
                    return Err(RuntimeError::Sampling(message));
                }
                let written = match shape {
                    DataShape::Vector { .. } => writer.extend(points.iter().copied()),
                    DataShape::Image { channels, .. } => points
                        .chunks_exact(shape.dim())
                        .try_for_each(|image| writer.extend(channels_last(image, *channels))),
                };
                written.map_err(RuntimeError::io("cannot write", &self.path))
            })?);
            Ok(writer.finish()?)
        };
        genphys_files::write_with(&self.path, fill).map_err(|failed| match failed {
            Failed::Writing(error) => RuntimeError::io("cannot write", &self.path)(error),
            Failed::Drawing(error) => error,
        })?;
        drawn.ok_or_else(|| RuntimeError::Sampling("nothing was drawn".into()))
    }
}

/// Why a file has not been filled.
enum Failed {
    Writing(io::Error),
    Drawing(RuntimeError),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Writing(error)
    }
}

impl From<RuntimeError> for Failed {
    fn from(error: RuntimeError) -> Self {
        Self::Drawing(error)
    }
}

/// `(channels, height, width)` to `(height, width, channels)`, as files and other programs have it.
fn channels_last(image: &[f32], channels: usize) -> Vec<f32> {
    let pixels = image.len() / channels.max(1);
    (0..pixels).flat_map(|pixel| (0..channels).map(move |channel| image[channel * pixels + pixel])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_cannot_be_written_are_told_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("folder.npy")).unwrap();
        std::fs::write(path("file"), "").unwrap();
        for (name, part) in [
            ("missing/a.npy", "no folder"),
            ("file/a.npy", "cannot write"),
            ("folder.npy", "cannot write"),
            ("a.gif", ".png or .npy"),
            ("a", ".png or .npy"),
        ] {
            let message = Output::open(&path(name)).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains(name), "{name}: {message}");
        }
        assert!(Output::open_numbers(&path("a.png")).unwrap_err().to_string().contains(".npy"));
        assert!(Output::open(&path("a.npy")).is_ok() && !path("a.npy").exists());
        // An old result is not touched by the check.
        std::fs::write(path("old.png"), "old").unwrap();
        let output = Output::open(&path("old.png")).unwrap();
        let image = DataShape::Image { height: 8, width: 8, channels: 1 };
        assert!(output.check(&image, 100).is_ok());
        assert!(output.check(&image, 1_000_000).unwrap_err().to_string().contains("room for"));
        assert!(output.check(&DataShape::Vector { dim: 1, names: None }, 5).is_err());
        assert_eq!(std::fs::read(path("old.png")).unwrap(), b"old");
    }

    #[test]
    fn portions_are_one_file_and_what_is_no_number_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let output = Output::open(&path).unwrap();
        let shape = DataShape::Image { height: 1, width: 2, channels: 2 };
        let image = |take: &mut dyn FnMut(&[f32]) -> Result<()>, last: f32| {
            take(&[0.0, 1.0, 2.0, 3.0])?;
            take(&[4.0, 5.0, 6.0, last])
        };
        output.write_npy(&shape, 2, |take| image(take, 7.0)).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let file = npyz::NpyFile::new(&bytes[..]).unwrap();
        assert_eq!(file.shape(), [2, 1, 2, 2]);
        assert_eq!(file.into_vec::<f32>().unwrap(), [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
        let message = output.write_npy(&shape, 2, |take| image(take, f32::NAN)).unwrap_err().to_string();
        assert!(message.contains("not a finite number") && std::fs::read(&path).unwrap() == bytes, "{message}");
    }
}
