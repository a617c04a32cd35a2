//! A derivation is about its source: hash, names, equation, parameters with their domains and values, dimensions; and
//! what it fixes besides lies in what the source allows.

use super::{Level, Report};
use genphys_pde::ast::{Dim, Number};
use genphys_pde::derivation::{Derivation, ParamSummary, SCHEMA};
use genphys_pde::pde::{Param, Pde};

pub(super) fn check(pde: &Pde, derivation: &Derivation, report: &mut Report) {
    match difference(pde, derivation) {
        Some(text) => report.add("source", Level::Rejected, text),
        None => {
            report.add("source", Level::Proved, "hash, equation, parameters and dimensions are those of the source")
        }
    }
}

fn difference(pde: &Pde, derivation: &Derivation) -> Option<String> {
    let of = &derivation.pde;
    if derivation.schema != SCHEMA {
        return Some("the derivation is of another schema".into());
    }
    if of.hash != pde.hash {
        return Some("the derivation is of another source (hash)".into());
    }
    if of.equation != pde.equation {
        return Some("the derivation states another equation".into());
    }
    if of.name != pde.name || of.title != pde.title {
        return Some("the derivation states another name".into());
    }
    if of.params.len() != pde.params.len() {
        return Some("the derivation has other parameters".into());
    }
    if let Some(text) = of.params.iter().zip(&pde.params).find_map(|(stated, param)| parameter(stated, param)) {
        return Some(text);
    }
    if !is_dimension(pde, of.dim) {
        return Some(format!("N = {} is not what the source says", of.dim));
    }
    let linear = pde.nonlinear.is_empty();
    (linear && derivation.background.is_some()).then(|| "a linear equation has no background".into())
}

/// What is wrong with a parameter: the default is that of the source, and a fixed value lies in the domain.
fn parameter(stated: &ParamSummary, param: &Param) -> Option<String> {
    let name = &param.name;
    if stated.name != *name {
        return Some("the derivation has other parameters".into());
    }
    if stated.domain != param.declared() {
        return Some(format!("{name} is declared {}, not {}", param.declared(), stated.domain));
    }
    match stated.value {
        Some(value) if stated.fixed => {
            (!param.domain.contains(value)).then(|| format!("{name} = {value} lies outside its domain"))
        }
        None if stated.fixed => Some(format!("{name} is fixed without a value")),
        value => {
            let default = param.default.as_ref().map(Number::to_f64);
            (value != default).then(|| format!("the default value of {name} is another one"))
        }
    }
}

/// The dimensions of the source, or one of them.
fn is_dimension(pde: &Pde, stated: Dim) -> bool {
    let declared = match (pde.dim, pde.explicit_dim) {
        (Dim::Any, Some(n)) => Dim::Exactly(n),
        (dim, _) => dim,
    };
    // `1..` is `any`, and `2..2` is `2`.
    matches!(stated, Dim::Exactly(n) if declared.contains(n)) || stated.bounds() == declared.bounds()
}
