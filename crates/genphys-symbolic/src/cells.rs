//! One parameter: the line is cut at the points where the number of positive roots can change, and the question is
//! decided exactly in every cell (a cylindrical decomposition in one dimension).

use crate::formula::Formula;
use crate::ring::{Poly, coefficients, count_positive_roots};
use crate::sign::SignOracle;
use crate::{budget, decomposition};
use symbolica::domains::rational::Rational;
use symbolica::poly::factor::Factorize;

/// `poly(variable; parameter) > 0` for all values of the variable in (0, ∞), as a condition on the parameter.
pub(crate) fn on_half_line(poly: &Poly, variable: usize, parameter: usize, oracle: &SignOracle) -> Formula {
    let Some(critical) = critical_polynomials(poly, variable) else {
        return Formula::Unknown(
            "sign of a polynomial in k of high degree whose coefficients depend on a parameter".into(),
        );
    };
    let mut factors: Vec<Poly> = Vec::new();
    for candidate in critical.iter().flat_map(Factorize::factor).map(|(f, _)| f) {
        let essential = candidate.degree(parameter) > 0 && !oracle.signs(&candidate).never_zero();
        if essential && !factors.contains(&candidate) {
            factors.push(candidate);
        }
    }
    let product = factors.iter().fold(poly.one(), |p, f| &p * f);
    if product.is_constant() {
        // Nothing can change inside the domain: one sample decides for all of it.
        let Some(sample) = sample_in_domain(parameter, oracle) else {
            return Formula::Unknown("the domain of a parameter is a single point".into());
        };
        return if positive_at(poly, variable, parameter, &sample) { Formula::True } else { Formula::False };
    }
    // Factors that do not vanish in the domain were left out, so that nothing may be asked outside of it; the ends of
    // the domain are cuts of their own.
    let range = oracle.range(parameter).cloned().unwrap_or_default();
    let ends = [&range.lower, &range.upper].into_iter().flatten().map(|(end, _)| {
        let mut exponents = vec![0; poly.nvars()];
        exponents[parameter] = 1;
        &poly.zero().monomial(1.into(), exponents) - &poly.one().mul_coeff(end.clone())
    });
    let with_ends = ends.fold(product, |p, end| if p.try_div(&end).is_some() { p } else { &p * &end });
    let univariate = with_ends.to_univariate_from_univariate(parameter);
    let mut roots: Vec<(Rational, Rational)> =
        univariate.isolate_real_root_intervals().into_iter().map(|(l, u, _)| (l, u)).collect();
    roots.sort_by(|a, b| a.0.to_f64().total_cmp(&b.0.to_f64()));
    let truths: Vec<(Rational, bool)> = (0..=roots.len())
        .map(|cell| {
            let below = cell.checked_sub(1).and_then(|i| roots.get(i));
            let sample = match (below, roots.get(cell)) {
                (None, None) => Rational::from(0),
                (None, Some(above)) => &above.0 - &Rational::from(1),
                (Some(below), None) => &below.1 + &Rational::from(1),
                (Some(below), Some(above)) => &(&below.1 + &above.0) / &Rational::from(2),
            };
            let truth = range.contains(sample.to_f64()) && positive_at(poly, variable, parameter, &sample);
            (sample, truth)
        })
        .collect();
    let inside: Vec<_> = truths.iter().filter(|(sample, _)| range.contains(sample.to_f64())).cloned().collect();
    let Some(mut accepted) = open_cells(&factors, parameter, &inside) else {
        return Formula::Unknown("parameter cells that the signs of the critical polynomials do not separate".into());
    };
    for (cut, neighbours) in roots.iter().zip(truths.windows(2)) {
        accepted.push(at_cut(poly, variable, parameter, &factors, cut, [neighbours[0].1, neighbours[1].1]));
    }
    Formula::any(accepted).simplify(oracle)
}

/// The cells where the answer is yes, each described by the signs of the critical factors in it; `None` when two
/// cells with the same signs have different answers.
fn open_cells(factors: &[Poly], parameter: usize, truths: &[(Rational, bool)]) -> Option<Vec<Formula>> {
    let negative = |sample: &Rational| -> Vec<bool> {
        factors.iter().map(|f| f.replace(parameter, sample).get_constant().is_negative()).collect()
    };
    let described: Vec<(Vec<bool>, bool)> = truths.iter().map(|(sample, truth)| (negative(sample), *truth)).collect();
    let consistent = described.iter().all(|(signs, truth)| described.iter().all(|(s, t)| s != signs || t == truth));
    consistent.then(|| {
        let yes = described.iter().filter(|(_, truth)| *truth);
        yes.map(|(signs, _)| {
            Formula::all(
                factors.iter().zip(signs).map(
                    |(f, negative)| {
                        if *negative { Formula::negative(f) } else { Formula::positive(f) }
                    },
                ),
            )
        })
        .collect()
    })
}

/// The answer on the boundary of two cells.
fn at_cut(
    poly: &Poly,
    variable: usize,
    parameter: usize,
    factors: &[Poly],
    cut: &(Rational, Rational),
    neighbours: [bool; 2],
) -> Formula {
    let exact = if cut.0 == cut.1 { Some(cut.0.clone()) } else { rational_root(factors, parameter, cut) };
    let Some(factor) = factors.iter().find(|f| vanishes_in(f, parameter, cut)) else {
        return Formula::False;
    };
    if let Some(value) = exact {
        return if positive_at(poly, variable, parameter, &value) { Formula::zero(factor) } else { Formula::False };
    }
    // Away from the zeros of the first and last coefficient no root can escape to 0 or infinity: a root that exists
    // on one side stays in (0, infinity) on the boundary.
    let ends: Vec<Poly> = coefficients(poly, variable).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
    let escapes = [ends.first(), ends.last()].into_iter().flatten().any(|c| c.try_div(factor).is_some());
    if !escapes && neighbours != [true, true] {
        return Formula::False;
    }
    Formula::all([
        Formula::zero(factor),
        Formula::Unknown("the case of equality at an irrational parameter value".into()),
    ])
}

fn vanishes_in(factor: &Poly, parameter: usize, cut: &(Rational, Rational)) -> bool {
    let at = |value: &Rational| factor.replace(parameter, value).get_constant();
    let (lower, upper) = (at(&cut.0), at(&cut.1));
    lower.is_zero() || upper.is_zero() || lower.is_negative() != upper.is_negative()
}

/// Leading and trailing coefficients and the discriminant: between their roots the number of roots in (0, ∞) stays.
///
/// `None` where they would take too long.
fn critical_polynomials(poly: &Poly, variable: usize) -> Option<Vec<Poly>> {
    let mut list: Vec<Poly> =
        coefficients(poly, variable).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
    let factors: Vec<Poly> = poly.factor().into_iter().map(|(f, _)| f).filter(|f| f.degree(variable) > 0).collect();
    for (i, a) in factors.iter().enumerate() {
        if factors[i..].iter().any(|b| decomposition::is_too_large(a, b, variable)) || budget::is_spent() {
            return None;
        }
        if a.degree(variable) > 1 {
            list.push(a.to_univariate(variable).resultant(&a.derivative(variable).to_univariate(variable)));
        }
        for b in &factors[i + 1..] {
            list.push(a.to_univariate(variable).resultant(&b.to_univariate(variable)));
        }
    }
    list.retain(|p| !p.is_zero() && !p.is_constant());
    Some(list)
}

fn positive_at(poly: &Poly, variable: usize, parameter: usize, value: &Rational) -> bool {
    let fixed = poly.replace(parameter, value);
    if fixed.is_zero() {
        return false;
    }
    if fixed.degree(variable) == 0 {
        return !fixed.get_constant().is_negative();
    }
    let lowest = coefficients(&fixed, variable).iter().map(|(_, e)| *e).min().unwrap_or(0);
    let mut exponents = vec![0; fixed.nvars()];
    exponents[variable] = lowest;
    let lowered = fixed.try_div(&fixed.zero().monomial(1.into(), exponents)).unwrap_or_else(|| fixed.clone());
    let no_roots = count_positive_roots(&lowered, variable) == Some(0);
    no_roots && !lowered.replace(variable, &1.into()).get_constant().is_negative()
}

fn rational_root(factors: &[Poly], parameter: usize, interval: &(Rational, Rational)) -> Option<Rational> {
    factors.iter().filter(|f| f.degree(parameter) == 1).find_map(|f| {
        let constant = f.replace(parameter, &0.into()).get_constant();
        let slope = &f.replace(parameter, &1.into()).get_constant() - &constant;
        let root = (&constant / &slope).neg();
        let inside = !(&root - &interval.0).is_negative() && !(&interval.1 - &root).is_negative();
        inside.then_some(root)
    })
}

fn sample_in_domain(parameter: usize, oracle: &SignOracle) -> Option<Rational> {
    let range = oracle.range(parameter).cloned().unwrap_or_default();
    let one = Rational::from(1);
    match (&range.lower, &range.upper) {
        (Some((l, _)), Some((u, _))) if l == u => None,
        (Some((l, _)), Some((u, _))) => Some(&(l + u) / &Rational::from(2)),
        (Some((l, _)), None) => Some(l + &one),
        (None, Some((u, _))) => Some(u - &one),
        (None, None) => Some(one),
    }
}
