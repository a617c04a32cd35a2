//! Tables: CSV (or TSV) with a header line.

use super::array::{MAX_VALUES, normalise};
use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use std::path::Path;

/// Reads a table of numbers, separated by `delimiter`; every column is one coordinate, except that named `label`, which
/// holds the names of classes.
pub(crate) fn read(path: &Path, delimiter: u8, label: Option<&str>) -> Result<Dataset, DataError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(Trim::All)
        .from_path(path)
        .map_err(|error| refused(path, error))?;
    let header = reader.headers().map_err(|error| refused(path, error))?;
    let names: Vec<String> = header.iter().map(|name| name.trim_start_matches('\u{feff}').to_owned()).collect();
    if names.is_empty() || names.iter().all(String::is_empty) {
        return Err(DataError::format(path, "a header line with the names of the columns", "none"));
    }
    if names.iter().all(|name| name.parse::<f64>().is_ok()) {
        let found = format!("numbers in the first line (`{}`)", shorten(&names.join(",")));
        return Err(DataError::format(path, "a header line with the names of the columns", found));
    }
    let label_column = match label {
        Some(label) => Some(names.iter().position(|name| name == label).ok_or_else(|| {
            DataError::format(
                path,
                format!("a column `{label}`"),
                format!("the columns {}", shorten(&names.join(", "))),
            )
        })?),
        None => None,
    };
    let mut classes = Vec::new();
    let mut raw = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| refused(path, error))? {
        let line = record.position().map_or(0, csv::Position::line);
        for (index, (field, column)) in record.iter().zip(&names).enumerate() {
            if Some(index) == label_column {
                classes.push(field.to_owned());
                continue;
            }
            raw.push(number(field).ok_or_else(|| DataError::Cell {
                path: path.into(),
                line,
                column: column.clone(),
                found: shorten(field),
            })?);
        }
        if raw.len() as u64 > MAX_VALUES {
            let name = path.display().to_string();
            return Err(DataError::TooLarge { name, limit: MAX_VALUES, found: "more".into() });
        }
    }
    let Some(label_column) = label_column else {
        return normalise(path, raw, DataShape::Vector { dim: names.len(), names: Some(names) }, None);
    };
    let mut names = names;
    names.remove(label_column);
    if names.is_empty() {
        return Err(DataError::format(path, "columns of numbers beside the labels", "none"));
    }
    let (labels, class_names) = numbered(classes);
    let data = normalise(path, raw, DataShape::Vector { dim: names.len(), names: Some(names) }, Some(labels))?;
    Ok(data.with_class_names(class_names))
}

/// Numbers for the classes of points, and the names of the classes in alphabetical order.
pub(crate) fn numbered(classes: Vec<String>) -> (Vec<u32>, Vec<String>) {
    let mut names: Vec<String> = classes.clone();
    names.sort();
    names.dedup();
    let number = |class: String| names.binary_search(&class).unwrap_or_default() as u32;
    (classes.into_iter().map(number).collect(), names)
}

fn number(field: &str) -> Option<f64> {
    field.parse().ok().filter(|value: &f64| value.is_finite())
}

/// At most 40 characters of what was found.
fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn refused(path: &Path, error: csv::Error) -> DataError {
    let line = error.position().map_or(0, csv::Position::line);
    match error.into_kind() {
        ErrorKind::Io(source) => DataError::Io { path: path.into(), source },
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let expected = format!("{expected_len} columns as in the header");
            DataError::format(path, expected, format!("{len} in line {line}"))
        }
        ErrorKind::Utf8 { .. } => DataError::format(path, "UTF-8 text", format!("other bytes in line {line}")),
        other => DataError::format(path, "a table with a header line", format!("{other:?}")),
    }
}
