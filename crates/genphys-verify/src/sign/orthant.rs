//! Polynomials in variables that are all positive, under facts about them.

use super::division::{self, quotient};
use super::sturm::{self, Dense};
use super::{Effort, Fact, Proof, Relation, both, by, cells};
use crate::exact::poly::{Poly, Var};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// Facts are split into cases, and factors and coefficients looked at, so many times one inside the other.
const MOST_DEPTH: usize = 8;

/// p > 0 (`strict`) or p ≥ 0 wherever all variables are positive and the facts hold. Facts are never "not zero" here.
pub(super) fn prove(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Proof> {
    if !effort.spend(p.len()) || depth > MOST_DEPTH {
        return None;
    }
    let p = without_monomial(&division::primitive(p));
    if let Some(proof) = by_signs(&p, strict) {
        return Some(proof);
    }
    let mut facts: Vec<Fact> = facts.to_vec();
    for fact in &mut facts {
        fact.poly = without_monomial(&division::primitive(&fact.poly));
        if fact.known() == Some(false) || fact.relation != Relation::Zero && has_negative_coefficients(fact) {
            return by("no values satisfy the conditions");
        }
    }
    facts.retain(|f| f.known().is_none() && !(f.relation != Relation::Zero && f.poly.has_positive_coefficients()));
    facts.dedup();
    let facts = relevant(&p, &facts);
    if violated_at_a_point(&p, strict, &facts) {
        return None;
    }
    if let Some(proof) = by_facts(&p, strict, &facts, effort, depth) {
        return Some(proof);
    }
    if let [v] = variables(&p, &facts)[..] {
        return univariate(&p, strict, &facts, v);
    }
    if let Some(answer) = eliminated(&p, strict, &facts, effort, depth) {
        return answer;
    }
    by_coefficients(&p, strict, &facts, effort, depth)
        .or_else(|| by_discriminant(&p, strict, &facts, effort, depth))
        .or_else(|| by_factors(&p, strict, &facts, effort, depth))
        .or_else(|| cells::prove(&p, strict, &facts, effort))
}

/// Divided by the powers of variables that every term has.
pub(super) fn without_monomial(p: &Poly) -> Poly {
    let mut p = p.clone();
    for v in p.variables() {
        let least = p.terms().map(|(m, _)| m.degree(v)).min().unwrap_or(0);
        if least > 0 {
            p = quotient(&p, &Poly::power(v, least)).unwrap_or(p);
        }
    }
    p
}

fn has_negative_coefficients(fact: &Fact) -> bool {
    fact.poly.negated().has_positive_coefficients()
}

/// All coefficients of one sign decide (Pólya's criterion in its simplest form).
fn by_signs(p: &Poly, strict: bool) -> Option<Proof> {
    if p.is_zero() {
        return if strict { None } else { by("it is zero") };
    }
    if p.has_positive_coefficients() { by("the signs of its coefficients") } else { None }
}

/// Facts about variables of p, or of other facts about them, and so on.
fn relevant(p: &Poly, facts: &[Fact]) -> Vec<Fact> {
    if p.as_constant().is_some() {
        // All that can be shown is that they contradict each other.
        return facts.to_vec();
    }
    let mut known = p.variables();
    loop {
        let chosen: Vec<&Fact> =
            facts.iter().filter(|f| f.poly.variables().iter().any(|v| known.contains(v))).collect();
        let mut wider: Vec<Var> = known.clone();
        wider.extend(chosen.iter().flat_map(|f| f.poly.variables()));
        wider.sort_unstable();
        wider.dedup();
        if wider.len() == known.len() {
            return chosen.into_iter().cloned().collect();
        }
        known = wider;
    }
}

pub(super) fn variables(p: &Poly, facts: &[Fact]) -> Vec<Var> {
    let mut list: Vec<Var> = facts.iter().flat_map(|f| f.poly.variables()).chain(p.variables()).collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// The value of a polynomial at a point.
pub(super) fn value(p: &Poly, point: &BTreeMap<Var, BigRational>) -> BigRational {
    let mut sum = BigRational::zero();
    p.note(p.len());
    for (monomial, c) in p.terms() {
        let term = monomial.powers().iter().fold(c.clone(), |term, (v, e)| match point.get(v) {
            Some(x) => term * num_traits::pow(x.clone(), *e as usize),
            None => term,
        });
        sum += term;
    }
    sum
}

/// Whether a fact is true at a point; an equality hardly ever is, and says nothing then.
pub(super) fn holds_at(fact: &Fact, point: &BTreeMap<Var, BigRational>) -> bool {
    let x = value(&fact.poly, point);
    match fact.relation {
        Relation::Positive => x.is_positive(),
        Relation::NonNegative => !x.is_negative(),
        Relation::Zero => x.is_zero(),
        Relation::NonZero => !x.is_zero(),
    }
}

/// A few points, only to give up early.
fn violated_at_a_point(p: &Poly, strict: bool, facts: &[Fact]) -> bool {
    const SIZES: [(i64, i64); 7] = [(1, 1), (5, 1), (1, 7), (40, 1), (1, 90), (2, 3), (9, 4)];
    let list = variables(p, facts);
    let (p, facts): (Signs, Vec<(Signs, &Fact)>) =
        (Signs::new(p, &list), facts.iter().map(|f| (Signs::new(&f.poly, &list), f)).collect());
    (0..21_usize).any(|n| {
        let at = |i: usize| SIZES[if n < 7 { n } else { (n * (2 * i + 3) + i * i) % 7 }];
        let point: Vec<(i64, i64)> = (0..list.len()).map(at).collect();
        let sign = p.at(&list, &point);
        (sign < 0 || strict && sign == 0)
            && facts.iter().all(|(signs, fact)| {
                let sign = signs.at(&list, &point);
                match fact.relation {
                    Relation::Positive => sign > 0,
                    Relation::NonNegative => sign >= 0,
                    Relation::Zero => sign == 0,
                    Relation::NonZero => sign != 0,
                }
            })
    })
}

/// The signs of a polynomial at points: by floating-point numbers where these are far from zero, exactly elsewhere.
struct Signs<'a> {
    poly: &'a Poly,
    /// Coefficients, and powers by position in the list of variables.
    terms: Vec<(f64, Vec<(usize, u32)>)>,
}

/// Far beyond the rounding errors of a sum, as a part of the sum of its terms' sizes.
const FAR: f64 = 1e-9;

impl<'a> Signs<'a> {
    fn new(poly: &'a Poly, list: &[Var]) -> Self {
        poly.note(poly.len());
        let place = |(v, e): &(Var, u32)| list.binary_search(v).ok().map(|i| (i, *e));
        let term = |(m, c): (&crate::exact::poly::Monomial, &BigRational)| {
            (c.to_f64().unwrap_or(f64::NAN), m.powers().iter().filter_map(place).collect())
        };
        Self { poly, terms: poly.terms().map(term).collect() }
    }

    fn at(&self, list: &[Var], point: &[(i64, i64)]) -> i32 {
        let (mut sum, mut size) = (0.0_f64, 0.0_f64);
        for (c, powers) in &self.terms {
            let mut term = *c;
            for (i, e) in powers {
                let x = point.get(*i).map_or(f64::NAN, |(p, q)| *p as f64 / *q as f64);
                // Products of two numbers at a time, which are the same on every machine.
                (0..*e).for_each(|_| term *= x);
            }
            sum += term;
            size += term.abs();
        }
        if size.is_finite() && size > 1e-200 && sum.abs() > FAR * size {
            return if sum > 0.0 { 1 } else { -1 };
        }
        let exact = |(v, (p, q)): (&Var, &(i64, i64))| (*v, BigRational::new((*p).into(), (*q).into()));
        let x = value(self.poly, &list.iter().zip(point).map(exact).collect());
        i32::from(x.is_positive()) - i32::from(x.is_negative())
    }
}

/// p is a fact times something.
fn by_facts(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Proof> {
    if p.is_zero() {
        // Every fact divides it, in every order, and nothing is won.
        return None;
    }
    facts.iter().find_map(|fact| {
        let rest = quotient(p, &fact.poly)?;
        match fact.relation {
            Relation::Positive => prove(&rest, strict, facts, effort, depth + 1),
            Relation::NonNegative if !strict => prove(&rest, false, facts, effort, depth + 1),
            Relation::Zero if !strict => Some(Proof::new()),
            _ => None,
        }
    })
}

/// One variable: the roots of all polynomials and the points between, exactly.
fn univariate(p: &Poly, strict: bool, facts: &[Fact], v: Var) -> Option<Proof> {
    let p = Dense::new(p, v)?;
    if facts.is_empty() && strict {
        return if sturm::is_positive(&p) { by("Sturm's theorem") } else { None };
    }
    let others: Vec<Dense> = facts.iter().map(|f| Dense::new(&f.poly, v)).collect::<Option<_>>()?;
    let all: Vec<Dense> = others.iter().cloned().chain([p.clone()]).collect();
    let pieces = sturm::pieces(&all)?;
    let allowed = |relation: Relation, sign: i32| match relation {
        Relation::Positive => sign > 0,
        Relation::NonNegative => sign >= 0,
        Relation::Zero => sign == 0,
        Relation::NonZero => sign != 0,
    };
    let right = |signs: &dyn Fn(&Dense) -> Option<i32>| -> Option<bool> {
        for (other, fact) in others.iter().zip(facts) {
            if !allowed(fact.relation, signs(other)?) {
                return Some(true);
            }
        }
        let sign = signs(&p)?;
        Some(sign > 0 || !strict && sign == 0)
    };
    for x in &pieces.between {
        let sign = |q: &Dense| Some(i32::from(q.at(x).is_positive()) - i32::from(q.at(x).is_negative()));
        if !right(&sign)? {
            return None;
        }
    }
    for i in 0..pieces.roots.len() {
        if !right(&|q: &Dense| pieces.sign_at_root(i, q))? {
            return None;
        }
    }
    by("Sturm's theorem")
}

/// Every coefficient of the powers of a variable is ≥ 0, and one of them > 0.
fn by_coefficients(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Proof> {
    let mut order = p.variables();
    order.sort_by_key(|v| p.degree(*v));
    order.into_iter().find_map(|v| {
        let parts: Vec<Poly> = p.coefficients(v).into_iter().filter(|c| !c.is_zero()).collect();
        if parts.len() < 2 {
            return None;
        }
        let (mut proof, mut found) = (Proof::new(), !strict);
        for part in &parts {
            let positive = if found { None } else { prove(part, true, facts, effort, depth + 2) };
            found |= positive.is_some();
            proof.extend(match positive {
                Some(positive) => positive,
                None => prove(part, false, facts, effort, depth + 2)?,
            });
        }
        found.then_some(proof)
    })
}

/// a v² + b v + c with a ≥ 0 and b² < 4ac.
fn by_discriminant(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Proof> {
    p.variables().into_iter().find_map(|v| {
        let parts = p.coefficients(v);
        let [c, b, a] = &parts[..] else { return None };
        let four = BigRational::from_integer(4.into());
        let below = a.times(c)?.scaled(&four).minus(&b.times(b)?);
        let proof = both(
            prove(a, false, facts, effort, depth + 2)?,
            both(prove(c, false, facts, effort, depth + 2)?, prove(&below, strict, facts, effort, depth + 2)?),
        );
        Some(both(proof, Proof::from(["a negative discriminant"])))
    })
}

/// p = content · Π f_i^i.
fn by_factors(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Proof> {
    let factors = factors(p)?;
    if factors.len() == 1 && factors[0].1 == 1 {
        return None;
    }
    let mut proof = Proof::from(["its factors"]);
    let mut sign = BigRational::one();
    for (factor, power) in &factors {
        if let Some(c) = factor.as_constant() {
            sign *= c.signum();
            continue;
        }
        if power % 2 == 0 && !strict {
            continue;
        }
        // The sign of every factor must be constant, or at least that of an odd one.
        let up = prove(factor, strict, facts, effort, depth + 2);
        let part = match up {
            Some(part) => part,
            None => {
                let part = prove(&factor.negated(), strict, facts, effort, depth + 2)?;
                if power % 2 == 1 {
                    sign = -sign;
                }
                part
            }
        };
        proof.extend(part);
    }
    sign.is_positive().then_some(proof)
}

/// Factors with their multiplicity, as far as common divisors show them; their product is p, up to a positive number.
pub(super) fn factors(p: &Poly) -> Option<Vec<(Poly, u32)>> {
    let Some(v) = p.variables().into_iter().min_by_key(|v| p.degree(*v)) else {
        return Some(vec![(p.clone(), 1)]);
    };
    let content = division::content(p, v)?;
    let mut list = Vec::new();
    // Yun's algorithm.
    let part = quotient(p, &content)?;
    let slope = part.derivative(v);
    let common = division::gcd(&part, &slope)?;
    let (mut b, mut d) = (quotient(&part, &common)?, quotient(&slope, &common)?);
    d = d.minus(&b.derivative(v));
    let mut power = 1;
    while b.degree(v) > 0 {
        let a = division::gcd(&b, &d)?;
        let next = quotient(&b, &a)?;
        d = quotient(&d, &a)?.minus(&next.derivative(v));
        if a.degree(v) > 0 {
            list.push((a, power));
        }
        b = next;
        power += 1;
        if power > 64 {
            return None;
        }
    }
    list.push((b, 1));
    if content.as_constant().is_some() {
        list.push((content, 1));
    } else {
        list.extend(factors(&content)?);
    }
    let numbers = |(f, _): &(Poly, u32)| f.as_constant().is_none_or(|c| !c.is_one());
    let list: Vec<(Poly, u32)> = list.into_iter().filter(numbers).collect();
    // Whatever went into it: the product must be p.
    let mut product = Poly::one();
    for (factor, power) in &list {
        product = product.times(&factor.pow(*power)?)?;
    }
    let ratio = quotient(p, &product)?.as_constant()?;
    Some(list.into_iter().chain((!ratio.is_one()).then(|| (Poly::constant(ratio), 1))).collect())
}

/// What a fact that is linear in a variable says of it.
enum Bound {
    /// v > c/a.
    Above,
    /// v < b/|a|.
    Below,
    /// v = −b/a.
    Equal,
}

/// A fact that is linear in a variable takes it out of the statement. The outer `None` says that there is none.
fn eliminated(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort, depth: usize) -> Option<Option<Proof>> {
    let mut best: Option<(usize, usize, Var, Bound)> = None;
    for (i, fact) in facts.iter().enumerate() {
        for v in fact.poly.variables() {
            let parts = fact.poly.coefficients(v);
            let [b, a] = &parts[..] else { continue };
            let rises = a.has_positive_coefficients();
            if !rises && !a.negated().has_positive_coefficients() {
                continue;
            }
            let (bound, easy) = match fact.relation {
                Relation::Zero => (Bound::Equal, true),
                _ if rises => (Bound::Above, b.negated().has_positive_coefficients()),
                _ => (Bound::Below, b.has_positive_coefficients()),
            };
            let cost = usize::from(!easy) * 100 + a.len() * p.degree(v) as usize + b.len();
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, i, v, bound));
            }
        }
    }
    let (_, i, v, bound) = best?;
    let mut others = facts.to_vec();
    let fact = others.remove(i);
    let parts = fact.poly.coefficients(v);
    let [b, a] = &parts[..] else { return None };
    let u = Poly::var(v);
    // (numerator, denominator > 0) in place of v, and what must hold besides.
    let at = |num: &Poly, den: &Poly, more: Option<Fact>| -> Option<Proof> {
        let p = replaced(p, v, num, den)?;
        let mut list: Vec<Fact> = Vec::new();
        for other in &others {
            list.push(Fact { poly: replaced(&other.poly, v, num, den)?, relation: other.relation });
        }
        list.extend(more);
        prove(&p, strict, &list, effort, depth + 1)
    };
    let on_face = fact.relation == Relation::NonNegative;
    Some(match bound {
        Bound::Equal => {
            let (num, den) =
                if a.has_positive_coefficients() { (b.negated(), a.clone()) } else { (b.clone(), a.negated()) };
            at(&num, &den, Some(Fact::positive(num.clone())))
        }
        Bound::Below => {
            let a = a.negated();
            // v = b/(a (1 + u)).
            let den = a.plus(&a.times(&u)?);
            let inside = at(b, &den, Some(Fact::positive(b.clone())));
            inside.and_then(|proof| {
                Some(if on_face { both(proof, at(b, &a, Some(Fact::positive(b.clone())))?) } else { proof })
            })
        }
        Bound::Above => {
            let c = b.negated();
            let inside = at(&c.plus(&u), a, Some(Fact::positive(c.clone())));
            inside.and_then(|proof| {
                let face = if on_face { at(&c, a, Some(Fact::positive(c.clone())))? } else { Proof::new() };
                // Where c ≤ 0 the fact says nothing.
                let free = if c.has_positive_coefficients() {
                    Proof::new()
                } else {
                    let mut list = others.clone();
                    list.push(Fact::non_negative(b.clone()));
                    prove(p, strict, &list, effort, depth + 1)?
                };
                Some(both(proof, both(face, free)))
            })
        }
    })
}

/// p at v = num/den, times a power of den, which is positive.
pub(super) fn replaced(p: &Poly, v: Var, num: &Poly, den: &Poly) -> Option<Poly> {
    let parts = p.coefficients(v);
    let degree = u32::try_from(parts.len()).ok()? - 1;
    let mut sum = Poly::zero();
    for (i, c) in (0..).zip(&parts) {
        if !c.is_zero() {
            sum = sum.plus(&c.times(&num.pow(i)?)?.times(&den.pow(degree - i)?)?);
        }
    }
    Some(sum)
}
