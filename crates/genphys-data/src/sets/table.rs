//! Tables: CSV and its relatives, with a header line or without.

use super::array::{Found, MAX_VALUES, normalise};
use super::dataset::{DataShape, Dataset};
use super::error::DataError;
use super::options::ReadOptions;
use super::raw::Raw;
use super::reading::{Reading, counted, shown, some};
use super::table_text::{Separator, Style, Text, comments_told};
use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Rows after which different whole numbers are taken to stay different.
const DIFFERENT: usize = 1 << 20;

/// Whether a name ends as those of tables do.
pub(crate) fn is_table(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("csv" | "tsv" | "tab" | "txt" | "dat"))
}

/// Reads a table of numbers; every column is one coordinate, except that named `label`, which holds the names of
/// classes. What separates the columns, the decimal mark, and whether the first line holds names is read off the first
/// lines.
pub(crate) fn read(path: &Path, label: Option<&str>, options: &ReadOptions) -> Result<Dataset, DataError> {
    let style = Style::of(path, options)?;
    let columns = Columns::of(path, &style, label, options)?;
    let text = Text::open(path, style.separator)?;
    let comments = text.comments();
    let delimiter = if let Separator::Byte(byte) = style.separator { byte } else { b'\t' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).trim(Trim::All).has_headers(false).from_reader(text);
    let mut record = StringRecord::new();
    let mut rows = Rows::new(path, &style, &columns);
    let mut first = true;
    while reader.read_record(&mut record).map_err(|error| refused(path, error))? {
        if std::mem::take(&mut first) && style.first_line_is_names {
            continue;
        }
        rows.add(&record)?;
    }
    let Rows { values, classes, decimal, counting, .. } = rows;
    let count = values.len() / columns.picked.len().max(1);
    let mut reading = Reading { options: options.clone(), ..Reading::default() };
    reading.options.label = columns.label.map(|index| columns.names[index].clone());
    let header = if style.names.is_some() { "" } else { ", without names" };
    reading.read.push(format!(
        "{} of {} between {}{header}",
        counted(count, "point"),
        counted(columns.picked.len(), "column"),
        style.separator.name()
    ));
    if decimal == Some(b',') {
        reading.read.push("decimal commas".into());
    }
    if let Some(index) = columns.label {
        reading.read.push(format!("classes in column {}", shown(&columns.names[index])));
    }
    if count > 2 && options.normalisation.is_none() {
        for (place, counting) in columns.picked.iter().zip(&counting) {
            if let Some(told) = columns.row_number(path, *place, counting)? {
                reading.read.push(told);
            }
        }
    }
    reading.left_out.extend(comments_told(comments.get(), &style));
    let mut used = vec![false; columns.names.len()];
    columns.picked.iter().chain(&columns.label).for_each(|index| used[*index] = true);
    let left: Vec<&String> =
        columns.names.iter().zip(used).filter_map(|(name, used)| (!used).then_some(name)).collect();
    if !left.is_empty() {
        reading.left_out.push(format!("columns {}", some(&left)));
    }
    let names = style.names.is_some().then(|| columns.picked.iter().map(|i| columns.names[*i].clone()).collect());
    let shape = DataShape::Vector { dim: columns.picked.len(), names };
    let (labels, class_names) = numbered(tidied(classes));
    let labels = columns.label.map(|_| labels);
    normalise(path, Found { raw: Raw::F64(values), shape, labels, class_names, reading }, options)
}

/// Which columns there are, and what for.
struct Columns {
    /// Names, or numbers from one where there are none.
    names: Vec<String>,
    /// Whether the header has a name for it.
    named: Vec<bool>,
    /// Those that are coordinates, in their order.
    picked: Vec<usize>,
    label: Option<usize>,
    /// Whether the user has named them.
    chosen: bool,
}

impl Columns {
    fn of(path: &Path, style: &Style, label: Option<&str>, options: &ReadOptions) -> Result<Self, DataError> {
        let given = style.names.clone().unwrap_or_else(|| vec![String::new(); style.columns]);
        let named: Vec<bool> = given.iter().map(|name| !name.is_empty()).collect();
        let names: Vec<String> = given
            .into_iter()
            .enumerate()
            .map(|(index, name)| if name.is_empty() { (index + 1).to_string() } else { name })
            .collect();
        if style.names.is_some() && named.iter().all(|named| !named) {
            return Err(DataError::format(path, "a header line with the names of the columns", "none"));
        }
        let mut columns = Self { names, named, picked: Vec::new(), label: None, chosen: options.columns.is_some() };
        let for_model = options.normalisation.is_some();
        columns.label = match label {
            // Other data that a model is shown need have no labels.
            Some(label) if for_model && columns.find(path, label).is_err() => None,
            Some(label) => Some(columns.find(path, label)?),
            None => None,
        };
        let all = || (0..columns.names.len()).filter(|index| Some(*index) != columns.label).collect::<Vec<_>>();
        columns.picked = match &options.columns {
            None => all(),
            Some(wanted) => {
                let (mut picked, mut known) = (Vec::new(), vec![false; columns.names.len()]);
                // Of thousands of names each is looked up at once where only one column has it.
                let mut places = HashMap::<&str, Option<usize>>::new();
                for (index, name) in columns.names.iter().enumerate() {
                    places.entry(name).and_modify(|place| *place = None).or_insert(Some(index));
                }
                for name in wanted {
                    let found = match places.get(name.trim()) {
                        Some(Some(index)) => vec![*index],
                        _ => columns.range(path, name)?,
                    };
                    for index in found.into_iter().filter(|index| Some(*index) != columns.label) {
                        if std::mem::replace(&mut known[index], true) {
                            return Err(DataError::format(
                                path,
                                "every column once",
                                format!("`{}` twice", shown(name)),
                            ));
                        }
                        picked.push(index);
                    }
                }
                picked
            }
        };
        if columns.picked.is_empty() {
            return Err(DataError::format(path, "columns of numbers beside the labels", "none"));
        }
        Ok(columns)
    }

    /// The column of that name; a `#` before it does not count.
    fn find(&self, path: &Path, wanted: &str) -> Result<usize, DataError> {
        let bare = |name: &str| name.trim_start_matches('#').trim().to_owned();
        let exact: Vec<usize> = (0..self.names.len()).filter(|i| self.names[*i] == wanted.trim()).collect();
        let like: Vec<usize> = (0..self.names.len()).filter(|i| bare(&self.names[*i]) == bare(wanted)).collect();
        match (exact.as_slice(), like.as_slice()) {
            ([index], _) | ([], [index]) => Ok(*index),
            ([], []) => {
                let found = format!("the columns {}", some(&self.names));
                Err(DataError::format(path, format!("a column `{}`", shown(wanted)), found))
            }
            _ => Err(DataError::format(path, format!("one column `{}`", shown(wanted)), "several of that name")),
        }
    }

    /// The column of that name, or those from one number to another, such as `2-9`.
    fn range(&self, path: &Path, wanted: &str) -> Result<Vec<usize>, DataError> {
        let numbers =
            wanted.split_once('-').and_then(|(a, b)| Some((a.parse::<usize>().ok()?, b.parse::<usize>().ok()?)));
        match (self.find(path, wanted), numbers) {
            (Ok(index), _) => Ok(vec![index]),
            (Err(_), Some((first, last))) if first >= 1 && first <= last && last <= self.names.len() => {
                Ok((first - 1..last).filter(|index| Some(*index) != self.label).collect())
            }
            (Err(error), _) => Err(error),
        }
    }

    /// What is to be told about a column that counts the rows.
    ///
    /// # Errors
    /// When it is a row number and no measurement, as its name, or that it has none, shows.
    fn row_number(&self, path: &Path, place: usize, counting: &Counting) -> Result<Option<String>, DataError> {
        let name = &self.names[place];
        let counts = counting.from.is_some_and(|from| from <= 1.0);
        let suspicious = !self.named[place] || is_index_name(name);
        let numbers_rows = counts || suspicious && counting.different.is_some();
        if self.chosen || self.picked.len() < 2 || !numbers_rows {
            return Ok(None);
        }
        let others: Vec<usize> = self.picked.iter().copied().filter(|index| *index != place).collect();
        let names: Vec<&str> = others.iter().map(|index| self.names[*index].as_str()).collect();
        let last = self.names.len();
        let rest = match (names.len(), place) {
            (..=8, _) => names.join(","),
            (_, 0) => format!("2-{last}"),
            _ => format!("1-{place},{}-{last}", place + 2),
        };
        let fix = format!("--columns {rest}");
        let how = if counts { "counts the rows" } else { "numbers the rows" };
        if !suspicious {
            return Ok(Some(format!("column {} {how} (if it is no measurement: {fix})", shown(name))));
        }
        let what = if self.named[place] { format!("`{}`", shown(name)) } else { format!("{name}, which has no name,") };
        Err(DataError::Unclear {
            name: path.display().to_string(),
            what: format!("column {what} {how}: a row number, not a measurement"),
            help: format!("leave it out with {fix}, or name it there as well to keep it"),
        })
    }
}

/// Names that programs and people give to row numbers.
fn is_index_name(name: &str) -> bool {
    let name = name.trim_matches('#').trim().to_lowercase();
    let known = [
        "index",
        "idx",
        "id",
        "row",
        "rowid",
        "row_id",
        "row id",
        "rownames",
        "row_number",
        "no",
        "no.",
        "nr",
        "level_0",
    ];
    known.contains(&name.as_str()) || name.starts_with("unnamed: ")
}

/// Whether a column is one of row numbers, as far as it was read.
struct Counting {
    /// What it counts from, by ones.
    from: Option<f64>,
    /// Its values, while they are different whole numbers.
    different: Option<HashSet<u64>>,
    rows: usize,
}

impl Counting {
    fn add(&mut self, value: f64) {
        if self.rows == 0 {
            self.from = (value == 0.0 || value == 1.0).then_some(value);
        } else if self.from.is_some_and(|from| value != from + self.rows as f64) {
            self.from = None;
        }
        if let Some(seen) = &mut self.different
            && seen.len() < DIFFERENT
            && !(value >= 0.0 && value.fract() == 0.0 && seen.insert(value as u64))
        {
            self.different = None;
        }
        self.rows += 1;
    }
}

/// What was read of a table.
struct Rows<'a> {
    path: &'a Path,
    separator: Separator,
    columns: &'a Columns,
    values: Vec<f64>,
    classes: Vec<String>,
    /// The decimal mark of the file, once one was met.
    decimal: Option<u8>,
    counting: Vec<Counting>,
}

impl<'a> Rows<'a> {
    fn new(path: &'a Path, style: &Style, columns: &'a Columns) -> Self {
        let counting = |place: &usize| {
            let suspicious = !columns.named[*place] && style.names.is_some() || is_index_name(&columns.names[*place]);
            Counting { from: None, different: suspicious.then(HashSet::new), rows: 0 }
        };
        let counting = columns.picked.iter().map(counting).collect();
        let separator = style.separator;
        Self { path, separator, columns, values: Vec::new(), classes: Vec::new(), decimal: None, counting }
    }

    fn add(&mut self, record: &StringRecord) -> Result<(), DataError> {
        let line = record.position().map_or(0, csv::Position::line);
        let columns = self.columns;
        if record.len() != columns.names.len() {
            let expected = format!("{} columns as in the header", columns.names.len());
            return Err(DataError::format(self.path, expected, format!("{} in line {line}", record.len())));
        }
        for (place, counting) in columns.picked.iter().zip(&mut self.counting) {
            let field = record.get(*place).unwrap_or_default();
            let value = number(field, self.separator, &mut self.decimal).ok_or_else(|| DataError::Cell {
                path: self.path.into(),
                line,
                column: columns.names[*place].clone(),
                found: shown(field),
            })?;
            counting.add(value);
            self.values.push(value);
        }
        if let Some(label) = columns.label {
            self.classes.push(record.get(label).unwrap_or_default().to_owned());
        }
        if self.values.len() as u64 > MAX_VALUES {
            let name = self.path.display().to_string();
            return Err(DataError::TooLarge { name, limit: MAX_VALUES, found: "more".into() });
        }
        Ok(())
    }
}

/// A finite number. A table has one decimal mark, a point or (where it does not separate columns) a comma.
fn number(field: &str, separator: Separator, decimal: &mut Option<u8>) -> Option<f64> {
    let comma = separator.leaves_commas() && field.contains(',');
    let mark = if comma { Some(b',') } else { field.contains('.').then_some(b'.') };
    if let Some(mark) = mark
        && *decimal.get_or_insert(mark) != mark
    {
        return None;
    }
    let value = if comma { field.replacen(',', ".", 1).parse() } else { field.parse() };
    value.ok().filter(|value: &f64| value.is_finite())
}

/// Names of classes; where all are whole numbers they are written as such: `1.000e+00` is 1.
fn tidied(classes: Vec<String>) -> Vec<String> {
    let whole = |class: &String| class.parse().ok().filter(|value: &f64| value.fract() == 0.0 && value.abs() < 1e15);
    match classes.iter().map(whole).collect::<Option<Vec<f64>>>() {
        Some(numbers) => numbers.iter().map(|number| (*number as i64).to_string()).collect(),
        None => classes,
    }
}

/// Numbers for the classes of points, and the names of the classes in alphabetical order.
pub(crate) fn numbered(classes: Vec<String>) -> (Vec<u32>, Vec<String>) {
    let mut names: Vec<String> = classes.clone();
    names.sort();
    names.dedup();
    let number = |class: String| names.binary_search(&class).unwrap_or_default() as u32;
    (classes.into_iter().map(number).collect(), names)
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
