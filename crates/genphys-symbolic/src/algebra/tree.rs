//! Polynomials and fractions as syntax trees: the terms in the order in which `print` writes them, grouped as the
//! language reads that text.

use crate::algebra::print::{Term, collect, reduced, sort};
use crate::algebra::ring::{CPoly, Meaning, Poly, Ring, S};
use crate::trees::expression::{exact, name, node};
use genphys_pde::ast::{Expr, ExprKind, Number};
use genphys_pde::limits::MAX_HEIGHT;
use symbolica::domains::rational::Rational;

/// A real polynomial; `None` where a variable has no name in the language or the tree would be too high.
pub(crate) fn poly(ring: &Ring, p: &Poly) -> Option<Expr> {
    sum(ring, collect(p, false)).and_then(walkable)
}

/// A polynomial with complex coefficients.
fn complex(ring: &Ring, p: &CPoly) -> Option<Expr> {
    let mut list = collect(&p.re, false);
    list.extend(collect(&p.im, true));
    sum(ring, list)
}

/// `num/den` with common factors removed.
pub(crate) fn fraction(ring: &Ring, num: &CPoly, den: &Poly) -> Option<Expr> {
    let (num, den) = reduced(num, den);
    let top = complex(ring, &num)?;
    walkable(if den.is_one() { top } else { over(top, poly(ring, &den)?) })
}

/// A tree that every recursive walk may be sent over, as one that is read.
pub(crate) fn walkable(e: Expr) -> Option<Expr> {
    fn height(e: &Expr) -> usize {
        1 + match &e.kind {
            ExprKind::Neg(a) | ExprKind::Divergence(a) | ExprKind::Function { argument: a, .. } => height(a),
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b) => height(a).max(height(b)),
            _ => 0,
        }
    }
    (height(&e) <= MAX_HEIGHT).then_some(e)
}

/// top/bottom, with a sign of the top in front of it all.
pub(crate) fn over(top: Expr, bottom: Expr) -> Expr {
    match top.kind {
        ExprKind::Neg(top) => negated(node(ExprKind::Div(top, Box::new(bottom)))),
        kind => node(ExprKind::Div(Box::new(node(kind)), Box::new(bottom))),
    }
}

pub(crate) fn negated(e: Expr) -> Expr {
    node(ExprKind::Neg(Box::new(e)))
}

fn sum(ring: &Ring, mut list: Vec<Term>) -> Option<Expr> {
    if list.len() > MAX_HEIGHT {
        return None;
    }
    sort(ring, &mut list);
    let mut sum: Option<Expr> = None;
    for term in &list {
        let (negative, next) = (term.coefficient.is_negative(), magnitude(ring, term)?);
        sum = Some(match (sum, negative) {
            (None, false) => next,
            (None, true) => negated(next),
            (Some(sum), false) => node(ExprKind::Add(Box::new(sum), Box::new(next))),
            (Some(sum), true) => node(ExprKind::Sub(Box::new(sum), Box::new(next))),
        });
    }
    Some(sum.unwrap_or_else(|| whole(0)))
}

/// The term without its sign: number, I, parameters, growth rate, wave variables.
fn magnitude(ring: &Ring, term: &Term) -> Option<Expr> {
    let absolute = term.coefficient.abs();
    let occurring = (0..ring.meanings.len()).filter(|i| term.exponents[*i] > 0);
    let (late, early): (Vec<usize>, Vec<usize>) = occurring.partition(|i| ring.is_wave(*i) || *i == S);
    let mut product = None;
    if !absolute.is_one() {
        product = Some(number(&absolute)?);
    }
    if term.imaginary {
        product = Some(times(product, node(ExprKind::Imaginary)));
    }
    for index in early.into_iter().chain(late) {
        let factor = factor(ring, index, term.exponents[index])?;
        // What is written without parentheses is read factor by factor.
        let in_line = matches!(&ring.meanings[index], Meaning::Function { .. } | Meaning::Multiplier { .. });
        product = Some(if in_line && !is_sum(&factor) { in_turn(product, factor) } else { times(product, factor) });
    }
    Some(product.unwrap_or_else(|| whole(1)))
}

fn is_sum(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Add(..) | ExprKind::Sub(..))
}

/// product·factor; a sign of the product stays in front.
pub(crate) fn times(product: Option<Expr>, factor: Expr) -> Expr {
    match product {
        None => factor,
        Some(Expr { kind: ExprKind::Neg(product), .. }) => negated(times(Some(*product), factor)),
        Some(product) => node(ExprKind::Mul(Box::new(product), Box::new(factor))),
    }
}

/// product·a·b/c for the factor a·b/c, with a sign of the factor at a.
fn in_turn(product: Option<Expr>, factor: Expr) -> Expr {
    fn walk(product: Expr, factor: Expr, negative: bool) -> Expr {
        match factor.kind {
            ExprKind::Mul(a, b) => times(Some(walk(product, *a, negative)), *b),
            ExprKind::Div(a, b) => over(walk(product, *a, negative), *b),
            ExprKind::Neg(a) if !negative => walk(product, *a, true),
            kind if negative => times(Some(product), negated(node(kind))),
            kind => times(Some(product), node(kind)),
        }
    }
    match product {
        Some(product) => walk(product, factor, false),
        None => factor,
    }
}

/// `k^2`, `k^1.5`, `k^alpha`, `m`, … for one variable with an exponent.
fn factor(ring: &Ring, index: usize, exponent: u16) -> Option<Expr> {
    let plain = Rational::from(i64::from(exponent));
    Some(match &ring.meanings[index] {
        Meaning::GrowthRate => power(name("omega"), &plain),
        Meaning::Shift => power(name("sigma"), &plain),
        Meaning::Root => power(name("r"), &plain),
        Meaning::Radial => power(name("k"), &Rational::new(i64::from(exponent), i64::from(ring.root))),
        Meaning::SymbolicPower { expr, .. } => {
            let exponent = if exponent == 1 { expr.clone() } else { times(Some(exact(&plain)), expr.clone()) };
            node(ExprKind::Pow(Box::new(name("k")), Box::new(exponent)))
        }
        Meaning::Component(i) => power(name(&format!("k{i}")), &plain),
        // The real and the imaginary part of a complex parameter have no names in the language.
        Meaning::Param(text) if text.contains('(') => return None,
        Meaning::Param(text) => power(name(text), &plain),
        Meaning::Constant { expr, .. } | Meaning::Multiplier { expr, .. } | Meaning::Function { expr, .. } => {
            power(expr.clone(), &plain)
        }
        Meaning::Time => power(name(&ring.time_name), &plain),
        Meaning::Motion => return None,
        Meaning::Dimension => power(node(ExprKind::Divergence(Box::new(node(ExprKind::Position)))), &plain),
    })
}

pub(crate) fn power(base: Expr, exponent: &Rational) -> Expr {
    if exponent.is_one() { base } else { node(ExprKind::Pow(Box::new(base), Box::new(exact(exponent)))) }
}

/// A number ≥ 0 as it is written: a decimal where it is one of few digits. `None` where the language has no such number.
pub(crate) fn number(value: &Rational) -> Option<Expr> {
    let text = crate::algebra::print::number(value);
    let digits = |text: &str| Number::from_decimal(text).map(|number| Box::new(node(ExprKind::Number(number))));
    match text.split_once('/') {
        Some((top, bottom)) => Some(node(ExprKind::Div(digits(top)?, digits(bottom)?))),
        None => digits(&text).map(|number| *number),
    }
}

fn whole(value: u32) -> Expr {
    crate::trees::expression::number(value)
}
