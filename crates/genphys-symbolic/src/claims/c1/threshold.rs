//! Functions in which k occurs as |k|^x alone, with one parameter in x: F(|k|^x). Where x ≤ 2 a closure proof may show
//! a Lévy exponent; where x > 2 and F is smooth at 0, F(|k|^x) − F(0) = O(|k|^x) = o(|k|²): of a Lévy exponent all
//! variances would be 0, and it would be 0 itself, so that it is none unless F is constant.

use crate::algebra::ring::Poly;
use crate::equation::linear::Equation;
use crate::trees::bernstein::{Proof, Prover};
use crate::trees::expression::{K, mentions, substitute};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// F(|k|^x) − F(0) is a Lévy exponent exactly where `slow` ≥ 0.
pub(crate) struct Threshold {
    /// A positive multiple of 2 − x.
    pub(crate) slow: Poly,
    /// The proof there.
    pub(crate) proof: Proof,
}

/// `None` where the function is not of this form.
pub(crate) fn threshold(eq: &Equation, f: &Expr) -> Option<Threshold> {
    let exponent = exponent(f)?;
    let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
    let mut single = None;
    for param in &eq.pde.params {
        if mentions(&exponent, &param.name) && single.replace(&param.name).is_some() {
            return None;
        }
    }
    let name = single?;
    // x = slope · parameter + offset.
    let at = |value: u32| {
        let there = |n: &str| (n == name).then(|| crate::trees::expression::number(value));
        crate::trees::exponents::constant_value(&substitute(&exponent, &there, &names))
    };
    let (offset, one, two) = (at(0)?, at(1)?, at(2)?);
    let slope = &one - &offset;
    if slope.is_negative() || slope.is_zero() || !(&(&two - &one) - &slope).is_zero() {
        return None;
    }
    let limit = &(&Rational::from(2) - &offset) / &slope;
    let index = eq.ring.param(name)?;
    let narrowed = |n: &str| {
        let known = names(n)?;
        Some(if n == name { Interval { hi: known.hi.min(limit.to_f64()), ..known } } else { known })
    };
    let proof = Prover { names: &narrowed }.levy(f)?;
    smooth(f, &names)?;
    Some(Threshold { slow: &eq.ring.constant(limit) - &eq.ring.variable(index), proof })
}

/// x, where k occurs in nothing but |k|^x with one x.
fn exponent(f: &Expr) -> Option<Expr> {
    fn collect(e: &Expr, found: &mut Option<Expr>) -> bool {
        if !mentions(e, K) {
            return true;
        }
        match &e.kind {
            ExprKind::Pow(base, x) if matches!(&base.kind, ExprKind::Symbol(n) if n == K) => {
                let same = found.as_ref().is_none_or(|known| known == &**x);
                *found = Some((**x).clone());
                same && !mentions(x, K)
            }
            ExprKind::Neg(a) => collect(a, found),
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b) => collect(a, found) && collect(b, found),
            ExprKind::Function { argument, .. } => collect(argument, found),
            _ => false,
        }
    }
    let mut found = None;
    if collect(f, &mut found) { found } else { None }
}

/// That F is differentiable at 0: what stands in logarithms, roots, denominators and under powers is not 0 there.
fn smooth(f: &Expr, names: &dyn Fn(&str) -> Option<Interval>) -> Option<()> {
    if !mentions(f, K) {
        return Some(());
    }
    let at_zero = |e: &Expr| {
        let there = |n: &str| (n == K).then(|| crate::trees::expression::number(0));
        enclose(&substitute(e, &there, names), names)
    };
    match &f.kind {
        ExprKind::Symbol(_) => Some(()),
        ExprKind::Neg(a) => smooth(a, names),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) => {
            smooth(a, names)?;
            smooth(b, names)
        }
        ExprKind::Div(a, b) => {
            smooth(a, names)?;
            smooth(b, names)?;
            (!mentions(b, K) || at_zero(b)?.nonzero).then_some(())
        }
        ExprKind::Pow(base, _) if matches!(&base.kind, ExprKind::Symbol(n) if n == K) => Some(()),
        ExprKind::Pow(base, x) if !mentions(x, K) => {
            smooth(base, names)?;
            let whole = crate::trees::exponents::constant_value(x).is_some_and(|v| v.is_integer() && !v.is_negative());
            (whole || at_zero(base)?.positive()).then_some(())
        }
        ExprKind::Function { function, argument } => {
            smooth(argument, names)?;
            let fine = match function {
                ScalarFunction::Log | ScalarFunction::Sqrt => at_zero(argument)?.positive(),
                _ => true,
            };
            fine.then_some(())
        }
        _ => None,
    }
}
