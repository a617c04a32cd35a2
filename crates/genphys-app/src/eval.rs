//! `eval`: how good a trained model is.

use std::path::PathBuf;

use clap::Args;

use super::error::AppError;
use super::options;
use super::output::check_file;
use super::run_data::training_data;
use super::sample::SamplingArguments;
use genphys_data::Dataset;
use genphys_flow::GenerativePde;
use genphys_flow::bounds::Need;
use genphys_nn::network::NetworkFn;
use genphys_train::error::RuntimeError;
use genphys_train::evaluation::{DEFAULT_COUNT, EvaluationConfig, Reference, evaluate};

#[derive(Debug, Args)]
pub(super) struct EvalArguments {
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Number of samples [default: as many as there are points to compare with, at most 2000]
    #[arg(long, value_parser = options::count)]
    count: Option<usize>,
    /// held-out: the part of the data that was kept from the training; fresh: new points, for generated sets
    #[arg(long, default_value_t)]
    against: Reference,
    /// Round the network's weights to this many bits first, 2 to 16
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=16))]
    bits: Option<u32>,
    /// The training data, if they have moved
    #[arg(long)]
    pub(super) data: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
    /// Write the JSON value to this file as well
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

pub(super) fn eval(
    arguments: &EvalArguments,
    pde: &dyn GenerativePde,
    own: Option<NetworkFn>,
) -> Result<String, AppError> {
    arguments.out.as_deref().map_or(Ok(()), check_file)?;
    let model = arguments.sampling.load(pde, own)?;
    let data = training_data(&model, arguments.data.as_deref())?;
    let held_out = (data.len() as f64 * model.config.training.held_out) as usize;
    let most = if arguments.against == Reference::HeldOut { held_out } else { DEFAULT_COUNT };
    let count = arguments.count.unwrap_or(DEFAULT_COUNT.min(most).max(2));
    check_pairs(count, data.dim(), arguments.against)?;
    need(count, &data, arguments.against).check()?;
    let sampler = arguments.sampling.config(count);
    let config = EvaluationConfig { sampler, against: arguments.against, bits: arguments.bits };
    let evaluation = evaluate(pde, &model, &data, &config)?;
    let json = serde_json::to_string(&evaluation).map_err(|error| RuntimeError::Setting(error.to_string()))? + "\n";
    if let Some(out) = &arguments.out {
        genphys_files::write(out, json.as_bytes()).map_err(RuntimeError::io("cannot write", out))?;
    }
    Ok(if arguments.json { json } else { evaluation.human() })
}

/// Operations that comparing all pairs may take: some minutes on a small computer.
const PAIR_WORK: f64 = 1e13;

/// Checks that so many points can be compared with as many, every one with every other.
fn check_pairs(count: usize, dim: usize, against: Reference) -> Result<(), RuntimeError> {
    if count < 2 {
        return Err(RuntimeError::Setting(format!("--count {count}: distances need two samples or more")));
    }
    // Of held-out points there are only so many.
    let most = (PAIR_WORK / dim.max(1) as f64).sqrt() as usize;
    if against == Reference::Fresh && count > most {
        let message = format!(
            "--count {count}: all pairs of {count} points of dimension {dim} would be compared, which takes hours; \
             `--count {most}` takes minutes"
        );
        return Err(RuntimeError::Setting(message));
    }
    Ok(())
}

/// Bytes of a value of every sample: as it is drawn, normalised and raw, and of the real points beside it.
const SAMPLE: f64 = 32.0;
/// Bytes of what is known about a sample: distances and neighbours, sorted and not.
const DISTANCES: f64 = 128.0;
/// Bytes of a value of the data, which are split.
const SPLIT: f64 = 4.0;

/// What an evaluation takes beside the data.
fn need(count: usize, data: &Dataset, against: Reference) -> Need {
    let drawn = if against == Reference::HeldOut { count.min(data.len()) } else { count };
    let portion = Need::of_portions("evaluating", data.dim(), drawn, SAMPLE * data.dim() as f64 + DISTANCES);
    Need { fixed: portion.fixed + SPLIT * data.points.len() as f64, ..portion }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_hours_is_refused_and_what_is_proposed_is_not() {
        assert!(check_pairs(2000, 3072, Reference::Fresh).is_ok());
        assert!(check_pairs(10_000_000, 2, Reference::HeldOut).is_ok());
        let message = check_pairs(10_000_000, 2, Reference::Fresh).unwrap_err().to_string();
        let (_, rest) = message.split_once("`--count ").unwrap();
        let proposed = rest.split('`').next().unwrap().parse().unwrap();
        assert!(proposed > 100_000 && check_pairs(proposed, 2, Reference::Fresh).is_ok(), "{message}");
        assert!(check_pairs(1, 2, Reference::HeldOut).is_err());
    }

    #[test]
    fn held_out_points_bound_what_is_needed() {
        let data = genphys_data::load("moons", 1).unwrap();
        let bytes = |count, against| {
            let need = need(count, &data, against);
            need.fixed + need.each * need.count as f64
        };
        let all = bytes(data.len(), Reference::HeldOut);
        assert_eq!(bytes(1 << 40, Reference::HeldOut), all);
        assert!((1e7..1e9).contains(&all) && bytes(1 << 40, Reference::Fresh) > 1e14, "{all}");
    }
}
