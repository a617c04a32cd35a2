//! What the checker makes of the conditions of a report.

use crate::exact::range::rational;
use genphys_pde::ast::{Expr, ExprKind};
use genphys_pde::condition::{Comparison, Condition, StatedCondition};
use num_rational::BigRational;
use std::collections::BTreeMap;

/// What conditions of a report say.
pub(crate) fn all(stated: &[StatedCondition]) -> Vec<Condition> {
    stated.iter().map(|stated| stated.condition().clone()).collect()
}

/// Names and their values, where a condition says that they are equal.
pub(crate) fn fixes(condition: &Condition) -> Vec<(String, BigRational)> {
    let value = |e: &Expr| match &e.kind {
        ExprKind::Number(n) => rational(n),
        ExprKind::Neg(inner) => match &inner.kind {
            ExprKind::Number(n) => Some(-rational(n)?),
            _ => None,
        },
        _ => None,
    };
    match condition {
        Condition::Relation(left, Comparison::Equal, right) => match (&left.kind, value(right)) {
            (ExprKind::Symbol(name), Some(value)) => vec![(name.clone(), value)],
            _ => Vec::new(),
        },
        Condition::All(list) => list.iter().flat_map(fixes).collect(),
        _ => Vec::new(),
    }
}

/// What conditions amount to: dimensions up to a largest N, and conditions without dimensions, in each of several
/// cases.
pub(crate) type Cases = Vec<(Option<u32>, Vec<Condition>)>;

/// More cases than this are not looked at.
const MOST_CASES: usize = 16;

/// All conditions at once, as cases; `None` where one is about something else.
pub(crate) fn cases(conditions: &[Condition]) -> Option<Cases> {
    let mut cases: Cases = vec![(None, Vec::new())];
    for condition in conditions {
        let mut next = Cases::new();
        for alternative in alternatives(condition)? {
            for (limit, list) in &cases {
                let (more, conditions) = &alternative;
                let limit = limit.iter().chain(more).min().copied();
                next.push((limit, list.iter().chain(conditions).cloned().collect()));
            }
        }
        cases = next;
        if cases.len() > MOST_CASES {
            return None;
        }
    }
    Some(cases)
}

fn alternatives(condition: &Condition) -> Option<Cases> {
    if condition.is_about_parameters() {
        return Some(vec![(None, vec![condition.clone()])]);
    }
    match condition {
        Condition::Any(list) => {
            Some(list.iter().map(alternatives).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        Condition::All(list) => cases(list),
        Condition::AtMostDimensions(most) => Some(vec![(Some(*most), Vec::new())]),
        Condition::Relation(..) | Condition::Words(_) => None,
    }
}

/// Whether every condition about parameters holds; those about something else are passed over.
pub(crate) fn all_hold(conditions: &[Condition], values: &BTreeMap<String, f64>) -> bool {
    conditions.iter().filter(|c| c.is_about_parameters()).all(|c| c.holds(values) == Some(true))
}
