//! Complex numbers as rectangles.

use super::Interval;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// All x + iy with x and y in intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) re: Interval,
    pub(crate) im: Interval,
}

impl Rect {
    pub(crate) const ZERO: Self = Self { re: Interval::ZERO, im: Interval::ZERO };
    pub(crate) const ONE: Self = Self { re: Interval::ONE, im: Interval::ZERO };
    pub(crate) const I: Self = Self { re: Interval::ZERO, im: Interval::ONE };

    pub(crate) fn new(re: Interval, im: Interval) -> Self {
        Self { re, im }
    }

    pub(crate) fn real(re: Interval) -> Self {
        Self { re, im: Interval::ZERO }
    }

    pub(crate) fn point(re: f64, im: f64) -> Self {
        Self { re: Interval::point(re), im: Interval::point(im) }
    }

    pub(crate) fn is_real(self) -> bool {
        self.im.is_zero()
    }

    pub(crate) fn is_zero(self) -> bool {
        self.re.is_zero() && self.im.is_zero()
    }

    pub(crate) fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    /// Whether 0 may be meant.
    pub(crate) fn may_vanish(self) -> bool {
        self.re.contains(0.0) && self.im.contains(0.0)
    }

    pub(crate) fn conj(self) -> Self {
        Self { re: self.re, im: -self.im }
    }

    pub(crate) fn norm(self) -> Interval {
        self.re.square() + self.im.square()
    }

    pub(crate) fn abs(self) -> Interval {
        if self.is_real() { self.re.abs() } else { self.norm().sqrt().unwrap_or(Interval::WHOLE) }
    }

    pub(crate) fn scale(self, factor: Interval) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }

    pub(crate) fn exp(self) -> Self {
        let size = self.re.exp();
        if self.is_real() {
            return Self::real(size);
        }
        Self { re: size * self.im.cos(), im: size * self.im.sin() }
    }

    pub(crate) fn sin(self) -> Self {
        if self.is_real() {
            return Self::real(self.re.sin());
        }
        let (up, down) = ((self * Self::I).exp(), (-self * Self::I).exp());
        -(up - down).scale(Interval::point(0.5)) * Self::I
    }

    pub(crate) fn cos(self) -> Self {
        if self.is_real() {
            return Self::real(self.re.cos());
        }
        let (up, down) = ((self * Self::I).exp(), (-self * Self::I).exp());
        (up + down).scale(Interval::point(0.5))
    }

    /// A square root, the principal one where the rectangle does not touch the negative axis; both parts of ±√ are
    /// inside up to one sign otherwise.
    pub(crate) fn sqrt(self) -> Self {
        if self.is_real() && self.re.lo() >= 0.0 {
            return Self::real(self.re.sqrt().unwrap_or(Interval::WHOLE));
        }
        if self.is_real() && self.re.hi() <= 0.0 {
            return Self { re: Interval::ZERO, im: (-self.re).sqrt().unwrap_or(Interval::WHOLE) };
        }
        let half = Interval::point(0.5);
        let size = self.abs();
        let part = |x: Interval| (x * half).sqrt().unwrap_or(Interval::ZERO);
        let (re, im) = if self.re.lo() > 0.0 {
            // Without cancellation: Im √ = Im/(2 Re √).
            let re = part(size + self.re);
            (re, self.im * half / re)
        } else if self.re.hi() < 0.0 && (self.im.lo() > 0.0 || self.im.hi() < 0.0) {
            let im = part(size - self.re);
            ((self.im * half / im).abs(), if self.im.lo() > 0.0 { im } else { -im })
        } else {
            let im = part(size - self.re);
            let im = if self.im.lo() >= 0.0 {
                im
            } else if self.im.hi() <= 0.0 {
                -im
            } else {
                im.around_zero()
            };
            (part(size + self.re), im)
        };
        Self { re, im }
    }

    /// The principal logarithm of what lies right of the imaginary axis, and of negative numbers; `None` elsewhere.
    pub(crate) fn ln(self) -> Option<Self> {
        if self.is_real() && self.re.hi() < 0.0 {
            return Some(Self { re: (-self.re).ln()?, im: Interval::PI });
        }
        self.is_real().then_some(())?;
        Some(Self::real(self.re.ln()?))
    }

    pub(crate) fn powi(self, exponent: i32) -> Self {
        if self.is_real() {
            return Self::real(self.re.powi(exponent));
        }
        let power = (0..exponent.unsigned_abs()).fold(Self::ONE, |power, _| power * self);
        if exponent < 0 { Self::ONE / power } else { power }
    }

    /// A power of a number that is not negative, or a whole one.
    pub(crate) fn power(self, exponent: Self) -> Option<Self> {
        let whole = exponent.is_real() && exponent.re.is_point() && exponent.re.lo().fract() == 0.0;
        if whole && exponent.re.lo().abs() <= 64.0 {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number up to 64")]
            return Some(self.powi(exponent.re.lo() as i32));
        }
        if exponent == Self::real(Interval::point(0.5)) {
            return Some(self.sqrt());
        }
        if self.is_real() && exponent.is_real() && self.re.lo() >= 0.0 {
            return Some(Self::real(self.re.powf(exponent.re)?));
        }
        Some((self.ln()? * exponent).exp())
    }
}

impl Add for Rect {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Rect {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Neg for Rect {
    type Output = Self;
    fn neg(self) -> Self {
        Self { re: -self.re, im: -self.im }
    }
}

impl Mul for Rect {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl Div for Rect {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        if other.is_real() {
            return Self { re: self.re / other.re, im: self.im / other.re };
        }
        let (top, norm) = (self * other.conj(), other.norm());
        Self { re: top.re / norm, im: top.im / norm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_hold_inside() {
        for (x, y) in [(0.3, -1.2), (-2.0, 0.7), (-1e-9, 1e-3), (2.5, 0.0), (-4.0, 0.0), (-3.0, -0.5), (0.0, 2.0)] {
            let z = Rect::point(x, y);
            let back = z.sqrt() * z.sqrt();
            assert!(back.re.contains(x) && back.im.contains(y), "{z:?} {back:?}");
            assert!(back.re.hi() - back.re.lo() < 1e-13);
            assert!(z.sqrt().re.lo() >= 0.0);
            let one = z / z;
            assert!(one.re.contains(1.0) && one.im.contains(0.0));
            let one = z.sin() * z.sin() + z.cos() * z.cos();
            assert!(one.re.contains(1.0) && one.im.contains(0.0), "{one:?}");
            let cube = z.powi(-3) * z * z * z;
            assert!(cube.re.contains(1.0) && cube.im.contains(0.0));
        }
        // A rectangle across the cut contains both roots up to a sign.
        let across = Rect::new(Interval::point(-4.0), Interval::new(-1e-3, 1e-3)).sqrt();
        assert!(across.im.contains(2.0) && across.im.contains(-2.0) && across.re.contains(0.0));
    }
}
