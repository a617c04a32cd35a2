//! A grid of images.

use super::error::PictureError;
use crate::data::DataShape;
use image::{DynamicImage, GrayImage, RgbImage};

/// Tiles are magnified by whole numbers until their longer side has about this many pixels.
const TILE: usize = 64;

/// Largest width or height of a grid in pixels.
const LARGEST: usize = 16_384;

/// Shade of the lines between tiles: neither ink nor paper.
const LINE: u8 = 96;

/// The images of normalised `points`, row-major `(len, dim)` with each point `(channels, height, width)`, in rows of `columns`
/// (0: about a square). −1 is black, 1 is white or the full colour; values beyond are clipped. Small images are
/// magnified without smoothing so that each pixel can be seen. Grey for one channel, otherwise colour from the first three
/// (two: red and green).
///
/// # Errors
/// For vectors, for values that are not whole images, for no image at all, and for grids above 16,384 pixels.
pub fn image_grid(points: &[f32], shape: &DataShape, columns: usize) -> Result<DynamicImage, PictureError> {
    let DataShape::Image { height, width, channels } = *shape else {
        return Err(PictureError::values("images", format!("vectors of {} numbers", shape.dim())));
    };
    let dim = shape.dim();
    if dim == 0 || points.is_empty() || !points.len().is_multiple_of(dim) {
        let expected = format!("one or more images of {channels}x{height}x{width} values");
        return Err(PictureError::values(expected, format!("{} values", points.len())));
    }
    let count = points.len() / dim;
    let columns = if columns == 0 { (count as f64).sqrt().ceil() as usize } else { columns.min(count) };
    let rows = count.div_ceil(columns);
    let zoom = (TILE as f64 / height.max(width) as f64).round().max(1.0) as usize;
    let line = zoom.div_ceil(4).min(2);
    let pitch = |side: usize| side * zoom + line;
    let (full_width, full_height) = (columns * pitch(width) + line, rows * pitch(height) + line);
    if full_width > LARGEST || full_height > LARGEST {
        let expected = format!("a grid of at most {LARGEST} pixels in each direction");
        return Err(PictureError::values(expected, format!("{full_width}x{full_height}")));
    }
    // The tile and the image pixel under a coordinate; none on the lines.
    let under = |position: usize, side: usize| {
        let (tile, offset) = (position / pitch(side), position % pitch(side));
        (offset >= line).then(|| (tile, (offset - line) / zoom))
    };
    let value = |x: u32, y: u32, channel: usize| -> u8 {
        let inside = under(x as usize, width).zip(under(y as usize, height));
        let Some(((column, i), (row, j))) = inside.filter(|((column, _), _)| *column < columns) else {
            return LINE;
        };
        let index = (row * columns + column) * dim + channel * height * width + j * width + i;
        // A tile beyond the last image, or a channel that does not exist.
        points.get(index).filter(|_| channel < channels).map_or(0, |value| shade(*value))
    };
    let (w, h) = (full_width as u32, full_height as u32);
    Ok(if channels == 1 {
        DynamicImage::ImageLuma8(GrayImage::from_fn(w, h, |x, y| image::Luma([value(x, y, 0)])))
    } else {
        DynamicImage::ImageRgb8(RgbImage::from_fn(w, h, |x, y| {
            image::Rgb([0, 1, 2].map(|channel| value(x, y, channel)))
        }))
    })
}

/// [−1, 1] to 0..=255; NaN is black.
fn shade(value: f32) -> u8 {
    ((value + 1.0) * 127.5).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_is_where_it_belongs() {
        let shape = DataShape::Image { height: 2, width: 3, channels: 1 };
        let points: Vec<f32> = (0..18).map(|i| i as f32 / 8.5 - 1.0).collect();
        let picture = image_grid(&points, &shape, 2).unwrap();
        let DynamicImage::ImageLuma8(grey) = &picture else { unreachable!("one channel") };
        // Zoom 21, lines of 2 pixels: two columns, two rows.
        assert_eq!(grey.dimensions(), (2 * 65 + 2, 2 * 44 + 2));
        let at = |row: u32, column: u32, j: u32, i: u32| {
            grey.get_pixel(2 + column * 65 + i * 21 + 10, 2 + row * 44 + j * 21 + 10).0[0]
        };
        assert_eq!(at(0, 0, 0, 0), 0);
        assert_eq!(at(0, 0, 1, 2), shade(points[5]));
        assert_eq!(at(0, 1, 0, 1), shade(points[7]));
        assert_eq!(at(1, 0, 1, 2), 255);
        assert_eq!(at(1, 1, 0, 0), 0, "no fourth image");
        assert_eq!(grey.get_pixel(0, 0).0[0], LINE);
    }

    #[test]
    fn channels_become_colours() {
        let shape = DataShape::Image { height: 1, width: 1, channels: 3 };
        let picture = image_grid(&[1.0, -1.0, 0.0], &shape, 0).unwrap().to_rgb8();
        assert_eq!(picture.get_pixel(30, 30).0, [255, 0, 128]);
    }

    #[test]
    fn values_beyond_the_range_are_clipped() {
        assert_eq!((shade(-7.0), shade(9.0), shade(f32::NAN), shade(f32::INFINITY)), (0, 255, 0, 255));
    }

    #[test]
    fn what_is_not_a_grid_is_refused() {
        let shape = DataShape::Image { height: 2, width: 2, channels: 1 };
        assert!(image_grid(&[], &shape, 3).is_err());
        assert!(image_grid(&[0.0; 5], &shape, 3).is_err());
        assert!(image_grid(&[0.0; 4], &DataShape::Vector { dim: 2, names: None }, 3).is_err());
        assert!(image_grid(&[0.0; 4 * 600], &shape, 600).is_err());
    }
}
