//! Conditions that always or never hold in the declared domains, and parts of them that say nothing new. The box of the
//! domains falls into open cells on which every polynomial of the condition has one sign, each with a rational sample
//! point, and faces, which are boxes of lower dimension. Everything said here is proved; what is too large is left as
//! it is.

use crate::algebra::decomposition;
use crate::algebra::formula::{Formula, Relation};
use crate::algebra::ring::{Poly, terms};
use crate::algebra::sign;
use crate::algebra::sign::SignOracle;
use crate::algebra::steps::Workspace;
use symbolica::domains::rational::Rational;

/// More variables than these are not looked at.
const MOST_VARIABLES: usize = 3;
/// Signs of more polynomials than these are not combined.
const MOST_POLYNOMIALS: usize = 8;
/// The share of the positive terms that must be left over where a polynomial is said to be positive up to the boundary.
const MARGIN: i64 = 1 << 20;

/// More questions than these are not asked about one condition.
const MOST_QUESTIONS: usize = 48;

/// The condition without what the domains make redundant.
pub(crate) fn reduced(formula: &Formula, oracle: &SignOracle) -> Formula {
    if small(formula).is_none() {
        return formula.clone();
    }
    within(formula, &Formula::True, oracle, &mut { MOST_QUESTIONS })
}

/// The condition as it reads where `context` holds; elsewhere it does not matter what it says.
fn within(formula: &Formula, context: &Formula, oracle: &SignOracle, left: &mut usize) -> Formula {
    if matches!(formula, Formula::True | Formula::False | Formula::Unknown(_)) {
        return formula.clone();
    }
    let outside = context.negate();
    let mut is_sure = |formula: Formula| {
        *left = left.saturating_sub(1);
        *left > 0 && always(&Formula::any([outside.clone(), formula]), oracle)
    };
    if is_sure(formula.clone()) {
        return Formula::True;
    }
    if is_sure(formula.negate()) {
        return Formula::False;
    }
    // Each part is read where the others leave something to say; the last ones, which tend to be special cases, go
    // first.
    let each = |parts: &[Formula], left: &mut usize, care: &dyn Fn(&Formula) -> Formula| {
        let mut list = parts.to_vec();
        for i in (0..list.len()).rev() {
            let others = list.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, f)| care(f));
            let inner = Formula::all(others.chain([context.clone()]));
            list[i] = within(&list[i], &inner, oracle, left);
        }
        list
    };
    match formula {
        Formula::Or(parts) => Formula::any(each(parts, left, &|part| part.negate())),
        Formula::And(parts) => Formula::all(each(parts, left, &Formula::clone)),
        other => other.clone(),
    }
}

/// Whether the condition is proved to hold at every point of the domains. What is unknown is taken as false.
pub(crate) fn always(formula: &Formula, oracle: &SignOracle) -> bool {
    let Some(variables) = small(formula) else { return false };
    everywhere(formula, &variables, oracle)
}

/// A point of the domains at which the condition is true, where one is found by the cells; only for conditions on
/// variables that take every value of their ranges.
pub(crate) fn example(formula: &Formula, oracle: &SignOracle) -> bool {
    let Some(variables) = small(formula) else { return false };
    let cases = pieces(formula, &variables, oracle);
    cases.iter().any(|case| {
        let Some(list) = polynomials(case) else { return false };
        decomposition::samples(&list, &variables, &oracle.work)
            .is_some_and(|points| points.iter().any(|point| holds(case, &variables, point)))
    })
}

/// The variables, where there are few enough of them and of polynomials.
fn small(formula: &Formula) -> Option<Vec<usize>> {
    let list = polynomials(formula)?;
    let mut variables: Vec<usize> = Vec::new();
    for poly in &list {
        variables.extend((0..poly.nvars()).filter(|i| poly.degree(*i) > 0));
    }
    variables.sort_unstable();
    variables.dedup();
    (variables.len() <= MOST_VARIABLES && list.len() <= MOST_POLYNOMIALS).then_some(variables)
}

/// The different polynomials, up to the sign; `None` for too many.
fn polynomials(formula: &Formula) -> Option<Vec<Poly>> {
    fn collect(formula: &Formula, list: &mut Vec<Poly>) {
        match formula {
            Formula::Atom(p, _) if !p.is_constant() && !list.contains(p) && !list.contains(&-p.clone()) => {
                list.push(p.clone());
            }
            Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| collect(part, list)),
            _ => {}
        }
    }
    let mut list = Vec::new();
    collect(formula, &mut list);
    (list.len() <= 2 * MOST_POLYNOMIALS).then_some(list)
}

/// The condition in variables over (0, ∞) on every open part of the box.
fn pieces(formula: &Formula, variables: &[usize], oracle: &SignOracle) -> Vec<Formula> {
    let mut cases = vec![formula.clone()];
    for variable in variables {
        let range = oracle.range(*variable).cloned().unwrap_or_default();
        if let (Some((lower, _)), Some((upper, _))) = (&range.lower, &range.upper)
            && lower == upper
        {
            return Vec::new();
        }
        let count = sign::substitutions(&range).len();
        cases = cases
            .iter()
            .flat_map(|case| {
                (0..count).map(|i| {
                    case.map_atoms(&|p, relation| {
                        let moved = sign::on_interior(p, *variable, &range).swap_remove(i);
                        Formula::Atom(moved, relation)
                    })
                })
            })
            .collect();
    }
    cases
}

fn everywhere(formula: &Formula, variables: &[usize], oracle: &SignOracle) -> bool {
    if variables.is_empty() {
        return constant(formula);
    }
    // The open parts of the box, then the faces of each variable.
    if !pieces(formula, variables, oracle).iter().all(|case| on_orthant(case, variables, &oracle.work)) {
        return false;
    }
    variables.iter().all(|variable| {
        let range = oracle.range(*variable).cloned().unwrap_or_default();
        let others: Vec<usize> = variables.iter().copied().filter(|v| v != variable).collect();
        sign::faces(&range).iter().all(|value| {
            let face = formula.map_atoms(&|p, relation| Formula::Atom(p.replace(*variable, value), relation));
            everywhere(&face, &others, oracle)
        })
    })
}

/// The truth of a condition on numbers.
fn constant(formula: &Formula) -> bool {
    match formula {
        Formula::True => true,
        Formula::False | Formula::Unknown(_) => false,
        Formula::And(parts) => parts.iter().all(constant),
        Formula::Or(parts) => parts.iter().any(constant),
        Formula::Atom(p, relation) => p.is_constant() && related(&p.get_constant(), *relation),
    }
}

fn related(value: &Rational, relation: Relation) -> bool {
    match relation {
        Relation::Positive => !value.is_negative() && !value.is_zero(),
        Relation::NonNegative => !value.is_negative(),
        Relation::Zero => value.is_zero(),
        Relation::NonZero => !value.is_zero(),
    }
}

fn holds(formula: &Formula, variables: &[usize], point: &[Rational]) -> bool {
    let at = |p: &Poly| variables.iter().zip(point).fold(p.clone(), |p, (v, x)| p.replace(*v, x)).get_constant();
    match formula {
        Formula::True => true,
        Formula::False | Formula::Unknown(_) => false,
        Formula::And(parts) => parts.iter().all(|part| holds(part, variables, point)),
        Formula::Or(parts) => parts.iter().any(|part| holds(part, variables, point)),
        Formula::Atom(p, relation) => related(&at(p), *relation),
    }
}

/// For all positive values of the variables.
fn on_orthant(formula: &Formula, variables: &[usize], work: &Workspace) -> bool {
    if let [single] = variables {
        return on_half_line(formula, *single, work).unwrap_or(false);
    }
    up_to_the_boundary(formula, variables, work) || with_any_zeros(formula, variables, work).unwrap_or(false)
}

/// One variable: in every cell, and at every root, where the factor that changes its sign vanishes and no other does.
fn on_half_line(formula: &Formula, variable: usize, work: &Workspace) -> Option<bool> {
    let list = polynomials(formula)?;
    let points = decomposition::samples(&list, &[variable], work)?;
    let mut factors: Vec<Poly> = Vec::new();
    for poly in &list {
        for (factor, _) in work.factors(poly)? {
            if !factor.is_constant() && !factors.contains(&factor) {
                factors.push(factor);
            }
        }
    }
    if !points.iter().all(|point| holds(formula, &[variable], point)) {
        return Some(false);
    }
    let value = |p: &Poly, x: &Rational| p.replace(variable, x).get_constant();
    let mut ordered: Vec<Rational> = points.into_iter().filter_map(|mut p| p.pop()).collect();
    ordered.sort_by(decomposition::in_order);
    Some(ordered.windows(2).all(|pair| {
        let crossed: Vec<&Poly> =
            factors.iter().filter(|f| value(f, &pair[0]).is_negative() != value(f, &pair[1]).is_negative()).collect();
        let at_root = formula.map_atoms(&|p, relation| {
            let vanishes = crossed.iter().any(|f| p.try_div(f).is_some());
            let value = if vanishes { Rational::from(0) } else { value(p, &pair[0]) };
            if related(&value, relation) { Formula::True } else { Formula::False }
        });
        at_root == Formula::True
    }))
}

/// The closed condition in which p > 0 is replaced by p₊ (1 − 1/MARGIN) ≥ p₋ holds in every open cell, hence
/// everywhere, and implies the condition.
fn up_to_the_boundary(formula: &Formula, variables: &[usize], work: &Workspace) -> bool {
    let closed = strengthened(formula);
    let Some(list) = polynomials(&closed) else { return false };
    decomposition::samples(&list, variables, work)
        .is_some_and(|points| points.iter().all(|point| holds(&closed, variables, point)))
}

fn strengthened(formula: &Formula) -> Formula {
    formula.map_atoms(&|p, relation| {
        let margin = |p: &Poly| Formula::non_negative(&with_margin(p));
        match relation {
            _ if p.is_constant() => {
                if constant(&Formula::Atom(p.clone(), relation)) {
                    Formula::True
                } else {
                    Formula::False
                }
            }
            Relation::NonNegative => Formula::non_negative(p),
            Relation::Positive => margin(p),
            Relation::Zero => Formula::False,
            Relation::NonZero => Formula::any([margin(p), margin(&-p.clone())]),
        }
    })
}

fn with_margin(poly: &Poly) -> Poly {
    let mut reduced = poly.zero();
    for (coefficient, exponents) in terms(poly) {
        let weight = if coefficient.is_negative() { Rational::from(1) } else { Rational::new(MARGIN - 1, MARGIN) };
        reduced.append_monomial(coefficient * &weight, exponents);
    }
    if reduced.is_zero() || terms(poly).all(|(c, _)| c.is_negative()) { -poly.one() } else { reduced }
}

/// At a point of a cell's boundary every polynomial has its sign in the cell or vanishes: the condition holds for all
/// these combinations.
fn with_any_zeros(formula: &Formula, variables: &[usize], work: &Workspace) -> Option<bool> {
    let list = polynomials(formula)?;
    if list.len() > MOST_POLYNOMIALS {
        return None;
    }
    let points = decomposition::samples(&list, variables, work)?;
    let mut seen: Vec<Vec<bool>> = Vec::new();
    for point in points {
        let at = |p: &Poly| variables.iter().zip(&point).fold(p.clone(), |p, (v, x)| p.replace(*v, x)).get_constant();
        let values: Vec<Rational> = list.iter().map(at).collect();
        let signs: Vec<bool> = values.iter().map(Rational::is_negative).collect();
        if seen.contains(&signs) {
            continue;
        }
        for zeros in 0_u32..1 << list.len() {
            let truth = formula.map_atoms(&|p, relation| {
                let found = list.iter().position(|q| q == p || *q == -p.clone());
                let value = match found {
                    None => p.get_constant(),
                    Some(i) if zeros >> i & 1 == 1 => Rational::from(0),
                    Some(i) if list[i] == *p => values[i].clone(),
                    Some(i) => values[i].neg(),
                };
                if related(&value, relation) { Formula::True } else { Formula::False }
            });
            if truth != Formula::True {
                return Some(false);
            }
        }
        seen.push(signs);
    }
    Some(true)
}

/// Every part of the second conjunction is one of the first.
pub(crate) fn implies(first: &Formula, second: &Formula) -> bool {
    let parts = |f: &Formula| match f {
        Formula::And(parts) => parts.clone(),
        other => vec![other.clone()],
    };
    let known = parts(first);
    second.unknowns().is_empty() && parts(second).iter().all(|part| known.contains(part))
}
