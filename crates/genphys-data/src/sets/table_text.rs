//! The text of a table: what separates its columns, whether its first line holds names, and what is no part of it.

use super::error::DataError;
use super::options::ReadOptions;
use super::ordinary;
use super::reading::{counted, shown};
use csv::ReaderBuilder;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

/// Bytes and lines from which the style is read off.
const LOOKED_AT: u64 = 1 << 18;
const LINES: usize = 40;

/// What some programs write before UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Longest line believed: a million numbers fit.
const LONGEST_LINE: usize = 1 << 25;

/// What stands between columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    Byte(u8),
    /// Any number of spaces and tabs, as `numpy.savetxt` writes them.
    Blanks,
}

impl Separator {
    /// The cells of a line.
    fn split(self, line: &str) -> Vec<String> {
        match self {
            Self::Blanks => line.split_whitespace().map(str::to_owned).collect(),
            Self::Byte(byte) => {
                let mut reader = ReaderBuilder::new().has_headers(false).delimiter(byte).from_reader(line.as_bytes());
                let first = reader.records().next().and_then(Result::ok).unwrap_or_default();
                first.iter().map(|cell| cell.trim().to_owned()).collect()
            }
        }
    }

    /// Whether a comma can be the decimal mark.
    pub(crate) fn leaves_commas(self) -> bool {
        self != Self::Byte(b',')
    }

    fn is_number(self, cell: &str) -> bool {
        cell.parse::<f64>().is_ok() || self.leaves_commas() && cell.replacen(',', ".", 1).parse::<f64>().is_ok()
    }

    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Byte(b',') => "commas",
            Self::Byte(b';') => "semicolons",
            Self::Byte(b'\t') => "tabs",
            Self::Byte(_) => "bars",
            Self::Blanks => "spaces",
        }
    }
}

/// How a table is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    pub(crate) separator: Separator,
    /// Their number.
    pub(crate) columns: usize,
    /// Names of the columns where there are any.
    pub(crate) names: Option<Vec<String>>,
    /// Whether they are the first line that is no comment.
    pub(crate) first_line_is_names: bool,
}

impl Style {
    /// Reads the style off the first lines of a file.
    ///
    /// # Errors
    /// When there is no line, or it does not show whether the first holds names.
    pub(crate) fn of(path: &Path, options: &ReadOptions) -> Result<Self, DataError> {
        let mut start = Vec::new();
        ordinary::open(path)?.take(LOOKED_AT).read_to_end(&mut start).map_err(DataError::io(path))?;
        if start.len() as u64 == LOOKED_AT {
            // The last line is not whole.
            start.truncate(start.iter().rposition(|byte| *byte == b'\n').unwrap_or(start.len()));
        }
        let text = String::from_utf8_lossy(&start);
        let text = text.trim_start_matches('\u{feff}');
        let filled = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
        let (comments, lines): (Vec<&str>, Vec<&str>) = filled.take(LINES).partition(|line| line.starts_with('#'));
        let Some(first) = lines.first() else {
            return Err(DataError::format(
                path,
                "a header line with the names of the columns, and lines of numbers",
                "none",
            ));
        };
        let separator = separator(path, &lines);
        if separator == Separator::Byte(b',') && are_decimals(&lines) {
            return Err(DataError::Unclear {
                name: path.display().to_string(),
                what: format!(
                    "lines such as `{}` may be two columns, or one of numbers with a decimal comma",
                    shown(first)
                ),
                help: "write decimal points, or a line with the names of the columns before them".into(),
            });
        }
        let cells = separator.split(first);
        let columns = cells.len();
        let noted = comments.iter().rev().find_map(|comment| names_in(comment, separator, columns));
        let (names, first_line_is_names) = match (options.header, first_line_holds_names(separator, &lines)) {
            (Some(true), Some(false)) if noted.is_some() => (noted, false),
            (Some(true), _) | (None, Some(true)) => (Some(cells), true),
            (Some(false), _) => (None, false),
            (None, _) if noted.is_some() => (noted, false),
            (None, Some(false)) => (None, false),
            (None, None) => {
                return Err(DataError::Unclear {
                    name: path.display().to_string(),
                    what: format!("the first line, `{}`, may hold names or numbers", shown(first)),
                    help: "say --header yes (names of the columns) or --header no (a point)".into(),
                });
            }
        };
        Ok(Self { separator, columns, names, first_line_is_names })
    }
}

/// What divides every line into the same number of cells. A comma comes late: it may be the decimal mark.
fn separator(path: &Path, lines: &[&str]) -> Separator {
    let divides = |separator: &Separator| {
        let mut counts = lines.iter().map(|line| separator.split(line).len());
        let first = counts.next().unwrap_or(0);
        first > 1 && counts.all(|count| count == first)
    };
    let bytes = [b';', b'\t', b',', b'|'].map(Separator::Byte);
    let numbers = |line: &&str| {
        let cells = Separator::Blanks.split(line);
        cells.len() > 1 && cells.iter().all(|cell| Separator::Blanks.is_number(cell))
    };
    let tabs = path.extension().is_some_and(|extension| matches!(extension.to_str(), Some("tsv" | "tab")));
    bytes.into_iter().find(divides).unwrap_or_else(|| {
        if lines.len() > 1 && lines[1..].iter().all(numbers) && divides(&Separator::Blanks) {
            Separator::Blanks
        } else {
            Separator::Byte(if tabs { b'\t' } else { b',' })
        }
    })
}

/// Whether all lines are two whole numbers with a comma between them of which some second one begins as no whole number
/// does.
fn are_decimals(lines: &[&str]) -> bool {
    let halves = |line: &&str| line.split_once(',').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let pairs: Option<Vec<_>> = lines.iter().map(halves).collect();
    pairs.is_some_and(|pairs| {
        pairs.iter().all(|(a, b)| digits(a.trim_start_matches(['-', '+'])) && digits(b))
            && pairs.iter().any(|(_, b)| b.len() > 1 && b.starts_with('0'))
    })
}

/// Whether numbers go up or down by one step, as those do that name columns: years, wavelengths, places. Of a few that
/// are not whole any point may.
fn goes_by_steps(cells: &[String], separator: Separator) -> bool {
    let number = |cell: &String| {
        let cell = if separator.leaves_commas() { cell.replacen(',', ".", 1) } else { cell.clone() };
        cell.parse::<f64>().ok()
    };
    let Some(numbers) = cells.iter().map(number).collect::<Option<Vec<f64>>>() else { return false };
    let whole = numbers.iter().all(|number| number.fract() == 0.0);
    let step = match numbers.as_slice() {
        [a, b, _, ..] if whole && numbers.len() > 2 || numbers.len() > 3 => b - a,
        _ => return false,
    };
    let size = numbers.iter().fold(0.0f64, |size, number| size.max(number.abs()));
    step != 0.0 && numbers.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() <= 1e-9 * size)
}

/// Whether the first line holds names: a cell of it is no number where the next line has one. `None` where it holds the
/// numbers of the columns, 0, 1, 2, … or 1, 2, 3, …, which other programs write as names, or others that go by steps
/// where those of the second line do not.
fn first_line_holds_names(separator: Separator, lines: &[&str]) -> Option<bool> {
    let cells = separator.split(lines[0]);
    let numeric: Vec<bool> = cells.iter().map(|cell| separator.is_number(cell)).collect();
    if numeric.iter().all(|numeric| *numeric) {
        let counts = |from: usize| cells.iter().enumerate().all(|(i, cell)| *cell == (i + from).to_string());
        let second = lines.get(1).map(|line| separator.split(line)).unwrap_or_default();
        let steps = goes_by_steps(&cells, separator) && !goes_by_steps(&second, separator);
        return if counts(0) || counts(1) || steps { None } else { Some(false) };
    }
    let Some(second) = lines.get(1).map(|line| separator.split(line)) else { return Some(true) };
    let differs = numeric.iter().zip(&second).any(|(numeric, below)| !numeric && separator.is_number(below));
    Some(differs || numeric.iter().all(|numeric| !numeric))
}

/// The names in a comment such as `# label,x,y`, if they are as many as the columns.
fn names_in(comment: &str, separator: Separator, columns: usize) -> Option<Vec<String>> {
    let text = comment.trim_start_matches('#').trim();
    let names = [separator, Separator::Blanks].map(|separator| separator.split(text));
    names.into_iter().find(|names| names.len() == columns && !names.iter().all(|name| separator.is_number(name)))
}

/// The lines of a table without comments; line numbers stay as they are.
pub(crate) struct Text {
    reader: BufReader<File>,
    separator: Separator,
    state: State,
    length: usize,
    /// Comments up to now.
    comments: Rc<Cell<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    Comment,
    /// Whether blanks were passed over since the last cell.
    Line {
        cell: bool,
        blanks: bool,
    },
}

impl Text {
    pub(crate) fn open(path: &Path, separator: Separator) -> Result<Self, DataError> {
        let mut reader = BufReader::new(ordinary::open(path)?);
        if reader.fill_buf().map_err(DataError::io(path))?.starts_with(BOM) {
            reader.consume(BOM.len());
        }
        Ok(Self { reader, separator, state: State::LineStart, length: 0, comments: Rc::default() })
    }

    /// The number of comments met so far, read whenever it is asked for.
    pub(crate) fn comments(&self) -> Rc<Cell<usize>> {
        Rc::clone(&self.comments)
    }
}

impl Read for Text {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // A byte may become two: a separator and itself.
        let room = out.len() / 2;
        let mut written = 0;
        while written == 0 && room > 0 {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                return Ok(0);
            }
            let taken = bytes.len().min(room);
            let mut put = |byte: u8| {
                out[written] = byte;
                written += 1;
            };
            for byte in &bytes[..taken] {
                self.length += 1;
                if *byte == 0 {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "expected text, found a zero byte"));
                }
                if self.length > LONGEST_LINE {
                    let text = format!("expected lines of at most {LONGEST_LINE} bytes, found a longer one");
                    return Err(io::Error::new(io::ErrorKind::InvalidData, text));
                }
                if *byte == b'\n' || *byte == b'\r' {
                    put(*byte);
                    (self.state, self.length) = (State::LineStart, 0);
                    continue;
                }
                if self.state == State::LineStart {
                    self.state = match byte {
                        b'#' => {
                            self.comments.set(self.comments.get() + 1);
                            State::Comment
                        }
                        _ => State::Line { cell: false, blanks: false },
                    };
                }
                let State::Line { cell, blanks } = self.state else { continue };
                let blank = self.separator == Separator::Blanks && matches!(byte, b' ' | b'\t');
                if blank {
                    self.state = State::Line { cell, blanks: true };
                } else {
                    if cell && blanks {
                        put(b'\t');
                    }
                    put(*byte);
                    self.state = State::Line { cell: true, blanks: false };
                }
            }
            self.reader.consume(taken);
        }
        Ok(written)
    }
}

/// A note on comments, of which the names may be one.
pub(crate) fn comments_told(count: usize, style: &Style) -> Option<String> {
    let names_among_them = style.names.is_some() && !style.first_line_is_names;
    let count = count - usize::from(names_among_them).min(count);
    (count > 0).then(|| format!("{} with #", counted(count, "line")))
}
