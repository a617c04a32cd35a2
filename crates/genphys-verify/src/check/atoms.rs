//! What is true of exponentials, logarithms, powers and angles for every k ≠ 0, as facts about variables; and that a
//! function of |k| is positive because it rises from a value at k = 0 that is not negative.

use super::waves::Model;
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::sign::{Fact, Proof, Region, Relation, both};
use num_rational::BigRational;
use num_traits::Zero;

/// Derivatives of derivatives.
const MOST_DERIVATIVES: usize = 3;

impl Model<'_> {
    /// Facts about a variable that is a function, beside its range.
    pub(super) fn facts_of(&self, v: Var) -> Vec<Fact> {
        match self.algebra.atom(v) {
            Some(Atom::Exp(z)) => self.facts_of_exponential(v, z).unwrap_or_default(),
            Some(Atom::Log(w)) => self.facts_of_logarithm(v, w).unwrap_or_default(),
            Some(Atom::Cos(z)) => self.facts_of_cosine(v, z).unwrap_or_default(),
            Some(Atom::Sin(z)) => self.facts_of_sine(v, z).unwrap_or_default(),
            Some(Atom::Power { base, exponent }) => self.facts_of_power(v, base, exponent).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Whether a fraction is positive by the ranges of its variables.
    fn sign(&self, value: &Fraction) -> Option<bool> {
        if self.algebra.is_positive(value) {
            Some(true)
        } else if self.algebra.is_positive(&value.negated()) {
            Some(false)
        } else {
            None
        }
    }

    /// e^z > 1 + z and e^{−z} > 1 − z for z ≠ 0.
    fn facts_of_exponential(&self, v: Var, z: &Fraction) -> Option<Vec<Fact>> {
        let e = Poly::var(v);
        let (n, d) = (self.flat(&z.num)?, self.flat(&z.den)?);
        if !self.algebra.is_positive(&Fraction::from(z.den.clone())) {
            return None;
        }
        let first = e.times(&d)?.minus(&d).minus(&n);
        let second = d.minus(&e.times(&d)?).plus(&n.times(&e)?);
        let make = |p| if self.sign(z).is_some() { Fact::positive(p) } else { Fact::non_negative(p) };
        let mut list = vec![make(first), make(second)];
        match self.sign(z) {
            Some(true) => list.push(Fact::positive(e.minus(&Poly::one()))),
            Some(false) => list.push(Fact::positive(Poly::one().minus(&e))),
            None => {}
        }
        Some(list)
    }

    /// 1 − 1/w < log w < w − 1 for w ≠ 1.
    fn facts_of_logarithm(&self, v: Var, w: &Fraction) -> Option<Vec<Fact>> {
        let l = Poly::var(v);
        let (n, d) = (self.flat(&w.num)?, self.flat(&w.den)?);
        let [positive, top] = [&w.den, &w.num].map(|p| self.algebra.is_positive(&Fraction::from(p.clone())));
        if !positive || !top {
            return None;
        }
        let above = w.minus(&Fraction::one())?;
        let make = |p| if self.sign(&above).is_some() { Fact::positive(p) } else { Fact::non_negative(p) };
        let mut list = vec![make(n.minus(&d).minus(&l.times(&d)?)), make(l.times(&n)?.minus(&n).plus(&d))];
        match self.sign(&above) {
            Some(true) => list.push(Fact::positive(l)),
            Some(false) => list.push(Fact::positive(l.negated())),
            None => {}
        }
        Some(list)
    }

    /// cos z > 1 − z²/2 for z > 0.
    fn facts_of_cosine(&self, v: Var, z: &Fraction) -> Option<Vec<Fact>> {
        let (n, d) = self.positive_quotient(z)?;
        let two = BigRational::from_integer(2.into());
        let square = d.times(&d)?;
        let above = Poly::var(v).times(&square)?.minus(&square).scaled(&two).plus(&n.times(&n)?);
        Some(vec![Fact::positive(above)])
    }

    /// |sin z| < z and sin z > z − z³/6 for z > 0.
    fn facts_of_sine(&self, v: Var, z: &Fraction) -> Option<Vec<Fact>> {
        let (n, d) = self.positive_quotient(z)?;
        let s = Poly::var(v).times(&d)?;
        let square = d.times(&d)?;
        let cube = d.times(&square)?;
        let six = BigRational::from_integer(6.into());
        let above = Poly::var(v).times(&cube)?.minus(&n.times(&square)?).scaled(&six).plus(&n.times(&n)?.times(&n)?);
        Some([n.minus(&s), n.plus(&s), above].into_iter().map(Fact::positive).collect())
    }

    /// Numerator and denominator of a positive fraction.
    fn positive_quotient(&self, z: &Fraction) -> Option<(Poly, Poly)> {
        let both = self.algebra.is_positive(z) && self.algebra.is_positive(&Fraction::from(z.den.clone()));
        both.then_some((self.flat(&z.num)?, self.flat(&z.den)?))
    }

    /// A power is above 1 where its base is and its exponent is positive, and powers with commensurable exponents are
    /// ordered as their bases are.
    fn facts_of_power(&self, v: Var, base: &Fraction, exponent: &Fraction) -> Option<Vec<Fact>> {
        let rising = self.sign(exponent)?;
        let mut list = Vec::new();
        if let Some(above) = self.sign(&base.minus(&Fraction::one())?) {
            let p = Poly::var(v).minus(&Poly::one());
            list.push(Fact::positive(if above == rising { p } else { p.negated() }));
        }
        for other in 0..v {
            let Some(Atom::Power { base: b, exponent: e }) = self.algebra.atom(other) else { continue };
            let Some(ratio) = exponent.over(e).and_then(|q| q.as_constant()) else { continue };
            let (p, q) = (ratio.numer().try_into().ok(), ratio.denom().try_into().ok());
            let (Some(p), Some(q)): (Option<i32>, Option<i32>) = (p, q) else { continue };
            if !(1..=6).contains(&p) || !(1..=6).contains(&q) {
                continue;
            }
            // base^exponent = (base^{p/q})^e, to be compared with b^e.
            let difference = base.pow(p)?.minus(&b.pow(q)?)?;
            if let Some(above) = self.sign(&self.algebra.reduced(&difference)?) {
                let difference = Poly::var(v).minus(&Poly::var(other));
                list.push(Fact::positive(if above == rising { difference } else { difference.negated() }));
            }
        }
        Some(list)
    }

    /// p > 0 for every |k| > 0: p rises from a value at k = 0 that is not negative.
    pub(super) fn rises(&mut self, region: &Region, p: &Poly, depth: usize) -> Option<Proof> {
        if depth >= MOST_DERIVATIVES || !self.algebra.components().is_empty() || !self.is_smooth(p) {
            return None;
        }
        let value = Fraction::from(p.clone());
        if !self.depends_on_wave(&value) {
            return None;
        }
        let at_rest = self.at_rest(&value.clone().into())?.as_real()?.clone();
        let k = self.algebra.k();
        let slope = self.algebra.derivative(&value, k)?;
        let known = self.extended(region, &[&at_rest.num, &at_rest.den, &slope.num, &slope.den])?;
        let product = |f: &Fraction| self.flat(&f.num)?.times(&self.flat(&f.den)?);
        let (start, slope_sign) = (product(&at_rest)?, product(&slope)?);
        let start = known.prove(&start, Relation::NonNegative)?;
        let word = Proof::from(["a function that rises from its value at k = 0"]);
        let rises = match known.prove(&slope_sign, Relation::Positive) {
            Some(proof) => proof,
            None => match self.rises(&known, &slope_sign, depth + 1) {
                Some(proof) => proof,
                None => {
                    // Anywhere at first, it is enough not to fall.
                    let half = BigRational::new(1.into(), 2.into());
                    let near =
                        Range { lower: Some((BigRational::zero(), false)), upper: Some((half, false)), excluded: None };
                    let near = known.with_range(self.wave_number(), near);
                    both(known.prove(&slope_sign, Relation::NonNegative)?, near.prove(&slope_sign, Relation::Positive)?)
                }
            },
        };
        Some(both(word, both(start, rises)))
    }

    /// Whether all functions in it are differentiable for k > 0.
    fn is_smooth(&self, p: &Poly) -> bool {
        let mut list = p.variables();
        let mut i = 0;
        while i < list.len() && i < 400 {
            let (fits, of): (bool, Vec<&Fraction>) = match self.algebra.atom(list[i]) {
                Some(Atom::Named(_)) | None => (true, Vec::new()),
                Some(Atom::Root { of, .. } | Atom::Log(of)) => (self.algebra.is_positive(of), vec![of]),
                Some(Atom::Power { base, exponent }) => (self.algebra.is_positive(base), vec![base, exponent]),
                Some(Atom::Exp(of) | Atom::Cos(of) | Atom::Sin(of)) => (true, vec![of]),
            };
            if !fits {
                return false;
            }
            list.extend(of.iter().flat_map(|f| f.variables()));
            i += 1;
        }
        i < 400
    }

    /// Whether a function tends to infinity with `base` (|k| or the time, which are positive): `Some(false)` where it
    /// stays bounded, `None` where neither is known.
    fn grows(&self, region: &Region, v: Var, base: Var) -> Option<bool> {
        if v == base {
            return Some(true);
        }
        if !self.algebra.depends(&Fraction::var(v), base) {
            return Some(false);
        }
        match self.algebra.atom(v)? {
            Atom::Root { of, .. } | Atom::Log(of) => self.sum_grows(region, of, base),
            Atom::Power { base: of, exponent } if self.sign_in(region, exponent)? => self.sum_grows(region, of, base),
            Atom::Exp(of) if self.sign_in(region, of) == Some(false) => Some(false),
            Atom::Exp(of) if self.sign_in(region, of) == Some(true) => self.sum_grows(region, of, base),
            Atom::Cos(_) | Atom::Sin(_) => Some(false),
            _ => None,
        }
    }

    /// A sum of terms that are positive where they grow, over something that does not.
    fn sum_grows(&self, region: &Region, f: &Fraction, base: Var) -> Option<bool> {
        if self.algebra.depends(&Fraction::from(f.den.clone()), base)
            || self.sign_in(region, &Fraction::from(f.den.clone())) != Some(true)
        {
            return None;
        }
        let mut found = false;
        for (monomial, c) in f.num.terms() {
            let mut grows = false;
            for (w, _) in monomial.powers() {
                grows |= self.grows(region, *w, base)?;
            }
            if grows {
                let factors = monomial
                    .powers()
                    .iter()
                    .try_fold(f.num.number(c.clone()), |p, (v, e)| p.times(&Poly::power(*v, *e)));
                region.prove(&self.flat(&factors?)?, Relation::Positive)?;
            }
            found |= grows;
        }
        Some(found)
    }

    /// p → +∞ with `base`, for every value of σ: terms that grow are positive and free of σ, or, where `base` is all
    /// that grows, of a lower power of it than one that is.
    pub(super) fn tends_to_infinity(&self, region: &Region, p: &Poly, base: Var, sigma: Option<Var>) -> Option<Proof> {
        let p = &region.at_points(p);
        let root = if base == self.algebra.k() { self.wave_number() } else { base };
        let others = p.variables().into_iter().filter(|v| *v != root && Some(*v) != sigma);
        let functions = others.filter(|v| self.algebra.depends(&Fraction::var(*v), base)).count();
        if functions == 0 {
            let parts = p.coefficients(root);
            let rising = parts.get(1..)?;
            if let Some(proof) = region.prove(rising.last()?, Relation::Positive) {
                return Some(proof);
            }
            // None falls, and one rises.
            let steady = |c: &Poly| sigma.is_none_or(|s| !c.contains(s));
            let one = rising.iter().filter(|c| steady(c)).find_map(|c| region.prove(c, Relation::Positive))?;
            let none = |proof, c: &Poly| Some(both(proof, region.prove(c, Relation::NonNegative)?));
            return rising.iter().all(steady).then(|| rising.iter().try_fold(one, none)).flatten();
        }
        if let Some(lead) = self.over_exponential(region, p, [root, base], sigma) {
            return self.tends_to_infinity(region, &lead, base, sigma);
        }
        let mut proof = Proof::new();
        let mut found = false;
        for (monomial, c) in p.terms() {
            let mut grows = false;
            for (v, _) in monomial.powers() {
                grows |= *v == root || Some(*v) != sigma && self.grows(region, *v, base)?;
            }
            if grows {
                let factors =
                    monomial.powers().iter().try_fold(p.number(c.clone()), |p, (v, e)| p.times(&Poly::power(*v, *e)));
                proof = both(proof, region.prove(&factors?, Relation::Positive)?);
                found = true;
            }
        }
        found.then_some(proof)
    }

    /// The coefficient of the highest power of e^z in p, where z is a polynomial in `root`, free of σ, that tends to
    /// infinity, and nothing else in p depends on `root` but powers of it: all other terms over that power of e^z tend
    /// to 0.
    fn over_exponential(&self, region: &Region, p: &Poly, [root, base]: [Var; 2], sigma: Option<Var>) -> Option<Poly> {
        let waves = |v: Var| [root, base].iter().any(|w| v == *w || self.algebra.depends(&Fraction::var(v), *w));
        let moves = |v: &Var| *v != root && Some(*v) != sigma && waves(*v);
        let list: Vec<Var> = p.variables().into_iter().filter(moves).collect();
        let [v] = list[..] else { return None };
        let Some(Atom::Exp(z)) = self.algebra.atom(v) else { return None };
        let free = |w: &Var| Some(*w) != sigma && !waves(*w);
        if !z.den.variables().iter().all(free) || !z.num.variables().iter().all(|w| *w == root || free(w)) {
            return None;
        }
        let z = self.signed(z)?;
        let lead = z.coefficients(root).pop()?;
        (z.degree(root) > 0).then_some(())?;
        region.prove(&lead, Relation::Positive)?;
        p.coefficients(v).pop()
    }

    /// p → ±∞ as the time rises to `end`: the factor of a logarithm whose argument tends to 0 there does not vanish,
    /// and nothing else in p has a pole.
    pub(super) fn has_logarithmic_pole(&self, region: &Region, p: &Poly, end: &BigRational) -> Option<Proof> {
        let time = self.algebra.time();
        let at_end = |p: &Poly| -> Option<Poly> {
            let free = |v: &Var| *v == time || !self.algebra.depends(&Fraction::var(*v), time);
            p.variables().iter().all(free).then(|| region.at_points(&p.at(time, end)))
        };
        let log = p.variables().into_iter().find(|v| match self.algebra.atom(*v) {
            Some(Atom::Log(w)) => {
                let ends = at_end(&w.num).zip(at_end(&w.den));
                ends.is_some_and(|(num, den)| num.is_zero() && !den.is_zero() && den.as_constant().is_some())
            }
            _ => false,
        })?;
        let parts = p.coefficients(log);
        let [rest, factor] = &parts[..] else { return None };
        at_end(rest)?;
        region.prove(&at_end(factor)?, Relation::NonZero)
    }

    /// Whether a fraction is positive in a region.
    fn sign_in(&self, region: &Region, value: &Fraction) -> Option<bool> {
        if let Some(sign) = self.sign(value) {
            return Some(sign);
        }
        let product = self.signed(value)?;
        if region.prove(&product, Relation::Positive).is_some() {
            return Some(true);
        }
        region.prove(&product.negated(), Relation::Positive).map(|_| false)
    }

    /// Whether a sum of products stays bounded as `base` grows.
    pub(super) fn stays_bounded(&self, region: &Region, p: &Poly, base: Var) -> bool {
        p.variables().into_iter().all(|v| self.grows(region, v, base) == Some(false))
    }
}
