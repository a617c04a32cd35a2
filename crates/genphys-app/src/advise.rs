//! `advise`: what to train with, and why.

use clap::Args;

use super::data_options::DataArguments;
use super::error::AppError;
use genphys_flow::GenerativePde;
use genphys_train::advice::advise as propose;
use genphys_train::error::RuntimeError;

#[derive(Debug, Args)]
pub(super) struct AdviseArguments {
    /// A known data set, a folder of images, or a .npy, CSV or IDX file, as for train
    #[arg(long)]
    data: String,
    #[command(flatten)]
    reading: DataArguments,
    /// Seed of the held-out part and of the rehearsal
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

pub(super) fn advise(arguments: &AdviseArguments, pde: &dyn GenerativePde) -> Result<String, AppError> {
    let data = arguments.reading.load(&arguments.data, None)?;
    let advice = propose(pde, &data, arguments.seed)?;
    Ok(if arguments.json {
        serde_json::to_string(&advice).map_err(|error| RuntimeError::Setting(error.to_string()))? + "\n"
    } else {
        advice.human(&data.shape)
    })
}
