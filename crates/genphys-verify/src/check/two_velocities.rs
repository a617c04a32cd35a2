//! C1 of a φ_tt + f φ_xt + b φ_t + e φ_x − c φ_xx + d φ = 0 along one axis: a Markov chain of two velocities.

use super::exact_theorem::{Found, conclude, converse};
use super::in_time::{all, not_negative, positive, times};
use super::memory::region_of;
use super::waves::Model;
use super::{Claim, Report};
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::sign::logic::Formula;
use genphys_pde::condition::Condition;

/// Checks [`Certificate::TwoVelocities`](genphys_pde::certificate::Certificate); `form` is [a, b, c, d, e, f].
pub(super) fn check(claim: &Claim, conditions: &[Condition], form: [&String; 6], axis: u32, report: &mut Report) {
    let found = Model::new(claim).and_then(|mut model| verdict(&mut model, conditions, form, axis));
    conclude(claim, conditions, found, report);
}

fn verdict(model: &mut Model, conditions: &[Condition], form: [&String; 6], axis: u32) -> Found {
    let list: Vec<Poly> =
        form.iter().map(|text| Some(model.expression(text, None)?.as_poly()?.clone())).collect::<Option<_>>()?;
    let [a, b, c, d, e, f] = &list[..] else { return None };
    let symbol = model.symbol()?;
    let [a0, a1, a2] = &symbol.a[..] else { return Some(Err("the equation is not of second order in time")) };
    let wave = Fraction::var(*model.algebra.components().get(axis as usize - 1)?);
    let real = |p: &Poly| Fraction::from(p.clone());
    let forms = [
        Complex { re: real(d).plus(&real(c).times(&wave.times(&wave)?)?)?, im: real(e).times(&wave)? },
        Complex { re: real(b), im: real(f).times(&wave)? },
        Complex::from(real(a)),
    ];
    for form in &list {
        if model.depends_on_wave(&real(form)) || model.depends_on_time(&real(form)) {
            return Some(Err("a coefficient of the form is not constant"));
        }
    }
    let scale = model.algebra.over(a2, &forms[2])?;
    if model.depends_on_wave(&scale.re) || model.depends_on_wave(&scale.im) || !symbol.drift.is_zero() {
        return Some(Err("the form is not that of the equation"));
    }
    for (x, y) in [a0, a1, a2].into_iter().zip(&forms) {
        if !model.algebra.same(x, &model.algebra.times(&scale, y)?)? {
            return Some(Err("the form is not that of the equation"));
        }
    }
    let apart = f.times(f)?.plus(&times(&a.times(c)?, 4));
    let apex = times(&b.times(c)?, 2).plus(&e.times(f)?);
    let jumps =
        b.times(b)?.times(c)?.plus(&b.times(e)?.times(f)?).minus(&a.times(&e.times(e)?)?).minus(&d.times(&apart)?);
    let needed = all([positive(a), positive(&apart), not_negative(c), not_negative(&apex), not_negative(&jumps)]);
    let stated: Vec<Formula> =
        conditions.iter().filter(|c| c.is_about_parameters()).map(|c| model.formula(c)).collect::<Option<_>>()?;
    let region = region_of(model, &list.iter().collect::<Vec<_>>())?;
    // The theorem is exact.
    let converse = converse(&all(stated), &needed, &region)?;
    Some(Ok(("a Markov chain of two velocities, with shares and rates that are not negative", converse)))
}
