//! An evaluation as text for people.

use super::{Evaluation, Reference};
use genphys_metrics::Scores;

/// A row of the table: what it is called, how it is read off, digits, and what is good.
type Row = (&'static str, fn(&Scores) -> f64, usize, &'static str);

const ROWS: [Row; 7] = [
    ("sliced Wasserstein", |scores| scores.sliced_wasserstein, 4, "0 is equal"),
    ("energy distance", |scores| scores.energy.unbiased, 5, "0 is equal"),
    ("MMD", |scores| scores.mmd.v_statistic, 4, "0 is equal"),
    ("precision", |scores| scores.precision_recall.precision, 3, "samples that are plausible"),
    ("recall", |scores| scores.precision_recall.recall, 3, "real points that are reached"),
    ("density", |scores| scores.density_coverage.density, 3, "1 is equal"),
    ("coverage", |scores| scores.density_coverage.coverage, 3, "real points with a sample near"),
];

impl Evaluation {
    /// The result as text for people: a table, and a few lines.
    pub fn human(&self) -> String {
        let (samples, floor) = (&self.quality.samples, &self.quality.floor);
        let protocol = &self.protocol;
        let against = match protocol.against {
            Reference::HeldOut => "held-out",
            Reference::Fresh => "fresh",
        };
        let mut text = format!(
            "{} on {}: {} samples after {} steps, {} network evaluations each, against {} {against} points, seed {}\n",
            self.pde, self.data, self.count, self.steps, self.nfe, protocol.real, protocol.sampler.seed
        );
        if let Some(bits) = protocol.bits {
            text += &format!("weights rounded to {bits} bits\n");
        }
        text += &format!("\n{:24}{:>12}{:>18}\n", format!("against {against}"), "samples", "fresh real data");
        for (name, value, digits, meaning) in ROWS {
            text += &format!("{name:24}{:>12.digits$}{:>18.digits$}   {meaning}\n", value(samples), value(floor));
        }
        if protocol.raw_length.is_none() {
            text += &format!("{:24}normalised, as coordinates have units of their own\n", "distances");
        }
        let test =
            |scores: &Scores| format!("{:.3} ±{:.3}", scores.two_sample.accuracy, scores.two_sample.standard_error);
        text += &format!("{:24}{:>12}{:>18}   0.5 cannot be told apart\n", "classifier", test(samples), test(floor));
        if let (Some(samples), Some(floor)) = (samples.frechet, floor.frechet) {
            text +=
                &format!("{:24}{samples:>12.4}{floor:>18.4}   0 is equal; not the Inception FID\n", "Frechet distance");
        }
        let (copied, floor) = (&self.memorisation.samples, &self.memorisation.floor);
        text += &format!(
            "\nnovelty: {:.2} (1: as far from the training data as held-out data are)\n\
             copies of training points: {:.1} % ({:.1} % of held-out data look like one), \
             nearer than neighbours: {:.1} % ({:.1} %)\n",
            self.novelty,
            100.0 * copied.copies,
            100.0 * floor.copies,
            100.0 * copied.closer_than_neighbours,
            100.0 * floor.closer_than_neighbours
        );
        if let Some(modes) = &self.modes {
            text += &format!(
                "modes: {} of {} covered, {:.1} % of the samples near one\n",
                modes.covered,
                modes.total,
                100.0 * modes.near
            );
        }
        if let Some(report) = &self.birth_death {
            text += &format!(
                "births {}, deaths {}, ancestors left {}, ln of relative mass {:+.3}\n",
                report.births, report.deaths, report.ancestors, report.log_mass
            );
        }
        text
    }
}
