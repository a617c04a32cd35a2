//! The rate at which waves decay in an equation of first order in time, Re(ψ(k, t) − ψ(0, t)).

use super::waves::Model;
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::Var;
use num_rational::BigRational;
use std::collections::BTreeMap;

/// Re(ψ(k, t) − ψ(0, t)), in coordinates that move with the drift.
pub(super) fn rate(model: &mut Model, scale: Option<&str>) -> Option<Fraction> {
    let (rate, theta) = at_rest(model)?;
    if theta.is_zero() {
        return Some(rate);
    }
    let time = model.algebra.time();
    let scale = model.expression(scale?, None)?;
    let change = model.algebra.derivative(&scale, time)?.minus(&theta)?;
    if !model.algebra.reduced(&change)?.is_zero() || model.depends_on_wave(&scale) {
        return None;
    }
    in_moving_coordinates(model, &rate, &scale)
}

/// Re(ψ(k, t) − ψ(0, t)) in coordinates at rest, and θ of φ_t = θ div(x φ) + ….
pub(super) fn at_rest(model: &mut Model) -> Option<(Fraction, Fraction)> {
    let symbol = model.symbol()?;
    let [a0, a1] = &symbol.a[..] else { return None };
    let psi = model.algebra.over(a0, a1)?.re;
    let at_rest = model.at_rest(&psi.clone().into())?.re;
    let rate = model.algebra.reduced(&psi.minus(&at_rest)?)?;
    Some((rate, model.algebra.over(&symbol.drift, a1)?.as_real()?.negated()))
}

/// With k e^Θ in place of k; `None` where k is inside of functions other than powers.
pub(super) fn in_moving_coordinates(model: &mut Model, rate: &Fraction, scale: &Fraction) -> Option<Fraction> {
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
