//! Conditions of a report as text: `eps > m`, `a^2 <= 2`, with ` and `, ` or ` and parentheses.

use crate::exact::range::rational;
use genphys_pde::ast::{Expr, ExprKind};
use num_rational::BigRational;
use std::collections::BTreeMap;

/// A condition on parameter values.
#[derive(Clone)]
pub(crate) enum Condition {
    Relation(Expr, &'static str, Expr),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// About something else, such as `N = 1`.
    Other(String),
}

const RELATIONS: [&str; 6] = [">=", "<=", "!=", ">", "<", "="];

impl Condition {
    pub(crate) fn all(texts: &[String]) -> Vec<Self> {
        texts.iter().map(|t| Self::read(t)).collect()
    }

    fn read(text: &str) -> Self {
        let text = strip(text.trim());
        for (word, any) in [(" or ", true), (" and ", false)] {
            let parts = split(text, word);
            if parts.len() > 1 {
                let list = parts.iter().map(|p| Self::read(p)).collect();
                return if any { Self::Any(list) } else { Self::All(list) };
            }
        }
        for relation in RELATIONS {
            if let Some((left, right)) = text.split_once(relation) {
                let parsed = (genphys_pde::parse_expression(left), genphys_pde::parse_expression(right));
                if let (Ok(left), Ok(right)) = parsed
                    && !text.starts_with("N ")
                {
                    return Self::Relation(left, relation, right);
                }
                break;
            }
        }
        Self::Other(text.to_string())
    }

    /// That it does not hold; `None` where it is about something else.
    pub(crate) fn negated(&self) -> Option<Self> {
        let each = |list: &[Self]| list.iter().map(Self::negated).collect::<Option<Vec<_>>>();
        Some(match self {
            Self::Relation(left, relation, right) => {
                let opposite = match *relation {
                    ">=" => "<",
                    "<=" => ">",
                    ">" => "<=",
                    "<" => ">=",
                    "=" => "!=",
                    _ => "=",
                };
                Self::Relation(left.clone(), opposite, right.clone())
            }
            Self::All(list) => Self::Any(each(list)?),
            Self::Any(list) => Self::All(each(list)?),
            Self::Other(_) => return None,
        })
    }

    /// The largest N of a condition `N = 1` or `N <= 3`.
    pub(crate) fn most_dimensions(&self) -> Option<u32> {
        let Self::Other(text) = self else { return None };
        let (relation, n) = text.strip_prefix("N ")?.split_once(' ')?;
        let n = n.parse().ok()?;
        ((relation == "=" && n == 1) || relation == "<=").then_some(n)
    }

    /// The text of a condition, or of an alternative in it, that says nothing about parameters.
    pub(crate) fn unreadable(&self) -> Option<&str> {
        match self {
            Self::Other(text) => Some(text),
            Self::All(list) | Self::Any(list) => list.iter().find_map(Self::unreadable),
            Self::Relation(..) => None,
        }
    }

    /// Whether an equation between parameters occurs in it.
    pub(crate) fn asks_for_equality(&self) -> bool {
        match self {
            Self::Relation(_, relation, _) => *relation == "=",
            Self::All(list) | Self::Any(list) => list.iter().any(Self::asks_for_equality),
            Self::Other(_) => false,
        }
    }

    /// Names and their values, where the condition says that they are equal.
    pub(crate) fn fixes(&self) -> Vec<(String, BigRational)> {
        let value = |e: &Expr| match &e.kind {
            ExprKind::Number(n) => rational(n),
            ExprKind::Neg(inner) => match &inner.kind {
                ExprKind::Number(n) => Some(-rational(n)?),
                _ => None,
            },
            _ => None,
        };
        match self {
            Self::Relation(left, "=", right) => match (&left.kind, value(right)) {
                (ExprKind::Symbol(name), Some(value)) => vec![(name.clone(), value)],
                _ => Vec::new(),
            },
            Self::All(list) => list.iter().flat_map(Self::fixes).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it holds; `None` where it is about something else or too close to call.
    pub(crate) fn holds(&self, values: &BTreeMap<String, f64>) -> Option<bool> {
        match self {
            Self::Relation(left, relation, right) => {
                let value = |e| genphys_pde::evaluate_real(e, values).ok();
                let (x, y) = (value(left)?, value(right)?);
                let close = (x - y).abs() <= 1e-9 * (x.abs() + y.abs());
                match *relation {
                    "=" => Some(close),
                    "!=" => Some(!close),
                    _ if close => None,
                    ">" | ">=" => Some(x > y),
                    _ => Some(x < y),
                }
            }
            Self::All(list) => list.iter().map(|c| c.holds(values)).try_fold(true, |all, c| c.map(|c| all && c)),
            Self::Any(list) => list.iter().map(|c| c.holds(values)).try_fold(false, |any, c| c.map(|c| any || c)),
            Self::Other(_) => None,
        }
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
    if condition.unreadable().is_none() {
        return Some(vec![(None, vec![condition.clone()])]);
    }
    match condition {
        Condition::Any(list) => {
            Some(list.iter().map(alternatives).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
        }
        Condition::All(list) => cases(list),
        other => Some(vec![(Some(other.most_dimensions()?), Vec::new())]),
    }
}

/// Whether every condition about parameters holds; those about something else are passed over.
pub(crate) fn all_hold(conditions: &[Condition], values: &BTreeMap<String, f64>) -> bool {
    conditions.iter().filter(|c| c.unreadable().is_none()).all(|c| c.holds(values) == Some(true))
}

/// Without parentheses around the whole.
fn strip(text: &str) -> &str {
    match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) if balanced(inner) => inner,
        _ => text,
    }
}

fn balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The parts between a word, outside parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, _) in text.match_indices(word) {
        if balanced(&text[from..at]) && at >= from {
            parts.push(&text[from..at]);
            from = at + word.len();
        }
    }
    parts.push(&text[from..]);
    parts
}
