//! `sample`: a trained model in, a picture or numbers out.

use std::path::PathBuf;

use clap::Args;

use super::class::ClassArguments;
use super::error::AppError;
use super::options;
use super::output::Output;
use super::parameters::ParameterArguments;
use super::progress::line;
use genphys_data::DataShape;
use genphys_flow::GenerativePde;
use genphys_flow::added_noise::Churn;
use genphys_flow::birth_death::{BirthDeath, BirthDeathReport};
use genphys_flow::sampler::{SamplerConfig, sample_in_portions};
use genphys_flow::solver::SolverKind;
use genphys_flow::time_grid::TimeGrid;
use genphys_gpu::{KernelChoice, open_device};
use genphys_nn::network::{NetworkFn, NetworkSetup};
use genphys_train::comparison::choose;
use genphys_train::error::RuntimeError;
use genphys_train::training::TrainedModel;

/// Most evaluations unless asked otherwise; an adaptive solver takes hundreds, and thousands where something is wrong.
const NFE: usize = 35;
const ADAPTIVE_NFE: usize = 10_000;

#[derive(Debug, Args)]
pub(super) struct SamplingArguments {
    /// Folder of the trained model
    #[arg(long, value_name = "DIR")]
    pub(super) model: PathBuf,
    #[command(flatten)]
    pub(super) parameters: ParameterArguments,
    /// Seed of all randomness
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// heun, midpoint (second order), euler (first), multistep (second, for few evaluations), dormand-prince (fifth,
    /// chooses its steps), or euler-maruyama (reverse stochastic equation of a diffusion)
    /// [default: heun; for likelihoods and latents dormand-prince]
    #[arg(long)]
    solver: Option<SolverKind>,
    /// Most evaluations of the network per sample. Solvers with a fixed number of steps use them up; dormand-prince
    /// stops with an error when its tolerance needs more [default: 35; for dormand-prince 10000]
    #[arg(long, value_parser = options::count)]
    nfe: Option<usize>,
    /// Draw with the moving average of this half-life in steps [default: the first that training kept]
    #[arg(long, value_name = "STEPS", value_parser = options::positive)]
    pub(super) half_life: Option<f64>,
    /// Error per step of dormand-prince, which takes as many evaluations as that needs, --nfe at most [default: 0.001]
    #[arg(long, value_parser = options::positive)]
    tolerance: Option<f64>,
    /// Where the noise levels of the steps lie: edm (evenly in sigma^(1/rho)), geometric or uniform [default: edm]
    #[arg(long)]
    grid: Option<TimeGrid>,
    /// Exponent of the edm grid [default: that of the run, 7]
    #[arg(long, value_parser = options::positive)]
    rho: Option<f64>,
    /// What becomes of births and deaths: branching, weights or conservative [default: as the run was trained]
    #[arg(long, value_name = "HOW")]
    birth_death: Option<BirthDeath>,
    /// Particles per sample in the population, where there are births and deaths [default: 4]
    #[arg(long, value_parser = options::count)]
    crowd: Option<usize>,
    /// S_churn of EDM's stochastic sampler: noise added before each step and taken away by it
    #[arg(long, value_name = "S", default_value_t = 0.0, value_parser = options::not_negative)]
    churn: f64,
    /// S_tmin: no churn below this noise level [default: none]
    #[arg(long, value_name = "SIGMA", value_parser = options::not_negative)]
    churn_min: Option<f64>,
    /// S_tmax: no churn above this noise level [default: none]
    #[arg(long, value_name = "SIGMA", value_parser = options::positive)]
    churn_max: Option<f64>,
    /// S_noise: factor of that noise; only 1 keeps the process as it is [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = options::not_negative)]
    churn_noise: Option<f64>,
    /// Disturb every step with Gaussian noise of deviation ALPHA sigma: a test of robustness
    #[arg(long, value_name = "ALPHA", default_value_t = 0.0, value_parser = options::not_negative)]
    inject: f64,
    /// cpu, cuda, cuda:1 or metal
    #[arg(long, default_value = "cpu")]
    pub(super) device: String,
    /// Whose operations the network is made of: candle (the reference), own, or auto (own where they agree with the
    /// reference on this machine)
    #[arg(long, value_name = "WHOSE", default_value_t)]
    kernels: KernelChoice,
}

impl SamplingArguments {
    /// The trained model, on the device that was asked for, in a program that may have a network of its own.
    pub(super) fn load(&self, pde: &dyn GenerativePde, own: Option<NetworkFn>) -> Result<TrainedModel, RuntimeError> {
        let (backend, note) = choose(&open_device(&self.device)?, self.kernels)?;
        if let Some(note) = note {
            line(&note);
        }
        TrainedModel::load_average(pde, &self.model, NetworkSetup { backend, own }, self.half_life)
    }

    /// Checks that every option that is given means something beside the others, with the solver that is taken unless
    /// another is asked for.
    pub(super) fn check_idle(&self, default: SolverKind, pde: &dyn GenerativePde) -> Result<(), RuntimeError> {
        let solver = self.solver.unwrap_or(default);
        let adaptive = solver == SolverKind::DormandPrince;
        let chooses = "dormand-prince chooses its steps itself";
        let idle = [
            ("--tolerance", self.tolerance.is_some() && !adaptive, "it is for --solver dormand-prince"),
            ("--grid", self.grid.is_some() && adaptive, chooses),
            ("--rho", self.rho.is_some() && adaptive, chooses),
            (
                "--rho",
                self.rho.is_some() && self.grid.unwrap_or(TimeGrid::Edm) != TimeGrid::Edm,
                "it is for --grid edm",
            ),
            ("--churn-min", self.churn_min.is_some() && self.churn == 0.0, "there is no --churn"),
            ("--churn-max", self.churn_max.is_some() && self.churn == 0.0, "there is no --churn"),
            ("--churn-noise", self.churn_noise.is_some() && self.churn == 0.0, "there is no --churn"),
            ("--crowd", self.crowd.is_some() && pde.growth_is_uniform(), "no particles are born or die here"),
        ];
        if let Some((name, _, why)) = idle.into_iter().find(|(_, idle, _)| *idle) {
            return Err(RuntimeError::Setting(format!("{name} would have no effect: {why}; leave it out")));
        }
        match (self.churn_min, self.churn_max) {
            (Some(least), Some(most)) if least > most => Err(RuntimeError::Setting(format!(
                "--churn-min {least} lies above --churn-max {most}, so that there would be no churn at all"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn config(&self, count: usize) -> SamplerConfig {
        self.config_for(self.solver.unwrap_or(SolverKind::Heun), count)
    }

    fn config_for(&self, solver: SolverKind, count: usize) -> SamplerConfig {
        let most = if solver == SolverKind::DormandPrince { ADAPTIVE_NFE } else { NFE };
        SamplerConfig {
            count,
            seed: self.seed,
            solver,
            nfe: self.nfe.unwrap_or(most),
            tolerance: self.tolerance.unwrap_or(1e-3),
            grid: self.grid.unwrap_or(TimeGrid::Edm),
            rho: self.rho,
            churn: Churn {
                amount: self.churn,
                least: self.churn_min.unwrap_or(0.0),
                most: self.churn_max.unwrap_or(f64::MAX),
                noise: self.churn_noise.unwrap_or(1.0),
            },
            disturbance: self.inject,
            birth_death: self.birth_death,
            crowd: self.crowd.unwrap_or(4),
            ..SamplerConfig::default()
        }
    }

    /// For commands that follow one path forward in time: an adaptive solver unless another is asked for.
    pub(super) fn flow_config(&self, count: usize) -> SamplerConfig {
        self.config_for(self.solver.unwrap_or(SolverKind::DormandPrince), count)
    }
}

#[derive(Debug, Args)]
pub(super) struct SampleArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    #[command(flatten)]
    class: ClassArguments,
    /// Number of samples [default: 64 for images, 2000 otherwise]
    #[arg(long, value_parser = options::count)]
    count: Option<usize>,
    /// Picture (.png) or numbers in raw units (.npy)
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

pub(super) fn sample(
    arguments: &SampleArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    let output = Output::open(&arguments.out)?;
    let model = arguments.sampling.load(pde, own)?;
    let shape = &model.config.shape;
    let image = matches!(shape, DataShape::Image { .. });
    let count = arguments.count.unwrap_or(if image { 64 } else { 2000 });
    output.check(shape, count)?;
    let field = arguments.class.field(pde, &model)?;
    let networks = arguments.class.evaluations();
    let mut config = arguments.sampling.config(count);
    config.nfe /= networks;
    if config.nfe == 0 {
        let message = "--guidance asks the network twice at every point; set --nfe to 2 or more".to_owned();
        return Err(RuntimeError::Setting(message).into());
    }
    let samples = output.write(&model.config, count, |take| {
        sample_in_portions(pde, &*field, &model.statistics.mean, &model.member.schedule, &config, take)
    })?;
    let mut text = format!(
        "{count} samples, {} network evaluations each, {:.2} s of which {:.1} % outside the network: {}\n",
        samples.nfe * networks,
        samples.seconds,
        100.0 * samples.overhead / samples.seconds,
        arguments.out.display()
    );
    if config.solver == SolverKind::DormandPrince {
        text += &format!("{} steps taken, {} rejected\n", samples.steps, samples.rejected);
    }
    if let Some(report) = &samples.birth_death {
        text += &describe(report);
    }
    Ok(text)
}

fn describe(report: &BirthDeathReport) -> String {
    format!(
        "population {}: births {}, deaths {}, ancestors left {}, effective sample size {:.0} at the end, at least {:.2} of \
         the population\n",
        report.population,
        report.births,
        report.deaths,
        report.ancestors,
        report.effective_sample_size,
        report.least_effective_fraction
    )
}
