//! The driver: equation -> symbol -> dispersion relation -> C2 -> C1 -> continuity form -> kernel -> derivation.

use crate::algebra::steps::Workspace;
use crate::base::error::EngineError;
use crate::base::options::Options;
use crate::claims::c2::amplitude;
use crate::claims::{answer, c1, c2, continuity, kernel, linear_coefficients};
use crate::equation::declared;
use crate::equation::linear::Equation;
use crate::equation::{dispersion, nonlinear};
use crate::evidence::{memory, repair, report};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::{Derivation, PdeSummary, SCHEMA};
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{Problem, Verdict};
use std::collections::BTreeMap;
use std::rc::Rc;
use symbolica::domains::rational::Rational;

/// Everything about one equation; runs on the engine thread.
pub(crate) fn derive(pde: &Pde, options: &Options, work: &Rc<Workspace>) -> Result<Derivation, EngineError> {
    let fixed = declared::fixed_values(pde, options)?;
    let dims = declared::dims(pde, options)?;
    let summary = declared::summary(pde, &fixed, dims);
    if pde.has_memory() {
        let Some(of) = pde.memory() else {
            return Ok(unreachable_by_rules(summary, "Caputo's derivative beside others"));
        };
        let found = derive(&of.local, &Options { repairs: false, ..options.clone() }, work)?;
        let mut with = memory::derivation(pde, &of, summary, found);
        if options.repairs {
            with.repairs = repair::on_the_line(pde, options, &with);
        }
        return Ok(with);
    }
    if !pde.nonlinear.is_empty() {
        return linearised(pde, options, &fixed, summary, work);
    }
    if pde.has_coordinates() {
        return linear_coefficients(pde, fixed, dims, summary, work);
    }
    let eq = match Equation::read(pde, fixed, dims, work) {
        Ok(eq) if eq.order() > 0 => eq,
        Ok(_) => return Ok(unreachable_by_rules(summary, "no time derivative once like terms are collected")),
        Err(unsupported) => return Ok(unreachable_by_rules(summary, &unsupported.what)),
    };
    let c2 = c2::decide(&eq);
    let c1 = c1::decide(&eq, &c2.kind);
    let problem = c2.problem();
    let mut c2_report = report::c2(&eq, &c2);
    let c1_report = report::c1(&eq, &c1, &c2);
    let continuity = continuity::of(&eq, &c1, problem);
    let statuses = [c1_report.status, c2_report.status];
    let verdict = report::verdict(statuses, report::compatible(&eq, &c1, &c2, statuses), continuity.verified);
    let kernel = kernel::find(&eq, &c2, &c1_report);
    report::bound_prior_error(&mut c2_report, kernel.as_ref());
    let repairs = if options.repairs && verdict != Verdict::SGenerative {
        let both = answer::both(&eq, &c1, &c2);
        work.budget.extend(options.work_limit);
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

/// An equation with coordinates as coefficients; what it declares is read with another that has none.
fn linear_coefficients(
    pde: &Pde,
    fixed: BTreeMap<String, Rational>,
    dims: declared::Dims,
    summary: PdeSummary,
    work: &Rc<Workspace>,
) -> Result<Derivation, EngineError> {
    let field = || Box::new(Expr::new(ExprKind::Symbol(pde.field.clone()), pde.left.span));
    let node = |kind: ExprKind| Expr::new(kind, pde.left.span);
    let plain = Pde {
        left: node(ExprKind::TimeDerivative { operand: field(), order: 1 }),
        right: node(ExprKind::Laplacian { operand: field(), order: 1 }),
        explicit_dim: None,
        density: None,
        ..pde.clone()
    };
    let eq = match Equation::read(&plain, fixed, dims, work) {
        Ok(eq) => eq,
        Err(unsupported) => return Ok(unreachable_by_rules(summary, &unsupported.what)),
    };
    let found = match linear_coefficients::decide(pde, &eq) {
        Ok(found) => found,
        Err(what) => return Ok(unreachable_by_rules(summary, &what)),
    };
    let c1 = report::by_matrices(&eq, &found.c1, &[], found.certificate.clone(), true);
    let c2 = report::by_matrices(&eq, &found.c2, &found.further, found.certificate.clone(), false);
    let verdict = report::verdict([c1.status, c2.status], Some(true), found.continuity.verified);
    Ok(Derivation {
        schema: SCHEMA,
        pde: summary,
        verdict,
        c1,
        c2,
        problem: found.problem,
        dispersion: None,
        continuity: Some(found.continuity),
        kernel: None,
        repairs: Vec::new(),
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
    work: &Rc<Workspace>,
) -> Result<Derivation, EngineError> {
    let backgrounds = match nonlinear::linearise(pde, fixed, work) {
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
    let found = derive(linear, &Options { repairs: false, ..options.clone() }, work)?;
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
