//! What a user may say about how data are read; kept with a run, so that they are read the same way again.

use super::normalisation::Normalisation;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Choices of [`load_with`](super::load_with). What is not chosen is decided by the data, and told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReadOptions {
    /// Order of the axes of an array (n, a, b, c).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Layout>,
    /// Side in pixels to which pictures of a folder are cropped and scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u32>,
    /// Which values share a map to normalised ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<Scaling>,
    /// Column of a table, or array of an archive, that holds classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Columns of a table that are read, in this order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Whether the first line of a table holds names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Leave out pictures that cannot be read, and count them.
    #[serde(skip_serializing_if = "is_false")]
    pub skip_broken: bool,
    /// Read pictures that links lead to outside of the folder.
    #[serde(skip_serializing_if = "is_false")]
    pub follow_links: bool,
    /// The normalisation of a model, which other data are given too. Choices that do not concern these data are then
    /// passed over.
    #[serde(skip)]
    pub normalisation: Option<Normalisation>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn is_false(value: &bool) -> bool {
    !value
}

/// Order of the axes of an array of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// (n, channels, height, width), as PyTorch has it.
    Nchw,
    /// (n, height, width, channels), as pictures are stored.
    Nhwc,
}

/// Which values are normalised alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scaling {
    /// All: pixels from their range to [−1, 1], other values to mean 0 and one deviation.
    Together,
    /// Those of a channel: mean 0 and deviation 0.5 of each. For channels of different units.
    Channel,
    /// Those of a coordinate: mean 0 and deviation 0.5 of each. For tables.
    Coordinate,
}

macro_rules! by_name {
    ($kind:ty, $expected:literal, $($name:literal => $value:path),+) => {
        impl FromStr for $kind {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text.to_ascii_lowercase().as_str() {
                    $($name => Ok($value),)+
                    _ => Err(format!(concat!("expected ", $expected, ", found `{}`"), text)),
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $($value => $name,)+
                })
            }
        }
    };
}

by_name!(Layout, "nchw or nhwc", "nchw" => Layout::Nchw, "nhwc" => Layout::Nhwc);
by_name!(Scaling, "together, channel or coordinate",
    "together" => Scaling::Together, "channel" => Scaling::Channel, "coordinate" => Scaling::Coordinate);

/// What data there are, for choices that concern some only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Known,
    Folder,
    Array,
    Archive,
    Idx,
    Table,
}

impl ReadOptions {
    /// Choices that say nothing about data of this kind, by the names they have on the command line.
    pub(crate) fn idle(&self, kind: Kind) -> Option<&'static str> {
        if self.normalisation.is_some() {
            return None;
        }
        let array = matches!(kind, Kind::Array | Kind::Archive | Kind::Idx);
        [
            (self.layout.is_some() && !array, "--layout is for arrays"),
            (self.size.is_some() && kind != Kind::Folder, "--size is for folders of pictures"),
            (self.skip_broken && kind != Kind::Folder, "--skip-broken is for folders of pictures"),
            (self.follow_links && kind != Kind::Folder, "--follow-links is for folders of pictures"),
            (self.columns.is_some() && kind != Kind::Table, "--columns is for tables"),
            (self.header.is_some() && kind != Kind::Table, "--header is for tables"),
            (self.scaling.is_some() && kind == Kind::Known, "--scale is for data of your own"),
            (
                self.label.is_some() && !matches!(kind, Kind::Table | Kind::Archive),
                "--label names a column of a table or an array of a .npz archive",
            ),
        ]
        .into_iter()
        .find_map(|(idle, text)| idle.then_some(text))
    }

    /// The same choices for other data that a model of these is shown.
    #[must_use]
    pub fn with_normalisation(&self, normalisation: &Normalisation) -> Self {
        Self { normalisation: Some(normalisation.clone()), ..self.clone() }
    }
}
