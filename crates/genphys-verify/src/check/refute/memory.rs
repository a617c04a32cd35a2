//! C1 of evolution equations refuted by the point mass at the source (Wiener) and, where they are linear in |k|², by what is necessary of a
//! point at rest and a mixture of heat kernels.

use super::Refuted;
use super::ray::{Along, Exact, Terms, low, minus, number, product as multiplied, top};
use crate::check::in_time::{
    all, any, at_slowest, density, difference, discriminant, not_negative, over_s, product, settled, times, trimmed,
};
use crate::exact::poly::Poly;
use crate::sign::logic::Formula;

/// a_j along the first axis as (power of |k|, coefficient), over constants; real coefficients only.
fn coefficients(exact: &Exact) -> Option<Vec<Vec<(i64, Poly)>>> {
    let direction = exact.directions().into_iter().next()?;
    exact
        .a
        .iter()
        .map(|c| {
            let Along { re, im, den } = exact.along(c, &direction)?;
            let (e, base) = top(&den)?;
            let base = base.as_constant().filter(|_| den.len() == 1 && *e == number(0) && im.is_empty())?;
            re.iter()
                .map(|(e, p)| {
                    e.is_integer().then(|| Some((i64::try_from(e.to_integer()).ok()?, p.scaled(&base.recip()))))?
                })
                .collect()
        })
        .collect()
}

/// The formula is false wherever the facts hold.
fn fails(exact: &Exact, formula: &Formula) -> bool {
    match formula {
        Formula::Fact(fact) => {
            let opposite = fact.negated();
            exact.holds(&opposite.poly, opposite.relation)
        }
        Formula::All(list) => list.iter().any(|f| fails(exact, f)),
        Formula::Any(list) => list.iter().all(|f| fails(exact, f)),
    }
}

/// As |k| → ∞ the mean of p̂ tends to the mass A(t) of the point at the source, A = L⁻¹[(D_∞ − D_∞(0))/(s D_∞)], D_∞ the coefficient of the
/// highest power of |k| in D (Wiener): if its slowest zeros are not real, A oscillates around 0.
pub(super) fn atom(exact: &Exact) -> Option<Refuted> {
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let list = coefficients(exact)?;
    let highest = list.iter().flatten().map(|(e, _)| *e).max().filter(|e| *e > 0)?;
    let limit: Vec<Poly> = list
        .iter()
        .map(|terms| terms.iter().find(|(e, _)| *e == highest).map_or_else(Poly::zero, |(_, p)| p.clone()))
        .collect();
    let limit = trimmed(&limit);
    let complex = match &limit[..] {
        [_, _, _] => exact.negative(&discriminant(&limit)?),
        [c0, c1, c2, c3] => {
            let mul =
                |n: i64, list: &[&Poly]| list.iter().try_fold(times(&Poly::one(), n), |product, p| product.times(p));
            let spread = mul(18, &[c3, c2, c1, c0])?
                .minus(&mul(4, &[c2, c2, c2, c0])?)
                .plus(&mul(1, &[c2, c2, c1, c1])?)
                .minus(&mul(4, &[c3, c1, c1, c1])?)
                .minus(&mul(27, &[c3, c3, c0, c0])?);
            // The sign of D_∞/c₃ at the mean of its zeros: positive where the real one lies to the left of the pair.
            let mean = mul(2, &[c2, c2, c2])?.minus(&mul(9, &[c1, c2, c3])?).plus(&mul(27, &[c0, c3, c3])?);
            exact.negative(&spread) && exact.positive(&mean.times(c3)?)
        }
        _ => false,
    };
    let text = "as |k| -> infinity p-hat tends in the mean to the mass of the point at the source (Wiener), which oscillates around 0";
    complex.then(|| Refuted { text: text.into(), from_dimension: 1 })
}

/// E(s) + B(s) c|k|²: near the source, for small t and large r, and over all times.
pub(super) fn memory(exact: &Exact) -> Option<Refuted> {
    let components = exact.algebra.components().len() + usize::from(exact.algebra.beyond().is_some());
    if components > 1 || exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let list = coefficients(exact)?;
    let part = |wanted: i64| -> Vec<Poly> {
        let at = |terms: &Vec<(i64, Poly)>| terms.iter().find(|(e, _)| *e == wanted).map(|(_, p)| p.clone());
        list.iter().map(|terms| at(terms).unwrap_or_else(Poly::zero)).collect()
    };
    if list.iter().flatten().any(|(e, _)| *e != 0 && *e != 2) {
        return None;
    }
    let (mut e, mut b) = (trimmed(&part(0)), trimmed(&part(2)));
    if exact.negative(b.last()?) {
        e = e.iter().map(Poly::negated).collect();
        b = b.iter().map(Poly::negated).collect();
    } else if !exact.positive(b.last()?) {
        return None;
    }
    let found = |text: &str, from_dimension| Some(Refuted { text: text.into(), from_dimension });
    let (e0, b0) = (e.first()?.clone(), b.first()?.clone());
    // g = E/B = g₀ + g₁/s + … with g₀ > 0 needs g₁ ≤ 0.
    if e.len() == b.len() && e.len() > 1 && exact.positive(e.last()?) {
        let n = e.len();
        let next = e[n - 2].times(&b[n - 1])?.minus(&e[n - 1].times(&b[n - 2])?);
        if exact.positive(&next) {
            return found(
                "for small t and large r p is a positive function times a Bessel function that oscillates",
                1,
            );
        }
    }
    let h = trimmed(&over_s(&difference(&product(&e, &[b0.clone()])?, &product(&b, &[e0])?)));
    if h.first()?.is_zero() && exact.nonzero(&b0) {
        return found("the integral of p over all times is 0 off the source, in N >= 2", 2);
    }
    // Its original times log 1/r or r^{2−N} is p near the source.
    let near = match (h.len(), &b[..]) {
        (1 | 2, [_, _, _]) => {
            let none = Poly::zero();
            let (f0, f1) = (h.first()?, h.get(1).unwrap_or(&none));
            all([not_negative(&discriminant(&b)?), not_negative(f1), at_slowest(f1, f0, &b)?])
        }
        (1..=3, [_, _]) => density(&h, &b, 2)?,
        _ => any([all([])]),
    };
    if fails(exact, &settled(&near)) {
        return found("near a point source p turns negative in N >= 2", 2);
    }
    None
}

/// |p̂(k, t)| ≤ p̂(0, t) = 1 where a_0(0) = 0: all zeros of D have Re s ≤ 0, so that up to order three all coefficients and a_1 a_2 − a_0 a_3
/// are ≥ 0 for long and for short waves (Routh, Hurwitz), given a positive leading coefficient.
pub(super) fn faster(exact: &Exact) -> Option<Refuted> {
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let list = coefficients(exact)?;
    let terms = |i: usize| -> Terms { list[i].iter().map(|(e, p)| (number(*e), p.clone())).collect() };
    let order = list.len() - 1;
    let all: Vec<Terms> = (0..=order).map(terms).collect();
    let grounded = all[0].keys().all(|e| *e > number(0));
    let ends =
        |terms: &Terms| [low(terms), top(terms)].into_iter().flatten().map(|(_, p)| p.clone()).collect::<Vec<_>>();
    let lead = ends(&all[order]);
    if !grounded || !(2..=3).contains(&order) || !lead.iter().all(|p| exact.positive(p)) {
        return None;
    }
    let mut needed: Vec<Terms> = all[..order].to_vec();
    if let [a0, a1, a2, a3] = &all[..] {
        needed.push(minus(&multiplied(a1, a2)?, &multiplied(a0, a3)?));
    }
    let text = "|p-hat(k, t)| <= p-hat(0, t) = 1, but some wave grows";
    let grows = needed.iter().flat_map(ends).any(|p| exact.negative(&p));
    grows.then(|| Refuted { text: text.into(), from_dimension: 1 })
}
