//! Kinds and sizes of networks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::layers::Grid;
use crate::error::{NnError, Result};
use genphys_gpu::Precision;

/// The kinds of networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkKind {
    /// [`ResidualMlp`](super::ResidualMlp), for any data.
    #[default]
    Mlp,
    /// [`Unet`](super::Unet), for images.
    Unet,
    /// [`Dit`](super::Dit), for images.
    Dit,
    /// The program's own: see [`NetworkSetup`](super::NetworkSetup).
    Own,
}

impl NetworkKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mlp, Self::Unet, Self::Dit, Self::Own];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mlp => "mlp",
            Self::Unet => "unet",
            Self::Dit => "dit",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for NetworkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for NetworkKind {
    type Err = NnError;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.map(Self::name).join(", ");
        let unknown = || NnError::Setting(format!("unknown network `{text}`; known: {known}"));
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(unknown)
    }
}

/// Size of images, whose values are ordered (channel, row, column).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSize {
    /// Rows of pixels.
    pub height: usize,
    /// Columns of pixels.
    pub width: usize,
    /// Values per pixel.
    pub channels: usize,
}

impl ImageSize {
    /// Height and width.
    pub fn grid(self) -> Grid {
        Grid { height: self.height, width: self.width }
    }

    /// Values per image.
    pub fn dim(self) -> usize {
        self.height * self.width * self.channels
    }
}

/// Most values of an example: their square is a number as well.
pub const MOST_VALUES: usize = 1 << 30;
/// Most values of one layer for an example, likewise. Memory ends long before.
pub const MOST_WIDTH: usize = 1 << 24;
/// More blocks than any network of these kinds has; each takes time before anything is known about it.
pub const MOST_DEPTH: usize = 1024;

/// Kind and size of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkConfig {
    /// What it is. Runs from before there was a choice are MLPs.
    #[serde(default)]
    pub kind: NetworkKind,
    /// Values per example: the dimension of the data.
    pub dim: usize,
    /// Size of the images, for the kinds that need it.
    #[serde(default)]
    pub image: Option<ImageSize>,
    /// Values per example inside (MLP), per pixel at full size (U-Net), per token (DiT).
    pub width: usize,
    /// Number of residual blocks: in all (MLP, DiT), or per size of the image and direction (U-Net).
    pub depth: usize,
    /// Octaves of Fourier features of each coordinate, beside the coordinate itself (MLP). A network of this kind
    /// learns fine structure in few dimensions very slowly without them (Tancik et al., arXiv 2006.10739).
    pub octaves: usize,
    /// Side of the squares of pixels that become tokens (DiT).
    #[serde(default)]
    pub patch: usize,
    /// Values that describe the noise level inside.
    pub embedding: usize,
    /// Number of classes that the network can be asked for; none for a network that knows no classes.
    #[serde(default)]
    pub classes: usize,
    /// Whether there is a second output, for the growth rate.
    pub growth: bool,
    /// Values of another output, for the pace of the flow: none, one, or one per coordinate.
    #[serde(default)]
    pub pace: usize,
    /// How a GPU stores and multiplies activations. On a CPU they are `f32`.
    #[serde(default)]
    pub precision: Precision,
}

impl NetworkConfig {
    /// The size of the images.
    ///
    /// # Errors
    /// When there is none, or it does not fit the dimension.
    pub(super) fn image_size(&self) -> Result<ImageSize> {
        let kind = self.kind;
        let Some(image) = self.image else {
            let message = format!(
                "the network `{kind}` is for images, and these data are {} numbers per example; use mlp",
                self.dim
            );
            return Err(NnError::Setting(message));
        };
        if image.dim() != self.dim || self.dim == 0 {
            return Err(NnError::Setting(format!("images of {image:?} do not have {} values", self.dim)));
        }
        Ok(image)
    }

    /// Checks that no size is zero, or so large that products of sizes are not numbers any more.
    ///
    /// # Errors
    /// Names the first that is.
    pub fn check(&self) -> Result<()> {
        if self.dim == 0 || self.width == 0 || self.embedding == 0 {
            return Err(NnError::Setting("a network needs a positive dimension and width".into()));
        }
        let image = self.image.unwrap_or(ImageSize { height: 1, width: 1, channels: 1 });
        let image = [image.height, image.width, image.channels];
        let most = [
            ("dimension", self.dim, MOST_VALUES),
            ("image", image.into_iter().fold(1, usize::saturating_mul), MOST_VALUES),
            ("width", self.width, MOST_WIDTH),
            ("depth", self.depth, MOST_DEPTH),
            ("number of octaves", self.octaves, 64),
            ("side of a patch", self.patch, MOST_WIDTH),
            ("width of the noise level", self.embedding, MOST_WIDTH),
            ("number of classes", self.classes, MOST_WIDTH),
            ("number of paces", self.pace, self.dim),
        ];
        match most.iter().find(|(_, value, most)| value > most) {
            Some((name, value, most)) => {
                Err(NnError::Setting(format!("the {name} of a network must be at most {most}, found {value}")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in NetworkKind::ALL {
            assert_eq!(kind.name().parse::<NetworkKind>().ok(), Some(kind));
        }
        let message = "resnet".parse::<NetworkKind>().unwrap_err().to_string();
        assert!(message.contains("mlp, unet, dit, own"), "{message}");
    }

    #[test]
    fn sizes_are_checked() {
        let old = r#"{"dim": 2, "width": 120, "depth": 3, "octaves": 3, "embedding": 64, "growth": true}"#;
        let config: NetworkConfig = serde_json::from_str(old).unwrap();
        assert!(config.check().is_ok());
        let image = Some(ImageSize { height: usize::MAX, width: 2, channels: 1 });
        for (wrong, part) in [
            (NetworkConfig { width: 0, ..config.clone() }, "positive"),
            (NetworkConfig { width: 1_000_000_000, ..config.clone() }, "width"),
            (NetworkConfig { depth: usize::MAX, ..config.clone() }, "depth"),
            (NetworkConfig { pace: 3, ..config.clone() }, "paces"),
            (NetworkConfig { image, ..config.clone() }, "image"),
        ] {
            let refused = wrong.check().unwrap_err().to_string();
            assert!(refused.contains(part), "{refused}");
        }
    }

    #[test]
    fn configurations_from_before_there_was_a_choice_are_read() {
        let old = r#"{"dim": 2, "width": 120, "depth": 3, "octaves": 3, "embedding": 64, "growth": true}"#;
        let config: NetworkConfig = serde_json::from_str(old).unwrap();
        assert_eq!((config.kind, config.classes, config.pace, config.image), (NetworkKind::Mlp, 0, 0, None));
    }
}
