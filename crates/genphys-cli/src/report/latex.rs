//! The verdict as a LaTeX fragment for `\input`; it needs the package amsmath.

use super::math;
use super::{problem_sentence, status_word, verdict_word};
use genphys_pde::derivation::{Continuity, Derivation, Dispersion, Kernel, PdeSummary, Repair};
use genphys_pde::parse_expression;
use genphys_pde::verdict::{ConditionReport, Problem};

/// The fragment, ending in a line end.
pub(crate) fn verdict(derivation: &Derivation) -> String {
    let mut fragment = Fragment(String::new());
    let pde = &derivation.pde;
    fragment.line(&format!("% genphys check {} --format latex; needs \\usepackage{{amsmath}}", comment(&pde.name)));
    let title = pde.title.as_deref().unwrap_or(&pde.name);
    fragment.line(&format!(r"\paragraph{{{}.}}", prose(title)));
    fragment.line("The equation");
    fragment.display(&[equation(&pde.equation)]);
    let about = parameters(pde);
    let word = verdict_word(derivation.verdict);
    fragment.line(&format!(
        r"{}is \textbf{{{word}}}.",
        if about.is_empty() { String::new() } else { format!("with {about} ") }
    ));
    if let Some(found) = &derivation.dispersion {
        dispersion(&mut fragment, found, derivation.problem);
    }
    if let Some(found) = &derivation.continuity {
        continuity(&mut fragment, found);
    }
    fragment.line(r"\begin{description}");
    condition(&mut fragment, "C1", &derivation.c1);
    condition(&mut fragment, "C2", &derivation.c2);
    if let Some(found) = &derivation.kernel {
        kernel(&mut fragment, found);
    }
    fragment.line(r"\end{description}");
    repairs(&mut fragment, &derivation.repairs);
    fragment.0
}

fn parameters(pde: &PdeSummary) -> String {
    let of = |param: &genphys_pde::derivation::ParamSummary| {
        let name = math::symbol(&param.name);
        match (param.value, param.fixed, param.domain.to_string().as_str()) {
            (Some(value), true, _) => format!("${name} = {value}$"),
            (_, _, "real") => format!(r"${name}$ real"),
            (_, _, "complex") => format!(r"${name}$ complex"),
            (_, _, domain) => format!("${name} {}$", relation_signs(domain)),
        }
    };
    pde.params.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// `>= 0`, `in (0, inf)` in math mode.
fn relation_signs(domain: &str) -> String {
    domain
        .replace("<=", r"\le ")
        .replace(">=", r"\ge ")
        .replace("!=", r"\ne ")
        .replace("in ", r"\in ")
        .replace("inf", r"\infty")
}

fn dispersion(fragment: &mut Fragment, found: &Dispersion, problem: Problem) {
    fragment.line(r"A plane wave $\exp(\mathrm{i}k\cdot x - \mathrm{i}\omega t)$ obeys");
    let mut lines = vec![equation(&found.relation)];
    lines.extend(found.branches.iter().map(|branch| {
        let note = match (branch.selected, problem) {
            (true, _) => r" && \text{(counts)}",
            (false, Problem::HalfSpace) => r" && \text{(discarded)}",
            (false, _) => "",
        };
        format!(r"\omega &= {}{note}", inline(&branch.omega))
    }));
    fragment.display(&lines);
    fragment.line(&prose(problem_sentence(problem)));
}

fn continuity(fragment: &mut Fragment, found: &Continuity) {
    match &found.order {
        Some(order) => fragment.line(&format!(
            "{}; {}:",
            format_args!(r"It is $\partial_{{t}}^{{{0}}} p + \nabla\cdot J - R = 0$ with Caputo's derivative", inline(order)),
            format_args!(
                r"flux and source in $\partial_{{t}} p$ are the Riemann--Liouville derivatives of order $1 - {}$ of these",
                inline(order)
            ),
        )),
        None => fragment.line(r"It is the density flow $\partial_{t} p + \nabla\cdot J - R = 0$ with"),
    }
    fragment.display(&[
        format!("p &= {}", inline(&found.density)),
        format!("J &= {}", inline(&found.flux)),
        format!("R &= {}", inline(&found.source)),
    ]);
}

fn condition(fragment: &mut Fragment, name: &str, report: &ConditionReport) {
    fragment.line(&format!(r"\item[{name} {}.] {}", status_word(report.status), sentence(&report.because)));
    if !report.conditions.is_empty() {
        let conditions: Vec<String> = report.conditions.iter().map(|text| statement(text)).collect();
        fragment.line(&format!("Conditions: {}.", conditions.join("; ")));
    }
    if let Some(witness) = &report.witness {
        fragment.line(&format!("Witness: {}", sentence(&witness.text)));
    }
    for attempt in &report.tried {
        fragment.line(&format!("Tried: {}", sentence(attempt)));
    }
}

fn kernel(fragment: &mut Fragment, found: &Kernel) {
    fragment.line(&format!(
        r"\item[Kernel.] Velocity {}, growth {}, displacement {}, prior {}.",
        statement(&found.velocity),
        statement(&found.growth),
        statement(&found.sampler),
        prose(&found.prior)
    ));
}

fn repairs(fragment: &mut Fragment, repairs: &[Repair]) {
    if repairs.is_empty() {
        return;
    }
    fragment.line("Nearby equations:");
    fragment.line(r"\begin{itemize}");
    for repair in repairs {
        let word = verdict_word(repair.verdict);
        let changed = statement(&repair.equation);
        fragment.line(&format!(r"\item {}: {changed} is {word}.", prose(&repair.change)));
    }
    fragment.line(r"\end{itemize}");
}

struct Fragment(String);

impl Fragment {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn display(&mut self, lines: &[String]) {
        self.line(r"\begin{align*}");
        self.line(&lines.join(" \\\\\n"));
        self.line(r"\end{align*}");
    }
}

/// `left = right` with the alignment mark of `align`.
fn equation(text: &str) -> String {
    match sides(text) {
        Some((left, right)) => format!("{left} &= {right}"),
        None => typewriter(text),
    }
}

/// Both sides of an equation, if both can be read.
fn sides(text: &str) -> Option<(String, String)> {
    let (left, right) = text.split_once('=')?;
    Some((math::expression(&parse_expression(left).ok()?), math::expression(&parse_expression(right).ok()?)))
}

/// An expression for math mode.
fn inline(text: &str) -> String {
    match parse_expression(text) {
        Ok(expr) => math::expression(&expr),
        Err(_) => math::by_words(text).unwrap_or_else(|| typewriter(text)),
    }
}

/// An expression, equation or inequality in running text, or prose where it is none of them.
fn statement(text: &str) -> String {
    for (sign, latex) in [("<=", r"\le"), (">=", r"\ge"), ("!=", r"\ne"), ("<", "<"), (">", ">"), ("=", "=")] {
        if let Some((left, right)) = text.split_once(sign) {
            let side = |text: &str| parse_expression(text.trim()).ok().map(|expr| math::expression(&expr));
            return match (side(left), side(right)) {
                (Some(left), Some(right)) => format!("${left} {latex} {right}$"),
                _ => prose(text),
            };
        }
    }
    parse_expression(text).map_or_else(|_| prose(text), |expr| format!("${}$", math::expression(&expr)))
}

fn typewriter(text: &str) -> String {
    format!(r"\text{{\texttt{{{}}}}}", prose(text))
}

/// One line for a comment.
fn comment(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Running text with a full stop.
fn sentence(text: &str) -> String {
    let text = prose(text);
    if text.ends_with('.') { text } else { text + "." }
}

/// Running text: LaTeX's own characters escaped, mathematical Unicode as the commands that every engine knows.
fn prose(text: &str) -> String {
    // Signs of two characters first, as the one that they stand for.
    [("->", "→"), ("<=", "≤"), (">=", "≥"), ("!=", "≠"), ("--", "\u{e000}")]
        .into_iter()
        .fold(text.to_owned(), |text, (signs, one)| text.replace(signs, one))
        .chars()
        .map(character)
        .collect()
}

fn character(c: char) -> String {
    let math = |command: &str| format!(r"\ensuremath{{{command}}}");
    match c {
        '\\' => r"\textbackslash{}".to_owned(),
        '{' | '}' | '$' | '&' | '#' | '_' | '%' => format!(r"\{c}"),
        '^' => r"\textasciicircum{}".to_owned(),
        '~' => r"\textasciitilde{}".to_owned(),
        '<' | '>' | '|' | '*' => math(&c.to_string()),
        '−' => math("-"),
        '·' => math(r"\cdot"),
        '×' => math(r"\times"),
        '≤' => math(r"\le"),
        '≥' => math(r"\ge"),
        '≠' => math(r"\ne"),
        '≡' => math(r"\equiv"),
        '≈' => math(r"\approx"),
        '∞' => math(r"\infty"),
        '∇' => math(r"\nabla"),
        '∂' => math(r"\partial"),
        'Δ' => math(r"\Delta"),
        '√' => math(r"\surd"),
        '→' => math(r"\to"),
        '±' => math(r"\pm"),
        '⪰' => math(r"\succeq"),
        '∈' => math(r"\in"),
        '∫' => math(r"\int"),
        'λ' => math(r"\lambda"),
        'ω' => math(r"\omega"),
        'φ' => math(r"\phi"),
        'ψ' => math(r"\psi"),
        'ε' => math(r"\varepsilon"),
        'σ' => math(r"\sigma"),
        'ρ' => math(r"\rho"),
        'ν' => math(r"\nu"),
        'ξ' => math(r"\xi"),
        'χ' => math(r"\chi"),
        'π' => math(r"\pi"),
        '²' => math("{}^{2}"),
        '³' => math("{}^{3}"),
        'ⁿ' => math("{}^{n}"),
        '′' => math("{}'"),
        '–' => "--".to_owned(),
        // Two hyphens (`--dim`), which TeX would join to a dash.
        '\u{e000}' => "-{}-".to_owned(),
        '—' => "---".to_owned(),
        '’' => "'".to_owned(),
        '“' => "``".to_owned(),
        '”' => "''".to_owned(),
        '\u{302}' => math(r"\hat{\ }"),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{equation, prose, statement};

    #[test]
    fn running_text_is_escaped() {
        assert_eq!(prose("50% of k_0 & ∇"), r"50\% of k\_0 \& \ensuremath{\nabla}");
        assert_eq!(prose("(--dim 1)"), "(-{}-dim 1)");
        assert_eq!(prose("t -> -i t"), r"t \ensuremath{\to} -i t");
    }

    #[test]
    fn conditions_become_mathematics_and_words_stay_words() {
        assert_eq!(statement("eps > m"), r"$\varepsilon > m$");
        assert_eq!(statement("N = 1"), "$N = 1$");
        assert_eq!(statement("only long waves"), "only long waves");
    }

    #[test]
    fn an_equation_is_aligned_at_its_sign() {
        assert_eq!(equation("omega^2 + k^2 = 0"), r"\omega^{2} + k^{2} &= 0");
    }
}
