//! Filling in: some coordinates of a point are known, the others are sampled.

use crate::error::{FlowError, Result, Setting};
use crate::field::velocity_field::{Metered, VelocityField};
use crate::process::generative_pde::{GenerativePde, Spreading};
use crate::process::noise_schedule::NoiseSchedule;
use crate::sampling::sampler::SamplerConfig;
use crate::sampling::transport::deterministic_solver;
use crate::solver::{FlowState, Particles, Passed, integrate};
use genphys_numeric::seed::{Purpose, stream};

/// Points that were filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Inpainted {
    /// Row-major points, `(count, dim)`; known coordinates are as they were given.
    pub points: Vec<f64>,
    /// Evaluations of the network per point.
    pub nfe: usize,
}

/// Samples the coordinates of `points`, `(count, dim)`, that are not `known`, `(dim,)`.
///
/// At every step the known coordinates are replaced by known values with the noise of the time, while the others follow
/// the flow (Song et al., arXiv 2011.13456, appendix I.2). The noise of a point has the size of one displacement, drawn
/// at the start and shrinking with the flow, because in most processes the coordinates of a displacement share their
/// size; its direction is drawn anew at every step. Where the process is not self-similar the size is drawn anew, too.
/// With `repeats` > 1 every step is taken so many times, the process running forward again between (RePaint, Lugmayr et
/// al., arXiv 2201.09865): then the unknown coordinates fit the known ones better.
///
/// This is an approximation of the conditional distribution: the network sees consistent noise, but what it says of the
/// unknown coordinates is not drawn given the known ones at later times.
///
/// # Errors
/// When particles are born or die, for then single paths do not sample the density; when lengths do not fit; when
/// repeats are asked of a process that cannot be run forward; when the field cannot be evaluated.
pub fn inpaint(
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    (mean, schedule): (&[f64], &NoiseSchedule),
    config: &SamplerConfig,
    repeats: usize,
    (points, known): (&[f64], &[bool]),
) -> Result<Inpainted> {
    inpaint_from(0, pde, field, (mean, schedule), config, repeats, (points, known))
}

/// The same for points numbered from `first` on: what is drawn for a point does not depend on those beside it.
pub fn inpaint_from(
    first: usize,
    pde: &dyn GenerativePde,
    field: &dyn VelocityField,
    (mean, schedule): (&[f64], &NoiseSchedule),
    config: &SamplerConfig,
    repeats: usize,
    (points, known): (&[f64], &[bool]),
) -> Result<Inpainted> {
    let refuse = |message: String| Err(FlowError::Setting(message));
    let dim = mean.len();
    if known.len() != dim || points.is_empty() || !points.len().is_multiple_of(dim) {
        return refuse(format!("inpainting needs points and a mask of {dim} coordinates, found {}", known.len()));
    }
    if !pde.growth_is_uniform() {
        return Err(FlowError::Setting(format!(
            "inpainting follows single particles, and those of `{}` are born and die; train its conservative rewrite",
            pde.name()
        ))
        .about([Setting::Rewrite]));
    }
    let solver = deterministic_solver(config)?;
    if solver.is_adaptive() {
        return refuse(
            "inpainting replaces coordinates at every step, which an adaptive solver would take for an error".into(),
        );
    }
    let scales = config.scales(schedule, solver.as_ref(), config.nfe);
    let carried = pde.spreading() == Spreading::SelfSimilar;
    let field = Metered::new(field);
    let mut noise = vec![0.0; points.len()];
    draw(pde, (first, dim), config.seed, 0, pde.time(scales[0]), &mut noise);
    let state = FlowState::new(noise.iter().enumerate().map(|(i, z)| mean[i % dim] + z).collect(), dim);
    let (seed, repeats) = (config.seed, repeats.max(1));
    let mut filled = Filled { pde, first, dim, seed, repeats, points, known, carried, repeated: 0, noise, state };
    filled.replace();
    integrate(solver.as_ref(), &field, &scales, &mut filled)?;
    Ok(Inpainted { points: filled.state.x, nfe: field.evaluations() })
}

/// Points whose known coordinates are put back after every step, which is then repeated.
struct Filled<'a> {
    pde: &'a dyn GenerativePde,
    /// Number of the first point.
    first: usize,
    dim: usize,
    seed: u64,
    repeats: usize,
    points: &'a [f64],
    known: &'a [bool],
    /// Whether a displacement keeps its size, shrinking with the flow.
    carried: bool,
    /// How often the step has been repeated.
    repeated: usize,
    /// The displacements of the known coordinates.
    noise: Vec<f64>,
    state: FlowState,
}

impl Particles for Filled<'_> {
    fn state(&mut self) -> &mut FlowState {
        &mut self.state
    }

    fn after(&mut self, passed: &Passed) -> Result<f64> {
        let &Passed { step, from, reached: to, .. } = passed;
        let (pde, dim) = (self.pde, self.dim);
        let mut next = vec![0.0; self.noise.len()];
        if to > 0.0 {
            draw(pde, (self.first, dim), self.seed, 1 + step, pde.time(to), &mut next);
        }
        if to > 0.0 && self.carried {
            // As far away as the old displacement is by now, in the direction of the new one.
            for (next, old) in next.chunks_exact_mut(dim).zip(self.noise.chunks_exact(dim)) {
                let factor = to / from * pde.distance(old) / pde.distance(next).max(f64::MIN_POSITIVE);
                next.iter_mut().for_each(|z| *z *= factor);
            }
        }
        self.noise = next;
        self.replace();
        self.repeated += 1;
        // The last step is not repeated: from zero there is no way forward.
        if to > 0.0 && self.repeated < self.repeats {
            self.run_forward([to, from], step)?;
            return Ok(from);
        }
        self.repeated = 0;
        Ok(to)
    }
}

impl Filled<'_> {
    /// The process runs forward from one flow scale to another, after step number `step`.
    fn run_forward(&mut self, [from, to]: [f64; 2], step: usize) -> Result<()> {
        let (pde, dim) = (self.pde, self.dim);
        let mut increment = vec![0.0; dim];
        let rows = self.state.disturb().chunks_exact_mut(dim).zip(self.noise.chunks_exact_mut(dim));
        for (i, (x, z)) in rows.enumerate() {
            let index = (((self.first + i) as u64) << 24) | (step as u64 & 0xFF_FFFF);
            let mut rng = stream(self.seed, Purpose::Noise, index);
            if !pde.increment([pde.time(from), pde.time(to)], &mut rng, &mut increment) {
                return Err(FlowError::Setting(format!(
                    "repeats run the process forward from one time to another, and for `{}` that step is not known in \
                     closed form; use one repeat",
                    pde.name()
                )));
            }
            x.iter_mut().zip(&increment).for_each(|(x, more)| *x += more);
            z.iter_mut().zip(&increment).for_each(|(z, more)| *z += more);
        }
        Ok(())
    }

    /// Known coordinates are those of the points, with their noise.
    fn replace(&mut self) {
        let known = self.known;
        for (i, (x, (y, z))) in self.state.disturb().iter_mut().zip(self.points.iter().zip(&self.noise)).enumerate() {
            if known[i % known.len()] {
                *x = y + z;
            }
        }
    }
}

/// A displacement at time `t` for every point, numbered from `first` on.
fn draw(pde: &dyn GenerativePde, (first, dim): (usize, usize), seed: u64, round: usize, t: f64, noise: &mut [f64]) {
    for (i, z) in noise.chunks_exact_mut(dim).enumerate() {
        let index = (((first + i) as u64) << 24) | (round as u64 & 0xFF_FFFF);
        pde.displacement(t, &mut stream(seed, Purpose::Prior, index), z);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::empirical_field::EmpiricalField;
    use crate::fixture::{Heat, Poisson, Yukawa};

    const POINTS: [f64; 6] = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];

    #[test]
    fn the_unknown_coordinate_fits_the_known_one() -> Result<()> {
        let schedule = NoiseSchedule::for_data(0.65);
        let config = SamplerConfig { nfe: 79, ..SamplerConfig::default() };
        // The first coordinate is known: each value belongs to one point.
        let count = 150;
        let given: Vec<f64> = POINTS.repeat(count / 3);
        for pde in [&Heat as &dyn GenerativePde, &Poisson] {
            let field = EmpiricalField::new(pde, &POINTS, 2);
            let place = (&[0.0, 0.0][..], &schedule);
            let right = |repeats| -> Result<f64> {
                let found = inpaint(pde, &field, place, &config, repeats, (&given, &[true, false]))?;
                let pairs = found.points.chunks_exact(2).zip(given.chunks_exact(2));
                Ok(pairs.filter(|(x, y)| x[0] == y[0] && (x[1] - y[1]).abs() < 0.1).count() as f64 / count as f64)
            };
            // By chance 5 of 9 would be right: two of the three points share the second coordinate.
            let (once, often) = (right(1)?, right(12)?);
            assert!(once > 0.58 && often > 0.75 && often > once, "{}: {once} and {often}", pde.name());
        }
        Ok(())
    }

    #[test]
    fn portions_are_the_whole_to_the_bit() -> Result<()> {
        let (schedule, config) = (NoiseSchedule::for_data(0.65), SamplerConfig { nfe: 9, ..SamplerConfig::default() });
        let given: Vec<f64> = POINTS.repeat(3);
        for pde in [&Heat as &dyn GenerativePde, &Poisson] {
            let field = EmpiricalField::new(pde, &POINTS, 2);
            let from = |first: usize, given: &[f64]| {
                let place = (&[0.0, 0.0][..], &schedule);
                inpaint_from(first, pde, &field, place, &config, 2, (given, &[true, false]))
            };
            let whole = from(0, &given)?;
            let (first, rest) = (from(0, &given[..8])?, from(4, &given[8..])?);
            assert_eq!((whole.points, whole.nfe), ([first.points, rest.points].concat(), first.nfe));
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        let schedule = NoiseSchedule::for_data(0.65);
        let pde = Yukawa { m: 1.0 };
        let field = EmpiricalField::new(&pde, &POINTS, 2);
        let place = (&[0.0, 0.0][..], &schedule);
        let found = inpaint(&pde, &field, place, &SamplerConfig::default(), 1, (&POINTS, &[true, false]));
        assert!(found.is_err_and(|error| error.to_string().contains("conservative")));
        let found = inpaint(&Heat, &field, place, &SamplerConfig::default(), 1, (&POINTS, &[true]));
        assert!(found.is_err_and(|error| error.to_string().contains("mask")));
    }
}
