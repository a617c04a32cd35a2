//! Parameters, domains, intervals, dimensions: what declarations mean and whether they make sense.

use super::check::Extent;
use crate::ast::{Bound, Dim, Domain, Interval, Item, ItemKind, Number};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_PARAMS;
use crate::pde::Param;
use crate::span::Span;
use crate::words::is_component;
use std::collections::BTreeMap;

/// Names of components of the wave vector in an equation that has them, where conditions would not say which is meant.
pub(super) fn check_components(items: &[Item], problems: &mut Vec<Diagnostic>) {
    for item in items {
        let (ItemKind::Param { name, .. } | ItemKind::Time { name, .. }) = &item.kind else { continue };
        if is_component(&name.text) {
            let message = format!(
                "`{}` is a component of the wave vector in an equation that names coordinates, and cannot be declared",
                name.text
            );
            problems.push(
                Diagnostic::new(Code::ReservedName, message).label(name.span, "reserved").help("choose another name"),
            );
        }
    }
}

/// The parameters in the order they are declared, the first of each name.
pub(super) fn params(items: &[Item], problems: &mut Vec<Diagnostic>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        let ItemKind::Param { name, complex, domain, default } = &item.kind else { continue };
        if !seen.insert(name.text.as_str()) {
            continue;
        }
        if params.len() == MAX_PARAMS {
            problems.push(
                Diagnostic::new(Code::TooManyParameters, format!("there are more than {MAX_PARAMS} parameters"))
                    .label(name.span, format!("parameter {}", MAX_PARAMS + 1)),
            );
            break;
        }
        if let Domain::Interval(interval) = domain {
            check_interval(interval, item.span, problems);
        }
        check_domain(&name.text, *complex, domain, default.as_ref(), item.span, problems);
        params.push(Param {
            name: name.text.clone(),
            complex: *complex,
            domain: domain.clone(),
            default: default.clone(),
            span: name.span,
        });
    }
    params
}

fn check_domain(
    name: &str,
    complex: bool,
    domain: &Domain,
    default: Option<&Number>,
    span: Span,
    problems: &mut Vec<Diagnostic>,
) {
    if complex && !matches!(domain, Domain::Unrestricted | Domain::NotEqual(_)) {
        problems.push(
            Diagnostic::new(Code::ComplexOrdered, format!("the complex parameter `{name}` has an ordered domain"))
                .label(span, format!("`{domain}` has no meaning for complex numbers"))
                .help(format!("leave out `complex`, or write `param complex {name} != 0`")),
        );
        return;
    }
    let empty = matches!(domain, Domain::Interval(interval) if interval.is_empty());
    if let Some(default) = default.filter(|default| !empty && !domain.contains(default.to_f64())) {
        problems.push(
            Diagnostic::new(
                Code::DefaultOutsideDomain,
                format!("the default {default} of `{name}` is outside its domain"),
            )
            .label(span, format!("the domain is `{domain}`"))
            .help("change the default or the domain"),
        );
    }
}

/// Reports an interval without numbers in it, or with an infinite end that is closed.
pub(super) fn check_interval(interval: &Interval, span: Span, problems: &mut Vec<Diagnostic>) {
    let infinite_closed = interval.lower_closed && !matches!(interval.lower, Bound::Finite(_))
        || interval.upper_closed && !matches!(interval.upper, Bound::Finite(_));
    let (message, help) = if interval.is_empty() {
        (format!("no number lies in {interval}"), "the lower end comes first, as in `in (0, 2]`")
    } else if infinite_closed {
        (format!("the infinite end of {interval} is closed"), "an infinite end is open, as in `in [0, inf)`")
    } else {
        return;
    };
    problems.push(Diagnostic::new(Code::EmptyDomain, message).label(span, "").help(help));
}

/// Reports items that may stand once and stand twice.
pub(super) fn check_repeated(items: &[Item], problems: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for item in items {
        let keyword = match &item.kind {
            ItemKind::Field(_) => "field",
            ItemKind::Dim(_) => "dim",
            ItemKind::Time { .. } => "time",
            ItemKind::Density(_) => "density",
            ItemKind::Param { .. } | ItemKind::Let { .. } => continue,
        };
        if let Some(place) = first.get(keyword) {
            problems.push(
                Diagnostic::new(Code::RepeatedItem, format!("`{keyword}` stands twice"))
                    .label(item.span, "again")
                    .label(*place, "first here")
                    .help(format!("a file has at most one `{keyword}`")),
            );
        } else {
            first.insert(keyword, item.span);
        }
    }
}

/// Checks vectors and coordinates against each other and against `dim`; returns the dimension they ask for.
pub(super) fn check_extent(
    extent: &Extent,
    dim: Dim,
    dim_span: Option<Span>,
    problems: &mut Vec<Diagnostic>,
) -> Option<u32> {
    if let (Some((axis, axis_span)), Some((length, length_span))) = (extent.axis, extent.length)
        && axis > length
    {
        problems.push(
            Diagnostic::new(Code::LengthMismatch, format!("the coordinate x{axis} beside a vector of length {length}"))
                .label(axis_span, format!("needs {axis} dimensions"))
                .label(length_span, format!("length {length}")),
        );
        return None;
    }
    let fits_axis = |axis: u32| match dim {
        Dim::Any => true,
        Dim::Exactly(n) => axis <= n,
        Dim::Range(_, upper) => upper.is_none_or(|upper| axis <= upper),
    };
    let misfit = match (extent.length, extent.axis) {
        (Some((length, span)), _) if !dim.contains(length) => {
            Some((span, format!("this lives in {length} dimensions, and the equation is declared for {dim}")))
        }
        (_, Some((axis, span))) if !fits_axis(axis) => {
            Some((span, format!("x{axis} needs {axis} dimensions, and the equation is declared for {dim}")))
        }
        _ => None,
    };
    if let Some((span, message)) = misfit {
        let mut problem = Diagnostic::new(Code::DimensionMismatch, message).label(span, "does not fit");
        if let Some(dim_span) = dim_span {
            problem = problem.label(dim_span, "declared here");
        }
        problems.push(problem.help("change `dim`, or the vector or coordinate"));
        return None;
    }
    extent.length.or(extent.axis).map(|(dimension, _)| dimension)
}
