//! The kind of problem that an equation poses in t, where it is cheap to tell: by the leading power of |k|.
//!
//! First order, s = −ψ: an evolution where Re ψ is bounded below (Petrovsky), ill posed where it tends to −∞. Second
//! order with real coefficients, s² + bs + c = 0 with b free of k: an evolution where c is bounded below, since then b²
//! − 4c is bounded above and so is Re s; a half-space problem where c → −∞, since then one real root tends to +∞ and
//! one to −∞.

use super::linearised::Background;
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::{Poly, Var};
use crate::exact::{Algebra, Reader};
use crate::sign::{Region, Relation};
use genphys_pde::verdict::Problem;
use std::collections::BTreeMap;

pub(super) fn check(claim: &Claim, report: &mut Report) {
    let found = kind(claim);
    match (found, claim.problem) {
        (Some(found), stated) if found == stated => {
            report.add("problem", Level::Proved, "the kind of problem follows from short waves");
        }
        // What is said under "undetermined" holds for each kind.
        (_, Problem::Undetermined) | (None, _) => {
            report.add("problem", Level::Unchecked, "the kind of problem is out of reach of the checker");
        }
        (Some(found), stated) => {
            report.add("problem", Level::Rejected, format!("the problem is {found:?}, not {stated:?}"));
        }
    }
}

/// The kind of problem for all parameter values in the domains, where short waves show it.
pub(super) fn kind(claim: &Claim) -> Option<Problem> {
    let mut algebra;
    let symbol = if claim.pde.nonlinear.is_empty() {
        algebra = Algebra::new(claim.work, claim.pde, claim.derivation, claim.dims, claim.components())?;
        Reader::new(&mut algebra, claim.pde).equation()?
    } else {
        let background = Background::read(claim.pde, claim.derivation.background.as_deref()?)?;
        let extended = background.extended(claim.pde);
        algebra = Algebra::new(claim.work, &extended, claim.derivation, claim.dims, claim.components())?;
        background.symbol(&mut algebra, &extended)?.0
    };
    let time = algebra.time();
    let moves = |c: &Complex| algebra.depends(&c.re, time) || algebra.depends(&c.im, time);
    if !symbol.drift.is_zero() || symbol.a.iter().any(moves) {
        return None;
    }
    match symbol.a.as_slice() {
        [a0, a1] => {
            let psi = algebra.over(a0, a1)?;
            Some(if rises(&algebra, &psi.re)? { Problem::Evolution } else { Problem::IllPosed })
        }
        [a0, a1, a2] => {
            let (b, c) = (algebra.over(a1, a2)?, algebra.over(a0, a2)?);
            let b = b.as_real()?;
            if waves(&algebra).iter().any(|v| algebra.depends(b, *v)) {
                return None;
            }
            let c = algebra.reduced(c.as_real()?)?;
            if rises(&algebra, &c)? {
                return Some(Problem::Evolution);
            }
            // Along other directions c must fall as well.
            let in_all = !algebra.components().iter().any(|v| algebra.depends(&c, *v)) || claim.components() == 1;
            (in_all && algebra.beyond().is_none()).then_some(Problem::HalfSpace)
        }
        _ => None,
    }
}

fn waves(algebra: &Algebra) -> Vec<Var> {
    algebra.components().iter().copied().chain(algebra.beyond()).chain([algebra.k()]).collect()
}

/// Whether a polynomial in |k|, or in the one component of k, is bounded below (true) or tends to −∞ (false) as |k| →
/// ∞.
fn rises(algebra: &Algebra, value: &Fraction) -> Option<bool> {
    let value = algebra.reduced(value)?;
    let all = waves(algebra);
    let used: Vec<Var> = all.iter().copied().filter(|v| algebra.depends(&value, *v)).collect();
    let wave = match used.as_slice() {
        [] => return Some(true),
        [single] => *single,
        _ => return is_nonnegative(algebra, &value, &used),
    };
    let rational = |p: &Poly| p.variables().iter().all(|v| *v == wave || !algebra.depends(&Fraction::var(*v), wave));
    let degree = value.num.degree(wave);
    let odd = wave != algebra.k() && degree % 2 == 1;
    if odd || value.den.contains(wave) || !rational(&value.num) || !rational(&value.den) {
        return is_nonnegative(algebra, &value, &used);
    }
    let lead = value.num.coefficients(wave).pop()?.times(&value.den)?;
    let region = region(algebra, &lead)?;
    if region.prove(&lead, Relation::Positive).is_some() {
        return Some(true);
    }
    region.prove(&lead.negated(), Relation::Positive).map(|_| false)
}

fn region(algebra: &Algebra, p: &Poly) -> Option<Region> {
    let ranges = p.variables().into_iter().map(|v| Some((v, algebra.range(v)?.clone())));
    Some(Region::new(ranges.collect::<Option<BTreeMap<_, _>>>()?))
}

/// Whether what depends on the wave is nowhere negative.
fn is_nonnegative(algebra: &Algebra, value: &Fraction, used: &[Var]) -> Option<bool> {
    let moves = |f: &Fraction| used.iter().any(|v| algebra.depends(f, *v));
    let mut num = value.num.clone();
    if !moves(&value.den.clone().into()) {
        for (m, c) in value.num.terms() {
            let term = Poly::monomial(m.clone()).scaled(c);
            if !moves(&term.clone().into()) {
                num = num.minus(&term);
            }
        }
    }
    let product = num.times(&value.den)?;
    region(algebra, &product)?.prove(&product, Relation::NonNegative).map(|_| true)
}
