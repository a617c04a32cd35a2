//! Values of variables: a range for each, facts about them, and square roots that are variables of their own.
//! Statements are brought to polynomials in positive variables, piece by piece.

use super::division::{pseudo_remainder, quotient};
use super::orthant::{self, replaced};
use super::{Effort, Fact, Proof, Relation, both, by};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

/// Cases one inside the other.
const MOST_DEPTH: usize = 5;

/// Where statements are to hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    ranges: BTreeMap<Var, Range>,
    facts: Vec<Fact>,
    /// r and what it is the square root of, r ≥ 0.
    roots: Vec<(Var, Poly)>,
    /// A variable and a polynomial in it alone that it is a root of.
    algebraic: Option<(Var, Poly)>,
}

impl Region {
    /// Variables that are not mentioned are real numbers.
    pub(crate) fn new(ranges: BTreeMap<Var, Range>) -> Self {
        Self { ranges, ..Self::default() }
    }

    pub(crate) fn with_range(&self, v: Var, range: Range) -> Self {
        let mut region = self.clone();
        region.ranges.insert(v, range);
        region
    }

    pub(crate) fn with(&self, fact: Fact) -> Self {
        let mut region = self.clone();
        region.facts.push(fact);
        region
    }

    /// With a variable r = √square, which is a real number.
    pub(crate) fn with_root(&self, r: Var, square: Poly) -> Self {
        let mut region = self.with_range(r, Range::nonnegative());
        region.facts.push(Fact::non_negative(square.clone()));
        region.roots.push((r, square));
        region
    }

    /// With a variable r = √square whose values are known.
    pub(crate) fn with_known_root(&self, r: Var, square: Poly, range: Range) -> Self {
        let mut region = self.with_range(r, range);
        region.roots.push((r, square));
        region
    }

    /// With a variable that is no root of another one any more: one that takes the place of the other.
    pub(crate) fn with_free(&self, r: Var) -> Self {
        let mut region = self.clone();
        region.roots.retain(|(v, _)| *v != r);
        region
    }

    /// With a variable that is a root of a polynomial in it alone.
    pub(crate) fn with_algebraic(&self, r: Var, range: Range, polynomial: Poly) -> Self {
        let mut region = self.with_range(r, range);
        region.algebraic = Some((r, polynomial));
        region
    }

    pub(crate) fn range(&self, v: Var) -> Range {
        self.ranges.get(&v).cloned().unwrap_or_default()
    }

    /// A variable of which nothing is known: any real number.
    pub(crate) fn unused(&self) -> Var {
        Var::MAX
    }

    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Whether something is known of a variable.
    pub(crate) fn knows(&self, v: Var) -> bool {
        self.ranges.contains_key(&v)
    }

    /// The polynomial with r² replaced by what it stands for.
    pub(crate) fn reduced(&self, p: &Poly) -> Option<Poly> {
        let mut p = p.clone();
        for (r, square) in self.roots.iter().rev() {
            if p.degree(*r) > 1 {
                let mut sum = Poly::zero();
                for (i, c) in (0_u32..).zip(p.coefficients(*r)) {
                    sum = sum.plus(&c.times(&square.pow(i / 2)?)?.times(&Poly::power(*r, i % 2))?);
                }
                p = sum;
            }
        }
        if let Some((r, polynomial)) = &self.algebraic
            && p.degree(*r) >= polynomial.degree(*r)
        {
            // The leading coefficient is a number: a positive power of it changes no sign.
            let lead = polynomial.coefficients(*r).pop()?.as_constant()?;
            p = pseudo_remainder(&p, &polynomial.scaled(&lead.recip()), *r)?;
        }
        Some(p)
    }

    /// A proof of the statement wherever the region allows.
    pub(crate) fn prove(&self, p: &Poly, relation: Relation) -> Option<Proof> {
        self.prove_with(p, relation, &Effort::about(p, &self.facts), 0)
    }

    pub(crate) fn prove_fact(&self, fact: &Fact) -> Option<Proof> {
        self.prove(&fact.poly, fact.relation)
    }

    /// A proof that no values lie in the region.
    pub(crate) fn is_empty(&self) -> Option<Proof> {
        for (i, fact) in self.facts.iter().enumerate() {
            if fact.known() == Some(false) {
                return by("no values satisfy the conditions");
            }
            let mut others = self.clone();
            others.facts.remove(i);
            let opposite = fact.negated();
            let effort = Effort::about(&opposite.poly, &self.facts);
            if let Some(proof) = others.prove_with(&opposite.poly, opposite.relation, &effort, 1) {
                return Some(proof);
            }
        }
        None
    }

    /// The parts of the region in which not all of some variables are zero: the first that is not zero is the i-th.
    pub(crate) fn off_zero(&self, variables: &[Var]) -> Vec<Self> {
        let part = |i: usize| {
            let mut region = self.clone();
            for v in &variables[..i] {
                region.ranges.insert(*v, Range::point(BigRational::zero()));
            }
            let mut range = region.range(variables[i]);
            range.excluded = Some(BigRational::zero());
            region.ranges.insert(variables[i], range);
            region
        };
        (0..variables.len()).map(part).collect()
    }

    fn prove_with(&self, p: &Poly, relation: Relation, effort: &Effort, depth: usize) -> Option<Proof> {
        if depth > MOST_DEPTH || !effort.spend(p.len()) {
            return None;
        }
        let p = &self.at_points(&self.reduced(p)?);
        if self.facts.iter().any(|f| f.known() == Some(false)) {
            return by("no values satisfy the conditions");
        }
        let again = |p: &Poly, relation: Relation| self.prove_with(p, relation, effort, depth + 1);
        match relation {
            Relation::Zero => {
                if p.is_zero() {
                    return Some(Proof::new());
                }
                if self.facts.iter().any(|f| f.relation == Relation::Zero && quotient(p, &f.poly).is_some()) {
                    return by("a condition");
                }
                return Some(both(again(p, Relation::NonNegative)?, again(&p.negated(), Relation::NonNegative)?));
            }
            Relation::NonZero => {
                return again(p, Relation::Positive)
                    .or_else(|| again(&p.negated(), Relation::Positive))
                    .or_else(|| self.different_from_zero(p, effort, depth))
                    .or_else(|| self.square_is_positive(p, effort, depth));
            }
            Relation::Positive | Relation::NonNegative => {}
        }
        let strict = relation == Relation::Positive;
        if let Some(proof) = self.by_signs(p, strict) {
            return Some(proof);
        }
        let is_fact = |f: &Fact| {
            let enough = f.relation == Relation::Positive || !strict && f.relation == Relation::NonNegative;
            enough && quotient(p, &f.poly).and_then(|q| q.as_constant()).is_some_and(|c| c.is_positive())
        };
        if self.facts.iter().any(is_fact) {
            return by("a condition");
        }
        if let Some(proof) = self.by_equality(p, relation, effort, depth) {
            return Some(proof);
        }
        if let Some((r, square)) = self.roots.iter().rev().find(|(r, _)| p.contains(*r)) {
            return self.with_square_root(p, *r, square, strict, effort, depth);
        }
        if let Some(proof) = self.as_form(p, strict, effort, depth) {
            return Some(proof);
        }
        self.by_pieces(p, strict, effort)
    }

    /// With variables that have one value replaced by it.
    pub(crate) fn at_points(&self, p: &Poly) -> Poly {
        p.variables().into_iter().fold(p.clone(), |p, v| match self.ranges.get(&v) {
            Some(Range { lower: Some((l, true)), upper: Some((u, true)), .. }) if l == u => p.at(v, l),
            _ => p,
        })
    }

    /// Terms that are not negative: positive coefficients and odd powers of non-negative variables only.
    fn by_signs(&self, p: &Poly, strict: bool) -> Option<Proof> {
        let mut positive = !strict;
        for (monomial, c) in p.terms() {
            let mut inside = true;
            for (v, e) in monomial.powers() {
                let range = self.range(*v);
                if e % 2 == 1 && !range.is_nonnegative() {
                    return None;
                }
                inside &= range.is_nonzero();
            }
            if !c.is_positive() {
                return None;
            }
            positive |= inside;
        }
        if positive { by("the signs of its coefficients") } else { None }
    }

    /// A fact "= 0" that is linear in a variable takes it out, or p is one of its multiples.
    fn by_equality(&self, p: &Poly, relation: Relation, effort: &Effort, depth: usize) -> Option<Proof> {
        for (i, fact) in self.facts.iter().enumerate().filter(|(_, f)| f.relation == Relation::Zero) {
            if relation == Relation::NonNegative && quotient(p, &fact.poly).is_some() {
                return by("a condition");
            }
            for v in fact.poly.variables() {
                if self.roots.iter().any(|(r, square)| *r == v || square.contains(v)) {
                    continue;
                }
                let parts = fact.poly.coefficients(v);
                let [b, a] = &parts[..] else { continue };
                let mut rest = self.clone();
                rest.facts.remove(i);
                let sign = if rest.by_signs(a, true).is_some() {
                    1
                } else if rest.by_signs(&a.negated(), true).is_some() {
                    -1
                } else {
                    continue;
                };
                let (num, den) = if sign > 0 { (b.negated(), a.clone()) } else { (b.clone(), a.negated()) };
                let range = rest.ranges.remove(&v).unwrap_or_default();
                for fact in &mut rest.facts {
                    fact.poly = replaced(&fact.poly, v, &num, &den)?;
                }
                // What is known of v holds for num/den.
                if let Some((l, closed)) = &range.lower {
                    let poly = num.minus(&den.scaled(l));
                    rest.facts.push(if *closed { Fact::non_negative(poly) } else { Fact::positive(poly) });
                }
                if let Some((u, closed)) = &range.upper {
                    let poly = den.scaled(u).minus(&num);
                    rest.facts.push(if *closed { Fact::non_negative(poly) } else { Fact::positive(poly) });
                }
                return rest.prove_with(&replaced(p, v, &num, &den)?, relation, effort, depth + 1);
            }
        }
        None
    }

    /// a + b r ≠ 0 where a² ≠ b² r².
    fn different_from_zero(&self, p: &Poly, effort: &Effort, depth: usize) -> Option<Proof> {
        let (r, square) = self.roots.iter().rev().find(|(r, _)| p.contains(*r))?;
        let parts = p.coefficients(*r);
        let [a, b] = &parts[..] else { return None };
        let difference = a.times(a)?.minus(&b.times(b)?.times(square)?);
        self.prove_with(&difference, Relation::NonZero, effort, depth + 1)
    }

    /// p ≠ 0 where p² > 0: the sign may be another one on each piece.
    fn square_is_positive(&self, p: &Poly, effort: &Effort, depth: usize) -> Option<Proof> {
        const LONGEST: usize = 12;
        // Where nothing is left out the sign is the same everywhere, which was looked at.
        let apart = self.facts.iter().any(|f| f.relation == Relation::NonZero)
            || p.variables().iter().any(|v| self.range(*v).excluded.is_some());
        (apart && p.len() <= LONGEST).then_some(())?;
        self.prove_with(&p.times(p)?, Relation::Positive, effort, depth + 1)
    }

    /// a + b r with r = √A: where b ≥ 0 it is positive if a > 0, or if a ≤ 0 and b²A > a²; where b < 0 if a > 0 and
    /// a² > b²A.
    fn with_square_root(
        &self,
        p: &Poly,
        r: Var,
        square: &Poly,
        strict: bool,
        effort: &Effort,
        depth: usize,
    ) -> Option<Proof> {
        let parts = p.coefficients(r);
        let [a, b] = &parts[..] else { return None };
        let wanted = if strict { Relation::Positive } else { Relation::NonNegative };
        let difference = a.times(a)?.minus(&b.times(b)?.times(square)?);
        let word = Proof::from(["squaring"]);
        let rises = |region: &Self| -> Option<Proof> {
            // It remains to look where a is on the wrong side.
            let low = region.with(if strict { Fact::non_negative(a.negated()) } else { Fact::positive(a.negated()) });
            low.prove_with(&difference.negated(), wanted, effort, depth + 1)
        };
        let falls = |region: &Self| -> Option<Proof> {
            Some(both(
                region.prove_with(a, wanted, effort, depth + 1)?,
                region.prove_with(&difference, wanted, effort, depth + 1)?,
            ))
        };
        let never_below = self.prove_with(b, Relation::NonNegative, effort, depth + 1);
        if let Some(proof) = never_below {
            // Often a has the right sign already.
            let plain = self.prove_with(a, wanted, effort, depth + 1);
            return Some(both(both(proof, word), plain.or_else(|| rises(self))?));
        }
        if let Some(proof) = self.prove_with(&b.negated(), Relation::NonNegative, effort, depth + 1) {
            return Some(both(both(proof, word), falls(self)?));
        }
        let up = rises(&self.with(Fact::non_negative(b.clone())))?;
        let down = falls(&self.with(Fact::positive(b.negated())))?;
        Some(both(word, both(up, down)))
    }

    /// a v² + b v + c in a variable that takes every value, with a ≥ 0 and b² < 4ac.
    fn as_form(&self, p: &Poly, strict: bool, effort: &Effort, depth: usize) -> Option<Proof> {
        for v in p.variables() {
            let free = self.range(v) == Range::real() && !self.facts.iter().any(|f| f.poly.contains(v));
            if !free {
                continue;
            }
            let parts = p.coefficients(v);
            let [c, b, a] = &parts[..] else { continue };
            let below = a.times(c)?.scaled(&BigRational::from_integer(4.into())).minus(&b.times(b)?);
            let parts = [(a, false), (c, false), (&below, strict)].map(|(p, strict)| {
                let relation = if strict { Relation::Positive } else { Relation::NonNegative };
                self.prove_with(p, relation, effort, depth + 1)
            });
            if let [Some(x), Some(y), Some(z)] = parts {
                return Some(both(both(x, y), both(z, Proof::from(["a negative discriminant"]))));
            }
        }
        None
    }

    /// On every piece of the ranges, with variables that are positive there.
    fn by_pieces(&self, p: &Poly, strict: bool, effort: &Effort) -> Option<Proof> {
        let mut facts: Vec<Fact> = Vec::new();
        for fact in &self.facts {
            facts.push(Fact { poly: self.at_points(&self.reduced(&fact.poly)?), relation: fact.relation });
        }
        // A root that still occurs in a fact is some number that is not negative.
        let facts = relevant(p, facts);
        let variables = orthant::variables(p, &facts);
        self.split(p, strict, &facts, &variables, effort)
    }

    fn split(&self, p: &Poly, strict: bool, facts: &[Fact], variables: &[Var], effort: &Effort) -> Option<Proof> {
        if facts.iter().any(|f| f.known() == Some(false)) {
            return Some(Proof::new());
        }
        if p.as_constant().is_some_and(|c| c.is_positive() || !strict && c.is_zero()) {
            return Some(Proof::new());
        }
        let Some((v, rest)) = variables.split_first() else {
            return without_inequations(p, strict, facts, effort);
        };
        let range = self.range(*v);
        let even = |p: &Poly| p.terms().all(|(m, _)| m.degree(*v) % 2 == 0);
        let symmetric = range.lower.is_none()
            && range.upper.is_none()
            && range.excluded.as_ref().is_none_or(Zero::is_zero)
            && even(p)
            && facts.iter().all(|f| even(&f.poly));
        let mut proof = Proof::new();
        for (num, den) in pieces(*v, &range, symmetric) {
            if !effort.spend(p.len()) {
                return None;
            }
            let mut list = Vec::new();
            for fact in facts {
                list.push(Fact { poly: replaced(&fact.poly, *v, &num, &den)?, relation: fact.relation });
            }
            list.retain(|f| f.known() != Some(true));
            let moved = replaced(p, *v, &num, &den)?;
            proof.extend(self.split(&moved, strict, &list, rest, effort)?);
        }
        Some(proof)
    }
}

/// Facts "≠ 0" as the two cases that they are.
fn without_inequations(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort) -> Option<Proof> {
    let Some(i) = facts.iter().position(|f| f.relation == Relation::NonZero) else {
        return orthant::prove(p, strict, facts, effort, 0);
    };
    let mut list = facts.to_vec();
    let fact = list.remove(i);
    // It may not be needed.
    if let Some(proof) = without_inequations(p, strict, &list, effort) {
        return Some(proof);
    }
    list.push(Fact::positive(fact.poly.clone()));
    let up = without_inequations(p, strict, &list, effort)?;
    list.pop();
    list.push(Fact::positive(fact.poly.negated()));
    Some(both(up, without_inequations(p, strict, &list, effort)?))
}

/// Facts that may say something about variables of p.
fn relevant(p: &Poly, facts: Vec<Fact>) -> Vec<Fact> {
    let mut known = p.variables();
    loop {
        let before = known.len();
        for fact in &facts {
            let list = fact.poly.variables();
            // Facts about other variables matter only where they contradict each other.
            if p.as_constant().is_some() || list.iter().any(|v| known.contains(v)) {
                known.extend(list);
            }
        }
        known.sort_unstable();
        known.dedup();
        if known.len() == before {
            break;
        }
    }
    facts
        .into_iter()
        .filter(|f| f.poly.variables().iter().any(|v| known.contains(v)) || f.known() == Some(false))
        .collect()
}

/// (numerator, denominator > 0) of v on every piece of its range: in a variable u > 0 of the same name, or a number.
fn pieces(v: Var, range: &Range, symmetric: bool) -> Vec<(Poly, Poly)> {
    let u = Poly::var(v);
    let number = |x: &BigRational| Poly::constant(x.clone());
    let one = Poly::one;
    let mut list = Vec::new();
    // Finite ends and the middle, in order, with whether they are values.
    let mut points: Vec<(BigRational, bool)> = Vec::new();
    points.extend(range.lower.clone());
    let inside = |x: &BigRational| {
        range.lower.as_ref().is_none_or(|(l, _)| l < x) && range.upper.as_ref().is_none_or(|(h, _)| x < h)
    };
    match &range.excluded {
        Some(x) if inside(x) => points.push((x.clone(), false)),
        _ if range.lower.is_none() && range.upper.is_none() => points.push((BigRational::zero(), true)),
        _ => {}
    }
    if range.upper != range.lower {
        points.extend(range.upper.clone());
    }
    for (x, taken) in &points {
        if *taken && range.excluded.as_ref() != Some(x) {
            list.push((number(x), one()));
        }
    }
    for pair in points.windows(2) {
        let (l, h) = (&pair[0].0, &pair[1].0);
        if l < h {
            list.push((number(l).plus(&u.scaled(h)), one().plus(&u)));
        }
    }
    if range.upper.is_none()
        && let Some((l, _)) = points.last()
    {
        list.push((number(l).plus(&u), one()));
    }
    if range.lower.is_none()
        && !symmetric
        && let Some((h, _)) = points.first()
    {
        list.push((number(h).minus(&u), one()));
    }
    list
}
