//! Subscripts that mean derivatives: `tt`, `xx`, `x2`, `xt`.

use crate::words::coordinate;

/// A variable that a derivative is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    Time,
    /// The coordinate of this index, from 1.
    Axis(u32),
}

/// The variable of a name.
pub(crate) fn variable(name: &str, time: &str) -> Option<Variable> {
    if name == time {
        return Some(Variable::Time);
    }
    // Papers write x, y and z; here they are x1, x2 and x3.
    let axis = match name {
        "y" => Some(2),
        "z" => Some(3),
        // `x_1` is the x₁ of LaTeX.
        _ => {
            let index = name.strip_prefix("x_").filter(|index| !index.is_empty());
            let plain = index.map_or_else(|| name.to_owned(), |index| format!("x{index}"));
            coordinate(&plain).filter(|axis| *axis > 0)
        }
    };
    axis.map(Variable::Axis)
}

/// The derivatives of a subscript, innermost first, each with its order: `xxt` is ∂²/∂x² and then ∂/∂t. `None` if
/// the subscript is not made of the time and coordinates.
pub(crate) fn directions(subscript: &str, time: &str) -> Option<Vec<(Variable, u32)>> {
    let mut found: Vec<(Variable, u32)> = Vec::new();
    let mut rest = subscript;
    while !rest.is_empty() {
        let length = if rest.starts_with(time) {
            time.len()
        } else {
            1 + rest.get(1..)?.bytes().take_while(u8::is_ascii_digit).count()
        };
        let next = variable(rest.get(..length)?, time)?;
        rest = &rest[length..];
        match found.last_mut() {
            Some((last, order)) if *last == next => *order += 1,
            _ => found.push((next, 1)),
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The derivatives that a name such as `phi_tt` stands for, if it is one of the field's.
pub(crate) fn of_field(name: &str, field: &str, time: &str) -> Option<Vec<(Variable, u32)>> {
    directions(name.strip_prefix(field)?.strip_prefix('_')?, time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Variable::{Axis, Time};

    #[test]
    fn subscripts() {
        assert_eq!(directions("tt", "t"), Some(vec![(Time, 2)]));
        assert_eq!(directions("xxt", "t"), Some(vec![(Axis(1), 2), (Time, 1)]));
        assert_eq!(directions("x1x1x2", "t"), Some(vec![(Axis(1), 2), (Axis(2), 1)]));
        assert_eq!(directions("tautau", "tau"), Some(vec![(Time, 2)]));
        assert_eq!(directions("xyyz", "t"), Some(vec![(Axis(1), 1), (Axis(2), 2), (Axis(3), 1)]));
        for other in ["", "max", "r", "x0", "ta", "0", "tφ"] {
            assert_eq!(directions(other, "t"), None, "{other}");
        }
        assert_eq!(of_field("phi_t", "phi", "t"), Some(vec![(Time, 1)]));
        assert_eq!((of_field("phi_t", "u", "t"), of_field("phit", "phi", "t")), (None, None));
    }
}
