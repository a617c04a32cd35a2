//! ω(k) as a picture: the growth rate Im ω beside the frequency Re ω, every branch in both.

use crate::outcome::Failure;
use genphys_pde::codes::Code;
use genphys_symbolic::DispersionRow;
use image::codecs::png::PngEncoder;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Size of the picture on the page.
const SIZE: (u32, u32) = (1200, 560);
/// Everything is drawn this much larger: plotters rounds to whole pixels, and a slanted line would show it.
const SCALE: u32 = 4;
/// Pixels of a PNG for one on the page.
const PIXELS: u32 = 2;
/// Height of the strip with title, equation and legend.
const STRIP: u32 = 96;
const FONT: &str = "sans-serif";
/// Okabe and Ito's colours, which colour-blind readers can tell apart too.
const PALETTE: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
];

/// A picture file of a kind that can be written.
#[derive(Clone, Debug)]
pub(crate) enum Picture {
    /// Pixels.
    Png(PathBuf),
    /// Lines.
    Svg(PathBuf),
}

/// What stands above the picture.
#[derive(Clone, Debug)]
pub(crate) struct Title {
    /// Name of the equation.
    pub(crate) name: String,
    /// The equation.
    pub(crate) equation: String,
}

impl Picture {
    /// Takes the kind from the ending of the name.
    ///
    /// # Errors
    /// When it is neither `.png` nor `.svg`, or cannot be written.
    pub(crate) fn from_path(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let picture = match ending.as_str() {
            "png" => Self::Png(path.to_owned()),
            "svg" => Self::Svg(path.to_owned()),
            _ => return Err(Failure::new(format!("--plot {}: the name must end in .png or .svg", path.display()))),
        };
        genphys_files::check(path).map_err(|error| unwritable(path, &error))?;
        Ok(picture)
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Png(path) | Self::Svg(path) => path,
        }
    }
}

fn unwritable(path: &Path, error: &dyn Display) -> Failure {
    Failure::new(format!("cannot write {}: {error}", path.display())).code(Code::FileError)
}

/// Draws the table and writes the picture.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn dispersion(picture: &Picture, title: &Title, rows: &[DispersionRow]) -> Result<(), Failure> {
    register_font(FONT, FontStyle::Normal, dejavu::sans::regular())
        .map_err(|_| Failure::new("cannot draw: the embedded font is damaged"))?;
    let branches = branches(rows);
    let unwritable = |error: &dyn Display| unwritable(picture.path(), error);
    match picture {
        Picture::Png(path) => {
            let (width, height) = (SIZE.0 * SCALE, SIZE.1 * SCALE);
            let mut pixels = vec![0_u8; (width * height * 3) as usize];
            let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
            draw(&area, title, &branches).map_err(|error| Failure::new(format!("cannot draw: {error}")))?;
            drop(area);
            let large = image::RgbImage::from_raw(width, height, pixels)
                .ok_or_else(|| Failure::new("cannot draw: the picture has another size"))?;
            let filter = image::imageops::FilterType::Triangle;
            let small = image::imageops::resize(&large, SIZE.0 * PIXELS, SIZE.1 * PIXELS, filter);
            let encode = |file: &mut dyn std::io::Write| small.write_with_encoder(PngEncoder::new(file));
            genphys_files::write_with(path, encode).map_err(|error| unwritable(&error))
        }
        Picture::Svg(path) => {
            let (width, height) = (SIZE.0 * SCALE, SIZE.1 * SCALE);
            let mut text = String::new();
            let area = SVGBackend::with_string(&mut text, (width, height)).into_drawing_area();
            draw(&area, title, &branches).map_err(|error| Failure::new(format!("cannot draw: {error}")))?;
            drop(area);
            // The coordinates stay large (`viewBox`), the picture on the page does not.
            let drawn = format!(r#"width="{width}" height="{height}""#);
            let shown = format!(r#"width="{}" height="{}""#, SIZE.0, SIZE.1);
            genphys_files::write(path, text.replacen(&drawn, &shown, 1).as_bytes()).map_err(|error| unwritable(&error))
        }
    }
}

/// A length on the page in the units of the drawing.
const fn px(length: i32) -> i32 {
    length * SCALE as i32
}

/// The width of a line, likewise.
const fn wide(width: u32) -> u32 {
    width * SCALE
}

/// One branch over |k|.
struct Curve {
    branch: usize,
    /// k, Re ω, Im ω and whether the branch counts there, by rising k.
    points: Vec<(f64, f64, f64, bool)>,
}

fn branches(rows: &[DispersionRow]) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    for row in rows {
        let point = (row.k, row.re_omega, row.im_omega, row.selected);
        match curves.iter_mut().find(|curve| curve.branch == row.branch) {
            Some(curve) => curve.points.push(point),
            None => curves.push(Curve { branch: row.branch, points: vec![point] }),
        }
    }
    for curve in &mut curves {
        curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    curves
}

impl Curve {
    fn colour(&self, number: usize) -> RGBColor {
        PALETTE.get(number % PALETTE.len()).copied().unwrap_or(BLACK)
    }

    fn counts(&self) -> &'static str {
        let counted = self.points.iter().filter(|point| point.3).count();
        match counted {
            0 => "discarded",
            some if some == self.points.len() => "counts",
            _ => "counts where solid",
        }
    }

    /// Pieces on which the branch counts throughout or nowhere; neighbours share a point, so no gap shows.
    fn pieces(&self, value: impl Fn(&(f64, f64, f64, bool)) -> f64) -> Vec<(bool, Vec<(f64, f64)>)> {
        let mut pieces: Vec<(bool, Vec<(f64, f64)>)> = Vec::new();
        for point in &self.points {
            let (place, selected) = ((point.0, value(point)), point.3);
            if !place.1.is_finite() {
                pieces.push((selected, Vec::new()));
                continue;
            }
            match pieces.last_mut() {
                Some((same, points)) if *same == selected => points.push(place),
                Some((_, points)) => {
                    let joint = points.last().copied();
                    pieces.push((selected, joint.into_iter().chain([place]).collect()));
                }
                None => pieces.push((selected, vec![place])),
            }
        }
        pieces
    }
}

type DrawResult<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, title: &Title, curves: &[Curve]) -> DrawResult<DB> {
    area.fill(&WHITE)?;
    let (strip, panels) = area.split_vertically(wide(STRIP));
    let (left, right) = panels.split_horizontally(wide(SIZE.0 / 2));
    heading(&strip, title, curves)?;
    panel(&left, "Im ω   (growth rate)", curves, |point| point.2)?;
    panel(&right, "Re ω   (frequency)", curves, |point| point.1)?;
    area.present()
}

fn heading<DB: DrawingBackend>(strip: &DrawingArea<DB, Shift>, title: &Title, curves: &[Curve]) -> DrawResult<DB> {
    let name = format!("{}: branches of the dispersion relation", title.name);
    strip.draw(&Text::new(name, (px(24), px(12)), (FONT, px(23))))?;
    strip.draw(&Text::new(
        shortened(&title.equation, 120),
        (px(24), px(42)),
        (FONT, px(16)).into_font().color(&BLACK.mix(0.6)),
    ))?;
    let mut x = 24;
    for (number, curve) in curves.iter().enumerate() {
        let label = format!("ω{}  {}", subscript(curve.branch), curve.counts());
        let colour = curve.colour(number);
        if curve.points.iter().any(|point| point.3) {
            strip.draw(&PathElement::new([(px(x), px(80)), (px(x + 34), px(80))], colour.stroke_width(wide(4))))?;
        } else {
            for dash in 0..4 {
                let start = x + 9 * dash;
                strip.draw(&PathElement::new(
                    [(px(start), px(80)), (px(start + 5), px(80))],
                    colour.mix(0.7).stroke_width(wide(2)),
                ))?;
            }
        }
        strip.draw(&Text::new(label.clone(), (px(x + 42), px(71)), (FONT, px(16))))?;
        x += 42 + 9 * i32::try_from(label.chars().count()).unwrap_or(20) + 26;
    }
    Ok(())
}

fn panel<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    label: &str,
    curves: &[Curve],
    value: impl Fn(&(f64, f64, f64, bool)) -> f64 + Copy,
) -> DrawResult<DB> {
    let across = range(curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.0)), 0.0);
    let up = range(curves.iter().flat_map(|curve| curve.points.iter().map(value)), 0.06);
    let mut chart = ChartBuilder::on(area)
        .margin_right(px(28))
        .margin_left(px(8))
        .margin_bottom(px(8))
        .x_label_area_size(px(46))
        .y_label_area_size(px(78))
        .build_cartesian_2d(across.clone(), up.clone())?;
    chart
        .configure_mesh()
        .x_desc("|k|")
        .y_desc(label)
        .axis_desc_style((FONT, px(17)))
        .label_style((FONT, px(14)))
        .x_label_formatter(&|value| tick(*value, &across))
        .y_label_formatter(&|value| tick(*value, &up))
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12).stroke_width(wide(1)))
        .axis_style(BLACK.stroke_width(wide(1)))
        .set_all_tick_mark_size(px(5))
        .draw()?;
    if up.contains(&0.0) {
        chart.draw_series(LineSeries::new(
            [(across.start, 0.0), (across.end, 0.0)],
            BLACK.mix(0.45).stroke_width(wide(1)),
        ))?;
    }
    let pieces: Vec<_> = curves
        .iter()
        .enumerate()
        .flat_map(|(number, curve)| curve.pieces(value).into_iter().map(move |piece| (number, curve, piece)))
        .collect();
    // Discarded pieces lie below. Branches that coincide stay visible: each lies narrower upon the last.
    for (number, curve, (_, points)) in pieces.iter().filter(|(_, _, (selected, _))| !selected) {
        let style = curve.colour(*number).mix(0.7).stroke_width(wide(2));
        chart.draw_series(DashedLineSeries::new(points.iter().copied(), wide(6), wide(5), style))?;
    }
    for (number, curve, (_, points)) in pieces.iter().filter(|(_, _, (selected, _))| *selected) {
        let width = 7_u32.saturating_sub(3 * u32::try_from(*number).unwrap_or(2)).max(2);
        let style = curve.colour(*number).stroke_width(wide(width));
        chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
        if let [only] = points.as_slice() {
            chart.draw_series([Circle::new(*only, px(4), style.filled())])?;
        }
    }
    Ok(())
}

/// The values with a margin on both sides; never empty.
fn range(values: impl Iterator<Item = f64>, margin: f64) -> Range<f64> {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return -1.0..1.0;
    }
    // Rounding noise about a constant is not a range.
    if high - low <= 1e-9 * low.abs().max(high.abs()) || high == low {
        let half = if high == 0.0 { 1.0 } else { high.abs() };
        return low - half..high + half;
    }
    let margin = margin * (high - low);
    low - margin..high + margin
}

/// A tick's number, rounded far below the distance of two ticks.
fn tick(value: f64, range: &Range<f64>) -> String {
    let width = range.end - range.start;
    if value.abs() < 1e-9 * width {
        return "0".to_owned();
    }
    let digits = (2.0 - width.log10()).ceil().clamp(0.0, 12.0);
    let text = format!("{value:.digits$}", digits = digits as usize);
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    if text.len() > 8 { format!("{value:.2e}") } else { text }
}

fn subscript(number: usize) -> String {
    number.to_string().chars().filter_map(|digit| char::from_u32(digit as u32 - '0' as u32 + '₀' as u32)).collect()
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{Title, dispersion, range, tick};
    use crate::plot::Picture;
    use genphys_symbolic::DispersionRow;

    #[test]
    fn ranges_are_never_empty() {
        assert_eq!(range([f64::NAN].into_iter(), 0.1), -1.0..1.0);
        assert_eq!(range([0.0, 0.0].into_iter(), 0.1), -1.0..1.0);
        assert_eq!(range([-3.0, -3.0].into_iter(), 0.1), -6.0..0.0);
        assert_eq!(range([0.0, 10.0].into_iter(), 0.1), -1.0..11.0);
    }

    #[test]
    fn ticks_are_short() {
        assert_eq!(tick(0.1 + 0.2, &(0.0..1.0)), "0.3");
        assert_eq!(tick(-5.0, &(-10.0..0.0)), "-5");
        assert_eq!(tick(1e-17, &(-10.0..10.0)), "0");
    }

    #[test]
    fn both_kinds_of_picture_are_written() {
        let directory = tempfile::tempdir().unwrap();
        let rows: Vec<DispersionRow> = (0..50)
            .flat_map(|i| {
                let k = f64::from(i) * 0.1;
                let row = |branch, im_omega, selected| DispersionRow { k, branch, re_omega: 0.0, im_omega, selected };
                [row(1, -k, true), row(2, k, false)]
            })
            .collect();
        let title = Title { name: "poisson".into(), equation: "dt(phi, 2) + lap(phi) = 0".into() };
        let svg = directory.path().join("a.svg");
        dispersion(&Picture::from_path(&svg).unwrap(), &title, &rows).unwrap();
        let text = std::fs::read_to_string(&svg).unwrap();
        assert!(text.contains("growth rate") && text.contains("<polyline"));
        let png = directory.path().join("a.PNG");
        dispersion(&Picture::from_path(&png).unwrap(), &title, &rows).unwrap();
        let pixels = image::open(&png).unwrap().to_rgb8();
        let blue = pixels.pixels().filter(|pixel| pixel.0 == [0, 114, 178]).count();
        assert!(blue > 500, "the selected branch has {blue} pixels");
        assert!(Picture::from_path(std::path::Path::new("a.pdf")).is_err());
    }
}
