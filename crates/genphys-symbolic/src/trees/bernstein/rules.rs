//! Bernstein functions of λ by the closure rules: sums, products, powers, logarithms, compositions, quotients.

use super::prove::{Prover, complete, inverse_power, leaf, relabel, step};
use crate::trees::expression::{
    Term, add, depends_on_k, div, function, mul, neg, number, pow, root_or_power, sub, summands, wave_number,
};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use genphys_pde::certificate::{Class, Closure, ClosureRule};

impl Prover<'_> {
    /// f ≥ 0 is a Bernstein function of λ.
    pub(crate) fn bernstein(&self, f: &Expr) -> Option<Closure> {
        let complete = || {
            let (low, high) = self.sector(f)?;
            (low >= 0.0 && high <= 1.0).then(|| leaf(f, Class::Bernstein, ClosureRule::HalfPlane))
        };
        self.bernstein_by_rules(f).or_else(complete)
    }

    fn bernstein_by_rules(&self, f: &Expr) -> Option<Closure> {
        if !depends_on_k(f) {
            return self.sign(f).non_negative().then(|| leaf(f, Class::Bernstein, ClosureRule::Constant));
        }
        if matches!(f.kind, ExprKind::Add(..) | ExprKind::Sub(..) | ExprKind::Neg(_)) {
            let offset = self.at_zero(f);
            let rise = self.bernstein_from_zero(f)?;
            if offset == number(0) {
                return Some(relabel(rise, f));
            }
            if !self.sign(&offset).non_negative() {
                return None;
            }
            let constant = leaf(&offset, Class::Bernstein, ClosureRule::Constant);
            return Some(step(f, Class::Bernstein, ClosureRule::Sum, vec![constant, rise]));
        }
        // k coth(dk) is not 0 at k = 0.
        if let Some(closure) = self.hyperbolic_rise(f) {
            let zero = self.at_zero(f);
            if zero == number(0) {
                return Some(closure);
            }
            let constant =
                self.sign(&zero).non_negative().then(|| leaf(&zero, Class::Bernstein, ClosureRule::Constant))?;
            return Some(step(f, Class::Bernstein, ClosureRule::Sum, vec![constant, closure]));
        }
        let term = Term::of(f)?;
        if term.coefficient != number(1) {
            if !self.sign(&term.coefficient).non_negative() {
                return None;
            }
            let inner = self.bernstein(&term.core())?;
            return Some(step(f, Class::Bernstein, ClosureRule::Scale, vec![inner]));
        }
        match term.factors.as_slice() {
            [(base, exponent)] => self.bernstein_power(f, base, exponent),
            [one, other] => {
                self.moebius(f, one, other).or_else(|| self.moebius(f, other, one)).or_else(|| self.conjugate(f, &term))
            }
            _ => self.conjugate(f, &term),
        }
    }

    fn bernstein_power(&self, f: &Expr, base: &Expr, exponent: &Expr) -> Option<Closure> {
        let range = self.sign(exponent);
        if *base == wave_number() {
            let slow = range.non_negative() && range.hi <= 2.0;
            return slow.then(|| leaf(f, Class::Bernstein, ClosureRule::Power));
        }
        if *exponent == number(1) {
            return match &base.kind {
                ExprKind::Function { function: ScalarFunction::Log, argument } => self.logarithm(f, argument),
                ExprKind::Function { .. } => None,
                _ => self.bernstein(base),
            };
        }
        if !(range.non_negative() && range.hi <= 1.0) {
            return None;
        }
        if let Some(inner) = self.bernstein(base) {
            let outer = pow(&wave_number(), &mul(&number(2), exponent));
            let outer = leaf(&outer, Class::Bernstein, ClosureRule::Power);
            return Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]));
        }
        if let Some(closure) = self.root_of_quadratic(f, base, exponent) {
            return Some(closure);
        }
        // √(g h) of complete Bernstein functions: the argument of g h stays between 0 and 2π.
        let product = Term::of(base)?;
        let half = *exponent == div(&number(1), &number(2));
        if !half || product.factors.len() != 2 || !self.sign(&product.coefficient).non_negative() {
            return None;
        }
        let parts: Option<Vec<Closure>> =
            product.factors.iter().map(|(b, e)| self.bernstein(&root_or_power(b, e))).collect();
        parts
            .filter(|list| list.iter().all(complete))
            .map(|list| step(f, Class::Bernstein, ClosureRule::HalfPlane, list))
    }

    /// √(αk⁴ + βk² + γ) with α, β, γ ≥ 0 and β² ≥ 4αγ.
    fn root_of_quadratic(&self, f: &Expr, base: &Expr, exponent: &Expr) -> Option<Closure> {
        if *exponent != div(&number(1), &number(2)) {
            return None;
        }
        let mut coefficients = [number(0), number(0), number(0)];
        for (negative, part) in summands(base) {
            let term = Term::of(&part)?;
            let power = match term.factors.as_slice() {
                [] => 0,
                [(k, e)] if *k == wave_number() && *e == number(2) => 1,
                [(k, e)] if *k == wave_number() && *e == number(4) => 2,
                _ => return None,
            };
            let known = &coefficients[power];
            let sum = if negative { sub(known, &term.coefficient) } else { add(known, &term.coefficient) };
            coefficients[power] = sum;
        }
        let [gamma, beta, alpha] = &coefficients;
        let discriminant = sub(&mul(beta, beta), &mul(&number(4), &mul(alpha, gamma)));
        let fits = coefficients.iter().all(|c| self.sign(c).non_negative()) && self.sign(&discriminant).non_negative();
        fits.then(|| leaf(f, Class::Bernstein, ClosureRule::HalfPlane))
    }

    /// log h with h(0) ≥ 1.
    fn logarithm(&self, f: &Expr, argument: &Expr) -> Option<Closure> {
        let inner_function = add(&sub(&self.at_zero(argument), &number(1)), &self.bernstein_rise(argument));
        let inner = self.bernstein(&inner_function)?;
        let outer = function(ScalarFunction::Log, &add(&number(1), &pow(&wave_number(), &number(2))));
        let outer = leaf(&outer, Class::Bernstein, ClosureRule::Logarithm);
        Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]))
    }

    /// h/(a + c h) with a, c ≥ 0.
    fn moebius(&self, f: &Expr, top: &(Expr, Expr), bottom: &(Expr, Expr)) -> Option<Closure> {
        let h = root_or_power(&top.0, &top.1);
        if bottom.1 != neg(&number(1)) || !self.sign(&top.1).positive() {
            return None;
        }
        let (mut a, mut c) = (number(0), number(0));
        for (negative, e) in summands(&bottom.0) {
            let sum = |to: &Expr, what: &Expr| if negative { sub(to, what) } else { add(to, what) };
            if !depends_on_k(&e) {
                a = sum(&a, &e);
            } else {
                let term = Term::of(&e)?;
                if term.core() != h {
                    return None;
                }
                c = sum(&c, &term.coefficient);
            }
        }
        if !self.sign(&a).non_negative() || !self.sign(&c).non_negative() || !self.sign(&add(&a, &c)).positive() {
            return None;
        }
        let square = pow(&wave_number(), &number(2));
        if h == square {
            return Some(leaf(f, Class::Bernstein, ClosureRule::HalfPlane));
        }
        let inner = self.bernstein(&h)?;
        let outer = div(&square, &add(&a, &mul(&c, &square)));
        let outer = leaf(&outer, Class::Bernstein, ClosureRule::HalfPlane);
        Some(step(f, Class::Bernstein, ClosureRule::Composition, vec![outer, inner]))
    }

    /// λ/h for a complete Bernstein function h.
    fn conjugate(&self, f: &Expr, term: &Term) -> Option<Closure> {
        let square = pow(&wave_number(), &number(2));
        let numerator = term.factors.iter().position(|(b, e)| pow(b, e) == square)?;
        let mut denominator = number(1);
        for (i, (base, exponent)) in term.factors.iter().enumerate() {
            if i != numerator {
                denominator = mul(&denominator, &inverse_power(base, exponent)?);
            }
        }
        let below = self.bernstein(&denominator).filter(complete)?;
        Some(step(f, Class::Bernstein, ClosureRule::HalfPlane, vec![below]))
    }
}
