//! The continuity form of an equation that is not linear in the field: ∂p/∂t + ∇·J − R is the equation, as differential
//! polynomials.

use super::jets::{Jets, dimensions};
use super::linearised::Background;
use super::{Claim, Level, Report};
use crate::exact::{Algebra, Reader, Symbol};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::derivation::Continuity;
use genphys_pde::span::Span;

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

fn is_zero(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Number(n) if n.is_zero())
}

fn read(form: &Continuity) -> Option<[Expr; 3]> {
    let read = |text: &str| genphys_pde::parse_expression(text).ok();
    Some([read(&form.density)?, read(&form.flux)?, read(&form.source)?])
}

/// Checks the form of an equation that is not linear in the field.
pub(super) fn nonlinear(claim: &Claim, report: &mut Report) {
    let Some(form) = &claim.derivation.continuity else { return };
    if !form.verified {
        report.add("continuity", Level::Unchecked, "the form is not claimed to be that of the equation");
        return;
    }
    let Some([density, flux, source]) = read(form) else {
        report.add("continuity", Level::Unchecked, "the form is not written in the language");
        return;
    };
    let moving = node(ExprKind::TimeDerivative { operand: Box::new(density), order: 1 });
    let mut form = terms(&moving);
    form.extend(terms(&node(ExprKind::Divergence(Box::new(flux)))));
    form.extend(turned(terms(&source)));
    let mut equation = terms(&claim.pde.left);
    equation.extend(turned(terms(&claim.pde.right)));
    let mut decided = false;
    // The form is the equation, or −1 times it.
    for rest in [cancelled(&form, turned(equation.clone())), cancelled(&form, equation)] {
        for positive in [false, true] {
            match vanish(claim, &rest, positive) {
                Some(true) => {
                    let of = if positive { ", for fields with positive values" } else { "" };
                    let text = format!("dp/dt + div J - R is the equation, as a differential polynomial{of}");
                    report.add("continuity", Level::Proved, text);
                    return;
                }
                Some(false) => decided = true,
                None => {}
            }
        }
    }
    if decided {
        report.add("continuity", Level::Rejected, "dp/dt + div J - R is not found to be the equation");
    } else {
        report.add("continuity", Level::Unchecked, "p, J and R are out of reach of the checker");
    }
}

/// Whether a sum vanishes for every field, or every positive one, in all dimensions of the claim.
fn vanish(claim: &Claim, sum: &[(bool, Expr)], positive: bool) -> Option<bool> {
    let list: Vec<&Expr> = sum.iter().map(|(_, e)| e).collect();
    let holds_in = |n: usize| {
        let algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, 0)?;
        Jets::new(algebra, claim.pde, n, positive).vanishes(sum)
    };
    if list.is_empty() {
        return Some(true);
    }
    dimensions(claim.pde, claim.dims, &list)?.into_iter().map(holds_in).try_fold(true, |all, here| Some(all && here?))
}

/// Summands with their signs (true for minus), also under a divergence.
fn terms(e: &Expr) -> Vec<(bool, Expr)> {
    match &e.kind {
        ExprKind::Add(a, b) => terms(a).into_iter().chain(terms(b)).collect(),
        ExprKind::Sub(a, b) => terms(a).into_iter().chain(turned(terms(b))).collect(),
        ExprKind::Neg(a) => turned(terms(a)),
        ExprKind::Divergence(a) => {
            let inner = terms(a).into_iter();
            inner.map(|(minus, a)| (minus, node(ExprKind::Divergence(Box::new(a))))).collect()
        }
        // (−a)/b is −(a/b).
        ExprKind::Div(a, b) => {
            let inner = terms(a).into_iter();
            inner.map(|(minus, a)| (minus, node(ExprKind::Div(Box::new(a), b.clone())))).collect()
        }
        _ if is_zero(e) => Vec::new(),
        _ => vec![(false, e.clone())],
    }
}

fn turned(list: Vec<(bool, Expr)>) -> Vec<(bool, Expr)> {
    list.into_iter().map(|(minus, e)| (!minus, e)).collect()
}

/// The sum of two lists, without terms that are written alike and have opposite signs.
fn cancelled(a: &[(bool, Expr)], b: Vec<(bool, Expr)>) -> Vec<(bool, Expr)> {
    let mut rest = a.to_vec();
    for (minus, term) in b {
        match rest.iter().position(|(other, e)| *other != minus && *e == term) {
            Some(i) => {
                rest.remove(i);
            }
            None => rest.push((minus, term)),
        }
    }
    rest
}

/// The variables and the symbol that the dispersion relation is about: of the equation, or of its linear part.
pub(super) fn symbol(claim: &Claim) -> Option<(Algebra, Symbol)> {
    let components = claim.components();
    if claim.pde.nonlinear.is_empty() {
        let mut algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, components)?;
        let symbol = Reader::new(&mut algebra, claim.pde).equation()?;
        return Some((algebra, symbol));
    }
    let background = Background::read(claim.pde, claim.derivation.background.as_deref()?)?;
    let extended = background.extended(claim.pde);
    let mut algebra = Algebra::new(claim.work, &extended, claim.derivation, claim.dims, components)?;
    let (symbol, solves) = background.symbol(&mut algebra, &extended)?;
    solves.then_some((algebra, symbol))
}
