//! One parameter: the line is cut at the points where the number of positive roots can change, and the question is
//! decided exactly in every cell (a cylindrical decomposition in one dimension).

use crate::algebra::formula::Formula;
use crate::algebra::ring::{Poly, coefficients};
use crate::algebra::sign::SignOracle;
use crate::algebra::steps::Workspace;
use crate::trees::range::Range;
use symbolica::domains::rational::Rational;

/// `poly(variable; parameter) > 0` for all values of the variable in (0, ∞), as a condition on the parameter.
pub(crate) fn on_half_line(poly: &Poly, variable: usize, parameter: usize, oracle: &SignOracle) -> Formula {
    let too_large = "sign of a polynomial in k of high degree whose coefficients depend on a parameter";
    decide(poly, variable, parameter, oracle).unwrap_or_else(|| Formula::Unknown(too_large.into()))
}

/// `None` where a step would take too long.
fn decide(poly: &Poly, variable: usize, parameter: usize, oracle: &SignOracle) -> Option<Formula> {
    let work = &*oracle.work;
    let critical: Option<Vec<_>> =
        critical_polynomials(poly, variable, work)?.iter().map(|p| work.factors(p)).collect();
    let mut factors: Vec<Poly> = Vec::new();
    for candidate in critical?.into_iter().flatten().map(|(f, _)| f) {
        let essential = candidate.degree(parameter) > 0 && !oracle.signs(&candidate).never_zero();
        if essential && !factors.contains(&candidate) {
            factors.push(candidate);
        }
    }
    let product = factors.iter().fold(poly.one(), |p, f| &p * f);
    if product.is_constant() {
        // Nothing can change inside the domain: one sample decides for all of it.
        let Some(sample) = sample_in_domain(parameter, oracle) else {
            return Some(Formula::Unknown("the domain of a parameter is a single point".into()));
        };
        return Some(truth(positive_at(poly, variable, parameter, &sample, work)?));
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
    let roots = work.real_roots(&with_ends, parameter)?;
    let truths = (0..=roots.len())
        .map(|cell| {
            let below = cell.checked_sub(1).and_then(|i| roots.get(i));
            let sample = in_cell(below.map(|r| &r.1), roots.get(cell).map(|r| &r.0), &range);
            let truth = range.contains(sample.to_f64()) && positive_at(poly, variable, parameter, &sample, work)?;
            Some((sample, truth))
        })
        .collect::<Option<Vec<(Rational, bool)>>>()?;
    let inside: Vec<_> = truths.iter().filter(|(sample, _)| range.contains(sample.to_f64())).cloned().collect();
    let Some(mut accepted) = open_cells(&factors, parameter, &inside) else {
        let why = "parameter cells that the signs of the critical polynomials do not separate";
        return Some(Formula::Unknown(why.into()));
    };
    for (cut, neighbours) in roots.iter().zip(truths.windows(2)) {
        accepted.push(at_cut(poly, variable, parameter, &factors, cut, [neighbours[0].1, neighbours[1].1], work)?);
    }
    Some(Formula::any(accepted).simplify(oracle))
}

fn truth(value: bool) -> Formula {
    if value { Formula::True } else { Formula::False }
}

/// A point between two cuts that is not the one value that the domain leaves out.
fn in_cell(below: Option<&Rational>, above: Option<&Rational>, range: &Range) -> Rational {
    let at = |share: Rational| match (below, above) {
        (None, None) => share,
        (None, Some(above)) => above - &share,
        (Some(below), None) => below + &share,
        (Some(below), Some(above)) => below + &(&(above - below) * &(&share / &2.into())),
    };
    let point = at(1.into());
    if range.excluded.as_ref() == Some(&point) { at((1, 2).into()) } else { point }
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
    work: &Workspace,
) -> Option<Formula> {
    let exact = if cut.0 == cut.1 { Some(cut.0.clone()) } else { rational_root(factors, parameter, cut) };
    let Some(factor) = factors.iter().find(|f| vanishes_in(f, parameter, cut)) else {
        return Some(Formula::False);
    };
    if let Some(value) = exact {
        let holds = positive_at(poly, variable, parameter, &value, work)?;
        return Some(if holds { Formula::zero(factor) } else { Formula::False });
    }
    // Away from the zeros of the first and last coefficient no root can escape to 0 or infinity: a root that exists
    // on one side stays in (0, infinity) on the boundary.
    let ends: Vec<Poly> = coefficients(poly, variable).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
    let escapes = [ends.first(), ends.last()].into_iter().flatten().any(|c| c.try_div(factor).is_some());
    if !escapes && neighbours != [true, true] {
        return Some(Formula::False);
    }
    Some(Formula::all([
        Formula::zero(factor),
        Formula::Unknown("the case of equality at an irrational parameter value".into()),
    ]))
}

fn vanishes_in(factor: &Poly, parameter: usize, cut: &(Rational, Rational)) -> bool {
    let at = |value: &Rational| factor.replace(parameter, value).get_constant();
    let (lower, upper) = (at(&cut.0), at(&cut.1));
    lower.is_zero() || upper.is_zero() || lower.is_negative() != upper.is_negative()
}

/// Leading and trailing coefficients and the discriminant: between their roots the number of roots in (0, ∞) stays.
///
/// `None` where they would take too long.
fn critical_polynomials(poly: &Poly, variable: usize, work: &Workspace) -> Option<Vec<Poly>> {
    let mut list: Vec<Poly> =
        coefficients(poly, variable).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
    let factors: Vec<Poly> =
        work.factors(poly)?.into_iter().map(|(f, _)| f).filter(|f| f.degree(variable) > 0).collect();
    for (i, a) in factors.iter().enumerate() {
        if a.degree(variable) > 1 {
            list.push(work.resultant(a, &a.derivative(variable), variable)?);
        }
        for b in &factors[i + 1..] {
            list.push(work.resultant(a, b, variable)?);
        }
    }
    list.retain(|p| !p.is_zero() && !p.is_constant());
    Some(list)
}

fn positive_at(poly: &Poly, variable: usize, parameter: usize, value: &Rational, work: &Workspace) -> Option<bool> {
    let fixed = poly.replace(parameter, value);
    if fixed.is_zero() {
        return Some(false);
    }
    let at_one = fixed.replace(variable, &1.into()).get_constant();
    if at_one.is_negative() || at_one.is_zero() {
        return Some(false);
    }
    work.count_positive_roots(&fixed, variable).map(|roots| roots == 0)
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
    let (lower, upper) = (range.lower.as_ref().map(|(l, _)| l), range.upper.as_ref().map(|(u, _)| u));
    (lower.is_none() || lower != upper).then(|| in_cell(lower, upper, &range))
}
