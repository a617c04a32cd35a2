//! How data are read: the options that `train`, `advise` and `sweep` share.

use clap::Args;

use genphys_data::{self as data, Dataset, Layout, ReadOptions, Scaling};
use genphys_train::error::{Result, RuntimeError};
use genphys_train::run_dir::{CONFIG, RunDir};
use genphys_train::training::ModelConfig;
use std::path::Path;

use super::progress;
use super::train::DATA_SEED;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How data are read")]
pub(super) struct DataArguments {
    /// Order of the axes of an array (n, a, b, c): nchw (channels first) or nhwc (channels last) [default: what its
    /// shape shows]
    #[arg(long, value_name = "ORDER")]
    layout: Option<Layout>,
    /// Crop pictures of a folder to squares and scale them to N x N pixels [default: they must be of one size]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    size: Option<u32>,
    /// Which values share a factor to normalised ones: together, channel or coordinate [default: coordinate for tables,
    /// together for pixels, channel for images whose channels have other ranges]
    #[arg(long = "scale", value_name = "HOW")]
    scaling: Option<Scaling>,
    /// Columns of a table that are read, by name or number, such as x,y or 2-9 [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Whether the first line of a table holds names: yes or no [default: what it looks like]
    #[arg(long, value_name = "YES|NO", value_parser = yes_or_no)]
    header: Option<bool>,
    /// Leave out pictures that cannot be read, and say how many
    #[arg(long)]
    skip_broken: bool,
    /// Read pictures to which links lead outside of the folder
    #[arg(long)]
    follow_links: bool,
}

fn yes_or_no(text: &str) -> std::result::Result<bool, String> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("expected yes or no, found `{text}`")),
    }
}

impl DataArguments {
    fn options(&self, label: Option<&str>) -> ReadOptions {
        ReadOptions {
            layout: self.layout,
            size: self.size,
            scaling: self.scaling,
            label: label.map(str::to_owned),
            columns: self.columns.clone(),
            header: self.header,
            skip_broken: self.skip_broken,
            follow_links: self.follow_links,
            normalisation: None,
        }
    }

    /// The data, and a line about them on standard error.
    pub(super) fn load(&self, spec: &str, label: Option<&str>) -> Result<Dataset> {
        reported(data::load_with(spec, DATA_SEED, &self.options(label))?)
    }

    /// The data of a run that goes on, read as it was begun.
    ///
    /// # Errors
    /// When they are to be read in another way than then.
    pub(super) fn load_again(&self, spec: &str, label: Option<&str>, run: &Path) -> Result<Dataset> {
        let config: ModelConfig = RunDir::open(run)?.read_json(CONFIG)?;
        let (given, kept) = (self.options(label), &config.reading.options);
        if config.reading.content.is_empty() {
            // A run of an earlier version.
            return reported(data::load_with(spec, DATA_SEED, &given)?);
        }
        let differs = [
            ("--layout", given.layout.is_some() && given.layout != kept.layout),
            ("--size", given.size.is_some() && given.size != kept.size),
            ("--scale", given.scaling.is_some() && given.scaling != kept.scaling),
            ("--label", given.label.is_some() && given.label != kept.label),
            ("--columns", given.columns.is_some() && given.columns != kept.columns),
            ("--header", given.header.is_some() && given.header != kept.header),
            ("--skip-broken", given.skip_broken && !kept.skip_broken),
            ("--follow-links", given.follow_links && !kept.follow_links),
        ];
        if let Some((name, _)) = differs.iter().find(|(_, differs)| *differs) {
            let message = format!("{name} cannot be changed with --resume; the run reads its data as it was begun");
            return Err(RuntimeError::Setting(message));
        }
        reported(data::load_with(spec, DATA_SEED, &kept.with_normalisation(&config.normalisation))?)
    }
}

fn reported(data: Dataset) -> Result<Dataset> {
    progress::line(&format!("data: {}", data.reading.line()));
    Ok(data)
}
