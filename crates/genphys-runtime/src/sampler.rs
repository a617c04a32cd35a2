//! Generation: prior, flow backward in time, births and deaths.

use rand::seq::index;
use serde::{Deserialize, Serialize};

use crate::birth_death::{BirthDeathReport, Population};
use crate::error::{Result, RuntimeError};
use crate::generative_pde::GenerativePde;
use crate::noise_schedule::NoiseSchedule;
use crate::point_source::PointSource;
use crate::seed::{Purpose, stream};
use crate::solver::SolverKind;
use crate::velocity_field::VelocityField;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplerConfig {
    /// Number of samples.
    pub count: usize,
    /// Seed of all randomness.
    pub seed: u64,
    /// The solver.
    pub solver: SolverKind,
    /// Most evaluations of the network per sample.
    pub nfe: usize,
    /// How births and deaths are counted, where there are any.
    pub branching: Branching,
    /// Particles in the population per sample, where particles are born or die. Samples are drawn from it.
    pub crowd: usize,
}

impl Default for SamplerConfig {
    fn default() -> Self {
        Self { count: 64, seed: 1, solver: SolverKind::Heun, nfe: 35, branching: Branching::LookAhead, crowd: 4 }
    }
}

/// Samples, and how they came about.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Row-major points, `(count, dim)`.
    pub points: Vec<f64>,
    /// Evaluations of the network per sample.
    pub nfe: usize,
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
/// [`DenoiserField`](crate::velocity_field::DenoiserField). The same configuration gives the same samples, whatever
/// the number of threads. Sample `i` of an equation that conserves particles does not depend on `count`.
///
/// # Errors
/// When a setting is out of range, or the field cannot be evaluated.
pub fn sample(
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
) -> Result<Samples> {
    if config.nfe == 0 || config.count == 0 {
        return Err(RuntimeError::Setting("the number of samples and of evaluations must be positive".into()));
    }
    let solver = config.solver.solver();
    let grid = schedule.grid(solver.steps_for(config.nfe));
    if pde.growth_is_uniform() {
        let mut state =
            crate::solver::FlowState::new(draw_prior(pde, mean, schedule, config, config.count), mean.len());
        let mut nfe = 0;
        for pair in grid.windows(2) {
            nfe += solver.step(field, &mut state, pair[0], pair[1])?;
        }
        let birth_death = (!pde.conserves_particles()).then(|| uniform_growth(pde, mean.len(), schedule, config.count));
        return Ok(Samples { points: state.x, nfe, birth_death });
    }

    let count = (config.count * config.crowd.max(1)).max(LEAST_POPULATION);
    let source = PointSource::new(pde, mean.len(), schedule.sigma_min);
    let mut population = Population::new(draw_prior(pde, mean, schedule, config, count), mean.len());
    let mut nfe = 0;
    for (step, pair) in grid.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        let before = radii(pde, &population.state.x, mean);
        nfe += solver.step(field, &mut population.state, from, to)?;
        if to > 0.0 {
            let after = radii(pde, &population.state.x, mean);
            let shares: Vec<f64> = before
                .iter()
                .zip(&after)
                .zip(&population.state.log_growth)
                .map(|((before, after), relative)| {
                    let growth = relative + source.log_growth_between(*before, from, *after, to);
                    match config.branching {
                        Branching::Plain => growth,
                        Branching::LookAhead => {
                            growth + source.log_look_ahead(*after, to) - source.log_look_ahead(*before, from)
                        }
                    }
                })
                .collect();
            population.grow(&shares);
            if population.effective_fraction() < BRANCH_BELOW {
                population.branch(&mut stream(config.seed, Purpose::Branching, step as u64));
            }
        }
    }
    population.branch(&mut stream(config.seed, Purpose::Branching, grid.len() as u64));
    let chosen = index::sample(&mut stream(config.seed, Purpose::Selection, 0), count, config.count);
    let dim = mean.len();
    let points = chosen.iter().flat_map(|i| population.state.x[i * dim..(i + 1) * dim].iter().copied()).collect();
    Ok(Samples { points, nfe, birth_death: Some(population.report().clone()) })
}

/// Growth that is the same everywhere changes the mass only: nobody needs to be born or to die.
fn uniform_growth(pde: &dyn GenerativePde, dim: usize, schedule: &NoiseSchedule, count: usize) -> BirthDeathReport {
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
    BirthDeathReport { log_mass, least_effective_fraction: 1.0, ancestors: count, ..BirthDeathReport::default() }
}

/// Particles at the largest flow scale, each from a stream of its own.
fn draw_prior(
    pde: &dyn GenerativePde,
    mean: &[f64],
    schedule: &NoiseSchedule,
    config: &SamplerConfig,
    count: usize,
) -> Vec<f64> {
    let dim = mean.len();
    let source = PointSource::new(pde, dim, schedule.sigma_min);
    let looks_ahead = !pde.growth_is_uniform() && config.branching == Branching::LookAhead;
    let mut points = vec![0.0; count * dim];
    for (i, point) in points.chunks_exact_mut(dim).enumerate() {
        let mut rng = stream(config.seed, Purpose::Prior, i as u64);
        if looks_ahead {
            source.stretched_displacement(schedule.sigma_max, &mut rng, point);
            point.iter_mut().zip(mean).for_each(|(value, mean)| *value += mean);
        } else {
            pde.prior(mean, pde.time(schedule.sigma_max), &mut rng, point);
        }
    }
    points
}

fn radii(pde: &dyn GenerativePde, x: &[f64], mean: &[f64]) -> Vec<f64> {
    let radius = |x: &[f64]| pde.distance(&x.iter().zip(mean).map(|(x, mean)| x - mean).collect::<Vec<f64>>());
    x.chunks_exact(mean.len()).map(radius).collect()
}
