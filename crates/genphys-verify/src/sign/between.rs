//! p > 0 where p is linear in a variable that facts hold between two others: a value between p at the one and p at the
//! other.
//!
//! With l < v < u and p = p₀ + p₁ v, p lies strictly between p(l) and p(u): p > 0 where both are ≥ 0 and one of them is
//! > 0 whose opposite end is not reached. Such facts are those of functions of k, as 1 − z²/2 < cos z ≤ 1.

use super::{Fact, Proof, Region, Relation, both};
use crate::exact::poly::{Poly, Var};

/// Variables one after the other.
const MOST_DEPTH: usize = 3;
/// Facts looked at on either side.
const MOST_BOUNDS: usize = 4;

/// v > value/scale or v < value/scale, with scale > 0; whether v may be equal.
struct End {
    value: Poly,
    scale: Poly,
    reached: bool,
}

impl Region {
    /// A proof that p > 0 by the facts about the functions among `functions` that p is linear in.
    pub(crate) fn prove_between(&self, p: &Poly, functions: &[Var]) -> Option<Proof> {
        self.between(p, functions, Relation::Positive, 0)
    }

    fn between(&self, p: &Poly, functions: &[Var], relation: Relation, depth: usize) -> Option<Proof> {
        if let Some(proof) = self.prove(p, relation) {
            return Some(proof);
        }
        if depth >= MOST_DEPTH {
            return None;
        }
        functions.iter().filter(|v| p.degree(**v) == 1).find_map(|v| {
            let (lower, upper) = self.ends(*v)?;
            let at = |end: &End| {
                let [constant, slope] = &p.coefficients(*v)[..] else { return None };
                constant.times(&end.scale)?.plus(&slope.times(&end.value)?).into()
            };
            let proves = |end: &End, relation| self.between(&at(end)?, functions, relation, depth + 1);
            for low in &lower {
                for high in &upper {
                    let Some(proof) = proves(low, Relation::NonNegative)
                        .and_then(|a| Some(both(a, proves(high, Relation::NonNegative)?)))
                    else {
                        continue;
                    };
                    let strict = match relation {
                        Relation::NonNegative => Some(Proof::new()),
                        Relation::Positive => (!low.reached)
                            .then(|| proves(high, Relation::Positive))
                            .flatten()
                            .or_else(|| (!high.reached).then(|| proves(low, Relation::Positive)).flatten()),
                        _ => None,
                    };
                    if let Some(strict) = strict {
                        return Some(both(both(proof, strict), Proof::from(["bounds of a function"])));
                    }
                }
            }
            None
        })
    }

    /// What a variable lies between, by facts that are linear in it.
    fn ends(&self, v: Var) -> Option<(Vec<End>, Vec<End>)> {
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        let range = self.range(v);
        for (end, list) in [(&range.lower, &mut lower), (&range.upper, &mut upper)] {
            if let Some((x, closed)) = end {
                list.push(End { value: Poly::constant(x.clone()), scale: Poly::one(), reached: *closed });
            }
        }
        for Fact { poly, relation } in self.facts() {
            let reached = match relation {
                Relation::Positive => false,
                Relation::NonNegative => true,
                _ => continue,
            };
            let [rest, slope] = &poly.coefficients(v)[..] else { continue };
            if slope.variables().len() > 2 {
                continue;
            }
            // slope v + rest > 0.
            if lower.len() < MOST_BOUNDS && self.prove(slope, Relation::Positive).is_some() {
                lower.push(End { value: rest.negated(), scale: slope.clone(), reached });
            } else if upper.len() < MOST_BOUNDS && self.prove(&slope.negated(), Relation::Positive).is_some() {
                upper.push(End { value: rest.clone(), scale: slope.negated(), reached });
            }
        }
        (!lower.is_empty() && !upper.is_empty()).then_some((lower, upper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::range::Range;
    use num_rational::BigRational;
    use std::collections::BTreeMap;

    const K: Var = 0;
    const COSINE: Var = 1;
    const D: Var = 2;
    const A: Var = 3;

    /// 1 − k²/2 < cos k ≤ 1 for k > 0.
    fn region() -> Region {
        let one = || Some((BigRational::from_integer(1.into()), true));
        let ranges = BTreeMap::from([
            (K, Range::positive()),
            (COSINE, Range { lower: one().map(|(x, c)| (-x, c)), upper: one(), excluded: None }),
        ]);
        let half = BigRational::new(1.into(), 2.into());
        let above = Poly::var(COSINE).minus(&Poly::one()).plus(&Poly::power(K, 2).scaled(&half));
        Region::new(ranges).with(Fact::positive(above))
    }

    /// D k² + a (1 − cos k).
    fn exponent() -> Poly {
        let jump = Poly::one().minus(&Poly::var(COSINE));
        Poly::var(D).times(&Poly::power(K, 2)).unwrap().plus(&Poly::var(A).times(&jump).unwrap())
    }

    #[test]
    fn jumps_beside_diffusion() {
        let two = BigRational::from_integer(2.into());
        let both = |strict: bool| {
            let sum = Poly::var(D).scaled(&two).plus(&Poly::var(A));
            let region = region().with(Fact::non_negative(sum));
            region.with(if strict { Fact::positive(Poly::var(D)) } else { Fact::non_negative(Poly::var(D)) })
        };
        assert!(both(true).prove_between(&exponent(), &[COSINE]).is_some());
        // 1 − cos k vanishes at 2π.
        assert!(both(false).prove_between(&exponent(), &[COSINE]).is_none());
        // D > 0 alone says nothing of a < −2D.
        let alone = region().with(Fact::positive(Poly::var(D)));
        assert!(alone.prove_between(&exponent(), &[COSINE]).is_none());
    }
}
