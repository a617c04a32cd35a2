//! C2 with coefficients that depend on the time, or drift in x, first order in time: |p̂(k, t)/p̂(0, t)| = e^{−E(k, t)}.
//!
//! E is compared with the equation by its derivative with respect to the time and its value at the start; it must be
//! positive at all times for every k ≠ 0, and tend to infinity at the end unless the report limits its claim.

use super::condition::Condition;
use super::smoothing::{formula, under_conditions};
use super::waves::Model;
use super::{Level, Report};
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::Var;
use crate::sign::{Proof, Region, Relation, both};
use num_rational::BigRational;
use std::collections::BTreeMap;

/// Checks E and, with drift, the scale Θ of the coordinates that move along.
pub(super) fn check(
    model: &mut Model,
    conditions: &[Condition],
    exponent: Option<&str>,
    scale: Option<&str>,
    report: &mut Report,
) -> Option<()> {
    let symbol = model.symbol()?;
    let [a0, a1] = &symbol.a[..] else { return None };
    let psi = model.algebra.over(a0, a1)?.re;
    let at_rest = model.at_rest(&psi.clone().into())?.re;
    let mut rate = model.algebra.reduced(&psi.minus(&at_rest)?)?;
    let time = model.algebra.time();
    // φ_t = θ div(x φ) + … with θ = −drift/a₁.
    let theta = model.algebra.over(&symbol.drift, a1)?.as_real()?.negated();
    if !theta.is_zero() {
        let scale = model.expression(scale?, None)?;
        let change = model.algebra.derivative(&scale, time)?.minus(&theta)?;
        if !model.algebra.reduced(&change)?.is_zero() || model.depends_on_wave(&scale) {
            report.add("c2", Level::Rejected, "the scale of the moving coordinates does not fit the drift");
            return Some(());
        }
        rate = in_moving_coordinates(model, &rate, &scale)?;
    }
    let exponent = model.expression(exponent?, None)?;
    let change = model.algebra.derivative(&exponent, time)?.minus(&rate)?;
    if !model.algebra.reduced(&change)?.is_zero() {
        report.add("c2", Level::Rejected, "the exponent of the amplitude does not change as the equation says");
        return Some(());
    }
    let range = model.algebra.range(time)?.clone();
    let (start, _) = range.lower.clone()?;
    let at_start = model.replaced(&exponent, &BTreeMap::from([(time, Fraction::constant(start.clone()))]))?;
    if !at_start.is_zero() {
        report.add("c2", Level::Rejected, "the exponent of the amplitude is not 0 at the start");
        return Some(());
    }
    let region = model.region_of(&[&exponent, &rate])?;
    let mut later = range.clone();
    later.lower = Some((start, false));
    let region = region.with_range(time, later);
    let formula = formula(model, conditions)?;
    let (signed, rate) = (model.signed(&exponent)?, model.signed(&rate)?);
    let (num, den) = (model.flat(&exponent.num)?, model.flat(&exponent.den)?);
    let components = model.components();
    let limited = conditions.iter().any(|c| c.unreadable().is_some());
    let end = range.upper.map(|(end, _)| end);
    let holds = |part: &Region| -> Option<Proof> {
        let parts = if components.is_empty() { vec![part.clone()] } else { part.off_zero(&components) };
        let mut proof = Proof::new();
        for region in &parts {
            let rises =
                region.prove(&signed, Relation::Positive).or_else(|| region.prove(&rate, Relation::Positive))?;
            proof = both(proof, rises);
            if limited {
                continue;
            }
            let forgets = match &end {
                None if den.contains(time) => None,
                None => Some(both(
                    region.prove(&den, Relation::Positive)?,
                    model.tends_to_infinity(region, &num, time, None)?,
                )),
                // A pole at the end of a finite interval.
                Some(end) => {
                    let (top, bottom) = (num.at(time, end), den.at(time, end));
                    let clear = [&num, &den].iter().all(|p| {
                        p.variables().iter().all(|v| *v == time || !model.algebra.depends(&Fraction::var(*v), time))
                    });
                    let pole = (clear && bottom.is_zero()).then(|| region.prove(&top, Relation::NonZero)).flatten();
                    pole.or_else(|| {
                        (!den.contains(time)).then(|| model.has_logarithmic_pole(region, &num, end)).flatten()
                    })
                }
            };
            proof = both(proof, forgets?);
        }
        Some(proof)
    };
    under_conditions(formula.as_ref(), &region, &holds, &|_| None, report)
}

/// With k e^Θ in place of k; `None` where k is inside of functions other than powers.
fn in_moving_coordinates(model: &mut Model, rate: &Fraction, scale: &Fraction) -> Option<Fraction> {
    let waves: Vec<Var> = model.components().into_iter().chain([model.algebra.k()]).collect();
    let mut by = BTreeMap::new();
    for v in rate.variables() {
        let degree = if waves.contains(&v) {
            Fraction::one()
        } else if !model.depends_on_wave(&Fraction::var(v)) {
            continue;
        } else {
            let of_wave = |f: &Fraction| waves.iter().any(|w| *f == Fraction::var(*w));
            match model.algebra.atom(v)? {
                Atom::Root { degree, of } if of_wave(of) => {
                    Fraction::constant(BigRational::new(1.into(), (*degree).into()))
                }
                Atom::Power { base, exponent } if of_wave(base) => exponent.clone(),
                _ => return None,
            }
        };
        let factor = model.algebra.exp(&scale.times(&degree)?.into())?;
        by.insert(v, factor.as_real()?.times(&Fraction::var(v))?);
    }
    model.replaced(rate, &by)?.as_real().cloned()
}
