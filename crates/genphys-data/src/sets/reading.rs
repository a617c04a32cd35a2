//! What was read, what was changed on the way, and what was left out: told in one line, kept with a run.

use super::options::ReadOptions;
use genphys_files::{hexadecimal, hides};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How a data set came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Choices, those included that the data decided: reading with them again gives the same.
    pub options: ReadOptions,
    /// What was found.
    pub read: Vec<String>,
    /// What was done to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// What is not in the data set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// SHA-256 of the normalised points: the same data are known again, whatever they are called.
    #[serde(default)]
    pub content: String,
}

impl Reading {
    /// One line for people.
    pub fn line(&self) -> String {
        let mut line = format!("read {}", self.read.join(", "));
        for (what, list) in [("changed", &self.changed), ("left out", &self.left_out)] {
            if !list.is_empty() {
                line += &format!("; {what}: {}", list.join(", "));
            }
        }
        line
    }
}

/// A number that tells data apart.
pub(crate) fn content(points: &[f32], dim: usize) -> String {
    let mut hash = Sha256::new();
    hash.update((dim as u64).to_le_bytes());
    let mut bytes = Vec::with_capacity(4 * 4096);
    for part in points.chunks(4096) {
        bytes.clear();
        bytes.extend(part.iter().flat_map(|value| value.to_le_bytes()));
        hash.update(&bytes);
    }
    hexadecimal(&hash.finalize())
}

/// `3 files`, `1 file`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The first few of some names, as they can be shown in one line.
pub(crate) fn some<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 8;
    let mut text = names.iter().take(MOST).map(|name| shown(name.as_ref())).collect::<Vec<_>>().join(", ");
    if names.len() > MOST {
        text += &format!(" and {} more", names.len() - MOST);
    }
    text
}

/// A name out of a file, at most 40 characters of it, without anything that moves a terminal's cursor.
pub(crate) fn shown(text: &str) -> String {
    let printed = |c: char| !hides(c) && !matches!(c, '\n' | '\t');
    let mut short: String = text.chars().take(40).map(|c| if printed(c) { c } else { '\u{fffd}' }).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}
