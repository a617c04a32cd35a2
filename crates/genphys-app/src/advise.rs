//! `advise`: what to train with, and why.

use clap::Args;

use super::data_options::DataArguments;
use super::error::AppError;
use genphys_data::DataShape;
use genphys_flow::GenerativePde;
use genphys_train::advice::{Advice, Rehearsal, advise as propose};
use genphys_train::error::RuntimeError;
use genphys_train::training::MOST_ACTIVATIONS;

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
        human(&advice, &data.shape)
    })
}

/// The proposal as text for people: a setting, its value, the reason.
fn human(advice: &Advice, shape: &DataShape) -> String {
    let params: Vec<String> = advice.params.iter().map(|(name, value)| format!(", {name} = {value}")).collect();
    let mut text = format!(
        "{}{} on {}: {} points of dimension {}\n\n",
        advice.pde,
        params.concat(),
        advice.data,
        advice.points,
        advice.dim
    );
    let mut line = |setting: &str, value: String, reason: &str| {
        text += &format!("{setting:14} {value:>12}   {reason}\n");
    };
    let (schedule, training) = (&advice.schedule, &advice.training);
    line("sigma_data", format!("{:.4}", advice.sigma_data), "root of the mean variance of a normalised coordinate");
    line(
        "sigma_min",
        format!("{:.4}", schedule.sigma_min),
        "1/250 of sigma_data (EDM); one step to the denoised point follows",
    );
    line("sigma_max", format!("{:.3}", schedule.sigma_max), &advice.prior_error.reason());
    line("T", format!("{:.4}", advice.prior_error.time), "the time at which the flow has that scale");
    let size = format!("120 (N/2)^(1/5), which did for N = 2 and 64; N = {}", shape.dim());
    line("width", training.width.to_string(), &format!("--width; of an MLP, {size}"));
    line("depth", training.depth.to_string(), "--depth; residual blocks, one more for each doubling of the width");
    line(
        "batch",
        training.batch.to_string(),
        &format!(
            "--batch; most that keeps batch x width below {MOST_ACTIVATIONS} values, for steps of some tens of milliseconds"
        ),
    );
    line(
        "learning rate",
        format!("{:.2e}", training.learning_rate),
        "--learning-rate; 0.24 over the width, after a warm-up",
    );
    let (steps, minutes) = advice.limits;
    let passes = steps as f64 * training.batch as f64 / (advice.points as f64 * (1.0 - training.held_out));
    line(
        "steps",
        steps.to_string(),
        &format!("--steps; {passes:.0} passes over the data; or {minutes} minutes, whichever comes first"),
    );
    for rehearsal in &advice.rehearsals {
        line(&rehearsal.param, rehearsal.proposed.to_string(), &reason(rehearsal));
    }
    text
}

fn reason(rehearsal: &Rehearsal) -> String {
    let Rehearsal { param, damages, proposed, .. } = rehearsal;
    let tried: Vec<String> = damages.iter().map(|(value, damage)| format!("{value}: {damage:.3}")).collect();
    let choice = if rehearsal.matters() {
        format!("--set {param}={proposed}; least damage in a rehearsal")
    } else {
        "makes no difference here".to_owned()
    };
    let at_end = |end: Option<&(f64, f64)>| end.is_some_and(|(value, _)| value == proposed);
    let edge = if at_end(damages.first()) || at_end(damages.last()) { ", the last one tried" } else { "" };
    format!("{choice}{edge} ({})", tried.join(", "))
}
