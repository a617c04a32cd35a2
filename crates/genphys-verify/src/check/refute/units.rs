//! C2 at one point, and whether one point speaks for all parameter values.

use super::Refuted;
use super::growth::{at_point, not_below};
use super::newton::{Lead, ShortWaves, by_signs, short_waves};
use super::ray::{Along, Direction, Exact, Q, Terms, number, top};
use super::scaling::{Row, covers};
use crate::enclosure::{Enclosed, Interval, Rect, all_roots};
use crate::exact::Atom;
use crate::exact::fraction::Fraction;
use crate::exact::poly::{Monomial, Poly, Var};
use genphys_pde::verdict::Problem;
use num_traits::Zero;
use std::collections::BTreeMap;

/// The growth rates at k and at 0.
pub(super) fn growth(
    exact: &Exact,
    model: &Enclosed,
    problem: Problem,
    params: &BTreeMap<String, Q>,
    k: &[f64],
    [rate, at_zero]: [f64; 2],
) -> Result<Option<Refuted>, String> {
    if k.is_empty() || k.iter().all(|x| *x == 0.0) {
        return Err("the wave vector is 0".into());
    }
    let vector: Vec<Interval> = k.iter().map(|x| Interval::point(*x)).collect();
    let (Some(here), Some(rest)) = (model.symbol(&vector, None), model.symbol(&vec![Interval::ZERO; k.len()], None))
    else {
        return Ok(None);
    };
    // What is stated must be the rates of this equation; it serves as a guess only, so that rounding does no harm.
    for (symbol, stated) in [(&here, rate), (&rest, at_zero)] {
        let middle: Vec<genphys_pde::Complex> =
            symbol.iter().map(|c| genphys_pde::Complex::new(c.re.middle(), c.im.middle())).collect();
        let mut roots = crate::numeric::roots_of(&middle);
        roots.sort_by(|x, y| x.re.total_cmp(&y.re));
        let size = roots.iter().map(|s| s.abs()).fold(1e-6, f64::max);
        let rounding = 1e-6 + 20.0 * size * 1e-15_f64.powf(1.0 / roots.len().max(1) as f64);
        let near = |s: f64| (s - stated).abs() <= 1e-5 * (s.abs() + stated.abs()) + rounding;
        if !roots.iter().any(|s| near(s.re)) {
            return Err(format!("no growth rate is {stated}"));
        }
    }
    let from_dimension = u32::try_from(k.len()).unwrap_or(u32::MAX);
    let text = format!("the growth rate {rate} at k is not below {at_zero} at 0");
    let point: Option<Vec<Q>> = k.iter().map(|x| Q::from_float(*x)).collect();
    let both =
        point.and_then(|k| Some((at_point(exact, &k, params)?, at_point(exact, &vec![Q::zero(); k.len()], params)?)));
    if let Some((k, zero)) = both {
        let guesses = between(rate, at_zero);
        return if not_below(&k, &zero, problem, &guesses) {
            Ok(Some(Refuted { text: format!("{text} (exact count of roots)"), from_dimension }))
        } else if rate < at_zero - 1e-6 * (1.0 + at_zero.abs()) {
            Err(format!("{rate} is below {at_zero}: nothing is violated"))
        } else {
            Ok(None)
        };
    }
    // Not rational: strictly above, by a line between them, or by enclosures of one branch or of all.
    if super::separate::is_above(&here, &rest, problem, [rate, at_zero]) {
        return Ok(Some(Refuted { text: format!("{text} (a line between them, by Hurwitz)"), from_dimension }));
    }
    let fastest = |symbol: &[Rect]| {
        let list: Vec<Interval> = match symbol.len() {
            2 if !symbol[1].may_vanish() => vec![-(symbol[0] / symbol[1]).re],
            2 => return None,
            _ if matches!(problem, Problem::Evolution | Problem::IllPosed) => {
                all_roots(symbol)?.iter().map(|s| s.re).collect()
            }
            _ => return None,
        };
        let top = |f: &dyn Fn(&Interval) -> f64| list.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
        Some((top(&|i| i.lo()), top(&|i| i.hi())))
    };
    let (Some((low, _)), Some((_, high))) = (fastest(&here), fastest(&rest)) else { return Ok(None) };
    Ok((low > high).then_some(Refuted { text: format!("{text} (enclosed)"), from_dimension }))
}

/// Numbers that may lie between two rates: the larger and the smaller one, their mean, and simple numbers near them.
fn between(rate: f64, at_zero: f64) -> Vec<Q> {
    let mut list = Vec::new();
    for x in [at_zero, 0.5 * rate + 0.5 * at_zero, rate] {
        for scale in [1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 1000.0] {
            let near = (x * scale).round();
            if (near - x * scale).abs() < 1e-7 * (1.0 + near.abs())
                && let (Some(a), Some(b)) = (Q::from_float(near), Q::from_float(scale))
            {
                list.push(a / b);
                break;
            }
        }
        list.extend(Q::from_float(x));
    }
    list
}

/// Growth without bound along a direction, and no half-space problem.
pub(super) fn ill_posed(
    exact: &Exact,
    params: &BTreeMap<String, Q>,
    direction: &[f64],
) -> Result<Option<Refuted>, String> {
    let d = rational(exact, direction);
    let Some(a) = d.and_then(|d| leads(exact, params, &d)) else { return Ok(None) };
    let Some(found) = short_waves(&a) else { return Ok(None) };
    if found.rising == 0 && found.unknown == 0 {
        return Ok(None);
    }
    if found.rising == found.falling && found.unknown == 0 && exact.algebra.components().is_empty() {
        return Err("as many branches fall as rise: a half-space problem".into());
    }
    let text =
        format!("{} growth rates rise without bound along a direction, and {} fall", found.rising, found.falling);
    let from_dimension = u32::try_from(direction.len()).unwrap_or(u32::MAX);
    Ok(found.is_ill_posed().then_some(Refuted { text, from_dimension }))
}

/// A direction in whole multiples of 1/1024: what is lost of it in `f64` does not matter, since any direction will do.
fn rational(exact: &Exact, direction: &[f64]) -> Option<Direction> {
    let all = exact.algebra.components().len();
    if all == 0 {
        return Some(Vec::new());
    }
    let mut d: Direction =
        direction.iter().map(|x| Q::from_float((x * 1024.0).round() / 1024.0)).collect::<Option<_>>()?;
    d.resize(all, Q::zero());
    Some(d)
}

/// The leading terms of the a_j along a direction.
fn leads(exact: &Exact, params: &BTreeMap<String, Q>, d: &Direction) -> Option<Vec<Lead>> {
    let numbers = |terms: &Terms| -> Option<BTreeMap<Q, Q>> {
        terms.iter().map(|(e, c)| Some((e.clone(), exact.number(c, params)?))).collect()
    };
    let one = |c: &crate::exact::fraction::Complex| -> Option<Lead> {
        let Along { re, im, den } = exact.along(c, d)?;
        let (re, im, den) = (numbers(&re)?, numbers(&im)?, numbers(&den)?);
        let top = |t: &BTreeMap<Q, Q>| t.iter().rev().find(|(_, c)| !c.is_zero()).map(|(e, _)| e.clone());
        let (down, Some(up)) = (top(&den)?, top(&re).max(top(&im))) else { return Some(None) };
        let part = |t: &BTreeMap<Q, Q>| t.get(&up).cloned().unwrap_or_else(Q::zero) / &den[&down];
        Some(Some(((&up - &down).into(), (part(&re), part(&im)))))
    };
    exact.a.iter().map(one).collect()
}

/// Neither an evolution equation nor a half-space problem: in some direction growth rates rise without bound, and in
/// some direction not as many rise as fall, or all stay bounded while the branches oscillate ever faster. Then C2
/// fails; and so does C1 of second order or higher, where a_0 ≠ 0 along the first direction: the residue of Q/D at that
/// pole is not 0, and |p̂(k, t)| > p̂(0, t) at some t.
pub(super) fn neither(exact: &Exact) -> Option<IllPosed> {
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return None;
    }
    let (mut rising, mut grows_with_force, mut unpaired) = (false, false, false);
    for d in exact.directions().iter().take(40) {
        let Some((found, forced)) = branches(exact, d) else { continue };
        rising |= found.rising > 0;
        grows_with_force |= found.rising > 0 && forced;
        unpaired |= found.rising.abs_diff(found.falling) > found.unknown || oscillates(exact, d);
    }
    (rising && unpaired).then_some(IllPosed { outgrows: grows_with_force && exact.a.len() > 2 })
}

/// Whether it is shown for all parameter values that the problem is none in a half-space: along some direction no
/// branch rises without bound, and some fall, or all directions are alike.
pub(super) fn never_half_space(exact: &Exact) -> bool {
    if exact.a.iter().any(|c| exact.has_time(c)) {
        return false;
    }
    exact.directions().iter().take(40).any(|d| {
        let radial = exact.algebra.components().is_empty();
        let bounded = branches(exact, d)
            .is_some_and(|(found, _)| found.rising == 0 && found.unknown == 0 && (radial || found.falling > 0));
        bounded || oscillates(exact, d)
    })
}

/// Second order: both branches oscillate ever faster along a direction, and their growth rates stay bounded, for all
/// parameter values.
fn oscillates(exact: &Exact, d: &Direction) -> bool {
    pair(exact, d) == Some(ShortWaves::default())
}

/// Second order, s² + b s + c = 0: both branches along a direction where they are known to have Re s = −Re b/2 + O(1),
/// or one is −b + O(c/b) and the other stays bounded, for all parameter values.
///
/// With x + iy = c − b²/4, x ~ q^e → ∞ and y = O(q^{e/2}) the branches are −b/2 ± i √(x + iy), and the imaginary part
/// of the root is about y/(2√x). With real b ~ q^β → ±∞, Re c = O(q^β) and c = O(q^{3β/2}) one branch is −c/b − c²/b³ −
/// …, whose real part is bounded.
fn pair(exact: &Exact, d: &Direction) -> Option<ShortWaves> {
    let [c, b, a] = exact.a.as_slice() else { return None };
    let algebra = exact.algebra;
    let (b, c) = (algebra.over(b, a)?, algebra.over(c, a)?);
    let degree = |terms: &Terms, den: &Terms| Some(top(terms)?.0 - top(den)?.0);
    let regular = |along: &Along| top(&along.den).is_some_and(|(_, c)| exact.nonzero(c));
    // Denominators are positive for short waves, or nothing is said.
    let positive = |along: &Along| top(&along.den).is_some_and(|(_, c)| exact.positive(c));
    let along_b = exact.along(&b, d)?;
    let damping = degree(&along_b.re, &along_b.den).filter(|e| *e > Q::zero());
    let rises = || {
        let (_, lead) = top(&along_b.re)?;
        let sign = if exact.positive(lead) { 1 } else { -i8::from(exact.negative(lead)) };
        (positive(&along_b) && sign != 0).then_some(sign < 0)
    };
    let count = |rising: usize, falling: usize| Some(ShortWaves { rising, falling, unknown: 0 });
    let centred = || {
        let quarter = Fraction::constant(Q::new(1.into(), 4.into()));
        let rest = algebra.reduced_pair(&c.minus(&algebra.times(&b, &b)?.scaled(&quarter)?)?)?;
        let rest = exact.along(&rest, d)?;
        let rise = degree(&rest.re, &rest.den)?;
        let tame = degree(&rest.im, &rest.den).is_none_or(|e| e * number(2) <= rise);
        (positive(&rest) && tame && rise > Q::zero() && exact.positive(top(&rest.re)?.1)).then_some(())
    };
    if centred().is_some() {
        return match damping {
            None => regular(&along_b).then(ShortWaves::default),
            Some(_) if rises()? => count(2, 0),
            Some(_) => count(0, 2),
        };
    }
    let damping = damping.filter(|_| along_b.im.is_empty())?;
    let along_c = exact.along(&c, d)?;
    let at_most = |terms: &Terms, most: &Q| degree(terms, &along_c.den).is_none_or(|e| e <= *most);
    let most = &damping * Q::new(3.into(), 2.into());
    let one = regular(&along_c) && at_most(&along_c.re, &damping) && at_most(&along_c.im, &most);
    one.then(rises)?.and_then(|up| if up { count(1, 0) } else { count(0, 1) })
}

/// The branches along a direction, for all parameter values, and whether a_0 is not zero there.
fn branches(exact: &Exact, d: &Direction) -> Option<(ShortWaves, bool)> {
    if let Some(found) = pair(exact, d) {
        let force = exact.along(exact.a.first()?, d)?;
        let forced = [&force.re, &force.im].into_iter().filter_map(top).any(|(_, c)| exact.nonzero(c));
        return Some((found, forced));
    }
    if cover(exact)
        && let Some(a) = leads(exact, &exact.representative(), d)
    {
        return Some((short_waves(&a)?, a.first().is_some_and(Option::is_some)));
    }
    // Leading coefficients whose real and imaginary parts have one sign, where one is not of lower order.
    let one = |c: &crate::exact::fraction::Complex| -> Option<Lead> {
        let Some(Along { re, im, den }) = exact.along(c, d) else { return super::scale::sign(exact, c, d) };
        let (down, base) = top(&den)?;
        exact.nonzero(base).then_some(())?;
        let sign = |terms: &Terms| {
            let (e, c) = top(terms)?;
            let sign = if exact.positive(c) { 1 } else { -i64::from(exact.negative(c)) };
            (sign != 0).then(|| (super::scale::Scale::from(e - down), number(sign)))
        };
        Some(match (re.is_empty(), im.is_empty()) {
            (true, true) => None,
            (false, true) => sign(&re).map(|(e, c)| Some((e, (c, Q::zero()))))?,
            (true, false) => sign(&im).map(|(e, c)| Some((e, (Q::zero(), c))))?,
            (false, false) if top(&re)?.0 > top(&im)?.0 => sign(&re).map(|(e, c)| Some((e, (c, Q::zero()))))?,
            (false, false) if top(&re)?.0 < top(&im)?.0 => sign(&im).map(|(e, c)| Some((e, (Q::zero(), c))))?,
            (false, false) => {
                let (Some((e, x)), Some((_, y))) = (sign(&re)?.into(), sign(&im)) else { return None };
                Some((e, (x, y)))
            }
        })
    };
    let a: Vec<Lead> = exact.a.iter().map(one).collect::<Option<_>>()?;
    Some((by_signs(&a)?, a.first().is_some_and(Option::is_some)))
}

/// Whether the growth rates at short waves contradict what is said of the problem.
pub(super) fn contradicts(exact: &Exact, problem: Problem) -> bool {
    if exact.a.len() < 3 || exact.a.iter().any(|c| exact.has_time(c)) {
        return false;
    }
    let mut list = exact.directions().into_iter().take(40).filter_map(|d| Some(branches(exact, &d)?.0));
    match problem {
        Problem::Evolution => list.any(|w| w.rising > 0),
        Problem::HalfSpace => list.any(|w| w.rising.abs_diff(w.falling) > w.unknown),
        // All directions are alike for |k| alone.
        Problem::IllPosed => {
            let radial = exact.algebra.components().is_empty();
            radial && list.any(|w| w.unknown == 0 && (w.rising == 0 || w.rising == w.falling))
        }
        Problem::Undetermined => false,
    }
}

/// What is known of an ill-posed problem.
pub(super) struct IllPosed {
    /// |p̂(k, t)| > p̂(0, t) somewhere.
    pub(super) outgrows: bool,
}

/// Whether one set of parameter values speaks for all in the domains: no parameter occurs, or units take them away.
pub(super) fn cover(exact: &Exact) -> bool {
    let mut occurring: Vec<Var> = Vec::new();
    exact.a.iter().for_each(|c| {
        for v in c.re.variables().into_iter().chain(c.im.variables()) {
            collect(exact, v, &mut occurring);
        }
    });
    let named = |v: &Var| matches!(exact.algebra.atom(*v), Some(Atom::Named(name)) if name != "pi");
    let params: Vec<Var> =
        occurring.iter().copied().filter(|v| named(v) && !exact.depends(*v) && *v != exact.algebra.time()).collect();
    if params.is_empty() {
        return true;
    }
    // Units are positive, and so must be what they take away; N is no parameter that they could.
    let positive = params.iter().all(|v| exact.algebra.range(*v).is_some_and(crate::exact::range::Range::is_positive));
    positive
        && !params.iter().any(|v| exact.algebra.dimension().contains(*v))
        && rows(exact, &params).is_some_and(|rows| covers(&rows))
}

/// A variable, and those in its argument.
fn collect(exact: &Exact, v: Var, list: &mut Vec<Var>) {
    if list.contains(&v) {
        return;
    }
    list.push(v);
    let mut inner = |f: &Fraction| f.variables().into_iter().for_each(|w| collect(exact, w, list));
    match exact.algebra.atom(v) {
        Some(Atom::Root { of: f, .. } | Atom::Exp(f) | Atom::Log(f) | Atom::Cos(f) | Atom::Sin(f)) => inner(f),
        Some(Atom::Power { base, exponent }) => {
            inner(base);
            inner(exponent);
        }
        Some(Atom::Named(_)) | None => {}
    }
}

/// What units must do to every monomial of the equation, cleared of denominators.
fn rows(exact: &Exact, params: &[Var]) -> Option<Vec<Row>> {
    let mut dens: Vec<&Poly> = Vec::new();
    for c in &exact.a {
        for f in [&c.re, &c.im] {
            if f.den.as_constant().is_none() && !dens.contains(&&f.den) {
                dens.push(&f.den);
            }
        }
    }
    let mut rows = Vec::new();
    for (j, c) in exact.a.iter().enumerate() {
        for f in [&c.re, &c.im] {
            let mut others = dens.iter().filter(|d| ***d != f.den);
            let cleared = others.try_fold(f.num.clone(), |p, d| p.times(d))?;
            for (monomial, _) in cleared.terms() {
                let mut row = empty(exact, params, true);
                row.time = i64::try_from(j).ok()?;
                weigh(exact, params, monomial, &number(1), &mut row, &mut rows)?;
                rows.push(row);
            }
        }
    }
    Some(rows)
}

fn empty(exact: &Exact, params: &[Var], whole: bool) -> Row {
    let columns = exact.algebra.components().len().max(1);
    Row { whole, time: 0, space: vec![Q::zero(); columns], params: vec![Q::zero(); params.len()] }
}

/// Adds the powers of a monomial, times a factor, to a row; arguments of functions make rows of their own.
fn weigh(
    exact: &Exact,
    params: &[Var],
    monomial: &Monomial,
    factor: &Q,
    row: &mut Row,
    rows: &mut Vec<Row>,
) -> Option<()> {
    let algebra = exact.algebra;
    for (v, e) in monomial.powers() {
        let power = factor * number(i64::from(*e));
        if let Some(i) = params.iter().position(|p| p == v) {
            row.params[i] += power;
        } else if *v == algebra.time() {
            return None;
        } else if let Some(i) = algebra.components().iter().position(|c| c == v) {
            row.space[i] += power;
        } else if *v == algebra.k() || algebra.beyond() == Some(*v) {
            // |k| asks for one unit in all directions, which is put as equal powers.
            row.space[0] += power;
            for i in 1..algebra.components().len() {
                let mut equal = empty(exact, params, false);
                equal.space[0] = number(1);
                equal.space[i] = number(-1);
                rows.push(equal);
            }
        } else {
            match algebra.atom(*v)? {
                Atom::Named(name) => (name == "pi").then_some(())?,
                Atom::Root { degree, of } => {
                    let part = power / number(i64::from(*degree));
                    let base = of.num.terms().next()?.0.clone();
                    unchanged(exact, params, of, &base, rows)?;
                    weigh(exact, params, &base, &part, row, rows)?;
                    let below = of.den.terms().next()?.0.clone();
                    weigh(exact, params, &below, &-part, row, rows)?;
                }
                Atom::Exp(of) | Atom::Log(of) | Atom::Cos(of) | Atom::Sin(of) => {
                    let base = of.den.terms().next()?.0.clone();
                    unchanged(exact, params, of, &base, rows)?;
                }
                Atom::Power { .. } => return None,
            }
        }
    }
    Some(())
}

/// All terms of numerator and denominator scale like one monomial: rows of the quotients.
fn unchanged(exact: &Exact, params: &[Var], of: &Fraction, base: &Monomial, rows: &mut Vec<Row>) -> Option<()> {
    let numerator_only = of.num.terms().any(|(m, _)| m == base);
    let second = of.den.terms().next()?.0.clone();
    let lists: [(&Poly, &Monomial); 2] =
        if numerator_only { [(&of.num, base), (&of.den, &second)] } else { [(&of.num, base), (&of.den, base)] };
    for (poly, base) in lists {
        for (m, _) in poly.terms() {
            let mut row = empty(exact, params, false);
            weigh(exact, params, m, &number(1), &mut row, rows)?;
            weigh(exact, params, base, &number(-1), &mut row, rows)?;
            rows.push(row);
        }
    }
    Some(())
}
