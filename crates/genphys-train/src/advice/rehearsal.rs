//! Which value of a parameter suits the data: sampling rehearsed with the exact field of some of them and a made-up
//! error of the network.

use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use rand::Rng;
use rand::seq::index;
use rand_distr::StandardNormal;
use serde::Serialize;

use super::noise_range;
use crate::error::Result;
use crate::precondition::Preconditioner;
use genphys_data::statistics::DataStatistics;
use genphys_flow::empirical_field::EmpiricalField;
use genphys_flow::solver::{FlowState, Heun, Solver};
use genphys_flow::time_grid::TimeGrid;
use genphys_flow::velocity_field::{FieldValues, VelocityField};
use genphys_flow::{FieldError, GenerativePde, Spreading};
use genphys_numeric::seed::{Purpose, stream};

/// Data points whose exact field is used, and particles that follow it.
const POINTS: usize = 256;
const PARTICLES: usize = 32;
/// Steps of the rehearsed sampler (35 evaluations), and of the one it is compared with.
const STEPS: usize = 18;
const FINE_STEPS: usize = 48;
/// Size of the network's error in units of what it is asked for.
const NETWORK_ERROR: f64 = 0.1;
/// Waves of which the error is made.
const WAVES: usize = 128;
/// Errors that are made up, one after the other.
const ERRORS: u64 = 12;
/// Values whose damage is within this factor of the least are as good: another seed changes it by several per cent.
const AS_GOOD: f64 = 1.1;

/// Rehearsed values of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rehearsal {
    /// The parameter.
    pub param: String,
    /// Values and their damage: mean distance, over that of the data from their mean, between where a particle ends and
    /// where it ended with the exact field and more steps.
    pub damages: Vec<(f64, f64)>,
    /// The value of the least damage; the program's own where it is as good.
    pub proposed: f64,
    /// The value the program has.
    pub own: f64,
}

impl Rehearsal {
    /// The damage at a value; NaN for one that was not tried.
    pub fn damage(&self, value: f64) -> f64 {
        self.damages.iter().find(|(own, _)| *own == value).map_or(f64::NAN, |(_, damage)| *damage)
    }

    /// Whether the proposed value is better than others at all.
    pub fn matters(&self) -> bool {
        let worst = self.damages.iter().map(|(_, damage)| *damage).fold(0.0, f64::max);
        worst >= AS_GOOD * self.damage(self.proposed)
    }
}

/// Rehearses values of every parameter that can be changed, the others being as they are.
///
/// For a value the flow is followed twice from the same draws of the prior, by Heun's method: with the exact field of
/// 256 of the data points and 48 steps, and with 18 steps and a disturbed field, twelve
/// times. The disturbance is a smooth random function of what the
/// network sees, 0.1 times the factor `c_out` by which its output is multiplied: what a network of that relative error
/// would do. Where particles are born or die only the flow is followed. Kernels whose density takes long, such as
/// stable ones, are not rehearsed. A proposal before any training, and no more: see docs/evaluation.md for how well it
/// did.
///
/// # Errors
/// When a device operation fails.
pub fn rehearse(
    pde: &dyn GenerativePde,
    points: &[f32],
    statistics: &DataStatistics,
    seed: u64,
) -> Result<Vec<Rehearsal>> {
    if pde.spreading() != Spreading::SelfSimilar || !is_quick(pde, statistics) {
        return Ok(Vec::new());
    }
    let dim = statistics.dim();
    let mut rng = stream(seed, Purpose::Calibration, 3);
    let rows = index::sample(&mut rng, points.len() / dim, POINTS.min(points.len() / dim));
    let points: Vec<f64> =
        rows.iter().flat_map(|row| &points[row * dim..(row + 1) * dim]).map(|x| f64::from(*x)).collect();
    let params = pde.params();
    let mut rehearsals = Vec::new();
    for (at, (name, own)) in params.iter().enumerate() {
        let mut values: Vec<f64> = params.iter().map(|(_, value)| *value).collect();
        let mut damages = Vec::new();
        values[at] = 4.0 * own;
        for candidate in candidates(*own, pde.with_params(&values).is_ok()) {
            values[at] = candidate;
            // Outside its domain, or fixed.
            let Ok(model) = pde.with_params(&values) else { continue };
            if model.params().get(at).is_some_and(|(_, value)| *value == candidate) {
                damages.push((candidate, damage(&*model, &points, statistics, seed)?));
            }
        }
        let least = damages.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((best, least)) = least.filter(|_| damages.len() > 1) else { continue };
        let own_damage = damages.iter().find(|(value, _)| value == own).map_or(f64::INFINITY, |(_, damage)| *damage);
        let proposed = if own_damage <= AS_GOOD * least { *own } else { best };
        rehearsals.push(Rehearsal { param: (*name).to_owned(), damages, proposed, own: *own });
    }
    Ok(rehearsals)
}

/// Whether the density has a closed form, in effect: a rehearsal asks for it some ten million times.
fn is_quick(pde: &dyn GenerativePde, statistics: &DataStatistics) -> bool {
    const EVALUATIONS: u32 = 64;
    let t = pde.time(statistics.sigma_data);
    let begun = Instant::now();
    let sum: f64 = (1..=EVALUATIONS).map(|i| pde.log_density(statistics.dim(), t, 0.05 * f64::from(i))).sum();
    // Closed forms take a tenth of a microsecond, integrals ten and more.
    sum.is_finite() && begun.elapsed() < EVALUATIONS * Duration::from_micros(3)
}

/// Factors of four around the value; quarters of it where the domain is not `wide`, such as that of an index below two.
fn candidates(own: f64, wide: bool) -> Vec<f64> {
    if wide {
        return (-4..=3).map(|power| own * 4f64.powi(power)).collect();
    }
    (1..=5).map(|quarter| own * 0.25 * f64::from(quarter)).collect()
}

/// The damage of one value: see [`Rehearsal`].
fn damage(pde: &dyn GenerativePde, points: &[f64], statistics: &DataStatistics, seed: u64) -> Result<f64> {
    let dim = statistics.dim();
    let (schedule, _) = noise_range(pde, statistics);
    let t = pde.time(schedule.sigma_max);
    let mut start = vec![0f64; PARTICLES * dim];
    let mut rng = stream(seed, Purpose::Calibration, 4);
    for x in start.chunks_exact_mut(dim) {
        pde.prior(&statistics.mean, t, &mut rng, x);
    }
    let follow = |field: &dyn VelocityField, steps: usize| -> Result<Vec<f64>> {
        let mut state = FlowState::new(start.clone(), dim);
        let grid = TimeGrid::Edm.scales(&schedule, schedule.rho, steps);
        for pair in grid.windows(2) {
            Heun.step(field, &mut state, pair[0], pair[1])?;
        }
        Ok(state.x)
    };
    let exact = EmpiricalField::new(pde, points, dim);
    let right = follow(&exact, FINE_STEPS)?;
    let distance = |(a, b): (&[f64], &[f64])| a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    let mut sum = 0.0;
    for error in 0..ERRORS {
        let found = follow(&Disturbed::new(pde, &exact, statistics, seed, error)?, STEPS)?;
        sum += right.chunks_exact(dim).zip(found.chunks_exact(dim)).map(distance).sum::<f64>();
    }
    Ok(sum / ((ERRORS as usize * PARTICLES) as f64 * statistics.sigma_data * (dim as f64).sqrt()))
}

/// The exact field with the error of a network.
struct Disturbed<'a> {
    pde: &'a dyn GenerativePde,
    exact: &'a EmpiricalField<'a>,
    preconditioner: Preconditioner,
    mean: &'a [f64],
    /// Of every wave: frequencies of the scaled input, `(waves, dim)`.
    frequencies: Vec<f64>,
    /// Frequency of the noise level, and phase.
    levels: Vec<(f64, f64)>,
    /// Amplitudes, `(waves, dim)`.
    amplitudes: Vec<f64>,
}

impl<'a> Disturbed<'a> {
    fn new(
        pde: &'a dyn GenerativePde,
        exact: &'a EmpiricalField<'a>,
        statistics: &'a DataStatistics,
        seed: u64,
        error: u64,
    ) -> Result<Self> {
        let dim = statistics.dim();
        let mut rng = stream(seed, Purpose::Calibration, 5 + error);
        let mut normal = || rng.sample::<f64, _>(StandardNormal);
        // In any dimension the phase of a scaled input varies by about one wave.
        let frequencies = (0..WAVES * dim).map(|_| 3.0 * normal() / (dim as f64).sqrt()).collect();
        let amplitudes = (0..WAVES * dim).map(|_| normal() * (2.0 / WAVES as f64).sqrt()).collect();
        let levels = (0..WAVES).map(|_| (4.0 * normal(), std::f64::consts::PI * normal())).collect();
        let preconditioner = Preconditioner::new(pde, statistics, &Device::Cpu)?;
        Ok(Self { pde, exact, preconditioner, mean: &statistics.mean, frequencies, levels, amplitudes })
    }
}

impl VelocityField for Disturbed<'_> {
    fn dim(&self) -> usize {
        self.mean.len()
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, FieldError> {
        let dim = self.dim();
        let count = x.len() / dim;
        let mut values = self.exact.evaluate(x, sigma)?;
        let centred: Vec<f32> = x.iter().enumerate().map(|(at, x)| (x - self.mean[at % dim]) as f32).collect();
        let centred = Tensor::from_vec(centred, (count, dim), &Device::Cpu)?;
        let spread = Tensor::full(self.pde.spread(self.pde.time(sigma)) as f32, (count, 1), &Device::Cpu)?;
        let scales = self.preconditioner.scales(&centred, &spread)?;
        let input = centred.broadcast_mul(&scales.input)?.flatten_all()?.to_vec1::<f32>()?;
        let level = scales.level.flatten_all()?.to_vec1::<f32>()?;
        let out = scales.out.flatten_all()?.to_vec1::<f32>()?;
        for (row, clean) in values.clean.chunks_exact_mut(dim).enumerate() {
            let input = &input[row * dim..(row + 1) * dim];
            let waves = self.frequencies.chunks_exact(dim).zip(&self.levels).zip(self.amplitudes.chunks_exact(dim));
            for ((frequencies, (of_level, phase)), amplitudes) in waves {
                let along: f64 = frequencies.iter().zip(input).map(|(w, x)| w * f64::from(*x)).sum();
                let wave = (along + of_level * f64::from(level[row]) + phase).cos();
                for (clean, amplitude) in clean.iter_mut().zip(amplitudes) {
                    *clean += NETWORK_ERROR * f64::from(out[row]) * amplitude * wave;
                }
            }
        }
        Ok(values)
    }
}
