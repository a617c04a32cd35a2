//! Generation: prior, flow backward in time, births and deaths.

use std::ops::Range;
use std::time::Instant;

use rand::seq::index;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{FlowError, Result};
use crate::field::velocity_field::{Metered, VelocityField};
use crate::process::generative_pde::GenerativePde;
use crate::process::noise_schedule::NoiseSchedule;
use crate::process::point_source::PointSource;
use crate::sampling::added_noise::{AddedNoise, Churn};
use crate::sampling::birth_death::{BirthDeath, BirthDeathReport, Population};
use crate::sampling::bounds::{Need, portions};
use crate::solver::time_grid::TimeGrid;
use crate::solver::{Solver, SolverKind};
use genphys_numeric::seed::{Purpose, stream};

/// How births and deaths are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Branching {
    /// Relative to what a point source at the data mean still grows by: few births, many distinct ancestors. Both
    /// ways sample the same distribution; see [`PointSource`].
    LookAhead,
    /// As the equation says. When `m T` is large, all samples descend from a few particles.
    Plain,
}

/// How samples are drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamplerConfig {
    /// Number of samples.
    pub count: usize,
    /// Seed of all randomness.
    pub seed: u64,
    /// The solver.
    pub solver: SolverKind,
    /// Most evaluations of the field per sample. A solver that does not choose its steps itself uses them up; for one
    /// that does it is an error to need more.
    pub nfe: usize,
    /// Error per step of a solver that chooses its steps itself, see [`DormandPrince`](crate::solver::DormandPrince).
    pub tolerance: f64,
    /// Where a solver that does not stops on its way.
    pub grid: TimeGrid,
    /// Exponent ρ of the grid; `None`: that of the schedule.
    pub rho: Option<f64>,
    /// Noise that is added and taken away again.
    pub churn: Churn,
    /// α: deviation, in units of σ, of Gaussian noise that disturbs every step. A test of robustness.
    pub disturbance: f64,
    /// What becomes of births and deaths; `None`: branching where there are any.
    pub birth_death: Option<BirthDeath>,
    /// How births and deaths are counted, where there are any.
    pub branching: Branching,
    /// Particles in the population per sample, where particles are born or die. Samples are drawn from it.
    pub crowd: usize,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self {
            count: 64,
            seed: 1,
            solver: SolverKind::Heun,
            nfe: 35,
            tolerance: 1e-3,
            grid: TimeGrid::Edm,
            rho: None,
            churn: Churn::default(),
            disturbance: 0.0,
            birth_death: None,
            branching: Branching::LookAhead,
            crowd: 4,
        }
    }
}

impl SamplerConfig {
    /// Checks what does not depend on the equation.
    pub(crate) fn check_numbers(&self) -> Result<()> {
        let refuse = |message: String| Err(FlowError::Setting(message));
        if self.nfe == 0 || self.count == 0 {
            return refuse("the number of samples and of evaluations must be positive".into());
        }
        for (name, value) in [("tolerance", Some(self.tolerance)), ("rho", self.rho)] {
            if let Some(found) = value.filter(|value| !(value.is_finite() && *value > 0.0)) {
                return refuse(format!("--{name} must be a positive number, found {found}"));
            }
        }
        Ok(())
    }

    fn check(&self, pde: &dyn GenerativePde) -> Result<()> {
        self.check_numbers()?;
        let refuse = |message: String| Err(FlowError::Setting(message));
        match self.birth_death {
            Some(BirthDeath::Conservative) if !pde.growth_is_uniform() => refuse(format!(
                "the conservative flow of `{}` is another field than this run has learned; train one with \
                 `train --birth-death conservative`",
                pde.name()
            )),
            Some(BirthDeath::Branching | BirthDeath::Weights) if pde.conserves_particles() => {
                refuse(format!("`{}` has no births and deaths here; leave --birth-death out", pde.name()))
            }
            _ => Ok(()),
        }
    }

    /// The flow scales at which `solver` stops with `nfe` evaluations; an adaptive one at the ends only.
    pub(crate) fn scales(&self, schedule: &NoiseSchedule, solver: &dyn Solver, nfe: usize) -> Vec<f64> {
        let steps = if solver.is_adaptive() { 2 } else { solver.steps_for(nfe) };
        self.grid.scales(schedule, self.rho.unwrap_or(schedule.rho), steps)
    }
}

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

/// Distances per piece of parallel work.
const RADII: usize = 128;

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
        let message = "births and deaths under a disturbance take two evaluations at the start; set --nfe to 2 or more";
        return Err(FlowError::Setting(message.into()));
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
    let branches = grows && config.birth_death != Some(BirthDeath::Weights);
    let (mut steps, mut rejected) = (0, 0);
    for pair in scales.windows(2) {
        let (mut at, to) = (pair[0], pair[1]);
        while at > to {
            let raised = noise.before(&mut population.state, at, steps);
            let before = shares.radii(grows, &population.state.x);
            let step = solver.step(&field, &mut population.state, raised, to)?;
            noise.after(&mut population.state, solver.noise(raised, step.reached), steps);
            if grows && step.reached > 0.0 {
                let after = shares.radii(true, &population.state.x);
                let growth = &population.state.log_growth;
                let growth = shares.of_flow(growth, (&before, at), (&after, step.reached));
                population.grow(&growth);
                if branches && population.effective_fraction() < BRANCH_BELOW {
                    population.branch(&mut stream(config.seed, Purpose::Branching, steps as u64));
                }
            }
            (at, steps, rejected) = (step.reached, steps + 1, rejected + step.rejected);
        }
    }
    let birth_death = grows.then(|| {
        population.branch(&mut stream(config.seed, Purpose::Branching, steps as u64));
        let rows = index::sample(&mut stream(config.seed, Purpose::Selection, 0), count, config.count);
        population.state.select(&rows.into_vec());
        population.report().clone()
    });
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Samples {
        points: population.state.x,
        nfe: field.evaluations(),
        steps,
        rejected,
        seconds,
        overhead: seconds - field.time().as_secs_f64(),
        birth_death,
    })
}

/// What particles gain on their way.
struct Shares<'a> {
    pde: &'a dyn GenerativePde,
    mean: &'a [f64],
    source: PointSource<'a>,
    counting: Branching,
}

impl Shares<'_> {
    /// Distances of the particles from the mean; none where they are not `needed`.
    fn radii(&self, needed: bool, x: &[f64]) -> Vec<f64> {
        let radius = |offset: &mut Vec<f64>, x: &[f64]| {
            offset.clear();
            offset.extend(x.iter().zip(self.mean).map(|(x, mean)| x - mean));
            self.pde.distance(offset)
        };
        let points = x.par_chunks_exact(self.mean.len()).with_min_len(RADII);
        if needed { points.map_init(Vec::new, radius).collect() } else { Vec::new() }
    }

    /// What the particles at flow scale `sigma`, drawn as if from a point source at the mean, must gain to stand for
    /// the data, given `clean = E[y | x, σ]` at their places.
    ///
    /// The logarithm of `E p(x − y)/p(x − μ)` is to second order in `y − μ` half of what `ln p` changes by when the
    /// source moves from μ to `E[y | x, σ]`: with `∇p/p = −κ` the posterior mean is `μ + Cκ`, and the logarithm
    /// `κᵀCκ/2`. It vanishes as the flow goes on, but for kernels that fall exponentially, such as Yukawa's, where it
    /// stays `m²σ²/2` and differs between directions.
    fn at_start(&self, x: &[f64], clean: &[f64], sigma: f64) -> Vec<f64> {
        let (dim, t) = (self.mean.len(), self.pde.time(sigma));
        let log_density = |x: &[f64], clean: &[f64], share: f64| {
            let source = clean.iter().zip(self.mean).map(|(clean, mean)| mean + share * (clean - mean));
            let offset: Vec<f64> = x.iter().zip(source).map(|(x, source)| x - source).collect();
            self.pde.log_density(dim, t, self.pde.distance(&offset))
        };
        let rows = x.par_chunks_exact(dim).zip(clean.par_chunks_exact(dim));
        rows.map(|(x, clean)| 0.5 * (log_density(x, clean, 0.5) - log_density(x, clean, -0.5))).collect()
    }

    /// What the particles gain along the flow between two flow scales: by the `relative` growth and that of a point
    /// source.
    fn of_flow(&self, relative: &[f64], before: (&[f64], f64), after: (&[f64], f64)) -> Vec<f64> {
        let looks_ahead = self.counting == Branching::LookAhead;
        let mut growths = self.source.log_growths_between(before, after, looks_ahead);
        growths.iter_mut().zip(relative).for_each(|(growth, relative)| *growth += relative);
        growths
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
