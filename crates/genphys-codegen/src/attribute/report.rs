//! A verdict that is not "s-generative" as the text of one compile error: what fails, the witness, the repairs.

use genphys_pde::derivation::Derivation;
use genphys_pde::verdict::{ConditionReport, Status, Verdict};
use std::fmt::Write as _;

/// The message for a derivation that proves no s-generativity.
pub(super) fn message(derivation: &Derivation) -> String {
    let mut text = String::new();
    let name = &derivation.pde.name;
    let head = match derivation.verdict {
        Verdict::SGenerative => "is s-generative",
        Verdict::Conditional => "is s-generative only under conditions",
        Verdict::NotSGenerative => "is not s-generative",
        Verdict::Undecided => "is undecided: no rule shows that it is s-generative",
    };
    let _ = writeln!(text, "the equation `{name}` {head}\n  {}", derivation.pde.equation);
    for (label, report) in [("C1 (a density flow with p >= 0)", &derivation.c1), ("C2 (smoothing)", &derivation.c2)] {
        condition(&mut text, label, report);
    }
    for repair in &derivation.repairs {
        let outcome = match repair.verdict {
            Verdict::SGenerative => "s-generative",
            Verdict::Conditional => "s-generative under conditions",
            Verdict::NotSGenerative => "still not s-generative",
            Verdict::Undecided => "undecided",
        };
        let _ = writeln!(text, "help: {}: `{}` is {outcome}", repair.change, repair.equation);
    }
    if derivation.verdict == Verdict::Conditional {
        let _ = writeln!(
            text,
            "help: narrow the domain of a parameter in the .pde file, or fix a value or the dimension: \
             `genphys derive FILE --set name=value --dim N`"
        );
    }
    let _ = write!(text, "note: `genphys check` shows the whole derivation");
    text
}

/// One condition, unless it holds.
fn condition(text: &mut String, label: &str, report: &ConditionReport) {
    if report.status == Status::Holds {
        return;
    }
    let status = status_word(report.status);
    let _ = writeln!(text, "{label} {status} [{}]: {}", report.rule, report.because);
    for condition in &report.conditions {
        let _ = writeln!(text, "  condition: {condition}");
    }
    if let Some(witness) = &report.witness {
        let _ = writeln!(text, "  witness: {}", witness.text);
    }
    if let Some(belief) = &report.believed {
        let _ = writeln!(text, "  the engine believes that it {}: {}", status_word(belief.status), belief.because);
    }
    for tried in &report.tried {
        let _ = writeln!(text, "  tried: {tried}");
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Holds => "holds",
        Status::Conditional => "holds only under conditions",
        Status::Fails => "fails",
        Status::Undecided => "is undecided",
    }
}
