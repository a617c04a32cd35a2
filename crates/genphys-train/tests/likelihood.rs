//! The log-likelihood along the flow against known densities.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use genphys_flow::GenerativePde;
use genphys_flow::Result;
use genphys_flow::conservative::ConservativeRewrite;
use genphys_flow::divergence::{Divergence, Divergent, central_divergence};
use genphys_flow::empirical_field::EmpiricalField;
use genphys_flow::fixture::physics;
use genphys_flow::likelihood::log_likelihood;
use genphys_flow::noise_schedule::NoiseSchedule;
use genphys_flow::point_source::PointSource;
use genphys_flow::sampler::SamplerConfig;
use genphys_flow::solver::SolverKind;
use genphys_flow::transport::{Direction, transport};
use genphys_flow::velocity_field::{FieldValues, VelocityField};

/// Means of three round Gaussians of equal weight in the plane; their mean is zero.
const MEANS: [[f64; 2]; 3] = [[0.0, 0.8], [-0.7, -0.4], [0.7, -0.4]];
/// Their variance per coordinate.
const VARIANCE: f64 = 0.04;

/// The kernel as a mixture of Gaussians of variance 2u: nodes (2u, weight in p e^{mt}, weight in φ e^{mt}); p has mass
/// e^{−mt}.
type Mixture = fn(f64, f64) -> Vec<(f64, f64, f64)>;

fn heat_mixture(_m: f64, t: f64) -> Vec<(f64, f64, f64)> {
    vec![(2.0 * t, 1.0, 0.0)]
}

/// e^{−tκ} = ∫ t/(2√π) u^{−3/2} e^{−t²/4u − κ²u} du and e^{−tκ}/κ = ∫ (πu)^{−1/2} e^{−t²/4u − κ²u} du, κ² = k² + m².
fn yukawa_mixture(m: f64, t: f64) -> Vec<(f64, f64, f64)> {
    // Where the exponent is within 300 of its largest value, for points far out, and closely enough for the narrow laws
    // of large mt.
    let sum = m * t + 300.0;
    let root = (sum * sum - m * m * t * t).sqrt();
    let (low, high) = (0.5 * t * t / (sum + root), 0.5 * (sum + root) / (m * m).max(1e-20 / (t * t)));
    let count = ((high / low).ln() / (0.15f64).min(0.25 / (m * t).sqrt())).ceil() as usize;
    let step = (high / low).ln() / count as f64;
    (0..=count)
        .map(|i| {
            let u = low * (step * i as f64).exp();
            let common = (m * t - t * t / (4.0 * u) - m * m * u).exp() * step * (u / std::f64::consts::PI).sqrt();
            (2.0 * u, common * t / (2.0 * u), common)
        })
        .collect()
}

/// The exact field of the three Gaussians, with growth relative to a point source.
struct Gaussians<'a> {
    pde: &'a dyn GenerativePde,
    m: f64,
    mixture: Mixture,
    source: PointSource<'a>,
}

impl Gaussians<'_> {
    /// ln p of mass one, E[y | x] and −m²φ/p.
    fn at(&self, x: &[f64], t: f64) -> (f64, [f64; 2], f64) {
        let (mut p, mut phi, mut mean) = (0.0, 0.0, [0.0; 2]);
        for (width, weight, of_phi) in (self.mixture)(self.m, t) {
            let variance = VARIANCE + width;
            for y in MEANS {
                let square = (x[0] - y[0]).powi(2) + (x[1] - y[1]).powi(2);
                let density = (-0.5 * square / variance).exp() / (2.0 * std::f64::consts::PI * variance) / 3.0;
                p += weight * density;
                phi += of_phi * density;
                for (j, mean) in mean.iter_mut().enumerate() {
                    *mean += weight * density * (y[j] + VARIANCE / variance * (x[j] - y[j]));
                }
            }
        }
        (p.ln(), mean.map(|mean| mean / p), -self.m * self.m * phi / p)
    }
}

impl VelocityField for Gaussians<'_> {
    fn dim(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, genphys_flow::FieldError> {
        let t = self.pde.time(sigma);
        let (mut clean, mut growth) = (Vec::new(), Vec::new());
        for x in x.chunks_exact(2) {
            let (_, mean, rate) = self.at(x, t);
            clean.extend(mean);
            // σ = t where particles die.
            let relative = t * rate - self.source.growth_per_log_sigma(x[0].hypot(x[1]), sigma);
            growth.push(if self.m > 0.0 { relative } else { 0.0 });
        }
        Ok(FieldValues { clean, growth, pace: None })
    }
}

impl Divergent for Gaussians<'_> {
    fn evaluate_with_divergence(
        &self,
        x: &[f64],
        sigma: f64,
        _how: Divergence,
    ) -> Result<(FieldValues, Vec<f64>), genphys_flow::FieldError> {
        Ok((self.evaluate(x, sigma)?, central_divergence(self, x, sigma)?))
    }
}

fn config(tolerance: f64) -> SamplerConfig {
    SamplerConfig { solver: SolverKind::DormandPrince, nfe: 10_000, tolerance, ..SamplerConfig::default() }
}

/// Centres, slopes and what lies between.
const POINTS: [f64; 12] = [0.0, 0.8, -0.6, -0.3, 0.9, -0.1, 0.0, 0.0, 0.85, -0.7, -0.2, 0.5];

#[test]
fn density_of_gaussian_mixtures() {
    let schedule = NoiseSchedule { sigma_min: 0.01, sigma_max: 60.0, ..NoiseSchedule::for_data(0.65) };
    let (heat, poisson, yukawa) = (physics::heat(), physics::poisson(), physics::yukawa(0.3));
    let cases: [(&dyn GenerativePde, f64, Mixture); 3] =
        [(&heat, 0.0, heat_mixture), (&poisson, 0.0, yukawa_mixture), (&yukawa, 0.3, yukawa_mixture)];
    for (pde, m, mixture) in cases {
        let field = Gaussians { pde, m, mixture, source: PointSource::new(pde, 2, schedule.sigma_min) };
        let found = log_likelihood(
            pde,
            &field,
            (&[0.0, 0.0], 0.6),
            &schedule,
            (&config(1e-5), Divergence::Exact),
            POINTS.to_vec(),
        )
        .unwrap_or_else(|error| panic!("{}: {error}", pde.name()));
        let t = pde.time(schedule.sigma_min);
        for (x, found) in POINTS.chunks_exact(2).zip(&found.log_density) {
            let expected = field.at(x, t).0;
            assert!((found - expected).abs() < 3e-3, "{} at {x:?}: {found} and {expected}", pde.name());
        }
    }
}

/// Every way to one density: with births, and without in the conservative rewrite, whose pace varies.
#[test]
fn the_conservative_flow_has_the_same_likelihood() {
    let pde = physics::yukawa(1.0);
    let rewrite = ConservativeRewrite::new(&pde).unwrap();
    let schedule = NoiseSchedule { sigma_min: 0.1, sigma_max: 60.0, ..NoiseSchedule::for_data(0.65) };
    let points: Vec<f64> = MEANS.as_flattened().to_vec();
    let field = EmpiricalField::new(&rewrite, &points, 2);
    let x = vec![0.05, 0.75, -0.4, -0.1];
    let found =
        log_likelihood(&rewrite, &field, (&[0.0, 0.0], 0.57), &schedule, (&config(1e-5), Divergence::Exact), x.clone())
            .unwrap();
    let t = pde.time(schedule.sigma_min);
    for (x, found) in x.chunks_exact(2).zip(&found.log_density) {
        let expected = EmpiricalField::new(&pde, &points, 2).log_density(x, t) + t;
        assert!((found - expected).abs() < 0.02, "{found} and {expected}");
    }
}

#[test]
fn data_go_to_latents_and_back() {
    let schedule = NoiseSchedule { sigma_min: 0.05, ..NoiseSchedule::for_data(0.65) };
    let pde = physics::poisson();
    let field =
        Gaussians { pde: &pde, m: 0.0, mixture: yukawa_mixture, source: PointSource::new(&pde, 2, schedule.sigma_min) };
    let latent = transport(&field, POINTS.to_vec(), &schedule, &config(1e-7), Direction::Forward).unwrap();
    assert!(latent.x.iter().any(|x| x.abs() > 20.0), "{:?}", latent.x);
    let back = transport(&field, latent.x, &schedule, &config(1e-7), Direction::Backward).unwrap();
    // Back to zero rather than to the smallest flow scale: by what the posterior mean differs there.
    let start = field.evaluate(&POINTS, schedule.sigma_min).unwrap().clean;
    assert!(back.x.iter().zip(&start).all(|(a, b)| (a - b).abs() < 1e-5), "{:?} and {start:?}", back.x);
}
