//! Syntax trees as the engine handles them: building, walking, substituting, and the form c·T₁·T₂… of a term.

use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, Number, ScalarFunction};
use genphys_pde::span::Span;
use symbolica::domains::rational::Rational;

/// The name of |k|.
pub(crate) const K: &str = "k";

/// A piece of a tree that stands in no source.
pub(crate) fn node(kind: ExprKind) -> Expr {
    Expr::new(kind, Span::new(0, 0))
}

pub(crate) fn number(value: u32) -> Expr {
    whole(&value.to_string())
}

/// A whole number by its digits.
fn whole(digits: &str) -> Expr {
    let kept = digits.trim_end_matches('0');
    let (kept, exponent) =
        if kept.is_empty() { ("0", 0) } else { (kept, i32::try_from(digits.len() - kept.len()).unwrap_or(0)) };
    node(ExprKind::Number(Number { digits: kept.into(), exponent, negative: false }))
}

/// A rational number as a quotient.
pub(crate) fn exact(value: &Rational) -> Expr {
    let magnitude = value.abs();
    let quotient = div(&whole(&magnitude.numerator().to_string()), &whole(&magnitude.denominator().to_string()));
    if value.is_negative() { neg(&quotient) } else { quotient }
}

pub(crate) fn name(text: &str) -> Expr {
    node(ExprKind::Symbol(text.into()))
}

pub(crate) fn wave_number() -> Expr {
    name(K)
}

fn is_number(e: &Expr, value: u32) -> bool {
    *e == number(value)
}

pub(crate) fn add(a: &Expr, b: &Expr) -> Expr {
    match (is_number(a, 0), is_number(b, 0)) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => match &b.kind {
            ExprKind::Neg(inner) => node(ExprKind::Sub(Box::new(a.clone()), inner.clone())),
            _ => node(ExprKind::Add(Box::new(a.clone()), Box::new(b.clone()))),
        },
    }
}

pub(crate) fn neg(a: &Expr) -> Expr {
    match &a.kind {
        ExprKind::Neg(inner) => (**inner).clone(),
        _ if is_number(a, 0) => a.clone(),
        ExprKind::Sub(x, y) => node(ExprKind::Sub(y.clone(), x.clone())),
        _ => node(ExprKind::Neg(Box::new(a.clone()))),
    }
}

pub(crate) fn sub(a: &Expr, b: &Expr) -> Expr {
    if a == b { number(0) } else { add(a, &neg(b)) }
}

pub(crate) fn mul(a: &Expr, b: &Expr) -> Expr {
    if is_number(a, 0) || is_number(b, 0) {
        return number(0);
    }
    match (is_number(a, 1), is_number(b, 1)) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => node(ExprKind::Mul(Box::new(a.clone()), Box::new(b.clone()))),
    }
}

pub(crate) fn div(a: &Expr, b: &Expr) -> Expr {
    // 0/0 is no number.
    let defined = !is_number(b, 0);
    if is_number(b, 1) || (is_number(a, 0) && defined) {
        return a.clone();
    }
    if a == b && defined {
        return number(1);
    }
    node(ExprKind::Div(Box::new(a.clone()), Box::new(b.clone())))
}

pub(crate) fn pow(a: &Expr, b: &Expr) -> Expr {
    if is_number(b, 1) {
        return a.clone();
    }
    node(ExprKind::Pow(Box::new(a.clone()), Box::new(b.clone())))
}

pub(crate) fn function(function: ScalarFunction, argument: &Expr) -> Expr {
    node(ExprKind::Function { function, argument: Box::new(argument.clone()) })
}

/// Whether a name occurs.
pub(crate) fn mentions(e: &Expr, wanted: &str) -> bool {
    match &e.kind {
        ExprKind::Symbol(n) => n == wanted,
        ExprKind::Neg(a) => mentions(a, wanted),
        ExprKind::Add(a, b) | ExprKind::Sub(a, b) | ExprKind::Mul(a, b) | ExprKind::Div(a, b) | ExprKind::Pow(a, b) => {
            mentions(a, wanted) || mentions(b, wanted)
        }
        ExprKind::Function { argument, .. } => mentions(argument, wanted),
        _ => false,
    }
}

pub(crate) fn depends_on_k(e: &Expr) -> bool {
    mentions(e, K)
}

/// The expression with names replaced, zeros and ones folded away.
///
/// `of` encloses parameters: √(x²) becomes x, and (x^a)^b becomes x^(ab), only where x ≥ 0 or a and b are whole numbers
/// ≥ 0.
pub(crate) fn substitute(
    e: &Expr,
    value: &dyn Fn(&str) -> Option<Expr>,
    of: &dyn Fn(&str) -> Option<Interval>,
) -> Expr {
    let go = |x: &Expr| substitute(x, value, of);
    match &e.kind {
        ExprKind::Symbol(n) => value(n).unwrap_or_else(|| e.clone()),
        ExprKind::Pow(a, b) => power(&go(a), &go(b), of),
        ExprKind::Function { function: f, argument } => {
            let argument = go(argument);
            match f {
                ScalarFunction::Sqrt => {
                    let half = div(&number(1), &number(2));
                    match power(&argument, &half, of) {
                        Expr { kind: ExprKind::Pow(base, exponent), .. } if *exponent == half => {
                            function(ScalarFunction::Sqrt, &base)
                        }
                        simple => simple,
                    }
                }
                ScalarFunction::Exp | ScalarFunction::Cos if is_number(&argument, 0) => number(1),
                ScalarFunction::Log if is_number(&argument, 1) => number(0),
                ScalarFunction::Sin if is_number(&argument, 0) => number(0),
                _ => function(*f, &argument),
            }
        }
        _ => rebuilt(e, &go),
    }
}

/// The sum, product, power or function with others in place of what it is made of.
pub(crate) fn rebuilt(e: &Expr, go: &dyn Fn(&Expr) -> Expr) -> Expr {
    match &e.kind {
        ExprKind::Neg(a) => neg(&go(a)),
        ExprKind::Add(a, b) => add(&go(a), &go(b)),
        ExprKind::Sub(a, b) => sub(&go(a), &go(b)),
        ExprKind::Mul(a, b) => mul(&go(a), &go(b)),
        ExprKind::Div(a, b) => div(&go(a), &go(b)),
        ExprKind::Pow(a, b) => pow(&go(a), &go(b)),
        ExprKind::Function { function: f, argument } => function(*f, &go(argument)),
        _ => e.clone(),
    }
}

/// The square root of a rational number, where that is rational.
fn rational_root(base: &Expr, exponent: &Expr) -> Option<Expr> {
    if *exponent != div(&number(1), &number(2)) {
        return None;
    }
    let value = crate::trees::exponents::constant_value(base).filter(|v| !v.is_negative())?;
    let (n, d) = (value.numerator(), value.denominator());
    let (rn, rd) = (n.root(2), d.root(2));
    let whole = |root: &symbolica::domains::integer::Integer| u32::try_from(root.to_i64()?).ok();
    if &rn * &rn != n || &rd * &rd != d {
        return None;
    }
    Some(div(&number(whole(&rn)?), &number(whole(&rd)?)))
}

/// base^exponent with (x^a)^b = x^(ab) for x ≥ 0, 0^b = 0 and 1^b = 1.
fn power(base: &Expr, exponent: &Expr, of: &dyn Fn(&str) -> Option<Interval>) -> Expr {
    if let Some(root) = rational_root(base, exponent) {
        return root;
    }
    let positive_exponent = || enclose(exponent, of).is_some_and(Interval::positive);
    if (is_number(base, 0) && positive_exponent()) || is_number(base, 1) {
        return base.clone();
    }
    if is_number(base, 0) && is_number(exponent, 0) {
        return number(1);
    }
    let whole =
        |e: &Expr| crate::trees::exponents::constant_value(e).is_some_and(|v| v.is_integer() && !v.is_negative());
    if let ExprKind::Pow(inner, first) = &base.kind
        && (enclose(inner, of).is_some_and(Interval::non_negative) || (whole(first) && whole(exponent)))
    {
        return pow(inner, &product_of_exponents(first, exponent));
    }
    pow(base, exponent)
}

/// a·b, with 2·(c/2) = c.
fn product_of_exponents(a: &Expr, b: &Expr) -> Expr {
    if let ExprKind::Div(top, bottom) = &b.kind
        && **bottom == *a
    {
        return (**top).clone();
    }
    if let Some(value) = crate::trees::exponents::constant_value(&mul(a, b)) {
        let (n, d) = (value.numerator().to_i64(), value.denominator().to_i64());
        if let (Some(n), Some(d)) = (n.and_then(|n| u32::try_from(n).ok()), d.and_then(|d| u32::try_from(d).ok())) {
            return div(&number(n), &number(d));
        }
    }
    mul(a, b)
}

/// The summands with their signs (`true` for minus).
pub(crate) fn summands(e: &Expr) -> Vec<(bool, Expr)> {
    fn walk(e: &Expr, negative: bool, list: &mut Vec<(bool, Expr)>) {
        match &e.kind {
            ExprKind::Add(a, b) => {
                walk(a, negative, list);
                walk(b, negative, list);
            }
            ExprKind::Sub(a, b) => {
                walk(a, negative, list);
                walk(b, !negative, list);
            }
            ExprKind::Neg(a) => walk(a, !negative, list),
            _ => list.push((negative, e.clone())),
        }
    }
    let mut list = Vec::new();
    walk(e, false, &mut list);
    list
}

/// A product: a factor free of k, and powers of what depends on k.
pub(crate) struct Term {
    /// Free of k.
    pub(crate) coefficient: Expr,
    /// Bases that depend on k with exponents that do not.
    pub(crate) factors: Vec<(Expr, Expr)>,
}

impl Term {
    /// `None` where an exponent depends on k.
    pub(crate) fn of(e: &Expr) -> Option<Self> {
        let mut term = Self { coefficient: number(1), factors: Vec::new() };
        term.take(e, &number(1))?;
        Some(term)
    }

    fn take(&mut self, e: &Expr, exponent: &Expr) -> Option<()> {
        if !depends_on_k(e) {
            self.coefficient = match &exponent.kind {
                ExprKind::Neg(positive) => div(&self.coefficient, &pow(e, positive)),
                _ => mul(&self.coefficient, &pow(e, exponent)),
            };
            return Some(());
        }
        match &e.kind {
            ExprKind::Mul(a, b) => {
                self.take(a, exponent)?;
                self.take(b, exponent)
            }
            ExprKind::Div(a, b) => {
                self.take(a, exponent)?;
                self.take(b, &neg(exponent))
            }
            ExprKind::Neg(a) if is_number(exponent, 1) => {
                self.coefficient = neg(&self.coefficient);
                self.take(a, exponent)
            }
            ExprKind::Pow(a, b) if !depends_on_k(b) => {
                // (xy)^a = x^a y^a needs x, y ≥ 0 and is not used.
                self.factors.push(((**a).clone(), combined(b, exponent)));
                Some(())
            }
            ExprKind::Pow(..) => None,
            ExprKind::Function { function: ScalarFunction::Sqrt, argument } => {
                let half = div(&number(1), &number(2));
                self.factors.push(((**argument).clone(), combined(&half, exponent)));
                Some(())
            }
            _ => {
                self.factors.push((e.clone(), exponent.clone()));
                Some(())
            }
        }
    }

    /// The product of the factors, without the coefficient.
    pub(crate) fn core(&self) -> Expr {
        self.factors.iter().fold(number(1), |product, (base, exponent)| match &exponent.kind {
            ExprKind::Neg(positive) => div(&product, &root_or_power(base, positive)),
            _ => mul(&product, &root_or_power(base, exponent)),
        })
    }
}

/// The exponent of (x^inner)^outer, where outer is 1 or −1 as a rule.
fn combined(inner: &Expr, outer: &Expr) -> Expr {
    if is_number(outer, 1) {
        inner.clone()
    } else if *outer == neg(&number(1)) {
        neg(inner)
    } else {
        mul(inner, outer)
    }
}

/// `sqrt(x)` for the exponent 1/2.
pub(crate) fn root_or_power(base: &Expr, exponent: &Expr) -> Expr {
    if *exponent == div(&number(1), &number(2)) { function(ScalarFunction::Sqrt, base) } else { pow(base, exponent) }
}

/// Calls `f` on the expression and everything below it.
pub(crate) fn visit(expr: &Expr, f: &mut impl FnMut(&Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Number(_)
        | ExprKind::Imaginary
        | ExprKind::Pi
        | ExprKind::Symbol(_)
        | ExprKind::Position
        | ExprKind::Coordinate(_) => {}
        ExprKind::Vector(items) => items.iter().for_each(|e| visit(e, f)),
        ExprKind::Neg(a) | ExprKind::Gradient(a) | ExprKind::Divergence(a) => visit(a, f),
        ExprKind::Add(a, b)
        | ExprKind::Sub(a, b)
        | ExprKind::Mul(a, b)
        | ExprKind::Div(a, b)
        | ExprKind::Pow(a, b)
        | ExprKind::Dot(a, b) => {
            visit(a, f);
            visit(b, f);
        }
        ExprKind::TimeDerivative { operand, .. }
        | ExprKind::SpaceDerivative { operand, .. }
        | ExprKind::Laplacian { operand, .. } => visit(operand, f),
        ExprKind::FractionalLaplacian { operand, exponent } => {
            visit(exponent, f);
            visit(operand, f);
        }
        ExprKind::FourierMultiplier { symbol: a, operand } | ExprKind::Caputo { operand, order: a } => {
            visit(a, f);
            visit(operand, f);
        }
        ExprKind::Anisotropic { matrix, operand } => {
            matrix.iter().flatten().for_each(|e| visit(e, f));
            visit(operand, f);
        }
        ExprKind::Function { argument, .. } => visit(argument, f),
    }
}
