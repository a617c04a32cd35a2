//! The words of the language: keywords, functions, constants and coordinates.

use crate::limits::MAX_DIMENSION;

/// Words that begin a declaration; a line that starts with one never continues an expression.
pub(crate) const ITEM_KEYWORDS: [&str; 6] = ["param", "field", "dim", "time", "let", "density"];

/// The other words of the grammar.
const GRAMMAR_WORDS: [&str; 5] = ["pde", "complex", "any", "in", "inf"];

/// All functions.
pub(crate) const FUNCTIONS: [&str; 16] = [
    "dt", "caputo", "dx", "d", "grad", "div", "lap", "fraclap", "fourier", "dot", "aniso", "sqrt", "exp", "log", "sin",
    "cos",
];

/// The functions that act on the field; the others are of scalars.
pub(crate) const OPERATORS: [&str; 11] =
    ["dt", "caputo", "dx", "d", "grad", "div", "lap", "fraclap", "fourier", "dot", "aniso"];

pub(crate) fn is_item_keyword(name: &str) -> bool {
    ITEM_KEYWORDS.contains(&name)
}

/// Words of the grammar, which are never an operand.
pub(crate) fn is_keyword(name: &str) -> bool {
    is_item_keyword(name) || GRAMMAR_WORDS.contains(&name)
}

pub(crate) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}

/// What a reserved name stands for; `None` if the name is free.
pub(crate) fn reserved_for(name: &str) -> Option<&'static str> {
    if is_item_keyword(name) || GRAMMAR_WORDS.contains(&name) {
        return Some("a keyword");
    }
    if is_function(name) {
        return Some("a function");
    }
    match name {
        "x" => Some("the position vector"),
        "k" => Some("the length of the wave vector"),
        "omega" => Some("the frequency"),
        "pi" => Some("the number pi"),
        "I" => Some("the imaginary unit"),
        _ => coordinate(name).map(|_| "a coordinate"),
    }
}

/// The index of a coordinate: 1 for `x` and `x1`, 2 for `x2`, …; 0 for an index that is not allowed (`x0`, `x01`,
/// or too large); `None` for other names.
pub(crate) fn coordinate(name: &str) -> Option<u32> {
    let index = name.strip_prefix('x')?;
    if index.is_empty() {
        return Some(1);
    }
    if !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let allowed = |index: &u32| !name.starts_with("x0") && *index <= MAX_DIMENSION;
    Some(index.parse().ok().filter(allowed).unwrap_or(0))
}

/// Whether a name is that of a component of the wave vector: `k1`, `k2`, ….
pub(crate) fn is_component(name: &str) -> bool {
    let is_index = |index: &str| !index.starts_with('0') && !index.is_empty();
    name.strip_prefix('k').is_some_and(|rest| is_index(rest) && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates() {
        assert_eq!((coordinate("x"), coordinate("x3"), coordinate("xi")), (Some(1), Some(3), None));
        assert_eq!((coordinate("x0"), coordinate("x01"), coordinate("x99999999999")), (Some(0), Some(0), Some(0)));
        assert_eq!((reserved_for("x7"), reserved_for("grad")), (Some("a coordinate"), Some("a function")));
        assert_eq!(reserved_for("phi"), None);
        assert_eq!(["k1", "k12", "k0", "k", "kx", "k1a"].map(is_component), [true, true, false, false, false, false]);
    }
}
