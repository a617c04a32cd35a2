//! Continuity form and dispersion relation against the equation, as identities.

use super::amplitude_text;
use super::branch::real_part_not_negative;
use super::closure::add;
use super::prove::{LONG, OrOpen, Outcome, Prover, open, wrong};
use super::relation::{self, Found};
use super::{Claim, Level, Report, quadratic_density};
use crate::exact::fraction::Complex;
use crate::exact::{Reader, Symbol};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::{Branch, Continuity};
use genphys_pde::span::Span;
use genphys_pde::verdict::Problem;

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

/// ∂p/∂t + ∇·J − R is the equation, up to a factor that does not depend on k.
pub(super) fn continuity(claim: &Claim, report: &mut Report) {
    let Some(form) = &claim.derivation.continuity else { return };
    if !form.verified {
        report.add("continuity", Level::Unchecked, "the form is not claimed to be that of the equation");
        return;
    }
    if quadratic_density::is_density(claim.pde, &form.density) {
        quadratic_density::continuity(claim, form, report);
        return;
    }
    add(report, "continuity", is_equation(claim, form), "dp/dt + div J - R is the equation");
}

fn is_equation(claim: &Claim, form: &Continuity) -> Outcome {
    let mut prover = Prover::new(claim, &[])?;
    let texts = [&form.density, &form.flux, &form.source].map(|t| genphys_pde::parse_expression(t));
    let [Ok(density), Ok(flux), Ok(source)] = texts else { return open("the form is not written in the language") };
    let equation = prover.symbol()?;
    let zero = |e: &Expr| matches!(&e.kind, ExprKind::Number(n) if n.is_zero());
    let moving = node(ExprKind::TimeDerivative { operand: Box::new(density), order: 1 });
    let mut parts = vec![(linear(&mut prover, &moving).or_open("p is out of reach of the exact arithmetic")?, false)];
    if !zero(&flux) {
        let divergence = node(ExprKind::Divergence(Box::new(flux.clone())));
        let spatial = match linear(&mut prover, &divergence) {
            // On the line the flux is a number.
            None if claim.dims == (1, Some(1)) => {
                linear(&mut prover, &node(ExprKind::SpaceDerivative { operand: Box::new(flux), axis: 1, order: 1 }))
            }
            found => found,
        };
        parts.push((spatial.or_open("J is out of reach of the exact arithmetic")?, false));
    }
    if !zero(&source) {
        parts.push((linear(&mut prover, &source).or_open("R is out of reach of the exact arithmetic")?, true));
    }
    let length = parts.iter().map(|(s, _)| s.a.len()).chain([equation.a.len()]).max().unwrap_or(1);
    // Coefficients in s, and the drift at the end.
    let list = |s: &Symbol| -> Vec<Complex> {
        let mut list = s.a.clone();
        list.resize(length, Complex::zero());
        list.push(s.drift.clone());
        list
    };
    let expected = list(&equation);
    let mut found = vec![Complex::zero(); length + 1];
    for (symbol, minus) in parts {
        for (slot, c) in found.iter_mut().zip(list(&symbol)) {
            *slot = slot.plus(&if minus { c.negated() } else { c }).or_open(LONG)?;
        }
    }
    let pivot = expected.iter().rposition(|c| !c.is_zero()).or_open("the equation is empty")?;
    let factor = prover.model.algebra.over(&found[pivot], &expected[pivot]).or_open(LONG)?;
    if factor.is_zero() {
        return wrong("dp/dt + div J - R is not the equation");
    }
    prover.require_free(&factor, "the factor between dp/dt + div J - R and the equation")?;
    for (f, e) in found.iter().zip(&expected) {
        let e = prover.model.algebra.times(e, &factor).or_open(LONG)?;
        prover.same(f, &e, "dp/dt + div J - R is not the equation")?;
    }
    Ok(())
}

fn linear(prover: &mut Prover, expr: &Expr) -> Option<Symbol> {
    let pde = prover.model.claim.pde;
    Reader::new(&mut prover.model.algebra, pde).linear(expr)
}

/// Every branch solves the equation, and the branches that count are marked.
pub(super) fn dispersion(claim: &Claim, report: &mut Report) {
    let Some(found) = &claim.derivation.dispersion else { return };
    if let Some(text) = &found.amplitude {
        amplitude_text::check(claim, text, report);
    }
    if found.branches.is_empty() {
        report.add("dispersion", Level::Unchecked, "there are no branches");
        return;
    }
    match relation::check(claim, found, report) {
        Found::Settled => return,
        Found::Relation => {}
        Found::Nothing => {
            report.add("dispersion", Level::Unchecked, "the dispersion relation is out of reach of the checker");
            return;
        }
    }
    if !claim.pde.nonlinear.is_empty() {
        report.add("dispersion", Level::Unchecked, "the linear part of the equation is out of reach of the checker");
        return;
    }
    add(report, "dispersion", branches(claim), "every branch solves the equation, and those that count are marked");
}

fn branches(claim: &Claim) -> Outcome {
    let mut prover = Prover::new(claim, &[])?;
    let symbol = prover.symbol()?;
    let list: Vec<&Branch> = claim.derivation.dispersion.iter().flat_map(|d| &d.branches).collect();
    if list.iter().any(|b| b.omega.starts_with("root(")) {
        // Nothing is said of the branches but which count.
        return match claim.problem {
            _ if list.len() + 1 != symbol.a.len() => wrong("there are more or fewer branches than the order in time"),
            Problem::Evolution if list.iter().all(|b| b.selected) => Ok(()),
            Problem::HalfSpace if 2 * list.iter().filter(|b| b.selected).count() == list.len() => Ok(()),
            Problem::IllPosed | Problem::Undetermined => Ok(()),
            _ => wrong("other branches count than those marked"),
        };
    }
    let mut rates = Vec::new();
    for branch in list {
        let omega = prover.read(&branch.omega)?;
        let s = prover.model.algebra.times(&omega, &Complex::i().negated()).or_open(LONG)?;
        // The sum without a_0 against −a_0: their size tells a difference from rounding.
        let mut value = Complex::zero();
        for c in symbol.a.iter().skip(1).rev() {
            value = prover.model.algebra.times(&value, &s).and_then(|x| x.plus(c)).or_open(LONG)?;
        }
        let value = prover.model.algebra.times(&value, &s).or_open(LONG)?;
        let first = symbol.a.first().or_open(LONG)?.negated();
        prover.same(&value, &first, &format!("omega = {} does not solve the equation", branch.omega))?;
        rates.push((s, branch.selected));
    }
    if rates.len() + 1 != symbol.a.len() {
        return wrong("there are more or fewer branches than the order in time");
    }
    if let [(s, _), (other, _)] = &rates[..]
        && prover.is_same(s, other)?
        && !double_root(&mut prover, &symbol)?
    {
        return wrong("one branch is there twice");
    }
    match claim.problem {
        Problem::Evolution if rates.iter().any(|(_, selected)| !selected) => {
            wrong("every branch of an evolution equation counts")
        }
        Problem::HalfSpace => {
            if rates.iter().filter(|(_, selected)| *selected).count() != rates.len().div_ceil(2) {
                return wrong("half of the branches count");
            }
            if let [(s, selected), (other, _)] = &rates[..] {
                let (lower, upper) = if *selected { (s, other) } else { (other, s) };
                let apart = upper.minus(lower).or_open(LONG)?;
                return real_part_not_negative(&mut prover, &apart, "another branch counts than the one marked");
            }
            if rates.len() == 1 { Ok(()) } else { open("the order of more than two branches is not looked at") }
        }
        _ => Ok(()),
    }
}

fn double_root(prover: &mut Prover, symbol: &Symbol) -> Outcome<bool> {
    let [c, b, a] = &symbol.a[..] else { return Ok(false) };
    let algebra = &prover.model.algebra;
    let four = crate::exact::fraction::Fraction::integer(4);
    let product = algebra.times(a, c).and_then(|x| x.scaled(&four)).or_open(LONG)?;
    let square = algebra.times(b, b).or_open(LONG)?;
    prover.is_same(&square, &product)
}
