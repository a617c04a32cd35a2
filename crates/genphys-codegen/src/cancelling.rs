//! Differences that lose their digits as they are written, and what a program computes in their place: `exp(u) - 1`,
//! `a^u - 1`, `exp(u) - exp(-u)`, `1 - cos(u)`, `1 - 2*exp(-u) + exp(-2*u)`, `log(1 + u)`.

use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::span::Span;

/// A sum with its terms in pairs that cancel where their arguments are small.
#[derive(Debug, PartialEq)]
pub(crate) enum Term {
    /// A term as it is.
    Plain(Expr),
    /// e^u − 1 times a factor.
    ExpM1 { factor: Option<Expr>, argument: Expr },
    /// (1 − e^u)² times a factor.
    Square { factor: Option<Expr>, argument: Expr },
    /// e^u − e^{−u} = 2 sinh u times a factor.
    DoubleSinh { factor: Option<Expr>, argument: Expr },
    /// 1 − cos u = 2 sin²(u/2) times a factor.
    Versine { factor: Option<Expr>, argument: Expr },
}

/// The part of a term that a difference is about; the rest is its factor.
#[derive(Clone, Debug, PartialEq)]
enum Core {
    One,
    Exp(Expr),
    Cos(Expr),
}

struct Part {
    negative: bool,
    factor: Option<Expr>,
    core: Core,
    whole: Expr,
}

/// The terms of a sum with their signs, where some of them cancel; `None` where it is best as it is.
pub(crate) fn cancelling(sum: &Expr) -> Option<Vec<(bool, Term)>> {
    let mut parts = Vec::new();
    collect(sum, false, &mut parts);
    let mut found = Vec::new();
    while let Some(place) = squares(&parts).or_else(|| pairs(&parts)) {
        let (taken, term) = place;
        // From behind, so that places stay what they are.
        for i in taken.into_iter().rev() {
            parts.remove(i);
        }
        found.push(term);
    }
    if found.is_empty() {
        return None;
    }
    found.extend(parts.into_iter().map(|part| (part.negative, Term::Plain(part.whole))));
    // A sign in front of everything is not as nice to read.
    found.sort_by_key(|(negative, _)| *negative);
    Some(found)
}

/// u of log(1 + u).
pub(crate) fn beside_one(argument: &Expr) -> Option<Expr> {
    match &argument.kind {
        ExprKind::Add(a, b) if is_one(a) => Some((**b).clone()),
        ExprKind::Add(a, b) if is_one(b) => Some((**a).clone()),
        ExprKind::Sub(a, b) if is_one(a) => Some(node(ExprKind::Neg(b.clone()))),
        _ => None,
    }
}

fn collect(term: &Expr, negative: bool, parts: &mut Vec<Part>) {
    match &term.kind {
        ExprKind::Add(a, b) => {
            collect(a, negative, parts);
            collect(b, negative, parts);
        }
        ExprKind::Sub(a, b) => {
            collect(a, negative, parts);
            collect(b, !negative, parts);
        }
        ExprKind::Neg(a) => collect(a, !negative, parts),
        _ => {
            let (factor, core) = core(term);
            parts.push(Part { negative, factor, core, whole: term.clone() });
        }
    }
}

/// A term as a factor and what is left of it.
fn core(term: &Expr) -> (Option<Expr>, Core) {
    match &term.kind {
        ExprKind::Function { function: ScalarFunction::Exp, argument } => (None, Core::Exp((**argument).clone())),
        ExprKind::Function { function: ScalarFunction::Cos, argument } => (None, Core::Cos((**argument).clone())),
        // a^u = e^{u ln a}.
        ExprKind::Pow(base, exponent) if is_power_of_e(base, exponent) => {
            let log = ExprKind::Function { function: ScalarFunction::Log, argument: base.clone() };
            (None, Core::Exp(node(ExprKind::Mul(exponent.clone(), Box::new(node(log))))))
        }
        ExprKind::Function { function: ScalarFunction::Sqrt, argument } if beside_one(argument).is_some() => {
            let log = ExprKind::Function { function: ScalarFunction::Log, argument: argument.clone() };
            let half = ExprKind::Div(Box::new(node(log)), Box::new(number(2)));
            (None, Core::Exp(node(half)))
        }
        ExprKind::Mul(a, b) => match (core(a), core(b)) {
            ((factor, core), (other, Core::One)) if core != Core::One => (product(factor, other), core),
            ((factor, Core::One), (other, core)) if core != Core::One => (product(factor, other), core),
            _ => (Some(term.clone()), Core::One),
        },
        ExprKind::Div(a, b) => match core(a) {
            (_, Core::One) => (Some(term.clone()), Core::One),
            (factor, core) => {
                let top = factor.unwrap_or_else(|| number(1));
                (Some(node(ExprKind::Div(Box::new(top), b.clone()))), core)
            }
        },
        _ if is_one(term) => (None, Core::One),
        _ => (Some(term.clone()), Core::One),
    }
}

/// Whether a power is best taken by the logarithm of its base, which is a name, a number or 1 + u.
fn is_power_of_e(base: &Expr, exponent: &Expr) -> bool {
    // Whole powers are there for negative numbers too.
    if matches!(&exponent.kind, ExprKind::Number(n) if n.to_f64().fract() == 0.0) {
        return false;
    }
    let positive = match &base.kind {
        ExprKind::Symbol(_) => true,
        ExprKind::Number(n) => !n.negative && !n.is_zero(),
        _ => false,
    };
    positive || beside_one(base).is_some()
}

/// c − 2c e^u + c e^{2u}.
fn squares(parts: &[Part]) -> Option<(Vec<usize>, (bool, Term))> {
    for (i, one) in parts.iter().enumerate().filter(|(_, part)| part.core == Core::One) {
        for (j, single) in parts.iter().enumerate() {
            let Core::Exp(argument) = &single.core else { continue };
            let twice_its_factor = doubled(one.factor.as_ref()) == single.factor;
            if single.negative == one.negative || !twice_its_factor {
                continue;
            }
            let is_double = |part: &Part| match &part.core {
                Core::Exp(double) => {
                    is_twice(double, argument) && part.factor == one.factor && part.negative == one.negative
                }
                _ => false,
            };
            if let Some(k) = parts.iter().position(is_double) {
                let mut taken = vec![i, j, k];
                taken.sort_unstable();
                let (factor, argument) = (one.factor.clone(), argument.clone());
                return Some((taken, (one.negative, Term::Square { factor, argument })));
            }
        }
    }
    None
}

/// c e^u − c, c − c cos u and c e^u − c e^{−u}.
fn pairs(parts: &[Part]) -> Option<(Vec<usize>, (bool, Term))> {
    for (i, one) in parts.iter().enumerate() {
        for (j, other) in parts.iter().enumerate().skip(i + 1) {
            if one.negative == other.negative || one.factor != other.factor {
                continue;
            }
            let factor = one.factor.clone();
            let term = match (&one.core, &other.core) {
                (Core::Exp(u), Core::One) => (one.negative, Term::ExpM1 { factor, argument: u.clone() }),
                (Core::One, Core::Exp(u)) => (other.negative, Term::ExpM1 { factor, argument: u.clone() }),
                // Of other arguments one factor may overflow where the other vanishes.
                (Core::Exp(u), Core::Exp(v)) if is_opposite(u, v) => {
                    (one.negative, Term::DoubleSinh { factor, argument: u.clone() })
                }
                (Core::One, Core::Cos(u)) => (one.negative, Term::Versine { factor, argument: u.clone() }),
                (Core::Cos(u), Core::One) => (other.negative, Term::Versine { factor, argument: u.clone() }),
                _ => continue,
            };
            return Some((vec![i, j], term));
        }
    }
    None
}

/// 2c.
fn doubled(factor: Option<&Expr>) -> Option<Expr> {
    match factor {
        None => Some(number(2)),
        Some(factor) => Some(node(ExprKind::Mul(Box::new(number(2)), Box::new(factor.clone())))),
    }
}

/// Whether `double` is 2·`single`, as far as that shows: 2u and u, −2u and −u, 4u and 2u.
fn is_twice(double: &Expr, single: &Expr) -> bool {
    let whole = |e: &Expr| match &e.kind {
        ExprKind::Number(n) if !n.negative => n.to_u32(),
        _ => None,
    };
    match (&double.kind, &single.kind) {
        (ExprKind::Neg(a), ExprKind::Neg(b)) => is_twice(a, b),
        (ExprKind::Number(_), ExprKind::Number(_)) => {
            whole(double).is_some() && whole(double) == whole(single).map(|n| 2 * n)
        }
        (ExprKind::Mul(a, b), _) if whole(a) == Some(2) && **b == *single => true,
        (ExprKind::Mul(a, b), ExprKind::Mul(c, d)) => is_twice(a, c) && b == d || a == c && is_twice(b, d),
        (ExprKind::Div(a, b), ExprKind::Div(c, d)) => b == d && is_twice(a, c),
        _ => false,
    }
}

/// Whether two arguments are u and −u, as far as that shows.
fn is_opposite(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Neg(a), _) if **a == *b => true,
        (_, ExprKind::Neg(b)) if *a == **b => true,
        (ExprKind::Mul(a, c), ExprKind::Mul(b, d)) | (ExprKind::Div(a, c), ExprKind::Div(b, d)) => {
            c == d && is_opposite(a, b)
        }
        _ => false,
    }
}

fn product(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(node(ExprKind::Mul(Box::new(a), Box::new(b)))),
        (a, b) => a.or(b),
    }
}

fn is_one(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Number(n) if !n.negative && n.to_u32() == Some(1))
}

fn number(n: u32) -> Expr {
    node(ExprKind::Number(Number::integer(n)))
}

fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}
