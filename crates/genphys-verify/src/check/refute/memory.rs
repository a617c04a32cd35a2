//! C1 of evolution equations refuted by the point mass at the source (Wiener) and, where they are linear in |k|², by
//! what is necessary of a point at rest and a mixture of heat kernels.

use super::Refuted;
use super::ray::{Along, Exact, Terms, low, minus, number, product as multiplied, top};
use crate::check::in_time::{
    all, any, at_slowest, density, difference, discriminant, not_negative, over_s, product, settled, times, trimmed,
};
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly};
use crate::sign::Relation;
use crate::sign::logic::Formula;

/// a_j along the first axis as (power of |k|, coefficient), times one positive factor; real coefficients only.
fn coefficients(exact: &Exact) -> Option<Vec<Vec<(i64, Poly)>>> {
    let direction = exact.directions().into_iter().next()?;
    let mut list = Vec::new();
    for c in &exact.a {
        let Along { re, im, den } = exact.along(c, &direction)?;
        let (e, base) = top(&den)?;
        // A square that is free of k.
        (den.len() == 1 && *e == number(0) && im.is_empty() && exact.nonzero(base)).then_some(())?;
        list.push((re, base.clone()));
    }
    let one = |i: usize| -> Option<Vec<(i64, Poly)>> {
        let others = list.iter().enumerate().filter(|(j, (_, base))| *j != i && *base != Poly::one());
        let factor = others.map(|(_, (_, base))| base).try_fold(Poly::one(), |product, base| product.times(base))?;
        let power = |e: &num_rational::BigRational| e.is_integer().then(|| i64::try_from(e.to_integer()).ok())?;
        list[i].0.iter().map(|(e, p)| Some((power(e)?, p.times(&factor)?))).collect()
    };
    (0..list.len()).map(one).collect()
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

/// As |k| → ∞ the mean of p̂ tends to the mass A(t) of the point at the source, A = L⁻¹[(D_∞ − D_∞(0))/(s D_∞)], D_∞
/// the coefficient of the highest power of |k| in D (Wiener): if its slowest zeros are not real, A oscillates around 0.
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

/// E and B by rising power of s where the equation is E(s) + B(s) c|k|², the leading coefficient of B positive.
fn linear(exact: &Exact) -> Option<[Vec<Poly>; 2]> {
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
    Some([e, b])
}

/// E and B of degrees 3 and 1 with positive leading coefficients and B(0) ≠ 0: p̂ is that of the point at the source,
/// up to O(|k|^{−2}), and e^{−αt} c sin(v|k|t)/|k|, so that p, seen along a line, has a step where the front is. In N ≥
/// 4 no finite measure has: the marginals of spheres around the source are continuous off it, and bounded away from it
/// (dominated convergence).
pub(super) fn front(exact: &Exact) -> Option<Refuted> {
    let [e, b] = linear(exact)?;
    let ([_, _, _, e3], [b0, b1]) = (&e[..], &b[..]) else { return None };
    let text = "p, seen along a line, has a step at its front, which no finite measure has in N >= 4";
    (exact.positive(e3) && exact.positive(b1) && exact.nonzero(b0))
        .then(|| Refuted { text: text.into(), from_dimension: 4 })
}

/// E(s) + B(s) c|k|²: near the source, for small t and large r, and over all times.
pub(super) fn memory(exact: &Exact) -> Option<Refuted> {
    let [e, b] = linear(exact)?;
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
    let h = trimmed(&over_s(&difference(&product(&e, std::slice::from_ref(&b0))?, &product(&b, &[e0])?)));
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

/// |p̂(k, t)| ≤ p̂(0, t) = 1 where a_0(0) = 0 and a_0 is not 0 everywhere: all zeros of D have Re s ≤ 0, so that up to order three all coefficients and a_1 a_2 − a_0 a_3
/// are ≥ 0 for long and for short waves (Routh, Hurwitz), given a positive leading coefficient.
pub(super) fn faster(exact: &Exact) -> Option<Refuted> {
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let list = coefficients(exact)?;
    let terms = |i: usize| -> Terms { list[i].iter().map(|(e, p)| (number(*e), p.clone())).collect() };
    let order = list.len() - 1;
    let all: Vec<Terms> = (0..=order).map(terms).collect();
    // Where a_0 = 0 a wave that grows may have no share in p̂, whose residues are −a_0/(s D′(s)).
    let grounded = all[0].keys().all(|e| *e > number(0)) && exact.is_something(&all[0]);
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

/// a s² + (b + i f·k) s + k·C k + i e·k + d in two or more components with a positive definite form C/a + f fᵀ/(4a²):
/// in a moving frame the short waves have phases ω(k) t, ω a norm, and shares (1 ± f·k/(2aω))/2, so that the mean of
/// |p̂|² over large balls is positive while no point has a mass (Wiener).
pub(super) fn moving_front(exact: &Exact) -> Option<Refuted> {
    let [c, b, a] = exact.a.as_slice() else { return None };
    if exact.a.iter().any(|x| exact.has_time(x)) || exact.has_wave(a) || a.as_real().is_none() {
        return None;
    }
    let variables: Vec<_> = exact.algebra.components().iter().chain(&exact.algebra.beyond()).copied().collect();
    let (b, c) = (exact.algebra.over(b, a)?, exact.algebra.over(c, a)?);
    let only = |f: &Fraction, degrees: &[u32]| {
        let degree =
            |m: &Monomial| m.powers().iter().filter(|(v, _)| variables.contains(v)).map(|(_, e)| *e).sum::<u32>();
        let other = f.num.variables().into_iter().any(|v| exact.depends(v) && !variables.contains(&v));
        !other
            && f.den.variables().iter().all(|v| !exact.depends(*v))
            && f.num.terms().all(|(m, _)| degrees.contains(&degree(m)))
    };
    let fits = only(&b.re, &[0]) && only(&b.im, &[1]) && only(&c.re, &[0, 2]) && only(&c.im, &[1]);
    if variables.len() < 2 || !fits {
        return None;
    }
    let four = Fraction::integer(4);
    let whole = c.re.times(&four)?.plus(&b.im.times(&b.im)?)?;
    let value = whole.num.times(&whole.den)?;
    let constant = variables.iter().fold(value.clone(), |p, v| p.at(*v, &number(0)));
    exact.definite(&value.minus(&constant), &variables).then_some(())?;
    let text = "a wave equation in more than one dimension, in a moving frame: p-hat oscillates for ever, which needs point masses (Wiener)";
    Some(Refuted { text: text.into(), from_dimension: u32::try_from(variables.len()).ok()? })
}

/// C2 of a s⁴ + b s² + c, even in time: the zeros s² at k = 0 are real and not positive, one of them simple and
/// negative; it stays so for long waves, which then oscillate for ever with Re s = 0, the slowest rate at k = 0.
pub(super) fn even_in_time(exact: &Exact) -> Option<String> {
    let [_, s1, _, s3, a] = exact.a.as_slice() else { return None };
    if !s1.is_zero() || !s3.is_zero() || exact.has_wave(a) || exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let list = coefficients(exact)?;
    if list.iter().flatten().any(|(e, _)| *e < 0) {
        return None;
    }
    let at_rest = |i: usize| list[i].iter().find(|(e, _)| *e == 0).map_or_else(Poly::zero, |(_, p)| p.clone());
    let (mut a, mut b, mut c) = (at_rest(4), at_rest(2), at_rest(0));
    if exact.negative(&a) {
        (a, b, c) = (a.negated(), b.negated(), c.negated());
    }
    let spread = discriminant(&[c.clone(), b.clone(), a.clone()])?;
    let real = exact.positive(&a) && exact.positive(&b) && exact.positive(&spread);
    (real && exact.holds(&c, Relation::NonNegative))
        .then(|| "the equation is even in time, and long waves oscillate for ever".to_string())
}
