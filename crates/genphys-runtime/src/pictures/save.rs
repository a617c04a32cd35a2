//! Writing PNG files that are small enough to be committed.

use super::error::PictureError;
use super::grid::image_grid;
use super::scatter::scatter;
use crate::data::DataShape;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageError};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Writes `picture` as PNG, best compressed, replacing the file. The folder must exist.
///
/// # Errors
/// When the file cannot be written.
pub fn save_png(picture: &DynamicImage, path: impl AsRef<Path>) -> Result<(), PictureError> {
    let path = path.as_ref();
    let write = || -> Result<(), ImageError> {
        let mut file = BufWriter::new(File::create(path)?);
        // Filters help photographs; the flat areas of grids and plots compress better without.
        picture.write_with_encoder(PngEncoder::new_with_quality(
            &mut file,
            CompressionType::Best,
            FilterType::NoFilter,
        ))?;
        file.flush()?;
        Ok(())
    };
    write().map_err(|source| PictureError::Write { path: path.into(), source })
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
