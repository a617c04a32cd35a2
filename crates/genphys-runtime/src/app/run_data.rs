//! What a run is used with: data, normalised as it expects them, and a word about runs of older versions.

use std::path::Path;

use super::progress::line;
use super::train::DATA_SEED;
use crate::data::{self, Dataset};
use crate::error::RuntimeError;
use crate::run_dir::RunDir;
use crate::training::TrainedModel;

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

/// The held-out part of the data the model was trained on; or all of other data of the same shape, if `source` names some.
pub(super) fn unseen_data(model: &TrainedModel, source: Option<&str>) -> Result<Dataset, RuntimeError> {
    let config = &model.config;
    let mut data = data::load(source.unwrap_or(&config.data), DATA_SEED)?;
    if data.dim() != config.shape.dim() {
        let (found, expected) = (data.dim(), config.shape.dim());
        let message = format!("{} has {found} values per point, and the model was trained on {expected}", data.name);
        return Err(RuntimeError::Setting(message));
    }
    let same = data.shape == config.shape && data.normalisation == config.normalisation;
    if same && (source.is_none() || data.name == config.data_name) {
        return Ok(data.split(config.training.held_out, config.training.seed)?.1);
    }
    if !same {
        let raw = data.denormalise(&data.points);
        data.points = config.normalisation.apply(raw.into_iter().map(f64::from));
        data.normalisation = config.normalisation.clone();
    }
    Ok(data)
}
