//! Neighbouring equations that come out better: each proposal is itself derived, and only an improvement is shown.

use crate::equation::Equation;
use crate::operator;
use crate::ring::{CPoly, Meaning};
use crate::{Options, derive};
use genphys_pde::derivation::Repair;
use genphys_pde::pde::Pde;
use genphys_pde::verdict::{ConditionReport, Verdict};

/// A changed list of coefficients a_0 … a_m, or a request about dimension.
struct Proposal {
    change: String,
    a: Vec<CPoly>,
    /// A parameter the change brings in.
    new_param: Option<String>,
}

fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotSGenerative => 0,
        Verdict::Undecided => 1,
        Verdict::Conditional => 2,
        Verdict::SGenerative => 3,
    }
}

/// Proposals that are better than `verdict`, the best first.
pub(crate) fn search(eq: &Equation, options: &Options, verdict: Verdict, c1: &ConditionReport) -> Vec<Repair> {
    let mut found: Vec<Repair> = Vec::new();
    if c1.conditions.iter().any(|c| c == "N = 1")
        && let Some(better) = derived(eq.pde, &Options { dim: Some(1), repairs: false, ..options.clone() })
        && rank(better) > rank(verdict)
    {
        found.push(Repair {
            change: "restrict to N = 1 (--dim 1)".into(),
            equation: eq.pde.equation.clone(),
            verdict: better,
            source: String::new(),
        });
    }
    for proposal in proposals(eq) {
        let Some(pde) = as_equation(eq, &proposal) else { continue };
        let plain = Options { set: Default::default(), dim: options.dim, repairs: false };
        let Some(better) = derived(&pde, &plain) else { continue };
        let known = found.iter().any(|r| r.equation == pde.equation);
        if !known && rank(better) >= rank(Verdict::Conditional) && rank(better) > rank(verdict) {
            found.push(Repair { change: proposal.change, equation: pde.equation, verdict: better, source: String::new() });
        }
    }
    found.sort_by_key(|r| std::cmp::Reverse(rank(r.verdict)));
    found
}

fn derived(pde: &Pde, options: &Options) -> Option<Verdict> {
    derive::derive(pde, options).ok().map(|d| d.verdict)
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
            a[0] = a[0].sub(&constant.map(|p| crate::ring::scale(p, factor)));
            Proposal { change: change.into(), a, new_param: None }
        };
        list.push(without(1, "drop the term without derivatives"));
        list.push(without(2, "change the sign of the term without derivatives"));
    }
    list.extend(damping(eq));
    list
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
            a1.re = crate::ring::scale(&parameter, 2);
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
fn as_equation(eq: &Equation, proposal: &Proposal) -> Option<Pde> {
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
        let domain = match p.domain.to_string() {
            d if d == "real" => String::new(),
            d => format!(" {d}"),
        };
        let default = p.default.as_ref().map(|n| format!(" = {n}")).unwrap_or_default();
        items.push(format!("param {}{domain}{default}", p.name));
    }
    if let Some(name) = &proposal.new_param {
        items.push(format!("param {name} > 0 = 1"));
    }
    if eq.pde.field != "phi" {
        items.push(format!("field {}", eq.pde.field));
    }
    if eq.dims.to_string() != "any" {
        items.push(format!("dim {}", eq.dims));
    }
    items.push(format!("{text} = 0"));
    let source = format!("pde {} {{\n    {}\n}}\n", eq.pde.name, items.join("\n    "));
    genphys_pde::read(source.as_bytes()).ok().map(|checked| checked.pde)
}
