//! Positivity of a polynomial for every wave vector k ≠ 0, as a condition on the parameters. Real roots are
//! counted (Sturm), never sampled.

use crate::algebra::formula::Formula;
use crate::algebra::polynomial::{determinant, mirror, monomials};
use crate::algebra::ring::{K1, Poly, RADIAL, Ring, S, coefficients};
use crate::algebra::sign::SignOracle;
use crate::algebra::steps::Workspace;
use crate::base::budget::WORK;
use num_integer::gcd;
use std::collections::BTreeMap;
use symbolica::domains::rational::Rational;

/// The wave vectors an equation is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// Everything depends on |k| only.
    Radial,
    /// k has this many components.
    Components(u32),
}

/// `poly > 0` for every k ≠ 0.
pub(crate) fn positive_for_all(poly: &Poly, ring: &Ring, space: Space, oracle: &SignOracle) -> Formula {
    if poly.is_zero() {
        return Formula::False;
    }
    if !ring.has_wave(poly) {
        return Formula::positive(poly).simplify(oracle);
    }
    // |k| to a power of 2 or more is one below 2 times components, so that monomials are independent functions of k.
    let poly = &match space {
        Space::Radial => poly.clone(),
        Space::Components(_) => crate::algebra::components::in_terms_of_components(ring, poly),
    };
    if ring.has_atom(poly) {
        return by_monomials(poly, ring, oracle);
    }
    match space {
        Space::Radial => on_half_line(poly, RADIAL, oracle),
        Space::Components(1) if poly.degree(RADIAL) == 0 => {
            let mirrored = mirror(poly, K1);
            Formula::all([on_half_line(poly, K1, oracle), on_half_line(&mirrored, K1, oracle)])
        }
        Space::Components(1) => {
            // k = ±|k|.
            let along = |sign: i64| {
                let k = crate::algebra::ring::scale(&ring.power(RADIAL, u16::try_from(ring.root).unwrap_or(1)), sign);
                on_half_line(&poly.replace_with_poly(K1, &k), RADIAL, oracle)
            };
            Formula::all([along(1), along(-1)])
        }
        Space::Components(n) => in_components(poly, ring, n as usize, oracle),
    }
}

/// `poly > 0` for all values of one variable in (0, ∞).
pub(crate) fn on_half_line(poly: &Poly, variable: usize, oracle: &SignOracle) -> Formula {
    if oracle.work.budget.is_spent() {
        return Formula::Unknown(WORK.into());
    }
    let mut list = coefficients(poly, variable);
    list.retain(|(c, _)| !c.is_zero());
    let lowest = list.iter().map(|(_, e)| *e).min().unwrap_or(0);
    let step = list.iter().map(|(_, e)| e - lowest).fold(0, gcd).max(1);
    let dense: BTreeMap<u16, &Poly> = list.iter().map(|(c, e)| ((e - lowest) / step, c)).collect();
    let free_of_parameters = dense.values().all(|c| c.is_constant());
    let formula = match dense.len() {
        0 => Formula::False,
        1 => dense.values().next().map_or(Formula::False, |c| Formula::positive(c)),
        _ if free_of_parameters => return by_counting(poly, variable, &oracle.work),
        2 => {
            let mut values = dense.values();
            match (values.next(), values.next()) {
                (Some(a), Some(b)) => one_positive(&[a, b]),
                _ => Formula::False,
            }
        }
        _ if dense.keys().max() == Some(&2) => quadratic(&dense, poly),
        _ => {
            let signs = by_signs(&dense.values().copied().collect::<Vec<_>>(), oracle);
            if let Some(decided) = signs {
                return decided;
            }
            match single_parameter(&dense) {
                Some(parameter) => return crate::algebra::cells::on_half_line(poly, variable, parameter, oracle),
                None => Formula::Unknown(
                    "sign of a polynomial of degree above 2 in k whose coefficients depend on several parameters"
                        .into(),
                ),
            }
        }
    };
    formula.simplify(oracle)
}

/// Numbers only: no root in (0, ∞), and positive somewhere.
fn by_counting(poly: &Poly, variable: usize, work: &Workspace) -> Formula {
    let lowest = coefficients(poly, variable).iter().map(|(_, e)| *e).min().unwrap_or(0);
    let lowered = divide_by_power(poly, variable, lowest);
    // A value that is not positive refutes at once.
    let at = |n: i64, d: i64| lowered.replace(variable, &(n, d).into()).get_constant();
    if [(1, 1), (1, 2), (2, 1), (1, 8), (8, 1)].iter().any(|(n, d)| !is_positive(&at(*n, *d))) {
        return Formula::False;
    }
    match work.count_positive_roots(&lowered, variable) {
        Some(0) => Formula::True,
        Some(_) => Formula::False,
        None => Formula::Unknown("sign of a polynomial in k of high degree".into()),
    }
}

fn is_positive(value: &Rational) -> bool {
    !value.is_negative() && !value.is_zero()
}

fn divide_by_power(poly: &Poly, variable: usize, power: u16) -> Poly {
    let mut exponents = vec![0; poly.nvars()];
    exponents[variable] = power;
    let monomial = poly.zero().monomial(1.into(), exponents);
    poly.try_div(&monomial).unwrap_or_else(|| poly.clone())
}

/// All of them ≥ 0 and one > 0.
fn one_positive(coefficients: &[&Poly]) -> Formula {
    let options = (0..coefficients.len()).map(|strict| {
        Formula::all(
            coefficients
                .iter()
                .enumerate()
                .map(|(i, c)| if i == strict { Formula::positive(c) } else { Formula::non_negative(c) }),
        )
    });
    Formula::any(options)
}

/// α + β x + γ x² > 0 on (0, ∞).
fn quadratic(dense: &BTreeMap<u16, &Poly>, poly: &Poly) -> Formula {
    let part = |i: u16| dense.get(&i).map_or_else(|| poly.zero(), |c| (*c).clone());
    let (alpha, beta, gamma) = (part(0), part(1), part(2));
    let discriminant = crate::algebra::polynomial::discriminant(&alpha, &beta, &gamma);
    let rising = Formula::all([Formula::non_negative(&alpha), Formula::non_negative(&beta)]);
    Formula::any([
        Formula::all([Formula::positive(&gamma), Formula::any([rising, Formula::negative(&discriminant)])]),
        Formula::all([Formula::zero(&gamma), one_positive(&[&alpha, &beta])]),
    ])
}

/// Decided when all coefficients have one known sign.
fn by_signs(coefficients: &[&Poly], oracle: &SignOracle) -> Option<Formula> {
    let signs: Vec<_> = coefficients.iter().map(|c| oracle.signs(c)).collect();
    if signs.iter().all(|s| s.never_negative()) && signs.iter().any(|s| s.always_positive()) {
        Some(Formula::True)
    } else if signs.iter().all(|s| !s.positive) {
        Some(Formula::False)
    } else {
        None
    }
}

/// The one parameter the coefficients depend on, if it is one.
fn single_parameter(dense: &BTreeMap<u16, &Poly>) -> Option<usize> {
    let mut found = None;
    for coefficient in dense.values() {
        for index in (0..coefficient.nvars()).filter(|i| coefficient.degree(*i) > 0) {
            if found.is_some_and(|f| f != index) {
                return None;
            }
            found = Some(index);
        }
    }
    found
}

/// Coefficients of the monomials in |k|, its symbolic powers and Fourier multipliers, most of which are positive for
/// k ≠ 0; a quadratic form in the components may stand beside them.
fn by_monomials(poly: &Poly, ring: &Ring, oracle: &SignOracle) -> Formula {
    let grouped = monomials(poly, ring);
    let wave = ring.wave_variables();
    let (mut strict, mut weak, mut local) = (Vec::new(), Vec::new(), Vec::new());
    for (key, coefficient) in &grouped {
        let variables: Vec<usize> = wave.iter().zip(key).filter(|(_, e)| **e > 0).map(|(i, _)| *i).collect();
        let signs: Vec<_> = variables.iter().map(|i| oracle.signs(&ring.variable(*i))).collect();
        if signs.iter().all(|s| s.always_positive()) {
            strict.push(coefficient);
        } else if signs.iter().all(|s| s.never_negative()) {
            weak.push(coefficient);
        } else if variables.iter().all(|i| (K1..K1 + ring.components as usize).contains(i)) {
            local.push((key.clone(), coefficient.clone()));
        } else {
            return Formula::Unknown("the sign of a Fourier multiplier".into());
        }
    }
    if !local.is_empty() {
        let quadratic = local.iter().all(|(key, _)| key.iter().map(|e| u32::from(*e)).sum::<u32>() == 2);
        if !quadratic {
            return Formula::Unknown("balance of components of k and other powers of |k|".into());
        }
        let Some(matrix) = form_matrix(&local, &wave, ring.components as usize, poly) else {
            return Formula::Unknown("a quadratic form in other functions of k".into());
        };
        let others = Formula::all(strict.iter().chain(&weak).map(|c| Formula::non_negative(c)).collect::<Vec<_>>());
        let rising = if strict.is_empty() { Formula::False } else { one_positive(&strict) };
        let beside = Formula::all(weak.iter().map(|c| Formula::non_negative(c)).collect::<Vec<_>>());
        let sufficient = Formula::any([
            Formula::all([positive_definite(&matrix), others]),
            Formula::all([positive_semidefinite(&matrix), rising, beside]),
        ])
        .simplify(oracle);
        return match sufficient {
            Formula::True => Formula::True,
            other => Formula::any([other, Formula::Unknown("balance of a quadratic form and powers of |k|".into())]),
        };
    }
    if let ([single], []) = (strict.as_slice(), weak.as_slice()) {
        return Formula::positive(single).simplify(oracle);
    }
    let coefficients: Vec<&Poly> = strict.iter().chain(&weak).copied().collect();
    let sufficient = if strict.is_empty() {
        Formula::False
    } else {
        Formula::all(std::iter::once(one_positive(&strict)).chain(weak.iter().map(|c| Formula::non_negative(c))))
            .simplify(oracle)
    };
    let all_negative = coefficients.iter().all(|c| !oracle.signs(c).positive);
    match sufficient {
        Formula::True => Formula::True,
        _ if all_negative => Formula::False,
        other => Formula::any([other, Formula::Unknown("balance between different functions of |k|".into())]),
    }
}

/// Several components: quadratic forms exactly (Sylvester), other polynomials by the signs of even monomials.
fn in_components(poly: &Poly, ring: &Ring, n: usize, oracle: &SignOracle) -> Formula {
    let mut grouped = monomials(poly, ring);
    let wave = ring.wave_variables();
    let position = |variable: usize| wave.iter().position(|w| *w == variable);
    let is_radial = |key: &[u16]| position(RADIAL).is_some_and(|p| key[p] > 0);
    let (fractional, local): (Vec<_>, Vec<_>) = grouped.drain(..).partition(|(key, _)| is_radial(key));
    if fractional.iter().any(|(key, _)| key.iter().filter(|e| **e > 0).count() > 1) {
        return Formula::Unknown("products of |k| with components of k".into());
    }
    let local_degree = |key: &[u16]| key.iter().map(|e| u32::from(*e)).sum::<u32>();
    let quadratic = local.iter().all(|(key, _)| local_degree(key) == 2);
    let constant_and_form = local.iter().all(|(key, _)| matches!(local_degree(key), 0 | 2));
    if constant_and_form && fractional.is_empty() {
        let (form, constant): (Vec<_>, Vec<_>) = local.into_iter().partition(|(key, _)| local_degree(key) == 2);
        let Some(matrix) = form_matrix(&form, &wave, n, poly) else {
            return Formula::Unknown("a quadratic form in other functions of k".into());
        };
        let definite = positive_definite(&matrix);
        let formula = match constant.first() {
            None => definite,
            Some((_, c)) => Formula::any([
                Formula::all([positive_semidefinite(&matrix), Formula::positive(c)]),
                Formula::all([definite, Formula::non_negative(c)]),
            ]),
        };
        return formula.simplify(oracle);
    }
    if quadratic && !local.is_empty() {
        // |k|^a is positive for k ≠ 0: a semidefinite form plus a positive power suffices.
        let Some(matrix) = form_matrix(&local, &wave, n, poly) else {
            return Formula::Unknown("a quadratic form in other functions of k".into());
        };
        let semidefinite = positive_semidefinite(&matrix);
        let definite = positive_definite(&matrix);
        let powers: Vec<&Poly> = fractional.iter().map(|(_, c)| c).collect();
        let powers_rise = Formula::all(powers.iter().map(|c| Formula::non_negative(c)));
        let sufficient =
            Formula::any([Formula::all([semidefinite, one_positive(&powers)]), Formula::all([definite, powers_rise])])
                .simplify(oracle);
        return match sufficient {
            Formula::True => Formula::True,
            other => Formula::any([other, Formula::Unknown("balance of a quadratic form and powers of |k|".into())]),
        };
    }
    if fractional.is_empty() {
        if let Some(decided) = crate::algebra::homogeneous::positive(&local, &wave, n, poly, ring, oracle) {
            return decided;
        }
        return by_even_monomials(&local, &wave, n, poly, ring, oracle);
    }
    if local.is_empty() {
        let powers: Vec<&Poly> = fractional.iter().map(|(_, c)| c).collect();
        if let Some(decided) = by_signs(&powers, oracle) {
            return decided;
        }
    }
    Formula::Unknown("positivity of a symbol in several components of k".into())
}

fn by_even_monomials(
    local: &[(Vec<u16>, Poly)],
    wave: &[usize],
    n: usize,
    poly: &Poly,
    ring: &Ring,
    oracle: &SignOracle,
) -> Formula {
    // Necessary: positive along every coordinate axis. A failure there is a proof of failure.
    for axis in 0..n {
        let mut restricted = poly.clone();
        (0..n).filter(|i| *i != axis).for_each(|i| restricted = restricted.replace(K1 + i, &0.into()));
        let along = positive_for_all(&restricted, ring, Space::Components(1), oracle);
        if along == Formula::False {
            return Formula::False;
        }
    }
    let even = local.iter().all(|(key, _)| key.iter().all(|e| e % 2 == 0));
    let pure = |axis: usize| {
        let options =
            local.iter().filter(|(key, _)| key.iter().enumerate().all(|(i, e)| (*e > 0) == (wave[i] == K1 + axis)));
        Formula::any(options.map(|(_, c)| Formula::positive(c)))
    };
    let unknown = Formula::Unknown("positivity of a polynomial of degree above 2 in several components of k".into());
    if !even {
        return unknown;
    }
    let sufficient =
        Formula::all(local.iter().map(|(_, c)| Formula::non_negative(c)).chain((0..n).map(pure)).collect::<Vec<_>>())
            .simplify(oracle);
    if sufficient == Formula::True { Formula::True } else { Formula::any([sufficient, unknown]) }
}

/// The symmetric matrix of a quadratic form in the components of k; `None` for anything else, such as |k|².
pub(crate) fn form_matrix(local: &[(Vec<u16>, Poly)], wave: &[usize], n: usize, like: &Poly) -> Option<Vec<Vec<Poly>>> {
    let mut matrix = vec![vec![like.zero(); n]; n];
    for (key, coefficient) in local {
        let axes = key
            .iter()
            .enumerate()
            .filter(|(_, e)| **e > 0)
            .flat_map(|(i, e)| std::iter::repeat_n(wave[i].checked_sub(K1), usize::from(*e)))
            .collect::<Option<Vec<usize>>>()?;
        let [i, j] = axes[..] else { return None };
        let entry = if i == j { coefficient.clone() } else { coefficient.clone().mul_coeff((1, 2).into()) };
        *matrix.get_mut(i)?.get_mut(j)? = entry.clone();
        *matrix.get_mut(j)?.get_mut(i)? = entry;
    }
    Some(matrix)
}

/// Matrices whose coupled part is larger than this are not decided; smaller ones with parameters in their entries.
const LARGEST_BLOCK: usize = 8;
const LARGEST_BLOCK_OF_PARAMETERS: usize = 5;

/// Up to this size every principal minor is looked at, which reads better than the sums of minors.
const MOST_MINORS: usize = 3;

/// Sylvester's criterion on every coupled block.
pub(crate) fn positive_definite(matrix: &[Vec<Poly>]) -> Formula {
    on_blocks(matrix, |block| {
        let sizes = 1..=block.len();
        sizes.map(|size| Formula::positive(&determinant(matrix, &block[..size]))).collect()
    })
}

/// All principal minors of every coupled block are ≥ 0, or all coefficients of det(A + x): its roots −λ are real, and
/// none is positive exactly where no coefficient is negative (Descartes).
pub(crate) fn positive_semidefinite(matrix: &[Vec<Poly>]) -> Formula {
    on_blocks(matrix, |block| {
        if block.len() > MOST_MINORS {
            let mut moved = matrix.to_vec();
            for row in block {
                let mut exponents = vec![0; moved[*row][*row].nvars()];
                exponents[S] = 1;
                let x = moved[*row][*row].zero().monomial(1.into(), exponents);
                moved[*row][*row] = &moved[*row][*row] + &x;
            }
            return coefficients(&determinant(&moved, block), S)
                .iter()
                .map(|(c, _)| Formula::non_negative(c))
                .collect();
        }
        (1_u32..1 << block.len())
            .map(|subset| {
                let chosen = (0..block.len()).filter(|i| subset >> i & 1 == 1).map(|i| block[i]);
                Formula::non_negative(&determinant(matrix, &chosen.collect::<Vec<_>>()))
            })
            .collect()
    })
}

/// The rows fall into blocks that no entry couples; each block is judged by itself.
fn on_blocks(matrix: &[Vec<Poly>], judge: impl Fn(&[usize]) -> Vec<Formula>) -> Formula {
    let mut seen = vec![false; matrix.len()];
    let mut parts = Vec::new();
    for start in 0..matrix.len() {
        if seen[start] {
            continue;
        }
        let mut block = vec![start];
        seen[start] = true;
        let mut next = 0;
        while let Some(row) = block.get(next).copied() {
            for column in 0..matrix.len() {
                if !seen[column] && !matrix[row][column].is_zero() {
                    seen[column] = true;
                    block.push(column);
                }
            }
            next += 1;
        }
        let varies = block.iter().any(|i| block.iter().any(|j| !matrix[*i][*j].is_constant()));
        let largest = if varies { LARGEST_BLOCK_OF_PARAMETERS } else { LARGEST_BLOCK };
        if block.len() > largest {
            return Formula::Unknown(format!("a quadratic form that couples {} components of k", block.len()));
        }
        parts.extend(judge(&block));
    }
    Formula::all(parts)
}

/// All coefficients vanish.
pub(crate) fn vanishes(poly: &Poly, ring: &Ring) -> Formula {
    Formula::all(monomials(poly, ring).iter().map(|(_, c)| Formula::zero(c)))
}
