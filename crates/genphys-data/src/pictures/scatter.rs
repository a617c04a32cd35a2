//! Points of the plane: samples over data.

use super::error::PictureError;
use image::{DynamicImage, Rgb, RgbImage};

/// Side of the picture in pixels.
const SIDE: u32 = 480;

/// Share of the data's range that is added on each side.
const MARGIN: f64 = 0.12;

/// Data lie underneath in light grey, samples on top in blue.
const DATA: Layer = Layer { colour: [196.0, 196.0, 196.0], opacity: 0.8 };
const SAMPLES: Layer = Layer { colour: [31.0, 90.0, 180.0], opacity: 0.55 };

/// Radius of a dot in pixels.
const RADIUS: f64 = 1.4;

struct Layer {
    colour: [f64; 3],
    opacity: f64,
}

/// A square picture of `data` and `samples`, both row-major `(len, 2)`, in one frame of equal scales that holds all
/// data. Without data the frame holds all samples but the outermost two per cent. What lies far outside is not shown.
///
/// # Errors
/// For values that are not pairs, and when nothing has finite coordinates.
pub fn scatter(data: &[f32], samples: &[f32]) -> Result<DynamicImage, PictureError> {
    for points in [data, samples] {
        if points.len() % 2 != 0 {
            return Err(PictureError::values("points of two coordinates", format!("{} values", points.len())));
        }
    }
    let frame = if data.is_empty() { Frame::around(samples, 0.01) } else { Frame::around(data, 0.0) };
    let frame = frame.ok_or_else(|| PictureError::values("a point with finite coordinates", "none"))?;
    let mut picture = RgbImage::from_pixel(SIDE, SIDE, Rgb([255; 3]));
    for (points, layer) in [(data, DATA), (samples, SAMPLES)] {
        for point in points.chunks_exact(2) {
            let [x, y] = frame.pixel(point[0], point[1]);
            dot(&mut picture, x, y, &layer);
        }
    }
    border(&mut picture);
    Ok(DynamicImage::ImageRgb8(picture))
}

/// The square window of the plane that is shown.
struct Frame {
    centre: [f64; 2],
    half: f64,
}

impl Frame {
    /// Holds the finite points but a share `outside` at either end of each axis.
    fn around(points: &[f32], outside: f64) -> Option<Self> {
        let range = |axis: usize| {
            let finite = points.chunks_exact(2).filter(|point| point.iter().all(|value| value.is_finite()));
            let mut values: Vec<f64> = finite.map(|point| f64::from(point[axis])).collect();
            values.sort_unstable_by(f64::total_cmp);
            let skipped = (outside * values.len() as f64) as usize;
            Some((*values.get(skipped)?, *values.get(values.len() - 1 - skipped)?))
        };
        let (horizontal, vertical) = (range(0)?, range(1)?);
        let half = 0.5 * (horizontal.1 - horizontal.0).max(vertical.1 - vertical.0) * (1.0 + 2.0 * MARGIN);
        // A single point gets a window of its own.
        let half = if half > 0.0 { half } else { 1.0 };
        Some(Self { centre: [0.5 * (horizontal.0 + horizontal.1), 0.5 * (vertical.0 + vertical.1)], half })
    }

    /// Pixel coordinates; y points up in the plane and down in the picture.
    fn pixel(&self, x: f32, y: f32) -> [f64; 2] {
        let unit = |value: f32, centre: f64| (f64::from(value) - centre) / (2.0 * self.half);
        let side = f64::from(SIDE);
        [side * (0.5 + unit(x, self.centre[0])), side * (0.5 - unit(y, self.centre[1]))]
    }
}

/// A disc with soft edges.
fn dot(picture: &mut RgbImage, x: f64, y: f64, layer: &Layer) {
    let reach = RADIUS + 1.0;
    let inside = |value: f64| value > -reach && value < f64::from(SIDE) + reach;
    // NaN is outside, too.
    if !inside(x) || !inside(y) {
        return;
    }
    let range = |value: f64| (value - reach).max(0.0) as u32..=((value + reach).max(0.0) as u32).min(SIDE - 1);
    for row in range(y) {
        for column in range(x) {
            let distance = (f64::from(column) + 0.5 - x).hypot(f64::from(row) + 0.5 - y);
            let cover = layer.opacity * (RADIUS + 0.5 - distance).clamp(0.0, 1.0);
            let pixel = picture.get_pixel_mut(column, row);
            for (value, colour) in pixel.0.iter_mut().zip(layer.colour) {
                *value = (f64::from(*value) * (1.0 - cover) + colour * cover).round() as u8;
            }
        }
    }
}

fn border(picture: &mut RgbImage) {
    for i in 0..SIDE {
        for (x, y) in [(i, 0), (i, SIDE - 1), (0, i), (SIDE - 1, i)] {
            picture.put_pixel(x, y, Rgb([110; 3]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_on_top_of_data_where_they_belong() {
        let picture = scatter(&[-1.0, -1.0, 1.0, 1.0, -1.0, 1.0], &[1.0, 1.0]).unwrap().to_rgb8();
        let frame = Frame { centre: [0.0, 0.0], half: 1.0 + 2.0 * MARGIN };
        let at = |x, y| {
            let [column, row] = frame.pixel(x, y);
            picture.get_pixel(column as u32, row as u32).0
        };
        let (sample, data, paper) = (at(1.0, 1.0), at(-1.0, 1.0), at(1.0, -1.0));
        assert!(sample[2] > sample[0] + 40, "blue: {sample:?}");
        assert!(data[0] == data[2] && data[0] < 230, "grey: {data:?}");
        assert_eq!(paper, [255; 3]);
        // Up is up: (1, 1) is in the upper right quarter.
        let [column, row] = frame.pixel(1.0, 1.0);
        assert!(column > f64::from(SIDE) / 2.0 && row < f64::from(SIDE) / 2.0);
    }

    #[test]
    fn stray_samples_are_left_out() {
        let wild = [f32::NAN, 0.0, f32::INFINITY, 1.0, 1e30, -1e30];
        let with = scatter(&[0.0, 0.0, 1.0, 1.0], &wild).unwrap();
        assert_eq!(with, scatter(&[0.0, 0.0, 1.0, 1.0], &[]).unwrap());
        assert!(scatter(&[2.0, 2.0], &[2.0, 2.0]).is_ok());
    }

    #[test]
    fn what_is_not_in_the_plane_is_refused() {
        assert!(scatter(&[0.0; 3], &[]).is_err());
        assert!(scatter(&[0.0; 2], &[0.0; 3]).is_err());
        assert!(scatter(&[], &[]).is_err());
        assert!(scatter(&[f32::NAN, 0.0], &[]).is_err());
    }

    #[test]
    fn samples_alone_make_a_frame_that_ignores_strays() {
        let mut samples: Vec<f32> = (0..400).map(|i| (i % 20) as f32).collect();
        samples.extend([1e6, -1e6]);
        let frame = Frame::around(&samples, 0.01).unwrap();
        assert!(frame.half < 20.0 && frame.half > 9.0, "{}", frame.half);
        assert!(scatter(&[], &samples).is_ok());
    }

    #[test]
    fn files_come_out_small_and_the_same() {
        let folder = tempfile::TempDir::new().unwrap();
        let data = crate::ToySet::Moons.draw(5_000, 1);
        let samples = crate::ToySet::Moons.draw(2_000, 2);
        let picture = scatter(&data, &samples).unwrap();
        let path = folder.path().join("moons.png");
        crate::pictures::save_png(&picture, &path).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < 120_000);
        assert_eq!(image::open(&path).unwrap(), picture);
        let missing = folder.path().join("missing/moons.png");
        let message = crate::pictures::save_png(&picture, &missing).unwrap_err().to_string();
        assert!(message.contains("missing"), "{message}");
    }
}
