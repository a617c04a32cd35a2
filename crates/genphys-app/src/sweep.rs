//! `sweep`: which value of a parameter is best.

use std::path::PathBuf;

use clap::Args;

use super::data_options::DataArguments;
use super::error::AppError;
use super::options;
use super::output::check_file;
use super::parameters::with_values;
use super::progress::Progress;
use super::train::absolute;
use genphys_data::{self as data, ToySet};
use genphys_flow::GenerativePde;
use genphys_flow::sampler::SamplerConfig;
use genphys_train::error::{Result, RuntimeError};
use genphys_train::evaluation::{DEFAULT_COUNT, EvaluationConfig, Reference};
use genphys_train::loss::LossFn;
use genphys_train::sweep::{Budget, SweepConfig, SweepPoint, csv, picture, sweep_jointly, sweep_point, write};
use genphys_train::training::TrainConfig;

/// What every measure needs.
const LEAST_COUNT: usize = 4;

#[derive(Debug, Args)]
pub(super) struct SweepArguments {
    /// The parameter and its values, such as D=1,4,16,64
    #[arg(long, value_name = "NAME=VALUES", value_parser = values)]
    param: Values,
    /// A known data set, a folder of images, or a .npy, CSV or IDX file, as for train
    #[arg(long)]
    data: String,
    #[command(flatten)]
    reading: DataArguments,
    /// Train one network for all values, which is told the value, instead of one for each; the budget is that of the
    /// one training
    #[arg(long)]
    jointly: bool,
    /// Folder for the models, the tables sweep.csv and sweep.json, and the picture sweep.svg
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Steps for each value, or of the one training [default: by kind of data]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Minutes of training for each value, or in all [default: by kind of data]
    #[arg(long, value_parser = options::positive)]
    minutes: Option<f64>,
    /// Seed of trainings and measurements
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Number of samples measured [default: as many as there are points to compare with, at most 2000]
    #[arg(long, value_parser = options::count)]
    count: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Values {
    name: String,
    values: Vec<f64>,
}

fn values(text: &str) -> std::result::Result<Values, String> {
    let wrong = || format!("expected a name and numbers, such as D=1,4,16, found `{text}`");
    let (name, list) = text.split_once('=').ok_or_else(wrong)?;
    let values = list
        .split(',')
        .map(|value| value.trim().parse().map_err(|_| wrong()))
        .collect::<std::result::Result<_, _>>()?;
    Ok(Values { name: name.trim().to_owned(), values })
}

pub(super) fn sweep(arguments: &SweepArguments, pde: &dyn GenerativePde, loss: LossFn) -> Result<String, AppError> {
    let Values { name, values } = &arguments.param;
    // Everything that can be wrong with a value is told before the first is trained.
    let models = values
        .iter()
        .map(|value| with_values(pde, &[(name.clone(), *value)]))
        .collect::<Result<Vec<Box<dyn GenerativePde>>>>()?;
    std::fs::create_dir_all(&arguments.out).map_err(RuntimeError::io("cannot create", &arguments.out))?;
    for file in ["sweep.json", "sweep.csv", "sweep.svg"] {
        check_file(&arguments.out.join(file))?;
    }
    let data = arguments.reading.load(&arguments.data, None)?;
    let config = config(arguments, &data)?;
    let mut progress = Progress::new();
    let points = if arguments.jointly {
        let members: Vec<&dyn GenerativePde> = models.iter().map(|model| &**model).collect();
        let mut report =
            |done: f64| progress.at(done.min(1.0), || format!("{:.0} % of the budget", 100.0 * done.min(1.0)));
        sweep_jointly(&members, loss, (name.as_str(), values.as_slice()), &data, &config, &mut report)?
    } else {
        let mut points = Vec::new();
        for (at, (model, value)) in models.iter().zip(values).enumerate() {
            let share = 1.0 / values.len() as f64;
            let mut report = |done: f64| {
                let text = || format!("{name} = {value}: {:.0} % of its budget", 100.0 * done.min(1.0));
                progress.at(share * (at as f64 + done.min(1.0)), text);
            };
            points.push(sweep_point(&**model, loss, (name.as_str(), *value), &data, &config, &mut report)?);
        }
        points
    };
    progress.finish();
    let table_of_numbers = csv(&points);
    let not_finite = |cell: &str| cell.parse().is_ok_and(|number: f64| !number.is_finite());
    if table_of_numbers.lines().skip(1).flat_map(|line| line.split(',')).any(not_finite) {
        let message = "a figure of the sweep is not a finite number, so no table was written".to_owned();
        return Err(RuntimeError::Sampling(message).into());
    }
    write(&config.out.join("sweep.json"), &points)?;
    for (file, text) in [("sweep.csv", table_of_numbers), ("sweep.svg", picture(&points))] {
        let path = config.out.join(file);
        genphys_files::write(&path, text.as_bytes()).map_err(RuntimeError::io("cannot write", &path))?;
    }
    Ok(table(&points, &config))
}

fn config(arguments: &SweepArguments, data: &data::Dataset) -> Result<SweepConfig> {
    let (steps, minutes) = match (arguments.steps, arguments.minutes) {
        (None, None) => TrainConfig::default_limits(&data.shape),
        (steps, minutes) => (steps.unwrap_or(u64::MAX), minutes.unwrap_or(f64::INFINITY)),
    };
    let training = TrainConfig { seed: arguments.seed, ..TrainConfig::for_data(&data.shape) };
    let generated = ToySet::ALL.iter().any(|set| set.name() == data.name);
    let held_out = (data.len() as f64 * training.held_out) as usize;
    let (against, most) =
        if generated { (Reference::Fresh, DEFAULT_COUNT) } else { (Reference::HeldOut, held_out.min(DEFAULT_COUNT)) };
    if let Some(count) = arguments.count.filter(|count| *count < LEAST_COUNT) {
        return Err(RuntimeError::Setting(format!("--count {count}: the measures need {LEAST_COUNT} samples or more")));
    }
    let sampler = SamplerConfig {
        count: arguments.count.unwrap_or(most.max(LEAST_COUNT)),
        seed: arguments.seed,
        ..SamplerConfig::default()
    };
    Ok(SweepConfig {
        training,
        budget: Budget { steps, seconds: 60.0 * minutes },
        evaluation: EvaluationConfig { sampler, against, bits: None },
        source: absolute(&arguments.data, &data.name),
        out: arguments.out.clone(),
    })
}

/// The most telling columns for people.
fn table(points: &[SweepPoint], config: &SweepConfig) -> String {
    let Some(first) = points.first() else { return String::new() };
    let mut text =
        format!("{:>10}{:>8}{:>10}{:>20}{:>10}", first.param, "steps", "loss", "sliced Wasserstein", "floor");
    for harder in &first.robustness {
        text += &format!("{:>10}", format!("{} {}", harder.amount, harder.kind));
    }
    text += "\n";
    for point in points {
        text += &format!(
            "{:>10}{:>8}{:>10.4}{:>20.4}{:>10.4}",
            point.value,
            point.trainability.steps,
            point.trainability.loss,
            point.samples.sliced_wasserstein,
            point.floor.sliced_wasserstein
        );
        for harder in &point.robustness {
            text += &format!("{:>10.4}", harder.scores.sliced_wasserstein);
        }
        text += "\n";
    }
    text + &format!("tables and picture in {}\n", config.out.display())
}
