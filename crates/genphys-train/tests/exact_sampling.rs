//! The sampler on exact fields: what a perfect network would give.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use genphys_data::statistics::DataStatistics;
use genphys_flow::Result;
use genphys_flow::added_noise::Churn;
use genphys_flow::birth_death::BirthDeath;
use genphys_flow::conservative::ConservativeRewrite;
use genphys_flow::empirical_field::EmpiricalField;
use genphys_flow::fixture::physics;
use genphys_flow::noise_schedule::NoiseSchedule;
use genphys_flow::point_source::PointSource;
use genphys_flow::sampler::{Branching, SamplerConfig, Samples, sample};
use genphys_flow::solver::SolverKind;
use genphys_flow::time_grid::TimeGrid;
use genphys_flow::velocity_field::{FieldValues, VelocityField};
use genphys_flow::{GenerativePde, RngCore};
use genphys_kernels::{Complex64, LaplaceExponent, PfgmPlusPlus, Stable, Subordinated};
use genphys_metrics::{energy_distance, sliced_wasserstein};
use genphys_numeric::seed::{Purpose, stream};
use genphys_train::advice::noise_range;
use rand::Rng;
use rand_distr::StandardNormal;

/// Three points of the plane with mean zero.
const POINTS: [f64; 6] = [0.0, 0.8, -0.7, -0.4, 0.7, -0.4];

/// Growth relative to a point source at the mean, as a trained network gives it.
struct Relative<'a> {
    pde: &'a dyn GenerativePde,
    exact: EmpiricalField<'a>,
    source: PointSource<'a>,
}

impl VelocityField for Relative<'_> {
    fn dim(&self) -> usize {
        2
    }

    fn evaluate(&self, x: &[f64], sigma: f64) -> Result<FieldValues, genphys_flow::FieldError> {
        let mut values = self.exact.evaluate(x, sigma)?;
        if self.pde.growth_is_uniform() {
            values.growth.fill(0.0);
            return Ok(values);
        }
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
    let config = SamplerConfig { count, seed: 3, nfe: 59, branching, ..SamplerConfig::default() };
    run_on(pde, &POINTS, sigma_max, &config).unwrap()
}

fn run_on(pde: &dyn GenerativePde, points: &[f64], sigma_max: f64, config: &SamplerConfig) -> Result<Samples> {
    run_through(pde, points, NoiseSchedule { sigma_max, ..NoiseSchedule::for_data(0.65) }, config)
}

fn run_through(
    pde: &dyn GenerativePde,
    points: &[f64],
    schedule: NoiseSchedule,
    config: &SamplerConfig,
) -> Result<Samples> {
    let source = PointSource::new(pde, 2, schedule.sigma_min);
    let field = Relative { pde, exact: EmpiricalField::new(pde, points, 2), source };
    sample(pde, &field, &[0.0, 0.0], &schedule, config)
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
    println!("ln of the mass: {:.4} of 40 plainly, {:.4} of 0 looking ahead", plain.log_mass, ahead.log_mass);
    assert!((plain.log_mass - 40.0).abs() < 3.0, "{plain:?}");
}

/// The kernel falls as e^{−mr}, so that far out the data weigh e^{m y·x/r}, more along the axis on which they are
/// spread. Without regard to that the outer points would have shares of 0.22 and the inner of 0.28, and half of the
/// mass would be missing.
#[test]
fn the_start_knows_how_far_the_data_are_spread() {
    let points = [1.2, 0.0, -1.2, 0.0, 0.0, 0.2, 0.0, -0.2];
    let config = SamplerConfig { count: 6000, seed: 3, nfe: 59, ..SamplerConfig::default() };
    let samples = run_on(&physics::yukawa(2.0), &points, 40.0, &config).unwrap();
    let near = |x: &&[f64], y: &[f64]| (x[0] - y[0]).hypot(x[1] - y[1]) < 0.05;
    let share = |y: &[f64]| samples.points.chunks_exact(2).filter(|x| near(x, y)).count() as f64 / 6000.0;
    let shares: Vec<f64> = points.chunks_exact(2).map(share).collect();
    // Binomial deviation 0.006; the correction is of second order and leaves 0.005.
    assert!(shares.iter().all(|share| (share - 0.25).abs() < 0.02), "{shares:?}");
    let report = samples.birth_death.unwrap();
    println!("shares {shares:?}, ln of the mass {:.4}", report.log_mass);
    assert!(report.log_mass.abs() < 0.2, "{report:?}");
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

/// Twelve points of the plane, unevenly spread, with mean zero.
fn uneven_points() -> Vec<f64> {
    let mut points: Vec<f64> = (0..12)
        .flat_map(|i| {
            let (angle, radius) = (0.5 * f64::from(i).powf(1.3), 0.3 + 0.07 * f64::from(i));
            [radius * angle.cos(), radius * angle.sin()]
        })
        .collect();
    for j in 0..2 {
        let mean = points.iter().skip(j).step_by(2).sum::<f64>() / 12.0;
        points.iter_mut().skip(j).step_by(2).for_each(|x| *x -= mean);
    }
    points
}

#[test]
fn branching_weights_and_the_conservative_flow_sample_one_distribution() {
    let (pde, points) = (physics::yukawa(1.0), uneven_points());
    let rewrite = ConservativeRewrite::new(&pde).unwrap();
    let count = 1200;
    let draw = |pde: &dyn GenerativePde, birth_death, seed| {
        let config = SamplerConfig { count, seed, nfe: 39, birth_death, ..SamplerConfig::default() };
        let samples = run_on(pde, &points, 80.0, &config).unwrap();
        let values: Vec<f32> = samples.points.iter().map(|x| *x as f32).collect();
        (values, samples.birth_death)
    };
    let (branching, _) = draw(&pde, Some(BirthDeath::Branching), 1);
    let (weights, report) = draw(&pde, Some(BirthDeath::Weights), 2);
    let (conservative, none) = draw(&rewrite, Some(BirthDeath::Conservative), 3);
    let report = report.unwrap();
    assert!(none.is_none() && report.population == 4 * count && report.effective_sample_size > 1000.0, "{report:?}");
    // The floor: two independent draws of the data.
    let mut rng = genphys_numeric::seed::stream(9, genphys_numeric::seed::Purpose::Evaluation, 9);
    let mut data = || -> Vec<f32> {
        let mut row = || ((u64::from(rng.next_u32()) * 12) >> 32) as usize;
        (0..count).flat_map(|_| points[row() * 2..][..2].to_vec()).map(|x| x as f32).collect()
    };
    let distance = |a: &[f32], b: &[f32]| {
        [sliced_wasserstein(a, b, 2, 64, 5).unwrap(), energy_distance(a, b, 2).unwrap().unbiased.abs()]
    };
    let floors: Vec<[f64; 2]> = (0..6).map(|_| distance(&data(), &data())).collect();
    let floor = [0, 1].map(|i| floors.iter().map(|floor| floor[i]).fold(0.0, f64::max));
    let fresh = data();
    let sets = [("branching", &branching), ("weights", &weights), ("conservative", &conservative), ("data", &fresh)];
    for (i, (a, first)) in sets.iter().enumerate() {
        for (b, second) in &sets[i + 1..] {
            let found = distance(first, second);
            assert!(found[0] < 1.5 * floor[0] && found[1] < 2.0 * floor[1], "{a} and {b}: {found:?}, floor {floor:?}");
        }
    }
}

#[test]
fn weights_follow_the_mass_too() {
    // Plainly counted, m T = 2.5: backward in time the mass grows by e^{m T}.
    let config = SamplerConfig {
        count: 2000,
        nfe: 59,
        birth_death: Some(BirthDeath::Weights),
        branching: Branching::Plain,
        ..SamplerConfig::default()
    };
    let report = run_on(&physics::yukawa(0.5), &POINTS, 5.0, &config).unwrap().birth_death.unwrap();
    assert!((report.log_mass - 2.5).abs() < 0.4, "{report:?}");
    assert!(report.effective_sample_size < 0.9 * report.population as f64, "{report:?}");
}

#[test]
fn every_solver_finds_every_point_with_the_evaluations_it_promised() {
    for pde in [&physics::heat() as &dyn GenerativePde, &physics::poisson()] {
        for solver in SolverKind::ALL {
            if solver == SolverKind::EulerMaruyama && pde.name() != "heat" {
                continue;
            }
            let nfe = match solver {
                SolverKind::EulerMaruyama => 400,
                SolverKind::DormandPrince => 10_000,
                _ => 40,
            };
            let config = SamplerConfig { count: 2000, nfe, solver, ..SamplerConfig::default() };
            let samples = run_on(pde, &POINTS, 80.0, &config).unwrap();
            let shares = shares(&samples);
            let text = format!("{} with {}: {shares:?}", pde.name(), solver.name());
            assert!(shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.045), "{text}");
            let expected = match solver {
                SolverKind::Heun | SolverKind::Midpoint => 39,
                SolverKind::DormandPrince => 6 * (samples.steps - 1 + samples.rejected) + 1,
                _ => nfe,
            };
            assert_eq!(samples.nfe, expected, "{text}");
        }
    }
}

#[test]
fn churn_keeps_the_distribution_where_the_process_forgets() {
    let yukawa = physics::yukawa(1.0);
    let rewrite = ConservativeRewrite::new(&yukawa).unwrap();
    for pde in [&physics::heat() as &dyn GenerativePde, &physics::poisson(), &rewrite] {
        let churn = Churn { amount: 6.0, ..Churn::default() };
        let config = SamplerConfig { count: 2000, nfe: 59, churn, ..SamplerConfig::default() };
        let shares = shares(&run_on(pde, &POINTS, 80.0, &config).unwrap());
        assert!(shares.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.05), "{}: {shares:?}", pde.name());
    }
}

#[test]
fn what_a_process_does_not_allow_is_refused() {
    let pfgm = pfgm_plus_plus(128.0);
    let churn = Churn { amount: 6.0, ..Churn::default() };
    let base = SamplerConfig { count: 2, ..SamplerConfig::default() };
    let cases: [(&dyn GenerativePde, SamplerConfig, &str); 7] = [
        (&pfgm, SamplerConfig { churn, ..base.clone() }, "leave churn out"),
        (&physics::yukawa(1.0), SamplerConfig { churn, ..base.clone() }, "uneven"),
        (&pfgm, SamplerConfig { solver: SolverKind::EulerMaruyama, ..base.clone() }, "no Gaussian"),
        (&physics::heat(), SamplerConfig { solver: SolverKind::DormandPrince, churn, ..base.clone() }, "adaptive"),
        (&physics::yukawa(1.0), SamplerConfig { birth_death: Some(BirthDeath::Conservative), ..base.clone() }, "train"),
        (&physics::heat(), SamplerConfig { birth_death: Some(BirthDeath::Weights), ..base.clone() }, "no births"),
        (&physics::heat(), SamplerConfig { tolerance: 0.0, ..base.clone() }, "tolerance"),
    ];
    for (pde, config, part) in cases {
        let message = run_on(pde, &POINTS, 80.0, &config).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

fn pfgm_plus_plus(augmented_dim: f64) -> physics::Model<PfgmPlusPlus> {
    physics::Model {
        kernel: PfgmPlusPlus::new(1.0, augmented_dim).unwrap(),
        name: "pfgmpp",
        conserves: true,
        params: Vec::new(),
        remake: physics::FIXED,
    }
}

fn levy(index: f64) -> physics::Model<Stable> {
    physics::Model {
        kernel: Stable::new(1.0, index).unwrap(),
        name: "levy",
        conserves: true,
        params: Vec::new(),
        remake: physics::FIXED,
    }
}

/// Heavy tails reach numbers like 1e30 and need a wide range of flow scales; Gaussians in all but name lose digits.
/// Neither may show in the samples.
#[test]
fn extreme_parameters_find_every_point() {
    let models: [(&str, &dyn GenerativePde); 4] = [
        ("D = 0.3", &pfgm_plus_plus(0.3)),
        ("D = 1e5", &pfgm_plus_plus(1e5)),
        ("alpha = 0.2", &levy(0.2)),
        ("alpha = 1.9", &levy(1.9)),
    ];
    let statistics = DataStatistics::of(&POINTS.map(|x| x as f32), 2).unwrap();
    for (name, pde) in models {
        let (schedule, _) = noise_range(pde, &statistics);
        let ends = (schedule.sigma_min, schedule.sigma_max);
        let edm = NoiseSchedule::for_data(statistics.sigma_data);
        assert_eq!(ends.0 < 0.5 * edm.sigma_min, ["D = 0.3", "alpha = 0.2"].contains(&name), "{name}: {ends:?}");
        assert_eq!(ends.1 > 2.0 * edm.sigma_max, name == "alpha = 0.2", "{name}: {ends:?}");
        let grid = TimeGrid::Geometric;
        let config = SamplerConfig { count: 1000, seed: 3, nfe: 159, grid, ..SamplerConfig::default() };
        let samples = run_through(pde, &POINTS, schedule, &config).unwrap();
        let mut found = [0.0f64; 3];
        for x in samples.points.chunks_exact(2) {
            if let Some(nearest) = POINTS.chunks_exact(2).position(|y| (x[0] - y[0]).hypot(x[1] - y[1]) < 0.05) {
                found[nearest] += 1.0 / 1000.0;
            }
        }
        // Binomial deviation 0.015.
        assert!(found.iter().sum::<f64>() > 0.97, "{name}: {found:?} through {ends:?}");
        assert!(found.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.06), "{name}: {found:?} through {ends:?}");
    }
}

/// Root mean square difference between the posterior means of PFGM++ and of diffusion where both have the spread s,
/// over the deviation of the data, on two moons and at points of the diffusion: it falls as 1/D.
#[test]
fn pfgm_plus_plus_tends_to_diffusion() {
    let moons = genphys_data::load("moons", 0).unwrap();
    let points: Vec<f64> = moons.points[..2 * 1000].iter().map(|x| f64::from(*x)).collect();
    let (heat, deviation) = (physics::heat(), 0.5);
    for spread in [0.05f64, 0.25, 1.0] {
        let mut rng = stream(1, Purpose::Noise, 0);
        let x: Vec<f64> = points[..2 * 400].iter().map(|y| y + spread * rng.sample::<f64, _>(StandardNormal)).collect();
        let clean = |pde: &dyn GenerativePde, t: f64| {
            assert!((pde.spread(t) / spread - 1.0).abs() < 1e-3);
            EmpiricalField::new(pde, &points, 2).evaluate(&x, pde.sigma(t)).unwrap().clean
        };
        let right = clean(&heat, 0.5 * spread * spread);
        let difference = |augmented_dim: f64| {
            let found = clean(&pfgm_plus_plus(augmented_dim), spread * augmented_dim.sqrt());
            let square: f64 = found.iter().zip(&right).map(|(a, b)| (a - b).powi(2)).sum();
            (square / right.len() as f64).sqrt() / deviation
        };
        let found = [1.0, 4.0, 16.0, 128.0, 2048.0, 32768.0].map(difference);
        println!("spread {spread}: {found:.6?}");
        assert!(found.windows(2).all(|pair| pair[1] < pair[0]), "{found:?}");
        // From D = 2048 to sixteen times that.
        assert!((found[4] / found[5] / 16.0 - 1.0).abs() < 0.05, "{found:?}");
    }
}
