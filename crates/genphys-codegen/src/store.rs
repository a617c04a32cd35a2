//! Derivations on disk: `genphys derive` writes them, the macro reads them, both find them here.
//!
//! `pdes/yukawa.pde` has its derivation in `pdes/yukawa.derivation.json`. An equation written inline has none beside
//! it; its derivation lies in `pdes/inline/` under the first 16 digits of its hash.

use genphys_pde::derivation::{Derivation, SCHEMA};
use genphys_pde::pde::Pde;
use genphys_verify::Judged;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The longest file of a derivation; the longest that has been seen has a hundredth of it.
const MOST_BYTES: usize = 64 << 20;

/// Why a derivation on disk cannot be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is none.
    #[error("there is no derivation at {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// It belongs to another version of the equation.
    #[error("{path} is stale: it was derived from another version of the equation")]
    Stale {
        /// The file.
        path: PathBuf,
    },
    /// It was written by a version of genphys with another serialised form.
    #[error("{path} has schema {found}; this version of genphys reads schema {SCHEMA}")]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema it declares.
        found: u32,
    },
    /// It is no derivation.
    #[error("{path} is not a derivation: {source}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The checker does not accept what it says: it was changed, or merged from several.
    #[error("{path} is not accepted by the checker:\n  {}", differences.join("\n  "))]
    Refused {
        /// The file.
        path: PathBuf,
        /// Each part that is not as the checker accepts it.
        differences: Vec<String>,
    },
    /// It cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It cannot be written as JSON: a number in it is infinite or not a number.
    #[error("the derivation cannot be written as JSON: {0}")]
    Unwritable(#[source] serde_json::Error),
}

/// Where the derivation of an equation in a file lies: `pdes/yukawa.pde` -> `pdes/yukawa.derivation.json`.
pub fn derivation_path(pde: &Path) -> PathBuf {
    pde.with_extension("derivation.json")
}

/// Where the derivation of an equation written in the attribute itself lies, in the crate at `root`.
pub fn inline_derivation_path(root: &Path, hash: &str) -> PathBuf {
    let short: String = hash.chars().take(16).collect();
    root.join("pdes").join("inline").join(format!("{short}.derivation.json"))
}

/// The text of a derivation file: indented JSON with a final line end, the same to the byte for the same derivation.
///
/// # Errors
/// [`StoreError::Unwritable`].
pub fn derivation_text(derivation: &Derivation) -> Result<String, StoreError> {
    serde_json::to_string_pretty(derivation).map(|text| text + "\n").map_err(StoreError::Unwritable)
}

/// Reads the derivation at `path`, checks that it was derived from this version of the equation, and checks every claim
/// in it again.
///
/// # Errors
/// Every other [`StoreError`]; [`StoreError::Missing`] and [`StoreError::Stale`] are the two that deriving anew cures.
pub fn read_fresh(path: &Path, pde: &Pde) -> Result<Judged, StoreError> {
    let derivation = read(path, &pde.hash)?;
    let refused = |differences| StoreError::Refused { path: path.to_owned(), differences };
    genphys_verify::recheck(pde, &derivation).map_err(refused)
}

/// Where two derivations differ, as paths with both values; at most `most` of them.
pub fn differences(stored: &Derivation, fresh: &Derivation, most: usize) -> Vec<String> {
    let tree = |derivation| serde_json::to_value(derivation).unwrap_or_default();
    let mut found = Vec::new();
    compare("", &tree(stored), &tree(fresh), &mut found);
    let left_out = found.len().saturating_sub(most);
    found.truncate(most);
    if left_out > 0 {
        found.push(format!("and {left_out} more"));
    }
    found
}

fn compare(path: &str, stored: &serde_json::Value, fresh: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value::{Array, Null, Object};
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (stored, fresh) {
        (Object(a), Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                compare(&below(key), a.get(key).unwrap_or(&Null), b.get(key).unwrap_or(&Null), found);
            }
        }
        (Array(a), Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                compare(&below(&i.to_string()), x, y, found);
            }
        }
        (a, b) if a != b => found.push(format!("{path}: {} in the file, {} derived", short(a), short(b))),
        _ => {}
    }
}

/// A value on one line, cut where it is long.
fn short(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Reads the derivation at `path` of the source with this hash ([`genphys_pde::pde::Pde::hash`]), without a look at
/// what it claims.
///
/// # Errors
/// Every [`StoreError`] about reading.
pub fn read(path: &Path, hash: &str) -> Result<Derivation, StoreError> {
    let bytes = genphys_files::read(path, MOST_BYTES).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing { path: path.to_owned() },
        _ => StoreError::Unreadable { path: path.to_owned(), source },
    })?;
    parse(path, &bytes, hash)
}

fn parse(path: &Path, text: &[u8], hash: &str) -> Result<Derivation, StoreError> {
    let malformed = |source| StoreError::Malformed { path: path.to_owned(), source };
    let value: serde_json::Value = serde_json::from_slice(text).map_err(malformed)?;
    // The schema first: a later form may not deserialise at all, and the reason is its version.
    if let Some(found) = value.get("schema").and_then(serde_json::Value::as_u64)
        && found != u64::from(SCHEMA)
    {
        return Err(StoreError::Schema { path: path.to_owned(), found: u32::try_from(found).unwrap_or(u32::MAX) });
    }
    let derivation: Derivation = serde_json::from_value(value).map_err(malformed)?;
    if derivation.pde.hash == hash { Ok(derivation) } else { Err(StoreError::Stale { path: path.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_lies_beside_the_equation() {
        assert_eq!(derivation_path(Path::new("pdes/yukawa.pde")), Path::new("pdes/yukawa.derivation.json"));
        let inline = inline_derivation_path(Path::new("/crate"), "0123456789abcdef0123");
        assert_eq!(inline, Path::new("/crate/pdes/inline/0123456789abcdef.derivation.json"));
    }

    #[test]
    fn a_file_that_is_not_there_is_missing() {
        let found = read(Path::new("no/such/file.derivation.json"), "");
        assert!(matches!(found, Err(StoreError::Missing { .. })));
    }

    #[test]
    fn a_later_schema_is_named_and_not_called_malformed() {
        let found = parse(Path::new("a"), br#"{"schema": 2, "all": "different"}"#, "");
        assert!(matches!(found, Err(StoreError::Schema { found: 2, .. })));
        let found = parse(Path::new("a"), br#"{"schema": 1}"#, "");
        assert!(matches!(found, Err(StoreError::Malformed { .. })));
    }
}
