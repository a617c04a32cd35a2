//! Generation: prior, flow backward in time, births and deaths.

mod config;
mod shares;

pub use config::{Branching, SamplerConfig};

use std::ops::Range;
use std::time::Instant;

use rand::seq::index;
use rayon::prelude::*;

use crate::error::{Advice, FlowError, Result, Setting};
use crate::field::velocity_field::{Metered, VelocityField};
use crate::process::generative_pde::GenerativePde;
use crate::process::noise_schedule::NoiseSchedule;
use crate::process::point_source::PointSource;
use crate::sampling::added_noise::AddedNoise;
use crate::sampling::birth_death::{BirthDeath, BirthDeathReport, Population};
use crate::sampling::bounds::{Need, portions};
use crate::solver::{FlowState, Particles, Passed, Solver, integrate};
use genphys_numeric::seed::{Purpose, stream};
use shares::Shares;

/// Samples, and how they came about.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Row-major points, `(count, dim)`; none where they were handed on in portions.
    pub points: Vec<f64>,
    /// Evaluations of the field per sample, at most.
    pub nfe: usize,
    /// Steps of the solver, at most.
    pub steps: usize,
    /// Attempts at a step that an adaptive solver threw away; their evaluations are counted.
    pub rejected: usize,
    /// Wall time, in seconds.
    pub seconds: f64,
    /// The part of it that was not spent on evaluating the field.
    pub overhead: f64,
    /// Births and deaths, where there are any.
    pub birth_death: Option<BirthDeathReport>,
}

/// Smallest population with births and deaths: shares are relative to the mean of the population.
const LEAST_POPULATION: usize = 1024;

/// Particles branch when shares have become this uneven, and at the end.
const BRANCH_BELOW: f64 = 0.9;

/// Draws samples: particles from the prior at the largest flow scale, moved to the smallest and on to zero.
///
/// The field's growth must be relative to a point source at `mean`, as that of
/// `DenoiserField`. The same configuration gives the same samples, whatever
/// the number of threads. Sample `i` of an equation that conserves particles does not depend on `count`, unless the
/// solver is adaptive.
///
/// # Errors
/// When a setting is out of range, the samples do not fit into the memory, or the field cannot be evaluated.
pub fn sample(
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
) -> Result<Samples> {
    let mut points = Vec::new();
    Need { fixed: 0.0, each: 8.0 * mean.len() as f64, ..Need::of_paths("drawing", mean.len(), config.count, 0.0) }
        .check()?;
    let drawn = sample_in_portions(pde, field, mean, schedule, config, &mut |portion: &[f64]| -> Result<()> {
        points.extend_from_slice(portion);
        Ok(())
    })?;
    Ok(Samples { points, ..drawn })
}

/// The same, handing on portions of the points as they are done, each `(some, dim)`, in their order. Where particles
/// are born or die all are one population and one portion.
///
/// # Errors
/// As [`sample`], and those of `take`.
pub fn sample_in_portions<E: From<FlowError>>(
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
    take: &mut dyn FnMut(&[f64]) -> Result<(), E>,
) -> Result<Samples, E> {
    config.check(pde)?;
    let dim = mean.len();
    let grows = !pde.growth_is_uniform();
    let portions: Vec<_> = if grows {
        Need::of_paths("drawing", dim, config.count, config.crowd.max(1) as f64).check()?;
        std::iter::once(0..config.count).collect()
    } else {
        Need::of_portions("drawing", dim, config.count, 0.0).check()?;
        portions(dim, config.count).collect()
    };
    let mut all: Option<Samples> = None;
    for numbers in portions {
        let of_portion = SamplerConfig { count: numbers.len(), ..config.clone() };
        let mut drawn = portion_from(pde, field, mean, schedule, &of_portion, numbers.start)?;
        take(&std::mem::take(&mut drawn.points))?;
        all = Some(match all {
            Some(all) => Samples {
                nfe: all.nfe.max(drawn.nfe),
                steps: all.steps.max(drawn.steps),
                rejected: all.rejected.max(drawn.rejected),
                seconds: all.seconds + drawn.seconds,
                overhead: all.overhead + drawn.overhead,
                ..all
            },
            None => drawn,
        });
    }
    let mut all = all.ok_or_else(|| FlowError::Setting("there are no samples to draw".into()))?;
    if !grows {
        all.birth_death = (!pde.conserves_particles()).then(|| uniform_growth(pde, dim, schedule, config.count));
    }
    Ok(all)
}

/// The samples numbered from `first` on.
fn portion_from(
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
    first: usize,
) -> Result<Samples> {
    let begun = Instant::now();
    let dim = mean.len();
    let solver = config.solver.solver(config.tolerance);
    let grows = !pde.growth_is_uniform();
    // The first step goes on from what is evaluated for the shares at the start, unless a disturbance comes between.
    let nfe = config.nfe - usize::from(grows && config.disturbance > 0.0);
    if nfe == 0 {
        let message = "births and deaths under a disturbance take two evaluations at the start";
        return Err(FlowError::Setting(message.into()).about([Advice::value(Setting::Evaluations, 2)]));
    }
    let scales = config.scales(schedule, solver.as_ref(), nfe);
    let noise = AddedNoise::new(
        pde,
        dim,
        config.seed,
        (config.churn, config.disturbance),
        (solver.as_ref(), scales.len() - 1),
    )?
    .numbered_from(first);
    let field = Metered::new(field).at_most(if solver.is_adaptive() { config.nfe } else { usize::MAX });
    let count = if grows { (config.count * config.crowd.max(1)).max(LEAST_POPULATION) } else { config.count };
    let mut population = Population::new(draw_prior(pde, mean, schedule, config, first..first + count), dim);
    let shares =
        Shares { pde, mean, source: PointSource::new(pde, dim, schedule.sigma_min), counting: config.branching };
    if grows {
        let values = field.evaluate(&population.state.x, schedule.sigma_max)?;
        population.grow(&shares.at_start(&population.state.x, &values.clean, schedule.sigma_max));
        population.state.know(schedule.sigma_max, values);
    }
    let mut particles = Sampled {
        branches: grows && config.birth_death != Some(BirthDeath::Weights),
        noise,
        solver: solver.as_ref(),
        seed: config.seed,
        radii: Vec::new(),
        shares,
        population,
        grows,
    };
    let taken = integrate(solver.as_ref(), &field, &scales, &mut particles)?;
    let mut population = particles.population;
    let birth_death = grows.then(|| {
        population.branch(&mut stream(config.seed, Purpose::Branching, taken.steps as u64));
        let rows = index::sample(&mut stream(config.seed, Purpose::Selection, 0), count, config.count);
        population.state.select(&rows.into_vec());
        population.report().clone()
    });
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Samples {
        points: population.state.x,
        nfe: field.evaluations(),
        steps: taken.steps,
        rejected: taken.rejected,
        seconds,
        overhead: seconds - field.time().as_secs_f64(),
        birth_death,
    })
}

/// The population on its way: noise before and after every step, and births and deaths by it.
struct Sampled<'a> {
    population: Population,
    shares: Shares<'a>,
    noise: AddedNoise<'a>,
    solver: &'a dyn Solver,
    seed: u64,
    /// Whether particles are born or die, and whether they branch before the end.
    grows: bool,
    branches: bool,
    /// Distances from the mean before the step.
    radii: Vec<f64>,
}

impl Particles for Sampled<'_> {
    fn state(&mut self) -> &mut FlowState {
        &mut self.population.state
    }

    fn before(&mut self, step: usize, at: f64) -> f64 {
        let raised = self.noise.before(&mut self.population.state, at, step);
        self.radii = self.shares.radii(self.grows, &self.population.state.x);
        raised
    }

    fn after(&mut self, passed: &Passed) -> Result<f64> {
        let &Passed { step, at, from, reached } = passed;
        self.noise.after(&mut self.population.state, self.solver.noise(from, reached), step);
        if self.grows && reached > 0.0 {
            let radii = self.shares.radii(true, &self.population.state.x);
            let growth = &self.population.state.log_growth;
            let growth = self.shares.of_flow(growth, (&self.radii, at), (&radii, reached));
            self.population.grow(&growth);
            if self.branches && self.population.effective_fraction() < BRANCH_BELOW {
                self.population.branch(&mut stream(self.seed, Purpose::Branching, step as u64));
            }
        }
        Ok(reached)
    }
}

/// Growth that is the same everywhere changes the mass only: nobody needs to be born or to die.
pub(crate) fn uniform_growth(
    pde: &dyn GenerativePde,
    dim: usize,
    schedule: &NoiseSchedule,
    count: usize,
) -> BirthDeathReport {
    // Simpson's rule in the time, backward.
    const STEPS: u32 = 1000;
    let (from, to) = (pde.time(schedule.sigma_max), pde.time(schedule.sigma_min));
    let step = (to - from) / f64::from(STEPS);
    let sum: f64 = (0..=STEPS)
        .map(|i| {
            let weight = if i == 0 || i == STEPS { 1.0 } else { f64::from(2 + 2 * (i % 2)) };
            weight * pde.growth_rate(dim, from + step * f64::from(i), 0.0)
        })
        .sum();
    let log_mass = sum * step / 3.0;
    BirthDeathReport {
        log_mass,
        least_effective_fraction: 1.0,
        ancestors: count,
        population: count,
        effective_sample_size: count as f64,
        ..BirthDeathReport::default()
    }
}

/// Particles of these numbers at the largest flow scale, each from a stream of its own.
fn draw_prior(
    pde: &dyn GenerativePde,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
    numbers: Range<usize>,
) -> Vec<f64> {
    let dim = mean.len();
    let source = PointSource::new(pde, dim, schedule.sigma_min);
    let looks_ahead = !pde.growth_is_uniform() && config.branching == Branching::LookAhead;
    let mut points = vec![0.0; numbers.len() * dim];
    points.par_chunks_exact_mut(dim).enumerate().for_each(|(i, point)| {
        let mut rng = stream(config.seed, Purpose::Prior, (numbers.start + i) as u64);
        if looks_ahead {
            source.stretched_displacement(schedule.sigma_max, &mut rng, point);
            point.iter_mut().zip(mean).for_each(|(value, mean)| *value += mean);
        } else {
            pde.prior(mean, pde.time(schedule.sigma_max), &mut rng, point);
        }
    });
    points
}
