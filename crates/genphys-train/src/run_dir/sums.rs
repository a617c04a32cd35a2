//! `SHA256SUMS`: the checksums of a checkpoint's files, as `sha256sum` writes and checks them.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use genphys_files::hexadecimal;
use sha2::{Digest, Sha256};

use super::SUMS;
use crate::error::{Result, RuntimeError};

/// Checksums by the names of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sums(BTreeMap<String, String>);

impl Sums {
    pub(super) fn new(sums: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(sums.into_iter().collect())
    }

    /// Those in a folder; none where it has no file of them.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(SUMS);
        let bytes = match genphys_files::read(&path, 1 << 16) {
            Ok(bytes) => bytes,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(RuntimeError::io("cannot read", path)(error)),
        };
        let text = String::from_utf8_lossy(&bytes);
        let line = |line: &str| {
            // A star before the name says "binary", which makes no difference here.
            let (sum, name) = line.split_once(' ')?;
            let name = name.strip_prefix([' ', '*'])?;
            let is_sum = sum.len() == 64 && sum.bytes().all(|digit| digit.is_ascii_hexdigit());
            is_sum.then(|| (name.to_owned(), sum.to_ascii_lowercase()))
        };
        match text.lines().map(line).collect::<Option<_>>() {
            Some(sums) => Ok(Some(Self(sums))),
            None => Err(RuntimeError::RunFile {
                path,
                expected: "lines of a SHA-256 and a name".to_owned(),
                found: "something else: it is damaged".to_owned(),
            }),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn text(&self) -> String {
        self.0.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect()
    }
}

pub(super) fn of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

pub(super) fn of_file(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let (mut file, mut part) = (genphys_files::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            count => hash.update(&part[..count]),
        }
    }
}
