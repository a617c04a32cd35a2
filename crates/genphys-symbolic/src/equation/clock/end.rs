//! Whether ∫ of a sum of terms is finite at an end of the time interval, as a condition on the parameters: by the order
//! e^{λt} t^P of its terms towards infinity, |t − e|^P at a finite end e.

use super::Clocks;
use super::term::{Base, Term};
use crate::algebra::formula::Formula;
use crate::algebra::fraction::Fraction;
use crate::algebra::ring::{CPoly, Poly};
use crate::equation::symbol;
use crate::trees::expression::{exact, number, sub};
use crate::trees::interval::{Interval, enclose};
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};
use symbolica::domains::rational::Rational;

impl Clocks<'_> {
    /// A relation of a scalar to zero as a formula over the equation's own variables: `relation` is given a polynomial
    /// of its sign.
    fn sign_of(&self, f: &Fraction, relation: fn(&Poly) -> Formula) -> Option<Formula> {
        if f.num.is_zero() {
            return Some(relation(&self.eq.ring.zero()));
        }
        if let Some(v) = self.terms.enclosure(f) {
            let sign = if v.positive() {
                1
            } else if v.neg().positive() {
                -1
            } else {
                0
            };
            if sign != 0 {
                return Some(relation(&self.eq.ring.integer(sign)).simplify(&self.eq.oracle));
            }
        }
        // log(x) has the sign of x − 1.
        let mut product = self.eq.ring.integer(1);
        for (part, _) in [(&f.num.re, 0), (&f.den, 1)] {
            for (factor, power) in self.eq.ring.work.factors(part)? {
                if power % 2 == 0 && self.terms.enclosure(&whole(&factor)).is_some_and(|v| v.nonzero) {
                    continue;
                }
                let expr = self.terms.expr(&whole(&factor))?;
                let expr = match &expr.kind {
                    ExprKind::Function { function: ScalarFunction::Log, argument } => sub(argument, &number(1)),
                    ExprKind::Neg(a) => match &a.kind {
                        ExprKind::Function { function: ScalarFunction::Log, argument } => sub(&number(1), argument),
                        _ => expr,
                    },
                    _ => expr,
                };
                let (num, den) = symbol::scalar_in(self.eq.pde, &self.eq.fixed, &self.eq.ring, &expr)?;
                let signed = &num * &den;
                product = (0..power).fold(product, |p, _| &p * &signed);
            }
        }
        Some(relation(&product).simplify(&self.eq.oracle))
    }

    fn is_positive_number(&self, f: &Fraction) -> bool {
        self.terms.enclosure(f).is_some_and(Interval::positive)
    }

    /// ∫^∞ of the sum.
    pub(super) fn diverges_at_infinity(&self, list: &[Term]) -> Option<Formula> {
        let orders: Vec<(Vec<Fraction>, Fraction)> =
            list.iter().map(|t| self.order_at_infinity(t)).collect::<Option<_>>()?;
        let one = self.terms.number(1);
        let condition = |i: usize| -> Option<Formula> {
            let (rates, power) = &orders[i];
            // The highest power of t in the exponential that is there decides.
            let mut options = Vec::new();
            let mut still = Formula::True;
            for rate in rates.iter().rev() {
                options.push(Formula::all([still.clone(), self.sign_of(rate, Formula::positive)?]));
                still = Formula::all([still, self.sign_of(rate, Formula::zero)?]);
            }
            let slow = self.sign_of(&power.add(&one).cancelled(), Formula::non_negative)?;
            options.push(Formula::all([still, slow]));
            Some(Formula::any(options))
        };
        let zero = self.terms.number(0);
        // ∫ t^p cos is of the order t^p, one less than that of ∫ t^p.
        let ahead = |i: usize, j: usize| {
            let minus = |a: &Fraction, b: &Fraction| a.add(&b.neg()).cancelled();
            let longest = orders[i].0.len().max(orders[j].0.len());
            let rate = |k: usize, n: usize| orders[k].0.get(n).unwrap_or(&zero).clone();
            for n in (0..longest).rev() {
                let difference = minus(&rate(i, n), &rate(j, n));
                if !difference.num.is_zero() {
                    return list[j].wave.is_none() && self.is_positive_number(&difference);
                }
            }
            let power = minus(&orders[i].1, &orders[j].1);
            let power = if list[j].wave.is_some() { power.add(&one) } else { power };
            let slow = list[j].wave.is_none() || orders[j].0.iter().all(|r| r.num.is_zero());
            slow && self.is_positive_number(&power)
        };
        self.either(list, true, &condition, &ahead)
    }

    /// ∫ of the sum at a finite end.
    pub(super) fn diverges_at(&self, list: &[Term], end: &Rational) -> Option<Formula> {
        let orders: Vec<Fraction> = list.iter().map(|t| self.order_at(t, end)).collect::<Option<_>>()?;
        let one = self.terms.number(1);
        let condition = |i: usize| self.sign_of(&orders[i].add(&one).neg().cancelled(), Formula::non_negative);
        let ahead = |i: usize, j: usize| self.is_positive_number(&orders[j].add(&orders[i].neg()).cancelled());
        self.either(list, false, &condition, &ahead)
    }

    /// Terms that are all not negative diverge where one does; otherwise one that is ahead of all others decides; and
    /// none diverges where all integrals are finite one by one.
    fn either(
        &self,
        list: &[Term],
        oscillate: bool,
        condition: &dyn Fn(usize) -> Option<Formula>,
        ahead: &dyn Fn(usize, usize) -> bool,
    ) -> Option<Formula> {
        self.either_of((0..list.len()).collect(), list, oscillate, condition, ahead)
    }

    /// The same of some of the terms.
    fn either_of(
        &self,
        indices: Vec<usize>,
        list: &[Term],
        oscillate: bool,
        condition: &dyn Fn(usize) -> Option<Formula>,
        ahead: &dyn Fn(usize, usize) -> bool,
    ) -> Option<Formula> {
        if indices.is_empty() {
            return Some(Formula::False);
        }
        let simple = |f: Formula| f.simplify(&self.eq.oracle);
        let weighted = |i: usize| -> Option<Formula> {
            Some(Formula::all([self.sign_of(&list[i].factor, Formula::non_zero)?, condition(i)?]))
        };
        // Waves keep their sign close to a finite end.
        let keeps_sign = |t: &Term| !oscillate || t.wave.is_none();
        let alone = |i: usize| indices.iter().all(|j| i == *j || ahead(i, *j)) && keeps_sign(&list[i]);
        if let Some(i) = indices.iter().copied().find(|i| alone(*i)) {
            let found = weighted(i).map(simple)?;
            let vanishes = simple(self.sign_of(&list[i].factor, Formula::zero)?);
            if vanishes == Formula::False {
                return Some(found);
            }
            // Without its weight the others count.
            let others = indices.into_iter().filter(|j| *j != i).collect();
            let rest = self.either_of(others, list, oscillate, condition, ahead)?;
            return Some(simple(Formula::any([found, Formula::all([vanishes, rest])])));
        }
        let non_negative =
            |t: &Term| t.wave.is_none() && self.terms.enclosure(&t.factor).is_some_and(Interval::non_negative);
        let each: Vec<Formula> = indices.iter().map(|i| weighted(*i)).collect::<Option<_>>()?;
        let any = simple(Formula::any(each));
        (any == Formula::False || indices.iter().all(|i| non_negative(&list[*i]))).then_some(any)
    }

    /// The λ_n and P of a term of the order e^{λ₁t + λ₂t² + …} t^P.
    fn order_at_infinity(&self, term: &Term) -> Option<(Vec<Fraction>, Fraction)> {
        let mut rates = vec![term.rate.clone()];
        let mut power = self.terms.number(0);
        for (base, exponent) in &term.bases {
            if let Some(n) = self.terms.exponential_power(base) {
                rates.resize(rates.len().max(n), self.terms.number(0));
                rates[n - 1] = exponent.clone();
                continue;
            }
            match &base.linear {
                Some((_, beta)) if self.terms.enclosure(beta)?.nonzero => power = power.add(exponent).cancelled(),
                Some(_) => return None,
                None => match &base.expr.kind {
                    // ∫ t^P (log t)^q with q ≥ −1 diverges where ∫ t^P does.
                    ExprKind::Function { function: ScalarFunction::Log, argument } if self.grows_alone(argument) => {
                        let least = &self.terms.constant(exponent)? + &Rational::from(1);
                        (!least.is_negative()).then_some(())?;
                    }
                    _ => self.is_bounded_towards(base, None).then_some(())?,
                },
            }
        }
        Some((rates, power))
    }

    /// Whether a linear function grows without bound.
    fn grows_alone(&self, e: &Expr) -> bool {
        self.terms.linear(e).is_some_and(|(_, beta)| self.is_positive_number(&beta))
    }

    /// P of a term of the order |t − e|^P.
    fn order_at(&self, term: &Term, end: &Rational) -> Option<Fraction> {
        let mut power = self.terms.number(0);
        let wave = match &term.wave {
            Some(wave) => Some((Base { expr: self.terms.wave_expr(wave)?, linear: None }, self.terms.number(1))),
            None => None,
        };
        let exponential = |base: &Base| self.terms.exponential_power(base).is_some();
        for (base, exponent) in term.bases.iter().chain(wave.iter()).filter(|(base, _)| !exponential(base)) {
            if let ExprKind::Function { function: ScalarFunction::Log, argument } = &base.expr.kind
                && super::vanishes_at(self.eq, argument, end)
            {
                // Beside |t − e|^P, |log|^q with q ≥ −1 changes nothing either.
                let least = &self.terms.constant(exponent)? + &Rational::from(1);
                (!least.is_negative()).then_some(())?;
            } else if super::vanishes_at(self.eq, &base.expr, end) {
                // A simple zero.
                let slope = self.terms.derivative(&base.expr)?;
                if !self.at_point(&slope, end)?.nonzero {
                    return None;
                }
                power = power.add(exponent).cancelled();
            } else if base.linear.is_some() {
                self.at_point(&base.expr, end)?.nonzero.then_some(())?;
            } else if !self.is_bounded_towards(base, Some(end)) {
                return None;
            }
        }
        Some(power)
    }

    fn at_point(&self, f: &Expr, time: &Rational) -> Option<Interval> {
        let value = |n: &str| (n == self.terms.time).then(|| exact(time));
        let there = self.terms.special(&crate::trees::expression::substitute(f, &value, &|_| None));
        let simple = self.terms.read(&there).and_then(|f| self.terms.expr(&f));
        enclose(&simple.unwrap_or(there), &*self.terms.names)
    }

    /// Whether a function stays between two positive numbers, or between two negative ones, near an end.
    fn is_bounded_towards(&self, base: &Base, end: Option<&Rational>) -> bool {
        if let (ExprKind::Function { function: ScalarFunction::Log, .. }, None) = (&base.expr.kind, end) {
            return false;
        }
        let closer = |j: i32| -> Interval {
            match end {
                None => Interval::between(f64::powi(2.0, j), f64::INFINITY),
                Some(end) => {
                    let (at, step) = (end.to_f64(), f64::powi(0.5, j));
                    let (start, upper) = (self.start.as_ref(), self.end.as_ref());
                    let lo = if start == Some(end) { at } else { at - step };
                    let hi = if upper == Some(end) { at } else { at + step };
                    Interval::between(lo, hi)
                }
            }
        };
        (1..16).any(|j| {
            let near = closer(j);
            let names = |n: &str| if n == self.terms.time { Some(near) } else { (self.terms.names)(n) };
            enclose(&base.expr, &names)
                .is_some_and(|v| v.lo.is_finite() && v.hi.is_finite() && (v.lo > 0.0 || v.hi < 0.0))
        })
    }
}

fn whole(p: &Poly) -> Fraction {
    Fraction::whole(CPoly::real(p.clone()))
}
