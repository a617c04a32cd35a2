//! Lines over a logarithmic axis, as SVG: text needs no font of ours there.

use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
/// Left, right, top, bottom of the frame.
const FRAME: [f64; 4] = [64.0, 480.0, 32.0, 352.0];
/// Colours that people who see red and green alike can tell apart (Okabe and Ito).
const COLOURS: [&str; 7] = ["#0072b2", "#000000", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// Points; those that cannot be on logarithmic axes are left out.
    pub points: Vec<(f64, f64)>,
}

/// Lines with a legend. Both axes are logarithmic.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePlot {
    /// Above the frame.
    pub title: String,
    /// Below the horizontal axis.
    pub horizontal: String,
    /// Beside the vertical axis.
    pub vertical: String,
    /// The lines, in the order of the legend.
    pub series: Vec<Series>,
}

impl LinePlot {
    /// The picture as text of an SVG file. Without a point that can be shown there is an empty frame.
    pub fn svg(&self) -> String {
        let shown = |series: &Series| -> Vec<(f64, f64)> {
            let positive = |value: f64| value > 0.0 && value.is_finite();
            series.points.iter().copied().filter(|(x, y)| positive(*x) && positive(*y)).collect()
        };
        let all: Vec<(f64, f64)> = self.series.iter().flat_map(shown).collect();
        let [left, right, top, bottom] = FRAME;
        let across = Axis::over(all.iter().map(|point| point.0), left, right);
        let up = Axis::over(all.iter().map(|point| point.1), bottom, top);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#888\"/>\n",
            right - left,
            bottom - top
        );
        let text = |x: f64, y: f64, anchor: &str, content: &str| {
            let content = content.replace('&', "&amp;").replace('<', "&lt;");
            format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{content}</text>\n")
        };
        svg += &text(left, top - 10.0, "start", &self.title);
        svg += &text(0.5 * (left + right), bottom + 38.0, "middle", &self.horizontal);
        svg += &format!(
            "<g transform=\"rotate(-90)\">{}</g>\n",
            text(-0.5 * (top + bottom), 16.0, "middle", &self.vertical)
        );
        for value in across.ticks() {
            svg += &text(across.at(value), bottom + 18.0, "middle", &label(value));
        }
        for value in up.ticks() {
            let y = up.at(value);
            svg += &text(left - 6.0, y + 4.0, "end", &label(value));
            let _ = writeln!(svg, "<path d=\"M{left} {y:.1}H{right}\" stroke=\"#ddd\"/>");
        }
        for (at, series) in self.series.iter().enumerate() {
            let colour = COLOURS[at % COLOURS.len()];
            let dashes = if at < COLOURS.len() { "" } else { " stroke-dasharray=\"4 3\"" };
            let path: Vec<String> =
                shown(series).iter().map(|(x, y)| format!("{:.1} {:.1}", across.at(*x), up.at(*y))).collect();
            if !path.is_empty() {
                let _ = writeln!(
                    svg,
                    "<path d=\"M{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"{dashes}/>",
                    path.join("L")
                );
            }
            let y = top + 12.0 + 18.0 * at as f64;
            let _ = writeln!(
                svg,
                "<path d=\"M{} {y}h18\" stroke=\"{colour}\" stroke-width=\"1.6\"{dashes}/>",
                right + 12.0
            );
            svg += &text(right + 36.0, y + 4.0, "start", &series.name);
        }
        svg + "</svg>\n"
    }
}

fn label(value: f64) -> String {
    format!("{value}")
}

/// Logarithms of values, between two places.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// Holds all values and a little more.
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(0.0, f64::max);
        let (low, high) = if low <= high { (low.ln(), high.ln()) } else { (0.0, 1.0) };
        let margin = 0.05 * (high - low) + 0.02;
        Self { low: low - margin, high: high + margin, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (value.ln() - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Round numbers: powers of ten, and their doubles and fives where those are few.
    fn ticks(&self) -> Vec<f64> {
        let decades = (self.high - self.low) / std::f64::consts::LN_10;
        let steps: &[f64] = if decades < 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let first = (self.low / std::f64::consts::LN_10).floor() as i32;
        let last = (self.high / std::f64::consts::LN_10).ceil() as i32;
        let values = (first..=last).flat_map(|power| {
            steps.iter().map(move |step| if power < 0 { step / 10f64.powi(-power) } else { step * 10f64.powi(power) })
        });
        values.filter(|value| value.ln() >= self.low && value.ln() <= self.high).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_where_they_belong() {
        let series =
            Series { name: "a < b".to_owned(), points: vec![(1.0, 0.1), (10.0, 1.0), (100.0, 10.0), (0.0, 5.0)] };
        let plot = LinePlot { title: "t".into(), horizontal: "D".into(), vertical: "W".into(), series: vec![series] };
        let svg = plot.svg();
        assert!(svg.contains("a &lt; b") && svg.ends_with("</svg>\n"), "{svg}");
        // The middle of three points of a straight line is the middle of the frame, and the one at zero is not there.
        let line = svg.lines().find(|line| line.contains("fill=\"none\" stroke=\"#0072b2\"")).unwrap();
        assert!(line.contains("L272.0 192.0L") && line.matches('L').count() == 2, "{line}");
    }

    #[test]
    fn ticks_are_round_numbers_within_the_axis() {
        let axis = Axis::over([0.03, 0.4].into_iter(), 0.0, 1.0);
        assert_eq!(axis.ticks(), [0.05, 0.1, 0.2]);
        let axis = Axis::over([1.0, 40_000.0].into_iter(), 0.0, 1.0);
        assert_eq!(axis.ticks(), [1.0, 10.0, 100.0, 1000.0, 10_000.0]);
        let empty =
            LinePlot { title: String::new(), horizontal: String::new(), vertical: String::new(), series: Vec::new() };
        assert!(empty.svg().contains("<rect"));
    }
}
