//! Neighbouring equations that come out better: each proposal is itself derived, and only an improvement is shown.

use crate::algebra::formula::Formula;
use crate::algebra::ring::{CPoly, K1, Meaning, RADIAL};
use crate::algebra::steps::Workspace;
use crate::base::options::Options;
use crate::claims::continuity;
use crate::claims::{c1, c2};
use crate::equation::declared;
use crate::equation::linear::Equation;
use crate::equation::operator;
use crate::evidence::report;
use genphys_pde::ast::{Dim, Domain, Interval, Number};
use genphys_pde::derivation::{Derivation, Repair};
use genphys_pde::pde::{Param, Pde};
use genphys_pde::verdict::{ConditionReport, Status, Verdict};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A changed list of coefficients a_0 … a_m, or a request about dimension.
struct Proposal {
    change: String,
    a: Vec<CPoly>,
    /// A parameter the change brings in.
    new_param: Option<String>,
}

impl Options {
    /// The fixed values as they are written.
    fn set_values(&self) -> BTreeMap<String, String> {
        self.set.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
    }
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotSGenerative => 0,
        Verdict::Undecided => 1,
        Verdict::Conditional => 2,
        Verdict::SGenerative => 3,
    }
}

/// Proposals that are better than `verdict`, those that reach furthest first and the nearest first among these.
///
/// `both` is the condition on the parameters under which C1 and C2 hold.
pub(crate) fn search(
    eq: &Equation,
    options: &Options,
    verdict: Verdict,
    c1: &ConditionReport,
    both: &Formula,
) -> Vec<Repair> {
    let mut found: Vec<Repair> = Vec::new();
    if c1.conditions.iter().any(|c| c == "N = 1") {
        let line = Options { dim: Some(1), repairs: false, ..options.clone() };
        if let Some(answer) = improved(&eq.ring.work, eq.pde, &line, verdict) {
            let source = file_text(eq.pde, &options.set_values(), Some("1"));
            let mut add = |change: &str| {
                found.push(Repair {
                    change: change.into(),
                    equation: eq.pde.equation.clone(),
                    verdict: answer,
                    model: None,
                    source: source.clone(),
                    derivation: None,
                });
            };
            add("restrict to N = 1 (--dim 1)");
            if eq.dims.most != Some(1) && eq.space == crate::algebra::positivity::Space::Radial {
                add("in more dimensions, the product of one such walk per coordinate");
            }
        }
    }
    found.extend(nearest_values(eq, options, both, verdict));
    let mut rejected: Vec<String> = Vec::new();
    for proposal in proposals(eq) {
        if eq.ring.work.budget.is_spent() {
            break;
        }
        let Some((pde, source)) = as_equation(eq, &proposal) else { continue };
        if rejected.contains(&source) || found.iter().any(|r| r.equation == pde.equation) {
            continue;
        }
        let plain = Options { set: Default::default(), repairs: false, ..options.clone() };
        match improved(&eq.ring.work, &pde, &plain, verdict) {
            Some(answer) => {
                found.push(Repair {
                    change: proposal.change,
                    equation: pde.equation,
                    verdict: answer,
                    model: None,
                    source,
                    derivation: None,
                });
            }
            None => rejected.push(source),
        }
    }
    // The list above is from near to far; a stable sort keeps that order among equals.
    found.sort_by_key(|r| std::cmp::Reverse(rank(r.verdict)));
    found
}

/// The linear equation in place of one that is not.
pub(crate) fn linearised(linear: &Pde, background: &str, answer: Verdict, verdict: Verdict) -> Vec<Repair> {
    if !is_better(answer, verdict) {
        return Vec::new();
    }
    let source = file_text(linear, &Default::default(), None);
    let equation = genphys_pde::read(source.as_bytes()).map_or(linear.equation.clone(), |c| c.pde.equation);
    let change = format!("linearise about {background}");
    vec![Repair { change, equation, verdict: answer, model: None, source, derivation: None }]
}

/// The line, of an equation with memory that has a density there only.
pub(crate) fn on_the_line(pde: &Pde, options: &Options, found: &Derivation) -> Vec<Repair> {
    if !found.c1.conditions.iter().any(|c| c == "N = 1") || found.c2.status != Status::Holds {
        return Vec::new();
    }
    vec![Repair {
        change: "restrict to N = 1 (--dim 1)".into(),
        equation: pde.equation.clone(),
        verdict: Verdict::SGenerative,
        model: None,
        source: file_text(pde, &options.set_values(), Some("1")),
        derivation: None,
    }]
}

/// The verdict where it is better than another one and conditional at least. Nothing is asked beyond that: no witness,
/// and nothing about C1 where C2 is not good enough.
fn improved(work: &Rc<Workspace>, pde: &Pde, options: &Options, than: Verdict) -> Option<Verdict> {
    let fixed = declared::fixed_values(pde, options).ok()?;
    let dims = declared::dims(pde, options).ok()?;
    let eq = Equation::read(pde, fixed, dims, work).ok().filter(|eq| eq.order() > 0)?;
    let is_enough = |status: Status| match status {
        Status::Holds => true,
        Status::Conditional => rank(than) < rank(Verdict::Conditional),
        Status::Fails | Status::Undecided => false,
    };
    let c2 = c2::decide(&eq);
    let of_c2 = report::status_of_c2(&eq, &c2);
    if !is_enough(of_c2) {
        return None;
    }
    let c1 = c1::decide(&eq, &c2.kind);
    let of_c1 = report::status_of_c1(&eq, &c1, &c2);
    if !is_enough(of_c1) {
        return None;
    }
    let verified = continuity::of(&eq, &c1, c2.problem()).verified;
    let both = [of_c1, of_c2];
    let verdict = report::verdict(both, report::compatible(&eq, &c1, &c2, both), verified);
    is_better(verdict, than).then_some(verdict)
}

fn is_better(verdict: Verdict, than: Verdict) -> bool {
    rank(verdict) > rank(than) && rank(verdict) >= rank(Verdict::Conditional)
}

/// Parameter values that meet the condition, as near to the defaults as the samples allow.
fn nearest_values(eq: &Equation, options: &Options, both: &Formula, verdict: Verdict) -> Option<Repair> {
    if matches!(both, Formula::True | Formula::False) {
        return None;
    }
    let defaults: BTreeMap<String, f64> = crate::equation::samples::samples(eq).next()?;
    let mut nearest: Option<(f64, BTreeMap<String, f64>)> = None;
    for point in crate::equation::samples::samples(eq) {
        let distance: f64 =
            point.iter().map(|(name, v)| (v - defaults.get(name).copied().unwrap_or(0.0)).powi(2)).sum();
        let is_nearer = nearest.as_ref().is_none_or(|(best, _)| distance < *best);
        if is_nearer && both.at(&eq.point(&point)) == Some(true) {
            nearest = Some((distance, point));
        }
    }
    let (_, values) = nearest?;
    let mut set = options.set.clone();
    let mut assignments = Vec::new();
    for (name, value) in &values {
        set.insert(name.clone(), decimal(*value)?);
        assignments.push(format!("{name} = {value}"));
    }
    let answer =
        improved(&eq.ring.work, eq.pde, &Options { set: set.clone(), repairs: false, ..options.clone() }, verdict)?;
    let fixed = Options { set, ..options.clone() };
    Some(Repair {
        change: format!("set {}", assignments.join(", ")),
        equation: eq.pde.equation.clone(),
        verdict: answer,
        model: None,
        source: file_text(eq.pde, &fixed.set_values(), None),
        derivation: None,
    })
}

/// A sample value as it would be written; the samples are short decimals.
fn decimal(value: f64) -> Option<Number> {
    let mut number = Number::from_decimal(&value.abs().to_string())?;
    number.negative = value < 0.0;
    Some(number)
}

/// The whole file of an equation, with some parameters as fixed values.
pub(crate) fn file_text(pde: &Pde, fixed: &BTreeMap<String, String>, dim: Option<&str>) -> String {
    let mut items = Vec::new();
    for p in &pde.params {
        if let Some(value) = fixed.get(&p.name) {
            items.push(format!("let {} = {value}", p.name));
            continue;
        }
        items.push(declaration(p));
    }
    if pde.field != "phi" {
        items.push(format!("field {}", pde.field));
    }
    let declared = (pde.dim != Dim::Any).then(|| pde.dim.to_string());
    items.extend(dim.map(str::to_string).or(declared).map(|d| format!("dim {d}")));
    if pde.time.interval != Interval::positive() || pde.time.name != "t" {
        items.push(format!("time {} in {}", pde.time.name, pde.time.interval));
    }
    items.push(pde.equation.clone());
    format!("pde {} {{\n    {}\n}}\n", pde.name, items.join("\n    "))
}

/// `param m > 0 = 1`.
fn declaration(p: &Param) -> String {
    let domain = match &p.domain {
        Domain::Unrestricted => String::new(),
        domain => format!(" {domain}"),
    };
    let default = p.default.as_ref().map(|n| format!(" = {n}")).unwrap_or_default();
    format!("param {}{}{domain}{default}", if p.complex { "complex " } else { "" }, p.name)
}

fn proposals(eq: &Equation) -> Vec<Proposal> {
    let turned = |change: &str, quarter: u32| Proposal {
        change: change.into(),
        a: eq.a.iter().enumerate().map(|(j, c)| c.mul_i(quarter * j as u32)).collect(),
        new_param: None,
    };
    let mut list = vec![
        turned("rotate time, t -> -i t", 1),
        turned("rotate time, t -> i t", 3),
        turned("reverse time, t -> -t", 2),
    ];
    if let [a0, a1, _] = eq.a.as_slice()
        && !a1.is_zero()
    {
        list.push(Proposal { change: "overdamped limit".into(), a: vec![a0.clone(), a1.clone()], new_param: None });
    }
    let constant = eq.a[0].map(|p| eq.ring.at_zero(p));
    if !constant.is_zero() {
        let without = |factor: i64, change: &str| {
            let mut a = eq.a.clone();
            a[0] = a[0].sub(&constant.map(|p| crate::algebra::ring::scale(p, factor)));
            Proposal { change: change.into(), a, new_param: None }
        };
        list.push(without(1, "drop the term without derivatives"));
        list.push(without(2, "change the sign of the term without derivatives"));
    }
    list.extend(damping(eq));
    list.extend(viscosity(eq));
    list
}

/// − nu ∇²φ on the side of φ_t: what smooths a first-order equation that only transports or disperses.
fn viscosity(eq: &Equation) -> Option<Proposal> {
    let [_, a1] = eq.a.as_slice() else { return None };
    if eq.motion.is_some() || !a1.is_real() {
        return None;
    }
    let name = ["nu", "viscosity"].into_iter().find(|n| eq.pde.params.iter().all(|p| p.name != *n))?;
    let mut ring = eq.ring.clone();
    let index = ring.adjoin(Meaning::Param(name.into()))?;
    let square = match eq.space {
        crate::algebra::positivity::Space::Radial => eq.ring.power(RADIAL, u16::try_from(2 * eq.ring.root).ok()?),
        crate::algebra::positivity::Space::Components(n) => {
            (0..n as usize).fold(eq.ring.zero(), |sum, i| &sum + &eq.ring.power(K1 + i, 2))
        }
    };
    let mut a = eq.a.clone();
    a[0] = a[0].add(&a1.scale(&(&square * &ring.variable(index))));
    Some(Proposal { change: "add viscosity".into(), a, new_param: Some(name.into()) })
}

/// + 2 eps φ_t on an undamped second-order equation; a complex phase on a first-order one.
fn damping(eq: &Equation) -> Option<Proposal> {
    let name = ["eps", "damping", "gamma_damping"].into_iter().find(|n| eq.pde.params.iter().all(|p| p.name != *n))?;
    // The spare slot of the ring that stands for the new parameter is named when the text is printed.
    let mut ring = eq.ring.clone();
    let index = ring.adjoin(Meaning::Param(name.into()))?;
    let parameter = ring.variable(index);
    let mut a = eq.a.clone();
    match a.as_mut_slice() {
        [_, a1, _] if a1.is_zero() => {
            a1.re = crate::algebra::ring::scale(&parameter, 2);
            Some(Proposal { change: "add damping".into(), a, new_param: Some(name.into()) })
        }
        [_, a1] if !eq.is_real() => {
            *a1 = a1.add(&a1.scale(&parameter).mul_i(1));
            Some(Proposal { change: "damp the phase, dt -> (1 + I*eps) dt".into(), a, new_param: Some(name.into()) })
        }
        _ => None,
    }
}

/// The proposal as a file that is parsed and checked like any other.
fn as_equation(eq: &Equation, proposal: &Proposal) -> Option<(Pde, String)> {
    if eq.motion.is_some() || eq.depends_on_time() {
        return None;
    }
    let mut ring = eq.ring.clone();
    if let Some(name) = &proposal.new_param {
        ring.adjoin(Meaning::Param(name.clone()))?;
    }
    let leads_negative = proposal.a.iter().rev().find(|c| !c.is_zero()).is_some_and(|c| {
        let lead = if c.re.is_zero() { &c.im } else { &c.re };
        lead.lcoeff().is_negative()
    });
    let imaginary = proposal.a.last().is_some_and(|lead| lead.re.is_zero());
    // Divided by the unit that makes the leading term positive.
    let turns = if leads_negative { 2 } else { 0 } + if imaginary { 3 } else { 0 };
    let a: Vec<CPoly> = proposal.a.iter().map(|c| c.mul_i(turns)).collect();
    let text = operator::expression_in(eq, &ring, &a, &eq.den);
    let used = |name: &str| {
        ring.param(name)
            .is_some_and(|i| a.iter().any(|c| c.re.degree(i) > 0 || c.im.degree(i) > 0) || eq.den.degree(i) > 0)
    };
    let mut items = Vec::new();
    for p in eq.pde.params.iter().filter(|p| used(&p.name) && !p.complex) {
        items.push(declaration(p));
    }
    if let Some(name) = &proposal.new_param {
        items.push(format!("param {name} > 0 = 1"));
    }
    if eq.pde.field != "phi" {
        items.push(format!("field {}", eq.pde.field));
    }
    let dim = Dim::from(eq.dims);
    if dim != Dim::Any {
        items.push(format!("dim {dim}"));
    }
    items.push(format!("{text} = 0"));
    let source = format!("pde {} {{\n    {}\n}}\n", eq.pde.name, items.join("\n    "));
    let pde = genphys_pde::read(source.as_bytes()).ok()?.pde;
    Some((pde, source))
}
