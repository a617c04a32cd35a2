//! A grid of images.

use super::error::PictureError;
use crate::DataShape;
use image::{DynamicImage, GrayImage, RgbImage};

/// Tiles are magnified by whole numbers until their longer side has about this many pixels.
const TILE: usize = 64;

/// Largest width or height of a grid in pixels.
const LARGEST: usize = 16_384;

/// Shade of the lines between tiles: neither ink nor paper.
const LINE: u8 = 96;

/// The images of normalised `points`, row-major `(len, dim)` with each point `(channels, height, width)`, in rows of
/// `columns` (0: about a square). −1 is black, 1 is white or the full colour; values beyond are clipped. Small images
/// are magnified without smoothing so that each pixel can be seen. Grey for one channel, otherwise colour from the
/// first three (two: red and green).
///
/// # Errors
/// For vectors, for values that are not whole images, for no image at all, and for grids above 16,384 pixels.
pub fn image_grid(points: &[f32], shape: &DataShape, columns: usize) -> Result<DynamicImage, PictureError> {
    let dim = shape.dim();
    if matches!(shape, DataShape::Image { .. }) && (dim == 0 || !points.len().is_multiple_of(dim)) {
        let expected = format!("one or more images of {dim} values");
        return Err(PictureError::values(expected, format!("{} values", points.len())));
    }
    let mut grid = ImageGrid::new(points.len() / dim.max(1), shape, columns)?;
    grid.put(points);
    Ok(grid.picture())
}

/// The same for points that come in portions.
#[derive(Clone, Debug)]
pub struct ImageGrid {
    layout: Layout,
    picture: Picture,
    /// Images that are there already.
    done: usize,
}

#[derive(Clone, Debug)]
enum Picture {
    Grey(GrayImage),
    Colour(RgbImage),
}

/// Where images lie.
#[derive(Clone, Copy, Debug)]
struct Layout {
    height: usize,
    width: usize,
    channels: usize,
    columns: usize,
    rows: usize,
    /// Pixels for a pixel, and of the lines between tiles.
    zoom: usize,
    line: usize,
}

impl Layout {
    fn of(count: usize, shape: &DataShape, columns: usize) -> Result<Self, PictureError> {
        let DataShape::Image { height, width, channels } = *shape else {
            return Err(PictureError::values("images", format!("vectors of {} numbers", shape.dim())));
        };
        if shape.dim() == 0 || count == 0 {
            return Err(PictureError::values("one or more images", format!("{count} of {channels}x{height}x{width}")));
        }
        let columns = if columns == 0 { (count as f64).sqrt().ceil() as usize } else { columns.min(count) };
        let zoom = (TILE as f64 / height.max(width) as f64).round().max(1.0) as usize;
        let line = zoom.div_ceil(4).min(2);
        let layout = Self { height, width, channels, columns, rows: count.div_ceil(columns), zoom, line };
        let (across, down) = layout.pixels();
        if across <= LARGEST && down <= LARGEST {
            return Ok(layout);
        }
        let [most_across, most_down] = [width, height].map(|side| LARGEST.saturating_sub(line) / (side * zoom + line));
        let expected = format!(
            "a grid of at most {LARGEST} pixels in each direction, which has room for {} of these images",
            if most_across.min(most_down) == 0 { 0 } else { most_square(most_across, most_down) }
        );
        Err(PictureError::values(expected, format!("{count} images, {across}x{down} pixels")))
    }

    fn pitch(&self, side: usize) -> usize {
        side * self.zoom + self.line
    }

    /// Width and height of the picture.
    fn pixels(&self) -> (usize, usize) {
        (self.columns * self.pitch(self.width) + self.line, self.rows * self.pitch(self.height) + self.line)
    }
}

/// The most images whose square, or what is closest to it, has no more columns and rows than these.
fn most_square(columns: usize, rows: usize) -> usize {
    if rows >= columns { columns * columns } else { rows * (rows + 1).min(columns) }
}

impl ImageGrid {
    /// A grid for `count` images, all of them black.
    ///
    /// # Errors
    /// For vectors, for no image at all, and for grids above 16,384 pixels.
    pub fn new(count: usize, shape: &DataShape, columns: usize) -> Result<Self, PictureError> {
        let layout = Layout::of(count, shape, columns)?;
        let (width, height) = layout.pixels();
        let (width, height) = (width as u32, height as u32);
        let picture = if layout.channels == 1 {
            Picture::Grey(GrayImage::from_pixel(width, height, image::Luma([LINE])))
        } else {
            Picture::Colour(RgbImage::from_pixel(width, height, image::Rgb([LINE; 3])))
        };
        let mut grid = Self { layout, picture, done: 0 };
        // Tiles beyond the last image stay as they are now.
        for tile in 0..layout.columns * layout.rows {
            grid.draw(tile, |_, _, _| 0);
        }
        Ok(grid)
    }

    /// Width and height of the picture of such a grid.
    ///
    /// # Errors
    /// As [`ImageGrid::new`].
    pub fn size(count: usize, shape: &DataShape, columns: usize) -> Result<(u32, u32), PictureError> {
        let (width, height) = Layout::of(count, shape, columns)?.pixels();
        Ok((width as u32, height as u32))
    }

    /// Puts the next images in their places, those that have one.
    pub fn put(&mut self, points: &[f32]) {
        let Layout { height, width, channels, columns, rows, .. } = self.layout;
        for image in points.chunks_exact(channels * height * width) {
            if self.done < columns * rows {
                let value = |channel: usize, j: usize, i: usize| {
                    image
                        .get((channel * height + j) * width + i)
                        .filter(|_| channel < channels)
                        .map_or(0, |x| shade(*x))
                };
                self.draw(self.done, value);
            }
            self.done += 1;
        }
    }

    fn draw(&mut self, tile: usize, value: impl Fn(usize, usize, usize) -> u8) {
        let layout = self.layout;
        let (left, top) = (
            tile % layout.columns * layout.pitch(layout.width) + layout.line,
            tile / layout.columns * layout.pitch(layout.height) + layout.line,
        );
        for y in 0..layout.height * layout.zoom {
            for x in 0..layout.width * layout.zoom {
                let (j, i) = (y / layout.zoom, x / layout.zoom);
                let (column, row) = ((left + x) as u32, (top + y) as u32);
                match &mut self.picture {
                    Picture::Grey(picture) => picture.put_pixel(column, row, image::Luma([value(0, j, i)])),
                    Picture::Colour(picture) => {
                        picture.put_pixel(column, row, image::Rgb([0, 1, 2].map(|channel| value(channel, j, i))));
                    }
                }
            }
        }
    }

    /// The picture.
    pub fn picture(self) -> DynamicImage {
        match self.picture {
            Picture::Grey(picture) => DynamicImage::ImageLuma8(picture),
            Picture::Colour(picture) => DynamicImage::ImageRgb8(picture),
        }
    }
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
    fn portions_make_the_same_picture_and_the_limit_is_told() {
        let shape = DataShape::Image { height: 2, width: 3, channels: 2 };
        let points: Vec<f32> = (0..12 * 7).map(|i| (i as f32).sin()).collect();
        let whole = image_grid(&points, &shape, 0).unwrap();
        let mut grid = ImageGrid::new(7, &shape, 0).unwrap();
        for portion in points.chunks(12 * 3) {
            grid.put(portion);
        }
        assert_eq!(grid.picture(), whole);
        for shape in [
            shape,
            DataShape::Image { height: 8, width: 8, channels: 1 },
            DataShape::Image { height: 90, width: 7, channels: 3 },
        ] {
            let message = ImageGrid::size(10_000_000, &shape, 0).unwrap_err().to_string();
            let most = message.split("room for ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
            assert!(ImageGrid::size(most, &shape, 0).is_ok(), "{message}");
            assert!(ImageGrid::size(most + 1, &shape, 0).is_err(), "{message}");
        }
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
