//! The sign of a polynomial on (0, ∞)ⁿ by an open cylindrical decomposition: variables are eliminated one after the
//! other by leading and trailing coefficients, discriminants and resultants, and one rational point stands for every
//! open cell (Collins; McCallum and Strzeboński for open cells). Every sign it reports is exact.

use crate::algebra::ring::{Poly, coefficients, evaluate, terms};
use crate::algebra::steps::Workspace;
use symbolica::domains::rational::Rational;

/// What is known about the values on (0, ∞)ⁿ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// All are > 0.
    Positive,
    /// All are ≥ 0; whether 0 occurs is not known.
    NonNegative,
    /// One is < 0 and one is > 0.
    Both,
    /// All are ≤ 0; whether 0 occurs is not known.
    NonPositive,
    /// All are < 0.
    Negative,
}

/// More variables, higher degrees, more terms or more cells than these would take too long.
const MOST_VARIABLES: usize = 3;
const HIGHEST_DEGREE: u16 = 24;
const MOST_TERMS: usize = 160;
const MOST_CELLS: usize = 1500;

/// The share of the positive terms that must be left over where a polynomial is said not to vanish.
const MARGIN: i64 = 1024;

/// The values of a polynomial for positive values of its variables; `None` where the decomposition is too large.
pub(crate) fn values(poly: &Poly, work: &Workspace) -> Option<Values> {
    let variables: Vec<usize> = (0..poly.nvars()).filter(|i| poly.degree(*i) > 0).collect();
    if variables.is_empty() || variables.len() > MOST_VARIABLES {
        return None;
    }
    if takes_both_signs(poly, &variables) {
        return Some(Values::Both);
    }
    let (mut above, mut below) = (false, false);
    for point in samples(std::slice::from_ref(poly), &variables, work)? {
        let value = at(poly, &variables, &point);
        above |= !value.is_negative() && !value.is_zero();
        below |= value.is_negative();
        if above && below {
            return Some(Values::Both);
        }
    }
    Some(match (above, below) {
        (true, false) if keeps_margin(poly, &variables, work) => Values::Positive,
        (true, false) => Values::NonNegative,
        (false, true) if keeps_margin(&-poly.clone(), &variables, work) => Values::Negative,
        _ => Values::NonPositive,
    })
}

/// A look at a few points, far from rounding, before anything is decomposed.
fn takes_both_signs(poly: &Poly, variables: &[usize]) -> bool {
    const TRIED: [f64; 5] = [1.0, 0.125, 8.0, 1.0 / 128.0, 128.0];
    let mut point = vec![0.0; poly.nvars()];
    let (mut above, mut below) = (false, false);
    for mut index in 0..TRIED.len().pow(u32::try_from(variables.len()).unwrap_or(0)) {
        for variable in variables {
            point[*variable] = TRIED[index % TRIED.len()];
            index /= TRIED.len();
        }
        let (value, size) = evaluate(poly, &point);
        if value.abs() > 1e-9 * size {
            above |= value > 0.0;
            below |= value < 0.0;
        }
    }
    above && below
}

/// p₊ (1 − 1/MARGIN) ≥ p₋ in every open cell, hence everywhere, so that p = p₊ − p₋ ≥ p₊/MARGIN > 0.
fn keeps_margin(poly: &Poly, variables: &[usize], work: &Workspace) -> bool {
    let mut reduced = poly.zero();
    for (coefficient, exponents) in terms(poly) {
        let weight = if coefficient.is_negative() { Rational::from(1) } else { Rational::new(MARGIN - 1, MARGIN) };
        reduced = &reduced + &poly.zero().monomial(coefficient * &weight, exponents.to_vec());
    }
    samples(std::slice::from_ref(&reduced), variables, work)
        .is_some_and(|points| points.iter().all(|point| !at(&reduced, variables, point).is_negative()))
}

fn at(poly: &Poly, variables: &[usize], point: &[Rational]) -> Rational {
    let fixed = variables.iter().zip(point).fold(poly.clone(), |p, (v, x)| p.replace(*v, x));
    fixed.get_constant()
}

/// One point in every open cell of (0, ∞)ⁿ on which all polynomials have one sign.
pub(crate) fn samples(list: &[Poly], variables: &[usize], work: &Workspace) -> Option<Vec<Vec<Rational>>> {
    if variables.len() > MOST_VARIABLES {
        return None;
    }
    // The variable of lowest degree is eliminated first.
    let mut order = variables.to_vec();
    order.sort_by_key(|v| std::cmp::Reverse(list.iter().map(|p| p.degree(*v)).max()));
    let points = lift(factors(list, work)?, &order, work)?;
    let position = |v: &usize| order.iter().position(|o| o == v);
    points.into_iter().map(|p| variables.iter().map(|v| Some(p[position(v)?].clone())).collect()).collect()
}

/// The irreducible factors that may change sign, each once.
fn factors(list: &[Poly], work: &Workspace) -> Option<Vec<Poly>> {
    let mut found: Vec<Poly> = Vec::new();
    for poly in list {
        let highest = (0..poly.nvars()).map(|i| poly.degree(i)).max().unwrap_or(0);
        if work.budget.is_spent() || highest > 2 * HIGHEST_DEGREE || poly.nterms() > 2 * MOST_TERMS {
            return None;
        }
        for (factor, _) in work.factors(poly)? {
            // Terms of one sign, a single one among them, do not vanish for positive variables.
            let negative = terms(&factor).filter(|(c, _)| c.is_negative()).count();
            let one_sign = negative == 0 || negative == factor.nterms();
            if !one_sign && !found.contains(&factor) && !found.contains(&-factor.clone()) {
                found.push(factor);
            }
        }
    }
    let highest = |p: &Poly| (0..p.nvars()).map(|i| p.degree(i)).max().unwrap_or(0);
    found.iter().all(|p| highest(p) <= HIGHEST_DEGREE && p.nterms() <= MOST_TERMS).then_some(found)
}

fn lift(polys: Vec<Poly>, order: &[usize], work: &Workspace) -> Option<Vec<Vec<Rational>>> {
    let Some((last, others)) = order.split_last() else { return Some(vec![Vec::new()]) };
    let (here, mut below): (Vec<Poly>, Vec<Poly>) = polys.into_iter().partition(|p| p.degree(*last) > 0);
    if !others.is_empty() {
        below.extend(project(&here, *last, work)?);
    }
    let mut points = Vec::new();
    for base in lift(factors(&below, work)?, others, work)? {
        let product = here.iter().fold(None::<Poly>, |product, p| {
            let fixed = others.iter().zip(&base).fold(p.clone(), |p, (v, x)| p.replace(*v, x));
            Some(product.map_or_else(|| fixed.clone(), |q| &q * &fixed))
        });
        let between = match product {
            Some(product) => between_roots(&product, *last, work)?,
            None => vec![Rational::from(1)],
        };
        for x in between {
            let mut point = base.clone();
            point.push(x);
            points.push(point);
        }
        if points.len() > MOST_CELLS || work.budget.is_spent() {
            return None;
        }
    }
    Some(points)
}

/// Away from the zeros of these the roots in (0, ∞) are simple, distinct, and as many.
fn project(polys: &[Poly], variable: usize, work: &Workspace) -> Option<Vec<Poly>> {
    let mut list = Vec::new();
    for (i, p) in polys.iter().enumerate() {
        let parts: Vec<Poly> = coefficients(p, variable).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
        list.extend(parts.first().into_iter().chain(parts.last()).cloned());
        if p.degree(variable) > 1 {
            list.push(resultant(p, &p.derivative(variable), variable, work)?);
        }
        for q in &polys[i + 1..] {
            list.push(resultant(p, q, variable, work)?);
        }
    }
    list.retain(|p| !p.is_constant());
    Some(list)
}

fn resultant(p: &Poly, q: &Poly, variable: usize, work: &Workspace) -> Option<Poly> {
    // Irreducible and different factors have a resultant that is not zero.
    work.resultant(p, q, variable).filter(|found| !found.is_zero())
}

/// A rational point in every open interval of (0, ∞) between the real roots of a polynomial in one variable.
fn between_roots(poly: &Poly, variable: usize, work: &Workspace) -> Option<Vec<Rational>> {
    if poly.is_zero() {
        return None;
    }
    let zero = Rational::from(0);
    let positive = isolated(poly, variable, work)?;
    let mut points = Vec::new();
    let first = positive.first().map_or_else(|| simple_above(&zero), |(lower, _)| simple_between(&zero, lower));
    points.push(first);
    for (i, (_, upper)) in positive.iter().enumerate() {
        points.push(match positive.get(i + 1) {
            Some((lower, _)) => simple_between(upper, lower),
            None => simple_above(upper),
        });
    }
    // Isolating intervals that touch may leave a root for a sample.
    let is_root = |x: &Rational| poly.replace(variable, x).is_zero();
    points.iter().all(|x| !x.is_zero() && !x.is_negative() && !is_root(x)).then_some(points)
}

pub(crate) fn in_order(a: &Rational, b: &Rational) -> std::cmp::Ordering {
    let difference = a - b;
    if difference.is_zero() {
        std::cmp::Ordering::Equal
    } else if difference.is_negative() {
        std::cmp::Ordering::Less
    } else {
        std::cmp::Ordering::Greater
    }
}

/// Closed intervals that lie apart, each around one of the roots in (0, ∞), ascending.
fn isolated(poly: &Poly, variable: usize, work: &Workspace) -> Option<Vec<(Rational, Rational)>> {
    const MOST_HALVINGS: usize = 512;
    let zero = Rational::from(0);
    let above = |a: &Rational, b: &Rational| (b - a).is_negative();
    // An irreducible factor of degree two or more has no rational root: its sign tells on which side of a number its
    // root lies.
    let mut roots: Vec<(Poly, Rational, Rational)> = Vec::new();
    for (factor, _) in work.factors(poly)? {
        match factor.degree(variable) {
            0 => {}
            1 => {
                let constant = factor.replace(variable, &zero).get_constant();
                let slope = &factor.replace(variable, &1.into()).get_constant() - &constant;
                let root = (&constant / &slope).neg();
                if above(&root, &zero) {
                    roots.push((factor, root.clone(), root));
                }
            }
            _ => {
                for (lower, upper) in work.real_roots(&factor, variable)? {
                    roots.push((factor.clone(), lower, upper));
                }
            }
        }
    }
    let halved = |(factor, lower, upper): &(Poly, Rational, Rational)| {
        let negative = |x: &Rational| factor.replace(variable, x).get_constant().is_negative();
        let middle = &(lower + upper) / &2.into();
        let (lower, upper) =
            if negative(lower) == negative(&middle) { (middle, upper.clone()) } else { (lower.clone(), middle) };
        (factor.clone(), lower, upper)
    };
    for _ in 0..MOST_HALVINGS {
        roots.retain(|(_, _, upper)| above(upper, &zero));
        roots.sort_by(|x, y| in_order(&x.1, &y.1));
        let touches = |i: usize| {
            let before = i.checked_sub(1).and_then(|j| roots.get(j));
            let meets_zero = !above(&roots[i].1, &zero);
            meets_zero
                || before.is_some_and(|b| !above(&roots[i].1, &b.2))
                || roots.get(i + 1).is_some_and(|n| !above(&n.1, &roots[i].2))
        };
        let wide: Vec<usize> = (0..roots.len()).filter(|i| touches(*i)).collect();
        if wide.is_empty() {
            return Some(roots.into_iter().map(|(_, lower, upper)| (lower, upper)).collect());
        }
        for i in wide {
            if roots[i].1 != roots[i].2 {
                roots[i] = halved(&roots[i]);
            }
        }
    }
    None
}

/// A rational with a short denominator in (a, b), or their middle.
fn simple_between(a: &Rational, b: &Rational) -> Rational {
    let middle = &(a + b) / &Rational::from(2);
    let value = middle.to_f64();
    for bits in 0..24 {
        let scale = f64::from(1_u32 << bits);
        let scaled = (value * scale).round();
        if scaled.abs() > 1e12 {
            break;
        }
        #[allow(clippy::cast_possible_truncation, reason = "below 1e12")]
        let candidate = Rational::new(scaled as i64, 1_i64 << bits);
        if (a - &candidate).is_negative() && (&candidate - b).is_negative() {
            return candidate;
        }
    }
    middle
}

fn simple_above(a: &Rational) -> Rational {
    let next = &Rational::from(1) + a;
    let rounded = next.to_f64().ceil();
    if rounded.is_finite() && rounded < 1e12 {
        #[allow(clippy::cast_possible_truncation, reason = "below 1e12")]
        let candidate = Rational::from(rounded as i64);
        if (a - &candidate).is_negative() {
            return candidate;
        }
    }
    next
}
