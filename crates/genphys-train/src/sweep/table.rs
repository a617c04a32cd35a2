//! A sweep as a table and as a picture.

use super::SweepPoint;
use genphys_data::pictures::{LinePlot, Series};

/// Comma-separated values: one row per value of the parameter, distances to real data in the columns.
pub fn csv(points: &[SweepPoint]) -> String {
    let Some(first) = points.first() else { return String::new() };
    let mut head = vec![
        first.param.clone(),
        "steps,seconds,loss,loss_deviation,gradient_norm,gradient_deviation".to_owned(),
        "sliced_wasserstein,floor,energy,mmd,precision,recall,density,coverage,classifier".to_owned(),
    ];
    head.extend(first.robustness.iter().map(|harder| format!("sliced_wasserstein_{}_{}", harder.kind, harder.amount)));
    let mut text = head.join(",") + "\n";
    for point in points {
        let (trained, scores) = (&point.trainability, &point.samples);
        let mut numbers = vec![
            point.value,
            trained.steps as f64,
            trained.seconds,
            trained.loss,
            trained.loss_deviation,
            trained.gradient_norm,
            trained.gradient_deviation,
            scores.sliced_wasserstein,
            point.floor.sliced_wasserstein,
            scores.energy.v_statistic,
            scores.mmd.v_statistic,
            scores.precision_recall.precision,
            scores.precision_recall.recall,
            scores.density_coverage.density,
            scores.density_coverage.coverage,
            scores.two_sample.accuracy,
        ];
        numbers.extend(point.robustness.iter().map(|harder| harder.scores.sliced_wasserstein));
        text += &(numbers.iter().map(|number| significant(*number)).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

/// Five significant digits.
fn significant(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return number.to_string();
    }
    let digits = (4 - number.abs().log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Sliced Wasserstein distance over the parameter, as it is and under difficulties, as SVG.
pub fn picture(points: &[SweepPoint]) -> String {
    let Some(first) = points.first() else { return String::new() };
    let series = |name: String, value: &dyn Fn(&SweepPoint) -> Option<f64>| Series {
        name,
        points: points.iter().filter_map(|point| Some((point.value, value(point)?))).collect(),
    };
    let mut lines = vec![
        series("samples".to_owned(), &|point| Some(point.samples.sliced_wasserstein)),
        series("floor".to_owned(), &|point| Some(point.floor.sliced_wasserstein)),
    ];
    for (at, harder) in first.robustness.iter().enumerate() {
        let name = match harder.kind.as_str() {
            "nfe" => format!("{} evaluations", harder.amount),
            kind => format!("{} {kind}", harder.amount),
        };
        lines.push(series(name, &|point| Some(point.robustness.get(at)?.scores.sliced_wasserstein)));
    }
    LinePlot {
        title: format!("{} on {}", first.param, first.data),
        horizontal: first.param.clone(),
        vertical: "sliced Wasserstein".to_owned(),
        series: lines,
    }
    .svg()
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn five_digits_are_enough() {
        for (number, text) in
            [(0.0, "0"), (128.0, "128"), (0.0123456, "0.012346"), (1234567.0, "1234567"), (0.5, "0.5")]
        {
            assert_eq!(significant(number), text);
        }
    }
}
