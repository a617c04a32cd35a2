//! The value of a function of the wave number at k = 0, limits of 0/0 among them: by leading powers of k, then by L'Hôpital's rule.

use super::prove::{Prover, is_sinc};
use crate::trees::exponents::constant_value;
use crate::trees::expression::{
    Term, add, depends_on_k, div, function, mul, neg, node, number, pow, sub, substitute, summands, visit,
};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

/// A limit 0/0 takes at most this many derivatives.
const MOST_DERIVATIVES: i64 = 6;

impl Prover<'_> {
    /// The value at k = 0; a quotient by zero where there is none that is found.
    pub(crate) fn at_zero(&self, e: &Expr) -> Expr {
        if !depends_on_k(e) {
            return e.clone();
        }
        if is_sinc(e).is_some() {
            return number(1);
        }
        if let Some(value) = self.hyperbolic(e).and_then(|f| f.at_zero()) {
            return value;
        }
        // A factor sin(a k)/(a k) would be 0/0.
        if let Some(term) = Term::of(e)
            && term.factors.len() > 1
            && is_sinc(&term.core()).is_some()
        {
            return term.coefficient;
        }
        let folded = |e: &Expr| substitute(e, &|_| None, self.names);
        match &e.kind {
            ExprKind::Symbol(_) => number(0),
            ExprKind::Neg(a) => neg(&self.at_zero(a)),
            ExprKind::Add(a, b) => add(&self.at_zero(a), &self.at_zero(b)),
            ExprKind::Sub(a, b) => sub(&self.at_zero(a), &self.at_zero(b)),
            ExprKind::Mul(a, b) => {
                let (x, y) = (self.at_zero(a), self.at_zero(b));
                if self.has_value(&x) && self.has_value(&y) { mul(&x, &y) } else { self.leading_value(e) }
            }
            ExprKind::Div(a, b) => {
                let (top, bottom) = (self.at_zero(a), self.at_zero(b));
                if bottom != number(0) { div(&top, &bottom) } else { self.leading_value(e) }
            }
            ExprKind::Pow(a, b) => {
                let base = self.at_zero(a);
                let vanishes = base == number(0) && !self.sign(b).positive() && *b.as_ref() != number(0);
                if vanishes { no_value() } else { folded(&node(ExprKind::Pow(Box::new(base), b.clone()))) }
            }
            ExprKind::Function { function: f, argument } => folded(&function(*f, &self.at_zero(argument))),
            _ => e.clone(),
        }
    }

    /// The limit at k = 0 by the leading power of k.
    fn leading_value(&self, e: &Expr) -> Expr {
        match self.leading(e) {
            Some((_, power)) if power > 0 => number(0),
            Some((c, power)) if power.is_zero() => c,
            _ => self.limit(e).unwrap_or_else(no_value),
        }
    }

    /// c and p with e ~ c k^p for k → 0, c ≠ 0.
    fn leading(&self, e: &Expr) -> Option<(Expr, Rational)> {
        if !depends_on_k(e) {
            return self.sign(e).nonzero.then(|| (e.clone(), 0.into()));
        }
        match &e.kind {
            ExprKind::Symbol(_) => Some((number(1), 1.into())),
            ExprKind::Neg(a) => self.leading(a).map(|(c, p)| (neg(&c), p)),
            ExprKind::Mul(a, b) => {
                let ((c, p), (d, q)) = (self.leading(a)?, self.leading(b)?);
                Some((mul(&c, &d), &p + &q))
            }
            ExprKind::Div(a, b) => {
                let ((c, p), (d, q)) = (self.leading(a)?, self.leading(b)?);
                Some((div(&c, &d), &p - &q))
            }
            ExprKind::Pow(a, b) => {
                let (power, (c, p)) = (crate::trees::exponents::constant_value(b)?, self.leading(a)?);
                Some((substitute(&pow(&c, b), &|_| None, self.names), &p * &power))
            }
            ExprKind::Add(..) | ExprKind::Sub(..) => {
                let mut least: Option<(Expr, Rational)> = None;
                for (negative, part) in summands(e) {
                    let (c, p) = self.leading(&part)?;
                    let c = if negative { neg(&c) } else { c };
                    least = Some(match least {
                        Some((d, q)) if q == p => (add(&d, &c), q),
                        Some((d, q)) if q < p => (d, q),
                        _ => (c, p),
                    });
                }
                least.filter(|(c, _)| self.sign(c).nonzero)
            }
            ExprKind::Function { function: f, argument } => {
                let value = self.at_zero(argument);
                match f {
                    ScalarFunction::Sin if value == number(0) => self.leading(argument),
                    // log(1 + h) ~ h.
                    ScalarFunction::Log if value == number(1) => {
                        let rest = summands(argument).into_iter().filter(|(_, e)| depends_on_k(e));
                        let sum = rest.fold(number(0), |s, (minus, e)| if minus { sub(&s, &e) } else { add(&s, &e) });
                        self.leading(&sum).filter(|(_, p)| *p > 0)
                    }
                    ScalarFunction::Sqrt => {
                        let (c, p) = self.leading(argument)?;
                        Some((substitute(&function(*f, &c), &|_| None, self.names), &p * &Rational::new(1, 2)))
                    }
                    _ => {
                        let value = self.at_zero(e);
                        (self.has_value(&value) && self.sign(&value).nonzero).then(|| (value, 0.into()))
                    }
                }
            }
            _ => None,
        }
    }

    /// With k = 0 put in.
    fn put_zero(&self, e: &Expr) -> Expr {
        substitute(e, &|n: &str| (n == crate::trees::expression::K).then(|| number(0)), self.names)
    }

    fn is_zero(&self, e: &Expr) -> bool {
        let range = self.sign(e);
        constant_value(e).is_some_and(|v| v.is_zero()) || (range.lo == 0.0 && range.hi == 0.0)
    }

    /// Whether something is divided by what is 0 at k = 0.
    fn has_pole(&self, e: &Expr) -> bool {
        let vanishes = |x: &Expr| depends_on_k(x) && self.is_zero(&self.put_zero(x));
        let mut found = false;
        visit(e, &mut |x| {
            found |= match &x.kind {
                ExprKind::Div(_, below) => vanishes(below),
                ExprKind::Pow(base, exponent) => !self.sign(exponent).non_negative() && vanishes(base),
                _ => false,
            };
        });
        found
    }

    /// The limit at k = 0 where numerators and denominators vanish, by L'Hôpital's rule.
    fn limit(&self, e: &Expr) -> Option<Expr> {
        let simple = |x: Expr| self.put_zero(&x);
        match &e.kind {
            ExprKind::Neg(a) => return Some(neg(&self.at_zero(a))),
            ExprKind::Add(a, b) => return Some(add(&self.at_zero(a), &self.at_zero(b))),
            ExprKind::Sub(a, b) => return Some(sub(&self.at_zero(a), &self.at_zero(b))),
            ExprKind::Function { function: f, argument } => {
                return Some(simple(function(*f, &self.at_zero(argument))));
            }
            _ => {}
        }
        let term = Term::of(e)?;
        let (mut above, mut below) = (number(1), number(1));
        for (base, exponent) in &term.factors {
            let exponent = constant_value(exponent).filter(|v| v.is_integer())?;
            let size = if exponent.is_negative() { exponent.clone().neg() } else { exponent.clone() };
            let side = if exponent.is_negative() { &mut below } else { &mut above };
            for _ in 0..size.numerator().to_i64().filter(|n| *n <= MOST_DERIVATIVES)? {
                *side = mul(side, base);
            }
        }
        for _ in 0..MOST_DERIVATIVES {
            if self.has_pole(&above) || self.has_pole(&below) {
                return None;
            }
            let (n, d) = (self.put_zero(&above), self.put_zero(&below));
            if self.sign(&d).nonzero {
                return Some(mul(&term.coefficient, &div(&n, &d)));
            }
            if !self.is_zero(&n) || !self.is_zero(&d) {
                return None;
            }
            let k = crate::trees::expression::K;
            (above, below) =
                (crate::trees::calculus::differentiate(&above, k)?, crate::trees::calculus::differentiate(&below, k)?);
        }
        None
    }
}

/// 1/0: what has no value.
fn no_value() -> Expr {
    node(ExprKind::Div(Box::new(number(1)), Box::new(number(0))))
}
