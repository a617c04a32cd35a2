//! Caputo's derivative: the equation without memory is derived, and what follows from it with memory is said; why it
//! follows stands where it is checked (`genphys-verify`, `check/caputo.rs`).

use crate::evidence::report;
use genphys_pde::certificate::Certificate;
use genphys_pde::condition::StatedCondition;
use genphys_pde::derivation::{
    Continuity, Derivation, Kernel, KernelConstants, KernelFamily, KernelSpec, PdeSummary, exponent_variable,
};
use genphys_pde::expression::Expression;
use genphys_pde::memory::{Memory, Orders};
use genphys_pde::pde::Pde;
use genphys_pde::print_expr;
use genphys_pde::verdict::{ConditionReport, PRIOR_ERROR, Problem, Status};
use genphys_pde::{Complex, evaluate_complex};
use std::collections::BTreeMap;

/// Why C1 holds and fails alike with memory.
const MEAN: &str = "with memory p is a mean of the densities without it, over the inverse of a stable subordinator (Pollard), and \
                    at short times the converse";
/// Orders on both sides of one.
const CROSSES: &str =
    "orders of Caputo's derivative below and above 1 are different equations; set one, or narrow its domain";

/// The derivation of an equation with memory from `found`, that of the equation without.
pub(crate) fn derivation(pde: &Pde, memory: &Memory, summary: PdeSummary, found: Derivation) -> Derivation {
    let fixed = |name: &str| summary.params.iter().find(|p| p.name == name && p.fixed).and_then(|p| p.value);
    let Some(orders) = memory.orders(&fixed) else {
        return undecided(summary, found, "an order of Caputo's derivative outside of (0, 2)");
    };
    if !orders.at_most_one() && !orders.above_one() {
        return undecided(summary, found, CROSSES);
    }
    let line = is_diffusion(&found);
    let (c1, c2) = if orders.at_most_one() {
        (slow_c1(found.c1.clone()), slow_c2(&found, &orders, ends(pde)))
    } else {
        (fast_c1(&summary, line), fast_c2(&found, line))
    };
    // A density that is quadratic in the field has no flow of this kind.
    let linear = found.continuity.clone().filter(|form| !form.density.contains('|'));
    let continuity = linear.map(|form| Continuity { order: Some(print_expr(&memory.order)), ..form });
    let verified = continuity.as_ref().is_some_and(|form| form.verified);
    let kernel = found.kernel.as_ref().filter(|_| orders.at_most_one() && c1.status != Status::Undecided);
    let kernel = kernel.and_then(|kernel| with_memory(pde, memory, kernel));
    let verdict = report::verdict([c1.status, c2.status], Some(true), verified);
    let problem = problem(&found);
    Derivation {
        pde: summary,
        verdict,
        c1,
        c2,
        problem,
        dispersion: None,
        continuity,
        kernel,
        repairs: Vec::new(),
        ..found
    }
}

fn undecided(summary: PdeSummary, found: Derivation, what: &str) -> Derivation {
    let none = || ConditionReport {
        tried: vec![what.into()],
        ..ConditionReport::proposed(Status::Undecided, "none", what.to_owned())
    };
    Derivation {
        pde: summary,
        verdict: genphys_pde::verdict::Verdict::Undecided,
        c1: none(),
        c2: none(),
        problem: problem(&found),
        dispersion: None,
        continuity: None,
        kernel: None,
        repairs: Vec::new(),
        ..found
    }
}

/// Waves that would grow without bound without memory may not with it.
fn problem(found: &Derivation) -> Problem {
    if found.problem == Problem::Evolution { Problem::Evolution } else { Problem::Undetermined }
}

fn ends(pde: &Pde) -> bool {
    pde.time.interval.upper.to_f64().is_finite()
}

/// The claim of the equation without memory, with its reason and certificate.
fn carried(report: ConditionReport, because: &str) -> ConditionReport {
    let certificate = Certificate::Caputo { status: report.status, of: report.certificate.map(Box::new) };
    // A bound on the prior error is one of the kernel without memory.
    let unbounded = |c: &StatedCondition| match c.split_once(": ") {
        Some((before, _)) if c.starts_with(PRIOR_ERROR) => before.into(),
        _ => c.clone(),
    };
    ConditionReport {
        conditions: report.conditions.iter().map(unbounded).collect(),
        rule: format!("caputo-{}", report.rule),
        because: format!("{because}; without memory: {}", report.because),
        certificate: Some(certificate),
        // Numbers about the equation without memory are none about this one.
        witness: None,
        ..report
    }
}

fn nothing(report: &ConditionReport, why: &str) -> ConditionReport {
    let mut tried = report.tried.clone();
    tried.push(why.into());
    let because = "no rule of this version decides it".to_owned();
    ConditionReport { tried, ..ConditionReport::proposed(Status::Undecided, "none", because) }
}

fn slow_c1(report: ConditionReport) -> ConditionReport {
    match (&report.certificate, report.status) {
        (_, Status::Undecided) => ConditionReport { witness: None, ..report },
        (Some(Certificate::QuadraticDensity { .. } | Certificate::Linearised { .. }), _) => {
            nothing(&report, "a density that is quadratic in the field obeys no equation with memory")
        }
        _ => carried(report, MEAN),
    }
}

fn slow_c2(found: &Derivation, orders: &Orders, ends: bool) -> ConditionReport {
    let report = found.c2.clone();
    let rest = at_rest(found);
    match report.status {
        Status::Holds | Status::Conditional if rest.is_none_or(|rest| rest >= 0.0) => {
            let because = "with memory waves fade where those without it decay, at last by a power of the time";
            ConditionReport { exact: report.exact && is_real(found), ..carried(report, because) }
        }
        _ if rest.is_some_and(|rest| rest < 0.0) && orders.below_one() && !ends => {
            let because = "the mass dies, and by a power of the time, as all waves do: p(k)/p(0) of the transforms tends to s(0)/s(k), \
                           so that data are not forgotten";
            ConditionReport {
                certificate: Some(Certificate::Caputo { status: Status::Undecided, of: None }),
                ..ConditionReport::proposed(Status::Fails, "caputo-mass-dies", because)
            }
        }
        Status::Fails if is_real(found) => {
            carried(report, "with memory waves that do not decay without it do not fade")
        }
        Status::Undecided => ConditionReport { witness: None, ..report },
        Status::Holds | Status::Conditional => {
            nothing(&report, "the mass dies, and what is left of the data is not bounded")
        }
        Status::Fails => nothing(&report, "waves that oscillate without memory may fade with it"),
    }
}

fn fast_c1(summary: &PdeSummary, diffusion: bool) -> ConditionReport {
    if !diffusion {
        let because = "orders above 1 are decided for diffusion alone";
        return ConditionReport {
            tried: vec![because.into()],
            ..ConditionReport::proposed(Status::Undecided, "none", because)
        };
    }
    let (status, conditions) = match summary.dim.bounds() {
        (1, Some(1)) => (Status::Holds, Vec::new()),
        (1, _) => (Status::Conditional, vec!["N = 1".to_owned().into()]),
        _ => (Status::Fails, Vec::new()),
    };
    let because = "in N = 1 p is Wright's M function, which is positive (Fujita; Mainardi); its top is away from the source, so that \
                   in N >= 2 the density is negative near the source";
    ConditionReport {
        conditions,
        certificate: Some(Certificate::Caputo { status, of: None }),
        ..ConditionReport::proposed(status, "fractional-wave", because)
    }
}

fn fast_c2(found: &Derivation, diffusion: bool) -> ConditionReport {
    let report = found.c2.clone();
    match report.status {
        Status::Holds | Status::Conditional if diffusion || is_real(found) && at_rest(found) == Some(0.0) => {
            let because = "the transform E_b(s t^b) is that of a density on the line, so that it is below 1 off k = 0, and it fades";
            carried(report, because)
        }
        _ => nothing(&report, "orders above 1 are decided for branches that are real and 0 at k = 0"),
    }
}

/// The one branch s(k) = −iω as text.
fn branch(found: &Derivation) -> Option<&str> {
    match &found.dispersion.as_ref()?.branches[..] {
        [branch] => Some(&branch.omega),
        _ => None,
    }
}

/// −iω at |k| = `k`, with values of the parameters that stand for all: what is proposed is checked for all.
fn value(found: &Derivation, k: f64) -> Option<Complex> {
    let omega = genphys_pde::parse_expression(branch(found)?).ok()?;
    let inside = |p: &genphys_pde::derivation::ParamSummary| {
        let candidates = [p.value.unwrap_or(1.0), 1.0, 0.5, 1.5, 2.0, -1.0, 3.0];
        candidates.into_iter().find(|x| p.domain.domain.contains(*x)).unwrap_or(1.0)
    };
    let mut values: BTreeMap<String, f64> = found.pde.params.iter().map(|p| (p.name.clone(), inside(p))).collect();
    values.insert("k".into(), k);
    values.extend((1..=64).map(|j| (format!("k{j}"), k)));
    let omega = evaluate_complex(&omega, &values).ok()?;
    let small = |part: f64| if part.abs() < 1e-12 * (1.0 + omega.re.abs() + omega.im.abs()) { 0.0 } else { part };
    Some(Complex { re: small(omega.im), im: -small(omega.re) })
}

/// s(0), where it is real.
fn at_rest(found: &Derivation) -> Option<f64> {
    value(found, 0.0).filter(|s| s.im == 0.0).map(|s| s.re)
}

fn is_real(found: &Derivation) -> bool {
    [0.3, 0.7, 1.9].into_iter().all(|k| value(found, k).is_some_and(|s| s.im == 0.0))
}

/// Whether s = −c|k|², as far as numbers tell.
fn is_diffusion(found: &Derivation) -> bool {
    let over_square = |k: f64| value(found, k).filter(|s| s.im == 0.0).map(|s| s.re / (k * k));
    let Some(c) = over_square(1.0).filter(|c| *c < 0.0) else { return false };
    [0.3, 2.7].into_iter().all(|k| over_square(k).is_some_and(|x| (x - c).abs() < 1e-9 * c.abs()))
}

/// The kernel with memory of a power of |k|.
fn with_memory(pde: &Pde, memory: &Memory, kernel: &Kernel) -> Option<Kernel> {
    let KernelConstants { spec, clock: None, shape: None, start: None, end } = &kernel.constants else { return None };
    if spec.decay().is_none_or(|decay| !decay.is_zero()) {
        return None;
    }
    let number = |n: &str| Expression::read(n).ok();
    let (rate, index) = match spec {
        KernelSpec::Heat { diffusivity, .. } => (diffusivity.clone(), number("2")?),
        KernelSpec::Poisson { speed, .. } => (speed.clone(), number("1")?),
        KernelSpec::Stable { rate, index, .. } => (rate.clone(), index.clone()),
        _ => return None,
    };
    let order = Expression::from(memory.order.clone());
    let mut named =
        BTreeMap::from([("rate".to_owned(), rate), ("index".to_owned(), index), ("order".to_owned(), order)]);
    named.extend(end.clone().map(|end| ("end".to_owned(), end)));
    let constants = KernelConstants::new(KernelFamily::SpaceTimeFractional, named).ok()?;
    let lambda = exponent_variable(pde.params.iter().map(|param| param.name.as_str()));
    Kernel::new(constants, &pde.time.name, &lambda)
}
