//! `eval`: how good a trained model is.

use std::path::PathBuf;

use clap::Args;

use super::error::AppError;
use super::run_data::training_data;
use super::sample::SamplingArguments;
use crate::error::RuntimeError;
use crate::evaluation::{DEFAULT_COUNT, EvaluationConfig, Reference, evaluate};
use crate::generative_pde::GenerativePde;

#[derive(Debug, Args)]
pub(super) struct EvalArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Number of samples [default: as many as there are points to compare with, at most 2000]
    #[arg(long)]
    count: Option<usize>,
    /// held-out: the part of the data that was kept from the training; fresh: new points, for generated sets
    #[arg(long, default_value_t)]
    against: Reference,
    /// Round the network's weights to this many bits first, 2 to 16
    #[arg(long)]
    bits: Option<u32>,
    /// The training data, if they have moved
    #[arg(long)]
    data: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
    /// Write the JSON value to this file as well
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn eval(arguments: &EvalArguments, pde: &dyn GenerativePde) -> Result<String, AppError> {
    let model = arguments.sampling.load(pde)?;
    let data = training_data(&model, arguments.data.as_deref())?;
    let held_out = (data.len() as f64 * model.config.training.held_out) as usize;
    let most = if arguments.against == Reference::HeldOut { held_out } else { DEFAULT_COUNT };
    let count = arguments.count.unwrap_or(DEFAULT_COUNT.min(most)).max(2);
    let sampler = arguments.sampling.config(count);
    let config = EvaluationConfig { sampler, against: arguments.against, bits: arguments.bits };
    let evaluation = evaluate(pde, &model, &data, &config)?;
    let json = serde_json::to_string(&evaluation).map_err(|error| RuntimeError::Setting(error.to_string()))? + "\n";
    if let Some(out) = &arguments.out {
        std::fs::write(out, &json).map_err(RuntimeError::io("cannot write", out))?;
    }
    Ok(if arguments.json { json } else { evaluation.human() })
}
