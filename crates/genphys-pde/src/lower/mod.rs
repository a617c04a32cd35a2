//! Stage 2: tree -> checked equation. Names are resolved, abbreviations expanded, and everything is checked that the
//! engine relies on; see [`crate::pde::Pde`] for what holds afterwards.

mod check;
mod coordinates;
mod declarations;
mod facts;
mod matrix;
mod memory;
mod on_line;
mod operators;
mod scope;

use crate::ast::{Dim, Equation, Expr, File, Interval, ItemKind};
use crate::codes::Code;
use crate::decode::decode;
use crate::diagnostic::Diagnostic;
use crate::parser::{Draft, draft, sorted};
use crate::pde::{Pde, Time};
use crate::printer::{print_bare, print_equation};
use crate::span::Span;
use crate::stack::on_large_stack;
use check::{Checker, Extent, OddTerm, TooLarge};
use facts::{Facts, FieldUse};
use scope::{Parts, Scope};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A checked equation and what looks wrong about it all the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The equation.
    pub pde: Pde,
    /// Warnings, in the order of the text.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a `.pde` file from its bytes.
///
/// # Errors
/// Every problem of the file at once, in the order of the text, warnings among them.
pub fn read(source: &[u8]) -> Result<Checked, Vec<Diagnostic>> {
    let text = decode(source).map_err(|problem| vec![problem])?;
    on_large_stack(|| finish(text, draft(text, None)))
}

/// Reads an equation written in a program: a whole `pde NAME { … }`, or only what stands between the braces, which
/// is then named `inline`.
///
/// # Errors
/// As [`read`].
pub fn inline(equation: &str) -> Result<Checked, Vec<Diagnostic>> {
    let text = decode(equation.as_bytes()).map_err(|problem| vec![problem])?;
    let whole = text.lines().map(str::trim_start).find(|line| !line.is_empty() && !line.starts_with('#'));
    let is_whole = whole.is_some_and(|line| {
        line.trim_start_matches('\u{FEFF}')
            .strip_prefix("pde")
            .is_some_and(|rest| rest.starts_with(char::is_whitespace))
    });
    on_large_stack(|| finish(text, draft(text, if is_whole { None } else { Some("inline") })))
}

/// Checks a parsed file. `text` is the source the tree was parsed from; spans refer to it.
///
/// # Errors
/// Every problem of the file at once, in the order of the text, warnings among them.
pub fn lower(file: &File, text: &str) -> Result<Checked, Vec<Diagnostic>> {
    let broken = BTreeSet::new();
    let parts = Parts { text, file: Some(file), items: &file.items, broken: &broken, complete: true };
    let (pde, mut problems) = on_large_stack(|| check(parts));
    for label in problems.iter_mut().flat_map(|problem| &mut problem.labels) {
        // A tree that was built by a program has no places.
        label.span = Span::new(label.span.start.min(text.len()), label.span.end.min(text.len()));
    }
    answer(pde, problems)
}

fn finish(text: &str, draft: Draft) -> Result<Checked, Vec<Diagnostic>> {
    let items = draft.file.as_ref().map_or(&draft.items, |file| &file.items);
    let complete = !draft.problems.iter().any(Diagnostic::is_error);
    let (pde, found) = check(Parts { text, file: draft.file.as_ref(), items, broken: &draft.broken, complete });
    let mut problems = draft.problems;
    problems.extend(found);
    if let (Some(span), Some(file)) = (draft.implied, &draft.file) {
        problems.push(implied_field(file, span));
    }
    answer(pde, problems)
}

/// "The field is taken to be `u`". It is the first item, which stands at no place of its own.
fn implied_field(file: &File, span: Span) -> Diagnostic {
    let field = match file.items.first().map(|item| &item.kind) {
        Some(ItemKind::Field(name)) => name.text.as_str(),
        _ => "phi",
    };
    let start = file.items.iter().skip(1).map(|item| item.span.start).chain([file.equation.span.start]).min();
    let start = start.unwrap_or(span.start);
    Diagnostic::new(Code::ImpliedField, format!("the field is not declared; it is taken to be `{field}`"))
        .label(span, "a derivative in the time is taken of it")
        .help(format!("write `field {field}` on a line before the equation"))
        .instead(Span::new(start, start), format!("field {field}; "))
}

fn answer(pde: Option<Pde>, problems: Vec<Diagnostic>) -> Result<Checked, Vec<Diagnostic>> {
    let problems = sorted(problems);
    match pde {
        Some(pde) if !problems.iter().any(Diagnostic::is_error) => Ok(Checked { pde, warnings: problems }),
        _ => Err(problems),
    }
}

/// All checks of a file, or of what could be read of it.
fn check(parts: Parts<'_>) -> (Option<Pde>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut scope = Scope::new(parts, &mut problems);
    declarations::check_repeated(parts.items, &mut problems);
    let params = declarations::params(parts.items, &mut problems);
    let (dim, dim_span) = dimension(parts);
    let interval = interval(parts, &mut problems);
    let mut checker = Checker {
        scope: &mut scope,
        problems: &mut problems,
        odd: Vec::new(),
        extent: Extent::default(),
        field_seen: false,
        fieldless: Vec::new(),
        in_symbol: false,
        in_abbreviation: false,
        defining: None,
        nodes: 0,
        on_line: Vec::new(),
    };
    let Ok(expressions) = expressions(&mut checker, parts) else { return (None, problems) };
    let (odd, extent, field_seen, fieldless) = (checker.odd, checker.extent, checker.field_seen, checker.fieldless);
    let on_line = checker.on_line;
    if field_seen {
        problems.extend(fieldless);
    }
    on_line::check(&on_line, &extent, dim, &scope.field, &mut problems);
    if let Some((left, right)) = &expressions.sides {
        coordinates::check([left, right], expressions.density.as_ref(), &scope.field, &odd, &mut problems);
    }
    let explicit_dim = declarations::check_extent(&extent, dim, dim_span, &mut problems);
    if explicit_dim.is_some() {
        declarations::check_components(parts.items, &mut problems);
    }
    scope.report_unknown(field_seen, parts, &mut problems);
    let nonlinear: Vec<Span> = odd.iter().map(|term| term.span).collect();
    if let Some((left, right)) = &expressions.sides {
        let equation = memory::Equation {
            sides: [left, right],
            params: &params,
            field: &scope.field,
            time: &scope.time,
            interval: &interval,
            density: expressions.density.as_ref(),
            nonlinear: &nonlinear,
        };
        memory::check(&equation, &mut problems);
    }
    if parts.complete {
        problems.extend(odd.iter().map(|term| odd_warning(term, parts.text)));
        scope.report_unused(&params, &mut problems);
    }
    let Scope { field, time, .. } = scope;
    let time = Time { name: time, interval };
    let pde = parts.file.zip(expressions.sides).map(|(file, (left, right))| Pde {
        name: file.name.text.clone(),
        title: file.title.clone(),
        params,
        field,
        dim,
        time,
        equation: print_equation(&left, &right),
        left,
        right,
        density: expressions.density,
        nonlinear,
        explicit_dim,
        hash: hash(file),
    });
    (pde, problems)
}

fn dimension(parts: Parts<'_>) -> (Dim, Option<Span>) {
    let found = parts.items.iter().find_map(|item| match item.kind {
        ItemKind::Dim(dim) => Some((dim, Some(item.span))),
        _ => None,
    });
    found.unwrap_or((Dim::Any, None))
}

fn interval(parts: Parts<'_>, problems: &mut Vec<Diagnostic>) -> Interval {
    for item in parts.items {
        if let ItemKind::Time { interval, .. } = &item.kind {
            declarations::check_interval(interval, item.span, problems);
            return interval.clone();
        }
    }
    Interval::positive()
}

/// The expanded expressions of a file.
struct Expressions {
    sides: Option<(Expr, Expr)>,
    density: Option<Expr>,
}

fn expressions(checker: &mut Checker<'_>, parts: Parts<'_>) -> Result<Expressions, TooLarge> {
    abbreviations(checker, parts)?;
    let mut found = Expressions { sides: None, density: None };
    for item in parts.items {
        let ItemKind::Density(density) = &item.kind else { continue };
        let linear_terms = checker.odd.len();
        let (density, facts) = checker.expr(density)?;
        // A density may be quadratic, as |φ|² is; the equation is what must be linear.
        checker.odd.truncate(linear_terms);
        checker.scalar(&density, facts, "the density is a scalar", "");
        if facts.field.is_free() {
            no_field(checker, density.span, "the density");
        }
        found.density.get_or_insert(density);
    }
    let Some(equation) = parts.file.map(|file| &file.equation) else { return Ok(found) };
    let (mut left, mut left_facts) = checker.expr(&equation.left)?;
    let (mut right, mut right_facts) = checker.expr(&equation.right)?;
    checker.as_on_line(&mut left, &mut left_facts);
    checker.as_on_line(&mut right, &mut right_facts);
    for (side, facts, other) in [(&left, left_facts, right_facts), (&right, right_facts, left_facts)] {
        let help = "the equation is for a scalar; use `div`, `dot` or `lap`";
        checker.scalar(side, facts, "a side of the equation is a scalar", help);
        if facts.field == FieldUse::Free && other.field.has_field() {
            checker.source_term(side);
        }
    }
    check_presence(checker, equation, left_facts.join(right_facts));
    found.sides = Some((left, right));
    Ok(found)
}

fn abbreviations(checker: &mut Checker<'_>, parts: Parts<'_>) -> Result<(), TooLarge> {
    checker.in_abbreviation = true;
    for item in parts.items {
        let ItemKind::Let { name, value } = &item.kind else { continue };
        let already = checker.odd.len();
        checker.defining = Some(name.text.clone());
        let (value, facts) = checker.expr(value)?;
        let odd = checker.odd.split_off(already);
        let code = odd.iter().map(|term| term.code).min();
        if let Some(abbreviation) = checker.scope.abbreviations.get_mut(&name.text) {
            if !abbreviation.defined {
                abbreviation.value = (facts.field != FieldUse::Unknown).then_some((value, facts));
                abbreviation.odd = code;
            }
            abbreviation.defined = true;
        }
    }
    checker.in_abbreviation = false;
    checker.defining = None;
    Ok(())
}

fn check_presence(checker: &mut Checker<'_>, equation: &Equation, facts: Facts) {
    let derivative_of_nothing = !checker.field_seen && !checker.scope.has_unknown() && !checker.fieldless.is_empty();
    if facts.field.is_free() || derivative_of_nothing {
        no_field(checker, equation.span, "the equation");
    } else if !facts.time_derivative {
        let (field, time) = (checker.scope.field.clone(), checker.scope.time.clone());
        let message = format!("the equation has no derivative in the time `{time}`");
        let help = format!("write `dt({field})` or `dt({field}, 2)`");
        checker.report(Code::NoTimeDerivative, equation.span, message, "no `dt` in here", &help);
    }
}

fn no_field(checker: &mut Checker<'_>, span: Span, what: &str) {
    let field = checker.scope.field.clone();
    let help = if checker.scope.field_declared { "" } else { "if the field has another name, declare it: `field u`" };
    checker.report(Code::NoField, span, format!("the field `{field}` does not occur in {what}"), "", help);
}

fn odd_warning(term: &OddTerm, text: &str) -> Diagnostic {
    let OddTerm { code, span } = term;
    let written = text.get(span.start..span.end).unwrap_or_default();
    // One line of a message, whatever the term is like.
    let mut text = written.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > 60 {
        text = text.chars().take(59).chain(['…']).collect();
    }
    if *code == Code::NonlinearTerm {
        Diagnostic::new(*code, format!("the term `{text}` is not linear in the field"))
            .label(*span, "not linear")
            .help("the equation is linearised about a uniform background, and the verdict is conditional at best")
    } else {
        Diagnostic::new(*code, format!("the term `{text}` does not contain the field"))
            .label(*span, "a source of its own")
            .help("an equation with such a term is not linear in the field")
    }
}

/// SHA-256, in hex, of the canonical text without comments.
fn hash(file: &File) -> String {
    Sha256::digest(print_bare(file).as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
