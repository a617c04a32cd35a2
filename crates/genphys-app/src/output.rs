//! Where points go: checked before the work, written in portions as they come.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use genphys_files::same_file;

use super::disk::check_disk;
use super::error::option;
use genphys_data::pictures::{self, ImageGrid};
use genphys_data::{self as data, DataShape, Layout};
use genphys_flow::Setting;
use genphys_flow::bounds::Need;
use genphys_train::error::{Result, RuntimeError};
use genphys_train::run_dir::{self, RunDir};
use genphys_train::training::ModelConfig;

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
    /// The setting that says how many points there are.
    counted_by: Setting,
}

/// Hands on the next points, `(some, dim)`.
pub(super) type Take<'a> = dyn FnMut(&[f64]) -> Result<()> + 'a;

/// Checks that a result can be written to a file, before the work for it.
pub(super) fn check_file(path: &Path) -> Result<()> {
    genphys_files::check(path).map_err(RuntimeError::io("cannot write", path))
}

/// Checks that a result does not take the place of what it is made from: a file of the run in the folder `run`, its
/// data, or those that were `given`; nor of anything else in a folder of data, whose pictures would then be others.
pub(super) fn check_apart(out: &Path, run: &Path, given: Option<&str>) -> Result<()> {
    let refuse =
        |what: String| Err(RuntimeError::Setting(format!("--out {}: {what}; give another name", out.display())));
    let within = |other: &Path| out.parent().is_some_and(|folder| lies_in(folder, other));
    let name = out.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if within(run)
        && (run_dir::FILES.contains(&name) || run_dir::FILES.iter().any(|file| same_file(out, &run.join(file))))
    {
        return refuse("this is a file of the run".into());
    }
    let trained_on = || RunDir::consistently(run, ModelConfig::read).map(|config| config.data).ok();
    let data = if RunDir::exists(run) { trained_on() } else { None };
    for read in [data.as_deref(), given].into_iter().flatten() {
        let path = Path::new(data::split_mark(read).map_or(read, |(file, _)| file));
        if same_file(out, path) {
            return refuse("this is read, and would be lost".into());
        }
        if !data::is_known(read) && path.is_dir() && within(path) {
            return refuse(format!("it would lie among the data, in {}", path.display()));
        }
    }
    Ok(())
}

/// Whether a folder that is there, or is still to be made, is another or lies in it.
pub(super) fn lies_in(folder: &Path, other: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let there = folder.ancestors().find(|above| above.exists()).filter(|above| !above.as_os_str().is_empty());
    match (there.unwrap_or(Path::new(".")).canonicalize(), other.canonicalize()) {
        (Ok(folder), Ok(other)) => folder.starts_with(other),
        _ => false,
    }
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
        Ok(Self { path: path.to_owned(), format, counted_by: Setting::Count })
    }

    /// The same for numbers only.
    pub(super) fn open_numbers(path: &Path) -> Result<Self> {
        match Self::open(path) {
            Ok(output) if output.format == Format::Npy => Ok(output),
            Err(error @ RuntimeError::Io { .. }) => Err(error),
            _ => Err(RuntimeError::Setting(format!("{}: expected a name that ends in .npy", path.display()))),
        }
    }

    /// The same where this setting says how many points there are.
    pub(super) fn counted_by(self, counted_by: Setting) -> Self {
        Self { counted_by, ..self }
    }

    /// Whether it will be a picture of images side by side.
    pub(super) fn is_grid(&self, shape: &DataShape) -> bool {
        self.format == Format::Png && matches!(shape, DataShape::Image { .. })
    }

    /// Checks that as many points of this shape can be shown.
    pub(super) fn check(&self, shape: &DataShape, count: usize) -> Result<()> {
        if self.format == Format::Npy {
            return check_disk(&self.path, "points", 4.0 * shape.dim() as f64, count, option(self.counted_by.into()));
        }
        if shape.dim() == 1 {
            let message = "one-dimensional samples have no picture; write them as .npy".to_owned();
            return Err(RuntimeError::Setting(message));
        }
        let need = Need::of_paths("a picture of", 2, count, 0.0);
        let need = Need { fixed: 0.0, each: 24.0, setting: self.counted_by, ..need };
        if !self.is_grid(shape) {
            return Ok(need.check()?);
        }
        let size = ImageGrid::size(count, shape, 0).map_err(|error| RuntimeError::Setting(error.to_string()));
        let (width, height) = size?;
        // In colour, and once more while it is compressed.
        Ok(Need { each: 6.0 * f64::from(width) * f64::from(height) / count as f64, ..need }.check()?)
    }

    /// Writes `count` normalised points of a model, which `draw` hands on in portions, as a picture or as numbers in
    /// raw units.
    ///
    /// # Errors
    /// Those of `draw`, and when a value is not a finite number; the file is then as it was.
    pub(super) fn write<T>(
        &self,
        config: &ModelConfig,
        count: usize,
        draw: impl FnOnce(&mut Take<'_>) -> Result<T>,
    ) -> Result<T> {
        let (shape, normalisation) = (&config.shape, &config.normalisation);
        self.check(shape, count)?;
        match (self.format, shape) {
            (Format::Npy, _) => {
                let layout = config.reading.options.layout;
                self.write_array((shape, layout), !normalisation.suits_f32(), count, |take| {
                    draw(&mut |points| take(&normalisation.invert(points)))
                })
            }
            (Format::Png, DataShape::Image { .. }) => {
                let mut grid = ImageGrid::new(count, shape, 0)?;
                let drawn = draw(&mut |points| {
                    check_finite(&normalisation.invert(points), shape.dim())?;
                    grid.put(&points.iter().map(|x| *x as f32).collect::<Vec<f32>>());
                    Ok(())
                })?;
                pictures::save_png(&grid.picture(), &self.path)?;
                Ok(drawn)
            }
            (Format::Png, DataShape::Vector { dim, .. }) => {
                let mut plane = Vec::new();
                let drawn = draw(&mut |points| {
                    check_finite(&normalisation.invert(points), *dim)?;
                    // In raw lengths, but from the offset: beside a large one `f32` has no room for them.
                    let place = |row: &[f64]| [0, 1].map(|axis| (row[axis] / normalisation.factor(axis)) as f32);
                    plane.extend(points.chunks_exact(*dim).flat_map(place));
                    Ok(())
                })?;
                pictures::write_scatter(&self.path, &plane)?;
                Ok(drawn)
            }
        }
    }

    /// Writes `count` vectors as they are, which `draw` hands on in portions.
    ///
    /// # Errors
    /// As [`Output::write`].
    pub(super) fn write_numbers<T>(
        &self,
        dim: usize,
        count: usize,
        draw: impl FnOnce(&mut Take<'_>) -> Result<T>,
    ) -> Result<T> {
        self.write_array((&DataShape::Vector { dim, names: None }, None), false, count, draw)
    }

    /// Values as `(count, dim)`, or images as `(count, height, width, channels)` unless the data had channels first.
    /// They are f4, or f8 where that is asked for or the first portion has values for which f4 has no room.
    fn write_array<T>(
        &self,
        (shape, layout): (&DataShape, Option<Layout>),
        wide: bool,
        count: usize,
        draw: impl FnOnce(&mut Take<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut dims = vec![count as u64];
        let mut reordered = None;
        match shape {
            DataShape::Vector { dim, .. } => dims.push(*dim as u64),
            DataShape::Image { height, width, channels } if layout == Some(Layout::Nchw) => {
                dims.extend([*channels, *height, *width].map(|size| size as u64));
            }
            DataShape::Image { height, width, channels } => {
                dims.extend([*height, *width, *channels].map(|size| size as u64));
                reordered = Some(*channels);
            }
        }
        let mut drawn = None;
        let fill = |file: &mut dyn Write| -> std::result::Result<(), Failed> {
            let (mut file, mut append): (_, Option<(Append<'_>, bool)>) = (Some(file), None);
            drawn = Some(draw(&mut |points| {
                check_finite(points, shape.dim())?;
                let too_large = points.iter().any(|value| !(*value as f32).is_finite());
                let failed = || RuntimeError::io("cannot write", &self.path);
                if let Some(file) = file.take() {
                    let of_f8 = wide || too_large;
                    let begun =
                        if of_f8 { append_to(file, &dims, |x| x) } else { append_to(file, &dims, |x| x as f32) };
                    append = Some((begun.map_err(failed())?, of_f8));
                }
                let Some((append, of_f8)) = &mut append else { return Ok(()) };
                if too_large && !*of_f8 {
                    let message =
                        format!("{}: a value lies beyond what f4 holds; draw fewer at a time", self.path.display());
                    return Err(RuntimeError::Sampling(message));
                }
                match reordered {
                    None => append(Some(points)),
                    Some(channels) => {
                        let mut images = points.chunks_exact(shape.dim());
                        images.try_for_each(|image| append(Some(&channels_last(image, channels))))
                    }
                }
                .map_err(failed())
            })?);
            Ok(append.map_or(Ok(()), |(mut append, _)| append(None))?)
        };
        genphys_files::write_with(&self.path, fill).map_err(|failed| match failed {
            Failed::Writing(error) => RuntimeError::io("cannot write", &self.path)(error),
            Failed::Drawing(error) => error,
        })?;
        drawn.ok_or_else(|| RuntimeError::Sampling("nothing was drawn".into()))
    }
}

/// Appends values to an array, or ends it.
type Append<'a> = Box<dyn FnMut(Option<&[f64]>) -> io::Result<()> + 'a>;

fn append_to<'a, T: npyz::AutoSerialize + 'a>(
    file: &'a mut dyn Write,
    dims: &[u64],
    convert: impl Fn(f64) -> T + 'a,
) -> io::Result<Append<'a>> {
    use npyz::WriterBuilder;
    let mut writer = Some(npyz::WriteOptions::new().default_dtype().shape(dims).writer(file).begin_nd()?);
    Ok(Box::new(move |values| match (values, &mut writer) {
        (Some(values), Some(writer)) => writer.extend(values.iter().map(|value| convert(*value))),
        (None, writer) => writer.take().map_or(Ok(()), |writer| writer.finish()),
        (Some(_), None) => Ok(()),
    }))
}

fn check_finite(values: &[f64], dim: usize) -> Result<()> {
    let bad = values.chunks(dim.max(1)).filter(|point| point.iter().any(|value| !value.is_finite())).count();
    if bad == 0 {
        return Ok(());
    }
    let count = values.len() / dim.max(1);
    Err(RuntimeError::Sampling(format!(
        "{bad} of {count} points have values that are not finite numbers, so nothing was written; the training may have \
         diverged"
    )))
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
fn channels_last(image: &[f64], channels: usize) -> Vec<f64> {
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
    fn what_is_read_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["run/previous-checkpoint", "data/class"] {
            std::fs::create_dir_all(path(name)).unwrap();
        }
        std::fs::write(path("a.npy"), "").unwrap();
        std::fs::write(path("run/model.safetensors"), "").unwrap();
        std::fs::hard_link(path("run/model.safetensors"), path("run/b.npy")).unwrap();
        let refused = |out: &str, given: Option<&str>| {
            let given = given.map(|given| path(given).display().to_string());
            check_apart(&path(out), &path("run"), given.as_deref()).is_err()
        };
        for out in ["run/config.json", "run/previous-checkpoint/state.json", "run/SHA256SUMS", "run/b.npy"] {
            assert!(refused(out, None), "{out}");
        }
        assert!(refused("a.npy", Some("a.npy")) && refused("run/../a.npy", Some("a.npy#x")));
        assert!(refused("data/b.npy", Some("data")) && refused("data/class/b.png", Some("data")));
        for (out, given) in
            [("run/c.npy", None), ("b.npy", Some("a.npy")), ("eval.json", None), ("b.npy", Some("data"))]
        {
            assert!(!refused(out, given), "{out}");
        }
    }

    #[test]
    fn portions_are_one_file_and_what_is_no_number_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        let output = Output::open(&path).unwrap();
        let shape = DataShape::Image { height: 1, width: 2, channels: 2 };
        let image = |take: &mut Take<'_>, last: f64| {
            take(&[0.0, 1.0, 2.0, 3.0])?;
            take(&[4.0, 5.0, 6.0, last])
        };
        let read = || {
            let bytes = std::fs::read(&path).unwrap();
            let file = npyz::NpyFile::new(&bytes[..]).unwrap();
            (file.shape().to_vec(), file.dtype().descr(), bytes)
        };
        output.write_array((&shape, None), false, 2, |take| image(take, 7.0)).unwrap();
        let (dims, kind, bytes) = read();
        assert_eq!((dims, kind.contains("f4")), (vec![2, 1, 2, 2], true));
        let values = npyz::NpyFile::new(&bytes[..]).unwrap().into_vec::<f32>().unwrap();
        assert_eq!(values, [0.0, 2.0, 1.0, 3.0, 4.0, 6.0, 5.0, 7.0]);
        for (last, part) in [(f64::NAN, "not finite"), (1e300, "f4")] {
            let message =
                output.write_array((&shape, None), false, 2, |take| image(take, last)).unwrap_err().to_string();
            assert!(message.contains(part) && read().2 == bytes, "{message}");
        }
        output.write_array((&shape, Some(Layout::Nchw)), true, 2, |take| image(take, 1e300)).unwrap();
        let (dims, kind, bytes) = read();
        assert_eq!((dims, kind.contains("f8")), (vec![2, 2, 1, 2], true));
        let values = npyz::NpyFile::new(&bytes[..]).unwrap().into_vec::<f64>().unwrap();
        assert_eq!(values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1e300]);
        // A first portion that needs it makes an array of f8.
        output.write_numbers(1, 1, |take| take(&[1e300])).unwrap();
        assert!(read().1.contains("f8"));
    }
}
