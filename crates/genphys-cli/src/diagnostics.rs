//! Problems of a `.pde` file as miette draws them: in colour with box characters on a terminal, plain elsewhere.

use crate::output;
use genphys_files::visible;
use genphys_pde::Diagnostic;
use genphys_pde::diagnostic::Severity;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};

/// Prints all problems of one file on stderr.
pub(crate) fn print(label: &str, bytes: &[u8], problems: &[Diagnostic]) {
    let text = String::from_utf8_lossy(bytes);
    for problem in problems {
        output::styled_note(&format!("{}\n", render(label, &text, problem, theme()).trim_end()));
    }
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    if errors > 1 {
        output::note(&format!("{label}: {errors} errors"));
    }
}

/// Longest line that is drawn whole; of a longer one only the surroundings of the problem are quoted.
const LONGEST_LINE: usize = 400;

/// Draws one problem.
pub(crate) fn render(label: &str, text: &str, problem: &Diagnostic, theme: GraphicalTheme) -> String {
    if problem.labels.iter().any(|place| line_around(text, place.span.start).len() > LONGEST_LINE) {
        return quote(label, text, problem);
    }
    let severity = match problem.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
    };
    let mut drawn = MietteDiagnostic::new(visible(&problem.message))
        .with_code(problem.code.id())
        .with_severity(severity)
        .with_labels(problem.labels.iter().enumerate().map(|(number, label)| {
            let (start, end) = cut(text, label.span.start, label.span.end);
            let (start, end) = (shown(text, start), shown(text, end));
            let words = (!label.text.is_empty()).then(|| visible(&label.text).into_owned());
            if number == 0 {
                LabeledSpan::new_primary_with_span(words, (start, end - start))
            } else {
                LabeledSpan::new_with_span(words, (start, end - start))
            }
        }));
    if let Some(help) = &problem.help {
        drawn = drawn.with_help(visible(help));
    }
    let report = Report::new(drawn).with_source_code(NamedSource::new(label, visible(text).into_owned()));
    let mut page = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(110).with_context_lines(1).with_links(false);
    match handler.render_report(&mut page, report.as_ref()) {
        Ok(()) => page,
        // Nothing may hide a problem, not even a fault in drawing it.
        Err(_) => format!("{label}: {}\n", visible(&problem.to_string())),
    }
}

/// Where a place of the text is in the text as it is shown.
fn shown(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    // Between the two characters of a line's end.
    let inside = before.ends_with('\r') && text[before.len()..].starts_with('\n');
    if inside { visible(&before[..before.len() - 1]).len() + 1 } else { visible(before).len() }
}

/// The problem without the line, which is too long to show: where it is and what stands there.
fn quote(label: &str, text: &str, problem: &Diagnostic) -> String {
    let (start, end) = cut(text, problem.span().start, problem.span().end);
    let before = text.get(..start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let near: String = text.get(start..end.max(start)).unwrap_or_default().chars().take(60).collect();
    let help = problem.help.as_ref().map(|help| format!("\n  help: {}", visible(help))).unwrap_or_default();
    let near = if near.is_empty() { String::new() } else { format!(", near `{}`", visible(&near)) };
    let problem = problem.to_string();
    let problem = visible(&problem);
    format!("{problem}\n  at {label}:{line}:{column}{near}{help}\n")
}

/// The line that a position stands in.
fn line_around(text: &str, at: usize) -> &str {
    let (at, _) = cut(text, at, at);
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let end = text.get(at..).and_then(|after| after.find('\n')).map_or(text.len(), |length| at + length);
    text.get(start..end).unwrap_or_default()
}

/// The span cut to the text, at character boundaries: miette draws nothing at all for a span that is off.
fn cut(text: &str, start: usize, end: usize) -> (usize, usize) {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(start.min(text.len()));
    (start, boundary(end.clamp(start, text.len())))
}

fn theme() -> GraphicalTheme {
    match (output::stderr_is_terminal(), output::stderr_has_colour()) {
        (_, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    }
}

#[cfg(test)]
mod tests {
    use super::render;
    use genphys_pde::Diagnostic;
    use genphys_pde::codes::Code;
    use genphys_pde::span::Span;
    use miette::GraphicalTheme;

    fn problem(start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(Code::UnknownName, "unknown name `ψ`").label(Span::new(start, end), "not declared")
    }

    #[test]
    fn the_line_and_the_caret_are_drawn() {
        let text = "pde a {\n  dt(phi) = ψ*lap(phi)\n}\n";
        let at = text.find('ψ').unwrap();
        let drawn = render("a.pde", text, &problem(at, at + 2), GraphicalTheme::none());
        for part in ["P030", "a.pde:2:13", "dt(phi) = ψ*lap(phi)", "`-- not declared"] {
            assert!(drawn.contains(part), "{part} is not in {drawn}");
        }
        assert!(!drawn.contains('\u{1b}'));
    }

    /// Control and direction characters are shown as escapes, and the caret stands where it belongs.
    #[test]
    fn a_line_cannot_write_to_the_terminal() {
        let text = "pde a {\n  # \u{1b}[2J \u{202e}\n  \u{1b}]0;x\u{7} dt(phi) = q*lap(phi)\n}\n";
        let at = text.find("q*").unwrap();
        let problem =
            Diagnostic::new(Code::UnknownName, "unknown name `\u{1b}[31mq`").label(Span::new(at, at + 1), "it");
        for text in [text.to_owned(), text.replace("q*", &format!("q*{}", "x*".repeat(300)))] {
            let drawn = render("a.pde", &text, &problem, GraphicalTheme::none());
            assert!(drawn.contains("\\u001b[31mq") && !drawn.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{drawn:?}");
        }
        let drawn = render("a.pde", text, &problem, GraphicalTheme::none());
        let lines: Vec<&str> = drawn.lines().collect();
        let line = lines.iter().position(|line| line.contains("dt(phi) = q")).unwrap();
        assert!(lines[line].contains("\\u001b]0;x\\u0007"), "{drawn}");
        assert_eq!(lines[line].find("q*"), lines[line + 1].find('|'), "{drawn}");
    }

    #[test]
    fn a_span_that_is_off_still_shows_the_problem() {
        let text = "pde a {ψ}";
        for (start, end) in [(8, 9), (100, 200), (7, 100)] {
            let drawn = render("a.pde", text, &problem(start, end), GraphicalTheme::none());
            assert!(drawn.contains("unknown name"), "{drawn}");
        }
    }

    #[test]
    fn an_endless_line_is_not_repeated() {
        let text = format!("pde a {{ dt(phi) = {}1 }}", "q + ".repeat(100_000));
        let drawn = render("a.pde", &text, &problem(18, 19), GraphicalTheme::none());
        assert!(drawn.len() < 500 && drawn.contains("a.pde:1:19, near `q`"), "{drawn}");
    }
}
