//! Half-space problems whose long waves oscillate, as Helmholtz's: a φ_tt − q φ = 0 with a real q(k).
//!
//! s² = q. For |k| > k_b it is shown that q > 0: s = ±√q are real, and exactly one wave decays. For |k| < k_b it is
//! shown that q < 0: s = ±i√(−q), both waves keep their amplitude and none decays, so that neither C1 nor C2 holds
//! there. That k_b is a single wave number makes q(k) = ψ(k) − ψ(k_b), with ψ = q − q(0) a sum of powers |k|^a, a ≤ 2,
//! with positive factors: a Lévy exponent. The claims are about waves beyond the band, and about nothing else: data
//! without longer waves have no mass, so that a density carries such data up to what of them lies in the band.

use super::waves::Model;
use super::{Claim, Level, Report, smoothing};
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Poly, Var};
use crate::exact::range::Range;
use crate::exact::{Algebra, Reader};
use crate::sign::{Fact, Region, Relation};
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::condition::{Comparison, Condition, StatedCondition};
use genphys_pde::verdict::{Problem, Status};
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::collections::BTreeMap;

/// Checks C1 for the waves beyond a band.
pub(super) fn check(claim: &Claim, status: Status, conditions: &[StatedCondition], report: &mut Report) {
    let part = "c1";
    if status != Status::Conditional || claim.problem != Problem::HalfSpace {
        report.add(part, Level::Rejected, "a band is a condition of a half-space problem");
        return;
    }
    let edge = match conditions {
        [single] => match single.condition() {
            Condition::Relation(Expr { kind: ExprKind::Symbol(k), .. }, Comparison::Greater, edge) if k == "k" => {
                Some((single, edge))
            }
            _ => None,
        },
        _ => None,
    };
    let Some((stated, edge)) = edge else {
        match without_edge(claim, conditions) {
            Some(()) => report.add(part, Level::Proved, format!("waves with {} {BEYOND}", conditions.join(" and "))),
            None => report.add(part, Level::Unchecked, "the band is out of reach of the checker"),
        }
        return;
    };
    match proof(claim, edge) {
        Some(true) => {
            report.add(part, Level::Proved, format!("waves with {stated} {BEYOND}"));
        }
        Some(false) => {
            report.add(part, Level::Rejected, format!("{} is not the edge of a band", genphys_pde::print_expr(edge)))
        }
        None => report.add(part, Level::Unchecked, "the band is out of reach of the checker"),
    }
}

const BEYOND: &str = "have one branch that decays, longer ones keep their amplitude; said of waves beyond the band only (sufficient only)";

/// The edge is not written down: q > 0 exactly where the condition holds, and q rises with |k| as a sum of slow powers,
/// from a negative number.
fn without_edge(claim: &Claim, conditions: &[StatedCondition]) -> Option<()> {
    let list = super::condition::all(conditions);
    let mut model = Model::new(claim)?;
    smoothing::beyond_a_band(&mut model, &list)?;
    let waves = model.waves()?;
    let (lead, rest) = (&waves.symbol.a.last()?.0, waves.symbol.a[0].0.negated());
    waves.region.prove(lead, Relation::Positive)?;
    // One component alone is a length.
    let wave = match waves.components[..] {
        [] => waves.k,
        [single] if !rest.contains(waves.k) => single,
        _ => return None,
    };
    let degree = if wave == waves.k { waves.degree } else { 1 };
    if wave != waves.k && rest.coefficients(wave).iter().skip(1).step_by(2).any(|c| !c.is_zero()) {
        return None;
    }
    let slow =
        rest.degree(wave) <= 2 * degree && rest.variables().iter().all(|v| *v == wave || waves.parameters.contains(v));
    let rises = rest
        .coefficients(wave)
        .iter()
        .skip(1)
        .all(|c| c.is_zero() || waves.region.prove(c, Relation::Positive).is_some());
    (slow && rises).then_some(())
}

fn proof(claim: &Claim, edge: &Expr) -> Option<bool> {
    let mut algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, 0)?;
    let symbol = Reader::new(&mut algebra, claim.pde).equation()?;
    let [a0, a1, a2] = symbol.a.as_slice() else { return None };
    if !symbol.drift.is_zero() || !algebra.is_zero(a1)? {
        return None;
    }
    let q = algebra.over(a0, a2)?.negated();
    let (q, k) = (q.as_real()?.clone(), algebra.k());
    let q = algebra.reduced(&q)?;
    let edge = Reader::new(&mut algebra, claim.pde).scalar(edge)?;
    let edge = algebra.reduced(edge.as_real()?)?;
    let others = |f: &Fraction, v: Var| algebra.depends(f, v);
    if others(&edge, k) || others(&edge, algebra.time()) || others(&q, algebra.time()) {
        return None;
    }
    let known = ranges(&algebra, [&q, &edge])?;
    let region = Region::new(known);
    // The numerator and the denominator of the edge have one sign.
    let positive = |region: &Region, f: &Fraction| {
        let product = f.num.times(&f.den)?;
        region.prove(&region.reduced(&product)?, Relation::Positive).map(|_| ())
    };
    if positive(&region, &edge.negated()).is_some() || !algebra.is_zero(&q.substitute(k, &edge)?.into())? {
        return Some(false);
    }
    positive(&region, &edge)?;
    // q·(k − k_b) is positive: beyond the edge both are, below it none is.
    let distance = Fraction::var(k).minus(&edge)?;
    let gap = distance.num.times(&distance.den)?;
    let (beyond, below) = (region.with(Fact::positive(gap.clone())), region.with(Fact::positive(gap.negated())));
    let (of_edge, of_band) = (shifted(&algebra, &q, k, &edge)?, within(&algebra, &q, k, &edge)?);
    let above = positive(&of_edge.0, &of_edge.1).or_else(|| positive(&beyond, &q));
    let under = positive(&of_band.0, &of_band.1.negated()).or_else(|| positive(&below, &q.negated()));
    above.and(under)?;
    Some(is_sum_of_slow_powers(&algebra, &q, k))
}

/// q at k = k_b + u, u > 0.
fn shifted(algebra: &Algebra, q: &Fraction, k: Var, edge: &Fraction) -> Option<(Region, Fraction)> {
    let value = algebra.reduced(&q.substitute(k, &edge.plus(&Fraction::var(k))?)?)?;
    let region = Region::new(ranges(algebra, [&value, edge])?).with_range(k, Range::positive());
    Some((region, value))
}

/// q at k = k_b u, 0 < u < 1.
fn within(algebra: &Algebra, q: &Fraction, k: Var, edge: &Fraction) -> Option<(Region, Fraction)> {
    let value = algebra.reduced(&q.substitute(k, &edge.times(&Fraction::var(k))?)?)?;
    let unit =
        Range { lower: Some((BigRational::zero(), false)), upper: Some((BigRational::one(), false)), excluded: None };
    let region = Region::new(ranges(algebra, [&value, edge])?).with_range(k, unit);
    Some((region, value))
}

/// What is known of the variables; `None` where one may be no real number.
fn ranges(algebra: &Algebra, list: [&Fraction; 2]) -> Option<BTreeMap<Var, Range>> {
    let variables = list.iter().flat_map(|f| f.variables());
    variables.map(|v| Some((v, algebra.range(v)?.clone()))).collect()
}

/// Σ c_j k^{a_j} with c_j > 0 for a_j > 0, a_j ≤ 2.
fn is_sum_of_slow_powers(algebra: &Algebra, q: &Fraction, k: Var) -> bool {
    if algebra.depends(&q.den.clone().into(), k) || q.num.degree(k) > 2 {
        return false;
    }
    let coefficients: Vec<Poly> = q.num.coefficients(k);
    coefficients.iter().skip(1).filter(|c| !c.is_zero()).all(|c| {
        Fraction::new(c.clone(), q.den.clone())
            .is_some_and(|c| !algebra.depends(&c, k) && (algebra.is_positive(&c) || is_positive_number(&c)))
    })
}

fn is_positive_number(value: &Fraction) -> bool {
    use num_traits::Signed;
    value.as_constant().is_some_and(|c| c.is_positive())
}
