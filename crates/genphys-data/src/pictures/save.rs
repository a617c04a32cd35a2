//! Writing PNG files that are small enough to be committed.

use super::error::PictureError;
use super::grid::image_grid;
use super::scatter::scatter;
use crate::DataShape;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageError};
use std::io::Write;
use std::path::Path;

/// Writes `picture` as PNG, best compressed, replacing the file. The folder must exist.
///
/// # Errors
/// When the file cannot be written.
pub fn save_png(picture: &DynamicImage, path: impl AsRef<Path>) -> Result<(), PictureError> {
    let path = path.as_ref();
    // Filters help photographs; the flat areas of grids and plots compress better without.
    let encode = |file: &mut dyn Write| -> Result<(), ImageError> {
        picture.write_with_encoder(PngEncoder::new_with_quality(file, CompressionType::Best, FilterType::NoFilter))
    };
    genphys_files::write_with(path, encode).map_err(|source| PictureError::Write { path: path.into(), source })
}

/// [`image_grid`] in about a square, written by [`save_png`].
///
/// # Errors
/// See there.
pub fn write_image_grid(path: &Path, points: &[f32], shape: &DataShape) -> Result<(), PictureError> {
    save_png(&image_grid(points, shape, 0)?, path)
}

/// [`scatter`] of samples alone, written by [`save_png`].
///
/// # Errors
/// See there.
pub fn write_scatter(path: &Path, samples: &[f32]) -> Result<(), PictureError> {
    save_png(&scatter(&[], samples)?, path)
}
