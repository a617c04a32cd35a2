//! The continuity form exactly: ∂p/∂t + ∇·J − R is the equation, as symbols where it is linear in the field, as differential
//! polynomials where it is not.

use super::jets::{Jets, dimensions};
use super::linearised::Background;
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
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

/// The components of k that texts may name: all there are where one is named and N is fixed.
fn components(claim: &Claim) -> u32 {
    match (claim.pde.explicit_dim, claim.dims) {
        (None, _) => 0,
        (Some(n), (least, Some(most))) if least == most => n.max(most),
        (Some(n), _) => n,
    }
}

/// Whether the form of a linear equation is found to be the equation, up to a factor that is free of k.
pub(super) fn linear(claim: &Claim, form: &Continuity) -> bool {
    let of_form = || -> Option<bool> {
        let [density, flux, source] = read(form)?;
        let mut algebra = Algebra::new(claim.pde, claim.derivation, claim.dims, components(claim))?;
        let mut reader = Reader::new(&mut algebra, claim.pde);
        let equation = reader.equation()?;
        let mut sum = reader.linear(&node(ExprKind::TimeDerivative { operand: Box::new(density), order: 1 }))?;
        if !is_zero(&flux) {
            let divergence = reader.linear(&node(ExprKind::Divergence(Box::new(flux.clone()))));
            let along = || node(ExprKind::SpaceDerivative { operand: Box::new(flux), axis: 1, order: 1 });
            let divergence = match divergence {
                Some(found) => found,
                None if claim.pde.explicit_dim == Some(1) => reader.linear(&along())?,
                None => return None,
            };
            sum = plus(&sum, &divergence, false)?;
        }
        if !is_zero(&source) {
            sum = plus(&sum, &reader.linear(&source)?, true)?;
        }
        proportional(&algebra, &sum, &equation)
    };
    of_form() == Some(true)
}

fn plus(a: &Symbol, b: &Symbol, minus: bool) -> Option<Symbol> {
    let at = |s: &Symbol, j: usize| s.a.get(j).cloned().unwrap_or_else(Complex::zero);
    let join = |x: &Complex, y: &Complex| if minus { x.minus(y) } else { x.plus(y) };
    let list = (0..a.a.len().max(b.a.len())).map(|j| join(&at(a, j), &at(b, j))).collect::<Option<_>>()?;
    Some(Symbol { a: list, drift: join(&a.drift, &b.drift)? })
}

/// Whether a = f·b with f free of k and not zero.
fn proportional(algebra: &Algebra, a: &Symbol, b: &Symbol) -> Option<bool> {
    let zero = Complex::zero();
    let top = b.a.len() - 1;
    let (of_a, of_b) = (a.a.get(top).unwrap_or(&zero), b.a.get(top)?);
    if algebra.is_zero(of_a)? {
        return Some(false);
    }
    let factor = algebra.over(of_a, of_b)?;
    let moves = |f: &Fraction| {
        let waves = algebra.components().iter().copied().chain(algebra.beyond()).chain([algebra.k()]);
        waves.into_iter().any(|v| algebra.depends(f, v))
    };
    if moves(&factor.re) || moves(&factor.im) {
        return Some(false);
    }
    let drift = (&a.drift, &b.drift);
    let length = a.a.len().max(b.a.len());
    let coefficients = (0..length).map(|j| (a.a.get(j).unwrap_or(&zero), b.a.get(j).unwrap_or(&zero)));
    for (x, y) in coefficients.chain([drift]) {
        if !algebra.same(x, &algebra.times(&factor, y)?)? {
            return Some(false);
        }
    }
    Some(true)
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
        let algebra = Algebra::new(claim.pde, claim.derivation, claim.dims, 0)?;
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
    let components = components(claim);
    if claim.pde.nonlinear.is_empty() {
        let mut algebra = Algebra::new(claim.pde, claim.derivation, claim.dims, components)?;
        let symbol = Reader::new(&mut algebra, claim.pde).equation()?;
        return Some((algebra, symbol));
    }
    let background = Background::read(claim.pde, claim.derivation.background.as_deref()?)?;
    let extended = background.extended(claim.pde);
    let mut algebra = Algebra::new(&extended, claim.derivation, claim.dims, components)?;
    let (symbol, solves) = background.symbol(&mut algebra, &extended)?;
    solves.then_some((algebra, symbol))
}
