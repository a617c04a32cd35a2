//! Coefficients that depend on the time: statements for every t of the interval.

mod integral;
mod total;

pub(crate) use integral::{integral, integral_text};
pub(crate) use total::{Total, integrable_at_start, total};

use crate::algebra::formula::{Formula, Relation};
use crate::algebra::positivity;
use crate::algebra::ring::{Meaning, Poly, coefficients, terms};
use crate::algebra::sign::on_interior;
use crate::equation::clock::by_time;
use crate::equation::declared::time_range;
use crate::equation::linear::Equation;
use genphys_pde::ast::{Expr, ExprKind, ScalarFunction};

/// The formula for every time of the interval, as a condition on the parameters alone.
pub(crate) fn at_all_times(eq: &Equation, formula: &Formula) -> Formula {
    let depends = |f: &Formula| mentions_time(eq, f);
    if !depends(formula) {
        return formula.clone();
    }
    let result = match formula {
        Formula::And(parts) => Formula::all(parts.iter().map(|p| at_all_times(eq, p))),
        Formula::Or(parts) => {
            let (changing, fixed): (Vec<_>, Vec<_>) = parts.iter().partition(|p| depends(p));
            let each: Vec<Formula> = changing.iter().map(|p| at_all_times(eq, p)).collect();
            let exact = each.len() <= 1;
            let sufficient = Formula::any(fixed.into_iter().cloned().chain(each)).simplify(&eq.oracle);
            match sufficient {
                Formula::True => Formula::True,
                other if exact => other,
                other => Formula::any([other, Formula::Unknown("alternatives that change with the time".into())]),
            }
        }
        Formula::Atom(poly, relation) => atom(eq, poly, *relation),
        other => other.clone(),
    };
    result.simplify(&eq.oracle)
}

/// The formula with log(x) > 0 written as x > 1.
pub(crate) fn without_logarithms(eq: &Equation, formula: &Formula) -> Formula {
    let log = |p: &Poly| {
        let i = (0..eq.ring.meanings.len()).find(|i| *p == eq.ring.variable(*i))?;
        let Meaning::Function { expr, .. } = &eq.ring.meanings[i] else { return None };
        let ExprKind::Function { function: ScalarFunction::Log, argument } = &expr.kind else { return None };
        let above_one = crate::trees::expression::sub(argument, &crate::trees::expression::number(1));
        let (num, den) = crate::equation::symbol::scalar_in(eq.pde, &eq.fixed, &eq.ring, &above_one)?;
        Some(&num * &den)
    };
    let replaced = |p: &Poly, relation: Relation| -> Formula {
        let Some(factors) = eq.ring.work.factors(p) else { return Formula::Atom(p.clone(), relation) };
        let put = |product: Poly, (factor, power): &(Poly, usize)| {
            let factor = log(factor).or_else(|| log(&-factor.clone()).map(|p| -p)).unwrap_or_else(|| factor.clone());
            (0..*power).fold(product, |product, _| &product * &factor)
        };
        Formula::Atom(factors.iter().fold(p.one(), put), relation)
    };
    formula.map_atoms(&replaced).simplify(&eq.oracle)
}

fn mentions_time(eq: &Equation, formula: &Formula) -> bool {
    match formula {
        Formula::And(parts) | Formula::Or(parts) => parts.iter().any(|p| mentions_time(eq, p)),
        Formula::Atom(poly, _) => eq.ring.has_time(poly),
        _ => false,
    }
}

fn atom(eq: &Equation, poly: &Poly, relation: Relation) -> Formula {
    match relation {
        Relation::Zero => {
            let each = Formula::all(by_time(eq, poly).values().map(Formula::zero).collect::<Vec<_>>());
            if are_independent(eq, poly) {
                return each;
            }
            Formula::any([each, Formula::Unknown("whether functions of the time cancel".into())])
        }
        Relation::NonZero => {
            Formula::any([atom(eq, poly, Relation::Positive), atom(eq, &-poly.clone(), Relation::Positive)])
        }
        Relation::Positive | Relation::NonNegative => sign(eq, poly, relation == Relation::Positive),
    }
}

/// Whether the powers of the time and of its functions in a polynomial are known to be linearly independent: at most
/// one function occurs, in one power, or it is transcendental.
fn are_independent(eq: &Equation, poly: &Poly) -> bool {
    let functions: Vec<(usize, &Expr)> = (0..eq.ring.meanings.len())
        .filter(|i| poly.degree(*i) > 0)
        .filter_map(|i| match &eq.ring.meanings[i] {
            Meaning::Function { expr, in_time: true, .. } => Some((i, expr)),
            _ => None,
        })
        .collect();
    let time = &eq.pde.time.name;
    match functions.as_slice() {
        [] => true,
        [(index, expr)] => {
            let powers: std::collections::BTreeSet<u16> = terms(poly).map(|(_, e)| e[*index]).collect();
            let of_time = |e: &Expr| matches!(&e.kind, ExprKind::Symbol(n) if n == time);
            powers.len() == 1
                || match &expr.kind {
                    ExprKind::Function { function: ScalarFunction::Sqrt, .. } => poly.degree(*index) < 2,
                    ExprKind::Function { function: ScalarFunction::Exp, argument } => {
                        crate::trees::calculus::differentiate(argument, time)
                            .is_some_and(|rate| !crate::trees::expression::mentions(&rate, time))
                    }
                    ExprKind::Function { argument, .. } => of_time(argument),
                    ExprKind::Pow(base, _) => !crate::trees::expression::mentions(base, time),
                    _ => false,
                }
        }
        _ => false,
    }
}

fn sign(eq: &Equation, poly: &Poly, strict: bool) -> Formula {
    let grouped = by_time(eq, poly);
    let all = Formula::all(grouped.values().map(Formula::non_negative).collect::<Vec<_>>());
    let one = Formula::any(grouped.values().map(Formula::positive).collect::<Vec<_>>());
    let range = time_range(eq.pde);
    let only_time = eq
        .ring
        .time()
        .filter(|t| (0..eq.ring.meanings.len()).all(|i| i == *t || poly.degree(i) == 0 || !eq.ring.changes_in_time(i)));
    if let Some(time) = only_time {
        let pieces = on_interior(poly, time, &range);
        return Formula::all(pieces.iter().map(|p| {
            let open = positivity::on_half_line(p, time, &eq.oracle);
            if strict || open == Formula::True {
                return open;
            }
            // p ≥ 0: exact where at most two powers of the time occur.
            let list: Vec<Poly> = coefficients(p, time).into_iter().map(|(c, _)| c).filter(|c| !c.is_zero()).collect();
            let weak = Formula::all(list.iter().map(Formula::non_negative).collect::<Vec<_>>());
            if list.len() <= 2 {
                weak
            } else {
                Formula::any([weak, open, Formula::Unknown("a polynomial in the time that touches zero".into())])
            }
        }));
    }
    let positive_time = grouped.keys().all(|key| is_positive(eq, key));
    let sufficient = if strict { Formula::all([all, one]) } else { all };
    let sufficient = if positive_time { sufficient } else { Formula::False };
    if grouped.len() == 1 && positive_time {
        return sufficient;
    }
    // As of 1 + sin(t), which is an interval without its signs.
    let expr = crate::algebra::tree::poly(&eq.ring, poly);
    let values = expr.as_ref().and_then(|expr| {
        let names = |name: &str| crate::equation::symbol::enclosure(eq.pde, &eq.fixed, name);
        crate::trees::interval::enclose(expr, &names)
    });
    if values.is_some_and(|v| if strict { v.positive() } else { v.non_negative() }) {
        return Formula::True;
    }
    match expr.and_then(|expr| crate::equation::clock::positive_inside(eq, &expr)) {
        Some(true) => return Formula::True,
        Some(false) => return Formula::False,
        None => {}
    }
    Formula::any([sufficient, Formula::Unknown("the sign of a coefficient that changes with the time".into())])
}

/// Whether a monomial in the time and its functions is positive throughout.
pub(crate) fn is_positive(eq: &Equation, key: &[u16]) -> bool {
    key.iter()
        .enumerate()
        .filter(|(_, e)| **e > 0)
        .all(|(i, _)| eq.oracle.signs(&eq.ring.variable(i)).always_positive())
}

/// Where the leading coefficient vanishes at every k although it is not zero identically.
pub(crate) fn order_drops(eq: &Equation) -> Formula {
    let Some(lead) = eq.a.last() else { return Formula::False };
    if eq.ring.has_time(&lead.re) && lead.is_real() && at_all_times(eq, &Formula::non_zero(&lead.re)) == Formula::True {
        return Formula::False;
    }
    let parts = [&lead.re, &lead.im].into_iter().flat_map(|p| crate::algebra::polynomial::monomials(p, &eq.ring));
    Formula::all(parts.map(|(_, c)| Formula::zero(&c)).collect::<Vec<_>>()).simplify(&eq.oracle)
}
