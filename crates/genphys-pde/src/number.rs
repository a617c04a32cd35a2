//! Exact decimal numbers: from text, to `f64`, to an exact ratio, and back to text.

use crate::ast::Number;
use crate::limits::{MAX_DECADE, MAX_DIGITS};
use std::fmt;

impl Number {
    /// A whole number.
    pub fn integer(value: u32) -> Self {
        Self::from_decimal(&value.to_string()).unwrap_or_else(Self::zero)
    }

    fn zero() -> Self {
        Self { digits: "0".into(), exponent: 0, negative: false }
    }

    /// Reads `12`, `0.5`, `1e-3`, `2.50E+4`; no sign, at least one digit before the point. `None` for anything
    /// else, and for numbers with too many digits or too far from one (see [`crate::limits`]).
    pub fn from_decimal(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = format!("{whole}{fraction}");
        if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let significant = digits.trim_end_matches('0').len();
        exponent = exponent.checked_add(i32::try_from(digits.len() - significant).ok()?)?;
        digits.truncate(significant);
        let digits = digits.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self::zero());
        }
        let decade = exponent.checked_add(i32::try_from(digits.len()).ok()?)? - 1;
        if digits.len() > MAX_DIGITS || !(-MAX_DECADE..=MAX_DECADE).contains(&decade) {
            return None;
        }
        Some(Self { digits: digits.into(), exponent, negative: false })
    }

    /// The nearest `f64`.
    pub fn to_f64(&self) -> f64 {
        let sign = if self.negative { "-" } else { "" };
        // The text is a decimal number by construction; NaN would show a number built by hand with other digits.
        format!("{sign}{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Exact numerator (with its sign) and denominator in decimal digits, not reduced: `("5", "10")` for `0.5`.
    pub fn ratio(&self) -> (String, String) {
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        let sign = if self.negative && !self.is_zero() { "-" } else { "" };
        (format!("{sign}{}{}", self.digits, zeros(self.exponent)), format!("1{}", zeros(-self.exponent)))
    }

    /// Twice the number; `None` where that has too many digits or is too large.
    pub(crate) fn doubled(&self) -> Option<Self> {
        let mut digits = Vec::with_capacity(self.digits.len() + 1);
        let mut carry = 0;
        for digit in self.digits.bytes().rev() {
            let twice = 2 * (digit - b'0') + carry;
            digits.push(char::from(b'0' + twice % 10));
            carry = twice / 10;
        }
        digits.push(char::from(b'0' + carry));
        let digits: String = digits.into_iter().rev().collect();
        Some(Self { negative: self.negative, ..Self::from_decimal(&format!("{digits}e{}", self.exponent))? })
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    /// The value, if it is a whole number that fits.
    pub fn to_u32(&self) -> Option<u32> {
        if self.exponent < 0 || self.negative || self.exponent > 10 {
            return None;
        }
        self.ratio().0.parse().ok()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative && !self.is_zero() {
            f.write_str("-")?;
        }
        let length = i32::try_from(self.digits.len()).unwrap_or(i32::MAX);
        let decade = length.saturating_add(self.exponent).saturating_sub(1);
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        if self.exponent >= 0 && decade < 15 {
            write!(f, "{}{}", self.digits, zeros(self.exponent))
        } else if self.exponent < 0 && decade >= 0 {
            let (whole, fraction) = self.digits.split_at(usize::try_from(decade + 1).unwrap_or(0));
            write!(f, "{whole}.{fraction}")
        } else if self.exponent < 0 && decade >= -6 {
            write!(f, "0.{}{}", zeros(-decade - 1), self.digits)
        } else {
            let (first, rest) = self.digits.split_at(1.min(self.digits.len()));
            let point = if rest.is_empty() { "" } else { "." };
            write!(f, "{first}{point}{rest}e{decade}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::from_decimal(text).unwrap()
    }

    #[test]
    fn display_and_value() {
        for (text, shown, value) in [
            ("2", "2", 2.0),
            ("1.0", "1", 1.0),
            ("0.50", "0.5", 0.5),
            ("000", "0", 0.0),
            ("1e-3", "0.001", 1e-3),
            ("1.25e-9", "1.25e-9", 1.25e-9),
            ("1200", "1200", 1200.0),
            ("1e20", "1e20", 1e20),
            ("12.5E+1", "125", 125.0),
            ("123456789.25", "123456789.25", 123456789.25),
            ("0.1", "0.1", 0.1),
            ("6.62607015e-34", "6.62607015e-34", 6.62607015e-34),
        ] {
            let number = number(text);
            assert_eq!(number.to_string(), shown);
            assert_eq!(number.to_f64(), value);
            assert_eq!(Number::from_decimal(shown).unwrap(), number);
        }
    }

    #[test]
    fn ratios_are_exact() {
        assert_eq!(number("0.5").ratio(), ("5".into(), "10".into()));
        assert_eq!(number("1500").ratio(), ("1500".into(), "1".into()));
        let minus = Number { negative: true, ..number("0.125") };
        assert_eq!((minus.ratio(), minus.to_string()), (("-125".into(), "1000".into()), "-0.125".into()));
    }

    #[test]
    fn odd_texts_are_refused() {
        for text in ["", ".5", "e3", "1e", "1.2.3", "-1", "1e400", "1e-400", "1e99999999999", "0x1", "١"] {
            assert_eq!(Number::from_decimal(text), None, "{text}");
        }
        assert_eq!(Number::from_decimal(&"7".repeat(101)), None);
        assert_eq!(number("0e999").to_f64(), 0.0);
    }

    #[test]
    fn whole_numbers() {
        assert_eq!(number("16").to_u32(), Some(16));
        assert_eq!(number("1e2").to_u32(), Some(100));
        assert_eq!((number("1.5").to_u32(), number("1e12").to_u32()), (None, None));
        assert_eq!(Number::integer(4_000_000_000).to_string(), "4000000000");
    }
}
