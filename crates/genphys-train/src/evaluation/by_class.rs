//! Samples of a model that knows classes: as many of each as the training data have.

use rand::RngCore;
use rand::seq::SliceRandom;

use crate::denoiser_field::DenoiserField;
use crate::error::Result;
use crate::training::TrainedModel;
use genphys_flow::GenerativePde;
use genphys_flow::sampler::{SamplerConfig, Samples, sample};
use genphys_numeric::seed::{Purpose, stream};

/// Draws from every class in turn and mixes the rows. Seconds and births are those of the whole; evaluations, per
/// sample, those of the class that took the most. `labels` are the classes of the training data.
///
/// # Errors
/// See [`sample`].
pub(super) fn sample_by_class(
    pde: &dyn GenerativePde,
    model: &TrainedModel,
    labels: &[u32],
    config: &SamplerConfig,
) -> Result<Samples> {
    let dim = model.statistics.dim();
    let field = DenoiserField::new(pde, &model.denoiser, dim);
    // Particles of different classes must not start from the same draws of the prior.
    let mut seeds = stream(config.seed, Purpose::Selection, 1);
    let mut all: Option<Samples> = None;
    for (class, count) in counts(labels, model.config.classes(), config.count).into_iter().enumerate() {
        let of_class = SamplerConfig { count, seed: seeds.next_u64(), ..config.clone() };
        if count == 0 {
            continue;
        }
        let field = field.clone().of_class(class as u32);
        let drawn = sample(pde, &field, &model.statistics.mean, &model.member.schedule, &of_class)?;
        match &mut all {
            Some(all) => add(all, drawn),
            None => all = Some(drawn),
        }
    }
    let mut samples = match all {
        Some(samples) => samples,
        None => sample(pde, &field, &model.statistics.mean, &model.member.schedule, config)?,
    };
    let mut rows: Vec<&[f64]> = samples.points.chunks_exact(dim).collect();
    rows.shuffle(&mut stream(config.seed, Purpose::Selection, 2));
    samples.points = rows.concat();
    Ok(samples)
}

/// How many samples each class gets: its share of `count`, rounded so that they add up.
fn counts(labels: &[u32], classes: usize, count: usize) -> Vec<usize> {
    let mut known = vec![0usize; classes];
    for label in labels {
        if let Some(known) = known.get_mut(*label as usize) {
            *known += 1;
        }
    }
    let total = known.iter().sum::<usize>().max(1);
    let mut until = 0;
    known
        .iter()
        .scan(0, |sum, known| {
            *sum += known;
            let before = until;
            until = (count * *sum + total / 2) / total;
            Some(until - before)
        })
        .collect()
}

fn add(all: &mut Samples, more: Samples) {
    all.points.extend(more.points);
    all.nfe = all.nfe.max(more.nfe);
    all.steps = all.steps.max(more.steps);
    all.rejected += more.rejected;
    all.seconds += more.seconds;
    all.overhead += more.overhead;
    if let (Some(all), Some(more)) = (&mut all.birth_death, more.birth_death) {
        // The masses of populations side by side add up in proportion to their sizes.
        let (here, there) = (all.population as f64, more.population as f64);
        let top = all.log_mass.max(more.log_mass);
        let mass = here * (all.log_mass - top).exp() + there * (more.log_mass - top).exp();
        all.log_mass = top + (mass / (here + there)).ln();
        all.births += more.births;
        all.deaths += more.deaths;
        all.population += more.population;
        all.ancestors += more.ancestors;
        all.effective_sample_size += more.effective_sample_size;
        all.least_effective_fraction = all.least_effective_fraction.min(more.least_effective_fraction);
    }
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn classes_have_their_shares() {
        assert_eq!(counts(&[0, 0, 0, 2], 3, 100), [75, 0, 25]);
        let labels: Vec<u32> = (0..70).map(|i| i % 7).collect();
        for count in [1, 7, 359] {
            let found = counts(&labels, 7, count);
            assert_eq!(found.iter().sum::<usize>(), count);
            assert!(found.iter().all(|found| found.abs_diff(count / 7) <= 1), "{found:?}");
        }
    }
}
