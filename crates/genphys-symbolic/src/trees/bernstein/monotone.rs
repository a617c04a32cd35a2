//! Completely monotone functions of λ = |k|², and positive-definite functions of k.

use super::prove::{Prover, is_sinc, leaf, step};
use crate::trees::expression::{
    Term, depends_on_k, div, function, mul, neg, number, pow, root_or_power, sub, summands, wave_number,
};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};

impl Prover<'_> {
    /// f is a completely monotone function of λ.
    pub(crate) fn completely_monotone(&self, f: &Expr) -> Option<Closure> {
        let stieltjes = || {
            let (low, high) = self.sector(f)?;
            (low >= -1.0 && high <= 0.0).then(|| leaf(f, Class::CompletelyMonotone, ClosureRule::HalfPlane))
        };
        self.monotone_by_rules(f).or_else(stieltjes)
    }

    fn monotone_by_rules(&self, f: &Expr) -> Option<Closure> {
        let class = Class::CompletelyMonotone;
        if !depends_on_k(f) {
            return self.sign(f).non_negative().then(|| leaf(f, class, ClosureRule::Constant));
        }
        match summands(f).as_slice() {
            // A minus sign alone is a coefficient, below.
            [] | [_] => {}
            list => {
                let mut parts = Vec::new();
                for (negative, e) in list {
                    let signed = if *negative { neg(e) } else { e.clone() };
                    parts.push(self.completely_monotone(&signed)?);
                }
                return Some(step(f, class, ClosureRule::Sum, parts));
            }
        }
        if let Some(closure) = self.hyperbolic_fall(f) {
            return Some(closure);
        }
        let term = Term::of(f)?;
        if term.coefficient != number(1) {
            if !self.sign(&term.coefficient).non_negative() {
                return None;
            }
            let inner = self.completely_monotone(&term.core())?;
            return Some(step(f, class, ClosureRule::Scale, vec![inner]));
        }
        if let [(base, exponent)] = term.factors.as_slice() {
            return self.monotone_power(f, base, exponent);
        }
        let mut parts = Vec::new();
        for (base, exponent) in &term.factors {
            parts.push(self.completely_monotone(&factor(base, exponent))?);
        }
        Some(step(f, class, ClosureRule::Product, parts))
    }

    fn monotone_power(&self, f: &Expr, base: &Expr, exponent: &Expr) -> Option<Closure> {
        let class = Class::CompletelyMonotone;
        let range = self.sign(exponent);
        if *base == wave_number() {
            return range.non_positive().then(|| leaf(f, class, ClosureRule::Power));
        }
        if *exponent == number(1) {
            return match &base.kind {
                ExprKind::Function { function: ScalarFunction::Exp, argument } => self.exponential(f, argument),
                ExprKind::Function { .. } => None,
                _ => self.completely_monotone(base),
            };
        }
        // A whole power of one is a product.
        let power = crate::trees::exponents::constant_value(exponent).filter(|p| p.is_integer());
        if let Some(power) = power.and_then(|p| p.numerator().to_i64()).filter(|n| (2..=8).contains(&n.unsigned_abs()))
        {
            let one = factor(base, &if power > 0 { number(1) } else { neg(&number(1)) });
            let single = self.hyperbolic_fall(&one).or_else(|| self.completely_monotone(&one).filter(|_| power > 0));
            if let Some(part) = single {
                let of = vec![part; usize::try_from(power.unsigned_abs()).ok()?];
                return Some(step(f, class, ClosureRule::Product, of));
            }
        }
        if range.non_positive() {
            let inner = self.bernstein(base)?;
            if !self.sign(&self.at_zero(base)).positive() {
                return None;
            }
            let outer = pow(&wave_number(), &mul(&number(2), exponent));
            let outer = leaf(&outer, class, ClosureRule::Power);
            return Some(step(f, class, ClosureRule::Composition, vec![outer, inner]));
        }
        None
    }

    /// exp(c − B) = e^c e^{−B}.
    fn exponential(&self, f: &Expr, argument: &Expr) -> Option<Closure> {
        let class = Class::CompletelyMonotone;
        let falling = neg(argument);
        let rise = self.bernstein_from_zero(&falling)?;
        let constant = self.at_zero(argument);
        let square = pow(&wave_number(), &number(2));
        let outer = leaf(&function(ScalarFunction::Exp, &neg(&square)), class, ClosureRule::Exponential);
        if constant == number(0) {
            return Some(step(f, class, ClosureRule::Composition, vec![outer, rise]));
        }
        let core = function(ScalarFunction::Exp, &sub(argument, &constant));
        let composed = step(&core, class, ClosureRule::Composition, vec![outer, rise]);
        Some(step(f, class, ClosureRule::Scale, vec![composed]))
    }

    /// f is a positive-definite function of k, and whether |f(k)| < f(0) for every k ≠ 0.
    pub(super) fn positive_definite(&self, f: &Expr) -> Option<(Closure, bool)> {
        let class = Class::PositiveDefinite;
        if let Some(monotone) = self.completely_monotone(f) {
            let strict = depends_on_k(f);
            return Some((step(f, class, ClosureRule::Schoenberg, vec![monotone]), strict));
        }
        if is_sinc(f).is_some() {
            let closure = Closure { dim: Some(3), ..leaf(f, class, ClosureRule::Sinc) };
            return Some((closure, true));
        }
        if let ExprKind::Function { function: ScalarFunction::Cos, argument } = &f.kind {
            let term = Term::of(argument)?;
            let linear = matches!(term.factors.as_slice(), [(b, e)] if *b == wave_number() && *e == number(1));
            let closure = Closure { dim: Some(1), ..leaf(f, class, ClosureRule::Cosine) };
            return linear.then_some((closure, false));
        }
        match summands(f).as_slice() {
            [] | [_] => {}
            list => {
                let (mut parts, mut strict) = (Vec::new(), false);
                for (negative, e) in list {
                    let (part, drops) = self.positive_definite(&if *negative { neg(e) } else { e.clone() })?;
                    strict |= drops;
                    parts.push(part);
                }
                return Some((step(f, class, ClosureRule::Sum, parts), strict));
            }
        }
        let term = Term::of(f)?;
        if term.coefficient != number(1) {
            let positive = self.sign(&term.coefficient);
            if !positive.non_negative() {
                return None;
            }
            let (inner, strict) = self.positive_definite(&term.core())?;
            return Some((step(f, class, ClosureRule::Scale, vec![inner]), strict && positive.positive()));
        }
        // A whole power is a product.
        if let [(base, exponent)] = term.factors.as_slice()
            && let Some(power) = crate::trees::exponents::constant_value(exponent).filter(|p| p.is_integer())
            && let Some(power) = power.numerator().to_i64().and_then(|n| usize::try_from(n).ok())
            && (2..=8).contains(&power)
        {
            let (part, strict) = self.positive_definite(base)?;
            return Some((step(f, class, ClosureRule::Product, vec![part; power]), strict));
        }
        if term.factors.len() < 2 {
            return None;
        }
        // sin(a k)/(a k) is one factor of a longer product.
        let sine = term
            .factors
            .iter()
            .position(|(b, _)| matches!(b.kind, ExprKind::Function { function: ScalarFunction::Sin, .. }));
        let mut factors: Vec<Expr> = term.factors.iter().map(|(b, e)| factor(b, e)).collect();
        if let Some(sine) = sine {
            let wave = term.factors.iter().position(|(b, e)| *b == wave_number() && *e == neg(&number(1)))?;
            let joined = div(&factors[sine], &wave_number());
            factors[sine] = joined;
            factors.remove(wave);
        }
        if factors.len() < 2 {
            return None;
        }
        let (mut parts, mut strict) = (Vec::new(), false);
        for part in &factors {
            let (closure, drops) = self.positive_definite(part)?;
            strict |= drops;
            parts.push(closure);
        }
        Some((step(f, class, ClosureRule::Product, parts), strict))
    }
}

fn factor(base: &Expr, exponent: &Expr) -> Expr {
    match &exponent.kind {
        ExprKind::Neg(positive) => div(&number(1), &root_or_power(base, positive)),
        _ => root_or_power(base, exponent),
    }
}
