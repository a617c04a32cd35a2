//! Statements drawn at random, under facts that are drawn too: what is proved holds at every point of a grid where the
//! facts do. Squares, differences of squares and polynomials that are zero are drawn often, since zeros are where
//! "positive" and "not negative" part.
//!
//! `GENPHYS_DRAWS` sets how many are drawn, `GENPHYS_SEED` another sequence.

use super::orthant::{holds_at, value};
use super::{Fact, Region, Relation};
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;

const ROOT: Var = 3;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize].clone()
    }

    fn number(&mut self) -> BigRational {
        let top = self.below(7) as i64 - 3;
        let bottom = if self.below(4) == 0 { 2 } else { 1 };
        BigRational::new(top.into(), bottom.into())
    }

    fn sum(&mut self, variables: Var, degree: u32, terms: u64) -> Poly {
        let mut sum = Poly::zero();
        for _ in 0..=self.below(terms) {
            let mut term = Poly::constant(self.number());
            for _ in 0..self.below(u64::from(degree) + 1) {
                term = term.times(&Poly::var(self.below(variables.into()) as Var)).unwrap();
            }
            sum = sum.plus(&term);
        }
        sum
    }

    fn polynomial(&mut self, variables: Var) -> Poly {
        let linear = |draw: &mut Self| draw.sum(variables, 1, 3);
        match self.below(8) {
            0 => {
                let a = linear(self);
                a.times(&a).unwrap()
            }
            1 => {
                let a = linear(self);
                a.times(&a).unwrap().negated()
            }
            2 => {
                let (a, b) = (linear(self), linear(self));
                a.times(&a).unwrap().minus(&b.times(&b).unwrap())
            }
            3 => {
                let (a, b) = (linear(self), linear(self));
                a.times(&b).unwrap()
            }
            4 => linear(self),
            5 => {
                let (a, b) = (linear(self), self.sum(variables, 2, 2));
                a.times(&a).unwrap().plus(&b)
            }
            6 if self.below(3) == 0 => Poly::zero(),
            _ => self.sum(variables, 3, 4),
        }
    }

    fn range(&mut self) -> Range {
        let at = |x: i64, closed: bool| Some((BigRational::new(x.into(), 2.into()), closed));
        match self.below(9) {
            0 => Range::positive(),
            1 => Range::nonnegative(),
            2 => Range { upper: at(0, true), ..Range::real() },
            3 => Range { lower: at(0, true), upper: at(2, false), excluded: None },
            4 => Range { lower: at(1, false), ..Range::real() },
            5 => Range { excluded: Some(BigRational::zero()), ..Range::real() },
            6 => Range { lower: at(-2, false), upper: at(2, false), excluded: None },
            7 => Range::point(BigRational::from_integer(1.into())),
            _ => Range::real(),
        }
    }

    fn relation(&mut self) -> Relation {
        self.pick(&[
            Relation::Positive,
            Relation::Positive,
            Relation::NonNegative,
            Relation::NonNegative,
            Relation::Zero,
            Relation::NonZero,
        ])
    }
}

/// √x where it is a rational number.
fn root(x: &BigRational) -> Option<BigRational> {
    (!x.is_negative()).then_some(())?;
    let r = BigRational::new(x.numer().sqrt(), x.denom().sqrt());
    (&r * &r == *x).then_some(r)
}

type Point = BTreeMap<Var, BigRational>;

/// The points of the grid that lie in the ranges and satisfy the facts.
fn points(ranges: &BTreeMap<Var, Range>, facts: &[Fact], square: Option<&Poly>) -> Vec<Point> {
    let grid: Vec<BigRational> =
        [-6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6].iter().map(|x| BigRational::new((*x).into(), 2.into())).collect();
    let mut list: Vec<Point> = vec![Point::new()];
    for (v, range) in ranges {
        let values: Vec<&BigRational> = grid.iter().filter(|x| range.contains(x)).collect();
        let with = |point: &Point| {
            let of =
                |x: &&BigRational| point.iter().map(|(w, y)| (*w, y.clone())).chain([(*v, (*x).clone())]).collect();
            values.iter().map(of).collect::<Vec<Point>>()
        };
        list = list.iter().flat_map(with).collect();
    }
    if let Some(square) = square {
        list = list
            .into_iter()
            .filter_map(|mut point| {
                let r = root(&value(square, &point))?;
                point.insert(ROOT, r);
                Some(point)
            })
            .collect();
    }
    list.retain(|point| facts.iter().all(|fact| holds_at(fact, point)));
    list
}

#[test]
fn what_is_proved_holds() {
    let from = |name: &str, otherwise: u64| std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap());
    let mut draw = Draw(from("GENPHYS_SEED", 1));
    let (mut proved, mut empty) = (0, 0);
    for _ in 0..from("GENPHYS_DRAWS", 3_000) {
        let variables = 1 + draw.below(3) as Var;
        let ranges: BTreeMap<Var, Range> = (0..variables).map(|v| (v, draw.range())).collect();
        let square = (draw.below(3) == 0).then(|| draw.polynomial(variables));
        let all = if square.is_some() { ROOT + 1 } else { variables };
        let mut region = Region::new(ranges.clone());
        if let Some(square) = &square {
            region = region.with_root(ROOT, square.clone());
        }
        let of_all = |draw: &mut Draw| {
            let p = draw.polynomial(variables);
            match (&square, draw.below(2)) {
                (Some(_), 0) => p.plus(&draw.polynomial(variables).times(&Poly::var(ROOT)).unwrap()),
                _ => p,
            }
        };
        let facts: Vec<Fact> =
            (0..draw.below(3)).map(|_| Fact { poly: of_all(&mut draw), relation: draw.relation() }).collect();
        for fact in &facts {
            region = region.with(fact.clone());
        }
        let p = match draw.below(4) {
            0 if !facts.is_empty() => draw.pick(&facts).poly.plus(&draw.sum(variables, 1, 1)),
            1 => Poly::var(all - 1),
            _ => of_all(&mut draw),
        };
        let claim = Fact { poly: p, relation: draw.relation() };
        let list = points(&ranges, &facts, square.as_ref());
        if region.prove_fact(&claim).is_some() {
            proved += 1;
            let against = list.iter().find(|point| !holds_at(&claim, point));
            assert!(against.is_none(), "{claim:?}\nin {region:?}\nis false at {against:?}");
        }
        if region.is_empty().is_some() {
            empty += 1;
            assert!(list.is_empty(), "{region:?}\nis not empty: {:?}", list.first());
        }
    }
    assert!(proved > 100 && empty > 10, "{proved} proved, {empty} empty");
}
