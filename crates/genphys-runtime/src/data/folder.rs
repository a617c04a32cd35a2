//! A folder of PNG or JPEG images, all of one size, or a folder of such folders, one per class.

use super::array::{interpret, normalise};
use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::table::numbered;
use image::{DynamicImage, ImageDecoder, ImageReader};
use rayon::prelude::*;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Reads the images directly in `folder`, in the order of their names; where there are none, those in the folders inside,
/// whose names become the classes. They are grey when all of them are, otherwise colour; transparent parts are shown on
/// white.
pub(crate) fn read(folder: &Path) -> Result<Dataset, DataError> {
    let mut files = image_files(folder)?;
    let mut classes = Vec::new();
    if files.is_empty() {
        for (class, inside) in folders(folder)? {
            let of_class = image_files(&inside)?;
            classes.extend(std::iter::repeat_n(class, of_class.len()));
            files.extend(of_class);
        }
    }
    let (labels, class_names) = numbered(classes);
    let headers: Vec<Result<Header, DataError>> = files.par_iter().map(|path| header(path)).collect();
    let headers: Vec<Header> = headers.into_iter().collect::<Result<_, _>>()?;
    let (Some(first), Some(first_file)) = (headers.first(), files.first()) else {
        return Err(DataError::format(folder, "PNG or JPEG images", "none, nor in the folders directly inside"));
    };
    if let Some(other) = headers.iter().position(|header| header.size != first.size) {
        return Err(DataError::MixedSizes {
            first: first_file.clone(),
            first_size: first.size,
            other: files[other].clone(),
            other_size: headers[other].size,
        });
    }
    let channels: u64 = if headers.iter().any(|header| header.colour) { 3 } else { 1 };
    let (width, height) = first.size;
    let dims = [files.len() as u64, u64::from(height), u64::from(width), channels];
    let (shape, ..) = interpret(folder, &dims)?;
    let images: Vec<Result<Vec<u8>, DataError>> = files.par_iter().map(|path| pixels(path, &shape)).collect();
    let mut raw = Vec::new();
    for image in images {
        raw.extend(image?.into_iter().map(f64::from));
    }
    let labels = if class_names.is_empty() { None } else { Some(labels) };
    Ok(normalise(folder, raw, shape, labels)?.with_class_names(class_names))
}

/// Names and paths of the folders inside, in the order of their names.
fn folders(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && path.is_dir() {
            folders.push((name, path));
        }
    }
    folders.sort();
    Ok(folders)
}

fn image_files(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && is_image(&path) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Whether the name ends like a PNG or JPEG file.
pub(crate) fn is_image(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("png" | "jpg" | "jpeg"))
}

struct Header {
    /// Width and height.
    size: (u32, u32),
    colour: bool,
}

fn open(path: &Path) -> Result<ImageReader<BufReader<std::fs::File>>, DataError> {
    ImageReader::open(path).and_then(ImageReader::with_guessed_format).map_err(DataError::io(path))
}

fn unreadable(path: &Path) -> impl Fn(image::ImageError) -> DataError {
    move |error| DataError::format(path, "a PNG or JPEG image", error.to_string())
}

fn header(path: &Path) -> Result<Header, DataError> {
    let decoder = open(path)?.into_decoder().map_err(unreadable(path))?;
    Ok(Header { size: decoder.dimensions(), colour: decoder.color_type().has_color() })
}

fn pixels(path: &Path, shape: &DataShape) -> Result<Vec<u8>, DataError> {
    let image = on_white(open(path)?.decode().map_err(unreadable(path))?);
    let grey = matches!(shape, DataShape::Image { channels: 1, .. });
    let bytes = if grey { image.to_luma8().into_raw() } else { image.to_rgb8().into_raw() };
    if bytes.len() == shape.dim() {
        Ok(bytes)
    } else {
        Err(DataError::format(path, format!("{} pixel values", shape.dim()), bytes.len().to_string()))
    }
}

fn on_white(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let mut blended = image.to_rgba8();
    for pixel in blended.pixels_mut() {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        let blend = |value: u32| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        pixel.0 = [blend(red), blend(green), blend(blue), 255];
    }
    DynamicImage::ImageRgba8(blended)
}
