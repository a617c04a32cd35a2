//! The verdict for a person at a terminal.

use super::{problem_sentence, status_word, verdict_word};
use crate::output::{BAD, BOLD, DIM, GOOD, MATH, MIXED, styled};
use anstyle::Style;
use genphys_pde::ast::Dim;
use genphys_pde::derivation::{Branch, Continuity, Derivation, Dispersion, Kernel, ParamSummary, PdeSummary, Repair};
use genphys_pde::verdict::{ConditionReport, Problem, Status, Verdict};

/// Column at which the text of a section starts.
const INDENT: usize = 16;

/// The whole verdict, ending in a line end. `width` is where lines break.
pub(crate) fn verdict(derivation: &Derivation, width: usize) -> String {
    let mut page = Page { text: String::new(), width };
    heading(&mut page, &derivation.pde);
    page.blank();
    let word = styled(verdict_style(derivation.verdict), verdict_word(derivation.verdict));
    page.line(&format!("  {word}{}", scope(&derivation.pde)));
    if let Some(background) = &derivation.background {
        page.wrapped(
            2,
            &format!("not linear in the field: C1, C2 and omega are about small disturbances of {background}"),
            DIM,
        );
    }
    page.blank();
    condition(&mut page, "C1 density", "p >= 0 for all data", &derivation.c1);
    page.blank();
    condition(&mut page, "C2 smoothing", "Im omega(k) < Im omega(0)", &derivation.c2);
    if let Some(found) = &derivation.dispersion {
        page.blank();
        dispersion(&mut page, found, derivation.problem);
    }
    if let Some(found) = &derivation.continuity {
        page.blank();
        continuity(&mut page, found);
    }
    if let Some(found) = &derivation.kernel {
        page.blank();
        kernel(&mut page, found);
    }
    if !derivation.repairs.is_empty() {
        page.blank();
        repairs(&mut page, &derivation.repairs);
    }
    page.text
}

/// The line that says why no model can be made of an equation that is s-generative.
pub(crate) fn no_model(why: &str, width: usize) -> String {
    let mut page = Page { text: String::new(), width };
    page.blank();
    page.wrapped(2, &format!("no model: {why}"), MIXED);
    page.text
}

/// One line for a summary of several files: name, verdict, and the main reason for it.
pub(crate) fn summary_line(derivation: &Derivation, name_width: usize) -> String {
    let word = format!("{:<16}", verdict_word(derivation.verdict));
    let reports = [("C1", &derivation.c1), ("C2", &derivation.c2)];
    let with = |status| reports.into_iter().find(|(_, report)| report.status == status);
    let reason = with(Status::Fails)
        .map(|(name, report)| format!("{name} fails ({})", report.rule))
        .or_else(|| with(Status::Undecided).map(|(name, _)| format!("{name} undecided")))
        .or_else(|| {
            with(Status::Conditional).map(|(name, report)| format!("{name} holds if {}", report.conditions.join(", ")))
        })
        .or_else(|| derivation.kernel.as_ref().map(|kernel| format!("{} kernel", kernel.family().name())));
    format!(
        "  {:<name_width$}  {} {}",
        derivation.pde.name,
        styled(verdict_style(derivation.verdict), &word),
        reason.unwrap_or_default()
    )
    .trim_end()
    .to_owned()
}

fn heading(page: &mut Page, pde: &PdeSummary) {
    let title = pde.title.as_deref().map(|title| format!("  {title}")).unwrap_or_default();
    page.line(&format!("{}{title}", styled(BOLD, &pde.name)));
    page.wrapped(2, &pde.equation, MATH);
    let params: Vec<String> = pde.params.iter().map(parameter).collect();
    let dimension = match pde.dim {
        Dim::Any => "any dimension N".to_owned(),
        dim => format!("N = {dim}"),
    };
    page.wrapped(2, &[params, vec![dimension]].concat().join(", "), DIM);
}

fn parameter(param: &ParamSummary) -> String {
    let domain = &param.domain;
    match (param.value, param.fixed) {
        (Some(value), true) => format!("{} = {value} (set)", param.name),
        (Some(value), false) => format!("{} {domain} (default {value})", param.name),
        (None, _) => format!("{} {domain}", param.name),
    }
}

/// What the verdict is about, where it is not about all of the declared values.
fn scope(pde: &PdeSummary) -> String {
    let fixed: Vec<String> = pde
        .params
        .iter()
        .filter(|param| param.fixed)
        .filter_map(|param| param.value.map(|value| format!("{} = {value}", param.name)))
        .collect();
    if fixed.is_empty() { String::new() } else { format!(" for {}", fixed.join(", ")) }
}

fn condition(page: &mut Page, name: &str, statement: &str, report: &ConditionReport) {
    let word = styled(status_style(report.status), status_word(report.status));
    let rule = if report.rule == "none" { String::new() } else { format!("; rule {}", report.rule) };
    page.entry(name, &format!("{word}  {}", styled(DIM, &format!("{statement}{rule}"))));
    page.wrapped(INDENT, &report.because, Style::new());
    let needs = if report.status == Status::Holds { "given   " } else { "holds if" };
    for condition in &report.conditions {
        page.labelled(needs, condition, MATH);
    }
    if report.status == Status::Conditional && !report.exact {
        page.wrapped(INDENT, "sufficient only: where a condition is not met, nothing is claimed", DIM);
    }
    if let Some(belief) = &report.believed {
        let text = format!("it {}, because {}", belief_word(belief.status), belief.because);
        page.labelled("believed", &format!("by the engine: {text}"), Style::new());
    }
    if let Some(why) = &report.undecided_because {
        page.labelled("reason  ", why, Style::new());
    }
    if let Some(witness) = &report.witness {
        page.labelled("witness ", &witness.text, Style::new());
    }
    for attempt in &report.tried {
        page.labelled("tried   ", attempt, Style::new());
    }
}

fn belief_word(status: Status) -> &'static str {
    match status {
        Status::Holds => "holds",
        Status::Conditional => "holds under conditions",
        Status::Fails => "fails",
        Status::Undecided => "is undecided",
    }
}

fn dispersion(page: &mut Page, found: &Dispersion, problem: Problem) {
    page.entry("dispersion", "");
    page.finish_entry(&found.relation, MATH);
    for Branch { omega, selected } in &found.branches {
        let (mark, note, style) = match (selected, problem) {
            (true, _) => ("*", "counts", MATH),
            (false, Problem::HalfSpace) => (" ", "discarded", DIM),
            (false, _) => (" ", "", DIM),
        };
        page.hanging(&styled(GOOD, mark), 1, &format!("omega = {omega}"), style, note);
    }
    if let Some(amplitude) = &found.amplitude {
        page.labelled("amplitude", amplitude, MATH);
    }
    page.wrapped(INDENT, problem_sentence(problem), DIM);
}

fn continuity(page: &mut Page, found: &Continuity) {
    page.entry("density flow", "");
    let head = match &found.order {
        Some(order) => format!("dt(p, {order}) + div(J) - R = 0 with"),
        None => "dp/dt + div(J) - R = 0 with".to_owned(),
    };
    page.finish_entry(&head, Style::new());
    for (name, expression) in [("p", &found.density), ("J", &found.flux), ("R", &found.source)] {
        page.hanging(&format!("{name} ="), 3, expression, MATH, "");
    }
    let (text, style) = if found.verified {
        ("put back: identical to the equation", DIM)
    } else {
        ("put back: NOT verified to be the equation", BAD)
    };
    page.wrapped(INDENT, text, style);
    if let Some(order) = &found.order {
        let text = format!(
            "flux and source of the density flow, of dp/dt, are the Riemann-Liouville derivatives of order 1 - {order} of these"
        );
        page.wrapped(INDENT, &text, DIM);
    }
}

fn kernel(page: &mut Page, found: &Kernel) {
    let named = found.constants.named();
    let constants: Vec<String> = named.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let constants = if constants.is_empty() { String::new() } else { format!("  {}", constants.join(", ")) };
    page.entry("kernel", &format!("{}{}", styled(GOOD, found.family().name()), styled(MATH, &constants)));
    page.labelled("J/p  ", &found.velocity, MATH);
    page.labelled("R/p  ", &found.growth, MATH);
    page.labelled("draw ", &found.sampler, Style::new());
    for (label, text) in [("u(t) ", &found.subordinator), ("time ", &found.time_change)] {
        if let Some(text) = text {
            page.labelled(label, text, Style::new());
        }
    }
    page.labelled("prior", &found.prior, Style::new());
    if let Some(error) = &found.prior_error {
        page.labelled("error", &format!("of the prior at a finite time, M2 = E|y - mean|^2: {error}"), Style::new());
    }
}

fn repairs(page: &mut Page, repairs: &[Repair]) {
    page.entry("repairs", "");
    let mut first = true;
    for repair in repairs {
        let word = styled(verdict_style(repair.verdict), verdict_word(repair.verdict));
        let text = format!("{}: {word}", repair.change);
        if first {
            page.finish_line(&text);
        } else {
            page.line(&format!("{:INDENT$}{text}", ""));
        }
        first = false;
        page.wrapped(INDENT + 2, &repair.equation, MATH);
        match (repair.verdict, repair.model) {
            (Verdict::SGenerative, Some(family)) => {
                page.wrapped(INDENT + 2, &format!("a model can be made of it: {} kernel", family.name()), DIM);
            }
            (Verdict::SGenerative, None) => {
                let why = repair.derivation.as_ref().and_then(|derivation| derivation.model().err());
                page.wrapped(INDENT + 2, &format!("no model: {}", why.unwrap_or_default()), DIM);
            }
            _ => {}
        }
    }
}

fn verdict_style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::SGenerative => GOOD,
        Verdict::Conditional | Verdict::Undecided => MIXED,
        Verdict::NotSGenerative => BAD,
    }
}

fn status_style(status: Status) -> Style {
    match status {
        Status::Holds => GOOD,
        Status::Conditional | Status::Undecided => MIXED,
        Status::Fails => BAD,
    }
}

/// Text under construction.
struct Page {
    text: String,
    width: usize,
}

impl Page {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// A section's first line: its name, then `text` at the section's column.
    fn entry(&mut self, name: &str, text: &str) {
        let padded = format!("{name:<width$}", width = INDENT - 2);
        self.text.push_str(&format!("  {}", styled(BOLD, &padded)));
        if !text.is_empty() {
            self.finish_line(text);
        }
    }

    /// Completes a line that [`Page::entry`] left open.
    fn finish_line(&mut self, text: &str) {
        self.line(text);
    }

    /// Completes a line that [`Page::entry`] left open with text that may need more lines.
    fn finish_entry(&mut self, text: &str, style: Style) {
        for (number, line) in self.fold(INDENT, text).into_iter().enumerate() {
            let indent = if number == 0 { 0 } else { INDENT };
            self.line(&format!("{:indent$}{}", "", styled(style, &line)));
        }
    }

    /// Running text at a column.
    fn wrapped(&mut self, indent: usize, text: &str, style: Style) {
        for line in self.fold(indent, text) {
            self.line(&format!("{:indent$}{}", "", styled(style, &line)));
        }
    }

    /// `label  text`, the text hanging.
    fn labelled(&mut self, label: &str, text: &str, style: Style) {
        self.hanging(&format!("{} ", styled(DIM, label)), label.chars().count() + 1, text, style, "");
    }

    /// A mark of the given width at the section's column, a space, hanging text, and a note where it ends.
    fn hanging(&mut self, mark: &str, mark_width: usize, text: &str, style: Style, note: &str) {
        let column = INDENT + mark_width + 1;
        let lines = self.fold(column, text);
        let last = lines.len().saturating_sub(1);
        for (number, line) in lines.into_iter().enumerate() {
            let line = styled(style, &line);
            let line = if number == last && !note.is_empty() { format!("{line}  {}", styled(DIM, note)) } else { line };
            self.line(&if number == 0 {
                format!("{:INDENT$}{mark} {line}", "")
            } else {
                format!("{:column$}{line}", "")
            });
        }
    }

    fn fold(&self, indent: usize, text: &str) -> Vec<String> {
        let width = self.width.saturating_sub(indent).max(24);
        let options =
            textwrap::Options::new(width).break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{summary_line, verdict};
    use genphys_pde::derivation::Derivation;

    fn derivation(text: &str) -> Derivation {
        serde_json::from_str(text).unwrap()
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    /// Fixed derivations, so that the engine's wording may change without these pages.
    #[test]
    fn pages_read_as_they_should() {
        let yukawa = derivation(include_str!("../../tests/data/yukawa.derivation.json"));
        let wave = derivation(include_str!("../../tests/data/wave.derivation.json"));
        let damped = derivation(include_str!("../../tests/data/dissipative_wave.derivation.json"));
        insta::assert_snapshot!("yukawa", plain(&verdict(&yukawa, 96)));
        insta::assert_snapshot!("wave", plain(&verdict(&wave, 96)));
        insta::assert_snapshot!("dissipative_wave", plain(&verdict(&damped, 96)));
        let lines = [yukawa, wave, damped].map(|derivation| plain(&summary_line(&derivation, 16)));
        insta::assert_snapshot!("summary", lines.join("\n"));
    }

    #[test]
    fn only_the_words_of_the_verdict_are_loud() {
        let yukawa = derivation(include_str!("../../tests/data/yukawa.derivation.json"));
        let page = verdict(&yukawa, 96);
        assert!(page.contains("\u{1b}[1m\u{1b}[32ms-generative"), "{page:?}");
    }

    #[test]
    fn narrow_terminals_get_narrow_pages() {
        let wave = derivation(include_str!("../../tests/data/wave.derivation.json"));
        let page = plain(&verdict(&wave, 60));
        // Labels and words that are longer stand out; running text does not.
        let long: Vec<&str> = page.lines().filter(|line| line.chars().count() > 62).collect();
        assert!(long.len() <= 2, "{long:?}");
    }
}
