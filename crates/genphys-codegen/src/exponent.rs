//! The exponent of a subordinator taken apart: B(λ) = drift·λ + Σ rate·(1 − e^{−size·λ}) + Σ (Q(0) − Q(λ)) + the rest.
//!
//! Drift and equal jumps make laws with atoms, which `kernels::LaplaceExponent` wants to know of; Q are transforms of
//! measures of jumps, which it knows to more digits than their differences; the rest is a function.

use crate::exponentials::bounded;
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::span::Span;

/// The parts of an exponent, as expressions in the parameters and, the last one, in λ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExponentParts {
    /// Coefficients of λ; their sum is the drift.
    pub drift: Option<Expr>,
    /// Rate and size of jumps.
    pub jumps: Vec<(Expr, Expr)>,
    /// Rate and ln q of terms −rate·q(λ), q = e^{…}, 1/(…) or (…)^−p.
    pub laws: Vec<(Expr, Expr)>,
    /// What remains, up to its value at zero.
    pub rest: Option<Expr>,
}

impl ExponentParts {
    /// Takes `exponent` apart, as far as it is a sum; `lambda` is the name of λ in it
    /// ([`genphys_pde::derivation::exponent_variable`]).
    pub fn of(exponent: &Expr, lambda: &str) -> Self {
        let mut parts = Self::default();
        let mut constants = None;
        let lambda = Lambda(lambda);
        parts.collect(exponent, &one(), false, &mut constants, lambda);
        // The constant belongs to the rest, which is nicer to read with it; to jumps it is of no use.
        if parts.jumps.is_empty()
            && parts.laws.is_empty()
            && let (Some(rest), Some(constant)) = (&parts.rest, constants)
        {
            parts.rest = Some(sum(Some(rest.clone()), constant));
        }
        parts.rest = parts.rest.map(|rest| bounded(&rest, lambda.0));
        parts.laws.iter_mut().for_each(|(_, log)| *log = bounded(log, lambda.0));
        parts
    }

    fn collect(
        &mut self,
        term: &Expr,
        factor: &Expr,
        negative: bool,
        constants: &mut Option<Expr>,
        lambda: Lambda<'_>,
    ) {
        let is_free = |expr: &Expr| lambda.is_not_in(expr);
        match &term.kind {
            ExprKind::Add(a, b) => {
                self.collect(a, factor, negative, constants, lambda);
                self.collect(b, factor, negative, constants, lambda);
            }
            ExprKind::Sub(a, b) => {
                self.collect(a, factor, negative, constants, lambda);
                self.collect(b, factor, !negative, constants, lambda);
            }
            ExprKind::Neg(a) => self.collect(a, factor, !negative, constants, lambda),
            ExprKind::Mul(a, b) if is_free(a) && !is_free(b) => {
                self.collect(b, &product(factor, a), negative, constants, lambda);
            }
            ExprKind::Mul(a, b) if is_free(b) && !is_free(a) => {
                self.collect(a, &product(factor, b), negative, constants, lambda);
            }
            ExprKind::Div(a, b) if is_free(b) && !is_free(a) => {
                self.collect(a, &quotient(factor, b), negative, constants, lambda);
            }
            _ if is_free(term) => *constants = Some(sum(constants.take(), signed(&product(factor, term), negative))),
            ExprKind::Symbol(_) if !negative => self.drift = Some(sum(self.drift.take(), factor.clone())),
            ExprKind::Function { function: ScalarFunction::Exp, argument } if negative => {
                match lambda.coefficient(argument) {
                    Some((size, true)) => self.jumps.push((factor.clone(), size)),
                    _ => self.laws.push((factor.clone(), (**argument).clone())),
                }
            }
            ExprKind::Div(a, b) if negative && is_free(a) => {
                self.laws.push((product(factor, a), node(ExprKind::Neg(logarithm(b)))));
            }
            // λ/(a + bλ) = (1 − a/(a + bλ))/b.
            ExprKind::Div(a, b) if !negative => match (lambda.coefficient(a), lambda.affine(b)) {
                (Some((c, false)), Some((constant, slope))) => {
                    let rate = quotient(&product(factor, &c), &slope);
                    let log = node(ExprKind::Sub(logarithm(&constant), logarithm(b)));
                    self.laws.push((rate, log));
                }
                _ => self.keep(term, factor, negative),
            },
            _ => self.keep(term, factor, negative),
        }
    }

    fn keep(&mut self, term: &Expr, factor: &Expr, negative: bool) {
        self.rest = Some(sum(self.rest.take(), signed(&product(factor, term), negative)));
    }
}

/// The variable of an exponent, by its name.
#[derive(Clone, Copy, Debug)]
struct Lambda<'a>(&'a str);

impl Lambda<'_> {
    /// (|c|, c < 0) of c·λ.
    fn coefficient(self, expr: &Expr) -> Option<(Expr, bool)> {
        match &expr.kind {
            ExprKind::Symbol(name) if name == self.0 => Some((one(), false)),
            ExprKind::Neg(a) => self.coefficient(a).map(|(c, negative)| (c, !negative)),
            ExprKind::Mul(a, b) if self.is_not_in(a) => with_sign(a, self.coefficient(b)?, product),
            ExprKind::Mul(a, b) if self.is_not_in(b) => with_sign(b, self.coefficient(a)?, product),
            ExprKind::Div(a, b) if self.is_not_in(b) => with_sign(b, self.coefficient(a)?, quotient),
            _ => None,
        }
    }

    /// a and b of a + bλ, neither of them with a sign that shows.
    fn affine(self, expr: &Expr) -> Option<(Expr, Expr)> {
        let ExprKind::Add(a, b) = &expr.kind else { return None };
        let (constant, linear) = if self.is_not_in(a) { (a, b) } else { (b, a) };
        let (slope, negative) = self.coefficient(linear)?;
        (self.is_not_in(constant) && !negative && !matches!(constant.kind, ExprKind::Neg(_)))
            .then(|| ((**constant).clone(), slope))
    }

    fn is_not_in(self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Symbol(name) => name != self.0,
            ExprKind::Neg(a) => self.is_not_in(a),
            ExprKind::Add(a, b)
            | ExprKind::Sub(a, b)
            | ExprKind::Mul(a, b)
            | ExprKind::Div(a, b)
            | ExprKind::Pow(a, b) => self.is_not_in(a) && self.is_not_in(b),
            ExprKind::Function { argument, .. } => self.is_not_in(argument),
            _ => true,
        }
    }
}

fn logarithm(a: &Expr) -> Box<Expr> {
    Box::new(node(ExprKind::Function { function: ScalarFunction::Log, argument: Box::new(a.clone()) }))
}

/// The coefficient times or over a free factor, whose sign is taken out where it shows.
fn with_sign(free: &Expr, (c, negative): (Expr, bool), by: fn(&Expr, &Expr) -> Expr) -> Option<(Expr, bool)> {
    Some(match &free.kind {
        ExprKind::Neg(a) => (by(&c, a), !negative),
        _ => (by(&c, free), negative),
    })
}

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

fn one() -> Expr {
    node(ExprKind::Number(Number { digits: "1".into(), exponent: 0, negative: false }))
}

fn product(a: &Expr, b: &Expr) -> Expr {
    match (*a == one(), *b == one()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => node(ExprKind::Mul(Box::new(a.clone()), Box::new(b.clone()))),
    }
}

/// Nothing is divided by one or, which clippy refuses, by a number equal to itself.
fn quotient(a: &Expr, b: &Expr) -> Expr {
    match (a, b) {
        _ if *b == one() => a.clone(),
        _ if a == b && matches!(a.kind, ExprKind::Number(_)) => one(),
        _ => node(ExprKind::Div(Box::new(a.clone()), Box::new(b.clone()))),
    }
}

fn signed(a: &Expr, negative: bool) -> Expr {
    if negative { node(ExprKind::Neg(Box::new(a.clone()))) } else { a.clone() }
}

fn sum(a: Option<Expr>, b: Expr) -> Expr {
    match (a, b.kind) {
        (None, kind) => node(kind),
        (Some(a), ExprKind::Neg(inner)) => node(ExprKind::Sub(Box::new(a), inner)),
        (Some(a), kind) => node(ExprKind::Add(Box::new(a), Box::new(node(kind)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, String) {
        let parts = ExponentParts::of(&genphys_pde::parse_expression(text).unwrap(), "lambda");
        let text = |e: &Expr| genphys_pde::print_expr(e);
        let jumps: Vec<String> =
            parts.jumps.iter().map(|(rate, size)| format!("{} x {}", text(rate), text(size))).collect();
        (
            parts.drift.as_ref().map(text).unwrap_or_default(),
            jumps.join(", "),
            parts.rest.as_ref().map(text).unwrap_or_default(),
        )
    }

    #[test]
    fn sums_come_apart() {
        let found = |drift: &str, jumps: &str, rest: &str| (drift.to_owned(), jumps.to_owned(), rest.to_owned());
        assert_eq!(parts("D*lambda + rate*(-exp(-lambda) + 1)"), found("D", "rate x 1", ""));
        assert_eq!(parts("rate*(1 - exp(-a*lambda))/2"), found("", "1/2*rate x a", ""));
        assert_eq!(parts("sqrt(m^2 + lambda) - m"), found("", "", "sqrt(m^2 + lambda) - m"));
        assert_eq!(parts("2*lambda + 3*(lambda/4 + log(1 + lambda))"), found("2 + 3/4", "", "3*log(1 + lambda)"));
        // An exponential inside something else stays where it is.
        assert_eq!(parts("log(2 - exp(-lambda))").1, "");
    }

    #[test]
    fn laws_of_jumps_come_apart() {
        let laws = |text: &str| {
            let parts = ExponentParts::of(&genphys_pde::parse_expression(text).unwrap(), "lambda");
            let text = |e: &Expr| genphys_pde::print_expr(e);
            assert!(parts.rest.is_none(), "{:?}", parts.rest.as_ref().map(text));
            parts
                .laws
                .iter()
                .map(|(rate, log)| format!("{} x {}", text(rate), text(log)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        assert_eq!(laws("r*(1 - exp(-sqrt(lambda)))"), "r x -sqrt(lambda)");
        assert_eq!(laws("lambda/(1 + lambda)"), "1 x log(1) - log(1 + lambda)");
        assert_eq!(laws("3*lambda/(1 + 3*lambda)"), "1 x log(1) - log(1 + 3*lambda)");
        assert_eq!(laws("r*2*lambda/(a*lambda + b)"), "r*2/a x log(b) - log(a*lambda + b)");
        assert_eq!(laws("1 - 1/sqrt(1 + lambda)"), "1 x -log(sqrt(1 + lambda))");
        // Of 1 - 1/cosh.
        assert_eq!(
            laws("1 - 2/(exp(sqrt(lambda)) + exp(-sqrt(lambda)))"),
            "2 x -(sqrt(lambda) + log(1 + exp(-2*sqrt(lambda))))"
        );
    }
}
