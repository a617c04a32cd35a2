//! Numbers of the language as exact numbers.

use genphys_pde::ast::Number;
use symbolica::domains::integer::Integer;
use symbolica::domains::rational::Rational;

/// The exact value of a number as written.
pub(crate) fn rational(number: &Number) -> Rational {
    let ten = Integer::from(10);
    let digits = number
        .digits
        .bytes()
        .filter(u8::is_ascii_digit)
        .fold(Integer::from(0), |value, digit| &(&value * &ten) + &Integer::from(i64::from(digit - b'0')));
    let power = ten.pow(u64::from(number.exponent.unsigned_abs()));
    let magnitude = if number.exponent < 0 {
        &Rational::from(digits) / &Rational::from(power)
    } else {
        Rational::from(&digits * &power)
    };
    if number.negative { magnitude.neg() } else { magnitude }
}
