//! Real numbers of many bits, each with a bound on its error: what cancels is seen, and can be computed again with
//! more.

use astro_float::{BigFloat, Consts, Radix, RoundingMode};
use genphys_pde::EvaluateError;
use genphys_pde::ast::{Number, ScalarFunction};

const TO_EVEN: RoundingMode = RoundingMode::ToEven;

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is none.
    None(EvaluateError),
    /// It is not told from one where there is none: more bits may help.
    Bits,
}

/// What an operation gives.
pub(super) type Found = Result<Ball, Trouble>;

/// A number, wrong by at most 2^error; error is −∞ where it is exact.
#[derive(Clone, Debug)]
pub(super) struct Ball {
    value: BigFloat,
    error: f64,
}

/// How many bits are carried.
pub(super) struct Arithmetic {
    bits: usize,
    constants: Consts,
}

/// log₂(2^a + 2^b), rounded up a little.
fn sum(a: f64, b: f64) -> f64 {
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    if small == f64::NEG_INFINITY { large } else { large + (small - large).exp2().ln_1p() / std::f64::consts::LN_2 }
}

/// log₂ of a bound on a number.
fn size(value: &BigFloat) -> f64 {
    match value.exponent() {
        Some(exponent) if !value.is_zero() => f64::from(exponent),
        _ => f64::NEG_INFINITY,
    }
}

impl Ball {
    fn is_exact(&self) -> bool {
        self.error == f64::NEG_INFINITY
    }

    pub(super) fn is_zero(&self) -> bool {
        self.value.is_zero() && self.is_exact()
    }

    /// Whether it may be zero.
    fn may_vanish(&self) -> bool {
        self.value.is_zero() || self.error >= size(&self.value) - 1.0
    }

    /// log₂ of a bound on its size.
    fn reach(&self) -> f64 {
        sum(size(&self.value), self.error)
    }

    /// log₂ of its error in its own units; −∞ where it is exact.
    pub(super) fn relative_error(&self) -> f64 {
        if self.is_zero() { f64::NEG_INFINITY } else { self.error - (size(&self.value) - 1.0) }
    }

    /// Whether all that it may be is below what an `f64` can be.
    pub(super) fn is_nothing(&self) -> bool {
        self.reach() < -1100.0
    }

    pub(super) fn negated(&self) -> Self {
        Self { value: self.value.neg(), error: self.error }
    }

    /// Whether two numbers are the same as far as anybody would print them.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let apart = self.value.sub(&other.value, 4096, TO_EVEN);
        apart.is_zero() || size(&apart) < size(&self.value).max(size(&other.value)) - 70.0
    }
}

impl Arithmetic {
    pub(super) fn new(bits: usize) -> Option<Self> {
        Some(Self { bits, constants: Consts::new().ok()? })
    }

    /// A result with what its operands leave unknown, and its own rounding.
    fn rounded(&self, value: BigFloat, error: f64) -> Found {
        if value.is_nan() || value.is_inf() || size(&value) > 1.0e9 {
            return Err(Trouble::None(EvaluateError::Overflow));
        }
        // One unit in its last place, twice what rounding does.
        let error = if value.inexact() { sum(error, size(&value) - self.bits as f64 + 1.0) } else { error };
        // What is too small to have an exponent.
        let error = if value.is_zero() && value.inexact() { sum(error, -1.0e9) } else { error };
        Ok(Ball { value, error })
    }

    fn of_function(&self, value: BigFloat, error: f64) -> Found {
        let rounding = (size(&value) - self.bits as f64 + 3.0).max(-1.0e9);
        self.rounded(value, sum(error, rounding))
    }

    pub(super) fn whole(&self, n: i32) -> Ball {
        Ball { value: BigFloat::from_i32(n, self.bits), error: f64::NEG_INFINITY }
    }

    /// 2^n.
    pub(super) fn power_of_two(&self, n: i32) -> Ball {
        let mut value = BigFloat::from_i32(1, self.bits);
        value.set_exponent(n + 1);
        Ball { value, error: f64::NEG_INFINITY }
    }

    pub(super) fn number(&mut self, number: &Number) -> Found {
        let sign = if number.negative { "-" } else { "" };
        let mut read = |text: &str| {
            let mut value = BigFloat::parse(text, Radix::Dec, self.bits, TO_EVEN, &mut self.constants);
            // Whole numbers that fit are exact.
            let fits = size(&value) < self.bits as f64 - 2.0;
            value.set_inexact(!fits);
            let error = if fits { f64::NEG_INFINITY } else { size(&value) - self.bits as f64 + 2.0 };
            Ball { value, error }
        };
        let digits = read(&format!("{sign}{}", number.digits));
        let power = read(&format!("1{}", "0".repeat(number.exponent.unsigned_abs() as usize)));
        if number.exponent < 0 { self.over(&digits, &power) } else { self.times(&digits, &power) }
    }

    pub(super) fn pi(&mut self) -> Found {
        let quarter = self.whole(1).value.atan(self.bits, TO_EVEN, &mut self.constants);
        let quarter = self.of_function(quarter, f64::NEG_INFINITY)?;
        self.times(&self.whole(4), &quarter)
    }

    pub(super) fn plus(&self, a: &Ball, b: &Ball) -> Found {
        self.rounded(a.value.add(&b.value, self.bits, TO_EVEN), sum(a.error, b.error))
    }

    pub(super) fn minus(&self, a: &Ball, b: &Ball) -> Found {
        self.plus(a, &b.negated())
    }

    pub(super) fn times(&self, a: &Ball, b: &Ball) -> Found {
        let error = if a.is_zero() || b.is_zero() {
            f64::NEG_INFINITY
        } else {
            sum(size(&a.value) + b.error, a.error + b.reach())
        };
        self.rounded(a.value.mul(&b.value, self.bits, TO_EVEN), error)
    }

    pub(super) fn over(&self, a: &Ball, b: &Ball) -> Found {
        if b.is_zero() {
            return Err(Trouble::None(EvaluateError::DivisionByZero));
        }
        if b.may_vanish() || b.error > size(&b.value) - 3.0 {
            return Err(Trouble::Bits);
        }
        let least = size(&b.value) - 2.0;
        let error = sum(a.error - least, a.reach() + b.error - 2.0 * least);
        self.rounded(a.value.div(&b.value, self.bits, TO_EVEN), error)
    }

    /// A whole power.
    pub(super) fn powi(&self, a: &Ball, n: i32) -> Found {
        let (mut base, mut left, mut result) = (a.clone(), n.unsigned_abs(), self.whole(1));
        while left > 0 {
            if left & 1 == 1 {
                result = self.times(&result, &base)?;
            }
            left >>= 1;
            if left > 0 {
                base = self.times(&base, &base)?;
            }
        }
        if n < 0 { self.over(&self.whole(1), &result) } else { Ok(result) }
    }

    /// The value as a whole number, if it is one between −1024 and 1024.
    pub(super) fn as_whole(&self, a: &Ball) -> Option<i32> {
        if a.is_zero() {
            return Some(0);
        }
        let near = f64_of(&a.value)?;
        let whole = (a.is_exact() && near.fract() == 0.0 && near.abs() <= 1024.0).then_some(near as i32)?;
        // As exact as it looks.
        self.minus(a, &self.whole(whole)).ok()?.is_zero().then_some(whole)
    }

    /// A function of a number.
    pub(super) fn apply(&mut self, function: ScalarFunction, a: &Ball) -> Found {
        let outside = || {
            let argument = f64_of(&a.value).unwrap_or(f64::NAN);
            Err(Trouble::None(EvaluateError::OutsideDomain { function: function.name(), argument }))
        };
        let (bits, value) = (self.bits, &a.value);
        match function {
            ScalarFunction::Exp => {
                if a.error > -1.0 {
                    return Err(Trouble::Bits);
                }
                let power = value.exp(bits, TO_EVEN, &mut self.constants);
                let error = size(&power) + a.error + 1.0;
                if a.is_zero() { Ok(self.whole(1)) } else { self.of_function(power, error) }
            }
            ScalarFunction::Sin | ScalarFunction::Cos if a.is_zero() => {
                Ok(self.whole(i32::from(function == ScalarFunction::Cos)))
            }
            ScalarFunction::Sin => {
                let wave = value.sin(bits, TO_EVEN, &mut self.constants);
                self.of_function(wave, a.error)
            }
            ScalarFunction::Cos => {
                let wave = value.cos(bits, TO_EVEN, &mut self.constants);
                self.of_function(wave, a.error)
            }
            ScalarFunction::Sqrt if a.is_zero() => Ok(self.whole(0)),
            ScalarFunction::Sqrt | ScalarFunction::Log => {
                if a.is_zero() || value.is_negative() && !a.may_vanish() {
                    return outside();
                }
                if a.may_vanish() || a.error > size(value) - 3.0 {
                    return Err(Trouble::Bits);
                }
                let relative = a.error - (size(value) - 2.0);
                if function == ScalarFunction::Log {
                    if self.minus(a, &self.whole(1))?.is_zero() {
                        return Ok(self.whole(0));
                    }
                    let log = value.ln(bits, TO_EVEN, &mut self.constants);
                    return self.of_function(log, relative);
                }
                let root = value.sqrt(bits, TO_EVEN);
                let error = size(&root) + relative;
                self.rounded(root, error)
            }
        }
    }

    /// The nearest `f64`.
    ///
    /// # Errors
    /// Where it is beyond all of them.
    pub(super) fn nearest(&self, a: &Ball) -> Result<f64, Trouble> {
        match f64_of(&a.value) {
            Some(value) if value.is_finite() => Ok(value),
            _ => Err(Trouble::None(EvaluateError::Overflow)),
        }
    }
}

/// The nearest `f64`, from the digits of the fraction.
fn f64_of(value: &BigFloat) -> Option<f64> {
    if value.is_zero() {
        return Some(0.0);
    }
    let (digits, _, sign, exponent, _) = value.as_raw_parts()?;
    // 0.d₁d₂… × 2^exponent, the most significant words last.
    let word = f64::from(astro_float::WORD_BIT_SIZE as u32);
    let fraction = digits.iter().rev().take(3).rev().fold(0.0, |sum, digit| sum * (-word).exp2() + *digit as f64);
    let fraction = fraction * (-word).exp2();
    let exponent = exponent.clamp(-3000, 3000);
    // In two steps: the power may be none of its own.
    let half = exponent / 2;
    let size = fraction * f64::from(half).exp2() * f64::from(exponent - half).exp2();
    Some(if sign == astro_float::Sign::Neg { -size } else { size })
}
