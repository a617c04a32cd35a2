//! C2 by the factors of the symbol, and of equations that are even in time.

use super::Report;
use super::decay::Waves;
use super::in_time::times;
use super::memory::S;
use super::stability::{Shift, Symbol};
use super::under_conditions::under_conditions;
use super::waves::Model;
use crate::exact::Reader;
use crate::exact::fraction::{Complex, Fraction};
use crate::exact::poly::Poly;
use crate::sign::{Proof, Region, Relation, both};
use genphys_pde::certificate::Factor;
use genphys_pde::condition::Condition;
use genphys_pde::verdict::Problem;
use num_traits::Zero;

/// Each factor has the property of its own, and their product is the symbol: the branches are those of the factors, and
/// each decays faster than a branch of its factor at k = 0, which counts.
pub(super) fn product(
    model: &mut Model,
    conditions: &[Condition],
    factors: &[Factor],
    report: &mut Report,
) -> Option<()> {
    let whole = model.waves()?;
    let symbol = model.symbol()?;
    let mut list: Vec<(Waves, Vec<Shift>)> = Vec::new();
    let mut multiplied: Vec<Complex> = vec![Complex::one()];
    for factor in factors {
        let expr = genphys_pde::parse_expression(&factor.polynomial).ok()?;
        let value =
            Reader::new(&mut model.algebra, model.claim.pde).with("s", Fraction::var(S).into()).scalar(&expr)?;
        let value = value.as_real()?.clone();
        let den = value.den.as_constant().filter(|d| !d.is_zero())?;
        let a: Vec<Poly> = value.num.scaled(&den.recip()).coefficients(S);
        for _ in 0..factor.power {
            multiplied = times_list(model, &multiplied, &a)?;
        }
        let at_rest: Vec<(Poly, Poly)> = a
            .iter()
            .map(|c| {
                Some((model.at_rest(&Fraction::from(c.clone()).into())?.as_real()?.as_poly()?.clone(), Poly::zero()))
            })
            .collect::<Option<_>>()?;
        let flat = a.iter().map(|c| Some((model.flat(c)?, Poly::zero()))).collect::<Option<_>>()?;
        let waves = Waves { symbol: Symbol { a: flat }, at_rest: Symbol { a: at_rest }, ..whole.clone() };
        list.push((waves, model.shifts(&factor.rates, None)?));
    }
    let scale = model.algebra.over(symbol.a.last()?, multiplied.last()?)?;
    if symbol.a.len() != multiplied.len() || model.depends_on_wave(&scale.re) || model.depends_on_wave(&scale.im) {
        return None;
    }
    for (a, f) in symbol.a.iter().zip(&multiplied) {
        model.algebra.same(a, &model.algebra.times(&scale, f)?)?.then_some(())?;
    }
    let problem = model.claim.problem;
    let formula = super::under_conditions::formula(model, conditions)?;
    let tools = super::under_conditions::Tools::new(model);
    let holds = |part: &Region| {
        list.iter().try_fold(Proof::new(), |proof, (waves, shifts)| {
            let one = match problem {
                Problem::Evolution => waves.decay(part, shifts, &tools),
                Problem::HalfSpace => waves.half_space(part, shifts, &tools),
                _ => None,
            };
            Some(both(proof, one?))
        })
    };
    under_conditions(formula.as_ref(), &whole.region, &holds, &|_| None, report)
}

fn times_list(model: &Model, a: &[Complex], b: &[Poly]) -> Option<Vec<Complex>> {
    let mut list = vec![Complex::zero(); a.len() + b.len() - 1];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            list[i + j] = list[i + j].plus(&model.algebra.times(x, &Fraction::from(y.clone()).into())?)?;
        }
    }
    Some(list)
}

/// a s⁴ + b s² + c: the zeros s² are real and not positive at k = 0, so that the slowest branch there has Re s = 0; for
/// k ≠ 0 there is none with s² ≤ 0. So of the roots ±√s² two decay and two grow, and what decays has Re s < 0.
pub(super) fn even_in_time(model: &mut Model, conditions: &[Condition], report: &mut Report) -> Option<()> {
    let waves = model.waves()?;
    let reals = |symbol: &Symbol| -> Option<Vec<Poly>> {
        let even = symbol.order() == 4 && symbol.is_real() && symbol.a[1].0.is_zero() && symbol.a[3].0.is_zero();
        even.then(|| symbol.a.iter().step_by(2).map(|(re, _)| re.clone()).collect())
    };
    let spread = |a: &[Poly]| Some(a[1].times(&a[1])?.minus(&times(&a[0].times(&a[2])?, 4)));
    let holds = |part: &Region| -> Option<Proof> {
        let rest = reals(&waves.at_rest.oriented(part)?)?;
        let mut proof = Proof::new();
        for p in [&rest[0], &rest[1], &spread(&rest)?] {
            proof = both(proof, part.prove(p, Relation::NonNegative)?);
        }
        for region in waves.moving(part) {
            let a = reals(&waves.symbol.oriented(&region)?)?;
            let apart = region
                .prove(&spread(&a)?.negated(), Relation::Positive)
                .or_else(|| region.prove(&a[1].negated(), Relation::Positive))?;
            proof = both(proof, both(region.prove(&a[0], Relation::Positive)?, apart));
        }
        Some(proof)
    };
    if model.claim.problem == Problem::Evolution {
        return None;
    }
    let formula = super::under_conditions::formula(model, conditions)?;
    under_conditions(formula.as_ref(), &waves.region, &holds, &|_| None, report)
}
