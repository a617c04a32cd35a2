//! The driver: equation -> symbol -> dispersion relation -> C2 -> C1 -> continuity form -> kernel -> derivation.

use crate::algebra::formula::Formula;
use crate::base::budget;
use crate::base::error::EngineError;
use crate::base::options::Options;
use crate::claims::c2::amplitude;
use crate::claims::{c1, c2};
use crate::claims::{continuity, kernel};
use crate::equation::declared;
use crate::equation::linear::Equation;
use crate::equation::{dispersion, nonlinear};
use crate::evidence::{repair, report};
use genphys_pde::derivation::{Derivation, ParamSummary, PdeSummary, SCHEMA};
use genphys_pde::pde::{Param, Pde};
use genphys_pde::verdict::{PRIOR_ERROR, Problem, Status, Verdict};
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// Everything about one equation; runs on the engine thread.
pub(crate) fn derive(pde: &Pde, options: &Options) -> Result<Derivation, EngineError> {
    let fixed = declared::fixed_values(pde, options)?;
    let dims = declared::dims(pde, options)?;
    let summary = summary(pde, &fixed, dims);
    if !pde.nonlinear.is_empty() {
        return linearised(pde, options, &fixed, summary);
    }
    let eq = match Equation::read(pde, fixed, dims) {
        Ok(eq) if eq.order() > 0 => eq,
        Ok(_) => return Ok(unreachable_by_rules(summary, "no time derivative once like terms are collected")),
        Err(unsupported) => return Ok(unreachable_by_rules(summary, &unsupported.what)),
    };
    let c2 = c2::decide(&eq);
    let c1 = c1::decide(&eq, &c2.kind);
    let problem = c2.problem();
    let mut c2_report = report::c2(&eq, &c2);
    let c1_report = report::c1(&eq, &c1, &c2);
    let continuity = match &c1.quadratic {
        Some(quadratic) => quadratic.continuity.clone(),
        None => continuity::derive(&eq, problem),
    };
    let both = [c1_report.status, c2_report.status];
    let verdict = report::verdict(both, report::compatible(&eq, &c1, &c2, both), continuity.verified);
    let kernel = match c1_report.status {
        Status::Holds | Status::Conditional if c2.band.is_none() && c1::density_is_derived(&eq) => {
            kernel::find(&eq, problem, c1_report.certificate.as_ref())
        }
        _ => None,
    };
    // The condition of a finite interval, with the kernel's bound.
    if let Some(bound) = kernel.as_ref().and_then(|k| k.prior_error.as_ref()) {
        for condition in c2_report.conditions.iter_mut().filter(|c| c.starts_with(PRIOR_ERROR)) {
            *condition = format!("{condition}: {bound}").into();
        }
    }
    let repairs = if options.repairs && verdict != Verdict::SGenerative {
        let both = Formula::all([c1.formula.clone(), c2.formula.clone()]).simplify(&eq.oracle);
        budget::extend(options.work_limit);
        repair::search(&eq, options, verdict, &c1_report, &both)
    } else {
        Vec::new()
    };
    Ok(Derivation {
        schema: SCHEMA,
        pde: summary,
        verdict,
        c1: c1_report,
        c2: c2_report,
        problem,
        dispersion: Some(dispersion::describe(&eq, problem, amplitude::amplitude(&eq))),
        continuity: Some(continuity),
        kernel,
        repairs,
        background: None,
        words: None,
    })
}

/// An equation that is not linear: the linear one about its first background, with the exact continuity form.
fn linearised(
    pde: &Pde,
    options: &Options,
    fixed: &BTreeMap<String, Rational>,
    summary: PdeSummary,
) -> Result<Derivation, EngineError> {
    let backgrounds = match nonlinear::linearise(pde, fixed) {
        Ok(list) => list,
        Err(why) => return Ok(unreachable_by_rules(summary, &format!("a nonlinear term, and {why}"))),
    };
    let texts: Vec<&str> = backgrounds.iter().map(|b| b.text.as_str()).collect();
    let others = match texts.as_slice() {
        [_] => String::new(),
        [_, rest @ ..] => format!(" (other backgrounds: {})", rest.join(", ")),
        [] => String::new(),
    };
    let Some(nonlinear::Background { text, pde: linear }) = backgrounds.first() else {
        return Ok(unreachable_by_rules(summary, "a nonlinear term without a background"));
    };
    let found = derive(linear, &Options { repairs: false, ..options.clone() })?;
    let continuity = nonlinear::continuity(pde, found.problem == Problem::HalfSpace);
    let source = repair::file_text(linear, &BTreeMap::new(), None);
    let about = |found, is_c1| report::linearised(found, text, &others, &source, is_c1);
    let (c1, c2) = (about(found.c1, true), about(found.c2, false));
    let verdict = report::verdict([c1.status, c2.status], Some(true), continuity.verified);
    Ok(Derivation {
        schema: SCHEMA,
        pde: summary,
        verdict,
        c1,
        c2,
        problem: found.problem,
        dispersion: found.dispersion,
        continuity: Some(continuity),
        kernel: None,
        repairs: if options.repairs { repair::linearised(linear, text, found.verdict, verdict) } else { Vec::new() },
        background: Some(text.clone()),
        words: None,
    })
}

fn unreachable_by_rules(pde: PdeSummary, what: &str) -> Derivation {
    Derivation {
        schema: SCHEMA,
        pde,
        verdict: Verdict::Undecided,
        c1: report::not_reached(what),
        c2: report::not_reached(what),
        problem: Problem::Undetermined,
        dispersion: None,
        continuity: None,
        kernel: None,
        repairs: Vec::new(),
        background: None,
        words: None,
    }
}

fn summary(pde: &Pde, fixed: &BTreeMap<String, Rational>, dims: declared::Dims) -> PdeSummary {
    let param = |p: &Param| ParamSummary {
        name: p.name.clone(),
        domain: p.declared(),
        value: fixed
            .get(&p.name)
            .cloned()
            .or_else(|| p.default.as_ref().map(crate::trees::number::rational))
            .map(|v| v.to_f64()),
        fixed: fixed.contains_key(&p.name),
    };
    PdeSummary {
        name: pde.name.clone(),
        title: pde.title.clone(),
        equation: pde.equation.clone(),
        hash: pde.hash.clone(),
        params: pde.params.iter().map(param).collect(),
        dim: dims.into(),
    }
}
