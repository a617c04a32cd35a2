//! Complex numbers, as far as evaluating an expression needs them.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A complex number. A negative zero never survives in the imaginary part, so that √(−1) is i however −1 came about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Complex {
    /// The imaginary unit.
    pub const I: Self = Self { re: 0.0, im: 1.0 };

    /// `re + im·I`.
    pub fn new(re: f64, im: f64) -> Self {
        Self { re, im: im + 0.0 }
    }

    /// A real number.
    pub fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    /// Distance from zero.
    pub fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// The angle, in (−π, π].
    pub fn arg(self) -> f64 {
        self.im.atan2(self.re)
    }

    /// Whether both parts are finite.
    pub fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    /// The square root with a non-negative real part.
    pub fn sqrt(self) -> Self {
        if self.re == 0.0 && self.im == 0.0 {
            return Self::default();
        }
        // Without cancellation: the larger part first, the other from 2·re·im = self.im.
        let large = (0.5 * (self.abs() + self.re.abs())).sqrt();
        let small = 0.5 * self.im.abs() / large;
        let (re, im) = if self.re >= 0.0 { (large, small) } else { (small, large) };
        Self::new(re, if self.im < 0.0 { -im } else { im })
    }

    /// The exponential.
    pub fn exp(self) -> Self {
        let size = self.re.exp();
        if self.im == 0.0 {
            return Self::real(size);
        }
        Self::new(size * self.im.cos(), size * self.im.sin())
    }

    /// The principal logarithm.
    pub fn ln(self) -> Self {
        Self::new(self.abs().ln(), self.arg())
    }

    /// The sine.
    pub fn sin(self) -> Self {
        Self::new(self.re.sin() * self.im.cosh(), self.re.cos() * self.im.sinh())
    }

    /// The cosine.
    pub fn cos(self) -> Self {
        Self::new(self.re.cos() * self.im.cosh(), -self.re.sin() * self.im.sinh())
    }

    /// A whole power, by repeated squaring.
    pub fn powi(self, exponent: i32) -> Self {
        let (mut base, mut left, mut result) = (self, exponent.unsigned_abs(), Self::real(1.0));
        while left > 0 {
            if left & 1 == 1 {
                result = result * base;
            }
            base = base * base;
            left >>= 1;
        }
        if exponent < 0 { Self::real(1.0) / result } else { result }
    }

    /// The principal power exp(w ln z); 0 to a power with positive real part is 0.
    pub fn powc(self, exponent: Self) -> Self {
        if self.re == 0.0 && self.im == 0.0 && exponent.re > 0.0 {
            return Self::default();
        }
        if self.im == 0.0 && self.re > 0.0 && exponent.im == 0.0 {
            return Self::real(self.re.powf(exponent.re));
        }
        (exponent * self.ln()).exp()
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)
    }
}

impl Div for Complex {
    type Output = Self;
    /// Smith's algorithm, which does not overflow where the quotient does not.
    fn div(self, other: Self) -> Self {
        if other.im == 0.0 {
            return Self::new(self.re / other.re, self.im / other.re);
        }
        if other.re.abs() >= other.im.abs() {
            let ratio = other.im / other.re;
            let scale = other.re + other.im * ratio;
            Self::new((self.re + self.im * ratio) / scale, (self.im - self.re * ratio) / scale)
        } else {
            let ratio = other.re / other.im;
            let scale = other.re * ratio + other.im;
            Self::new((self.re * ratio + self.im) / scale, (self.im * ratio - self.re) / scale)
        }
    }
}

impl Neg for Complex {
    type Output = Self;
    fn neg(self) -> Self {
        Self::new(-self.re, -self.im)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: Complex, right: Complex) {
        assert!((left - right).abs() <= 1e-14 * (1.0 + right.abs()), "{left:?} {right:?}");
    }

    #[test]
    fn branches_are_principal() {
        assert_eq!(Complex::real(-4.0).sqrt(), Complex::new(0.0, 2.0));
        // −1 with a negative zero on the way.
        let minus_one = Complex::new(2.0, -0.0) - Complex::real(3.0);
        assert_eq!(minus_one.sqrt(), Complex::I);
        assert_eq!((-Complex::real(4.0)).sqrt(), Complex::new(0.0, 2.0));
        close(Complex::real(-1.0).ln(), Complex::new(0.0, std::f64::consts::PI));
        close(Complex::new(3.0, -4.0).sqrt(), Complex::new(2.0, -1.0));
    }

    #[test]
    fn identities() {
        for z in [Complex::new(0.3, -1.2), Complex::new(-2.0, 0.7), Complex::new(-1e-9, 1e-3), Complex::real(2.5)] {
            close(z.sqrt() * z.sqrt(), z);
            close(z.ln().exp(), z);
            close(z.sin() * z.sin() + z.cos() * z.cos(), Complex::real(1.0));
            close(z.powi(-3) * z * z * z, Complex::real(1.0));
            close(z.powc(Complex::real(2.0)), z * z);
            close(z / z, Complex::real(1.0));
            close((Complex::I * z).exp(), z.cos() + Complex::I * z.sin());
        }
        assert_eq!(Complex::default().powc(Complex::real(0.5)), Complex::default());
    }
}
