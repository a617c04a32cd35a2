//! Open cylindrical decomposition of the orthant where up to three variables are positive (Collins; Strzeboński):
//! polynomials keep their signs on every open cell, each cell has one rational point, and the cells are dense.
//!
//! Projection: leading and trailing coefficients, discriminants and resultants of square-free polynomials without a
//! common divisor. Over an open cell of the projection the roots are continuous and apart.

use super::division::{self, quotient, resultant};
use super::orthant::{holds_at, value, variables};
use super::sturm::{self, Dense};
use super::{Effort, Fact, Proof, Relation, by};
use crate::exact::poly::{Poly, Var};
use num_rational::BigRational;
use num_traits::Signed;
use std::collections::BTreeMap;

const MOST_VARIABLES: usize = 3;

/// Polynomials of a higher degree in one variable are not projected.
const MOST_DEGREE: u32 = 12;

/// p > 0 or p ≥ 0 wherever the variables are positive and the facts hold.
///
/// From the open cells p ≥ 0 extends to all points where the strict facts hold, for these are an open set; it extends
/// to where others hold too only if they are no more than its closure, so that facts "≥" are used as if they were
/// absent unless they are strict.
pub(super) fn prove(p: &Poly, strict: bool, facts: &[Fact], effort: &Effort) -> Option<Proof> {
    if strict && !p.terms().any(|(_, c)| c.is_positive()) {
        return None;
    }
    let facts: Vec<Fact> = facts.iter().filter(|f| f.relation == Relation::Positive).cloned().collect();
    if variables(p, &facts).len() > MOST_VARIABLES {
        return None;
    }
    let word = "the cells of a cylindrical decomposition";
    if !not_negative(p, &facts, effort)? {
        return None;
    }
    if !strict || no_zero_inside(p, effort) == Some(true) {
        return by(word);
    }
    // p = p₊ − p₋ by the signs of its terms: p₊ (1 − 1/1024) ≥ p₋ and p₊ > 0.
    let almost = BigRational::new(1023.into(), 1024.into());
    let reduced = p.map(|c| if c.is_positive() { c * &almost } else { c.clone() });
    if not_negative(&reduced, &facts, effort)? { by(word) } else { None }
}

/// A zero of p ≥ 0 in an open set is one of all its derivatives. Whether there is none with positive coordinates, by
/// resultants in one order of the variables.
fn no_zero_inside(p: &Poly, effort: &Effort) -> Option<bool> {
    let list = p.variables();
    let mut equations: Vec<Poly> = vec![p.clone()];
    equations.extend(list.iter().map(|v| p.derivative(*v)));
    for v in list.iter().skip(1).rev() {
        let (first, others): (Vec<Poly>, Vec<Poly>) = equations.into_iter().partition(|q| q.contains(*v));
        let [base, rest @ ..] = &first[..] else { return Some(false) };
        let mut next = others;
        for q in rest {
            if !effort.spend(base.len() * q.len()) || base.degree(*v).max(q.degree(*v)) > MOST_DEGREE {
                return None;
            }
            let r = division::primitive(&resultant(base, q, *v)?);
            if r.as_constant().is_some_and(|c| c != BigRational::from_integer(0.into())) {
                return Some(true);
            }
            if !r.is_zero() {
                next.push(r);
            }
        }
        equations = next;
    }
    let v = *list.first()?;
    let mut common = Poly::zero();
    for q in equations {
        common = division::gcd(&common, &q)?;
    }
    if common.is_zero() {
        return Some(false);
    }
    if common.as_constant().is_some() {
        return Some(true);
    }
    let square = common.times(&common)?;
    Some(sturm::is_positive(&Dense::new(&square, v)?))
}

/// p ≥ 0 at the point of every open cell in which the facts hold.
fn not_negative(p: &Poly, facts: &[Fact], effort: &Effort) -> Option<bool> {
    let all: Vec<Poly> = facts.iter().map(|f| f.poly.clone()).chain([p.clone()]).collect();
    let mut order = variables(p, facts);
    // Variables of low degree are projected first (Brown).
    order.sort_by_key(|v| std::cmp::Reverse(all.iter().map(|q| q.degree(*v)).max()));
    let mut levels: Vec<Vec<Poly>> = Vec::new();
    let mut current = all;
    for v in order.iter().rev() {
        let (basis, below) = projected(&current, *v, effort)?;
        levels.push(basis);
        current = below;
    }
    levels.reverse();
    visit(p, facts, &order, &levels, &mut BTreeMap::new(), effort)
}

/// Every polynomial that contains v as a square-free one without common divisors, and their projection.
fn projected(list: &[Poly], v: Var, effort: &Effort) -> Option<(Vec<Poly>, Vec<Poly>)> {
    let mut below: Vec<Poly> = Vec::new();
    let mut basis: Vec<Poly> = Vec::new();
    for p in list {
        if p.degree(v) == 0 {
            below.push(p.clone());
            continue;
        }
        if p.degree(v) > MOST_DEGREE || !effort.spend(p.len() * p.degree(v) as usize) {
            return None;
        }
        let (content, part) = division::square_free(p, v)?;
        below.push(content);
        add_coprime(&mut basis, part, v)?;
    }
    for (i, p) in basis.iter().enumerate() {
        let parts = p.coefficients(v);
        below.extend([parts.first()?, parts.last()?].into_iter().filter(|c| !c.is_zero()).cloned());
        if p.degree(v) > 1 {
            below.push(resultant(p, &p.derivative(v), v)?);
        }
        for q in &basis[..i] {
            if !effort.spend(p.len() * q.len()) {
                return None;
            }
            below.push(resultant(p, q, v)?);
        }
    }
    let mut small: Vec<Poly> = Vec::new();
    for p in below {
        let p = super::orthant::without_monomial(&division::primitive(&p));
        if p.as_constant().is_none() && !small.contains(&p) && !small.contains(&p.negated()) {
            small.push(p);
        }
    }
    Some((basis, small))
}

fn add_coprime(basis: &mut Vec<Poly>, p: Poly, v: Var) -> Option<()> {
    let mut p = p;
    for i in 0..basis.len() {
        let common = division::gcd(&basis[i], &p)?;
        if common.degree(v) > 0 {
            p = quotient(&p, &common)?;
            let rest = quotient(&basis[i], &common)?;
            basis[i] = common;
            if rest.degree(v) > 0 {
                basis.push(rest);
            }
        }
    }
    if p.degree(v) > 0 {
        basis.push(division::primitive(&p));
    }
    Some(())
}

/// Goes through the points of the cells; `Some(false)` at the first one where p < 0.
fn visit(
    p: &Poly,
    facts: &[Fact],
    order: &[Var],
    levels: &[Vec<Poly>],
    point: &mut BTreeMap<Var, BigRational>,
    effort: &Effort,
) -> Option<bool> {
    if !effort.spend(20) {
        return None;
    }
    let ([v, order @ ..], [level, levels @ ..]) = (order, levels) else {
        let negative = facts.iter().all(|f| holds_at(f, point)) && value(p, point).is_negative();
        return Some(!negative);
    };
    let list: Vec<Dense> = level
        .iter()
        .map(|q| Dense::new(&point.iter().fold(q.clone(), |q, (w, x)| q.at(*w, x)), *v))
        .collect::<Option<_>>()?;
    for x in sturm::pieces(&list)?.between {
        point.insert(*v, x);
        let right = visit(p, facts, order, levels, point, effort);
        point.remove(v);
        if right != Some(true) {
            return right;
        }
    }
    Some(true)
}
