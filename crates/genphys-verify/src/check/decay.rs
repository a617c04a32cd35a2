//! Where the roots of P(s + s₀, k) lie, for every k ≠ 0 and at k = 0: polynomials in the parameters and the wave vector
//! whose signs say it (Liénard and Chipart for real coefficients, Hermite for complex ones).

use super::stability::{Shift, Symbol};
use crate::exact::poly::{Poly, Var};
use crate::sign::{Fact, Proof, Region, Relation, both};

/// Further ways to show that a polynomial is positive for k ≠ 0, where its variables are functions of k.
pub(super) trait Calculus {
    fn positive(&self, region: &Region, p: &Poly) -> Option<Proof>;
    /// For every value of σ the polynomial in σ and functions of |k| tends to +∞ with |k|.
    fn unbounded(&self, region: &Region, p: &Poly, sigma: Var) -> Option<Proof>;
}

/// The equation for k ≠ 0 and at k = 0, in the values that parameters may have.
#[derive(Clone, Debug)]
pub(super) struct Waves {
    /// Ranges and relations of all variables.
    pub(super) region: Region,
    /// The components of k, not all of them zero; empty where only |k| > 0 occurs.
    pub(super) components: Vec<Var>,
    /// What |k| is a power of.
    pub(super) k: Var,
    /// Which power.
    pub(super) degree: u32,
    /// Variables of the symbol that are free of k.
    pub(super) parameters: Vec<Var>,
    pub(super) symbol: Symbol,
    pub(super) at_rest: Symbol,
    /// What must not vanish for the equation to say something, free of k.
    pub(super) defined: Poly,
}

impl Waves {
    /// The parts of a region of parameter values in which k ≠ 0.
    pub(super) fn moving(&self, part: &Region) -> Vec<Region> {
        if self.components.is_empty() { vec![part.clone()] } else { part.off_zero(&self.components) }
    }

    /// Cases in which the leading coefficient, where it is free of k, has one sign or vanishes: there the equation is
    /// one of lower order.
    pub(super) fn cases(&self, part: &Region, shifts: &[Shift]) -> Option<Vec<(Self, Region, Vec<Shift>)>> {
        let ((lead, im), (at_rest, _)) = (self.symbol.a.last()?, self.at_rest.a.last()?);
        if !im.is_zero() || lead != at_rest || part.prove(lead, Relation::NonZero).is_some() {
            return Some(vec![(self.clone(), part.clone(), shifts.to_vec())]);
        }
        let mut list = Vec::new();
        for sign in [lead.clone(), lead.negated()] {
            let region = part.with(Fact::positive(sign));
            if region.is_empty().is_none() {
                list.push((self.clone(), region, shifts.to_vec()));
            }
        }
        let region = part.with(Fact::zero(lead.clone()));
        if region.is_empty().is_none() {
            let mut lower = self.clone();
            lower.symbol.a.pop();
            lower.at_rest.a.pop();
            if lower.symbol.order() == 0 {
                return None;
            }
            // The rate of an equation of first order is −Re(a₀ ā₁)/|a₁|².
            let mut shifts = shifts.to_vec();
            if let [(x, y), (u, v)] = &lower.at_rest.a[..] {
                let num = x.times(u)?.plus(&y.times(v)?).negated();
                shifts.push(Shift { num, den: u.times(u)?.plus(&v.times(v)?), root: None });
            }
            list.extend(lower.cases(&region, &shifts)?);
        }
        Some(list)
    }

    /// All waves decay faster than the slowest at k = 0, whose rate is one of the shifts, in a region of parameter
    /// values.
    pub(super) fn decay(&self, part: &Region, shifts: &[Shift], more: &dyn Calculus) -> Option<Proof> {
        self.by_shifts(part, shifts, &|part, shift| self.decay_at(part, shift, more))
    }

    /// A claim about the shift that belongs to the parameter values.
    pub(super) fn by_shifts(
        &self,
        part: &Region,
        shifts: &[Shift],
        claim: &dyn Fn(&Region, &Shift) -> Option<Proof>,
    ) -> Option<Proof> {
        for (i, shift) in shifts.iter().enumerate() {
            let Some((r, square)) = &shift.root else {
                if let Some(proof) = claim(part, shift) {
                    return Some(proof);
                }
                continue;
            };
            let real = part.with_root(*r, square.clone());
            let Some(proof) = claim(&real, shift) else { continue };
            if part.prove(square, Relation::NonNegative).is_some() {
                return Some(proof);
            }
            // Where the root is imaginary another rate is the slowest.
            let others: Vec<Shift> =
                shifts.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, s)| s.clone()).collect();
            let rest = part.with(Fact::positive(square.negated()));
            if let Some(more) = self.by_shifts(&rest, &others, claim) {
                return Some(both(proof, more));
            }
        }
        None
    }

    /// P(s + s₀, k) is a Hurwitz polynomial for every k ≠ 0 and is none for k = 0: then Re s_j(k) < s₀ ≤ max Re s_j(0).
    fn decay_at(&self, part: &Region, shift: &Shift, more: &dyn Calculus) -> Option<Proof> {
        let shift = shift.oriented(part)?;
        // At rest a condition of Hurwitz's must be violated, whatever the parameters are.
        let mut proof = self.slow_enough(part, &shift)?;
        for region in self.moving(part) {
            let symbol = self.symbol.without_lost_roots(&region).shifted(&shift, &region)?;
            let symbol = if symbol.is_real() { symbol.oriented(&region)? } else { symbol };
            for minor in symbol.minors()? {
                proof = both(proof, positive(&region, &region.reduced(&minor)?, more)?);
            }
        }
        Some(proof)
    }

    /// Some root at k = 0 has Re s ≥ s₀.
    fn slow_enough(&self, part: &Region, shift: &Shift) -> Option<Proof> {
        let symbol = self.at_rest.shifted(shift, part)?;
        let symbol = if symbol.is_real() { symbol.oriented(part)? } else { symbol };
        let (re, im) = symbol.a.last()?;
        part.prove(re, Relation::NonZero).or_else(|| part.prove(im, Relation::NonZero))?;
        symbol.minors()?.iter().find_map(|minor| part.prove(&part.reduced(minor)?.negated(), Relation::NonNegative))
    }

    /// A real equation a s² + b s + c = 0, a > 0, as a half-space problem: for every k ≠ 0 one root lies on either side
    /// of 0 and of s₀, which is not above the lower root at k = 0; and the roots tend to ±∞ for short waves.
    pub(super) fn half_space(&self, part: &Region, shifts: &[Shift], more: &dyn Calculus) -> Option<Proof> {
        if self.symbol.order() != 2 {
            return None;
        }
        if !self.symbol.is_real() {
            return self.complex_half_space(part, shifts, more);
        }
        self.by_shifts(part, shifts, &|part, shift| {
            let shift = shift.oriented(part)?;
            let rest = self.at_rest.oriented(part)?.shifted(&shift, part)?.reals();
            let mut proof = both(
                part.prove(&rest[0], Relation::NonNegative)?,
                part.prove(&rest[1].negated(), Relation::NonNegative)?,
            );
            for region in self.moving(part) {
                let symbol = self.symbol.oriented(&region)?;
                let moved = symbol.shifted(&shift, &region)?.reals();
                for value in [&moved[0], &symbol.a[0].0] {
                    proof = both(proof, positive(&region, &value.negated(), more)?);
                }
            }
            Some(both(proof, self.unbounded_both_ways(part, more)?))
        })
    }

    /// The same with complex coefficients: Hermite's form of P(s + σ) is indefinite, that is its determinant is
    /// negative, exactly where one root lies on either side of σ. At k = 0 the coefficients are real.
    fn complex_half_space(&self, part: &Region, shifts: &[Shift], more: &dyn Calculus) -> Option<Proof> {
        let indefinite = |region: &Region, shift: &Shift| {
            let symbol = self.symbol.oriented(region)?.shifted(shift, region)?;
            let minors = if symbol.is_real() { None } else { symbol.minors() }?;
            region.reduced(minors.last()?).map(|determinant| determinant.negated())
        };
        let sigma = part.unused();
        let line = Shift { num: Poly::var(sigma), den: Poly::one(), root: None };
        self.by_shifts(part, shifts, &|part, shift| {
            let shift = shift.oriented(part)?;
            let rest = self.at_rest.oriented(part)?;
            if !rest.is_real() || rest.order() != 2 {
                return None;
            }
            let rest = rest.shifted(&shift, part)?.reals();
            let mut proof = both(
                part.prove(&rest[0], Relation::NonNegative)?,
                part.prove(&rest[1].negated(), Relation::NonNegative)?,
            );
            for region in self.moving(part) {
                for sigma in [&shift, &Shift::zero()] {
                    proof = both(proof, positive(&region, &indefinite(&region, sigma)?, more)?);
                }
            }
            let value = indefinite(&self.moving(part).into_iter().next()?, &line)?;
            if self.components.is_empty() {
                return Some(both(proof, more.unbounded(part, &value, sigma)?));
            }
            let still = value.coefficients(sigma);
            let (free, others) = still.split_first()?;
            if others.iter().any(|p| self.wave_degree(p) >= self.wave_degree(free)) {
                return None;
            }
            Some(both(proof, self.rises_everywhere(part, free)?))
        })
    }

    /// For every σ, P(σ, k) → −∞ as |k| → ∞ (with a > 0): its leading part in k is negative and free of σ.
    fn unbounded_both_ways(&self, part: &Region, more: &dyn Calculus) -> Option<Proof> {
        if self.components.is_empty() {
            let a = self.symbol.oriented(part)?.reals();
            let sigma = part.unused();
            let s = Poly::var(sigma);
            let value = a[0].plus(&a[1].times(&s)?).plus(&a[2].times(&s)?.times(&s)?);
            return more.unbounded(part, &value.negated(), sigma);
        }
        let a = self.symbol.oriented(&self.moving(part).into_iter().next()?)?.reals();
        if a[1..].iter().any(|p| self.wave_degree(p) >= self.wave_degree(&a[0])) {
            return None;
        }
        self.rises_everywhere(part, &a[0].negated())
    }

    fn wave_degree(&self, p: &Poly) -> u32 {
        let of = |m: &crate::exact::poly::Monomial| {
            m.powers().iter().filter(|(v, _)| self.components.contains(v)).map(|(_, e)| *e).sum::<u32>()
        };
        p.terms().map(|(m, _)| of(m)).max().unwrap_or(0)
    }

    /// A polynomial in the components of k tends to +∞ in every direction: its part of the highest degree is positive.
    pub(super) fn rises_everywhere(&self, part: &Region, p: &Poly) -> Option<Proof> {
        self.rises_along_axes(part, p).or_else(|| self.rises_by_degree(part, p))
    }

    /// Even powers with coefficients ≥ 0, among them one > 0 of each component alone.
    fn rises_along_axes(&self, part: &Region, p: &Poly) -> Option<Proof> {
        let plain = |v: &Var| self.components.contains(v) || self.parameters.contains(v);
        if !p.variables().iter().all(plain) {
            return None;
        }
        let mut by_wave: std::collections::BTreeMap<Vec<u32>, Poly> = std::collections::BTreeMap::new();
        for (m, c) in p.terms() {
            let key: Vec<u32> = self.components.iter().map(|v| m.degree(*v)).collect();
            let mut rest = p.number(c.clone());
            for (v, e) in m.powers().iter().filter(|(v, _)| !self.components.contains(v)) {
                rest = rest.times(&Poly::power(*v, *e))?;
            }
            let slot = by_wave.entry(key).or_default();
            *slot = slot.plus(&rest);
        }
        let mut proof = Proof::new();
        for (key, c) in by_wave.iter().filter(|(key, _)| key.iter().any(|e| *e > 0)) {
            if key.iter().any(|e| e % 2 == 1) {
                return None;
            }
            proof = both(proof, part.prove(c, Relation::NonNegative)?);
        }
        for i in 0..self.components.len() {
            let alone = |key: &Vec<u32>| key.iter().enumerate().all(|(j, e)| (*e > 0) == (i == j));
            let mut pure = by_wave.iter().filter(|(key, _)| alone(key));
            proof = both(proof, pure.find_map(|(_, c)| part.prove(c, Relation::Positive))?);
        }
        Some(proof)
    }

    fn rises_by_degree(&self, part: &Region, p: &Poly) -> Option<Proof> {
        let top = self.wave_degree(p);
        let plain = |v: &Var| self.components.contains(v) || self.parameters.contains(v);
        if top == 0 || !p.variables().iter().all(plain) {
            return None;
        }
        let mut lead = Poly::zero();
        for (m, c) in p.terms() {
            let term = m.powers().iter().try_fold(p.number(c.clone()), |p, (v, e)| p.times(&Poly::power(*v, *e)))?;
            if self.wave_degree(&term) == top {
                lead = lead.plus(&term);
            }
        }
        let parts = self.moving(part);
        parts.iter().try_fold(Proof::new(), |proof, region| Some(both(proof, region.prove(&lead, Relation::Positive)?)))
    }
}

fn positive(region: &Region, p: &Poly, more: &dyn Calculus) -> Option<Proof> {
    region.prove(p, Relation::Positive).or_else(|| more.positive(region, p))
}

#[cfg(test)]
mod tests {
    use super::{Shift, Symbol, Waves};
    use crate::exact::poly::Poly;
    use crate::exact::range::Range;
    use crate::sign::{Fact, Region};
    use num_rational::BigRational;
    use std::collections::BTreeMap;

    const K: u32 = 0;
    const EPS: u32 = 1;
    const M: u32 = 2;
    const R: u32 = 9;

    struct Nothing;

    impl super::Calculus for Nothing {
        fn positive(&self, _: &Region, _: &Poly) -> Option<crate::sign::Proof> {
            None
        }
        fn unbounded(&self, _: &Region, _: &Poly, _: u32) -> Option<crate::sign::Proof> {
            None
        }
    }

    /// φ_tt + 2εφ_t + (k² + m²)φ = 0.
    fn damped() -> (Waves, [Shift; 2]) {
        let positive = BTreeMap::from([K, EPS, M].map(|v| (v, Range::positive())));
        let [k, eps, m] = [K, EPS, M].map(Poly::var);
        let two = BigRational::from_integer(2.into());
        let real = |list: Vec<Poly>| Symbol { a: list.into_iter().map(|p| (p, Poly::zero())).collect() };
        let mass = m.pow(2).unwrap();
        let waves = Waves {
            region: Region::new(positive),
            components: Vec::new(),
            k: K,
            degree: 1,
            parameters: vec![EPS, M],
            symbol: real(vec![k.pow(2).unwrap().plus(&mass), eps.scaled(&two), Poly::one()]),
            at_rest: real(vec![mass.clone(), eps.scaled(&two), Poly::one()]),
            defined: Poly::one(),
        };
        let square = eps.pow(2).unwrap().minus(&mass);
        let mean = Shift { num: eps.negated(), den: Poly::one(), root: None };
        let root = Shift { num: Poly::var(R).minus(&eps), den: Poly::one(), root: Some((R, square)) };
        (waves, [mean, root])
    }

    #[test]
    fn damped_waves() {
        let (waves, shifts) = damped();
        let above = waves.region.with(Fact::positive(Poly::var(EPS).minus(&Poly::var(M))));
        assert!(waves.decay(&above, &shifts, &Nothing).is_some());
        assert!(waves.decay(&waves.region, &shifts, &Nothing).is_none());
        let twice = waves.region.with(Fact::positive(Poly::var(EPS).plus(&Poly::var(EPS)).minus(&Poly::var(M))));
        assert!(waves.decay(&twice, &shifts, &Nothing).is_none());
        // Too large a shift proves nothing.
        let zero = [Shift::zero()];
        assert!(waves.decay(&above, &zero, &Nothing).is_none());
    }
}
