//! What a run is used with: data, read and normalised as the model expects them, and a word about runs of older
//! versions.

use std::path::Path;

use super::progress::{self, line};
use super::train::{DATA_SEED, absolute};
use genphys_data::{self as data, DataShape, Dataset};
use genphys_train::error::RuntimeError;
use genphys_train::run_dir::RunDir;
use genphys_train::training::{ModelConfig, TrainedModel};

/// Says so where the files of a run have no checksums.
pub(super) fn tell_without_checksums(folder: &Path) -> Result<(), RuntimeError> {
    if RunDir::exists(folder) && !RunDir::consistently(folder, |run| Ok(run.has_checksums()))? {
        line(&format!(
            "{}: this run has no checksums, as those of versions before had none: damage of its files would not be seen",
            folder.display()
        ));
    }
    Ok(())
}

/// The held-out part of the data the model was trained on, whatever they are called now; or all of other data of the
/// same shape.
pub(super) fn unseen_data(model: &TrainedModel, source: Option<&str>) -> Result<Dataset, RuntimeError> {
    let config = &model.config;
    let (data, same) = read_for(config, source)?;
    if same {
        let held_out = data.split(config.training.held_out, config.training.seed)?.1;
        progress::line(&format!(
            "these are the training data: the {} points held out from them are used",
            held_out.len()
        ));
        return Ok(held_out);
    }
    progress::line(&format!("these are not the training data: all {} points are used", data.len()));
    Ok(data)
}

/// The data the model was trained on.
///
/// # Errors
/// When `source` names others.
pub(super) fn training_data(model: &TrainedModel, source: Option<&str>) -> Result<Dataset, RuntimeError> {
    match read_for(&model.config, source)? {
        (data, true) => Ok(data),
        (data, false) => Err(RuntimeError::Setting(format!("{} is not the data this model was trained on", data.name))),
    }
}

/// Data with the normalisation of a model, and whether they are those it was trained on: the same numbers, under any
/// name.
fn read_for(config: &ModelConfig, source: Option<&str>) -> Result<(Dataset, bool), RuntimeError> {
    let spec = source.unwrap_or(&config.data);
    let mut options = config.reading.options.with_normalisation(&config.normalisation);
    if options.columns.is_none() {
        options.columns = columns(&config.shape);
    }
    let gone = source.is_none()
        && !data::is_known(spec)
        && data::split_mark(spec).is_none()
        && std::fs::symlink_metadata(spec).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    if gone {
        let message = format!("{spec}, the data of this run, are no longer there; --data says where they are now");
        return Err(RuntimeError::Setting(message));
    }
    let data = data::load_with(spec, DATA_SEED, &options)?;
    check_shape(config, &data)?;
    progress::line(&format!("data: {}", data.reading.line()));
    let here = absolute(spec, &data.name) == config.data;
    let known = &config.reading.content;
    if known.is_empty() {
        // A run of an earlier version knows its data by their place only.
        return Ok((data, here));
    }
    let same = data.reading.content == *known;
    if here && !same {
        return Err(RuntimeError::Setting(format!(
            "{} has changed since the model was trained on it, so it cannot be told which points it has seen; under another name \
             it is taken as other data",
            data.name
        )));
    }
    Ok((data, same))
}

/// The names of the columns that a model was trained on, where they tell them apart.
fn columns(shape: &DataShape) -> Option<Vec<String>> {
    let DataShape::Vector { names: Some(names), .. } = shape else { return None };
    let mut sorted = names.clone();
    sorted.sort();
    sorted.dedup();
    (sorted.len() == names.len()).then(|| names.clone())
}

/// Checks that points have as many values as those of the model, in the same places.
fn check_shape(config: &ModelConfig, data: &Dataset) -> Result<(), RuntimeError> {
    let (found, expected) = (&data.shape, &config.shape);
    let fits = match (found, expected) {
        (DataShape::Image { .. }, DataShape::Image { .. }) => found == expected,
        (DataShape::Image { channels, .. }, _) | (_, DataShape::Image { channels, .. }) => {
            found.dim() == expected.dim() && *channels == 1
        }
        _ => found.dim() == expected.dim(),
    };
    if fits {
        return Ok(());
    }
    let (found, expected) = (found.described(), expected.described());
    let name = &data.name;
    Err(RuntimeError::Setting(format!("{name}: the model was trained on points of {expected}, and these have {found}")))
}
