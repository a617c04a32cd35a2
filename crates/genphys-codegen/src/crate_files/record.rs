//! `genphys.json`: how a model crate was made, so that it can be made again without touching what its owner changed.

use super::{CrateFile, GenphysSource};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Name of the file.
pub const RECORD: &str = "genphys.json";

/// The content of [`RECORD`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrateRecord {
    /// Name of the crate.
    pub name: String,
    /// Version of genphys that wrote the crate.
    pub version: String,
    /// Path of the equation inside the crate.
    pub pde: String,
    /// Hash of its canonical text.
    pub hash: String,
    /// What was asked for.
    pub options: CrateOptions,
    /// Where the crate finds the library.
    pub genphys: GenphysSource,
    /// SHA-256 of every other file as it was generated, by path.
    pub files: BTreeMap<String, String>,
}

/// The choices that shape a model crate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrateOptions {
    /// Values of parameters that the derivation fixes, as decimal numbers.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// The dimension that the derivation is about.
    #[serde(default)]
    pub dim: Option<u32>,
    /// Whether births and deaths are rewritten into the velocity.
    #[serde(default)]
    pub conservative: bool,
    /// The data that the README's commands name.
    #[serde(default)]
    pub data: Option<String>,
    /// The network that the crate trains unless told otherwise.
    #[serde(default)]
    pub net: Option<Net>,
}

/// Kinds of networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Net {
    /// For any data.
    Mlp,
    /// U-Net, for images.
    Unet,
    /// Transformer, for images.
    Dit,
}

impl Net {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mlp => "mlp",
            Self::Unet => "unet",
            Self::Dit => "dit",
        }
    }

    /// Whether it can only learn images.
    pub fn needs_images(self) -> bool {
        self != Self::Mlp
    }

    /// The variant of the runtime's `NetworkKind`.
    pub(super) fn variant(self) -> &'static str {
        match self {
            Self::Mlp => "Mlp",
            Self::Unet => "Unet",
            Self::Dit => "Dit",
        }
    }
}

impl FromStr for Net {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = [Self::Mlp, Self::Unet, Self::Dit];
        known
            .into_iter()
            .find(|net| net.name() == text)
            .ok_or_else(|| format!("expected one of {}", known.map(Self::name).join(", ")))
    }
}

/// What is to be done with one file of a crate that is made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileUpdate {
    /// It is there as it would be written.
    Same,
    /// It is as it was generated, or new: write it.
    Write,
    /// Its owner changed it: leave it.
    Edited,
    /// Its owner removed it: leave it out.
    Removed,
}

impl CrateRecord {
    /// What to do with `file`, given what lies in its place now. Texts are compared, not the bytes that end their
    /// lines, which version control may have changed.
    pub fn update(&self, file: &CrateFile, present: Option<&[u8]>) -> FileUpdate {
        match (present, self.files.get(&file.path)) {
            (Some(bytes), _) if lines(bytes) == lines(file.content.as_bytes()) => FileUpdate::Same,
            (Some(bytes), Some(generated)) if digest(bytes) == *generated => FileUpdate::Write,
            (Some(_), _) => FileUpdate::Edited,
            (None, Some(_)) => FileUpdate::Removed,
            (None, None) => FileUpdate::Write,
        }
    }
}

/// The bytes of a text with `\n` at the end of each line.
pub fn lines(text: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte != b'\r' || text.get(at + 1) != Some(&b'\n') {
            lines.push(*byte);
        }
    }
    lines
}

/// SHA-256 of a text, whatever ends its lines, as hexadecimal digits.
pub(super) fn digest(text: &[u8]) -> String {
    Sha256::digest(lines(text)).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_is_left() {
        let file = |path: &str, content: &str| CrateFile { path: path.to_owned(), content: content.to_owned() };
        let record = CrateRecord {
            name: String::new(),
            version: String::new(),
            pde: String::new(),
            hash: String::new(),
            options: CrateOptions::default(),
            genphys: GenphysSource::Version("1".to_owned()),
            files: BTreeMap::from([("a".to_owned(), digest(b"old"))]),
        };
        let new = file("a", "new");
        assert_eq!(record.update(&new, Some(b"old")), FileUpdate::Write);
        assert_eq!(record.update(&new, Some(b"new")), FileUpdate::Same);
        assert_eq!(record.update(&new, Some(b"mine")), FileUpdate::Edited);
        assert_eq!(record.update(&new, None), FileUpdate::Removed);
        assert_eq!(record.update(&file("a", "two\nlines\n"), Some(b"two\r\nlines\r\n")), FileUpdate::Same);
        assert_eq!(record.update(&file("a", "two\nlines\n"), Some(b"two\r\nlines\r")), FileUpdate::Edited);
        assert_eq!(digest(b"two\r\nlines\r\n"), digest(b"two\nlines\n"));
        // A file that this version of genphys adds: written, but not over the owner's.
        assert_eq!(record.update(&file("b", "new"), None), FileUpdate::Write);
        assert_eq!(record.update(&file("b", "new"), Some(b"mine")), FileUpdate::Edited);
    }
}
