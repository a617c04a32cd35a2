//! The names of a file: who declares them, who uses them, and what is said about unknown ones.

use super::facts::Facts;
use crate::ast::{Expr, File, Item, ItemKind, Name};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_PROBLEMS;
use crate::pde::Param;
use crate::span::Span;
use crate::subscript::{directions, of_field};
use crate::words::reserved_for;
use genphys_suggest::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// Occurrences of an unknown name that are shown; a file may have thousands.
const SHOWN_OCCURRENCES: usize = 4;

/// Declared names that an unknown one is compared with.
const COMPARED_NAMES: usize = 1000;

/// An abbreviation: its expanded expression, or `None` before its definition and after an error in it.
#[derive(Debug)]
pub(super) struct Abbreviation {
    pub(super) value: Option<(Expr, Facts)>,
    /// Whether its body has terms that are not linear, or terms without the field beside the field.
    pub(super) odd: Option<Code>,
    pub(super) defined: bool,
    pub(super) used: bool,
    pub(super) span: Span,
}

/// All names of one file.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) field: String,
    pub(super) time: String,
    pub(super) field_declared: bool,
    pub(super) params: BTreeSet<String>,
    /// Names that clash or are reserved; they are not called unused as well.
    clashing: BTreeSet<Span>,
    pub(super) used_params: BTreeSet<String>,
    pub(super) abbreviations: BTreeMap<String, Abbreviation>,
    broken: BTreeSet<String>,
    declared_at: BTreeMap<String, (Span, &'static str)>,
    unknown: BTreeMap<String, Vec<Span>>,
}

impl Scope {
    /// Collects the declared names and reports those that clash.
    pub(super) fn new(parts: Parts<'_>, problems: &mut Vec<Diagnostic>) -> Self {
        let items = parts.items;
        let named = |wanted: fn(&ItemKind) -> Option<&Name>| items.iter().find_map(|item| wanted(&item.kind));
        let field = named(|kind| if let ItemKind::Field(name) = kind { Some(name) } else { None });
        let time = named(|kind| if let ItemKind::Time { name, .. } = kind { Some(name) } else { None });
        let mut scope = Self {
            field: field.map_or_else(|| "phi".into(), |name| name.text.clone()),
            time: time.map_or_else(|| "t".into(), |name| name.text.clone()),
            field_declared: field.is_some(),
            params: BTreeSet::new(),
            clashing: BTreeSet::new(),
            used_params: BTreeSet::new(),
            abbreviations: BTreeMap::new(),
            broken: parts.broken.clone(),
            declared_at: BTreeMap::new(),
            unknown: BTreeMap::new(),
        };
        for (name, what, given) in [(scope.field.clone(), "the field", field), (scope.time.clone(), "the time", time)] {
            match given {
                Some(name) => scope.declare(name, what, parts.text, problems),
                // The default name is taken, at no place.
                None => _ = scope.declared_at.insert(name, (Span::default(), what)),
            }
        }
        for item in items {
            match &item.kind {
                ItemKind::Param { name, .. } => {
                    scope.declare(name, "a parameter", parts.text, problems);
                    scope.params.insert(name.text.clone());
                }
                ItemKind::Let { name, .. } => {
                    scope.declare(name, "an abbreviation", parts.text, problems);
                    let empty = Abbreviation { value: None, odd: None, defined: false, used: false, span: name.span };
                    scope.abbreviations.entry(name.text.clone()).or_insert(empty);
                }
                _ => {}
            }
        }
        scope.report_alike(parts.text, problems);
        scope
    }

    /// Warns of declared names that look alike as they are written.
    fn report_alike(&self, text: &str, problems: &mut Vec<Diagnostic>) {
        let mut seen: BTreeMap<String, (&str, Span)> = BTreeMap::new();
        for (name, (span, _)) in &self.declared_at {
            // A command of LaTeX is read as its letters.
            let written = written(text, *span).filter(|written| !written.starts_with('\\')).unwrap_or(name);
            let shape: String = unicode_security::skeleton(written).collect();
            if let Some((other, place)) = seen.get(&shape) {
                let message = format!("the names `{other}` and `{name}` look alike");
                problems.push(
                    Diagnostic::new(Code::ConfusableNames, message)
                        .label(*span, format!("this is `{name}`"))
                        .label(*place, format!("this is `{other}`"))
                        .help("they are read as different names; rename one of them"),
                );
            } else {
                seen.insert(shape, (name, *span));
            }
        }
    }

    fn declare(&mut self, name: &Name, what: &'static str, source: &str, problems: &mut Vec<Diagnostic>) {
        let text = name.text.as_str();
        let derivative = of_field(text, &self.field, &self.time).map(|_| "a derivative of the field");
        if let Some(meaning) = reserved_for(text).or(derivative) {
            problems.push(
                Diagnostic::new(Code::ReservedName, format!("`{text}` is {meaning} and cannot be declared"))
                    .label(name.span, "reserved")
                    .help("choose another name"),
            );
            self.clashing.insert(name.span);
            return;
        }
        let Some((first, first_what)) = self.declared_at.insert(text.to_owned(), (name.span, what)) else { return };
        let mut problem =
            Diagnostic::new(Code::DuplicateName, format!("`{text}` is declared twice: it is already {first_what}"))
                .label(name.span, "declared again");
        problem = if first == Span::default() {
            problem.help(if first_what == "the field" {
                "the field is called phi unless `field NAME` says otherwise"
            } else {
                "the time is called t unless `time NAME in (0, inf)` says otherwise"
            })
        } else {
            problem.label(first, "first declared here")
        };
        if let (Some(one), Some(other)) = (written(source, first), written(source, name.span))
            && one != other
        {
            problem = problem.help(format!("`{one}` and `{other}` are both read as `{text}`"));
        }
        problems.push(problem);
        self.clashing.insert(name.span);
        self.declared_at.insert(text.to_owned(), (first, first_what));
    }

    /// Notes a name that nobody declares.
    pub(super) fn note_unknown(&mut self, name: &str, span: Span) {
        // A name with a wrong letter in it is reported by the lexer.
        if !self.broken.contains(name) && name.is_ascii() {
            self.unknown.entry(name.to_owned()).or_default().push(span);
        }
    }

    /// Whether a name is used that nobody declares, or whose declaration could not be read.
    pub(super) fn has_unknown(&self) -> bool {
        !self.unknown.is_empty() || !self.broken.is_empty()
    }

    /// One problem for each unknown name, with its first occurrences. `field_occurs` tells whether the field is used
    /// at all; if it is not, an unknown name is probably the field.
    pub(super) fn report_unknown(&mut self, field_occurs: bool, parts: Parts<'_>, problems: &mut Vec<Diagnostic>) {
        let mut unknown: Vec<(String, Vec<Span>)> = std::mem::take(&mut self.unknown).into_iter().collect();
        unknown.sort_by_key(|(_, spans)| spans.first().copied());
        for (name, spans) in unknown.into_iter().take(MAX_PROBLEMS + 1) {
            let mut problem = Diagnostic::new(Code::UnknownName, format!("unknown name `{name}`"));
            for (at, span) in spans.iter().take(SHOWN_OCCURRENCES).enumerate() {
                problem = problem.label(*span, if at == 0 { "not declared" } else { "and here" });
            }
            let first = spans.first().copied().unwrap_or_default();
            problems.push(match self.advice(&name, field_occurs) {
                Advice::Say(help) => problem.help(help),
                Advice::Write(help, text) => problem.help(help).instead(first, text),
                Advice::Declare(help) => {
                    let written = parts.items.iter().skip(usize::from(self.field_implied(parts)));
                    let items = written.map(|item| item.span);
                    let place = items.chain(parts.file.map(|file| file.equation.span)).map(|span| span.start).min();
                    match place {
                        Some(place) if parts.file.is_some() => {
                            problem.help(help).instead(Span::new(place, place), format!("param {name}; "))
                        }
                        _ => problem.help(help),
                    }
                }
            });
        }
    }

    /// Whether the first item is the field that no line declares, which stands at no place of its own.
    fn field_implied(&self, parts: Parts<'_>) -> bool {
        parts.items.first().is_some_and(|item| matches!(&item.kind, ItemKind::Field(name) if name.span == item.span))
    }

    fn advice(&self, name: &str, field_occurs: bool) -> Advice {
        let declare = format!("declare it with `param {name}`, or with its domain, `param {name} > 0`");
        match name {
            "i" | "j" => return Advice::Write("the imaginary unit is `I`".into(), "I".into()),
            "e" => return Advice::Say("the exponential is `exp(…)`".into()),
            "y" | "z" => {
                let coordinate = if name == "y" { "x2" } else { "x3" };
                return Advice::Write(
                    format!("as a value this coordinate is written `{coordinate}`"),
                    coordinate.into(),
                );
            }
            "r" => {
                return Advice::Say("the position vector is `x`; directions are `d(phi, x1)`, `d(phi, x2)`, …".into());
            }
            "t" => {
                let help = format!("the time is called `{}` here", self.time);
                return Advice::Write(help, self.time.clone());
            }
            _ => {}
        }
        if let Some(product) = self.product_of_letters(name) {
            return Advice::Write(format!("if a product is meant, write `{product}`; otherwise {declare}"), product);
        }
        if let Some(meaning) = reserved_for(name) {
            return Advice::Say(format!("`{name}` is {meaning} and cannot be declared; choose another name"));
        }
        if let Some(help) = self.derivative_of_another(name) {
            return Advice::Say(help);
        }
        if !field_occurs && !self.field_declared {
            return Advice::Say(format!(
                "if `{name}` is the field, declare it with `field {name}`; if it is a parameter, {declare}"
            ));
        }
        let declared = self.params.iter().chain(self.abbreviations.keys()).map(String::as_str);
        let candidates = declared.chain([self.field.as_str(), self.time.as_str(), "pi"]);
        // `phi_max` is a name of its own beside `phi`.
        let candidates = candidates.filter(|known| name.strip_prefix(known).is_none_or(|rest| !rest.starts_with('_')));
        match nearest(name, candidates.take(COMPARED_NAMES)) {
            Some(close) => Advice::Write(format!("did you mean `{close}`? otherwise {declare}"), close.to_owned()),
            None => Advice::Declare(declare),
        }
    }

    /// `D*u_xx` for `Du_xx`, of declared names.
    fn product_of_letters(&self, name: &str) -> Option<String> {
        let factor = |part: &str| {
            let known = self.params.contains(part) || self.abbreviations.contains_key(part) || part == self.time;
            known || part == self.field || of_field(part, &self.field, &self.time).is_some() || part == "x"
        };
        let cuts = name.char_indices().skip(1).map(|(at, _)| name.split_at(at));
        let (left, right) = cuts.into_iter().find(|(left, right)| factor(left) && factor(right))?;
        Some(format!("{left}*{right}"))
    }

    /// What to say about `phi_r`, `v_xx` and `D_x`, which look like derivatives.
    fn derivative_of_another(&self, name: &str) -> Option<String> {
        let (of, subscript) = name.rsplit_once('_')?;
        let (field, time) = (&self.field, &self.time);
        let forms = format!("`dt({field})`, `d({field}, x1, 2)` or `{field}_{time}`, `{field}_xx`");
        let letters: BTreeSet<char> = subscript.chars().collect();
        if let Some(variables) = directions(subscript, time) {
            let one = variables.len() == 1;
            return Some(match of {
                "D" | "d" | "partial" | "del" | "" if one => format!("derivatives are written {forms}"),
                _ => format!(
                    "if this is a derivative of `{of}`: the equation has one field, `{field}`, and its derivatives \
                              are written {forms}; if it is a parameter, declare it with `param {name}`"
                ),
            });
        }
        (of == field && letters.len() == 1 && !subscript.starts_with(|first: char| first.is_ascii_digit())).then(|| {
            format!("if this is a derivative: the coordinates are x, y, z or x1, x2, …, and the time is `{time}`; if it is a \
                     parameter, declare it with `param {name}`")
        })
    }

    /// Warnings about parameters and abbreviations that have no effect.
    pub(super) fn report_unused(&self, params: &[Param], problems: &mut Vec<Diagnostic>) {
        for param in params.iter().filter(|param| !self.used_params.contains(&param.name)) {
            if self.clashing.contains(&param.span) {
                continue;
            }
            problems.push(
                Diagnostic::new(Code::UnusedParameter, format!("the parameter `{}` is not used", param.name))
                    .label(param.span, "declared here")
                    .help("remove it, or use it in the equation"),
            );
        }
        for (name, abbreviation) in self.abbreviations.iter().filter(|(_, abbreviation)| !abbreviation.used) {
            if self.clashing.contains(&abbreviation.span) {
                continue;
            }
            problems.push(
                Diagnostic::new(Code::UnusedAbbreviation, format!("the abbreviation `{name}` is not used"))
                    .label(abbreviation.span, "defined here")
                    .help("remove it, or use it in the equation"),
            );
        }
    }
}

/// What to do about an unknown name.
enum Advice {
    Say(String),
    /// What is said, and what to write in its place.
    Write(String, String),
    /// What is said about a name that is probably a parameter.
    Declare(String),
}

/// How something is written at a place; `None` where that is no place of the text.
fn written(text: &str, span: Span) -> Option<&str> {
    text.get(span.start..span.end).filter(|written| !written.is_empty())
}

/// The items of a file in a form both a whole and a broken file have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'a> {
    /// The source.
    pub(super) text: &'a str,
    pub(super) file: Option<&'a File>,
    pub(super) items: &'a [Item],
    pub(super) broken: &'a BTreeSet<String>,
    /// Whether everything could be read, so that what is absent is really absent.
    pub(super) complete: bool,
}
