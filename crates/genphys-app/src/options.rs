//! Numbers on the command line, each in the range in which it means something.

/// One or more.
pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if value > 0 => Ok(value),
        // What a person writes for a large number.
        _ => match text.parse::<f64>() {
            Ok(value) if value >= 1.0 && value.fract() == 0.0 && value <= 9e15 => Ok(value as usize),
            _ => Err("expected a whole number above zero".into()),
        },
    }
}

/// Above zero.
pub(super) fn positive(text: &str) -> Result<f64, String> {
    number(text, "a number above zero", |value| value > 0.0)
}

/// Zero or more.
pub(super) fn not_negative(text: &str) -> Result<f64, String> {
    number(text, "a number of zero or more", |value| value >= 0.0)
}

fn number(text: &str, expected: &str, right: impl Fn(f64) -> bool) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && right(value) => Ok(value),
        _ => Err(format!("expected {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_their_range_are_refused() {
        assert_eq!(
            (count("7"), count("1e7"), positive("1e-3"), not_negative("0")),
            (Ok(7), Ok(10_000_000), Ok(1e-3), Ok(0.0))
        );
        for text in ["0", "-1", "1.5", "nan", "inf", "1e300", "", "seven"] {
            assert!(count(text).is_err(), "{text}");
        }
        for text in ["-1", "nan", "inf", "-inf", "", "1e999"] {
            assert!(positive(text).is_err() && not_negative(text).is_err(), "{text}");
        }
        assert!(positive("0").is_err() && positive("-0").is_err());
    }
}
