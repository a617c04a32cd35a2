//! Conditions of a report: `eps > m`, `a^2 <= 2`, with ` and `, ` or ` and parentheses, about the number of dimensions
//! (`N = 1`, `N <= 3`), or in words.

use crate::ast::Expr;
use crate::{evaluate_real, parse_expression};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;

/// A condition with the text that it is written as; serialised as the text, which it can be used as.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct StatedCondition {
    text: String,
    condition: Condition,
}

/// What a condition says.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Between expressions in the parameters, or in k.
    Relation(Expr, Comparison, Expr),
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// N is at most this.
    AtMostDimensions(u32),
    /// Something else, in words.
    Words(String),
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `>`.
    Greater,
    /// `>=`.
    GreaterEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessEqual,
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
}

impl Comparison {
    /// The longer signs first: `>=` begins with `>`.
    const SIGNS: [(&'static str, Self); 6] = [
        (">=", Self::GreaterEqual),
        ("<=", Self::LessEqual),
        ("!=", Self::NotEqual),
        (">", Self::Greater),
        ("<", Self::Less),
        ("=", Self::Equal),
    ];

    /// What holds where this does not.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Greater => Self::LessEqual,
            Self::GreaterEqual => Self::Less,
            Self::Less => Self::GreaterEqual,
            Self::LessEqual => Self::Greater,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
        }
    }
}

impl StatedCondition {
    /// What it says.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }
}

impl From<String> for StatedCondition {
    fn from(text: String) -> Self {
        let condition = Condition::read(&text);
        Self { text, condition }
    }
}

impl From<&str> for StatedCondition {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<StatedCondition> for String {
    fn from(stated: StatedCondition) -> Self {
        stated.text
    }
}

impl Deref for StatedCondition {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for StatedCondition {
    fn borrow(&self) -> &str {
        &self.text
    }
}

/// Two that are written in the same way.
impl PartialEq for StatedCondition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq<str> for StatedCondition {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for StatedCondition {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

impl fmt::Display for StatedCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Condition {
    fn read(text: &str) -> Self {
        let text = strip(text.trim());
        for (word, any) in [(" or ", true), (" and ", false)] {
            let parts = split(text, word);
            if parts.len() > 1 {
                let list = parts.iter().map(|p| Self::read(p)).collect();
                return if any { Self::Any(list) } else { Self::All(list) };
            }
        }
        if let Some(dimensions) = text.strip_prefix("N ") {
            return Self::of_dimensions(dimensions).unwrap_or_else(|| Self::Words(text.to_string()));
        }
        for (sign, comparison) in Comparison::SIGNS {
            if let Some((left, right)) = text.split_once(sign) {
                if let (Ok(left), Ok(right)) = (parse_expression(left), parse_expression(right)) {
                    return Self::Relation(left, comparison, right);
                }
                break;
            }
        }
        Self::Words(text.to_string())
    }

    /// `= 1` or `<= 3`.
    fn of_dimensions(text: &str) -> Option<Self> {
        let (sign, n) = text.split_once(' ')?;
        let n = n.parse().ok()?;
        (sign == "<=" || sign == "=" && n == 1).then_some(Self::AtMostDimensions(n))
    }

    /// That it does not hold; `None` where it is about something else than parameters.
    pub fn negated(&self) -> Option<Self> {
        let each = |list: &[Self]| list.iter().map(Self::negated).collect::<Option<Vec<_>>>();
        Some(match self {
            Self::Relation(left, comparison, right) => {
                Self::Relation(left.clone(), comparison.opposite(), right.clone())
            }
            Self::All(list) => Self::Any(each(list)?),
            Self::Any(list) => Self::All(each(list)?),
            Self::AtMostDimensions(_) | Self::Words(_) => return None,
        })
    }

    /// A part of it that is about something else than parameters, as text.
    pub fn beside_parameters(&self) -> Option<String> {
        match self {
            Self::AtMostDimensions(1) => Some("N = 1".to_owned()),
            Self::AtMostDimensions(n) => Some(format!("N <= {n}")),
            Self::Words(text) => Some(text.clone()),
            Self::All(list) | Self::Any(list) => list.iter().find_map(Self::beside_parameters),
            Self::Relation(..) => None,
        }
    }

    /// Whether it is about parameters alone.
    pub fn is_about_parameters(&self) -> bool {
        match self {
            Self::AtMostDimensions(_) | Self::Words(_) => false,
            Self::All(list) | Self::Any(list) => list.iter().all(Self::is_about_parameters),
            Self::Relation(..) => true,
        }
    }

    /// Whether an equation between parameters occurs in it.
    pub fn asks_for_equality(&self) -> bool {
        match self {
            Self::Relation(_, comparison, _) => *comparison == Comparison::Equal,
            Self::All(list) | Self::Any(list) => list.iter().any(Self::asks_for_equality),
            Self::AtMostDimensions(_) | Self::Words(_) => false,
        }
    }

    /// Whether it holds; `None` where it is about something else or too close to call.
    pub fn holds(&self, values: &BTreeMap<String, f64>) -> Option<bool> {
        match self {
            Self::Relation(left, comparison, right) => {
                let value = |e| evaluate_real(e, values).ok();
                let (x, y) = (value(left)?, value(right)?);
                let close = (x - y).abs() <= 1e-9 * (x.abs() + y.abs());
                match comparison {
                    Comparison::Equal => Some(close),
                    Comparison::NotEqual => Some(!close),
                    _ if close => None,
                    Comparison::Greater | Comparison::GreaterEqual => Some(x > y),
                    Comparison::Less | Comparison::LessEqual => Some(x < y),
                }
            }
            Self::All(list) => list.iter().map(|c| c.holds(values)).try_fold(true, |all, c| c.map(|c| all && c)),
            Self::Any(list) => list.iter().map(|c| c.holds(values)).try_fold(false, |any, c| c.map(|c| any || c)),
            Self::AtMostDimensions(_) | Self::Words(_) => None,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_once_and_written_as_it_was() {
        let values = BTreeMap::from([("a".to_string(), 2.0), ("b".to_string(), -1.0)]);
        for (text, holds) in [
            ("a > b", Some(true)),
            ("a^2 <= b + 4", Some(false)),
            ("a > 0 and (b > 0 or a != 2)", Some(false)),
            ("(a > 0 and b > 0) or (b < 0)", Some(true)),
            ("a = 2", Some(true)),
            ("a >= 2", None),
            ("N = 1", None),
            ("the prior error is accepted at t = 1", None),
        ] {
            let stated = StatedCondition::from(text);
            assert_eq!(stated.condition().holds(&values), holds, "{text}");
            assert_eq!(serde_json::to_value(&stated).unwrap(), text);
            let negated = stated.condition().negated();
            assert_eq!(negated.as_ref().and_then(|c| c.holds(&values)), holds.map(|h| !h), "{text}");
            assert_eq!(negated.is_some(), stated.condition().is_about_parameters(), "{text}");
        }
    }

    #[test]
    fn dimensions_and_words_are_not_about_parameters() {
        let of = |text: &str| StatedCondition::from(text).condition().clone();
        assert_eq!((of("N = 1"), of("N <= 3")), (Condition::AtMostDimensions(1), Condition::AtMostDimensions(3)));
        assert!(matches!(of("N = 3"), Condition::Words(_)) && matches!(of("N >= 1"), Condition::Words(_)));
        assert_eq!(of("a > 0 and N <= 2").beside_parameters().as_deref(), Some("N <= 2"));
        assert_eq!(of("a > 0").beside_parameters(), None);
    }
}
