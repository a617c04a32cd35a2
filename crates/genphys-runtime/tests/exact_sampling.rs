//! The sampler on exact fields: what a perfect network would give.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod physics;

use genphys_kernels::{Complex64, LaplaceExponent, Subordinated};
use genphys_runtime::GenerativePde;
use genphys_runtime::empirical_field::EmpiricalField;
use genphys_runtime::error::Result;
use genphys_runtime::noise_schedule::NoiseSchedule;
use genphys_runtime::point_source::PointSource;
use genphys_runtime::sampler::{Branching, SamplerConfig, Samples, sample};
use genphys_runtime::velocity_field::{FieldValues, VelocityField};

/// Three points of the plane with mean zero.
const POINTS: [f64; 6] = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];

/// Growth relative to a point source at the mean, as a trained network gives it.
struct Relative<'a> {
    exact: EmpiricalField<'a>,
    source: PointSource<'a>,
}

impl VelocityField for Relative<'_> {
    fn dim(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues> {
        let mut values = self.exact.evaluate(x, sigma)?;
        for (growth, x) in values.growth.iter_mut().zip(x.chunks_exact(2)) {
            *growth -= self.source.growth_per_log_sigma(x[0].hypot(x[1]), sigma);
        }
        Ok(values)
    }
}

fn run(pde: &dyn GenerativePde, sigma_max: f64, branching: Branching) -> Samples {
    run_with(pde, sigma_max, branching, 6000)
}

fn run_with(pde: &dyn GenerativePde, sigma_max: f64, branching: Branching, count: usize) -> Samples {
    let schedule = NoiseSchedule { sigma_max, ..NoiseSchedule::for_data(0.65) };
    let source = PointSource::new(pde, 2, schedule.sigma_min);
    let field = Relative { exact: EmpiricalField::new(pde, &POINTS, 2), source };
    let config = SamplerConfig { count, seed: 3, nfe: 59, branching, crowd: 4, ..SamplerConfig::default() };
    sample(pde, &field, &[0.0, 0.0], &schedule, &config).unwrap()
}

/// Share of the samples at each of the points. Of heavy-tailed noise a little is left at the smallest flow scale, and a
/// few samples then lie between the points: less than one in a hundred.
fn shares(samples: &Samples) -> [f64; 3] {
    let mut shares = [0.0; 3];
    let count = samples.points.len() / 2;
    for x in samples.points.chunks_exact(2) {
        let nearest = POINTS.chunks_exact(2).position(|y| (x[0] - y[0]).hypot(x[1] - y[1]) < 0.05);
        if let Some(nearest) = nearest {
            shares[nearest] += 1.0 / count as f64;
        }
    }
    assert!(shares.iter().sum::<f64>() > 0.99, "{shares:?}");
    shares
}

#[test]
fn every_equation_finds_every_point_equally_often() {
    for pde in [&physics::heat() as &dyn GenerativePde, &physics::poisson(), &physics::yukawa(1.0)] {
        let samples = run(pde, 80.0, Branching::LookAhead);
        let shares = shares(&samples);
        // Binomial deviation 0.006; the prior at finite T adds a little.
        assert!(shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.025), "{}: {shares:?}", pde.name());
    }
}

/// p̂ = exp(−t B(|k|²)).
fn subordinated(name: &'static str, exponent: LaplaceExponent) -> physics::Model<Subordinated> {
    physics::Model {
        kernel: Subordinated::new(exponent).unwrap(),
        name,
        conserves: true,
        params: Vec::new(),
        remake: physics::FIXED,
    }
}

/// Laws whose shape changes: the pace is not one, and where jumps leave a share behind it has a pole at every point.
#[test]
fn kernels_that_change_their_shape_find_every_point_too() {
    let function = |f: fn(Complex64) -> Complex64| LaplaceExponent::function(f).unwrap();
    let models = [
        subordinated("relativistic", function(|l| (1.0 + l).sqrt())),
        subordinated("variance gamma", function(|l| (1.0 + l).ln())),
        subordinated("exponential jumps", function(|l| l / (1.0 + l))),
        subordinated("equal jumps", LaplaceExponent::drift(0.0).unwrap().with_jumps(1.0, 0.5).unwrap()),
        subordinated("jump diffusion", LaplaceExponent::drift(0.2).unwrap().with_jumps(1.0, 1.0).unwrap()),
    ];
    for pde in models {
        let samples = run_with(&pde, 80.0, Branching::LookAhead, 2000);
        let shares = shares(&samples);
        // Binomial deviation 0.011.
        assert!(shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.04), "{}: {shares:?}", pde.name());
    }
}

#[test]
fn looking_ahead_keeps_the_ancestors_and_the_mass() {
    let pde = physics::yukawa(1.0);
    let ahead = run(&pde, 40.0, Branching::LookAhead).birth_death.unwrap();
    assert!(ahead.log_mass.abs() < 0.1, "{ahead:?}");
    assert!(ahead.ancestors > 16_000, "{ahead:?}");
    let plain = run(&pde, 40.0, Branching::Plain).birth_death.unwrap();
    assert!(plain.ancestors < ahead.ancestors, "{plain:?}");
    // Backward in time the mass grows by e^{m T}.
    assert!((plain.log_mass - 40.0).abs() < 3.0, "{plain:?}");
}

#[test]
fn both_ways_of_branching_sample_the_same_distribution() {
    // A short way, m T = 2.5, on which plain branching keeps enough ancestors. The prior is not yet round there, so the
    // shares need not be equal; but both must give the same.
    let pde = physics::yukawa(0.5);
    let (ahead, plain) = (run(&pde, 5.0, Branching::LookAhead), run(&pde, 5.0, Branching::Plain));
    let (a, b) = (shares(&ahead), shares(&plain));
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.05), "{a:?} and {b:?}");
    // Backward in time the mass grows by e^{m T}.
    let grown = plain.birth_death.unwrap().log_mass;
    assert!((grown - 0.5 * 5.0).abs() < 0.4, "{grown}");
}

#[test]
fn the_same_seed_gives_the_same_samples() {
    for pde in [&physics::poisson() as &dyn GenerativePde, &physics::yukawa(1.0)] {
        let (a, b) = (run(pde, 80.0, Branching::LookAhead), run(pde, 80.0, Branching::LookAhead));
        assert!(a.points == b.points);
    }
}
