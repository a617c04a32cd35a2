//! Which kind of problem the equation poses in t, and hence which branches count (theory, section 2).
//!
//! Petrovsky: the initial-value problem is well posed when every growth rate s_j(k) is bounded above as |k| → ∞.
//! Bounded by σ means that P(s + σ, k) is a Hurwitz polynomial in s for large |k|, which is decided by the leading
//! terms of the Hurwitz determinants, in k first and in σ second.

use crate::algebra::formula::Formula;
use crate::algebra::hurwitz;
use crate::algebra::polynomial::monomials;
use crate::algebra::positivity::{Space, form_matrix, positive_semidefinite};
use crate::algebra::ring::{K1, Meaning, Poly, RADIAL, SIGMA, coefficients};
use crate::equation::asymptotics::{Sign, sign_at_infinity};
use crate::equation::linear::Equation;
use genphys_pde::verdict::Problem;

/// Conditions on the parameters for either kind of well-posed problem.
pub(crate) struct Kind {
    pub(crate) evolution: Formula,
    pub(crate) half_space: Formula,
}

impl Kind {
    pub(crate) fn problem(&self) -> Problem {
        match (&self.evolution, &self.half_space) {
            (Formula::True, _) => Problem::Evolution,
            (_, Formula::True) => Problem::HalfSpace,
            (Formula::False, Formula::False) => Problem::IllPosed,
            _ => Problem::Undetermined,
        }
    }
}

/// First term that does not vanish is positive; a list of zeros is not.
fn lexicographic(list: &[Poly]) -> Formula {
    let options =
        (0..list.len()).map(|i| Formula::all(list[..i].iter().map(Formula::zero).chain([Formula::positive(&list[i])])));
    Formula::any(options)
}

/// Coefficients by falling power of one wave variable, then by falling power of σ.
fn leading_terms(poly: &Poly, wave: usize) -> Vec<Poly> {
    let mut list = Vec::new();
    for (in_wave, _) in coefficients(poly, wave).into_iter().rev() {
        list.extend(coefficients(&in_wave, SIGMA).into_iter().rev().map(|(c, _)| c).filter(|c| !c.is_zero()));
    }
    list
}

/// The polynomials along every ray that the radial variable runs through: |k| itself, or both directions of every axis.
/// |k| is the length of a component there, so that powers of it and of components are told apart by nothing.
fn on_axes(eq: &Equation, polys: &[&Poly]) -> Vec<Vec<Poly>> {
    let Space::Components(n) = eq.space else { return vec![polys.iter().map(|p| (*p).clone()).collect()] };
    let axes = (0..n as usize).flat_map(|axis| [(axis, 1), (axis, -1)]);
    axes.map(|(axis, sign)| {
        let step = crate::algebra::ring::scale(&eq.ring.power(RADIAL, eq.ring.root as u16), sign);
        let along = |p: &&Poly| {
            (0..n as usize).fold((*p).clone(), |p, i| {
                if i == axis { p.replace_with_poly(K1 + i, &step) } else { p.replace(K1 + i, &0.into()) }
            })
        };
        polys.iter().map(along).collect()
    })
    .collect()
}

fn has_powers(eq: &Equation) -> bool {
    eq.ring.meanings.len() > K1 + eq.ring.components as usize
        && eq.ring.wave_variables().into_iter().any(|i| i >= K1 + eq.ring.components as usize)
}

/// Kind of an equation of first order in time: s = −a0/a1.
pub(crate) fn first_order(eq: &Equation, numerator: &Poly, denominator: &Poly, c2: &Formula) -> Kind {
    let bounded = if *c2 == Formula::True {
        Formula::True
    } else if has_powers(eq) || (eq.space != Space::Radial && eq.ring.has_wave(denominator)) {
        Formula::Unknown("growth at short waves".into())
    } else {
        let along_axes = Formula::all(on_axes(eq, &[numerator, denominator]).into_iter().map(|along| {
            let limit = along[1].degree(RADIAL);
            let list: Vec<Poly> = coefficients(&along[0], RADIAL)
                .into_iter()
                .rev()
                .filter(|(c, e)| *e > limit && !c.is_zero())
                .map(|(c, _)| c)
                .collect();
            let vanishing = Formula::all(list.iter().map(Formula::zero));
            Formula::any([lexicographic(&list), vanishing])
        }))
        .simplify(&eq.oracle);
        match eq.space {
            Space::Radial | Space::Components(1) => along_axes,
            Space::Components(n) => {
                Formula::all([along_axes, semidefinite(eq, numerator, n as usize)]).simplify(&eq.oracle)
            }
        }
    };
    Kind { evolution: bounded, half_space: Formula::False }
}

/// A quadratic symbol stays bounded below exactly when its form is positive semidefinite.
fn semidefinite(eq: &Equation, poly: &Poly, n: usize) -> Formula {
    let wave = eq.ring.wave_variables();
    let list = monomials(poly, &eq.ring);
    let degree = |key: &[u16]| key.iter().map(|e| u32::from(*e)).sum::<u32>();
    let radial = poly.degree(RADIAL) > 0;
    if radial || list.iter().any(|(key, _)| degree(key) > 2 || degree(key) == 1) {
        return Formula::Unknown("growth at short waves in every direction".into());
    }
    let form: Vec<_> = list.into_iter().filter(|(key, _)| degree(key) == 2).collect();
    form_matrix(&form, &wave, n, poly).map_or_else(
        || Formula::Unknown("growth at short waves in every direction".into()),
        |matrix| positive_semidefinite(&matrix),
    )
}

/// a > 0 and b free of k, and c a constant plus powers of |k|, with parameters in their exponents, with weights that
/// are not negative: c is bounded below, hence b² − 4ac above, and Re s too.
fn rises_by_powers(eq: &Equation, a: &Poly, b: &Poly, c: &Poly) -> bool {
    let wave = eq.ring.wave_variables();
    let is_power = |i: &usize| matches!(eq.ring.meanings[*i], Meaning::Radial | Meaning::SymbolicPower { .. });
    let rises = |(key, weight): &(Vec<u16>, Poly)| {
        let powers = wave.iter().zip(key).all(|(i, e)| *e == 0 || is_power(i));
        powers && (key.iter().all(|e| *e == 0) || eq.oracle.signs(weight).never_negative())
    };
    eq.space == Space::Radial
        && !eq.ring.has_wave(a)
        && !eq.ring.has_wave(b)
        && monomials(c, &eq.ring).iter().all(rises)
}

/// Kind of a real equation a s² + b s + c = 0 with a > 0.
pub(crate) fn second_order(eq: &Equation, a: &Poly, b: &Poly, c: &Poly, definite: &Formula) -> Kind {
    if has_powers(eq) {
        if b.is_zero() && !eq.ring.has_wave(a) && *definite == Formula::True && rises_without_bound(eq, a, c) {
            // s² = −c/a: one branch grows and one decays.
            return Kind { evolution: Formula::False, half_space: Formula::True };
        }
        if rises_by_powers(eq, a, b, c) {
            return Kind { evolution: Formula::True, half_space: Formula::False };
        }
        return higher_order(eq, &[c.clone(), b.clone(), a.clone()]);
    }
    if [a, b, c].iter().all(|p| !eq.ring.has_wave(p)) {
        return Kind { evolution: Formula::True, half_space: Formula::False };
    }
    let shift = eq.ring.variable(SIGMA);
    let value = |sigma: &Poly| &(&(a * &(sigma * sigma)) + &(b * sigma)) + c;
    let slope = &(&(a * &shift) + &(a * &shift)) + b;
    let (above, below) = (value(&shift), value(&-shift.clone()));
    let mut evolution = Vec::new();
    let mut half_space = Vec::new();
    for along in on_axes(eq, &[&slope, &above, &-above.clone(), &-below.clone(), a, b, c]) {
        let leading = |p: &Poly| leading_terms(p, RADIAL);
        evolution.push(lexicographic(&leading(&along[0])));
        evolution.push(lexicographic(&leading(&along[1])));
        if along[4..].iter().any(|p| p.degree(RADIAL) > 0) {
            half_space.push(lexicographic(&leading(&along[2])));
            half_space.push(lexicographic(&leading(&along[3])));
        }
    }
    if let Space::Components(n) = eq.space
        && n > 1
    {
        // Bounded or paired in every direction.
        let (up, down) = if eq.ring.has_wave(a) || eq.ring.has_wave(b) {
            let open = || Formula::Unknown("growth at short waves in every direction".into());
            (open(), open())
        } else {
            (semidefinite(eq, c, n as usize), semidefinite(eq, &-c.clone(), n as usize))
        };
        evolution.push(up);
        half_space.push(Formula::any([definite.clone(), down]));
    }
    Kind {
        evolution: Formula::all(evolution).simplify(&eq.oracle),
        half_space: Formula::all(half_space).simplify(&eq.oracle),
    }
}

/// −c → ∞ where it lies above its value at k = 0: powers of |k| do, a Fourier multiplier may be bounded.
fn rises_without_bound(eq: &Equation, a: &Poly, c: &Poly) -> bool {
    let multiplier = |i: usize| matches!(eq.ring.meanings[i], Meaning::Multiplier { .. }) && c.degree(i) > 0;
    if !(0..eq.ring.meanings.len()).any(multiplier) {
        return true;
    }
    let sigma = eq.ring.variable(SIGMA);
    sign_at_infinity(eq, &(&(a * &(&sigma * &sigma)) + c)) == Some(Sign::Negative)
}

/// Kind of a real equation of any order, from the number of roots that leave every strip as |k| → ∞.
///
/// The first column of the Routh array of P(s + σ) changes sign once for every root with Re s > σ. In several
/// components this is looked at along some rays, which can refute; what holds in every direction is left open.
pub(crate) fn higher_order(eq: &Equation, coefficients_of_s: &[Poly]) -> Kind {
    let undecided = || Formula::Unknown("which branches of this order in time count".into());
    let changes = |list: &[Poly]| list.iter().any(|c| eq.ring.has_wave(c));
    if !changes(coefficients_of_s) {
        return Kind { evolution: Formula::True, half_space: Formula::False };
    }
    let mut counts: Vec<(Option<usize>, Option<usize>)> = Vec::new();
    let (mut rises, mut unpaired) = (false, false);
    for along in rays(eq, coefficients_of_s).into_iter().filter(|along| changes(along)) {
        let mirrored = along.iter().enumerate().map(|(j, c)| if j % 2 == 1 { -c.clone() } else { c.clone() });
        let pair = (roots_to_infinity(eq, &along), roots_to_infinity(eq, &mirrored.collect::<Vec<_>>()));
        rises |= pair.0.is_some_and(|n| n > 0);
        unpaired |= match pair {
            (Some(0), _) => true,
            (Some(up), Some(down)) => up != down,
            _ => false,
        };
        counts.push(pair);
        if rises && unpaired {
            break;
        }
    }
    let several = matches!(eq.space, Space::Components(n) if n > 1);
    let answer = |refuted: bool, known: bool| match (refuted, known && !several) {
        (true, _) => Formula::False,
        (_, true) => Formula::True,
        _ => undecided(),
    };
    let known = counts.iter().all(|(up, down)| *up == Some(0) || (up.is_some() && down.is_some()));
    Kind { evolution: answer(rises, known), half_space: answer(unpaired, known) }
}

/// The coefficients along rays that only the radial variable runs through: all there are where |k| says everything,
/// otherwise the axes and, where |k| itself does not occur, the diagonals between two of them.
fn rays(eq: &Equation, coefficients_of_s: &[Poly]) -> Vec<Vec<Poly>> {
    let Space::Components(n) = eq.space else { return vec![coefficients_of_s.to_vec()] };
    let n = n as usize;
    let mut directions: Vec<Vec<i64>> = (0..n).map(|i| (0..n).map(|j| i64::from(i == j)).collect()).collect();
    if coefficients_of_s.iter().all(|p| p.degree(RADIAL) == 0 && !eq.ring.has_atom(p)) {
        let pairs = (0..n).flat_map(|i| (i + 1..n).flat_map(move |j| [(i, j, 1), (i, j, -1)]));
        directions.extend(pairs.map(|(i, j, sign)| {
            let entry = |axis| {
                if axis == i {
                    1
                } else if axis == j {
                    sign
                } else {
                    0
                }
            };
            (0..n).map(entry).collect()
        }));
    }
    let step = eq.ring.power(RADIAL, eq.ring.root as u16);
    let along = |direction: &[i64], sign: i64| {
        let on_ray = |p: &Poly| {
            let scaled = |p, (i, d): (usize, &i64)| {
                Poly::replace_with_poly(&p, K1 + i, &crate::algebra::ring::scale(&step, sign * d))
            };
            direction.iter().enumerate().fold(p.clone(), scaled)
        };
        coefficients_of_s.iter().map(on_ray).collect::<Vec<_>>()
    };
    directions.iter().flat_map(|d| [along(d, 1), along(d, -1)]).collect()
}

/// How many roots have Re s → +∞; `None` where a sign depends on parameters or vanishes.
fn roots_to_infinity(eq: &Equation, coefficients_of_s: &[Poly]) -> Option<usize> {
    if eq.ring.work.budget.is_spent() {
        return None;
    }
    let shifted = hurwitz::shift(coefficients_of_s, &eq.ring.variable(SIGMA));
    let lead = shifted.last().cloned();
    let is_negative: Vec<bool> = lead
        .into_iter()
        .chain(hurwitz::determinants(&shifted))
        .map(|d| Some(sign_at_infinity(eq, &d)? == Sign::Negative))
        .collect::<Option<_>>()?;
    // Routh's column: a_m, Δ1, Δ2/Δ1, Δ3/Δ2, …
    let mut column: Vec<bool> = is_negative.iter().take(2).copied().collect();
    column.extend(is_negative[1..].windows(2).map(|pair| pair[0] != pair[1]));
    Some(column.windows(2).filter(|pair| pair[0] != pair[1]).count())
}
