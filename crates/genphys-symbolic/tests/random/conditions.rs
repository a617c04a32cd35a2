//! Conditions of a report at numbers: `a > b`, `N = 1`, with ` and `, ` or ` and parentheses.

use std::collections::BTreeMap;

/// Too close to call, relative to both sides.
const CLOSE: f64 = 1e-6;

/// Whether a condition holds at parameter values in N dimensions; `None` where it is about something else, or a
/// relation of which it depends is too close to call.
pub(crate) fn holds(text: &str, values: &BTreeMap<String, f64>, dim: usize) -> Option<bool> {
    let text = inner(text.trim());
    for (word, enough) in [(" or ", true), (" and ", false)] {
        let parts = split(text, word);
        if parts.len() > 1 {
            let list: Vec<Option<bool>> = parts.iter().map(|part| holds(part, values, dim)).collect();
            return match list.contains(&Some(enough)) {
                true => Some(enough),
                false if list.contains(&None) => None,
                false => Some(!enough),
            };
        }
    }
    let relation = [">=", "<=", "!=", ">", "<", "="].into_iter().find(|r| text.contains(r))?;
    let (left, right) = text.split_once(relation)?;
    let value = |side: &str| match side.trim() {
        "N" => Some(dim as f64),
        side => genphys_pde::evaluate_real(&genphys_pde::parse_expression(side).ok()?, values).ok(),
    };
    let (x, y) = (value(left)?, value(right)?);
    let whole = left.trim() == "N";
    let equal = x == y;
    if !whole && !equal && (x - y).abs() <= CLOSE * (x.abs() + y.abs()) {
        return None;
    }
    // Sides that come out equal may be so by rounding, unless they are as simple as 0 and 0.
    let sure = whole || !equal || (x.fract() == 0.0 && x.abs() < 100.0);
    sure.then_some(match relation {
        ">=" => x >= y,
        "<=" => x <= y,
        "!=" => !equal,
        ">" => x > y,
        "<" => x < y,
        _ => equal,
    })
}

/// Whether all conditions hold.
pub(crate) fn all_hold(list: &[String], values: &BTreeMap<String, f64>, dim: usize) -> Option<bool> {
    let list: Vec<Option<bool>> = list.iter().map(|text| holds(text, values, dim)).collect();
    match list.contains(&Some(false)) {
        true => Some(false),
        false if list.contains(&None) => None,
        false => Some(true),
    }
}

/// Without parentheses around the whole.
fn inner(text: &str) -> &str {
    match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(part) if depth(part).is_some_and(|d| d == 0) => inner(part.trim()),
        _ => text,
    }
}

/// How many parentheses are open at the end; `None` where more are closed than opened.
fn depth(text: &str) -> Option<i32> {
    text.chars().try_fold(0, |depth, c| {
        let depth = depth + i32::from(c == '(') - i32::from(c == ')');
        (depth >= 0).then_some(depth)
    })
}

/// The parts between a word, outside parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for (at, _) in text.match_indices(word) {
        if at >= from && depth(&text[from..at]) == Some(0) {
            parts.push(&text[from..at]);
            from = at + word.len();
        }
    }
    parts.push(&text[from..]);
    parts
}

#[test]
fn conditions_at_numbers() {
    let values = BTreeMap::from([("a".to_string(), 2.0), ("b".to_string(), -1.0)]);
    for (text, dim, expected) in [
        ("a > b", 1, Some(true)),
        ("a^2 <= b + 4", 1, Some(false)),
        ("N = 1", 1, Some(true)),
        ("N = 1", 2, Some(false)),
        ("N <= 3", 3, Some(true)),
        ("a > 0 and (b > 0 or N = 1)", 1, Some(true)),
        ("(a > 0 and b > 0) or (a < 0)", 1, Some(false)),
        ("a = 2", 1, Some(true)),
        ("a != 2 or b < 0", 1, Some(true)),
        ("the prior error is accepted at t = 1", 1, None),
    ] {
        assert_eq!(holds(text, &values, dim), expected, "{text} in N = {dim}");
    }
}
