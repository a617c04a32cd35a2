//! c F (M − N) and c F (M − N)² of two products of exponentials, F a product of other variables that is positive:
//! e^a − e^b has the sign of a − b, and a square has none.

use super::waves::Model;
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly};
use crate::sign::{Proof, Region, Relation, both};
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// A polynomial that is c F (M − N)^power for products M and N of exponentials.
pub(super) struct Difference {
    c: BigRational,
    /// F.
    factor: Poly,
    /// log M − log N.
    exponent: Fraction,
    is_square: bool,
}

impl Difference {
    /// The form of a polynomial in exponentials with real exponents, if it has it.
    pub(super) fn of(model: &Model, p: &Poly) -> Option<Self> {
        let list: Vec<(&Monomial, &BigRational)> = p.terms().collect();
        if list.len() > 3 {
            return None;
        }
        let (logs, factors): (Vec<Fraction>, Vec<Poly>) =
            list.iter().map(|(m, _)| logarithm(model, m)).collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let factor = factors.first()?.clone();
        if factors.iter().any(|other| *other != factor) {
            return None;
        }
        match (&list[..], &logs[..]) {
            ([(_, a), (_, b)], [first, second]) if (*a + *b).is_zero() => {
                Some(Self { c: (*a).clone(), factor, exponent: first.minus(second)?, is_square: false })
            }
            (list @ [_, _, _], logs) => {
                // The one in the middle is the only one with its sign.
                let middle =
                    (0..3).find(|i| (0..3).all(|j| j == *i || list[j].1.is_positive() != list[*i].1.is_positive()))?;
                let [i, j] = [[1, 2], [0, 2], [0, 1]][middle];
                let two = BigRational::from_integer(2.into());
                let equal = list[i].1 == list[j].1 && (list[middle].1 + list[i].1 * &two).is_zero();
                let gap = logs[i].plus(&logs[j])?.minus(&logs[middle].scaled(&two))?;
                (equal && gap.is_zero()).then_some(())?;
                Some(Self { c: list[i].1.clone(), factor, exponent: logs[i].minus(&logs[j])?, is_square: true })
            }
            _ => None,
        }
    }

    /// Whether it has this sign in a region.
    pub(super) fn proves(&self, model: &mut Model, region: &Region, relation: Relation) -> Option<Proof> {
        let plain = match self.factor.as_constant() {
            Some(c) => c.is_positive().then(Proof::new)?,
            None => region.prove(&self.factor, Relation::Positive)?,
        };
        if self.is_square && relation == Relation::NonNegative {
            return self.c.is_positive().then(|| both(plain, Proof::from(["squares"])));
        }
        let exponent = model.signed(&self.exponent)?;
        let region = model.extended(region, &[&exponent])?;
        let above = |p: &Poly, relation| Some(both(plain.clone(), region.prove(p, relation)?));
        match relation {
            Relation::Positive if self.is_square => {
                self.c.is_positive().then_some(())?;
                above(&exponent, Relation::Positive).or_else(|| above(&exponent.negated(), Relation::Positive))
            }
            Relation::Positive | Relation::NonNegative if self.c.is_positive() => above(&exponent, relation),
            Relation::Positive | Relation::NonNegative => above(&exponent.negated(), relation),
            _ => None,
        }
    }
}

/// The sum of the exponents of the exponentials in a product, and what else is in it.
fn logarithm(model: &Model, m: &Monomial) -> Option<(Fraction, Poly)> {
    let (mut sum, mut rest) = (Fraction::zero(), Poly::one());
    for (v, power) in m.powers() {
        match model.algebra.atom(*v) {
            Some(Atom::Exp(z)) if model.algebra.is_real(z) => {
                sum = sum.plus(&z.times(&Fraction::integer(i64::from(*power)))?)?;
            }
            _ => rest = rest.times(&Poly::power(*v, *power))?,
        }
    }
    Some((sum, rest))
}
