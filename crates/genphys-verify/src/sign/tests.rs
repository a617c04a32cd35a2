//! Statements that hold and statements that do not.

use super::Region;
use crate::exact::poly::Poly;
use crate::exact::range::Range;
use crate::sign::{Fact, Relation};
use num_rational::BigRational;
use std::collections::BTreeMap;

const NAMES: [&str; 8] = ["k", "m", "eps", "a", "b", "c", "p", "q"];

fn poly(text: &str) -> Poly {
    read(&genphys_pde::parse_expression(text).unwrap())
}

fn read(e: &genphys_pde::ast::Expr) -> Poly {
    use genphys_pde::ast::ExprKind as E;
    match &e.kind {
        E::Number(n) => Poly::constant(crate::exact::range::rational(n).unwrap()),
        E::Symbol(name) => Poly::var(NAMES.iter().position(|n| n == name).unwrap() as u32),
        E::Neg(a) => read(a).negated(),
        E::Add(a, b) => read(a).plus(&read(b)),
        E::Sub(a, b) => read(a).minus(&read(b)),
        E::Mul(a, b) => read(a).times(&read(b)).unwrap(),
        E::Pow(a, b) => read(a).pow(read(b).as_constant().unwrap().to_integer().try_into().unwrap()).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Every name positive but p and q, which are real; c in [0, 1).
fn region() -> Region {
    let mut ranges: BTreeMap<u32, Range> = (0..5).map(|v| (v, Range::positive())).collect();
    let (zero, one) = (BigRational::from_integer(0.into()), BigRational::from_integer(1.into()));
    ranges.insert(5, Range { lower: Some((zero, true)), upper: Some((one, false)), excluded: None });
    Region::new(ranges)
}

fn holds(region: &Region, text: &str) -> bool {
    region.prove(&poly(text), Relation::Positive).is_some()
}

#[test]
fn without_facts() {
    let all = region();
    for text in [
        "k^2 + m*k + 1",
        "k^4 - k^2 + 1",
        "k^4 - m*k^2 + m^2",
        "1 - c",
        "1 - c^2*(2 - c)",
        "p^2 - p*q + q^2 + 1",
        "p^4 - p + 1",
        "k^2*m^2 - k*m + 1",
        "a^3 + b^3 + 1 - 2*a*b",
        "a^4 + b^4 - a^2*b^2 + a*b",
        "(a - b)^2 + 1",
        "(a - b)^2*(a^2 - a*b + b^2) + k",
    ] {
        assert!(holds(&all, text), "{text}");
    }
    for text in
        ["k^2 - 2*k + 1", "k - m", "p", "(a - b)^2", "k - c", "1 - 2*c", "a^3 + b^3 + 1 - 3*a*b", "p^4 - p + 0.47"]
    {
        assert!(!holds(&all, text), "{text}");
    }
    assert!(all.prove(&poly("a^3 + b^3 + 1 - 3*a*b"), Relation::NonNegative).is_some());
    assert!(all.prove(&poly("(a - b)^2"), Relation::NonNegative).is_some());
    assert!(all.prove(&poly("p^2 + 1"), Relation::NonZero).is_some());
    assert!(all.prove(&poly("p^2 - 1"), Relation::NonZero).is_none());
}

#[test]
fn under_facts() {
    let above = region().with(Fact::positive(poly("eps - m")));
    for text in ["eps^2 - m^2", "2*eps - m", "k^2 + eps - m", "eps^2*k^2 - m^2*k^2 + eps - m"] {
        assert!(holds(&above, text), "{text}");
    }
    for text in ["eps - 2*m", "m - eps", "eps - 1"] {
        assert!(!holds(&above, text), "{text}");
    }
    let square = region().with(Fact::positive(poly("eps^2 - m^2 - a^2")));
    assert!(holds(&square, "eps^2 - m^2"));
    assert!(holds(&square, "eps - m"));
    assert!(!holds(&square, "eps - m - a"));
    let equal = region().with(Fact::zero(poly("eps - 2*m")));
    assert!(holds(&equal, "eps - m"));
    let discriminant = region().with(Fact::positive(poly("4*a*b - m^2")));
    assert!(holds(&discriminant, "a*k^2 - m*k + b"));
    let empty = region().with(Fact::positive(poly("eps - m"))).with(Fact::non_negative(poly("m - 2*eps")));
    assert!(empty.is_empty().is_some());
    assert!(above.is_empty().is_none());
}

#[test]
fn with_roots() {
    // q = √(eps² + m²), or √(eps² − m²).
    let sum = region().with_root(7, poly("eps^2 + m^2"));
    for text in ["q - eps", "eps + m - q", "q", "2*q - m - eps", "eps*q - m*eps"] {
        assert!(holds(&sum, text), "{text}");
    }
    for text in ["q - eps - m", "1 - q", "2*q - 2*m - eps"] {
        assert!(!holds(&sum, text), "{text}");
    }
    let difference = region().with_root(7, poly("eps^2 - m^2"));
    assert!(holds(&difference, "eps - q"));
    assert!(holds(&difference, "eps^2 - q^2"));
    assert!(!holds(&difference, "q"));
}

#[test]
fn off_zero() {
    let plane = Region::new(BTreeMap::new());
    let cases = plane.off_zero(&[6, 7]);
    assert!(cases.iter().all(|r| holds(r, "p^2 + p*q + q^2")));
    assert!(cases.iter().all(|r| holds(r, "p^4 + q^4 - p^2*q^2")));
    assert!(!cases.iter().all(|r| holds(r, "p^2 + 2*p*q + q^2")));
    assert!(!cases.iter().all(|r| holds(r, "p^2")));
}

#[test]
fn a_square_may_be_zero() {
    let (zero, half) = (BigRational::from_integer(0.into()), BigRational::new(1.into(), 2.into()));
    let below = Range { upper: Some((zero, true)), ..Range::real() };
    let above = Range { lower: Some((half, false)), ..Range::real() };
    let all = Region::new(BTreeMap::from([(6, below), (7, above)]));
    let square = poly("(p + q)^2");
    let rooted = all.with_root(0, square.clone());
    let of_square = all.with_root(0, square.times(&square).unwrap());
    let where_it_vanishes = all.with(Fact::non_negative(square.negated()));
    for text in ["(p + q)^2", "k", "k + (p + q)^2", "0"] {
        for region in [&all, &rooted, &of_square, &where_it_vanishes] {
            assert!(!holds(region, text), "{text}");
        }
    }
}
