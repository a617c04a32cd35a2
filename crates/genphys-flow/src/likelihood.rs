//! Exact log-likelihood along the flow.

use serde::{Deserialize, Serialize};

use crate::error::{FieldError, FlowError, Result};
use crate::field::divergence::{Divergence, Divergent};
use crate::field::velocity_field::{FieldValues, Metered, VelocityField};
use crate::process::conservative::radial_law;
use crate::process::generative_pde::{GenerativePde, Spreading};
use crate::process::noise_schedule::NoiseSchedule;
use crate::process::point_source::PointSource;
use crate::sampling::sampler::{SamplerConfig, uniform_growth};
use crate::sampling::transport::{Direction, transport};

/// The log-likelihood of points, and what it took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLikelihood {
    /// `ln p(x, t)` at the time of the smallest flow scale, of the density of mass one, `(count,)`: natural logarithms,
    /// lengths in units of the normalised data.
    pub log_density: Vec<f64>,
    /// Evaluations of the field and its divergence.
    pub nfe: usize,
    /// Steps of the solver.
    pub steps: usize,
    /// Attempts at a step that were thrown away.
    pub rejected: usize,
}

/// `ln p` of the points `x`, `(count, dim)`, at the smallest flow scale.
///
/// Along the flow `d ln p/dt = −∇·v + g` (GenPhys, arXiv 2304.02637, eq. 4 along a path): the points are carried
/// forward to the largest flow scale, where the density is taken to be that of a point source at `mean`, spread by the
/// variance `sigma_data²` of the data to second order; what `ln p` lost on the way is added. With births and deaths the
/// growth is the field's, which is relative to a point source at `mean`, and the source's own. The solver of `config`
/// carries `ln p` together with the positions.
///
/// # Errors
/// When a setting is out of range, or the field cannot be evaluated or differentiated.
pub fn log_likelihood(
    pde: &dyn GenerativePde,
    field: &dyn Divergent,
    (mean, sigma_data): (&[f64], f64),
    schedule: &NoiseSchedule,
    (config, divergence): (&SamplerConfig, Divergence),
    x: Vec<f64>,
) -> Result<LogLikelihood> {
    let dim = mean.len();
    let source = PointSource::new(pde, dim, schedule.sigma_min);
    let density = DensityFlow { field, pde, mean, source, divergence };
    let metered = Metered::new(&density);
    let end = transport(&metered, x, schedule, config, Direction::Forward)?;
    let log_mass = LogMass::of(pde, dim, schedule);
    let t = pde.time(schedule.sigma_max);
    let mut offset = vec![0.0; dim];
    let mut log_density = Vec::with_capacity(end.log_growth.len());
    for (x, change) in end.x.chunks_exact(dim).zip(&end.log_growth) {
        offset.iter_mut().zip(x).zip(mean).for_each(|((offset, x), mean)| *offset = x - mean);
        let prior = match pde.spreading() {
            Spreading::PerCoordinate => offset.iter().map(|z| pde.log_density(1, t, z.abs())).sum(),
            Spreading::Radial | Spreading::SelfSimilar => {
                let r = pde.distance(&offset);
                pde.log_density(dim, t, r) + spread_by_data(pde, dim, t, r, sigma_data)
            }
        };
        log_density.push(prior - log_mass.counted_at_the_end - change - log_mass.left_at_the_start);
    }
    if log_density.iter().any(|value| !value.is_finite()) {
        let message = "a point left the reach of the prior, so that its likelihood is not a number";
        return Err(FlowError::Sampling(message.into()));
    }
    Ok(LogLikelihood { log_density, nfe: metered.evaluations(), steps: end.steps, rejected: end.rejected })
}

/// `ln` of the factor by which data of variance `sigma²` per coordinate change the density of a point source at
/// distance `r`, to second order: `σ²/2 ∇²p/p`.
///
/// It vanishes as the flow goes on, but for kernels that fall exponentially: there `p(x − y)/p(x)` tends to
/// `e^{κ y·x/r}`, and its mean over the data to `e^{κ²σ²/2}` and terms of the third cumulant.
fn spread_by_data(pde: &dyn GenerativePde, dim: usize, t: f64, r: f64, sigma: f64) -> f64 {
    let step = 1e-3 * r.max(pde.spread(t));
    // The density is even in r.
    let log = |r: f64| pde.log_density(dim, t, r.abs());
    let (below, here, above) = (log(r - step), log(r), log(r + step));
    let slope = (above - below) / (2.0 * step);
    let curvature = (above - 2.0 * here + below) / (step * step);
    let sideways = if r > step { slope / r } else { curvature };
    0.5 * sigma * sigma * (slope * slope + curvature + (dim as f64 - 1.0) * sideways)
}

/// Logarithms of masses to be taken out of a density to make its mass one.
struct LogMass {
    /// In the prior's density and not in the growth along the way.
    counted_at_the_end: f64,
    /// At the smallest flow scale.
    left_at_the_start: f64,
}

impl LogMass {
    fn of(pde: &dyn GenerativePde, dim: usize, schedule: &NoiseSchedule) -> Self {
        if pde.conserves_particles() {
            return Self { counted_at_the_end: 0.0, left_at_the_start: 0.0 };
        }
        // Until the smallest flow scale the mean rate is all but constant.
        let t = pde.time(schedule.sigma_min);
        if pde.growth_is_uniform() {
            let until_start = t * pde.growth_rate(dim, t, 0.0);
            // Backward in the report, forward here.
            let on_the_way = -uniform_growth(pde, dim, schedule, 1).log_mass;
            return Self { counted_at_the_end: until_start + on_the_way, left_at_the_start: 0.0 };
        }
        Self { counted_at_the_end: 0.0, left_at_the_start: t * radial_law(pde, dim, t).mean_growth() }
    }
}

/// The flow, with the rate of `ln p` along it in the place of the growth: what a solver adds up is the change of
/// `ln p`.
struct DensityFlow<'a> {
    field: &'a dyn Divergent,
    pde: &'a dyn GenerativePde,
    mean: &'a [f64],
    source: PointSource<'a>,
    divergence: Divergence,
}

impl VelocityField for DensityFlow<'_> {
    fn dim(&self) -> usize {
        self.mean.len()
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let (mut values, divergence) = self.field.evaluate_with_divergence(x, sigma, self.divergence)?;
        let grows = !self.pde.growth_is_uniform();
        let mut offset = vec![0.0; self.mean.len()];
        for ((rate, divergence), x) in values.growth.iter_mut().zip(divergence).zip(x.chunks_exact(self.mean.len())) {
            let growth = if grows {
                offset.iter_mut().zip(x).zip(self.mean).for_each(|((offset, x), mean)| *offset = x - mean);
                *rate + self.source.growth_per_log_sigma(self.pde.distance(&offset), sigma)
            } else {
                0.0
            };
            *rate = growth - divergence;
        }
        Ok(values)
    }
}
