//! Antiderivatives of terms: powers of linear functions, partial fractions, polynomials times exponentials and waves by
//! parts, and c g′ gᵖ for any other function g.

use super::term::{Base, Term, Terms};
use crate::algebra::fraction::Fraction;
use crate::trees::expression::{div, function, mul, name};
use genphys_pde::ast::ScalarFunction;

/// Steps of one antiderivative.
const MOST_STEPS: u32 = 64;

impl Terms<'_> {
    /// A function whose derivative is the sum.
    pub(crate) fn antiderivative(&self, list: &[Term]) -> Option<Vec<Term>> {
        let mut result = Vec::new();
        let mut rest = list.to_vec();
        while let Some(i) = rest.iter().position(|t| t.bases.iter().any(|(b, _)| self.exponential_power(b).is_some())) {
            // All terms with this exponential together.
            let exponents = self.exponents(&rest[i]);
            let same = |t: &Term| {
                let other = self.exponents(t);
                other.len() == exponents.len()
                    && other.iter().zip(&exponents).all(|(a, b)| a.add(&b.neg()).cancelled().num.is_zero())
            };
            let (group, others): (Vec<Term>, Vec<Term>) = rest.into_iter().partition(same);
            rest = others;
            result.push(self.of_exponential(&group, &exponents)?);
        }
        for term in &rest {
            let mut steps = MOST_STEPS;
            result.extend(self.of_term(term, &mut steps)?);
        }
        Some(self.collected(result))
    }

    /// h in the factor e^h of a term, a polynomial in the time without a constant.
    fn exponents(&self, term: &Term) -> Vec<Fraction> {
        let mut list = vec![self.number(0), term.rate.clone()];
        for (base, exponent) in &term.bases {
            let Some(n) = self.exponential_power(base) else { continue };
            list.resize(list.len().max(n + 1), self.number(0));
            list[n] = exponent.clone();
        }
        list
    }

    /// ∫ c h′ e^h.
    fn of_exponential(&self, group: &[Term], exponents: &[Fraction]) -> Option<Term> {
        let mut sum = crate::trees::expression::number(0);
        for term in group {
            let mut plain = Term { rate: self.number(0), ..term.clone() };
            plain.bases.retain(|(b, _)| self.exponential_power(b).is_none());
            sum = crate::trees::expression::add(&sum, &self.term_expr(&plain)?);
        }
        let mut slope = crate::trees::expression::number(0);
        for (n, c) in exponents.iter().enumerate().skip(1) {
            let power = crate::trees::expression::pow(
                &name(self.time),
                &crate::trees::expression::number(u32::try_from(n - 1).ok()?),
            );
            let power = if n == 1 { crate::trees::expression::number(1) } else { power };
            let factor = self.expr(&c.mul(&self.number(i64::try_from(n).ok()?)))?;
            slope = crate::trees::expression::add(&slope, &mul(&factor, &power));
        }
        let c = self.read(&div(&sum, &slope)).filter(|c| self.is_free(c))?;
        let term = self.exponential_of(exponents)?;
        Some(Term { factor: c.mul(&term.factor), ..term })
    }

    fn of_term(&self, term: &Term, steps: &mut u32) -> Option<Vec<Term>> {
        *steps = steps.checked_sub(1)?;
        if term.factor.num.is_zero() {
            return Some(Vec::new());
        }
        if term.bases.iter().any(|(b, _)| b.linear.is_none()) {
            return self.by_inner_derivative(term);
        }
        if !term.rate.num.is_zero() || term.wave.is_some() {
            return self.by_parts(term, steps);
        }
        self.rational_or_power(term, steps)
    }

    /// ∏ (α_i + β_i t)^{p_i}.
    fn rational_or_power(&self, term: &Term, steps: &mut u32) -> Option<Vec<Term>> {
        let split = |term: &Term, keep: &[(usize, i64)], factor: Fraction| -> Option<Term> {
            let mut part = Term { factor: part_factor(term, &factor), ..term.clone() };
            for (index, change) in keep {
                part.bases[*index].1 = part.bases[*index].1.add(&self.number(*change)).cancelled();
            }
            part.bases.retain(|(_, p)| !p.num.is_zero());
            Some(part)
        };
        match term.bases.as_slice() {
            [] => {
                let t = self.base(&self.number(0), &self.number(1));
                let (base, turned) = match t {
                    Some(found) => found,
                    // The time changes its sign inside of the interval: no base, but t itself is a function.
                    None => (Base { expr: name(self.time), linear: Some((self.number(0), self.number(1))) }, false),
                };
                let factor = if turned { term.factor.neg() } else { term.factor.clone() };
                Some(vec![Term { factor, ..self.to_the(base, self.number(1)) }])
            }
            [(base, p)] => {
                let (_, beta) = base.linear.as_ref()?;
                if self.is(p, -1) {
                    let log = Base { expr: function(ScalarFunction::Log, &base.expr), linear: None };
                    return Some(vec![Term {
                        factor: self.over(&term.factor, beta)?,
                        ..self.to_the(log, self.number(1))
                    }]);
                }
                let next = p.add(&self.number(1)).cancelled();
                let factor = self.over(&term.factor, &beta.mul(&next))?;
                Some(vec![Term { factor, ..self.to_the(base.clone(), next) }])
            }
            many => {
                let whole: Vec<Option<i64>> = many.iter().map(|(_, p)| self.whole(p)).collect();
                let positive = whole.iter().position(|p| p.is_some_and(|p| p > 0));
                let other = |i: usize| (0..many.len()).find(|j| *j != i && whole[*j].is_none_or(|p| p < 0));
                let pair = |i: usize, j: usize| Some((many[i].0.linear.clone()?, many[j].0.linear.clone()?));
                let (i, j, parts) = match positive {
                    // a = c + (β_a/β_b) b.
                    Some(i) => {
                        let j = other(i).or_else(|| (0..many.len()).find(|j| *j != i))?;
                        let ((alpha, beta), (gamma, delta)) = pair(i, j)?;
                        let ratio = self.over(&beta, &delta)?;
                        let rest = alpha.add(&gamma.mul(&ratio).neg()).cancelled();
                        (i, j, [(vec![(i, -1)], rest), (vec![(i, -1), (j, 1)], ratio)])
                    }
                    // 1 = (δ a − β b)/(α δ − γ β) for two denominators.
                    None => {
                        let mut negative = (0..many.len()).filter(|i| whole[*i].is_some());
                        let (i, j) = (negative.next()?, negative.next()?);
                        let ((alpha, beta), (gamma, delta)) = pair(i, j)?;
                        let size = alpha.mul(&delta).add(&gamma.mul(&beta).neg()).cancelled();
                        let (first, second) = (self.over(&delta, &size)?, self.over(&beta.neg(), &size)?);
                        (i, j, [(vec![(i, 1)], first), (vec![(j, 1)], second)])
                    }
                };
                debug_assert!(i != j);
                let mut result = Vec::new();
                for (changes, factor) in parts {
                    if !factor.num.is_zero() {
                        result.extend(self.of_term(&split(term, &changes, factor)?, steps)?);
                    }
                }
                Some(result)
            }
        }
    }

    /// (α + βt)ⁿ e^{λt} {1, sin, cos}(ωt + φ) with a whole n ≥ 0.
    fn by_parts(&self, term: &Term, steps: &mut u32) -> Option<Vec<Term>> {
        let mut inner = Term { bases: Vec::new(), ..term.clone() };
        let inside = match &term.wave {
            None => {
                inner.factor = self.over(&term.factor, &term.rate)?;
                vec![inner]
            }
            Some((kind, omega, phi)) => {
                // ∫ e^{λt} cos = e^{λt} (λ cos + ω sin)/(λ² + ω²), ∫ e^{λt} sin = e^{λt} (λ sin − ω cos)/(λ² + ω²).
                let size = term.rate.mul(&term.rate).add(&omega.mul(omega)).cancelled();
                let (other, sign) = match kind {
                    ScalarFunction::Cos => (ScalarFunction::Sin, 1),
                    _ => (ScalarFunction::Cos, -1),
                };
                let same = self.over(&term.factor.mul(&term.rate), &size)?;
                let turned = self.over(&term.factor.mul(omega).mul(&self.number(sign)), &size)?;
                let second = Term { factor: turned, wave: Some((other, omega.clone(), phi.clone())), ..inner.clone() };
                inner.factor = same;
                [inner, second].into_iter().filter(|t| !t.factor.num.is_zero()).collect()
            }
        };
        let [(base, p)] = term.bases.as_slice() else { return term.bases.is_empty().then_some(inside) };
        let n = self.whole(p).filter(|n| (1..=16).contains(n))?;
        let (_, beta) = base.linear.as_ref()?;
        let lower = self.number(n - 1);
        let mut result = Vec::new();
        for part in inside {
            let with = |power: Fraction| -> Vec<(Base, Fraction)> {
                if power.num.is_zero() { Vec::new() } else { vec![(base.clone(), power)] }
            };
            result.push(Term { bases: with(p.clone()), ..part.clone() });
            let rest = Term { factor: part.factor.mul(beta).mul(&self.number(-n)), bases: with(lower.clone()), ..part };
            result.extend(self.of_term(&rest, steps)?);
        }
        Some(result)
    }

    /// c g′ gᵖ, for a function g that is not linear.
    fn by_inner_derivative(&self, term: &Term) -> Option<Vec<Term>> {
        for (index, (base, p)) in term.bases.iter().enumerate().filter(|(_, (b, _))| b.linear.is_none()) {
            let slope = self.derivative(&base.expr)?;
            let mut rest = term.clone();
            rest.bases.remove(index);
            let rest = self.term_expr(&rest)?;
            if let genphys_pde::ast::ExprKind::Function { function: ScalarFunction::Exp, argument } = &base.expr.kind {
                // gᵖ = e^{ph}: c h′ e^{ph}.
                let slope = self.derivative(argument)?;
                if let Some(c) = self.read(&div(&rest, &slope)).filter(|c| self.is_free(c)) {
                    return Some(vec![Term { factor: self.over(&c, p)?, ..self.to_the(base.clone(), p.clone()) }]);
                }
                continue;
            }
            let Some(c) = self.read(&div(&rest, &slope)).filter(|c| self.is_free(c)) else { continue };
            if self.is(p, -1) {
                let log = Base { expr: function(ScalarFunction::Log, &base.expr), linear: None };
                return Some(vec![Term { factor: c, ..self.to_the(log, self.number(1)) }]);
            }
            let next = p.add(&self.number(1)).cancelled();
            return Some(vec![Term { factor: self.over(&c, &next)?, ..self.to_the(base.clone(), next) }]);
        }
        None
    }

    /// e^{cΘ} for Θ as a sum of terms: logarithms become powers, what is linear in t an exponential.
    pub(crate) fn exponential(&self, theta: &[Term], c: &Fraction) -> Option<Term> {
        let mut product = self.plain(self.number(1));
        let mut rest = Vec::new();
        for term in theta {
            let plain = term.rate.num.is_zero() && term.wave.is_none();
            let by = term.factor.mul(c);
            match term.bases.as_slice() {
                [] if plain => {
                    let e = function(ScalarFunction::Exp, &self.expr(&by)?);
                    product.factor = product.factor.mul(&self.read(&crate::trees::expression::substitute(
                        &e,
                        &|_| None,
                        &|_| None,
                    ))?);
                }
                [(base, p)] if plain && self.is(p, 1) => match (&base.linear, &base.expr.kind) {
                    (Some((alpha, beta)), _) => {
                        let e = function(ScalarFunction::Exp, &self.expr(&by.mul(alpha))?);
                        let e = crate::trees::expression::substitute(&e, &|_| None, &|_| None);
                        product.factor = product.factor.mul(&self.read(&e)?);
                        product.rate = product.rate.add(&by.mul(beta)).cancelled();
                    }
                    (None, genphys_pde::ast::ExprKind::Function { function: ScalarFunction::Log, argument }) => {
                        let inner = Base { expr: (**argument).clone(), linear: self.linear(argument) };
                        product = self.multiply(&[product], &[self.to_the(inner, by)])?.pop()?;
                    }
                    _ => rest.push(term.clone()),
                },
                // Powers of the time itself.
                _ if plain && self.term_expr(term).is_some_and(|e| self.polynomial(&e).is_some()) => {
                    let list: Vec<Fraction> =
                        self.polynomial(&self.term_expr(term)?)?.iter().map(|f| f.mul(c)).collect();
                    product = self.multiply(&[product], &[self.exponential_of(&list)?])?.pop()?;
                }
                _ => rest.push(term.clone()),
            }
        }
        if !rest.is_empty() {
            let inner = self.read(&mul(&self.expr(c)?, &self.sum_expr(&rest)?))?;
            let base = Base { expr: function(ScalarFunction::Exp, &self.expr(&inner)?), linear: None };
            product = self.multiply(&[product], &[self.to_the(base, self.number(1))])?.pop()?;
        }
        Some(product)
    }
}

fn part_factor(term: &Term, factor: &Fraction) -> Fraction {
    term.factor.mul(factor)
}
