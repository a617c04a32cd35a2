//! A diagnostic as plain text with line, column, source line and caret.

use crate::diagnostic::{Diagnostic, Label};
use crate::lexer::is_invisible;
use std::fmt::Write;

/// Most characters of a source line that are shown.
const MAX_WIDTH: usize = 120;
/// A tab is shown as this.
const TAB: &str = "    ";

/// The diagnostic as plain text:
///
/// ```text
/// error[P030]: unknown name `eps`
///   --> wave.pde:2:19
///    |
///  2 |     dt(phi) = eps*lap(phi)
///    |               ^^^ not declared
///    |
///    = help: declare it with `param eps`
/// ```
///
/// Lines and columns count from 1, columns in characters. `text` is the source that was read (for bytes that are not
/// UTF-8, their lossy conversion).
pub fn render(diagnostic: &Diagnostic, file_name: &str, text: &str) -> String {
    let mut out = format!("{diagnostic}\n");
    let places: Vec<Place<'_>> = diagnostic.labels.iter().map(|label| Place::of(label, text)).collect();
    let gutter = places.iter().map(|place| place.line.to_string().len()).max().unwrap_or(1);
    let blank = " ".repeat(gutter);
    for (at, place) in places.iter().enumerate() {
        let arrow = if at == 0 { "-->" } else { ":::" };
        // Writing to a string cannot fail.
        let _ = writeln!(out, " {blank}{arrow} {file_name}:{}:{}", place.line, place.column);
        let _ = writeln!(out, " {blank} |");
        let (shown, before, carets) = place.window();
        let _ = writeln!(out, " {:>gutter$} | {shown}", place.line);
        let marks = format!("{}{}", " ".repeat(before), "^".repeat(carets));
        let _ = writeln!(out, "{}", format!(" {blank} | {marks} {}", place.text).trim_end());
    }
    if places.is_empty() {
        let _ = writeln!(out, " {blank}--> {file_name}");
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, " {blank} |\n {blank} = help: {help}");
    }
    out
}

/// Line and column, both from 1, of a byte offset; columns count characters.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let offset = floor(text, offset);
    let start = line_start(text, offset);
    let line = text[..start].replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    let column = text[start..offset].chars().filter(|letter| *letter != '\u{FEFF}').count() + 1;
    (line, column)
}

/// The character boundary at or before an offset.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind(['\n', '\r']).map_or(0, |end| end + 1)
}

struct Place<'a> {
    line: usize,
    column: usize,
    /// The line up to the label, the labelled part of the line, and what follows.
    before: &'a str,
    marked: &'a str,
    after: &'a str,
    text: &'a str,
}

impl<'a> Place<'a> {
    fn of(label: &'a Label, text: &'a str) -> Self {
        let start = floor(text, label.span.start);
        let end = floor(text, label.span.end.max(start));
        let (line, column) = line_and_column(text, start);
        let first = line_start(text, start);
        let last = text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length);
        let end = end.min(last);
        let before = text[first..start].trim_start_matches('\u{FEFF}');
        Self { line, column, before, marked: &text[start..end], after: &text[end..last], text: &label.text }
    }

    /// The line cut to a readable width, the columns before the caret, and the number of carets. The work does not grow
    /// with the length of the line: a file of one line may have a hundred problems in it.
    fn window(&self) -> (String, usize, usize) {
        let shown: usize = [self.before, self.marked, self.after].iter().map(|part| expand(part.chars()).count()).sum();
        let cut_before = shown > MAX_WIDTH;
        let most = if cut_before { MAX_WIDTH / 3 } else { MAX_WIDTH };
        let mut before: Vec<char> = expand(self.before.chars().rev()).take(most + 1).collect();
        let dots = if before.len() > most { "…" } else { "" };
        before.truncate(most);
        before.reverse();
        let marked: Vec<char> = expand(self.marked.chars()).take(MAX_WIDTH).collect();
        let after = expand(self.after.chars()).take(MAX_WIDTH);
        let kept: Vec<char> = before.iter().copied().chain(marked.iter().copied()).chain(after).collect();
        let cut = kept.len() > MAX_WIDTH;
        let line: String = kept.iter().take(MAX_WIDTH).collect();
        let carets = marked.len().clamp(1, MAX_WIDTH - before.len().min(MAX_WIDTH - 1));
        (format!("{dots}{line}{}", if cut { "…" } else { "" }), before.len() + dots.chars().count(), carets)
    }
}

/// Tabs and characters that cannot be seen as something with a width, no more of a line than could be shown.
fn expand<'a>(letters: impl Iterator<Item = char> + 'a) -> impl Iterator<Item = char> + 'a {
    let widened = letters.flat_map(|letter| {
        let (letter, times) = match letter {
            '\t' => (' ', TAB.len()),
            letter if is_invisible(letter) => ('\u{FFFD}', 1),
            letter => (letter, 1),
        };
        std::iter::repeat_n(letter, times)
    });
    widened.take(MAX_WIDTH + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Code;
    use crate::span::Span;

    fn diagnostic(start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(Code::UnknownName, "unknown name `e`").label(Span::new(start, end), "here")
    }

    #[test]
    fn carets_stand_under_the_label() {
        let text = "pde a {\r\n\tdt(φ) = e*lap(φ)\r\n}";
        let at = text.find("e*").unwrap();
        let shown = render(&diagnostic(at, at + 1).help("no"), "a.pde", text);
        let expected = "error[P030]: unknown name `e`\n  --> a.pde:2:10\n   |\n 2 |     dt(φ) = e*lap(φ)\n   \
                        |             ^ here\n   |\n   = help: no\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let text = "a".repeat(1000);
        let shown = render(&diagnostic(500, 900), "a.pde", &text);
        assert!(shown.lines().all(|line| line.chars().count() < 140), "{shown}");
        assert!(shown.contains("…"));
    }

    #[test]
    fn any_span_is_shown() {
        for text in ["", "φ", "a\n", "\n\r\n\r"] {
            for start in 0..6 {
                for end in 0..6 {
                    assert!(render(&diagnostic(start, end), "a", text).contains("P030"));
                }
            }
        }
        assert_eq!(line_and_column("a\r\nb\rc\nd", 7), (4, 1));
    }
}
