//! Intervals with ends in `f64`, rounded outwards: IEEE 754 rounds +, −, ×, ÷ and √ correctly, so that one step to the
//! neighbour is enough; where the rounding error is known to be zero there is none.

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// All real numbers from `lo` to `hi`; the whole line where nothing is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    pub(super) lo: f64,
    pub(super) hi: f64,
}

impl Interval {
    pub(crate) const ZERO: Self = Self { lo: 0.0, hi: 0.0 };
    pub(crate) const ONE: Self = Self { lo: 1.0, hi: 1.0 };
    pub(crate) const WHOLE: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY };
    /// π, which lies above the nearest `f64`.
    pub(crate) const PI: Self = Self { lo: std::f64::consts::PI, hi: 3.141_592_653_589_793_6 };

    /// From `lo` to `hi`; anything that is no interval is the whole line.
    pub(crate) fn new(lo: f64, hi: f64) -> Self {
        if lo <= hi { Self { lo, hi } } else { Self::WHOLE }
    }

    /// One `f64`, exactly.
    pub(crate) fn point(value: f64) -> Self {
        if value.is_finite() { Self { lo: value, hi: value } } else { Self::WHOLE }
    }

    /// A rational number: its nearest `f64`, and a neighbour where that is not equal.
    pub(crate) fn rational(value: &BigRational) -> Self {
        if value.is_zero() {
            return Self::ZERO;
        }
        // `to_f64` of a quotient may err by more than half a unit; the ends are moved until they enclose.
        let guess = num_traits::ToPrimitive::to_f64(value).unwrap_or(f64::NAN);
        let (mut lo, mut hi) = (guess, guess);
        for _ in 0..4 {
            match (BigRational::from_float(lo), BigRational::from_float(hi)) {
                (Some(l), Some(h)) if l <= *value && *value <= h => return Self { lo, hi },
                (Some(l), Some(h)) => {
                    lo = if l > *value { lo.next_down() } else { lo };
                    hi = if h < *value { hi.next_up() } else { hi };
                }
                _ => break,
            }
        }
        if value.is_positive() { Self { lo: 0.0, hi: f64::INFINITY } } else { Self { lo: f64::NEG_INFINITY, hi: 0.0 } }
    }

    pub(crate) fn lo(self) -> f64 {
        self.lo
    }

    pub(crate) fn hi(self) -> f64 {
        self.hi
    }

    pub(crate) fn middle(self) -> f64 {
        0.5 * self.lo + 0.5 * self.hi
    }

    pub(crate) fn is_point(self) -> bool {
        self.lo == self.hi
    }

    pub(crate) fn is_zero(self) -> bool {
        self.lo == 0.0 && self.hi == 0.0
    }

    pub(crate) fn is_finite(self) -> bool {
        self.lo.is_finite() && self.hi.is_finite()
    }

    pub(crate) fn contains(self, value: f64) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The smallest interval with both.
    pub(crate) fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// What lies in both, which must not be empty.
    pub(crate) fn meet(self, other: Self) -> Self {
        Self::new(self.lo.max(other.lo), self.hi.min(other.hi))
    }

    /// From −|x| to |x|, rounded outwards.
    pub(crate) fn around_zero(self) -> Self {
        let size = self.lo.abs().max(self.hi.abs());
        Self { lo: -size, hi: size }
    }

    pub(crate) fn abs(self) -> Self {
        if self.lo >= 0.0 {
            self
        } else if self.hi <= 0.0 {
            -self
        } else {
            Self { lo: 0.0, hi: self.hi.max(-self.lo) }
        }
    }

    pub(crate) fn square(self) -> Self {
        let size = self.abs();
        Self { lo: times(size.lo, size.lo).0.max(0.0), hi: times(size.hi, size.hi).1 }
    }

    /// √ of what is not negative in it; `None` where it holds negative numbers only.
    pub(crate) fn sqrt(self) -> Option<Self> {
        if self.hi < 0.0 {
            return None;
        }
        Some(Self { lo: root(self.lo.max(0.0)).0, hi: root(self.hi).1 })
    }

    /// A whole power.
    pub(crate) fn powi(self, exponent: i32) -> Self {
        let mut left = exponent.unsigned_abs();
        let (mut base, mut result) = (self, Self::ONE);
        while left > 0 {
            if left & 1 == 1 {
                result = result * base;
            }
            left >>= 1;
            if left > 0 {
                base = base.square();
            }
        }
        if exponent < 0 { Self::ONE / result } else { result }
    }
}

/// a + b rounded down and up; the error of the sum is exact (Knuth).
fn plus(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    let error = (a - (sum - part)) + (b - part);
    if error.is_nan() {
        return (sum.next_down(), sum.next_up());
    }
    (if error < 0.0 { sum.next_down() } else { sum }, if error > 0.0 { sum.next_up() } else { sum })
}

/// a·b rounded down and up; the error of the product is exact (Dekker, Veltkamp) far from the ends of the range.
fn times(a: f64, b: f64) -> (f64, f64) {
    if a == 0.0 || b == 0.0 {
        return (0.0, 0.0);
    }
    let product = a * b;
    let tame = |x: f64| (1e-140..1e140).contains(&x.abs());
    if !tame(a) || !tame(b) {
        return (product.next_down(), product.next_up());
    }
    let split = |x: f64| {
        let c = 134_217_729.0 * x;
        let high = c - (c - x);
        (high, x - high)
    };
    let ((x, y), (u, v)) = (split(a), split(b));
    let error = y * v - (((product - x * u) - y * u) - x * v);
    (if error < 0.0 { product.next_down() } else { product }, if error > 0.0 { product.next_up() } else { product })
}

fn over(a: f64, b: f64) -> (f64, f64) {
    let quotient = a / b;
    if a == 0.0 || times(quotient, b) == (a, a) {
        return (quotient + 0.0, quotient + 0.0);
    }
    (quotient.next_down(), quotient.next_up())
}

fn root(x: f64) -> (f64, f64) {
    let root = x.sqrt();
    if x == 0.0 || times(root, root) == (x, x) { (root, root) } else { (root.next_down(), root.next_up()) }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(plus(self.lo, other.lo).0, plus(self.hi, other.hi).1)
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::ZERO;
        }
        if !self.is_finite() || !other.is_finite() {
            return Self::WHOLE;
        }
        let ends = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let ends = ends.map(|(a, b)| times(a, b));
        Self::new(
            ends.iter().map(|e| e.0).fold(f64::INFINITY, f64::min),
            ends.iter().map(|e| e.1).fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

impl Div for Interval {
    type Output = Self;
    /// The whole line where the divisor may be zero.
    fn div(self, other: Self) -> Self {
        if other.contains(0.0) || !self.is_finite() || !other.is_finite() {
            return Self::WHOLE;
        }
        let ends = [(self.lo, other.lo), (self.lo, other.hi), (self.hi, other.lo), (self.hi, other.hi)];
        let ends = ends.map(|(a, b)| over(a, b));
        Self::new(
            ends.iter().map(|e| e.0).fold(f64::INFINITY, f64::min),
            ends.iter().map(|e| e.1).fold(f64::NEG_INFINITY, f64::max),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;
    use num_rational::BigRational;

    fn exact(x: f64) -> BigRational {
        BigRational::from_float(x).unwrap()
    }

    fn holds(i: Interval, value: &BigRational) -> bool {
        exact(i.lo()) <= *value && *value <= exact(i.hi())
    }

    /// Arithmetic on random numbers against exact rational arithmetic.
    #[test]
    fn results_enclose_the_exact_ones() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mantissa = (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0;
            let scale = [1.0, 1e-3, 1e9, 0.5, 1e-12, 3e40][(state >> 3) as usize % 6];
            let value = mantissa * scale;
            if state & 4 == 0 { value.round() } else { value }
        };
        for _ in 0..3_000 {
            let (x, y) = (next(), next());
            let (a, b) = (Interval::point(x), Interval::point(y));
            let (r, s) = (exact(x), exact(y));
            assert!(holds(a + b, &(&r + &s)) && holds(a - b, &(&r - &s)) && holds(a * b, &(&r * &s)), "{x} {y}");
            if y != 0.0 {
                assert!(holds(a / b, &(&r / &s)), "{x}/{y}");
            }
            let root = a.square().sqrt().unwrap();
            assert!(holds(root, &exact(x.abs())) && root.hi() - root.lo() <= 1e-15 * x.abs());
            let third = Interval::rational(&(&r / exact(3.0)));
            assert!(holds(third, &(&r / exact(3.0))));
        }
    }

    #[test]
    fn exact_results_are_points() {
        let (a, b) = (Interval::point(3.0), Interval::point(-0.5));
        assert_eq!(a + b, Interval::point(2.5));
        assert_eq!(a * b, Interval::point(-1.5));
        assert_eq!(a / b, Interval::point(-6.0));
        assert_eq!(Interval::point(9.0).sqrt(), Some(a));
        assert_eq!(a.powi(-1) * a, Interval::ONE / a * a);
        assert_eq!(Interval::new(-2.0, 1.0).square(), Interval::new(0.0, 4.0));
        assert_eq!(a / Interval::new(-1.0, 1.0), Interval::WHOLE);
        assert!(Interval::PI.lo() < Interval::PI.hi() && Interval::PI.hi() == Interval::PI.lo().next_up());
    }
}
