//! C1 of a rational symbol on the line: ψ = p(z)/q(z), z = ik, is a polynomial and jumps with a density made of
//! exponentials.

use super::exact_theorem::{Found, conclude, converse};
use super::in_time::{all, any, density, divided, maps_half_plane, not_negative, positive, times, trimmed, zero};
use super::memory::{in_s, region_of};
use super::waves::Model;
use super::{Claim, Level, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::sign::logic::Formula;
use genphys_pde::condition::Condition;

/// Checks [`Certificate::RationalExponent`](genphys_pde::certificate::Certificate).
pub(super) fn check(claim: &Claim, conditions: &[Condition], [top, bottom]: [&String; 2], report: &mut Report) {
    if claim.dims != (1, Some(1)) {
        report.add("c1", Level::Rejected, "the proof is for N = 1 only");
        return;
    }
    let found = Model::new(claim).and_then(|mut model| verdict(&mut model, conditions, [top, bottom]));
    conclude(claim, conditions, found, report);
}

/// A polynomial at z = ik.
fn at_ik(p: &[Poly], k: &Fraction) -> Option<Complex> {
    let z = Complex::i().scaled(k)?;
    p.iter().rev().try_fold(Complex::zero(), |sum, c| sum.times(&z)?.plus(&Fraction::from(c.clone()).into()))
}

fn verdict(model: &mut Model, conditions: &[Condition], [top, bottom]: [&String; 2]) -> Found {
    let (p, q) = (in_s(model, top)?, in_s(model, bottom)?);
    let symbol = model.symbol()?;
    let [a0, a1] = &symbol.a[..] else { return Some(Err("the equation is not of first order in time")) };
    let wave = Fraction::var(model.algebra.components().first().copied().unwrap_or(model.algebra.k()));
    let (above, below) = (at_ik(&p, &wave)?, at_ik(&q, &wave)?);
    let (left, right) = (model.algebra.times(a0, &below)?, model.algebra.times(a1, &above)?);
    if !model.algebra.same(&left, &right)? || !symbol.drift.is_zero() {
        return Some(Err("the form is not that of the equation"));
    }
    let (quotient, rest) = divided(&p, &q)?;
    let mut needed = vec![positive(q.last()?)];
    needed.extend(quotient.iter().skip(3).map(zero));
    needed.extend(quotient.get(2).map(|c| not_negative(&c.negated())));
    needed.push(regular(&q)?);
    needed.push(jumps(&trimmed(&rest), &q)?);
    let needed = all(needed);
    let stated: Vec<Formula> = conditions.iter().map(|c| model.formula(c)).collect::<Option<_>>()?;
    let region = region_of(model, &p.iter().chain(&q).collect::<Vec<_>>())?;
    let converse = converse(&all(stated), &needed, &region)? && q.len() <= 3;
    Some(Ok(("drift, diffusion and jumps with a density that is not negative", converse)))
}

/// q has no zero on the imaginary axis: up to degree two by its coefficients.
fn regular(q: &[Poly]) -> Option<Formula> {
    let not_zero = |p: &Poly| any([positive(p), positive(&p.negated())]);
    match q {
        [q0, _] => Some(not_zero(q0)),
        [q0, q1, _] => Some(any([positive(&q0.negated()), all([positive(q0), not_zero(q1)])])),
        _ => None,
    }
}

/// The density of −r/q is not negative on either side of 0.
fn jumps(r: &[Poly], q: &[Poly]) -> Option<Formula> {
    let none = Poly::zero();
    let (r0, r1) = (r.first().unwrap_or(&none), r.get(1).unwrap_or(&none));
    match q {
        [q0, _] => Some(not_negative(&r0.times(q0)?.negated())),
        [q0, q1, q2] => {
            // Poles on both sides: r ≥ 0 at both zeros, by their sum and product.
            let sum = times(&r0.times(q2)?, 2).minus(&r1.times(q1)?);
            let product = r0.times(r0)?.times(q2)?.minus(&r0.times(r1)?.times(q1)?).plus(&r1.times(r1)?.times(q0)?);
            let either = all([positive(&q0.negated()), not_negative(&sum), not_negative(&product)]);
            let right = density(&[r0.negated(), r1.negated()], q, 1)?;
            let mirrored = [q0.clone(), q1.negated(), q2.clone()];
            let left = density(&[r0.negated(), r1.clone()], &mirrored, 1)?;
            Some(any([
                either,
                all([positive(q0), positive(q1), right]),
                all([positive(q0), positive(&q1.negated()), left]),
            ]))
        }
        _ => {
            let turned: Vec<Poly> = std::iter::once(none).chain(r.iter().map(Poly::negated)).collect();
            maps_half_plane(&turned, q)
        }
    }
}
